/* dubito-cli calibration of a regression: whether its intervals hold what they promise. */
#include "app/cli/cli-calibration.h"

#include "app/cli/cli-failure.h"
#include "app/cli/cli-predictions.h"
#include "core/calibration/regression.h"
#include "ui/figures/regression-figure.h"

#include <math.h>
#include <stdio.h>

typedef struct {
  DubEstimate estimates[DUB_N_REGRESSION_MEASURES];
  double      level[DUB_REGRESSION_LEVELS], share[DUB_REGRESSION_LEVELS];
} Measured;

typedef struct {
  const CliCalibrationOptions      *options;
  const DubPredictionsFile         *file, *fit;
  double                            level;
  const DubRegressionRecalibration *map; /* (nullable) */
  const Measured                   *before, *after;
  const GPtrArray                  *warnings;
} Told;

static gboolean
measure (const DubRegressionCases     *cases,
         double                        level,
         const CliCalibrationOptions  *options,
         DubRun                       *run,
         Measured                     *measured,
         GError                      **error)
{
  dub_regression_curve (cases, DUB_REGRESSION_LEVELS, measured->level, measured->share);

  return dub_regression_measure (cases, level, (guint) options->resamples, options->seed, run, measured->estimates, error);
}

/* --- telling --- */

static void
build_measures (JsonBuilder    *b,
                const Measured *measured)
{
  for (int i = 0; i < DUB_N_REGRESSION_MEASURES; i++)
    cli_json_estimate (b, dub_regression_measure_id ((DubRegressionMeasure) i), &measured->estimates[i]);
  json_builder_set_member_name (b, "curve");
  json_builder_begin_array (b);
  for (size_t i = 0; i < DUB_REGRESSION_LEVELS; i++) {
    json_builder_begin_object (b);
    cli_json_double (b, "level", measured->level[i]);
    cli_json_double (b, "share", measured->share[i]);
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
}

static void
build_map (JsonBuilder                      *b,
           const DubRegressionRecalibration *map)
{
  json_builder_set_member_name (b, "recalibration");
  json_builder_begin_object (b);
  cli_json_string (b, "method", dub_regression_method_id (map->method));
  cli_json_string (b, "split", map->split);
  cli_json_int (b, "n_cases", (gint64) map->n_cases);
  if (map->method == DUB_REGRESSION_VARIANCE) {
    cli_json_double (b, "factor", map->factor);
  } else {
    cli_json_doubles (b, "level", map->map->x, map->map->n_points);
    cli_json_doubles (b, "share", map->map->y, map->map->n_points);
  }
  json_builder_end_object (b);
}

static void
print_json (const Told *told)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "file", told->file->name);
  cli_json_string (b, "fit", told->fit != NULL ? told->fit->name : NULL);
  cli_json_string (b, "kind", "regression");
  cli_json_int (b, "n", (gint64) told->file->regression->n_cases);
  cli_json_int (b, "n_fit", told->fit != NULL ? (gint64) told->fit->regression->n_cases : 0);
  cli_json_double (b, "level", told->level);
  cli_json_double (b, "confidence", DUB_CONFIDENCE);
  cli_json_int (b, "resamples", told->options->resamples);
  cli_json_int (b, "seed", (gint64) told->options->seed);
  build_measures (b, told->before);
  if (told->after != NULL) {
    json_builder_set_member_name (b, "after");
    json_builder_begin_object (b);
    build_map (b, told->map);
    build_measures (b, told->after);
    json_builder_end_object (b);
  }
  cli_calibration_build_warnings (b, told->warnings);
  json_builder_end_object (b);
  cli_json_print (b);
}

static void
print_estimate (const DubEstimate *estimate)
{
  g_autofree char *text = isnan (estimate->low)
                            ? g_strdup_printf ("%.5g", estimate->value)
                            : g_strdup_printf ("%.5g  [%.5g, %.5g]", estimate->value, estimate->low, estimate->high);

  printf ("%-34s", text);
}

static void
print_text (const Told *told)
{
  g_autofree char *cases = cli_count_cases (told->file->regression->n_cases);

  printf (_("%s: regression, %s; intervals of level %g\n\n"), told->file->name, cases, told->level);
  printf ("%-42s%-34s%s\n", "", told->after != NULL ? _("before") : "",
          told->after != NULL ? dub_regression_method_id (told->map->method) : "");
  for (int i = 0; i < DUB_N_REGRESSION_MEASURES; i++) {
    printf ("%-42s", dub_regression_measure_title ((DubRegressionMeasure) i));
    print_estimate (&told->before->estimates[i]);
    if (told->after != NULL)
      print_estimate (&told->after->estimates[i]);
    putchar ('\n');
  }
  printf ("\n%s\n", _("Share of truths below the predicted quantile:"));
  for (size_t i = 0; i < DUB_REGRESSION_LEVELS; i++) {
    printf ("  %.2f  %.4f", told->before->level[i], told->before->share[i]);
    if (told->after != NULL)
      printf ("  %.4f", told->after->share[i]);
    putchar ('\n');
  }
  if (told->map != NULL && told->map->method == DUB_REGRESSION_VARIANCE)
    printf (_("\nStandard deviations are multiplied by %.4g.\n"), told->map->factor);
  for (guint i = 0; i < told->warnings->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (told->warnings, i));
}

/* --- drawing --- */

static void
add_entry (GPtrArray  *list,
           const char *key,
           char       *value)
{
  g_ptr_array_add (list, g_strdup (key));
  g_ptr_array_add (list, value);
}

static gboolean
draw (const Told  *told,
      GError     **error)
{
  const Measured *const measured[] = { told->before, told->after };
  g_autoptr (GPtrArray) provenance = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = g_path_get_basename (told->file->name);
  g_autofree char *title = g_strdup_printf ("%s, n = %zu", name, told->file->regression->n_cases);
  DubRegressionCurve curves[2];
  size_t n_curves = told->after != NULL ? 2 : 1;

  for (size_t k = 0; k < n_curves; k++)
    curves[k] = (DubRegressionCurve) {
      k == 0 ? n_curves == 1 ? "measured" : "before" : dub_regression_method_id (told->map->method),
      measured[k]->level, measured[k]->share, DUB_REGRESSION_LEVELS,
      measured[k]->estimates[DUB_REGRESSION_MISCALIBRATION_AREA].value,
    };
  add_entry (provenance, "cases", g_strdup_printf ("%zu", told->file->regression->n_cases));
  add_entry (provenance, "file", g_strdup (name));
  if (told->after != NULL) {
    add_entry (provenance, "fit", g_path_get_basename (told->fit->name));
    add_entry (provenance, "recalibration", g_strdup (dub_regression_method_id (told->map->method)));
  }
  add_entry (provenance, "software", g_strdup ("Dubito " DUB_VERSION));
  g_ptr_array_add (provenance, NULL);
  for (size_t i = 0; told->options->figure.outs[i] != NULL; i++)
    if (!dub_regression_figure_export (curves, n_curves, title, (const char *const *) provenance->pdata,
                                       told->options->figure.outs[i], &told->options->figure.export, error))
      return FALSE;

  return TRUE;
}

/* --- the whole --- */

static void
warn_of (const Told                *told,
         const DubRegressionCases  *cases,
         const DubRegressionCases  *fitted,
         GPtrArray                 *warnings)
{
  const double before = told->before->estimates[DUB_REGRESSION_MISCALIBRATION_AREA].value;

  if (cases->n_cases < DUB_FIT_FEW_CASES) {
    g_autofree char *few = cli_count_cases (cases->n_cases);

    cli_warn (warnings, _("%s: only %s: look at the intervals before the values."), told->file->name, few);
  }
  if (told->map == NULL)
    return;
  if (fitted->n_cases < DUB_FIT_FEW_CASES) {
    g_autofree char *few = cli_count_cases (fitted->n_cases);

    cli_warn (warnings, _("%s: only %s: a recalibration fitted on so few is loose."), told->fit->name, few);
  }
  if (told->map->n_beyond > 0) {
    g_autofree char *beyond = cli_count_cases (told->map->n_beyond);

    cli_warn (warnings, _("%s: %s so far from the prediction that no map of levels reaches them; use variance instead."),
                          told->fit->name, beyond);
  }
  if (told->after != NULL && told->after->estimates[DUB_REGRESSION_MISCALIBRATION_AREA].value > before)
    cli_warn (warnings, _("It makes the miscalibration area on these cases worse: %.4f before, %.4f after."), before,
                          told->after->estimates[DUB_REGRESSION_MISCALIBRATION_AREA].value);
}

static gboolean
check_options (const CliCalibrationOptions *options,
               const DubPredictionsFile    *file,
               DubRegressionMethod         *method,
               GError                     **error)
{
  if (options->recalibrate != NULL && !dub_regression_method_from_id (options->recalibrate, method))
    return cli_usage_error (error, _("--recalibrate is “%s”, which is for classes; expected variance or isotonic for the regression "
                                     "in %s."), options->recalibrate, file->name);
  if (options->class_name != NULL || options->measures_text != NULL)
    return cli_usage_error (error, _("--class and --measures are for answers; %s is a regression."), file->name);
  if (options->asks_bins)
    return cli_usage_error (error, _("--bins and --binning are for answers; %s is a regression, which is measured without bins."),
                            file->name);

  return TRUE;
}

gboolean
cmd_calibration_regression (const CliCalibrationOptions  *options,
                            const DubPredictionsFile     *file,
                            const DubPredictionsFile     *fit,
                            GPtrArray                    *warnings,
                            DubRun                       *run,
                            GError                      **error)
{
  g_autoptr (DubRegressionRecalibration) map = NULL;
  g_autoptr (DubRegressionCases) mended = NULL;
  DubRegressionMethod method = DUB_REGRESSION_VARIANCE;
  Measured before, after;
  Told told = {
    .options = options,
    .file = file,
    .fit = fit,
    .level = isnan (options->level) ? 0.95 : options->level,
    .before = &before,
    .warnings = warnings,
  };

  if (!check_options (options, file, &method, error))
    return FALSE;
  dub_run_set_span (run, 0.0, options->recalibrate != NULL ? 0.5 : 1.0);
  if (!measure (file->regression, told.level, options, run, &before, error))
    return FALSE;
  if (options->recalibrate != NULL) {
    told.map = map = dub_regression_recalibrate (fit->regression, method, "calibration", error);
    mended = map != NULL ? dub_regression_recalibration_apply (map, file->regression, error) : NULL;
    dub_run_set_span (run, 0.5, 1.0);
    if (mended == NULL || !measure (mended, told.level, options, run, &after, error))
      return FALSE;
    told.after = &after;
  }
  warn_of (&told, file->regression, fit != NULL ? fit->regression : NULL, warnings);
  if (options->figure.outs != NULL && !draw (&told, error))
    return FALSE;
  if (options->json)
    print_json (&told);
  else
    print_text (&told);

  return TRUE;
}
