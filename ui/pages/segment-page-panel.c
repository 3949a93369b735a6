#include "ui/pages/segment-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/segment-figure.h"

static const struct {
  const char *word;
  const char *title;
  const char *tooltip;
} VIEWS[SEGMENT_N_VIEWS] = {
  { "flip", N_("Mirror"), N_("Along each axis of the network’s tensor: 3 views") },
  { "turn", N_("Turn"), N_("By quarters in the last two axes: 3 views") },
  { "shift", N_("Shift"), N_("By 4 voxels to either side along each axis: 6 views") },
  { "intensity", N_("Contrast"), N_("0.9 and 1.1 of the contrast: 2 views") },
};

/* --- building --- */

static GtkWidget *
card_new (DubSegmentPage *self,
          gboolean        padded)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, padded ? 8 : 0);

  gtk_widget_add_css_class (card, "card");
  if (padded)
    gtk_widget_add_css_class (card, "padded");
  gtk_box_append (self->panel, card);

  return card;
}

static GtkWidget *
label_new (const char *text,
           const char *css,
           float       xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);

  return label;
}

/* A heading with something at its end. */
static void
add_head (GtkWidget  *card,
          const char *title,
          GtkWidget  *end,
          gboolean    padded)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = label_new (title, "heading", 0.0f);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (end != NULL)
    gtk_box_append (GTK_BOX (box), end);
  if (!padded)
    gtk_widget_add_css_class (box, "card-head");
  gtk_box_append (GTK_BOX (card), box);
}

static void
score_chosen_cb (DubSegmentPage *self)
{
  int chosen = dub_choice_get_selected (self->score_choice);

  if (!self->updating && chosen >= 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "segment.score", "s", dub_segment_score_name ((DubSegmentScore) chosen));
}

/* What was ticked counts when the popover closes: every list of views is a computation. */
static void
views_closed_cb (DubSegmentPage *self)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (int i = 0; i < SEGMENT_N_VIEWS; i++)
    if (gtk_check_button_get_active (self->view_check[i]))
      g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", VIEWS[i].word);
  if (self->segment != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "segment.views", "s", list->str);
}

static void
build_score (DubSegmentPage *self)
{
  GtkWidget *card = card_new (self, TRUE), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *choice = dub_choice_new (_("Score")), *views = gtk_menu_button_new ();
  const char *const names[] = { _("MSR"), _("Entropy"), _("Margin"), _("SD"), _("MI") };
  const char *const tooltips[] = {
    _("One minus the largest probability"),
    _("Entropy of the mean probabilities, in nats: 0 where the network is certain"),
    _("One minus the difference of the two largest probabilities"),
    _("Standard deviation over networks and views, averaged over the classes"),
    _("Mutual information: what networks and views disagree about, in nats"),
  };

  self->score_choice = DUB_CHOICE (choice);
  for (int k = 0; k < DUB_N_SEGMENT_SCORES; k++)
    dub_choice_add (self->score_choice, names[k], tooltips[k]);
  for (GtkWidget *child = gtk_widget_get_first_child (choice); child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_hexpand (child, TRUE);
  g_signal_connect_object (choice, "chosen", G_CALLBACK (score_chosen_cb), self, G_CONNECT_SWAPPED);
  add_head (card, _("Score"), NULL, TRUE);
  gtk_box_append (GTK_BOX (card), choice);

  self->score_note = GTK_LABEL (label_new (NULL, "note", 0.0f));
  gtk_widget_add_css_class (GTK_WIDGET (self->score_note), "dim-label");
  gtk_label_set_wrap (self->score_note, TRUE);
  gtk_label_set_max_width_chars (self->score_note, 30);
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->score_note));

  GtkWidget *label = label_new (_("Views"), NULL, 0.0f);

  gtk_widget_set_tooltip_text (label, _("Changed copies of the volume whose segmentation comes back exactly: their spread is the network’s doubt"));
  gtk_widget_set_hexpand (label, TRUE);
  self->views_button = GTK_MENU_BUTTON (views);
  gtk_menu_button_set_popover (self->views_button, GTK_WIDGET (self->views_popover));
  gtk_widget_add_css_class (views, "compact");
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), views);
  gtk_box_append (GTK_BOX (card), row);

  for (int i = 0; i < SEGMENT_N_VIEWS; i++) {
    GtkWidget *check = gtk_check_button_new_with_label (_(VIEWS[i].title));

    gtk_widget_set_tooltip_text (check, _(VIEWS[i].tooltip));
    self->view_check[i] = GTK_CHECK_BUTTON (check);
    gtk_box_append (self->views_box, check);
  }

  GtkWidget *note = label_new (_("Each view is one more pass of the network.\nComputed when this closes."), "dim-label", 0.0f);

  gtk_widget_add_css_class (note, "caption");
  gtk_box_append (self->views_box, note);
  g_signal_connect_object (self->views_popover, "closed", G_CALLBACK (views_closed_cb), self, G_CONNECT_SWAPPED);
}

static void
contours_switched_cb (DubSegmentPage *self)
{
  if (!self->updating)
    gtk_widget_activate_action (GTK_WIDGET (self), "segment.contours", NULL);
}

static void
opacity_moved_cb (DubSegmentPage *self)
{
  if (!self->updating)
    gtk_widget_activate_action (GTK_WIDGET (self), "segment.opacity", "d", gtk_range_get_value (GTK_RANGE (self->opacity_scale)));
}

static void
build_contours (DubSegmentPage *self)
{
  GtkWidget *card = card_new (self, TRUE), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0.0, 1.0, 0.05), *value = label_new (NULL, "numeric", 1.0f);
  GtkWidget *toggle = gtk_switch_new ();

  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (toggle, _("Outlines of the classes (T)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Contours"), -1);
  self->contours_switch = GTK_SWITCH (toggle);
  g_signal_connect_object (toggle, "notify::active", G_CALLBACK (contours_switched_cb), self, G_CONNECT_SWAPPED);
  add_head (card, _("Contours"), toggle, TRUE);

  gtk_scale_set_draw_value (GTK_SCALE (scale), FALSE);
  gtk_widget_set_hexpand (scale, TRUE);
  gtk_widget_set_tooltip_text (scale, _("Opacity of the heat (Q, E)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Opacity of the heat"), -1);
  self->opacity_scale = GTK_SCALE (scale);
  g_signal_connect_object (scale, "value-changed", G_CALLBACK (opacity_moved_cb), self, G_CONNECT_SWAPPED);
  gtk_label_set_width_chars (GTK_LABEL (value), 5);
  self->opacity_label = GTK_LABEL (value);
  gtk_box_append (GTK_BOX (row), label_new (_("Opacity"), NULL, 0.0f));
  gtk_box_append (GTK_BOX (row), scale);
  gtk_box_append (GTK_BOX (row), value);
  gtk_box_append (GTK_BOX (card), row);
}

static void
read_cb (DubSegmentPage *self,
         GParamSpec     *pspec,
         GtkDropDown    *list)
{
  guint chosen = gtk_drop_down_get_selected (list);

  if (self->updating || chosen == GTK_INVALID_LIST_POSITION)
    return;
  if (list == self->axes)
    gtk_widget_activate_action (GTK_WIDGET (self), "segment.axes", "s", dub_axes_name ((DubAxes) chosen));
  else if (list == self->scale)
    gtk_widget_activate_action (GTK_WIDGET (self), "segment.scale", "s", dub_scale_name ((DubScale) chosen));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "segment.fit", "s", dub_fit_name ((DubFit) chosen));
}

static GtkDropDown *
add_reading (DubSegmentPage    *self,
             GtkWidget         *card,
             const char        *title,
             const char        *tooltip,
             const char *const *words)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *label = label_new (title, NULL, 0.0f);
  GtkWidget *list = gtk_drop_down_new_from_strings (words);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (list, "compact");
  gtk_widget_set_tooltip_text (list, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_object (list, "notify::selected", G_CALLBACK (read_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), list);
  gtk_box_append (GTK_BOX (card), row);

  return GTK_DROP_DOWN (list);
}

static void
build_reading (DubSegmentPage *self)
{
  GtkWidget *card = card_new (self, TRUE);
  const char *const axes[] = { "i, j, k", "k, j, i", NULL };
  const char *const scales[] = { _("none"), _("0 to 1"), _("mean 0, SD 1"), NULL };
  const char *const fits[] = { _("refuse"), _("crop or pad"), _("resample"), NULL };

  add_head (card, _("How volumes are read"), NULL, TRUE);
  self->axes = add_reading (self, card, _("Order of axes"),
                            _("Which of the file’s axes come first in the network’s tensor; a file itself stores k, j, i"), axes);
  self->scale = add_reading (self, card, _("Intensities"), _("How intensities are scaled before the network sees them"), scales);
  self->fit = add_reading (self, card, _("Other shapes"), _("What happens to a volume that does not fit the network"), fits);
}

void
_dub_segment_page_build_panel (DubSegmentPage *self)
{
  GtkWidget *card, *note;

  build_score (self);
  build_contours (self);

  card = card_new (self, FALSE);
  self->volume_note = GTK_LABEL (label_new (NULL, "note", 1.0f));
  gtk_widget_add_css_class (GTK_WIDGET (self->volume_note), "dim-label");
  add_head (card, _("Volume"), GTK_WIDGET (self->volume_note), FALSE);
  self->volume_rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->volume_rows));

  card = card_new (self, FALSE);
  note = label_new (_("9 × 9 × 9 mean"), "note", 1.0f);
  gtk_widget_add_css_class (note, "dim-label");
  add_head (card, _("Worst patches"), note, FALSE);
  self->place_rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->place_rows));

  build_reading (self);
}

/* --- showing --- */

static void
empty (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static GtkWidget *
swatch_label (DubSegmentPage *self,
              size_t          c)
{
  DubRgba color = dub_segment_color (c);
  g_autofree char *name = _dub_segment_page_class_name (self, c);
  g_autofree char *markup =
    g_markup_printf_escaped ("<span color='#%02x%02x%02x' weight='bold'>━</span>  %s", (guint) lrint (255.0 * color.red),
                             (guint) lrint (255.0 * color.green), (guint) lrint (255.0 * color.blue), name);
  GtkWidget *label = label_new (NULL, NULL, 0.0f);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);

  return label;
}

static char *
percent_of (double value,
            double middle)
{
  double share = 100.0 * (value / middle - 1.0);

  return g_strdup_printf ("%s%.1f", share < -0.05 ? "−" : "+", fabs (share));
}

static void
add_volume (DubSegmentPage          *self,
            const DubSegmentNumbers *numbers,
            size_t                   c)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *first = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *ml = g_strdup_printf (_("%.1f mL"), numbers->ml[c]);
  GtkWidget *value = label_new (ml, "heading", 1.0f);
  double low, high;

  gtk_widget_add_css_class (box, "volume-row");
  gtk_widget_add_css_class (value, "numeric");
  gtk_box_append (GTK_BOX (first), swatch_label (self, c));
  gtk_box_append (GTK_BOX (first), value);
  gtk_box_append (GTK_BOX (box), first);
  dub_segment_numbers_range (numbers, c, &low, &high);
  if (numbers->n_models * numbers->n_views > 1 && numbers->ml[c] > 0.0) {
    GtkWidget *strip = dub_interval_strip_new (), *second = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
    double middle = numbers->ml[c];
    /* One scale for all classes: the axis is 10 % to either side, wider where the views are. */
    double reach = MAX (0.1, 1.15 * MAX (high / middle - 1.0, 1.0 - low / middle));
    g_autofree char *range = g_strdup_printf (_("%.1f to %.1f"), low, high);
    g_autofree char *less = percent_of (low, middle), *more = percent_of (high, middle);
    g_autofree char *percent = g_strdup_printf ("%s … %s %%", less, more);
    GtkWidget *left = label_new (range, "note", 0.0f), *right = label_new (percent, "note", 1.0f);

    dub_interval_strip_set (DUB_INTERVAL_STRIP (strip), 0.5, 0.5 + 0.5 * (low / middle - 1.0) / reach,
                            0.5 + 0.5 * (high / middle - 1.0) / reach);
    gtk_widget_add_css_class (left, "dim-label");
    gtk_widget_add_css_class (right, "dim-label");
    gtk_widget_add_css_class (left, "numeric");
    gtk_widget_add_css_class (right, "numeric");
    gtk_widget_set_hexpand (left, TRUE);
    gtk_box_append (GTK_BOX (second), left);
    gtk_box_append (GTK_BOX (second), right);
    gtk_box_append (GTK_BOX (box), strip);
    gtk_box_append (GTK_BOX (box), second);
  }
  gtk_box_append (self->volume_rows, box);
}

static void
add_place (DubSegmentPage        *self,
           int                    case_index,
           guint                  p,
           const DubSegmentPlace *place)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  g_autofree char *rank = g_strdup_printf ("%u", p + 1);
  g_autofree char *at = g_strdup_printf ("%d, %d, %d", (int) place->voxel[0], (int) place->voxel[1], (int) place->voxel[2]);
  g_autofree char *mean = g_strdup_printf ("%.3f", place->mean);
  g_autofree char *said = g_strdup_printf (_("Go to voxel %s, whose patch has a mean of %s"), at, mean);
  GtkWidget *first = label_new (rank, "dim-label", 0.0f), *second = label_new (at, "at", 0.0f), *third = label_new (mean, "heading", 1.0f);

  gtk_widget_add_css_class (second, "numeric");
  gtk_widget_add_css_class (third, "numeric");
  gtk_widget_set_hexpand (second, TRUE);
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("dub-crosshair-symbolic"));
  gtk_box_append (GTK_BOX (box), second);
  gtk_box_append (GTK_BOX (box), third);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "place");
  if ((int) p == self->chosen_place)
    gtk_widget_add_css_class (button, "chosen");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(ii)", case_index, (int) p);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "segment.go-to");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  gtk_box_append (self->place_rows, button);
}

static void
mark_places (DubSegmentPage *self)
{
  int p = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->place_rows)); child != NULL;
       child = gtk_widget_get_next_sibling (child), p++)
    if (p == self->chosen_place)
      gtk_widget_add_css_class (child, "chosen");
    else
      gtk_widget_remove_css_class (child, "chosen");
}

static void
update_cards (DubSegmentPage *self)
{
  int current = dub_session_get_case_index (self->session);
  DubSegmentRow *row = current >= 0 && (guint) current < g_list_model_get_n_items (dub_segment_session_get_rows (self->segment))
                         ? dub_segment_session_get_row (self->segment, (guint) current) : NULL;
  const DubSegmentNumbers *numbers = row != NULL ? dub_segment_row_get_numbers (row) : NULL;
  DubSegmentScore score = dub_segment_session_get_score (self->segment);
  g_autofree char *key = g_strdup_printf ("%d %p %d", current, (const void *) numbers, (int) score);
  size_t n_answers = numbers != NULL ? numbers->n_models * numbers->n_views : 0;
  g_autofree char *note = NULL;

  if (g_strcmp0 (key, self->cards_key) == 0) {
    mark_places (self);
    return;
  }
  g_free (self->cards_key);
  self->cards_key = g_steal_pointer (&key);
  empty (self->volume_rows);
  empty (self->place_rows);
  note = numbers == NULL              ? g_strdup (_("not computed yet"))
         : numbers->n_models > 1      ? g_strdup_printf (_("range of %zu answers, no CI"), n_answers)
         : n_answers > 1              ? g_strdup_printf (_("range of %zu views, no CI"), n_answers)
                                      : g_strdup (_("one view: no range"));
  gtk_label_set_text (self->volume_note, note);
  for (size_t c = 1; numbers != NULL && c < numbers->n_classes; c++)
    add_volume (self, numbers, c);
  if (numbers != NULL && numbers->scores & 1u << score)
    for (guint p = 0; p < numbers->score[score].n_places; p++)
      add_place (self, current, p, &numbers->score[score].places[p]);
}

static void
update_score (DubSegmentPage *self)
{
  guint scores = dub_segment_session_get_scores (self->segment);
  gboolean several = scores & 1u << DUB_SEGMENT_SD;
  const char *why = several ? NULL : _("SD and MI need two networks or views; choose views below");
  const char *views = dub_segment_session_get_views (self->segment);
  g_auto (GStrv) chosen = g_strsplit (views, ",", -1);
  g_autoptr (GString) words = g_string_new (NULL);

  dub_choice_set_selected (self->score_choice, (int) dub_segment_session_get_score (self->segment));
  dub_choice_set_refused (self->score_choice, DUB_SEGMENT_SD, why);
  dub_choice_set_refused (self->score_choice, DUB_SEGMENT_MI, why);
  gtk_label_set_text (self->score_note, why != NULL ? why : "");
  gtk_widget_set_visible (GTK_WIDGET (self->score_note), why != NULL);
  for (int i = 0; i < SEGMENT_N_VIEWS; i++) {
    gboolean on = g_strv_contains ((const char *const *) chosen, VIEWS[i].word);

    gtk_check_button_set_active (self->view_check[i], on);
    if (on)
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", _(VIEWS[i].title));
  }
  gtk_menu_button_set_label (self->views_button, words->len > 0 ? words->str : _("none"));
}

void
_dub_segment_page_update_panel (DubSegmentPage *self)
{
  DubStudyModel *model = dub_session_get_model (self->session);
  double opacity = dub_viewer_get_opacity (self->viewer);
  g_autofree char *percent = g_strdup_printf ("%.0f %%", 100.0 * opacity);

  if (self->opacity_scale == NULL)
    return;
  self->updating = TRUE;
  if (!gtk_widget_get_visible (GTK_WIDGET (self->views_popover)))
    update_score (self);
  gtk_switch_set_active (self->contours_switch, dub_viewer_get_outlines_visible (self->viewer));
  gtk_range_set_value (GTK_RANGE (self->opacity_scale), opacity);
  gtk_label_set_text (self->opacity_label, percent);
  if (model != NULL) {
    gtk_drop_down_set_selected (self->axes, model->preprocess.axes);
    gtk_drop_down_set_selected (self->scale, model->preprocess.scale);
    gtk_drop_down_set_selected (self->fit, model->preprocess.fit);
  }
  update_cards (self);
  self->updating = FALSE;
}
