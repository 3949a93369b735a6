/* The reliability diagrams: before and after, several in one, or one a network; their key, and the badges of what they are of. */
#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/model/calibration-words.h"
#include "ui/widgets/theme.h"

/* So wide, in pixels, a panel should be, and so many stand beside each other at most; margins and the side take the rest. */
enum { PANEL_WIDTH = 232, BESIDE = 300, MOST_COLUMNS = 3 };

/* The key is at least as high as the choices beside it. */
enum { KEY_HEIGHT = 28 };

/* --- the figure --- */

static void
window_words (DubReliabilityWords *words)
{
  *words = (DubReliabilityWords) {
    .confidence = _("confidence"),
    .accuracy = _("accuracy"),
    .share = _("share of the class"),
    .cases = C_("counts of a diagram", "cases"),
    .one_case = C_("after the number 1", "case"),
    .no_cases = _("no cases"),
    .ece = _("ECE"),
    .adaptive_ece = _("Adaptive ECE"),
    .gap = _("gap"),
    .band = _("95 % band"),
    .few = _("n < 10"),
    .consistency = _("consistency"),
    .isotonic = _("isotonic"),
  };
}

/* On paper the curves before and after have English names, as the axes have. */
static const char *
curve_name (DubCalibrationPage       *self,
            const DubCalibrationItem *item,
            gboolean                  paper)
{
  if (!paper || dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_MODELS)
    return item->name;
  if (item == dub_calibration_bench_get_side (self->bench, 0))
    return dub_calibration_words_paper_curve (-1);
  if (item == dub_calibration_bench_get_side (self->bench, 1))
    return dub_calibration_words_paper_curve (dub_calibration_bench_get_setting (self->bench)->method);

  return item->name;
}

static DubReliabilityCurve
curve_of (DubCalibrationPage       *self,
          const DubCalibrationItem *item,
          gboolean                  paper)
{
  const DubCalibrationSetting *setting = dub_calibration_bench_get_setting (self->bench);
  DubEstimate ece = dub_calibration_item_get_ece (item);
  gboolean comes = !paper && !item->failed, is_old = !paper && dub_calibration_item_add_old_interval (item, &ece);

  return (DubReliabilityCurve) {
    .name = curve_name (self, item, paper),
    .bins = item->bins,
    .low = item->low,
    .high = item->high,
    .consistent_low = setting->consistency ? item->consistent_low : NULL,
    .consistent_high = setting->consistency ? item->consistent_high : NULL,
    .corp = setting->isotonic ? item->corp : NULL,
    .ece = ece,
    .ece_is_old = is_old,
    .band_comes = comes,
    .consistency_comes = comes && setting->consistency,
  };
}

/* What stands alone on paper needs no title: the sheet has one. */
static const char *
panel_title (DubCalibrationPage       *self,
             const DubCalibrationItem *item,
             guint                     index,
             gboolean                  paper)
{
  if (paper && dub_calibration_bench_get_shown (self->bench)->len == 1)
    return NULL;
  if (dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_MODELS)
    return item->name;
  if (dub_calibration_bench_get_shown (self->bench)->len == 1)
    return _("Uncalibrated");
  if (paper)
    return index == 0 ? "Before" : "After";

  return index == 0 ? _("Before") : _("After");
}

DubReliabilityFigure *
_dub_calibration_page_make_figure (DubCalibrationPage        *self,
                                   const DubReliabilityWords *words)
{
  GPtrArray *shown = dub_calibration_bench_get_shown (self->bench);
  gboolean one_class = dub_calibration_bench_get_setting (self->bench)->class_index >= 0, paper = words == NULL;
  DubReliabilityFigure *figure;

  if (shown->len == 0)
    return NULL;
  figure = dub_reliability_figure_new (words);
  if (dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_OVERLAY) {
    g_autofree DubReliabilityCurve *curves = g_new (DubReliabilityCurve, shown->len);

    for (guint i = 0; i < shown->len; i++)
      curves[i] = curve_of (self, shown->pdata[i], paper);
    /* The names of its curves are its head. */
    dub_reliability_figure_add_panel (figure, NULL, curves, shown->len, one_class);
    return figure;
  }
  for (guint i = 0; i < shown->len; i++) {
    const DubReliabilityCurve curve = curve_of (self, shown->pdata[i], paper);

    dub_reliability_figure_add_panel (figure, panel_title (self, shown->pdata[i], i, paper), &curve, 1, one_class);
  }

  return figure;
}

/* --- the panels --- */

gboolean
_dub_calibration_page_is_of_models (DubCalibrationPage *self)
{
  return dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_MODELS;
}

/* The side that a panel chooses bins of. */
static int
side_of (DubCalibrationPage *self,
         guint               panel)
{
  return dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_OVERLAY ? 0 : (int) panel;
}

static guint
panel_of (DubReliabilityView *view)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (view), "panel"));
}

static void
picked_cb (DubCalibrationPage *self,
           int                 bin,
           DubReliabilityView *view)
{
  dub_calibration_bench_choose_bin (self->bench, side_of (self, panel_of (view)), bin);
}

/* Of a bin the cases; of one network among several this one alone. */
static void
activated_cb (DubCalibrationPage *self,
              int                 bin,
              DubReliabilityView *view)
{
  GPtrArray *shown = dub_calibration_bench_get_shown (self->bench);

  picked_cb (self, bin, view);
  if (!_dub_calibration_page_is_of_models (self)) {
    if (bin >= 0)
      _dub_calibration_page_show_set (self);
  } else if (shown->len > 1 && panel_of (view) < shown->len) {
    g_autofree char *model = g_strdup (((DubCalibrationItem *) shown->pdata[panel_of (view)])->name);

    g_object_set (self->bench, "model", model, "view", "pair", NULL);
  }
}

static DubReliabilityView *
view_of (DubCalibrationPage *self,
         guint               panel)
{
  return DUB_RELIABILITY_VIEW (gtk_widget_get_first_child (g_ptr_array_index (self->cards, panel)));
}

/* Before and after, the frame is in both panels: a press in one of them says whose cases are meant. The view has already told of another bin. */
static void
pressed_cb (DubCalibrationPage *self,
            int                 n_press,
            double              x,
            double              y,
            GtkGesture         *gesture)
{
  GtkWidget *card = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  guint panel = panel_of (DUB_RELIABILITY_VIEW (gtk_widget_get_first_child (card)));
  int side, bin = dub_calibration_bench_get_bin (self->bench, &side);

  if (bin >= 0 && dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_PAIR && side != (int) panel)
    dub_calibration_bench_choose_bin (self->bench, (int) panel, bin);
}

static void
add_card (DubCalibrationPage *self)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *view = dub_reliability_view_new ();
  GtkGesture *press = gtk_gesture_click_new ();

  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "plot");
  gtk_widget_set_hexpand (view, TRUE);
  gtk_widget_set_vexpand (view, TRUE);
  gtk_box_append (GTK_BOX (card), view);
  g_object_set_data (G_OBJECT (view), "panel", GUINT_TO_POINTER (self->cards->len));
  g_signal_connect_object (view, "picked", G_CALLBACK (picked_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (press, "pressed", G_CALLBACK (pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (card, GTK_EVENT_CONTROLLER (press));
  g_ptr_array_add (self->cards, card);
  gtk_grid_attach (self->panels, card, 0, (int) self->cards->len, 1, 1);
}

int
_dub_calibration_page_count_columns (DubCalibrationPage *self)
{
  /* Not their own width, which never falls below what they ask for. */
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int columns = CLAMP (width > 0 ? (width - BESIDE) / PANEL_WIDTH : 2, 1, MOST_COLUMNS);

  /* Four are two and two, not three and one. */
  return self->cards->len == 4 ? MIN (columns, 2) : columns;
}

void
_dub_calibration_page_place_panels (DubCalibrationPage *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self->panels));
  int n = (int) self->cards->len;

  self->columns = _dub_calibration_page_count_columns (self);
  for (int i = 0; i < n; i++) {
    GtkGridLayoutChild *place = GTK_GRID_LAYOUT_CHILD (gtk_layout_manager_get_layout_child (layout, self->cards->pdata[i]));

    gtk_grid_layout_child_set_column (place, i % self->columns);
    gtk_grid_layout_child_set_row (place, i / self->columns);
  }
}

/* As many cards as panels; before anything is fitted the place of "after" is kept. */
static void
count_cards (DubCalibrationPage *self,
             guint               n)
{
  if (n == self->cards->len)
    return;
  while (self->cards->len < n)
    add_card (self);
  while (self->cards->len > n) {
    GtkWidget *card = g_ptr_array_index (self->cards, self->cards->len - 1);

    dub_reliability_view_set_figure (view_of (self, self->cards->len - 1), NULL, 0);
    g_ptr_array_set_size (self->cards, self->cards->len - 1);
    gtk_grid_remove (self->panels, card);
  }
  _dub_calibration_page_place_panels (self);
}

void
_dub_calibration_page_drop_panels (DubCalibrationPage *self)
{
  count_cards (self, 0);
}

static void
describe (DubCalibrationPage *self,
          guint               panel)
{
  GPtrArray *shown = dub_calibration_bench_get_shown (self->bench);
  const DubCalibrationItem *item = shown->pdata[MIN (panel, shown->len - 1)];
  DubEstimate estimate = dub_calibration_item_get_ece (item);
  g_autofree char *ece = _dub_calibration_number (estimate.value, 4);
  g_autofree char *bins = g_strdup_printf ("%" G_GSIZE_FORMAT, item->bins->n_bins);
  g_autofree char *cases = g_strdup_printf ("%" G_GSIZE_FORMAT, item->bins->n_cases);
  const char *title = dub_reliability_figure_get_title (self->figure, panel);
  g_autofree char *label = g_strdup_printf (_("Reliability diagram: %s"), title != NULL ? title : _("Overlay"));
  g_autofree char *text = g_strdup_printf (item->bins->binning == DUB_BINS_EQUAL_MASS ? _("%s, %s cases in %s bins, adaptive calibration error %s")
                                                                                       : _("%s, %s cases in %s bins, expected calibration error %s"),
                                           item->name, cases, bins, ece);

  dub_reliability_view_describe (view_of (self, panel), label, text);
}

/* The selected set in every bin, unless it is the chosen bin; and the current case. */
static void
mark_panel (DubCalibrationPage *self,
            guint               panel,
            int                 bin)
{
  GPtrArray *shown = dub_calibration_bench_get_shown (self->bench);
  int index = dub_selection_get_case (dub_session_get_selection (self->session));
  DubReliabilityMarks marks = { (double) NAN, FALSE, NULL };
  DubCalibrationSet set = { 0 };

  if (panel >= shown->len)
    return;

  const DubCalibrationItem *item = shown->pdata[panel];
  gssize at = index >= 0 ? dub_calibration_answers_find (item->answers, (guint) index) : -1;

  if (at >= 0) {
    marks.confidence = item->answers->predictions->confidence[at];
    marks.correct = item->answers->predictions->correct[at];
  }
  if (bin < 0)
    dub_calibration_bench_count_set (self->bench, item, &set);
  marks.selected = set.count;
  dub_reliability_view_set_marks (view_of (self, panel), &marks);
  g_free (set.count);
}

void
_dub_calibration_page_update_panels (DubCalibrationPage *self)
{
  DubReliabilityFigure *old = self->figure;
  DubReliabilityWords words;

  window_words (&words);
  self->figure = _dub_calibration_page_make_figure (self, &words);

  guint n = self->figure != NULL ? dub_reliability_figure_get_n_panels (self->figure) : 0;

  count_cards (self, n);
  gtk_widget_set_visible (GTK_WIDGET (self->models_note), _dub_calibration_page_is_of_models (self));
  for (guint panel = 0; panel < n; panel++) {
    dub_reliability_view_set_figure (view_of (self, panel), self->figure, panel);
    describe (self, panel);
  }
  _dub_calibration_page_update_marks (self);
  gtk_widget_queue_draw (GTK_WIDGET (self->key));
  /* The views have the new one by now. */
  dub_reliability_figure_free (old);
}

void
_dub_calibration_page_update_marks (DubCalibrationPage *self)
{
  gboolean models = _dub_calibration_page_is_of_models (self);
  int side, bin = dub_calibration_bench_get_bin (self->bench, &side);

  /* The same bin of other networks has other cases: there the chosen ones are marked where they are. */
  for (guint panel = 0; panel < self->cards->len; panel++) {
    int framed = !models || (int) panel == side ? bin : -1;

    dub_reliability_view_set_bin (view_of (self, panel), framed);
    mark_panel (self, panel, framed);
  }
}

/* --- the key --- */

typedef struct {
  DubCalibrationPage *page;
  int                 height;
} KeyHeight;

/* Not from inside a frame: another height asks for another allocation. */
static gboolean
key_height_cb (gpointer data)
{
  KeyHeight *wanted = data;

  wanted->page->key_idle = 0;
  gtk_drawing_area_set_content_height (wanted->page->key, wanted->height);

  return G_SOURCE_REMOVE;
}

static void
ask_key_height (DubCalibrationPage *self,
                double              needed)
{
  int height = MAX ((int) ceil (needed), KEY_HEIGHT);
  KeyHeight *wanted;

  if (self->key_idle != 0 || height == gtk_drawing_area_get_content_height (self->key))
    return;
  wanted = g_new (KeyHeight, 1);
  *wanted = (KeyHeight) { self, height };
  self->key_idle = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, key_height_cb, wanted, g_free);
}

static void
draw_key_cb (GtkDrawingArea *area,
             cairo_t        *cr,
             int             width,
             int             height,
             gpointer        user_data)
{
  DubCalibrationPage *self = user_data;
  g_autoptr (DubCanvas) canvas = NULL;
  DubTheme theme;
  double needed;

  if (self->figure == NULL)
    return;
  dub_widget_theme (GTK_WIDGET (area), &theme);
  canvas = dub_canvas_new (cr, &theme, gtk_widget_get_scale_factor (GTK_WIDGET (area)));
  needed = dub_reliability_figure_draw_key (self->figure, canvas, 0.0, 0.0, width, FALSE);
  ask_key_height (self, needed);
  dub_reliability_figure_draw_key (self->figure, canvas, 0.0, MAX (0.0, floor ((height - needed) / 2.0)), width, TRUE);
}

void
_dub_calibration_page_build_key (DubCalibrationPage *self)
{
  gtk_drawing_area_set_draw_func (self->key, draw_key_cb, self, NULL);
}

/* --- badges --- */

static void
set_badge (GtkWidget  *badge,
           GtkLabel   *label,
           GtkImage   *icon,
           const char *style,
           gboolean    warning,
           const char *text,
           const char *tooltip)
{
  const char *classes[] = { "dub-pill", warning ? "warning" : style, NULL };

  gtk_label_set_text (label, text);
  gtk_widget_set_tooltip_text (badge, tooltip);
  gtk_widget_set_css_classes (badge, classes);
  gtk_widget_set_visible (GTK_WIDGET (icon), warning);
}

/* What was fitted: "T fitted on calibration · 116". */
static char *
fitted_words (int         method,
              const char *number)
{
  if (method == DUB_RECALIBRATE_TEMPERATURE)
    return g_strdup_printf (_("T fitted on calibration · %s"), number);

  return g_strdup_printf (_("%s fitted on calibration · %s"), dub_calibration_words_method (method), number);
}

void
_dub_calibration_page_update_badges (DubCalibrationPage *self)
{
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self->bench);
  int method = dub_calibration_bench_get_setting (self->bench)->method;
  gboolean measured = subject != NULL && subject->test != NULL;

  gtk_widget_set_visible (self->measured_badge, measured);
  gtk_widget_set_visible (self->fitted_badge, measured && (method >= 0 || subject->calibration == NULL));
  if (!measured)
    return;

  size_t n_test = subject->test->predictions->n_cases, n = subject->calibration != NULL ? subject->calibration->predictions->n_cases : 0;
  g_autofree char *test = g_strdup_printf ("%" G_GSIZE_FORMAT, n_test), *number = g_strdup_printf ("%" G_GSIZE_FORMAT, n);
  g_autofree char *text = g_strdup_printf (_("measured on test · %s"), test), *fitted = NULL;

  set_badge (self->measured_badge, self->measured_label, self->measured_icon, "test", FALSE, text,
             _("Every number and every bar is of the test cases, which nothing was fitted on"));
  if (subject->calibration == NULL) {
    set_badge (self->fitted_badge, self->fitted_label, self->fitted_icon, "calibration", TRUE, _("no calibration cases"),
               _("A recalibration is fitted on labelled calibration cases, and this study has none"));
    return;
  }
  fitted = fitted_words (MAX (method, 0), number);
  set_badge (self->fitted_badge, self->fitted_label, self->fitted_icon, "calibration", n < DUB_FIT_FEW_CASES, fitted,
             n < DUB_FIT_FEW_CASES ? _("Fewer than 30 cases: what is fitted on them is loose")
                                   : _("Fitted on calibration cases, which no number of this page is measured on"));
}
