/* A latent space on a canvas: bands, marks in their order, what stands in the corners. */
#include "ui/figures/latent-figure.h"

#include <math.h>

#include "core/data/split.h"
#include "ui/figures/latent-stamp.h"
#include "ui/figures/ticks.h"

/* Radius of a disc in the theme's lines where points have room, and at most how much smaller they are. */
#define RADIUS 2.3
#define SMALLEST 0.38
/* Square lines for each point, on average over the box of all: with less room the area of a mark falls about as its root. */
#define ROOM 300.0

#define OUTSIDE 0.62 /* opacity outside of the selected set */
#define SIGN 0.72    /* of the radius */

enum { MAX_TARGETS = 8 };
enum { N_LAYERS = 6 }; /* training; unknown; right, outside and inside of the set; wrong, outside and inside */

/* From data to the canvas. */
typedef struct {
  double sx, sy, left, top;
} Map;

static void
map_init (Map                  *self,
          const DubLatentPlane *plane,
          double                width,
          double                height)
{
  *self = (Map) { width / (plane->right - plane->left), height / (plane->top - plane->bottom), plane->left, plane->top };
}

static void
map_point (const Map             *self,
           const DubLatentPoints *points,
           size_t                 i,
           double                *x,
           double                *y)
{
  *x = ((double) points->xy[2 * i] - self->left) * self->sx;
  *y = (self->top - (double) points->xy[2 * i + 1]) * self->sy;
}

/* Radius in user units of the marks of @n points: smaller where there are many, larger again as the plane is zoomed into. Neither the
 * size of the canvas nor panning changes it. @box: of all points. */
static double
radius_of (size_t                n,
           const DubLatentPlane *box,
           const Map            *map,
           const DubTheme       *theme)
{
  double area = (box->right - box->left) * map->sx * (box->top - box->bottom) * map->sy / (theme->line_width * theme->line_width);

  return RADIUS * theme->line_width * CLAMP (pow (area / (ROOM * MAX ((double) n, 1.0)), 0.22), SMALLEST, 1.0);
}

static int
layer_of (const DubLatentPoints *points,
          size_t                 i)
{
  gboolean inside = points->selected != NULL && points->selected[i];

  if (points->part[i] == DUB_PART_TRAIN)
    return 0;
  if (points->failed[i] > 1)
    return 1;

  return 2 + 2 * (points->failed[i] == 1) + inside;
}

/* (transfer full) The visible points in the order of drawing, and where each layer ends. */
static guint *
order_points (const DubLatentPoints *points,
              size_t                 end[N_LAYERS])
{
  g_autofree guint8 *layer = g_malloc (MAX (points->n, 1));
  size_t next[N_LAYERS] = { 0 }, count[N_LAYERS] = { 0 }, sum = 0;

  for (size_t i = 0; i < points->n; i++) {
    layer[i] = _dub_latent_has_place (points, i) && (points->marks || points->part[i] != DUB_PART_TRAIN) ? (guint8) layer_of (points, i) : N_LAYERS;
    if (layer[i] < N_LAYERS)
      count[layer[i]]++;
  }
  for (int k = 0; k < N_LAYERS; k++) {
    next[k] = sum;
    sum += count[k];
    end[k] = sum;
  }

  guint *order = g_new (guint, MAX (sum, 1));

  for (size_t i = 0; i < points->n; i++)
    if (layer[i] < N_LAYERS)
      order[next[layer[i]]++] = (guint) i;

  return order;
}

static gboolean
is_dimmed (const DubLatentPoints *points,
           size_t                 i)
{
  return points->selected != NULL && !points->selected[i] && points->part[i] != DUB_PART_TRAIN;
}

/* --- stamped --- */

typedef struct {
  const DubLatentPoints *points;
  const DubTheme        *theme;
  Map                    map;
  const guint           *order;
  const size_t          *end;
  double                 radius[2]; /* of test and of training cases, in user units */
  double                 range[2];  /* of values */
  DubRgba                rim;
} Drawing;

static void
put_batch (const DubStamps      *stamps,
           const DubStampTarget *targets,
           int                   n_targets,
           const DubStampMark   *batch,
           int                   n)
{
  for (int k = 0; k < n_targets; k++)
    _dub_stamps_put (stamps, &targets[k], batch, n);
}

/* @targets: [n_targets] of one image, which do not overlap; @origin: the canvas' corner in it, in pixels */
static void
stamp_layers (const Drawing        *drawing,
              const DubStampTarget *targets,
              int                   n_targets,
              const double          origin[2],
              const double          density[2])
{
  const DubLatentPoints *points = drawing->points;
  const Map *map = &drawing->map;
  const DubStamp *known[DUB_LATENT_N_SHAPES][DUB_LATENT_N_COLORS][2] = { { { NULL } } };
  size_t k = 0;

  for (int train = 1; train >= 0; train--) {
    g_autoptr (DubStamps) stamps = _dub_stamps_new (drawing->radius[train] * density[0], drawing->rim);
    DubStampMark batch[DUB_STAMP_BATCH];
    int n = 0;

    for (; k < drawing->end[train ? 0 : N_LAYERS - 1]; k++) {
      size_t i = drawing->order[k];
      int shape = dub_latent_shape (points, i), color = _dub_latent_color_index (points, drawing->range, i);
      gboolean dimmed = is_dimmed (points, i);
      const DubStamp **stamp = &known[shape][color][dimmed];

      if (*stamp == NULL) {
        DubRgba rgba = _dub_latent_indexed_color (points->color, drawing->theme, color);

        if (dimmed)
          rgba.alpha *= OUTSIDE;
        *stamp = _dub_stamps_get (stamps, shape, rgba);
      }
      batch[n].stamp = *stamp;
      batch[n].x = origin[0] + ((double) points->xy[2 * i] - map->left) * map->sx * density[0];
      batch[n].y = origin[1] + (map->top - (double) points->xy[2 * i + 1]) * map->sy * density[1];
      if (++n == DUB_STAMP_BATCH) {
        put_batch (stamps, targets, n_targets, batch, n);
        n = 0;
      }
    }
    put_batch (stamps, targets, n_targets, batch, n);
  }
}

/* Right into the image that the canvas draws on, where it does so without turning. */
static gboolean
stamp_directly (const Drawing *drawing,
                DubCanvas     *canvas)
{
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  cairo_surface_t *surface = cairo_get_group_target (cr);
  cairo_rectangle_list_t *clip;
  DubStampTarget targets[MAX_TARGETS];
  cairo_matrix_t matrix;
  double dx, dy;
  gboolean whole;

  if (cairo_surface_get_type (surface) != CAIRO_SURFACE_TYPE_IMAGE
      || (cairo_image_surface_get_format (surface) != CAIRO_FORMAT_ARGB32
          && cairo_image_surface_get_format (surface) != CAIRO_FORMAT_RGB24))
    return FALSE;
  cairo_get_matrix (cr, &matrix);
  cairo_surface_get_device_offset (surface, &dx, &dy);
  if (matrix.xy != 0.0 || matrix.yx != 0.0 || !(matrix.xx > 0.0) || !(matrix.yy > 0.0))
    return FALSE;
  cairo_surface_flush (surface);
  /* Where the canvas may be drawn on, the caller's clip included, as long as it lies along the pixels. */
  clip = cairo_copy_clip_rectangle_list (cr);
  whole = clip->status == CAIRO_STATUS_SUCCESS && clip->num_rectangles <= MAX_TARGETS && cairo_image_surface_get_data (surface) != NULL;
  for (int k = 0; whole && k < clip->num_rectangles; k++) {
    const cairo_rectangle_t *part = &clip->rectangles[k];

    targets[k] = (DubStampTarget) {
      .pixels = cairo_image_surface_get_data (surface), .stride = cairo_image_surface_get_stride (surface),
      .x0 = MAX (0, (int) floor (matrix.x0 + dx + part->x * matrix.xx + 0.5)),
      .y0 = MAX (0, (int) floor (matrix.y0 + dy + part->y * matrix.yy + 0.5)),
      .x1 = MIN (cairo_image_surface_get_width (surface), (int) floor (matrix.x0 + dx + (part->x + part->width) * matrix.xx + 0.5)),
      .y1 = MIN (cairo_image_surface_get_height (surface), (int) floor (matrix.y0 + dy + (part->y + part->height) * matrix.yy + 0.5)),
    };
  }
  if (whole) {
    stamp_layers (drawing, targets, clip->num_rectangles, (const double[2]) { matrix.x0 + dx, matrix.y0 + dy },
                  (const double[2]) { matrix.xx, matrix.yy });
    cairo_surface_mark_dirty (surface);
  }
  cairo_rectangle_list_destroy (clip);

  return whole;
}

/* Into an image of the canvas' resolution, which is then drawn. */
static void
stamp_image (const Drawing *drawing,
             DubCanvas     *canvas,
             double         width,
             double         height)
{
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double density = dub_canvas_get_density (canvas);
  int columns = MAX (1, (int) ceil (width * density)), rows = MAX (1, (int) ceil (height * density));
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, columns, rows);
  DubStampTarget target = { cairo_image_surface_get_data (surface), cairo_image_surface_get_stride (surface), 0, 0, columns, rows };

  if (target.pixels != NULL) {
    stamp_layers (drawing, &target, 1, (const double[2]) { 0.0, 0.0 }, (const double[2]) { density, density });
    cairo_surface_mark_dirty (surface);
    cairo_save (cr);
    cairo_scale (cr, 1.0 / density, 1.0 / density);
    cairo_set_source_surface (cr, surface, 0.0, 0.0);
    cairo_paint (cr);
    cairo_restore (cr);
  }
  cairo_surface_destroy (surface);
}

static void
stroke_layers (const Drawing *drawing,
               DubCanvas     *canvas,
               double         width,
               double         height)
{
  const DubLatentPoints *points = drawing->points;

  for (size_t k = 0; k < drawing->end[N_LAYERS - 1]; k++) {
    size_t i = drawing->order[k];
    DubRgba color = dub_latent_color (points, drawing->theme, drawing->range, i);
    double radius = drawing->radius[points->part[i] == DUB_PART_TRAIN], reach = _dub_latent_mark_reach (radius), x, y;

    map_point (&drawing->map, points, i, &x, &y);
    if (!(x > -reach && x < width + reach && y > -reach && y < height + reach))
      continue;
    if (is_dimmed (points, i))
      color.alpha *= OUTSIDE;
    _dub_latent_draw_mark (canvas, dub_latent_shape (points, i), color, drawing->rim, radius, x, y);
  }
}

/* To the canvas, its rim moved to the nearest edges between pixels: a clip that cuts pixels could not be stamped into. */
static void
clip_box (cairo_t *cr,
          double   width,
          double   height)
{
  double x0 = 0.0, y0 = 0.0, x1 = width, y1 = height;

  if (cairo_surface_get_type (cairo_get_group_target (cr)) == CAIRO_SURFACE_TYPE_IMAGE) {
    cairo_user_to_device (cr, &x0, &y0);
    cairo_user_to_device (cr, &x1, &y1);
    x0 = floor (x0 + 0.5);
    y0 = floor (y0 + 0.5);
    x1 = floor (x1 + 0.5);
    y1 = floor (y1 + 0.5);
    cairo_device_to_user (cr, &x0, &y0);
    cairo_device_to_user (cr, &x1, &y1);
  }
  cairo_rectangle (cr, x0, y0, x1 - x0, y1 - y0);
  cairo_clip (cr);
}

void
dub_latent_draw_ground (const DubLatentPoints  *points,
                        const DubLatentDensity *density,
                        const DubLatentPlane   *plane,
                        DubCanvas              *canvas,
                        double                  width,
                        double                  height)
{
  g_return_if_fail (points != NULL && plane != NULL && canvas != NULL);

  if (!(width > 0.0) || !(height > 0.0) || !(plane->right > plane->left) || !(plane->top > plane->bottom))
    return;

  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  size_t end[N_LAYERS];
  g_autofree guint *order = order_points (points, end);
  DubLatentPlane box;
  Drawing drawing = { .points = points, .theme = theme, .order = order, .end = end };

  if (density != NULL && points->density)
    dub_latent_density_draw (density, plane, canvas, width, height);
  map_init (&drawing.map, plane, width, height);
  dub_latent_plane_fit (&box, points, 0.0, 0.0);
  drawing.radius[0] = radius_of (end[N_LAYERS - 1] - end[0], &box, &drawing.map, theme);
  drawing.radius[1] = SIGN * radius_of (end[0], &box, &drawing.map, theme);
  drawing.rim = theme->view;
  if (points->color == DUB_LATENT_BY_VALUE) {
    dub_latent_value_range (points, drawing.range);
    /* One end of the colours is near to each theme's paper. */
    drawing.rim = dub_rgba_with_alpha (theme->text, 0.45);
  }
  cairo_save (cr);
  clip_box (cr, width, height);
  if (!stamp_directly (&drawing, canvas)) {
    if (end[N_LAYERS - 1] <= DUB_LATENT_STAMPED)
      stroke_layers (&drawing, canvas, width, height);
    else
      stamp_image (&drawing, canvas, width, height);
  }
  cairo_restore (cr);
}

/* --- above --- */

void
dub_latent_draw_ring (const DubLatentPoints *points,
                      const DubLatentPlane  *plane,
                      size_t                 i,
                      gboolean               strong,
                      DubCanvas             *canvas,
                      double                 width,
                      double                 height)
{
  g_return_if_fail (points != NULL && plane != NULL && canvas != NULL);

  if (i >= points->n || !dub_latent_is_visible (points, i))
    return;

  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double radius = 2.4 * RADIUS * theme->line_width, x, y;
  Map map;

  map_init (&map, plane, width, height);
  map_point (&map, points, i, &x, &y);
  if (!(x > -radius && x < width + radius && y > -radius && y < height + radius))
    return;
  cairo_save (cr);
  for (int rim = 1; rim >= 0; rim--) {
    dub_canvas_set_color (canvas, rim ? dub_rgba_with_alpha (theme->view, 0.8) : strong ? theme->text : theme->dim);
    cairo_set_line_width (cr, (strong ? 1.15 : 0.85) * theme->line_width + (rim ? 1.2 * theme->line_width : 0.0));
    cairo_new_sub_path (cr);
    cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

/* In the lower left corner, with arrows: they say which way, not how far. */
static void
draw_names (const DubLatentPoints *points,
            DubCanvas             *canvas,
            double                 width,
            double                 height)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption;

  if (points->x_name != NULL && width > 12.0 * size) {
    g_autofree char *text = g_strdup_printf ("%s →", points->x_name);

    dub_canvas_text (canvas, text, size, DUB_TEXT_LEFT, theme->dim, 1.2 * size, height - 1.2 * size);
  }
  if (points->y_name != NULL && height > 12.0 * size) {
    g_autofree char *text = g_strdup_printf ("%s →", points->y_name);

    dub_canvas_text (canvas, text, size, DUB_TEXT_UP, theme->dim, 1.6 * size, height - 3.2 * size);
  }
}

/* In the lower right corner: the colours from the least to the greatest value, and what is measured. */
static void
draw_value_bar (const DubLatentPoints *points,
                DubCanvas             *canvas,
                double                 width,
                double                 height)
{
  enum { STEPS = 128 };
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, range[2];

  if (!dub_latent_value_range (points, range) || width < 26.0 * size || height < 12.0 * size)
    return;

  double bar = 11.0 * size, thick = 0.7 * size, x = width - 1.3 * size - bar, y = height - 3.2 * size;
  g_autofree char *low = range[1] > range[0] ? dub_number_format_short (range[0], 3) : NULL;
  g_autofree char *high = dub_number_format_short (range[1], 3);
  cairo_pattern_t *ramp = cairo_pattern_create_linear (x, 0.0, x + bar, 0.0);

  for (int k = 0; k <= STEPS; k++) {
    guint8 rgb[3];

    dub_colormap_lookup (DUB_LATENT_COLORMAP, (double) k / STEPS, rgb);
    cairo_pattern_add_color_stop_rgb (ramp, (double) k / STEPS, rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0);
  }
  cairo_save (cr);
  cairo_rectangle (cr, x, y, bar, thick);
  cairo_set_source (cr, ramp);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_pattern_destroy (ramp);
  if (low != NULL)
    dub_canvas_text (canvas, low, size, DUB_TEXT_LEFT, theme->dim, x, y + thick + 1.15 * size);
  dub_canvas_text (canvas, high, size, low != NULL ? DUB_TEXT_RIGHT : DUB_TEXT_CENTRE, theme->dim,
                   low != NULL ? x + bar : x + bar / 2.0, y + thick + 1.15 * size);
  if (points->value_name != NULL) {
    g_autofree char *name = dub_canvas_ellipsize (canvas, points->value_name, size, DUB_TEXT_LEFT, width / 2.0);

    dub_canvas_text (canvas, name, size, DUB_TEXT_RIGHT, theme->dim, x + bar, y - 0.5 * size);
  }
}

void
dub_latent_draw_corners (const DubLatentPoints *points,
                         DubCanvas             *canvas,
                         double                 width,
                         double                 height)
{
  g_return_if_fail (points != NULL && canvas != NULL);

  draw_names (points, canvas, width, height);
  if (points->color == DUB_LATENT_BY_VALUE)
    draw_value_bar (points, canvas, width, height);
}

void
dub_latent_draw_above (const DubLatentPoints *points,
                       const DubLatentPlane  *plane,
                       DubCanvas             *canvas,
                       double                 width,
                       double                 height)
{
  g_return_if_fail (points != NULL && plane != NULL && canvas != NULL);

  dub_latent_draw_corners (points, canvas, width, height);
  if (points->current >= 0)
    dub_latent_draw_ring (points, plane, (size_t) points->current, TRUE, canvas, width, height);
}

void
dub_latent_draw (const DubLatentPoints  *points,
                 const DubLatentDensity *density,
                 const DubLatentPlane   *plane,
                 DubCanvas              *canvas,
                 double                  width,
                 double                  height)
{
  dub_latent_draw_ground (points, density, plane, canvas, width, height);
  dub_latent_draw_above (points, plane, canvas, width, height);
}
