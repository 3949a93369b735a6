/* The folder of the demo study: all of it or nothing, and where it came from. */
#include "core/study/demo-private.h"

#include "core/io/file.h"
#include "core/io/json-member.h"

#include "dub-config.h"

#include <errno.h>
#include <glib/gstdio.h>

static const char *const TEMPLATE_FILES[] = { "ch2bet.nii.gz", "aal.nii.gz", "aal.nii.txt" };
static const guint64 LARGEST_TEMPLATE = (guint64) 64 << 20;

/* --- where the templates are --- */

static gboolean
has_templates (const char *folder)
{
  for (size_t i = 0; i < G_N_ELEMENTS (TEMPLATE_FILES); i++) {
    g_autofree char *path = g_build_filename (folder, TEMPLATE_FILES[i], NULL);

    if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return FALSE;
  }

  return TRUE;
}

/* The data folders of the system, in their order. */
static char *
find_templates (const char  *given,
                GError     **error)
{
  if (given != NULL && has_templates (given))
    return g_strdup (given);

  for (const char *const *data = g_get_system_data_dirs (); given == NULL && *data != NULL; data++) {
    g_autofree char *folder = g_build_filename (*data, "mricron", "templates", NULL);

    if (has_templates (folder))
      return g_steal_pointer (&folder);
  }
  g_set_error (error, DUB_ERROR, DUB_ERROR_IO,
               "%s has no ch2bet.nii.gz, aal.nii.gz and aal.nii.txt; the package mricron-data brings them.",
               given != NULL ? given : "No data folder of the system (mricron/templates)");

  return NULL;
}

/* --- provenance --- */

static gboolean
add_source (JsonBuilder  *builder,
            const char   *templates,
            const char   *name,
            GError      **error)
{
  g_autofree char *path = g_build_filename (templates, name, NULL);
  g_autoptr (GBytes) bytes = dub_file_read (path, LARGEST_TEMPLATE, error);

  if (bytes == NULL)
    return FALSE;

  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

  json_builder_begin_object (builder);
  dub_json_add_string (builder, "file", name);
  dub_json_add_string (builder, "sha256", sum);
  json_builder_end_object (builder);

  return TRUE;
}

static void
add_number (JsonBuilder *builder,
            const char  *member,
            double       value)
{
  if (value == (double) (gint64) value)
    dub_json_add_int (builder, member, (gint64) value);
  else
    dub_json_add_number (builder, member, value);
}

gboolean
_dub_demo_provenance (const char            *folder,
                      const char            *templates,
                      const DubDemoOptions  *options,
                      const DubDemoResult   *result,
                      GError               **error)
{
  g_autofree char *path = g_build_filename (folder, "provenance.json", NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  dub_json_add_string (builder, "software", "Dubito " DUB_VERSION);
  dub_json_add_string (builder, "what",
                       "Semi-synthetic grey-matter maps from the Colin27 brain and a network trained on them. "
                       "The subjects are no persons; the atrophy was put in.");
  json_builder_set_member_name (builder, "sources");
  json_builder_begin_array (builder);
  for (size_t i = 0; i < G_N_ELEMENTS (TEMPLATE_FILES); i++)
    if (!add_source (builder, templates, TEMPLATE_FILES[i], error))
      return FALSE;
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  dub_json_add_seed (builder, "seed", options->seed);
  add_number (builder, "voxel_size_mm", options->voxel_size);
  add_number (builder, "training_subjects", options->n_train);
  add_number (builder, "held_out_subjects", options->n_test);
  add_number (builder, "epochs", options->n_epochs);
  add_number (builder, "batch", options->batch);
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "result");
  json_builder_begin_object (builder);
  add_number (builder, "training_loss", result->loss);
  add_number (builder, "held_out_correct", result->n_correct);
  add_number (builder, "held_out", result->n_test);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  return dub_json_save (builder, path, error);
}

/* --- all or nothing --- */

/* Links are removed, not followed. */
static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = !g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static gboolean
fail (GError    **error,
      const char *folder,
      const char *what,
      int         code)
{
  g_autofree char *shown = g_filename_display_name (folder);

  g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "The folder %s cannot be %s: %s.", shown, what, g_strerror (code));

  return FALSE;
}

static gboolean
is_free (const char  *folder,
         const char  *what,
         GError     **error)
{
  g_autofree char *use = g_strconcat ("used for ", what, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  if (!g_file_test (folder, G_FILE_TEST_EXISTS) || (dir != NULL && g_dir_read_name (dir) == NULL))
    return TRUE;

  return fail (error, folder, use, dir != NULL ? ENOTEMPTY : ENOTDIR);
}

gboolean
_dub_demo_folder_begin (DubDemoFolder  *self,
                        const char     *folder,
                        const char     *what,
                        GError        **error)
{
  self->target = g_canonicalize_filename (folder, NULL);
  self->built = g_strconcat (self->target, ".part-XXXXXX", NULL);

  g_autofree char *parent = g_path_get_dirname (self->target);
  gboolean ok = is_free (self->target, what, error);

  if (ok && (g_mkdir_with_parents (parent, 0777) != 0 || g_mkdtemp_full (self->built, 0777) == NULL))
    ok = fail (error, self->target, "made", errno);
  if (!ok) {
    g_clear_pointer (&self->target, g_free);
    g_clear_pointer (&self->built, g_free);
  }

  return ok;
}

gboolean
_dub_demo_folder_end (DubDemoFolder  *self,
                      gboolean        ok,
                      GError        **error)
{
  if (ok && g_rename (self->built, self->target) != 0)
    ok = fail (error, self->target, "made", errno);
  if (!ok)
    remove_tree (self->built);
  g_clear_pointer (&self->target, g_free);
  g_clear_pointer (&self->built, g_free);

  return ok;
}

static gboolean
check_options (const DubDemoOptions  *options,
               GError               **error)
{
  if (options->voxel_size >= 1.0 && options->voxel_size <= 8.0 && options->batch >= 1 &&
      options->n_train >= options->batch && options->n_test >= 1 && options->n_epochs >= 1)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "The demo study was asked for %g mm voxels, %u and %u subjects, %u epochs and batches of %u; expected "
               "1 to 8 mm and at least one batch of training subjects, one held-out subject and one epoch.",
               options->voxel_size, options->n_train, options->n_test, options->n_epochs, options->batch);

  return FALSE;
}

gboolean
dub_demo_brain (const char            *folder,
                const DubDemoOptions  *options,
                DubDemoFunc            progress,
                gpointer               user_data,
                DubDemoResult         *result,
                DubRun                *run,
                GError               **error)
{
  static const char *const parts[] = { "data", "models/cnn3d", "atlas" };
  const DubDemoOptions defaults = DUB_DEMO_DEFAULT;
  g_autofree char *templates = NULL;
  DubDemoFolder place = { 0 };

  options = options != NULL ? options : &defaults;
  if (!check_options (options, error) || (templates = find_templates (options->templates, error)) == NULL ||
      !_dub_demo_folder_begin (&place, folder, "the demo study", error))
    return FALSE;

  gboolean ok = TRUE;

  for (size_t i = 0; i < G_N_ELEMENTS (parts) && ok; i++) {
    g_autofree char *path = g_build_filename (place.built, parts[i], NULL);

    ok = g_mkdir_with_parents (path, 0777) == 0 || fail (error, path, "made", errno);
  }
  ok = ok && _dub_demo_fill (place.built, templates, options, progress, user_data, result, run, error);

  return _dub_demo_folder_end (&place, ok, error);
}
