/* Marks as small pictures that are stamped into an image: a hundred thousand of them in a few milliseconds.
 *
 * A mark is drawn once for each quarter of a pixel that its middle may stand at, premultiplied, and then blended wherever it is
 * wanted. latent-figure*.c only.
 */
#pragma once

#include <math.h>

#include "ui/figures/latent-figure.h"

G_BEGIN_DECLS

/* Where to: ARGB32, premultiplied, or RGB24. Nothing is written outside of [x0, x1) × [y0, y1). */
typedef struct {
  guint8 *pixels;
  int     stride; /* bytes */
  int     x0, y0, x1, y1;
} DubStampTarget;

typedef struct _DubStamps DubStamps;
typedef struct _DubStamp DubStamp;

/* @radius: of a disc, in pixels. @rim: of the view's colour around marks. */
DubStamps *_dub_stamps_new  (double                radius,
                             DubRgba               rim);
void       _dub_stamps_free (DubStamps            *self);
/* A mark in one colour: @shape of DubLatentShape, maybe with a sign. The stamps' own, made when first asked for. */
const DubStamp *_dub_stamps_get (DubStamps            *self,
                             int                   shape,
                             DubRgba               color);
/* One of many: its middle at (x, y). */
typedef struct {
  const DubStamp *stamp;
  double          x, y;
} DubStampMark;
enum { DUB_STAMP_BATCH = 32 };
/* @marks: [n], at most DUB_STAMP_BATCH: put one after the other. */
void       _dub_stamps_put  (const DubStamps      *self,
                             const DubStampTarget *target,
                             const DubStampMark   *marks,
                             int                   n);

/* --- latent-figure.c: colours by number, so that what is made for a colour is made once --- */

enum { DUB_LATENT_N_COLORS = 65 };
int        _dub_latent_color_index   (const DubLatentPoints *points,
                                      const double           range[2],
                                      size_t                 i);
/* Has a place in the plane and is not hidden. */
static inline gboolean
_dub_latent_has_place (const DubLatentPoints *points,
                       size_t                 i)
{
  return isfinite (points->xy[2 * i]) && isfinite (points->xy[2 * i + 1]) && (points->hidden == NULL || points->hidden[i] != 1);
}
DubRgba    _dub_latent_indexed_color (DubLatentColor         by,
                                      const DubTheme        *theme,
                                      int                    index);

/* --- latent-mark.c: the shapes themselves --- */

/* As dub_latent_draw_mark, with a rim of that colour. */
void       _dub_latent_draw_mark  (DubCanvas      *canvas,
                                   int             shape,
                                   DubRgba         color,
                                   DubRgba         rim,
                                   double          radius,
                                   double          x,
                                   double          y);
/* How far a mark of @radius reaches from its middle, rim included. */
double     _dub_latent_mark_reach (double          radius);
/* Width of the rim. */
double     _dub_latent_mark_rim   (double          radius);
/* Adds the outline of a mark, or of its rim, to the path; TRUE = to be filled, FALSE = to be stroked, and the width is set. */
gboolean   _dub_latent_mark_path  (cairo_t        *cr,
                                   int             shape,
                                   gboolean        rim,
                                   double          radius,
                                   double          x,
                                   double          y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubStamps, _dub_stamps_free)

G_END_DECLS
