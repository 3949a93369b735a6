/* One line of the method table: its cells, and the numbers in them. failure-page-table.c and failure-page-line.c only. */
#pragma once

#include "ui/pages/failure-page-private.h"

G_BEGIN_DECLS

typedef enum {
  METHOD, NEEDS, AUC, AUC_CI, STRIP, BACC, SPEC, SPEC_CI, SENS, SENS_CI, AURC, EAURC, AUGRC, FPR95, N_COLUMNS,
} Column;

typedef struct {
  const char *name;    /* of the action that sorts; NULL = it does not sort */
  const char *title;   /* (nullable) */
  const char *tooltip;
  int         width;   /* px */
  float       xalign;
  gboolean    dim;
  gboolean    wide;    /* only where there is room */
} DubFailureColumn;

/* A line of the list and what stands in it. */
typedef struct {
  DubFailureRow *row;   /* owned */
  guint          order; /* in the bench */
  GtkWidget     *cell[N_COLUMNS]; /* NULL after the first where the score is missing */
} DubFailureLine;

const DubFailureColumn *_dub_failure_column   (Column              column);

/* A GtkListBoxRow that carries a DubFailureLine. */
GtkWidget      *_dub_failure_line_new          (DubFailureRow      *row,
                                                guint               order);
DubFailureLine *_dub_failure_line_of           (GtkListBoxRow      *row);
gboolean        _dub_failure_line_is_missing   (GtkListBoxRow      *row);
/* Every number. */
void            _dub_failure_line_update       (GtkListBoxRow      *row,
                                                DubFailureBench    *bench);
/* Those that depend on the operating point. */
void            _dub_failure_line_update_rates (GtkListBoxRow      *row,
                                                DubFailureBench    *bench);

G_END_DECLS
