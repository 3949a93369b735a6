/* What the Calibration page writes and what “dubito-cli figure reliability” writes are the same files. */
#include <adwaita.h>

#include "tests/ui/calibration-fixture.h"

static void
test_export (Fixture       *fixture,
             gconstpointer  data)
{
  DubCalibrationPage *page = fixture->page;

  run_networks (fixture);

  g_autoptr (DubReliabilityFigure) figure = _dub_calibration_page_make_figure (page, NULL);
  g_autofree char *csv = dub_reliability_figure_to_csv (figure);

  g_assert_nonnull (strstr (csv, "Before"));
  g_assert_nonnull (strstr (csv, "After"));
  act (fixture, "calibration.copy", NULL);
  g_assert_true (gdk_clipboard_is_local (gtk_widget_get_clipboard (GTK_WIDGET (page))));
}

/* Saves every kind of file, lets the command line make the same ones with @options in addition, and compares byte for byte. */
static void
compare_files (Fixture           *fixture,
               const char        *program,
               const char *const *options)
{
  static const char *const endings[] = { "png", "svg", "pdf", "csv" };
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;
  DubExportOptions export;
  int status;

  dub_export_options_init (&export);
  export.dpi = 72.0;
  g_strv_builder_add_many (words, program, "figure", "reliability", fixture->folder, "--dpi", "72", NULL);
  g_strv_builder_addv (words, (const char **) options);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *ours = g_strdup_printf ("%s/window.%s", fixture->root, endings[i]);
    g_autofree char *theirs = g_strdup_printf ("%s/command-line.%s", fixture->root, endings[i]);

    g_assert_true (_dub_calibration_page_save (GTK_WIDGET (fixture->page), ours, &export, &error));
    g_assert_no_error (error);
    g_strv_builder_add_many (words, "-o", theirs, NULL);
  }

  g_auto (GStrv) argv = g_strv_builder_end (words);

  g_assert_true (g_spawn_sync (NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status, &error));
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s", said);
  for (guint i = G_N_ELEMENTS (endings); i-- > 0;) {
    g_autofree char *ours = g_strdup_printf ("%s/window.%s", fixture->root, endings[i]);
    g_autofree char *theirs = g_strdup_printf ("%s/command-line.%s", fixture->root, endings[i]);
    g_autofree char *bytes[2] = { NULL, NULL };
    gsize length[2];

    g_assert_true (g_file_get_contents (ours, &bytes[0], &length[0], NULL));
    g_assert_true (g_file_get_contents (theirs, &bytes[1], &length[1], NULL));
    if (g_str_equal (endings[i], "csv"))
      g_assert_cmpstr (bytes[0], ==, bytes[1]);
    g_test_message ("%s: %" G_GSIZE_FORMAT " bytes", endings[i], length[0]);
    g_assert_cmpmem (bytes[0], length[0], bytes[1], length[1]);
  }
}

/* The window and the command line are two mouths of one core: under the defaults of both, with every setting moved, of every
 * network in a panel of its own, of all curves in one panel, and of the answers as they are. */
static void
test_like_the_command_line (Fixture       *fixture,
                            gconstpointer  data)
{
  static const char *const defaults[] = { NULL };
  static const char *const others[] = { "--bins", "9", "--binning", "mass", "--class", "1", "--recalibrate", "platt", "--corp",
                                        "--consistency", NULL };
  static const char *const each[] = { "--each", NULL };
  static const char *const overlay[] = { "--overlay", NULL };
  static const char *const plain[] = { "--recalibrate", "none", NULL };
  static const char *const overlaid[] = { "--overlay", "--bins", "9", "--binning", "mass", "--class", "1", "--recalibrate", "platt",
                                          "--corp", "--consistency", NULL };
  const char *program = g_getenv ("DUBITO_CLI");

  if (program == NULL) {
    g_test_skip ("DUBITO_CLI names no program");
    return;
  }
  run_networks (fixture);
  wait_until (all_measured (fixture));
  compare_files (fixture, program, defaults);

  act (fixture, "calibration.view", "s", "models");
  wait_until (all_measured (fixture));
  compare_files (fixture, program, each);

  act (fixture, "calibration.view", "s", "overlay");
  wait_until (all_measured (fixture));
  g_assert_nonnull (side (fixture, 0)->low);
  compare_files (fixture, program, overlay);

  act (fixture, "calibration.view", "s", "pair");
  act (fixture, "calibration.method", "s", "none");
  wait_until (all_measured (fixture));
  compare_files (fixture, program, plain);

  act (fixture, "calibration.bins", "i", 9);
  act (fixture, "calibration.binning", "s", "mass");
  act (fixture, "calibration.class", "i", 1);
  act (fixture, "calibration.method", "s", "platt");
  act (fixture, "calibration.isotonic", NULL);
  act (fixture, "calibration.consistency", NULL);
  wait_until (dub_calibration_bench_get_fit (fixture->page->bench, NULL) != NULL && all_measured (fixture));
  compare_files (fixture, program, others);

  act (fixture, "calibration.view", "s", "overlay");
  wait_until (all_measured (fixture));
  compare_files (fixture, program, overlaid);
}

int
main (int   argc,
      char *argv[])
{
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL) {
    g_print ("1..0 # SKIP there is no display\n");
    return 0;
  }

  char *folder = application_folder ("dubito-calibration-export-XXXXXX");

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  AdwApplication *application = application_new ();
  const Given trained = { application, TRUE };

  g_test_add ("/calibration-export/words", Fixture, &trained, set_up, test_export, tear_down);
  g_test_add ("/calibration-export/like-the-command-line", Fixture, &trained, set_up, test_like_the_command_line, tear_down);

  int status = g_test_run ();

  g_object_unref (application);
  squares_remove (folder);

  return status;
}
