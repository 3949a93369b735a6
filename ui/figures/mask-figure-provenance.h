/* What a mask figure says about its making; mask-figure*.c only. */
#pragma once

#include "ui/figures/mask-figure.h"

G_BEGIN_DECLS

/* Key, value, key, value, …, NULL: what is stored, and the state of the view. Sorted by key, so that the order in which a
 * caller learned them does not show in the file. (transfer full) */
GPtrArray *_dub_mask_figure_full_provenance (const DubMaskFigure *self);

G_END_DECLS
