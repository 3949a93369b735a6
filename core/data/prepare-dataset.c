/* Preparations and data sets: what suits a set, what its training cases say, and one case of it. */
#include "core/data/prepare-private.h"

#include "core/base/parallel.h"

#include <math.h>
#include <string.h>

/* Images up to here keep their size; beyond it the usual networks read 224. */
static const int64_t LARGEST_KEPT = 224;
static const int64_t SMALLEST_SIDE = 28;
/* Cases of a mixed set that are looked at for their median size. */
#define N_LOOKED_AT 33
/* One piece of the fit; its number never depends on the threads. */
static const size_t CASES_A_PIECE = 16;

static int
compare_extents_cb (const void *a,
                    const void *b)
{
  int64_t first = *(const int64_t *) a, second = *(const int64_t *) b;

  return first < second ? -1 : first > second;
}

/* The median of the longer side over cases spread evenly through the set. */
static int64_t
median_side (const DubDataset *dataset)
{
  int64_t sides[N_LOOKED_AT];
  size_t n = MIN (dataset->n_cases, N_LOOKED_AT), n_read = 0;

  for (size_t i = 0; i < n; i++) {
    /* Reading changes nothing that a caller could see. */
    g_autoptr (DubTensor) raw = dub_dataset_read ((DubDataset *) dataset, i * dataset->n_cases / n, NULL, NULL);

    if (raw != NULL && raw->shape.rank == 3)
      sides[n_read++] = MAX (raw->shape.dim[1], raw->shape.dim[2]);
  }
  if (n_read == 0)
    return MAX (dataset->shape[0], dataset->shape[1]);
  qsort (sides, n_read, sizeof *sides, compare_extents_cb);

  return sides[n_read / 2];
}

void
dub_prepare_init (DubPrepare       *self,
                  const DubDataset *dataset)
{
  int64_t side = MAX (dataset->shape[0], dataset->shape[1]);

  *self = (DubPrepare) {
    .n_axes = dataset->n_axes,
    .channels = dataset->channels >= 3 ? 3 : 1,
    .size = { dataset->shape[0], dataset->shape[1], dataset->n_axes == 3 ? dataset->shape[2] : 1 },
    .sd = { 1.0, 1.0, 1.0 },
    .percentile = { 1.0, 99.0 },
  };
  if (dataset->n_axes == 3) {
    self->resize = DUB_RESIZE_CROP_PAD;
    self->scaling = dataset->dtype == DUB_DTYPE_U8 ? DUB_SCALING_MEAN_SD : DUB_SCALING_ZSCORE;
    return;
  }

  self->resize = DUB_RESIZE_RESAMPLE;
  self->scaling = DUB_SCALING_MEAN_SD;
  if (dataset->mixed)
    self->size[0] = self->size[1] = CLAMP (median_side (dataset), SMALLEST_SIDE, LARGEST_KEPT);
  else if (side > LARGEST_KEPT)
    self->size[0] = self->size[1] = LARGEST_KEPT;
}

gboolean
dub_prepare_case (const DubPrepare *self,
                  DubDataset       *dataset,
                  size_t            index,
                  float            *target,
                  GError          **error)
{
  double spacing[3] = { NAN, NAN, NAN };
  g_autoptr (DubTensor) raw = dub_dataset_read (dataset, index, spacing, error);

  if (raw == NULL)
    return FALSE;
  if (dub_prepare_apply (self, raw, spacing, target, error))
    return TRUE;
  g_prefix_error (error, "%s: case %s: ", dataset->name, dataset->cases[index].id);

  return FALSE;
}

typedef struct {
  const DubPrepare *prepare;
  DubDataset       *dataset;
  const size_t     *indices;
  size_t            n_each;  /* values of a case */
  float            *target;
} Cases;

static gboolean
prepare_piece (size_t    piece,
               guint     thread,
               gpointer  user_data,
               GError  **error)
{
  const Cases *cases = user_data;

  return dub_prepare_case (cases->prepare, cases->dataset, cases->indices[piece], cases->target + piece * cases->n_each, error);
}

gboolean
dub_prepare_cases (const DubPrepare *self,
                   DubDataset       *dataset,
                   const size_t     *indices,
                   size_t            n,
                   float            *target,
                   DubRun           *run,
                   GError          **error)
{
  DubShape shape = dub_prepare_shape (self);
  Cases cases = { self, dataset, indices, dub_shape_n_elements (&shape), target };

  return dub_parallel_try (run, n, prepare_piece, &cases, NULL, error);
}

/* --- the fit --- */

/* Number, mean and sum of squared distances from it; two of them make one (Chan, Golub and LeVeque 1983). */
typedef struct {
  double n;
  double mean;
  double squares;
} Moments;

typedef struct {
  const DubPrepare *prepare;
  DubDataset       *dataset;
  DubRun           *run;
  const size_t     *indices;
  size_t            n;
  size_t            n_pieces;
  size_t            n_each;   /* values of one channel of a case */
  Moments          *moments;  /* [n_pieces][3] */
  size_t            n_done;   /* atomic */
} Fit;

static void
add_moments (Moments       *self,
             const Moments *other)
{
  double n = self->n + other->n, apart = other->mean - self->mean;

  if (!(other->n > 0.0))
    return;
  self->squares += other->squares + apart * apart * self->n * other->n / n;
  self->mean += apart * other->n / n;
  self->n = n;
}

static Moments
moments_of (const float *values,
            size_t       n)
{
  Moments moments = { .n = (double) n };
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += (double) values[i];
  moments.mean = sum / (double) n;
  for (size_t i = 0; i < n; i++)
    moments.squares += ((double) values[i] - moments.mean) * ((double) values[i] - moments.mean);

  return moments;
}

static gboolean
fit_piece (size_t    piece,
           guint     thread,
           gpointer  user_data,
           GError  **error)
{
  Fit *fit = user_data;
  size_t first = piece * CASES_A_PIECE, last = MIN (first + CASES_A_PIECE, fit->n);
  g_autofree float *values = g_try_new (float, fit->n_each * (size_t) fit->prepare->channels);

  if (values == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "A case of %" G_GSIZE_FORMAT
                 " numbers does not fit into memory.", fit->n_each);
    return FALSE;
  }
  for (size_t i = first; i < last && !(fit->run != NULL && dub_run_is_cancelled (fit->run)); i++) {
    if (!dub_prepare_case (fit->prepare, fit->dataset, fit->indices[i], values, error))
      return FALSE;
    for (int c = 0; c < fit->prepare->channels; c++) {
      Moments moments = moments_of (values + (size_t) c * fit->n_each, fit->n_each);

      add_moments (&fit->moments[piece * 3 + (size_t) c], &moments);
    }
  }
  if (fit->run != NULL)
    dub_run_set_progress (fit->run, (double) (__atomic_add_fetch (&fit->n_done, 1, __ATOMIC_RELAXED)) /
                                      (double) fit->n_pieces);

  return TRUE;
}

static gboolean
finish_fit (DubPrepare  *self,
            const Fit   *fit,
            GError     **error)
{
  gboolean varies = FALSE;

  for (int c = 0; c < self->channels; c++) {
    Moments all = { 0 };

    for (size_t p = 0; p < fit->n_pieces; p++)
      add_moments (&all, &fit->moments[p * 3 + (size_t) c]);
    self->mean[c] = all.mean;
    self->sd[c] = sqrt (all.squares / all.n);
    varies |= self->sd[c] > 0.0;
    /* A channel that is the same everywhere says nothing and must not divide by zero. */
    if (!(self->sd[c] > 0.0))
      self->sd[c] = 1.0;
  }
  if (!varies) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "%s: all training cases are %g everywhere; expected values that differ.", fit->dataset->name,
                 self->mean[0]);
    return FALSE;
  }
  g_strlcpy (self->fitted_on, "train", sizeof self->fitted_on);

  return TRUE;
}

gboolean
dub_prepare_fit (DubPrepare   *self,
                 DubDataset   *dataset,
                 const size_t *indices,
                 size_t        n,
                 DubRun       *run,
                 GError      **error)
{
  DubPrepare unit = *self, fitted = *self;
  DubShape shape = dub_prepare_shape (self);
  Fit fit = { .prepare = &unit, .dataset = dataset, .run = run, .indices = indices, .n = n };
  gboolean done;

  if (self->scaling != DUB_SCALING_MEAN_SD)
    return TRUE;
  if (n == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%s: mean and SD of no cases; expected at least one case for training.", dataset->name);
    return FALSE;
  }

  unit.scaling = DUB_SCALING_UNIT;
  fit.n_pieces = (n + CASES_A_PIECE - 1) / CASES_A_PIECE;
  fit.n_each = dub_shape_n_elements (&shape) / (size_t) self->channels;
  fit.moments = g_new0 (Moments, fit.n_pieces * 3);
  done = dub_parallel_try (run, fit.n_pieces, fit_piece, &fit, NULL, error) && finish_fit (&fitted, &fit, error);
  if (done)
    *self = fitted;
  g_free (fit.moments);

  return done;
}
