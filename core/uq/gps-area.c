#include "core/uq/gps-area.h"

#include "core/base/clones.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A power of two; with a few thousand cases most successes share their bucket with no failure. */
#define N_BUCKETS 4096
/* From so many failures in one bucket, of tied scores, they are searched rather than walked through. */
enum { MANY = 24 };

size_t
dub_gps_area_scratch (size_t n_failed,
                      size_t n_right)
{
  return 2 * n_failed + 2 * n_right + 2 * (N_BUCKETS + 2);
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
  uint32_t  lowest, highest; /* keys of failures */
  unsigned  shift;
  uint32_t *end;   /* [N_BUCKETS + 2]: where each bucket ends in keys; the first is below all failures, the last above */
  uint32_t *count; /* [N_BUCKETS + 2]: failures in it */
  uint32_t *keys;  /* [P] rising */
} Buckets;

static inline uint32_t
bucket_of (uint32_t key,
           uint32_t lowest,
           uint32_t highest,
           unsigned shift)
{
  uint32_t inside = ((key - lowest) >> shift) + 1;

  return key < lowest ? 0 : key > highest ? N_BUCKETS + 1 : inside;
}

/* Keys and buckets of all scores. */
DUB_CLONES static void
find_buckets (const float *restrict scores,
              size_t                n,
              uint32_t              lowest,
              uint32_t              highest,
              unsigned              shift,
              uint32_t *restrict    keys,
              uint32_t *restrict    buckets)
{
  for (size_t k = 0; k < n; k++) {
    keys[k] = key_of (scores[k]);
    buckets[k] = bucket_of (keys[k], lowest, highest, shift);
  }
}

static void
fill_buckets (Buckets     *self,
              const float *failed,
              size_t       n_failed,
              uint32_t    *unsorted)
{
  uint32_t total = 0;

  self->lowest = UINT32_MAX;
  self->highest = 0;
  for (size_t k = 0; k < n_failed; k++) {
    unsorted[k] = key_of (failed[k]);
    self->lowest = MIN (self->lowest, unsorted[k]);
    self->highest = MAX (self->highest, unsorted[k]);
  }
  self->shift = 0;
  while ((self->highest - self->lowest) >> self->shift >= N_BUCKETS)
    self->shift++;

  memset (self->count, 0, (N_BUCKETS + 2) * sizeof (uint32_t));
  for (size_t k = 0; k < n_failed; k++)
    self->count[bucket_of (unsorted[k], self->lowest, self->highest, self->shift)]++;
  /* For now each begins where it will end: it is filled from there on. */
  for (size_t b = 0; b < N_BUCKETS + 2; b++) {
    self->end[b] = total;
    total += self->count[b];
  }
  for (size_t k = 0; k < n_failed; k++)
    self->keys[self->end[bucket_of (unsorted[k], self->lowest, self->highest, self->shift)]++] = unsorted[k];
  for (size_t b = 0; b < N_BUCKETS + 2; b++)
    if (self->count[b] > 1)
      sort_keys (self->keys + self->end[b] - self->count[b], self->count[b]);
}

double
dub_gps_area (const float *failed,
              size_t       n_failed,
              const float *right,
              size_t       n_right,
              uint32_t    *scratch)
{
  uint32_t *keys = scratch + 2 * n_failed + 2 * (N_BUCKETS + 2), *buckets = keys + n_right;
  Buckets self = {
    .keys = scratch + n_failed,
    .end = scratch + 2 * n_failed,
    .count = scratch + 2 * n_failed + N_BUCKETS + 2,
  };
  uint64_t above = 0, tied = 0; /* pairs */
  size_t n_mixed = 0;

  if (n_failed == 0 || n_right == 0)
    return (double) NAN;
  fill_buckets (&self, failed, n_failed, scratch);
  find_buckets (right, n_right, self.lowest, self.highest, self.shift, keys, buckets);

  /* Failures in higher buckets. Successes beside failures of their own bucket are gathered at the front, without a branch. */
  for (size_t k = 0; k < n_right; k++) {
    uint32_t b = buckets[k], key = keys[k];

    above += n_failed - self.end[b];
    buckets[n_mixed] = b;
    keys[n_mixed] = key;
    n_mixed += self.count[b] > 0;
  }
  for (size_t k = 0; k < n_mixed; k++) {
    uint32_t b = buckets[k], n = self.count[b];
    const uint32_t *own = self.keys + self.end[b] - n;
    size_t below = count_below (own, n, keys[k]);
    size_t to = below + count_below (own + below, n - below, keys[k] + 1);

    above += n - to;
    tied += to - below;
  }

  return (double) (2 * above + tied) / (2.0 * (double) n_failed * (double) n_right);
}
