/* Densities, similarity and the share inside a dilated truth, against hand-counted values. */
#include "core/explain/regions.h"

#include <math.h>

enum { N = 8, V = N * N * N };

static DubTensor *
filled (float value)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (N, N, N), NULL);

  for (size_t i = 0; i < V; i++)
    dub_tensor_f32 (tensor)[i] = value;

  return tensor;
}

static size_t
at (size_t i,
    size_t j,
    size_t k)
{
  return (i * N + j) * N + k;
}

/* Label 5 in planes 0 and 1, label 9 in plane 2, nothing elsewhere. */
static DubAtlas *
make_atlas (void)
{
  DubAtlas *atlas = g_new0 (DubAtlas, 1);
  g_autoptr (DubTensor) labels = filled (0.0f);
  static const struct { int value; const char *name; size_t n; } regions[] = { { 5, "five", 128 }, { 9, "nine", 64 } };

  g_atomic_ref_count_init (&atlas->ref_count);
  for (size_t i = 0; i < 3; i++)
    for (size_t j = 0; j < N * N; j++)
      dub_tensor_f32 (labels)[i * N * N + j] = i < 2 ? 5.0f : 9.0f;
  atlas->name = g_strdup ("test");
  atlas->labels = dub_volume_new (labels, NULL, NULL);
  atlas->warnings = g_ptr_array_new_with_free_func (g_free);
  atlas->regions = g_array_new (FALSE, TRUE, sizeof (DubRegion));
  for (size_t i = 0; i < G_N_ELEMENTS (regions); i++) {
    DubRegion region = { .value = regions[i].value, .name = g_strdup (regions[i].name), .n_voxels = regions[i].n };

    g_array_append_val (atlas->regions, region);
  }

  return atlas;
}

static void
free_atlas (DubAtlas *atlas)
{
  for (guint i = 0; i < atlas->regions->len; i++)
    g_free (g_array_index (atlas->regions, DubRegion, i).name);
  g_array_unref (atlas->regions);
  g_ptr_array_unref (atlas->warnings);
  dub_volume_unref (atlas->labels);
  g_free (atlas->name);
  g_free (atlas);
}

static void
test_densities (void)
{
  DubAtlas *atlas = make_atlas ();
  g_autoptr (DubTensor) mask = filled (1.0f);
  g_autoptr (DubTensor) wrong = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (N, N, N + 1), NULL);
  g_autoptr (GError) error = NULL;

  /* 4 of 128 voxels wholly, 16 of 64 half, and 12 of mass outside every region. */
  for (size_t k = 0; k < 4; k++)
    dub_tensor_f32 (mask)[at (0, 3, k)] = 0.0f;
  for (size_t j = 0; j < 2; j++)
    for (size_t k = 0; k < N; k++)
      dub_tensor_f32 (mask)[at (2, j, k)] = 0.5f;
  for (size_t k = 0; k < 12; k++)
    dub_tensor_f32 (mask)[at (7, 0, 0) + k] = 0.0f;

  g_autoptr (GArray) densities = dub_region_densities (atlas, mask, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (densities->len, ==, 2);

  DubRegionDensity *first = &g_array_index (densities, DubRegionDensity, 0);
  DubRegionDensity *second = &g_array_index (densities, DubRegionDensity, 1);

  g_assert_cmpstr (first->region->name, ==, "nine");
  g_assert_cmpfloat_with_epsilon (first->density, 8.0 / 64.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (first->share, 8.0 / 24.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (second->density, 4.0 / 128.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (second->share, 4.0 / 24.0, 1e-12);

  g_assert_null (dub_region_densities (atlas, wrong, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  free_atlas (atlas);
}

static void
test_empty_mask (void)
{
  DubAtlas *atlas = make_atlas ();
  g_autoptr (DubTensor) ones = filled (1.0f);
  g_autoptr (DubTensor) half = filled (0.5f);
  g_autoptr (GArray) densities = dub_region_densities (atlas, ones, NULL);

  g_assert_cmpfloat (g_array_index (densities, DubRegionDensity, 0).density, ==, 0.0);
  g_assert_true (isnan (g_array_index (densities, DubRegionDensity, 0).share));
  g_assert_true (isnan (dub_region_similarity (atlas, ones, half)));
  g_assert_true (isnan (dub_mass_inside (ones, half, 2.0)));
  free_atlas (atlas);
}

static void
test_similarity (void)
{
  DubAtlas *atlas = make_atlas ();
  g_autoptr (DubTensor) a = filled (1.0f);
  g_autoptr (DubTensor) b = filled (1.0f);

  /* Densities (3/128, 4/64)·c against (4/128, 0). */
  for (size_t k = 0; k < 3; k++)
    dub_tensor_f32 (a)[at (0, 0, k)] = 0.0f;
  for (size_t k = 0; k < 4; k++)
    dub_tensor_f32 (a)[at (2, 0, k)] = 0.0f;
  for (size_t k = 0; k < 4; k++)
    dub_tensor_f32 (b)[at (1, 0, k)] = 0.0f;

  double x = 3.0 / 128.0, y = 4.0 / 64.0;

  g_assert_cmpfloat_with_epsilon (dub_region_similarity (atlas, a, b), x / hypot (x, y), 1e-12);
  g_assert_cmpfloat_with_epsilon (dub_region_similarity (atlas, a, a), 1.0, 1e-12);
  free_atlas (atlas);
}

/* Mass at distances 0, 2, √5 and 3 of the one true voxel. */
static void
test_mass_inside (void)
{
  g_autoptr (DubTensor) mask = filled (1.0f);
  g_autoptr (DubTensor) truth = filled (0.0f);

  dub_tensor_f32 (truth)[at (3, 3, 3)] = 1.0f;
  dub_tensor_f32 (mask)[at (3, 3, 3)] = 0.0f;
  dub_tensor_f32 (mask)[at (3, 5, 3)] = 0.5f;
  dub_tensor_f32 (mask)[at (2, 3, 5)] = 0.75f;
  dub_tensor_f32 (mask)[at (3, 3, 6)] = 0.75f;

  g_assert_cmpfloat_with_epsilon (dub_mass_inside (mask, truth, 0.0), 1.0 / 2.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (dub_mass_inside (mask, truth, 1.9), 1.0 / 2.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (dub_mass_inside (mask, truth, 2.0), 1.5 / 2.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (dub_mass_inside (mask, truth, 2.24), 1.75 / 2.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (dub_mass_inside (mask, truth, 3.0), 1.0, 1e-12);

  /* A ball that leaves the volume. */
  g_assert_cmpfloat_with_epsilon (dub_mass_inside (mask, truth, 20.0), 1.0, 1e-12);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/regions/densities", test_densities);
  g_test_add_func ("/regions/empty-mask", test_empty_mask);
  g_test_add_func ("/regions/similarity", test_similarity);
  g_test_add_func ("/regions/mass-inside", test_mass_inside);

  return g_test_run ();
}
