/* The Calibration page in a window of its own, over a study of squares. */
#pragma once

#include "tests/ui/application.h"
#include "tests/ui/find.h"
#include "tests/ui/squares-fixture.h"
#include "ui/pages/calibration-page-private.h"

/* What a test begins with. */
typedef struct {
  AdwApplication *application;
  gboolean        trained;
} Given;

typedef struct {
  char               *root;
  char               *folder;
  DubWindow          *window;
  DubSession         *session;
  DubCalibrationPage *page;
} Fixture;

static inline GtkWidget *
shown_page (Fixture *fixture,
            GType    type)
{
  return find_widget (GTK_WIDGET (fixture->window), type);
}

static inline void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  const Given *given = data;
  g_autoptr (GError) error = NULL;

  fixture->root = squares_new (given->trained, &fixture->folder);
  fixture->window = application_window (given->application, fixture->root, 1280, 800);
  fixture->session = g_object_ref (dub_window_get_session (fixture->window));
  gtk_window_present (GTK_WINDOW (fixture->window));
  g_assert_true (dub_session_open (fixture->session, fixture->folder, &error));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.page", "s", "calibration"));
  wait_until (shown_page (fixture, DUB_TYPE_CALIBRATION_PAGE) != NULL);
  fixture->page = DUB_CALIBRATION_PAGE (shown_page (fixture, DUB_TYPE_CALIBRATION_PAGE));
}

static inline void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gpointer page = fixture->page;

  g_object_add_weak_pointer (G_OBJECT (fixture->page), &page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  wait_until (page == NULL);
  g_object_unref (fixture->session);
  squares_remove (fixture->root);
  g_free (fixture->folder);
}

static inline DubCalibrationItem *
side (Fixture *fixture,
      int      which)
{
  return dub_calibration_bench_get_side (fixture->page->bench, which);
}

static inline gboolean
all_measured (Fixture *fixture)
{
  DubCalibrationBench *bench = fixture->page->bench;

  return side (fixture, 0) != NULL && !dub_calibration_bench_is_reading (bench) && !dub_calibration_bench_is_measuring (bench);
}

static inline void
run_networks (Fixture *fixture)
{
  wait_for_text (GTK_WIDGET (fixture->page), "The networks were not run over these cases yet");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "calibration.run", NULL));
  wait_until (side (fixture, 1) != NULL && !dub_calibration_bench_is_reading (fixture->page->bench));
}

static inline void
act (Fixture    *fixture,
     const char *action,
     const char *type,
     ...)
{
  GVariant *argument = NULL;
  va_list list;

  va_start (list, type);
  if (type != NULL)
    argument = g_variant_new_va (type, NULL, &list);
  va_end (list);
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (fixture->page), action, argument));
}
