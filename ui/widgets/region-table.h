/* The regions of an atlas under a mask: a sortable GtkColumnView, the row under the crosshair selected. */
#pragma once

#include <gtk/gtk.h>

#include "core/explain/regions.h"

G_BEGIN_DECLS

#define DUB_TYPE_REGION_TABLE (dub_region_table_get_type ())
G_DECLARE_FINAL_TYPE (DubRegionTable, dub_region_table, DUB, REGION_TABLE, GtkWidget)

/* Signals: "jump" (value): the person clicked the region with that label. */
GtkWidget *dub_region_table_new         (void);
/* @atlas: (nullable): title of the first column. */
void       dub_region_table_set_title   (DubRegionTable *self,
                                         const char     *atlas);
/* (nullable) (element-type DubRegionDensity) */
void       dub_region_table_set_regions (DubRegionTable *self,
                                         GArray         *densities);
/* Selects the row of that label; -1 = none. Emits nothing. */
void       dub_region_table_select      (DubRegionTable *self,
                                         int             value);
/* Rows, sorted as on screen: DubRegionRow. (transfer none) */
GListModel *dub_region_table_get_model  (DubRegionTable *self);

G_END_DECLS
