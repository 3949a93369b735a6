#include "core/tensor/tensor.h"

#include <math.h>

static DubTensor *
counting (void)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (2, 3, 4), NULL);

  for (int i = 0; i < 24; i++)
    dub_tensor_f32 (tensor)[i] = (float) i;

  return tensor;
}

static void
test_views (void)
{
  static const int axes[3] = { 2, 0, 1 };
  g_autoptr (DubTensor) tensor = counting ();
  g_autoptr (DubTensor) turned = dub_tensor_permute (tensor, axes, NULL);
  g_autoptr (DubTensor) copy = dub_tensor_contiguous (turned, NULL);
  g_autoptr (DubTensor) reversed = dub_tensor_slice (tensor, 2, 3, 4, -1, NULL);

  g_assert_false (dub_tensor_is_contiguous (turned));
  g_assert_true (dub_tensor_is_contiguous (copy));
  /* turned[k, i, j] = tensor[i, j, k] */
  for (size_t k = 0; k < 4; k++)
    for (size_t i = 0; i < 2; i++)
      for (size_t j = 0; j < 3; j++)
        g_assert_cmpfloat (dub_tensor_f32 (copy)[(k * 2 + i) * 3 + j], ==, (float) ((i * 3 + j) * 4 + k));
  g_assert_cmpfloat (dub_tensor_get_double (reversed, 0), ==, 3.0);
  g_assert_cmpfloat (dub_tensor_get_double (reversed, 23), ==, 20.0);
}

static void
test_errors (void)
{
  g_autoptr (DubTensor) tensor = counting ();
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (G_MAXINT64 / 2, 16), &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_MEMORY);
  g_clear_error (&error);
  g_assert_null (dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (-1), &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_MEMORY);
  g_clear_error (&error);
  g_assert_null (dub_tensor_reshape (tensor, DUB_SHAPE (5, 5), &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_tensor_slice (tensor, 0, 1, 2, 1, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

static void
test_convert (void)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (5), NULL);
  float values[5] = { 1.9f, -1.9f, 300.0f, NAN, -500.0f };

  for (int i = 0; i < 5; i++)
    dub_tensor_f32 (tensor)[i] = values[i];

  g_autoptr (DubTensor) bytes = dub_tensor_convert (tensor, DUB_DTYPE_I8, NULL);
  g_autoptr (DubTensor) flags = dub_tensor_convert (tensor, DUB_DTYPE_BOOL, NULL);
  g_autoptr (DubTensor) back = dub_tensor_convert (bytes, DUB_DTYPE_F32, NULL);
  const float expected[5] = { 1, -1, 127, 0, -128 };

  for (int i = 0; i < 5; i++) {
    g_assert_cmpfloat (dub_tensor_f32 (back)[i], ==, expected[i]);
    g_assert_cmpint (dub_tensor_get_int (flags, (size_t) i), ==, 1);
  }
}

static void
test_scalar_and_empty (void)
{
  DubShape scalar = { .rank = 0 };
  g_autoptr (DubTensor) one = dub_tensor_new_zeros (DUB_DTYPE_F64, scalar, NULL);
  g_autoptr (DubTensor) none = dub_tensor_new_zeros (DUB_DTYPE_F64, DUB_SHAPE (3, 0), NULL);
  g_autofree char *text = dub_shape_to_string (&none->shape);

  g_assert_cmpuint (dub_tensor_n_elements (one), ==, 1);
  g_assert_cmpuint (dub_tensor_n_elements (none), ==, 0);
  g_assert_cmpstr (text, ==, "3×0");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/views", test_views);
  g_test_add_func ("/tensor/errors", test_errors);
  g_test_add_func ("/tensor/convert", test_convert);
  g_test_add_func ("/tensor/scalar-and-empty", test_scalar_and_empty);

  return g_test_run ();
}
