#include "core/io/png.h"

#include "core/io/file.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

static const guint64 LARGEST_FILE = (guint64) 1 << 30;
static const guint32 LARGEST_EXTENT = 32768;
/* Bytes of the decoded image: 16384² of 16-bit RGBA. */
static const size_t LARGEST_IMAGE = (size_t) 1 << 31;
/* Chunks between the header and the pixels that libpng may keep: words, profiles. */
static const png_alloc_size_t LARGEST_CHUNK = 8 << 20;
static const guint MOST_CHUNKS = 1000;
static const guint64 BEST_DEFLATE_RATIO = 1032;

static const guint8 SIGNATURE[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

/* What libpng reports goes into the GError of the call and back to its setjmp. */
typedef struct {
  const char    *name;
  GError       **error;
  const guint8  *bytes; /* reading */
  size_t         n_left;
  GByteArray    *out;   /* writing */
  jmp_buf        jump;
} Context;

static void G_GNUC_NORETURN
error_cb (png_structp     png,
          png_const_charp message)
{
  Context *context = png_get_error_ptr (png);

  if (context->error != NULL && *context->error == NULL)
    g_set_error (context->error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is not a valid PNG image: %s.", context->name,
                 message);
  longjmp (context->jump, 1);
}

/* What libpng can work around is no error of the file as a picture. */
static void
warning_cb (png_structp     png,
            png_const_charp message)
{
}

static void
read_cb (png_structp png,
         png_bytep   out,
         size_t      n_bytes)
{
  Context *context = png_get_io_ptr (png);

  if (context->n_left < n_bytes)
    png_error (png, "it ends too early");
  memcpy (out, context->bytes, n_bytes);
  context->bytes += n_bytes;
  context->n_left -= n_bytes;
}

static guint32
big_endian_32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* The first 33 bytes by our own table, before libpng sees them. */
static gboolean
check_start (const guint8  *bytes,
             size_t         n_bytes,
             const char    *name,
             GError       **error)
{
  static const struct {
    guint8 colour;
    guint8 n_samples;
    guint  depths; /* bit n: n bits a sample */
  } COLOURS[] = {
    { 0, 1, 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16 },
    { 2, 3, 1 << 8 | 1 << 16 },
    { 3, 1, 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 },
    { 4, 2, 1 << 8 | 1 << 16 },
    { 6, 4, 1 << 8 | 1 << 16 },
  };

  if (n_bytes < 33 || memcmp (bytes, SIGNATURE, sizeof SIGNATURE) != 0 ||
      big_endian_32 (bytes + 8) != 13 || memcmp (bytes + 12, "IHDR", 4) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s is not a PNG image: it does not start with a signature and an IHDR chunk.", name);
    return FALSE;
  }

  guint32 width = big_endian_32 (bytes + 16), height = big_endian_32 (bytes + 20);
  guint8 depth = bytes[24], colour = bytes[25];
  guint64 bits = 0;

  if (width < 1 || width > LARGEST_EXTENT || height < 1 || height > LARGEST_EXTENT) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s claims %u×%u pixels; expected 1 to %u each way.", name, width,
                 height, LARGEST_EXTENT);
    return FALSE;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (COLOURS); i++)
    if (COLOURS[i].colour == colour && depth <= 16 && (COLOURS[i].depths >> depth & 1))
      bits = (guint64) COLOURS[i].n_samples * depth;
  if (bits == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has colour type %u with %u bits a sample, which PNG does not define.", name, colour, depth);
    return FALSE;
  }

  /* At most 4 channels come out, of two bytes only where 16 bits went in. */
  guint64 n_decoded = (guint64) width * height * 4 * (depth == 16 ? 2 : 1);
  guint64 n_packed = (bits * width + 7) / 8 * height;

  if (n_decoded > LARGEST_IMAGE || n_packed / BEST_DEFLATE_RATIO > n_bytes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "%s claims %u×%u pixels of %" G_GUINT64_FORMAT " bits, which its %" G_GSIZE_FORMAT " bytes %s.", name,
                 width, height, bits, n_bytes,
                 n_decoded > LARGEST_IMAGE ? "would turn into more memory than an image may have" : "cannot hold");
    return FALSE;
  }

  return TRUE;
}

/* Every chunk must end before the file does: libpng only warns of a length beyond its limit, and allocates it. */
static gboolean
check_chunks (const guint8  *bytes,
              size_t         n_bytes,
              const char    *name,
              GError       **error)
{
  static const size_t FRAME = 12; /* length, type, checksum */

  for (size_t at = sizeof SIGNATURE; n_bytes - at >= FRAME;) {
    guint32 length = big_endian_32 (bytes + at);
    const guint8 *type = bytes + at + 4;

    if (length > n_bytes - at - FRAME) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s has a chunk of %u bytes at byte %" G_GSIZE_FORMAT ", but only %" G_GSIZE_FORMAT " are left.",
                   name, length, at, n_bytes - at - FRAME);
      return FALSE;
    }
    if (memcmp (type, "IEND", 4) == 0)
      return TRUE;
    at += FRAME + length;
  }
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s ends too early: it has no IEND chunk.", name);

  return FALSE;
}

/* Asks libpng for one sample a channel: palettes looked up, fewer than 8 bits scaled, transparency as alpha. */
static void
expand (png_structp png,
        png_infop   info)
{
  png_byte colour = png_get_color_type (png, info);
  png_byte depth = png_get_bit_depth (png, info);

  if (colour == PNG_COLOR_TYPE_PALETTE)
    png_set_palette_to_rgb (png);
  if (colour == PNG_COLOR_TYPE_GRAY && depth < 8)
    png_set_expand_gray_1_2_4_to_8 (png);
  if (png_get_valid (png, info, PNG_INFO_tRNS))
    png_set_tRNS_to_alpha (png);
  if (depth == 16 && G_BYTE_ORDER == G_LITTLE_ENDIAN)
    png_set_swap (png);
  png_set_interlace_handling (png);
  png_read_update_info (png, info);
}

/* Everything that a jump out of libpng must not lose is in the caller's variables. */
static gboolean
decode (png_structp   png,
        png_infop     info,
        Context      *context,
        DubTensor   **tensor,
        png_bytep   **rows)
{
  if (setjmp (context->jump) != 0)
    return FALSE;

  png_read_info (png, info);
  expand (png, info);

  int64_t height = png_get_image_height (png, info), width = png_get_image_width (png, info);
  int64_t channels = png_get_channels (png, info);
  DubDtype dtype = png_get_bit_depth (png, info) == 16 ? DUB_DTYPE_U16 : DUB_DTYPE_U8;

  /* Not cleared: pages that no row ever reaches are never touched. */
  *tensor = dub_tensor_new (dtype, DUB_SHAPE (height, width, channels), context->error);
  *rows = g_try_new (png_bytep, (gsize) height);
  if (*tensor == NULL || *rows == NULL)
    png_error (png, "there is no memory for its pixels");
  if (png_get_rowbytes (png, info) != (size_t) (width * channels) * dub_dtype_size (dtype))
    png_error (png, "its rows have an unexpected length");
  for (int64_t y = 0; y < height; y++)
    (*rows)[y] = (png_bytep) (*tensor)->data + (size_t) (y * width * channels) * dub_dtype_size (dtype);
  png_read_image (png, *rows);
  png_read_end (png, NULL);

  return TRUE;
}

DubTensor *
dub_png_parse (const guint8  *bytes,
               size_t         n_bytes,
               const char    *name,
               GError       **error)
{
  g_autoptr (GError) local = NULL;
  Context context = { .name = name, .error = &local, .bytes = bytes, .n_left = n_bytes };
  DubTensor *tensor = NULL;
  png_bytep *rows = NULL;

  if (!check_start (bytes, n_bytes, name, error) || !check_chunks (bytes, n_bytes, name, error))
    return NULL;

  png_structp png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &context, error_cb, warning_cb);
  png_infop info = png != NULL ? png_create_info_struct (png) : NULL;

  if (info == NULL) {
    png_destroy_read_struct (&png, NULL, NULL);
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory to read %s.", name);
    return NULL;
  }
  png_set_read_fn (png, &context, read_cb);
  png_set_user_limits (png, LARGEST_EXTENT, LARGEST_EXTENT);
  png_set_chunk_malloc_max (png, LARGEST_CHUNK);
  png_set_chunk_cache_max (png, MOST_CHUNKS);
  /* Words, profiles and times are not looked at, so libpng passes over all but IHDR, PLTE, tRNS, IDAT and IEND. */
  png_set_keep_unknown_chunks (png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);

  gboolean decoded = decode (png, info, &context, &tensor, &rows);

  png_destroy_read_struct (&png, &info, NULL);
  g_free (rows);
  if (!decoded) {
    g_clear_pointer (&tensor, dub_tensor_unref);
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }

  return tensor;
}

DubTensor *
dub_png_load (const char  *path,
              GError     **error)
{
  g_autoptr (GBytes) bytes = dub_file_read (path, LARGEST_FILE, error);
  g_autofree char *name = g_filename_display_name (path);

  if (bytes == NULL)
    return NULL;

  return dub_png_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), name, error);
}

static void
write_cb (png_structp png,
          png_bytep   bytes,
          size_t      n_bytes)
{
  Context *context = png_get_io_ptr (png);

  if (n_bytes > G_MAXUINT - context->out->len - 1)
    png_error (png, "it would be larger than 4 GB");
  g_byte_array_append (context->out, bytes, (guint) n_bytes);
}

static void
flush_cb (png_structp png)
{
}

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar) *text >= 128)
      return FALSE;

  return TRUE;
}

/* ASCII goes into tEXt, which everything reads; all else needs iTXt. */
static void
set_text (png_structp        png,
          png_infop          info,
          const char *const *text)
{
  for (size_t i = 0; text != NULL && text[i] != NULL && text[i + 1] != NULL; i += 2) {
    png_text chunk = {
      .compression = is_ascii (text[i + 1]) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
      .key = (char *) text[i],
      .text = (char *) text[i + 1],
      .text_length = strlen (text[i + 1]),
    };

    if (chunk.compression == PNG_ITXT_COMPRESSION_NONE) {
      chunk.itxt_length = chunk.text_length;
      chunk.text_length = 0;
    }
    png_set_text (png, info, &chunk, 1);
  }
}

static gboolean
encode (png_structp        png,
        png_infop          info,
        Context           *context,
        const DubTensor   *tensor,
        double             dpi,
        const char *const *text)
{
  static const int COLOURS[5] = { 0, PNG_COLOR_TYPE_GRAY, 0, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA };
  const int64_t *dim = tensor->shape.dim;

  if (setjmp (context->jump) != 0)
    return FALSE;

  png_set_IHDR (png, info, (png_uint_32) dim[1], (png_uint_32) dim[0], 8, COLOURS[dim[2]], PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (dpi > 0.0) {
    png_uint_32 per_metre = (png_uint_32) lrint (dpi / 0.0254);

    png_set_pHYs (png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
  }
  set_text (png, info, text);
  png_write_info (png, info);
  for (int64_t y = 0; y < dim[0]; y++)
    png_write_row (png, (const guint8 *) tensor->data + y * dim[1] * dim[2]);
  png_write_end (png, info);

  return TRUE;
}

gboolean
dub_png_save (const DubTensor    *tensor,
              const char         *path,
              double              dpi,
              const char *const  *text,
              GError            **error)
{
  const int64_t *dim = tensor->shape.dim;

  if (tensor->dtype != DUB_DTYPE_U8 || tensor->shape.rank != 3 || dim[0] < 1 || dim[0] > LARGEST_EXTENT || dim[1] < 1 ||
      dim[1] > LARGEST_EXTENT || (dim[2] != 1 && dim[2] != 3 && dim[2] != 4) || !(dpi >= 0.0 && dpi <= 1e5)) {
    g_autofree char *shape = dub_shape_to_string (&tensor->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "A PNG image cannot be made of a %s tensor of shape %s at "
                 "%g dpi; expected uint8 of height×width×1, 3 or 4.", dub_dtype_name (tensor->dtype), shape, dpi);
    return FALSE;
  }

  g_autoptr (DubTensor) contiguous = dub_tensor_contiguous ((DubTensor *) tensor, error);

  if (contiguous == NULL)
    return FALSE;

  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Context context = { .name = name, .error = error, .out = out };
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, &context, error_cb, warning_cb);
  png_infop info = png != NULL ? png_create_info_struct (png) : NULL;

  if (info == NULL) {
    png_destroy_write_struct (&png, NULL);
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory to write %s.", name);
    return FALSE;
  }
  png_set_write_fn (png, &context, write_cb, flush_cb);

  gboolean encoded = encode (png, info, &context, contiguous, dpi, text);

  png_destroy_write_struct (&png, &info);

  return encoded && dub_file_write_atomic (path, out->data, out->len, error);
}
