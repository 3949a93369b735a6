/* What an epoch is judged by. Letters: N cases, C classes. */
#pragma once

#include "core/base/error.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  double   loss;      /* mean plain cross-entropy */
  double   accuracy;
  double   ece;       /* 002, eq. 5, 15 bins of equal width */
  double   auroc;     /* of class 1 where C is 2, else the mean of one class against the rest; NaN without both sides */
  size_t   n_correct;
  gboolean one_class; /* every case gets the same answer */
  gboolean finite;    /* FALSE: some logit is no finite number, and the other members are NaN */
} DubFitMetrics;

/* @logits: [N][C]; @labels: [N] in [0, C); N >= 1 */
void dub_fit_measure (const float   *logits,
                      const int     *labels,
                      size_t         n_cases,
                      size_t         n_classes,
                      DubFitMetrics *result);

G_END_DECLS
