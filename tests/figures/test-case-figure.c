/* The sheet of one case: its table, its size, and that equal cases give equal files. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "ui/figures/case-figure.h"

static DubTensor *
image_new (DubDtype dtype,
           DubShape shape)
{
  DubTensor *image = dub_tensor_new_zeros (dtype, shape, NULL);
  size_t n = dub_tensor_n_elements (image);

  for (size_t i = 0; i < n; i++)
    if (dtype == DUB_DTYPE_U8)
      ((guint8 *) image->data)[i] = (guint8) (i * 255 / n);
    else
      dub_tensor_f32 (image)[i] = (float) i / (float) n - 0.5f;

  return image;
}

static DubCaseFigure *
figure_new (gboolean volume)
{
  DubCaseFigure *figure = dub_case_figure_new ();
  g_autoptr (GBytes) picture = g_bytes_new_take (g_malloc0 (3 * 16), 3 * 16);

  figure->study = g_strdup ("Squares");
  figure->id = g_strdup ("test-1, \"odd\"");
  figure->part = g_strdup ("test");
  figure->truth = 0;
  figure->predicted = 1;
  g_ptr_array_add (figure->classes, g_strdup ("malignant"));
  g_ptr_array_add (figure->classes, g_strdup ("benign"));
  figure->n_models = 2;
  figure->mean = g_memdup2 (((double[]) { 0.25, 0.75 }), 2 * sizeof (double));
  figure->models = g_memdup2 (((double[]) { 0.5, 0.5, 0.0, 1.0 }), 4 * sizeof (double));
  figure->kind = DUB_DATASET_MEDMNIST;
  figure->image = volume ? image_new (DUB_DTYPE_U8, DUB_SHAPE (1, 1, 6, 8)) : image_new (DUB_DTYPE_U8, DUB_SHAPE (1, 6, 8));
  figure->heat = volume ? image_new (DUB_DTYPE_F32, DUB_SHAPE (1, 1, 6, 8)) : image_new (DUB_DTYPE_F32, DUB_SHAPE (6, 8));
  figure->diverging = volume;
  figure->heat_title = g_strdup ("Ensemble SD lost if 3 × 3 hidden");
  figure->n_calibration = 20;
  dub_case_figure_add_score (figure, "MSR", 0.25, 0.9);
  dub_case_figure_add_score (figure, "TTA", (double) NAN, (double) NAN);
  dub_case_figure_add_tile (figure->views, picture, 4, "benign", 0.5, "rotate 3°", TRUE);
  dub_case_figure_add_tile (figure->neighbours, NULL, 4, "malignant", 1.5, "train-7", TRUE);
  dub_case_figure_note (figure, "case", figure->id);

  return figure;
}

static void
test_table (void)
{
  g_autoptr (DubCaseFigure) figure = figure_new (FALSE);
  g_autofree char *csv = dub_case_figure_to_csv (figure);

  g_assert_cmpstr (csv, ==,
                   "kind,name,value,percentile,id\n"
                   "true label,malignant,,,\"test-1, \"\"odd\"\"\"\n"
                   "predicted,benign,,,\"test-1, \"\"odd\"\"\"\n"
                   "probability,malignant,0.25,,\n"
                   "probability,malignant,0.5,,model 1\n"
                   "probability,malignant,0,,model 2\n"
                   "probability,benign,0.75,,\n"
                   "probability,benign,0.5,,model 1\n"
                   "probability,benign,1,,model 2\n"
                   "score,MSR,0.25,0.9,\n"
                   "score,TTA,,,\n"
                   "view,benign,0.5,,rotate 3°\n"
                   "\"neighbour, near-duplicate\",malignant,1.5,,train-7\n");
}

static void
test_files (gconstpointer volume)
{
  static const char *const NAMES[] = { "a.png", "a.svg", "a.pdf" };
  g_autofree char *folder = g_dir_make_tmp ("dubito-case-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  DubExportOptions options;

  dub_export_options_init (&options);
  options.dpi = 72.0;
  for (gsize i = 0; i < G_N_ELEMENTS (NAMES); i++) {
    g_autofree char *path = g_build_filename (folder, NAMES[i], NULL), *first = NULL, *second = NULL;
    gsize n_first = 0, n_second = 0;

    for (int pass = 0; pass < 2; pass++) {
      g_autoptr (DubCaseFigure) figure = figure_new (GPOINTER_TO_INT (volume));

      g_assert_true (dub_case_figure_export (figure, path, &options, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, pass == 0 ? &first : &second, pass == 0 ? &n_first : &n_second, &error));
      g_remove (path);
    }
    g_assert_cmpmem (first, n_first, second, n_second);
    g_assert_cmpuint (n_first, >, 1000);
  }
  g_rmdir (folder);
}

/* What is not there takes no room: a case without networks is a sheet, too. */
static void
test_bare (void)
{
  g_autoptr (DubCaseFigure) whole = figure_new (FALSE), bare = dub_case_figure_new ();

  bare->study = g_strdup ("Squares");
  bare->id = g_strdup ("test-1");
  bare->image = image_new (DUB_DTYPE_U8, DUB_SHAPE (1, 6, 8));
  g_assert_cmpfloat (dub_case_figure_height (bare, 490.0), <, dub_case_figure_height (whole, 490.0));
  /* One column: numbers stand below the pictures. */
  g_assert_cmpfloat (dub_case_figure_height (whole, 240.0), >, dub_case_figure_height (whole, 490.0));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case-figure/table", test_table);
  g_test_add_data_func ("/case-figure/files", GINT_TO_POINTER (FALSE), test_files);
  g_test_add_data_func ("/case-figure/files-of-volume", GINT_TO_POINTER (TRUE), test_files);
  g_test_add_func ("/case-figure/bare", test_bare);

  return g_test_run ();
}
