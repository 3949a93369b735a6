/* Trustworthiness: the ranks, among the features, of neighbours in the map. */
#include "core/projection/quality.h"

#include "core/base/clones.h"
#include "core/base/parallel.h"
#include "core/projection/feature-rows.h"
#include "core/projection/knn.h"
#include "core/projection/products.h"
#include "core/projection/quality-private.h"

#include <math.h>
#include <string.h>

enum { N_QUERIES = DUB_PRODUCTS_QUERIES };

typedef struct {
  const DubProducts *products;
  const uint32_t    *judged;    /* [Q] cases */
  const uint32_t    *neighbour; /* [Q][K] in the map */
  size_t             k;
  uint64_t          *excess;    /* [Q] Σ max (rank - K, 0) */
} Ranks;

/* One neighbour of one case: how many are nearer among the features. */
typedef struct {
  double   exact;  /* its squared distance */
  float    below;  /* products' numbers up to here are nearer for sure, … */
  float    above;  /* … above this one not nearer for sure */
  uint64_t nearer;
} Bar;

/* A product and its case's length bound the squared distance in the products' units, less the query's length. */
static void
set_bars (const Ranks *ranks,
          size_t       q,
          Bar         *bars)
{
  const DubProducts *products = ranks->products;
  size_t n_features = products->n_features;
  const float *own = products->query.features + q * n_features;
  double length = (double) products->query.length[q], slack = (double) products->slack;

  for (size_t j = 0; j < ranks->k; j++) {
    double exact = dub_features_squared_distance (own, products->reference.features
                                                        + (size_t) ranks->neighbour[q * ranks->k + j] * n_features,
                                                  n_features);
    double centre = exact * products->scale * products->scale - length;
    double margin = slack * (length + fabs (centre) + 2.0 * length) + 1e-34;

    bars[j] = (Bar) { exact, (float) (centre - margin), (float) (centre + margin), 0 };
  }
}

/* Whether reference @r is nearer than the bar's case, or as near with a lower index. */
static gboolean
is_nearer (const Ranks *ranks,
           size_t       q,
           size_t       r,
           const Bar   *bar,
           uint32_t     neighbour)
{
  const DubProducts *products = ranks->products;
  size_t n_features = products->n_features;
  double exact = dub_features_squared_distance (products->query.features + q * n_features,
                                                products->reference.features + r * n_features, n_features);

  return exact < bar->exact || (exact == bar->exact && r < neighbour);
}

DUB_CLONES static void
count_below (const float *lower,
             const float *upper,
             size_t       n,
             float        below,
             float        above,
             uint32_t    *sure,
             uint32_t    *possible)
{
  uint32_t n_sure = 0, n_possible = 0;

  for (size_t i = 0; i < n; i++) {
    n_sure += upper[i] < below;
    n_possible += lower[i] <= above;
  }
  *sure = n_sure;
  *possible = n_possible;
}

static void
count_nearer (const Ranks *ranks,
              size_t       q,
              size_t       start,
              size_t       count,
              const float *product,
              Bar         *bars)
{
  const DubProducts *products = ranks->products;
  const float *length = products->reference.length + start;
  float slack = 2.0f * products->slack;
  float lower[64], upper[64];

  for (size_t i = 0; i < count; i++) {
    lower[i] = product[i] + length[i] * (1.0f - slack);
    upper[i] = product[i] + length[i] * (1.0f + slack);
  }
  for (size_t j = 0; j < ranks->k; j++) {
    uint32_t neighbour = ranks->neighbour[q * ranks->k + j];
    uint32_t sure, possible;

    count_below (lower, upper, count, bars[j].below, bars[j].above, &sure, &possible);
    if (possible > sure)
      for (size_t i = 0; i < count; i++)
        if (!(upper[i] < bars[j].below) && lower[i] <= bars[j].above && start + i != ranks->judged[q])
          sure += (uint32_t) is_nearer (ranks, q, start + i, &bars[j], neighbour);
    bars[j].nearer += sure;
  }
}

static void
count_all (const Ranks *ranks,
           size_t       q,
           Bar         *bars)
{
  for (size_t j = 0; j < ranks->k; j++)
    for (size_t r = 0; r < ranks->products->reference.n; r++)
      if (r != ranks->judged[q])
        bars[j].nearer += (uint64_t) is_nearer (ranks, q, r, &bars[j], ranks->neighbour[q * ranks->k + j]);
}

static void
ranks_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Ranks *ranks = user_data;
  const DubProducts *products = ranks->products;
  size_t width = products->width, n_reference = products->reference.n, k = ranks->k;
  size_t first = piece * N_QUERIES, n = MIN (first + N_QUERIES, products->query.n) - first;
  g_autofree float *product = g_new (float, N_QUERIES * width);
  g_autofree Bar *bars = g_new (Bar, n * k);

  for (size_t q = 0; q < n; q++)
    set_bars (ranks, first + q, bars + q * k);
  for (size_t start = 0; start < n_reference; start += width) {
    size_t count = MIN (width, n_reference - start);

    dub_products_multiply (products, first, n, start, product);
    for (size_t q = 0; q < n; q++) {
      size_t own = ranks->judged[first + q];

      /* Nobody is a neighbour of itself. */
      if (own >= start && own < start + count)
        product[q * width + own - start] = INFINITY;
      if (dub_products_in_range (products, first + q))
        count_nearer (ranks, first + q, start, count, product + q * width, bars + q * k);
    }
  }
  for (size_t q = 0; q < n; q++) {
    ranks->excess[first + q] = 0;
    if (!dub_products_in_range (products, first + q))
      count_all (ranks, first + q, bars + q * k);
    for (size_t j = 0; j < k; j++) {
      uint64_t rank = bars[q * k + j].nearer + 1;

      if (rank > k)
        ranks->excess[first + q] += rank - k;
    }
  }
}

gboolean
dub_trustworthiness (const float              *features,
                     size_t                    n_features,
                     const float              *map,
                     size_t                    n_dims,
                     size_t                    n_cases,
                     const DubQualityOptions  *options,
                     double                   *value,
                     DubRun                   *run,
                     GError                  **error)
{
  size_t k = options->k, n_judged;

  if (k < 1 || 2 * k >= n_cases) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "Trustworthiness over %zu neighbours needs more than %zu cases, there are %zu: ask for fewer.", k, 2 * k,
                 n_cases);
    return FALSE;
  }

  g_autofree uint32_t *judged = _dub_quality_draw (n_cases, options, &n_judged);
  g_autofree float *queries = g_new (float, n_judged * n_features);
  g_autofree uint32_t *neighbour = g_new (uint32_t, n_judged * k);
  g_autofree uint64_t *excess = g_new (uint64_t, n_judged);
  g_autoptr (DubProducts) products = NULL;
  double sum = 0.0;

  if (!_dub_quality_neighbours (map, n_dims, n_cases, judged, n_judged, k, neighbour, run, error))
    return FALSE;
  for (size_t q = 0; q < n_judged; q++)
    memcpy (queries + q * n_features, features + (size_t) judged[q] * n_features, n_features * sizeof (float));
  products = dub_products_new (features, n_cases, queries, n_judged, n_features, run, error);
  if (products == NULL)
    return FALSE;

  Ranks ranks = { products, judged, neighbour, k, excess };

  if (!dub_parallel_for (run, (n_judged + N_QUERIES - 1) / N_QUERIES, ranks_piece, &ranks, error))
    return FALSE;
  for (size_t q = 0; q < n_judged; q++)
    sum += (double) excess[q];
  *value = 1.0 - 2.0 * sum / ((double) n_judged * (double) k
                              * (2.0 * (double) n_cases - 3.0 * (double) k - 1.0));

  return TRUE;
}
