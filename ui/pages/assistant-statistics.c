/* What the test cases can show: how wide the intervals will be, before anything is trained. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "core/stats/rate.h"
#include "ui/widgets/interval-strip.h"

/* What is assumed, until something is measured. */
static const double SENSITIVITY = 0.80, SPECIFICITY = 0.90;

enum { N_ROWS = 2 };

#define DUB_TYPE_ASSISTANT_STATISTICS (dub_assistant_statistics_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantStatistics, dub_assistant_statistics, DUB, ASSISTANT_STATISTICS, AdwBin)

struct _DubAssistantStatistics {
  AdwBin            parent_instance;
  DubNewStudy      *study;
  GtkLabel         *title;
  GtkGrid          *grid;
  GtkLabel         *words[N_ROWS];
  GtkSpinButton    *assumed[N_ROWS];
  DubIntervalStrip *strip[N_ROWS];
  GtkLabel         *interval[N_ROWS];
  GtkLabel         *count[N_ROWS];
};

G_DEFINE_FINAL_TYPE (DubAssistantStatistics, dub_assistant_statistics, ADW_TYPE_BIN)

static void
update_row (DubAssistantStatistics *self,
            int                     row,
            const char             *words,
            size_t                  n)
{
  double value = gtk_spin_button_get_value (self->assumed[row]);
  DubRate rate = { .n = (gsize) (value * (double) n + 0.5), .d = n };
  DubEstimate estimate = dub_rate_wilson (rate, DUB_CONFIDENCE);
  g_autofree char *count = g_strdup_printf ("%zu/%zu", rate.n, rate.d);
  g_autofree char *interval = n > 0 ? g_strdup_printf ("%.2f–%.2f", estimate.low, estimate.high) : g_strdup ("–");

  gtk_label_set_label (self->words[row], words);
  gtk_label_set_label (self->interval[row], interval);
  gtk_label_set_label (self->count[row], count);
  dub_interval_strip_set (self->strip[row], n > 0 ? estimate.value : (double) NAN, estimate.low, estimate.high);
}

static void
changed_cb (DubAssistantStatistics *self)
{
  const DubDataset *dataset = dub_new_study_get_dataset (self->study);
  size_t n_test = 0, fewest = G_MAXSIZE;
  guint rare = 0;

  if (dataset == NULL)
    return;
  for (guint c = 0; c < dataset->classes->len; c++) {
    size_t n = dub_new_study_count (self->study, DUB_PART_TEST, (int) c);

    n_test += n;
    if (n < fewest) {
      fewest = n;
      rare = c;
    }
  }

  g_autofree char *title = g_strdup_printf (g_dngettext (NULL, "What %zu test case can show", "What %zu test cases can show",
                                                         (gulong) n_test), n_test);

  gtk_label_set_label (self->title, title);
  if (dataset->classes->len == 2) {
    int positive = dub_new_study_get_choices (self->study)->positive;

    update_row (self, 0, _("if sensitivity is"), dub_new_study_count (self->study, DUB_PART_TEST, positive));
    update_row (self, 1, _("if specificity is"), dub_new_study_count (self->study, DUB_PART_TEST, 1 - positive));
  } else {
    g_autofree char *words = g_strdup_printf (_("if sensitivity for %s is"), dub_new_study_get_class_name (self->study, rare));

    update_row (self, 0, words, dataset->classes->len > 0 ? fewest : 0);
    update_row (self, 1, _("if accuracy is"), n_test);
  }
}

static void
dub_assistant_statistics_class_init (DubAssistantStatisticsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/assistant-statistics.ui");
  gtk_widget_class_bind_template_child (widget_class, DubAssistantStatistics, title);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantStatistics, grid);
}

static void
dub_assistant_statistics_init (DubAssistantStatistics *self)
{
  const double assumed[N_ROWS] = { SENSITIVITY, SPECIFICITY };

  gtk_widget_init_template (GTK_WIDGET (self));
  for (int row = 0; row < N_ROWS; row++) {
    GtkWidget *spin = gtk_spin_button_new_with_range (0.0, 1.0, 0.01);
    GtkWidget *widgets[5];

    gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), assumed[row]);
    gtk_widget_add_css_class (spin, "compact");
    gtk_editable_set_width_chars (GTK_EDITABLE (spin), 4);
    gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 4);
    gtk_widget_set_tooltip_text (spin, _("Assume another value, to see how wide its interval would be"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Assumed value"), -1);
    self->assumed[row] = GTK_SPIN_BUTTON (spin);
    self->words[row] = GTK_LABEL (_dub_assistant_label (NULL, NULL));
    gtk_label_set_ellipsize (self->words[row], PANGO_ELLIPSIZE_END);
    self->strip[row] = DUB_INTERVAL_STRIP (dub_interval_strip_new ());
    gtk_widget_set_hexpand (GTK_WIDGET (self->strip[row]), TRUE);
    self->interval[row] = GTK_LABEL (_dub_assistant_label (NULL, "numeric"));
    self->count[row] = GTK_LABEL (_dub_assistant_label (NULL, "numeric"));
    gtk_label_set_xalign (self->interval[row], 1.0f);
    gtk_label_set_xalign (self->count[row], 1.0f);
    gtk_widget_add_css_class (GTK_WIDGET (self->count[row]), "dim-label");
    widgets[0] = GTK_WIDGET (self->words[row]);
    widgets[1] = spin;
    widgets[2] = GTK_WIDGET (self->strip[row]);
    widgets[3] = GTK_WIDGET (self->interval[row]);
    widgets[4] = GTK_WIDGET (self->count[row]);
    for (int column = 0; column < 5; column++)
      gtk_grid_attach (self->grid, widgets[column], column, row, 1, 1);
    g_signal_connect_object (spin, "value-changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  }
}

GtkWidget *
_dub_assistant_statistics_new (DubNewStudy *study)
{
  DubAssistantStatistics *self = g_object_new (DUB_TYPE_ASSISTANT_STATISTICS, NULL);

  self->study = study;
  g_signal_connect_object (study, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);

  return GTK_WIDGET (self);
}
