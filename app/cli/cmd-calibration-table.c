#include "app/cli/cmd-calibration-table.h"

#include "app/cli/cli-calibration-table.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-output.h"
#include "core/io/file.h"

#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "A row for every data set and architecture, a column for plain cross-entropy, for its temperature (fitted on the calibration\n"
  "part) and for every other loss that the studies' networks were trained with. Studies that differ by their seed alone are\n"
  "averaged, with a t-interval; a single one has bootstrap intervals of its test cases. Measured on the test part. A note says\n"
  "where the temperature makes the calibration error worse. TABLE ends in .md or .csv (all digits); without -o it is printed.");

typedef struct {
  CliCalibrationTableOptions table;
  char                     **outs;
  char                      *measure;
  gboolean                   json;
} Options;

static void
options_clear (Options *self)
{
  cli_calibration_table_options_clear (&self->table);
  g_strfreev (self->outs);
  g_free (self->measure);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* --- the document --- */

static void
build_change (JsonBuilder       *b,
              const DubEstimate *change)
{
  json_builder_set_member_name (b, "change");
  json_builder_begin_object (b);
  cli_json_double (b, "value", change->value);
  cli_json_double (b, "low", change->low);
  cli_json_double (b, "high", change->high);
  cli_json_string (b, "method", change->method);
  json_builder_end_object (b);
}

static void
build_cell (JsonBuilder               *b,
            const DubCalibrationTable *table,
            const DubTableRow         *row,
            guint                      m,
            guint                      measures)
{
  const DubTableMethod *method = g_ptr_array_index (table->methods, m);
  const DubTableCell *cell = &row->cells[m];

  json_builder_begin_object (b);
  cli_json_string (b, "method", method->id);
  cli_json_string (b, "title", method->title);
  cli_json_double (b, "dca", method->dca);
  cli_json_int (b, "repeats", (gint64) cell->n_values);
  for (int k = 0; k < DUB_N_TABLE_MEASURES; k++) {
    const DubEstimate *estimate = &cell->estimate[k];

    if ((measures & 1u << k) == 0)
      continue;
    json_builder_set_member_name (b, dub_table_measure_id ((DubTableMeasure) k));
    json_builder_begin_object (b);
    cli_json_double (b, "value", estimate->value);
    cli_json_double (b, "low", estimate->low);
    cli_json_double (b, "high", estimate->high);
    cli_json_string (b, "method", estimate->method);
    cli_json_boolean (b, "best", row->best[k] == (int) m);
    if (m != DUB_TABLE_UNCALIBRATED)
      build_change (b, &cell->change[k]);
    cli_json_doubles (b, "values", cell->values[k], row->n_repeats);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
}

static void
print_json (const DubCalibrationTable *table,
            guint                      measures)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_int (b, "bins", (gint64) table->n_bins);
  cli_json_int (b, "resamples", (gint64) table->n_resamples);
  cli_json_double (b, "confidence", DUB_CONFIDENCE);
  json_builder_set_member_name (b, "rows");
  json_builder_begin_array (b);
  for (guint r = 0; r < table->rows->len; r++) {
    const DubTableRow *row = g_ptr_array_index (table->rows, r);

    json_builder_begin_object (b);
    cli_json_string (b, "data", row->data);
    cli_json_string (b, "network", row->network);
    cli_json_int (b, "networks", (gint64) row->n_networks);
    cli_json_int (b, "classes", (gint64) row->n_classes);
    cli_json_int (b, "cases", (gint64) row->n_cases[0]);
    cli_json_int (b, "most_cases", (gint64) row->n_cases[1]);
    cli_json_int (b, "repeats", (gint64) row->n_repeats);
    cli_json_doubles (b, "temperatures", row->temperatures, row->n_repeats);
    json_builder_set_member_name (b, "cells");
    json_builder_begin_array (b);
    for (guint m = 0; m < table->methods->len; m++)
      if (row->cells[m].n_values > 0)
        build_cell (b, table, row, m, measures);
    json_builder_end_array (b);
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
  json_builder_end_object (b);
  cli_json_print (b);
}

/* --- the options --- */

static gboolean
check_options (const Options  *options,
               guint          *measures,
               GError        **error)
{
  static const char *const choices[] = { "ece", "mce", "accuracy", "all", NULL };
  size_t n_outs = options->outs != NULL ? g_strv_length (options->outs) : 0;
  int chosen = DUB_N_TABLE_MEASURES;

  if (options->measure != NULL && !cli_choose ("--measure", options->measure, choices, &chosen, error))
    return FALSE;
  *measures = chosen == DUB_N_TABLE_MEASURES ? (1u << DUB_N_TABLE_MEASURES) - 1 : 1u << chosen;
  for (size_t i = 0; i < n_outs; i++)
    if (!g_str_has_suffix (options->outs[i], ".csv") && !g_str_has_suffix (options->outs[i], ".md"))
      return cli_usage_error (error, _("-o is “%s”, expected the name of a file that ends in .csv or .md."), options->outs[i]);

  return cli_calibration_table_check (&options->table, error)
         && cli_check_outputs ((const char *const *) options->outs, n_outs, NULL, 0, error);
}

static gboolean
write_table (const DubCalibrationTable *table,
             guint                      measures,
             const char                *path,
             GError                   **error)
{
  g_autofree char *text = g_str_has_suffix (path, ".csv") ? dub_calibration_table_csv (table, measures)
                                                          : dub_calibration_table_markdown (table, measures);

  return dub_file_write_atomic (path, text, strlen (text), error);
}

gboolean
cmd_calibration_table (const char *path,
                       int         argc,
                       char      **argv,
                       GError    **error)
{
  g_auto (Options) options = { 0 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *table_entries = cli_calibration_table_entries (&options.table);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.outs, N_("The table: .csv or .md; may be repeated"), "TABLE" },
    { "measure", 0, 0, G_OPTION_ARG_STRING, &options.measure, N_("ece, mce, accuracy or all (all)"), "WHAT" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, table_entries, run_entries };
  guint measures;

  if (!cli_parse (path, _("STUDY.dubito…"), _("Compares losses and temperature by calibration, over studies."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, -1, &argc, &argv, error) || !check_options (&options, &measures, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Measuring"), error);
  size_t n_outs = options.outs != NULL ? g_strv_length (options.outs) : 0;
  g_autoptr (DubCalibrationTable) table =
    cli != NULL ? cli_calibration_table_load (&options.table, argv + 1, (const char *const *) options.outs, n_outs, cli_run_get (cli), error)
                : NULL;

  if (table == NULL)
    return FALSE;
  for (size_t i = 0; i < n_outs; i++)
    if (!write_table (table, measures, options.outs[i], error))
      return FALSE;
  if (options.json) {
    print_json (table, measures);
  } else if (n_outs == 0) {
    g_autofree char *text = dub_calibration_table_markdown (table, measures);

    fputs (text, stdout);
  } else {
    for (size_t i = 0; i < n_outs; i++)
      printf ("%s\n", options.outs[i]);
  }

  return TRUE;
}
