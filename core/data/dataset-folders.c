/* One folder a class, PNG files inside. */
#include "core/data/dataset-private.h"

#include <string.h>

static const struct {
  const char *name;
  const char *given;
} PARTS[] = {
  { "train", "train" },     { "training", "train" },   { "val", "validation" },   { "valid", "validation" },
  { "test", "test" },       { "testing", "test" },     { "validation", "validation" },
};

static const char *
given_of (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (PARTS); i++)
    if (g_ascii_strcasecmp (name, PARTS[i].name) == 0)
      return PARTS[i].given;

  return NULL;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Names of the folders inside @folder, sorted; hidden ones are passed over. */
static GPtrArray *
list_folders (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (name[0] != '.' && g_file_test (path, G_FILE_TEST_IS_DIR))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);

  return names;
}

/* Images, but not the outlines that BUSI keeps beside them. */
static gboolean
is_case (const char *name)
{
  const char *mask = g_strrstr (name, "_mask");

  return _dub_dataset_is_png (name) && (mask == NULL || strchr (mask, '/') != NULL);
}

static gboolean
add_class (DubDataset               *self,
           const DubDatasetOptions  *options,
           const char               *part,   /* "train", or NULL */
           const char               *name,
           size_t                   *row,
           DubRun                   *run,
           GError                  **error)
{
  g_autofree char *below = part != NULL ? g_build_filename (part, name, NULL) : g_strdup (name);
  g_autofree char *folder = g_build_filename (self->path, below, NULL);
  g_autofree char *shown = g_filename_display_name (folder);
  g_autofree char *class_name = g_filename_display_name (name);
  g_autoptr (GPtrArray) files = _dub_dataset_walk (folder, is_case);

  if (files->len == 0)
    return _dub_dataset_bad (self, options, *row,
                             g_error_new (DUB_ERROR, DUB_ERROR_FORMAT, "The class folder %s holds no PNG image.", shown),
                             error);

  int label = _dub_dataset_class (self, options, class_name);

  if (label < 0)
    return _dub_dataset_bad (self, options, *row,
                             g_error_new (DUB_ERROR, DUB_ERROR_FORMAT, "The folder %s has the name of none of the classes.",
                                          shown), error);
  for (guint i = 0; i < files->len; i++) {
    g_autofree char *relative = g_build_filename (below, files->pdata[i], NULL);
    g_autofree char *path = g_build_filename (self->path, relative, NULL);
    g_autofree char *readable = g_filename_display_name (relative);
    g_autofree char *id = _dub_dataset_stem (readable);
    DubDatasetCase item = { .id = id, .label = label, .given = part != NULL ? given_of (part) : NULL, .path = path,
                            .row = (*row)++ };

    if (dub_run_check_cancelled (run, error) || !_dub_dataset_add_file (self, options, &item, NULL, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
add_part (DubDataset               *self,
          const DubDatasetOptions  *options,
          const char               *part,
          size_t                   *row,
          DubRun                   *run,
          GError                  **error)
{
  g_autofree char *folder = g_build_filename (self->path, part, NULL);
  g_autoptr (GPtrArray) names = list_folders (folder);

  for (guint i = 0; i < names->len; i++)
    if (!add_class (self, options, part, names->pdata[i], row, run, error))
      return FALSE;

  return TRUE;
}

DubDataset *
_dub_dataset_folders (const char               *path,
                      const DubDatasetOptions  *options,
                      DubRun                   *run,
                      GError                  **error)
{
  g_autoptr (DubDataset) self = _dub_dataset_new (DUB_DATASET_FOLDERS, path, _dub_dataset_file_source ());
  g_autoptr (GPtrArray) names = list_folders (path);
  gboolean parts = names->len > 0;
  size_t row = 0;

  for (guint i = 0; i < names->len; i++)
    parts = parts && given_of (names->pdata[i]) != NULL;
  for (const char *const *name = options->classes; name != NULL && *name != NULL; name++)
    g_ptr_array_add (self->classes, g_strdup (*name));
  for (guint i = 0; i < names->len; i++)
    if (!(parts ? add_part (self, options, names->pdata[i], &row, run, error)
                : add_class (self, options, NULL, names->pdata[i], &row, run, error)))
      return NULL;
  if (!_dub_dataset_check_files (self, options, run, error) || !_dub_dataset_finish (self, options, error))
    return NULL;

  return g_steal_pointer (&self);
}
