#include "core/projection/knn.h"

#include "core/base/parallel.h"
#include "core/nn/kernels/kernels.h"
#include "core/projection/feature-rows.h"
#include "core/projection/knn-select.h"

#include <math.h>

/* Queries of a piece; features of one call of the kernel, whose share of a panel stays in the first-level cache. */
enum { N_QUERIES = 256, N_STEPS = 128 };
/* Cases of a piece that centres, panels of a piece that packs. */
enum { N_CENTRE = 1024, N_PACK = 16 };

/* Beyond this squared length, in units of the references' largest number, single precision could overflow. */
static const float LONGEST = 1e30f;

/* Features moved to the references' mean and divided by their largest number: lengths, and with them the rounding
 * errors of products, are as small as they can be. */
typedef struct {
  const float *features; /* [n][F] as given */
  size_t       n;
  float       *centred;  /* [n][F] */
  float       *length;   /* [n] squared length of the centred rows */
} Side;

typedef struct {
  DubReferences references;
  const Side   *reference, *query;
  size_t        n_features;
  int           n_vectors;
  size_t        width;  /* references of a panel */
  float        *panels; /* [N / width][F][width] minus twice the centred references, 0 beyond the last */
  int32_t      *offset; /* [N_STEPS] 0, 1, 2 … */
  float        *zeros;  /* [width] */
  gboolean      exclude_self;
  double       *mean; /* [F] */
  double        scale;
  uint32_t     *indices;
  double       *distances;
} Search;

static void
side_clear (Side *self)
{
  g_free (self->centred);
  g_free (self->length);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

typedef struct {
  const Search *search;
  Side         *side;
} Centre;

static void
centre_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Centre *centre = user_data;
  const Search *search = centre->search;
  Side *side = centre->side;
  size_t n_features = search->n_features;

  for (size_t i = piece * N_CENTRE; i < MIN ((piece + 1) * N_CENTRE, side->n); i++) {
    const float *from = side->features + i * n_features;
    float *to = side->centred + i * n_features;
    double length = 0.0;

    for (size_t f = 0; f < n_features; f++) {
      double x = ((double) from[f] - search->mean[f]) * search->scale;

      /* A query far outside is compared pair by pair; its products are not used. */
      to[f] = (float) CLAMP (x, -1e18, 1e18);
      length += (double) to[f] * (double) to[f];
    }
    side->length[i] = (float) length;
  }
}

static gboolean
side_prepare (Side         *self,
              const Search *search,
              DubRun       *run,
              GError      **error)
{
  Centre centre = { search, self };

  self->centred = g_try_malloc_n (self->n * search->n_features, sizeof (float));
  self->length = g_try_new (float, self->n);
  if (self->centred == NULL || self->length == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory to compare %zu cases of %zu features.", self->n, search->n_features);
    return FALSE;
  }

  return dub_parallel_for (run, (self->n + N_CENTRE - 1) / N_CENTRE, centre_piece, &centre, error);
}

static void
measure (Search *search)
{
  const Side *reference = search->reference;
  size_t n_features = search->n_features;
  double largest = 0.0;

  for (size_t i = 0; i < reference->n; i++)
    for (size_t f = 0; f < n_features; f++)
      search->mean[f] += (double) reference->features[i * n_features + f];
  for (size_t f = 0; f < n_features; f++)
    search->mean[f] /= (double) reference->n;
  for (size_t i = 0; i < reference->n; i++)
    for (size_t f = 0; f < n_features; f++)
      largest = fmax (largest, fabs ((double) reference->features[i * n_features + f] - search->mean[f]));
  search->scale = largest > 0.0 ? 1.0 / largest : 1.0;
}

/* --- one piece of queries --- */

static void
add_all (const Search *search,
         size_t        query,
         DubSelection *selection)
{
  for (size_t r = 0; r < search->reference->n; r++)
    if (!search->exclude_self || r != query)
      dub_selection_add (selection, (uint32_t) r);
}

/* Dot products of @n queries from @first on with one panel into @out [n][width]. */
static void
multiply (const Search *search,
          size_t        first,
          size_t        n,
          const float  *panel,
          float        *out)
{
  int32_t point[N_QUERIES];

  for (size_t q = 0; q < n; q++)
    point[q] = (int32_t) (q * search->n_features);
  for (size_t f = 0; f < search->n_features; f += N_STEPS) {
    DubPointsJob job = {
      .in = search->query->centred + first * search->n_features + f, .offset = search->offset,
      .n_steps = (int) MIN (N_STEPS, search->n_features - f), .weights = panel + f * search->width,
      .bias = f == 0 ? search->zeros : NULL, .point = point, .n_points = (int) n, .out = out,
      .n_vectors = search->n_vectors,
    };

    dub_kernels ()->points (&job);
  }
}

static void
search_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Search *search = user_data;
  const Side *reference = search->reference, *query = search->query;
  size_t n_features = search->n_features, width = search->width;
  size_t first = piece * N_QUERIES, n = MIN (first + N_QUERIES, query->n) - first;
  g_autofree float *product = g_new (float, N_QUERIES * width);
  g_autofree DubSelection *selections = g_new0 (DubSelection, n);

  for (size_t q = 0; q < n; q++)
    dub_selection_init (&selections[q], &search->references, query->features + (first + q) * n_features,
                        query->length[first + q]);
  for (size_t start = 0; start < reference->n; start += width) {
    size_t count = MIN (width, reference->n - start);

    multiply (search, first, n, search->panels + start * n_features, product);
    for (size_t q = 0; q < n; q++) {
      float *row = product + q * width;

      if (search->exclude_self && first + q >= start && first + q < start + count)
        row[first + q - start] = INFINITY;
      if (query->length[first + q] < LONGEST)
        dub_selection_offer (&selections[q], row, (uint32_t) start, count);
    }
  }
  for (size_t q = 0; q < n; q++) {
    size_t at = (first + q) * search->references.k;

    if (!(query->length[first + q] < LONGEST))
      add_all (search, first + q, &selections[q]);
    dub_selection_finish (&selections[q], search->indices + at, search->distances != NULL ? search->distances + at : NULL);
    dub_selection_clear (&selections[q]);
  }
}

static void
pack_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Search *search = user_data;
  const Side *reference = search->reference;
  size_t n_features = search->n_features, width = search->width;
  size_t n_panels = (reference->n + width - 1) / width;

  for (size_t panel = piece * N_PACK; panel < MIN ((piece + 1) * N_PACK, n_panels); panel++)
    for (size_t l = 0; l < width; l++) {
      size_t r = panel * width + l;
      float *to = search->panels + panel * width * n_features + l;

      for (size_t f = 0; f < n_features; f++)
        to[f * width] = r < reference->n ? -2.0f * reference->centred[r * n_features + f] : 0.0f;
    }
}

static gboolean
pack (Search  *search,
      DubRun  *run,
      GError **error)
{
  const DubKernels *kernels = dub_kernels ();
  size_t n_panels;

  search->n_vectors = kernels->lanes == 16 ? 3 : kernels->lanes == 8 ? 2 : 1;
  search->width = (size_t) (search->n_vectors * kernels->lanes);
  n_panels = (search->reference->n + search->width - 1) / search->width;
  search->panels = g_try_malloc_n (n_panels * search->width * search->n_features, sizeof (float));
  if (search->panels == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory to compare %zu cases of %zu features.", search->reference->n, search->n_features);
    return FALSE;
  }
  search->offset = g_new (int32_t, N_STEPS);
  for (int32_t step = 0; step < N_STEPS; step++)
    search->offset[step] = step;
  search->zeros = g_new0 (float, search->width);

  return dub_parallel_for (run, (n_panels + N_PACK - 1) / N_PACK, pack_piece, search, error);
}

static void
search_clear (Search *self)
{
  g_free (self->panels);
  g_free (self->offset);
  g_free (self->zeros);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static gboolean
check_arguments (const float *reference,
                 size_t       n_reference,
                 const float *query,
                 size_t       n_query,
                 size_t       n_features,
                 size_t       k,
                 gboolean     exclude_self,
                 GError     **error)
{
  size_t n_most = exclude_self ? n_reference - 1 : n_reference;

  if (!dub_features_check ("The reference features", reference, n_reference, n_features, error))
    return FALSE;
  if (query != reference && !dub_features_check ("The features", query, n_query, n_features, error))
    return FALSE;
  if (n_features > INT32_MAX / N_QUERIES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "Cases of %zu features cannot be compared, at most %d: take principal components first.", n_features,
                 INT32_MAX / N_QUERIES);
    return FALSE;
  }
  if (exclude_self && n_query != n_reference) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "%zu queries cannot be the %zu references themselves.", n_query, n_reference);
    return FALSE;
  }
  if (k < 1 || k > n_most) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%zu nearest neighbours were asked for, but there are %zu other cases: ask for fewer.", k, n_most);
    return FALSE;
  }

  return TRUE;
}

gboolean
dub_knn (const float  *reference,
         size_t        n_reference,
         const float  *query,
         size_t        n_query,
         size_t        n_features,
         size_t        k,
         gboolean      exclude_self,
         uint32_t     *indices,
         double       *distances,
         DubRun       *run,
         GError      **error)
{
  g_return_val_if_fail (reference != NULL && query != NULL && indices != NULL, FALSE);

  if (!check_arguments (reference, n_reference, query, n_query, n_features, k, exclude_self, error))
    return FALSE;

  g_auto (Side) references = { .features = reference, .n = n_reference };
  g_auto (Side) queries = { .features = query, .n = n_query };
  g_autofree double *mean = g_new0 (double, n_features);
  g_autofree float *lowered = g_try_new (float, n_reference);
  g_auto (Search) search = {
    .reference = &references, .query = &queries, .n_features = n_features, .exclude_self = exclude_self, .mean = mean,
    .indices = indices, .distances = distances,
  };

  if (lowered == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory to compare %zu cases.", n_reference);
    return FALSE;
  }
  measure (&search);
  if (!side_prepare (&references, &search, run, error))
    return FALSE;
  if (query == reference && n_query == n_reference)
    search.query = &references;
  else if (!side_prepare (&queries, &search, run, error))
    return FALSE;

  /* A product of F terms errs by at most F units in the last place of |q| |r|, which is at most (|q|² + |r|²) / 2; the
   * rest is for centring, the lengths and the sums. */
  double slack = ((double) n_features + 24.0) * 0x1p-24;

  for (size_t r = 0; r < n_reference; r++)
    lowered[r] = (float) ((double) references.length[r] * (1.0 - slack) - 1e-34);
  search.references = (DubReferences) {
    .k = k, .n_features = n_features, .features = reference, .length = references.length, .lowered = lowered,
    .slack = (float) slack,
  };

  if (!pack (&search, run, error))
    return FALSE;

  return dub_parallel_for (run, (n_query + N_QUERIES - 1) / N_QUERIES, search_piece, &search, error);
}
