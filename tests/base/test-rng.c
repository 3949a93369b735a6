#include "core/base/rng.h"

#include <math.h>

/* Known answer of Philox 4x32-10 with counter 0 and key 0 (Random123's kat_vectors). */
static void
test_known_answer (void)
{
  static const uint32_t expected[4] = { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 };
  DubRng rng = { 0 };

  for (int i = 0; i < 4; i++)
    g_assert_cmphex (dub_rng_u32 (&rng), ==, expected[i]);
}

static void
test_streams_differ (void)
{
  DubRng a, b, c, again;

  dub_rng_init (&a, 7, "dropout", 0);
  dub_rng_init (&b, 7, "dropout", 1);
  dub_rng_init (&c, 7, "warp", 0);
  dub_rng_init (&again, 7, "dropout", 0);

  uint32_t first = dub_rng_u32 (&a);

  g_assert_cmpuint (first, !=, dub_rng_u32 (&b));
  g_assert_cmpuint (first, !=, dub_rng_u32 (&c));
  g_assert_cmpuint (first, ==, dub_rng_u32 (&again));
}

static void
test_moments (void)
{
  enum { N = 200000 };
  DubRng rng;
  double sum = 0.0, sum_squares = 0.0, uniform = 0.0;

  dub_rng_init (&rng, 1, "moments", 0);
  for (int i = 0; i < N; i++) {
    double x = dub_rng_normal (&rng);

    sum += x;
    sum_squares += x * x;
    uniform += dub_rng_double (&rng);
  }
  g_assert_cmpfloat (fabs (sum / N), <, 4.0 / sqrt (N));
  g_assert_cmpfloat (fabs (sum_squares / N - 1.0), <, 4.0 * sqrt (2.0 / N));
  g_assert_cmpfloat (fabs (uniform / N - 0.5), <, 4.0 * sqrt (1.0 / 12.0 / N));
}

static void
test_below_and_shuffle (void)
{
  DubRng rng;
  size_t items[50];
  guint64 seen = 0;

  dub_rng_init (&rng, 3, "shuffle", 0);
  for (int i = 0; i < 1000; i++)
    g_assert_cmpuint (dub_rng_below (&rng, 7), <, 7);
  for (size_t i = 0; i < 50; i++)
    items[i] = i;
  dub_rng_shuffle (&rng, items, 50);
  for (size_t i = 0; i < 50; i++)
    seen |= G_GUINT64_CONSTANT (1) << items[i];
  g_assert_cmphex (seen, ==, (G_GUINT64_CONSTANT (1) << 50) - 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rng/known-answer", test_known_answer);
  g_test_add_func ("/rng/streams-differ", test_streams_differ);
  g_test_add_func ("/rng/moments", test_moments);
  g_test_add_func ("/rng/below-and-shuffle", test_below_and_shuffle);

  return g_test_run ();
}
