/* What the outputs of a classifier must be before anything is computed from them.
 *
 * Letters: N cases, C classes. Every message names the index of the first case that is wrong.
 */
#pragma once

#include "core/base/error.h"

#include <stddef.h>

G_BEGIN_DECLS

/* Largest distance of a row's sum from 1: float32 softmax of thousands of classes stays far below it,
 * the independent outputs of a multi-label network do not. */
#define DUB_ROW_SUM_TOLERANCE 1e-3

/* dub_check_labels:
 * @what: what the message calls them, "label"
 *
 * DUB_ERROR_SHAPE for no cases or classes, DUB_ERROR_NUMERIC for a label outside [0, C).
 */
gboolean dub_check_labels        (const char    *what,
                                  const int     *labels,
                                  size_t         n_cases,
                                  size_t         n_classes,
                                  GError       **error);

/* Every value in [0, 1]; DUB_ERROR_NUMERIC otherwise, NaN included. DUB_ERROR_SHAPE for no values. */
gboolean dub_check_unit_interval (const char    *what,
                                  const double  *values,
                                  size_t         n_values,
                                  GError       **error);

/* @probabilities (N, C): each in [0, 1], each row's sum within DUB_ROW_SUM_TOLERANCE of 1. C >= 2. */
gboolean dub_check_probabilities (const double  *probabilities,
                                  size_t         n_cases,
                                  size_t         n_classes,
                                  GError       **error);

/* Every value finite; DUB_ERROR_NUMERIC otherwise. @row: values in a case, for the message. */
gboolean dub_check_finite        (const char    *what,
                                  const double  *values,
                                  size_t         n_cases,
                                  size_t         row,
                                  GError       **error);

/* The class with the largest value; of equal ones the first. @row: [C], C >= 1. */
static inline size_t
dub_argmax (const double *row,
            size_t        n_classes)
{
  size_t largest = 0;

  for (size_t c = 1; c < n_classes; c++)
    if (row[c] > row[largest])
      largest = c;

  return largest;
}

G_END_DECLS
