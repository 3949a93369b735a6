/* A number measured on a sample, with what is known about its uncertainty. */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/* The coverage of an interval where nothing else is asked for. */
#define DUB_CONFIDENCE 0.95

/* A plain value. Nothing in it is owned. */
typedef struct {
  double      value;  /* NaN where it is undefined */
  double      low;    /* limits of the confidence interval; NaN where there is none */
  double      high;
  const char *method; /* static: how the interval was made, "Wilson"; or why there is none */
  gsize       n;      /* a rate is n of d … */
  gsize       d;      /* … and 0 says that this is not a rate (or a rate of nothing: value is NaN) */
} DubEstimate;

/* What has no value, and why. @reason is static. */
static inline DubEstimate
dub_estimate_undefined (const char *reason)
{
  return (DubEstimate) { .value = (double) NAN, .low = (double) NAN, .high = (double) NAN, .method = reason };
}

G_END_DECLS
