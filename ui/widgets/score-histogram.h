/* How often each value of a score occurs, correct and failed cases apart, and two handles that cut out a range of it.
 *
 * A handle is dragged, or moved by the arrow keys with the focus on it (Shift: ten times as far, Home: back to its end);
 * double-click takes both back. Signal "range-changed" (low, high as double): the person moved a handle; a handle at its end is
 * -INFINITY or INFINITY, so that nothing is cut off by rounding.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DUB_TYPE_SCORE_HISTOGRAM (dub_score_histogram_get_type ())
G_DECLARE_FINAL_TYPE (DubScoreHistogram, dub_score_histogram, DUB, SCORE_HISTOGRAM, GtkWidget)

GtkWidget *dub_score_histogram_new       (void);
/* @correct, @failed: [n_bins] copied; low == high: nothing is drawn. @title: of the score, for screen readers */
void       dub_score_histogram_set_bins  (DubScoreHistogram *self,
                                          const char        *title,
                                          double             low,
                                          double             high,
                                          const guint       *correct,
                                          const guint       *failed,
                                          guint              n_bins);
/* Does not emit "range-changed". */
void       dub_score_histogram_set_range (DubScoreHistogram *self,
                                          double             low,
                                          double             high);

G_END_DECLS
