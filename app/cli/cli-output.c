#include "app/cli/cli-output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* By device and number where both exist, else by the folder's true name and the last part. */
static gboolean
same_file (const char *a,
           const char *b)
{
  struct stat of_a, of_b;
  gboolean has_a = stat (a, &of_a) == 0, has_b = stat (b, &of_b) == 0;

  if (has_a && has_b)
    return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino && S_ISREG (of_a.st_mode);
  if (has_a != has_b)
    return FALSE;

  g_autofree char *folder_a = g_path_get_dirname (a);
  g_autofree char *folder_b = g_path_get_dirname (b);
  g_autofree char *name_a = g_path_get_basename (a);
  g_autofree char *name_b = g_path_get_basename (b);

  return strcmp (name_a, name_b) == 0 && stat (folder_a, &of_a) == 0 && stat (folder_b, &of_b) == 0
         && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

gboolean
cli_check_outputs (const char *const *outputs,
                   size_t             n_outputs,
                   const char *const *inputs,
                   size_t             n_inputs,
                   GError           **error)
{
  for (size_t i = 0; i < n_outputs; i++) {
    if (outputs[i] == NULL)
      continue;
    if (*outputs[i] == '\0')
      return cli_usage_error (error, _("The name of an output is empty."));
    if (!cli_check_output (outputs[i], error))
      return FALSE;
    for (size_t k = 0; k < n_inputs; k++)
      if (inputs[k] != NULL && same_file (outputs[i], inputs[k]))
        return cli_usage_error (error, _("The output “%s” is an input of this command; give it another name."), outputs[i]);
    for (size_t k = 0; k < i; k++)
      if (outputs[k] != NULL && same_file (outputs[i], outputs[k]))
        return cli_usage_error (error, _("The output “%s” is named twice; give it two names."), outputs[i]);
  }

  return TRUE;
}

/* The true path of a file that need not exist; NULL where its folder does not. (transfer full) */
static char *
true_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path), *name = g_path_get_basename (path);
  char *real = realpath (folder, NULL);
  char *joined = real != NULL ? g_build_filename (real, name, NULL) : NULL;

  free (real);

  return joined;
}

static gboolean
is_below (const char *path,
          const char *folder)
{
  char *real = realpath (folder, NULL);
  g_autofree char *start = real != NULL ? g_strconcat (real, "/", NULL) : NULL;

  free (real);

  return start != NULL && g_str_has_prefix (path, start);
}

/* What belongs to the study, or NULL. Static. */
static const char *
owner_of (const char     *path,
          const DubStudy *study)
{
  static const char *const own[] = { "study.json", "cases.csv", "review.sqlite" };
  static const char *const folders[] = { "models", "results", "data" };
  const DubStudyData *data = study->data;

  for (guint i = 0; study->folder != NULL && i < G_N_ELEMENTS (own); i++) {
    g_autofree char *file = g_build_filename (study->folder, own[i], NULL);
    g_autofree char *folder = g_build_filename (study->folder, folders[i], NULL);

    if (same_file (path, file) || is_below (path, folder))
      return _("the study");
  }
  if (data == NULL)
    return NULL;
  if (data->path != NULL && (same_file (path, data->path) || is_below (path, data->path)))
    return _("its data set");
  if (data->patients != NULL && same_file (path, data->patients))
    return _("its table of patients");

  return NULL;
}

gboolean
cli_check_study_outputs (const char *const *outputs,
                         size_t             n_outputs,
                         const DubStudy    *study,
                         GError           **error)
{
  for (size_t i = 0; i < n_outputs; i++) {
    g_autofree char *path = outputs[i] != NULL ? true_path (outputs[i]) : NULL;
    const char *owner = path != NULL ? owner_of (path, study) : NULL;

    if (owner != NULL)
      return cli_usage_error (error, _("The output “%s” would overwrite a file of %s; give it another name."), outputs[i], owner);
  }

  return TRUE;
}
