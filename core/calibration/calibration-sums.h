/* Sums over the cases of a bin, each as often as it was drawn: the inner loops of every bootstrap of calibration. */
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t n;          /* draws */
  uint64_t happened;   /* … whose event happened */
  double   confidence; /* sum of theirs */
} DubBinSums;

/* What the bins of one event tell; begins as zeros. */
typedef struct {
  uint64_t n, happened;
  double   confidence;
  double   gaps;        /* Σ |happened - confidence|, as sums over cases */
  double   largest;     /* of the mean gaps of bins that are not empty */
  double   mean_gaps;   /* their sum … */
  uint64_t n_filled;    /* … and number */
  double   reliability; /* Σ gap² / n */
  double   shares;      /* Σ happened² / n */
} DubBinErrors;

static inline void
_dub_bin_errors_add (DubBinErrors     *self,
                     const DubBinSums *bin)
{
  if (bin->n == 0)
    return;

  double n = (double) bin->n, happened = (double) bin->happened;
  double gap = fabs (happened - bin->confidence);

  self->n += bin->n;
  self->happened += bin->happened;
  self->confidence += bin->confidence;
  self->gaps += gap;
  self->largest = fmax (self->largest, gap / n);
  self->mean_gaps += gap / n;
  self->n_filled++;
  self->reliability += gap * gap / n;
  self->shares += happened * happened / n;
}

/* Over @n neighbours. @happened: [n] 0 or UINT32_MAX */
DubBinSums _dub_bin_sums_of_run    (const uint32_t *count,
                                    const double   *confidence,
                                    const uint32_t *happened,
                                    size_t          n);
/* Over the cases that @cases [n] names: @count is by case, @confidence and @happened [n] are by place. */
DubBinSums _dub_bin_sums_of_listed (const uint32_t *count,
                                    const uint32_t *cases,
                                    const double   *confidence,
                                    const uint32_t *happened,
                                    size_t          n);
/* Σ count · x */
double     _dub_weighted_sum       (const uint32_t *count,
                                    const double   *x,
                                    size_t          n);
