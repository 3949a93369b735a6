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
  guint8  first[N_PLACES], end[N_PLACES]; /* rows that are not empty */
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

  self->radius = CLAMP (radius, 0.5, 60.0); /* whose rows a byte counts */
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

  cairo_set_tolerance (cr, 0.01);
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
  memset (stamp->first, self->side, N_PLACES);
  memset (stamp->end, 0, N_PLACES);
  for (int line = 0; line < N_PLACES * self->side; line++)
    for (int x = 0; x < self->side; x++) {
      /* A faint mark is faint as a whole: its rim does not shine through it. */
      double inner = coverage->inner[line * self->side + x] / 255.0;
      double under = coverage->outer[line * self->side + x] / 255.0 * self->rim.alpha * (1.0 - inner) * color.alpha;
      double alpha = inner * color.alpha + under;
      gsize at = (gsize) (line * self->row + x) * 4;
      guint32 left;

      inner *= color.alpha;

      if (alpha <= 0.0)
        continue;
      put_pixel (stamp->from + at, pack (alpha, inner * color.red + under * self->rim.red,
                                         inner * color.green + under * self->rim.green,
                                         inner * color.blue + under * self->rim.blue));
      left = 255 - (guint32) lrint (255.0 * alpha);
      put_pixel (stamp->rest + at, left * 0x01010101u);
      stamp->first[line / self->side] = MIN (stamp->first[line / self->side], (guint8) (line % self->side));
      stamp->end[line / self->side] = (guint8) (line % self->side + 1);
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

/* Where a mark goes: the rows of its picture that are not empty. */
typedef struct {
  const guint8 *from, *rest;
  guint8       *to;    /* NULL: at the border, pixel by pixel */
  int           rows, left, top;
} Slot;

void
_dub_stamps_put (const DubStamps      *self,
                 const DubStampTarget *target,
                 const DubStampMark   *marks,
                 int                   n)
{
  const double reach = self->half + 2.0;
  const gsize picture = (gsize) (self->side * self->row) * 4, row = (gsize) self->row * 4;
  Slot slots[DUB_STAMP_BATCH];
  int n_slots = 0;

  /* The image is larger than what a processor keeps at hand: all rows are asked for before the first is needed. */
  for (int k = 0; k < n; k++) {
    const DubStampMark *mark = &marks[k];
    Slot *slot = &slots[n_slots];

    /* Asked before numbers that no int holds are made into one. */
    if (!(mark->x > target->x0 - reach && mark->x < target->x1 + reach && mark->y > target->y0 - reach
          && mark->y < target->y1 + reach))
      continue;

    /* Moved far into what is positive, where cutting off is rounding down. */
    int column = (int) (QUARTERS * mark->x + 0.5 + 65536.0) - 65536, line = (int) (QUARTERS * mark->y + 0.5 + 65536.0) - 65536;
    int place = (line & (QUARTERS - 1)) * QUARTERS + (column & (QUARTERS - 1)), first = mark->stamp->first[place];

    slot->left = (column >> 2) - self->half;
    slot->top = (line >> 2) - self->half;
    slot->rows = mark->stamp->end[place] - first;
    slot->from = mark->stamp->from + (gsize) place * picture;
    slot->rest = mark->stamp->rest + (gsize) place * picture;
    slot->to = NULL;
    n_slots++;
    if (slot->left < target->x0 || slot->left + self->row > target->x1 || slot->top < target->y0
        || slot->top + self->side > target->y1)
      continue;
    slot->to = target->pixels + (gssize) (slot->top + first) * target->stride + (gssize) slot->left * 4;
    slot->from += (gsize) first * row;
    slot->rest += (gsize) first * row;
    for (int y = 0; y < slot->rows; y++)
      __builtin_prefetch (slot->to + (gssize) y * target->stride, 1);
  }
  for (int k = 0; k < n_slots; k++) {
    const Slot *slot = &slots[k];

    if (slot->to == NULL)
      blend_clipped (self, target, slot->from, slot->rest, slot->left, slot->top);
    else if (slot->rows > 0)
      _dub_stamp_blend (slot->to, (gsize) target->stride, slot->from, slot->rest, row, (gsize) slot->rows);
  }
}
