/* The zero-failure card: which case keeps the networks from being trusted further. And what a combination weighs. */
#include "ui/pages/failure-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/bar.h"

int
_dub_failure_page_zero_case (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  DubCertainFailure found;

  return chosen != NULL && dub_failure_row_get_certain (chosen, self->rank, &found) ? (int) found.index : -1;
}

static const char *
class_name (DubStudy *study,
            int       index)
{
  return study != NULL && index >= 0 && (guint) index < study->classes->len ? g_ptr_array_index (study->classes, (guint) index) : "?";
}

static char *
count (size_t n)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT, n);
}

static void
set_pair (GtkLabel   *label,
          const char *words,
          const char *value)
{
  g_autofree char *escaped = g_markup_escape_text (value, -1);
  g_autofree char *text = g_strdup_printf ("<span alpha=\"62%%\">%s</span> %s", words, escaped);

  gtk_label_set_markup (label, text);
}

static void
show_picture (DubFailurePage *self,
              guint           index)
{
  g_autoptr (GBytes) bytes = dub_case_pictures_get (self->pictures, index);
  g_autoptr (GdkTexture) texture = NULL;

  if (bytes != NULL)
    texture = gdk_memory_texture_new (DUB_CASE_PICTURE_SIDE, DUB_CASE_PICTURE_SIDE, GDK_MEMORY_R8G8B8, bytes,
                                      3 * DUB_CASE_PICTURE_SIDE);
  gtk_image_set_from_paintable (self->zero_picture, GDK_PAINTABLE (texture));
}

static void
show_case (DubFailurePage          *self,
           const DubCertainFailure *found)
{
  DubStudy *study = dub_session_get_study (self->session);
  const char *id = study->data->ids[found->index];
  const char *truth = class_name (study, study->data->labels[found->index]);
  const char *said = class_name (study, dub_results_get_predicted (self->results, found->index));
  g_autofree char *score = dub_number_format_short (found->score, 3);
  g_autofree char *picture = g_strdup_printf (_("%s, true %s, said %s"), id, truth, said);

  gtk_label_set_text (self->zero_id, id);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->zero_id), id);
  set_pair (self->zero_true, _("true"), truth);
  set_pair (self->zero_said, _("said"), said);
  set_pair (self->zero_score, "U", score);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->zero_picture), GTK_ACCESSIBLE_PROPERTY_LABEL, picture, -1);
  show_picture (self, found->index);
}

/* "Only 9 of 234 cases are more certain than this failure: coverage 3.8 %." */
static void
show_coverage (DubFailurePage          *self,
               const DubFailure        *failure,
               const DubCertainFailure *found)
{
  g_autofree char *coverage = dub_number_format (100.0 * (double) found->n_surer / (double) failure->n_cases, 1);
  g_autofree char *low = dub_number_format (100.0 * failure->zero_failure.low, 1);
  g_autofree char *high = dub_number_format (100.0 * failure->zero_failure.high, 1);
  g_autofree char *bound = dub_number_format (failure->zero_specificity.low, 3);
  g_autofree char *surer = count (found->n_surer), *cases = count (failure->n_cases);
  g_autofree char *all = g_strdup_printf ("%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, failure->n_failures, failure->n_failures);
  g_autofree char *text = NULL, *small = NULL;

  if (self->rank == 0) {
    text = g_strdup_printf (_("Only <b>%s of %s</b> cases are more certain than this failure: coverage <b>%s %%</b>."), surer, cases, coverage);
    small = g_strdup_printf (_("Exact 95 %% interval of the coverage: %s–%s %%. Specificity %s, exact lower bound %s."), low, high, all, bound);
  } else {
    g_autofree char *failed = count (found->n_failures_surer), *rank = count (self->rank + 1), *failures = count (failure->n_failures);

    text = g_strdup_printf (_("<b>%s of %s</b> cases are more certain, <b>%s</b> of them failed: coverage <b>%s %%</b>."), surer, cases, failed,
                            coverage);
    small = g_strdup_printf (_("Failure %s of %s, from the most certain one on."), rank, failures);
  }
  gtk_label_set_markup (self->zero_text, text);
  gtk_label_set_text (self->zero_bound, small);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->zero_text), small);
}

void
_dub_failure_page_update_zero (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  DubStudy *study = dub_session_get_study (self->session);
  const DubFailure *failure = chosen != NULL ? dub_failure_row_get_failure (chosen) : NULL;
  DubCertainFailure found;
  gboolean any = failure != NULL && study != NULL && study->data != NULL;

  if (any && !dub_failure_row_get_certain (chosen, self->rank, &found)) {
    self->rank = 0;
    any = dub_failure_row_get_certain (chosen, 0, &found);
  }
  gtk_widget_set_visible (self->zero_case, any);
  gtk_widget_set_visible (self->zero_words, any);
  gtk_widget_set_visible (self->zero_buttons, any);
  gtk_widget_set_sensitive (self->next_button, any && failure->n_failures > 1);
  gtk_label_set_text (self->zero_subtitle, any && self->rank == 0 ? _("set by one case") : any ? _("the next failures") : "");
  if (any) {
    show_case (self, &found);
    show_coverage (self, failure, &found);
  } else {
    g_autofree char *cases = count (failure != NULL ? failure->n_cases : 0);
    g_autofree char *none = failure != NULL ? g_strdup_printf (_("None of the %s measured cases failed: every coverage is free of failures here."), cases)
                                            : g_strdup (_("Measuring…"));

    gtk_label_set_text (self->zero_text, none);
    gtk_label_set_text (self->zero_bound, "");
  }
}

/* --- weights --- */

static void
add_weight (DubFailurePage       *self,
            const DubFailurePart *part,
            double                largest)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *bar = dub_bar_new (DUB_BAR_SERIES);
  GtkWidget *title = _dub_failure_label (part->title, NULL, 0.0f), *value = _dub_failure_label (NULL, "numeric", 1.0f);
  g_autofree char *number = _dub_failure_number (part->weight, 2);
  gboolean weighed = isfinite (part->weight) && !part->constant;

  gtk_widget_set_size_request (title, 84, -1);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (title), 1);
  gtk_widget_set_tooltip_text (title, part->title);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (bar, 24, -1);
  dub_bar_set_value (DUB_BAR (bar), weighed && largest > 0.0 ? fabs (part->weight) / largest : (double) NAN, 0.0);
  if (weighed && part->weight < 0.0)
    gtk_widget_add_css_class (bar, "dim-label");
  gtk_widget_set_size_request (value, 44, -1);
  gtk_label_set_text (GTK_LABEL (value), part->constant ? _("constant") : weighed ? number : "");
  gtk_box_append (GTK_BOX (box), title);
  if (weighed)
    gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), value);
  gtk_widget_add_css_class (box, "weight");
  gtk_box_append (self->weights, box);
}

void
_dub_failure_page_update_weights (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  const DubFailurePart *parts;
  GtkWidget *child;
  guint n = 0;
  double largest = 0.0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->weights))) != NULL)
    gtk_box_remove (self->weights, child);
  parts = chosen != NULL ? dub_failure_row_get_parts (chosen, &n) : NULL;
  for (guint k = 0; k < n; k++)
    largest = MAX (largest, isfinite (parts[k].weight) ? fabs (parts[k].weight) : 0.0);
  for (guint k = 0; k < n; k++)
    add_weight (self, &parts[k], largest);
  gtk_label_set_text (self->weights_note,
                      largest > 0.0 ? _("Of each score in SDs of the calibration cases, for the log-odds of a failure.")
                                    : _("Each score in SDs of the calibration cases; all count alike."));
  gtk_widget_set_visible (self->weights_button, n > 0);
  gtk_stack_set_visible_child_name (self->zero_stack, n > 0 && self->weights_shown ? "weights" : "case");
  gtk_label_set_text (self->zero_title, n > 0 && self->weights_shown ? _("Combined of") : _("Zero-failure point"));
  gtk_widget_set_visible (GTK_WIDGET (self->zero_subtitle), n == 0 || !self->weights_shown);
}
