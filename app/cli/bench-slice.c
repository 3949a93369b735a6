/* Benchmark of the viewer: one frame of scrolling, a pane of 600 x 600 through a 256^3 volume under an overlay. */
#include "app/cli/cli-bench.h"

#include "ui/figures/compose.h"

#include <math.h>

enum { EXTENT = 256, PANE = 600 };

/* Shells around the middle, as smooth as tissue, or a ball of heat. */
static DubVolume *
make_volume (gboolean   heat,
             GError   **error)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (EXTENT, EXTENT, EXTENT), error);

  if (voxels == NULL)
    return NULL;

  float *out = dub_tensor_f32 (voxels);

  for (int i = 0; i < EXTENT; i++)
    for (int j = 0; j < EXTENT; j++)
      for (int k = 0; k < EXTENT; k++) {
        float x = (float) (i - EXTENT / 2), y = (float) (j - EXTENT / 2), z = (float) (k - EXTENT / 2);
        float radius = sqrtf (x * x + y * y + z * z);

        *out++ = heat ? fmaxf (0.0f, 1.0f - radius / 90.0f) : 0.5f + 0.5f * sinf (radius / 6.0f);
      }

  return dub_volume_new (voxels, NULL, error);
}

gboolean
cli_bench_slice (CliBench  *bench,
                 GError   **error)
{
  g_autoptr (DubVolume) base = make_volume (FALSE, error);
  g_autoptr (DubVolume) heat = base != NULL ? make_volume (TRUE, error) : NULL;

  if (heat == NULL)
    return FALSE;

  g_autoptr (DubComposer) composer = dub_composer_new ();
  g_autofree guint8 *pixels = g_malloc (PANE * PANE * 4);
  DubPaneStyle style;
  DubSliceView view;

  dub_pane_style_init (&style);
  style.overlay.volume = heat;
  dub_slice_view_init (&view, DUB_PLANE_AXIAL, base);
  for (guint frame = 0; frame < bench->n_repeats + 1; frame++) {
    gint64 start = g_get_monotonic_time ();

    dub_composer_compose (composer, &view, &style, PANE, PANE, PANE * 4, pixels);
    /* The first frame touches memory for the first time. */
    if (frame > 0)
      cli_bench_add (bench, start);
    dub_slice_view_move (&view, 0, 0, frame % 100 < 50 ? 1 : -1);
  }

  return TRUE;
}
