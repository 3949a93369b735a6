/* What a person sets on the Latent Space page, by name, and the way back. */
#include "ui/model/latent-bench-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static const char *const COLORS[] = {
  [DUB_LATENT_BY_OUTCOME] = "outcome", [DUB_LATENT_BY_CLASS] = "class", [DUB_LATENT_BY_PREDICTED] = "predicted",
  [DUB_LATENT_BY_PART] = "part",
};

void
_dub_latent_settings_clear (DubLatentSettings *self)
{
  g_clear_pointer (&self->model, g_free);
  g_clear_pointer (&self->beside, g_free);
}

static DubLatentSettings
copy (const DubLatentSettings *of)
{
  DubLatentSettings settings = *of;

  settings.model = g_strdup (of->model);
  settings.beside = g_strdup (of->beside);

  return settings;
}

typedef struct {
  DubLatentBench    *bench;
  DubLatentSettings  before, after;
} Step;

static void
apply (DubLatentBench          *self,
       const DubLatentSettings *settings)
{
  DubLatentSettings next = copy (settings);

  _dub_latent_settings_clear (&self->settings);
  self->settings = next;
  _dub_latent_bench_applied (self);
}

static void
step_undo (gpointer data)
{
  Step *step = data;

  apply (step->bench, &step->before);
}

static void
step_redo (gpointer data)
{
  Step *step = data;

  apply (step->bench, &step->after);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  _dub_latent_settings_clear (&step->before);
  _dub_latent_settings_clear (&step->after);
  g_object_unref (step->bench);
  g_free (step);
}

/* @after: (transfer full) */
static void
commit (DubLatentBench    *self,
        DubLatentSettings  after,
        const char        *label,
        const char        *merge_key)
{
  Step *step = g_new0 (Step, 1);

  step->bench = g_object_ref (self);
  step->before = copy (&self->settings);
  step->after = after;
  apply (self, &step->after);
  dub_history_commit (dub_session_get_history (self->session), label, merge_key, step_undo, step_redo, step, step_free);
}

/* --- by name --- */

static const char *
color_word (DubLatentBench *self)
{
  if (self->settings.color != DUB_LATENT_BY_VALUE)
    return COLORS[self->settings.color];

  return dub_results_get_score_id (self->results);
}

void
_dub_latent_bench_get (DubLatentBench *self,
                       const char     *name,
                       GValue         *value)
{
  const DubLatentSettings *settings = &self->settings;

  if (strcmp (name, "method") == 0)
    g_value_set_string (value, dub_latent_method_id (settings->options.method));
  else if (strcmp (name, "perplexity") == 0)
    g_value_set_double (value, settings->options.perplexity);
  else if (strcmp (name, "neighbours") == 0)
    g_value_set_int (value, (int) settings->options.n_neighbors);
  else if (strcmp (name, "min-dist") == 0)
    g_value_set_double (value, settings->options.min_dist);
  else if (strcmp (name, "seed") == 0)
    g_value_set_int (value, (int) settings->options.seed);
  else if (strcmp (name, "colour") == 0)
    g_value_set_string (value, color_word (self));
  else if (strcmp (name, "model") == 0)
    g_value_set_string (value, settings->model);
  else if (strcmp (name, "beside") == 0)
    g_value_set_string (value, settings->beside);
  else if (strcmp (name, "density") == 0)
    g_value_set_boolean (value, settings->density);
  else if (strcmp (name, "marks") == 0)
    g_value_set_boolean (value, settings->marks);
}

static void
set_method (DubLatentBench *self,
            const char     *word)
{
  DubLatentSettings after = copy (&self->settings);

  for (DubLatentMethod method = DUB_LATENT_PCA; method <= DUB_LATENT_UMAP; method++)
    if (g_strcmp0 (word, dub_latent_method_id (method)) == 0)
      after.options.method = method;
  if (after.options.method == self->settings.options.method)
    _dub_latent_settings_clear (&after);
  else
    commit (self, after, _("Choose the projection"), NULL);
}

/* A word that is none of the four is the id of a score. */
static void
set_color (DubLatentBench *self,
           const char     *word)
{
  DubLatentSettings after = copy (&self->settings);

  after.color = DUB_LATENT_BY_VALUE;
  for (guint i = 0; i < G_N_ELEMENTS (COLORS); i++)
    if (g_strcmp0 (COLORS[i], word) == 0)
      after.color = (DubLatentColor) i;
  if (after.color == DUB_LATENT_BY_VALUE)
    dub_results_set_score_id (self->results, word);
  if (after.color == self->settings.color)
    _dub_latent_settings_clear (&after);
  else
    commit (self, after, _("Choose the colours"), NULL);
}

static void
set_text (DubLatentBench *self,
          gboolean        beside,
          const char     *text)
{
  DubLatentSettings after = copy (&self->settings);
  char **place = beside ? &after.beside : &after.model;

  if (g_strcmp0 (*place, text != NULL ? text : "") == 0) {
    _dub_latent_settings_clear (&after);
    return;
  }
  g_free (*place);
  *place = g_strdup (text != NULL ? text : "");
  commit (self, after, beside ? _("Choose what stands beside") : _("Choose the features"), NULL);
}

static void
set_number (DubLatentBench *self,
            const char     *name,
            const GValue   *value)
{
  DubLatentSettings after = copy (&self->settings);
  const DubLatentOptions before = self->settings.options;
  const char *label = _("Change the seed");

  if (strcmp (name, "perplexity") == 0) {
    after.options.perplexity = g_value_get_double (value);
    label = _("Change the perplexity");
  } else if (strcmp (name, "min-dist") == 0) {
    after.options.min_dist = g_value_get_double (value);
    label = _("Change the least distance");
  } else if (strcmp (name, "neighbours") == 0) {
    after.options.n_neighbors = (size_t) g_value_get_int (value);
    label = _("Change the neighbours");
  } else {
    after.options.seed = (uint64_t) g_value_get_int (value);
  }
  if (before.perplexity == after.options.perplexity && before.min_dist == after.options.min_dist &&
      before.n_neighbors == after.options.n_neighbors && before.seed == after.options.seed) {
    _dub_latent_settings_clear (&after);
    return;
  }

  g_autofree char *merge = g_strconcat ("latent-", name, NULL);

  commit (self, after, label, merge);
}

static void
set_switch (DubLatentBench *self,
            gboolean        density,
            gboolean        on)
{
  DubLatentSettings after = copy (&self->settings);
  gboolean *place = density ? &after.density : &after.marks;

  if (*place == on) {
    _dub_latent_settings_clear (&after);
    return;
  }
  *place = on;
  commit (self, after, density ? _("Training density") : _("Training marks"), NULL);
}

void
_dub_latent_bench_set (DubLatentBench *self,
                       const char     *name,
                       const GValue   *value)
{
  if (strcmp (name, "method") == 0)
    set_method (self, g_value_get_string (value));
  else if (strcmp (name, "colour") == 0)
    set_color (self, g_value_get_string (value));
  else if (strcmp (name, "model") == 0 || strcmp (name, "beside") == 0)
    set_text (self, strcmp (name, "beside") == 0, g_value_get_string (value));
  else if (strcmp (name, "density") == 0 || strcmp (name, "marks") == 0)
    set_switch (self, strcmp (name, "density") == 0, g_value_get_boolean (value));
  else
    set_number (self, name, value);
}
