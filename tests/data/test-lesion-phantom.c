/* The lesions: what is said of them must hold. */
#include "core/data/lesion-phantom.h"
#include "core/base/parallel.h"
#include "core/data/dataset.h"
#include "core/study/demo-lesions.h"
#include "tests/io/scratch.h"

#include <math.h>
#include <string.h>

enum { N = 4000 };

/* Among cases of posterior p, a share p is malignant; labels are flipped as often as was asked for. */
static void
test_posterior (void)
{
  double sum[10] = { 0 }, malignant[10] = { 0 };
  int counts[10] = { 0 }, n_right = 0, n_flipped = 0, n_hard = 0;

  for (int i = 0; i < N; i++) {
    DubLesion lesion;

    dub_lesion_draw (&lesion, 3, (uint64_t) i, 0.04);

    int bin = MIN ((int) (lesion.posterior * 10.0), 9);

    sum[bin] += lesion.posterior;
    malignant[bin] += lesion.malignant;
    counts[bin]++;
    n_right += (lesion.posterior > 0.5) == lesion.malignant;
    n_flipped += lesion.flipped;
    n_hard += lesion.difficulty > 0.5;
    g_assert_cmpfloat_with_epsilon (lesion.difficulty, 2.0 * MIN (lesion.posterior, 1.0 - lesion.posterior), 1e-12);
  }
  for (int b = 0; b < 10; b++) {
    double expected = sum[b] / counts[b];

    /* Four standard errors of a share. */
    g_assert_cmpint (counts[b], >, 20);
    g_assert_cmpfloat (fabs (malignant[b] / counts[b] - expected), <,
                       4.0 * sqrt (expected * (1.0 - expected) / counts[b]) + 1e-3);
  }
  g_assert_cmpfloat (fabs ((double) n_right / N - 0.92), <, 0.02);
  g_assert_cmpfloat (fabs ((double) n_flipped / N - 0.04), <, 0.0125);
  /* Truly ambiguous cases exist, and are not the rule. */
  g_assert_cmpint (n_hard, >, N / 20);
  g_assert_cmpint (n_hard, <, N / 4);
}

typedef struct {
  guint8 pixels[40][28 * 28];
} Images;

static void
render_piece (size_t   piece,
              guint    thread,
              gpointer data)
{
  Images *images = data;
  DubLesion lesion;

  dub_lesion_draw (&lesion, 9, piece, 0.0);
  dub_lesion_render (&lesion, 9, piece, 28, images->pixels[piece]);
}

static void
test_same_bits (void)
{
  g_autofree Images *one = g_new0 (Images, 1), *many = g_new0 (Images, 1);
  g_autoptr (DubRun) run = dub_run_new (4);

  g_assert_true (dub_parallel_for (NULL, 40, render_piece, one, NULL));
  g_assert_true (dub_parallel_for (run, 40, render_piece, many, NULL));
  g_assert_cmpmem (one, sizeof *one, many, sizeof *many);
  for (int i = 1; i < 40; i++)
    g_assert_cmpint (memcmp (one->pixels[0], one->pixels[i], 28 * 28), !=, 0);
}

/* The lesion is darker than what surrounds it, at every size; the picture neither drowns nor burns. */
static void
test_picture (void)
{
  static const int SIZES[] = { 28, 64, 100 };

  for (size_t s = 0; s < G_N_ELEMENTS (SIZES); s++) {
    int size = SIZES[s];
    g_autofree guint8 *pixels = g_new (guint8, size * size);
    double inside = 0.0, outside = 0.0;
    int n_inside = 0, n_outside = 0, n_clipped = 0;

    for (uint64_t i = 0; i < 20; i++) {
      DubLesion lesion;

      dub_lesion_draw (&lesion, 1, i, 0.0);
      dub_lesion_render (&lesion, 1, i, size, pixels);
      for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) {
          double r = hypot ((x + 0.5) / size - lesion.x, (y + 0.5) / size - lesion.y);

          if (r < 0.4 * lesion.radius * lesion.aspect) {
            inside += pixels[y * size + x];
            n_inside++;
          } else if (r > 1.8 * lesion.radius) {
            outside += pixels[y * size + x];
            n_outside++;
          }
          n_clipped += pixels[y * size + x] == 0 || pixels[y * size + x] == 255;
        }
    }
    g_assert_cmpfloat (inside / n_inside + 40.0, <, outside / n_outside);
    g_assert_cmpint (n_clipped, <, size * size * 20 / 20);
  }
}

/* A demo that was cancelled or asked for in vain leaves nothing behind; one that is there is not touched. */
static void
test_demo (void)
{
  Scratch scratch = scratch_new ();
  g_autofree char *folder = scratch_path (&scratch, "demo");
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (GError) error = NULL;
  DubLesionsOptions options = DUB_LESIONS_DEFAULT;
  DubLesionsResult result;

  dub_run_cancel (run);
  g_assert_false (dub_demo_lesions (folder, &options, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
  g_clear_error (&error);
  dub_run_reset (run);
  options.n = 5;
  g_assert_false (dub_demo_lesions (folder, &options, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpuint (scratch_count (&scratch), ==, 0);

  options.n = 40;
  g_assert_true (dub_demo_lesions (folder, &options, &result, run, &error));
  g_assert_cmpuint (scratch_count (&scratch), ==, 1);

  g_autoptr (DubDataset) dataset = dub_dataset_open (folder, NULL, NULL, &error);
  size_t counts[2], n_labelled_malignant = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (dataset->n_cases, ==, 40);
  g_assert_cmpstr (dataset->classes->pdata[1], ==, "malignant");
  dub_dataset_count (dataset, counts);
  for (uint64_t i = 0; i < 40; i++) {
    DubLesion lesion;

    dub_lesion_draw (&lesion, options.seed, i, options.label_noise);
    n_labelled_malignant += lesion.malignant != lesion.flipped;
  }
  g_assert_cmpuint (counts[1], ==, n_labelled_malignant);
  g_assert_false (dub_demo_lesions (folder, &options, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  scratch_free (&scratch);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lesion-phantom/posterior", test_posterior);
  g_test_add_func ("/lesion-phantom/same-bits", test_same_bits);
  g_test_add_func ("/lesion-phantom/picture", test_picture);
  g_test_add_func ("/lesion-phantom/demo", test_demo);

  return g_test_run ();
}
