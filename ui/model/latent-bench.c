#include "ui/model/latent-bench-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/study/evaluate.h"

G_DEFINE_FINAL_TYPE (DubLatentBench, dub_latent_bench, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_METHOD,
  PROP_PERPLEXITY,
  PROP_NEIGHBOURS,
  PROP_MIN_DIST,
  PROP_SEED,
  PROP_COLOUR,
  PROP_MODEL,
  PROP_BESIDE,
  PROP_DENSITY,
  PROP_MARKS,
  PROP_SUBTITLE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum { CHANGED, POINTS, MOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

static DubStudy *
study_of (DubLatentBench *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  return study != NULL && study->data != NULL && study->folder != NULL ? study : NULL;
}

/* "234 test cases over 430 training cases · 512 features" (transfer full) */
static char *
subtitle (DubLatentBench *self)
{
  DubStudy *study = study_of (self);
  size_t n_features = self->maps[DUB_LATENT_MAIN] != NULL ? dub_latent_live_get_n_features (self->maps[DUB_LATENT_MAIN]) : 0;

  if (study == NULL || n_features == 0 || self->n_cases != study->data->n_cases)
    return g_strdup ("");
  g_autofree char *points = g_strdup_printf (g_dngettext (NULL, "%u test case", "%u test cases", self->n_points), self->n_points);
  g_autofree char *train = g_strdup_printf (g_dngettext (NULL, "%u training case", "%u training cases", self->n_train), self->n_train);
  g_autofree char *features = g_strdup_printf (g_dngettext (NULL, "%u feature", "%u features", n_features), (guint) n_features);

  return g_strdup_printf (_("%s over %s · %s"), points, train, features);
}

static void
changed (DubLatentBench *self)
{
  g_autofree char *words = subtitle (self);

  if (g_strcmp0 (words, self->subtitle) != 0) {
    g_free (self->subtitle);
    self->subtitle = g_steal_pointer (&words);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SUBTITLE]);
  }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
points_changed (DubLatentBench *self)
{
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    g_signal_emit (self, signals[POINTS], 0, p);
}

static void
renew_points (DubLatentBench *self)
{
  g_auto (DubLatentArrays) before = { NULL };

  _dub_latent_bench_fill_points (self, &before);
  points_changed (self);
}

/* --- whose features --- */

static gboolean
is_of_family (const DubStudy *study,
              const char     *family,
              const char     *model)
{
  g_auto (GStrv) models = dub_study_family_models (study, family);

  return models != NULL && g_strv_contains ((const char *const *) models, model);
}

/* The family that @name means, which may be a network's id; NULL where there is none. (transfer full) */
static char *
family_of (const DubStudy *study,
           const char     *name)
{
  g_autoptr (GPtrArray) families = dub_study_families (study);

  for (guint i = 0; i < families->len; i++)
    if (g_strcmp0 (g_ptr_array_index (families, i), name) == 0)
      return g_strdup (name);
  for (guint i = 0; i < families->len; i++)
    if (is_of_family (study, g_ptr_array_index (families, i), name))
      return g_strdup (g_ptr_array_index (families, i));

  return NULL;
}

static void
aim_main (DubLatentBench *self,
          DubStudy       *study)
{
  const char *family = study != NULL ? dub_results_get_family (self->results) : NULL;
  const char *model = *self->settings.model != '\0' && family != NULL && is_of_family (study, family, self->settings.model)
                        ? self->settings.model : NULL;
  DubResultsRead *read = dub_results_get_read (self->results);
  gboolean ready = read != NULL && read->outputs != NULL && read->scores != NULL;

  dub_latent_live_set_source (self->maps[DUB_LATENT_MAIN], ready ? study->folder : NULL, ready ? family : NULL, model,
                                   ready ? read : NULL, FALSE);
}

static void
aim_beside (DubLatentBench *self,
            DubStudy       *study,
            gboolean        anew)
{
  g_autofree char *family = study != NULL && *self->settings.beside != '\0' ? family_of (study, self->settings.beside) : NULL;
  const char *model = family != NULL && strcmp (family, self->settings.beside) != 0 ? self->settings.beside : NULL;
  /* Another network of the same family has been read with it. */
  gboolean same = g_strcmp0 (family, dub_results_get_family (self->results)) == 0;
  DubResultsRead *read = same ? dub_results_get_read (self->results) : NULL;

  if (read != NULL && (read->outputs == NULL || read->scores == NULL))
    read = NULL;
  dub_latent_live_set_source (self->maps[DUB_LATENT_BESIDE], family != NULL ? study->folder : NULL, family, model, read,
                                   anew && family != NULL);
}

static void
aim (DubLatentBench *self,
     gboolean        anew)
{
  DubStudy *study = study_of (self);

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    dub_latent_live_set_options (self->maps[p], &self->settings.options);
  aim_main (self, study);
  aim_beside (self, study, anew);
}

void
_dub_latent_bench_applied (DubLatentBench *self)
{
  /* Undo may come when the page has gone. */
  if (self->results == NULL)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_METHOD; i < PROP_SUBTITLE; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  aim (self, FALSE);
  renew_points (self);
  changed (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- following --- */

static void
results_changed_cb (DubLatentBench *self)
{
  aim (self, TRUE);
  renew_points (self);
  changed (self);
}

static void
score_chosen_cb (DubLatentBench *self)
{
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    _dub_latent_bench_place_points (self, (DubLatentPanelIndex) p);
  points_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COLOUR]);
  changed (self);
}

static void
selected_cb (DubLatentBench *self)
{
  /* The arrays of before live until the views have the others. */
  guint8 *before = g_steal_pointer (&self->arrays.selected);

  _dub_latent_bench_fill_selected (self);
  points_changed (self);
  g_free (before);
  changed (self);
}

static guint
panel_of (DubLatentBench *self,
          DubLatentLive  *map)
{
  return map == self->maps[DUB_LATENT_BESIDE] ? DUB_LATENT_BESIDE : DUB_LATENT_MAIN;
}

static void
map_moved_cb (DubLatentBench *self,
              DubLatentLive  *map)
{
  guint panel = panel_of (self, map);
  gboolean had = self->has_points[panel];

  gboolean both = _dub_latent_bench_place_points (self, (DubLatentPanelIndex) panel);

  g_signal_emit (self, signals[MOVED], 0, panel);
  if (both)
    points_changed (self);
  else if (had != self->has_points[panel])
    g_signal_emit (self, signals[POINTS], 0, panel);
}

static void
map_changed_cb (DubLatentBench *self,
                DubLatentLive  *map)
{
  guint panel = panel_of (self, map);
  const DubLatentPoints *points = &self->points[panel];
  DubResultsRead *read = dub_latent_live_get_read (map);

  gboolean stands = self->has_points[panel] && points->density != self->settings.density && dub_latent_live_get_state (map) != DUB_LATENT_RUNNING;

  /* What is said of the cases may be others, at the same places. */
  if (self->has_points[panel] && (stands || read == NULL || read->scores == NULL || points->failed != read->scores->failed)) {
    if (_dub_latent_bench_place_points (self, (DubLatentPanelIndex) panel))
      points_changed (self);
    else
      g_signal_emit (self, signals[POINTS], 0, panel);
  }
  changed (self);
}

/* Another study is about other cases and networks; how they are laid out stays. */
static void
study_changed_cb (DubLatentBench *self)
{
  g_clear_pointer (&self->lasso_title, g_free);
  g_free (self->settings.model);
  g_free (self->settings.beside);
  self->settings.model = g_strdup ("");
  self->settings.beside = g_strdup ("");
  if (self->settings.color == DUB_LATENT_BY_VALUE)
    self->settings.color = DUB_LATENT_BY_OUTCOME;
  _dub_latent_bench_applied (self);
}

/* --- what is asked for --- */

static gboolean
is_used (DubLatentBench *self,
         guint           panel)
{
  return panel == DUB_LATENT_MAIN || *self->settings.beside != '\0';
}

void
dub_latent_bench_run (DubLatentBench *self)
{
  g_return_if_fail (DUB_IS_LATENT_BENCH (self));

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    if (is_used (self, p))
      dub_latent_live_run (self->maps[p]);
}

void
dub_latent_bench_pause (DubLatentBench *self)
{
  g_return_if_fail (DUB_IS_LATENT_BENCH (self));

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    dub_latent_live_pause (self->maps[p]);
}

void
dub_latent_bench_stop (DubLatentBench *self)
{
  g_return_if_fail (DUB_IS_LATENT_BENCH (self));

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    dub_latent_live_stop (self->maps[p]);
}

void
dub_latent_bench_restart (DubLatentBench *self)
{
  g_return_if_fail (DUB_IS_LATENT_BENCH (self));

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    if (is_used (self, p))
      dub_latent_live_restart (self->maps[p]);
}

/* --- what is known --- */

DubResults *
dub_latent_bench_get_results (DubLatentBench *self)
{
  g_return_val_if_fail (DUB_IS_LATENT_BENCH (self), NULL);

  return self->results;
}

DubLatentLive *
dub_latent_bench_get_map (DubLatentBench      *self,
                          DubLatentPanelIndex  panel)
{
  g_return_val_if_fail (DUB_IS_LATENT_BENCH (self), NULL);

  return self->maps[panel];
}

const DubLatentOptions *
dub_latent_bench_get_options (DubLatentBench *self)
{
  return &self->settings.options;
}

DubLatentColor
dub_latent_bench_get_color (DubLatentBench *self)
{
  return self->settings.color;
}

const char *
dub_latent_bench_get_beside (DubLatentBench *self)
{
  return self->settings.beside;
}

char *
dub_latent_network_name (const DubStudy *study,
                         const char     *model)
{
  const DubStudyModel *found = dub_study_find_model (study, model);
  g_autofree char *family = family_of (study, model);
  g_auto (GStrv) models = family != NULL ? dub_study_family_models (study, family) : NULL;

  if (models == NULL || g_strv_length (models) < 2 || found == NULL)
    return g_strdup (family != NULL ? family : model);
  if (found->fold < 0)
    return g_strdup (model);

  return g_strdup_printf (_("%s · fold %d"), family, found->fold + 1);
}

char *
dub_latent_bench_get_name (DubLatentBench      *self,
                           DubLatentPanelIndex  panel)
{
  g_return_val_if_fail (DUB_IS_LATENT_BENCH (self), NULL);

  DubStudy *study = study_of (self);
  const char *model = dub_latent_live_get_model (self->maps[panel]);

  if (study == NULL || model == NULL)
    return g_strdup (dub_latent_live_get_family (self->maps[panel]));

  return dub_latent_network_name (study, model);
}

/* --- the object --- */

static void
dub_latent_bench_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  DubLatentBench *self = DUB_LATENT_BENCH (object);

  if (id == PROP_SUBTITLE)
    g_value_set_string (value, self->subtitle != NULL ? self->subtitle : "");
  else
    _dub_latent_bench_get (self, pspec->name, value);
}

static void
dub_latent_bench_set_property (GObject      *object,
                               guint         id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  _dub_latent_bench_set (DUB_LATENT_BENCH (object), pspec->name, value);
}

static void
dub_latent_bench_dispose (GObject *object)
{
  DubLatentBench *self = DUB_LATENT_BENCH (object);

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++) {
    if (self->maps[p] != NULL)
      g_signal_handlers_disconnect_by_data (self->maps[p], self);
    g_clear_object (&self->maps[p]);
    self->has_points[p] = FALSE;
  }
  if (self->results != NULL) {
    g_signal_handlers_disconnect_by_data (self->results, self);
    g_signal_handlers_disconnect_by_data (self->session, self);
    g_signal_handlers_disconnect_by_data (dub_session_get_selection (self->session), self);
  }
  g_clear_object (&self->results);

  G_OBJECT_CLASS (dub_latent_bench_parent_class)->dispose (object);
}

static void
dub_latent_bench_finalize (GObject *object)
{
  DubLatentBench *self = DUB_LATENT_BENCH (object);

  _dub_latent_arrays_clear (&self->arrays);
  _dub_latent_bench_forget_counts (self);
  _dub_latent_settings_clear (&self->settings);
  g_free (self->lasso_title);
  g_free (self->subtitle);

  G_OBJECT_CLASS (dub_latent_bench_parent_class)->finalize (object);
}

static void
dub_latent_bench_class_init (DubLatentBenchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GType type = DUB_TYPE_LATENT_BENCH;

  object_class->get_property = dub_latent_bench_get_property;
  object_class->set_property = dub_latent_bench_set_property;
  object_class->dispose = dub_latent_bench_dispose;
  object_class->finalize = dub_latent_bench_finalize;
  props[PROP_METHOD] = g_param_spec_string ("method", NULL, NULL, "tsne", write);
  props[PROP_PERPLEXITY] = g_param_spec_double ("perplexity", NULL, NULL, 1.5, 1000.0, 30.0, write);
  props[PROP_NEIGHBOURS] = g_param_spec_int ("neighbours", NULL, NULL, 2, 1000, 15, write);
  props[PROP_MIN_DIST] = g_param_spec_double ("min-dist", NULL, NULL, 0.0, 1.0, 0.1, write);
  props[PROP_SEED] = g_param_spec_int ("seed", NULL, NULL, 0, G_MAXINT, 0, write);
  props[PROP_COLOUR] = g_param_spec_string ("colour", NULL, NULL, "outcome", write);
  props[PROP_MODEL] = g_param_spec_string ("model", NULL, NULL, "", write);
  props[PROP_BESIDE] = g_param_spec_string ("beside", NULL, NULL, "", write);
  props[PROP_DENSITY] = g_param_spec_boolean ("density", NULL, NULL, TRUE, write);
  props[PROP_MARKS] = g_param_spec_boolean ("marks", NULL, NULL, TRUE, write);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[POINTS] = g_signal_new ("points", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[MOVED] = g_signal_new ("moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
dub_latent_bench_init (DubLatentBench *self)
{
  self->settings = (DubLatentSettings) { .options = DUB_LATENT_DEFAULT, .color = DUB_LATENT_BY_OUTCOME, .density = TRUE, .marks = TRUE };
  self->settings.model = g_strdup ("");
  self->settings.beside = g_strdup ("");
}

DubLatentBench *
dub_latent_bench_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubLatentBench *self = g_object_new (DUB_TYPE_LATENT_BENCH, NULL);
  DubSelection *selection = dub_session_get_selection (session);

  self->session = session;
  self->results = g_object_ref (dub_results_of_session (session));
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++) {
    self->maps[p] = dub_latent_live_new (session);
    g_signal_connect_object (self->maps[p], "moved", G_CALLBACK (map_moved_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->maps[p], "changed", G_CALLBACK (map_changed_cb), self, G_CONNECT_SWAPPED);
  }
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::score", G_CALLBACK (score_chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "notify::set-title", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "notify::case", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  _dub_latent_bench_applied (self);

  return self;
}
