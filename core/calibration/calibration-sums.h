/* Sums over the cases of a bin, each as often as it was drawn: the inner loops of every bootstrap of calibration. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t n;          /* draws */
  uint64_t happened;   /* … whose event happened */
  double   confidence; /* sum of theirs */
} DubBinSums;

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
