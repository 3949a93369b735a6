#include "core/study/calibration-table.h"

#include "core/io/csv.h"

#include <math.h>

static const char *const TITLES[DUB_N_TABLE_MEASURES] = {
  "Expected calibration error (ECE), smaller is better", "Maximum calibration error (MCE), smaller is better",
  "Accuracy, larger is better",
};

char *
dub_table_row_title (const DubTableRow *row)
{
  g_autofree char *together = row->n_networks > 1 ? g_strdup_printf (", mean of %" G_GSIZE_FORMAT, row->n_networks) : g_strdup ("");

  return g_strdup_printf ("%s, %s%s", row->data, row->network, together);
}

static const DubTableMethod *
method_at (const DubCalibrationTable *self,
           guint                      m)
{
  return g_ptr_array_index (self->methods, m);
}

/* --- for programs --- */

static void
append_exact (GString *text,
              double   value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ',');
  if (isfinite (value))
    g_string_append (text, g_ascii_dtostr (digits, sizeof digits, value));
}

static void
append_field (GString    *text,
              const char *field)
{
  g_string_append_c (text, ',');
  dub_csv_append (text, field != NULL ? field : "");
}

/* Of the repeats, with blanks between them: an empty place is "-". */
static void
append_values (GString      *text,
               const double *values,
               size_t        n)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ',');
  for (size_t i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (text, ' ');
    g_string_append (text, isfinite (values[i]) ? g_ascii_dtostr (digits, sizeof digits, values[i]) : "-");
  }
}

char *
dub_calibration_table_csv (const DubCalibrationTable *self,
                           guint                      measures)
{
  GString *text = g_string_new ("data,network,networks,classes,cases,repeats,method,measure,value,low,high,interval,change,"
                                "change_low,change_high,best,values\n");

  for (guint r = 0; r < self->rows->len; r++) {
    const DubTableRow *row = g_ptr_array_index (self->rows, r);

    for (guint m = 0; m < self->methods->len; m++)
      for (int k = 0; k < DUB_N_TABLE_MEASURES; k++) {
        const DubTableCell *cell = &row->cells[m];

        if ((measures & 1u << k) == 0 || cell->n_values == 0)
          continue;
        dub_csv_append (text, row->data);
        append_field (text, row->network);
        g_string_append_printf (text, ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT,
                                row->n_networks, row->n_classes, row->n_cases[0], cell->n_values);
        append_field (text, method_at (self, m)->id);
        append_field (text, dub_table_measure_id ((DubTableMeasure) k));
        append_exact (text, cell->estimate[k].value);
        append_exact (text, cell->estimate[k].low);
        append_exact (text, cell->estimate[k].high);
        append_field (text, cell->estimate[k].method);
        append_exact (text, cell->change[k].value);
        append_exact (text, cell->change[k].low);
        append_exact (text, cell->change[k].high);
        g_string_append_printf (text, ",%d", row->best[k] == (int) m);
        append_values (text, cell->values[k], row->n_repeats);
        g_string_append_c (text, '\n');
      }
  }

  return g_string_free (text, FALSE);
}

/* --- for a reader --- */

/* What a table cell of Markdown takes: a bar would end it. */
static void
append_plain (GString    *text,
              const char *words)
{
  for (; *words != '\0'; words++) {
    if (*words == '|')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *words == '\n' ? ' ' : *words);
  }
}

static void
append_rounded (GString *text,
                double   value,
                gboolean is_signed)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  double rounded = round (value * 1000.0) / 1000.0;

  if (is_signed)
    g_string_append (text, rounded < 0.0 ? "−" : rounded > 0.0 ? "+" : "");
  g_string_append (text, g_ascii_formatd (digits, sizeof digits, "%.3f", is_signed ? fabs (rounded) : value));
}

static void
append_estimate (GString           *text,
                 const DubEstimate *estimate,
                 gboolean           is_signed)
{
  if (isnan (estimate->value)) {
    g_string_append (text, "–");
    return;
  }
  append_rounded (text, estimate->value, is_signed);
  if (isnan (estimate->low) || isnan (estimate->high))
    return;
  g_string_append (text, " (");
  append_rounded (text, estimate->low, is_signed);
  g_string_append (text, is_signed ? " to " : "–");
  append_rounded (text, estimate->high, is_signed);
  g_string_append_c (text, ')');
}

/* Whether a column stands in a table: no temperature changes an answer. */
static gboolean
has_column (const DubCalibrationTable *self,
            guint                      m,
            int                        measure)
{
  if (measure == DUB_TABLE_ACCURACY && m == DUB_TABLE_TEMPERATURE)
    return FALSE;
  for (guint r = 0; r < self->rows->len; r++)
    if (((const DubTableRow *) g_ptr_array_index (self->rows, r))->cells[m].n_values > 0)
      return TRUE;

  return FALSE;
}

static void
append_head (const DubCalibrationTable *self,
             GString                   *text,
             const char                *title,
             int                        measure,
             guint                      first)
{
  g_string_append_printf (text, "\n**%s**\n\n| data set | network | n |", title);
  for (guint m = first; m < self->methods->len; m++)
    if (has_column (self, m, measure)) {
      g_string_append_c (text, ' ');
      append_plain (text, method_at (self, m)->title);
      g_string_append (text, " |");
    }
  g_string_append (text, "\n|---|---|---|");
  for (guint m = first; m < self->methods->len; m++)
    if (has_column (self, m, measure))
      g_string_append (text, "---|");
  g_string_append_c (text, '\n');
}

static void
append_row_head (GString           *text,
                 const DubTableRow *row)
{
  g_string_append (text, "| ");
  append_plain (text, row->data);
  g_string_append (text, " | ");
  append_plain (text, row->network);
  if (row->n_networks > 1)
    g_string_append_printf (text, ", mean of %" G_GSIZE_FORMAT, row->n_networks);
  g_string_append_printf (text, " | %" G_GSIZE_FORMAT, row->n_cases[0]);
  if (row->n_cases[1] > row->n_cases[0])
    g_string_append_printf (text, "–%" G_GSIZE_FORMAT, row->n_cases[1]);
  if (row->n_repeats > 1)
    g_string_append_printf (text, " × %" G_GSIZE_FORMAT, row->n_repeats);
  g_string_append (text, " |");
}

/* Whether a row belongs into the table of two classes, of more, or (-1) into one of all. */
static gboolean
is_listed (const DubTableRow *row,
           int                many)
{
  return many < 0 || (row->n_classes > 2) == (many > 0);
}

/* The mean over the rows, where a method has all of them and there are several. */
static void
append_average (const DubCalibrationTable *self,
                GString                   *text,
                int                        measure,
                int                        many)
{
  size_t n_rows = 0;

  for (guint r = 0; r < self->rows->len; r++)
    n_rows += is_listed (g_ptr_array_index (self->rows, r), many);
  if (n_rows < 2)
    return;
  g_string_append (text, "| average | | |");
  for (guint m = 0; m < self->methods->len; m++) {
    double sum = 0.0;

    if (!has_column (self, m, measure))
      continue;
    for (guint r = 0; r < self->rows->len; r++) {
      const DubTableRow *row = g_ptr_array_index (self->rows, r);

      if (is_listed (row, many))
        sum += row->cells[m].estimate[measure].value;
    }
    g_string_append_c (text, ' ');
    if (isnan (sum))
      g_string_append (text, "–");
    else
      append_rounded (text, sum / (double) n_rows, FALSE);
    g_string_append (text, " |");
  }
  g_string_append_c (text, '\n');
}

static void
append_table (const DubCalibrationTable *self,
              GString                   *text,
              const char                *title,
              int                        measure,
              int                        many)
{
  gboolean any = FALSE;

  for (guint r = 0; r < self->rows->len; r++)
    any |= is_listed (g_ptr_array_index (self->rows, r), many);
  if (!any)
    return;
  append_head (self, text, title, measure, 0);
  for (guint r = 0; r < self->rows->len; r++) {
    const DubTableRow *row = g_ptr_array_index (self->rows, r);

    if (!is_listed (row, many))
      continue;
    append_row_head (text, row);
    for (guint m = 0; m < self->methods->len; m++) {
      const char *mark = row->best[measure] == (int) m ? "**" : "";

      if (!has_column (self, m, measure))
        continue;
      g_string_append_printf (text, " %s", mark);
      append_estimate (text, &row->cells[m].estimate[measure], FALSE);
      g_string_append_printf (text, "%s |", mark);
    }
    g_string_append_c (text, '\n');
  }
  append_average (self, text, measure, many);
}

/* Of the same repeats, which tells more than two intervals side by side. */
static void
append_changes (const DubCalibrationTable *self,
                GString                   *text,
                int                        measure)
{
  g_autofree char *title = g_strdup_printf ("Change of the %s against uncalibrated, of the same repeats or cases",
                                            measure == DUB_TABLE_ECE   ? "ECE"
                                            : measure == DUB_TABLE_MCE ? "MCE"
                                                                       : "accuracy");
  gboolean any = FALSE;

  for (guint m = 1; m < self->methods->len; m++)
    any |= has_column (self, m, measure);
  if (!any)
    return;
  append_head (self, text, title, measure, 1);
  for (guint r = 0; r < self->rows->len; r++) {
    const DubTableRow *row = g_ptr_array_index (self->rows, r);

    append_row_head (text, row);
    for (guint m = 1; m < self->methods->len; m++)
      if (has_column (self, m, measure)) {
        g_string_append_c (text, ' ');
        append_estimate (text, &row->cells[m].change[measure], TRUE);
        g_string_append (text, " |");
      }
    g_string_append_c (text, '\n');
  }
}

/* --- notes --- */

static void
append_temperatures (GString           *text,
                     const DubTableRow *row)
{
  size_t n = 0;
  double low = INFINITY, high = 0.0;
  char digits[2][G_ASCII_DTOSTR_BUF_SIZE];

  for (size_t i = 0; i < row->n_repeats; i++)
    if (!isnan (row->temperatures[i])) {
      low = fmin (low, row->temperatures[i]);
      high = fmax (high, row->temperatures[i]);
      n++;
    }
  g_ascii_formatd (digits[0], sizeof digits[0], "%.2f", low);
  g_ascii_formatd (digits[1], sizeof digits[1], "%.2f", high);
  g_string_append_printf (text, "T = %s", isfinite (low) ? digits[0] : "∞");
  if (n > 1)
    g_string_append_printf (text, " to %s", isfinite (high) ? digits[1] : "∞");
}

/* The Kather case of source 002: fitted on other cases, a temperature can make things worse, and then that is said. */
static void
append_direction (GString           *text,
                  const DubTableRow *row)
{
  const DubTableCell *plain = &row->cells[DUB_TABLE_UNCALIBRATED], *scaled = &row->cells[DUB_TABLE_TEMPERATURE];
  const double *before = plain->values[DUB_TABLE_ECE], *after = scaled->values[DUB_TABLE_ECE];
  g_autofree char *title = dub_table_row_title (row);
  size_t n = 0, n_worse = 0, n_refused = 0;

  for (size_t i = 0; i < row->n_repeats; i++)
    if (!isnan (before[i]) && !isnan (after[i])) {
      n++;
      n_worse += after[i] > before[i];
    }
  for (size_t i = 0; i < row->n_repeats; i++)
    n_refused += row->temperatures[i] == 0.0;
  if (n_refused > 0)
    g_string_append_printf (text, "- %s: no temperature in %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ", as the best one, 0, would make "
                                  "every answer certain: on the calibration part no label is below another class.\n", title, n_refused,
                            row->n_repeats);
  if (n == 0)
    return;
  g_string_append_printf (text, "- %s", title);
  g_string_append (text, n_worse > 0 ? ": **temperature makes the ECE worse**" : ": temperature makes the ECE better");
  if (n > 1)
    g_string_append_printf (text, " in %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " repeats, on average",
                            n_worse > 0 ? n_worse : n - n_worse, n);
  g_string_append_c (text, ' ');
  append_rounded (text, plain->estimate[DUB_TABLE_ECE].value, FALSE);
  g_string_append (text, " → ");
  append_rounded (text, scaled->estimate[DUB_TABLE_ECE].value, FALSE);
  g_string_append (text, " (");
  append_temperatures (text, row);
  g_string_append (text, ").\n");
}

static void
append_notes (const DubCalibrationTable *self,
              GString                   *text,
              guint                      measures)
{
  gboolean several = FALSE, single = FALSE, marked = FALSE;

  for (guint r = 0; r < self->rows->len; r++) {
    const DubTableRow *row = g_ptr_array_index (self->rows, r);

    several |= row->n_repeats > 1;
    single |= row->n_repeats == 1;
    for (int k = 0; k < DUB_N_TABLE_MEASURES; k++)
      marked |= (measures & 1u << k) != 0 && row->best[k] >= 0;
  }
  g_string_append_printf (text, "\nMeasured on the test part; ECE and MCE are of the answer's confidence in %" G_GSIZE_FORMAT
                                " bins of equal width.", self->n_bins);
  if (single)
    g_string_append (text, " In parentheses 95 % intervals of the cases (accuracy: Wilson, or of patients; ECE and MCE: bootstrap, "
                           "which holds the truth in about nine of ten samples). Changes are of the same cases, by the paired "
                           "bootstrap; few cases make a small ECE look larger than it is, and an improvement smaller.");
  if (several)
    g_string_append (text, " n × r: the mean of r repeats that differ by their seed alone, with the 95 % t-interval of that mean (not "
                           "an SD). Where the seed draws the split, the repeats share cases: the interval speaks of these data.");
  if (marked)
    g_string_append (text, " **Bold**: the best value of the row, whatever its interval.");
  g_string_append_c (text, '\n');
  if ((measures & 1u << DUB_TABLE_ECE) == 0)
    return;
  g_string_append_c (text, '\n');
  for (guint r = 0; r < self->rows->len; r++)
    append_direction (text, g_ptr_array_index (self->rows, r));
}

char *
dub_calibration_table_markdown (const DubCalibrationTable *self,
                                guint                      measures)
{
  GString *text = g_string_new (NULL);
  g_autofree char *ece = g_strdup_printf ("Table 1. %s", TITLES[DUB_TABLE_ECE]);
  g_autofree char *accuracy = g_strdup_printf ("Table 1, continued. %s", TITLES[DUB_TABLE_ACCURACY]);
  g_autofree char *binary = g_strdup_printf ("Table 2. %s, two classes", TITLES[DUB_TABLE_MCE]);
  g_autofree char *many = g_strdup_printf ("Table 3. %s, more than two classes", TITLES[DUB_TABLE_MCE]);

  if (measures & 1u << DUB_TABLE_ECE) {
    append_table (self, text, ece, DUB_TABLE_ECE, -1);
    append_changes (self, text, DUB_TABLE_ECE);
  }
  if (measures & 1u << DUB_TABLE_ACCURACY) {
    append_table (self, text, accuracy, DUB_TABLE_ACCURACY, -1);
    append_changes (self, text, DUB_TABLE_ACCURACY);
  }
  if (measures & 1u << DUB_TABLE_MCE) {
    append_table (self, text, binary, DUB_TABLE_MCE, 0);
    append_table (self, text, many, DUB_TABLE_MCE, 1);
    append_changes (self, text, DUB_TABLE_MCE);
  }
  append_notes (self, text, measures);
  /* Without the empty line before the first table. */
  if (text->str[0] == '\n')
    g_string_erase (text, 0, 1);

  return g_string_free (text, FALSE);
}
