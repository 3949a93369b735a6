/* The card of the chosen bin; of the selected set where that is no bin's. */
#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* A set is spread over many bins; so many of them are named. */
enum { MOST_NAMED = 3 };

enum { CASES, CONFIDENCE, ACCURACY };

/* --- numbers --- */

static void
set_value (GtkLabel *label,
           char     *text)
{
  gtk_label_set_text (label, text);
  g_free (text);
}

static void
fill_side (DubCalibrationPage *self,
           int                 side,
           gboolean            has,
           size_t              n,
           double              confidence,
           double              accuracy)
{
  set_value (self->card_value[CASES][side], has ? g_strdup_printf ("%" G_GSIZE_FORMAT, n) : g_strdup (""));
  set_value (self->card_value[CONFIDENCE][side], has ? _dub_calibration_number (confidence, 3) : g_strdup (""));
  set_value (self->card_value[ACCURACY][side], has ? _dub_calibration_number (accuracy, 3) : g_strdup (""));
}

/* "Before: over-confident by <b>0.109</b>." (transfer full) */
static char *
gap_words (int    side,
           double confidence,
           double accuracy)
{
  g_autofree char *gap = _dub_calibration_number (fabs (confidence - accuracy), 3);

  if (!isfinite (confidence) || !isfinite (accuracy))
    return g_strdup ("");
  if (confidence >= accuracy)
    return g_strdup_printf (side == 0 ? _("Before: over-confident by <b>%s</b>.") : _("After: over-confident by <b>%s</b>."), gap);

  return g_strdup_printf (side == 0 ? _("Before: under-confident by <b>%s</b>.") : _("After: under-confident by <b>%s</b>."), gap);
}

static void
set_show (DubCalibrationPage *self,
          size_t              n)
{
  g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, n);
  g_autofree char *text = g_strdup_printf (g_dngettext (NULL, "Show its %s case", "Show its %s cases", n), number);

  gtk_button_set_label (self->card_show, text);
  gtk_widget_set_visible (GTK_WIDGET (self->card_show), n > 0);
}

/* "<b>ce-f1</b>: over-confident by <b>0.109</b>." (transfer full) */
static char *
network_words (const DubCalibrationItem *item,
               size_t                    bin)
{
  double confidence = item->bins->confidence[bin], accuracy = item->bins->accuracy[bin];
  g_autofree char *name = g_markup_escape_text (item->name, -1), *gap = _dub_calibration_number (fabs (confidence - accuracy), 3);

  return g_strdup_printf (confidence >= accuracy ? _("<b>%s</b>: over-confident by <b>%s</b>.")
                                                 : _("<b>%s</b>: under-confident by <b>%s</b>."), name, gap);
}

/* --- a bin --- */

static void
show_bin (DubCalibrationPage *self,
          int                 bin,
          int                 side)
{
  gboolean models = _dub_calibration_page_is_of_models (self);
  const DubCalibrationItem *item = dub_calibration_bench_get_chosen (self->bench, side);
  g_autofree char *interval = dub_calibration_bench_bin_words (item->bins, (size_t) bin);
  g_autofree char *title = g_strdup_printf (_("Bin %s"), interval);
  g_autofree char *gap = models ? network_words (item, (size_t) bin)
                                : gap_words (side, item->bins->confidence[bin], item->bins->accuracy[bin]);

  gtk_label_set_text (self->card_title, title);
  for (int k = 0; k < 2; k++) {
    const DubCalibrationItem *other = models ? (k == 0 ? item : NULL) : dub_calibration_bench_get_side (self->bench, k);
    gboolean has = other != NULL && bin < (int) other->bins->n_bins;

    fill_side (self, k, has, has ? other->bins->count[bin] : 0, has ? other->bins->confidence[bin] : 0.0,
               has ? other->bins->accuracy[bin] : 0.0);
  }
  gtk_label_set_markup (self->card_text, item->bins->count[bin] > 0 ? gap : _("No answer has this confidence."));
  gtk_label_set_text (self->card_note, item->bins->count[bin] > 0 && item->bins->count[bin] < DUB_RELIABILITY_FEW
                                         ? _("Few cases: the gap may be chance.") : "");
  set_show (self, item->bins->count[bin]);
}

/* --- a set --- */

static void
append_fullest (GString                  *text,
                const DubCalibrationItem *item,
                guint                    *count)
{
  for (int named = 0; named < MOST_NAMED; named++) {
    size_t fullest = 0;

    for (size_t bin = 1; bin < item->bins->n_bins; bin++)
      if (count[bin] > count[fullest])
        fullest = bin;
    if (count[fullest] == 0)
      return;

    g_autofree char *interval = dub_calibration_bench_bin_words (item->bins, fullest);

    g_string_append (text, named > 0 ? ", " : "");
    g_string_append_printf (text, _("%u in %s"), count[fullest], interval);
    count[fullest] = 0;
  }
}

static void
show_set (DubCalibrationPage *self)
{
  DubCalibrationSet set[2] = { { 0 }, { 0 } };
  g_autoptr (GString) note = g_string_new (NULL);

  for (int side = 0; side < 2; side++) {
    DubCalibrationItem *item = dub_calibration_bench_get_side (self->bench, side);

    if (item != NULL)
      dub_calibration_bench_count_set (self->bench, item, &set[side]);
    fill_side (self, side, item != NULL, set[side].n_here, set[side].confidence, set[side].accuracy);
  }

  g_autofree char *n = g_strdup_printf ("%" G_GSIZE_FORMAT, set[0].n_set), *here = g_strdup_printf ("%" G_GSIZE_FORMAT, set[0].n_here);
  g_autofree char *title = g_strdup_printf (_("%s of the %s selected"), here, n);
  g_autofree char *gap = gap_words (0, set[0].confidence, set[0].accuracy);

  gtk_label_set_text (self->card_title, title);
  gtk_label_set_markup (self->card_text, set[0].n_here > 0 ? gap : _("None of them is a test case with a label."));
  if (set[0].n_here > 0)
    append_fullest (note, dub_calibration_bench_get_side (self->bench, 0), set[0].count);
  gtk_label_set_text (self->card_note, note->str);
  gtk_widget_set_visible (GTK_WIDGET (self->card_show), FALSE);
  g_free (set[0].count);
  g_free (set[1].count);
}

static void
show_nothing (DubCalibrationPage *self)
{
  gtk_label_set_text (self->card_title, _("No bin chosen"));
  gtk_label_set_text (self->card_text, _("Click a bin: its cases are selected on every page."));
  gtk_label_set_text (self->card_note, "");
  gtk_widget_set_visible (GTK_WIDGET (self->card_show), FALSE);
}

void
_dub_calibration_page_update_card (DubCalibrationPage *self)
{
  int side, bin = dub_calibration_bench_get_bin (self->bench, &side);
  DubSelection *selection = dub_session_get_selection (self->session);
  DubCalibrationItem *before = dub_calibration_bench_get_side (self->bench, 0);
  gboolean has_set = dub_selection_has_set (selection) && before != NULL, chosen = bin >= 0 && before != NULL;

  gtk_label_set_text (self->card_accuracy, _dub_calibration_page_share_words (self));
  gtk_widget_set_visible (self->card_grid, has_set || chosen);
  gtk_widget_set_visible (self->card_close, has_set || chosen);
  gtk_widget_set_css_classes (self->card, (const char *[]) { "card", "bin", chosen ? "chosen" : "idle", NULL });
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->card_title), has_set ? dub_selection_get_set_title (selection) : NULL);
  if (chosen)
    show_bin (self, bin, side);
  else if (has_set)
    show_set (self);
  else
    show_nothing (self);
}

void
_dub_calibration_page_show_set (DubCalibrationPage *self)
{
  int side, bin = dub_calibration_bench_get_bin (self->bench, &side);

  if (bin < 0)
    return;
  dub_calibration_bench_choose_bin (self->bench, side, bin);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "cases");
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page-action", "s", "cases.show-set");
}
