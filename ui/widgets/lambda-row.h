/* One λ: its name, the value as text, a slider in decades from 1e-4 to 1e3, and the weight of one voxel.
 *
 * The slider is a real GtkScale, so that assistive technology reads and sets it; 0 is
 * reached by typing it.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DUB_TYPE_LAMBDA_ROW (dub_lambda_row_get_type ())
G_DECLARE_FINAL_TYPE (DubLambdaRow, dub_lambda_row, DUB, LAMBDA_ROW, GtkWidget)

/* Signals:
 *   "moved" (value)             the value changes, also while the slider is held
 *   "committed" (before, after) the slider was let go, or a value typed
 *
 * @index: 1 or 2. @name: "area"; accessible as "λ1 area"
 */
GtkWidget *dub_lambda_row_new        (guint         index,
                                      const char   *name);
/* Emits nothing. */
void       dub_lambda_row_set_value  (DubLambdaRow *self,
                                      double        value);
double     dub_lambda_row_get_value  (DubLambdaRow *self);
/* N of the mean norms; 0 = sum norms: λ is the weight of a voxel itself; G_MAXSIZE = not known yet. */
void       dub_lambda_row_set_voxels (DubLambdaRow *self,
                                      gsize         n_voxels);
/* (transfer none): the GtkScale */
GtkWidget *dub_lambda_row_get_scale  (DubLambdaRow *self);

/* "4.71 × 10⁻⁶". (transfer full) */
char      *dub_format_scientific     (double        value);

G_END_DECLS
