#include "core/uq/gps-area.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A power of two; with a few thousand cases most successes share their bucket with no failure. */
#define N_BUCKETS 4096
/* From so many failures in one bucket, of tied scores, they are searched rather than walked through. */
enum { MANY = 24 };

void
dub_gps_area_init (DubGpsArea     *self,
                   const gboolean *failed,
                   size_t          n_cases)
{
  self->n_failed = self->n_right = 0;
  self->failed = g_new (uint32_t, n_cases);
  self->right = g_new (uint32_t, n_cases);
  for (size_t i = 0; i < n_cases; i++)
    if (failed[i])
      self->failed[self->n_failed++] = (uint32_t) i;
    else
      self->right[self->n_right++] = (uint32_t) i;
  self->n_scratch = 2 * self->n_failed + N_BUCKETS + 1;
}

void
dub_gps_area_clear (DubGpsArea *self)
{
  g_clear_pointer (&self->failed, g_free);
  g_clear_pointer (&self->right, g_free);
}

/* Bits of floats that are not negative rise as they do. */
static inline uint32_t
key_of (float score)
{
  uint32_t bits;

  score += 0.0f; /* -0 becomes 0 */
  memcpy (&bits, &score, sizeof bits);

  return bits;
}

static int
compare_keys_cb (const void *a,
                 const void *b)
{
  uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;

  return (x > y) - (x < y);
}

static void
sort_keys (uint32_t *keys,
           size_t    n)
{
  if (n >= MANY) {
    qsort (keys, n, sizeof (uint32_t), compare_keys_cb);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    uint32_t key = keys[i];
    size_t k = i;

    for (; k > 0 && keys[k - 1] > key; k--)
      keys[k] = keys[k - 1];
    keys[k] = key;
  }
}

/* Keys below @key among the sorted @keys. */
static size_t
count_below (const uint32_t *keys,
             size_t          n,
             uint32_t        key)
{
  size_t low = 0;

  if (n < MANY) {
    while (low < n && keys[low] < key)
      low++;
    return low;
  }
  while (n > 0) {
    size_t half = n / 2;

    if (keys[low + half] < key) {
      low += half + 1;
      n -= half + 1;
    } else {
      n = half;
    }
  }

  return low;
}

typedef struct {
  uint32_t  lowest; /* key of a failure */
  uint32_t  highest;
  unsigned  shift;
  uint32_t *first;  /* [N_BUCKETS + 1]: where each bucket begins in keys */
  uint32_t *keys;   /* [P] rising */
} Buckets;

static inline uint32_t
bucket_of (const Buckets *self,
           uint32_t       key)
{
  return (key - self->lowest) >> self->shift;
}

static void
fill_buckets (Buckets          *self,
              const DubGpsArea *area,
              const float      *scores,
              uint32_t         *scratch)
{
  uint32_t *unsorted = scratch;

  self->keys = scratch + area->n_failed;
  self->first = scratch + 2 * area->n_failed;
  self->lowest = UINT32_MAX;
  self->highest = 0;
  for (size_t k = 0; k < area->n_failed; k++) {
    unsorted[k] = key_of (scores[area->failed[k]]);
    self->lowest = MIN (self->lowest, unsorted[k]);
    self->highest = MAX (self->highest, unsorted[k]);
  }
  self->shift = 0;
  while ((self->highest - self->lowest) >> self->shift >= N_BUCKETS)
    self->shift++;

  memset (self->first, 0, (N_BUCKETS + 1) * sizeof (uint32_t));
  for (size_t k = 0; k < area->n_failed; k++)
    self->first[bucket_of (self, unsorted[k]) + 1]++;
  for (size_t b = 0; b < N_BUCKETS; b++)
    self->first[b + 1] += self->first[b];
  for (size_t k = area->n_failed; k-- > 0;) {
    uint32_t b = bucket_of (self, unsorted[k]);

    /* Counted down from the end of the bucket; afterwards each holds its own beginning. */
    self->keys[--self->first[b + 1]] = unsorted[k];
  }
  for (size_t b = 0; b < N_BUCKETS; b++)
    self->first[b] = self->first[b + 1];
  self->first[N_BUCKETS] = (uint32_t) area->n_failed;
  for (size_t b = 0; b < N_BUCKETS; b++)
    if (self->first[b + 1] - self->first[b] > 1)
      sort_keys (self->keys + self->first[b], self->first[b + 1] - self->first[b]);
}

double
dub_gps_area (const DubGpsArea *self,
              const float      *scores,
              uint32_t         *scratch)
{
  Buckets buckets;
  uint64_t twice = 0; /* pairs won, twice, so that a tie is one */

  if (self->n_failed == 0 || self->n_right == 0)
    return (double) NAN;
  fill_buckets (&buckets, self, scores, scratch);

  for (size_t k = 0; k < self->n_right; k++) {
    uint32_t key = key_of (scores[self->right[k]]);

    if (key < buckets.lowest) {
      twice += 2 * self->n_failed;
    } else if (key <= buckets.highest) {
      uint32_t b = bucket_of (&buckets, key);
      uint32_t first = buckets.first[b], last = buckets.first[b + 1];
      size_t below = count_below (buckets.keys + first, last - first, key);
      size_t to = first + below + count_below (buckets.keys + first + below, last - first - below, key + 1);

      twice += 2 * (self->n_failed - to) + (to - first - below);
    }
  }

  return (double) twice / (2.0 * (double) self->n_failed * (double) self->n_right);
}
