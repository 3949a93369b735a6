/* Golden pictures: known data drawn at a fixed size. Composed panes may differ by one grey level, where a compiler
 * fuses a multiplication with an addition; text and lines by what an antialiased edge may. */
#include <stdlib.h>
#include <string.h>

#include "figure-phantom.h"
#include "ui/figures/energy-figure.h"
#include "ui/figures/figure-draw.h"
#include "ui/figures/pane-draw.h"

#define FONT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

typedef struct {
  int    most;  /* largest difference of a channel that is not counted */
  double share; /* of the channels that may differ by more */
} Tolerance;

static void
compare (cairo_surface_t *found,
         const char      *name,
         Tolerance        tolerance)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "figures", "golden", name, NULL);

  g_assert_cmpint (cairo_surface_status (found), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_flush (found);
  if (g_getenv ("DUBITO_UPDATE_GOLDEN") != NULL) {
    g_assert_cmpint (cairo_surface_write_to_png (found, path), ==, CAIRO_STATUS_SUCCESS);
    g_test_skip ("golden picture written, not compared");
    return;
  }

  cairo_surface_t *golden = cairo_image_surface_create_from_png (path);
  int width = cairo_image_surface_get_width (golden), height = cairo_image_surface_get_height (golden);
  size_t differ = 0;
  int worst = 0;

  g_assert_cmpint (cairo_surface_status (golden), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (width, ==, cairo_image_surface_get_width (found));
  g_assert_cmpint (height, ==, cairo_image_surface_get_height (found));
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++) {
        int a = cairo_image_surface_get_data (golden)[y * cairo_image_surface_get_stride (golden) + 4 * x + c];
        int b = cairo_image_surface_get_data (found)[y * cairo_image_surface_get_stride (found) + 4 * x + c];

        worst = MAX (worst, ABS (a - b));
        differ += ABS (a - b) > tolerance.most;
      }
  cairo_surface_destroy (golden);
  g_test_message ("%s: %zu channels differ, by at most %d", name, differ, worst);
  if ((double) differ > tolerance.share * 3.0 * width * height) {
    g_autofree char *kept = g_test_build_filename (G_TEST_BUILT, "figures", name, NULL);

    cairo_surface_write_to_png (found, kept);
    g_test_message ("the picture drawn is kept in %s", kept);
    g_test_fail ();
  }
}

static const Tolerance EXACT = { 1, 0.0 };
static const Tolerance DRAWN = { 24, 0.002 };

static gboolean
has_font (void)
{
  if (g_file_test (FONT, G_FILE_TEST_EXISTS))
    return TRUE;
  g_test_skip ("DejaVu Sans is not installed (package fonts-dejavu-core)");

  return FALSE;
}

static void
test_pane (gconstpointer data)
{
  DubPlane plane = GPOINTER_TO_INT (data);
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  g_autoptr (DubComposer) composer = dub_composer_new ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 120, 100);
  g_autofree char *lower = g_ascii_strdown (dub_plane_name (plane), -1);
  g_autofree char *name = g_strdup_printf ("pane-%s.png", lower);
  DubSliceView view;

  figure->style.overlay.volume = figure->mask;
  figure->style.overlay.complement = TRUE;
  figure->style.contour = figure->truth;
  dub_slice_view_init (&view, plane, figure->base);
  memcpy (view.cursor, figure->cursor, sizeof view.cursor);
  dub_composer_compose (composer, &view, &figure->style, 120, 100, (size_t) cairo_image_surface_get_stride (surface),
                        cairo_image_surface_get_data (surface));
  cairo_surface_mark_dirty (surface);
  compare (surface, name, EXACT);
  cairo_surface_destroy (surface);
}

/* Lines only: no axis is labelled and no number fits where the font has no size. */
static void
test_lines (void)
{
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  g_autoptr (DubFigure) plot =
    dub_energy_figure_new ((const DubMaskEnergy *) (const void *) figure->trace->data, figure->trace->len, 0, 25, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 200, 120);
  cairo_t *cr = cairo_create (surface);
  DubFigureLayout layout;
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_DARK);
  theme.font_caption = 1e-3;
  plot->legend = FALSE;

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_canvas_set_color (canvas, theme.view);
  cairo_paint (cr);
  dub_figure_draw (plot, canvas, 200.0, 120.0, &layout);
  dub_figure_draw_cursor (plot, canvas, &layout);
  cairo_destroy (cr);
  compare (surface, "lines.png", EXACT);
  cairo_surface_destroy (surface);
}

static void
draw_figure (double      width_mm,
             double      density,
             const char *name)
{
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  double width = width_mm / 25.4 * 72.0, height = dub_mask_figure_height (figure, width);
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (width * density), (int) (height * density));
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  cairo_scale (cr, density, density);
  dub_theme_init (&theme, DUB_THEME_PAPER);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, density);

  dub_canvas_set_color (canvas, theme.view);
  cairo_paint (cr);
  dub_mask_figure_draw (figure, canvas, width, height);
  cairo_destroy (cr);
  compare (surface, name, DRAWN);
  cairo_surface_destroy (surface);
}

static void
test_one_column (void)
{
  if (has_font ())
    draw_figure (DUB_EXPORT_ONE_COLUMN_MM, 1.15, "mask-85mm.png");
}

static void
test_two_columns (void)
{
  if (has_font ())
    draw_figure (DUB_EXPORT_TWO_COLUMNS_MM, 1.0, "mask-174mm.png");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/golden/axial", GINT_TO_POINTER (DUB_PLANE_AXIAL), test_pane);
  g_test_add_data_func ("/golden/coronal", GINT_TO_POINTER (DUB_PLANE_CORONAL), test_pane);
  g_test_add_data_func ("/golden/sagittal", GINT_TO_POINTER (DUB_PLANE_SAGITTAL), test_pane);
  g_test_add_func ("/golden/lines", test_lines);
  g_test_add_func ("/golden/one-column", test_one_column);
  g_test_add_func ("/golden/two-columns", test_two_columns);

  return g_test_run ();
}
