#include "core/stats/check.h"

#include <math.h>

static gboolean
check_size (const char  *what,
            size_t       n,
            GError     **error)
{
  if (n > 0)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "There is no %s; at least one is needed.", what);

  return FALSE;
}

gboolean
dub_check_labels (const char  *what,
                  const int   *labels,
                  size_t       n_cases,
                  size_t       n_classes,
                  GError     **error)
{
  if (!check_size (what, n_cases, error) || !check_size ("class", n_classes, error))
    return FALSE;

  for (size_t i = 0; i < n_cases; i++)
    if (labels[i] < 0 || (size_t) labels[i] >= n_classes) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The %s of case %zu is %d; expected 0 to %zu.", what, i, labels[i], n_classes - 1);
      return FALSE;
    }

  return TRUE;
}

gboolean
dub_check_unit_interval (const char    *what,
                         const double  *values,
                         size_t         n_values,
                         GError       **error)
{
  if (!check_size (what, n_values, error))
    return FALSE;

  /* Written so that NaN fails. */
  for (size_t i = 0; i < n_values; i++)
    if (!(values[i] >= 0.0 && values[i] <= 1.0)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The %s of case %zu is %g; expected a number from 0 to 1.", what, i, values[i]);
      return FALSE;
    }

  return TRUE;
}

gboolean
dub_check_probabilities (const double  *probabilities,
                         size_t         n_cases,
                         size_t         n_classes,
                         GError       **error)
{
  if (!check_size ("case", n_cases, error))
    return FALSE;
  if (n_classes < 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The probabilities have %zu classes; expected one for each of two or more.", n_classes);
    return FALSE;
  }

  for (size_t i = 0; i < n_cases; i++) {
    const double *row = probabilities + i * n_classes;
    double sum = 0.0;

    for (size_t c = 0; c < n_classes; c++) {
      if (!(row[c] >= 0.0 && row[c] <= 1.0)) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                     "The probability of case %zu, class %zu is %g; expected a number from 0 to 1.", i, c, row[c]);
        return FALSE;
      }
      sum += row[c];
    }
    if (fabs (sum - 1.0) > DUB_ROW_SUM_TOLERANCE) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The probabilities of case %zu add up to %g; expected 1.", i, sum);
      return FALSE;
    }
  }

  return TRUE;
}

gboolean
dub_check_finite (const char    *what,
                  const double  *values,
                  size_t         n_cases,
                  size_t         row,
                  GError       **error)
{
  if (!check_size (what, n_cases, error) || !check_size (what, row, error))
    return FALSE;

  for (size_t i = 0; i < n_cases; i++)
    for (size_t c = 0; c < row; c++)
      if (!isfinite (values[i * row + c])) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                     "The %s of case %zu is %g; expected a finite number.", what, i, values[i * row + c]);
        return FALSE;
      }

  return TRUE;
}
