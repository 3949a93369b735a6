#include "core/projection/tsne-inner.h"

#include "core/base/clones.h"

enum { LANES = DUB_TSNE_LANES };

DUB_CLONES void
dub_tsne_attraction (const float    *y,
                     size_t          n,
                     size_t          i,
                     const uint32_t *index,
                     const float    *weight,
                     size_t          n_edges,
                     float           out[2])
{
  float x_own = y[i], y_own = y[n + i];
  float x_pull[LANES] = { 0.0f }, y_pull[LANES] = { 0.0f };

  for (size_t e = 0; e < n_edges; e += LANES)
    for (size_t l = 0; l < LANES; l++) {
      float dx = x_own - y[index[e + l]], dy = y_own - y[n + index[e + l]];
      float w = weight[e + l] / (1.0f + dx * dx + dy * dy);

      x_pull[l] += w * dx;
      y_pull[l] += w * dy;
    }
  out[0] = out[1] = 0.0f;
  for (size_t l = 0; l < LANES; l++) {
    out[0] += x_pull[l];
    out[1] += y_pull[l];
  }
}
