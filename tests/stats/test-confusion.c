#include "core/stats/confusion.h"

#include <stdint.h>

/* Three classes by hand: rows are the truth.
 *
 *      0  1  2
 *   0  3  1  0
 *   1  2  2  1
 *   2  0  0  1
 */
static const int LABELS[] = { 0, 0, 0, 0, 1, 1, 1, 1, 1, 2 };
static const int ANSWERS[] = { 0, 0, 0, 1, 0, 0, 1, 1, 2, 2 };

static void
assert_rate (DubRate rate,
             gsize   n,
             gsize   d)
{
  g_assert_cmpuint (rate.n, ==, n);
  g_assert_cmpuint (rate.d, ==, d);
}

static void
test_by_hand (void)
{
  g_autoptr (DubConfusion) matrix = dub_confusion_new (LABELS, ANSWERS, 10, 3, NULL);

  g_assert_cmpuint (dub_confusion_get (matrix, 1, 0), ==, 2);
  g_assert_cmpuint (dub_confusion_get (matrix, 0, 1), ==, 1);
  assert_rate (dub_confusion_accuracy (matrix), 6, 10);
  assert_rate (dub_confusion_sensitivity (matrix, 1), 2, 5);
  assert_rate (dub_confusion_specificity (matrix, 1), 4, 5);
  assert_rate (dub_confusion_precision (matrix, 0), 3, 5);
  g_assert_cmpfloat_with_epsilon (dub_confusion_f1 (matrix, 0), 2.0 * 3.0 / 9.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_confusion_balanced_accuracy (matrix), (0.75 + 0.4 + 1.0) / 3.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_confusion_macro_specificity (matrix),
                                  (4.0 / 6.0 + 4.0 / 5.0 + 8.0 / 9.0) / 3.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_confusion_macro_f1 (matrix), (6.0 / 9.0 + 4.0 / 8.0 + 2.0 / 3.0) / 3.0, 1e-15);
}

/* With two classes the positive one decides which rate is which. */
static void
test_positive_class (void)
{
  const int labels[] = { 0, 0, 0, 1, 1 };
  const int answers[] = { 0, 0, 1, 1, 0 };
  g_autoptr (DubConfusion) matrix = dub_confusion_new (labels, answers, 5, 2, NULL);

  assert_rate (dub_confusion_sensitivity (matrix, 0), 2, 3);
  assert_rate (dub_confusion_specificity (matrix, 0), 1, 2);
  assert_rate (dub_confusion_sensitivity (matrix, 1), 1, 2);
  assert_rate (dub_confusion_specificity (matrix, 1), 2, 3);
}

static void
test_absent_class (void)
{
  const int labels[] = { 0, 0, 1 };
  const int answers[] = { 0, 1, 1 };
  g_autoptr (DubConfusion) matrix = dub_confusion_new (labels, answers, 3, 3, NULL);

  assert_rate (dub_confusion_sensitivity (matrix, 2), 0, 0);
  assert_rate (dub_confusion_specificity (matrix, 2), 3, 3);
  g_assert_true (isnan (dub_confusion_balanced_accuracy (matrix)));
  g_assert_true (isnan (dub_confusion_f1 (matrix, 2)));
  g_assert_true (isnan (dub_confusion_macro_f1 (matrix)));
}

static void
test_bad_input (void)
{
  const int high[] = { 0, 1, 3 }, low[] = { 0, -1, 1 }, good[] = { 0, 1, 2 };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_confusion_new (high, good, 3, 3, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_cmpstr (error->message, ==, "The label of case 2 is 3; expected 0 to 2.");
  g_clear_error (&error);
  g_assert_null (dub_confusion_new (good, low, 3, 3, &error));
  g_assert_cmpstr (error->message, ==, "The answer of case 1 is -1; expected 0 to 2.");
  g_clear_error (&error);
  g_assert_null (dub_confusion_new (good, good, 0, 3, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_confusion_new (good, good, 3, 0, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_confusion_new (good, good, 3, SIZE_MAX / 2, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_MEMORY);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/confusion/by-hand", test_by_hand);
  g_test_add_func ("/confusion/positive-class", test_positive_class);
  g_test_add_func ("/confusion/absent-class", test_absent_class);
  g_test_add_func ("/confusion/bad-input", test_bad_input);

  return g_test_run ();
}
