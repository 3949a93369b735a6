/* A mask figure of the phantom with made-up numbers: one known input for the golden pictures and the exports. */
#pragma once

#include "phantom.h"
#include "ui/figures/mask-figure.h"

static inline float
figure_phantom_mask (int r,
                     int a,
                     int s)
{
  double ball = hypot (hypot (r - PHANTOM_BALL[0], a - PHANTOM_BALL[1]), s - PHANTOM_BALL[2]);

  return (float) (1.0 - MAX (0.0, 1.0 - ball / 4.0));
}

static inline float
figure_phantom_truth (int r,
                      int a,
                      int s)
{
  return phantom_value (r, a, s) == 1.0f ? 1.0f : 0.0f;
}

static inline DubMaskFigure *
figure_phantom_new (void)
{
  static const struct {
    const char *name;
    double      density, share;
    size_t      n_voxels;
  } REGIONS[] = {
    { "Hippocampus L", 0.289, 0.132, 2225 }, { "Hippocampus R", 0.258, 0.120, 2265 },
    { "A region with a very long name indeed R", 0.225, 0.124, 2675 }, { "Vermis 3", 0.165, 0.017, 492 },
    { "Amygdala L", 0.13, 0.013, 504 }, { "Nothing", 0.0, 0.0, 7 },
  };
  g_autoptr (DubVolume) base = phantom_new ("LIA", phantom_value);
  g_autoptr (DubVolume) mask = phantom_new ("LIA", figure_phantom_mask);
  g_autoptr (DubVolume) truth = phantom_new ("RAS", figure_phantom_truth);
  DubMaskParams params = {
    .lambda1 = 10.0, .lambda2 = 100.0, .beta1 = 1.0, .beta2 = 3.0, .norm = DUB_NORM_MEAN, .step = 0.06,
    .n_iterations = 40, .grid = 3, .start = 1.0, .seed = 7, .target_class = 1, .replacement = DUB_REPLACE_ONE,
  };
  DubMaskFigure *figure = dub_mask_figure_new ();
  g_autoptr (GError) error = NULL;
  DubMaskEnergy rows[41];

  dub_mask_figure_set_volumes (figure, base, mask, truth, &error);
  g_assert_no_error (error);
  dub_mask_figure_describe (figure, "sub-091", "cnn3d <fold 0>", &params);
  for (guint i = 0; i <= 40; i++) {
    double score = 1.0 / (1.0 + i * i), area = 0.4 / (1.0 + 0.2 * i), smoothness = i == 0 ? 0.0 : 0.02;

    rows[i] = (DubMaskEnergy) { i, score + area + smoothness, score, area, smoothness };
  }
  dub_mask_figure_set_trace (figure, rows, G_N_ELEMENTS (rows));
  dub_mask_figure_add_class (figure, "CN", 0.0021, 0.9962);
  dub_mask_figure_add_class (figure, "AD", 0.9979, 0.0038);
  figure->mass_inside = 0.826;
  figure->atlas = g_strdup ("AAL2");
  for (size_t i = 0; i < G_N_ELEMENTS (REGIONS); i++) {
    DubMaskFigureRegion region = { g_strdup (REGIONS[i].name), REGIONS[i].density, REGIONS[i].share,
                                   REGIONS[i].n_voxels };

    g_array_append_val (figure->regions, region);
  }
  dub_mask_figure_add_provenance (figure, "model-sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e");

  return figure;
}
