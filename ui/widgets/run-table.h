/* The training runs of a study as a table; a click on a row chooses its curves. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model/runs.h"

G_BEGIN_DECLS

#define DUB_TYPE_RUN_TABLE (dub_run_table_get_type ())
G_DECLARE_FINAL_TYPE (DubRunTable, dub_run_table, DUB, RUN_TABLE, GtkWidget)

/* Signals: "chosen" (id): the person chose a run. */
GtkWidget *dub_run_table_new    (void);
/* Shows what @runs holds now; rows of the same runs stay the same. */
void       dub_run_table_set    (DubRunTable *self,
                                 DubRuns     *runs);
/* NULL = none */
void       dub_run_table_select (DubRunTable *self,
                                 const char  *id);

G_END_DECLS
