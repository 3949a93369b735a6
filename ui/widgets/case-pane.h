/* A case at the size of the inspector: image alone, or under its heatmap. Square corners are for data: the whole image is shown. */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/case-image.h"

G_BEGIN_DECLS

#define DUB_TYPE_CASE_PANE (dub_case_pane_get_type ())
G_DECLARE_FINAL_TYPE (DubCasePane, dub_case_pane, DUB, CASE_PANE, GtkWidget)

GtkWidget *dub_case_pane_new       (void);
/* @image: (nullable): nothing is shown; its tensors are held */
void       dub_case_pane_set_image (DubCasePane        *self,
                                    const DubCaseImage *image);
/* The heat's colours with three numbers, for a pane of its own. */
#define DUB_TYPE_HEAT_SCALE (dub_heat_scale_get_type ())
G_DECLARE_FINAL_TYPE (DubHeatScale, dub_heat_scale, DUB, HEAT_SCALE, GtkWidget)

GtkWidget *dub_heat_scale_new         (void);
/* @overlay: (nullable) */
void       dub_heat_scale_set_overlay (DubHeatScale     *self,
                                       const DubOverlay *overlay);

G_END_DECLS
