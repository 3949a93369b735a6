/* Each axis is blurred along lines. The lines of the two outer axes are taken
 * as bundles of neighbours that are contiguous in memory, so that the inner loop
 * always walks memory forwards. */
#include "core/data/blur.h"

#include "core/base/parallel.h"

#include <math.h>
#include <string.h>

/* Lines of a bundle: 16 floats are one cache line. */
static const size_t BUNDLE = 64;

typedef struct {
  float       *field;
  size_t       n;        /* voxels along the blurred axis */
  size_t       stride;   /* elements between them */
  size_t       n_inner;  /* contiguous lines beside each other, = stride */
  size_t       n_bundles; /* along the inner direction */
  const float *weights;  /* [radius + 1] */
  size_t       radius;
  const float *inverse;  /* [n] 1 / sum of the weights that fall inside */
} Job;

static void
blur_bundle (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Job *job = user_data;
  size_t outer = piece / job->n_bundles;
  size_t first = piece % job->n_bundles * BUNDLE;
  size_t width = MIN (BUNDLE, job->n_inner - first);
  float *base = job->field + outer * job->n * job->stride + first;
  g_autofree float *lines = g_new (float, job->n * width);

  for (size_t i = 0; i < job->n; i++)
    memcpy (lines + i * width, base + i * job->stride, width * sizeof (float));

  for (size_t i = 0; i < job->n; i++) {
    float *out = base + i * job->stride;
    size_t from = i > job->radius ? i - job->radius : 0;
    size_t to = MIN (i + job->radius, job->n - 1);

    memset (out, 0, width * sizeof (float));
    for (size_t j = from; j <= to; j++) {
      float weight = job->weights[j > i ? j - i : i - j] * job->inverse[i];
      const float *in = lines + j * width;

      for (size_t k = 0; k < width; k++)
        out[k] += weight * in[k];
    }
  }
}

/* The last axis: one line is contiguous, so a piece is a bundle of whole lines. */
static void
blur_rows (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  const Job *job = user_data;
  size_t first = piece * BUNDLE;
  size_t last = MIN (first + BUNDLE, job->n_inner);
  g_autofree float *line = g_new (float, job->n);

  for (size_t row = first; row < last; row++) {
    float *out = job->field + row * job->n;

    memcpy (line, out, job->n * sizeof (float));
    for (size_t i = 0; i < job->n; i++) {
      size_t from = i > job->radius ? i - job->radius : 0;
      size_t to = MIN (i + job->radius, job->n - 1);
      float sum = 0.0f;

      for (size_t j = from; j <= to; j++)
        sum += job->weights[j > i ? j - i : i - j] * line[j];
      out[i] = sum * job->inverse[i];
    }
  }
}

static void
fill_weights (float  *weights,
              size_t  radius,
              float  *inverse,
              size_t  n,
              double  sigma)
{
  for (size_t i = 0; i <= radius; i++)
    weights[i] = (float) exp (-0.5 * (double) (i * i) / (sigma * sigma));

  for (size_t i = 0; i < n; i++) {
    double sum = 0.0;

    for (size_t j = i > radius ? i - radius : 0; j <= MIN (i + radius, n - 1); j++)
      sum += (double) weights[j > i ? j - i : i - j];
    inverse[i] = (float) (1.0 / sum);
  }
}

gboolean
dub_blur_gaussian (float         *field,
                   const size_t   shape[3],
                   const double   sigma[3],
                   DubRun        *run,
                   GError       **error)
{
  for (int axis = 0; axis < 3; axis++) {
    size_t n = shape[axis];

    if (sigma[axis] <= 0.0 || n < 2)
      continue;

    size_t radius = (size_t) MIN (ceil (4.0 * sigma[axis]), (double) (n - 1));
    g_autofree float *weights = g_new (float, radius + 1);
    g_autofree float *inverse = g_new (float, n);

    fill_weights (weights, radius, inverse, n, sigma[axis]);

    Job job = { .field = field, .n = n, .weights = weights, .radius = radius, .inverse = inverse };

    if (axis == 2) {
      job.n_inner = shape[0] * shape[1];
      if (!dub_parallel_for (run, (job.n_inner + BUNDLE - 1) / BUNDLE, blur_rows, &job, error))
        return FALSE;
      continue;
    }

    size_t n_outer = axis == 0 ? 1 : shape[0];

    job.stride = axis == 0 ? shape[1] * shape[2] : shape[2];
    job.n_inner = job.stride;
    job.n_bundles = (job.n_inner + BUNDLE - 1) / BUNDLE;
    if (!dub_parallel_for (run, n_outer * job.n_bundles, blur_bundle, &job, error))
      return FALSE;
  }

  return TRUE;
}
