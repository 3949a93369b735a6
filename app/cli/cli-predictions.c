#include "app/cli/cli-predictions.h"

#include "app/cli/cli-failure.h"
#include "app/cli/cli-family.h"
#include "core/study/answers.h"
#include "core/study/evaluate.h"

#include <stdarg.h>
#include <string.h>

void
cli_predictions_clear (CliPredictions *self)
{
  g_clear_pointer (&self->file, dub_predictions_file_free);
  g_clear_pointer (&self->fit, dub_predictions_file_free);
}

void
cli_warn (GPtrArray  *warnings,
          const char *format,
          ...)
{
  va_list args;
  char *sentence;

  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  if (g_ptr_array_find_with_equal_func (warnings, sentence, g_str_equal, NULL))
    g_free (sentence);
  else
    g_ptr_array_add (warnings, sentence);
}

const char *
cli_predictions_kind (const DubPredictionsFile *file)
{
  if (file->regression != NULL)
    return _("truths with means and standard deviations");

  return file->predictions->n_classes == 0 ? _("the confidence of the answers alone") : _("probabilities of all classes");
}

char *
cli_predictions_class (const DubPredictionsFile *file,
                       size_t                    class_index)
{
  return file->classes != NULL ? g_strdup (file->classes[class_index]) : g_strdup_printf ("%zu", class_index);
}

static char *
class_names (const char *const *classes,
             size_t             n_classes)
{
  GString *names = g_string_new (NULL);

  if (classes == NULL)
    g_string_append_printf (names, "0 to %zu", n_classes - 1);
  for (size_t c = 0; classes != NULL && c < n_classes; c++)
    g_string_append_printf (names, "%s%s", c > 0 ? ", " : "", classes[c]);

  return g_string_free (names, FALSE);
}

gboolean
cli_predictions_find_class (const char         *name,
                            const char *const  *classes,
                            size_t              n_classes,
                            const char         *asked,
                            int                *class_index,
                            GError            **error)
{
  guint64 number;

  *class_index = -1;
  if (asked == NULL)
    return TRUE;
  if (n_classes == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 _("%s has the confidence of the answers alone, so that no class can be looked at; leave --class out or give columns "
                   "p_0, p_1 …."), name);
    return FALSE;
  }
  for (size_t c = 0; classes != NULL && c < n_classes && *class_index < 0; c++)
    if (strcmp (classes[c], asked) == 0)
      *class_index = (int) c;
  if (*class_index < 0 && g_ascii_string_to_unsigned (asked, 10, 0, n_classes - 1, &number, NULL))
    *class_index = (int) number;
  if (*class_index >= 0)
    return TRUE;

  g_autofree char *names = class_names (classes, n_classes);

  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("%s has no class “%s”; it has %s."), name, asked, names);

  return FALSE;
}

/* --- two files --- */

gboolean
cli_predictions_check_alike (const DubPredictionsFile  *file,
                             const DubPredictionsFile  *fit,
                             GError                   **error)
{
  const DubPredictions *a = file->predictions, *b = fit->predictions;

  if ((file->regression != NULL) != (fit->regression != NULL) ||
      (a != NULL && b != NULL && (a->n_classes == 0) != (b->n_classes == 0))) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, _("%s has %s, %s has %s; give two files of one kind."), file->name,
                 cli_predictions_kind (file), fit->name, cli_predictions_kind (fit));
    return FALSE;
  }
  if (a != NULL && a->n_classes != b->n_classes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, _("%s has %zu classes, %s has %zu; fit on cases of the same classes."), file->name,
                 a->n_classes, fit->name, b->n_classes);
    return FALSE;
  }
  for (size_t c = 0; a != NULL && file->classes != NULL && fit->classes != NULL && c < a->n_classes; c++)
    if (strcmp (file->classes[c], fit->classes[c]) != 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   _("Class %zu of %s is “%s”, of %s “%s”; fit on cases of the same classes in the same order."), c, file->name,
                   file->classes[c], fit->name, fit->classes[c]);
      return FALSE;
    }

  return TRUE;
}

static void
warn_of_file (const DubPredictionsFile *file,
              GPtrArray                *warnings)
{
  for (guint i = 0; i < file->notes->len; i++)
    cli_warn (warnings, "%s: %s", file->name, (const char *) g_ptr_array_index (file->notes, i));
  if (file->n_unlabelled > 0) {
    g_autofree char *cases = cli_count_cases (file->n_unlabelled);

    cli_warn (warnings, _("%s: %s without a label left out."), file->name, cases);
  }
}

static gboolean
load_files (CliPredictions  *self,
            const char      *path,
            const char      *fit,
            GPtrArray       *warnings,
            GError         **error)
{
  self->file = dub_predictions_file_load (path, error);
  if (self->file == NULL)
    return FALSE;
  warn_of_file (self->file, warnings);
  if (fit == NULL)
    return TRUE;

  self->fit = dub_predictions_file_load (fit, error);
  if (self->fit == NULL || !cli_predictions_check_alike (self->file, self->fit, error))
    return FALSE;
  warn_of_file (self->fit, warnings);

  size_t n_shared = dub_predictions_file_count_shared (self->file, self->fit);

  if (n_shared > 0) {
    g_autofree char *cases = cli_count_cases (n_shared);

    cli_warn (warnings, _("%s in both files: measured on what was fitted, a recalibration looks better than it is."), cases);
  }

  return TRUE;
}

/* --- a study --- */

static DubPredictionsFile *
read_part (const DubStudy    *study,
           const DubOutputs  *outputs,
           const char        *family,
           const char        *model,
           DubPart            part,
           GError           **error)
{
  g_autofree size_t *cases = NULL;
  DubPredictions *predictions = dub_study_predictions (study, outputs, family, model, part, &cases, error);

  if (predictions == NULL)
    return NULL;

  g_autofree char *name = g_strdup_printf (_("%s (%s, %s)"), study->folder, model != NULL ? model : family, dub_part_name (part));
  char **ids = g_new0 (char *, predictions->n_cases + 1);
  char **classes = g_new0 (char *, outputs->n_classes + 1);

  for (size_t i = 0; i < predictions->n_cases; i++)
    ids[i] = g_strdup (outputs->ids[cases[i]]);
  for (size_t c = 0; c < outputs->n_classes; c++)
    classes[c] = g_strdup (g_ptr_array_index (study->classes, c));

  return dub_predictions_file_new (name, predictions, ids, classes, model != NULL ? 1 : outputs->n_models);
}

static gboolean
load_study (CliPredictions  *self,
            const char      *folder,
            const char      *family,
            const char      *model,
            GPtrArray       *warnings,
            DubRun          *run,
            GError         **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);
  g_autofree char *chosen = study != NULL ? cli_choose_family (study, family, error) : NULL;
  g_autoptr (GError) without = NULL;

  if (chosen == NULL)
    return FALSE;

  g_auto (GStrv) models = dub_study_family_models (study, chosen);
  g_autoptr (DubOutputs) outputs = dub_outputs_load (study, (const char *const *) models, run, error);

  self->file = outputs != NULL ? read_part (study, outputs, chosen, model, DUB_PART_TEST, error) : NULL;
  if (self->file == NULL)
    return FALSE;

  /* A study without a calibration part can still be measured. */
  self->fit = read_part (study, outputs, chosen, model, DUB_PART_CALIBRATION, &without);
  if (self->fit == NULL)
    cli_warn (warnings, "%s", without->message);
  if (model == NULL && dub_study_get_recalibration (study, chosen) != NULL) {
    g_autofree char *words = dub_recalibration_describe (dub_study_get_recalibration (study, chosen));

    cli_warn (warnings, _("The study recalibrates these answers (%s); measured is what they are before that."), words);
  }

  return TRUE;
}

gboolean
cli_predictions_load (CliPredictions  *self,
                      const char      *path,
                      const char      *fit,
                      const char      *family,
                      const char      *model,
                      GPtrArray       *warnings,
                      DubRun          *run,
                      GError         **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return load_study (self, path, family, model, warnings, run, error);

  return load_files (self, path, fit, warnings, error);
}
