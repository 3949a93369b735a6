/* A data set small enough for a test: 80 images of 12 × 12 in MedMNIST's form with a split of its own. Class 1 has a bright
 * middle. Cases 0 and 1 of the training part are one image under one label; 2 and 3 are one image under two.
 */
#pragma once

#include <glib/gstdio.h>

#include "core/io/npy.h"
#include "tests/remove-tree.h"

enum { DATA_SIDE = 12, DATA_TRAIN = 50, DATA_VALIDATION = 10, DATA_TEST = 20 };

static inline char *
data_fixture_new (const char *folder,
                  const char *name)
{
  static const char *const names[] = { "train_images", "train_labels", "val_images", "val_labels", "test_images",
                                       "test_labels" };
  const int n[] = { DATA_TRAIN, DATA_VALIDATION, DATA_TEST };
  g_autoptr (GError) error = NULL;
  DubTensor *tensors[6];
  char *path = g_build_filename (folder, name, NULL);
  guint32 state = 1;

  for (int part = 0; part < 3; part++) {
    tensors[2 * part] = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (n[part], DATA_SIDE, DATA_SIDE), &error);
    tensors[2 * part + 1] = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (n[part], 1), &error);
    g_assert_no_error (error);

    guint8 *pixels = tensors[2 * part]->data, *labels = tensors[2 * part + 1]->data;

    for (int i = 0; i < n[part]; i++) {
      labels[i] = i % 3 == 0;
      for (int y = 0; y < DATA_SIDE; y++)
        for (int x = 0; x < DATA_SIDE; x++) {
          gboolean middle = x >= 4 && x < 8 && y >= 4 && y < 8;

          state = state * 1664525u + 1013904223u;
          *pixels++ = (guint8) (60 + (state >> 25) + (labels[i] && middle ? 60 : 0));
        }
    }
    if (part == 0) {
      const gsize size = DATA_SIDE * DATA_SIDE;

      pixels = tensors[0]->data;
      labels[0] = labels[1] = labels[2] = 0;
      labels[3] = 1;
      memcpy (pixels + size, pixels, size);
      memcpy (pixels + 3 * size, pixels + 2 * size, size);
    }
  }
  dub_npz_save (path, names, tensors, 6, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 6; i++)
    dub_tensor_unref (tensors[i]);

  return path;
}
