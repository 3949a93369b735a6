#include "app/cli/cli-features.h"

#include "core/io/npy.h"

#include <math.h>
#include <string.h>

/* Labels that are not as many as the cases belong to others, or the cases do: which, nobody can tell here. */
static gboolean
take_labels (const char       *file,
             const char       *name,
             const DubTensor  *features,
             const DubTensor  *labels,
             int             **labels_out,
             GError          **error)
{
  size_t n = dub_tensor_n_elements (labels);
  int axis = features->shape.rank == 3 && strcmp (name, "features") == 0 ? 1 : 0;

  if (features->shape.rank >= 2 && (int64_t) n != features->shape.dim[axis]) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 _("“%s” has %d cases in “%s” and %zu labels in “labels”; save one label for each case (−1 where it is unknown), or "
                   "the features alone as .npy."), file, (int) features->shape.dim[axis], name, n);
    return FALSE;
  }
  *labels_out = g_new (int, MAX (n, 1));
  for (size_t i = 0; i < n; i++)
    (*labels_out)[i] = (int) CLAMP (dub_tensor_get_int (labels, i), -1, INT32_MAX);

  return TRUE;
}

gboolean
cli_features_check_range (const char       *file,
                          const DubTensor  *raw,
                          size_t            n_cases,
                          size_t            n_features,
                          GError          **error)
{
  size_t n = dub_tensor_n_elements (raw);

  if (raw->dtype != DUB_DTYPE_F64)
    return TRUE;
  for (size_t i = 0; i < n; i++) {
    double value = dub_tensor_get_double (raw, i);

    if (isfinite (value) && !isfinite ((float) value)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   _("The features in “%s” have %g in case %zu, feature %zu (counted from 0), beyond what single precision holds (3.4e38); "
                     "divide them all by one large number, or leave such cases out."), file, value, i / n_features % n_cases,
                   i % n_features);
      return FALSE;
    }
  }

  return TRUE;
}

static DubTensor *
read_npz (const char  *file,
          const char  *array,
          int          network,
          int        **labels_out,
          GError     **error)
{
  g_autoptr (DubNpz) npz = dub_npz_open (file, error);
  const char *name = array != NULL ? array : "features";

  if (npz == NULL)
    return NULL;
  if (array == NULL && !dub_npz_has (npz, name)) {
    if (dub_npz_n_arrays (npz) != 1) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   _("“%s” has no array “features”; name another of its %zu arrays with --array."), file,
                   dub_npz_n_arrays (npz));
      return NULL;
    }
    name = dub_npz_name (npz, 0);
  }

  g_autoptr (DubTensor) features = dub_npz_read (npz, name, error);

  if (features == NULL)
    return NULL;
  if (dub_npz_has (npz, "labels")) {
    g_autoptr (DubTensor) labels = dub_npz_read (npz, "labels", error);

    if (labels == NULL || !take_labels (file, name, features, labels, labels_out, error))
      return NULL;
  }
  /* Several networks' features, as export writes them. */
  if (features->shape.rank == 3 && strcmp (name, "features") == 0) {
    if (network >= features->shape.dim[0]) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("“%s” has features of %d networks; --network is %d, expected below."),
                   file, (int) features->shape.dim[0], network);
      return NULL;
    }

    g_autoptr (DubTensor) one = dub_tensor_slice (features, 0, network, 1, 1, error);
    g_autoptr (DubTensor) whole = one != NULL ? dub_tensor_contiguous (one, error) : NULL;

    return whole != NULL ? dub_tensor_reshape (whole, DUB_SHAPE (features->shape.dim[1], features->shape.dim[2]), error) : NULL;
  }

  return g_steal_pointer (&features);
}

DubTensor *
cli_features_load (const char  *file,
                   const char  *array,
                   int          network,
                   int        **labels,
                   GError     **error)
{
  g_autoptr (DubTensor) raw = g_str_has_suffix (file, ".npz") ? read_npz (file, array, network, labels, error)
                                                              : dub_npy_load (file, error);

  if (raw == NULL)
    return NULL;
  if (raw->shape.rank < 2 || dub_tensor_n_elements (raw) == 0) {
    g_autofree char *shape = dub_shape_to_string (&raw->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, _("The features in “%s” are %s, expected cases × features."), file, shape);
    return NULL;
  }

  size_t n_cases = (size_t) raw->shape.dim[0], n_features = dub_tensor_n_elements (raw) / n_cases;

  if (!cli_features_check_range (file, raw, n_cases, n_features, error))
    return NULL;

  g_autoptr (DubTensor) floats = dub_tensor_convert (raw, DUB_DTYPE_F32, error);

  return floats != NULL ? dub_tensor_reshape (floats, DUB_SHAPE ((int64_t) n_cases, (int64_t) n_features), error) : NULL;
}
