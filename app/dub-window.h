/* The window: welcome page or open study, sidebar, pages, toasts.
 *
 * Class actions: win.new, win.open, win.open-folder, win.open-recent (s), win.locate-recent (s),
 * win.remove-recent (s), win.open-demo, win.forget-pending, win.save, win.close-study, win.close, win.undo,
 * win.redo, win.back, win.forward, win.toggle-sidebar, win.fullscreen, win.radiological,
 * win.color-scheme (s), win.page (s), win.clear-selection, win.page-action (s), win.export-figure, win.export-csv, win.export-nifti, win.play.
 */
#pragma once

#include <adwaita.h>

#include "ui/model/recent.h"
#include "ui/model/session.h"
#include "ui/pages/welcome-page.h"

G_BEGIN_DECLS

#define DUB_TYPE_WINDOW (dub_window_get_type ())
G_DECLARE_FINAL_TYPE (DubWindow, dub_window, DUB, WINDOW, AdwApplicationWindow)

/* @recent: shared by the windows of the process */
DubWindow  *dub_window_new         (AdwApplication   *application,
                                    DubSettingsState *settings,
                                    DubRecent        *recent);

DubSession *dub_window_get_session (DubWindow        *self);

/* Opens a study folder; a failure is shown with what to do next. */
gboolean    dub_window_open_study  (DubWindow        *self,
                                    const char       *folder);
/* Opens whatever was given: study folders, networks, volumes. */
void        dub_window_open_files  (DubWindow        *self,
                                    GListModel       *files);
/* Makes the demo study where it is not there yet, and opens it. */
void        dub_window_open_demo   (DubWindow        *self,
                                    DubDemoKind       kind);
/* Starts the computation of the page as soon as a study is shown. */
void        dub_window_play        (DubWindow        *self);

/* Says that the study @name, which was open last, is not where it was. */
void        dub_window_toast_missing (DubWindow  *self,
                                      const char *name);

G_END_DECLS
