#include "app/dub-window-private.h"

#include <glib/gi18n.h>

#include "ui/model/study-kind.h"
#include "ui/pages/calibration-page.h"
#include "ui/pages/cases-page.h"
#include "ui/pages/failure-page.h"
#include "ui/pages/latent-page.h"
#include "ui/pages/mask-page.h"
#include "ui/pages/overview-page.h"
#include "ui/pages/segment-page.h"
#include "ui/pages/training-page.h"

enum { UNFOLD_WIDTH = 900 };

/* A page of a study; the sidebar lists those that apply to the open one. */
typedef struct {
  const char *name;
  const char *title;
  const char *icon;
  GType     (*get_type) (void);
  gboolean  (*applies)  (const DubStudy *study);
} DubPageEntry;

/* A mask needs volumes of their own; what only a data set has is shown by the other pages. */
static gboolean
has_volumes (const DubStudy *study)
{
  return study->data == NULL;
}

/* Networks are trained where there is a data set to read. */
static gboolean
has_data (const DubStudy *study)
{
  return study->data != NULL && study->data->path != NULL;
}

/* A study of cases that were split and learned from, rather than of volumes to be masked. */
static gboolean
is_of_data (const DubStudy *study)
{
  return study->data != NULL;
}

/* One answer a case: what a segmentation says has a place of its own. */
static gboolean
has_cases (const DubStudy *study)
{
  return study->data != NULL && (study->data->task == DUB_TASK_BINARY || study->data->task == DUB_TASK_MULTICLASS);
}

/* In the order of the sidebar. */
static const DubPageEntry PAGES[] = {
  { "overview", N_("Overview"), "dub-overview-symbolic", dub_overview_page_get_type, is_of_data },
  { "cases", N_("Cases"), "dub-cases-symbolic", dub_cases_page_get_type, has_cases },
  { "latent", N_("Latent Space"), "dub-latent-symbolic", dub_latent_page_get_type, has_cases },
  { "calibration", N_("Calibration"), "dub-calibration-symbolic", dub_calibration_page_get_type, has_cases },
  { "failure", N_("Failure Detection"), "dub-failure-symbolic", dub_failure_page_get_type, has_cases },
  { "segment", N_("Cases"), "dub-cases-symbolic", dub_segment_page_get_type, has_volumes },
  { "mask", N_("Mask"), "dub-mask-symbolic", dub_mask_page_get_type, has_volumes },
  { "training", N_("Training"), "dub-training-symbolic", dub_training_page_get_type, has_data },
};

G_DEFINE_FINAL_TYPE (DubWindow, dub_window, ADW_TYPE_APPLICATION_WINDOW)

/* Volumes are masked where the network says one class of the whole, and segmented where it says one of every voxel. */
static gboolean
applies (DubWindow          *self,
         const DubPageEntry *entry)
{
  DubStudy *study = dub_session_get_study (self->session);
  gboolean segments = dub_study_kind_segments (dub_study_kind_of_session (self->session));

  if (study == NULL || !entry->applies (study))
    return FALSE;
  if (entry->get_type == dub_segment_page_get_type)
    return segments;

  return entry->get_type != dub_mask_page_get_type || !segments;
}

static DubSettingsState *
settings_of (DubWindow *self)
{
  return dub_session_get_settings (self->session);
}

static const DubPageEntry *
selected_entry (DubWindow *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->page_list);

  return &PAGES[row != NULL ? gtk_list_box_row_get_index (row) : 0];
}

/* Shows the rows of the pages that apply, and keeps the chosen one where it does. */
static void
update_page_list (DubWindow *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->page_list), *first = NULL;
  gboolean keep = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (PAGES); i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->page_list, (int) i);
    gboolean applied = applies (self, &PAGES[i]);
    GtkWidget *page = gtk_stack_get_child_by_name (self->pages, PAGES[i].name);

    gtk_widget_set_visible (GTK_WIDGET (row), applied);
    /* The pages of volumes compute: one that nobody can look at must not. */
    if (page != NULL && !applied && PAGES[i].applies == has_volumes && has_volumes (study))
      gtk_stack_remove (self->pages, page);
    if (applied && first == NULL)
      first = row;
    keep |= applied && row == selected;
  }
  if (!keep)
    gtk_list_box_select_row (self->page_list, first);
}

/* By Enter, click or key, not by the arrow keys, which may want to go on: a page says itself what takes the focus. */
static void
focus_page (DubWindow *self)
{
  GtkWidget *page = _dub_window_current_page (self);

  if (page != NULL)
    gtk_widget_grab_focus (page);
}

/* Selects the page @name where the open study has it; FALSE otherwise. */
gboolean
_dub_window_show_page (DubWindow  *self,
                       const char *name)
{
  DubStudy *study = dub_session_get_study (self->session);

  for (gsize i = 0; study != NULL && i < G_N_ELEMENTS (PAGES); i++)
    if (g_str_equal (PAGES[i].name, name) && applies (self, &PAGES[i])) {
      gtk_list_box_select_row (self->page_list, gtk_list_box_get_row_at_index (self->page_list, (int) i));
      focus_page (self);
      return TRUE;
    }

  return FALSE;
}

/* Writes down what the next start and the welcome page need to know. */
void
_dub_window_remember_study (DubWindow *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  DubStudyCase *item = dub_session_get_case (self->session);

  if (study != NULL && study->folder != NULL)
    dub_recent_add (self->recent, study, item != NULL ? item->id : NULL);
  g_object_set (settings_of (self), "last-study", study != NULL && study->folder != NULL ? study->folder : "", NULL);
}

/* A page may say itself what it shows, by a property. (transfer full) (nullable) */
static char *
page_subtitle (DubWindow *self)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->pages, selected_entry (self)->name);
  char *subtitle = NULL;

  if (page != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (page), "subtitle") != NULL)
    g_object_get (page, "subtitle", &subtitle, NULL);

  return subtitle;
}

static void
update_title (DubWindow *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  DubStudyCase *item = dub_session_get_case (self->session);
  DubStudyModel *model = dub_session_get_model (self->session);
  DubAtlas *atlas = dub_session_get_atlas (self->session);
  const char *parts[4] = { NULL };
  int n = 0;

  if (study == NULL) {
    gtk_window_set_title (GTK_WINDOW (self), "Dubito");
    return;
  }
  if (item != NULL)
    parts[n++] = item->id;
  /* What a page shows of a data set it says itself: it has more networks than one. */
  if (model != NULL && study->data == NULL)
    parts[n++] = model->id;
  if (atlas != NULL && atlas->name != NULL && atlas->name[0] != '\0')
    parts[n++] = atlas->name;

  g_autofree char *where = page_subtitle (self);

  if (where == NULL)
    where = g_strjoinv (" · ", (char **) parts);

  guint n_cases = study->data != NULL ? (guint) study->data->n_cases : study->cases->len;
  g_autofree char *cases = g_strdup_printf (g_dngettext (NULL, "%u case", "%u cases", n_cases), n_cases);
  g_autofree char *models = g_strdup_printf (g_dngettext (NULL, "%u network", "%u networks", study->models->len),
                                             study->models->len);
  g_autofree char *counts = g_strdup_printf ("%s · %s", cases, models);
  g_autofree char *title = g_strdup_printf ("%s - Dubito", study->title);

  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_window_title_set_title (self->content_title, _(selected_entry (self)->title));
  adw_window_title_set_subtitle (self->content_title, where);
  /* The demos' own titles, which are made without a language, have translations. */
  gtk_label_set_label (self->study_title, g_str_equal (study->title, "Atrophy demo")   ? _("Atrophy demo")
                                          : g_str_equal (study->title, "Lesions demo") ? _("Lesions demo")
                                                                                       : study->title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->study_title), study->folder != NULL ? study->folder : study->title);
  gtk_label_set_label (self->study_subtitle, counts);
}

/* Which page stands in the content: the chosen one, or what is missing for it. */
static void
update_page (DubWindow *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL)
    return;

  if (study->data == NULL && (study->models->len == 0 || study->cases->len == 0)) {
    gboolean network = study->models->len == 0;

    adw_status_page_set_icon_name (self->incomplete, network ? "dub-network-symbolic" : "dub-volume-symbolic");
    adw_status_page_set_title (self->incomplete, network ? _("This study has no network")
                                                         : _("This study has no volume"));
    adw_status_page_set_description (self->incomplete,
                                     network ? _("Drop an ONNX file here, or choose one.")
                                             : _("Drop a NIfTI volume here, or choose one."));
    gtk_button_set_label (self->incomplete_button, network ? _("Choose a Network…") : _("Choose a Volume…"));
    gtk_stack_set_visible_child_name (self->pages, "incomplete");
    _dub_window_update_actions (self);
    return;
  }

  const DubPageEntry *entry = selected_entry (self);

  /* A page is made when it is first looked at: the first frame waits for nothing else. */
  if (gtk_stack_get_child_by_name (self->pages, entry->name) == NULL) {
    gboolean real = entry->get_type () != ADW_TYPE_BIN;
    GtkWidget *page = real ? g_object_new (entry->get_type (), "session", self->session, NULL) : adw_bin_new ();

    gtk_stack_add_named (self->pages, page, entry->name);
    g_signal_connect_object (page, "notify::subtitle", G_CALLBACK (update_title), self, G_CONNECT_SWAPPED);
    update_title (self);
  }
  gtk_stack_set_visible_child_name (self->pages, entry->name);
  _dub_window_update_actions (self);

  if (self->play_when_open) {
    self->play_when_open = FALSE;
    _dub_window_run_page_action (self, "mask.play");
  }
}

/* Made when it is first shown, as the other pages are: a window that opens with a study does without it. */
static void
ensure_welcome (DubWindow *self)
{
  if (self->welcome != NULL)
    return;
  self->welcome = g_object_new (DUB_TYPE_WELCOME_PAGE, NULL);
  dub_welcome_page_set_recent (self->welcome, self->recent, _dub_window_study_picture, self);
  _dub_window_update_pending (self);
  _dub_window_update_demos (self);
  adw_bin_set_child (self->welcome_place, GTK_WIDGET (self->welcome));
}

void
_dub_window_show_welcome (DubWindow *self)
{
  ensure_welcome (self);
  gtk_stack_set_visible_child_name (self->root_stack, "welcome");
}

static void
study_changed_cb (DubWindow *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  update_title (self);
  if (study != NULL) {
    update_page_list (self);
    update_page (self);
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
  } else {
    dub_recent_refresh (self->recent);
  }
  if (study == NULL && gtk_widget_get_realized (GTK_WIDGET (self)))
    ensure_welcome (self);
  gtk_stack_set_visible_child_name (self->root_stack, study != NULL ? "study" : "welcome");
  _dub_window_update_actions (self);
}

static void
study_edited_cb (DubWindow *self)
{
  update_title (self);
  update_page_list (self);
  update_page (self);
}

static void
selection_changed_cb (DubWindow *self)
{
  update_title (self);
  _dub_window_update_actions (self);
}

/* A list box selects the row that the Tab key comes to, and selecting shows: Tab meets the selected row alone, and the arrow
 * keys move among them. */
static void
update_tab_stop (DubWindow     *self,
                 GtkListBoxRow *row)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean inside = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->page_list));

  gtk_widget_set_focusable (GTK_WIDGET (row), TRUE);
  if (inside)
    gtk_widget_grab_focus (GTK_WIDGET (row));
  for (gsize i = 0; i < G_N_ELEMENTS (PAGES); i++) {
    GtkListBoxRow *other = gtk_list_box_get_row_at_index (self->page_list, (int) i);

    if (other != row)
      gtk_widget_set_focusable (GTK_WIDGET (other), FALSE);
  }
}

static void
page_selected_cb (DubWindow     *self,
                  GtkListBoxRow *row)
{
  if (row == NULL)
    return;
  update_tab_stop (self, row);
  update_title (self);
  update_page (self);
}

static void
page_activated_cb (DubWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
  focus_page (self);
}

/* A flat, closable remark: three seconds are enough for a sentence, failures get a dialog. */
static void
toast_cb (DubWindow  *self,
          const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_set_title (toast, escaped);
  adw_toast_set_timeout (toast, 4);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
failure_cb (DubWindow  *self,
            const char *heading,
            const char *message)
{
  /* What fails before the window is up, as the last study may at the start, is told above the window. */
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    gtk_window_present (GTK_WINDOW (self));

  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, message);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
demo_made_cb (DubWindow  *self,
              const char *message,
              DubDemo    *demo)
{
  gboolean waited = self->open_when_made == demo;

  if (waited)
    self->open_when_made = NULL;
  if (message != NULL) {
    failure_cb (self, _("The demo study could not be made"), message);
    return;
  }
  /* Whoever opened something else meanwhile is not torn away from it. */
  if (waited && dub_session_get_study (self->session) == NULL) {
    dub_window_open_study (self, dub_demo_get_folder (demo));
    if (dub_demo_get_kind (demo) == DUB_DEMO_BRAIN)
      dub_window_play (self);
  } else {
    toast_cb (self, _("The demo study is ready: it is on the welcome page."));
  }
}

static void
update_sidebar (DubWindow *self)
{
  if (self->session == NULL)
    return;

  gboolean folded = adw_leaflet_get_folded (self->leaflet), visible;

  g_object_get (settings_of (self), "sidebar-visible", &visible, NULL);
  gtk_widget_set_visible (self->sidebar, folded || visible);
  gtk_widget_set_visible (self->sidebar_line, !folded && visible);
  gtk_widget_set_visible (self->sidebar_button, folded || !visible);
  adw_header_bar_set_show_start_title_buttons (self->content_header, folded || !visible);
}

static GtkWidget *
page_row (const DubPageEntry *entry)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (_(entry->title));

  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (entry->icon));
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _(entry->title), -1);

  return row;
}

static void
set_session (DubWindow        *self,
             DubSettingsState *settings)
{
  DubSession *session = dub_session_new (settings);
  DubHistory *history = dub_session_get_history (session);
  int width, height;
  gboolean maximized;

  self->session = session;
  g_object_get (settings, "window-width", &width, "window-height", &height, "window-maximized", &maximized, NULL);
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (maximized)
    gtk_window_maximize (GTK_WINDOW (self));

  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "study-edited", G_CALLBACK (study_edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dub_study_kind_of_session (session), "changed", G_CALLBACK (study_edited_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::case-index", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::model-index", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::can-go-back", G_CALLBACK (_dub_window_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::can-go-forward", G_CALLBACK (_dub_window_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::atlas", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "toast", G_CALLBACK (toast_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "failure", G_CALLBACK (failure_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (history, "notify", G_CALLBACK (_dub_window_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "notify::sidebar-visible", G_CALLBACK (update_sidebar), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < DUB_N_DEMOS; i++) {
    self->demos[i] = dub_demo_new (dub_session_get_jobs (session), (DubDemoKind) i);
    g_signal_connect_object (self->demos[i], "changed", G_CALLBACK (_dub_window_update_demos), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->demos[i], "made", G_CALLBACK (demo_made_cb), self, G_CONNECT_SWAPPED);
  }

  dub_sidebar_foot_set_session (self->foot, session);
  _dub_window_init_pictures (self);
  update_sidebar (self);
  _dub_window_init_actions (self);
  _dub_window_init_start (self);
}

static void
dub_window_realize (GtkWidget *widget)
{
  DubWindow *self = DUB_WINDOW (widget);

  if (dub_session_get_study (self->session) == NULL)
    ensure_welcome (self);
  GTK_WIDGET_CLASS (dub_window_parent_class)->realize (widget);
}

static void
dub_window_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  /* A page needs the whole width of a small window, whatever its least width is. */
  adw_leaflet_set_can_unfold (DUB_WINDOW (widget)->leaflet, width >= UNFOLD_WIDTH);
  GTK_WIDGET_CLASS (dub_window_parent_class)->size_allocate (widget, width, height, baseline);
}

static void
close_window (DubWindow *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
dub_window_close_request (GtkWindow *window)
{
  DubWindow *self = DUB_WINDOW (window);
  int width, height;

  if (!_dub_window_ask_to_leave (self, close_window))
    return TRUE;

  gtk_window_get_default_size (window, &width, &height);
  g_object_set (settings_of (self), "window-width", MAX (width, 360), "window-height", MAX (height, 300),
                "window-maximized", gtk_window_is_maximized (window), NULL);
  _dub_window_remember_study (self);
  dub_jobs_cancel_all (dub_session_get_jobs (self->session));

  return GTK_WINDOW_CLASS (dub_window_parent_class)->close_request (window);
}

static void
dub_window_dispose (GObject *object)
{
  DubWindow *self = DUB_WINDOW (object);

  if (self->session != NULL)
    dub_jobs_cancel_all (dub_session_get_jobs (self->session));
  g_clear_handle_id (&self->start_source, g_source_remove);
  g_clear_weak_pointer (&self->study_dialog);
  g_clear_object (&self->chooser);
  for (guint i = 0; i < DUB_N_DEMOS; i++)
    g_clear_object (&self->demos[i]);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->recent);
  g_clear_pointer (&self->networks, g_strfreev);
  g_clear_pointer (&self->begin_path, g_free);
  g_clear_pointer (&self->begin_networks, g_strfreev);
  g_clear_pointer (&self->volumes, g_strfreev);
  g_clear_pointer (&self->locating, g_free);
  self->welcome = NULL;
  self->assistant = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_WINDOW);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_window_parent_class)->dispose (object);
}

static void
dub_window_class_init (DubWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = dub_window_close_request;
  widget_class->realize = dub_window_realize;
  widget_class->size_allocate = dub_window_size_allocate;

  g_type_ensure (DUB_TYPE_SIDEBAR_FOOT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/window.ui");
  gtk_widget_class_bind_template_child (widget_class, DubWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, root_stack);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, welcome_place);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, sidebar_line);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, content_header);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, content_title);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, study_title);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, study_subtitle);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, page_list);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, foot);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, incomplete);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, incomplete_button);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, redo_button);
  gtk_widget_class_bind_template_child (widget_class, DubWindow, export_button);
  _dub_window_install_actions (widget_class);
  /* After everything that has a use of its own for the key. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.clear-selection", NULL);
}

static void
dub_window_init (DubWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  for (gsize i = 0; i < G_N_ELEMENTS (PAGES); i++)
    gtk_list_box_append (self->page_list, page_row (&PAGES[i]));
  g_signal_connect_swapped (self->page_list, "row-selected", G_CALLBACK (page_selected_cb), self);
  g_signal_connect_swapped (self->page_list, "row-activated", G_CALLBACK (page_activated_cb), self);
  g_signal_connect_swapped (self->leaflet, "notify::folded", G_CALLBACK (update_sidebar), self);
  _dub_window_init_drop (self);
}

DubWindow *
dub_window_new (AdwApplication   *application,
                DubSettingsState *settings,
                DubRecent        *recent)
{
  DubWindow *self = g_object_new (DUB_TYPE_WINDOW, "application", application, NULL);

  self->recent = g_object_ref (recent);
  set_session (self, settings);

  return self;
}

DubSession *
dub_window_get_session (DubWindow *self)
{
  g_return_val_if_fail (DUB_IS_WINDOW (self), NULL);

  return self->session;
}

gboolean
dub_window_open_study (DubWindow  *self,
                       const char *folder)
{
  g_return_val_if_fail (DUB_IS_WINDOW (self), FALSE);

  g_autoptr (GError) error = NULL;
  g_autofree char *case_id = NULL;
  DubRecentItem *item = dub_recent_find (self->recent, folder);

  if (item != NULL)
    case_id = g_strdup (dub_recent_item_get_case_id (item));
  _dub_window_remember_study (self);
  if (!dub_session_open (self->session, folder, &error)) {
    g_autoptr (GError) told = g_error_new (error->domain, error->code, "%s\n\n%s", error->message,
                                           _("Nothing was changed. Mend what is named above, or open another study."));

    dub_session_fail (self->session, _("The study could not be opened"), told);
    dub_recent_refresh (self->recent);
    return FALSE;
  }

  DubStudy *study = dub_session_get_study (self->session);

  for (guint i = 0; case_id != NULL && i < study->cases->len; i++) {
    DubStudyCase *candidate = g_ptr_array_index (study->cases, i);

    if (g_strcmp0 (candidate->id, case_id) == 0)
      dub_session_select (self->session, (int) i, -1);
  }
  _dub_window_remember_study (self);

  return TRUE;
}

void
dub_window_open_demo (DubWindow   *self,
                      DubDemoKind  kind)
{
  g_return_if_fail (DUB_IS_WINDOW (self));
  g_return_if_fail (kind < DUB_N_DEMOS);

  if (dub_demo_get_state (self->demos[kind]) == DUB_DEMO_READY) {
    dub_window_open_study (self, dub_demo_get_folder (self->demos[kind]));
    return;
  }
  self->open_when_made = self->demos[kind];
  dub_demo_make (self->demos[kind]);
}

void
dub_window_play (DubWindow *self)
{
  g_return_if_fail (DUB_IS_WINDOW (self));

  if (!_dub_window_run_page_action (self, "mask.play"))
    self->play_when_open = TRUE;
}
