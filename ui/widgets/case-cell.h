/* One case of the grid: its picture, its id at the left below and the sorted score at the right. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DUB_TYPE_CASE_CELL (dub_case_cell_get_type ())
G_DECLARE_FINAL_TYPE (DubCaseCell, dub_case_cell, DUB, CASE_CELL, GtkBox)

GtkWidget *dub_case_cell_new         (int          width,
                                      int          height);
/* @name: what a screen reader says: "test-132, failed, Ensemble SD 0.177" */
void       dub_case_cell_set         (DubCaseCell *self,
                                      const char  *id,
                                      const char  *value,
                                      gboolean     failed,
                                      const char  *name);
/* For a cell whose words are a class and a number: classes of style for both, or NULL. */
void       dub_case_cell_set_styles  (DubCaseCell *self,
                                      const char  *id_style,
                                      const char  *value_style);
/* As dub_case_tile_set_picture(). */
void       dub_case_cell_set_picture (DubCaseCell *self,
                                      GBytes      *rgb,
                                      int          side);

G_END_DECLS
