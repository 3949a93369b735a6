/* Milliseconds to compose one pane of 600 × 600 px from volumes of 256³, on one thread: best of many frames.
 * "scroll" goes to another slice each frame, "same slice" is what a slider of the overlay costs. */
#include <math.h>
#include <stdio.h>

#include "ui/figures/compose.h"

enum { N = 256, PANE = 600, FRAMES = 200 };

static DubVolume *
create_volume (gboolean heat)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (N, N, N), NULL);
  float *out = dub_tensor_f32 (voxels);

  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      for (int k = 0; k < N; k++) {
        double radius = hypot (hypot (i - 128, j - 128), k - 128);

        *out++ = heat ? (float) MAX (0.0, 1.0 - radius / 90.0) : (float) (0.5 + 0.5 * sin (radius / 6.0));
      }

  return dub_volume_new (voxels, NULL, NULL);
}

typedef struct {
  const char      *name;
  gboolean         overlay;
  gboolean         contour;
  gboolean         scroll;
  DubInterpolation interpolation;
} Case;

static double
measure (const Case *c,
         DubPlane    plane,
         DubVolume  *base,
         DubVolume  *heat)
{
  g_autoptr (DubComposer) composer = dub_composer_new ();
  g_autofree guint8 *pixels = g_malloc (4 * PANE * PANE);
  double best = INFINITY;
  DubPaneStyle style;
  DubSliceView view;

  dub_pane_style_init (&style);
  style.interpolation = style.overlay.interpolation = c->interpolation;
  style.overlay.volume = c->overlay ? heat : NULL;
  style.contour = c->contour ? heat : NULL;
  dub_slice_view_init (&view, plane, base);
  for (int frame = 0; frame < FRAMES; frame++) {
    gint64 start = g_get_monotonic_time ();

    dub_composer_compose (composer, &view, &style, PANE, PANE, 4 * PANE, pixels);
    best = MIN (best, (double) (g_get_monotonic_time () - start) / 1000.0);
    if (c->scroll)
      dub_slice_view_move (&view, 0, 0, frame % 100 < 50 ? 1 : -1);
  }

  return best;
}

int
main (void)
{
  static const Case CASES[] = {
    { "image, linear, scroll", FALSE, FALSE, TRUE, DUB_INTERPOLATION_LINEAR },
    { "image + heat, linear, scroll", TRUE, FALSE, TRUE, DUB_INTERPOLATION_LINEAR },
    { "image + heat, linear, same slice", TRUE, FALSE, FALSE, DUB_INTERPOLATION_LINEAR },
    { "image + heat, nearest, scroll", TRUE, FALSE, TRUE, DUB_INTERPOLATION_NEAREST },
    { "image + heat + contour, linear, scroll", TRUE, TRUE, TRUE, DUB_INTERPOLATION_LINEAR },
  };
  g_autoptr (DubVolume) base = create_volume (FALSE);
  g_autoptr (DubVolume) heat = create_volume (TRUE);

  printf ("%-42s %9s %9s %9s  (ms)\n", "", dub_plane_name (DUB_PLANE_AXIAL), dub_plane_name (DUB_PLANE_CORONAL),
          dub_plane_name (DUB_PLANE_SAGITTAL));
  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    printf ("%-42s", CASES[i].name);
    for (int plane = 0; plane < DUB_N_PLANES; plane++)
      printf (" %9.3f", measure (&CASES[i], plane, base, heat));
    printf ("\n");
  }

  return 0;
}
