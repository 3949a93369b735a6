#include "app/cli/cli-features.h"

#include "core/io/npy.h"

#include <string.h>

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
    size_t n = labels != NULL ? dub_tensor_n_elements (labels) : 0;

    if (labels == NULL)
      return NULL;
    *labels_out = g_new (int, MAX (n, 1));
    for (size_t i = 0; i < n; i++)
      (*labels_out)[i] = (int) CLAMP (dub_tensor_get_int (labels, i), -1, INT32_MAX);
    /* Labels of something else are no labels of these. */
    if (features->shape.rank < 2 || (int64_t) n != features->shape.dim[features->shape.rank == 3 && strcmp (name, "features") == 0])
      g_clear_pointer (labels_out, g_free);
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
  g_autoptr (DubTensor) floats = raw != NULL ? dub_tensor_convert (raw, DUB_DTYPE_F32, error) : NULL;

  if (floats == NULL)
    return NULL;
  if (floats->shape.rank < 2 || dub_tensor_n_elements (floats) == 0) {
    g_autofree char *shape = dub_shape_to_string (&floats->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, _("The features in “%s” are %s, expected cases × features."), file, shape);
    return NULL;
  }

  return dub_tensor_reshape (floats, DUB_SHAPE (floats->shape.dim[0],
                                                (int64_t) dub_tensor_n_elements (floats) / floats->shape.dim[0]), error);
}
