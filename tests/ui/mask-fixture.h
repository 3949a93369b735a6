/* A study small enough for a test: a linear network that finds a dark patch, three volumes, an atlas of two regions.
 *
 * The volumes are N³ and 1 everywhere, except that the patient's patch is 0.2: class 1 ("AD") where the
 * patch is dark. Replacing the patch by 1 brings the probability of class 1 down.
 */
#pragma once

#include <glib/gstdio.h>

#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "core/study/study.h"

enum { FIXTURE_N = 12 };

typedef struct {
  char     *folder;
  DubStudy *study; /* cases: 0 patient, 1 control, 2 patient of another shape, 3 a file that is not there */
} MaskFixture;

static inline gboolean
fixture_in_patch (int i,
                  int j,
                  int k)
{
  return i >= 4 && i < 8 && j >= 4 && j < 8 && k >= 4 && k < 8;
}

static inline char *
fixture_volume (const char *folder,
                const char *name,
                int         n,
                float       outside,
                float       inside)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (n, n, n), &error);
  const double affine[4][4] = { { 2, 0, 0, -12 }, { 0, 2, 0, -10 }, { 0, 0, 2, -8 }, { 0, 0, 0, 1 } };
  char *path = g_build_filename (folder, name, NULL);
  float *v = dub_tensor_f32 (voxels);

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int k = 0; k < n; k++)
        *v++ = fixture_in_patch (i, j, k) ? inside : outside;

  g_autoptr (DubVolume) volume = dub_volume_new (voxels, affine, &error);

  g_assert_no_error (error);
  dub_nifti_save (volume, path, DUB_DTYPE_F32, NULL, &error);
  g_assert_no_error (error);

  return path;
}

/* Class 1 is a dark patch; the classes above it look at a part of the patch each, so that a mask moves their probabilities
 * against each other. */
static inline char *
fixture_network (const char *folder,
                 const char *name,
                 int         n_classes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = dub_graph_new ("patch", 13);
  const DubShape shape = DUB_SHAPE (-1, 1, FIXTURE_N, FIXTURE_N, FIXTURE_N);
  const int n = FIXTURE_N * FIXTURE_N * FIXTURE_N;
  g_autoptr (DubTensor) weight = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (n_classes, n), &error);
  g_autoptr (DubTensor) bias = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (n_classes), &error);
  char *path = g_build_filename (folder, name, NULL);
  float *w = dub_tensor_f32 (weight) + n;

  /* 64 voxels of the patch: logit 1 is 4 for 0.2 everywhere in it, and -4 for 1. */
  for (int c = 1; c < n_classes; c++) {
    for (int i = 0; i < FIXTURE_N; i++)
      for (int j = 0; j < FIXTURE_N; j++)
        for (int k = 0; k < FIXTURE_N; k++)
          *w++ = fixture_in_patch (i, j, k) && (c == 1 || (c == 2 ? i : j) < 6) ? -10.0f / 64.0f : 0.0f;
    dub_tensor_f32 (bias)[c] = 7.0f - (float) c;
  }

  int input = dub_graph_add_input (graph, "image", DUB_DTYPE_F32, &shape);
  int flat = dub_graph_apply (graph, "Flatten", "flat", "axis=1", &input, 1);
  const int gemm[] = { flat, dub_graph_add_constant (graph, "weight", weight, TRUE),
                       dub_graph_add_constant (graph, "bias", bias, TRUE) };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Gemm", "logits", "transB=1", gemm, 3));
  dub_onnx_save (graph, path, &error);
  g_assert_no_error (error);

  return path;
}

static inline void
fixture_set_up (MaskFixture *self)
{
  g_autoptr (GError) error = NULL;
  const DubPreprocess preprocess = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };

  self->folder = g_dir_make_tmp ("dubito-mask-XXXXXX", &error);
  g_assert_no_error (error);

  g_autofree char *patient = fixture_volume (self->folder, "patient.nii", FIXTURE_N, 1.0f, 0.2f);
  g_autofree char *control = fixture_volume (self->folder, "control.nii", FIXTURE_N, 1.0f, 1.0f);
  g_autofree char *other = fixture_volume (self->folder, "other.nii", FIXTURE_N + 2, 1.0f, 0.2f);
  g_autofree char *truth = fixture_volume (self->folder, "truth.nii", FIXTURE_N, 0.0f, 1.0f);
  g_autofree char *labels = fixture_volume (self->folder, "labels.nii", FIXTURE_N, 1.0f, 2.0f);
  g_autofree char *table = g_build_filename (self->folder, "labels.tsv", NULL);
  g_autofree char *missing = g_build_filename (self->folder, "missing.nii", NULL);
  g_autofree char *network = fixture_network (self->folder, "patch.onnx", 2);
  g_autofree char *network_4 = fixture_network (self->folder, "patch4.onnx", 4);

  g_file_set_contents (table, "roi_value\troi_name\n1\tRest\n2\tPatch R\n", -1, &error);
  g_assert_no_error (error);
  self->study = dub_study_new ("Fixture");
  g_ptr_array_add (self->study->classes, g_strdup ("CN"));
  g_ptr_array_add (self->study->classes, g_strdup ("AD"));
  dub_study_add_case (self->study, "patient", patient, 1);
  dub_study_add_case (self->study, "control", control, 0);
  dub_study_add_case (self->study, "other", other, 1);
  dub_study_add_case (self->study, "missing", missing, 1);
  ((DubStudyCase *) g_ptr_array_index (self->study->cases, 0))->truth_path = g_strdup (truth);
  dub_study_add_model (self->study, "patch", network, preprocess);
  dub_study_add_model (self->study, "patch4", network_4, preprocess);
  self->study->atlas_path = g_strdup (labels);
  self->study->atlas_table = g_strdup (table);
}

static inline void
fixture_tear_down (MaskFixture *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);

    g_remove (path);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
  dub_study_unref (self->study);
}
