/* What is in the selected set: how many of each outcome and class, how often they failed, where their scores lie. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/latent-mark.h"

enum { N_BINS = 25 };

static void
add_line (DubLatentPage *self,
          GtkWidget     *mark,
          const char    *title,
          guint          n,
          guint          all)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10), *label = _dub_latent_label (title, NULL, 0.0f);
  GtkWidget *count = _dub_latent_label (NULL, "numeric", 1.0f);
  g_autofree char *text = g_strdup_printf ("<b>%u</b> <span alpha=\"62%%\">/ %u</span>", n, all);

  gtk_label_set_markup (GTK_LABEL (count), text);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, title);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), mark);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), count);
  gtk_widget_add_css_class (line, "line");
  gtk_box_append (self->counts, line);
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

static void
fill_lines (DubLatentPage         *self,
            const DubLatentCounts *counts)
{
  const DubLatentPoints *points = dub_latent_bench_get_points (self->bench, DUB_LATENT_MAIN);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->counts))) != NULL)
    gtk_box_remove (self->counts, child);
  add_line (self, dub_latent_mark_new (DUB_LATENT_MARK_CORRECT, DUB_LATENT_DISC, 0), _("correct"), counts->correct, counts->correct_all);
  add_line (self, dub_latent_mark_new (DUB_LATENT_MARK_FAILED, DUB_LATENT_TRIANGLE, 0), _("failed"), counts->failed, counts->failed_all);
  for (guint k = 0; points != NULL && k < counts->n_classes && k < DUB_LATENT_N_LINES; k++)
    add_line (self, class_mark (self, points, k), _dub_latent_class_name (self, (int) k), counts->of_class[k], counts->of_class_all[k]);
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
