#include "fixture.h"

#include "core/base/rng.h"

#include <math.h>
#include <string.h>

enum { M = FIXTURE_MODELS, F = FIXTURE_FEATURES, V = FIXTURE_VIEWS };

static void
softmax (const float *z,
         float       *p,
         size_t       n)
{
  double largest = -(double) INFINITY, mass = 0.0;

  for (size_t c = 0; c < n; c++)
    largest = MAX (largest, (double) z[c]);
  for (size_t c = 0; c < n; c++)
    mass += exp ((double) z[c] - largest);
  for (size_t c = 0; c < n; c++)
    p[c] = (float) (exp ((double) z[c] - largest) / mass);
}

/* Probabilities around those of case @i in model 0. */
static void
draw_views (FixturePart *part,
            DubRng      *rng,
            double       width)
{
  size_t C = part->n_classes, N = part->n_cases;

  for (int kind = 0; kind < DUB_N_VIEW_KINDS; kind++) {
    part->views[kind] = g_new (float, V * N * C);
    for (size_t v = 0; v < V; v++)
      for (size_t i = 0; i < N; i++) {
        g_autofree float *z = g_new (float, C);

        for (size_t c = 0; c < C; c++)
          z[c] = part->logits[i * C + c] + (float) (width * (double) (v + 1) * dub_rng_normal (rng));
        softmax (z, part->views[kind] + (v * N + i) * C, C);
      }
  }
}

static void
draw_part (Fixture     *self,
           FixturePart *part,
           size_t       n_classes,
           size_t       n_cases,
           guint64      stream)
{
  size_t C = n_classes;
  DubRng rng;

  dub_rng_init (&rng, 7, "fixture-part", stream);
  *part = (FixturePart) {
    .n_cases = n_cases,
    .n_classes = n_classes,
    .labels = g_new (int, n_cases),
    .logits = g_new (float, M * n_cases * C),
    .probabilities = g_new (float, M * n_cases * C),
    .features = g_new (float, M * n_cases * F),
  };
  for (size_t i = 0; i < n_cases; i++) {
    part->labels[i] = (int) (i % C);
    for (size_t m = 0; m < M; m++) {
      float *x = part->features + (m * n_cases + i) * F;
      float *z = part->logits + (m * n_cases + i) * C;

      for (size_t f = 0; f < F; f++)
        x[f] = (float) (dub_rng_normal (&rng) + (f % C == (size_t) part->labels[i] ? 1.0 : 0.0));
      for (size_t c = 0; c < C; c++) {
        double sum = (double) self->bias[m * C + c];

        for (size_t f = 0; f < F; f++)
          sum += (double) self->weight[(m * C + c) * F + f] * (double) x[f];
        z[c] = (float) sum;
      }
      softmax (z, part->probabilities + (m * n_cases + i) * C, C);
    }
  }
  draw_views (part, &rng, 0.2);
}

Fixture *
fixture_new (size_t n_classes,
             size_t n_training,
             size_t n_calibration,
             size_t n_test)
{
  Fixture *self = g_new0 (Fixture, 1);
  DubRng rng;

  dub_rng_init (&rng, 7, "fixture-layer", 0);
  self->weight = g_new (float, M * n_classes * F);
  self->bias = g_new (float, M * n_classes);
  for (size_t m = 0; m < M; m++)
    for (size_t c = 0; c < n_classes; c++) {
      self->bias[m * n_classes + c] = (float) (0.2 * dub_rng_normal (&rng));
      for (size_t f = 0; f < F; f++)
        self->weight[(m * n_classes + c) * F + f] = (float) (0.3 * dub_rng_normal (&rng) + (f % n_classes == c ? 0.7 : 0.0));
    }
  for (size_t m = 0; m < M; m++)
    self->layers[m] = (DubFinalLayer) { self->weight + m * n_classes * F, self->bias + m * n_classes };

  draw_part (self, &self->training, n_classes, n_training, 0);
  draw_part (self, &self->calibration, n_classes, n_calibration, 1);
  draw_part (self, &self->test, n_classes, n_test, 2);
  self->training_answers = fixture_answers (&self->training, NULL, n_training);
  self->calibration_answers = fixture_answers (&self->calibration, NULL, n_calibration);
  self->own = g_new (size_t, n_training);
  for (size_t i = 0; i < n_training; i++)
    self->own[i] = i;
  self->training_answers->reference = self->own;
  self->fitting = (DubFitting) {
    .training = self->training_answers,
    .training_labels = self->training.labels,
    .calibration = self->calibration_answers,
    .calibration_labels = self->calibration.labels,
    .final_layer = self->layers,
  };

  return self;
}

static void
part_clear (FixturePart *self)
{
  g_free (self->labels);
  g_free (self->logits);
  g_free (self->probabilities);
  g_free (self->features);
  for (int kind = 0; kind < DUB_N_VIEW_KINDS; kind++)
    g_free (self->views[kind]);
}

void
fixture_free (Fixture *self)
{
  fixture_answers_free (self->training_answers);
  fixture_answers_free (self->calibration_answers);
  part_clear (&self->training);
  part_clear (&self->calibration);
  part_clear (&self->test);
  g_free (self->own);
  g_free (self->weight);
  g_free (self->bias);
  g_free (self);
}

DubAnswers *
fixture_answers (const FixturePart *part,
                 const size_t      *cases,
                 size_t             n)
{
  size_t C = part->n_classes;
  g_autoptr (GError) error = NULL;
  DubAnswers *self = dub_answers_new (part->logits, part->probabilities, part->features, part->n_cases, C, F, NULL, M, cases, n,
                                      &error);

  g_assert_no_error (error);
  for (int kind = 0; kind < DUB_N_VIEW_KINDS; kind++) {
    float *views = g_new (float, V * n * C);

    for (size_t v = 0; v < V; v++)
      for (size_t i = 0; i < n; i++)
        memcpy (views + (v * n + i) * C, part->views[kind] + (v * part->n_cases + (cases != NULL ? cases[i] : i)) * C,
                C * sizeof (float));
    self->views[kind] = (DubViews) { .n_views = V, .probabilities = views };
  }

  return self;
}

void
fixture_answers_free (DubAnswers *answers)
{
  for (int kind = 0; kind < DUB_N_VIEW_KINDS; kind++)
    g_free ((gpointer) answers->views[kind].probabilities);
  dub_answers_free (answers);
}
