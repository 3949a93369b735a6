/* How a table is made: calibration-table.c finds rows and columns, calibration-table-measure.c fills the cells. */
#pragma once

#include "core/study/calibration-table.h"

G_BEGIN_DECLS

/* One family of one study, and where it belongs. */
typedef struct {
  size_t study;
  char  *family;
  guint  row, method, repeat;
} DubTableEntry;

/* Measures @entries [n], all of one study, into their cells. */
gboolean _dub_calibration_table_measure (DubCalibrationTable              *self,
                                         const DubTableEntry              *entries,
                                         guint                             n,
                                         DubStudy                         *study,
                                         const DubCalibrationTableOptions *options,
                                         DubRun                           *run,
                                         GError                          **error);
/* Means over the repeats of a row whose cells are filled, and which is the best. */
void     _dub_table_row_summarise       (DubTableRow                      *row,
                                         size_t                            n_methods);

G_END_DECLS
