#include "core/projection/knn.h"

#include "core/base/parallel.h"
#include "core/projection/knn-select.h"
#include "core/projection/products.h"

#include <math.h>

enum { N_QUERIES = DUB_PRODUCTS_QUERIES };

typedef struct {
  const DubProducts *products;
  DubReferences      references;
  gboolean           exclude_self;
  uint32_t          *indices;
  double            *distances;
  DubRun            *run;      /* (nullable) told how far it is */
  size_t             n_done;   /* atomic: queries */
} Search;

static void
add_all (const Search *search,
         size_t        query,
         DubSelection *selection)
{
  for (size_t r = 0; r < search->products->reference.n; r++)
    if (!search->exclude_self || r != query)
      dub_selection_add (selection, (uint32_t) r);
}

static void
search_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  Search *search = user_data;
  const DubProducts *products = search->products;
  size_t n_features = products->n_features, width = products->width, n_reference = products->reference.n;
  size_t first = piece * N_QUERIES, n = MIN (first + N_QUERIES, products->query.n) - first;
  g_autofree float *product = g_new (float, N_QUERIES * width);
  g_autofree DubSelection *selections = g_new0 (DubSelection, n);

  for (size_t q = 0; q < n; q++)
    dub_selection_init (&selections[q], &search->references, products->query.features + (first + q) * n_features,
                        products->query.length[first + q]);
  for (size_t start = 0; start < n_reference; start += width) {
    size_t count = MIN (width, n_reference - start);

    dub_products_multiply (products, first, n, start, product);
    for (size_t q = 0; q < n; q++) {
      float *row = product + q * width;

      if (search->exclude_self && first + q >= start && first + q < start + count)
        row[first + q - start] = INFINITY;
      if (dub_products_in_range (products, first + q))
        dub_selection_offer (&selections[q], row, (uint32_t) start, count);
    }
  }
  for (size_t q = 0; q < n; q++) {
    size_t at = (first + q) * search->references.k;

    if (!dub_products_in_range (products, first + q))
      add_all (search, first + q, &selections[q]);
    dub_selection_finish (&selections[q], search->indices + at, search->distances != NULL ? search->distances + at : NULL);
    dub_selection_clear (&selections[q]);
  }

  size_t n_done = __atomic_add_fetch (&search->n_done, n, __ATOMIC_RELAXED);

  /* One thread tells, so that what is told never falls back. */
  if (thread == 0)
    dub_run_set_progress (search->run, (double) n_done / (double) products->query.n);
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

  g_autoptr (DubProducts) products = dub_products_new (reference, n_reference, query, n_query, n_features, run, error);

  if (products == NULL)
    return FALSE;
  if (exclude_self && n_query != n_reference) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "%zu queries cannot be the %zu references themselves.", n_query, n_reference);
    return FALSE;
  }

  size_t n_most = exclude_self ? n_reference - 1 : n_reference;

  if (k < 1 || k > n_most) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%zu nearest neighbours were asked for, but there are %zu other cases: ask for fewer.", k, n_most);
    return FALSE;
  }

  Search search = {
    .products = products,
    .references = { .k = k, .n_features = n_features, .features = reference, .length = products->reference.length,
                    .lowered = products->lowered, .slack = products->slack },
    .exclude_self = exclude_self, .indices = indices, .distances = distances, .run = run,
  };

  if (!dub_parallel_for (run, (n_query + N_QUERIES - 1) / N_QUERIES, search_piece, &search, error))
    return FALSE;
  dub_run_set_progress (run, 1.0);

  return TRUE;
}
