#include "ui/figures/failure-figure.h"

#include <math.h>
#include <string.h>

#include "dub-config.h"
#include "ui/figures/failure-figure-private.h"
#include "ui/figures/ticks.h"

/* Curves that are only a shade behind the chosen one have no more points than a plot on paper can show. */
enum { N_BINS = 25, SHADE_POINTS = 1024 };

void
dub_failure_words_init (DubFailureWords *self)
{
  *self = (DubFailureWords) {
    .title = { "ROC", "Risk–coverage", "Scores by outcome" },
    .x = { "1 − specificity (failures accepted)", "coverage (fraction accepted)", NULL },
    .y = { "sensitivity (correct accepted)", "risk (failures among accepted)", "share: failed | correct" },
    .accept_all = "accept all",
    .correct = "correct",
    .failed = "failed",
    .no_failures = "no failures",
    .no_correct = "no correct answers",
  };
}

static void
table_curve_free (gpointer data)
{
  DubFailureTableCurve *self = data;

  g_free (self->id);
  g_free (self->threshold);
  g_free (self->accepted);
  g_free (self->failures);
  g_free (self);
}

static void
keep_table (DubFailureFigure      *self,
            const DubFailureCurve *curve)
{
  const DubAcceptance *a = curve->acceptance;
  DubFailureTableCurve *table = g_new0 (DubFailureTableCurve, 1);

  table->id = g_strdup (curve->id);
  table->n_points = a->n_points;
  table->n_cases = a->n_cases;
  table->n_failures = a->n_failures;
  table->threshold = g_memdup2 (a->threshold, a->n_points * sizeof *a->threshold);
  table->accepted = g_memdup2 (a->accepted, a->n_points * sizeof *a->accepted);
  table->failures = g_memdup2 (a->failures, a->n_points * sizeof *a->failures);
  g_ptr_array_add (self->tables, table);
}

/* --- the curves --- */

/* The more others there are, the fainter each: together they are a shade behind the chosen one. */
static void
look_of_curve (DubSeries *series,
               gboolean   chosen,
               size_t     n)
{
  series->color = chosen ? 1 : 0;
  series->weight = chosen ? 1.15 : 0.5;
  series->alpha = chosen ? 1.0 : CLAMP (2.6 / (double) n, 0.14, 0.34);
}

/* The points that are drawn: all of the chosen curve, an even share of the others, always with the last. */
static size_t
next_point (const DubAcceptance *a,
            size_t               k,
            gboolean             chosen)
{
  size_t step = chosen ? 1 : MAX (1, a->n_points / SHADE_POINTS), last = a->n_points - 1;

  return k < last ? MIN (k + step, last) : a->n_points;
}

/* Points are joined: with ties that is the diagonal which a coin among the tied ones would walk. */
static void
add_roc (DubFigure           *plot,
         const DubAcceptance *a,
         gboolean             chosen,
         size_t               n)
{
  size_t n_correct = a->n_cases - a->n_failures, n_drawn = 0;
  g_autofree double *x = g_new (double, a->n_points), *y = g_new (double, a->n_points);

  if (a->n_failures == 0 || n_correct == 0)
    return;
  for (size_t k = 0; k < a->n_points; k = next_point (a, k, chosen)) {
    x[n_drawn] = (double) a->failures[k] / (double) a->n_failures;
    y[n_drawn++] = (double) (a->accepted[k] - a->failures[k]) / (double) n_correct;
  }
  look_of_curve (dub_figure_add_series (plot, NULL, DUB_STROKE_SOLID, 0, x, y, n_drawn), chosen, n);
}

/* Nothing accepted has no risk. */
static void
add_risk (DubFigure           *plot,
          const DubAcceptance *a,
          gboolean             chosen,
          size_t               n)
{
  g_autofree double *x = g_new (double, a->n_points), *y = g_new (double, a->n_points);
  size_t n_drawn = 0;

  for (size_t k = 1; k < a->n_points; k = next_point (a, k, chosen)) {
    x[n_drawn] = (double) a->accepted[k] / (double) a->n_cases;
    y[n_drawn++] = (double) a->failures[k] / (double) a->accepted[k];
  }
  look_of_curve (dub_figure_add_series (plot, NULL, DUB_STROKE_SOLID, 0, x, y, n_drawn), chosen, n);
}

/* The largest risk of the chosen curve decides the axis; one that begins with a failure at risk 1 would flatten all the rest. */
static double
risk_axis (const DubAcceptance *a)
{
  double base = (double) a->n_failures / (double) a->n_cases, most = base;

  for (size_t k = 1; k < a->n_points; k++)
    if (a->accepted[k] >= MIN (20, (a->n_cases + 9) / 10))
      most = MAX (most, (double) a->failures[k] / (double) a->accepted[k]);

  double step = dub_ticks_step (0.0, MAX (1.15 * most, 0.01), 5);

  return MIN (1.0, ceil (1.05 * most / step + 1e-9) * step);
}

/* Scores that rank alike, as all of two classes' outputs do, are one curve: drawn over each other they would look like more. */
static gboolean
is_drawn_before (const DubFailureCurve *curves,
                 size_t                 at)
{
  const DubAcceptance *a = curves[at].acceptance;

  for (size_t i = 0; i < at; i++) {
    const DubAcceptance *b = curves[i].acceptance;

    if (a->n_points == b->n_points && memcmp (a->accepted, b->accepted, a->n_points * sizeof *a->accepted) == 0 &&
        memcmp (a->failures, b->failures, a->n_points * sizeof *a->failures) == 0)
      return TRUE;
  }

  return FALSE;
}

static void
make_curves (DubFailureFigure      *self,
             const DubFailureCurve *curves,
             size_t                 n,
             const DubFailureWords *words)
{
  static const double ENDS[2] = { 0.0, 1.0 };
  DubFigure *roc = self->plot[DUB_FAILURE_PLOT_ROC], *risk = self->plot[DUB_FAILURE_PLOT_RISK];
  const DubAcceptance *a = curves[0].acceptance;
  double base = (double) a->n_failures / (double) a->n_cases;
  g_autofree char *number = dub_number_format (base, 3);

  dub_figure_set_x (roc, DUB_AXIS_LINEAR, 0.0, 1.0, words->x[DUB_FAILURE_PLOT_ROC]);
  dub_figure_set_y (roc, DUB_AXIS_LINEAR, 0.0, 1.0, words->y[DUB_FAILURE_PLOT_ROC]);
  dub_figure_set_x (risk, DUB_AXIS_LINEAR, 0.0, 1.0, words->x[DUB_FAILURE_PLOT_RISK]);
  dub_figure_set_y (risk, DUB_AXIS_LINEAR, 0.0, risk_axis (a), words->y[DUB_FAILURE_PLOT_RISK]);
  for (size_t i = 0; i < n; i++) {
    if (is_drawn_before (curves, i))
      continue;
    add_roc (roc, curves[i].acceptance, i == 0, n);
    add_risk (risk, curves[i].acceptance, i == 0, n);
  }
  if (roc->series->len > 0) {
    DubSeries *chance = dub_figure_add_series (roc, NULL, DUB_STROKE_DASHED, 0, ENDS, ENDS, 2);

    chance->weight = 0.5;
    chance->alpha = 0.5;
  } else {
    roc->empty = g_strdup (a->n_failures == 0 ? words->no_failures : words->no_correct);
  }
  dub_figure_add_rule (risk, FALSE, base, NULL);
  self->base = base;
  self->base_text = g_strdup_printf ("%s %s", words->accept_all, number);
}

/* --- the outcomes --- */

static guint
bin_of (const DubFailureFigure *self,
        double                  score)
{
  double place = (score - self->low) / (self->high - self->low) * self->n_bins;

  return (guint) CLAMP (place, 0.0, (double) self->n_bins - 1.0);
}

static void
make_outcomes (DubFailureFigure      *self,
               const DubFailureCurve *curve,
               const DubFailureWords *words)
{
  const DubAcceptance *a = curve->acceptance;
  DubFigure *plot = self->plot[DUB_FAILURE_PLOT_OUTCOME];
  size_t n_correct = a->n_cases - a->n_failures;
  double least = a->threshold[1], most = a->threshold[a->n_points - 1], largest = 0.0;
  double step = dub_ticks_step (least, most > least ? most : least + 1.0, 5);

  self->low = floor (least / step + 1e-9) * step;
  self->high = MAX (ceil (most / step - 1e-9) * step, self->low + step);
  self->n_bins = N_BINS;
  self->correct_share = g_new0 (double, N_BINS);
  self->failed_share = g_new0 (double, N_BINS);
  for (size_t k = 1; k < a->n_points; k++) {
    guint bin = bin_of (self, a->threshold[k]);
    size_t failed = a->failures[k] - a->failures[k - 1], correct = a->accepted[k] - a->accepted[k - 1] - failed;

    self->correct_share[bin] += n_correct > 0 ? (double) correct / (double) n_correct : 0.0;
    self->failed_share[bin] += a->n_failures > 0 ? (double) failed / (double) a->n_failures : 0.0;
  }
  for (guint b = 0; b < N_BINS; b++)
    largest = MAX (largest, MAX (self->correct_share[b], self->failed_share[b]));

  double tick = dub_ticks_step (0.0, 1.05 * largest, 3), top = ceil (1.05 * largest / tick) * tick;

  dub_figure_set_x (plot, DUB_AXIS_LINEAR, self->low, self->high, curve->axis);
  dub_figure_set_y (plot, DUB_AXIS_LINEAR, -top, top, words->y[DUB_FAILURE_PLOT_OUTCOME]);
  plot->y_unsigned = TRUE;
  self->n_correct_text = g_strdup_printf ("%" G_GSIZE_FORMAT " %s", n_correct, words->correct);
  self->n_failed_text = g_strdup_printf ("%" G_GSIZE_FORMAT " %s", a->n_failures, words->failed);
}

/* --- the whole --- */

DubFailureFigure *
dub_failure_figure_new (const DubFailureCurve *curves,
                        size_t                 n,
                        const DubFailureWords *words)
{
  g_return_val_if_fail (curves != NULL && n > 0, NULL);

  const DubAcceptance *a = curves[0].acceptance;
  DubFailureFigure *self = g_new0 (DubFailureFigure, 1);
  DubFailureWords english;

  dub_failure_words_init (&english);
  if (words == NULL)
    words = &english;
  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++) {
    self->plot[i] = dub_figure_new ();
    self->plot[i]->legend = FALSE;
    self->title[i] = g_strdup (words->title[i]);
  }
  self->id = g_strdup (curves[0].id);
  self->score = g_strdup (curves[0].title);
  self->auroc = curves[0].auroc;
  self->n_points = a->n_points;
  self->n_cases = a->n_cases;
  self->n_failures = a->n_failures;
  self->threshold = g_memdup2 (a->threshold, a->n_points * sizeof *a->threshold);
  self->accepted = g_memdup2 (a->accepted, a->n_points * sizeof *a->accepted);
  self->failures = g_memdup2 (a->failures, a->n_points * sizeof *a->failures);
  self->case_score = (double) NAN;
  self->zero_coverage = (double) NAN;
  for (size_t k = 0; k < a->n_points && a->n_failures > 0; k++)
    if (a->failures[k] == 0)
      self->zero_coverage = (double) a->accepted[k] / (double) a->n_cases;
  self->tables = g_ptr_array_new_with_free_func (table_curve_free);
  for (size_t i = 0; i < n; i++)
    keep_table (self, &curves[i]);
  make_curves (self, curves, n, words);
  make_outcomes (self, &curves[0], words);

  return self;
}

void
dub_failure_figure_free (DubFailureFigure *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++) {
    dub_figure_free (self->plot[i]);
    g_free (self->title[i]);
  }
  g_free (self->id);
  g_free (self->score);
  g_free (self->threshold);
  g_free (self->accepted);
  g_free (self->failures);
  g_free (self->correct_share);
  g_free (self->failed_share);
  g_free (self->fitted_on);
  g_free (self->base_text);
  g_free (self->n_correct_text);
  g_free (self->n_failed_text);
  g_ptr_array_unref (self->tables);
  g_clear_pointer (&self->provenance, g_ptr_array_unref);
  g_free (self);
}

size_t
dub_failure_figure_find (const DubFailureFigure *self,
                         double                  threshold)
{
  size_t low = 0, high = self->n_points;

  /* The last point whose threshold is not above; the first one's never is. */
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;

    if (self->threshold[middle] <= threshold)
      low = middle;
    else
      high = middle;
  }

  return low;
}

void
dub_failure_figure_set_point (DubFailureFigure        *self,
                              const DubOperatingPoint *point)
{
  g_return_if_fail (self != NULL && point != NULL);

  self->has_mark = TRUE;
  self->mark = (DubFailureMark) {
    .at = dub_failure_figure_find (self, point->threshold),
    .threshold = point->threshold,
    .sensitivity = dub_rate_value (point->correct_accepted),
    .specificity = dub_rate_value (point->failures_rejected),
    .coverage = dub_rate_value (point->accepted),
    .risk = dub_rate_value (point->failures_accepted),
    .sensitivity_range = { point->sensitivity.low, point->sensitivity.high },
    .specificity_range = { point->specificity.low, point->specificity.high },
  };
}

void
dub_failure_figure_note (DubFailureFigure *self,
                         const char       *key,
                         const char       *value)
{
  g_return_if_fail (self != NULL && key != NULL);

  if (self->provenance == NULL) {
    self->provenance = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (self->provenance, NULL);
  }
  g_ptr_array_insert (self->provenance, (int) self->provenance->len - 1, g_strdup (key));
  g_ptr_array_insert (self->provenance, (int) self->provenance->len - 1, g_strdup (value != NULL ? value : ""));
}
