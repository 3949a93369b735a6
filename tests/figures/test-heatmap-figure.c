/* The figure of a heatmap: a picture stands upright, colours begin or diverge at 0, volumes are cut at the peak. */
#include "tests/io/scratch.h"
#include "ui/figures/heatmap-figure.h"

#include <math.h>
#include <string.h>

enum { H = 6, W = 9 };

static DubTensor *
ramp (void)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (H, W), NULL);

  for (size_t i = 0; i < H * W; i++)
    dub_tensor_f32 (tensor)[i] = (float) i / (float) (H * W - 1);

  return tensor;
}

/* Row 0 is at the top, column 0 on the left: as the composer shows it, pixel by pixel. */
static void
test_upright (void)
{
  g_autoptr (DubTensor) tensor = ramp ();
  g_autoptr (DubVolume) picture = dub_heatmap_picture (tensor, NULL);
  g_autoptr (DubComposer) composer = dub_composer_new ();
  guint8 pixels[H * W * 4];
  DubPaneStyle style;
  DubSliceView view;

  dub_pane_style_init (&style);
  style.interpolation = DUB_INTERPOLATION_NEAREST;
  dub_slice_view_init (&view, DUB_PLANE_AXIAL, picture);
  view.radiological = FALSE;
  dub_composer_compose (composer, &view, &style, W, H, W * 4, pixels);
  for (size_t i = 0; i < H * W; i++)
    g_assert_cmpfloat_with_epsilon (pixels[4 * i] / 255.0, dub_tensor_f32 (tensor)[i], 0.01);
}

/* Of several channels the mean is shown. */
static void
test_channels (void)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (3, H, W), NULL);

  for (size_t c = 0; c < 3; c++)
    dub_tensor_f32 (tensor)[c * H * W + 2 * W + 4] = (float) (c + 1);

  g_autoptr (DubVolume) picture = dub_heatmap_picture (tensor, NULL);

  g_assert_cmpfloat_with_epsilon (dub_volume_get (picture, 4, 2, 0), 2.0, 1e-6);
  g_assert_cmpfloat (dub_volume_get (picture, 4, 3, 0), ==, 0.0);
}

static DubVolume *
volume_with (float value)
{
  static const double AFFINE[4][4] = { { 2, 0, 0, -10 }, { 0, 2, 0, -20 }, { 0, 0, 2, 5 }, { 0, 0, 0, 1 } };
  g_autoptr (DubTensor) voxels = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (8, 7, 6), NULL);

  dub_tensor_f32 (voxels)[(3 * 7 + 4) * 6 + 5] = value;
  dub_tensor_f32 (voxels)[0] = 0.5f;

  return dub_volume_new (voxels, AFFINE, NULL);
}

static void
test_colours (void)
{
  g_autoptr (DubVolume) image = volume_with (1.0f);
  g_autoptr (DubVolume) loss = volume_with (-3.0f);
  g_autoptr (DubHeatmapFigure) figure = dub_heatmap_figure_new (image, loss, TRUE, FALSE);
  guint8 below[4], above[4];

  g_assert_true (dub_colormap_is_diverging (figure->style.overlay.colormap));
  g_assert_cmpfloat (figure->style.overlay.high, ==, 3.0);
  g_assert_cmpfloat (figure->cursor[0], ==, -10.0 + 2.0 * 3.0);
  g_assert_cmpfloat (figure->cursor[1], ==, -20.0 + 2.0 * 4.0);
  g_assert_cmpfloat (figure->cursor[2], ==, 5.0 + 2.0 * 5.0);
  /* What holds the answer up is warm. */
  dub_overlay_color (&figure->style.overlay, 2.5, above);
  dub_overlay_color (&figure->style.overlay, -2.5, below);
  g_assert_cmpint (above[0], >, above[2]);
  g_assert_cmpint (below[2], >, below[0]);

  g_autoptr (DubHeatmapFigure) plain = dub_heatmap_figure_new (image, image, FALSE, FALSE);

  g_assert_false (dub_colormap_is_diverging (plain->style.overlay.colormap));
  g_assert_cmpfloat (plain->style.overlay.low, ==, 0.0);
  g_assert_cmpfloat (plain->style.overlay.high, ==, 1.0);
}

/* A map of nothing is drawn, too. */
static void
test_export (void)
{
  static const char *const NAMES[] = { "a.png", "a.svg", "a.pdf" };
  Scratch scratch = scratch_new ();
  g_autoptr (DubTensor) tensor = ramp ();
  g_autoptr (DubTensor) nothing = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (H, W), NULL);
  g_autoptr (DubVolume) picture = dub_heatmap_picture (tensor, NULL);
  g_autoptr (DubVolume) map = dub_heatmap_picture (nothing, NULL);
  g_autoptr (DubHeatmapFigure) figure = dub_heatmap_figure_new (picture, map, TRUE, TRUE);
  g_autoptr (GError) error = NULL;
  DubExportOptions options;

  dub_export_options_init (&options);
  options.dpi = 72.0;
  dub_heatmap_figure_set_text (figure, "A case", "beneath", NULL);
  dub_heatmap_figure_note (figure, "Heatmap", "of nothing");
  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++) {
    g_autofree char *path = scratch_path (&scratch, NAMES[i]);
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    gsize n_first, n_second;

    g_assert_true (dub_heatmap_figure_export (figure, path, &options, &error));
    g_assert_true (g_file_get_contents (path, &first, &n_first, NULL));
    g_assert_true (dub_heatmap_figure_export (figure, path, &options, &error));
    g_assert_true (g_file_get_contents (path, &second, &n_second, NULL));
    g_assert_no_error (error);
    g_assert_cmpmem (first, n_first, second, n_second);
  }

  g_autofree char *table = scratch_path (&scratch, "a.csv");

  g_assert_false (dub_heatmap_figure_export (figure, table, &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  scratch_free (&scratch);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heatmap-figure/upright", test_upright);
  g_test_add_func ("/heatmap-figure/channels", test_channels);
  g_test_add_func ("/heatmap-figure/colours", test_colours);
  g_test_add_func ("/heatmap-figure/export", test_export);

  return g_test_run ();
}
