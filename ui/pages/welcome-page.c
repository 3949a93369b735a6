#include "ui/pages/welcome-page.h"

#include <glib/gi18n.h>

#include "core/study/demo-lesions.h"
#include "core/study/demo.h"
#include "ui/widgets/demo-card.h"

struct _DubWelcomePage {
  GtkWidget       parent_instance;
  DubRecent      *recent;
  DubPictureFunc  picture;
  gpointer        picture_data;
  GtkWidget      *child;
  GtkWidget      *halves;
  GtkWidget      *drop_area;
  GtkWidget      *drop_icon;
  GtkWidget      *drop_title;
  GtkWidget      *drop_words;
  GtkWidget      *first_button;
  GtkWidget      *second_button;
  GtkWidget      *recent_count;
  GtkWidget      *recent_stack;
  GtkWidget      *recent_list;
  GtkWidget      *demo_hint;
  DubDemoCard    *brain_card;
  DubDemoCard    *lesions_card;
  DubDemoState    demo_states[DUB_N_DEMOS];
  GtkWidget      *demo_box;
  GtkWidget      *keys;
  int             side_by_side; /* px that the halves need beside each other */
};

G_DEFINE_FINAL_TYPE (DubWelcomePage, dub_welcome_page, GTK_TYPE_WIDGET)

/* Below this width the two halves stand one above the other. */
enum { NARROW = 720, NARROWEST = 340 };

enum { BRAIN_MINUTES = 2, LESIONS_MINUTES = 3 };

/* "today", "yesterday", "Tuesday", "3 May 2026". (transfer full) */
static char *
describe_time (gint64 seconds)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (seconds);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (seconds <= 0 || then == NULL)
    return g_strdup ("");

  GDate day_then, day_now;

  g_date_clear (&day_then, 1);
  g_date_clear (&day_now, 1);
  g_date_set_dmy (&day_then, (GDateDay) g_date_time_get_day_of_month (then),
                  (GDateMonth) g_date_time_get_month (then), (GDateYear) g_date_time_get_year (then));
  g_date_set_dmy (&day_now, (GDateDay) g_date_time_get_day_of_month (now),
                  (GDateMonth) g_date_time_get_month (now), (GDateYear) g_date_time_get_year (now));

  int days = g_date_days_between (&day_then, &day_now);

  if (days <= 0)
    return g_strdup (_("today"));
  if (days == 1)
    return g_strdup (_("yesterday"));
  if (days < 7)
    return g_date_time_format (then, "%A");

  return g_date_time_format (then, "%e %b %Y");
}

static char *
describe_counts (guint n_cases,
                 guint n_models)
{
  g_autofree char *cases = g_strdup_printf (g_dngettext (NULL, "%u case", "%u cases", n_cases), n_cases);
  g_autofree char *models = g_strdup_printf (g_dngettext (NULL, "%u network", "%u networks", n_models), n_models);

  return g_strdup_printf ("%s · %s", cases, models);
}

static GtkWidget *
row_button (const char *icon,
            const char *label,
            const char *action,
            const char *folder,
            const char *tooltip)
{
  GtkWidget *button = icon != NULL ? gtk_button_new_from_icon_name (icon) : gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", folder);

  return button;
}

static GtkWidget *
row_picture (DubWelcomePage *self,
             DubRecentItem  *item)
{
  g_autoptr (GdkPaintable) paintable = NULL;

  if (self->picture != NULL && !dub_recent_item_is_missing (item))
    paintable = self->picture (dub_recent_item_get_folder (item), self->picture_data);

  GtkWidget *image = paintable != NULL ? gtk_image_new_from_paintable (paintable)
                                       : gtk_image_new_from_icon_name (dub_recent_item_is_missing (item)
                                                                       ? "folder-symbolic" : "dub-volume-symbolic");

  gtk_widget_set_size_request (image, 44, 44);
  gtk_widget_set_valign (image, GTK_ALIGN_CENTER);
  if (paintable != NULL) {
    gtk_image_set_pixel_size (GTK_IMAGE (image), 44);
    gtk_widget_set_overflow (image, GTK_OVERFLOW_HIDDEN);
    gtk_widget_add_css_class (image, "dub-thumbnail");
  } else {
    gtk_widget_add_css_class (image, "row-blank");
    gtk_widget_add_css_class (image, "dim-label");
  }

  return image;
}

static GtkWidget *
make_row (gpointer item_pointer,
          gpointer user_data)
{
  DubWelcomePage *self = user_data;
  DubRecentItem *item = item_pointer;
  gboolean missing = dub_recent_item_is_missing (item);
  const char *folder = dub_recent_item_get_folder (item);
  g_autofree char *counts = describe_counts (dub_recent_item_get_n_cases (item), dub_recent_item_get_n_models (item));
  g_autofree char *when = describe_time (dub_recent_item_get_time (item));
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), dub_recent_item_get_title (item));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               missing ? _("folder not found; its drive may be unplugged") : counts);
  gtk_widget_set_tooltip_text (row, folder);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), row_picture (self, item));

  GtkWidget *remove = row_button ("window-close-symbolic", NULL, "win.remove-recent", folder,
                                  _("Remove from this list; the study itself stays"));

  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  gtk_widget_add_css_class (remove, "remove");

  if (missing) {
    gtk_widget_add_css_class (row, "missing");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), row_button (NULL, _("Locate…"), "win.locate-recent", folder,
                                                                 _("Say where the folder is now")));
    return row;
  }

  GtkWidget *date = gtk_label_new (when);
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  gtk_widget_add_css_class (date, "caption-small");
  gtk_widget_add_css_class (date, "dim-label");
  gtk_widget_add_css_class (arrow, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), date);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-recent");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", folder);

  return row;
}

static void
recent_changed_cb (DubWelcomePage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->recent));
  g_autofree char *count = n > 0 ? g_strdup_printf ("%u", n) : g_strdup ("");

  gtk_label_set_label (GTK_LABEL (self->recent_count), count);
  gtk_stack_set_visible_child_name (GTK_STACK (self->recent_stack), n > 0 ? "list" : "empty");
}

static void
add_key_hint (DubWelcomePage *self,
              const char     *key,
              const char     *words)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  const char *const keys[] = { C_("key", "Ctrl"), key };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    GtkWidget *cap = gtk_label_new (keys[i]);

    gtk_widget_add_css_class (cap, "key");
    gtk_widget_set_valign (cap, GTK_ALIGN_CENTER);
    gtk_box_append (GTK_BOX (box), cap);
  }

  GtkWidget *label = gtk_label_new (words);

  gtk_widget_add_css_class (label, "caption-small");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (self->keys), box);
}

static void
dub_welcome_page_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  DubWelcomePage *self = DUB_WELCOME_PAGE (widget);
  int side_by_side = self->side_by_side;

  /* Words differ in length from language to language: what the halves need is seen while they stand side by side. */
  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->halves)) == GTK_ORIENTATION_HORIZONTAL)
    gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &side_by_side, NULL, NULL, NULL);
  self->side_by_side = side_by_side;

  GtkOrientation wanted = width < MAX (NARROW, side_by_side) ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;


  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->halves)) != wanted) {
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self->halves), wanted);
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self->demo_box), wanted);
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self->keys), wanted);
    gtk_box_set_spacing (GTK_BOX (self->keys), wanted == GTK_ORIENTATION_VERTICAL ? 8 : 30);
  }
  gtk_widget_allocate (self->child, width, height, baseline, NULL);
}

static void
dub_welcome_page_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  gtk_widget_measure (DUB_WELCOME_PAGE (widget)->child, orientation, -1, minimum, natural, NULL, NULL);
  /* The halves turn upright when it gets narrow, so the page asks for less than they need side by side. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, NARROWEST);
}

static void
dub_welcome_page_dispose (GObject *object)
{
  DubWelcomePage *self = DUB_WELCOME_PAGE (object);

  if (self->recent != NULL)
    g_signal_handlers_disconnect_by_data (self->recent, self);
  g_clear_object (&self->recent);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_WELCOME_PAGE);
  g_clear_pointer (&self->child, gtk_widget_unparent);

  G_OBJECT_CLASS (dub_welcome_page_parent_class)->dispose (object);
}

static void
dub_welcome_page_class_init (DubWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_welcome_page_dispose;
  widget_class->measure = dub_welcome_page_measure;
  widget_class->size_allocate = dub_welcome_page_size_allocate;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, child);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, halves);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, drop_area);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, drop_icon);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, drop_title);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, drop_words);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, first_button);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, second_button);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, recent_count);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, recent_stack);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, recent_list);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, demo_hint);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, brain_card);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, lesions_card);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, demo_box);
  gtk_widget_class_bind_template_child (widget_class, DubWelcomePage, keys);
}

static void
dub_welcome_page_init (DubWelcomePage *self)
{
  g_type_ensure (DUB_TYPE_DEMO_CARD);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_key_hint (self, "O", _("open"));
  add_key_hint (self, "N", _("new"));
  add_key_hint (self, "?", _("all shortcuts"));
}

void
dub_welcome_page_set_recent (DubWelcomePage *self,
                             DubRecent      *recent,
                             DubPictureFunc  picture,
                             gpointer        user_data)
{
  g_return_if_fail (DUB_IS_WELCOME_PAGE (self));
  g_return_if_fail (self->recent == NULL);

  self->recent = g_object_ref (recent);
  self->picture = picture;
  self->picture_data = user_data;
  gtk_list_box_bind_model (GTK_LIST_BOX (self->recent_list), G_LIST_MODEL (recent), make_row, self, NULL);
  g_signal_connect_swapped (recent, "items-changed", G_CALLBACK (recent_changed_cb), self);
  recent_changed_cb (self);
}

static void
set_button (GtkWidget  *button,
            const char *label,
            const char *action,
            const char *tooltip)
{
  gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tooltip);
}

void
dub_welcome_page_set_pending (DubWelcomePage *self,
                              DubPending      pending,
                              const char     *name)
{
  g_return_if_fail (DUB_IS_WELCOME_PAGE (self));

  g_autofree char *title = NULL;
  const char *icon = "dub-drop-symbolic";
  const char *words = _(".npz, .csv, folder of classes  ·  .onnx with .nii  ·  study folder");

  switch (pending) {
  case DUB_PENDING_NETWORK:
    title = g_strdup_printf (_("%s is ready: now drop a brain"), name);
    words = _("A volume the network can read: .nii, .nii.gz or .hdr");
    icon = "dub-network-symbolic";
    set_button (self->first_button, _("Choose a volume…"), "win.open", _("Choose a volume (Ctrl+O)"));
    break;
  case DUB_PENDING_VOLUMES:
    title = g_strdup_printf (_("%s is ready: now drop a network"), name);
    words = _("The network that reads it: .onnx");
    icon = "dub-volume-symbolic";
    set_button (self->first_button, _("Choose a network…"), "win.open", _("Choose a network (Ctrl+O)"));
    break;
  case DUB_PENDING_NONE:
  default:
    title = g_strdup (_("Drop a network and its data"));
    set_button (self->first_button, _("New study…"), "win.new", _("New study (Ctrl+N)"));
    break;
  }
  if (pending == DUB_PENDING_NONE)
    set_button (self->second_button, _("Open study…"), "win.open-folder", _("Open a study folder (Ctrl+Shift+O)"));
  else
    set_button (self->second_button, _("Start over"), "win.forget-pending", _("Forget the file and begin again"));

  gtk_image_set_from_icon_name (GTK_IMAGE (self->drop_icon), icon);
  gtk_label_set_label (GTK_LABEL (self->drop_title), title);
  gtk_label_set_label (GTK_LABEL (self->drop_words), words);
}

void
dub_welcome_page_set_drop_hover (DubWelcomePage *self,
                                 gboolean        hover)
{
  g_return_if_fail (DUB_IS_WELCOME_PAGE (self));

  if (hover)
    gtk_widget_add_css_class (self->drop_area, "hover");
  else
    gtk_widget_remove_css_class (self->drop_area, "hover");
}

/* What pressing a card does, and how long that takes where it was never done; or what is in it. (transfer full) */
static char *
describe_demo (DubDemoKind  kind,
               DubDemoState state)
{
  /* On two cores at 2.3 GHz that do little else. */
  static const guint MINUTES[DUB_N_DEMOS] = { [DUB_DEMO_BRAIN] = BRAIN_MINUTES, [DUB_DEMO_LESIONS] = LESIONS_MINUTES };
  DubDemoOptions brain = DUB_DEMO_DEFAULT;
  DubLesionsOptions lesions = DUB_LESIONS_DEFAULT;
  DubSplitOptions split = DUB_SPLIT_DEFAULT;

  if (state == DUB_DEMO_ABSENT)
    return g_strdup_printf (_("Make it and open it · about %u min"), MINUTES[kind]);
  if (state == DUB_DEMO_BEGUN)
    return g_strdup (_("Go on making it, and open it"));
  if (kind == DUB_DEMO_BRAIN)
    return g_strdup_printf (_("%u volumes · %g mm · 1 network"), brain.n_test, brain.voxel_size);

  return g_strdup_printf (_("%u images · %u networks"), lesions.n, split.n_folds);
}

void
dub_welcome_page_set_demo (DubWelcomePage *self,
                           DubDemoKind     kind,
                           DubDemoState    state,
                           GdkPaintable   *picture,
                           DubJob         *job)
{
  g_return_if_fail (DUB_IS_WELCOME_PAGE (self));
  g_return_if_fail (kind < DUB_N_DEMOS);

  g_autofree char *words = describe_demo (kind, state);
  gboolean all = TRUE;

  dub_demo_card_set (kind == DUB_DEMO_BRAIN ? self->brain_card : self->lesions_card, words, picture, job);
  self->demo_states[kind] = state;
  for (guint i = 0; i < DUB_N_DEMOS; i++)
    all = all && self->demo_states[i] == DUB_DEMO_READY;
  gtk_label_set_label (GTK_LABEL (self->demo_hint), all ? _("already computed, open at once")
                                                        : _("made on this machine, once"));
}
