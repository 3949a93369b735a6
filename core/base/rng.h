/* Counter-based random streams.
 *
 * A stream is keyed by (seed, purpose, index) and is a pure function of its
 * counter: case 17 draws the same numbers whether it is computed first, last or
 * on another thread. The generator is Philox 4x32-10 (Salmon et al. 2011,
 * "Parallel random numbers: as easy as 1, 2, 3").
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* A plain value: copy it, keep it on the stack, store it in a checkpoint. */
typedef struct {
  uint32_t key[2];
  uint32_t counter[4]; /* 0-1 position, 2-3 index */
  uint32_t block[4];   /* the four words of the current position */
  uint32_t n_left;     /* words of the block not yet drawn */
  double   spare;      /* second value of the last pair of normals */
  uint32_t has_spare;
} DubRng;

/* dub_rng_init:
 * @purpose: a short fixed name ("dropout", "phantom-warp"): streams of different
 *           purposes are independent under one seed
 * @index:   case, epoch, start … : one stream each
 */
void     dub_rng_init    (DubRng     *self,
                          uint64_t    seed,
                          const char *purpose,
                          uint64_t    index);

uint32_t dub_rng_u32     (DubRng     *self);

/* Uniform in [0, 1), with 24 (float) and 53 (double) random bits. */
float    dub_rng_float   (DubRng     *self);
double   dub_rng_double  (DubRng     *self);

/* Uniform integer in [0, bound), without modulo bias; bound > 0. */
uint32_t dub_rng_below   (DubRng     *self,
                          uint32_t    bound);

/* The next @n of them, exactly as @n calls would give them, and many times as fast. @out: (out) [n] */
void     dub_rng_fill_below (DubRng  *self,
                          uint32_t    bound,
                          uint32_t   *out,
                          size_t      n);

/* Standard normal (Box-Muller, both values used). */
double   dub_rng_normal  (DubRng     *self);

/* Fisher-Yates. */
void     dub_rng_shuffle (DubRng     *self,
                          size_t     *items,
                          size_t      n_items);

G_END_DECLS
