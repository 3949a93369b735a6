/* Losses against closed forms and finite differences; Adam against its own formula in double. */
#include "core/train/adam.h"
#include "core/train/loss.h"

#include <math.h>

static double
cross_entropy (const DubTensor *logits,
                   const int       *labels,
                   double           smoothing,
                   DubTensor       *d_logits,
                   size_t          *n_correct)
{
  DubLoss loss = { .smoothing = smoothing };
  DubLossParts parts;

  g_assert_true (dub_loss_compute (&loss, logits, labels, NULL, 1.0, d_logits, &parts, NULL));
  g_assert_cmpfloat (parts.total, ==, parts.cross_entropy);
  if (n_correct != NULL)
    *n_correct = parts.n_correct;

  return parts.total;
}

static void
test_cross_entropy (void)
{
  static const float z[] = { 1.0f, 2.0f, -0.5f, 0.3f, 0.3f, 0.3f, -80.0f, 90.0f, 100.0f, 5.0f, -5.0f, 0.0f };
  static const int labels[] = { 1, 2, 0, 0 };
  g_autoptr (DubTensor) logits = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (4, 3), NULL);
  g_autoptr (DubTensor) slope = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (4, 3), NULL);
  double expected = 0.0;
  size_t n_correct;

  for (size_t i = 0; i < 12; i++)
    dub_tensor_f32 (logits)[i] = z[i];
  for (size_t n = 0; n < 4; n++) {
    double sum = 0.0;

    for (size_t c = 0; c < 3; c++)
      sum += exp ((double) z[3 * n + c] - 100.0);
    expected += (log (sum) + 100.0 - (double) z[3 * n + (size_t) labels[n]]) / 4.0;
  }

  double loss = cross_entropy (logits, labels, 0.0, slope, &n_correct);

  g_assert_cmpfloat_with_epsilon (loss, expected, 1e-9);
  /* Cases 0 and 3; the tie of case 1 goes to class 0. */
  g_assert_cmpuint (n_correct, ==, 2);

  for (size_t i = 0; i < 12; i++) {
    const float h = 1.0f / 64.0f;

    dub_tensor_f32 (logits)[i] = z[i] + h;
    double up = cross_entropy (logits, labels, 0.0, NULL, NULL);
    dub_tensor_f32 (logits)[i] = z[i] - h;
    double down = cross_entropy (logits, labels, 0.0, NULL, NULL);
    dub_tensor_f32 (logits)[i] = z[i];
    g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (slope)[i], (up - down) / (2.0 * (double) h), 2e-5);
  }
}

/* With smoothing α the loss is (1 - α) times that of the label plus α times the mean over all classes taken as label. */
static void
test_label_smoothing (void)
{
  static const float z[] = { 0.4f, -1.0f, 2.5f };
  static const double alpha = 0.2;
  g_autoptr (DubTensor) logits = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1, 3), NULL);
  g_autoptr (DubTensor) slope = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1, 3), NULL);
  int label = 1;
  double expected = 0.0;

  for (int c = 0; c < 3; c++)
    dub_tensor_f32 (logits)[c] = z[c];
  for (int c = 0; c < 3; c++)
    expected += cross_entropy (logits, &c, 0.0, NULL, NULL) * (alpha / 3.0 + (c == label ? 1.0 - alpha : 0.0));
  g_assert_cmpfloat_with_epsilon (cross_entropy (logits, &label, alpha, slope, NULL), expected, 1e-12);

  for (int c = 0; c < 3; c++) {
    const float h = 1.0f / 64.0f;

    dub_tensor_f32 (logits)[c] = z[c] + h;
    double up = cross_entropy (logits, &label, alpha, NULL, NULL);
    dub_tensor_f32 (logits)[c] = z[c] - h;
    double down = cross_entropy (logits, &label, alpha, NULL, NULL);
    dub_tensor_f32 (logits)[c] = z[c];
    g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (slope)[c], (up - down) / (2.0 * (double) h), 2e-5);
  }
}

static void
test_softmax_gradient (void)
{
  static const float saturated[] = { 40.0f, 0.0f, -3.0f };
  static const float z[] = { 0.4f, -1.0f, 0.8f };
  double p[3], up[3], down[3];
  float slope[3];

  dub_softmax_row (z, 3, p);
  g_assert_cmpfloat_with_epsilon (p[0] + p[1] + p[2], 1.0, 1e-15);
  for (size_t target = 0; target < 3; target++) {
    dub_softmax_row_gradient (p, 3, target, slope);
    for (size_t j = 0; j < 3; j++) {
      float moved[3] = { z[0], z[1], z[2] };

      moved[j] = z[j] + 1e-2f;
      double h = (double) moved[j];
      dub_softmax_row (moved, 3, up);
      moved[j] = z[j] - 1e-2f;
      h -= (double) moved[j];
      dub_softmax_row (moved, 3, down);
      g_assert_cmpfloat_with_epsilon ((double) slope[j], (up[target] - down[target]) / h, 1e-5);
    }
  }

  /* 1 - p would be 0 in float; the direction survives. */
  dub_softmax_row (saturated, 3, p);
  dub_softmax_row_gradient (p, 3, 0, slope);
  g_assert_cmpfloat (slope[0], >, 0.0f);
  g_assert_cmpfloat_with_epsilon ((double) slope[0] / exp (-40.0), 1.0 + exp (-3.0), 1e-5);
}

static void
test_adam (void)
{
  enum { N = 37, STEPS = 50 };
  DubAdam adam = DUB_ADAM_DEFAULT;
  float x[N], first[N] = { 0 }, second[N] = { 0 }, gradient[N], clipped[N], c1[N] = { 0 }, c2[N] = { 0 };
  double exact[N], a[N] = { 0 }, b[N] = { 0 };

  adam.step = 0.05;
  for (size_t i = 0; i < N; i++) {
    x[i] = clipped[i] = (float) i / N;
    exact[i] = (double) x[i];
  }
  for (guint t = 1; t <= STEPS; t++) {
    DubAdamUpdate update = dub_adam_update (&adam, t);

    for (size_t i = 0; i < N; i++) {
      double g = sin (0.7 * (double) i + 0.3 * (double) t) + 0.2 * (double) i / N;

      gradient[i] = (float) g;
      a[i] = 0.9 * a[i] + 0.1 * g;
      b[i] = 0.999 * b[i] + 0.001 * g * g;
      exact[i] -= 0.05 * (a[i] / (1.0 - pow (0.9, t))) / (sqrt (b[i] / (1.0 - pow (0.999, t))) + 1e-8);
    }
    dub_adam_apply (&update, gradient, first, second, x, x, N);
    dub_adam_apply_clipped (&update, gradient, c1, c2, clipped, clipped, N);
  }
  for (size_t i = 0; i < N; i++) {
    g_assert_cmpfloat_with_epsilon ((double) x[i], exact[i], 2e-5);
    g_assert_cmpfloat (clipped[i], >=, 0.0f);
    g_assert_cmpfloat (clipped[i], <=, 1.0f);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loss/label-smoothing", test_label_smoothing);
  g_test_add_func ("/loss/cross-entropy", test_cross_entropy);
  g_test_add_func ("/loss/softmax-gradient", test_softmax_gradient);
  g_test_add_func ("/adam/formula", test_adam);

  return g_test_run ();
}
