/* Semi-synthetic brains: one real template, deformed anew for every subject, with atrophy
 * whose place and severity are known.
 *
 * The T1 image of the template is turned into a map of grey matter by an intensity
 * window: 1 = full grey matter, 0 = fluid, white matter or outside. So "replace by 1"
 * means "no atrophy" and "replace by 0" means "no grey matter", as in source 001.
 * Subject n is a pure function of (seed, n, severity); nothing of it is kept here.
 *
 *   x → T(x) = c + scale · (x - c) + u(x)            u: smooth random field, mm
 *   g(x) = grey (T x) · (1 - severity · affected (T x)) · gain · (1 + bias (x)) + noise
 */
#pragma once

#include "core/data/volume.h"

G_BEGIN_DECLS

/* The defaults are those of maps after non-linear registration to a template, as source 001 uses them: what is left
 * of anatomy is half a millimetre. */
typedef struct {
  double voxel_size; /* mm of the subjects' grid */
  double warp;       /* mm, standard deviation of each component of u */
  double scale;      /* standard deviation of the size of a head along each axis, relative */
  double gain;       /* standard deviation of the overall intensity */
  double bias;       /* standard deviation of the smooth intensity field */
  double noise;      /* standard deviation of the noise of a voxel inside the brain */
} DubPhantomOptions;

#define DUB_PHANTOM_DEFAULT \
  ((DubPhantomOptions) { .voxel_size = 2.0, .warp = 0.5, .scale = 0.005, .gain = 0.02, .bias = 0.03, .noise = 0.03 })

typedef struct _DubPhantom DubPhantom;

/* dub_phantom_new:
 * @t1: the template without its skull, 0 outside the brain
 * @labels: an atlas of it, in the same space
 * @affected: [n_affected] labels that atrophy touches
 *
 * Returns: (transfer full), or NULL with @error set:
 *   DUB_ERROR_SHAPE     the two are not in one space
 *   DUB_ERROR_ARGUMENT  the template is empty, or no voxel carries one of the labels
 */
G_GNUC_WARN_UNUSED_RESULT
DubPhantom      *dub_phantom_new     (DubVolume               *t1,
                                      DubVolume               *labels,
                                      const int               *affected,
                                      size_t                   n_affected,
                                      const DubPhantomOptions *options,
                                      DubRun                  *run,
                                      GError                 **error);
void             dub_phantom_free    (DubPhantom              *self);

/* The grid of all subjects, holding the template's own grey matter. (transfer none) */
const DubVolume *dub_phantom_grid    (const DubPhantom        *self);

/* dub_phantom_subject:
 * @severity: share of the grey matter lost in the affected regions, in [0, 1]
 * @grey: (out) (transfer full): values k/255 in [0, 1], so that files stay small
 * @truth: (out) (optional) (transfer full): 1 in the affected regions as they lie in this subject
 */
gboolean         dub_phantom_subject (const DubPhantom        *self,
                                      uint64_t                 seed,
                                      uint64_t                 index,
                                      double                   severity,
                                      DubVolume              **grey,
                                      DubVolume              **truth,
                                      DubRun                  *run,
                                      GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubPhantom, dub_phantom_free)

G_END_DECLS
