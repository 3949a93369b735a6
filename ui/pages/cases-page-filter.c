/* What the Cases page says about its list: menus of what can be sorted and filtered by, counts, values, what is missing. */
#include "ui/pages/cases-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/ticks.h"

enum { N_BINS = 44 };

/* --- menus --- */

static void
add_item (GMenu      *menu,
          const char *label,
          const char *action,
          const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, target != NULL ? "s" : NULL, target);
  g_menu_append_item (menu, item);
}

static GMenuModel *
sort_menu (DubCasesPage *self)
{
  const DubScores *scores = dub_results_get_scores (self->results);
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) by = g_menu_new (), plain = g_menu_new (), direction = g_menu_new ();

  for (guint i = 0; scores != NULL && i < scores->scores->len; i++) {
    const DubScore *score = g_ptr_array_index (scores->scores, i);

    if (score->values != NULL)
      add_item (by, score->title, "cases.sort", score->id);
  }
  add_item (plain, _("Order of the data"), "cases.sort", "case");
  add_item (direction, _("Largest First"), "cases.descending", NULL);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (by));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (plain));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (direction));

  return G_MENU_MODEL (menu);
}

static const char *
part_title (int part)
{
  switch (part) {
  case DUB_PART_TRAIN:
    return _("Train");
  case DUB_PART_CALIBRATION:
    return _("Calibration");
  case DUB_PART_TEST:
    return _("Test");
  default:
    return _("All parts");
  }
}

static GMenuModel *
filter_menu (DubCasesPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) parts = g_menu_new (), classes = g_menu_new (), sets = g_menu_new (), all = g_menu_new ();

  add_item (parts, part_title (DUB_PART_TEST), "cases.split", "test");
  add_item (parts, part_title (DUB_PART_CALIBRATION), "cases.split", "calibration");
  add_item (parts, part_title (DUB_PART_TRAIN), "cases.split", "train");
  add_item (parts, part_title (-1), "cases.split", "all");
  add_item (classes, _("Every class"), "cases.class", "all");
  for (guint i = 0; study != NULL && i < study->classes->len; i++) {
    g_autofree char *target = g_strdup_printf ("%u", i);
    g_auto (GStrv) pieces = g_strsplit (g_ptr_array_index (study->classes, i), "_", -1);
    /* A mnemonic is none of a class's name. */
    g_autofree char *name = g_strjoinv ("__", pieces);

    add_item (classes, name, "cases.class", target);
  }
  add_item (sets, _("Selected Set Only"), "cases.only-set", NULL);
  add_item (all, _("Clear Filter"), "cases.clear-filter", NULL);
  g_menu_append_section (menu, _("Part of the data"), G_MENU_MODEL (parts));
  g_menu_append_section (menu, _("True label"), G_MENU_MODEL (classes));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (sets));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (all));

  return G_MENU_MODEL (menu);
}

void
_dub_cases_page_update_menus (DubCasesPage *self)
{
  g_autoptr (GMenuModel) sort = sort_menu (self), filter = filter_menu (self);

  gtk_menu_button_set_menu_model (self->sort_button, sort);
  gtk_menu_button_set_menu_model (self->filter_button, filter);
}

/* --- counts and values --- */

static char *
sort_title (DubCasesPage *self)
{
  const DubScore *score = dub_results_get_score (self->results);
  const char *sort = dub_case_list_get_sort (self->list);

  if (strcmp (sort, "score") == 0 && score != NULL)
    return g_strdup (score->title);
  if (strcmp (sort, "split") == 0)
    return g_strdup (_("Split"));
  if (strcmp (sort, "label") == 0)
    return g_strdup (_("True label"));
  if (strcmp (sort, "predicted") == 0)
    return g_strdup (_("Answer"));
  if (strcmp (sort, "outcome") == 0)
    return g_strdup (_("Outcome"));

  return g_strdup (_("Order of the data"));
}

static void
update_filter_label (DubCasesPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  int class_index = dub_case_list_get_class (self->list);
  g_autoptr (GString) text = g_string_new (part_title (dub_case_list_get_part (self->list)));

  if (study != NULL && class_index >= 0 && (guint) class_index < study->classes->len)
    g_string_append_printf (text, " · %s", (const char *) g_ptr_array_index (study->classes, (guint) class_index));
  if (dub_case_list_get_only_set (self->list))
    g_string_append_printf (text, " · %s", _("set"));
  gtk_label_set_label (self->filter_label, text->str);
}

/* What the list is kept to, said where it is counted, and the way out of it. */
static void
update_set (DubCasesPage *self)
{
  const char *title = dub_selection_get_set_title (dub_session_get_selection (self->session));
  gboolean only = dub_case_list_get_only_set (self->list);

  gtk_widget_set_visible (self->set_button, only);
  gtk_label_set_label (self->set_label, only && title != NULL ? title : "");
  gtk_widget_set_visible (GTK_WIDGET (self->bins_label), !only);
}

void
_dub_cases_page_update_counts (DubCasesPage *self)
{
  const DubScore *score = dub_results_get_score (self->results);
  DubCaseCounts counts;
  g_autoptr (DubScoreBins) bins = dub_case_list_bins (self->list, N_BINS);
  double low, high;

  dub_case_list_count (self->list, &counts);
  dub_case_list_get_range (self->list, &low, &high);

  gboolean judged = counts.n_any_correct + counts.n_any_failed > 0;
  g_autofree char *cases = g_strdup_printf (g_dngettext (NULL, "%u case", "%u cases", counts.n), counts.n);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  g_autofree char *n_correct = g_strdup_printf (_("%u correct"), counts.n_correct);
  g_autofree char *n_failed = g_strdup_printf (_("%u failed"), counts.n_failed);
  g_autofree char *correct = g_strdup_printf ("<span color=\"%s\">●</span> %s", dark ? "#62b0ee" : "#0a6ab6", n_correct);
  g_autofree char *failed = g_strdup_printf ("<span color=\"%s\">▲</span> %s", dark ? "#ff9142" : "#d55e00", n_failed);
  g_autofree char *any_failed = g_strdup_printf ("%u", counts.n_any_failed);
  g_autofree char *width = dub_number_format_short ((bins->high - bins->low) / N_BINS, 2);
  g_autofree char *each = score != NULL && bins->high > bins->low ? g_strdup_printf (_("%s · cases per %s"), score->title, width) : g_strdup ("");
  g_autofree char *sort = sort_title (self);

  gtk_label_set_label (self->count_label, cases);
  gtk_label_set_label (self->correct_label, correct);
  gtk_label_set_label (self->failures_label, failed);
  gtk_widget_set_visible (GTK_WIDGET (self->correct_label), judged);
  gtk_widget_set_visible (GTK_WIDGET (self->failures_label), judged);
  gtk_label_set_label (self->failed_count, judged ? any_failed : "");
  gtk_widget_set_visible (GTK_WIDGET (self->failed_count), judged);
  gtk_label_set_label (self->bins_label, each);
  update_set (self);
  gtk_label_set_label (self->sort_label, sort);
  gtk_image_set_from_icon_name (self->sort_icon, dub_case_list_get_descending (self->list) ? "view-sort-descending-symbolic"
                                                                                             : "view-sort-ascending-symbolic");
  update_filter_label (self);
  dub_score_histogram_set_bins (self->histogram, score != NULL ? score->title : NULL, bins->low, bins->high, bins->correct, bins->failed,
                                bins->n_bins);
  dub_score_histogram_set_range (self->histogram, low, high);
  gtk_widget_set_visible (GTK_WIDGET (self->histogram), bins->high > bins->low);
}

char *
_dub_cases_page_subtitle (DubCasesPage *self)
{
  int part = dub_case_list_get_part (self->list);
  DubCaseCounts counts;
  g_autofree char *sort = sort_title (self);
  const char *split = part == DUB_PART_TEST ? _("test split") : part == DUB_PART_CALIBRATION ? _("calibration split")
                      : part == DUB_PART_TRAIN ? _("training split") : _("all splits");

  dub_case_list_count (self->list, &counts);

  g_autofree char *cases = g_strdup_printf (g_dngettext (NULL, "%u case", "%u cases", counts.n), counts.n);

  return g_strdup_printf (_("%s · %s · sorted by %s"), split, cases, sort);
}

/* --- what is missing --- */

static DubRemark
remark_of (DubCasesPage *self)
{
  const char *failure = dub_results_get_failure (self->results), *unreadable = dub_case_pictures_get_failure (self->pictures);
  DubRemark remark = { NULL };

  switch (dub_results_get_state (self->results)) {
  case DUB_RESULTS_NO_NETWORK:
    return (DubRemark) { "dub-network-symbolic", g_strdup (_("This study has no network yet: cases are shown without answers.")), NULL,
                         _("Train Networks"), "win.page", "training" };
  case DUB_RESULTS_NO_OUTPUTS:
    if (failure != NULL)
      return (DubRemark) { "dialog-error-symbolic", g_strdup_printf (_("The networks could not be run. %s"), failure), NULL, _("Try Again"),
                           "cases.run" };
    return (DubRemark) { "dub-network-symbolic", g_strdup (_("The networks were not run over these cases yet: there are no answers to doubt.")),
                         NULL, _("Run the Networks"), "cases.run" };
  case DUB_RESULTS_ERROR:
    return (DubRemark) { "dialog-error-symbolic", g_strdup_printf (_("The answers cannot be read. %s"), failure), NULL, _("Try Again"),
                         "cases.refresh" };
  case DUB_RESULTS_RUNNING:
  case DUB_RESULTS_READY:
    remark = dub_remark_above (self->results, "cases.run", "cases.stop", "cases.run-views");
    break;
  case DUB_RESULTS_EMPTY:
  case DUB_RESULTS_READING:
  default:
    break;
  }
  if (remark.title == NULL && unreadable != NULL)
    remark = (DubRemark) { "dialog-warning-symbolic", g_strdup_printf (_("The images cannot be shown. %s"), unreadable), NULL, _("Overview"),
                           "win.page", "overview" };

  return remark;
}

void
_dub_cases_page_update_banner (DubCasesPage *self)
{
  const DubRemarkBanner banner = { self->banner, self->banner_icon, self->banner_label, self->banner_progress, self->banner_button };
  g_auto (DubRemark) remark = remark_of (self);

  dub_remark_show_above (&remark, &banner, CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0));
}
