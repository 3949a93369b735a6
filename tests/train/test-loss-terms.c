/* Every term of a loss: its gradient against finite differences, its value against the equations as naive loops,
 * and what it does where it has a kink. */
#include "core/train/loss.h"
#include "core/train/mixup.h"
#include "tests/train/formula.h"

#include <math.h>
#include <string.h>

enum { N = 9, C = 4 };

static const double WEIGHTS[C] = { 0.5, 0.0, 2.0, 1.25 };

/* Logits that are multiples of 1/256, so that float32 holds them with a small difference added. */
static DubTensor *
make_logits (uint32_t stream,
             int     *labels,
             int     *second)
{
  DubTensor *logits = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (N, C), NULL);

  for (uint32_t i = 0; i < N * C; i++)
    dub_tensor_f32 (logits)[i] = (float) (floor (hashed (stream, i) * 3.0 * 256.0) / 256.0);
  for (uint32_t i = 0; i < N; i++) {
    labels[i] = hashed_label (stream + 1000, i, C);
    second[i] = hashed_label (stream + 2000, i, C);
  }

  return logits;
}

static double
total_of (const DubLoss   *loss,
          const DubTensor *logits,
          const int       *labels,
          const int       *second,
          double           lambda)
{
  DubLossParts parts;

  g_assert_true (dub_loss_compute (loss, logits, labels, second, lambda, NULL, &parts, NULL));

  return parts.total;
}

static void
check_gradient (const DubLoss *loss,
                gboolean       mixed)
{
  const float h = 0x1p-13f;

  for (uint32_t stream = 1; stream <= 6; stream++) {
    int labels[N], second[N];
    g_autoptr (DubTensor) logits = make_logits (stream, labels, second);
    g_autoptr (DubTensor) slope = dub_tensor_new (DUB_DTYPE_F32, logits->shape, NULL);
    const int *other = mixed ? second : NULL;
    DubLossParts parts;

    g_assert_true (dub_loss_compute (loss, logits, labels, other, 0.7, slope, &parts, NULL));
    for (size_t i = 0; i < N * C; i++) {
      float *z = dub_tensor_f32 (logits) + i;
      float before = *z;

      *z = before + h;
      double up = total_of (loss, logits, labels, other, 0.7);
      *z = before - h;
      double down = total_of (loss, logits, labels, other, 0.7);
      *z = before;
      g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (slope)[i], (up - down) / (2.0 * (double) h), 1e-6);
    }
  }
}

static void
test_gradients (void)
{
  static const DubLoss losses[] = {
    { 0 },
    { .class_weights = WEIGHTS },
    { .smoothing = 0.3 },
    { .smoothing = 0.3, .class_weights = WEIGHTS },
    { .dca = 5.0 },
    { .entropy = 0.5 },
    { .entropy = -0.5 },
    { .mmce = 3.0 },
    { .smoothing = 0.1, .dca = 2.0, .entropy = -0.2, .mmce = 1.5, .class_weights = WEIGHTS },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (losses); i++) {
    check_gradient (&losses[i], FALSE);
    check_gradient (&losses[i], TRUE);
  }
}

/* --- values --- */

typedef struct {
  double p[N][C];
  int    answer[N];
  double r[N];
} Naive;

static void
naive_fill (Naive           *self,
            const DubTensor *logits)
{
  for (size_t i = 0; i < N; i++) {
    double sum = 0.0;

    for (size_t c = 0; c < C; c++)
      sum += exp ((double) dub_tensor_f32 (logits)[i * C + c]);
    self->answer[i] = 0;
    for (size_t c = 0; c < C; c++) {
      self->p[i][c] = exp ((double) dub_tensor_f32 (logits)[i * C + c]) / sum;
      if (self->p[i][c] > self->p[i][self->answer[i]])
        self->answer[i] = (int) c;
    }
    self->r[i] = self->p[i][self->answer[i]];
  }
}

/* CrossEntropyLoss (weight, label_smoothing), mean reduction, as PyTorch documents it. */
static double
naive_cross_entropy (const Naive  *self,
                     const int    *labels,
                     double        smoothing,
                     const double *weights)
{
  double sum = 0.0, norm = 0.0;

  for (size_t i = 0; i < N; i++) {
    double smooth = 0.0;

    for (size_t c = 0; c < C; c++)
      smooth -= (weights != NULL ? weights[c] : 1.0) * log (self->p[i][c]);

    double weight = weights != NULL ? weights[labels[i]] : 1.0;

    sum += (1.0 - smoothing) * weight * -log (self->p[i][labels[i]]) + smoothing / C * smooth;
    norm += weight;
  }

  return sum / norm;
}

/* Eq. 10 word for word: three double sums. */
static double
naive_mmce (const Naive *self,
            const int   *labels)
{
  double right = 0.0, wrong = 0.0, square = 0.0;

  for (size_t i = 0; i < N; i++)
    *(self->answer[i] == labels[i] ? &right : &wrong) += 1.0;
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < N; j++) {
      gboolean ci = self->answer[i] == labels[i], cj = self->answer[j] == labels[j];
      double k = exp (-fabs (self->r[i] - self->r[j]) / 0.4);

      if (!ci && !cj)
        square += self->r[i] * self->r[j] * k / (wrong * wrong);
      else if (ci && cj)
        square += (1.0 - self->r[i]) * (1.0 - self->r[j]) * k / (right * right);
      else if (ci && !cj)
        square -= 2.0 * (1.0 - self->r[i]) * self->r[j] * k / (wrong * right);
    }

  return sqrt (square);
}

static void
test_values (void)
{
  for (uint32_t stream = 1; stream <= 20; stream++) {
    int labels[N], second[N];
    g_autoptr (DubTensor) logits = make_logits (stream, labels, second);
    DubLoss loss = { .smoothing = 0.1, .dca = 3.0, .entropy = 0.7, .mmce = 2.0, .class_weights = WEIGHTS };
    DubLossParts parts, plain;
    double dca = 0.0, entropy = 0.0;
    size_t n_correct = 0;
    Naive naive;

    naive_fill (&naive, logits);
    for (size_t i = 0; i < N; i++) {
      gboolean right = naive.answer[i] == labels[i];

      n_correct += right;
      dca += ((right ? 1.0 : 0.0) - naive.r[i]) / N;
      for (size_t c = 0; c < C; c++)
        entropy -= naive.p[i][c] * log (naive.p[i][c]) / N;
    }

    g_assert_true (dub_loss_compute (&loss, logits, labels, NULL, 0.0, NULL, &parts, NULL));
    g_assert_cmpfloat_with_epsilon (parts.cross_entropy, naive_cross_entropy (&naive, labels, 0.1, WEIGHTS), 1e-12);
    g_assert_cmpfloat_with_epsilon (parts.dca, fabs (dca), 1e-12);
    g_assert_cmpfloat_with_epsilon (parts.entropy, entropy, 1e-12);
    g_assert_cmpfloat_with_epsilon (parts.mmce, naive_mmce (&naive, labels), 1e-12);
    g_assert_cmpfloat_with_epsilon (
      parts.total, parts.cross_entropy + 3.0 * parts.dca + 0.7 * parts.entropy + 2.0 * parts.mmce, 1e-12);
    g_assert_cmpuint (parts.n_correct, ==, n_correct);

    /* Parts are told also where they do not count, but for the costly one. */
    g_assert_true (dub_loss_compute (NULL, logits, labels, NULL, 0.0, NULL, &plain, NULL));
    g_assert_cmpfloat (plain.total, ==, plain.cross_entropy);
    g_assert_cmpfloat (plain.dca, ==, parts.dca);
    g_assert_cmpfloat (plain.entropy, ==, parts.entropy);
    g_assert_cmpfloat (plain.mmce, ==, 0.0);
    g_assert_cmpfloat_with_epsilon (plain.total, naive_cross_entropy (&naive, labels, 0.0, NULL), 1e-12);
  }
}

/* Two labels: cross-entropy is the blend of both, correctness is a share. */
static void
test_mixed_labels (void)
{
  for (uint32_t stream = 1; stream <= 20; stream++) {
    const double lambda = 0.7;
    int labels[N], second[N];
    g_autoptr (DubTensor) logits = make_logits (stream, labels, second);
    DubLoss loss = { .smoothing = 0.2, .class_weights = WEIGHTS };
    DubLossParts parts;
    double dca = 0.0;
    size_t n_correct = 0;
    Naive naive;

    naive_fill (&naive, logits);
    for (size_t i = 0; i < N; i++) {
      double share = (naive.answer[i] == labels[i] ? lambda : 0.0) + (naive.answer[i] == second[i] ? 1.0 - lambda : 0.0);

      n_correct += share >= 0.5;
      dca += (share - naive.r[i]) / N;
    }
    g_assert_true (dub_loss_compute (&loss, logits, labels, second, lambda, NULL, &parts, NULL));
    g_assert_cmpfloat_with_epsilon (parts.cross_entropy,
                                    lambda * naive_cross_entropy (&naive, labels, 0.2, WEIGHTS) +
                                      (1.0 - lambda) * naive_cross_entropy (&naive, second, 0.2, WEIGHTS), 1e-12);
    g_assert_cmpfloat_with_epsilon (parts.dca, fabs (dca), 1e-12);
    g_assert_cmpuint (parts.n_correct, ==, n_correct);
  }
}

/* --- kinks --- */

static void
set_rows (DubTensor   *logits,
          const float *numbers,
          size_t       n)
{
  memcpy (dub_tensor_f32 (logits), numbers, n * sizeof (float));
}

static void
test_kinks (void)
{
  g_autoptr (DubTensor) logits = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (2, 2), NULL);
  g_autoptr (DubTensor) slope = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (2, 2), NULL);
  g_autoptr (DubTensor) plain = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (2, 2), NULL);
  static const int one_each[] = { 0, 1 }, both[] = { 0, 0 };
  DubLoss dca = { .dca = 10.0 }, mmce = { .mmce = 10.0 };
  DubLossParts parts;

  /* Both answers are class 0 with confidence ½, one of two is right: DCA is 0 and pulls nowhere. */
  set_rows (logits, (float[]) { 0.0f, 0.0f, 0.0f, 0.0f }, 4);
  g_assert_true (dub_loss_compute (&dca, logits, one_each, NULL, 0.0, slope, &parts, NULL));
  g_assert_cmpfloat (parts.dca, ==, 0.0);
  g_assert_true (dub_loss_compute (NULL, logits, one_each, NULL, 0.0, plain, &parts, NULL));
  g_assert_cmpmem (slope->data, 4 * sizeof (float), plain->data, 4 * sizeof (float));

  /* Right and so sure that 1 - r is 0: the root of MMCE is at 0, its gradient is 0 and not NaN. */
  set_rows (logits, (float[]) { 2000.0f, 0.0f, 2000.0f, 0.0f }, 4);
  g_assert_true (dub_loss_compute (&mmce, logits, both, NULL, 0.0, slope, &parts, NULL));
  g_assert_cmpfloat (parts.total, ==, 0.0);
  for (size_t i = 0; i < 4; i++)
    g_assert_cmpfloat (dub_tensor_f32 (slope)[i], ==, 0.0f);

  /* Both right with equal confidence r: MMCE is 1 - r, each case has half of the slope. */
  set_rows (logits, (float[]) { 1.0f, 0.0f, 1.0f, 0.0f }, 4);
  double r = 1.0 / (1.0 + exp (-1.0));

  g_assert_true (dub_loss_compute (&mmce, logits, both, NULL, 0.0, slope, &parts, NULL));
  g_assert_cmpfloat_with_epsilon (parts.mmce, 1.0 - r, 1e-15);
  g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (slope)[0],
                                  (r - 1.0) / 2.0 - 10.0 * 0.5 * r * (1.0 - r), 1e-6);

  /* Near the root's 0 the slope stays bounded: r(1 - r)/N of it. (Cross-entropy's own p - 1 is rounded to 0 there for
   * the label's class, but not for the other one.) */
  set_rows (logits, (float[]) { 40.0f, 0.0f, 40.0f, 0.0f }, 4);
  g_assert_true (dub_loss_compute (&mmce, logits, both, NULL, 0.0, slope, &parts, NULL));
  g_assert_cmpfloat_with_epsilon (parts.mmce / exp (-40.0), 1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (slope)[0] / exp (-40.0), -5.0, 1e-5);
  g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (slope)[1] / exp (-40.0), 5.5, 1e-5);

  /* The same for DCA: all right and sure, the doubts do not drown in 1 - r = 0. */
  g_assert_true (dub_loss_compute (&dca, logits, both, NULL, 0.0, slope, &parts, NULL));
  g_assert_cmpfloat_with_epsilon (parts.dca / exp (-40.0), 1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (slope)[0] / exp (-40.0), -5.0, 1e-5);
  g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (slope)[1] / exp (-40.0), 5.5, 1e-5);

  /* A batch whose labels all weigh 0 teaches nothing. */
  DubLoss weightless = { .class_weights = (const double[]) { 0.0, 1.0 } };

  g_assert_true (dub_loss_compute (&weightless, logits, both, NULL, 0.0, slope, &parts, NULL));
  g_assert_cmpfloat (parts.total, ==, 0.0);
  for (size_t i = 0; i < 4; i++)
    g_assert_cmpfloat (dub_tensor_f32 (slope)[i], ==, 0.0f);

  /* Not finite in, not finite out. */
  DubLoss all = { .smoothing = 0.1, .dca = 1.0, .entropy = 1.0, .mmce = 1.0 };

  set_rows (logits, (float[]) { 0.0f, NAN, 1.0f, 0.0f }, 4);
  g_assert_true (dub_loss_compute (&all, logits, both, NULL, 0.0, NULL, &parts, NULL));
  g_assert_false (isfinite (parts.total));
  set_rows (logits, (float[]) { INFINITY, 0.0f, 1.0f, 0.0f }, 4);
  g_assert_true (dub_loss_compute (NULL, logits, both, NULL, 0.0, NULL, &parts, NULL));
  g_assert_false (isfinite (parts.total));
}

/* --- arguments --- */

static void
test_checks (void)
{
  static const double negative[] = { 1.0, -1.0 }, nothing[] = { 0.0, 0.0 };
  static const struct {
    DubLoss     loss;
    const char *message;
  } cases[] = {
    { { .smoothing = 1.0 }, "The loss's label smoothing is 1; expected at least 0 and below 1." },
    { { .dca = -1.0 }, "The loss's weight of DCA is -1; expected a finite number of at least 0." },
    { { .entropy = (double) INFINITY }, "The loss's weight of the entropy is inf; expected a finite number." },
    { { .mmce = (double) NAN }, "The loss's weight of MMCE is nan; expected a finite number of at least 0." },
    { { .mixup = -0.5 }, "The loss's mixup is -0.5; expected a finite number of at least 0." },
    { { .class_weights = negative }, "The loss's weight of class 1 is -1; expected a finite number of at least 0." },
    { { .class_weights = nothing }, "The loss's class weights are all 0; expected one at least above 0." },
  };
  DubLoss good = { .smoothing = 0.5, .dca = 1.0, .entropy = -1.0, .mmce = 1.0, .mixup = 1.0 };

  g_assert_true (dub_loss_check (&good, 2, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (dub_loss_check (&cases[i].loss, 2, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }

  g_autoptr (DubTensor) logits = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (2, 3), NULL);
  g_autoptr (GError) error = NULL;
  DubLossParts parts;

  g_assert_false (dub_loss_compute (NULL, logits, (const int[]) { 0, 3 }, NULL, 0.0, NULL, &parts, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "The label of case 1 of the batch is 3; expected one of 0 to 2.");
}

static void
test_balanced_weights (void)
{
  double weights[4];

  dub_loss_balanced_weights ((const int[]) { 0, 0, 0, 1, 3, 3, 0, 0 }, 8, 4, weights);
  g_assert_cmpfloat (weights[0], ==, 8.0 / (4.0 * 5.0));
  g_assert_cmpfloat (weights[1], ==, 2.0);
  g_assert_cmpfloat (weights[2], ==, 0.0);
  g_assert_cmpfloat (weights[3], ==, 1.0);
}

/* --- mixup --- */

static void
test_mixup_draws (void)
{
  static const double alphas[] = { 0.2, 1.0, 4.0 };
  enum { DRAWS = 20000, SIZE = 5 };

  for (size_t k = 0; k < G_N_ELEMENTS (alphas); k++) {
    double sum = 0.0, squares = 0.0;
    size_t order[SIZE], again[SIZE], places[SIZE][SIZE] = { { 0 } };

    for (uint64_t seed = 0; seed < DRAWS; seed++) {
      double lambda = dub_mixup_draw (alphas[k], seed, SIZE, order);
      guint seen = 0;

      g_assert_true (lambda >= 0.0 && lambda <= 1.0);
      sum += lambda;
      squares += (lambda - 0.5) * (lambda - 0.5);
      for (size_t i = 0; i < SIZE; i++) {
        seen |= 1u << order[i];
        places[i][order[i]]++;
      }
      g_assert_cmpuint (seen, ==, (1u << SIZE) - 1);
      g_assert_cmpfloat (dub_mixup_draw (alphas[k], seed, SIZE, again), ==, lambda);
      g_assert_cmpmem (order, sizeof order, again, sizeof again);
    }

    /* Beta (a, a) has mean ½ and variance 1 / (4 (2a + 1)); five standard errors. */
    double variance = 1.0 / (4.0 * (2.0 * alphas[k] + 1.0));

    g_assert_cmpfloat_with_epsilon (sum / DRAWS, 0.5, 5.0 * sqrt (variance / DRAWS));
    g_assert_cmpfloat_with_epsilon (squares / DRAWS, variance, 5.0 * sqrt (0.0625 / DRAWS) / 2.0);
    for (size_t i = 0; i < SIZE; i++)
      for (size_t j = 0; j < SIZE; j++)
        g_assert_cmpfloat_with_epsilon ((double) places[i][j] / DRAWS, 1.0 / SIZE, 5.0 * 0.4 / sqrt (DRAWS));
  }
}

static void
test_mixup_blend (void)
{
  g_autoptr (DubTensor) batch = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (3, 2), NULL);
  g_autoptr (DubTensor) mixed = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (3, 2), NULL);
  static const size_t order[] = { 2, 1, 0 };
  static const float expected[] = { 1.0f, 2.0f, 2.0f, 3.0f, 3.0f, 4.0f };

  for (size_t i = 0; i < 6; i++)
    dub_tensor_f32 (batch)[i] = (float) i;
  dub_mixup_blend (batch, 0.75, order, mixed);
  for (size_t i = 0; i < 6; i++)
    g_assert_cmpfloat (dub_tensor_f32 (mixed)[i], ==, expected[i]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loss-terms/gradients", test_gradients);
  g_test_add_func ("/loss-terms/values", test_values);
  g_test_add_func ("/loss-terms/mixed-labels", test_mixed_labels);
  g_test_add_func ("/loss-terms/kinks", test_kinks);
  g_test_add_func ("/loss-terms/checks", test_checks);
  g_test_add_func ("/loss-terms/balanced-weights", test_balanced_weights);
  g_test_add_func ("/mixup/draws", test_mixup_draws);
  g_test_add_func ("/mixup/blend", test_mixup_blend);

  return g_test_run ();
}
