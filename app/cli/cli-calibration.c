#include "app/cli/cli-calibration.h"

#include "app/cli/cli-predictions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Members of the document that are a measure each. */
static const struct {
  const char            *name;
  DubCalibrationMeasure  measure;
} MEMBERS[] = {
  { "accuracy", DUB_CALIBRATION_ACCURACY },
  { "ece", DUB_CALIBRATION_ECE },
  { "mce", DUB_CALIBRATION_MCE },
  { "adaptive_ece", DUB_CALIBRATION_ADAPTIVE_ECE },
  { "classwise_ece", DUB_CALIBRATION_CLASSWISE_ECE },
  { "average", DUB_CALIBRATION_AVERAGE },
  { "smooth_ece", DUB_CALIBRATION_SMOOTH },
  { "overconfidence", DUB_CALIBRATION_OVERCONFIDENCE },
  { "nll", DUB_CALIBRATION_NLL },
};

#define BRIER \
  (1u << DUB_CALIBRATION_BRIER | 1u << DUB_CALIBRATION_BRIER_RELIABILITY | 1u << DUB_CALIBRATION_BRIER_RESOLUTION | \
   1u << DUB_CALIBRATION_BRIER_UNCERTAINTY)

#define CHANGES \
  (1u << DUB_CALIBRATION_ACCURACY | 1u << DUB_CALIBRATION_ECE | 1u << DUB_CALIBRATION_ADAPTIVE_ECE | \
   1u << DUB_CALIBRATION_OVERCONFIDENCE | 1u << DUB_CALIBRATION_NLL | 1u << DUB_CALIBRATION_BRIER)

gboolean
cli_calibration_read_measures (CliCalibrationOptions  *options,
                               GError                **error)
{
  g_auto (GStrv) names = g_strsplit (options->measures_text != NULL ? options->measures_text : "", ",", -1);

  options->measures = 0;
  for (size_t k = 0; names[k] != NULL; k++) {
    guint bits = strcmp (names[k], "brier") == 0 ? BRIER : 0;

    for (size_t i = 0; i < G_N_ELEMENTS (MEMBERS); i++)
      if (strcmp (names[k], MEMBERS[i].name) == 0)
        bits = 1u << MEMBERS[i].measure;
    if (bits == 0)
      return cli_usage_error (error, _("--measures has “%s”, expected some of accuracy, ece, mce, adaptive_ece, classwise_ece, "
                                       "average, smooth_ece, overconfidence, nll, brier."), names[k]);
    options->measures |= bits;
  }

  return TRUE;
}

void
cli_calibration_options_clear (CliCalibrationOptions *self)
{
  g_free (self->recalibrate);
  g_free (self->fit);
  g_free (self->class_name);
  g_free (self->binning);
  g_free (self->family);
  g_free (self->model);
  g_free (self->seed_text);
  g_free (self->measures_text);
  cli_figure_options_clear (&self->figure);
}

/* --- measuring --- */

static DubCalibrationOptions
options_of (const CliCalibrationOptions *options)
{
  return (DubCalibrationOptions) {
    .measures = options->measures,
    .n_bins = (size_t) options->bins,
    .binning = options->equal,
    .n_resamples = (guint) options->resamples,
    .seed = options->seed,
  };
}

CliCalibration *
cli_calibration_new (const DubPredictions         *predictions,
                     DubRecalibration             *recalibration,
                     const CliCalibrationOptions  *options,
                     DubRun                       *run,
                     GError                      **error)
{
  const DubCalibrationOptions calibration = options_of (options);
  g_autoptr (CliCalibration) self = g_new0 (CliCalibration, 1);

  if (!dub_calibration_measure (predictions, &calibration, run, &self->measured, error))
    return NULL;
  self->bins = dub_predictions_reliability (predictions, options->equal, (size_t) options->bins);
  self->recalibration = recalibration != NULL ? dub_recalibration_ref (recalibration) : NULL;

  return g_steal_pointer (&self);
}

gboolean
cli_calibration_add_change (CliCalibration               *self,
                            const DubPredictions         *before,
                            const DubPredictions         *after,
                            const CliCalibrationOptions  *options,
                            DubRun                       *run,
                            GError                      **error)
{
  DubCalibrationOptions calibration = options_of (options);

  /* What is long to compute once more says nothing that these do not. */
  calibration.measures = CHANGES & (options->measures != 0 ? options->measures : CHANGES);
  self->has_change = calibration.measures != 0;

  return !self->has_change || dub_calibration_change (before, after, &calibration, run, self->change, error);
}

void
cli_calibration_free (CliCalibration *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bins, dub_reliability_free);
  g_clear_pointer (&self->recalibration, dub_recalibration_unref);
  g_free (self);
}

/* --- the document --- */

static void
build_bins (JsonBuilder          *b,
            const DubReliability *bins)
{
  json_builder_set_member_name (b, "bins");
  json_builder_begin_array (b);
  for (size_t m = 0; m < bins->n_bins; m++) {
    json_builder_begin_object (b);
    cli_json_double (b, "low", bins->edge[m]);
    cli_json_double (b, "high", bins->edge[m + 1]);
    cli_json_int (b, "count", (gint64) bins->count[m]);
    cli_json_double (b, "confidence", bins->confidence[m]);
    cli_json_double (b, "accuracy", bins->accuracy[m]);
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
}

/* Its value and interval, its parts as bare numbers, and their intervals beside them. */
static void
build_brier (JsonBuilder          *b,
             const DubCalibration *measured)
{
  static const struct {
    const char            *name;
    DubCalibrationMeasure  measure;
  } parts[] = {
    { "reliability", DUB_CALIBRATION_BRIER_RELIABILITY },
    { "resolution", DUB_CALIBRATION_BRIER_RESOLUTION },
    { "uncertainty", DUB_CALIBRATION_BRIER_UNCERTAINTY },
  };
  const DubEstimate *whole = &measured->estimate[DUB_CALIBRATION_BRIER];

  json_builder_set_member_name (b, "brier");
  json_builder_begin_object (b);
  cli_json_double (b, "value", whole->value);
  cli_json_double (b, "low", whole->low);
  cli_json_double (b, "high", whole->high);
  cli_json_string (b, "method", whole->method);
  cli_json_string (b, "form", measured->brier_form);
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    cli_json_double (b, parts[i].name, measured->estimate[parts[i].measure].value);
  cli_json_double (b, "within", dub_calibration_brier_within (measured));
  json_builder_set_member_name (b, "intervals");
  json_builder_begin_object (b);
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    cli_json_limits (b, parts[i].name, &measured->estimate[parts[i].measure]);
  json_builder_end_object (b);
  json_builder_end_object (b);
}

void
cli_calibration_build (JsonBuilder          *b,
                       const CliCalibration *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (MEMBERS); i++)
    cli_json_estimate (b, MEMBERS[i].name, &self->measured.estimate[MEMBERS[i].measure]);
  build_brier (b, &self->measured);
  cli_json_int (b, "worst_bin", self->measured.worst_count > 0 ? (gint64) self->measured.worst_bin : -1);
  build_bins (b, self->bins);
  if (!self->has_change)
    return;
  json_builder_set_member_name (b, "change");
  json_builder_begin_object (b);
  for (size_t i = 0; i < G_N_ELEMENTS (MEMBERS); i++)
    if (CHANGES & 1u << MEMBERS[i].measure)
      cli_json_estimate (b, MEMBERS[i].name, &self->change[MEMBERS[i].measure]);
  cli_json_estimate (b, "brier", &self->change[DUB_CALIBRATION_BRIER]);
  json_builder_end_object (b);
}

static const char *
kind_name (DubFitKind kind)
{
  static const char *const names[] = {
    [DUB_FIT_FOUND] = "found",
    [DUB_FIT_CHANCE] = "chance",
    [DUB_FIT_SEPARABLE] = "separable",
  };

  return names[kind];
}

void
cli_calibration_build_temperature (JsonBuilder            *b,
                                   const DubRecalibration *temperature)
{
  double value = (double) NAN, low = (double) NAN, high = (double) NAN;

  json_builder_set_member_name (b, "temperature");
  if (temperature == NULL || !dub_recalibration_temperature (temperature, &value, &low, &high)) {
    json_builder_add_null_value (b);
    return;
  }
  json_builder_begin_object (b);
  cli_json_double (b, "value", value);
  cli_json_double (b, "low", low);
  cli_json_double (b, "high", high);
  cli_json_string (b, "method", "profile likelihood");
  cli_json_string (b, "of", dub_recalibration_get_n_classes (temperature) == 0 ? "the log-odds of the confidence" : "logits");
  cli_json_string (b, "kind", kind_name (dub_recalibration_get_kind (temperature)));
  cli_json_string (b, "fitted_on", dub_recalibration_get_split (temperature));
  cli_json_int (b, "n", (gint64) dub_recalibration_get_n_cases (temperature));
  json_builder_end_object (b);
}

void
cli_calibration_build_warnings (JsonBuilder     *b,
                                const GPtrArray *warnings)
{
  json_builder_set_member_name (b, "warnings");
  json_builder_begin_array (b);
  for (guint i = 0; i < warnings->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (warnings, i));
  json_builder_end_array (b);
}

/* --- warnings --- */

void
cli_calibration_warn_all (GPtrArray  *warnings,
                          GPtrArray  *more,
                          const char *whose)
{
  for (guint i = 0; i < more->len; i++) {
    const char *sentence = g_ptr_array_index (more, i);

    cli_warn (warnings, "%s%s%s", whose != NULL ? whose : "", whose != NULL ? ": " : "", sentence);
  }
  g_ptr_array_unref (more);
}

/* --- a terminal --- */

/* Bytes of a text that take no column of their own follow another: padding by printf would count them. */
static void
print_padded (const char *text,
              glong       width)
{
  printf ("%s%*s", text, (int) MAX (width - g_utf8_strlen (text, -1), 0), "");
}

static void
print_estimate (const DubEstimate *estimate)
{
  g_autofree char *text = NULL;

  if (isnan (estimate->value))
    text = g_strdup ("–");
  else if (isnan (estimate->low))
    text = g_strdup_printf ("%.4f", estimate->value);
  else
    text = g_strdup_printf ("%.4f  [%.4f, %.4f]", estimate->value, estimate->low, estimate->high);
  print_padded (text, 28);
}

static void
print_change (const DubEstimate *change)
{
  if (isnan (change->low))
    printf ("%+.4f", change->value);
  else
    printf ("%+.4f  [%+.4f, %+.4f]", change->value, change->low, change->high);
}

static void
print_measures (const CliCalibration *before,
                const CliCalibration *after)
{
  static const DubCalibrationMeasure rows[] = {
    DUB_CALIBRATION_ACCURACY, DUB_CALIBRATION_OVERCONFIDENCE, DUB_CALIBRATION_ECE, DUB_CALIBRATION_ADAPTIVE_ECE,
    DUB_CALIBRATION_CLASSWISE_ECE, DUB_CALIBRATION_SMOOTH, DUB_CALIBRATION_AVERAGE, DUB_CALIBRATION_MCE, DUB_CALIBRATION_NLL,
    DUB_CALIBRATION_BRIER, DUB_CALIBRATION_BRIER_RELIABILITY, DUB_CALIBRATION_BRIER_RESOLUTION,
    DUB_CALIBRATION_BRIER_UNCERTAINTY,
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    const DubEstimate *first = &before->measured.estimate[rows[i]];

    if (isnan (first->value))
      continue;
    print_padded (dub_calibration_measure_title (rows[i]), 30);
    print_estimate (first);
    if (after != NULL)
      print_estimate (&after->measured.estimate[rows[i]]);
    if (after != NULL && after->has_change && CHANGES & 1u << rows[i])
      print_change (&after->change[rows[i]]);
    putchar ('\n');
  }

  double within = dub_calibration_brier_within (&before->measured);

  if (isnan (within))
    return;
  print_padded (_("Brier: within groups"), 30);
  printf ("%-+28.4f", within);
  if (after != NULL)
    printf ("%+.4f", dub_calibration_brier_within (&after->measured));
  printf ("\n%s\n", _("Brier score = reliability − resolution + uncertainty + within groups."));
}

static void
print_bin (const DubReliability *bins,
           size_t                m)
{
  if (bins->count[m] == 0)
    printf ("%8s %11s %9s %9s", "0", "", "", "");
  else
    printf ("%8zu %11.4f %9.4f %+9.4f", bins->count[m], bins->confidence[m], bins->accuracy[m],
            bins->confidence[m] - bins->accuracy[m]);
}

static void
print_bins (const DubReliability *bins,
            const char           *title)
{
  print_padded (title, 18);
  printf ("%8s %11s %9s %9s\n", _("cases"), _("confidence"), _("accuracy"), _("gap"));
  for (size_t m = 0; m < bins->n_bins; m++) {
    printf ("%c%.4f, %.4f]  ", m == 0 ? '[' : '(', bins->edge[m], bins->edge[m + 1]);
    print_bin (bins, m);
    putchar ('\n');
  }
}

void
cli_calibration_print (const CliCalibration *before,
                       const CliCalibration *after)
{
  if (after != NULL) {
    print_padded ("", 30);
    print_padded (_("before"), 28);
    print_padded (dub_recalibrate_title (dub_recalibration_get_method (after->recalibration)), 28);
    printf ("%s\n", after->has_change ? _("change, on the same resamples") : "");
  }
  print_measures (before, after);
  putchar ('\n');
  print_bins (before->bins, after != NULL ? _("bins before") : _("bins"));
  if (after != NULL) {
    putchar ('\n');
    print_bins (after->bins, _("bins after"));
  }
}
