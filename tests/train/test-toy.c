/* The toy experiment: its promises, and what source 002 claims of it. */
#include "core/train/toy.h"

#include <math.h>
#include <string.h>

static DubToy *
run_toy (const DubToyOptions *options,
         guint                n_threads)
{
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autoptr (GError) error = NULL;
  DubToy *toy = dub_toy_run (options, run, &error);

  g_assert_no_error (error);

  return toy;
}

static void
test_bits (void)
{
  DubToyOptions options = DUB_TOY_DEFAULT;

  options.n_repeats = 2;
  options.n_epochs = 60;

  g_autoptr (DubToy) one = run_toy (&options, 1);
  g_autoptr (DubToy) three = run_toy (&options, 3);

  options.seed = 2;
  options.n_repeats = 1;

  g_autoptr (DubToy) other = run_toy (&options, 1);

  for (int method = 0; method < DUB_N_TOY_METHODS; method++) {
    size_t n = options.n_grid * sizeof (double);

    g_assert_cmpmem (one->recovered[method], n, three->recovered[method], n);
    g_assert_cmpmem (one->measures[method], 2 * sizeof (DubToyMeasures), three->measures[method],
                     2 * sizeof (DubToyMeasures));
    g_assert_true (memcmp (one->recovered[method], other->recovered[method], n) != 0);
    /* Another seed is another repeat: the second one of seed 1. */
    g_assert_cmpmem (&one->measures[method][1], sizeof (DubToyMeasures), other->measures[method],
                     sizeof (DubToyMeasures));
    g_assert_cmpfloat_with_epsilon (one->mean[method].nll,
                                    (one->measures[method][0].nll + one->measures[method][1].nll) / 2.0, 1e-12);
    g_assert_cmpfloat_with_epsilon (one->deviation[method].nll,
                                    fabs (one->measures[method][0].nll - one->measures[method][1].nll) / sqrt (2.0),
                                    1e-12);
    g_assert_cmpfloat (other->deviation[method].ece, ==, 0.0);
  }
}

/* Over five data sets DCA recovers the truth better than the plain network, before and after scaling, and loses no accuracy;
 * the plain network is overconfident; temperature changes no answer. */
static void
test_claim (void)
{
  DubToyOptions options = DUB_TOY_DEFAULT;

  options.n_repeats = 5;

  g_autoptr (DubToy) toy = run_toy (&options, 2);
  const DubToyMeasures *plain = &toy->mean[DUB_TOY_PLAIN], *scaled = &toy->mean[DUB_TOY_TEMPERATURE],
                       *dca = &toy->mean[DUB_TOY_DCA];

  g_assert_cmpfloat (toy->truth[0], ==, 0.0);
  g_assert_cmpfloat (toy->truth[options.n_grid - 1], ==, 1.0);
  g_assert_cmpfloat (plain->confidence - plain->accuracy, >, 0.05);
  g_assert_cmpfloat (dca->ece, <, 0.7 * plain->ece);
  g_assert_cmpfloat (dca->distance, <, 0.7 * plain->distance);
  g_assert_cmpfloat (dca->distance, <, scaled->distance);
  g_assert_cmpfloat (dca->accuracy, >, plain->accuracy - 0.02);
  for (guint r = 0; r < options.n_repeats; r++) {
    g_assert_cmpfloat (toy->measures[DUB_TOY_PLAIN][r].accuracy, ==, toy->measures[DUB_TOY_TEMPERATURE][r].accuracy);
    g_assert_cmpfloat (toy->measures[DUB_TOY_DCA][r].accuracy, <, 0.765);
    g_assert_cmpfloat (toy->temperature[r], >, 0.0);
  }
}

static void
test_refusals (void)
{
  DubToyOptions options = DUB_TOY_DEFAULT;
  g_autoptr (DubRun) run = dub_run_new (1);
  g_autoptr (GError) error = NULL;

  options.n_train = 1;
  g_assert_null (dub_toy_run (&options, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_cmpstr (error->message, ==,
                   "The toy experiment's number of training cases is 1; expected 2 to 1e+06.");
  g_clear_error (&error);

  options = DUB_TOY_DEFAULT;
  options.rate = -1.0;
  g_assert_null (dub_toy_run (&options, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);

  /* A network whose numbers overflow says so; the first repeat's word counts. */
  options = DUB_TOY_DEFAULT;
  options.rate = 1e30;
  options.n_repeats = 3;
  g_assert_null (dub_toy_run (&options, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);

  options = DUB_TOY_DEFAULT;
  dub_run_cancel (run);
  g_assert_null (dub_toy_run (&options, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/toy/bits", test_bits);
  g_test_add_func ("/toy/claim", test_claim);
  g_test_add_func ("/toy/refusals", test_refusals);

  return g_test_run ();
}
