#include "core/projection/quality-private.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/projection/knn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cases of a piece. */
enum { N_CASES = 64 };

static int
compare_numbers (const void *a,
                 const void *b)
{
  const uint32_t *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

uint32_t *
_dub_quality_draw (size_t                    n_cases,
                   const DubQualityOptions  *options,
                   size_t                   *n_judged)
{
  size_t n = options->n_most > 0 ? MIN (options->n_most, n_cases) : n_cases;
  uint32_t *judged = g_new (uint32_t, n_cases);
  DubRng rng;

  for (size_t i = 0; i < n_cases; i++)
    judged[i] = (uint32_t) i;
  *n_judged = n;
  if (n == n_cases)
    return judged;

  /* The first places of a shuffle. */
  dub_rng_init (&rng, options->seed, "quality", 0);
  for (size_t i = 0; i < n; i++) {
    size_t j = i + dub_rng_below (&rng, (uint32_t) (n_cases - i));
    uint32_t swapped = judged[i];

    judged[i] = judged[j];
    judged[j] = swapped;
  }
  qsort (judged, n, sizeof (uint32_t), compare_numbers);

  return judged;
}

/* One neighbour more is asked for and the case itself dropped; where so many share its place that it is not among them, the
 * last goes. */
gboolean
_dub_quality_neighbours (const float     *map,
                         size_t           n_dims,
                         size_t           n_cases,
                         const uint32_t  *judged,
                         size_t           n_judged,
                         size_t           k,
                         uint32_t        *neighbour,
                         DubRun          *run,
                         GError         **error)
{
  g_autofree float *queries = NULL;
  g_autofree uint32_t *found = NULL;

  /* One step of several: it tells no progress of its own. */
  DubRunSpan all = dub_run_enter_span (run, 0.0, 0.0);
  gboolean done;

  if (n_judged == n_cases) {
    done = dub_knn (map, n_cases, map, n_cases, n_dims, k, TRUE, neighbour, NULL, run, error);
    dub_run_leave_span (run, all);
    return done;
  }

  queries = g_new (float, n_judged * n_dims);
  found = g_new (uint32_t, n_judged * (k + 1));
  for (size_t q = 0; q < n_judged; q++)
    memcpy (queries + q * n_dims, map + (size_t) judged[q] * n_dims, n_dims * sizeof (float));
  done = dub_knn (map, n_cases, queries, n_judged, n_dims, k + 1, FALSE, found, NULL, run, error);
  dub_run_leave_span (run, all);
  if (!done)
    return FALSE;
  for (size_t q = 0; q < n_judged; q++)
    for (size_t j = 0, kept = 0; kept < k; j++)
      if (found[q * (k + 1) + j] != judged[q])
        neighbour[q * k + kept++] = found[q * (k + 1) + j];

  return TRUE;
}

/* --- with labels --- */

/* The labelled cases alone. Returns how many; @map and @labels are (out) (transfer full). */
static size_t
take_labelled (const float  *all_map,
               size_t        n_dims,
               const int    *all_labels,
               size_t        n_cases,
               float       **map,
               int         **labels)
{
  size_t n = 0;

  *map = g_new (float, n_cases * n_dims);
  *labels = g_new (int, n_cases);
  for (size_t i = 0; i < n_cases; i++)
    if (all_labels[i] >= 0) {
      memcpy (*map + n * n_dims, all_map + i * n_dims, n_dims * sizeof (float));
      (*labels)[n++] = all_labels[i];
    }

  return n;
}

gboolean
dub_neighbourhood_hit (const float              *map,
                       size_t                    n_dims,
                       const int                *labels,
                       size_t                    n_cases,
                       const DubQualityOptions  *options,
                       double                   *value,
                       DubRun                   *run,
                       GError                  **error)
{
  g_autofree float *own_map = NULL;
  g_autofree int *own = NULL;
  size_t n = take_labelled (map, n_dims, labels, n_cases, &own_map, &own), n_judged, same = 0;

  *value = NAN;
  if (n < 2)
    return TRUE;

  size_t k = MIN (MAX (options->k, 1), n - 1);
  g_autofree uint32_t *judged = _dub_quality_draw (n, options, &n_judged);
  g_autofree uint32_t *neighbour = g_new (uint32_t, n_judged * k);

  if (!_dub_quality_neighbours (own_map, n_dims, n, judged, n_judged, k, neighbour, run, error))
    return FALSE;
  for (size_t q = 0; q < n_judged; q++)
    for (size_t j = 0; j < k; j++)
      same += own[neighbour[q * k + j]] == own[judged[q]];
  *value = (double) same / (double) (n_judged * k);

  return TRUE;
}

/* Labels beyond would make a table of classes that is larger than the data. */
enum { MOST_CLASSES = 65536 };

typedef struct {
  const float    *map;
  const int      *labels;
  const size_t   *count; /* [n_classes] */
  size_t          n, n_dims, n_classes;
  const uint32_t *judged;
  size_t          n_judged;
  double         *width; /* [Q] silhouette of each */
} Silhouette;

static void
silhouette_piece (size_t   piece,
                  guint    thread,
                  gpointer user_data)
{
  const Silhouette *job = user_data;
  g_autofree double *sum = g_new (double, job->n_classes);

  for (size_t q = piece * N_CASES; q < MIN ((piece + 1) * N_CASES, job->n_judged); q++) {
    size_t i = job->judged[q];
    int own = job->labels[i];
    double nearest = INFINITY, inside;

    memset (sum, 0, job->n_classes * sizeof (double));
    for (size_t j = 0; j < job->n; j++) {
      double squared = 0.0;

      for (size_t d = 0; d < job->n_dims; d++) {
        double x = (double) job->map[i * job->n_dims + d] - (double) job->map[j * job->n_dims + d];

        squared += x * x;
      }
      sum[job->labels[j]] += sqrt (squared);
    }
    for (size_t c = 0; c < job->n_classes; c++)
      if ((int) c != own && job->count[c] > 0)
        nearest = fmin (nearest, sum[c] / (double) job->count[c]);
    job->width[q] = 0.0;
    if (job->count[own] < 2)
      continue;
    inside = sum[own] / (double) (job->count[own] - 1);
    if (fmax (inside, nearest) > 0.0)
      job->width[q] = (nearest - inside) / fmax (inside, nearest);
  }
}

gboolean
dub_silhouette (const float              *map,
                size_t                    n_dims,
                const int                *labels,
                size_t                    n_cases,
                const DubQualityOptions  *options,
                double                   *value,
                DubRun                   *run,
                GError                  **error)
{
  g_autofree float *own_map = NULL;
  g_autofree int *own = NULL;
  size_t n = take_labelled (map, n_dims, labels, n_cases, &own_map, &own), n_judged, n_classes = 0, n_present = 0;
  double sum = 0.0;

  *value = NAN;
  for (size_t i = 0; i < n; i++)
    n_classes = MAX (n_classes, (size_t) own[i] + 1);
  if (n_classes > MOST_CLASSES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "A label is %zu, expected at most %d.", n_classes - 1,
                 MOST_CLASSES - 1);
    return FALSE;
  }

  g_autofree size_t *count = g_new0 (size_t, n_classes + 1);

  for (size_t i = 0; i < n; i++)
    n_present += count[own[i]]++ == 0;
  if (n_present < 2)
    return TRUE;

  g_autofree uint32_t *judged = _dub_quality_draw (n, options, &n_judged);
  g_autofree double *width = g_new (double, n_judged);
  Silhouette job = { own_map, own, count, n, n_dims, n_classes, judged, n_judged, width };

  if (!dub_parallel_for (run, (n_judged + N_CASES - 1) / N_CASES, silhouette_piece, &job, error))
    return FALSE;
  for (size_t q = 0; q < n_judged; q++)
    sum += width[q];
  *value = sum / (double) n_judged;

  return TRUE;
}
