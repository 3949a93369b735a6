/* A latent space on paper and screen: cases as points of a plane, the training set as density beneath.
 *
 * Letters: N points, K classes.
 *
 * Drawn in this order: density of the training points (grey, filled contours by share of the mass), faint + / − (or the class's
 * sign) of training points, then points of the other parts: correct as discs, failures as triangles on top of them, whose label is
 * unknown as small rings. Points outside the selected set have 62 % opacity where there is a set. Axes have names, no numbers:
 * only the first plane of PCA is metric.
 *
 * 100 000 points must be drawn within 10 ms on one processor: shapes are stamped into an ARGB image, not stroked one by one; an
 * export with few points strokes them, and beyond DUB_LATENT_STAMPED embeds the image.
 */
#pragma once

#include "ui/figures/colormap.h"
#include "ui/figures/export.h"
#include "ui/figures/figure-draw.h"

G_BEGIN_DECLS

#define DUB_LATENT_STAMPED 5000

typedef enum {
  DUB_LATENT_BY_OUTCOME,    /* correct, failed */
  DUB_LATENT_BY_CLASS,      /* true */
  DUB_LATENT_BY_PREDICTED,
  DUB_LATENT_BY_PART,       /* train, calibration, test */
  DUB_LATENT_BY_VALUE,      /* of a score: a colour map, with its bar */
} DubLatentColor;

/* What every point is. Arrays are borrowed: they outlive the figure, or another content is set before they die. */
typedef struct {
  size_t         n;          /* N */
  const float   *xy;         /* [N][2] */
  const guint8  *part;       /* [N] of DubPart; training and validation cases are density and faint marks */
  const int     *label;      /* [N] -1 = unknown */
  const int     *predicted;  /* [N] -1 = unknown */
  const guint8  *failed;     /* [N] 1 = wrong, 0 = right, 2 = not known */
  const double  *value;      /* (nullable) [N] NaN = none: for DUB_LATENT_BY_VALUE */
  const guint8  *selected;   /* (nullable) [N] 1 = in the selected set; NULL = there is no set */
  const guint8  *hidden;     /* (nullable) [N] 1 = not drawn */
  const char *const *classes; /* [K] names; NULL-terminated */
  const char    *value_name; /* (nullable) */
  const char    *x_name, *y_name; /* "t-SNE 1" */
  DubLatentColor color;
  gboolean       density;    /* the training set as density */
  gboolean       marks;      /* and as faint marks */
  int            current;    /* the current case: a ring around it; -1 = none */
  const double  *value_range; /* (nullable) [2] of the colours: one scale for two maps; NULL = as far as visible values reach */
  int            positive;   /* of two classes, the one whose mark is +, the other's is −; of more each has a sign of its own */
} DubLatentPoints;

/* Has a place, is not hidden, and is seen by itself: training cases only where there are marks. */
gboolean  dub_latent_is_visible    (const DubLatentPoints  *points,
                                    size_t                  i);

/* --- what a point looks like, for legends too --- */

typedef enum {
  DUB_LATENT_DISC,       /* right */
  DUB_LATENT_TRIANGLE,   /* wrong */
  DUB_LATENT_RING,       /* not known */
  DUB_LATENT_SIGN,       /* a training case; signs of classes follow: DUB_LATENT_SIGN + 0 is +, + 1 is −, … */
} DubLatentShape;
enum { DUB_LATENT_N_SIGNS = 8, DUB_LATENT_N_SHAPES = DUB_LATENT_SIGN + DUB_LATENT_N_SIGNS, DUB_LATENT_N_CLASS_COLORS = 10 };

/* Of class @label; -1 = unknown. Ten that differ for colour-blind eyes, too; then they come again. */
DubRgba   dub_latent_class_color   (const DubTheme         *theme,
                                    int                     label);
DubRgba   dub_latent_part_color    (const DubTheme         *theme,
                                    guint8                  part);
/* @shape: of DubLatentShape, maybe with a sign */
int       dub_latent_shape         (const DubLatentPoints  *points,
                                    size_t                  i);
/* @alpha of it says how faint a mark is. Without a value, or unknown: the theme's faint grey. */
DubRgba   dub_latent_color         (const DubLatentPoints  *points,
                                    const DubTheme         *theme,
                                    const double            range[2],
                                    size_t                  i);
/* The range that was given, or of the values of visible points: what the ends of the colour map stand for; FALSE where there are none. */
gboolean  dub_latent_value_range   (const DubLatentPoints  *points,
                                    double                  range[2]);
/* The colour map of DUB_LATENT_BY_VALUE. */
#define DUB_LATENT_COLORMAP DUB_COLORMAP_VIRIDIS

/* The part of the plane that is seen: data x in [left, right] and y in [bottom, top], with one scale on both axes. */
typedef struct { double left, right, bottom, top; } DubLatentPlane;

/* All points that are not hidden, marks or no marks, and a margin. */
void      dub_latent_plane_fit     (DubLatentPlane         *plane,
                                    const DubLatentPoints  *points,
                                    double                  width,
                                    double                  height);

/* --- latent-density.c: kept while points do not move --- */

typedef struct _DubLatentDensity DubLatentDensity;
/* Of the training points, on a grid. (transfer full) */
DubLatentDensity *dub_latent_density_new  (const DubLatentPoints  *points);
void              dub_latent_density_free (DubLatentDensity       *self);
/* Filled bands, the darker the nearer to where most training cases are: @mass of them lie in the outermost. */
void              dub_latent_density_draw (const DubLatentDensity *self,
                                           const DubLatentPlane   *plane,
                                           DubCanvas              *canvas,
                                           double                  width,
                                           double                  height);

/* --- latent-figure-draw.c --- */

/* dub_latent_draw:
 * @density: (nullable)
 */
void      dub_latent_draw          (const DubLatentPoints  *points,
                                    const DubLatentDensity *density,
                                    const DubLatentPlane   *plane,
                                    DubCanvas              *canvas,
                                    double                  width,
                                    double                  height);
/* The parts of it: what moves with the plane, and what is fixed to the corners and above: names of the axes, bar of values, ring. */
void      dub_latent_draw_ground   (const DubLatentPoints  *points,
                                    const DubLatentDensity *density,
                                    const DubLatentPlane   *plane,
                                    DubCanvas              *canvas,
                                    double                  width,
                                    double                  height);
void      dub_latent_draw_above    (const DubLatentPoints  *points,
                                    const DubLatentPlane   *plane,
                                    DubCanvas              *canvas,
                                    double                  width,
                                    double                  height);
/* Names of the axes and the bar of values. */
void      dub_latent_draw_corners  (const DubLatentPoints  *points,
                                    DubCanvas              *canvas,
                                    double                  width,
                                    double                  height);
/* A ring around point @i: the current case, or the one under the pointer (@strong: FALSE). */
void      dub_latent_draw_ring     (const DubLatentPoints  *points,
                                    const DubLatentPlane   *plane,
                                    size_t                  i,
                                    gboolean                strong,
                                    DubCanvas              *canvas,
                                    double                  width,
                                    double                  height);
/* One mark at (x, y), for legends. @radius 0 = as large as few points are drawn. */
void      dub_latent_draw_mark     (DubCanvas              *canvas,
                                    int                     shape,
                                    DubRgba                 color,
                                    double                  radius,
                                    double                  x,
                                    double                  y);

/* --- latent-pick.c: a grid over the points, so that a hand is answered at once; rebuilt when they move --- */

typedef struct _DubLatentIndex DubLatentIndex;
DubLatentIndex *dub_latent_index_new    (const DubLatentPoints  *points);
void            dub_latent_index_free   (DubLatentIndex         *self);
/* The visible point nearest to (x, y) within @radius, in data units; failures and test cases before training cases; -1. */
int             dub_latent_index_pick   (const DubLatentIndex   *self,
                                         const DubLatentPoints  *points,
                                         double                  x,
                                         double                  y,
                                         double                  radius);
/* The visible points inside a polygon (even-odd); @corners [n][2] in data units. (transfer full) rising indices */
guint          *dub_latent_index_inside (const DubLatentIndex   *self,
                                         const DubLatentPoints  *points,
                                         const double           *corners,
                                         size_t                  n_corners,
                                         size_t                 *n);
/* The nearest visible point in direction (@dx, @dy), 45° to both sides, from (x, y), other than @from (-1 = none); training cases
 * only where there are no others at all; -1. */
int             dub_latent_index_towards (const DubLatentIndex  *self,
                                         const DubLatentPoints  *points,
                                         int                     from,
                                         double                  x,
                                         double                  y,
                                         double                  dx,
                                         double                  dy);

/* --- latent-figure-export.c: one or two maps side by side, each with its title and a line of numbers under it --- */

typedef struct {
  const DubLatentPoints *points;
  const char            *title;   /* "cross-entropy + temperature" */
  const char            *numbers; /* (nullable) "silhouette 0.21 · trustworthiness 0.96"; \n parts lines, and they break at " · " */
} DubLatentPanel;

/* With two maps values have one scale. @ids: [N]; .png, .svg, .pdf, or .csv (panel,id,x,y,part,label,predicted,failed,value). @provenance: (nullable)
 * key, value, …, NULL */
gboolean  dub_latent_export        (const DubLatentPanel   *panels,
                                    size_t                  n_panels,
                                    const char *const      *ids,
                                    const char *const      *provenance,
                                    const char             *path,
                                    const DubExportOptions *options,
                                    GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubLatentDensity, dub_latent_density_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubLatentIndex, dub_latent_index_free)

G_END_DECLS
