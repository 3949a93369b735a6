#include "ui/pages/mask-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* One entry of undo: the settings before and after. The page may be gone when it is asked for. */
typedef struct {
  GWeakRef      page;
  DubMaskParams before;
  DubMaskParams after;
} ParamsChange;

static void
params_change_free (gpointer data)
{
  ParamsChange *change = data;

  g_weak_ref_clear (&change->page);
  g_free (change);
}

static void
apply_params (ParamsChange        *change,
              const DubMaskParams *params)
{
  g_autoptr (DubMaskPage) self = g_weak_ref_get (&change->page);

  if (self == NULL || self->mask == NULL)
    return;

  DubMaskParams wanted = *params;

  /* The class belongs to the subject and network of now, which may have fewer. */
  wanted.target_class = dub_mask_session_get_params (self->mask)->target_class;
  if (change->before.target_class != change->after.target_class)
    wanted.target_class = params->target_class;
  dub_mask_session_set_params (self->mask, &wanted);
  _dub_mask_page_update_settings (self);
}

static void
undo_params_cb (gpointer data)
{
  ParamsChange *change = data;

  apply_params (change, &change->before);
}

static void
redo_params_cb (gpointer data)
{
  ParamsChange *change = data;

  apply_params (change, &change->after);
}

static void
remember (DubMaskPage         *self,
          const char          *label,
          const char          *key,
          const DubMaskParams *before,
          const DubMaskParams *after)
{
  ParamsChange *change = g_new0 (ParamsChange, 1);

  g_weak_ref_init (&change->page, self);
  change->before = *before;
  change->after = *after;
  dub_history_commit (dub_session_get_history (self->session), label, key, undo_params_cb, redo_params_cb, change,
                      params_change_free);
}

/* Sets everything that the controls of the popover and the choices say; one entry of undo. */
static void
settings_changed_cb (DubMaskPage *self)
{
  if (self->updating)
    return;

  DubMaskParams before = *dub_mask_session_get_params (self->mask);
  DubMaskParams after = before;
  guint target = gtk_drop_down_get_selected (self->target);
  guint replacement = gtk_drop_down_get_selected (self->replacement);

  after.step = gtk_spin_button_get_value (self->step);
  after.n_iterations = (guint) gtk_spin_button_get_value_as_int (self->iterations);
  after.grid = (guint) gtk_spin_button_get_value_as_int (self->grid);
  after.start = gtk_spin_button_get_value (self->start);
  after.start_noise = gtk_spin_button_get_value (self->noise);
  after.beta1 = gtk_spin_button_get_value (self->beta[0]);
  after.beta2 = gtk_spin_button_get_value (self->beta[1]);
  after.jitter = gtk_spin_button_get_value (self->jitter);
  after.seed = (uint64_t) gtk_spin_button_get_value_as_int (self->seed);
  after.norm = gtk_drop_down_get_selected (self->norm) == 1 ? DUB_NORM_SUM : DUB_NORM_MEAN;
  after.stop_early = gtk_switch_get_active (self->stop_early);
  if (target != GTK_INVALID_LIST_POSITION && dub_mask_session_get_inputs (self->mask) != NULL)
    after.target_class = (int) target;
  if (replacement != GTK_INVALID_LIST_POSITION)
    after.replacement = (DubReplacement) replacement;

  if (after.replacement == DUB_REPLACE_FILE && before.replacement != DUB_REPLACE_FILE) {
    DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);

    /* Without a file there is nothing to replace by yet. */
    if (inputs == NULL || inputs->reference == NULL) {
      _dub_mask_page_choose_reference (self);
      return;
    }
  }
  if (memcmp (&before, &after, sizeof before) == 0)
    return;
  dub_mask_session_set_params (self->mask, &after);
  remember (self, _("Change mask settings"), NULL, &before, &after);
  _dub_mask_page_update_settings (self);
}

static void
lambda_moved_cb (DubLambdaRow *row,
                 double        value,
                 DubMaskPage  *self)
{
  DubMaskParams params = *dub_mask_session_get_params (self->mask);

  if (row == self->lambda[0])
    params.lambda1 = value;
  else
    params.lambda2 = value;
  dub_mask_session_follow_params (self->mask, &params);
}

static void
lambda_committed_cb (DubLambdaRow *row,
                     double        before,
                     double        after,
                     DubMaskPage  *self)
{
  DubMaskParams old = *dub_mask_session_get_params (self->mask);
  DubMaskParams new = old;
  gboolean first = row == self->lambda[0];

  if (first) {
    old.lambda1 = before;
    new.lambda1 = after;
  } else {
    old.lambda2 = before;
    new.lambda2 = after;
  }
  dub_mask_session_set_params (self->mask, &new);
  remember (self, first ? _("Move λ1") : _("Move λ2"), first ? "mask-lambda1" : "mask-lambda2", &old, &new);
}

static void
subject_chosen_cb (DubMaskPage *self)
{
  guint chosen = gtk_drop_down_get_selected (self->subject);

  if (!self->updating && chosen != GTK_INVALID_LIST_POSITION)
    dub_session_select (self->session, (int) chosen, -1);
}

static void
network_chosen_cb (DubMaskPage *self)
{
  guint chosen = gtk_drop_down_get_selected (self->network);

  if (!self->updating && chosen != GTK_INVALID_LIST_POSITION)
    dub_session_select (self->session, -1, (int) chosen);
}

static GtkBox *
add_choice (DubMaskPage *self,
            const char  *title,
            GtkWidget   *control,
            const char  *tooltip)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_set_size_request (label, 76, -1);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_hexpand (control, TRUE);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_widget_set_valign (column, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (control, "choice");
  gtk_widget_set_tooltip_text (control, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (column), control);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), column);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (self->choices, row);

  return GTK_BOX (column);
}

static GtkDropDown *
new_drop_down (const char *const *words)
{
  return GTK_DROP_DOWN (gtk_drop_down_new_from_strings (words));
}

static void
add_setting (DubMaskPage *self,
             int          row,
             const char  *title,
             GtkWidget   *control,
             const char  *tooltip)
{
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (control, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_grid_attach (self->optimiser_grid, label, 0, row, 1, 1);
  gtk_grid_attach (self->optimiser_grid, control, 1, row, 1, 1);
}

static GtkSpinButton *
add_spin (DubMaskPage *self,
          int          row,
          const char  *title,
          double       low,
          double       high,
          double       step,
          guint        digits,
          const char  *tooltip)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (low, high, step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), digits);
  gtk_widget_add_css_class (spin, "numeric");
  add_setting (self, row, title, spin, tooltip);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (settings_changed_cb), self);

  return GTK_SPIN_BUTTON (spin);
}

static void
build_optimiser (DubMaskPage *self)
{
  const char *norms[] = { _("mean over voxels"), _("sum over voxels"), NULL };

  self->step = add_spin (self, 0, _("Adam step"), 0.001, 1.0, 0.01, 3, _("Step size of Adam (0.9, 0.999)"));
  self->iterations = add_spin (self, 1, _("Iterations"), 1, 5000, 10, 0, _("From the start, and again after a setting was moved at the end"));
  self->grid = add_spin (self, 2, _("Coarser grid"), 1, 16, 1, 0, _("One value of the mask for so many voxels a side, interpolated between; begins anew"));
  self->start = add_spin (self, 3, _("Start"), 0.0, 1.0, 0.05, 2, _("Value of the mask before the first iteration; begins anew"));
  self->noise = add_spin (self, 4, _("Start noise"), 0.0, 1.0, 0.05, 2, _("Amplitude of a smooth random field added to the start; begins anew"));
  self->beta[0] = add_spin (self, 5, _("β1"), 0.1, 5.0, 0.1, 1, _("Exponent of the area term: mean of |1 − m|^β1"));
  self->beta[1] = add_spin (self, 6, _("β2"), 0.1, 5.0, 0.1, 1, _("Exponent of the smoothness term: mean of |∇m|^β2"));
  self->norm = new_drop_down (norms);
  add_setting (self, 7, _("Norms"), GTK_WIDGET (self->norm), _("Mean: λ is divided by the number of voxels; sum: it is the weight of each voxel"));
  g_signal_connect_swapped (self->norm, "notify::selected", G_CALLBACK (settings_changed_cb), self);
  self->jitter = add_spin (self, 8, _("Jitter"), 0.0, 8.0, 0.5, 1, _("The mask is shifted by up to so many voxels at each iteration"));
  self->seed = add_spin (self, 9, _("Seed"), 0, 1000000, 1, 0, _("Of start noise and jitter; the same seed gives the same mask"));
  self->stop_early = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_halign (GTK_WIDGET (self->stop_early), GTK_ALIGN_END);
  add_setting (self, 10, _("Stop early"), GTK_WIDGET (self->stop_early), /* xgettext:no-c-format */ _("Stop when the energy changes by less than 0.01 % over 20 iterations"));
  g_signal_connect_swapped (self->stop_early, "notify::active", G_CALLBACK (settings_changed_cb), self);
}

void
_dub_mask_page_build_settings (DubMaskPage *self)
{
  const char *nothing[] = { NULL };
  GtkBox *column;

  self->updating = TRUE;
  self->subject = new_drop_down (nothing);
  gtk_drop_down_set_enable_search (self->subject, TRUE);
  gtk_drop_down_set_expression (self->subject, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  add_choice (self, _("Subject"), GTK_WIDGET (self->subject), _("Whose image is masked (Alt+← and Alt+→ walk back and forward)"));
  g_signal_connect_swapped (self->subject, "notify::selected", G_CALLBACK (subject_chosen_cb), self);
  self->network = new_drop_down (nothing);
  add_choice (self, _("Network"), GTK_WIDGET (self->network), _("The classifier that is asked"));
  g_signal_connect_swapped (self->network, "notify::selected", G_CALLBACK (network_chosen_cb), self);
  self->target = new_drop_down (nothing);
  add_choice (self, _("Class"), GTK_WIDGET (self->target), _("The class whose probability the mask brings down"));
  g_signal_connect_swapped (self->target, "notify::selected", G_CALLBACK (settings_changed_cb), self);

  self->optimiser = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_popover (self->optimiser, self->optimiser_popover);
  gtk_menu_button_set_always_show_arrow (self->optimiser, TRUE);
  add_choice (self, _("Optimiser"), GTK_WIDGET (self->optimiser), _("Grid, step, iterations, norms, start, jitter"));
  build_optimiser (self);

  self->replacement = new_drop_down (nothing);
  column = add_choice (self, _("Replace by"), GTK_WIDGET (self->replacement), _("What stands in place of the masked voxels"));
  g_signal_connect_swapped (self->replacement, "notify::selected", G_CALLBACK (settings_changed_cb), self);
  self->replacement_note = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->replacement_note, 0.0f);
  gtk_label_set_wrap (self->replacement_note, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->replacement_note), "choice-note");
  gtk_box_append (column, GTK_WIDGET (self->replacement_note));

  for (guint i = 0; i < 2; i++) {
    self->lambda[i] = DUB_LAMBDA_ROW (dub_lambda_row_new (i + 1, i == 0 ? _("area") : _("smoothness")));
    g_signal_connect (self->lambda[i], "moved", G_CALLBACK (lambda_moved_cb), self);
    g_signal_connect (self->lambda[i], "committed", G_CALLBACK (lambda_committed_cb), self);
    if (i > 0)
      gtk_box_append (self->lambda_card, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
    gtk_box_append (self->lambda_card, GTK_WIDGET (self->lambda[i]));
  }
  self->updating = FALSE;
}

/* Fills a list where its words differ from what stands there: a new model would lose the open popup. */
static void
set_words (GtkDropDown       *drop_down,
           const char *const *words,
           guint              selected)
{
  GListModel *model = gtk_drop_down_get_model (drop_down);
  guint n = model != NULL ? g_list_model_get_n_items (model) : 0;
  gboolean same = model != NULL && n == g_strv_length ((char **) words);

  for (guint i = 0; same && i < n; i++)
    same = g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), i), words[i]);
  if (!same) {
    g_autoptr (GtkStringList) list = gtk_string_list_new (words);

    gtk_drop_down_set_model (drop_down, G_LIST_MODEL (list));
  }
  gtk_drop_down_set_selected (drop_down, selected);
}

void
_dub_mask_page_update_choices (DubMaskPage *self)
{
  DubStudy *study = self->session != NULL ? dub_session_get_study (self->session) : NULL;
  g_autoptr (GStrvBuilder) cases = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) models = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) classes = g_strv_builder_new ();
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);
  int target = dub_mask_session_get_params (self->mask)->target_class;

  for (guint i = 0; study != NULL && i < study->cases->len; i++) {
    const DubStudyCase *item = g_ptr_array_index (study->cases, i);
    g_autofree char *words = NULL;

    if (item->label >= 0 && (guint) item->label < study->classes->len)
      words = g_strdup_printf ("%s · %s", item->id, (char *) g_ptr_array_index (study->classes, item->label));
    g_strv_builder_add (cases, words != NULL ? words : item->id);
  }
  for (guint i = 0; study != NULL && i < study->models->len; i++)
    g_strv_builder_add (models, ((DubStudyModel *) g_ptr_array_index (study->models, i))->id);
  /* Before the network is read, and where it cannot be, there is nothing to choose; GTK would say "(None)". */
  if (inputs == NULL)
    g_strv_builder_add (classes, "—");
  for (guint i = 0; inputs != NULL && i < inputs->n_classes; i++) {
    g_autofree char *words = NULL;

    if ((int) i == inputs->label)
      words = g_strdup_printf (_("%s · true class"), inputs->classes[i]);
    g_strv_builder_add (classes, words != NULL ? words : inputs->classes[i]);
  }

  g_auto (GStrv) case_words = g_strv_builder_end (cases);
  g_auto (GStrv) model_words = g_strv_builder_end (models);
  g_auto (GStrv) class_words = g_strv_builder_end (classes);
  gboolean before = self->updating;
  int case_index = study != NULL ? dub_session_get_case_index (self->session) : -1;
  int model_index = study != NULL ? dub_session_get_model_index (self->session) : -1;

  self->updating = TRUE;
  set_words (self->subject, (const char *const *) case_words, case_index >= 0 ? (guint) case_index : GTK_INVALID_LIST_POSITION);
  set_words (self->network, (const char *const *) model_words, model_index >= 0 ? (guint) model_index : GTK_INVALID_LIST_POSITION);
  set_words (self->target, (const char *const *) class_words, inputs != NULL ? (guint) target : 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->target), inputs != NULL);
  self->updating = before;
}

/* What a replacement means, in words: certain where the study says that it is of grey matter, neutral for any other image. */
static const char *
meaning_of (DubReplacement       replacement,
            const DubMaskInputs *inputs)
{
  gboolean density = inputs != NULL && dub_mask_inputs_is_grey_matter (inputs);

  switch (replacement) {
  case DUB_REPLACE_ONE:
    return density ? _("reads as “no atrophy”") : _("every masked voxel becomes 1");
  case DUB_REPLACE_ZERO:
    return density ? _("reads as “atrophy”") : _("every masked voxel becomes 0");
  case DUB_REPLACE_MEAN:
    return _("every masked voxel becomes the mean");
  case DUB_REPLACE_BLUR:
    return _("detail is removed, brightness stays");
  case DUB_REPLACE_FILE:
  default:
    return _("the same place of another volume");
  }
}

/* The label of a menu button stands in the middle; beside drop-downs it belongs to the left. */
static void
set_menu_label (GtkMenuButton *menu,
                const char    *text)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (menu));
  GtkWidget *box;
  GtkWidget *label;

  gtk_menu_button_set_label (menu, text);
  box = GTK_IS_BUTTON (button) ? gtk_button_get_child (GTK_BUTTON (button)) : NULL;
  label = box != NULL ? gtk_widget_get_first_child (box) : NULL;
  if (GTK_IS_LABEL (label)) {
    gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
    gtk_widget_set_halign (label, GTK_ALIGN_FILL);
    gtk_widget_set_hexpand (label, TRUE);
  }
}

void
_dub_mask_page_update_settings (DubMaskPage *self)
{
  const DubMaskParams *params = dub_mask_session_get_params (self->mask);
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);
  gboolean density = inputs != NULL && dub_mask_inputs_is_grey_matter (inputs);
  const char *replacements[] = { density ? _("1 · full grey matter") : _("1"), density ? _("0 · no grey matter") : _("0"),
                                 _("mean of the image"), _("blurred image"), _("volume from a file…"), NULL };
  g_autofree char *grid = params->grid > 1 ? g_strdup_printf (_("grid %u×"), params->grid) : g_strdup (_("every voxel"));
  g_autofree char *summary = g_strdup_printf (_("Adam %.3g · %s"), params->step, grid);

  if (self->updating)
    return;
  self->updating = TRUE;
  gtk_spin_button_set_value (self->step, params->step);
  gtk_spin_button_set_value (self->iterations, params->n_iterations);
  gtk_spin_button_set_value (self->grid, params->grid);
  gtk_spin_button_set_value (self->start, params->start);
  gtk_spin_button_set_value (self->noise, params->start_noise);
  gtk_spin_button_set_value (self->beta[0], params->beta1);
  gtk_spin_button_set_value (self->beta[1], params->beta2);
  gtk_spin_button_set_value (self->jitter, params->jitter);
  gtk_spin_button_set_value (self->seed, (double) params->seed);
  gtk_drop_down_set_selected (self->norm, params->norm == DUB_NORM_SUM ? 1 : 0);
  gtk_switch_set_active (self->stop_early, params->stop_early);
  set_words (self->replacement, replacements, params->replacement);
  if (inputs != NULL)
    gtk_drop_down_set_selected (self->target, (guint) params->target_class);
  gtk_label_set_text (self->replacement_note, inputs != NULL ? meaning_of (params->replacement, inputs) : "");
  set_menu_label (self->optimiser, summary);
  dub_lambda_row_set_value (self->lambda[0], params->lambda1);
  dub_lambda_row_set_value (self->lambda[1], params->lambda2);
  for (guint i = 0; i < 2; i++)
    dub_lambda_row_set_voxels (self->lambda[i], params->norm == DUB_NORM_SUM ? 0
                                                : inputs == NULL             ? G_MAXSIZE
                                                                             : dub_tensor_n_elements (inputs->input));
  self->updating = FALSE;
}
