/* A small picture of a case that fills its box, with a dark cross in an orange corner where the network was wrong. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DUB_TYPE_CASE_TILE (dub_case_tile_get_type ())
G_DECLARE_FINAL_TYPE (DubCaseTile, dub_case_tile, DUB, CASE_TILE, GtkWidget)

/* px; @width is the least and may grow. */
GtkWidget  *dub_case_tile_new         (int          width,
                                       int          height);
/* @rgb: (nullable): @side² × 3 bytes, as dub_case_picture() makes them */
void        dub_case_tile_set_picture (DubCaseTile *self,
                                       GBytes      *rgb,
                                       int          side);
void        dub_case_tile_set_failed  (DubCaseTile *self,
                                       gboolean     failed);

G_END_DECLS
