/* The window's parts, shared by dub-window*.c only. */
#pragma once

#include "app/dub-demo.h"
#include "app/dub-study-dialog.h"
#include "app/dub-window.h"
#include "ui/model/recent.h"
#include "ui/model/session.h"
#include "ui/model/thumbnail.h"
#include "ui/pages/assistant-page.h"
#include "ui/pages/welcome-page.h"
#include "ui/widgets/sidebar-foot.h"

G_BEGIN_DECLS

typedef void (*DubLeaveFunc) (DubWindow *self);

struct _DubWindow {
  AdwApplicationWindow  parent_instance;
  DubSession           *session;
  DubRecent            *recent;
  DubDemo              *demos[DUB_N_DEMOS];
  DubThumbnails        *thumbnails;
  GtkFileChooserNative *chooser;       /* nobody else holds it while it is open */
  GStrv                 networks;      /* (nullable) files that wait for their other half */
  GStrv                 volumes;
  DubStudyDialog       *study_dialog;  /* (nullable) (weak) the question that is open */
  DubLeaveFunc          after_save;    /* (nullable) what the person wanted when the study had to be saved first */
  char                 *begin_path;    /* (nullable) what the assistant begins with once that is answered */
  GStrv                 begin_networks;
  char                 *locating;      /* folder of the missing study that is being located */
  gboolean              play_when_open;
  DubDemo              *open_when_made; /* (nullable) whose making was asked for last, by one who waits for it */
  guint                 start_source;  /* lets the work begin where no frame is ever drawn */
  gboolean              card_asked;    /* the picture of the brain demo's card is being made */

  AdwToastOverlay      *toasts;
  GtkStack             *root_stack;
  AdwBin               *welcome_place;
  DubWelcomePage       *welcome;       /* (nullable) made when it is first shown */
  DubAssistantPage     *assistant;     /* (nullable) likewise */
  AdwLeaflet           *leaflet;
  GtkWidget            *sidebar;
  GtkWidget            *sidebar_line;
  GtkWidget            *sidebar_button;
  AdwHeaderBar         *content_header;
  AdwWindowTitle       *content_title;
  GtkLabel             *study_title;
  GtkLabel             *study_subtitle;
  GtkListBox           *page_list;
  DubSidebarFoot       *foot;
  GtkStack             *pages;
  AdwStatusPage        *incomplete;
  GtkButton            *incomplete_button;
  GtkWidget            *undo_button;
  GtkWidget            *redo_button;
  GtkWidget            *export_button;
};

/* dub-window-actions.c */
void       _dub_window_install_actions    (GtkWidgetClass *klass);
void       _dub_window_init_actions       (DubWindow      *self);
void       _dub_window_update_actions     (DubWindow      *self);

/* dub-window-check.c */
/* Reads the first of what waits for its other half; says why, and forgets it, if that fails. */
void       _dub_window_check_pending      (DubWindow      *self);

/* dub-window-open.c */
void       _dub_window_init_drop          (DubWindow      *self);
void       _dub_window_choose_files       (DubWindow      *self);
/* ONNX files that are imported with the data of the open study. */
void       _dub_window_choose_networks    (DubWindow      *self);
void       _dub_window_choose_folder      (DubWindow      *self,
                                           const char     *locating);
void       _dub_window_choose_save        (DubWindow      *self);
void       _dub_window_new_study          (DubWindow      *self);
void       _dub_window_forget_pending     (DubWindow      *self);
/* Tells the welcome page what waits for its other half. */
void       _dub_window_update_pending     (DubWindow      *self);

/* dub-window-leave.c */
/* TRUE where nothing would be lost. Otherwise asks, and calls @leave once the study is saved or given up. */
gboolean   _dub_window_ask_to_leave       (DubWindow      *self,
                                           DubLeaveFunc    leave);

/* dub-window-new.c */
/* The assistant, anew. @path: (nullable): of a data set, opened at once; @networks: (nullable): imported with it */
void       _dub_window_show_assistant     (DubWindow      *self,
                                           const char     *path,
                                           const char *const *networks);

/* dub-window-pictures.c */
void       _dub_window_init_pictures      (DubWindow      *self);
/* The demo cards: their pictures, whether they are there, their jobs. */
void       _dub_window_update_demos       (DubWindow      *self);
GdkPaintable *_dub_window_study_picture   (const char     *folder,
                                           gpointer        user_data);

/* dub-window-start.c */
/* Nothing is read or computed before the first frame is on the screen. */
void       _dub_window_init_start         (DubWindow      *self);

/* dub-window.c */
/* Selects the page @name where the open study has it; FALSE otherwise. */
gboolean   _dub_window_show_page          (DubWindow      *self,
                                           const char     *name);
GtkWidget *_dub_window_current_page       (DubWindow      *self);
/* Runs a class action of the page on top; FALSE where it has none of that name. */
gboolean   _dub_window_run_page_action    (DubWindow      *self,
                                           const char     *name);
/* The welcome page, made where it was never shown. */
void       _dub_window_show_welcome       (DubWindow      *self);
/* "overview.export-csv" where the page on top has such an action, else NULL. (transfer full) */
char      *_dub_window_page_action_name   (DubWindow      *self,
                                           const char     *action);
void       _dub_window_remember_study     (DubWindow      *self);

G_END_DECLS
