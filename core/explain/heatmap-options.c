/* Kinds by name, defaults and ranges of a heatmap's options. */
#include "core/explain/heatmap.h"

#include <math.h>
#include <string.h>

static const char *const KINDS[] = {
  "occlusion", "gradient", "input-gradient", "smoothgrad", "ig", "gradcam", "gradcam-sd", "mask",
};
G_STATIC_ASSERT (G_N_ELEMENTS (KINDS) == DUB_N_HEATMAP_KINDS);

const char *
dub_heatmap_kind_name (DubHeatmapKind kind)
{
  g_return_val_if_fail ((guint) kind < DUB_N_HEATMAP_KINDS, NULL);

  return KINDS[kind];
}

gboolean
dub_heatmap_kind_find (const char     *name,
                       DubHeatmapKind *kind)
{
  for (guint i = 0; i < DUB_N_HEATMAP_KINDS; i++)
    if (g_strcmp0 (name, KINDS[i]) == 0) {
      *kind = (DubHeatmapKind) i;
      return TRUE;
    }

  return FALSE;
}

gboolean
dub_heatmap_kind_replaces (DubHeatmapKind kind)
{
  return kind == DUB_HEATMAP_OCCLUSION || kind == DUB_HEATMAP_INPUT_GRADIENT || kind == DUB_HEATMAP_INTEGRATED_GRADIENTS;
}

gboolean
dub_heatmap_kind_has (DubHeatmapKind kind,
                      DubHeatmapOf   of)
{
  switch (kind) {
  case DUB_HEATMAP_OCCLUSION:
    return TRUE;
  case DUB_HEATMAP_MASK:
    return of == DUB_HEATMAP_OF_PROBABILITY;
  case DUB_HEATMAP_GRADIENT:
  case DUB_HEATMAP_INPUT_GRADIENT:
  case DUB_HEATMAP_SMOOTHGRAD:
  case DUB_HEATMAP_INTEGRATED_GRADIENTS:
  case DUB_HEATMAP_GRADCAM:
  case DUB_HEATMAP_GRADCAM_SD:
  default:
    return of != DUB_HEATMAP_OF_SCORE;
  }
}

void
dub_heatmap_mask_params_init (DubMaskParams *self,
                              int            n_axes)
{
  dub_mask_params_init (self);
  if (n_axes != 2)
    return;
  /* A picture of few pixels: an object covers a far larger share of it than of a brain. */
  self->lambda1 = 0.7;
  self->lambda2 = 1.0;
  self->start = 0.1;
  self->replacement = DUB_REPLACE_BLUR;
}

void
dub_heatmap_options_init (DubHeatmapOptions *self,
                          DubHeatmapKind     kind,
                          int                n_axes)
{
  *self = (DubHeatmapOptions) {
    .kind = kind,
    .of = DUB_HEATMAP_OF_PROBABILITY,
    .class_index = -1,
    .n_steps = 64,
    .n_samples = 32,
    .noise = 0.1,
    .seed = 1,
    .replacement = kind == DUB_HEATMAP_OCCLUSION ? DUB_REPLACE_MEAN : DUB_REPLACE_ZERO,
    .blur_sigma = 5.0,
  };
  /* Slopes of single voxels of a volume are grain; what a person can see is their mean over a few millimetres. */
  if (n_axes == 3 && (kind == DUB_HEATMAP_GRADIENT || kind == DUB_HEATMAP_INPUT_GRADIENT || kind == DUB_HEATMAP_SMOOTHGRAD ||
                      kind == DUB_HEATMAP_INTEGRATED_GRADIENTS))
    self->smooth = 2.0;
  if (n_axes == 3) {
    self->n_steps = 32;
    self->n_samples = 16;
  }
  /* Softmax of a sure network has hardly a slope; the logit behind it has one. */
  if (kind == DUB_HEATMAP_GRADCAM || kind == DUB_HEATMAP_GRADCAM_SD)
    self->of = DUB_HEATMAP_OF_LOGIT;
  if (kind == DUB_HEATMAP_MASK && n_axes == 3)
    self->replacement = DUB_REPLACE_ONE;
}

gboolean
dub_heatmap_options_check (const DubHeatmapOptions  *self,
                           GError                  **error)
{
  if ((guint) self->kind >= DUB_N_HEATMAP_KINDS) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The kind of a heatmap is %d; expected 0 to %d.", (int) self->kind,
                 DUB_N_HEATMAP_KINDS - 1);
    return FALSE;
  }

  const struct {
    const char *name;
    double      value;
    double      min;
    double      max;
  } ranges[] = {
    { "of", self->of, DUB_HEATMAP_OF_PROBABILITY, DUB_HEATMAP_OF_SCORE },
    { "class_index", self->class_index, -1.0, 1e6 },
    { "window", self->window, 0.0, 4096.0 },
    { "stride", self->stride, 0.0, 4096.0 },
    { "n_steps", self->n_steps, 1.0, 1e6 },
    { "n_samples", self->n_samples, 1.0, 1e6 },
    { "noise", self->noise, 0.0, 10.0 },
    { "smooth", self->smooth, 0.0, 100.0 },
    { "replacement", self->replacement, DUB_REPLACE_ONE, DUB_REPLACE_FILE },
    { "blur_sigma", self->blur_sigma, 0.01, 100.0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (!(isfinite (ranges[i].value) && ranges[i].value >= ranges[i].min && ranges[i].value <= ranges[i].max)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The heatmap's option %s is %g; expected a number from %g to %g.",
                   ranges[i].name, ranges[i].value, ranges[i].min, ranges[i].max);
      return FALSE;
    }
  if (!dub_heatmap_kind_has (self->kind, self->of)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 self->kind == DUB_HEATMAP_MASK ? "The kind mask lowers the probability of a class; it cannot have another target."
                                                : "The kind %s needs the target's derivative, and a score has none here; occlusion "
                                                  "can have any score.", KINDS[self->kind]);
    return FALSE;
  }
  if (self->of == DUB_HEATMAP_OF_SCORE && self->score == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "A heatmap of a score was asked for without a score.");
    return FALSE;
  }

  return TRUE;
}
