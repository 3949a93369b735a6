/* The sheet of one case: pictures at the left, numbers beside them where there is room, strips below. */
#include "ui/figures/case-figure.h"

#include <math.h>

#include "ui/figures/colorbar.h"
#include "ui/figures/ticks.h"

/* Narrower than this, numbers stand below the pictures. */
static const double WIDE = 380.0;
static const double GAP = 8.0;
static const double SCALE_WIDTH = 44.0; /* of the colour bar with its numbers */

enum { MOST_CLASSES = 8, MOST_SCORES = 8 };

/* Where everything stands; @size is the theme's caption size. */
typedef struct {
  double size, row;
  double picture;        /* side of image and heatmap */
  double numbers_x, numbers_y, numbers_width, numbers_height;
  double pictures_height;
  double tile, strip_y[2], strip_height;
  double height;
} Layout;

static guint
n_classes_shown (const DubCaseFigure *self)
{
  return self->mean != NULL ? MIN (self->classes->len, (guint) MOST_CLASSES) : 0;
}

static void
lay_out (const DubCaseFigure *self,
         double               size,
         double               width,
         Layout              *at)
{
  double aspect = 1.0, below;
  guint n_scores = MIN (self->scores->len, (guint) MOST_SCORES), n_strips = 0;
  gboolean wide = width >= WIDE;
  double pictures = (wide ? 0.56 * width : width) - GAP - (self->heat != NULL ? SCALE_WIDTH : 0.0);

  at->size = size;
  at->row = 1.65 * size;
  if (self->image != NULL) {
    DubCaseImage image;

    dub_case_image_init (&image, self->image, self->kind);
    aspect = dub_case_image_aspect (&image);
  }
  at->picture = self->heat != NULL ? (pictures - GAP) / 2.0 : wide ? pictures / 1.6 : pictures;
  at->pictures_height = at->picture / aspect + 1.6 * size;
  at->numbers_height = (n_classes_shown (self) + n_scores + 3.0) * at->row;
  at->numbers_x = wide ? 0.56 * width + GAP : 0.0;
  at->numbers_width = width - at->numbers_x;
  at->numbers_y = wide ? 2.4 * size : 2.4 * size + at->pictures_height + GAP;
  below = wide ? 2.4 * size + MAX (at->pictures_height, at->numbers_height) : at->numbers_y + at->numbers_height;
  at->tile = (MIN (width, WIDE) - 4.0 * GAP) / 5.0;
  at->strip_height = at->tile + 3.6 * size;
  for (int i = 0; i < 2; i++) {
    const GArray *tiles = i == 0 ? self->views : self->neighbours;

    at->strip_y[i] = below + GAP + n_strips * at->strip_height;
    n_strips += tiles->len > 0;
  }
  at->height = below + (n_strips > 0 ? GAP + n_strips * at->strip_height : 0.0);
}

double
dub_case_figure_height (const DubCaseFigure *self,
                        double               width)
{
  DubTheme theme;
  Layout at;

  dub_theme_init (&theme, DUB_THEME_PAPER);
  lay_out (self, theme.font_caption, width, &at);

  return ceil (at.height);
}

/* --- pictures --- */

static void
draw_surface (DubCanvas       *canvas,
              cairo_surface_t *surface,
              double           x,
              double           y,
              double           width,
              double           height)
{
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, width / cairo_image_surface_get_width (surface), height / cairo_image_surface_get_height (surface));
  cairo_set_source_surface (cr, surface, 0.0, 0.0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_paint (cr);
  cairo_restore (cr);
}

static void
draw_image (DubCanvas          *canvas,
            const DubCaseImage *image,
            double              x,
            double              y,
            double              width,
            double              height)
{
  double density = dub_canvas_get_density (canvas);
  int columns = (int) CLAMP (lrint (width * density), 1, 4096), rows = (int) CLAMP (lrint (height * density), 1, 4096);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, columns, rows);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS) {
    cairo_surface_flush (surface);
    dub_case_image_compose (image, columns, rows, (size_t) cairo_image_surface_get_stride (surface),
                            cairo_image_surface_get_data (surface));
    draw_surface (canvas, surface, x, y, width, height);
  }
  cairo_surface_destroy (surface);
}

static void
draw_pictures (const DubCaseFigure *self,
               DubCanvas           *canvas,
               const Layout        *at)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double top = 2.4 * at->size, height = at->pictures_height - 1.6 * at->size, x = 0.0;
  DubCaseImage image;

  if (self->image == NULL)
    return;
  dub_case_image_init (&image, self->image, self->kind);
  draw_image (canvas, &image, x, top, at->picture, height);
  dub_canvas_text (canvas, "Image", at->size, DUB_TEXT_LEFT, theme->dim, x, top + height + 1.2 * at->size);
  if (self->heat == NULL)
    return;
  x += at->picture + GAP;
  image.heat = self->heat;
  dub_heat_overlay_init (&image.overlay, self->heat, self->diverging);
  draw_image (canvas, &image, x, top, at->picture, height);
  if (self->heat_title != NULL) {
    g_autofree char *title = dub_canvas_ellipsize (canvas, self->heat_title, at->size, DUB_TEXT_LEFT, at->picture + SCALE_WIDTH);

    dub_canvas_text (canvas, title, at->size, DUB_TEXT_LEFT, theme->dim, x, top + height + 1.2 * at->size);
  }
  dub_colorbar_draw (canvas, &image.overlay, NULL, NULL, FALSE, x + at->picture + GAP, top + 2.0, height - 4.0, NULL);
}

static void
draw_strip (const GArray *tiles,
            DubCanvas    *canvas,
            const Layout *at,
            const char   *title,
            DubRgba       marked,
            double        y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);

  dub_canvas_text (canvas, title, at->size, DUB_TEXT_LEFT | DUB_TEXT_BOLD, theme->text, 0.0, y + at->size);
  for (guint i = 0; i < tiles->len; i++) {
    const DubCaseFigureTile *tile = &g_array_index (tiles, DubCaseFigureTile, i);
    double x = i * (at->tile + GAP), top = y + 1.6 * at->size, base = top + at->tile + 1.2 * at->size;
    g_autofree char *number = dub_number_format (tile->number, 2);
    double room = at->tile - dub_canvas_text_width (canvas, number, at->size, DUB_TEXT_LEFT) - 3.0;
    g_autofree char *name = dub_canvas_ellipsize (canvas, tile->name, at->size, DUB_TEXT_LEFT, room);

    if (tile->picture != NULL) {
      const guint8 *rgb = g_bytes_get_data (tile->picture, NULL);
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, tile->side, tile->side);
      guint8 *pixels;
      size_t stride;

      cairo_surface_flush (surface);
      pixels = cairo_image_surface_get_data (surface);
      stride = (size_t) cairo_image_surface_get_stride (surface);
      for (size_t k = 0; k < (size_t) tile->side * (size_t) tile->side; k++) {
        guint8 *pixel = pixels + k / (size_t) tile->side * stride + k % (size_t) tile->side * 4;

        for (int c = 0; c < 3; c++)
          pixel[2 - c] = rgb[3 * k + (size_t) c];
      }
      draw_surface (canvas, surface, x, top, at->tile, at->tile);
      cairo_surface_destroy (surface);
    }
    dub_canvas_text (canvas, name, at->size, DUB_TEXT_LEFT, tile->marked ? marked : theme->text, x, base);
    dub_canvas_text (canvas, number, at->size, DUB_TEXT_RIGHT, theme->dim, x + at->tile, base);
  }
}

/* --- numbers --- */

static void
draw_class (const DubCaseFigure *self,
            DubCanvas           *canvas,
            const Layout        *at,
            guint                c,
            double               y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double bar_x = at->numbers_x + 0.52 * at->numbers_width, number_width = 3.8 * at->size;
  double bar_width = at->numbers_x + at->numbers_width - number_width - bar_x, middle = y - 0.35 * at->size;
  gboolean is_answer = (int) c == self->predicted, wrong = self->truth >= 0 && self->predicted != self->truth;
  const char *badge = (int) c == self->truth ? (is_answer ? "true, predicted" : "true label") : is_answer ? "predicted" : "";
  DubRgba color = !is_answer ? dub_rgba_with_alpha (theme->text, 0.5) : wrong ? theme->failed : theme->correct;
  double badge_width = dub_canvas_text_width (canvas, badge, at->size, DUB_TEXT_LEFT);
  g_autofree char *name = dub_canvas_ellipsize (canvas, g_ptr_array_index (self->classes, c), at->size, DUB_TEXT_LEFT,
                                                bar_x - at->numbers_x - badge_width - 10.0);
  g_autofree char *value = dub_number_format (self->mean[c], 3);

  dub_canvas_text (canvas, name, at->size, DUB_TEXT_LEFT, theme->text, at->numbers_x, y);
  dub_canvas_text (canvas, badge, at->size, DUB_TEXT_RIGHT, is_answer && wrong ? theme->failed_text : theme->dim, bar_x - 5.0, y);
  dub_canvas_box (canvas, theme->trough, bar_x, middle - 2.0, bar_width, 4.0, 2.0);
  dub_canvas_box (canvas, color, bar_x, middle - 2.0, bar_width * self->mean[c], 4.0, 2.0);
  for (size_t m = 0; self->models != NULL && self->n_models > 1 && m < self->n_models; m++) {
    cairo_arc (cr, bar_x + bar_width * self->models[m * self->classes->len + c], middle, 1.9, 0.0, 2.0 * G_PI);
    dub_canvas_set_color (canvas, theme->view);
    cairo_fill_preserve (cr);
    dub_canvas_set_color (canvas, theme->text);
    cairo_set_line_width (cr, 0.8);
    cairo_stroke (cr);
  }
  dub_canvas_text (canvas, value, at->size, DUB_TEXT_RIGHT | DUB_TEXT_BOLD, theme->text, at->numbers_x + at->numbers_width, y);
}

static void
draw_score (DubCanvas                *canvas,
            const Layout             *at,
            const DubCaseFigureScore *score,
            double                    y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double bar_x = at->numbers_x + 0.52 * at->numbers_width, number_width = 3.8 * at->size;
  double bar_width = at->numbers_x + at->numbers_width - number_width - bar_x, middle = y - 0.35 * at->size;
  g_autofree char *value = isnan (score->value) ? g_strdup ("–") : dub_number_format (score->value, 3);
  g_autofree char *share = isnan (score->percentile) ? g_strdup ("–") : g_strdup_printf ("P%.0f", floor (100.0 * score->percentile));
  g_autofree char *title = dub_canvas_ellipsize (canvas, score->title, at->size, DUB_TEXT_LEFT,
                                                 bar_x - at->numbers_x - 12.0 - dub_canvas_text_width (canvas, value, at->size, DUB_TEXT_LEFT));

  dub_canvas_text (canvas, title, at->size, DUB_TEXT_LEFT, theme->text, at->numbers_x, y);
  dub_canvas_text (canvas, value, at->size, DUB_TEXT_RIGHT, theme->text, bar_x - 5.0, y);
  dub_canvas_box (canvas, theme->trough, bar_x, middle - 1.0, bar_width, 2.0, 1.0);
  if (!isnan (score->percentile)) {
    dub_canvas_box (canvas, dub_rgba_with_alpha (theme->text, 0.5), bar_x, middle - 1.0, bar_width * score->percentile, 2.0, 1.0);
    cairo_arc (cr, bar_x + bar_width * score->percentile, middle, 2.0, 0.0, 2.0 * G_PI);
    dub_canvas_set_color (canvas, theme->text);
    cairo_fill (cr);
  }
  dub_canvas_text (canvas, share, at->size, DUB_TEXT_RIGHT | DUB_TEXT_BOLD, theme->text, at->numbers_x + at->numbers_width, y);
}

static void
draw_numbers (const DubCaseFigure *self,
              DubCanvas           *canvas,
              const Layout        *at)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double y = at->numbers_y + at->size;
  guint n = n_classes_shown (self);

  if (n > 0) {
    dub_canvas_text (canvas, "Class probability", at->size, DUB_TEXT_LEFT | DUB_TEXT_BOLD, theme->text, at->numbers_x, y);
    y += at->row;
  }
  for (guint c = 0; c < n; c++, y += at->row)
    draw_class (self, canvas, at, c, y);
  if (self->scores->len == 0)
    return;

  g_autofree char *among = g_strdup_printf ("percentile of %u", self->n_calibration);

  y += 0.4 * at->row;
  dub_canvas_text (canvas, "Scores", at->size, DUB_TEXT_LEFT | DUB_TEXT_BOLD, theme->text, at->numbers_x, y);
  dub_canvas_text (canvas, among, at->size, DUB_TEXT_RIGHT, theme->dim, at->numbers_x + at->numbers_width, y);
  y += at->row;
  for (guint i = 0; i < MIN (self->scores->len, (guint) MOST_SCORES); i++, y += at->row)
    draw_score (canvas, at, &g_array_index (self->scores, DubCaseFigureScore, i), y);
}

void
dub_case_figure_draw (const DubCaseFigure *self,
                      DubCanvas           *canvas,
                      double               width,
                      double               height)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  gboolean judged = self->truth >= 0 && self->predicted >= 0, wrong = judged && self->truth != self->predicted;
  const char *outcome = !judged ? "" : wrong ? "▲ failed" : "● correct";
  g_autofree char *where = g_strdup_printf ("%s · %s", self->part != NULL ? self->part : "", self->study);
  Layout at;
  double x;

  lay_out (self, theme->font_caption, width, &at);
  x = dub_canvas_text (canvas, self->id, theme->font_body, DUB_TEXT_LEFT | DUB_TEXT_BOLD, theme->text, 0.0, theme->font_body) + 8.0;
  x += dub_canvas_text (canvas, outcome, at.size, DUB_TEXT_LEFT | DUB_TEXT_BOLD, wrong ? theme->failed_text : theme->correct, x,
                        theme->font_body);
  dub_canvas_text (canvas, where, at.size, DUB_TEXT_LEFT, theme->dim, x + (judged ? 8.0 : 0.0), theme->font_body);
  draw_pictures (self, canvas, &at);
  draw_numbers (self, canvas, &at);
  if (self->views->len > 0)
    draw_strip (self->views, canvas, &at, "Augmented views", theme->failed_text, at.strip_y[0]);
  if (self->neighbours->len > 0)
    draw_strip (self->neighbours, canvas, &at, "Nearest training cases", theme->warning, at.strip_y[1]);
}
