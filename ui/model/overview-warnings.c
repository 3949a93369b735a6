#include "ui/model/overview-warnings.h"

#include <glib/gi18n.h>

#include "ui/figures/ticks.h"
#include "ui/model/part-words.h"
#include "ui/model/training.h"

/* Below this a calibration part leaves the temperature and every threshold uncertain. */
static const size_t SMALL_CALIBRATION = 200;
/* Below this an interval on the test part spans a quarter of the scale or more. */
static const size_t SMALL_TEST = 50;
/* A smallest class with less than this part of an even share is called rare. */
static const double RARE = 0.67;

static void
warning_free (gpointer data)
{
  DubOverviewWarning *self = data;

  g_free (self->title);
  g_free (self->detail);
  g_free (self->button);
  g_free (self->action);
  g_free (self->target);
  g_free (self);
}

/* Takes @title and @detail. */
static DubOverviewWarning *
add (GPtrArray *warnings,
     char      *title,
     char      *detail)
{
  DubOverviewWarning *self = g_new0 (DubOverviewWarning, 1);

  self->title = title;
  self->detail = detail;
  g_ptr_array_add (warnings, self);

  return self;
}

static void
answer_with (DubOverviewWarning *self,
             const char         *button,
             const char         *action,
             const char         *target)
{
  self->button = g_strdup (button);
  self->action = g_strdup (action);
  self->target = g_strdup (target);
}

/* --- counting --- */

size_t
dub_overview_count_in (const DubStudy *study,
                       DubPart         part,
                       int             class)
{
  const DubStudyData *data = study->data;
  size_t n = 0;

  for (size_t i = 0; i < data->n_cases; i++)
    n += data->labels[i] == class && data->split->part[i] == part;

  return n;
}

void
dub_overview_count (const DubStudy *study,
                    size_t         *counts)
{
  const DubStudyData *data = study->data;

  for (guint c = 0; c < study->classes->len; c++)
    counts[c] = 0;
  for (size_t i = 0; i < data->n_cases; i++)
    if (data->labels[i] >= 0 && (guint) data->labels[i] < study->classes->len && data->split->part[i] != DUB_PART_NONE)
      counts[data->labels[i]]++;
}

/* --- one law each --- */

static void
warn_of_data (GPtrArray                *warnings,
              const DubOverviewChecked *checked)
{
  if (checked == NULL || checked->failure == NULL)
    return;
  if (checked->moved)
    answer_with (add (warnings, g_strdup (_("The data are not where they were")), g_strdup (checked->data->path)),
                 _("Locate…"), "overview.locate", NULL);
  else
    answer_with (add (warnings, g_strdup (_("The data cannot be used")), g_strdup (checked->failure)), _("Locate…"),
                 "overview.locate", NULL);
}

static void
warn_of_runs (GPtrArray  *warnings,
              DubSession *session)
{
  DubTraining *training = dub_training_of_session (session);
  DubRuns *runs = dub_training_get_runs (training);
  guint n_stopped = 0, n_one = 0;
  const DubRunSummary *stopped = NULL, *one = NULL;

  for (guint i = 0; i < dub_runs_get_n (runs); i++) {
    const DubRunSummary *run = dub_runs_get (runs, i);

    if (run->state == DUB_RUN_STATE_FAILED)
      add (warnings, g_strdup_printf (_("%s failed"), run->id), g_strdup (run->failure));
    if (run->state == DUB_RUN_STATE_STOPPED || run->state == DUB_RUN_STATE_NEW) {
      n_stopped++;
      stopped = run;
    }
    if (run->state == DUB_RUN_STATE_DONE && run->best >= 0 && (guint) run->best < run->epochs->len &&
        g_array_index (run->epochs, DubEpoch, run->best).one_class) {
      n_one++;
      one = run;
    }
  }
  if (n_stopped > 0 && dub_training_can_resume (training))
    answer_with (add (warnings,
                      g_strdup_printf (g_dngettext (NULL, "%u run was stopped", "%u runs were stopped", n_stopped), n_stopped),
                      g_strdup_printf (_("%s after %u of %u epochs"), stopped->id, stopped->epochs->len, stopped->n_epochs)),
                 _("Resume"), "overview.resume", NULL);
  if (n_one > 0)
    add (warnings, g_strdup_printf (g_dngettext (NULL, "%u network always gives one answer",
                                                 "%u networks always give one answer", n_one), n_one),
         g_strdup_printf (_("%s on its validation fold"), one->id));
}

static void
warn_of_twins (GPtrArray                *warnings,
               const DubOverviewChecked *checked,
               size_t                    n_test)
{
  if (checked == NULL || checked->duplicates == NULL)
    return;
  if (checked->n_across > 0)
    answer_with (add (warnings,
                      g_strdup_printf (g_dngettext (NULL, "%u near-identical pair across splits",
                                                    "%u near-identical pairs across splits", (gulong) checked->n_across),
                                       (guint) checked->n_across),
                      g_strdup_printf (_("%u of %u test cases have a twin"), (guint) checked->n_test_twins, (guint) n_test)),
                 _("Show"), "overview.show-pairs", "across");
  if (checked->n_opposite == 0)
    return;

  DubOverviewWarning *opposite =
    add (warnings, g_strdup_printf (g_dngettext (NULL, "%u pair with opposite labels", "%u pairs with opposite labels",
                                                 (gulong) checked->n_opposite), (guint) checked->n_opposite), NULL);

  for (size_t i = 0; i < checked->duplicates->n_pairs; i++) {
    const DubDuplicate *pair = &checked->duplicates->pairs[i];
    guint8 a = checked->data->split->part[pair->a], b = checked->data->split->part[pair->b];

    if (!pair->opposite || a == DUB_PART_NONE || b == DUB_PART_NONE)
      continue;
    opposite->detail =
      a == b ? g_strdup_printf (_("%s and %s, both in %s"), checked->data->ids[pair->a], checked->data->ids[pair->b],
                                dub_part_words (a))
             : g_strdup_printf (_("%s in %s, %s in %s"), checked->data->ids[pair->a], dub_part_words (a),
                                checked->data->ids[pair->b], dub_part_words (b));
    break;
  }
  answer_with (opposite, _("Show"), "overview.show-pairs", "opposite");
}

static void
warn_of_training (GPtrArray               *warnings,
                  const DubOverviewFamily *family)
{
  if (family == NULL)
    return;
  if (family->disagreement != NULL)
    add (warnings, g_strdup (_("A network does not compute what it did")), g_strdup (family->disagreement));
  if (family->n_unknown == 0)
    return;
  add (warnings, g_strdup (_("Nobody said what was learned from")),
       g_strdup (_("Test cases may have been among the training cases: the numbers may be too good")));
}

static void
warn_of_calibration (GPtrArray               *warnings,
                     const DubStudy          *study,
                     const DubOverviewFamily *family)
{
  size_t n = 0;

  for (size_t i = 0; i < study->data->n_cases; i++)
    n += study->data->split->part[i] == DUB_PART_CALIBRATION;
  if (n == 0) {
    add (warnings, g_strdup (_("No calibration set")), g_strdup (_("Nothing can be fitted without touching the test set")));
    return;
  }
  if (n >= SMALL_CALIBRATION)
    return;
  add (warnings, g_strdup (_("Small calibration set")),
       family != NULL && family->n_calibration > 0
         ? g_strdup_printf (_("%u cases, %u of them failed"), (guint) family->n_calibration, (guint) family->n_failed_calibration)
         : g_strdup_printf (g_dngettext (NULL, "%u case", "%u cases", (gulong) n), (guint) n));
}

static void
warn_of_test (GPtrArray *warnings,
              size_t     n)
{
  if (n == 0)
    add (warnings, g_strdup (_("No test cases")), g_strdup (_("Nothing tells how good the networks are on new cases")));
  else if (n < SMALL_TEST)
    add (warnings, g_strdup (_("Small test set")),
         g_strdup_printf (g_dngettext (NULL, "%u case: its numbers tell little", "%u cases: their numbers tell little",
                                       (gulong) n), (guint) n));
}

static void
warn_of_imbalance (GPtrArray      *warnings,
                   const DubStudy *study)
{
  guint n_classes = study->classes->len, rare = 0, large = 0;
  g_autofree size_t *counts = g_new0 (size_t, MAX (n_classes, 1));
  size_t n = 0;

  dub_overview_count (study, counts);
  for (guint c = 0; c < n_classes; c++) {
    n += counts[c];
    if (counts[c] < counts[rare])
      rare = c;
    if (counts[c] > counts[large])
      large = c;
  }
  if (n_classes < 2 || n == 0 || (double) counts[rare] * n_classes >= RARE * (double) n)
    return;

  g_autofree char *accuracy = dub_number_format ((double) counts[large] / (double) n, 2);

  DubOverviewWarning *warning =
    add (warnings, g_strdup_printf (_("%.0f %% %s"), 100.0 * (double) counts[rare] / (double) n,
                                    (const char *) g_ptr_array_index (study->classes, rare)),
         g_strdup_printf (_("“always %s” has accuracy %s"), (const char *) g_ptr_array_index (study->classes, large), accuracy));

  /* Training can weigh the classes; outputs alone cannot be trained on. */
  if (study->data->path != NULL)
    answer_with (warning, _("Class Weights…"), "win.page-do", "training.new-weighted");
}

GPtrArray *
dub_overview_warnings (DubOverview *overview,
                       DubSession  *session,
                       const char  *family)
{
  GPtrArray *warnings = g_ptr_array_new_with_free_func (warning_free);
  DubStudy *study = dub_session_get_study (session);
  const DubOverviewChecked *checked = dub_overview_get_checked (overview);
  size_t n_test = 0;

  if (study == NULL || study->data == NULL)
    return warnings;
  for (size_t i = 0; i < study->data->n_cases; i++)
    n_test += study->data->split->part[i] == DUB_PART_TEST;

  warn_of_data (warnings, checked);
  warn_of_runs (warnings, session);
  warn_of_twins (warnings, checked, n_test);
  warn_of_training (warnings, dub_overview_measured_find (dub_overview_get_measured (overview), family));
  warn_of_test (warnings, n_test);
  warn_of_calibration (warnings, study, dub_overview_measured_find (dub_overview_get_measured (overview), family));
  if (study->data->task == DUB_TASK_BINARY || study->data->task == DUB_TASK_MULTICLASS)
    warn_of_imbalance (warnings, study);

  return warnings;
}
