/* PNG: files built chunk by chunk here (so that what libpng writes is not all that is read), round trips, lies. */
#include "core/io/file.h"
#include "core/io/png.h"
#include "tests/io/scratch.h"

#include <string.h>
#include <zlib.h>

static void
append_u32 (GByteArray *out,
            guint32     value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &big, 4);
}

static void
append_chunk (GByteArray   *out,
              const char   *type,
              const guint8 *data,
              guint         n_data)
{
  uLong crc = crc32 (crc32 (0, (const Bytef *) type, 4), n_data > 0 ? data : (const Bytef *) "", n_data);

  append_u32 (out, n_data);
  g_byte_array_append (out, (const guint8 *) type, 4);
  if (n_data > 0)
    g_byte_array_append (out, data, n_data);
  append_u32 (out, (guint32) crc);
}

static GByteArray *
begin (guint32 width,
       guint32 height,
       guint8  depth,
       guint8  colour,
       guint8  interlace)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) header = g_byte_array_new ();
  const guint8 tail[5] = { depth, colour, 0, 0, interlace };

  g_byte_array_append (out, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  append_u32 (header, width);
  append_u32 (header, height);
  g_byte_array_append (header, tail, sizeof tail);
  append_chunk (out, "IHDR", header->data, header->len);

  return out;
}

/* @rows as they stand, each with its filter byte. */
static void
finish (GByteArray   *out,
        const guint8 *rows,
        guint         n_rows)
{
  uLongf n_packed = compressBound (n_rows);
  g_autofree guint8 *packed = g_malloc (n_packed);

  g_assert_cmpint (compress (packed, &n_packed, rows, n_rows), ==, Z_OK);
  append_chunk (out, "IDAT", packed, (guint) n_packed);
  append_chunk (out, "IEND", NULL, 0);
}

static DubTensor *
parse (const GByteArray *bytes)
{
  g_autoptr (GError) error = NULL;
  DubTensor *tensor = dub_png_parse (bytes->data, bytes->len, "made.png", &error);

  g_assert_no_error (error);

  return tensor;
}

static void
test_small_depths (void)
{
  static const guint8 ROWS_1[4] = { 0, 0xa0, 0, 0x40 };
  static const guint8 ROWS_2[4] = { 0, 0x1b, 0, 0xe4 };
  static const guint8 ROWS_4[6] = { 0, 0x0f, 0x70, 0, 0x12, 0x30 };
  g_autoptr (GByteArray) one = begin (3, 2, 1, 0, 0);
  g_autoptr (GByteArray) two = begin (4, 2, 2, 0, 0);
  g_autoptr (GByteArray) four = begin (3, 2, 4, 0, 0);

  finish (one, ROWS_1, sizeof ROWS_1);
  finish (two, ROWS_2, sizeof ROWS_2);
  finish (four, ROWS_4, sizeof ROWS_4);

  g_autoptr (DubTensor) t1 = parse (one);
  g_autoptr (DubTensor) t2 = parse (two);
  g_autoptr (DubTensor) t4 = parse (four);
  static const guint8 EXPECTED_1[6] = { 255, 0, 255, 0, 255, 0 };
  static const guint8 EXPECTED_2[8] = { 0, 85, 170, 255, 255, 170, 85, 0 };
  static const guint8 EXPECTED_4[6] = { 0, 255, 119, 17, 34, 51 };

  g_assert_true (dub_shape_equal (&t1->shape, &DUB_SHAPE (2, 3, 1)));
  g_assert_cmpmem (t1->data, 6, EXPECTED_1, 6);
  g_assert_cmpmem (t2->data, 8, EXPECTED_2, 8);
  g_assert_cmpmem (t4->data, 6, EXPECTED_4, 6);
}

static void
test_sixteen_bits (void)
{
  /* RGB with a transparent colour: the second pixel is it. */
  static const guint8 ROWS[13] = { 0, 0x12, 0x34, 0, 1, 0xff, 0xff, 0, 1, 0, 2, 0, 3 };
  static const guint8 CLEAR[6] = { 0, 1, 0, 2, 0, 3 };
  g_autoptr (GByteArray) bytes = begin (2, 1, 16, 2, 0);

  append_chunk (bytes, "tRNS", CLEAR, sizeof CLEAR);
  finish (bytes, ROWS, sizeof ROWS);

  g_autoptr (DubTensor) tensor = parse (bytes);
  static const guint16 EXPECTED[8] = { 0x1234, 1, 0xffff, 0xffff, 1, 2, 3, 0 };

  g_assert_cmpint (tensor->dtype, ==, DUB_DTYPE_U16);
  g_assert_true (dub_shape_equal (&tensor->shape, &DUB_SHAPE (1, 2, 4)));
  g_assert_cmpmem (tensor->data, 16, EXPECTED, 16);
}

/* Adam7: the seven passes of an 8×8 image, written out. */
static void
test_interlaced (void)
{
  static const int X_0[7] = { 0, 4, 0, 2, 0, 1, 0 }, Y_0[7] = { 0, 0, 4, 0, 2, 0, 1 };
  static const int X_STEP[7] = { 8, 8, 4, 4, 2, 2, 1 }, Y_STEP[7] = { 8, 8, 8, 4, 4, 2, 2 };
  g_autoptr (GByteArray) rows = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = begin (8, 8, 8, 0, 1);

  for (int pass = 0; pass < 7; pass++)
    for (int y = Y_0[pass]; y < 8; y += Y_STEP[pass]) {
      g_byte_array_append (rows, (const guint8 *) "", 1);
      for (int x = X_0[pass]; x < 8; x += X_STEP[pass]) {
        guint8 value = (guint8) (16 * y + x);

        g_byte_array_append (rows, &value, 1);
      }
    }
  finish (bytes, rows->data, rows->len);

  g_autoptr (DubTensor) tensor = parse (bytes);

  for (size_t y = 0; y < 8; y++)
    for (size_t x = 0; x < 8; x++)
      g_assert_cmpint (dub_tensor_get_int (tensor, 8 * y + x), ==, (int) (16 * y + x));
}

static void
test_palette (void)
{
  static const guint8 COLOURS[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  static const guint8 CLEAR[2] = { 10, 20 };
  static const guint8 ROWS[5] = { 0, 2, 1, 0, 1 };
  static const guint8 WRONG[5] = { 0, 2, 1, 200, 1 };
  static const guint8 EXPECTED[16] = { 7, 8, 9, 255, 4, 5, 6, 20, 1, 2, 3, 10, 4, 5, 6, 20 };
  g_autoptr (GByteArray) bytes = begin (4, 1, 8, 3, 0);
  g_autoptr (GByteArray) wrong = begin (4, 1, 8, 3, 0);
  g_autoptr (GByteArray) none = begin (4, 1, 8, 3, 0);
  g_autoptr (GError) error = NULL;

  append_chunk (bytes, "PLTE", COLOURS, sizeof COLOURS);
  append_chunk (bytes, "tRNS", CLEAR, sizeof CLEAR);
  finish (bytes, ROWS, sizeof ROWS);
  g_autoptr (DubTensor) tensor = parse (bytes);
  g_assert_true (dub_shape_equal (&tensor->shape, &DUB_SHAPE (1, 4, 4)));
  g_assert_cmpmem (tensor->data, 16, EXPECTED, 16);

  /* An index beyond the palette reads nothing that is not there. */
  append_chunk (wrong, "PLTE", COLOURS, sizeof COLOURS);
  finish (wrong, WRONG, sizeof WRONG);
  g_autoptr (DubTensor) lenient = dub_png_parse (wrong->data, wrong->len, "wrong.png", NULL);
  g_assert_true (lenient == NULL || dub_tensor_n_elements (lenient) == 12);

  finish (none, ROWS, sizeof ROWS);
  g_assert_null (dub_png_parse (none->data, none->len, "none.png", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
}

static void
test_lies (void)
{
  static const struct { guint32 width, height; guint8 depth, colour; int code; const char *says; } LIES[] = {
    { 0, 1, 8, 0, DUB_ERROR_FORMAT, "0×1 pixels" },
    { 1, 40000, 8, 0, DUB_ERROR_FORMAT, "1×40000 pixels" },
    { 0xffffffff, 0xffffffff, 8, 0, DUB_ERROR_FORMAT, "4294967295×4294967295" },
    { 32768, 32768, 8, 6, DUB_ERROR_MEMORY, "more memory" },
    { 16000, 16000, 8, 6, DUB_ERROR_MEMORY, "cannot hold" },
    { 2, 1, 3, 0, DUB_ERROR_FORMAT, "colour type 0 with 3 bits" },
    { 2, 1, 4, 2, DUB_ERROR_FORMAT, "colour type 2 with 4 bits" },
    { 2, 1, 16, 3, DUB_ERROR_FORMAT, "colour type 3 with 16 bits" },
    { 2, 1, 8, 5, DUB_ERROR_FORMAT, "colour type 5" },
    { 2, 1, 255, 0, DUB_ERROR_FORMAT, "255 bits" },
    /* Within what the bytes could be, but not what they are. */
    { 100, 100, 8, 0, DUB_ERROR_FORMAT, "lie.png" },
  };
  static const guint8 ROWS[3] = { 0, 1, 2 };
  g_autoptr (GByteArray) good = begin (2, 1, 8, 0, 0);
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (LIES); i++) {
    g_autoptr (GByteArray) bytes = begin (LIES[i].width, LIES[i].height, LIES[i].depth, LIES[i].colour, 0);

    finish (bytes, ROWS, sizeof ROWS);
    g_assert_null (dub_png_parse (bytes->data, bytes->len, "lie.png", &error));
    g_assert_error (error, DUB_ERROR, LIES[i].code);
    g_assert_nonnull (strstr (error->message, LIES[i].says));
    g_clear_error (&error);
  }

  finish (good, ROWS, sizeof ROWS);
  g_autoptr (DubTensor) tensor = parse (good);
  g_assert_cmpint (dub_tensor_get_int (tensor, 1), ==, 2);
  for (guint length = 0; length < good->len; length++) {
    g_assert_null (dub_png_parse (good->data, length, "cut.png", &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    g_clear_error (&error);
  }

  /* A chunk of words that claims two gigabytes, for which libpng would ask the system. */
  g_autoptr (GByteArray) words = begin (2, 1, 8, 0, 0);
  append_u32 (words, 0x7e00000b);
  g_byte_array_append (words, (const guint8 *) "tEXt", 4);
  finish (words, ROWS, sizeof ROWS);
  gint64 start = g_get_monotonic_time ();
  g_assert_null (dub_png_parse (words->data, words->len, "words.png", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "chunk of 2113929227 bytes at byte 33"));
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
  g_clear_error (&error);

  for (guint at = 0; at < good->len; at++) {
    g_autofree guint8 *copy = g_memdup2 (good->data, good->len);

    copy[at] ^= 0x21;
    g_autoptr (DubTensor) other = dub_png_parse (copy, good->len, "damaged.png", &error);
    g_assert_true ((other == NULL) == (error != NULL));
    g_clear_error (&error);
  }
}

static void
test_round_trip (void)
{
  static const char *const TEXT[] = { "Software", "dubito", "Title", "Masque à λ1 = 30", NULL };
  static const int CHANNELS[3] = { 1, 3, 4 };
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "round.png");
  g_autoptr (GError) error = NULL;

  for (size_t c = 0; c < G_N_ELEMENTS (CHANNELS); c++) {
    g_autoptr (DubTensor) tensor = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (17, 23, CHANNELS[c]), NULL);

    for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
      ((guint8 *) tensor->data)[i] = (guint8) (i * 37);
    g_assert_true (dub_png_save (tensor, path, 300.0, TEXT, &error));
    g_autoptr (DubTensor) back = dub_png_load (path, &error);
    g_assert_no_error (error);
    g_assert_true (dub_shape_equal (&tensor->shape, &back->shape));
    g_assert_cmpmem (tensor->data, dub_tensor_n_bytes (tensor), back->data, dub_tensor_n_bytes (back));
  }

  /* 300 dpi are 11811 pixels a metre; both texts are there. */
  g_autoptr (GBytes) file = dub_file_read (path, 1 << 20, &error);
  const guint8 *bytes = g_bytes_get_data (file, NULL);
  size_t n_bytes = g_bytes_get_size (file);
  const guint8 *physical = memmem (bytes, n_bytes, "pHYs", 4);
  g_assert_nonnull (physical);
  g_assert_cmpmem (physical + 4, 9, "\0\0\x2e\x23\0\0\x2e\x23\1", 9);
  g_assert_nonnull (memmem (bytes, n_bytes, "tEXtSoftware\0dubito", 19));
  g_assert_nonnull (memmem (bytes, n_bytes, "iTXtTitle", 9));
  g_assert_nonnull (memmem (bytes, n_bytes, "Masque à λ1 = 30", strlen ("Masque à λ1 = 30")));

  g_autoptr (DubTensor) wrong = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (2, 2, 1), NULL);
  g_assert_false (dub_png_save (wrong, path, 0, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  scratch_free (&scratch);
}

/* What a look at the chunks says is what decoding finds, for every picture that the fuzz targets keep. */
static void
test_peek (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", "png", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n_same = 0, n_refused = 0;

  g_assert_nonnull (dir);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (DubTensor) image = dub_png_load (path, NULL);
    DubShape shape = { 0 };
    DubDtype dtype = DUB_DTYPE_F64;
    guint64 n_bytes = 0;
    gboolean known = dub_png_peek (path, &shape, &dtype, &n_bytes, &error);

    g_assert_true (known == (error == NULL));
    n_refused += !known;
    if (image == NULL)
      continue;
    g_assert_no_error (error);
    g_assert_true (dub_shape_equal (&shape, &image->shape));
    g_assert_cmpint (dtype, ==, image->dtype);
    n_same++;
  }
  g_assert_cmpuint (n_same, >, 5);
  g_assert_cmpuint (n_refused, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/png/small-depths", test_small_depths);
  g_test_add_func ("/png/sixteen-bits", test_sixteen_bits);
  g_test_add_func ("/png/interlaced", test_interlaced);
  g_test_add_func ("/png/palette", test_palette);
  g_test_add_func ("/png/lies", test_lies);
  g_test_add_func ("/png/round-trip", test_round_trip);
  g_test_add_func ("/png/peek", test_peek);

  return g_test_run ();
}
