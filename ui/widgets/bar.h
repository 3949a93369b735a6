/* A horizontal bar for a number in [0, 1], in a row or a card. The number itself stands beside it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DUB_TYPE_BAR (dub_bar_get_type ())
G_DECLARE_FINAL_TYPE (DubBar, dub_bar, DUB, BAR, GtkWidget)

typedef enum {
  DUB_BAR_TEXT,   /* the colour of text: what was there before */
  DUB_BAR_SERIES, /* the first series: what the optimiser did */
  DUB_BAR_HEAT,   /* inferno, by the value */
} DubBarKind;

GtkWidget *dub_bar_new       (DubBarKind  kind);
/* @fraction: length; NaN = empty. @heat: place in the colour map, for DUB_BAR_HEAT */
void       dub_bar_set_value (DubBar     *self,
                              double      fraction,
                              double      heat);

G_END_DECLS
