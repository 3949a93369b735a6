#include "ui/figures/mask-figure.h"

#include <math.h>
#include <string.h>

#include "dub-config.h"
#include "ui/figures/intensity-window.h"
#include "ui/figures/ticks.h"

static void
region_clear (gpointer data)
{
  DubMaskFigureRegion *region = data;

  g_free (region->name);
}

static void
class_clear (gpointer data)
{
  DubMaskFigureClass *class = data;

  g_free (class->name);
}

DubMaskFigure *
dub_mask_figure_new (void)
{
  DubMaskFigure *self = g_new0 (DubMaskFigure, 1);

  self->crosshair = TRUE;
  self->radiological = TRUE;
  self->mass_inside = NAN;
  dub_pane_style_init (&self->style);
  self->trace = g_array_new (FALSE, FALSE, sizeof (DubMaskEnergy));
  self->regions = g_array_new (FALSE, FALSE, sizeof (DubMaskFigureRegion));
  self->classes = g_array_new (FALSE, FALSE, sizeof (DubMaskFigureClass));
  g_array_set_clear_func (self->regions, region_clear);
  g_array_set_clear_func (self->classes, class_clear);
  self->provenance = g_ptr_array_new_with_free_func (g_free);
  dub_mask_figure_add_provenance (self, "software", "Dubito " DUB_VERSION);

  return self;
}

void
dub_mask_figure_free (DubMaskFigure *self)
{
  if (self == NULL)
    return;
  g_free (self->subject);
  g_free (self->model);
  g_free (self->atlas);
  g_free (self->settings);
  g_clear_pointer (&self->base, dub_volume_unref);
  g_clear_pointer (&self->mask, dub_volume_unref);
  g_clear_pointer (&self->drawn, dub_volume_unref);
  g_clear_pointer (&self->truth, dub_volume_unref);
  g_array_unref (self->trace);
  g_array_unref (self->regions);
  g_array_unref (self->classes);
  g_ptr_array_unref (self->provenance);
  g_free (self);
}

enum { SPOT_REACH = 2 };

/* Heat of the slabs across @axis inside the box [low, high] of voxels, as far as it shows. */
static void
slab_heat (const DubVolume *mask,
           double           clip,
           int              axis,
           const int64_t    low[3],
           const int64_t    high[3],
           double          *heat)
{
  const DubTensor *voxels = mask->voxels;
  const float *data = dub_tensor_f32 (voxels);
  int64_t at[3];

  for (at[0] = low[0]; at[0] <= high[0]; at[0]++)
    for (at[1] = low[1]; at[1] <= high[1]; at[1]++)
      for (at[2] = low[2]; at[2] <= high[2]; at[2]++) {
        double value =
          1.0 - (double) data[at[0] * voxels->stride[0] + at[1] * voxels->stride[1] + at[2] * voxels->stride[2]];

        /* Written so that NaN weighs nothing. */
        if (value >= clip)
          heat[at[axis]] += value;
      }
}

/* Where a mask is densest: the heaviest slab across the first axis, then the heaviest part of that slab, then
 * of that column. The centre of mass would lie between two symmetric regions, where there is nothing. FALSE
 * where nothing shows. */
static gboolean
heat_spot (const DubVolume *mask,
           double           clip,
           double           world[3])
{
  int64_t low[3] = { 0, 0, 0 }, high[3];
  double spot[3];

  for (int axis = 0; axis < 3; axis++)
    high[axis] = mask->voxels->shape.dim[axis] - 1;
  for (int axis = 0; axis < 3; axis++) {
    int64_t n = mask->voxels->shape.dim[axis], best = -1;
    g_autofree double *heat = g_new0 (double, (size_t) n);
    double most = 0.0;

    slab_heat (mask, clip, axis, low, high, heat);
    for (int64_t i = 0; i < n; i++) {
      double sum = 0.0;

      for (int64_t near = MAX (i - SPOT_REACH, 0); near <= MIN (i + SPOT_REACH, n - 1); near++)
        sum += heat[near];
      if (sum > most) {
        most = sum;
        best = i;
      }
    }
    if (best < 0)
      return FALSE;
    spot[axis] = (double) best;
    low[axis] = MAX (best - SPOT_REACH, 0);
    high[axis] = MIN (best + SPOT_REACH, n - 1);
  }
  dub_volume_voxel_to_world (mask, spot, world);

  return TRUE;
}

static void
replace_volume (DubVolume **slot,
                DubVolume  *volume)
{
  DubVolume *old = *slot;

  *slot = volume != NULL ? dub_volume_ref (volume) : NULL;
  if (old != NULL)
    dub_volume_unref (old);
}

gboolean
dub_mask_figure_set_volumes (DubMaskFigure *self,
                             DubVolume     *base,
                             DubVolume     *mask,
                             DubVolume     *truth,
                             GError       **error)
{
  g_return_val_if_fail (self != NULL && base != NULL, FALSE);

  DubSliceView middle;

  if (mask != NULL && !dub_volume_same_space (base, mask)) {
    g_autofree char *found = dub_shape_to_string (&mask->voxels->shape);
    g_autofree char *expected = dub_shape_to_string (&base->voxels->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The mask (%s voxels) is not in the space of the image (%s voxels); resample it first.", found,
                 expected);
    return FALSE;
  }

  replace_volume (&self->base, base);
  replace_volume (&self->mask, mask);
  replace_volume (&self->drawn, NULL);
  replace_volume (&self->truth, truth);
  dub_intensity_window_of_volume (base, &self->style.low, &self->style.high);
  dub_slice_view_init (&middle, DUB_PLANE_AXIAL, base);
  if (mask == NULL || !heat_spot (mask, MAX (self->style.overlay.clip, 1e-3), self->cursor))
    memcpy (self->cursor, middle.cursor, sizeof self->cursor);

  return TRUE;
}

void
dub_mask_figure_add_provenance (DubMaskFigure *self,
                                const char    *key,
                                const char    *value)
{
  g_return_if_fail (self != NULL && key != NULL && value != NULL);

  for (guint i = 0; i + 1 < self->provenance->len; i += 2)
    if (g_str_equal (self->provenance->pdata[i], key)) {
      g_free (self->provenance->pdata[i + 1]);
      self->provenance->pdata[i + 1] = g_strdup (value);
      return;
    }
  g_ptr_array_add (self->provenance, g_strdup (key));
  g_ptr_array_add (self->provenance, g_strdup (value));
}

static void
add_number (DubMaskFigure *self,
            const char    *key,
            double         value)
{
  g_autofree char *digits = dub_number_format_exact (value);

  dub_mask_figure_add_provenance (self, key, digits);
}

static char *
describe_replacement (const DubMaskParams *params)
{
  switch (params->replacement) {
  case DUB_REPLACE_ONE:
    return g_strdup ("1");
  case DUB_REPLACE_ZERO:
    return g_strdup ("0");
  case DUB_REPLACE_MEAN:
    return g_strdup ("the image's mean");
  case DUB_REPLACE_BLUR: {
    g_autofree char *sigma = dub_number_format_short (params->blur_sigma, 3);

    return g_strdup_printf ("the image blurred by %s voxels", sigma);
  }
  case DUB_REPLACE_FILE:
  default:
    return g_strdup ("a reference image");
  }
}

static char *
describe_settings (const DubMaskParams *params,
                   const char          *replacement)
{
  g_autofree char *lambda1 = dub_number_format_short (params->lambda1, 3);
  g_autofree char *lambda2 = dub_number_format_short (params->lambda2, 3);
  g_autofree char *beta1 = dub_number_format_short (params->beta1, 3);
  g_autofree char *beta2 = dub_number_format_short (params->beta2, 3);
  g_autofree char *step = dub_number_format_short (params->step, 3);
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "λ₁ %s · λ₂ %s · β₁ %s · β₂ %s · %s norms", lambda1, lambda2, beta1, beta2,
                          params->norm == DUB_NORM_MEAN ? "mean" : "sum");
  g_string_append_printf (out, " · Adam %s", step);
  if (params->grid > 1)
    g_string_append_printf (out, " · grid %u×", params->grid);
  g_string_append_printf (out, " · replaced by %s", replacement);

  return g_string_free (out, FALSE);
}

void
dub_mask_figure_describe (DubMaskFigure       *self,
                          const char          *subject,
                          const char          *model,
                          const DubMaskParams *params)
{
  g_return_if_fail (self != NULL && subject != NULL && model != NULL && params != NULL);

  g_autofree char *replacement = describe_replacement (params);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) params->seed);

  g_free (self->subject);
  g_free (self->model);
  g_free (self->settings);
  self->subject = g_strdup (subject);
  self->model = g_strdup (model);
  self->settings = describe_settings (params, replacement);
  self->target_class = (guint) MAX (params->target_class, 0);
  dub_mask_figure_add_provenance (self, "subject", subject);
  dub_mask_figure_add_provenance (self, "model", model);
  add_number (self, "target-class", params->target_class);
  add_number (self, "lambda1", params->lambda1);
  add_number (self, "lambda2", params->lambda2);
  add_number (self, "beta1", params->beta1);
  add_number (self, "beta2", params->beta2);
  dub_mask_figure_add_provenance (self, "norm", params->norm == DUB_NORM_MEAN ? "mean" : "sum");
  add_number (self, "step", params->step);
  add_number (self, "iterations", params->n_iterations);
  add_number (self, "grid", params->grid);
  add_number (self, "start", params->start);
  add_number (self, "start-noise", params->start_noise);
  add_number (self, "jitter", params->jitter);
  dub_mask_figure_add_provenance (self, "stop-early", params->stop_early ? "yes" : "no");
  dub_mask_figure_add_provenance (self, "replacement", replacement);
  dub_mask_figure_add_provenance (self, "seed", seed);
}

void
dub_mask_figure_set_trace (DubMaskFigure       *self,
                           const DubMaskEnergy *rows,
                           size_t               n_rows)
{
  g_return_if_fail (self != NULL);

  g_array_set_size (self->trace, 0);
  if (n_rows == 0)
    return;
  g_array_append_vals (self->trace, rows, (guint) n_rows);
  self->iteration = rows[n_rows - 1].iteration;
}

void
dub_mask_figure_set_regions (DubMaskFigure *self,
                             const char    *atlas,
                             GArray        *densities)
{
  g_return_if_fail (self != NULL && densities != NULL);

  g_free (self->atlas);
  self->atlas = g_strdup (atlas);
  if (atlas != NULL)
    dub_mask_figure_add_provenance (self, "atlas", atlas);
  g_array_set_size (self->regions, 0);
  for (guint i = 0; i < densities->len; i++) {
    const DubRegionDensity *density = &g_array_index (densities, DubRegionDensity, i);
    DubMaskFigureRegion region = {
      g_strdup (density->region->name), density->density, density->share, density->region->n_voxels,
    };

    g_array_append_val (self->regions, region);
  }
}

void
dub_mask_figure_add_class (DubMaskFigure *self,
                           const char    *name,
                           double         original,
                           double         masked)
{
  g_return_if_fail (self != NULL && name != NULL);

  DubMaskFigureClass class = { g_strdup (name), original, masked };

  g_array_append_val (self->classes, class);
}
