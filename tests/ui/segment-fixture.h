/* A study of volumes small enough for a test: a network of one convolution that calls bright voxels class 1.
 *
 * Logits are (0, 40 · (v - 0.5)): a voxel of 0.5 is as unsure as can be. The volumes are dark, with a bright cube in the middle and
 * an unsure one, of 0.5, in a corner of it; the second case is darker, so that more of it is unsure, the third has another shape.
 */
#pragma once

#include <glib/gstdio.h>

#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "core/study/study.h"
#include "tests/remove-tree.h"

enum { SEGMENT_N = 16 };

typedef struct {
  char     *folder;
  char     *network;
  DubStudy *study; /* cases: 0 sure, 1 unsure, 2 of another shape */
} SegmentFixture;

static inline char *
segment_network (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = dub_graph_new ("threshold", 13);
  const DubShape shape = DUB_SHAPE (1, 1, SEGMENT_N, SEGMENT_N, SEGMENT_N);
  g_autoptr (DubTensor) weight = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (2, 1, 1, 1, 1), &error);
  g_autoptr (DubTensor) bias = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (2), &error);
  char *path = g_build_filename (folder, "threshold.onnx", NULL);

  dub_tensor_f32 (weight)[1] = 40.0f;
  dub_tensor_f32 (bias)[1] = -20.0f;

  int input = dub_graph_add_input (graph, "image", DUB_DTYPE_F32, &shape);
  const int conv[] = { input, dub_graph_add_constant (graph, "weight", weight, TRUE),
                       dub_graph_add_constant (graph, "bias", bias, TRUE) };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Conv", "logits", "", conv, 3));
  dub_onnx_save (graph, path, &error);
  g_assert_no_error (error);

  return path;
}

static inline char *
segment_volume (const char *folder,
                const char *name,
                int         n,
                int         unsure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (n, n, n), &error);
  const double affine[4][4] = { { 2, 0, 0, -16 }, { 0, 2, 0, -14 }, { 0, 0, 2, -12 }, { 0, 0, 0, 1 } };
  char *path = g_build_filename (folder, name, NULL);
  float *v = dub_tensor_f32 (voxels);

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int k = 0; k < n; k++) {
        gboolean bright = MIN (MIN (i, j), k) >= 4 && MAX (MAX (i, j), k) < 12;

        *v++ = !bright ? 0.0f : i < 4 + unsure ? 0.51f : 1.0f;
      }

  g_autoptr (DubVolume) volume = dub_volume_new (voxels, affine, &error);

  g_assert_no_error (error);
  dub_nifti_save (volume, path, DUB_DTYPE_F32, NULL, &error);
  g_assert_no_error (error);

  return path;
}

static inline void
segment_set_up (SegmentFixture *self)
{
  g_autoptr (GError) error = NULL;
  const DubPreprocess preprocess = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };

  self->folder = g_dir_make_tmp ("dubito-segment-XXXXXX", &error);
  g_assert_no_error (error);
  self->network = segment_network (self->folder);

  g_autofree char *sure = segment_volume (self->folder, "sure.nii", SEGMENT_N, 1);
  g_autofree char *unsure = segment_volume (self->folder, "unsure.nii", SEGMENT_N, 4);
  g_autofree char *other = segment_volume (self->folder, "other.nii", SEGMENT_N + 2, 1);

  self->study = dub_study_new ("Fixture");
  g_ptr_array_add (self->study->classes, g_strdup ("nothing"));
  g_ptr_array_add (self->study->classes, g_strdup ("cube"));
  dub_study_add_case (self->study, "sure", sure, -1);
  dub_study_add_case (self->study, "unsure", unsure, -1);
  dub_study_add_case (self->study, "other", other, -1);
  dub_study_add_model (self->study, "threshold", self->network, preprocess);
}

static inline void
segment_tear_down (SegmentFixture *self)
{
  remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->network);
  dub_study_unref (self->study);
}
