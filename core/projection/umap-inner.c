#include "core/projection/umap-inner.h"

#include "core/base/clones.h"
#include "core/projection/umap.h"

enum { LANES = DUB_UMAP_LANES };

#define INLINE static inline __attribute__ ((always_inline))

typedef float Floats __attribute__ ((vector_size (4 * DUB_UMAP_LANES)));
typedef int32_t Ints __attribute__ ((vector_size (4 * DUB_UMAP_LANES)));

/* A step of one coordinate towards or away from one point is limited to this. */
static const float LIMIT = 4.0f;

INLINE Floats
choose (Ints   mask,
        Floats yes,
        Floats no)
{
  return (Floats) (((Ints) yes & mask) | ((Ints) no & ~mask));
}

/* x^b for x >= 0, to about six digits: log2 by the series in (m - 1) / (m + 1), 2^f by Taylor's. */
INLINE Floats
power (Floats x,
       float  b)
{
  const float round = 12582912.0f; /* 1.5 · 2^23: adding it leaves no fraction */
  Ints bits = (Ints) x, large;
  Ints exponent = (bits >> 23) - 127;
  Floats m = (Floats) ((bits & 0x007fffff) | 0x3f800000), t, t2, y, whole, f;

  /* Into [sqrt 1/2, sqrt 2]; a true comparison is -1. */
  large = m > 1.41421356f;
  m = choose (large, 0.5f * m, m);
  exponent -= large;
  t = (m - 1.0f) / (m + 1.0f);
  t2 = t * t;
  y = 2.88539008f * t * (1.0f + t2 * (0.333333333f + t2 * (0.2f + t2 * (0.142857143f + t2 * 0.111111111f))));
  y = b * (y + __builtin_convertvector (exponent, Floats));
  y = choose (y < -126.0f, (Floats) {} - 126.0f, y);
  y = choose (y > 126.0f, (Floats) {} + 126.0f, y);
  whole = (y + round) - round;
  f = (y - whole) * 0.693147181f;

  return (Floats) ((__builtin_convertvector (whole, Ints) + 127) << 23)
         * (1.0f + f * (1.0f + f * (0.5f + f * (0.166666667f + f * (0.0416666667f + f * (0.00833333333f
                                                                                         + f * 0.00138888889f))))));
}

/* The last mixing of MurmurHash3: a counter becomes a number like random. */
INLINE uint32_t
mix (uint32_t x)
{
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;

  return x ^ x >> 16;
}

INLINE Floats
clip (Floats force)
{
  const Floats zero = {};

  force = choose (force > LIMIT, zero + LIMIT, force);

  return choose (force < -LIMIT, zero - LIMIT, force);
}

/* The first of @index pulls, the next n_negative push. */
INLINE void
pull_and_push (const DubUmapEpoch *epoch,
               const uint32_t     *index,
               const size_t        n_dims,
               float              *own)
{
  const Ints lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
  const Ints pulls = lane < 1, used = lane < (int32_t) epoch->n_negative + 1;
  const Floats zero = {};
  Floats away[DUB_UMAP_DIMS], squared = zero, p, numerator, denominator, factor;

  for (size_t d = 0; d < n_dims; d++) {
    Floats other;

    for (size_t l = 0; l < LANES; l++)
      other[l] = epoch->places[(size_t) index[l] * n_dims + d];
    away[d] = own[d] - other;
    squared += away[d] * away[d];
  }
  p = power (squared, epoch->b);
  numerator = choose (pulls, -2.0f * epoch->a * epoch->b * p, zero + 2.0f * epoch->b);
  denominator = (squared + choose (pulls, zero + 1e-20f, zero + 0.001f)) * (1.0f + epoch->a * p);
  factor = choose (used, numerator / denominator, zero);
  for (size_t d = 0; d < n_dims; d++) {
    Floats force = clip (factor * away[d]);

    force += __builtin_shufflevector (force, force, 4, 5, 6, 7, 0, 1, 2, 3);
    force += __builtin_shufflevector (force, force, 2, 3, 0, 1, 6, 7, 4, 5);
    own[d] += epoch->rate * (force[0] + force[1]);
  }
}

/* Every mover that has an edge @e is pulled by it, a mover a lane. */
INLINE void
pull_again (const DubUmapEpoch *epoch,
            DubUmapMover       *movers,
            size_t              n_movers,
            size_t              e,
            const size_t        n_dims)
{
  Floats away[DUB_UMAP_DIMS], squared = {}, p, factor;

  for (size_t d = 0; d < n_dims; d++) {
    Floats apart = {};

    for (size_t m = 0; m < n_movers; m++)
      if (e < movers[m].n_drawn)
        apart[m] = movers[m].own[d] - epoch->places[(size_t) movers[m].drawn[e] * n_dims + d];
    away[d] = apart;
    squared += apart * apart;
  }
  p = power (squared, epoch->b);
  factor = -2.0f * epoch->a * epoch->b * p / ((squared + 1e-20f) * (1.0f + epoch->a * p));
  for (size_t d = 0; d < n_dims; d++) {
    Floats force = clip (factor * away[d]);

    /* A mover without the edge is 0 away from nothing. */
    for (size_t m = 0; m < n_movers; m++)
      movers[m].own[d] += epoch->rate * force[m];
  }
}

/* One after the other a point's steps wait for each other's divisions; those of several points do not. */
INLINE void
move (const DubUmapEpoch *epoch,
      DubUmapMover       *movers,
      size_t              n_movers,
      const size_t        n_dims)
{
  size_t most = 0;

  for (size_t m = 0; m < n_movers; m++)
    most = MAX (most, movers[m].n_drawn);
  for (size_t e = 0; e < most; e++) {
    for (size_t m = 0; m < n_movers; m++) {
      DubUmapMover *mover = &movers[m];
      uint32_t index[LANES];

      if (e >= mover->n_drawn)
        continue;
      for (size_t l = 0; l < LANES; l++) {
        uint32_t random = mix (mover->stream + 0x9e3779b9u * (uint32_t) (e * LANES + l));

        index[l] = (uint32_t) (((uint64_t) random * epoch->n) >> 32);
      }
      /* The point itself, if it is drawn, is 0 away and so does not push. */
      index[0] = mover->drawn[e];
      pull_and_push (epoch, index, n_dims, mover->own);
    }
    if (epoch->twice)
      pull_again (epoch, movers, n_movers, e, n_dims);
  }
}

DUB_CLONES void
dub_umap_move (const DubUmapEpoch *epoch,
               DubUmapMover       *movers,
               size_t              n_movers)
{
  if (epoch->n_dims == 2)
    move (epoch, movers, n_movers, 2);
  else
    move (epoch, movers, n_movers, epoch->n_dims);
}
