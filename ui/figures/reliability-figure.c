/* What a reliability figure holds: copies of its curves, and their numbers in words. */
#include "ui/figures/reliability-figure.h"

#include <math.h>

#include "ui/figures/reliability-figure-private.h"
#include "ui/figures/ticks.h"

void
dub_reliability_words_init (DubReliabilityWords *self)
{
  g_return_if_fail (self != NULL);

  *self = (DubReliabilityWords) {
    .confidence = "confidence",
    .accuracy = "accuracy",
    .share = "share of the class",
    .cases = "cases",
    .one_case = "case",
    .no_cases = "no cases",
    .ece = "ECE",
    .adaptive_ece = "Adaptive ECE",
    .gap = "gap",
    .band = "95 % band",
    .few = "fewer than 10 cases",
    .consistency = "consistent with perfect calibration",
    .isotonic = "isotonic (CORP)",
  };
}

static void
trace_free (gpointer data)
{
  DubReliabilityTrace *self = data;

  g_free (self->name);
  g_free (self->edge);
  g_free (self->count);
  g_free (self->confidence);
  g_free (self->accuracy);
  g_free (self->low);
  g_free (self->high);
  g_free (self->consistent_low);
  g_free (self->consistent_high);
  g_free (self->corp_confidence);
  g_free (self->corp_share);
  g_free (self->corp_low);
  g_free (self->corp_high);
  g_free (self);
}

static void
panel_free (gpointer data)
{
  DubReliabilityPanel *self = data;

  g_free (self->title);
  g_ptr_array_unref (self->traces);
  g_free (self);
}

static double *
copy (const double *values,
      size_t        n)
{
  return values != NULL ? g_memdup2 (values, n * sizeof *values) : NULL;
}

static DubReliabilityTrace *
trace_new (const DubReliabilityCurve *curve)
{
  const DubReliability *bins = curve->bins;
  DubReliabilityTrace *self = g_new0 (DubReliabilityTrace, 1);
  size_t n = bins->n_bins;

  self->name = g_strdup (curve->name != NULL ? curve->name : "");
  self->binning = bins->binning;
  self->n_bins = n;
  self->n_cases = bins->n_cases;
  self->edge = copy (bins->edge, n + 1);
  self->count = g_memdup2 (bins->count, n * sizeof *bins->count);
  self->confidence = copy (bins->confidence, n);
  self->accuracy = copy (bins->accuracy, n);
  self->low = copy (curve->low, n);
  self->high = copy (curve->high, n);
  self->consistent_low = copy (curve->consistent_low, n);
  self->consistent_high = copy (curve->consistent_high, n);
  self->ece = curve->ece;
  self->ece_is_old = curve->ece_is_old;
  self->band_comes = curve->band_comes;
  self->consistency_comes = curve->consistency_comes;
  if (curve->corp != NULL) {
    self->n_corp = curve->corp->n_points;
    self->corp_confidence = copy (curve->corp->confidence, self->n_corp);
    self->corp_share = copy (curve->corp->share, self->n_corp);
    self->corp_low = copy (curve->corp->low, self->n_corp);
    self->corp_high = copy (curve->corp->high, self->n_corp);
  }

  return self;
}

DubReliabilityFigure *
dub_reliability_figure_new (const DubReliabilityWords *words)
{
  DubReliabilityFigure *self = g_new0 (DubReliabilityFigure, 1);
  DubReliabilityWords english;

  dub_reliability_words_init (&english);
  if (words == NULL)
    words = &english;

  const char *const both[DUB_N_RELIABILITY_WORDS][2] = {
    [DUB_RELIABILITY_SAYS_CONFIDENCE] = { words->confidence, english.confidence },
    [DUB_RELIABILITY_SAYS_ACCURACY] = { words->accuracy, english.accuracy },
    [DUB_RELIABILITY_SAYS_SHARE] = { words->share, english.share },
    [DUB_RELIABILITY_SAYS_CASES] = { words->cases, english.cases },
    [DUB_RELIABILITY_SAYS_ONE_CASE] = { words->one_case, english.one_case },
    [DUB_RELIABILITY_SAYS_NO_CASES] = { words->no_cases, english.no_cases },
    [DUB_RELIABILITY_SAYS_ECE] = { words->ece, english.ece },
    [DUB_RELIABILITY_SAYS_ADAPTIVE_ECE] = { words->adaptive_ece, english.adaptive_ece },
    [DUB_RELIABILITY_SAYS_GAP] = { words->gap, english.gap },
    [DUB_RELIABILITY_SAYS_BAND] = { words->band, english.band },
    [DUB_RELIABILITY_SAYS_FEW] = { words->few, english.few },
    [DUB_RELIABILITY_SAYS_CONSISTENCY] = { words->consistency, english.consistency },
    [DUB_RELIABILITY_SAYS_ISOTONIC] = { words->isotonic, english.isotonic },
  };

  for (int i = 0; i < DUB_N_RELIABILITY_WORDS; i++)
    self->words[i] = g_strdup (both[i][0] != NULL ? both[i][0] : both[i][1]);
  self->panels = g_ptr_array_new_with_free_func (panel_free);

  return self;
}

void
dub_reliability_figure_free (DubReliabilityFigure *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < DUB_N_RELIABILITY_WORDS; i++)
    g_free (self->words[i]);
  g_ptr_array_unref (self->panels);
  g_free (self->left);
  g_free (self->right);
  g_free (self->foot);
  g_clear_pointer (&self->provenance, g_ptr_array_unref);
  g_free (self);
}

guint
dub_reliability_figure_add_panel (DubReliabilityFigure      *self,
                                  const char                *title,
                                  const DubReliabilityCurve *curves,
                                  size_t                     n_curves,
                                  gboolean                   one_class)
{
  g_return_val_if_fail (self != NULL && (curves != NULL || n_curves == 0), 0);

  DubReliabilityPanel *panel = g_new0 (DubReliabilityPanel, 1);

  panel->title = g_strdup (title);
  panel->one_class = one_class;
  panel->traces = g_ptr_array_new_with_free_func (trace_free);
  for (size_t i = 0; i < n_curves; i++) {
    DubReliabilityTrace *trace = trace_new (&curves[i]);

    for (size_t m = 0; m < trace->n_bins; m++)
      self->most = MAX (self->most, trace->count[m]);
    g_ptr_array_add (panel->traces, trace);
  }
  g_ptr_array_add (self->panels, panel);

  return self->panels->len - 1;
}

guint
dub_reliability_figure_get_n_panels (const DubReliabilityFigure *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->panels->len;
}

const char *
dub_reliability_figure_get_title (const DubReliabilityFigure *self,
                                  guint                       panel)
{
  g_return_val_if_fail (self != NULL && panel < self->panels->len, NULL);

  return _dub_reliability_panel (self, panel)->title;
}

size_t
dub_reliability_figure_get_n_bins (const DubReliabilityFigure *self,
                                   guint                       panel)
{
  g_return_val_if_fail (self != NULL && panel < self->panels->len, 0);

  const DubReliabilityPanel *one = _dub_reliability_panel (self, panel);

  return one->traces->len > 0 ? _dub_reliability_trace (one, 0)->n_bins : 0;
}

size_t
dub_reliability_figure_get_count (const DubReliabilityFigure *self,
                                  guint                       panel,
                                  size_t                      bin)
{
  return bin < dub_reliability_figure_get_n_bins (self, panel)
           ? _dub_reliability_trace (_dub_reliability_panel (self, panel), 0)->count[bin]
           : 0;
}

void
dub_reliability_figure_set_heading (DubReliabilityFigure *self,
                                    const char           *left,
                                    const char           *right)
{
  g_return_if_fail (self != NULL);

  g_free (self->left);
  g_free (self->right);
  self->left = g_strdup (left);
  self->right = g_strdup (right);
}

void
dub_reliability_figure_set_foot (DubReliabilityFigure *self,
                                 const char           *foot)
{
  g_return_if_fail (self != NULL);

  g_free (self->foot);
  self->foot = g_strdup (foot);
}

void
dub_reliability_figure_note (DubReliabilityFigure *self,
                             const char           *key,
                             const char           *value)
{
  g_return_if_fail (self != NULL && key != NULL);

  if (self->provenance == NULL) {
    self->provenance = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (self->provenance, NULL);
  }
  g_ptr_array_insert (self->provenance, (int) self->provenance->len - 1, g_strdup (key));
  g_ptr_array_insert (self->provenance, (int) self->provenance->len - 1, g_strdup (value != NULL ? value : ""));
}

/* --- a bin in words --- */

/* Two decimals, or as many as tell both edges apart; equal-mass bins may be narrow. */
static char *
interval_words (const DubReliabilityTrace *trace,
                size_t                     bin)
{
  double low = trace->edge[bin], high = trace->edge[bin + 1];
  int decimals = 2;

  while (decimals < 8 && high - low < 2.0 * pow (10.0, -decimals))
    decimals++;

  g_autofree char *from = low > 0.0 ? dub_number_format (low, decimals) : g_strdup ("0");
  g_autofree char *to = high < 1.0 ? dub_number_format (high, decimals) : g_strdup ("1");

  /* The first bin holds its lower edge too. */
  return g_strdup_printf ("%s%s, %s]", bin == 0 ? "[" : "(", from, to);
}

/* "32 cases · confidence 0.703 · accuracy 0.594 (19 / 32)" */
static void
append_numbers (GString                    *out,
                const DubReliabilityFigure *self,
                const DubReliabilityPanel  *panel,
                const DubReliabilityTrace  *trace,
                size_t                      bin)
{
  size_t count = trace->count[bin];

  if (count == 0) {
    g_string_append (out, self->words[DUB_RELIABILITY_SAYS_NO_CASES]);
    return;
  }

  g_autofree char *confidence = dub_number_format (trace->confidence[bin], 3);
  g_autofree char *accuracy = dub_number_format (trace->accuracy[bin], 3);

  g_string_append_printf (out, "%zu %s · %s %s · %s %s (%.0f / %zu)", count,
                          self->words[count == 1 ? DUB_RELIABILITY_SAYS_ONE_CASE : DUB_RELIABILITY_SAYS_CASES],
                          self->words[DUB_RELIABILITY_SAYS_CONFIDENCE], confidence,
                          self->words[panel->one_class ? DUB_RELIABILITY_SAYS_SHARE : DUB_RELIABILITY_SAYS_ACCURACY], accuracy,
                          round (trace->accuracy[bin] * (double) count), count);
}

/* Of equal width, the bins of all curves are the same. */
static gboolean
has_one_interval (const DubReliabilityPanel *panel,
                  size_t                     bin)
{
  const DubReliabilityTrace *first = _dub_reliability_trace (panel, 0);

  for (guint i = 1; i < panel->traces->len; i++) {
    const DubReliabilityTrace *trace = _dub_reliability_trace (panel, i);

    if (bin >= trace->n_bins || trace->edge[bin] < first->edge[bin] || trace->edge[bin] > first->edge[bin] ||
        trace->edge[bin + 1] < first->edge[bin + 1] || trace->edge[bin + 1] > first->edge[bin + 1])
      return FALSE;
  }

  return TRUE;
}

char *
dub_reliability_figure_describe_bin (const DubReliabilityFigure *self,
                                     guint                       panel,
                                     size_t                      bin)
{
  g_return_val_if_fail (self != NULL && panel < self->panels->len, NULL);

  const DubReliabilityPanel *one = _dub_reliability_panel (self, panel);
  GString *out = g_string_new (NULL);

  if (bin >= dub_reliability_figure_get_n_bins (self, panel))
    return g_string_free (out, FALSE);

  gboolean single = one->traces->len == 1, shared = has_one_interval (one, bin);
  g_autofree char *common = interval_words (_dub_reliability_trace (one, 0), bin);

  if (shared)
    g_string_append_printf (out, "%s%s", common, single ? " · " : "");
  for (guint i = 0; i < one->traces->len; i++) {
    const DubReliabilityTrace *trace = _dub_reliability_trace (one, i);

    if (bin >= trace->n_bins)
      continue;
    if (!single)
      g_string_append_printf (out, "%s%s: ", out->len > 0 ? "\n" : "", trace->name);
    if (!shared) {
      g_autofree char *own = interval_words (trace, bin);

      g_string_append_printf (out, "%s · ", own);
    }
    append_numbers (out, self, one, trace, bin);
  }

  return g_string_free (out, FALSE);
}
