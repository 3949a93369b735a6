/* Small classifiers and images for the tests of heatmaps. */
#pragma once

#include "core/base/rng.h"
#include "core/explain/heatmap.h"

static inline DubTensor *
random_tensor (DubShape shape,
               double   scale,
               uint64_t seed)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, shape, NULL);
  DubRng rng;

  dub_rng_init (&rng, seed, "test-numbers", 0);
  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (tensor)[i] = (float) (scale * dub_rng_normal (&rng));

  return tensor;
}

static inline int
add_tensor (DubGraph   *graph,
            const char *name,
            DubTensor  *tensor)
{
  return dub_graph_add_constant (graph, name, tensor, FALSE);
}

/* Flatten, then z = W x: @weight is (inputs, classes). Ends in @last ("Softmax", "Sigmoid") where that is given. */
static inline DubGraph *
linear_network (DubShape    shape, /* of one case: (C, H, W) or (C, D, H, W) */
                DubTensor  *weight,
                const char *last)
{
  DubGraph *graph = dub_graph_new ("linear", 13);
  DubShape input = { .rank = shape.rank + 1, .dim = { -1 } };

  for (int a = 0; a < shape.rank; a++)
    input.dim[a + 1] = shape.dim[a];

  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &input);
  int flat = dub_graph_apply (graph, "Flatten", "flat", "axis=1", &x, 1);
  int terms[] = { flat, add_tensor (graph, "weight", weight) };
  int z = dub_graph_apply (graph, "MatMul", "logits", "", terms, 2);

  if (last != NULL)
    z = dub_graph_apply (graph, last, "probabilities", g_strcmp0 (last, "Softmax") == 0 ? "axis=1" : "", &z, 1);
  dub_graph_add_output (graph, z);

  return graph;
}

/* A 1×1 convolution of one channel into K maps, Relu, global average pooling, z = the pooled maps times @dense (K, classes).
 * @axes: 2 or 3. With @half a max pooling of 2 comes before the average. */
static inline DubGraph *
pooled_network (int        axes,
                DubTensor *kernel, /* [K] */
                DubTensor *dense,
                gboolean   half)
{
  DubGraph *graph = dub_graph_new ("pooled", 13);
  DubShape input = { .rank = axes + 2, .dim = { -1, 1, -1, -1, -1 } };
  DubShape shape = { .rank = axes + 2, .dim = { kernel->shape.dim[0], 1, 1, 1, 1 } };
  g_autoptr (DubTensor) weights = dub_tensor_reshape (kernel, shape, NULL);
  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &input);
  int terms[] = { x, add_tensor (graph, "kernel", weights) };
  int y = dub_graph_apply (graph, "Conv", "conv", axes == 3 ? "kernel_shape=1,1,1" : "kernel_shape=1,1", terms, 2);

  y = dub_graph_apply (graph, "Relu", "maps", "", &y, 1);
  if (half)
    y = dub_graph_apply (graph, "MaxPool", "half", axes == 3 ? "kernel_shape=2,2,2 strides=2,2,2" : "kernel_shape=2,2 strides=2,2", &y, 1);
  y = dub_graph_apply (graph, "GlobalAveragePool", "pool", "", &y, 1);
  y = dub_graph_apply (graph, "Flatten", "flat", "axis=1", &y, 1);

  int last[] = { y, add_tensor (graph, "dense", dense) };

  dub_graph_add_output (graph, dub_graph_apply (graph, "MatMul", "logits", "", last, 2));

  return graph;
}

/* Two convolutions of 3×3 with tanh and a dense layer: nothing linear about it. (C, H, W) into @n_classes. */
static inline DubGraph *
curved_network (int64_t  channels,
                int64_t  height,
                int64_t  width,
                int64_t  n_classes,
                uint64_t seed)
{
  DubGraph *graph = dub_graph_new ("curved", 13);
  DubShape input = DUB_SHAPE (-1, channels, height, width);
  g_autoptr (DubTensor) first = random_tensor (DUB_SHAPE (4, channels, 3, 3), 0.4, seed);
  g_autoptr (DubTensor) second = random_tensor (DUB_SHAPE (5, 4, 3, 3), 0.3, seed + 1);
  g_autoptr (DubTensor) dense = random_tensor (DUB_SHAPE (5 * height * width, n_classes), 0.2, seed + 2);
  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &input);
  int one[] = { x, add_tensor (graph, "first", first) };
  int y = dub_graph_apply (graph, "Conv", "conv1", "kernel_shape=3,3 pads=1,1,1,1", one, 2);

  y = dub_graph_apply (graph, "Tanh", "tanh1", "", &y, 1);

  int two[] = { y, add_tensor (graph, "second", second) };

  y = dub_graph_apply (graph, "Conv", "conv2", "kernel_shape=3,3 pads=1,1,1,1", two, 2);
  y = dub_graph_apply (graph, "Tanh", "tanh2", "", &y, 1);
  y = dub_graph_apply (graph, "Flatten", "flat", "axis=1", &y, 1);

  int three[] = { y, add_tensor (graph, "dense", dense) };

  dub_graph_add_output (graph, dub_graph_apply (graph, "MatMul", "logits", "", three, 2));

  return graph;
}

static inline DubHeatmapOptions
heatmap_options (DubHeatmapKind kind,
                 DubHeatmapOf   of,
                 int            class_index)
{
  DubHeatmapOptions options;

  dub_heatmap_options_init (&options, kind, 2);
  options.of = of;
  options.class_index = class_index;
  options.replacement = DUB_REPLACE_ZERO;
  options.n_steps = 8;
  options.n_samples = 5;

  return options;
}

static inline DubHeatmap *
heatmap_of (const DubHeatmapOptions *options,
            DubGraph *const         *networks,
            size_t                   n_networks,
            DubTensor               *image)
{
  g_autoptr (GError) error = NULL;
  DubHeatmap *map = dub_heatmap_run (options, networks, n_networks, image, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (map);

  return map;
}

static inline double
map_at (const DubHeatmap *self,
        size_t            i)
{
  return (double) dub_tensor_f32 (self->map)[i];
}
