/* What is being trained and how long it takes, what may be read, and the settings that the runs share. */
#include "ui/pages/training-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/widgets/bar.h"

static char *
duration (double seconds)
{
  if (seconds < 0.0)
    return g_strdup ("…");
  if (seconds < 60.0)
    return g_strdup_printf (_("%.0f s"), seconds);
  if (seconds < 3600.0)
    return g_strdup_printf (_("%.0f min %.0f s"), floor (seconds / 60.0), fmod (seconds, 60.0));

  return g_strdup_printf (_("%.0f h %.0f min"), floor (seconds / 3600.0), floor (fmod (seconds, 3600.0) / 60.0));
}

static void
clear_grid (GtkGrid *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL)
    gtk_grid_remove (grid, child);
}

static GtkWidget *
caption (const char *text,
         float       xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_widget_add_css_class (label, "caption-small");
  gtk_widget_add_css_class (label, "numeric");

  return label;
}

/* A row for each fold that is being trained or waits in a family that is. */
static void
fill_folds (DubTrainingPage *self)
{
  DubRuns *runs = dub_training_get_runs (self->training);
  int row = 0;

  clear_grid (self->folds);
  for (guint i = 0; i < dub_runs_get_n (runs); i++) {
    const DubRunSummary *run = dub_runs_get (runs, i);

    if (run->state != DUB_RUN_STATE_RUNNING)
      continue;

    double left = dub_run_summary_seconds_left (run);
    g_autofree char *name = g_strdup_printf (_("fold %d"), run->fold + 1);
    g_autofree char *epochs = g_strdup_printf ("%u/%u", run->epochs->len, run->n_epochs);
    g_autofree char *time = left >= 0.0 ? duration (left) : g_strdup ("…");
    GtkWidget *bar = dub_bar_new (DUB_BAR_SERIES);

    dub_bar_set_value (DUB_BAR (bar), (double) run->epochs->len / MAX (run->n_epochs, 1), 0.0);
    gtk_widget_set_hexpand (bar, TRUE);
    gtk_grid_attach (self->folds, caption (name, 0.0f), 0, row, 1, 1);
    gtk_grid_attach (self->folds, bar, 1, row, 1, 1);
    gtk_grid_attach (self->folds, caption (epochs, 1.0f), 2, row, 1, 1);
    gtk_grid_attach (self->folds, caption (time, 1.0f), 3, row, 1, 1);
    row++;
  }
}

static void
add_setting (GtkListBox *list,
             const char *name,
             const char *value)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *label = gtk_label_new (name);
  GtkWidget *what = gtk_label_new (value), *row = gtk_list_box_row_new ();

  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (what), 1.0f);
  gtk_label_set_ellipsize (GTK_LABEL (what), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (what, value);
  gtk_widget_set_hexpand (what, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), what);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (list, row);
}

/* Whether no run chose its epoch, as experiments ask for whose protocol has no selection. */
static gboolean
all_last (DubRuns *runs)
{
  guint n = dub_runs_get_n (runs);

  for (guint i = 0; i < n; i++)
    if (strcmp (dub_runs_get (runs, i)->select_by, "last") != 0)
      return FALSE;

  return n > 0;
}

static void
fill_settings (DubTrainingPage *self)
{
  DubRuns *runs = dub_training_get_runs (self->training);
  const DubRunSummary *run = dub_runs_find (runs, self->chosen);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->settings))) != NULL)
    gtk_list_box_remove (self->settings, child);
  if (run == NULL && dub_runs_get_n (runs) > 0)
    run = dub_runs_get (runs, 0);
  if (run == NULL)
    return;

  g_autofree char *optimizer = g_strdup_printf (_("%s · batch %u"), run->optimizer, run->batch);
  g_autofree char *weights = g_strdup_printf ("%.2f M", (double) run->n_parameters / 1e6);
  const char *select_by = strcmp (run->select_by, "auroc") == 0      ? _("validation AUROC")
                          : strcmp (run->select_by, "accuracy") == 0 ? _("validation accuracy")
                          : strcmp (run->select_by, "last") == 0     ? _("no choice: the last")
                                                                     : _("validation loss");

  add_setting (self->settings, _("Network"), run->arch);
  add_setting (self->settings, _("Weights"), weights);
  add_setting (self->settings, _("Optimiser"), optimizer);
  add_setting (self->settings, _("Best epoch by"), select_by);
}

static guint
count_part (const DubSplit *split,
            DubPart         part)
{
  guint n = 0;

  for (size_t i = 0; i < split->n_cases; i++)
    n += split->part[i] == part;

  return n;
}

static void
fill_badges (DubTrainingPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || study->data == NULL)
    return;

  const DubSplit *split = study->data->split;
  guint n_folds = MAX (split->options.n_folds, 1);
  g_autofree char *train = g_strdup_printf (_("train %u"), count_part (split, DUB_PART_TRAIN));
  g_autofree char *folds = g_strdup_printf (g_dngettext (NULL, "In %u fold", "In %u folds", n_folds), n_folds);
  g_autofree char *calibration = g_strdup_printf (_("calibration %u"), count_part (split, DUB_PART_CALIBRATION));
  g_autofree char *test = g_strdup_printf (_("test %u"), count_part (split, DUB_PART_TEST));

  gtk_label_set_text (self->train_badge, train);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->train_badge), folds);
  gtk_label_set_text (self->calibration_badge, calibration);
  gtk_label_set_text (self->test_badge, test);
}

void
_dub_training_page_update_state (DubTrainingPage *self)
{
  DubRuns *runs = dub_training_get_runs (self->training);
  gboolean running = dub_training_is_running (self->training), resumable = dub_training_can_resume (self->training);
  guint n = dub_runs_get_n (runs), done = 0, failed = 0;

  for (guint i = 0; i < n; i++) {
    done += dub_runs_get (runs, i)->state == DUB_RUN_STATE_DONE;
    failed += dub_runs_get (runs, i)->state == DUB_RUN_STATE_FAILED;
  }

  g_autofree char *runs_words = g_strdup_printf (g_dngettext (NULL, "%u run", "%u runs", n), n);
  g_autofree char *count = g_strdup_printf (_("%s · %u done"), runs_words, done);
  double fraction = dub_training_get_fraction (self->training), rate = dub_training_get_rate (self->training);

  gtk_label_set_text (self->state_title, running ? _("Running") : resumable ? _("Stopped") : failed > 0 ? _("Ended") : _("Done"));
  gtk_label_set_text (self->state_count, count);
  gtk_widget_set_visible (self->progress_box, running);
  gtk_progress_bar_set_fraction (self->progress, CLAMP (fraction, 0.0, 1.0));
  if (running) {
    double left = dub_training_get_seconds_left (self->training);
    g_autofree char *time = duration (left);
    g_autofree char *words = left >= 0.0 ? g_strdup_printf (_("%s left"), time) : g_strdup (_("Reading the data…"));
    g_autofree char *speed = rate > 0.0 ? g_strdup_printf (_("<b>%.0f</b> cases/s"), rate) : g_strdup ("");

    gtk_label_set_text (self->left_label, words);
    gtk_label_set_markup (self->rate_label, speed);
    fill_folds (self);
  }
  gtk_label_set_text (self->state_note,
                      running     ? _("Training goes on when this window is closed. Stopping keeps every run's last checkpoint; resuming gives the same bits.")
                      : resumable ? _("Resuming gives the same bits as never having stopped.")
                      : all_last (dub_training_get_runs (self->training))
                                  ? _("The last epoch of each run is kept.")
                                  : _("Best epochs were chosen on each fold's own validation cases."));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "training.stop", running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "training.resume", resumable);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "training.new", !running);
  fill_badges (self);
  fill_settings (self);
}
