/* Which cases are judged, and their neighbours: shared by the quality*.c files only. */
#pragma once

#include "core/projection/quality.h"

G_BEGIN_DECLS

/* Returns: (transfer full) [*n_judged] rising case numbers. */
uint32_t *_dub_quality_draw       (size_t                    n_cases,
                                   const DubQualityOptions  *options,
                                   size_t                   *n_judged);
/* @neighbour: (out) [n_judged][k] the nearest others. */
gboolean  _dub_quality_neighbours (const float              *map,
                                   size_t                    n_dims,
                                   size_t                    n_cases,
                                   const uint32_t           *judged,
                                   size_t                    n_judged,
                                   size_t                    k,
                                   uint32_t                 *neighbour,
                                   DubRun                   *run,
                                   GError                  **error);

G_END_DECLS
