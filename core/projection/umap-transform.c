/* New cases in a map that stands still. */
#include "core/projection/umap-private.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/projection/knn.h"
#include "core/projection/umap-curve.h"

#include <string.h>

/* Cases of a piece. */
enum { N_CASES = 64 };
/* Epochs with few and many cases in the map, the most cases that are few, and the first learning rate. */
enum { EPOCHS_SMALL = 100, EPOCHS_LARGE = 30, SMALL = 10000 };
static const double RATE = 0.25;

typedef struct {
  const DubUmap  *self;
  const float    *map;       /* [N][D] in the order of the cases */
  size_t          n_query, k;
  const uint32_t *indices;   /* [Q][K] */
  const double   *distances; /* [Q][K] */
  float          *out;       /* [Q][D] */
} Transform;

static void
place (const Transform *job,
       size_t           query,
       float           *weights,
       uint32_t        *drawn)
{
  const DubUmap *self = job->self;
  size_t n_dims = self->n_dims, k = job->k;
  const uint32_t *index = job->indices + query * k;
  guint n_epochs = self->n <= SMALL ? EPOCHS_SMALL : EPOCHS_LARGE;
  DubUmapEpoch epoch = {
    .n_dims = n_dims, .a = (float) self->a, .b = (float) self->b, .n_negative = self->options.n_negative,
    .places = job->map, .n = self->n,
  };
  float *own = job->out + query * n_dims;
  float total = 0.0f, heaviest = 0.0f;
  double mean = 0.0;

  for (size_t j = 0; j < k; j++)
    mean += job->distances[query * k + j] / (double) k;
  dub_umap_memberships (job->distances + query * k, k, k, FALSE, mean, weights);
  for (size_t j = 0; j < k; j++) {
    total += weights[j];
    heaviest = MAX (heaviest, weights[j]);
  }
  memset (own, 0, n_dims * sizeof (float));
  for (size_t j = 0; j < k; j++)
    for (size_t d = 0; d < n_dims; d++)
      own[d] += weights[j] / total * job->map[(size_t) index[j] * n_dims + d];
  for (guint e = 1; e < n_epochs; e++) {
    DubUmapMover mover = { .drawn = drawn, .own = own };
    DubRng rng;

    /* The same numbers for every case: none depends on where it stands in a batch. */
    dub_rng_init (&rng, self->options.seed, "umap-transform", e);
    epoch.rate = (float) (RATE * (1.0 - (double) e / (double) n_epochs));
    for (size_t j = 0; j < k; j++) {
      float ratio = weights[j] / heaviest;

      if ((int32_t) ((float) e * ratio) > (int32_t) ((float) (e - 1) * ratio))
        drawn[mover.n_drawn++] = index[j];
    }
    mover.stream = dub_rng_u32 (&rng);
    dub_umap_move (&epoch, &mover, 1);
  }
}

static void
transform_piece (size_t   piece,
                 guint    thread,
                 gpointer user_data)
{
  const Transform *job = user_data;
  g_autofree float *weights = g_new (float, job->k);
  g_autofree uint32_t *drawn = g_new (uint32_t, job->k);

  for (size_t q = piece * N_CASES; q < MIN ((piece + 1) * N_CASES, job->n_query); q++)
    place (job, q, weights, drawn);
}

gboolean
dub_umap_transform (const DubUmap *self,
                    const float   *features,
                    const float   *query,
                    size_t         n_query,
                    float         *out,
                    DubRun        *run,
                    GError       **error)
{
  g_return_val_if_fail (self != NULL && features != NULL && query != NULL && out != NULL, FALSE);

  size_t k = self->options.n_neighbors;
  g_autofree uint32_t *indices = g_new (uint32_t, n_query * k);
  g_autofree double *distances = g_new (double, n_query * k);
  g_autofree float *map = g_new (float, self->n * self->n_dims);
  Transform job = {
    .self = self, .map = map, .n_query = n_query, .k = k, .indices = indices, .distances = distances, .out = out,
  };

  dub_umap_get_positions (self, map);
  if (!dub_knn (features, self->n, query, n_query, self->n_features, k, FALSE, indices, distances, run, error))
    return FALSE;

  return dub_parallel_for (run, (n_query + N_CASES - 1) / N_CASES, transform_piece, &job, error);
}
