#include "ui/figures/overview-figure.h"

#include <math.h>
#include <string.h>

#include "core/io/csv.h"
#include "dub-config.h"
#include "ui/figures/ticks.h"

/* The panels of two classes, and of more. */
static const DubMetric BINARY[DUB_OVERVIEW_PANELS] = {
  DUB_METRIC_ACCURACY, DUB_METRIC_BALANCED_ACCURACY, DUB_METRIC_AUROC,
  DUB_METRIC_SENSITIVITY, DUB_METRIC_SPECIFICITY, DUB_METRIC_ECE,
};
static const DubMetric MACRO[DUB_OVERVIEW_PANELS] = {
  DUB_METRIC_ACCURACY, DUB_METRIC_BALANCED_ACCURACY, DUB_METRIC_AUROC,
  DUB_METRIC_SPECIFICITY, DUB_METRIC_ECE, DUB_METRIC_BRIER,
};

void
dub_overview_words_init (DubOverviewWords *self)
{
  *self = (DubOverviewWords) {
    .title = {
      [DUB_METRIC_ACCURACY] = "Accuracy",
      [DUB_METRIC_BALANCED_ACCURACY] = "Balanced accuracy",
      [DUB_METRIC_SENSITIVITY] = "Sensitivity",
      [DUB_METRIC_SPECIFICITY] = "Specificity",
      [DUB_METRIC_AUROC] = "AUROC",
      [DUB_METRIC_ECE] = "ECE",
      [DUB_METRIC_BRIER] = "Brier score",
    },
    .always = "always %s",
  };
}

/* --- numbers as words --- */

static gboolean
is_error (DubMetric metric)
{
  return metric == DUB_METRIC_ECE || metric == DUB_METRIC_BRIER;
}

char *
dub_overview_number (DubMetric metric,
                     double    value)
{
  return dub_number_format (value, is_error (metric) ? 3 : 2);
}

char *
dub_overview_interval (DubMetric          metric,
                       const DubEstimate *estimate)
{
  GString *text = g_string_new (NULL);

  if (isfinite (estimate->low) && isfinite (estimate->high)) {
    g_autofree char *low = dub_overview_number (metric, estimate->low);
    g_autofree char *high = dub_overview_number (metric, estimate->high);

    g_string_append_printf (text, "%s–%s", low, high);
  }
  if (estimate->d > 0)
    g_string_append_printf (text, "%s%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, text->len > 0 ? " · " : "", estimate->n,
                            estimate->d);

  return g_string_free (text, FALSE);
}

/* --- the panels --- */

/* The axis that holds every interval: from a half or from zero to one; of errors from zero to a round number. */
static void
axis_of (DubMetric     metric,
         const GArray *rows,
         double       *low,
         double       *high)
{
  static const double ENDS[] = { 0.1, 0.2, 0.4, 1.0, 2.0 };
  double least = INFINITY, most = 0.0;

  for (guint i = 0; i < rows->len; i++) {
    const DubEstimate *row = &g_array_index (rows, DubEstimate, i);

    if (isfinite (row->value)) {
      least = MIN (least, MIN (row->value, isfinite (row->low) ? row->low : row->value));
      most = MAX (most, MAX (row->value, isfinite (row->high) ? row->high : row->value));
    }
  }
  if (!is_error (metric)) {
    *low = least >= 0.5 && metric != DUB_METRIC_SENSITIVITY && metric != DUB_METRIC_SPECIFICITY ? 0.5 : 0.0;
    *high = 1.0;
    return;
  }
  *low = 0.0;
  *high = ENDS[G_N_ELEMENTS (ENDS) - 1];
  for (size_t i = G_N_ELEMENTS (ENDS); i-- > 0;)
    if (most <= ENDS[i])
      *high = ENDS[i];
}

static const DubEvaluateRow *
next_row (const DubEvaluation *evaluation,
          const char          *family,
          guint               *at)
{
  while (*at < evaluation->rows->len) {
    const DubEvaluateRow *row = g_ptr_array_index (evaluation->rows, (*at)++);

    if (row->split == DUB_EVALUATE_TEST && row->temperature == NULL && strcmp (row->family, family) == 0)
      return row;
  }

  return NULL;
}

static char *
label_of (const DubEvaluateRow *row,
          guint                 index)
{
  return row->fold >= 0 ? g_strdup_printf ("%d", row->fold + 1) : g_strdup_printf ("%u", index + 1);
}

static void
make_panel (DubOverviewPanel *panel,
            DubMetric         metric,
            const char       *title,
            const GPtrArray  *rows)
{
  double low, high;

  panel->metric = metric;
  panel->title = g_strdup (title);
  panel->rows = g_array_new (FALSE, FALSE, sizeof (DubEstimate));
  for (guint i = 0; i < rows->len; i++) {
    const DubEvaluateRow *row = g_ptr_array_index (rows, i);

    g_array_append_val (panel->rows, row->metrics.estimate[metric]);
  }
  panel->headline = g_array_index (panel->rows, DubEstimate, 0);
  axis_of (metric, panel->rows, &low, &high);
  panel->plot = dub_interval_figure_new (low, high);
  for (guint i = 0; i < rows->len; i++) {
    const DubEvaluateRow *row = g_ptr_array_index (rows, i);
    const DubEstimate *estimate = &g_array_index (panel->rows, DubEstimate, i);
    g_autofree char *label = row->model == NULL ? g_strdup ("E") : label_of (row, rows->len > 1 ? i - 1 : 0);

    dub_interval_figure_add (panel->plot, label, estimate->value, estimate->low, estimate->high, i == 0);
  }
}

/* What is right without looking at a single case: the share of the largest class. */
static void
add_reference (DubOverviewPanel      *panel,
               const DubStudy        *study,
               const DubEvaluateRow  *row,
               const char            *always)
{
  size_t n = 0, largest = 0;
  guint which = 0;

  for (guint c = 0; c < study->classes->len; c++) {
    n += row->counts[c];
    if (row->counts[c] > largest) {
      largest = row->counts[c];
      which = c;
    }
  }
  if (n == 0)
    return;

  char **halves = g_strsplit (always, "%s", 2);
  g_autofree char *text = g_strconcat (halves[0], g_ptr_array_index (study->classes, which),
                                       halves[0] != NULL && halves[1] != NULL ? halves[1] : "", NULL);

  g_strfreev (halves);
  dub_interval_figure_set_reference (panel->plot, (double) largest / (double) n, text);
}

static void
add_provenance (DubOverviewFigure *self,
                const char        *key,
                const char        *value)
{
  g_ptr_array_add (self->provenance, g_strdup (key));
  g_ptr_array_add (self->provenance, g_strdup (value));
}

static void
describe (DubOverviewFigure    *self,
          const DubStudy       *study,
          const DubEvaluateRow *ensemble)
{
  g_autofree char *networks = g_strdup_printf ("%" G_GSIZE_FORMAT, self->n_networks);
  g_autofree char *cases = g_strdup_printf ("%" G_GSIZE_FORMAT, self->n_cases);

  self->provenance = g_ptr_array_new_with_free_func (g_free);
  add_provenance (self, "cases", cases);
  add_provenance (self, "data-hash", study->data->hash != NULL ? study->data->hash : "");
  add_provenance (self, "family", self->family);
  add_provenance (self, "networks", networks);
  add_provenance (self, "part", "test");
  if (self->positive != NULL)
    add_provenance (self, "positive", self->positive);
  if (ensemble->recalibration != NULL) {
    g_autofree char *words = dub_recalibration_summary (ensemble->recalibration);

    add_provenance (self, "recalibration", words);
  }
  add_provenance (self, "split-hash", study->data->split_hash != NULL ? study->data->split_hash : "");
  add_provenance (self, "study", self->study);
  add_provenance (self, "version", DUB_VERSION);
  g_ptr_array_add (self->provenance, NULL);
}

DubOverviewFigure *
dub_overview_figure_new (const DubStudy         *study,
                         const DubEvaluation    *evaluation,
                         const char             *family,
                         const DubOverviewWords *words)
{
  g_return_val_if_fail (study != NULL && study->data != NULL && evaluation != NULL && family != NULL, NULL);

  DubOverviewWords english;
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  const DubEvaluateRow *row;
  guint at = 0, n_networks = 0;

  dub_overview_words_init (&english);
  if (words == NULL)
    words = &english;
  while ((row = next_row (evaluation, family, &at)) != NULL)
    if (row->model == NULL)
      g_ptr_array_insert (rows, 0, (gpointer) row);
    else if (++n_networks > 0)
      g_ptr_array_add (rows, (gpointer) row);
  if (rows->len == 0)
    return NULL;
  /* The ensemble of one network is that network, unless its answers were recalibrated. */
  if (n_networks == 1 && rows->len == 2 && ((const DubEvaluateRow *) g_ptr_array_index (rows, 0))->recalibration == NULL)
    g_ptr_array_remove_index (rows, 0);

  DubOverviewFigure *self = g_new0 (DubOverviewFigure, 1);
  const DubMetric *metrics = evaluation->n_classes > 2 ? MACRO : BINARY;

  row = g_ptr_array_index (rows, 0);
  self->study = g_strdup (study->title != NULL ? study->title : "");
  self->family = g_strdup (family);
  if (evaluation->n_classes == 2 && study->data->positive >= 0 && (guint) study->data->positive < study->classes->len)
    self->positive = g_strdup (g_ptr_array_index (study->classes, (guint) study->data->positive));
  self->n_networks = n_networks;
  self->n_cases = row->metrics.n_cases;
  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++)
    make_panel (&self->panel[i], metrics[i], words->title[metrics[i]], rows);
  add_reference (&self->panel[0], study, row, words->always);
  /* Rows of panels that stand side by side are at one height. */
  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++)
    dub_interval_figure_reserve (self->panel[i].plot);
  describe (self, study, row);

  return self;
}

void
dub_overview_figure_free (DubOverviewFigure *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++) {
    g_free (self->panel[i].title);
    dub_interval_figure_free (self->panel[i].plot);
    g_array_unref (self->panel[i].rows);
  }
  g_free (self->study);
  g_free (self->family);
  g_free (self->positive);
  g_ptr_array_unref (self->provenance);
  g_free (self);
}

/* --- files --- */

static char *
table (gconstpointer figure)
{
  const DubOverviewFigure *self = figure;
  GString *out = g_string_new ("metric,network,value,low,high,n,d,method\n");

  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++) {
    const DubOverviewPanel *panel = &self->panel[i];

    for (guint r = 0; r < panel->rows->len; r++) {
      const DubEstimate *row = &g_array_index (panel->rows, DubEstimate, r);
      g_autofree char *value = dub_number_format_exact (row->value);
      g_autofree char *low = dub_number_format_exact (row->low);
      g_autofree char *high = dub_number_format_exact (row->high);

      g_string_append_printf (out, "%s,", dub_metric_name (panel->metric));
      dub_csv_append (out, g_array_index (panel->plot->rows, DubIntervalRow, r).label);
      g_string_append_printf (out, ",%s,%s,%s,", value, low, high);
      if (row->d > 0)
        g_string_append_printf (out, "%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT ",", row->n, row->d);
      else
        g_string_append (out, ",,");
      dub_csv_append (out, row->method != NULL ? row->method : "");
      g_string_append_c (out, '\n');
    }
  }

  return g_string_free (out, FALSE);
}

/* Distances on the sheet, in units of the caption's size. */
#define MARGIN 0.8
#define GAP    1.8
#define TITLE  3.4
#define HEAD   3.6
#define FOOT   1.4

/* Two panels side by side in one column of a journal, three in two. In pt. */
#define WIDE 330.0

static int
columns_of (double width)
{
  return width < WIDE ? 2 : 3;
}

static double
height (gconstpointer figure,
        double        width)
{
  const DubOverviewFigure *self = figure;
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  double plot = dub_interval_figure_height (self->panel[0].plot, &theme);
  int rows = DUB_OVERVIEW_PANELS / columns_of (width);

  return ceil (rows * plot + (2.0 * MARGIN + TITLE + rows * HEAD + (rows - 1) * GAP + FOOT) * theme.font_caption);
}

/* The panel is narrow; the table has the whole name. */
static const char *
short_method (const char *method)
{
  static const struct {
    const char *whole, *brief;
  } METHODS[] = {
    { "bootstrap (percentile, stratified)", "stratified bootstrap" },
    { "bootstrap (percentile, stratified, by patient)", "bootstrap of patients" },
    { "bootstrap (percentile)", "bootstrap" },
    { "bootstrap (percentile, by patient)", "bootstrap of patients" },
    { "bootstrap (basic, from 0 unless refuted)", "bootstrap" },
    { "bootstrap (basic, from 0 unless refuted, by patient)", "bootstrap of patients" },
  };

  for (size_t i = 0; method != NULL && i < G_N_ELEMENTS (METHODS); i++)
    if (strcmp (method, METHODS[i].whole) == 0)
      return METHODS[i].brief;

  return method != NULL ? method : "";
}

static void
draw_panel (const DubOverviewPanel *panel,
            DubCanvas              *canvas,
            double                  x,
            double                  y,
            double                  width,
            double                  plot)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption;
  g_autofree char *value = dub_overview_number (panel->metric, panel->headline.value);
  g_autofree char *interval = dub_overview_interval (panel->metric, &panel->headline);
  double room = width - dub_canvas_text_width (canvas, interval, size, DUB_TEXT_LEFT) - size;
  g_autofree char *method =
    dub_canvas_ellipsize (canvas, short_method (panel->headline.method), size, DUB_TEXT_LEFT, MAX (room, size));

  dub_canvas_text (canvas, panel->title, theme->font_body, DUB_TEXT_BOLD, theme->text, x, y + 1.3 * size);
  dub_canvas_text (canvas, value, theme->font_title * 1.15, DUB_TEXT_RIGHT | DUB_TEXT_BOLD, theme->text, x + width,
                   y + 1.3 * size);
  dub_canvas_text (canvas, interval, size, DUB_TEXT_LEFT, theme->dim, x, y + 2.7 * size);
  dub_canvas_text (canvas, method, size, DUB_TEXT_RIGHT, theme->dim, x + width, y + 2.7 * size);
  cairo_save (cr);
  cairo_translate (cr, x, y + HEAD * size);
  dub_interval_figure_draw (panel->plot, canvas, width, plot);
  cairo_restore (cr);
}

static void
draw (gconstpointer figure,
      DubCanvas    *canvas,
      double        width,
      double        whole)
{
  const DubOverviewFigure *self = figure;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption;
  int columns = columns_of (width);
  double column = (width - (2.0 * MARGIN + (columns - 1) * GAP) * size) / columns;
  double plot = dub_interval_figure_height (self->panel[0].plot, theme);
  g_autofree char *title = g_strdup_printf ("%s, %s", self->study, self->family);
  g_autofree char *cases = g_strdup_printf ("measured on test · %" G_GSIZE_FORMAT, self->n_cases);
  g_autofree char *positive = self->positive != NULL ? g_strdup_printf ("; positive class: %s", self->positive) : g_strdup ("");
  g_autofree char *rows =
    self->n_networks > 1 ? g_strdup_printf ("E ensemble of %" G_GSIZE_FORMAT " networks, below it each of them", self->n_networks)
                         : g_strdup ("One network");
  g_autofree char *foot = g_strdup_printf ("%s; estimate with 95 %% interval (ECE: about 90 %%)%s.", rows, positive);

  dub_canvas_text (canvas, title, theme->font_title, DUB_TEXT_BOLD, theme->text, MARGIN * size, (MARGIN + 1.2) * size);
  dub_canvas_text (canvas, cases, size, DUB_TEXT_RIGHT, theme->dim, width - MARGIN * size, (MARGIN + 1.2) * size);
  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++) {
    double x = MARGIN * size + (i % columns) * (column + GAP * size);
    double y = (MARGIN + TITLE) * size + (i / columns) * (plot + (HEAD + GAP) * size);

    draw_panel (&self->panel[i], canvas, x, y, column, plot);
  }

  g_autofree char *fitting = dub_canvas_ellipsize (canvas, foot, size, DUB_TEXT_LEFT, width - 2.0 * MARGIN * size);

  dub_canvas_text (canvas, fitting, size, DUB_TEXT_LEFT, theme->dim, MARGIN * size, whole - MARGIN * size);
}

static void
export_init (const DubOverviewFigure *self,
             DubExport               *export)
{
  *export = (DubExport) {
    self, "Networks on the test part", (const char *const *) self->provenance->pdata, height, draw, table,
  };
}

char *
dub_overview_figure_to_csv (const DubOverviewFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  DubExport export;

  export_init (self, &export);

  return dub_export_to_csv (&export);
}

gboolean
dub_overview_figure_export (const DubOverviewFigure *self,
                            const char              *path,
                            const DubExportOptions  *options,
                            GError                 **error)
{
  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  DubExport export;

  export_init (self, &export);

  return dub_export_save (&export, path, options, error);
}
