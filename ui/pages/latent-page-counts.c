/* What is in the selected set: how many of each outcome and class, how often they failed, where their scores lie. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/latent-mark.h"

enum { N_BINS = 25 };

/* A line is a button: it selects all points of its kind, whatever the set is now. @word: of "latent.select" */
static void
add_line (DubLatentPage *self,
          GtkWidget     *mark,
          const char    *title,
          const char    *word)
{
  GtkWidget *button = gtk_button_new (), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *label = _dub_latent_label (title, NULL, 0.0f), *count = _dub_latent_label (NULL, "numeric", 1.0f);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), mark);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), count);
  gtk_button_set_child (GTK_BUTTON (button), line);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "line");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "latent.select");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", word);
  gtk_box_append (self->counts, button);
}

/* "5 / 12", and in words "Select all 12 cases: failed". */
static void
fill_line (GtkWidget  *button,
           const char *title,
           guint       n,
           guint       all,
           gboolean    has_set)
{
  GtkWidget *count = gtk_widget_get_last_child (gtk_button_get_child (GTK_BUTTON (button)));
  g_autofree char *text = g_strdup_printf ("<b>%u</b> <span alpha=\"62%%\">/ %u</span>", n, all);
  g_autofree char *words = g_strdup_printf (g_dngettext (NULL, "Select %u case: %s", "Select all %u cases: %s", all), all, title);
  g_autofree char *now = g_strdup_printf (_("%u of %u selected"), has_set ? n : 0, all);

  gtk_label_set_markup (GTK_LABEL (count), text);
  gtk_widget_set_sensitive (button, all > 0);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  now, -1);
}

/* Signs as the training marks have them; with colours where points have them, too. */
static GtkWidget *
class_mark (DubLatentPage         *self,
            const DubLatentPoints *points,
            guint                  label)
{
  const DubLatentPoints one = { .n = 1, .part = (const guint8[]) { DUB_PART_TRAIN }, .label = (const int[]) { (int) label },
                                .classes = points->classes, .positive = points->positive };
  DubLatentColor color = dub_latent_bench_get_color (self->bench);
  gboolean colored = color == DUB_LATENT_BY_CLASS || color == DUB_LATENT_BY_PREDICTED;

  return dub_latent_mark_new (colored ? DUB_LATENT_MARK_CLASS : DUB_LATENT_MARK_SIGN, colored ? DUB_LATENT_DISC : dub_latent_shape (&one, 0),
                              (int) label);
}

/* Other classes or other marks. */
static char *
lines_key (DubLatentPage         *self,
           const DubLatentPoints *points,
           guint                  n_classes)
{
  g_autoptr (GString) key = g_string_new (NULL);

  g_string_printf (key, "%d %d", (int) dub_latent_bench_get_color (self->bench), points != NULL ? points->positive : -1);
  for (guint k = 0; k < n_classes; k++)
    g_string_append_printf (key, "\n%s", _dub_latent_class_name (self, (int) k));

  return g_string_free (g_steal_pointer (&key), FALSE);
}

static void
build_lines (DubLatentPage         *self,
             const DubLatentPoints *points,
             guint                  n_classes)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->counts))) != NULL)
    gtk_box_remove (self->counts, child);
  add_line (self, dub_latent_mark_new (DUB_LATENT_MARK_CORRECT, DUB_LATENT_DISC, 0), _("correct"), "correct");
  add_line (self, dub_latent_mark_new (DUB_LATENT_MARK_FAILED, DUB_LATENT_TRIANGLE, 0), _("failed"), "failed");
  for (guint k = 0; k < n_classes; k++) {
    g_autofree char *word = g_strdup_printf ("%u", k);

    add_line (self, class_mark (self, points, k), _dub_latent_class_name (self, (int) k), word);
  }
}

/* Lines stay while their kinds do: the keyboard stays on the one that was pressed. */
static void
fill_lines (DubLatentPage         *self,
            const DubLatentCounts *counts)
{
  const DubLatentPoints *points = dub_latent_bench_get_points (self->bench, DUB_LATENT_MAIN);
  guint n_classes = points != NULL ? MIN (counts->n_classes, DUB_LATENT_N_LINES) : 0;
  g_autofree char *key = lines_key (self, points, n_classes);
  GtkWidget *line;

  if (g_strcmp0 (key, self->lines_key) != 0) {
    build_lines (self, points, n_classes);
    g_free (self->lines_key);
    self->lines_key = g_steal_pointer (&key);
  }
  line = gtk_widget_get_first_child (GTK_WIDGET (self->counts));
  fill_line (line, _("correct"), counts->correct, counts->correct_all, counts->has_set);
  line = gtk_widget_get_next_sibling (line);
  fill_line (line, _("failed"), counts->failed, counts->failed_all, counts->has_set);
  for (guint k = 0; k < n_classes; k++) {
    line = gtk_widget_get_next_sibling (line);
    fill_line (line, _dub_latent_class_name (self, (int) k), counts->of_class[k], counts->of_class_all[k], counts->has_set);
  }
}

/* What the selected set is called. */
static char *
kind_title (DubLatentPage *self,
            const char    *word,
            int            label,
            guint          n)
{
  if (g_str_equal (word, "failed"))
    return g_strdup_printf (g_dngettext (NULL, "%u failure in the latent space", "%u failures in the latent space", n), n);
  if (g_str_equal (word, "correct"))
    return g_strdup_printf (g_dngettext (NULL, "%u correct case in the latent space", "%u correct cases in the latent space", n), n);

  return g_strdup_printf (g_dngettext (NULL, "%u case of %s in the latent space", "%u cases of %s in the latent space", n), n,
                          _dub_latent_class_name (self, label));
}

void
_dub_latent_page_select_kind (GtkWidget  *widget,
                              const char *action,
                              GVariant   *parameter)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);
  const DubLatentPoints *points = dub_latent_bench_get_points (self->bench, DUB_LATENT_MAIN);
  const char *word = g_variant_get_string (parameter, NULL);
  gboolean failed = g_str_equal (word, "failed"), by_outcome = failed || g_str_equal (word, "correct");
  g_autoptr (GArray) set = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree char *title = NULL;
  guint64 label = 0;

  if (points == NULL || (!by_outcome && (!g_ascii_string_to_unsigned (word, 10, 0, G_MAXINT, &label, NULL) ||
                                         label >= dub_latent_bench_count (self->bench)->n_classes)))
    return;
  for (guint i = 0; i < points->n; i++)
    if ((by_outcome ? points->failed[i] == failed : points->label[i] == (int) label) && dub_latent_bench_is_point (self->bench, i))
      g_array_append_val (set, i);
  title = kind_title (self, word, (int) label, set->len);
  dub_selection_set_set (dub_session_get_selection (self->session), (const guint *) (gpointer) set->data, set->len, title);
}

static void
fill_rate (DubLatentPage         *self,
           const DubLatentCounts *counts)
{
  guint judged = counts->correct + counts->failed, judged_all = counts->correct_all + counts->failed_all;
  g_autofree char *rate = _dub_latent_number (judged > 0 ? (double) counts->failed / judged : (double) NAN, 2);
  g_autofree char *rate_all = _dub_latent_number (judged_all > 0 ? (double) counts->failed_all / judged_all : (double) NAN, 2);
  g_autofree char *text = g_strdup_printf (_("Failure rate <b>%s</b> %u/%u"), rate, counts->failed, judged);
  g_autofree char *all = g_strdup_printf (_("all test cases %s · %u/%u"), rate_all, counts->failed_all, judged_all);

  gtk_label_set_markup (self->rate_label, text);
  gtk_label_set_text (self->rate_all_label, all);
  gtk_widget_set_visible (GTK_WIDGET (self->rate_all_label), counts->has_set);
}

/* --- histogram --- */

static gboolean
range_of (DubLatentPage         *self,
          const DubLatentPoints *points,
          const double          *values,
          double                *low,
          double                *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t i = 0; i < points->n; i++)
    if (isfinite (values[i]) && dub_latent_bench_is_point (self->bench, i)) {
      *low = MIN (*low, values[i]);
      *high = MAX (*high, values[i]);
    }

  return *high > *low;
}

static void
fill_histogram (DubLatentPage         *self,
                const DubLatentCounts *counts)
{
  const DubLatentPoints *points = dub_latent_bench_get_points (self->bench, DUB_LATENT_MAIN);
  const DubScore *score = points != NULL ? dub_latent_bench_get_score (self->bench, DUB_LATENT_MAIN) : NULL;
  guint all[N_BINS] = { 0 }, set[N_BINS] = { 0 };
  double low, high, sum = 0.0, sum_all = 0.0;
  guint n = 0, n_all = 0;
  gboolean any = score != NULL && range_of (self, points, score->values, &low, &high);

  gtk_widget_set_visible (self->histogram_card, any);
  gtk_widget_set_visible (self->histogram_set, counts->has_set);
  if (!any)
    return;
  for (size_t i = 0; i < points->n; i++) {
    double value = score->values[i];

    if (!isfinite (value) || !dub_latent_bench_is_point (self->bench, i))
      continue;

    guint bin = MIN ((guint) (N_BINS * (value - low) / (high - low)), N_BINS - 1);

    all[bin]++;
    n_all++;
    sum_all += value;
    if (points->selected != NULL && points->selected[i]) {
      set[bin]++;
      n++;
      sum += value;
    }
  }
  dub_set_histogram_set_bins (self->histogram_view, low, high, all, counts->has_set ? set : NULL, N_BINS);

  g_autofree char *label = g_strdup_printf (_("%s of the selected cases over all test cases"), score->title);
  g_autofree char *mean = dub_number_format_short (n > 0 ? sum / n : (double) NAN, 3);
  g_autofree char *mean_all = dub_number_format_short (n_all > 0 ? sum_all / n_all : (double) NAN, 3);
  g_autofree char *words = g_strdup_printf (_("Mean of the selected %s, of all %s"), mean, mean_all);

  dub_set_histogram_describe (self->histogram_view, label, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->histogram_view), words);
}

void
_dub_latent_page_update_counts (DubLatentPage *self)
{
  const DubLatentCounts *counts = dub_latent_bench_count (self->bench);
  gboolean lasso = dub_latent_bench_is_lasso (self->bench), any = dub_latent_bench_get_points (self->bench, DUB_LATENT_MAIN) != NULL;

  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->counts_title)), any);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->counts)), any);
  gtk_label_set_text (self->counts_title, !counts->has_set ? _("All test cases") : lasso ? _("In the lasso") : _("Selected"));
  gtk_label_set_text (self->counts_part, counts->has_set ? _("test split") : "");
  gtk_label_set_text (self->histogram_set_label, lasso ? _("lasso") : _("selected"));
  fill_lines (self, counts);
  fill_rate (self, counts);
  fill_histogram (self, counts);
}

void
_dub_latent_page_build_counts (DubLatentPage *self)
{
  self->histogram_view = DUB_SET_HISTOGRAM (dub_set_histogram_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->histogram_view), TRUE);
  gtk_box_append (self->histogram, GTK_WIDGET (self->histogram_view));
}
