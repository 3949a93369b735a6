/* The panel's choices, the row of the running map, and how far it can be believed. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "core/study/evaluate.h"

/* --- choices --- */

static void
add_choice (GtkStringList *titles,
            GPtrArray     *words,
            const char    *title,
            const char    *word)
{
  gtk_string_list_append (titles, title);
  g_ptr_array_add (words, g_strdup (word));
}

static GPtrArray *
new_words (GPtrArray **place)
{
  g_clear_pointer (place, g_ptr_array_unref);
  *place = g_ptr_array_new_with_free_func (g_free);

  return *place;
}

static void
choose (GtkDropDown *choice,
        GPtrArray   *words,
        const char  *word)
{
  guint found = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < words->len; i++)
    if (g_strcmp0 (g_ptr_array_index (words, i), word) == 0)
      found = i;
  if (gtk_drop_down_get_selected (choice) != found)
    gtk_drop_down_set_selected (choice, found);
}

/* Every network of the study; one of another family takes the whole page there. */
static void
fill_models (DubLatentPage *self,
             DubStudy      *study)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  GPtrArray *words = new_words (&self->model_words);

  for (guint m = 0; study != NULL && m < study->models->len; m++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, m);
    g_autofree char *name = dub_latent_network_name (study, model->id);

    add_choice (titles, words, name, model->id);
  }
  gtk_drop_down_set_model (self->model_choice, G_LIST_MODEL (titles));
}

static void
fill_beside (DubLatentPage *self,
             DubStudy      *study)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  g_autoptr (GPtrArray) families = study != NULL ? dub_study_families (study) : g_ptr_array_new ();
  GPtrArray *words = new_words (&self->beside_words);

  add_choice (titles, words, _("nothing"), "");
  for (guint i = 0; i < families->len && families->len > 1; i++)
    add_choice (titles, words, g_ptr_array_index (families, i), g_ptr_array_index (families, i));
  for (guint m = 0; study != NULL && m < study->models->len && study->models->len > families->len; m++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, m);
    g_autofree char *name = dub_latent_network_name (study, model->id);

    add_choice (titles, words, name, model->id);
  }
  gtk_drop_down_set_model (self->beside_choice, G_LIST_MODEL (titles));
  gtk_widget_set_visible (self->beside_row, words->len > 1);
}

static void
fill_scores (DubLatentPage *self)
{
  static const struct { const char *word, *title; } KINDS[] = {
    { "outcome", N_("Correctness") }, { "class", N_("Class") }, { "predicted", N_("Prediction") }, { "part", N_("Split") },
  };
  g_autoptr (GtkStringList) colors = gtk_string_list_new (NULL), titles = gtk_string_list_new (NULL);
  GPtrArray *color_words = new_words (&self->color_words), *words = new_words (&self->score_words);
  const DubScores *scores = dub_results_get_scores (self->results);

  for (guint i = 0; i < G_N_ELEMENTS (KINDS); i++)
    add_choice (colors, color_words, _(KINDS[i].title), KINDS[i].word);
  for (guint k = 0; scores != NULL && k < scores->scores->len; k++) {
    const DubScore *score = g_ptr_array_index (scores->scores, k);

    if (score->values == NULL)
      continue;
    add_choice (colors, color_words, score->title, score->id);
    add_choice (titles, words, score->title, score->id);
  }
  gtk_drop_down_set_model (self->color_choice, G_LIST_MODEL (colors));
  gtk_drop_down_set_model (self->score_choice, G_LIST_MODEL (titles));
}

void
_dub_latent_page_fill_choices (DubLatentPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study != NULL && study->data == NULL)
    study = NULL;
  self->updating = TRUE;
  fill_models (self, study);
  fill_beside (self, study);
  fill_scores (self);
  self->updating = FALSE;
  _dub_latent_page_update_settings (self);
}

void
_dub_latent_page_update_settings (DubLatentPage *self)
{
  const DubLatentOptions *options = dub_latent_bench_get_options (self->bench);
  g_autofree char *colour = NULL, *model = NULL;

  self->updating = TRUE;
  g_object_get (self->bench, "colour", &colour, NULL);
  model = g_strdup (dub_latent_live_get_model (dub_latent_bench_get_map (self->bench, DUB_LATENT_MAIN)));
  if (model == NULL && self->model_words->len == 1)
    model = g_strdup (g_ptr_array_index (self->model_words, 0));
  choose (self->model_choice, self->model_words, model);
  choose (self->color_choice, self->color_words, colour);
  choose (self->beside_choice, self->beside_words, dub_latent_bench_get_beside (self->bench));
  choose (self->score_choice, self->score_words, dub_results_get_score_id (self->results));
  gtk_spin_button_set_value (self->perplexity_spin, options->perplexity);
  gtk_spin_button_set_value (self->neighbours_spin, (double) options->n_neighbors);
  gtk_spin_button_set_value (self->min_dist_spin, options->min_dist);
  gtk_spin_button_set_value (self->seed_spin, (double) options->seed);
  gtk_widget_set_visible (GTK_WIDGET (self->beside_note), *dub_latent_bench_get_beside (self->bench) != '\0');
  gtk_widget_set_visible (self->perplexity_row, options->method == DUB_LATENT_TSNE);
  gtk_widget_set_visible (self->neighbours_row, options->method == DUB_LATENT_UMAP);
  gtk_widget_set_visible (self->min_dist_row, options->method == DUB_LATENT_UMAP);
  gtk_widget_set_visible (self->seed_row, options->method != DUB_LATENT_PCA);
  self->updating = FALSE;
}

static const char *
chosen_word (GtkDropDown *choice,
             GPtrArray   *words)
{
  guint selected = gtk_drop_down_get_selected (choice);

  return words != NULL && selected < words->len ? g_ptr_array_index (words, selected) : NULL;
}

static char *
family_of_model (DubStudy   *study,
                 const char *model)
{
  g_autoptr (GPtrArray) families = dub_study_families (study);

  for (guint i = 0; i < families->len; i++) {
    g_auto (GStrv) models = dub_study_family_models (study, g_ptr_array_index (families, i));

    if (models != NULL && g_strv_contains ((const char *const *) models, model))
      return g_strdup (g_ptr_array_index (families, i));
  }

  return NULL;
}

static void
model_chosen_cb (DubLatentPage *self)
{
  const char *word = chosen_word (self->model_choice, self->model_words);
  DubStudy *study = dub_session_get_study (self->session);

  if (self->updating || word == NULL || study == NULL)
    return;

  g_autofree char *family = family_of_model (study, word), *model = g_strdup (word);

  g_object_set (self->bench, "model", model, NULL);
  dub_results_set_family (self->results, family);
}

static void
color_chosen_cb (DubLatentPage *self)
{
  const char *word = chosen_word (self->color_choice, self->color_words);
  g_autofree char *copy = g_strdup (word);

  if (!self->updating && word != NULL)
    g_object_set (self->bench, "colour", copy, NULL);
}

static void
beside_chosen_cb (DubLatentPage *self)
{
  const char *word = chosen_word (self->beside_choice, self->beside_words);
  g_autofree char *copy = g_strdup (word);

  if (!self->updating && word != NULL)
    g_object_set (self->bench, "beside", copy, NULL);
}

static void
score_chosen_cb (DubLatentPage *self)
{
  const char *word = chosen_word (self->score_choice, self->score_words);

  if (!self->updating && word != NULL)
    dub_results_set_score_id (self->results, word);
}

static void
number_chosen_cb (DubLatentPage *self,
                  GtkSpinButton *spin)
{
  if (self->updating)
    return;
  if (spin == self->perplexity_spin)
    g_object_set (self->bench, "perplexity", gtk_spin_button_get_value (spin), NULL);
  else if (spin == self->min_dist_spin)
    g_object_set (self->bench, "min-dist", round (100.0 * gtk_spin_button_get_value (spin)) / 100.0, NULL);
  else if (spin == self->neighbours_spin)
    g_object_set (self->bench, "neighbours", gtk_spin_button_get_value_as_int (spin), NULL);
  else
    g_object_set (self->bench, "seed", gtk_spin_button_get_value_as_int (spin), NULL);
}

/* --- the running map --- */

static gboolean
is_busy (DubLatentState state)
{
  return state == DUB_LATENT_READING || state == DUB_LATENT_STARTING || state == DUB_LATENT_RUNNING || state == DUB_LATENT_PAUSED;
}

/* The one to tell of: the second only while the first has nothing to say. */
static DubLatentLive *
told_map (DubLatentPage *self)
{
  DubLatentLive *main = dub_latent_bench_get_map (self->bench, DUB_LATENT_MAIN);
  DubLatentLive *beside = dub_latent_bench_get_map (self->bench, DUB_LATENT_BESIDE);

  return !is_busy (dub_latent_live_get_state (main)) && is_busy (dub_latent_live_get_state (beside)) ? beside : main;
}

static void
append_loss (GString       *text,
             DubLatentPage *self,
             DubLatentLive *map)
{
  double loss = dub_latent_live_get_loss (map);
  g_autofree char *number = _dub_latent_number (loss, 3);

  if (!isnan (loss))
    g_string_append_printf (text, " · %s %s", dub_latent_bench_get_options (self->bench)->method == DUB_LATENT_TSNE ? "KL" : _("loss"),
                            number);
}

/* "Finding neighbours… 42 % · 12 s left" */
static char *
starting_text (DubLatentLive *map)
{
  double fraction = dub_latent_live_get_fraction (map), left = dub_latent_live_get_seconds_left (map);
  g_autoptr (GString) text = g_string_new (NULL);

  if (fraction > 0.0)
    g_string_append_printf (text, _("Finding neighbours… %.0f %%"), 100.0 * MIN (fraction, 1.0));
  else
    g_string_append (text, _("Finding neighbours…"));
  if (!isnan (left) && left >= 1.0)
    g_string_append_printf (text, _(" · %.0f s left"), left);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
run_text (DubLatentPage  *self,
          DubLatentLive  *map,
          DubLatentState  state)
{
  guint at = dub_latent_live_get_iteration (map), of = dub_latent_live_get_n_iterations (map);
  double left = dub_latent_live_get_seconds_left (map);
  g_autoptr (GString) text = g_string_new (NULL);

  switch (state) {
  case DUB_LATENT_READING:
    return g_strdup (_("Reading the features…"));
  case DUB_LATENT_STARTING:
    return starting_text (map);
  case DUB_LATENT_RUNNING:
    g_string_append_printf (text, _("%u of %u"), at, of);
    break;
  case DUB_LATENT_PAUSED:
    g_string_append_printf (text, _("Paused at %u of %u"), at, of);
    break;
  case DUB_LATENT_STOPPED:
    if (of == 0)
      return g_strdup (_("Stopped"));
    g_string_append_printf (text, _("Stopped at %u of %u"), at, of);
    break;
  case DUB_LATENT_DONE:
    if (of > 0)
      g_string_append_printf (text, g_dngettext (NULL, "%u iteration", "%u iterations", of), of);
    else
      g_string_append (text, _("Exact: nothing is iterated"));
    break;
  case DUB_LATENT_FAILED:
    return g_strdup (_("No map"));
  case DUB_LATENT_EMPTY:
  default:
    return g_strdup ("");
  }
  append_loss (text, self, map);
  if (!isnan (left) && left >= 1.0)
    g_string_append_printf (text, _(" · %.0f s left"), left);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
_dub_latent_page_update_run (DubLatentPage *self)
{
  DubLatentLive *map = told_map (self);
  DubLatentState state = dub_latent_live_get_state (map);
  const char *note = dub_latent_live_get_note (map);
  gboolean pca = dub_latent_bench_get_options (self->bench)->method == DUB_LATENT_PCA;
  g_autofree char *text = run_text (self, map, state);

  gtk_label_set_text (self->run_label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->run_label), text);
  gtk_widget_set_visible (self->pause_button, state == DUB_LATENT_RUNNING);
  gtk_widget_set_visible (self->run_button, state == DUB_LATENT_PAUSED || state == DUB_LATENT_STOPPED);
  /* What is over at once needs no button that flashes. */
  gtk_widget_set_visible (self->stop_button, state == DUB_LATENT_RUNNING || state == DUB_LATENT_PAUSED ||
                                               (is_busy (state) && dub_latent_live_get_seconds (map) > 1.0));
  gtk_widget_set_visible (self->restart_button, !pca && !is_busy (state) && state != DUB_LATENT_EMPTY);
  gtk_widget_set_visible (GTK_WIDGET (self->run_progress), is_busy (state));
  if (state != DUB_LATENT_RUNNING && is_busy (state) && !(dub_latent_live_get_fraction (map) > 0.0))
    gtk_progress_bar_pulse (self->run_progress);
  else
    gtk_progress_bar_set_fraction (self->run_progress, CLAMP (dub_latent_live_get_fraction (map), 0.0, 1.0));
  gtk_label_set_text (self->run_note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->run_note), note != NULL);
}

/* --- how far it can be believed --- */

enum { TRUSTWORTHINESS, CONTINUITY, SILHOUETTE, SILHOUETTE_FEATURES, EXPLAINED };

static const struct {
  const char *title, *tooltip;
} FIGURES[DUB_LATENT_N_FIGURES] = {
  [TRUSTWORTHINESS] = { N_("Trustworthiness"), N_("1 = no neighbour in the plane is false: all are neighbours among the features") },
  [CONTINUITY] = { N_("Continuity"), N_("1 = no neighbour among the features was torn away in the plane") },
  [SILHOUETTE] = { N_("Class separation"), N_("Silhouette of the true classes in the plane: 1 = far apart, 0 = one on the other; of test cases") },
  [SILHOUETTE_FEATURES] = { N_("among features"), N_("Silhouette of the true classes among the features, before any projection") },
  [EXPLAINED] = { N_("Variance in the plane"), N_("Share of the features' variance that these two components have") },
};

static void
build_figure (DubLatentPage *self,
              guint          index)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *title = _dub_latent_label (_(FIGURES[index].title), "dim-label", 0.0f);

  self->figures[index] = GTK_LABEL (_dub_latent_label (NULL, "numeric", 1.0f));
  gtk_widget_add_css_class (GTK_WIDGET (self->figures[index]), "heading");
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (line), title);
  if (index == TRUSTWORTHINESS) {
    self->k_label = GTK_LABEL (_dub_latent_label (NULL, "dim-label", 1.0f));
    gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->k_label));
  }
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->figures[index]));
  gtk_widget_set_tooltip_text (line, _(FIGURES[index].tooltip));
  gtk_box_append (self->quality, line);
  self->figure_lines[index] = line;
}

void
_dub_latent_page_update_quality (DubLatentPage *self)
{
  DubLatentLive *map = dub_latent_bench_get_map (self->bench, DUB_LATENT_MAIN);
  const DubLatentQuality *quality = dub_latent_live_get_quality (map);
  DubLatentQuality none = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0 };
  gboolean pca = dub_latent_bench_get_options (self->bench)->method == DUB_LATENT_PCA;
  const DubLatentQuality *of = quality != NULL ? quality : &none;
  const double values[DUB_LATENT_N_FIGURES] = { of->trustworthiness, of->continuity, of->silhouette, of->silhouette_features,
                                                of->explained };
  g_autofree char *k = quality != NULL ? g_strdup_printf (_("k = %u"), (guint) quality->k) : g_strdup ("");

  for (guint i = 0; i < DUB_LATENT_N_FIGURES; i++) {
    g_autofree char *text = quality == NULL ? g_strdup ("…") : _dub_latent_number (values[i], 3);

    gtk_label_set_text (self->figures[i], text);
  }
  gtk_widget_set_visible (self->figure_lines[EXPLAINED], pca);
  gtk_label_set_text (self->k_label, k);
}

/* --- making --- */

static void
item_made_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *item)
{
  GtkWidget *label = _dub_latent_label (NULL, NULL, 0.0f);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
item_bound_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *item)
{
  GtkStringObject *text = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (text));
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (item), gtk_string_object_get_string (text));
}

/* The button never makes the panel wider, however long its words; the list shows them in full. */
static void
shorten (GtkDropDown *choice)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) list = g_object_ref (gtk_drop_down_get_factory (choice));

  g_signal_connect (factory, "setup", G_CALLBACK (item_made_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (item_bound_cb), NULL);
  gtk_drop_down_set_list_factory (choice, list);
  gtk_drop_down_set_factory (choice, factory);
}

void
_dub_latent_page_build_panel (DubLatentPage *self)
{
  GtkSpinButton *const spins[] = { self->perplexity_spin, self->neighbours_spin, self->min_dist_spin, self->seed_spin };

  GtkDropDown *const choices[] = { self->model_choice, self->color_choice, self->beside_choice, self->score_choice };

  for (guint i = 0; i < DUB_LATENT_N_FIGURES; i++)
    build_figure (self, i);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    shorten (choices[i]);
  for (guint i = 0; i < G_N_ELEMENTS (spins); i++)
    g_signal_connect_swapped (spins[i], "value-changed", G_CALLBACK (number_chosen_cb), self);
  g_signal_connect_swapped (self->model_choice, "notify::selected", G_CALLBACK (model_chosen_cb), self);
  g_signal_connect_swapped (self->color_choice, "notify::selected", G_CALLBACK (color_chosen_cb), self);
  g_signal_connect_swapped (self->beside_choice, "notify::selected", G_CALLBACK (beside_chosen_cb), self);
  g_signal_connect_swapped (self->score_choice, "notify::selected", G_CALLBACK (score_chosen_cb), self);
}
