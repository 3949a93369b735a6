/* The numbers that tests/reference/make_trajectory_reference.py computes by the same formula: hashed (stream, i) in [-1, 1). */
#pragma once

#include "core/tensor/tensor.h"

static inline double
hashed (uint32_t stream,
        uint32_t i)
{
  uint32_t h = i * 2654435761u + stream * 40503u + 12345u;

  h ^= h >> 16;
  h *= 2246822519u;
  h ^= h >> 13;
  h *= 3266489917u;
  h ^= h >> 16;

  return (double) h / 0x1p31 - 1.0;
}

static inline void
fill_hashed (DubTensor *tensor,
             uint32_t   stream,
             double     scale,
             double     shift)
{
  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (tensor)[i] = (float) (shift + scale * hashed (stream, (uint32_t) i));
}

static inline int
hashed_label (uint32_t stream,
              uint32_t i,
              int      n_classes)
{
  return (int) ((hashed (stream, i) + 1.0) / 2.0 * n_classes);
}
