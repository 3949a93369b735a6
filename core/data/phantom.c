#include "core/data/phantom.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/data/blur.h"

#include <math.h>
#include <string.h>

/* The intensity window, in units of the template's T1 (grey matter peaks at 84, white at 113). */
static const float WINDOW[4] = { 50.0f, 72.0f, 92.0f, 108.0f };
/* Smooth fields: nodes every so many mm, blurred over so many nodes. */
static const double NODE_SPACING = 8.0;
static const double NODE_SIGMA = 2.0;
/* Smoothness of the grey-matter map, in voxels of the grid: about that of a tissue probability map. */
static const double GREY_SIGMA = 0.8;
/* Soft edge of the affected regions, mm. */
static const double EDGE_SIGMA = 1.0;
/* Voxels around the brain; extents are rounded up to multiples of 8 so that pooling divides them. */
static const int64_t MARGIN = 2;
static const int64_t MULTIPLE = 8;

enum { N_FIELDS = 4 }; /* three components of the deformation and the intensity field */

struct _DubPhantom {
  DubPhantomOptions options;
  size_t     shape[3];     /* of the template, RAS */
  double     spacing[3];   /* mm */
  float     *grey;         /* [template] */
  float     *affected;     /* [template] 0-1 with soft edges */
  float     *brain;        /* [template] 1 inside */
  DubVolume *grid;
  double     origin[3];    /* template voxel under voxel 0 of the grid */
  size_t     nodes[3];     /* of the smooth fields, over the grid */
};

/* --- the template --- */

static float
grey_of_t1 (float t1)
{
  if (t1 <= WINDOW[0] || t1 >= WINDOW[3])
    return 0.0f;
  if (t1 < WINDOW[1])
    return (t1 - WINDOW[0]) / (WINDOW[1] - WINDOW[0]);
  if (t1 > WINDOW[2])
    return (WINDOW[3] - t1) / (WINDOW[3] - WINDOW[2]);

  return 1.0f;
}

static gboolean
is_one_of (float      label,
           const int *values,
           size_t     n_values)
{
  for (size_t i = 0; i < n_values; i++)
    if (label == (float) values[i])
      return TRUE;

  return FALSE;
}

static gboolean
fill_template (DubPhantom       *self,
               const DubVolume  *t1,
               const DubVolume  *labels,
               const int        *affected,
               size_t            n_affected,
               DubRun           *run,
               GError          **error)
{
  const float *intensity = dub_tensor_f32 (t1->voxels);
  const float *label = dub_tensor_f32 (labels->voxels);
  size_t n = dub_tensor_n_elements (t1->voxels);
  size_t n_found = 0;
  double grey_sigma[3], edge_sigma[3];

  self->grey = g_new (float, n);
  self->affected = g_new (float, n);
  self->brain = g_new (float, n);
  for (size_t i = 0; i < n; i++) {
    gboolean found = is_one_of (label[i], affected, n_affected);

    self->grey[i] = grey_of_t1 (intensity[i]);
    self->brain[i] = intensity[i] > 0.0f ? 1.0f : 0.0f;
    self->affected[i] = found ? 1.0f : 0.0f;
    n_found += found;
  }
  if (n_found == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The atlas %s has no voxel of the %zu affected regions; expected at least one.",
                 labels->name != NULL ? labels->name : "of the phantom", n_affected);
    return FALSE;
  }

  for (int a = 0; a < 3; a++) {
    grey_sigma[a] = GREY_SIGMA * self->options.voxel_size / self->spacing[a];
    edge_sigma[a] = EDGE_SIGMA / self->spacing[a];
  }

  return dub_blur_gaussian (self->grey, self->shape, grey_sigma, run, error) &&
         dub_blur_gaussian (self->affected, self->shape, edge_sigma, run, error);
}

/* First and last voxel of the brain along each axis. */
static gboolean
brain_box (const DubPhantom *self,
           int64_t           first[3],
           int64_t           last[3])
{
  for (int a = 0; a < 3; a++) {
    first[a] = INT64_MAX;
    last[a] = -1;
  }
  for (size_t i = 0, at = 0; i < self->shape[0]; i++)
    for (size_t j = 0; j < self->shape[1]; j++)
      for (size_t k = 0; k < self->shape[2]; k++, at++) {
        int64_t voxel[3] = { (int64_t) i, (int64_t) j, (int64_t) k };

        for (int a = 0; a < 3 && self->brain[at] > 0.0f; a++) {
          first[a] = MIN (first[a], voxel[a]);
          last[a] = MAX (last[a], voxel[a]);
        }
      }

  return last[0] >= 0;
}

static float sample (const float  *values,
                     const size_t  shape[3],
                     const double  at[3]);

/* The grid around the brain, with the template's own grey matter on it. */
static gboolean
make_grid (DubPhantom       *self,
           const DubVolume  *t1,
           GError          **error)
{
  int64_t first[3], last[3], dim[3];
  double affine[4][4];

  if (!brain_box (self, first, last)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The template %s is 0 everywhere; expected a brain.", t1->name != NULL ? t1->name : "volume");
    return FALSE;
  }

  memcpy (affine, t1->affine, sizeof affine);
  for (int a = 0; a < 3; a++) {
    double step = self->options.voxel_size / self->spacing[a]; /* template voxels a grid voxel */
    int64_t n = (int64_t) ceil ((double) (last[a] - first[a] + 1) / step) + 2 * MARGIN;

    dim[a] = (n + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    self->origin[a] = 0.5 * (double) (first[a] + last[a]) - 0.5 * (double) (dim[a] - 1) * step;
    self->nodes[a] = (size_t) ((double) (dim[a] - 1) * self->options.voxel_size / NODE_SPACING) + 2;
    for (int row = 0; row < 3; row++) {
      affine[row][3] += t1->affine[row][a] * self->origin[a];
      affine[row][a] *= step;
    }
  }

  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (dim[0], dim[1], dim[2]), error);

  if (voxels == NULL)
    return FALSE;
  for (int64_t i = 0, at = 0; i < dim[0]; i++)
    for (int64_t j = 0; j < dim[1]; j++)
      for (int64_t k = 0; k < dim[2]; k++, at++) {
        double place[3] = {
          self->origin[0] + (double) i * self->options.voxel_size / self->spacing[0],
          self->origin[1] + (double) j * self->options.voxel_size / self->spacing[1],
          self->origin[2] + (double) k * self->options.voxel_size / self->spacing[2],
        };

        dub_tensor_f32 (voxels)[at] = sample (self->grey, self->shape, place);
      }
  self->grid = dub_volume_new (voxels, affine, error);

  return self->grid != NULL;
}

DubPhantom *
dub_phantom_new (DubVolume               *t1,
                 DubVolume               *labels,
                 const int               *affected,
                 size_t                   n_affected,
                 const DubPhantomOptions *options,
                 DubRun                  *run,
                 GError                 **error)
{
  g_autoptr (DubVolume) template = dub_volume_to_ras (t1, error);
  g_autoptr (DubVolume) atlas = template != NULL ? dub_volume_to_ras (labels, error) : NULL;
  g_autoptr (DubPhantom) self = g_new0 (DubPhantom, 1);

  if (atlas == NULL)
    return NULL;
  if (!dub_volume_same_space (template, atlas)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The template %s and the atlas %s do not lie in one space; expected one shape and one affine.",
                 t1->name != NULL ? t1->name : "volume", labels->name != NULL ? labels->name : "volume");
    return NULL;
  }

  self->options = *options;
  for (int a = 0; a < 3; a++) {
    self->shape[a] = (size_t) template->voxels->shape.dim[a];
    self->spacing[a] = template->spacing[a];
  }
  if (!fill_template (self, template, atlas, affected, n_affected, run, error) ||
      !make_grid (self, template, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_phantom_free (DubPhantom *self)
{
  if (self == NULL)
    return;
  g_free (self->grey);
  g_free (self->affected);
  g_free (self->brain);
  g_clear_pointer (&self->grid, dub_volume_unref);
  g_free (self);
}

const DubVolume *
dub_phantom_grid (const DubPhantom *self)
{
  return self->grid;
}

/* --- a subject --- */

/* Trilinear, 0 outside. */
static float
sample (const float  *values,
        const size_t  shape[3],
        const double  at[3])
{
  size_t corner[3];
  float t[3];

  for (int a = 0; a < 3; a++) {
    if (!(at[a] >= 0.0) || at[a] > (double) (shape[a] - 1))
      return 0.0f;
    corner[a] = MIN ((size_t) at[a], shape[a] > 1 ? shape[a] - 2 : 0);
    t[a] = (float) (at[a] - (double) corner[a]);
  }

  size_t di = shape[0] > 1 ? shape[1] * shape[2] : 0, dj = shape[1] > 1 ? shape[2] : 0, dk = shape[2] > 1 ? 1 : 0;
  const float *v = values + (corner[0] * shape[1] + corner[1]) * shape[2] + corner[2];
  float near = (v[0] * (1 - t[2]) + v[dk] * t[2]) * (1 - t[1]) + (v[dj] * (1 - t[2]) + v[dj + dk] * t[2]) * t[1];
  float far = (v[di] * (1 - t[2]) + v[di + dk] * t[2]) * (1 - t[1]) +
              (v[di + dj] * (1 - t[2]) + v[di + dj + dk] * t[2]) * t[1];

  return near * (1 - t[0]) + far * t[0];
}

typedef struct {
  const DubPhantom *phantom;
  uint64_t seed;
  uint64_t index;
  float    severity;
  double   scale[3];
  float    gain;
  float   *fields[N_FIELDS]; /* [nodes] with the standard deviations of the options */
  float   *grey;             /* [grid] */
  float   *truth;            /* [grid] or NULL */
} Subject;

/* White noise on the nodes, blurred: its standard deviation is then (2 √π σ)^(-3/2). */
static gboolean
fill_fields (Subject  *subject,
             DubRun   *run,
             GError  **error)
{
  const DubPhantom *self = subject->phantom;
  const double sigma[3] = { NODE_SIGMA, NODE_SIGMA, NODE_SIGMA };
  double unit = pow (2.0 * sqrt (G_PI) * NODE_SIGMA, 1.5);
  size_t n = self->nodes[0] * self->nodes[1] * self->nodes[2];

  for (int f = 0; f < N_FIELDS; f++) {
    double deviation = unit * (f < 3 ? self->options.warp / self->spacing[f] : self->options.bias);
    DubRng rng;

    dub_rng_init (&rng, subject->seed, "phantom-field", subject->index * N_FIELDS + (uint64_t) f);
    for (size_t i = 0; i < n; i++)
      subject->fields[f][i] = (float) (deviation * dub_rng_normal (&rng));
    if (!dub_blur_gaussian (subject->fields[f], self->nodes, sigma, run, error))
      return FALSE;
  }

  return TRUE;
}

/* One plane of the grid, with a noise stream of its own. */
static void
make_plane (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Subject *subject = user_data;
  const DubPhantom *self = subject->phantom;
  const int64_t *dim = self->grid->voxels->shape.dim;
  double to_node = self->options.voxel_size / NODE_SPACING;
  size_t n = (size_t) (dim[1] * dim[2]);
  size_t at = piece * n;
  DubRng rng;

  dub_rng_init (&rng, subject->seed, "phantom-noise", subject->index * (uint64_t) dim[0] + piece);
  for (int64_t j = 0; j < dim[1]; j++)
    for (int64_t k = 0; k < dim[2]; k++, at++) {
      double voxel[3] = { (double) piece, (double) j, (double) k };
      double node[3] = { voxel[0] * to_node, voxel[1] * to_node, voxel[2] * to_node };
      double place[3];

      for (int a = 0; a < 3; a++) {
        double centre = 0.5 * (double) (dim[a] - 1);

        place[a] = self->origin[a] +
                   (centre + subject->scale[a] * (voxel[a] - centre)) * self->options.voxel_size / self->spacing[a] +
                   (double) sample (subject->fields[a], self->nodes, node);
      }

      float grey = sample (self->grey, self->shape, place);
      float affected = sample (self->affected, self->shape, place);
      float noise = (float) dub_rng_normal (&rng);

      grey *= (1.0f - subject->severity * affected) * subject->gain *
              (1.0f + sample (subject->fields[3], self->nodes, node));
      if (sample (self->brain, self->shape, place) > 0.5f)
        grey += (float) self->options.noise * noise;
      grey = CLAMP (grey, 0.0f, 1.0f);
      subject->grey[at] = rintf (255.0f * grey) / 255.0f;
      if (subject->truth != NULL)
        subject->truth[at] = affected > 0.5f ? 1.0f : 0.0f;
    }
}

static DubVolume *
new_volume (const DubPhantom  *self,
            GError           **error)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, self->grid->voxels->shape, error);

  return voxels != NULL ? dub_volume_new (voxels, self->grid->affine, error) : NULL;
}

gboolean
dub_phantom_subject (const DubPhantom  *self,
                     uint64_t           seed,
                     uint64_t           index,
                     double             severity,
                     DubVolume        **grey,
                     DubVolume        **truth,
                     DubRun            *run,
                     GError           **error)
{
  g_autoptr (DubVolume) grey_volume = new_volume (self, error);
  g_autoptr (DubVolume) truth_volume = grey_volume != NULL && truth != NULL ? new_volume (self, error) : NULL;
  size_t n_nodes = self->nodes[0] * self->nodes[1] * self->nodes[2];
  g_autofree float *fields = g_new (float, N_FIELDS * n_nodes);
  DubRng rng;

  if (grey_volume == NULL || (truth != NULL && truth_volume == NULL))
    return FALSE;

  dub_rng_init (&rng, seed, "phantom-subject", index);

  Subject subject = {
    .phantom = self,
    .seed = seed,
    .index = index,
    .severity = (float) severity,
    .gain = (float) (1.0 + self->options.gain * dub_rng_normal (&rng)),
    .grey = dub_tensor_f32 (grey_volume->voxels),
    .truth = truth_volume != NULL ? dub_tensor_f32 (truth_volume->voxels) : NULL,
  };

  for (int a = 0; a < 3; a++)
    subject.scale[a] = 1.0 + self->options.scale * dub_rng_normal (&rng);
  for (int f = 0; f < N_FIELDS; f++)
    subject.fields[f] = fields + (size_t) f * n_nodes;

  if (!fill_fields (&subject, run, error) ||
      !dub_parallel_for (run, (size_t) self->grid->voxels->shape.dim[0], make_plane, &subject, error))
    return FALSE;

  *grey = g_steal_pointer (&grey_volume);
  if (truth != NULL)
    *truth = g_steal_pointer (&truth_volume);

  return TRUE;
}
