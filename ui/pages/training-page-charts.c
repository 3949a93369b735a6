/* The curves: which runs stand in which card, and what their heads say at the epoch under the cursor. */
#include "ui/pages/training-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/training-figure.h"
#include "ui/widgets/theme.h"

static void
words_init (DubTrainingWords *words)
{
  words->train = _("train");
  words->validation = _("validation");
  words->epoch = _("epoch");
  words->loss = _("cross-entropy");
  words->accuracy = _("accuracy");
  words->ece = _("ECE");
  /* Translators: %u is an epoch; keep it. */
  words->lowest = _("lowest at %u");
  words->empty = _("No epoch yet");
}

static guint
common_epoch (GPtrArray *runs)
{
  return dub_training_common_epoch ((const DubRunSummary *const *) (void *) runs->pdata, runs->len);
}

static char *
state_words (GPtrArray *runs)
{
  guint running = 0, done = 0;

  for (guint i = 0; i < runs->len; i++) {
    DubRunState state = ((const DubRunSummary *) runs->pdata[i])->state;

    running += state == DUB_RUN_STATE_RUNNING;
    done += state == DUB_RUN_STATE_DONE;
  }
  if (running > 0)
    return g_strdup_printf (g_dngettext (NULL, "%u fold running", "%u folds running", running), running);
  /* What is finished needs no word: the room is the title's. */
  if (done == runs->len)
    return g_strdup ("");

  return g_strdup_printf (_("%u of %u folds done"), done, runs->len);
}

static char *
hex_of (DubRgba color)
{
  return g_strdup_printf ("#%02x%02x%02x", (guint) lround (255.0 * color.red), (guint) lround (255.0 * color.green),
                          (guint) lround (255.0 * color.blue));
}

static void
set_values (DubTrainingPage *self,
            DubChartCard    *card,
            GPtrArray       *runs,
            guint            epoch)
{
  double train, validation;
  DubTheme theme;

  dub_training_mean_at ((const DubRunSummary *const *) (void *) runs->pdata, runs->len, DUB_CURVE_LOSS, epoch, &train,
                        &validation);
  if (epoch == 0 || !isfinite (train)) {
    gtk_label_set_text (card->values, "");
    return;
  }
  dub_widget_theme (GTK_WIDGET (self), &theme);

  g_autofree char *first = hex_of (theme.series[1]), *second = hex_of (theme.series[2]);
  g_autofree char *head = g_strdup_printf (_("epoch %u:"), epoch);
  g_autofree char *text = isfinite (validation)
                            ? g_strdup_printf ("%s <b><span color=\"%s\">%.2f</span> / <span color=\"%s\">%.2f</span></b>",
                                               head, first, train, second, validation)
                            : g_strdup_printf ("%s <b><span color=\"%s\">%.2f</span></b>", head, first, train);

  gtk_label_set_markup (card->values, text);
}

static void
describe (DubFigureView *view,
          const char    *what,
          const char    *title,
          GPtrArray     *runs,
          DubCurve       curve)
{
  double train, validation;
  guint epoch = common_epoch (runs);
  g_autofree char *label = g_strdup_printf ("%s: %s", title, what);
  g_autofree char *text = NULL;

  dub_training_mean_at ((const DubRunSummary *const *) (void *) runs->pdata, runs->len, curve, epoch, &train, &validation);
  text = epoch > 0 ? g_strdup_printf (_("Epoch %u: train %.3f, validation %.3f, mean of %u runs"), epoch, train, validation,
                                      runs->len)
                   : g_strdup (_("No epoch yet"));
  dub_figure_view_describe (view, label, text);
}

static void
fill_card (DubTrainingPage *self,
           DubChartCard    *card,
           GPtrArray       *runs,
           const char      *title)
{
  const DubRunSummary *const *list = (const DubRunSummary *const *) (void *) runs->pdata;
  guint last = common_epoch (runs);
  double cursor = isfinite (self->cursor) ? MIN (self->cursor, last) : last;
  g_autofree char *state = state_words (runs);
  DubTrainingWords words;

  words_init (&words);
  gtk_widget_set_visible (card->box, runs->len > 0);
  if (runs->len == 0)
    return;
  gtk_label_set_text (card->title, title);
  gtk_label_set_text (card->state, state);
  gtk_widget_set_tooltip_text (GTK_WIDGET (card->title), title);
  set_values (self, card, runs, (guint) cursor);
  dub_figure_view_set_figure (card->loss, dub_training_figure_new (list, runs->len, DUB_CURVE_LOSS,
                                                                   cursor > 0.0 ? cursor : (double) NAN, &words));
  dub_figure_view_set_figure (card->accuracy, dub_training_figure_new (list, runs->len, DUB_CURVE_ACCURACY,
                                                                       cursor > 0.0 ? cursor : (double) NAN, &words));
  describe (card->loss, words.loss, title, runs, DUB_CURVE_LOSS);
  describe (card->accuracy, words.accuracy, title, runs, DUB_CURVE_ACCURACY);
}

/* One line a family: its mean on validation. Colours repeat after three families; the names in the legend tell. */
static DubFigure *
overlay_figure (DubTrainingPage *self,
                GPtrArray       *families,
                DubCurve         curve,
                const char      *label)
{
  DubRuns *runs = dub_training_get_runs (self->training);
  DubFigure *figure = dub_figure_new ();
  double highest = 0.0, lowest = 1.0;

  for (guint f = 0; f < families->len; f++) {
    g_autoptr (GPtrArray) folds = dub_runs_of_family (runs, families->pdata[f]);
    g_autoptr (GArray) x = g_array_new (FALSE, FALSE, sizeof (double));
    g_autoptr (GArray) y = g_array_new (FALSE, FALSE, sizeof (double));
    static const DubStroke STROKES[] = { DUB_STROKE_SOLID, DUB_STROKE_DASHED, DUB_STROKE_DOTTED };

    for (guint e = 1; e <= common_epoch (folds); e++) {
      double at = e, train, validation;

      dub_training_mean_at ((const DubRunSummary *const *) (void *) folds->pdata, folds->len, curve, e, &train, &validation);
      highest = MAX (highest, isfinite (validation) ? validation : 0.0);
      lowest = MIN (lowest, isfinite (validation) ? validation : 1.0);
      g_array_append_val (x, at);
      g_array_append_val (y, validation);
    }
    dub_figure_add_series (figure, ((const DubRunSummary *) folds->pdata[0])->loss_name, STROKES[(f / 3) % 3], 1 + f % 3,
                           (double *) (void *) x->data, (double *) (void *) y->data, x->len)->cursor_marker = TRUE;
  }
  dub_figure_set_x (figure, DUB_AXIS_LINEAR, 0.0, 0.0, _("epoch"));
  if (curve == DUB_CURVE_LOSS)
    dub_figure_set_y (figure, DUB_AXIS_LINEAR, 0.0, ceil (5.0 * highest) / 5.0, label);
  else
    dub_figure_set_y (figure, DUB_AXIS_LINEAR, MIN (0.9, floor (10.0 * lowest) / 10.0), 1.0, label);
  figure->empty = g_strdup (_("No epoch yet"));
  figure->cursor = self->cursor;

  return figure;
}

static void
fill_overlay (DubTrainingPage *self,
              GPtrArray       *families)
{
  DubChartCard *card = &self->cards[0];

  gtk_widget_set_visible (self->cards[1].box, FALSE);
  gtk_widget_set_visible (card->box, TRUE);
  gtk_label_set_text (card->title, _("All losses"));
  gtk_label_set_text (card->state, _("validation, mean over the folds"));
  gtk_label_set_text (card->values, "");
  dub_figure_view_set_figure (card->loss, overlay_figure (self, families, DUB_CURVE_LOSS, _("cross-entropy")));
  dub_figure_view_set_figure (card->accuracy, overlay_figure (self, families, DUB_CURVE_ACCURACY, _("accuracy")));
}

void
_dub_training_page_update_charts (DubTrainingPage *self)
{
  DubRuns *runs = dub_training_get_runs (self->training);
  g_autoptr (GPtrArray) families = dub_runs_families (runs), all = dub_runs_of_family (runs, NULL);
  const DubRunSummary *chosen = dub_runs_find (runs, self->chosen);

  if (families->len == 0)
    return;

  DubFigure *dca = dub_dca_figure_new ((const DubRunSummary *const *) (void *) all->pdata, all->len,
                                       _("β (weight of DCA)"), _("ECE"));

  gtk_widget_set_visible (self->dca_card, dca != NULL);
  dub_figure_view_set_figure (self->dca_view, dca);
  dub_figure_view_describe (self->dca_view, _("ECE against β"), _("Validation, at each run's best epoch"));

  if (gtk_toggle_button_get_active (self->overlay_button)) {
    fill_overlay (self, families);
    return;
  }
  if (gtk_toggle_button_get_active (self->one_button)) {
    g_autoptr (GPtrArray) one = g_ptr_array_new ();
    const DubRunSummary *run = chosen != NULL ? chosen : dub_runs_get (runs, 0);
    g_autofree char *title = g_strdup_printf (_("%s, fold %d"), run->loss_name, run->fold + 1);

    g_ptr_array_add (one, (gpointer) run);
    fill_card (self, &self->cards[0], one, title);
    gtk_widget_set_visible (self->cards[1].box, FALSE);
    return;
  }

  /* The plain loss stands left, as what the others are compared with; the chosen one, or the first other, right. */
  const char *left = families->pdata[0], *right = NULL;

  for (guint i = 0; i < families->len; i++)
    if (strcmp (families->pdata[i], "ce") == 0)
      left = families->pdata[i];
  for (guint i = 0; i < families->len && right == NULL; i++)
    if (strcmp (families->pdata[i], left) != 0)
      right = families->pdata[i];
  if (chosen != NULL && strcmp (chosen->family, left) != 0)
    right = chosen->family;

  g_autoptr (GPtrArray) first = dub_runs_of_family (runs, left);
  g_autoptr (GPtrArray) second = right != NULL ? dub_runs_of_family (runs, right) : g_ptr_array_new ();

  fill_card (self, &self->cards[0], first, ((const DubRunSummary *) first->pdata[0])->loss_name);
  fill_card (self, &self->cards[1], second, right != NULL ? ((const DubRunSummary *) second->pdata[0])->loss_name : "");
}
