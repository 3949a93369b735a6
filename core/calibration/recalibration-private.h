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

G_END_DECLS
