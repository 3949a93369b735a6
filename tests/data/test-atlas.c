#include "core/data/atlas-table.h"
#include "core/data/atlas.h"
#include "core/io/nifti.h"
#include "tests/io/scratch.h"
#include "tests/shared.h"

#include <string.h>

static const double TWO_MM[4][4] = { { 2, 0, 0, -9 }, { 0, 2, 0, 0 }, { 0, 0, 2, 0 }, { 0, 0, 0, 1 } };

/* Ten voxels from left to right, x from -9 to 9 mm, with these labels in the first of two rows. */
static void
write_labels (const char  *path,
              const float  labels[10])
{
  g_autoptr (DubTensor) voxels = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (10, 2, 1), NULL);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 10; i++)
    dub_tensor_f32 (voxels)[2 * i] = labels[i];

  g_autoptr (DubVolume) volume = dub_volume_new (voxels, TWO_MM, &error);

  g_assert_true (dub_nifti_save (volume, path, DUB_DTYPE_F32, NULL, &error));
  g_assert_no_error (error);
}

static DubAtlas *
load (const float   labels[10],
      const char   *table,
      GError      **error)
{
  Scratch scratch = scratch_new ();
  g_autofree char *labels_path = scratch_path (&scratch, "toy.nii");
  g_autofree char *table_path = scratch_path (&scratch, "toy.txt");

  write_labels (labels_path, labels);
  g_assert_true (g_file_set_contents (table_path, table, -1, NULL));

  DubAtlas *atlas = dub_atlas_load (labels_path, table_path, error);

  scratch_free (&scratch);

  return atlas;
}

static gboolean
warns (const DubAtlas *atlas,
       const char     *words)
{
  for (guint i = 0; i < atlas->warnings->len; i++)
    if (strstr (g_ptr_array_index (atlas->warnings, i), words) != NULL)
      return TRUE;

  return FALSE;
}

static const float LABELS[10] = { 41, 41, 37, 0, 90, 90, 0, 38, 42, 42 };

static void
test_regions (void)
{
  static const char *const TABLES[] = {
    "37 Hippocampus_L 4101\r\n38 Hippocampus_R 4102\r\n41 Amygdala_L 4201\r\n"
    "42 Amygdala_R 4202\r\n90 Vermis_6 9\r\n\r\n",
    "roi_value\troi_name\n0\tBackground\n42\tAmygdala_R\n41\tAmygdala_L\n"
    "90\tVermis_6\n38\tHippocampus_R\n37\tHippocampus_L\n",
    "\xef\xbb\xbfname\tcolour\tindex\nHippocampus L\tred\t37\nHippocampus R\tred\t38\n"
    "Amygdala L\t\t41\nAmygdala R\t\t42\nVermis 6\t\t90\n",
  };

  for (size_t t = 0; t < G_N_ELEMENTS (TABLES); t++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubAtlas) atlas = load (LABELS, TABLES[t], &error);

    g_assert_no_error (error);
    g_assert_cmpuint (atlas->warnings->len, ==, 0);
    g_assert_cmpuint (atlas->regions->len, ==, 5);
    g_assert_cmpstr (atlas->name, ==, "TOY");

    const DubRegion *region = &g_array_index (atlas->regions, DubRegion, 2);
    g_assert_cmpint (region->value, ==, 41);
    g_assert_cmpstr (region->name, ==, "Amygdala L");
    g_assert_cmpuint (region->n_voxels, ==, 2);
    g_assert_cmpfloat (region->centroid[0], ==, -8.0);
    g_assert_cmpstr (dub_atlas_at_world (atlas, (const double[3]) { 5.4, 0.3, -0.2 })->name, ==, "Hippocampus R");
    g_assert_null (dub_atlas_at_world (atlas, (const double[3]) { -3, 0, 0 }));
    g_assert_null (dub_atlas_at_world (atlas, (const double[3]) { 5.4, 2, 0 }));
    g_assert_null (dub_atlas_at_world (atlas, (const double[3]) { 1e300, 0, 0 }));
  }
}

static void
test_integrity (void)
{
  static const float MIRRORED[10] = { 42, 42, 38, 0, 90, 90, 0, 37, 41, 41 };
  static const float SWAPPED[10] = { 41, 41, 38, 0, 90, 90, 0, 37, 42, 42 };
  static const float BROKEN[10] = { 41, 41.5f, 0 };
  static const float EMPTY[10] = { 0 };
  const char *table = "37 Hippocampus_L\n38 Hippocampus_R\n41 Amygdala_L\n42 Amygdala_R\n90 Vermis_6\n";
  g_autoptr (GError) error = NULL;

  /* Both amygdalae under one value, as a table in wide use had them for years. */
  g_autoptr (DubAtlas) twice =
    load (LABELS, "37 Hippocampus_L\n38 Hippocampus_R\n41 Amygdala_L\n41 Amygdala_R\n90 Vermis_6\n", &error);
  g_assert_no_error (error);
  g_assert_true (warns (twice, "Label 41 is named twice: Amygdala L and, on line 4, Amygdala R"));
  g_assert_true (warns (twice, "Label 42 has 2 voxels but no name"));
  g_assert_cmpuint (twice->warnings->len, ==, 2);
  g_assert_cmpstr (g_array_index (twice->regions, DubRegion, 3).name, ==, "Label 42");

  g_autoptr (DubAtlas) lost = load (
      LABELS, "37 Hippocampus_L\n38 Hippocampus_R\n41 Amygdala_L\n42 Amygdala_R\n90 Vermis_6\n91 Vermis_6\n", &error);
  g_assert_no_error (error);
  g_assert_true (warns (lost, "Vermis 6 (label 91) has no voxel"));
  g_assert_true (warns (lost, "Vermis 6 is the name of two labels: 90 and, on line 6, 91"));
  g_assert_cmpuint (lost->warnings->len, ==, 2);

  g_autoptr (DubAtlas) mirrored = load (MIRRORED, table, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mirrored->warnings->len, ==, 1);
  g_assert_true (warns (mirrored, "4 of the 4 regions"));

  g_autoptr (DubAtlas) swapped = load (SWAPPED, table, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (swapped->warnings->len, ==, 2);
  g_assert_true (
      warns (swapped, "Hippocampus L (label 37) is named for the left but its centre lies 5.0 mm to the right"));

  g_assert_null (load (BROKEN, table, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "voxel (1, 0, 0) is 41.5"));
  g_clear_error (&error);
  g_assert_null (load (EMPTY, table, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (load (LABELS, "", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (load (LABELS, "1 One\nTwo 2\n", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "line 2 starts with \"Two\""));
  g_clear_error (&error);
  g_assert_null (load (LABELS, "1 One\n99999999999999999999 Two\n", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (load (LABELS, "1 One\n-2 Two\n", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
}

static void
test_sides (void)
{
  static const struct {
    const char *name;
    int         side;
    const char *stem;
  } CASES[] = {
    { "Hippocampus L", -1, "Hippocampus" },
    { "Frontal Sup 2 R", 1, "Frontal Sup 2" },
    { "lh insula", -1, "insula" },
    { "Right Amygdala", 1, "Amygdala" },
    { "Vermis 6", 0, "Vermis 6" },
    { "Small", 0, "Small" },
    { "L", 0, "L" },
    { "", 0, "" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autofree char *stem = dub_atlas_name_stem (CASES[i].name);

    g_assert_cmpint (dub_atlas_name_side (CASES[i].name), ==, CASES[i].side);
    g_assert_cmpstr (stem, ==, CASES[i].stem);
  }
}

static void
test_resample (void)
{
  /* A grid of 1 mm that ends before the right amygdala. */
  static const double ONE_MM[4][4] = { { 1, 0, 0, -9.5 }, { 0, 1, 0, -0.5 }, { 0, 0, 1, -0.5 }, { 0, 0, 0, 1 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubAtlas) atlas =
    load (LABELS, "37 Hippocampus_L\n38 Hippocampus_R\n41 Amygdala_L\n42 Amygdala_R\n90 Vermis_6\n", &error);
  g_autoptr (DubTensor) voxels = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (16, 4, 2), NULL);
  g_autoptr (DubVolume) grid = dub_volume_new (voxels, ONE_MM, &error);
  g_autoptr (DubAtlas) fine = dub_atlas_resample (atlas, grid, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (dub_volume_same_space (fine->labels, grid));
  g_assert_cmpuint (fine->regions->len, ==, 4);
  g_assert_cmpuint (fine->warnings->len, ==, 1);
  g_assert_true (warns (fine, "Amygdala R (label 42) has no voxel on the grid"));
  /* Two voxels of 2 mm are 16 of 1 mm, around the same centre. */
  g_assert_cmpuint (g_array_index (fine->regions, DubRegion, 2).n_voxels, ==, 16);
  g_assert_cmpfloat_with_epsilon (g_array_index (fine->regions, DubRegion, 2).centroid[0], -8.0, 1e-9);
}

/* The atlases that people use are whole. */
static void
test_installed (void)
{
  g_autofree char *aal2 = shared_path ("brain/clinica_atlas-AAL2_dseg.nii.gz");
  g_autofree char *aal2_table = shared_path ("brain/clinica_atlas-AAL2_dseg.tsv");
  const struct { const char *labels, *table; guint n_regions; int left, right; } ATLASES[] = {
    { "/usr/share/mricron/templates/aal.nii.gz", "/usr/share/mricron/templates/aal.nii.txt", 116, 37, 38 },
    { aal2, aal2_table, 120, 4101, 4102 },
  };
  guint n_checked = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (ATLASES); i++) {
    g_autoptr (GError) error = NULL;

    if (!g_file_test (ATLASES[i].labels, G_FILE_TEST_EXISTS))
      continue;
    n_checked++;

    g_autoptr (DubAtlas) atlas = dub_atlas_load (ATLASES[i].labels, ATLASES[i].table, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (atlas->warnings->len, ==, 0);
    g_assert_cmpuint (atlas->regions->len, ==, ATLASES[i].n_regions);
    for (guint r = 0; r < atlas->regions->len; r++) {
      const DubRegion *region = &g_array_index (atlas->regions, DubRegion, r);

      if (region->value == ATLASES[i].left) {
        g_assert_cmpstr (region->name, ==, "Hippocampus L");
        g_assert_cmpfloat (region->centroid[0], <, -20);
      } else if (region->value == ATLASES[i].right) {
        g_assert_cmpstr (region->name, ==, "Hippocampus R");
        g_assert_cmpfloat (region->centroid[0], >, 20);
      }
    }
  }
  if (n_checked == 0)
    g_test_skip ("Neither mricron-data nor the shared brains are here.");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/atlas/regions", test_regions);
  g_test_add_func ("/atlas/integrity", test_integrity);
  g_test_add_func ("/atlas/sides", test_sides);
  g_test_add_func ("/atlas/resample", test_resample);
  g_test_add_func ("/atlas/installed", test_installed);

  return g_test_run ();
}
