/* An estimate with its interval on an axis, from 0 to 1 where nothing else is set, as high as a row of text. The numbers stand
 * beside it. */
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
/* @reference: a dotted mark, as at chance; NaN = none, and then the axis itself is drawn */
void       dub_interval_strip_set_axis (DubIntervalStrip *self,
                                   double            low,
                                   double            high,
                                   double            reference);
/* The numbers of the axis instead of an estimate: the head of a column of strips. The ends give way to the reference. */
void       dub_interval_strip_set_numbers (DubIntervalStrip *self,
                                   gboolean          numbers);
/* Whether the estimate is the chosen one of several. */
void       dub_interval_strip_set_chosen (DubIntervalStrip *self,
                                   gboolean          chosen);

G_END_DECLS
