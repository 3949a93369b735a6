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

/* As so many calls one by one, whatever was drawn before, and over the carry of the counter. */
static void
test_fill_below (void)
{
  static const uint32_t bounds[] = { 1, 2, 7, 60000, 1u << 31, (1u << 31) + 1, 0xc0000001u, 0xffffffffu };
  enum { MOST = 700 };
  uint32_t filled[MOST];

  for (size_t b = 0; b < G_N_ELEMENTS (bounds); b++)
    for (uint32_t before = 0; before < 6; before++)
      for (size_t n = 0; n < MOST; n = 2 * n + before + 1) {
        DubRng one, many;

        dub_rng_init (&one, 11, "fill", b);
        one.counter[0] = before % 2 == 1 ? 0xfffffff0u : 0;
        for (uint32_t k = 0; k < before; k++)
          dub_rng_u32 (&one);
        many = one;
        dub_rng_fill_below (&many, bounds[b], filled, n);
        for (size_t i = 0; i < n; i++)
          g_assert_cmpuint (filled[i], ==, dub_rng_below (&one, bounds[b]));
        /* What follows is the same, too. */
        g_assert_cmpuint (dub_rng_u32 (&many), ==, dub_rng_u32 (&one));
        g_assert_cmpuint (many.counter[1], ==, one.counter[1]);
      }
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
  g_test_add_func ("/rng/fill-below", test_fill_below);

  return g_test_run ();
}
