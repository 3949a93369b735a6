#include "core/train/toy.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/calibration/reliability.h"
#include "core/calibration/scores.h"
#include "core/calibration/temperature.h"
#include "core/train/trainer.h"

#include <math.h>

enum { N_CLASSES = 2 };

static const char *const NAMES[DUB_N_TOY_METHODS] = { "uncalibrated", "temperature", "dca" };

/* Cases of one split. */
typedef struct {
  size_t  n;
  double *x; /* [n] */
  int    *y; /* [n] */
} Cases;

static void
cases_clear (Cases *self)
{
  g_free (self->x);
  g_free (self->y);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cases, cases_clear)

double
dub_toy_truth (double x)
{
  return (x + 2.0) / 4.0;
}

const char *
dub_toy_method_name (DubToyMethod method)
{
  return NAMES[method];
}

static Cases
draw_cases (size_t      n,
            uint64_t    seed,
            const char *purpose)
{
  Cases self = { .n = n, .x = g_new (double, n), .y = g_new (int, n) };
  DubRng rng;

  dub_rng_init (&rng, seed, purpose, 0);
  for (size_t i = 0; i < n; i++) {
    self.x[i] = 4.0 * dub_rng_double (&rng) - 2.0;
    self.y[i] = dub_rng_double (&rng) < dub_toy_truth (self.x[i]);
  }

  return self;
}

/* --- the network --- */

static int
add_uniform (DubGraph   *graph,
             const char *name,
             DubShape    shape,
             double      limit,
             DubRng     *rng)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new (DUB_DTYPE_F32, shape, NULL);

  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (tensor)[i] = (float) (limit * (2.0 * dub_rng_double (rng) - 1.0));

  return dub_graph_add_constant (graph, name, tensor, TRUE);
}

static DubGraph *
make_graph (int      hidden,
            uint64_t seed)
{
  DubGraph *graph = dub_graph_new ("toy", 15);
  double limit = 1.0 / sqrt ((double) hidden);
  DubRng rng;

  dub_rng_init (&rng, seed, "toy-weights", 0);

  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &DUB_SHAPE (-1, 1));
  int first[] = { x, add_uniform (graph, "hidden.weight", DUB_SHAPE (hidden, 1), 1.0, &rng),
                  add_uniform (graph, "hidden.bias", DUB_SHAPE (hidden), 1.0, &rng) };

  x = dub_graph_apply (graph, "Gemm", "hidden", "transB=1", first, 3);
  x = dub_graph_apply (graph, "Relu", "relu", "", &x, 1);

  int second[] = { x, add_uniform (graph, "logits.weight", DUB_SHAPE (N_CLASSES, hidden), limit, &rng),
                   add_uniform (graph, "logits.bias", DUB_SHAPE (N_CLASSES), limit, &rng) };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Gemm", "logits", "transB=1", second, 3));

  return graph;
}

/* One repeat on its thread. The networks are far too small for more threads each, so the repeats are what runs
 * beside each other; what they compute with has no run of its own, and they look at the flag themselves. */
typedef struct {
  DubToy *toy;
  DubRun *run;
  int     n_done; /* epochs of all networks, atomic */
} Job;

static gboolean
epoch_done (Job     *job,
            GError **error)
{
  const DubToyOptions *options = &job->toy->options;
  int done = g_atomic_int_add (&job->n_done, 1) + 1;

  if (job->run != NULL)
    dub_run_set_progress (job->run, done / (2.0 * options->n_repeats * options->n_epochs));

  return !dub_run_check_cancelled (job->run, error);
}

static DubTrainer *
train (Job          *job,
       const Cases  *cases,
       double        dca,
       uint64_t      seed,
       GError      **error)
{
  const DubToyOptions *options = &job->toy->options;
  DubType input = { DUB_DTYPE_F32, DUB_SHAPE ((int64_t) cases->n, 1) };
  DubOptimizerOptions adam = dub_optimizer_defaults (DUB_OPTIMIZER_ADAM);
  DubLoss loss = { .dca = dca };
  g_autoptr (DubGraph) graph = make_graph (options->hidden, seed);
  g_autoptr (DubTrainer) trainer = NULL;
  g_autoptr (DubTensor) batch = dub_tensor_new (DUB_DTYPE_F32, input.shape, error);

  adam.rate = options->rate;
  trainer = batch != NULL ? dub_trainer_new (graph, &input, &adam, NULL, error) : NULL;
  if (trainer == NULL)
    return NULL;

  for (size_t i = 0; i < cases->n; i++)
    dub_tensor_f32 (batch)[i] = (float) cases->x[i];
  for (guint epoch = 0; epoch < options->n_epochs; epoch++)
    if (!dub_trainer_step (trainer, batch, cases->y, &loss, epoch, NULL, NULL, error) || !epoch_done (job, error))
      return NULL;

  return g_steal_pointer (&trainer);
}

static gboolean
get_x (size_t   index,
       float   *target,
       gpointer user_data,
       GError **error)
{
  const double *x = user_data;

  *target = (float) x[index];

  return TRUE;
}

/* (n, 2) logits in double. (transfer full) */
static double *
logits_at (DubTrainer  *trainer,
           double      *x,
           size_t       n,
           GError     **error)
{
  g_autoptr (DubTensor) logits = dub_trainer_evaluate (trainer, n, get_x, x, NULL, error);
  double *numbers;

  if (logits == NULL)
    return NULL;
  numbers = g_new (double, n * N_CLASSES);
  for (size_t i = 0; i < n * N_CLASSES; i++)
    numbers[i] = (double) dub_tensor_f32 (logits)[i];

  return numbers;
}

/* --- what comes out --- */

/* @probabilities: (n_test, 2) on the test cases; @recovered: [G] */
static gboolean
measure (const DubToy    *self,
         const Cases     *test,
         const double    *probabilities,
         const double    *recovered,
         DubToyMeasures  *measures,
         GError         **error)
{
  g_autofree double *confidence = g_new (double, test->n);
  g_autofree gboolean *correct = g_new (gboolean, test->n);

  if (!dub_top_label (probabilities, test->y, test->n, N_CLASSES, confidence, correct, NULL, error))
    return FALSE;

  g_autoptr (DubReliability) bins =
    dub_reliability_new (confidence, correct, test->n, DUB_RELIABILITY_BINS, error);

  if (bins == NULL)
    return FALSE;
  *measures = (DubToyMeasures) {
    .ece = dub_reliability_ece (bins),
    .mce = dub_reliability_mce (bins),
    .nll = dub_nll (probabilities, test->y, test->n, N_CLASSES, NULL, error),
  };
  if (isnan (measures->nll))
    return FALSE;
  for (size_t i = 0; i < test->n; i++) {
    measures->accuracy += correct[i] ? 1.0 : 0.0;
    measures->confidence += confidence[i];
  }
  for (size_t g = 0; g < self->options.n_grid; g++)
    measures->distance += fabs (recovered[g] - self->truth[g]);
  measures->accuracy /= (double) test->n;
  measures->confidence /= (double) test->n;
  measures->distance /= (double) self->options.n_grid;

  return TRUE;
}

/* Probabilities of a trained network at 1/T = @beta, on test cases and grid, into repeat @repeat of @method. */
static gboolean
judge (DubToy        *self,
       DubTrainer    *trainer,
       DubToyMethod   method,
       double         beta,
       guint          repeat,
       const Cases   *test,
       GError       **error)
{
  size_t n_grid = self->options.n_grid;
  g_autofree double *on_test = logits_at (trainer, test->x, test->n, error);
  g_autofree double *on_grid = on_test != NULL ? logits_at (trainer, self->x, n_grid, error) : NULL;
  g_autofree double *recovered = g_new (double, n_grid);

  if (on_grid == NULL)
    return FALSE;
  dub_temperature_apply (beta, on_test, test->n, N_CLASSES, on_test);
  dub_temperature_apply (beta, on_grid, n_grid, N_CLASSES, on_grid);
  for (size_t g = 0; g < n_grid; g++)
    recovered[g] = on_grid[g * N_CLASSES + 1];
  if (repeat == 0)
    for (size_t g = 0; g < n_grid; g++)
      self->recovered[method][g] = recovered[g];

  return measure (self, test, on_test, recovered, &self->measures[method][repeat], error);
}

/* 1/T of a network, on cases that it has not seen. */
static gboolean
fit_temperature (DubTrainer    *trainer,
                 const Cases   *calibration,
                 double        *beta,
                 GError       **error)
{
  g_autofree double *logits = logits_at (trainer, calibration->x, calibration->n, error);
  g_autoptr (DubTemperature) fitted =
    logits != NULL ? dub_temperature_fit (logits, calibration->y, calibration->n, N_CLASSES, "calibration", NULL, error)
                   : NULL;

  if (fitted == NULL)
    return FALSE;
  /* Cases that are all right have no best temperature: nothing is scaled then. */
  *beta = fitted->kind == DUB_TEMPERATURE_SEPARABLE ? 1.0 : fitted->beta;

  return TRUE;
}

static gboolean
run_repeat (Job     *job,
            guint    repeat,
            GError **error)
{
  DubToy *self = job->toy;
  const DubToyOptions *options = &self->options;
  /* Streams of neighbouring seeds are as independent as any. */
  uint64_t seed = options->seed + repeat;
  g_auto (Cases) cases = draw_cases (options->n_train, seed, "toy-train");
  g_auto (Cases) calibration = draw_cases (options->n_calibration, seed, "toy-calibration");
  g_auto (Cases) test = draw_cases (options->n_test, seed, "toy-test");
  g_autoptr (DubTrainer) plain = train (job, &cases, 0.0, seed, error);
  g_autoptr (DubTrainer) dca = NULL;
  double beta;

  if (plain == NULL || !fit_temperature (plain, &calibration, &beta, error) ||
      !judge (self, plain, DUB_TOY_PLAIN, 1.0, repeat, &test, error) ||
      !judge (self, plain, DUB_TOY_TEMPERATURE, beta, repeat, &test, error))
    return FALSE;
  self->temperature[repeat] = 1.0 / beta;

  dca = train (job, &cases, options->dca, seed, error);
  if (dca == NULL || !judge (self, dca, DUB_TOY_DCA, 1.0, repeat, &test, error))
    return FALSE;
  if (repeat == 0) {
    self->train_x = g_steal_pointer (&cases.x);
    self->train_y = g_steal_pointer (&cases.y);
  }

  return TRUE;
}

static gboolean
run_piece (size_t    piece,
           guint     thread,
           gpointer  user_data,
           GError  **error)
{
  return run_repeat (user_data, (guint) piece, error);
}

/* All repeats. */
static gboolean
run_repeats (DubToy  *self,
             DubRun  *run,
             GError **error)
{
  Job job = { .toy = self, .run = run };

  return dub_parallel_try (run, self->options.n_repeats, run_piece, &job, NULL, error);
}

/* Mean and standard deviation of every measure, which are doubles one after another. */
static void
summarise (DubToy *self)
{
  enum { N_MEASURES = sizeof (DubToyMeasures) / sizeof (double) };
  guint n = self->options.n_repeats;

  for (int method = 0; method < DUB_N_TOY_METHODS; method++) {
    double *mean = (double *) (void *) &self->mean[method];
    double *deviation = (double *) (void *) &self->deviation[method];

    for (guint r = 0; r < n; r++)
      for (size_t k = 0; k < N_MEASURES; k++)
        mean[k] += ((const double *) (const void *) &self->measures[method][r])[k] / n;
    for (guint r = 0; r < n && n > 1; r++)
      for (size_t k = 0; k < N_MEASURES; k++)
        deviation[k] += pow (((const double *) (const void *) &self->measures[method][r])[k] - mean[k], 2.0) / (n - 1);
    for (size_t k = 0; k < N_MEASURES; k++)
      deviation[k] = sqrt (deviation[k]);
  }
}

static gboolean
check_options (const DubToyOptions  *options,
               GError              **error)
{
  const struct {
    const char *name;
    double      value;
    double      least;
  } rows[] = {
    { "number of training cases", (double) options->n_train, 2.0 },
    { "number of calibration cases", (double) options->n_calibration, 2.0 },
    { "number of test cases", (double) options->n_test, 1.0 },
    { "number of grid points", (double) options->n_grid, 2.0 },
    { "number of hidden units", options->hidden, 1.0 },
    { "number of epochs", options->n_epochs, 1.0 },
    { "weight of DCA", options->dca, 0.0 },
    { "number of repeats", options->n_repeats, 1.0 },
  };
  static const double LARGEST = 1e6;

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!(rows[i].value >= rows[i].least && rows[i].value <= LARGEST)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The toy experiment's %s is %g; expected %g to %g.",
                   rows[i].name, rows[i].value, rows[i].least, LARGEST);
      return FALSE;
    }

  return TRUE;
}

DubToy *
dub_toy_run (const DubToyOptions  *options,
             DubRun               *run,
             GError              **error)
{
  if (!check_options (options, error))
    return NULL;

  g_autoptr (DubToy) self = g_new0 (DubToy, 1);
  size_t n_grid = options->n_grid;

  self->options = *options;
  self->x = g_new (double, n_grid);
  self->truth = g_new (double, n_grid);
  self->temperature = g_new0 (double, options->n_repeats);
  for (size_t g = 0; g < n_grid; g++) {
    self->x[g] = -2.0 + 4.0 * (double) g / (double) (n_grid - 1);
    self->truth[g] = dub_toy_truth (self->x[g]);
  }
  for (int method = 0; method < DUB_N_TOY_METHODS; method++) {
    self->recovered[method] = g_new0 (double, n_grid);
    self->measures[method] = g_new0 (DubToyMeasures, options->n_repeats);
  }

  if (!run_repeats (self, run, error))
    return NULL;
  summarise (self);

  return g_steal_pointer (&self);
}

void
dub_toy_free (DubToy *self)
{
  if (self == NULL)
    return;
  g_free (self->x);
  g_free (self->truth);
  g_free (self->train_x);
  g_free (self->train_y);
  g_free (self->temperature);
  for (int method = 0; method < DUB_N_TOY_METHODS; method++) {
    g_free (self->recovered[method]);
    g_free (self->measures[method]);
  }
  g_free (self);
}
