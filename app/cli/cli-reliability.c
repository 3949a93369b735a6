#include "app/cli/cli-reliability.h"

#include "app/cli/cli-command.h"

#include <math.h>

GOptionEntry *
cli_reliability_entries (CliReliabilityOptions *self)
{
  const GOptionEntry entries[] = {
    { "family", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->families,
      N_("Networks of this name, such as ce-dca15 (the first); may be repeated"), "NAME" },
    { "network", 0, 0, G_OPTION_ARG_STRING, &self->network, N_("One network instead of the family's ensemble"), "ID" },
    { "each", 0, 0, G_OPTION_ARG_NONE, &self->each, N_("A panel for every network of the family, nothing recalibrated"), NULL },
    { "recalibrate", 0, 0, G_OPTION_ARG_STRING, &self->recalibrate,
      N_("temperature (default), vector, platt, isotonic, beta, none"), "METHOD" },
    { "fit", 0, 0, G_OPTION_ARG_FILENAME, &self->fit, N_("Cases that it is fitted on, where PRED is a file"), "CAL" },
    { "with", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->with,
      N_("One curve more: a method, or the ensemble of a family; may be repeated"), "METHOD|NAME" },
    { "overlay", 0, 0, G_OPTION_ARG_NONE, &self->overlay, N_("All curves in one panel"), NULL },
    { "bins", 0, 0, G_OPTION_ARG_INT, &self->bins, N_("Bins (15)"), "N" },
    { "binning", 0, 0, G_OPTION_ARG_STRING, &self->binning_text, N_("Bins of equal width (default) or mass"), "width|mass" },
    { "class", 0, 0, G_OPTION_ARG_STRING, &self->class_name,
      N_("One class against the rest, by name or number from 0 (the answers)"), "C" },
    { "corp", 0, 0, G_OPTION_ARG_NONE, &self->corp, N_("The isotonic curve, which needs no bins"), NULL },
    { "consistency", 0, 0, G_OPTION_ARG_NONE, &self->consistency, N_("Where bins would be by chance if confidences were true"), NULL },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &self->resamples, N_("Resamples of the errors' intervals (9999)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed_text, N_("Seed of the bootstrap (0)"), "N" },
    { NULL },
  };

  self->bins = DUB_RELIABILITY_BINS;
  self->resamples = 9999;

  return g_memdup2 (entries, sizeof entries);
}

void
cli_reliability_options_clear (CliReliabilityOptions *self)
{
  g_strfreev (self->families);
  g_strfreev (self->with);
  g_free (self->network);
  g_free (self->recalibrate);
  g_free (self->fit);
  g_free (self->class_name);
  g_free (self->binning_text);
  g_free (self->seed_text);
}

static gboolean
check_study_options (const CliReliabilityOptions  *self,
                     gboolean                      study,
                     GError                      **error)
{
  if (study && self->fit != NULL)
    return cli_usage_error (error, _("--fit is for files: a study is recalibrated on its own calibration part."));
  if (!study && (self->families != NULL || self->network != NULL || self->each))
    return cli_usage_error (error, _("--family, --network and --each need a study: a file is one network, or the mean of several."));
  if (self->each && (self->network != NULL || self->recalibrate != NULL || self->with != NULL))
    return cli_usage_error (error, _("--each shows the networks as they are: leave --network, --recalibrate and --with out."));
  if (self->network != NULL && self->families != NULL && self->families[1] != NULL)
    return cli_usage_error (error, _("--network is of one family: give --family once."));

  return TRUE;
}

gboolean
cli_reliability_check (CliReliabilityOptions  *self,
                       gboolean                study,
                       GError                **error)
{
  static const char *const BINNINGS[] = { "width", "mass", NULL };
  DubRecalibrate method;
  int binning = 0;

  if (self->bins < 1 || self->bins > 1000)
    return cli_usage_error (error, _("--bins is %d, expected 1 to 1000."), self->bins);
  if (self->binning_text != NULL && !cli_choose ("--binning", self->binning_text, BINNINGS, &binning, error))
    return FALSE;
  if (self->recalibrate != NULL && !g_str_equal (self->recalibrate, "none") && !dub_recalibrate_from_id (self->recalibrate, &method))
    return cli_usage_error (error, _("--recalibrate is “%s”, expected temperature, vector, platt, isotonic, beta or none."),
                            self->recalibrate);
  self->binning = binning == 1 ? DUB_BINS_EQUAL_MASS : DUB_BINS_EQUAL_WIDTH;

  return check_study_options (self, study, error) && cli_check_resamples (self->resamples, error) &&
         cli_read_seed ("--seed", self->seed_text, G_MAXINT64, &self->seed, error);
}

const char *
cli_reliability_method_name (DubRecalibrate method)
{
  static const char *const NAMES[DUB_N_RECALIBRATE] = { "temperature", "vector scaling", "Platt", "isotonic", "beta" };

  return NAMES[method];
}

/* --- curves --- */

void
cli_reliability_curve_free (CliReliabilityCurve *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  dub_reliability_free (self->bins);
  g_free (self->low);
  g_free (self->high);
  g_free (self->consistent_low);
  g_free (self->consistent_high);
  dub_corp_free (self->corp);
  g_free (self);
}

static gboolean
measure_band (const DubPredictions         *predictions,
              const DubReliability         *bins,
              DubBand                       band,
              const CliReliabilityOptions  *options,
              double                      **low,
              double                      **high,
              DubRun                       *run,
              GError                      **error)
{
  *low = g_new (double, bins->n_bins);
  *high = g_new (double, bins->n_bins);

  return dub_calibration_band (predictions, bins, band, 0, options->seed, DUB_CONFIDENCE, *low, *high, run, error);
}

/* The error is that of the bins which are drawn. */
static gboolean
measure_error (const DubPredictions         *predictions,
               const CliReliabilityOptions  *options,
               DubEstimate                  *ece,
               DubRun                       *run,
               GError                      **error)
{
  DubCalibrationMeasure measure = options->binning == DUB_BINS_EQUAL_MASS ? DUB_CALIBRATION_ADAPTIVE_ECE : DUB_CALIBRATION_ECE;
  const DubCalibrationOptions asked = {
    .measures = 1u << measure, .n_bins = (size_t) options->bins, .binning = options->binning,
    .n_resamples = (guint) options->resamples, .seed = options->seed,
  };
  DubCalibration calibration;

  if (!dub_calibration_measure (predictions, &asked, run, &calibration, error))
    return FALSE;
  *ece = calibration.estimate[measure];

  return TRUE;
}

CliReliabilityCurve *
cli_reliability_curve_new (const char                   *name,
                           const DubPredictions         *predictions,
                           int                           class_index,
                           const CliReliabilityOptions  *options,
                           DubRun                       *run,
                           GError                      **error)
{
  g_autoptr (CliReliabilityCurve) self = g_new0 (CliReliabilityCurve, 1);
  g_autoptr (DubPredictions) one = class_index >= 0 ? dub_predictions_of_class (predictions, (size_t) class_index) : NULL;

  if (one != NULL)
    predictions = one;
  self->name = g_strdup (name);
  self->bins = dub_predictions_reliability (predictions, options->binning, (size_t) options->bins);
  if (!measure_band (predictions, self->bins, DUB_BAND_BOOTSTRAP, options, &self->low, &self->high, run, error) ||
      (options->consistency && !measure_band (predictions, self->bins, DUB_BAND_CONSISTENCY, options, &self->consistent_low,
                                              &self->consistent_high, run, error)))
    return NULL;
  if (options->corp && (self->corp = dub_corp_new (predictions, 999, options->seed, DUB_CONFIDENCE, run, error)) == NULL)
    return NULL;
  if (!measure_error (predictions, options, &self->ece, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

DubReliabilityFigure *
cli_reliability_figure_new (const GPtrArray             *curves,
                            const CliReliabilityOptions *options,
                            gboolean                     before_and_after,
                            gboolean                     one_class)
{
  DubReliabilityFigure *figure = dub_reliability_figure_new (NULL);
  g_autofree DubReliabilityCurve *drawn = g_new0 (DubReliabilityCurve, curves->len);

  for (guint i = 0; i < curves->len; i++) {
    const CliReliabilityCurve *curve = g_ptr_array_index (curves, i);

    drawn[i] = (DubReliabilityCurve) {
      .name = curve->name, .bins = curve->bins, .low = curve->low, .high = curve->high, .consistent_low = curve->consistent_low,
      .consistent_high = curve->consistent_high, .corp = curve->corp, .ece = curve->ece,
    };
    if (options->overlay)
      continue;

    /* What stands alone needs no name. */
    const char *title = before_and_after ? (i == 0 ? "Before" : "After") : curves->len > 1 ? curve->name : NULL;

    dub_reliability_figure_add_panel (figure, title, &drawn[i], 1, one_class);
  }
  if (options->overlay)
    dub_reliability_figure_add_panel (figure, NULL, drawn, curves->len, one_class);

  return figure;
}
