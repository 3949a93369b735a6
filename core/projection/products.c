#include "core/projection/products.h"

#include "core/base/parallel.h"
#include "core/nn/kernels/kernels.h"
#include "core/projection/feature-rows.h"

#include <math.h>

/* Features of one call of the kernel, whose share of a panel stays in the first-level cache. */
enum { N_STEPS = 128 };
/* Cases of a piece that centres, panels of a piece that packs. */
enum { N_CENTRE = 1024, N_PACK = 16 };

/* Beyond this squared length, in units of the references' largest number, single precision could overflow. */
static const float LONGEST = 1e30f;

void
dub_products_free (DubProducts *self)
{
  if (self == NULL)
    return;
  g_free (self->reference.centred);
  g_free (self->reference.length);
  if (!self->one_side) {
    g_free (self->query.centred);
    g_free (self->query.length);
  }
  g_free (self->mean);
  g_free (self->lowered);
  g_free (self->panels);
  g_free (self->offset);
  g_free (self->zeros);
  g_free (self);
}

typedef struct {
  const DubProducts *self;
  DubProductsSide   *side;
} Centre;

static void
centre_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Centre *centre = user_data;
  const DubProducts *self = centre->self;
  DubProductsSide *side = centre->side;
  size_t n_features = self->n_features;

  for (size_t i = piece * N_CENTRE; i < MIN ((piece + 1) * N_CENTRE, side->n); i++) {
    const float *from = side->features + i * n_features;
    float *to = side->centred + i * n_features;
    double length = 0.0;

    for (size_t f = 0; f < n_features; f++) {
      double x = ((double) from[f] - self->mean[f]) * self->scale;

      /* A query far outside is compared pair by pair; its products are not used. */
      to[f] = (float) CLAMP (x, -1e18, 1e18);
      length += (double) to[f] * (double) to[f];
    }
    side->length[i] = (float) length;
  }
}

static gboolean
side_prepare (const DubProducts  *self,
              DubProductsSide    *side,
              DubRun             *run,
              GError            **error)
{
  Centre centre = { self, side };

  side->centred = g_try_malloc_n (side->n * self->n_features, sizeof (float));
  side->length = g_try_new (float, side->n);
  if (side->centred == NULL || side->length == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory to compare %zu cases of %zu features.", side->n, self->n_features);
    return FALSE;
  }

  return dub_parallel_for (run, (side->n + N_CENTRE - 1) / N_CENTRE, centre_piece, &centre, error);
}

static void
measure (DubProducts *self)
{
  const DubProductsSide *reference = &self->reference;
  size_t n_features = self->n_features;
  double largest = 0.0;

  for (size_t i = 0; i < reference->n; i++)
    for (size_t f = 0; f < n_features; f++)
      self->mean[f] += (double) reference->features[i * n_features + f];
  for (size_t f = 0; f < n_features; f++)
    self->mean[f] /= (double) reference->n;
  for (size_t i = 0; i < reference->n; i++)
    for (size_t f = 0; f < n_features; f++)
      largest = fmax (largest, fabs ((double) reference->features[i * n_features + f] - self->mean[f]));
  self->scale = largest > 0.0 ? 1.0 / largest : 1.0;
}

static void
pack_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const DubProducts *self = user_data;
  const DubProductsSide *reference = &self->reference;
  size_t n_features = self->n_features, width = self->width;
  size_t n_panels = (reference->n + width - 1) / width;

  for (size_t panel = piece * N_PACK; panel < MIN ((piece + 1) * N_PACK, n_panels); panel++)
    for (size_t l = 0; l < width; l++) {
      size_t r = panel * width + l;
      float *to = self->panels + panel * width * n_features + l;

      for (size_t f = 0; f < n_features; f++)
        to[f * width] = r < reference->n ? -2.0f * reference->centred[r * n_features + f] : 0.0f;
    }
}

static gboolean
pack (DubProducts *self,
      DubRun      *run,
      GError     **error)
{
  const DubKernels *kernels = dub_kernels ();
  size_t n_panels;

  self->n_vectors = kernels->lanes == 16 ? 3 : kernels->lanes == 8 ? 2 : 1;
  self->width = (size_t) (self->n_vectors * kernels->lanes);
  n_panels = (self->reference.n + self->width - 1) / self->width;
  self->panels = g_try_malloc_n (n_panels * self->width * self->n_features, sizeof (float));
  if (self->panels == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory to compare %zu cases of %zu features.", self->reference.n, self->n_features);
    return FALSE;
  }
  self->offset = g_new (int32_t, N_STEPS);
  for (int32_t step = 0; step < N_STEPS; step++)
    self->offset[step] = step;
  self->zeros = g_new0 (float, self->width);

  return dub_parallel_for (run, (n_panels + N_PACK - 1) / N_PACK, pack_piece, self, error);
}

DubProducts *
dub_products_new (const float  *reference,
                  size_t        n_reference,
                  const float  *query,
                  size_t        n_query,
                  size_t        n_features,
                  DubRun       *run,
                  GError      **error)
{
  if (!dub_features_check ("The reference features", reference, n_reference, n_features, error)
      || (query != reference && !dub_features_check ("The features", query, n_query, n_features, error)))
    return NULL;
  if (n_features > INT32_MAX / DUB_PRODUCTS_QUERIES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "Cases of %zu features cannot be compared, at most %d: take principal components first.", n_features,
                 INT32_MAX / DUB_PRODUCTS_QUERIES);
    return NULL;
  }

  g_autoptr (DubProducts) self = g_new0 (DubProducts, 1);

  self->n_features = n_features;
  self->reference = (DubProductsSide) { .features = reference, .n = n_reference };
  self->query = (DubProductsSide) { .features = query, .n = n_query };
  self->one_side = query == reference && n_query == n_reference;
  self->mean = g_new0 (double, n_features);
  self->lowered = g_new (float, n_reference);
  measure (self);
  if (!side_prepare (self, &self->reference, run, error))
    return NULL;
  if (self->one_side)
    self->query = self->reference;
  else if (!side_prepare (self, &self->query, run, error))
    return NULL;

  /* A product of F terms errs by at most F units in the last place of |q| |r|, which is at most (|q|² + |r|²) / 2; the
   * rest is for centring, the lengths and the sums. */
  double slack = ((double) n_features + 24.0) * 0x1p-24;

  self->slack = (float) slack;
  for (size_t r = 0; r < n_reference; r++)
    self->lowered[r] = (float) ((double) self->reference.length[r] * (1.0 - slack) - 1e-34);
  if (!pack (self, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_products_multiply (const DubProducts *self,
                       size_t             first,
                       size_t             n,
                       size_t             start,
                       float             *out)
{
  const float *panel = self->panels + start * self->n_features;
  int32_t point[DUB_PRODUCTS_QUERIES];

  for (size_t q = 0; q < n; q++)
    point[q] = (int32_t) (q * self->n_features);
  for (size_t f = 0; f < self->n_features; f += N_STEPS) {
    DubPointsJob job = {
      .in = self->query.centred + first * self->n_features + f, .offset = self->offset,
      .n_steps = (int) MIN (N_STEPS, self->n_features - f), .weights = panel + f * self->width,
      .bias = f == 0 ? self->zeros : NULL, .point = point, .n_points = (int) n, .out = out,
      .n_vectors = self->n_vectors,
    };

    dub_kernels ()->points (&job);
  }
}

gboolean
dub_products_in_range (const DubProducts *self,
                       size_t             q)
{
  return self->query.length[q] < LONGEST;
}
