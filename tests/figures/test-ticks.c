#include "ui/figures/ticks.h"

#include <math.h>

static void
test_linear (void)
{
  static const struct {
    double      low, high;
    int         max_ticks;
    const char *text;
  } CASES[] = {
    { 0.0, 100.0, 6, "0 20 40 60 80 100" },
    { 0.0, 1.0, 6, "0.0 0.2 0.4 0.6 0.8 1.0" },
    { -0.3, 0.3, 9, "−0.3 −0.2 −0.1 0.0 0.1 0.2 0.3" },
    { 0.0, 30.0, 4, "0 10 20 30" },
    { 3.0, 7.0, 2, "4 6" },
    { 0.0, 0.0007, 8, "0.0000 0.0001 0.0002 0.0003 0.0004 0.0005 0.0006 0.0007" },
    { 0.0, 4e6, 5, "0 10⁶ 2 × 10⁶ 3 × 10⁶ 4 × 10⁶" },
    { 1.0, 1.0, 5, "" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    double step = dub_ticks_step (CASES[i].low, CASES[i].high, CASES[i].max_ticks), ticks[DUB_MAX_TICKS];
    int n = dub_ticks_linear (CASES[i].low, CASES[i].high, CASES[i].max_ticks, ticks);

    g_assert_cmpint (n, <=, CASES[i].max_ticks);
    for (int t = 0; t < n; t++) {
      g_autofree char *number = dub_tick_format_linear (ticks[t], step);

      g_string_append_printf (text, "%s%s", t > 0 ? " " : "", number);
    }
    g_assert_cmpstr (text->str, ==, CASES[i].text);
  }
}

static void
test_log (void)
{
  static const struct {
    double      low, high;
    int         max_ticks;
    const char *text;
  } CASES[] = {
    { 1e-4, 10.0, 8, "10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 1 10" },
    { 1e-6, 1e3, 5, "10⁻⁶ 10⁻⁴ 10⁻² 1 10²" },
    { 1e-6, 1e3, 4, "10⁻⁶ 10⁻³ 1 10³" },
    { 0.2, 8.0, 9, "0.2 0.5 1 2 5" },
    { 1e-12, 1e-11, 5, "10⁻¹² 10⁻¹¹" },
    { 0.0, 1.0, 5, "" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    double ticks[DUB_MAX_TICKS];
    int n = dub_ticks_log (CASES[i].low, CASES[i].high, CASES[i].max_ticks, ticks);

    for (int t = 0; t < n; t++) {
      g_autofree char *number = dub_tick_format_log (ticks[t]);

      g_string_append_printf (text, "%s%s", t > 0 ? " " : "", number);
    }
    g_assert_cmpstr (text->str, ==, CASES[i].text);
  }
}

static void
check (char       *found, /* (transfer full) */
       const char *expected)
{
  g_assert_cmpstr (found, ==, expected);
  g_free (found);
}

static void
test_numbers (void)
{
  check (dub_number_format (-31.5, 1), "−31.5");
  check (dub_number_format (-0.04, 1), "0.0");
  check (dub_number_format (NAN, 1), "–");
  check (dub_number_format (-INFINITY, 1), "−∞");
  check (dub_number_format (0.0, 3), "0.000");
  check (dub_number_format_signed (30.0, 1), "+30.0");
  check (dub_number_format_signed (-9.0, 1), "−9.0");
  check (dub_number_format_signed (0.01, 1), "0.0");
  check (dub_number_format_short (10.0, 3), "10");
  check (dub_number_format_short (0.05, 3), "0.05");
  check (dub_number_format_short (9.996, 3), "10");
  check (dub_number_format_short (0.0, 3), "0");
  check (dub_number_format_short (4.712e-6, 3), "4.71 × 10⁻⁶");
  check (dub_number_format_short (1e-4, 3), "10⁻⁴");
  check (dub_number_format_short (-2.5e7, 3), "−2.5 × 10⁷");
  check (dub_number_format_exact (0.1), "0.1");
  check (dub_number_format_exact (1.0 / 3.0), "0.3333333333333333");
  check (dub_number_format_exact (NAN), "");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ticks/linear", test_linear);
  g_test_add_func ("/ticks/log", test_log);
  g_test_add_func ("/ticks/numbers", test_numbers);

  return g_test_run ();
}
