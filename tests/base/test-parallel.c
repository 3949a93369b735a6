#include "core/base/parallel.h"

#include <math.h>

enum { N_PIECES = 1000 };

typedef struct {
  double  partial[N_PIECES];
  int     visits[N_PIECES];
  DubRun *run;
  gboolean nested;
} Sums;

static void
nested_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  *(size_t *) user_data += piece;
}

static void
sum_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  Sums *sums = user_data;

  sums->visits[piece]++;
  for (int i = 1; i <= 100; i++)
    sums->partial[piece] += 1.0 / (double) (piece * 100 + (size_t) i);
  if (sums->nested) {
    size_t total = 0;

    g_assert_true (dub_parallel_for (sums->run, 10, nested_piece, &total, NULL));
    g_assert_cmpuint (total, ==, 45);
  }
}

static double
harmonic (guint    n_threads,
          gboolean nested)
{
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autofree Sums *sums = g_new0 (Sums, 1);
  g_autoptr (GError) error = NULL;
  double total = 0.0;

  sums->run = run;
  sums->nested = nested;
  g_assert_true (dub_parallel_for (run, N_PIECES, sum_piece, sums, &error));
  g_assert_no_error (error);
  for (int i = 0; i < N_PIECES; i++) {
    g_assert_cmpint (sums->visits[i], ==, 1);
    total += sums->partial[i];
  }

  return total;
}

static void
test_same_bits (void)
{
  double one = harmonic (1, FALSE);

  for (guint threads = 2; threads <= 5; threads++)
    for (int repeat = 0; repeat < 50; repeat++)
      g_assert_true (harmonic (threads, repeat % 2 == 1) == one);
}

static void
cancel_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  if (piece == 5)
    dub_run_cancel (user_data);
}

static void
test_cancel (void)
{
  for (guint threads = 1; threads <= 3; threads++) {
    g_autoptr (DubRun) run = dub_run_new (threads);
    g_autoptr (GError) error = NULL;

    g_assert_false (dub_parallel_for (run, 1000000, cancel_piece, run, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
    dub_run_reset (run);
    g_assert_true (dub_parallel_for (run, 3, cancel_piece, run, NULL));
  }
}

static gboolean
fail_piece (size_t    piece,
            guint     thread,
            gpointer  user_data,
            GError  **error)
{
  g_atomic_int_inc ((int *) user_data);
  if (piece % 7 != 5)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "piece %zu", piece);

  return FALSE;
}

/* The first piece's error, for any number of threads, and nobody is kept from computing. */
static void
test_try (void)
{
  for (guint threads = 1; threads <= 3; threads++)
    for (int repeat = 0; repeat < 50; repeat++) {
      g_autoptr (DubRun) run = dub_run_new (threads);
      g_autoptr (GError) error = NULL;
      size_t failed;
      int n = 0;

      g_assert_true (dub_parallel_try (run, 5, fail_piece, &n, &failed, &error));
      g_assert_no_error (error);
      g_assert_true (failed == G_MAXSIZE);
      g_assert_false (dub_parallel_try (run, 100, fail_piece, &n, &failed, &error));
      g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
      g_assert_cmpstr (error->message, ==, "piece 5");
      g_assert_true (failed == 5);
      g_assert_cmpint (n, ==, 105);
      g_assert_false (dub_parallel_try (run, 100, fail_piece, &n, NULL, NULL));

      g_clear_error (&error);
      dub_run_cancel (run);
      g_assert_false (dub_parallel_try (run, 100, fail_piece, &n, &failed, &error));
      g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
      g_assert_true (failed == G_MAXSIZE);
    }
}

static void
test_progress (void)
{
  g_autoptr (DubRun) run = dub_run_new (1);

  dub_run_set_progress (run, 0.25);
  g_assert_cmpfloat (fabs (dub_run_get_progress (run) - 0.25), <, 1e-9);
  dub_run_set_progress (run, 7.0);
  g_assert_cmpfloat (dub_run_get_progress (run), ==, 1.0);

  /* Work of two calls, the second of which takes three times as long. */
  dub_run_set_span (run, 0.0, 0.25);
  g_assert_cmpfloat (dub_run_get_progress (run), ==, 0.0);
  dub_run_set_progress (run, 1.0);
  g_assert_cmpfloat (dub_run_get_progress (run), ==, 0.25);
  dub_run_set_span (run, 0.25, 1.0);
  g_assert_cmpfloat (dub_run_get_progress (run), ==, 0.25);
  dub_run_set_progress (run, 0.5);
  g_assert_cmpfloat (dub_run_get_progress (run), ==, 0.625);
  g_assert_cmpfloat (dub_run_get_done_before (run), ==, 0.0);
  dub_run_add_done_before (run, 0.5);
  g_assert_cmpfloat (dub_run_get_done_before (run), ==, 0.375);
  dub_run_reset (run);
  g_assert_cmpfloat (dub_run_get_done_before (run), ==, 0.0);
  dub_run_set_progress (run, 0.5);
  g_assert_cmpfloat (dub_run_get_progress (run), ==, 0.5);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parallel/same-bits", test_same_bits);
  g_test_add_func ("/parallel/cancel", test_cancel);
  g_test_add_func ("/parallel/try", test_try);
  g_test_add_func ("/parallel/progress", test_progress);

  return g_test_run ();
}
