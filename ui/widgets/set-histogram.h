/* How the values of a score lie in a set of cases, over how they lie in all: shares of either, grey bars and outlines above them. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DUB_TYPE_SET_HISTOGRAM (dub_set_histogram_get_type ())
G_DECLARE_FINAL_TYPE (DubSetHistogram, dub_set_histogram, DUB, SET_HISTOGRAM, GtkWidget)

GtkWidget *dub_set_histogram_new      (void);
/* @all: [n_bins] of all cases; @set: (nullable): of the set; copied. low == high: nothing is drawn. */
void       dub_set_histogram_set_bins (DubSetHistogram *self,
                                       double           low,
                                       double           high,
                                       const guint     *all,
                                       const guint     *set,
                                       guint            n_bins);
/* Both in words, for screen readers. */
void       dub_set_histogram_describe (DubSetHistogram *self,
                                       const char      *label,
                                       const char      *description);

G_END_DECLS
