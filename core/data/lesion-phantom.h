/* Procedural pictures of ultrasound: one lesion in layered tissue, benign or malignant, seen through speckle.
 *
 * What tells the classes apart are two numbers alone: how irregular the margin is and how uneven the echo inside.
 * Their logarithms are normal with one spread in both classes, so that the probability of malignancy given the two
 * is known exactly, some cases are truly ambiguous, and no network can be right about all of them. Place, size, shape,
 * depth of contrast, gain and speckle say nothing about the class. A few labels are wrong.
 *
 * Case n is a pure function of (seed, n). Speckle: Goodman 1975, "Statistical properties of laser speckle patterns";
 * the envelope of complex normal scatter behind a point spread function, log-compressed as scanners show it.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

/* Lengths are shares of the image's width. */
typedef struct {
  gboolean malignant;   /* the truth */
  gboolean flipped;     /* the label says the other class */
  double   posterior;   /* probability of malignancy given margin and echo, before any label is flipped */
  double   difficulty;  /* 1 - |2 posterior - 1|: 0 certain, 1 a coin's toss */
  double   margin;      /* irregularity: RMS of the margin's deviation from its ellipse, relative to the radius */
  double   echo;        /* unevenness: RMS of the echo inside, relative to its mean */
  double   radius;
  double   aspect;      /* short axis by long axis */
  double   angle;       /* of the long axis, rad */
  double   x, y;        /* centre */
  double   level;       /* mean echo inside, relative to the tissue around */
  double   gain;        /* of the whole image, dB */
  double   attenuation; /* from top to bottom, dB */
} DubLesion;

/* What is drawn for case @index of @seed. @label_noise: share of labels that are flipped. */
void dub_lesion_draw   (DubLesion       *self,
                        uint64_t         seed,
                        uint64_t         index,
                        double           label_noise);

/* @size: 28 or 64, or any other from 8 to 256. @pixels: (out): [size][size] */
void dub_lesion_render (const DubLesion *self,
                        uint64_t         seed,
                        uint64_t         index,
                        int              size,
                        guint8          *pixels);

G_END_DECLS
