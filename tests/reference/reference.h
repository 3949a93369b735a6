/* What other programs computed: the archives of this folder, whose makers stand beside them. */
#pragma once

#include "core/io/npy.h"

static inline DubNpz *
reference_open (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", name, NULL);
  g_autoptr (GError) error = NULL;
  DubNpz *npz = dub_npz_open (path, &error);

  g_assert_no_error (error);

  return npz;
}

static inline DubTensor *
reference_read (DubNpz     *npz,
                const char *name)
{
  g_autoptr (GError) error = NULL;
  DubTensor *tensor = dub_npz_read (npz, name, &error);

  g_assert_no_error (error);

  return tensor;
}

/* The same as doubles. @n: (nullable) */
static inline double *
reference_read_doubles (DubNpz     *npz,
                        const char *name,
                        size_t     *n)
{
  g_autoptr (DubTensor) tensor = reference_read (npz, name);
  size_t n_values = dub_tensor_n_elements (tensor);
  double *values = g_new (double, n_values);

  for (size_t i = 0; i < n_values; i++)
    values[i] = dub_tensor_get_double (tensor, i);
  if (n != NULL)
    *n = n_values;

  return values;
}
