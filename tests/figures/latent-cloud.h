/* Points of a latent space for tests: places, parts, outcomes that are known. */
#pragma once

#include <math.h>

#include "core/base/rng.h"
#include "core/data/split.h"
#include "ui/figures/latent-figure.h"

typedef struct {
  DubLatentPoints points;
  float          *xy;
  guint8         *part, *failed, *selected, *hidden;
  int            *label, *predicted;
  double         *value;
} Cloud;

static inline void
cloud_free (Cloud *self)
{
  g_free (self->xy);
  g_free (self->part);
  g_free (self->failed);
  g_free (self->selected);
  g_free (self->hidden);
  g_free (self->label);
  g_free (self->predicted);
  g_free (self->value);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Cloud, cloud_free)

/* @n test cases of two classes at the origin, all right, with density and marks. */
static inline Cloud *
cloud_new (size_t n)
{
  static const char *const CLASSES[] = { "malignant", "benign", NULL };
  Cloud *self = g_new0 (Cloud, 1);

  self->xy = g_new0 (float, 2 * n + 1);
  self->part = g_malloc0 (n + 1);
  self->failed = g_malloc0 (n + 1);
  self->selected = g_malloc0 (n + 1);
  self->hidden = g_malloc0 (n + 1);
  self->label = g_new0 (int, n + 1);
  self->predicted = g_new0 (int, n + 1);
  self->value = g_new0 (double, n + 1);
  for (size_t i = 0; i < n; i++)
    self->part[i] = DUB_PART_TEST;
  self->points = (DubLatentPoints) {
    .n = n, .xy = self->xy, .part = self->part, .label = self->label, .predicted = self->predicted, .failed = self->failed,
    .value = self->value, .hidden = self->hidden, .classes = CLASSES, .value_name = "Entropy", .x_name = "t-SNE 1",
    .y_name = "t-SNE 2", .density = TRUE, .marks = TRUE, .current = -1,
  };

  return self;
}

/* Two heaps, a third of it training, a quarter of the rest wrong; some in one place, some hidden, some nowhere. */
static inline Cloud *
cloud_new_mixed (size_t   n,
                 guint64  seed)
{
  Cloud *self = cloud_new (n);
  DubRng rng;

  dub_rng_init (&rng, seed, "cloud", 0);
  for (size_t i = 0; i < n; i++) {
    double angle = 2.0 * G_PI * dub_rng_double (&rng), distance = 3.0 * dub_rng_double (&rng);

    self->label[i] = (int) dub_rng_below (&rng, 2);
    self->xy[2 * i] = (float) (distance * cos (angle) + 5.0 * self->label[i]);
    self->xy[2 * i + 1] = (float) (distance * sin (angle));
    self->part[i] = (guint8) (dub_rng_below (&rng, 3) == 0 ? DUB_PART_TRAIN : DUB_PART_TEST);
    self->failed[i] = (guint8) (dub_rng_below (&rng, 4) == 0);
    self->predicted[i] = self->failed[i] ? 1 - self->label[i] : self->label[i];
    self->value[i] = dub_rng_double (&rng);
    self->hidden[i] = (guint8) (dub_rng_below (&rng, 20) == 0);
    if (i > 0 && dub_rng_below (&rng, 10) == 0) {
      self->xy[2 * i] = self->xy[2 * i - 2];
      self->xy[2 * i + 1] = self->xy[2 * i - 1];
    }
    if (dub_rng_below (&rng, 50) == 0)
      self->xy[2 * i] = (float) NAN;
  }

  return self;
}
