/* Warnings, each with what answers it; and what is computed, with what would compute the rest. */
#include "ui/pages/overview-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "core/stats/bootstrap.h"

char *
_dub_overview_page_about (double seconds)
{
  if (!isfinite (seconds) || seconds < 0.0)
    return NULL;
  if (seconds < 90.0)
    return g_strdup_printf (_("about %d s"), (int) ceil (seconds));

  return g_strdup_printf (_("about %d min"), (int) ceil (seconds / 60.0));
}

/* --- warnings --- */

static GtkWidget *
warning_row (const DubOverviewWarning *warning)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *title = _dub_overview_label (warning->title, "caption-strong", 0.0f);

  gtk_widget_add_css_class (row, "row");
  gtk_widget_add_css_class (row, "told");
  gtk_widget_add_css_class (icon, "warning-mark");
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_box_append (GTK_BOX (words), title);
  if (warning->detail != NULL) {
    GtkWidget *detail = _dub_overview_label (warning->detail, "dim-label", 0.0f);

    gtk_widget_add_css_class (detail, "caption-line");
    gtk_label_set_wrap (GTK_LABEL (detail), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (detail), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_lines (GTK_LABEL (detail), 3);
    gtk_label_set_ellipsize (GTK_LABEL (detail), PANGO_ELLIPSIZE_END);
    gtk_widget_set_tooltip_text (detail, warning->detail);
    gtk_box_append (GTK_BOX (words), detail);
  }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), words);
  if (warning->button != NULL) {
    GtkWidget *button = gtk_button_new_with_label (warning->button);

    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), warning->action);
    if (warning->target != NULL)
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", warning->target);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, warning->title, -1);
    gtk_box_append (GTK_BOX (row), button);
  }

  return row;
}

static void
update_warnings (DubOverviewPage *self)
{
  g_autoptr (GPtrArray) warnings = dub_overview_warnings (self->overview, self->session, self->family);
  g_autofree char *count = g_strdup_printf ("%u", warnings->len);
  gboolean checking = dub_overview_is_checking (self->overview);

  _dub_overview_empty (GTK_WIDGET (self->warnings));
  for (guint i = 0; i < warnings->len; i++)
    gtk_box_append (self->warnings, warning_row (g_ptr_array_index (warnings, i)));
  if (warnings->len == 0) {
    GtkWidget *none = _dub_overview_label (checking ? _("Looking at the data…") : _("Nothing was found."), "dim-label", 0.0f);

    gtk_widget_add_css_class (none, "row");
    gtk_box_append (self->warnings, none);
  }
  gtk_label_set_label (self->warnings_count, count);
  gtk_spinner_set_spinning (self->warnings_spinner, checking);
  gtk_widget_set_visible (GTK_WIDGET (self->warnings_spinner), checking);
}

/* --- computed --- */

static void
add_computed (DubOverviewPage *self,
              const char      *title,
              const char      *detail,
              gboolean         done,
              const char      *button,
              const char      *action)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *name = _dub_overview_label (title, "small", 0.0f);
  GtkWidget *words = _dub_overview_label (detail, "dim-label", 1.0f);

  gtk_widget_add_css_class (row, "row");
  gtk_widget_add_css_class (words, "caption-line");
  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (words, detail);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), words);
  if (done) {
    GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");

    gtk_accessible_update_property (GTK_ACCESSIBLE (mark), GTK_ACCESSIBLE_PROPERTY_LABEL, _("done"), -1);
    gtk_box_append (GTK_BOX (row), mark);
  } else if (button != NULL) {
    GtkWidget *run = gtk_button_new_with_label (button);

    gtk_actionable_set_action_name (GTK_ACTIONABLE (run), action);
    gtk_widget_set_valign (run, GTK_ALIGN_CENTER);
    gtk_accessible_update_property (GTK_ACCESSIBLE (run), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, title, -1);
    gtk_box_append (GTK_BOX (row), run);
  }
  gtk_box_append (self->computed, row);
}

static char *
date_of (gint64 seconds)
{
  g_autoptr (GDateTime) date = seconds > 0 ? g_date_time_new_from_unix_local (seconds) : NULL;

  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (date == NULL)
    return g_strdup ("");

  return g_date_time_format (date, g_date_time_get_day_of_year (date) == g_date_time_get_day_of_year (now) &&
                                       g_date_time_get_year (date) == g_date_time_get_year (now) ? "%R" : "%x");
}

static gboolean
add_outputs (DubOverviewPage *self)
{
  const DubOverviewMeasured *measured = dub_overview_get_measured (self->overview);
  DubOverviewState state = dub_overview_get_state (self->overview);
  size_t missing = dub_overview_get_n_missing (self->overview);

  if (state == DUB_OVERVIEW_RUNNING) {
    add_computed (self, _("Outputs, features"), _("running"), FALSE, _("Stop"), "overview.stop");
    return FALSE;
  }
  if (measured == NULL || state == DUB_OVERVIEW_NO_NETWORK) {
    add_computed (self, _("Outputs, features"), state == DUB_OVERVIEW_READING ? _("reading") : _("no network yet"), FALSE, NULL, NULL);
    return FALSE;
  }
  if (missing == 0 && !measured->stale) {
    g_autofree char *date = date_of (measured->date);
    g_autofree char *networks = g_strdup_printf (g_dngettext (NULL, "%u network", "%u networks", (gulong) measured->n_outputs),
                                                 (guint) measured->n_outputs);
    g_autofree char *detail = *date != '\0' ? g_strdup_printf ("%s · %s", networks, date) : g_strdup (networks);

    add_computed (self, _("Outputs, features"), detail, TRUE, NULL, NULL);
    return TRUE;
  }

  g_autofree char *about = _dub_overview_page_about (dub_overview_get_seconds (self->overview));
  g_autofree char *how_many = measured->stale
                                ? g_strdup (_("out of date"))
                                : g_strdup_printf (g_dngettext (NULL, "%u of %u network", "%u of %u networks",
                                                                (gulong) measured->n_networks),
                                                   (guint) measured->n_outputs, (guint) measured->n_networks);
  g_autofree char *detail = about == NULL              ? g_strdup (how_many)
                            : measured->n_outputs == 0 ? g_strdup (about)
                                                       : g_strdup_printf ("%s · %s", how_many, about);

  add_computed (self, _("Outputs, features"), detail, FALSE, _("Run"), "overview.run");

  return FALSE;
}

static gboolean
add_metrics (DubOverviewPage *self)
{
  const DubOverviewMeasured *measured = dub_overview_get_measured (self->overview);
  gboolean done = measured != NULL && measured->evaluation != NULL && measured->evaluation->rows->len > 0;
  g_autofree char *detail = done ? g_strdup_printf (_("%u resamples"), (guint) DUB_BOOTSTRAP_RESAMPLES)
                                 : g_strdup (_("when the networks were run"));

  add_computed (self, _("Metrics, intervals"), detail, done, NULL, NULL);

  return done;
}

static gboolean
add_twins (DubOverviewPage *self)
{
  const DubOverviewChecked *checked = dub_overview_get_checked (self->overview);
  gboolean done = checked != NULL && checked->duplicates != NULL;

  if (done) {
    g_autofree char *detail =
      g_strdup_printf (g_dngettext (NULL, "%u case compared", "%u cases compared", (gulong) checked->data->n_cases),
                       (guint) checked->data->n_cases);

    add_computed (self, _("Near-duplicates"), detail, TRUE, NULL, NULL);
  } else if (checked == NULL || dub_overview_is_checking (self->overview)) {
    add_computed (self, _("Near-duplicates"), _("comparing"), FALSE, NULL, NULL);
  } else if (checked->outputs_only) {
    add_computed (self, _("Near-duplicates"), _("the study has no images"), FALSE, NULL, NULL);
  } else {
    add_computed (self, _("Near-duplicates"), _("the data cannot be read"), FALSE, _("Try Again"), "overview.refresh");
  }

  return done;
}

void
_dub_overview_page_update_side (DubOverviewPage *self)
{
  guint n_done = 0;

  update_warnings (self);
  _dub_overview_empty (GTK_WIDGET (self->computed));
  n_done += add_outputs (self);
  n_done += add_metrics (self);
  n_done += add_twins (self);

  g_autofree char *count = g_strdup_printf (_("%u of %u"), n_done, 3u);

  gtk_label_set_label (self->computed_count, count);
}
