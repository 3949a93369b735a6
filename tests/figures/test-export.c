#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "core/io/png.h"
#include "figure-phantom.h"

static char *folder;

static char *
export_to (const DubMaskFigure *figure,
           const char          *name,
           double               dpi)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  DubExportOptions options = { .width_mm = DUB_EXPORT_ONE_COLUMN_MM, .dpi = dpi };
  g_autoptr (GError) error = NULL;

  dub_mask_figure_export (figure, path, &options, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&path);
}

static GBytes *
read_bytes (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *bytes;
  gsize length;

  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);

  return g_bytes_new_take (bytes, length);
}

static gboolean
contains (const char *path,
          const char *text)
{
  g_autoptr (GBytes) bytes = read_bytes (path);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return memmem (data, length, text, strlen (text)) != NULL;
}

/* The window has drawn a thousand things before it exports; the command line nothing. */
static void
test_equal_bytes (void)
{
  static const char *const endings[] = { "png", "svg", "pdf", "csv" };

  for (size_t i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *first_name = g_strdup_printf ("first.%s", endings[i]);
    g_autofree char *second_name = g_strdup_printf ("second.%s", endings[i]);
    g_autoptr (DubMaskFigure) first = figure_phantom_new ();
    g_autoptr (DubMaskFigure) second = figure_phantom_new ();
    g_autofree char *first_path = export_to (first, first_name, 150.0);

    for (int noise = 0; noise < 7; noise++) {
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 3, 3);
      cairo_t *cr = cairo_create (surface);

      cairo_paint (cr);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }

    g_autofree char *second_path = export_to (second, second_name, 150.0);
    g_autoptr (GBytes) first_bytes = read_bytes (first_path);
    g_autoptr (GBytes) second_bytes = read_bytes (second_path);

    g_assert_true (g_bytes_equal (first_bytes, second_bytes));
    g_remove (first_path);
    g_remove (second_path);
  }
}

static void
test_provenance (void)
{
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  g_autofree char *png = export_to (figure, "p.png", 100.0);
  g_autofree char *svg = export_to (figure, "p.svg", 100.0);
  g_autofree char *pdf = export_to (figure, "p.pdf", 100.0);
  g_autofree char *csv = export_to (figure, "p.csv", 100.0);

  g_assert_true (contains (png, "model-sha256"));
  g_assert_true (contains (png, "2cf24dba5fb0a30e26e83b2ac5b9e29e"));
  g_assert_true (contains (svg, "<entry key=\"model-sha256\">2cf24dba5fb0a30e26e83b2ac5b9e29e</entry>"));
  g_assert_true (contains (svg, "<entry key=\"model\">cnn3d &lt;fold 0&gt;</entry>"));
  g_assert_true (contains (pdf, "/CreationDate (20000101000000Z)"));
  g_assert_true (contains (pdf, "model-sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e"));
  g_assert_true (contains (csv, "# model-sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e\n"));
  g_assert_true (contains (csv, "# lambda1: 10\n"));
  g_assert_true (contains (csv, "\"AD\",0.9979,0.0038\n"));
  g_assert_true (contains (csv, "\"Hippocampus L\",0.289,0.132,2225\n"));
  g_assert_true (contains (csv, "\niteration,total,score,area,smoothness\n0,1.4,1,0.4,0\n"));
  g_remove (png);
  g_remove (svg);
  g_remove (pdf);
  g_remove (csv);
}

static void
test_text_is_text (void)
{
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  g_autofree char *svg = export_to (figure, "t.svg", 100.0);
  g_autofree char *pdf = export_to (figure, "t.pdf", 100.0);
  g_autoptr (GError) error = NULL;

  g_assert_true (contains (svg, ">sub-091 · cnn3d &lt;fold 0&gt;</text>"));
  g_assert_true (contains (svg, ">Hippocampus L</text>"));
  g_assert_false (contains (svg, "<symbol"));
  g_assert_true (contains (pdf, "/ToUnicode"));

  /* It is a document that a parser takes. */
  g_autoptr (GBytes) bytes = read_bytes (svg);
  const GMarkupParser parser = { 0 };
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, G_MARKUP_PREFIX_ERROR_POSITION, NULL, NULL);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  g_markup_parse_context_parse (context, data, (gssize) length, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_markup_parse_context_free (context);
  g_remove (svg);
  g_remove (pdf);
}

/* Renumbering keeps names apart: every id of the document is its own, and every reference has one. */
static void
test_svg_names (void)
{
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  g_autofree char *svg = export_to (figure, "n.svg", 100.0);
  g_autoptr (GBytes) bytes = read_bytes (svg);
  g_autoptr (GRegex) definition = g_regex_new ("id=\"([^\"]+)\"", 0, 0, NULL);
  g_autoptr (GRegex) reference = g_regex_new ("(?:href=\"#|url\\(#)([^\")]+)", 0, 0, NULL);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GMatchInfo) use = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  for (g_regex_match_full (definition, text, (gssize) length, 0, 0, &match, NULL); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    g_assert_true (g_hash_table_add (names, g_match_info_fetch (match, 1)));
  g_assert_cmpuint (g_hash_table_size (names), >, 3);
  for (g_regex_match_full (reference, text, (gssize) length, 0, 0, &use, NULL); g_match_info_matches (use);
       g_match_info_next (use, NULL)) {
    g_autofree char *name = g_match_info_fetch (use, 1);

    g_assert_true (g_hash_table_contains (names, name));
  }
  g_remove (svg);
}

static void
test_png_size (void)
{
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  g_autofree char *path = export_to (figure, "s.png", 300.0);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) picture = dub_png_load (path, &error);

  g_assert_no_error (error);
  /* 85 mm at 300 dpi */
  g_assert_cmpint (picture->shape.dim[1], ==, 1004);
  g_assert_cmpint (picture->shape.dim[2], ==, 3);
  g_remove (path);
}

static void
test_refusals (void)
{
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  DubExportOptions options;
  g_autoptr (GError) error = NULL;

  dub_export_options_init (&options);
  g_assert_false (dub_mask_figure_export (figure, "figure.jpeg", &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, ".svg"));
  g_clear_error (&error);
  options.width_mm = -3.0;
  g_assert_false (dub_mask_figure_export (figure, "figure.svg", &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options.width_mm = 1000.0;
  options.dpi = 1200.0;
  g_assert_false (dub_mask_figure_export (figure, "figure.png", &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_MEMORY);
  g_clear_error (&error);
  dub_export_options_init (&options);
  g_assert_false (dub_mask_figure_export (figure, "/nowhere/at/all/figure.svg", &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_clear_error (&error);

  /* A mask from elsewhere is not drawn over an image that it does not belong to. */
  g_autoptr (DubVolume) other = phantom_new ("RAS", phantom_value);

  g_assert_false (dub_mask_figure_set_volumes (figure, figure->base, other, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

/* A limit of the file's size stands for a disk that fills up. */
static void
test_full_disk (void)
{
  static const char *const endings[] = { "png", "svg", "pdf", "csv" };
  g_autoptr (DubMaskFigure) figure = figure_phantom_new ();
  DubExportOptions options;
  struct rlimit before, tight;

  dub_export_options_init (&options);
  options.dpi = 72.0;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strdup_printf ("full.%s", endings[i]);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) read_error = NULL;
    g_autofree char *kept = NULL;
    gboolean saved;

    g_assert_true (g_file_set_contents (path, "the old file", -1, NULL));
    tight = before;
    tight.rlim_cur = 256;
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
    saved = dub_mask_figure_export (figure, path, &options, &error);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
    g_assert_false (saved);
    g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
    g_file_get_contents (path, &kept, NULL, &read_error);
    g_assert_no_error (read_error);
    g_assert_cmpstr (kept, ==, "the old file");
    g_remove (path);
  }
  /* Nothing half-written is left beside them. */
  g_autoptr (GDir) rest = g_dir_open (folder, 0, NULL);

  g_assert_null (g_dir_read_name (rest));
}

/* A figure with nothing but an image is a figure. */
static void
test_partial (void)
{
  g_autoptr (DubMaskFigure) figure = dub_mask_figure_new ();
  g_autoptr (DubVolume) base = phantom_new ("RAS", phantom_value);
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_mask_figure_set_volumes (figure, base, NULL, NULL, &error));

  g_autofree char *svg = export_to (figure, "partial.svg", 72.0);
  g_autofree char *csv = export_to (figure, "partial.csv", 72.0);
  g_autoptr (DubMaskFigure) nothing = dub_mask_figure_new ();
  g_autofree char *pdf = export_to (nothing, "nothing.pdf", 72.0);

  g_remove (svg);
  g_remove (csv);
  g_remove (pdf);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("dubito-figures-XXXXXX", NULL);
  g_test_add_func ("/export/equal-bytes", test_equal_bytes);
  g_test_add_func ("/export/provenance", test_provenance);
  g_test_add_func ("/export/text-is-text", test_text_is_text);
  g_test_add_func ("/export/svg-names", test_svg_names);
  g_test_add_func ("/export/png-size", test_png_size);
  g_test_add_func ("/export/refusals", test_refusals);
  g_test_add_func ("/export/partial", test_partial);
  g_test_add_func ("/export/full-disk", test_full_disk);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);

  return status;
}
