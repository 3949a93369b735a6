/* npz: a zip archive of npy arrays. */
#include "core/io/npz-private.h"

#include "core/base/checked.h"
#include "core/io/file.h"
#include "core/io/npy-header.h"
#include "core/io/stream.h"

#include <string.h>

static const char SUFFIX[] = ".npy";
/* Deflate codes at most 258 bytes in a little more than two bits. */
static const guint64 BEST_DEFLATE_RATIO = 1032;
static const zip_uint64_t MOST_ENTRIES = 1 << 20;
/* Speed matters more than the last percent: floats hardly shrink, masks shrink at any level. */
static const zip_uint32_t DEFLATE_LEVEL = 1;

static gboolean
list_arrays (DubNpz  *self,
             GError **error)
{
  zip_int64_t n_entries = zip_get_num_entries (self->archive, 0);

  if (n_entries < 0 || (zip_uint64_t) n_entries > MOST_ENTRIES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has %" G_GINT64_FORMAT " entries; expected at most %u.",
                 self->path, (gint64) n_entries, (guint) MOST_ENTRIES);
    return FALSE;
  }

  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (zip_uint64_t i = 0; i < (zip_uint64_t) n_entries; i++) {
    const char *name = zip_get_name (self->archive, i, 0);

    if (name == NULL || !g_str_has_suffix (name, SUFFIX) || !g_utf8_validate (name, -1, NULL))
      continue;

    g_autofree char *array = g_strndup (name, strlen (name) - strlen (SUFFIX));

    /* As in Python, where a name appears twice the first entry is found. Asked first: adding would keep the second name. */
    if (g_hash_table_contains (seen, array))
      continue;
    g_hash_table_add (seen, array);
    g_ptr_array_add (self->names, g_steal_pointer (&array));
    g_array_append_val (self->entries, i);
  }

  return TRUE;
}

static DubNpz *
npz_new (const char *path)
{
  DubNpz *self = g_new0 (DubNpz, 1);

  self->path = g_filename_display_name (path);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->entries = g_array_new (FALSE, FALSE, sizeof (zip_uint64_t));

  return self;
}

static void
set_zip_error (GError      **error,
               const char   *path,
               zip_error_t  *reason)
{
  g_set_error (error, DUB_ERROR, zip_error_system_type (reason) == ZIP_ET_SYS ? DUB_ERROR_IO : DUB_ERROR_FORMAT,
               "%s cannot be read as an npz archive: %s.", path, zip_error_strerror (reason));
}

DubNpz *
dub_npz_open (const char  *path,
              GError     **error)
{
  g_autoptr (DubNpz) self = npz_new (path);
  int code = 0;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s does not exist or is not a regular file.", self->path);
    return NULL;
  }
  self->archive = zip_open (path, ZIP_RDONLY, &code);
  if (self->archive == NULL) {
    zip_error_t reason;

    zip_error_init_with_code (&reason, code);
    set_zip_error (error, self->path, &reason);
    zip_error_fini (&reason);
    return NULL;
  }
  if (!list_arrays (self, error))
    return NULL;
  self->file = g_strdup (path);

  return g_steal_pointer (&self);
}

DubNpz *
dub_npz_open_bytes (GBytes      *bytes,
                    const char  *name,
                    GError     **error)
{
  g_autoptr (DubNpz) self = npz_new (name);
  zip_error_t reason;

  zip_error_init (&reason);
  self->bytes = g_bytes_ref (bytes);

  zip_source_t *source =
    zip_source_buffer_create (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0, &reason);

  if (source != NULL) {
    self->archive = zip_open_from_source (source, ZIP_RDONLY, &reason);
    if (self->archive == NULL)
      zip_source_free (source);
  }
  if (self->archive == NULL) {
    set_zip_error (error, self->path, &reason);
    zip_error_fini (&reason);
    return NULL;
  }
  zip_error_fini (&reason);
  if (!list_arrays (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_npz_free (DubNpz *self)
{
  if (self == NULL)
    return;
  if (self->archive != NULL)
    zip_discard (self->archive);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_ptr_array_unref (self->names);
  g_array_unref (self->entries);
  g_free (self->path);
  g_free (self->file);
  g_free (self);
}

size_t
dub_npz_n_arrays (const DubNpz *self)
{
  return self->names->len;
}

gboolean
dub_npz_has (const DubNpz *self,
             const char   *name)
{
  for (guint i = 0; i < self->names->len; i++)
    if (strcmp (g_ptr_array_index (self->names, i), name) == 0)
      return TRUE;

  return FALSE;
}

const char *
dub_npz_name (const DubNpz *self,
              size_t        index)
{
  g_return_val_if_fail (index < self->names->len, NULL);

  return g_ptr_array_index (self->names, index);
}

gboolean
_dub_npz_read_entry (gpointer   source,
                     void      *buffer,
                     size_t     n_bytes,
                     size_t    *n_read,
                     GError   **error)
{
  DubNpzEntry *entry = source;

  *n_read = 0;
  while (*n_read < n_bytes) {
    zip_int64_t got = zip_fread (entry->file, (guint8 *) buffer + *n_read, n_bytes - *n_read);

    if (got < 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s cannot be unpacked: %s.", entry->name,
                   zip_file_strerror (entry->file));
      return FALSE;
    }
    if (got == 0)
      break;
    *n_read += (size_t) got;
  }

  return TRUE;
}

/* The directory's word about an entry, checked for what can be true at all. */
static gboolean
check_entry (DubNpz        *self,
             zip_uint64_t   index,
             const char    *name,
             zip_stat_t    *stat,
             GError       **error)
{
  const zip_uint64_t needed =
    ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD | ZIP_STAT_CRC;
  zip_stat_t status;

  if (zip_stat_index (self->archive, index, 0, &status) != 0 || (status.valid & needed) != needed) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has an incomplete directory entry: %s.", name,
                 zip_strerror (self->archive));
    return FALSE;
  }
  if (status.encryption_method != ZIP_EM_NONE) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "%s is encrypted; save it without a password.", name);
    return FALSE;
  }
  if (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s is packed with method %u; expected stored (0) or deflate (8).", name, status.comp_method);
    return FALSE;
  }

  guint64 ratio = status.comp_method == ZIP_CM_STORE ? 1 : BEST_DEFLATE_RATIO;

  if (status.size / ratio > status.comp_size) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s claims %" G_GUINT64_FORMAT " bytes in %" G_GUINT64_FORMAT " packed ones, which cannot be.",
                 name, (guint64) status.size, (guint64) status.comp_size);
    return FALSE;
  }
  *stat = status;

  return TRUE;
}

/* The header, which the entry's size must agree with. */
static gboolean
read_header (DubNpzEntry   *entry,
             DubNpyHeader  *header,
             GError       **error)
{
  guint8 prefix[DUB_NPY_PREFIX];
  guint64 size = entry->stat.size;
  size_t n_read;

  if (!_dub_npz_read_entry (entry, prefix, sizeof prefix, &n_read, error))
    return FALSE;

  size_t length = dub_npy_header_length (prefix, n_read, entry->name, error);

  if (length == 0)
    return FALSE;

  g_autofree guint8 *text = g_malloc (MAX (length, n_read));
  size_t n_prefix = n_read;

  /* No valid dictionary is so short that it ends inside the prefix: the parser refuses it before elements are read. */
  memcpy (text, prefix, n_prefix);
  if (length > n_prefix && !_dub_npz_read_entry (entry, text + n_prefix, length - n_prefix, &n_read, error))
    return FALSE;
  if (!dub_npy_header_parse (header, text, length > n_prefix ? n_prefix + n_read : n_prefix, entry->name,
                             entry->text, error))
    return FALSE;
  if (size < header->data_start || size - header->data_start != header->n_bytes) {
    g_autofree char *shape = dub_shape_to_string (&header->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has %" G_GUINT64_FORMAT " bytes; expected %" G_GSIZE_FORMAT " for shape %s.",
                 entry->name, size, header->data_start + header->n_bytes, shape);
    return FALSE;
  }

  return TRUE;
}

gboolean
_dub_npz_finish_entry (DubNpzEntry  *entry,
                       GError      **error)
{
  guint8 beyond;
  size_t n_read;

  /* Reading past the end makes libzip compare the checksum. */
  if (!_dub_npz_read_entry (entry, &beyond, 1, &n_read, error))
    return FALSE;
  if (n_read > 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s unpacks to more than the %" G_GUINT64_FORMAT " bytes that the directory says.", entry->name,
                 (guint64) entry->stat.size);
    return FALSE;
  }

  return TRUE;
}

gboolean
_dub_npz_open_entry (DubNpz        *self,
                     const char    *name,
                     DubNpzEntry   *entry,
                     DubNpyHeader  *header,
                     GError       **error)
{
  for (guint i = 0; i < self->names->len; i++) {
    if (strcmp (g_ptr_array_index (self->names, i), name) != 0)
      continue;

    entry->index = g_array_index (self->entries, zip_uint64_t, i);
    entry->name = g_strdup_printf ("%s: array %s", self->path, name);
    if (!check_entry (self, entry->index, entry->name, &entry->stat, error))
      return FALSE;
    entry->file = zip_fopen_index (self->archive, entry->index, 0);
    if (entry->file == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s cannot be unpacked: %s.", entry->name,
                   zip_strerror (self->archive));
      return FALSE;
    }

    return read_header (entry, header, error);
  }

  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no array named \"%s\".", self->path, name);

  return FALSE;
}

void
_dub_npz_close_entry (DubNpzEntry *entry)
{
  g_clear_pointer (&entry->file, zip_fclose);
  g_clear_pointer (&entry->name, g_free);
}

static DubTensor *
read_array (DubNpz      *self,
            const char  *name,
            gboolean     text,
            GError     **error)
{
  g_auto (DubNpzEntry) entry = { .text = text };
  DubNpyHeader header;
  size_t n_read;

  if (!_dub_npz_open_entry (self, name, &entry, &header, error))
    return NULL;
  if (text && !header.text) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s holds %s numbers; expected strings.", entry.name,
                 dub_dtype_name (header.dtype));
    return NULL;
  }

  g_autofree guint8 *data =
    dub_read_growing (_dub_npz_read_entry, &entry, header.n_bytes, entry.name, &n_read, error);

  if (data == NULL)
    return NULL;
  if (n_read < header.n_bytes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s ends after %" G_GSIZE_FORMAT " bytes of elements; expected %" G_GSIZE_FORMAT ".",
                 entry.name, n_read, header.n_bytes);
    return NULL;
  }
  if (!_dub_npz_finish_entry (&entry, error))
    return NULL;

  return dub_npy_header_decode (&header, data, error);
}

DubTensor *
dub_npz_read (DubNpz      *self,
              const char  *name,
              GError     **error)
{
  return read_array (self, name, FALSE, error);
}

char **
dub_npz_read_text (DubNpz      *self,
                   const char  *name,
                   size_t      *n,
                   GError     **error)
{
  g_autoptr (DubTensor) tensor = read_array (self, name, TRUE, error);

  if (tensor == NULL)
    return NULL;

  g_autofree char *where = g_strdup_printf ("%s: array %s", self->path, name);
  char **texts = dub_npy_text_decode (tensor, where, error);

  if (texts != NULL && n != NULL)
    *n = (size_t) tensor->shape.dim[0];

  return texts;
}

/* One array as an npy file of its own, whose memory the archive frees. */
static gboolean
add_array (zip_t            *archive,
           const char       *name,
           const DubTensor  *tensor,
           gboolean          text,
           gboolean          stored,
           GError          **error)
{
  g_autoptr (DubTensor) contiguous = dub_tensor_contiguous ((DubTensor *) tensor, error);

  if (contiguous == NULL)
    return FALSE;

  GString *header = dub_npy_header_write (contiguous, text);
  size_t n_data = dub_tensor_n_bytes (contiguous);
  size_t n_bytes = header->len + n_data;
  g_autofree char *entry = g_strconcat (name, SUFFIX, NULL);
  /* libzip frees with free(), which is g_malloc's counterpart since GLib 2.46. */
  guint8 *bytes = g_try_malloc (n_bytes);

  if (bytes != NULL) {
    memcpy (bytes, header->str, header->len);
    if (n_data > 0)
      memcpy (bytes + header->len, contiguous->data, n_data);
  }
  g_string_free (header, TRUE);
  if (bytes == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "Array %s of %" G_GSIZE_FORMAT " bytes cannot be packed: no memory.", name, n_bytes);
    return FALSE;
  }

  zip_source_t *source = zip_source_buffer (archive, bytes, n_bytes, 1);

  if (source == NULL) {
    g_free (bytes);
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "Array %s cannot be packed: %s.", name, zip_strerror (archive));
    return FALSE;
  }

  zip_int64_t index = zip_file_add (archive, entry, source, ZIP_FL_ENC_UTF_8);

  if (index < 0) {
    zip_source_free (source);
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "Array %s cannot be packed: %s.", name, zip_strerror (archive));
    return FALSE;
  }
  (void) zip_set_file_compression (archive, (zip_uint64_t) index, stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE,
                                   stored ? 0 : DEFLATE_LEVEL);
  /* A fixed date, the first of 1980 (month and day count from 1): the same arrays make the same bytes. */
  (void) zip_file_set_dostime (archive, (zip_uint64_t) index, 0, 1 << 5 | 1, 0);

  return TRUE;
}

/* All that zip_close has written into @source. */
static guint8 *
take_written (zip_source_t  *source,
              size_t        *n_bytes,
              GError       **error)
{
  zip_stat_t status;

  zip_stat_init (&status);
  if (zip_source_stat (source, &status) == 0 && (status.valid & ZIP_STAT_SIZE) && zip_source_open (source) == 0) {
    g_autofree guint8 *bytes = g_try_malloc (MAX (status.size, 1));
    zip_int64_t n_read = bytes != NULL ? zip_source_read (source, bytes, status.size) : -1;

    zip_source_close (source);
    if (n_read >= 0 && (zip_uint64_t) n_read == status.size) {
      *n_bytes = (size_t) n_read;
      return g_steal_pointer (&bytes);
    }
  }
  g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "The packed archive cannot be taken from memory: %s.",
               zip_error_strerror (zip_source_error (source)));

  return NULL;
}

static gboolean
save (const char         *path,
      const char *const  *names,
      DubTensor *const   *tensors,
      const gboolean     *text,
      size_t              n_arrays,
      gboolean            stored,
      GError            **error)
{
  zip_error_t reason;

  zip_error_init (&reason);

  zip_source_t *source = zip_source_buffer_create (NULL, 0, 0, &reason);
  zip_t *archive = source != NULL ? zip_open_from_source (source, ZIP_TRUNCATE, &reason) : NULL;

  if (archive == NULL) {
    g_clear_pointer (&source, zip_source_free);
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "%s cannot be packed: %s.", path, zip_error_strerror (&reason));
    zip_error_fini (&reason);
    return FALSE;
  }
  zip_error_fini (&reason);
  /* The archive would free its source; the bytes are taken from it afterwards. */
  zip_source_keep (source);

  for (size_t i = 0; i < n_arrays; i++) {
    if (!add_array (archive, names[i], tensors[i], text != NULL && text[i], stored, error)) {
      zip_discard (archive);
      zip_source_free (source);
      return FALSE;
    }
  }
  /* Closing an archive without entries deletes it, but an empty archive is a valid one. */
  if (n_arrays == 0) {
    static const guint8 EMPTY[22] = { 'P', 'K', 5, 6 };

    zip_discard (archive);
    zip_source_free (source);
    return dub_file_write_atomic (path, EMPTY, sizeof EMPTY, error);
  }
  if (zip_close (archive) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "%s cannot be packed: %s.", path, zip_strerror (archive));
    zip_discard (archive);
    zip_source_free (source);
    return FALSE;
  }

  size_t n_bytes = 0;
  g_autofree guint8 *bytes = take_written (source, &n_bytes, error);

  zip_source_free (source);

  return bytes != NULL && dub_file_write_atomic (path, bytes, n_bytes, error);
}

gboolean
dub_npz_save (const char         *path,
              const char *const  *names,
              DubTensor *const   *tensors,
              size_t              n_arrays,
              GError            **error)
{
  return save (path, names, tensors, NULL, n_arrays, FALSE, error);
}

gboolean
dub_npz_save_stored (const char         *path,
                     const char *const  *names,
                     DubTensor *const   *tensors,
                     size_t              n_arrays,
                     GError            **error)
{
  return save (path, names, tensors, NULL, n_arrays, TRUE, error);
}

gboolean
dub_npz_save_text (const char         *path,
                   const char *const  *names,
                   DubTensor *const   *tensors,
                   const gboolean     *text,
                   size_t              n_arrays,
                   GError            **error)
{
  for (size_t i = 0; i < n_arrays; i++)
    g_return_val_if_fail (!text[i] || (tensors[i]->dtype == DUB_DTYPE_U32 && tensors[i]->shape.rank == 2), FALSE);

  return save (path, names, tensors, text, n_arrays, FALSE, error);
}
