/* The numbers of one curve as the table of the figure keeps them. failure-figure*.c only. */
#pragma once

#include "ui/figures/failure-figure.h"

G_BEGIN_DECLS

typedef struct {
  char   *id;
  size_t  n_points, n_cases, n_failures;
  double *threshold;
  size_t *accepted, *failures;
} DubFailureTableCurve;

G_END_DECLS
