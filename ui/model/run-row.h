/* A training run as a row of a table: a copy of what its summary says, so that rows outlive a renewal of the list. */
#pragma once

#include <glib-object.h>

#include "core/train/run-folder.h"

G_BEGIN_DECLS

#define DUB_TYPE_RUN_ROW (dub_run_row_get_type ())
G_DECLARE_FINAL_TYPE (DubRunRow, dub_run_row, DUB, RUN_ROW, GObject)

typedef struct {
  DubRunState state;
  double      dca;
  int         fold;        /* 0-based */
  guint       n_done, n_epochs;
  guint       best_epoch;  /* 0 = none */
  guint       n_correct, n_validation;
  double      accuracy;    /* on validation at the best epoch, as what follows; NaN = none */
  double      ece;
  double      rate;        /* cases a second, NaN = unknown */
  double      seconds_left; /* -1 = unknown or not running */
  gboolean    one_class;
} DubRunNumbers;

/* Properties: "serial" (int): grows with every change of the numbers. */
DubRunRow           *dub_run_row_new         (const DubRunSummary *summary);
/* TRUE where something changed. */
gboolean             dub_run_row_set         (DubRunRow           *self,
                                              const DubRunSummary *summary);
const char          *dub_run_row_get_id      (DubRunRow           *self);
const char          *dub_run_row_get_loss    (DubRunRow           *self);
const char          *dub_run_row_get_failure (DubRunRow           *self); /* (nullable) */
const DubRunNumbers *dub_run_row_get_numbers (DubRunRow           *self);

G_END_DECLS
