/* The volumes of participants and sessions, found by the names that BIDS and Clinica give to files and folders. */
#include "core/data/dataset-private.h"

#include <string.h>

struct _DubDatasetSessions {
  char       *folder;
  GPtrArray  *files;  /* of char *: relative paths */
  GHashTable *found;  /* "sub-1\tses-2" -> GPtrArray of the files */
};

/* A volume, but not the second file of a pair. */
static gboolean
is_volume (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return _dub_dataset_is_nifti (name) && !g_str_has_suffix (lower, ".img") && !g_str_has_suffix (lower, ".img.gz");
}

/* The last "sub-…" of a path: names of files and folders are cut at "/" and "_". */
static char *
entity_of (const char *path,
           const char *prefix)
{
  g_autofree char *stem = _dub_dataset_stem (path);
  g_auto (GStrv) words = g_strsplit_set (stem, "/_", -1);

  for (guint i = g_strv_length (words); i > 0; i--)
    if (g_str_has_prefix (words[i - 1], prefix))
      return g_strdup (words[i - 1]);

  return NULL;
}

DubDatasetSessions *
_dub_dataset_sessions_new (const char *folder)
{
  DubDatasetSessions *self = g_new0 (DubDatasetSessions, 1);

  self->folder = g_strdup (folder);
  self->files = _dub_dataset_walk (folder, is_volume);
  self->found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < self->files->len; i++) {
    g_autofree char *participant = entity_of (self->files->pdata[i], "sub-");
    g_autofree char *session = entity_of (self->files->pdata[i], "ses-");

    if (participant == NULL)
      continue;

    g_autofree char *key = g_strconcat (participant, "\t", session != NULL ? session : "", NULL);
    GPtrArray *files = g_hash_table_lookup (self->found, key);

    if (files == NULL) {
      files = g_ptr_array_new ();
      g_hash_table_insert (self->found, g_steal_pointer (&key), files);
    }
    g_ptr_array_add (files, self->files->pdata[i]);
  }

  return self;
}

void
_dub_dataset_sessions_free (DubDatasetSessions *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->found);
  g_ptr_array_unref (self->files);
  g_free (self->folder);
  g_free (self);
}

char *
_dub_dataset_sessions_find (DubDatasetSessions  *self,
                            const char          *participant,
                            const char          *session,
                            GError             **error)
{
  g_autofree char *key = g_strconcat (participant, "\t", session, NULL);
  g_autofree char *without = g_strconcat (participant, "\t", NULL);
  GPtrArray *files = g_hash_table_lookup (self->found, key);
  g_autofree char *shown = g_filename_display_name (self->folder);

  /* A cohort with one session often leaves it out of its names. */
  if (files == NULL)
    files = g_hash_table_lookup (self->found, without);
  if (files == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "no NIfTI file below %s is of %s and %s.", shown, participant, session);
    return NULL;
  }
  if (files->len > 1) {
    g_autofree char *first = g_filename_display_name (files->pdata[0]);
    g_autofree char *second = g_filename_display_name (files->pdata[1]);

    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%u NIfTI files below %s are of %s and %s (%s, %s); a column \"file\" can say which is meant.", files->len,
                 shown, participant, session, first, second);
    return NULL;
  }

  return g_build_filename (self->folder, files->pdata[0], NULL);
}
