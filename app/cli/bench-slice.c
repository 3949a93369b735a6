/* Benchmark of the viewer: one frame of scrolling, three panes of 600 x 600 of a 256^3 volume under an overlay. */
#include "app/cli/cli-bench.h"

#include "core/base/rng.h"
#include "ui/figures/compose.h"

enum { EXTENT = 256, PANE = 600 };

static DubVolume *
random_volume (uint64_t   index,
               GError   **error)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (EXTENT, EXTENT, EXTENT), error);
  DubRng rng;

  if (voxels == NULL)
    return NULL;
  dub_rng_init (&rng, 1, "bench-slice", index);
  for (size_t i = 0, n = dub_tensor_n_elements (voxels); i < n; i++)
    dub_tensor_f32 (voxels)[i] = dub_rng_float (&rng);

  return dub_volume_new (voxels, NULL, error);
}

gboolean
cli_bench_slice (CliBench  *bench,
                 GError   **error)
{
  g_autoptr (DubVolume) base = random_volume (0, error);
  g_autoptr (DubVolume) mask = base != NULL ? random_volume (1, error) : NULL;

  if (mask == NULL)
    return FALSE;

  DubComposer *composers[DUB_N_PLANES];
  g_autofree guint8 *pixels = g_malloc (PANE * PANE * 4);
  DubPaneStyle style;

  dub_pane_style_init (&style);
  style.overlay.volume = mask;
  style.overlay.complement = TRUE;
  for (int i = 0; i < DUB_N_PLANES; i++)
    composers[i] = dub_composer_new ();

  /* Every frame moves the cursor along all three axes, so that no slice is kept from the frame before. */
  for (guint frame = 0; frame < bench->n_repeats + 1; frame++) {
    double place = 20.0 + (double) (frame * 7 % 200);
    gint64 start = g_get_monotonic_time ();

    for (int i = 0; i < DUB_N_PLANES; i++) {
      DubSliceView view;

      dub_slice_view_init (&view, (DubPlane) i, base);
      for (int axis = 0; axis < 3; axis++)
        view.cursor[axis] = place;
      dub_composer_compose (composers[i], &view, &style, PANE, PANE, PANE * 4, pixels);
    }
    if (frame > 0)
      cli_bench_add (bench, start);
  }
  for (int i = 0; i < DUB_N_PLANES; i++)
    dub_composer_free (composers[i]);

  return TRUE;
}
