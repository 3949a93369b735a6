#include "ui/figures/latent-stamp.h"

#include <math.h>
#include <string.h>

#include "ui/figures/latent-stamp-inner.h"

enum {
  QUARTERS = 4,                      /* places of a middle within a pixel, along each side */
  N_PLACES = QUARTERS * QUARTERS,
  ROW = 8,                           /* pixels of a row are a multiple of this */
};

/* How much of each pixel a shape covers, at every place: [N_PLACES][side][side]. */
typedef struct {
  guint8 *inner, *outer;
} Coverage;

/* A shape in one colour: what is added and what remains of what was there, byte by byte, [N_PLACES][side][row]. */
struct _DubStamp {
  guint8 *from, *rest;
};

struct _DubStamps {
  double      radius;
  DubRgba     rim;
  int         half, side, row;  /* the middle's pixel, pixels of a picture, and of its rows with what fills them up */
  Coverage    coverage[DUB_LATENT_N_SHAPES];
  GHashTable *stamps;           /* of DubStamp by key */
};

static void
stamp_free (gpointer data)
{
  DubStamp *stamp = data;

  g_free (stamp->from);
  g_free (stamp->rest);
  g_free (stamp);
}

DubStamps *
_dub_stamps_new (double  radius,
                 DubRgba rim)
{
  DubStamps *self = g_new0 (DubStamps, 1);

  self->radius = CLAMP (radius, 0.5, 100.0);
  self->rim = rim;
  self->half = (int) ceil (_dub_latent_mark_reach (self->radius));
  self->side = 2 * self->half + 1;
  self->row = (self->side + ROW - 1) / ROW * ROW;
  self->stamps = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, stamp_free);

  return self;
}

void
_dub_stamps_free (DubStamps *self)
{
  if (self == NULL)
    return;
  for (int k = 0; k < DUB_LATENT_N_SHAPES; k++) {
    g_free (self->coverage[k].inner);
    g_free (self->coverage[k].outer);
  }
  g_hash_table_unref (self->stamps);
  g_free (self);
}

/* All places of a shape side by side in one picture: one path. */
static guint8 *
draw_coverage (const DubStamps *self,
               int              shape,
               gboolean         rim)
{
  int side = self->side;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, side * N_PLACES, side);
  cairo_t *cr = cairo_create (surface);
  guint8 *cover = g_malloc0 ((gsize) (N_PLACES * side * side));
  gboolean filled = TRUE;

  for (int place = 0; place < N_PLACES; place++)
    filled = _dub_latent_mark_path (cr, shape, rim, self->radius,
                                    place * side + self->half + (double) (place % QUARTERS) / QUARTERS,
                                    self->half + (double) (place / QUARTERS) / QUARTERS);
  if (filled)
    cairo_fill (cr);
  else
    cairo_stroke (cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  const guint8 *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (int place = 0; pixels != NULL && place < N_PLACES; place++)
    for (int y = 0; y < side; y++)
      memcpy (cover + (place * side + y) * side, pixels + y * stride + place * side, (gsize) side);
  cairo_surface_destroy (surface);

  return cover;
}

static void
put_pixel (guint8  *bytes,
           guint32  value)
{
  memcpy (bytes, &value, sizeof value);
}

static guint32
pack (double alpha,
      double red,
      double green,
      double blue)
{
  return (guint32) lrint (255.0 * alpha) << 24 | (guint32) lrint (255.0 * red) << 16 | (guint32) lrint (255.0 * green) << 8
         | (guint32) lrint (255.0 * blue);
}

static DubStamp *
stamp_new (DubStamps *self,
           int        shape,
           DubRgba    color)
{
  DubStamp *stamp = g_new (DubStamp, 1);
  Coverage *coverage = &self->coverage[shape];
  gsize n_bytes = (gsize) (N_PLACES * self->side * self->row) * 4;

  if (coverage->inner == NULL) {
    coverage->inner = draw_coverage (self, shape, FALSE);
    coverage->outer = shape < DUB_LATENT_SIGN ? draw_coverage (self, shape, TRUE)
                                              : g_malloc0 ((gsize) (N_PLACES * self->side * self->side));
  }
  stamp->from = g_malloc0 (n_bytes);
  stamp->rest = g_malloc (n_bytes);
  memset (stamp->rest, 255, n_bytes);
  for (int line = 0; line < N_PLACES * self->side; line++)
    for (int x = 0; x < self->side; x++) {
      double inner = coverage->inner[line * self->side + x] / 255.0 * color.alpha;
      double outer = coverage->outer[line * self->side + x] / 255.0 * self->rim.alpha * color.alpha;
      double under = outer * (1.0 - inner), alpha = inner + under;
      gsize at = (gsize) (line * self->row + x) * 4;
      guint32 left;

      if (alpha <= 0.0)
        continue;
      put_pixel (stamp->from + at, pack (alpha, inner * color.red + under * self->rim.red,
                                         inner * color.green + under * self->rim.green,
                                         inner * color.blue + under * self->rim.blue));
      left = 255 - (guint32) lrint (255.0 * alpha);
      put_pixel (stamp->rest + at, left * 0x01010101u);
    }

  return stamp;
}

const DubStamp *
_dub_stamps_get (DubStamps *self,
                 int        shape,
                 DubRgba    color)
{
  gint64 key = (gint64) shape << 32 | pack (color.alpha, color.red, color.green, color.blue);
  DubStamp *stamp = g_hash_table_lookup (self->stamps, &key);

  if (stamp == NULL) {
    stamp = stamp_new (self, CLAMP (shape, 0, DUB_LATENT_N_SHAPES - 1), color);
    g_hash_table_insert (self->stamps, g_memdup2 (&key, sizeof key), stamp);
  }

  return stamp;
}

/* At the border of the target: pixel by pixel, and only those inside. */
static void
blend_clipped (const DubStamps      *self,
               const DubStampTarget *target,
               const guint8         *from,
               const guint8         *rest,
               int                   left,
               int                   top)
{
  for (int y = MAX (0, target->y0 - top); y < self->side && top + y < target->y1; y++)
    for (int x = MAX (0, target->x0 - left); x < self->side && left + x < target->x1; x++) {
      guint8 *to = target->pixels + (gssize) (top + y) * target->stride + (gssize) (left + x) * 4;
      gsize at = (gsize) (y * self->row + x) * 4;

      for (gsize i = 0; i < 4; i++) {
        guint t = (guint) to[i] * rest[at + i] + 128;

        to[i] = (guint8) (from[at + i] + ((t + (t >> 8)) >> 8));
      }
    }
}

void
_dub_stamps_put (const DubStamps      *self,
                 const DubStamp       *stamp,
                 const DubStampTarget *target,
                 double                x,
                 double                y)
{
  double reach = self->half + 2.0;

  /* Asked before numbers that no int holds are made into one. */
  if (!(x > target->x0 - reach && x < target->x1 + reach && y > target->y0 - reach && y < target->y1 + reach))
    return;

  int column = (int) floor (QUARTERS * x + 0.5), line = (int) floor (QUARTERS * y + 0.5);
  int place = (line & (QUARTERS - 1)) * QUARTERS + (column & (QUARTERS - 1));
  int left = (column >> 2) - self->half, top = (line >> 2) - self->half;
  gsize at = (gsize) (place * self->side * self->row) * 4;

  if (left >= target->x0 && left + self->row <= target->x1 && top >= target->y0 && top + self->side <= target->y1)
    _dub_stamp_blend (target->pixels + (gssize) top * target->stride + (gssize) left * 4, (gsize) target->stride, stamp->from + at,
                      stamp->rest + at, (gsize) self->row * 4, (gsize) self->side);
  else
    blend_clipped (self, target, stamp->from + at, stamp->rest + at, left, top);
}
