/* Many numbers of one stream at once: the counters of a batch of blocks are known beforehand, so that the blocks are lanes. */
#include "core/base/rng.h"

#include "core/base/clones.h"

/* Blocks of a batch: four vectors of the widest kind. */
#define LANES 16
#define BATCH (4 * LANES)

/* Philox 4x32-10 of LANES blocks that follow each other. Every lane is as wide as the products of a round; what it keeps between them
 * has 32 bits. */
DUB_CLONES static void
philox_lanes (uint64_t        position,
              uint32_t        key0,
              uint32_t        key1,
              uint32_t        index0,
              uint32_t        index1,
              uint32_t       *words) /* [BATCH] in the order of the stream */
{
  uint64_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];

  for (uint64_t i = 0; i < LANES; i++) {
    c0[i] = (uint32_t) (position + i);
    c1[i] = (position + i) >> 32;
    c2[i] = index0;
    c3[i] = index1;
  }
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < LANES; i++) {
      uint64_t p0 = (uint64_t) (uint32_t) c0[i] * 0xd2511f53u;
      uint64_t p1 = (uint64_t) (uint32_t) c2[i] * 0xcd9e8d57u;

      c0[i] = (p1 >> 32) ^ c1[i] ^ key0;
      c1[i] = (uint32_t) p1;
      c2[i] = (p0 >> 32) ^ c3[i] ^ key1;
      c3[i] = (uint32_t) p0;
    }
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
  for (int i = 0; i < LANES; i++) {
    words[4 * i] = (uint32_t) c0[i];
    words[4 * i + 1] = (uint32_t) c1[i];
    words[4 * i + 2] = (uint32_t) c2[i];
    words[4 * i + 3] = (uint32_t) c3[i];
  }
}

/* Lemire's multiply-shift: as in dub_rng_below, a word whose product is below the threshold is passed over. Returns how many of the
 * BATCH words gave a number. */
DUB_CLONES static size_t
below (const uint32_t *words,
       uint32_t        bound,
       uint32_t        threshold,
       uint32_t       *out) /* [BATCH] */
{
  uint32_t n_passed_over = 0;
  size_t n = 0;

  for (size_t i = 0; i < BATCH; i++) {
    uint64_t product = (uint64_t) words[i] * bound;

    out[i] = (uint32_t) (product >> 32);
    n_passed_over += (uint32_t) product < threshold;
  }
  if (n_passed_over == 0)
    return BATCH;

  for (size_t i = 0; i < BATCH; i++) {
    uint64_t product = (uint64_t) words[i] * bound;

    out[n] = (uint32_t) (product >> 32);
    n += (uint32_t) product >= threshold ? 1 : 0;
  }

  return n;
}

void
dub_rng_fill_below (DubRng   *self,
                    uint32_t  bound,
                    uint32_t *out,
                    size_t    n)
{
  g_return_if_fail (bound > 0);

  uint32_t threshold = -bound % bound, words[BATCH];
  size_t at = 0;

  /* What is left of the block that was begun comes first; a batch begins with a new block. */
  while (at < n && self->n_left > 0)
    out[at++] = dub_rng_below (self, bound);
  while (n - at >= BATCH) {
    uint64_t position = (uint64_t) self->counter[1] << 32 | self->counter[0];

    philox_lanes (position, self->key[0], self->key[1], self->counter[2], self->counter[3], words);
    position += LANES;
    self->counter[0] = (uint32_t) position;
    self->counter[1] = (uint32_t) (position >> 32);
    at += below (words, bound, threshold, out + at);
  }
  while (at < n)
    out[at++] = dub_rng_below (self, bound);
}
