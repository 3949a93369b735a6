/* How a data set is split: one bar in the colours of train, calibration and test, with the numbers of cases in it. */
#pragma once

#include <gtk/gtk.h>

#include "core/data/split.h"

G_BEGIN_DECLS

#define DUB_TYPE_SPLIT_BAR (dub_split_bar_get_type ())
G_DECLARE_FINAL_TYPE (DubSplitBar, dub_split_bar, DUB, SPLIT_BAR, GtkWidget)

GtkWidget *dub_split_bar_new        (void);
/* Cases of DUB_PART_TRAIN, _CALIBRATION, _TEST. */
void       dub_split_bar_set_counts (DubSplitBar  *self,
                                     const size_t  counts[3]);
/* Cases of each fold of train, parted by fine lines. 0 or 1 fold = no lines. */
void       dub_split_bar_set_folds  (DubSplitBar  *self,
                                     const size_t *folds,
                                     guint         n_folds);
/* In words and numbers. */
void       dub_split_bar_describe   (DubSplitBar  *self,
                                     const char   *description);

G_END_DECLS
