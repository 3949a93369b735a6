/* Benchmarks of training: one step is forward with batch statistics, cross-entropy, backward to all parameters,
 * Adam and the running statistics. */
#include "app/cli/cli-bench.h"

#include "app/cli/cli-run.h"
#include "core/base/rng.h"
#include "core/nn/arch.h"
#include "core/train/trainer.h"

static gboolean
bench_training (CliBench  *bench,
                DubGraph  *graph,
                DubShape   shape,
                GError   **error)
{
  DubType type = { .dtype = DUB_DTYPE_F32, .shape = shape };
  g_autoptr (DubTensor) batch = dub_tensor_new (DUB_DTYPE_F32, shape, error);
  DubOptimizerOptions adam = dub_optimizer_defaults (DUB_OPTIMIZER_ADAM);
  g_autoptr (DubTrainer) trainer = batch != NULL ? dub_trainer_new (graph, &type, &adam, bench->run, error) : NULL;
  g_autofree int *labels = g_new (int, shape.dim[0]);
  DubRng rng;

  if (trainer == NULL)
    return FALSE;
  dub_rng_init (&rng, 1, "bench", 0);
  for (size_t i = 0, n = dub_tensor_n_elements (batch); i < n; i++)
    dub_tensor_f32 (batch)[i] = dub_rng_float (&rng);
  for (int64_t i = 0; i < shape.dim[0]; i++)
    labels[i] = (int) (i % 2);

  /* The first step touches memory for the first time. */
  for (guint i = 0; i < bench->n_repeats + 1; i++) {
    gint64 start = g_get_monotonic_time ();

    if (!dub_trainer_step (trainer, batch, labels, NULL, i, NULL, bench->run, error))
      return FALSE;
    if (i > 0)
      cli_bench_add (bench, start);
  }
  bench->peak_bytes = dub_trainer_peak_bytes (trainer);
  bench->n_cases = (guint) shape.dim[0];

  return TRUE;
}

static gboolean
bench_resnet18 (CliBench  *bench,
                int        width,
                GError   **error)
{
  g_autoptr (DubGraph) graph = dub_arch_resnet18 (28, 28, 1, 2, width, 1, error);

  return graph != NULL && bench_training (bench, graph, DUB_SHAPE (128, 1, 28, 28), error);
}

gboolean
cli_bench_train_resnet18 (CliBench  *bench,
                          GError   **error)
{
  return bench_resnet18 (bench, 64, error);
}

gboolean
cli_bench_train_resnet18_w16 (CliBench  *bench,
                              GError   **error)
{
  return bench_resnet18 (bench, 16, error);
}

gboolean
cli_bench_train_cnn3d (CliBench  *bench,
                       GError   **error)
{
  static const int64_t SHAPE[3] = { 121, 145, 121 };
  static const int CHANNELS[5] = { 8, 16, 32, 64, 128 };
  g_autoptr (DubGraph) graph = dub_arch_cnn3d (SHAPE, CHANNELS, G_N_ELEMENTS (CHANNELS), 2, 0.5, 1, error);

  return graph != NULL && bench_training (bench, graph, DUB_SHAPE (4, 1, SHAPE[0], SHAPE[1], SHAPE[2]), error);
}
