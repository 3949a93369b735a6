/* Benchmark of a heatmap: what a person waits for who opens the next case. */
#include "app/cli/cli-bench.h"

#include "core/base/rng.h"
#include "core/explain/heatmap.h"
#include "core/nn/arch.h"

enum { N_NETWORKS = 5, SIDE = 28, WIDTH = 16 };

static gboolean
bench_maps (CliBench        *bench,
            DubGraph *const *networks,
            GError         **error)
{
  g_autoptr (DubTensor) image = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1, 1, SIDE, SIDE), error);
  DubHeatmapOptions options;
  DubRng rng;

  if (image == NULL)
    return FALSE;
  dub_rng_init (&rng, 1, "bench", 0);
  for (size_t i = 0; i < SIDE * SIDE; i++)
    dub_tensor_f32 (image)[i] = (float) dub_rng_normal (&rng);

  dub_heatmap_options_init (&options, DUB_HEATMAP_OCCLUSION, 2);
  options.of = DUB_HEATMAP_OF_ENTROPY;
  /* Everything from the networks as they lie in memory: plans are made anew for each map. */
  for (guint i = 0; i <= bench->n_repeats; i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (DubHeatmap) map = dub_heatmap_run (&options, networks, N_NETWORKS, image, bench->run, error);

    if (map == NULL)
      return FALSE;
    if (i > 0)
      cli_bench_add (bench, start);
    bench->n_cases = (guint) map->n_passes * N_NETWORKS;
  }

  return TRUE;
}

gboolean
cli_bench_occlusion (CliBench  *bench,
                     GError   **error)
{
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_graph_unref);

  for (uint64_t m = 0; m < N_NETWORKS; m++) {
    DubGraph *graph = dub_arch_resnet18 (SIDE, SIDE, 1, 2, WIDTH, m + 1, error);

    if (graph == NULL)
      return FALSE;
    g_ptr_array_add (networks, graph);
  }

  return bench_maps (bench, (DubGraph *const *) networks->pdata, error);
}
