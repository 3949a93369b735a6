#include "ui/figures/training-figure.h"

#include <math.h>

#define FOLD_ALPHA 0.3

/* Colours of the theme's series. */
enum { TRAIN = 1, VALIDATION = 2 };

void
dub_training_words_init (DubTrainingWords *self)
{
  *self = (DubTrainingWords) {
    .train = "train",
    .validation = "validation",
    .epoch = "epoch",
    .loss = "cross-entropy",
    .accuracy = "accuracy",
    .ece = "ECE",
    .lowest = "lowest at %u",
    .empty = "No epoch yet",
  };
}

static double
value_of (const DubEpoch *epoch,
          DubCurve        curve,
          gboolean        validation)
{
  switch (curve) {
  case DUB_CURVE_LOSS:
    return validation ? epoch->validation_loss : epoch->train_loss;
  case DUB_CURVE_ACCURACY:
    return validation ? epoch->validation_accuracy : epoch->train_accuracy;
  case DUB_CURVE_ECE:
    return validation ? epoch->validation_ece : epoch->train_ece;
  default:
    return NAN;
  }
}

static const DubEpoch *
epoch_at (const DubRunSummary *run,
          guint                epoch)
{
  /* Epochs are numbered without gaps, but a log of a crashed machine may say otherwise. */
  if (epoch >= 1 && epoch <= run->epochs->len && g_array_index (run->epochs, DubEpoch, epoch - 1).epoch == epoch)
    return &g_array_index (run->epochs, DubEpoch, epoch - 1);
  for (guint i = 0; i < run->epochs->len; i++)
    if (g_array_index (run->epochs, DubEpoch, i).epoch == epoch)
      return &g_array_index (run->epochs, DubEpoch, i);

  return NULL;
}

void
dub_training_mean_at (const DubRunSummary *const *runs,
                      size_t                      n_runs,
                      DubCurve                    curve,
                      guint                       epoch,
                      double                     *train,
                      double                     *validation)
{
  double sums[2] = { 0.0, 0.0 }, n_begun = 0.0;

  for (size_t r = 0; r < n_runs; r++) {
    const DubEpoch *here = epoch_at (runs[r], epoch);

    if (runs[r]->epochs->len == 0)
      continue;
    sums[0] += here != NULL ? value_of (here, curve, FALSE) : NAN;
    sums[1] += here != NULL ? value_of (here, curve, TRUE) : NAN;
    n_begun++;
  }
  *train = n_begun > 0 ? sums[0] / n_begun : NAN;
  *validation = n_begun > 0 ? sums[1] / n_begun : NAN;
}

guint
dub_training_common_epoch (const DubRunSummary *const *runs,
                           size_t                      n_runs)
{
  guint common = 0;

  for (size_t r = 0; r < n_runs; r++)
    if (runs[r]->epochs->len > 0)
      common = common == 0 ? runs[r]->epochs->len : MIN (common, runs[r]->epochs->len);

  return common;
}

static void
add_line (DubFigure *figure,
          GArray    *x,
          GArray    *y,
          guint      color,
          const char *name,
          gboolean   fold)
{
  DubSeries *series = dub_figure_add_series (figure, name, color == TRAIN ? DUB_STROKE_SOLID : DUB_STROKE_DASHED, color,
                                             (const double *) (void *) x->data, (const double *) (void *) y->data,
                                             x->len);

  series->alpha = fold ? FOLD_ALPHA : 1.0;
  series->weight = fold ? 0.5 : 1.2;
  series->cursor_marker = !fold;
  if (fold)
    series->stroke = DUB_STROKE_SOLID;
}

static void
add_folds (DubFigure                  *figure,
           const DubRunSummary *const *runs,
           size_t                      n_runs,
           DubCurve                    curve)
{
  for (size_t r = 0; r < n_runs; r++)
    for (int validation = 0; validation < 2; validation++) {
      g_autoptr (GArray) x = g_array_new (FALSE, FALSE, sizeof (double));
      g_autoptr (GArray) y = g_array_new (FALSE, FALSE, sizeof (double));

      for (guint i = 0; i < runs[r]->epochs->len; i++) {
        const DubEpoch *epoch = &g_array_index (runs[r]->epochs, DubEpoch, i);
        double at = epoch->epoch, value = value_of (epoch, curve, validation);

        g_array_append_val (x, at);
        g_array_append_val (y, value);
      }
      add_line (figure, x, y, validation ? VALIDATION : TRAIN, NULL, TRUE);
    }
}

/* The y axis of accuracy ends at 1 and begins at the tenth below what stands there; losses and ECE begin at 0,
 * and a single wild epoch does not squeeze the rest. */
static void
fit_range (DubFigure *figure,
           DubCurve   curve,
           const char *label)
{
  double low = INFINITY, high = -INFINITY, mean_high = -INFINITY;

  for (guint s = 0; s < figure->series->len; s++) {
    const DubSeries *series = figure->series->pdata[s];

    for (size_t i = 0; i < series->n; i++) {
      if (!isfinite (series->y[i]))
        continue;
      low = MIN (low, series->y[i]);
      high = MAX (high, series->y[i]);
      if (series->cursor_marker)
        mean_high = MAX (mean_high, series->y[i]);
    }
  }
  if (!isfinite (low)) {
    dub_figure_set_y (figure, DUB_AXIS_LINEAR, 0.0, 1.0, label);
    return;
  }
  if (curve == DUB_CURVE_ACCURACY) {
    dub_figure_set_y (figure, DUB_AXIS_LINEAR, MIN (0.9, floor (10.0 * low) / 10.0), 1.0, label);
    return;
  }
  if (isfinite (mean_high))
    high = MIN (high, 2.0 * mean_high);

  double step = high > 2.0 ? 1.0 : high > 0.5 ? 0.2 : high > 0.2 ? 0.1 : 0.05;

  dub_figure_set_y (figure, DUB_AXIS_LINEAR, 0.0, MAX (step, ceil (high / step - 1e-9) * step), label);
}

DubFigure *
dub_training_figure_new (const DubRunSummary *const *runs,
                         size_t                      n_runs,
                         DubCurve                    curve,
                         double                      cursor,
                         const DubTrainingWords     *words)
{
  DubFigure *figure = dub_figure_new ();
  g_autoptr (GArray) x = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) train = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) validation = g_array_new (FALSE, FALSE, sizeof (double));
  DubTrainingWords english;
  guint common = dub_training_common_epoch (runs, n_runs), planned = 0, lowest = 0;
  gboolean open = FALSE;
  double smallest = INFINITY;

  if (words == NULL) {
    dub_training_words_init (&english);
    words = &english;
  }
  for (size_t r = 0; r < n_runs; r++) {
    planned = MAX (planned, MAX (runs[r]->n_epochs, runs[r]->epochs->len));
    open |= runs[r]->state == DUB_RUN_STATE_RUNNING || runs[r]->state == DUB_RUN_STATE_STOPPED
            || runs[r]->state == DUB_RUN_STATE_NEW;
  }
  for (guint e = 1; e <= common; e++) {
    double at = e, a, b;

    dub_training_mean_at (runs, n_runs, curve, e, &a, &b);
    g_array_append_val (x, at);
    g_array_append_val (train, a);
    g_array_append_val (validation, b);
    if (b < smallest) {
      smallest = b;
      lowest = e;
    }
  }
  add_line (figure, x, train, TRAIN, words->train, FALSE);
  add_line (figure, x, validation, VALIDATION, words->validation, FALSE);
  if (n_runs > 1 || common == 0)
    add_folds (figure, runs, n_runs, curve);

  /* The turning point is worth a word only where the curve has turned. */
  if (curve == DUB_CURVE_LOSS && lowest > 0 && lowest + 1 < common) {
    g_autofree char *number = g_strdup_printf ("%u", lowest);
    g_auto (GStrv) parts = g_strsplit (words->lowest, "%u", 2);
    g_autofree char *text = g_strjoinv (number, parts);

    dub_figure_add_note (figure, text, lowest, smallest, TRUE, VALIDATION);
  }
  dub_figure_set_x (figure, DUB_AXIS_LINEAR, 0.0, MAX (planned, 1), words->epoch);
  fit_range (figure, curve,
             curve == DUB_CURVE_LOSS ? words->loss : curve == DUB_CURVE_ACCURACY ? words->accuracy : words->ece);
  if (open && n_runs > 0 && common < planned)
    figure->pending = common;
  figure->cursor = cursor;
  figure->legend = FALSE;
  figure->empty = g_strdup (words->empty);

  return figure;
}

static int
compare_by_beta (gconstpointer a,
                 gconstpointer b)
{
  const DubRunSummary *first = *(const DubRunSummary *const *) a, *second = *(const DubRunSummary *const *) b;

  return (first->dca > second->dca) - (first->dca < second->dca);
}

DubFigure *
dub_dca_figure_new (const DubRunSummary *const *runs,
                    size_t                      n_runs,
                    const char                 *beta,
                    const char                 *ece)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr (GArray) x = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) y = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) mean_x = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) mean_y = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) open_x = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) open_y = g_array_new (FALSE, FALSE, sizeof (double));

  for (size_t r = 0; r < n_runs; r++)
    if (runs[r]->best >= 0)
      g_ptr_array_add (sorted, (gpointer) runs[r]);
  g_ptr_array_sort (sorted, compare_by_beta);

  for (guint from = 0, to; from < sorted->len; from = to) {
    double sum = 0.0, at = ((const DubRunSummary *) sorted->pdata[from])->dca;
    gboolean open = FALSE;

    for (to = from; to < sorted->len && ((const DubRunSummary *) sorted->pdata[to])->dca == at; to++) {
      const DubRunSummary *run = sorted->pdata[to];
      double value = g_array_index (run->epochs, DubEpoch, (guint) run->best).validation_ece;

      g_array_append_val (x, at);
      g_array_append_val (y, value);
      sum += value;
      open |= run->state == DUB_RUN_STATE_RUNNING;
    }
    sum /= to - from;
    g_array_append_val (mean_x, at);
    g_array_append_val (mean_y, sum);
    if (open) {
      g_array_append_val (open_x, at);
      g_array_append_val (open_y, sum);
    }
  }
  if (mean_x->len < 2)
    return NULL;

  DubFigure *figure = dub_figure_new ();
  double high = 0.0, last = g_array_index (mean_x, double, mean_x->len - 1);
  DubSeries *series;

  for (guint i = 0; i < y->len; i++)
    if (isfinite (g_array_index (y, double, i)))
      high = MAX (high, g_array_index (y, double, i));

  series = dub_figure_add_series (figure, NULL, DUB_STROKE_SOLID, 1, (double *) (void *) open_x->data,
                                  (double *) (void *) open_y->data, open_x->len);
  series->weight = 0.0;
  series->mark = DUB_MARK_RING;
  series = dub_figure_add_series (figure, ece, DUB_STROKE_SOLID, 1, (double *) (void *) mean_x->data,
                                  (double *) (void *) mean_y->data, mean_x->len);
  series->mark = DUB_MARK_DISC;
  series = dub_figure_add_series (figure, NULL, DUB_STROKE_SOLID, 0, (double *) (void *) x->data,
                                  (double *) (void *) y->data, x->len);
  series->weight = 0.0;
  series->mark = DUB_MARK_DISC;
  series->alpha = FOLD_ALPHA;
  dub_figure_set_x (figure, DUB_AXIS_LINEAR, -0.05 * last, 1.05 * last, beta);
  dub_figure_set_y (figure, DUB_AXIS_LINEAR, 0.0, MAX (0.05, ceil (20.0 * high) / 20.0), ece);
  figure->legend = FALSE;

  return figure;
}
