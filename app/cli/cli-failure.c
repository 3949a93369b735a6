#include "app/cli/cli-failure.h"

#include "app/cli/cli-estimate.h"

#include <math.h>
#include <stdio.h>

gboolean
cli_failure_read_options (const CliFailureOptions *options,
                          guint64                 *seed,
                          GError                 **error)
{
  *seed = 0;

  return cli_read_seed ("--seed", options->seed, G_MAXINT64, seed, error) && cli_check_resamples (options->resamples, error);
}

static void
build_rate (JsonBuilder *b,
            const char  *name,
            DubRate      rate)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
  cli_json_double (b, "value", dub_rate_value (rate));
  cli_json_int (b, "n", (gint64) rate.n);
  cli_json_int (b, "d", (gint64) rate.d);
  json_builder_end_object (b);
}

static void
build_point (JsonBuilder             *b,
             const char              *name,
             const DubFailure        *failure,
             const DubOperatingPoint *point)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
  cli_json_double (b, "auc", failure->auroc.value);
  cli_json_double (b, "bacc", point->balanced.value);
  cli_json_double (b, "spec", point->specificity.value);
  cli_json_double (b, "sens", point->sensitivity.value);
  cli_json_double (b, "threshold", point->threshold);
  build_rate (b, "accepted", point->accepted);
  build_rate (b, "risk", point->failures_accepted);
  json_builder_set_member_name (b, "intervals");
  json_builder_begin_object (b);
  cli_json_limits (b, "bacc", &point->balanced);
  cli_json_limits (b, "spec", &point->specificity);
  cli_json_limits (b, "sens", &point->sensitivity);
  json_builder_end_object (b);
  json_builder_end_object (b);
}

static void
build_auroc (JsonBuilder      *b,
             const DubFailure *failure)
{
  json_builder_set_member_name (b, "auroc");
  json_builder_begin_object (b);
  cli_json_double (b, "value", failure->auroc.value);
  cli_json_double (b, "low", failure->auroc.low);
  cli_json_double (b, "high", failure->auroc.high);
  cli_json_string (b, "method", failure->auroc.method);
  cli_json_limits (b, "bootstrap", &failure->auroc_bootstrap);
  json_builder_end_object (b);
}

static void
build_zero_failure (JsonBuilder      *b,
                    const DubFailure *failure,
                    const char       *zero_case)
{
  json_builder_set_member_name (b, "zero_failure");
  json_builder_begin_object (b);
  cli_json_double (b, "coverage", failure->zero_failure.value);
  cli_json_double (b, "low", failure->zero_failure.low);
  cli_json_double (b, "high", failure->zero_failure.high);
  cli_json_string (b, "method", failure->zero_failure.method);
  cli_json_int (b, "n", (gint64) failure->zero_failure.n);
  cli_json_int (b, "d", (gint64) failure->zero_failure.d);
  if (failure->zero_failure_case < 0 || zero_case != NULL)
    cli_json_string (b, "case", failure->zero_failure_case < 0 ? NULL : zero_case);
  else
    cli_json_int (b, "case", failure->zero_failure_case);
  cli_json_limits (b, "specificity", &failure->zero_specificity);
  json_builder_end_object (b);
}

void
cli_failure_build (JsonBuilder      *b,
                   const DubFailure *failure,
                   const char       *zero_case)
{
  static const char *const names[] = { "aurc", "eaurc", "augrc", "fpr95" };
  const DubEstimate *const areas[] = { &failure->aurc, &failure->eaurc, &failure->augrc, &failure->fpr95 };

  build_auroc (b, failure);
  build_point (b, "bacc", failure, &failure->point[DUB_POINT_BALANCED]);
  build_point (b, "spec", failure, &failure->point[DUB_POINT_SPECIFICITY]);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    cli_json_double (b, names[i], areas[i]->value);
  json_builder_set_member_name (b, "intervals");
  json_builder_begin_object (b);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    cli_json_limits (b, names[i], areas[i]);
  json_builder_end_object (b);
  build_zero_failure (b, failure, zero_case);
  cli_json_int (b, "n", (gint64) failure->n_cases);
  cli_json_int (b, "n_failures", (gint64) failure->n_failures);
  cli_json_string (b, "thresholds_on", failure->has_fitting ? "calibration" : "the measured cases");
  if (failure->has_fitting) {
    json_builder_set_member_name (b, "chosen_on_measured");
    json_builder_begin_object (b);
    build_point (b, "bacc", failure, &failure->own_point[DUB_POINT_BALANCED]);
    build_point (b, "spec", failure, &failure->own_point[DUB_POINT_SPECIFICITY]);
    json_builder_end_object (b);
  }
}

/* --- a terminal --- */

char *
cli_count_cases (size_t n)
{
  return g_strdup_printf (g_dngettext (NULL, "%zu case", "%zu cases", n), n);
}

char *
cli_count_failures (size_t n)
{
  return g_strdup_printf (g_dngettext (NULL, "%zu failure", "%zu failures", n), n);
}

void
cli_failure_print_head (void)
{
  printf ("%-22s %-19s %-19s %-15s %-15s %-19s %s\n", _("score"), "AUROC", _("balanced accuracy"), _("specificity"),
          _("sensitivity"), "AUGRC", _("coverage without failure"));
}

static void
print_rate (DubRate rate)
{
  g_autofree char *text = rate.d > 0 ? g_strdup_printf ("%.3f %zu/%zu", dub_rate_value (rate), rate.n, rate.d) : g_strdup ("–");

  printf (" %-15s", text);
}

void
cli_failure_print (const char       *title,
                   const DubFailure *failure)
{
  const DubOperatingPoint *point = &failure->point[DUB_POINT_BALANCED];

  printf ("%-22s", title);
  cli_print_estimate (&failure->auroc);
  cli_print_estimate (&point->balanced);
  print_rate (point->failures_rejected);
  print_rate (point->correct_accepted);
  cli_print_estimate (&failure->augrc);
  cli_print_estimate (&failure->zero_failure);
  putchar ('\n');
}
