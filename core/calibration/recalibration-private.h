/* What the files of a recalibration share; recalibration*.c only. */
#pragma once

#include "core/calibration/beta.h"
#include "core/calibration/isotonic.h"
#include "core/calibration/platt.h"
#include "core/calibration/recalibration.h"
#include "core/calibration/vector.h"

G_BEGIN_DECLS

struct _DubRecalibration {
  gatomicrefcount ref_count;
  DubRecalibrate  method;
  DubFitKind      kind;
  size_t          n_cases;
  size_t          n_classes;  /* C; 0 = of the top label's confidence */
  size_t          n_patients; /* 0 = not known, or every case another's */
  size_t         *counts;     /* [MAX (C, 2)] cases of each class; of C = 0 wrong and right answers */
  char           *split;
  double          beta;       /* of temperature: 1 / T, 0 and INFINITY at its ends */
  double          low, high;  /* of temperature: of T */
  DubVector      *vector;     /* (nullable) of vector */
  GPtrArray      *maps;       /* (nullable) of DubPlatt, DubIsotonic or DubBeta: one for C = 0 and C = 2, else C */
};

/* Of the method's kind, without any map yet. */
DubRecalibration *_dub_recalibration_new      (DubRecalibrate          method,
                                               size_t                  n_classes);
/* 1 or C; 0 for a method without such maps. */
size_t            _dub_recalibration_n_maps   (const DubRecalibration *self);
DubFitKind        _dub_recalibration_map_kind (const DubRecalibration *self,
                                               size_t                  map);
/* From the kinds of its maps. */
DubFitKind        _dub_recalibration_judge    (const DubRecalibration *self);

/* Of a probability, no further from 0 than 34.5. */
double            _dub_recalibration_log_odds (double                  probability);
/* The log-odds of every class against the rest, z_c - ln Σ exp z of the others, with an exponential for each: the rest of a class
 * that is not the largest holds the largest, so that sums from both sides have all digits. @scratch: [C + 1]; @out: (out) [C] */
void              _dub_recalibration_log_odds_row (const double       *z,
                                               size_t                  n_classes,
                                               double                 *scratch,
                                               double                 *out);
/* The probability of a class against the rest; of the sum of the rest, because 1 - p has no digits near 1, and a row's sum is 1
 * within rounding only. */
double            _dub_recalibration_share    (const double           *p,
                                               size_t                  n_classes,
                                               size_t                  c);

G_END_DECLS
