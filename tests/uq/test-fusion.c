#include "core/base/rng.h"
#include "core/stats/logistic.h"
#include "core/uq/fusion.h"

#include <math.h>
#include <string.h>

static void
test_simple (void)
{
  /* Standardised with mean 2 and SD 1, mean 0 and SD 2; the third is constant. */
  const double a[] = { 1.0, 3.0, 1.0, 3.0 }, b[] = { -2.0, -2.0, 2.0, 2.0 }, c[] = { .1, .1, .1, .1 };
  const double *const scores[] = { a, b, c };
  const double x[] = { 5.0 }, y[] = { -2.0 }, z[] = { 100.0 };
  const double *const fresh[] = { x, y, z };
  const double expected[] = { 1.0, 3.0, -1.0 };

  for (int kind = DUB_FUSION_MEAN; kind <= DUB_FUSION_MIN; kind++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubFusion) fusion = dub_fusion_fit ((DubFusionKind) kind, scores, 3, NULL, 4, &error);
    double value;

    g_assert_no_error (error);
    dub_fusion_score (fusion, fresh, 1, &value);
    g_assert_cmpfloat_with_epsilon (value, expected[kind], 1e-14);
    g_assert_cmpfloat (fusion->sd[2], ==, 0.0);
  }
}

static void
draw (double   *a,
      double   *b,
      gboolean *failed,
      size_t    n)
{
  DubRng rng;

  dub_rng_init (&rng, 1, "fusion", 0);
  for (size_t i = 0; i < n; i++) {
    failed[i] = i % 7 == 0;
    a[i] = dub_rng_normal (&rng) + (failed[i] ? 1.5 : 0.0);
    b[i] = 10.0 * dub_rng_normal (&rng) - 3.0;
  }
}

/* At the minimum the weighted residuals are orthogonal to every column, but for the small penalty, and to the constant. */
static void
test_perceptron (void)
{
  enum { N = 700 };
  double a[N], b[N], fused[N];
  gboolean failed[N];
  const double *const scores[] = { a, b };
  double gradient[3] = { 0 };

  draw (a, b, failed, N);

  g_autoptr (GError) error = NULL;
  g_autoptr (DubFusion) fusion = dub_fusion_fit (DUB_FUSION_PERCEPTRON, scores, 2, failed, N, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fusion->n_failures, ==, 100);
  dub_fusion_score (fusion, scores, N, fused);
  for (size_t i = 0; i < N; i++) {
    double weight = (failed[i] ? .5 / 100.0 : .5 / 600.0);
    double residual = weight * (1.0 / (1.0 + exp (-fused[i])) - (failed[i] ? 1.0 : 0.0));

    gradient[0] += residual * (a[i] - fusion->mean[0]) / fusion->sd[0];
    gradient[1] += residual * (b[i] - fusion->mean[1]) / fusion->sd[1];
    gradient[2] += residual;
  }
  g_assert_cmpfloat_with_epsilon (gradient[0] + 1e-4 * fusion->weight[0], 0.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (gradient[1] + 1e-4 * fusion->weight[1], 0.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (gradient[2], 0.0, 1e-12);
  g_assert_cmpfloat (fusion->weight[0], >, 1.0);
  g_assert_cmpfloat (fabs (fusion->weight[1]), <, 0.3);
}

/* Scores that tell all failures, or that say the same twice, have finite weights. */
static void
test_separable (void)
{
  const double a[] = { 0.0, 1.0, 2.0, 3.0 };
  const gboolean failed[] = { FALSE, FALSE, TRUE, TRUE };
  const double *const scores[] = { a, a };
  double fused[4];
  g_autoptr (DubFusion) fusion = dub_fusion_fit (DUB_FUSION_PERCEPTRON, scores, 2, failed, 4, NULL);

  g_assert_cmpfloat (fusion->weight[0], >, 1.0);
  g_assert_cmpfloat (fusion->weight[0], <, 100.0);
  g_assert_cmpfloat_with_epsilon (fusion->weight[0], fusion->weight[1], 1e-6);
  dub_fusion_score (fusion, scores, 4, fused);
  g_assert_cmpfloat (fused[1], <, -3.0);
  g_assert_cmpfloat (fused[2], >, 3.0);
}

static void
test_refused (void)
{
  const double a[] = { 0.0, 1.0 }, bad[] = { 0.0, (double) NAN };
  const double *const scores[] = { a, bad };
  const gboolean failed[] = { FALSE, FALSE };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_fusion_fit (DUB_FUSION_MEAN, scores, 2, NULL, 2, &error));
  g_assert_cmpstr (error->message, ==, "Score 1 of case 1 is nan; expected a finite number.");
  g_clear_error (&error);
  g_assert_null (dub_fusion_fit (DUB_FUSION_MEAN, scores, 0, NULL, 2, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_fusion_fit (DUB_FUSION_PERCEPTRON, scores, 1, failed, 2, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "none failed"));

  /* A case that one score does not know has no combination; the others have. */
  g_autoptr (DubFusion) fusion = dub_fusion_fit (DUB_FUSION_MAX, (const double *const[]) { a, a }, 2, NULL, 2, NULL);
  double fused[2];

  dub_fusion_score (fusion, scores, 2, fused);
  g_assert_cmpfloat (fused[0], ==, -1.0);
  g_assert_true (isnan (fused[1]));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fusion/simple", test_simple);
  g_test_add_func ("/fusion/perceptron", test_perceptron);
  g_test_add_func ("/fusion/separable", test_separable);
  g_test_add_func ("/fusion/refused", test_refused);

  return g_test_run ();
}
