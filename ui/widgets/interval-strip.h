/* An estimate with its interval on an axis from 0 to 1, as high as a row of text. The numbers stand beside it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DUB_TYPE_INTERVAL_STRIP (dub_interval_strip_get_type ())
G_DECLARE_FINAL_TYPE (DubIntervalStrip, dub_interval_strip, DUB, INTERVAL_STRIP, GtkWidget)

GtkWidget *dub_interval_strip_new (void);
/* NaN draws nothing but the axis. */
void       dub_interval_strip_set (DubIntervalStrip *self,
                                   double            value,
                                   double            low,
                                   double            high);

G_END_DECLS
