#include "core/study/results-key.h"

#include <string.h>

enum { N_KEY = 64 };

DubTensor *
_dub_results_key_new (const char  *key,
                      GError     **error)
{
  g_return_val_if_fail (strlen (key) == N_KEY, NULL);

  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (N_KEY), error);

  if (tensor != NULL)
    memcpy (tensor->data, key, N_KEY);

  return tensor;
}

gboolean
_dub_results_has_key (DubNpz     *archive,
                      const char *key)
{
  g_autoptr (DubTensor) stored = dub_npz_has (archive, "key") ? dub_npz_read (archive, "key", NULL) : NULL;

  return stored != NULL && stored->dtype == DUB_DTYPE_U8 && dub_tensor_n_elements (stored) == N_KEY && strlen (key) == N_KEY &&
         memcmp (stored->data, key, N_KEY) == 0;
}
