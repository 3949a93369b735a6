/* A study of squares: 120 dark and bright images of 8 × 8, split by the defaults into train, calibration and test, with two
 * folds of a small network where it is trained. The last case is the first one's pixels under the other label.
 */
#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/io/npy.h"
#include "core/study/study-train.h"
#include "tests/remove-tree.h"

enum { SQUARES_N = 120, SQUARES_SIDE = 8, SQUARES_FOLDS = 2 };

static inline char *
squares_write_data (const char *folder)
{
  char *path = g_build_filename (folder, "squares.npz", NULL);
  static const char *const NAMES[] = { "images", "labels" };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) images = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (SQUARES_N, SQUARES_SIDE, SQUARES_SIDE), &error);
  g_autoptr (DubTensor) labels = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (SQUARES_N), &error);
  DubTensor *tensors[] = { images, labels };
  guint8 *pixels = images->data, *classes = labels->data;
  const int n_pixels = SQUARES_SIDE * SQUARES_SIDE;
  DubRng rng;

  dub_rng_init (&rng, 1, "squares", 0);
  for (int i = 0; i < SQUARES_N; i++) {
    classes[i] = (guint8) (i % 4 == 0);
    for (int k = 0; k < n_pixels; k++)
      pixels[i * n_pixels + k] = (guint8) (60 + 80 * classes[i] + dub_rng_below (&rng, 100));
  }
  memcpy (pixels + (SQUARES_N - 1) * n_pixels, pixels, (gsize) n_pixels);
  g_assert_true (dub_npz_save (path, NAMES, tensors, 2, &error));

  return path;
}

static inline void
squares_train (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (1);
  g_autoptr (DubStudy) study = dub_study_load (folder, &error);
  g_autoptr (DubRecipe) recipe = dub_recipe_new ("mlp");
  const DubStudyTrainOptions options = { NULL };
  DubPrepare prepare;

  g_assert_no_error (error);
  recipe->n_epochs = 2;
  recipe->augment = 0;
  g_assert_true (dub_study_prepare (study, &prepare, run, &error));
  g_assert_true (dub_study_train (study, recipe, &prepare, NULL, FALSE, &options, run, &error));
  g_assert_no_error (error);
}

/* A folder of its own with the data set and the study, whose path is put into @folder. (transfer full): the outer folder. */
static inline char *
squares_new (gboolean   trained,
             char     **folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (1);
  char *root = g_dir_make_tmp ("dubito-squares-XXXXXX", &error);
  g_autofree char *data = squares_write_data (root);
  DubStudyDataOptions options = { .path = data, .split = DUB_SPLIT_DEFAULT };

  *folder = g_build_filename (root, "squares.dubito", NULL);
  options.split.n_folds = SQUARES_FOLDS;

  g_autoptr (DubStudy) study = dub_study_from_data (*folder, &options, run, &error);

  g_assert_no_error (error);
  g_assert_nonnull (study);
  if (trained)
    squares_train (*folder);

  return root;
}

static inline void
squares_remove (char *root)
{
  remove_tree (root);
  g_free (root);
}
