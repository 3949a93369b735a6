#include "core/base/rng.h"

#include <math.h>

/* FNV-1a: spreads the purpose's name over the key. */
static uint64_t
hash_purpose (const char *purpose)
{
  uint64_t hash = UINT64_C (0xcbf29ce484222325);

  for (const char *c = purpose; *c != '\0'; c++)
    hash = (hash ^ (uint8_t) *c) * UINT64_C (0x100000001b3);

  return hash;
}

/* One block of Philox 4x32-10. */
static void
philox (const uint32_t counter[4],
        const uint32_t key[2],
        uint32_t       out[4])
{
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];

  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t) c0 * 0xd2511f53u;
    uint64_t p1 = (uint64_t) c2 * 0xcd9e8d57u;

    c0 = (uint32_t) (p1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t) p1;
    c2 = (uint32_t) (p0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t) p0;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

void
dub_rng_init (DubRng     *self,
              uint64_t    seed,
              const char *purpose,
              uint64_t    index)
{
  uint64_t key = seed ^ hash_purpose (purpose);

  *self = (DubRng) { 0 };
  self->key[0] = (uint32_t) key;
  self->key[1] = (uint32_t) (key >> 32);
  self->counter[2] = (uint32_t) index;
  self->counter[3] = (uint32_t) (index >> 32);
}

uint32_t
dub_rng_u32 (DubRng *self)
{
  if (self->n_left == 0) {
    philox (self->counter, self->key, self->block);
    self->n_left = 4;
    if (++self->counter[0] == 0)
      self->counter[1]++;
  }

  return self->block[4 - self->n_left--];
}

float
dub_rng_float (DubRng *self)
{
  return (float) (dub_rng_u32 (self) >> 8) * 0x1p-24f;
}

double
dub_rng_double (DubRng *self)
{
  uint64_t high = dub_rng_u32 (self);
  uint64_t low = dub_rng_u32 (self);

  return (double) (((high << 32) | low) >> 11) * 0x1p-53;
}

uint32_t
dub_rng_below (DubRng   *self,
               uint32_t  bound)
{
  g_return_val_if_fail (bound > 0, 0);

  /* Lemire's multiply-shift with rejection. */
  uint64_t product = (uint64_t) dub_rng_u32 (self) * bound;

  /* The remainder is below the bound, so the slow division is seldom asked for. */
  if ((uint32_t) product < bound) {
    uint32_t threshold = -bound % bound;

    while ((uint32_t) product < threshold)
      product = (uint64_t) dub_rng_u32 (self) * bound;
  }

  return (uint32_t) (product >> 32);
}

double
dub_rng_normal (DubRng *self)
{
  if (self->has_spare) {
    self->has_spare = 0;
    return self->spare;
  }

  double radius = sqrt (-2.0 * log (1.0 - dub_rng_double (self)));
  double angle = 2.0 * G_PI * dub_rng_double (self);

  self->spare = radius * sin (angle);
  self->has_spare = 1;

  return radius * cos (angle);
}

void
dub_rng_shuffle (DubRng *self,
                 size_t *items,
                 size_t  n_items)
{
  for (size_t i = n_items; i > 1; i--) {
    size_t j = dub_rng_below (self, (uint32_t) i);
    size_t swapped = items[i - 1];

    items[i - 1] = items[j];
    items[j] = swapped;
  }
}
