/* reference.npz: a few prepared inputs and what the network answered where it was trained. */
#include "core/study/study-import-private.h"

#include "core/io/npy.h"

#include <math.h>
#include <string.h>

/* Of the largest reference value, or of 1. */
static const double TOLERANCE = 1e-4;

static gboolean
same_numbers (const char       *file,
              const char       *what,
              const DubTensor  *told,
              const float      *found,
              GError          **error)
{
  size_t n = dub_tensor_n_elements (told), row = (size_t) told->shape.dim[1];
  double largest = 1.0;

  for (size_t i = 0; i < n; i++)
    largest = MAX (largest, fabs ((double) dub_tensor_f32 (told)[i]));
  for (size_t i = 0; i < n; i++)
    if (!(fabs ((double) found[i] - (double) dub_tensor_f32 (told)[i]) <= TOLERANCE * largest)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s: %s %zu of case %zu is %g, but the network beside it computes %g: it is another network, or computed otherwise.",
                   file, what, i % row, i / row, (double) dub_tensor_f32 (told)[i], (double) found[i]);
      return FALSE;
    }

  return TRUE;
}

static DubTensor *
read_reference (DubNpz      *archive,
                const char  *file,
                const char  *array,
                int          rank,
                int64_t      n,
                GError     **error)
{
  g_autoptr (DubTensor) tensor = dub_npz_read (archive, array, error);

  if (tensor == NULL)
    return NULL;
  if (tensor->dtype != DUB_DTYPE_F32 || (rank > 0 && tensor->shape.rank != rank) || tensor->shape.rank < 2 ||
      tensor->shape.dim[0] < 1 || (n > 0 && tensor->shape.dim[0] != n) || dub_tensor_n_elements (tensor) == 0) {
    g_autofree char *shape = dub_shape_to_string (&tensor->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: array %s is %s %s; expected float32 numbers, the cases first.", file,
                 array, dub_dtype_name (tensor->dtype), shape);
    return NULL;
  }

  return g_steal_pointer (&tensor);
}

gboolean
dub_study_check_reference (const char  *path,
                           gboolean    *checked,
                           DubRun      *run,
                           GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *file = g_build_filename (folder, "reference.npz", NULL);

  *checked = g_file_test (file, G_FILE_TEST_EXISTS);
  if (!*checked)
    return TRUE;

  g_autoptr (DubNpz) archive = dub_npz_open (file, error);
  g_autoptr (DubTensor) input = archive != NULL ? read_reference (archive, file, "input", 0, 0, error) : NULL;
  g_autoptr (DubTensor) logits =
    input != NULL ? read_reference (archive, file, "logits", 2, input->shape.dim[0], error) : NULL;
  gboolean has_features = archive != NULL && dub_npz_has (archive, "features");
  g_autoptr (DubTensor) features =
    logits != NULL && has_features ? read_reference (archive, file, "features", 2, input->shape.dim[0], error) : NULL;

  if (logits == NULL || (has_features && features == NULL))
    return FALSE;

  DubShape shape = { .rank = input->shape.rank - 1 };
  size_t n = (size_t) input->shape.dim[0], bad;

  memcpy (shape.dim, input->shape.dim + 1, sizeof (int64_t) * (size_t) shape.rank);

  g_autoptr (DubClassifier) network =
    dub_classifier_new (path, path, &shape, (size_t) logits->shape.dim[1], 1, run, error);

  if (network == NULL)
    return FALSE;
  if (features != NULL && network->n_features != (size_t) features->shape.dim[1]) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has %zu features a case; the network beside it gives %zu.", file,
                 (size_t) features->shape.dim[1], network->n_features);
    return FALSE;
  }

  g_autofree float *found_logits = g_new (float, n * network->n_classes);
  g_autofree float *found_features = g_new (float, MAX (n * network->n_features, 1));

  return dub_classifier_run (network, dub_tensor_f32 (input), n, found_logits, found_features, &bad, run, error) &&
         same_numbers (file, "logit", logits, found_logits, error) &&
         (features == NULL || same_numbers (file, "feature", features, found_features, error));
}
