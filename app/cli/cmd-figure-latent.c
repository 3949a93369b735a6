/* dubito-cli figure latent: the cases of a study as the network sees them, laid out in a plane; two families side by side. */
#include "app/cli/cmd-figure.h"

#include "app/cli/cli-figure.h"
#include "app/cli/cli-latent.h"
#include "app/cli/cli-run.h"
#include "ui/figures/latent-figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "Of STUDY.dubito: the features before the last dense layer of the family's first network (or --model), training cases as grey\n"
  "density and faint signs, test cases as discs and, where the answer is wrong, triangles. --family twice sets two families side by\n"
  "side; networks that were not run yet are run first. Of FILE.npz: “features” (N, F) or (M, N, F), and as far as it has them\n"
  "“labels”, “split” (train, calibration, test), “ids”, “classes”, “probabilities” or “logits”. FILE.npy is features alone, (N, F)\n"
  "or (N, …), whose further axes count as features.\n"
  "Below each map: the silhouette of the test cases' classes in the plane and among the features, trustworthiness and continuity.\n"
  "Distances in t-SNE and UMAP are not metric. FIG ends in .png, .svg, .pdf or .csv (the points).");

/* Of the progress: what comes before the first iteration. */
#define BEFORE_STEPS 0.2

static const char *const METHODS[] = { "pca", "tsne", "umap", NULL };
static const char *const COLORS[] = { "outcome", "class", "predicted", "part", NULL };

typedef struct {
  CliFigureOptions figure;
  CliLatentOptions source;
  DubLatentOptions latent;
  char            *method;
  char            *color;
  char            *seed;
  int              neighbors, iterations;
  gboolean         no_density, no_marks, all;
  DubLatentColor   by;
} Options;

static void
options_clear (Options *self)
{
  cli_figure_options_clear (&self->figure);
  g_strfreev (self->source.families);
  g_free (self->source.model);
  g_free (self->source.score);
  g_free (self->method);
  g_free (self->color);
  g_free (self->seed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* A map that ended. */
typedef struct {
  float           *xy;
  char            *numbers;
  DubLatentPoints  points;
} Panel;

static void
panel_clear (Panel *self)
{
  g_free (self->xy);
  g_free (self->numbers);
}

/* Of an archive: its name, and how it was laid out. (transfer full) */
static char **
file_provenance (const CliLatentSpace   *space,
                 const Options          *options,
                 const DubLatentOptions *made)
{
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  g_autofree char *perplexity = g_strdup_printf ("%.6g", made->perplexity), *min_dist = g_strdup_printf ("%.6g", made->min_dist);
  g_autofree char *neighbors = g_strdup_printf ("%zu", made->n_neighbors), *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, made->seed);

  g_strv_builder_add_many (pairs, "file", space->title, "method", dub_latent_method_id (made->method), NULL);
  if (options->source.model != NULL)
    g_strv_builder_add_many (pairs, "network", options->source.model, NULL);
  if (made->method == DUB_LATENT_TSNE)
    g_strv_builder_add_many (pairs, "perplexity", perplexity, NULL);
  if (made->method == DUB_LATENT_UMAP)
    g_strv_builder_add_many (pairs, "neighbours", neighbors, "min-dist", min_dist, NULL);
  g_strv_builder_add_many (pairs, "seed", seed, NULL);

  return g_strv_builder_end (pairs);
}

static gboolean
lay_out (const CliLatent       *latent,
         const CliLatentSpace  *space,
         const Options         *options,
         Panel                 *panel,
         GPtrArray             *provenance,
         CliRun                *cli,
         GError               **error)
{
  DubRun *run = cli_run_get (cli);
  DubLatentQuality quality;

  dub_run_set_span (run, 0.0, BEFORE_STEPS);

  g_autoptr (DubLatentMap) map = dub_latent_map_new (space->features, latent->n_cases, space->n_features, &options->latent, run, error);

  dub_run_set_span (run, BEFORE_STEPS, 1.0);
  if (map == NULL || !dub_latent_map_step (map, dub_latent_map_get_n_iterations (map), run, error)
      || !dub_latent_map_measure (map, latent->judged, &quality, run, error))
    return FALSE;
  panel->xy = g_new (float, 2 * latent->n_cases);
  dub_latent_map_get_positions (map, panel->xy);
  panel->numbers = dub_latent_quality_text (&quality);
  if (dub_latent_map_get_note (map) != NULL)
    cli_run_tell_line (cli, dub_latent_map_get_note (map));

  g_auto (GStrv) pairs = latent->study != NULL
                           ? dub_latent_provenance (latent->study, space->family, options->source.model,
                                                    dub_latent_map_get_options (map), dub_latent_map_get_iteration (map))
                           : file_provenance (space, options, dub_latent_map_get_options (map));

  /* What both panels share is said once. */
  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i += 2) {
    gboolean told = FALSE;

    for (guint k = 0; k + 1 < provenance->len; k += 2)
      told = told || (strcmp (provenance->pdata[k], pairs[i]) == 0 && strcmp (provenance->pdata[k + 1], pairs[i + 1]) == 0);
    if (told)
      continue;
    g_ptr_array_add (provenance, g_strdup (pairs[i]));
    g_ptr_array_add (provenance, g_strdup (pairs[i + 1]));
  }

  return TRUE;
}

/* By outcome, where nothing else was asked for; without an answer to any case, by class, as far as these are known. */
static DubLatentColor
choose_color (const CliLatent *latent,
              const Options   *options)
{
  gboolean labelled = FALSE, answered = FALSE;

  for (size_t i = 0; i < latent->n_cases; i++) {
    labelled = labelled || latent->labels[i] >= 0;
    for (size_t k = 0; k < latent->n_spaces; k++)
      answered = answered || latent->spaces[k].predicted[i] >= 0;
  }

  return options->color == NULL && labelled && !answered ? DUB_LATENT_BY_CLASS : options->by;
}

static gboolean
draw (const char    *path,
      const Options *options,
      CliRun        *cli,
      GError       **error)
{
  g_auto (CliLatent) latent = { .study = NULL };
  g_autoptr (GPtrArray) provenance = g_ptr_array_new_with_free_func (g_free);
  Panel panels[2] = { { NULL } };
  DubLatentPanel drawn[2];
  gboolean done = cli_latent_load (&latent, path, &options->source, cli_run_get (cli), error)
                  && (latent.study == NULL || cli_figure_check_study (&options->figure, latent.study, error));
  g_autofree guint8 *hidden = g_malloc0 (MAX (latent.n_cases, 1));
  g_autofree char *x_name = dub_latent_axis_name (options->latent.method, 0), *y_name = dub_latent_axis_name (options->latent.method, 1);

  for (size_t i = 0; i < latent.n_cases && done; i++)
    hidden[i] = !options->all && (latent.part[i] == DUB_PART_NONE || latent.part[i] == DUB_PART_CALIBRATION);

  DubLatentColor by = done ? choose_color (&latent, options) : options->by;

  for (size_t k = 0; k < latent.n_spaces && done; k++) {
    const CliLatentSpace *space = &latent.spaces[k];

    done = lay_out (&latent, space, options, &panels[k], provenance, cli, error);
    panels[k].points = (DubLatentPoints) {
      .n = latent.n_cases, .xy = panels[k].xy, .part = latent.part, .label = latent.labels, .predicted = space->predicted,
      .failed = space->failed, .value = space->value, .hidden = hidden, .classes = (const char *const *) latent.classes,
      .value_name = space->value_name, .x_name = x_name, .y_name = y_name, .color = by, .density = !options->no_density,
      .marks = !options->no_marks, .current = -1, .positive = latent.positive,
    };
    drawn[k] = (DubLatentPanel) { &panels[k].points, space->title, panels[k].numbers };
  }
  g_ptr_array_add (provenance, NULL);
  for (guint i = 0; done && options->figure.outs[i] != NULL; i++)
    done = dub_latent_export (drawn, latent.n_spaces, (const char *const *) latent.ids, (const char *const *) provenance->pdata,
                              options->figure.outs[i], &options->figure.export, error);
  for (int k = 0; k < 2; k++)
    panel_clear (&panels[k]);

  return done;
}

static gboolean
check_options (Options  *options,
               GError  **error)
{
  guint64 seed = 0;
  int method = DUB_LATENT_TSNE, by = DUB_LATENT_BY_OUTCOME;

  if (options->method != NULL && !cli_choose ("--method", options->method, METHODS, &method, error))
    return FALSE;
  if (!cli_read_seed ("--seed", options->seed, G_MAXUINT64, &seed, error))
    return FALSE;
  if (options->source.families != NULL && g_strv_length (options->source.families) > 2)
    return cli_usage_error (error, _("--family is there %u times, expected once or twice."), g_strv_length (options->source.families));
  if (options->neighbors < 2 || options->iterations < 0)
    return cli_usage_error (error, _("--neighbors is %d and --iterations %d, expected at least 2, and not a negative number."),
                            options->neighbors, options->iterations);
  if (options->color != NULL && !g_strv_contains (COLORS, options->color)) {
    by = DUB_LATENT_BY_VALUE;
    options->source.score = g_strdup (options->color);
  } else if (options->color != NULL && !cli_choose ("--color", options->color, COLORS, &by, error)) {
    return FALSE;
  }
  options->by = (DubLatentColor) by;
  options->latent.method = (DubLatentMethod) method;
  options->latent.n_neighbors = (size_t) options->neighbors;
  options->latent.n_iterations = (guint) options->iterations;
  options->latent.seed = seed;

  return TRUE;
}

gboolean
cmd_figure_latent (const char *path,
                   int         argc,
                   char      **argv,
                   GError    **error)
{
  g_auto (Options) options = { .latent = DUB_LATENT_DEFAULT, .neighbors = (int) DUB_LATENT_DEFAULT.n_neighbors };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options), *figure_entries = cli_figure_entries (&options.figure);
  const GOptionEntry entries[] = {
    { "method", 0, 0, G_OPTION_ARG_STRING, &options.method, N_("pca, tsne or umap (tsne)"), "HOW" },
    { "family", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.source.families, N_("Networks of a study (its first); twice: side by side"), "NAME" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.source.model, N_("The network whose features are laid out (the family's first)"), "ID" },
    { "color", 0, 0, G_OPTION_ARG_STRING, &options.color, N_("outcome, class, predicted, part, or a score (outcome; class where labels are known and answers are not)"), "WHAT" },
    { "perplexity", 0, 0, G_OPTION_ARG_DOUBLE, &options.latent.perplexity, N_("t-SNE: how many neighbours count, about (30)"), "X" },
    { "neighbors", 0, 0, G_OPTION_ARG_INT, &options.neighbors, N_("UMAP: how many neighbours count, the case itself among them (15)"), "K" },
    { "min-dist", 0, 0, G_OPTION_ARG_DOUBLE, &options.latent.min_dist, N_("UMAP: how close points may come (0.1)"), "X" },
    { "iterations", 0, 0, G_OPTION_ARG_INT, &options.iterations, N_("Rounds (t-SNE 1000; UMAP 500, beyond 10 000 cases 200)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options.seed, N_("Seed (0)"), "N" },
    { "no-density", 0, 0, G_OPTION_ARG_NONE, &options.no_density, N_("Without the density of the training cases"), NULL },
    { "no-marks", 0, 0, G_OPTION_ARG_NONE, &options.no_marks, N_("Without the signs of the training cases"), NULL },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, N_("Calibration cases and those of no part, too"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { figure_entries, entries, run_entries };

  if (!cli_parse (path, "STUDY.dubito|FILE.(npz|npy)", _("Draws a latent space."), _(DESCRIPTION), groups, G_N_ELEMENTS (groups), 1, 1, &argc,
                  &argv, error)
      || !check_options (&options, error)
      || !cli_figure_check (&options.figure, (const char *const[]) { argv[1] }, 1, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Laying out"), error);

  if (cli == NULL || !draw (argv[1], &options, cli, error))
    return FALSE;
  cli_figure_print (&options.figure);

  return TRUE;
}
