/* dubito-cli project: features in a plane, and how far the picture can be believed. */
#include "app/cli/cmd-project.h"

#include "app/cli/cli-features.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-output.h"
#include "app/cli/cli-run.h"
#include "core/io/npy.h"
#include "core/projection/feature-rows.h"
#include "core/projection/pca.h"
#include "core/projection/quality.h"
#include "core/projection/tsne.h"
#include "core/projection/umap.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char DESCRIPTION[] = N_(
  "FEATURES is an array (N, F), or (N, …), whose further axes count as features. Of an npz, the array “features” is taken\n"
  "unless --array names another; one that “dubito-cli export” wrote is (M, N, F), and --network chooses among its M. OUT.npy gets\n"
  "the places of the N cases, float32 (N, D). Distances in t-SNE and UMAP are not metric: trustworthiness (1 = no false\n"
  "neighbour in the picture) and continuity (1 = no neighbour torn away), each over 12 neighbours, say how far the picture can\n"
  "be believed; beyond 5000 cases they are estimated from 5000 of them. Where an npz has “labels” (N), also the share of\n"
  "neighbours of the same class and the silhouette. --new puts further cases into the finished map of pca or umap, each where it\n"
  "would stand alone, too. The same seed gives the same bytes for any number of threads.");

enum { JUDGED = 5000 };

/* Of the progress: what comes before the first iteration. */
#define BEFORE_STEPS 0.2

/* That a number was not said: one that is said and does not belong to the method is refused. */
#define UNSAID G_MININT

/* Of UMAP's spread of 1: beyond it, no curve can be fitted. */
#define MIN_DIST_MOST 3.0

typedef enum { METHOD_PCA, METHOD_TSNE, METHOD_UMAP } Method;

static const char *const METHODS[] = { "pca", "tsne", "umap", NULL };

typedef struct {
  char    *method_name;
  int      method;
  double   perplexity;
  int      neighbors;
  double   min_dist;
  int      n_dims;
  char    *seed_text;
  guint64  seed;
  int      n_iterations;
  char    *array;
  int      network;
  gboolean standardize;
  char    *out;
  char    *fresh;     /* (nullable) features of new cases */
  char    *fresh_out; /* (nullable) */
  gboolean json;
} Options;

typedef struct {
  DubTensor *features; /* (N, F) */
  int       *labels;   /* [N], NULL = none */
  float     *map;      /* [N][D] */
  DubTensor *fresh;    /* (nullable) (Q, F) of new cases */
  DubTensor *fresh_map; /* (nullable) (Q, D) */
  double     seconds;
  double     processor; /* seconds of all threads */
  double     loss;     /* Kullback-Leibler divergence, cross-entropy, or share of the variance explained */
  double     trustworthiness, continuity, hit, silhouette;
} Result;

static void
options_clear (Options *self)
{
  g_free (self->method_name);
  g_free (self->seed_text);
  g_free (self->array);
  g_free (self->out);
  g_free (self->fresh);
  g_free (self->fresh_out);
}

static void
result_clear (Result *self)
{
  g_clear_pointer (&self->features, dub_tensor_unref);
  g_free (self->labels);
  g_free (self->map);
  g_clear_pointer (&self->fresh, dub_tensor_unref);
  g_clear_pointer (&self->fresh_map, dub_tensor_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

/* --- the methods --- */

/* Where the features have fewer dimensions than the picture, the others are 0. */
static gboolean
place_pca (const DubPca   *pca,
           const float    *features,
           size_t          n,
           size_t          n_dims,
           float          *map,
           DubRun         *run,
           GError        **error)
{
  g_autofree float *scores = g_new (float, n * pca->n_components);

  if (!dub_pca_transform (pca, features, n, scores, run, error))
    return FALSE;
  for (size_t i = 0; i < n; i++)
    memcpy (map + i * n_dims, scores + i * pca->n_components, pca->n_components * sizeof (float));

  return TRUE;
}

static gboolean
run_pca (const Options  *options,
         Result         *result,
         DubRun         *run,
         GError        **error)
{
  size_t n = (size_t) result->features->shape.dim[0], n_dims = (size_t) options->n_dims;
  DubPcaOptions pca_options = {
    .standardize = options->standardize, .n_components = n_dims, .seed = options->seed
  };
  g_autoptr (DubPca) pca = dub_pca_fit (dub_tensor_f32 (result->features), n, (size_t) result->features->shape.dim[1],
                                        &pca_options, run, error);

  if (pca == NULL || !place_pca (pca, dub_tensor_f32 (result->features), n, n_dims, result->map, run, error)
      || (result->fresh != NULL && !place_pca (pca, dub_tensor_f32 (result->fresh), (size_t) result->fresh->shape.dim[0], n_dims,
                                               dub_tensor_f32 (result->fresh_map), run, error)))
    return FALSE;
  result->loss = 0.0;
  for (size_t k = 0; k < pca->n_components; k++)
    result->loss += pca->variance[k] / pca->total_variance;

  return TRUE;
}

static gboolean
run_tsne (const Options  *options,
          Result         *result,
          DubRun         *run,
          GError        **error)
{
  DubTsneOptions tsne_options = DUB_TSNE_DEFAULT;

  tsne_options.perplexity = options->perplexity;
  tsne_options.seed = options->seed;
  tsne_options.n_iterations = options->n_iterations > 0 ? (guint) options->n_iterations : tsne_options.n_iterations;

  dub_run_set_span (run, 0.0, BEFORE_STEPS);

  g_autoptr (DubTsne) tsne = dub_tsne_new (dub_tensor_f32 (result->features), (size_t) result->features->shape.dim[0],
                                           (size_t) result->features->shape.dim[1], &tsne_options, run, error);

  dub_run_set_span (run, BEFORE_STEPS, 1.0);
  if (tsne == NULL || !dub_tsne_step (tsne, tsne_options.n_iterations, run, error)
      || !dub_tsne_get_kl (tsne, &result->loss, run, error))
    return FALSE;
  dub_tsne_get_positions (tsne, result->map);

  return TRUE;
}

static gboolean
run_umap (const Options  *options,
          Result         *result,
          DubRun         *run,
          GError        **error)
{
  DubUmapOptions umap_options = DUB_UMAP_DEFAULT;

  umap_options.n_neighbors = (size_t) options->neighbors;
  umap_options.min_dist = options->min_dist;
  umap_options.n_dims = (size_t) options->n_dims;
  umap_options.n_epochs = (guint) options->n_iterations;
  umap_options.seed = options->seed;

  dub_run_set_span (run, 0.0, BEFORE_STEPS);

  g_autoptr (DubUmap) umap = dub_umap_new (dub_tensor_f32 (result->features), (size_t) result->features->shape.dim[0],
                                           (size_t) result->features->shape.dim[1], &umap_options, run, error);

  dub_run_set_span (run, BEFORE_STEPS, 1.0);
  if (umap == NULL || !dub_umap_step (umap, dub_umap_get_n_epochs (umap), run, error))
    return FALSE;
  dub_umap_get_positions (umap, result->map);
  dub_run_set_span (run, 1.0, 1.0);
  if (result->fresh != NULL
      && !dub_umap_transform (umap, dub_tensor_f32 (result->features), dub_tensor_f32 (result->fresh),
                              (size_t) result->fresh->shape.dim[0], dub_tensor_f32 (result->fresh_map), run, error))
    return FALSE;

  return dub_umap_get_cross_entropy (umap, &result->loss, run, error);
}

static gboolean
judge (const Options  *options,
       Result         *result,
       DubRun         *run,
       GError        **error)
{
  size_t n = (size_t) result->features->shape.dim[0], n_features = (size_t) result->features->shape.dim[1];
  size_t n_dims = (size_t) options->n_dims;
  const float *features = dub_tensor_f32 (result->features);
  DubQualityOptions quality = DUB_QUALITY_DEFAULT;

  quality.n_most = JUDGED;
  quality.seed = options->seed;
  result->trustworthiness = result->continuity = result->hit = result->silhouette = NAN;
  if (n > 2 * quality.k
      && (!dub_trustworthiness (features, n_features, result->map, n_dims, n, &quality, &result->trustworthiness, run, error)
          || !dub_trustworthiness (result->map, n_dims, features, n_features, n, &quality, &result->continuity, run, error)))
    return FALSE;

  return result->labels == NULL
         || (dub_neighbourhood_hit (result->map, n_dims, result->labels, n, &quality, &result->hit, run, error)
             && dub_silhouette (result->map, n_dims, result->labels, n, &quality, &result->silhouette, run, error));
}

static const char *
loss_name (int method)
{
  static const char *const names[] = { "explained", "kl", "cross_entropy" };

  return names[method];
}

static double
processor_seconds (void)
{
  return (double) clock () / (double) CLOCKS_PER_SEC;
}

/* Most that this process ever held, in bytes. What getrusage tells begins with what the parent held. */
static gint64
peak_bytes (void)
{
  g_autofree char *status = NULL;
  const char *line;
  struct rusage usage;

  if (g_file_get_contents ("/proc/self/status", &status, NULL, NULL) && (line = strstr (status, "VmHWM:")) != NULL)
    return g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) * 1024;

  return getrusage (RUSAGE_SELF, &usage) == 0 ? (gint64) usage.ru_maxrss * 1024 : 0;
}

static void
print_json (const Options *options,
            const Result  *result,
            gint64         peak)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "method", METHODS[options->method]);
  cli_json_string (b, "file", options->out);
  cli_json_int (b, "cases", result->features->shape.dim[0]);
  cli_json_int (b, "features", result->features->shape.dim[1]);
  cli_json_int (b, "dims", options->n_dims);
  cli_json_int (b, "seed", (gint64) options->seed);
  cli_json_double (b, "seconds", result->seconds);
  cli_json_double (b, "processor_seconds", result->processor);
  cli_json_double (b, loss_name (options->method), result->loss);
  cli_json_double (b, "trustworthiness", result->trustworthiness);
  cli_json_double (b, "continuity", result->continuity);
  cli_json_int (b, "k", (gint64) DUB_QUALITY_DEFAULT.k);
  if (result->labels != NULL) {
    cli_json_double (b, "neighbourhood_hit", result->hit);
    cli_json_double (b, "silhouette", result->silhouette);
  }
  if (result->fresh != NULL) {
    cli_json_string (b, "new_file", options->fresh_out);
    cli_json_int (b, "new_cases", result->fresh->shape.dim[0]);
  }
  cli_json_int (b, "peak_bytes", peak);
  json_builder_end_object (b);
  cli_json_print (b);
}

static void
print_text (const Options *options,
            const Result  *result)
{
  printf (_("%s: %d cases of %d features in %d dimensions, %.1f s.\n"), options->out, (int) result->features->shape.dim[0],
          (int) result->features->shape.dim[1], options->n_dims, result->seconds);
  if (isnan (result->trustworthiness))
    printf (_("%s %.4f; trustworthiness and continuity are not defined for %d cases: over %zu neighbours they need more than %zu.\n"),
            loss_name (options->method), result->loss, (int) result->features->shape.dim[0], DUB_QUALITY_DEFAULT.k,
            2 * DUB_QUALITY_DEFAULT.k);
  else
    printf (_("%s %.4f, trustworthiness %.4f, continuity %.4f over %zu neighbours.\n"), loss_name (options->method),
            result->loss, result->trustworthiness, result->continuity, DUB_QUALITY_DEFAULT.k);
  if (result->labels != NULL) {
    g_autofree char *hit = isnan (result->hit) ? g_strdup (_("not defined")) : g_strdup_printf ("%.4f", result->hit);
    g_autofree char *silhouette = isnan (result->silhouette) ? g_strdup (_("not defined (it needs two classes)"))
                                                             : g_strdup_printf ("%.4f", result->silhouette);

    printf (_("Neighbourhood hit %s, silhouette %s.\n"), hit, silhouette);
  }
  if (result->fresh != NULL)
    printf (_("%s: %d new cases in the same map.\n"), options->fresh_out, (int) result->fresh->shape.dim[0]);
}

/* What the method would not look at is not taken in silence. */
static gboolean
check_method (const Options  *options,
              GError        **error)
{
  const struct {
    const char *name;
    gboolean    said;
    guint       methods; /* bits of Method */
    const char *whose;
  } belong[] = {
    { "--perplexity", !isnan (options->perplexity), 1u << METHOD_TSNE, "tsne" },
    { "--neighbors", options->neighbors != UNSAID, 1u << METHOD_UMAP, "umap" },
    { "--min-dist", !isnan (options->min_dist), 1u << METHOD_UMAP, "umap" },
    { "--iterations", options->n_iterations != UNSAID, 1u << METHOD_TSNE | 1u << METHOD_UMAP, _("tsne and umap") },
    { "--standardize", options->standardize, 1u << METHOD_PCA, "pca" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (belong); i++)
    if (belong[i].said && (belong[i].methods & 1u << options->method) == 0)
      return cli_usage_error (error, _("%s is for %s, and --method is %s; leave it out."), belong[i].name, belong[i].whose,
                              METHODS[options->method]);

  return TRUE;
}

/* Checks what was said, and fills in what was not. */
static gboolean
check_numbers (Options  *options,
               GError  **error)
{
  if (isnan (options->perplexity))
    options->perplexity = DUB_TSNE_DEFAULT.perplexity;
  if (options->neighbors == UNSAID)
    options->neighbors = (int) DUB_UMAP_DEFAULT.n_neighbors;
  if (isnan (options->min_dist))
    options->min_dist = DUB_UMAP_DEFAULT.min_dist;
  if (!(options->perplexity > 1.0 && options->perplexity < 1e6))
    return cli_usage_error (error, _("--perplexity is %g, expected a number above 1 and below 1000000."), options->perplexity);
  if (options->neighbors < 2)
    return cli_usage_error (error, _("--neighbors is %d, expected at least 2: the case itself is one."), options->neighbors);
  if (!(options->min_dist >= 0.0 && options->min_dist <= MIN_DIST_MOST))
    return cli_usage_error (error, _("--min-dist is %g, expected 0 to %g."), options->min_dist, MIN_DIST_MOST);
  if (options->n_iterations != UNSAID && options->n_iterations < 1)
    return cli_usage_error (error, _("--iterations is %d, expected at least 1; without it the method takes its own number."),
                            options->n_iterations);
  if (options->n_iterations == UNSAID)
    options->n_iterations = 0;
  if (options->network < 0)
    return cli_usage_error (error, _("--network is %d, expected 0 or above."), options->network);

  return cli_read_seed ("--seed", options->seed_text, G_MAXINT64, &options->seed, error);
}

static gboolean
check_options (Options  *options,
               GError  **error)
{
  if (options->out == NULL)
    return cli_usage_error (error, _("The option -o is missing: the file to write, OUT.npy."));
  if (!g_str_has_suffix (options->out, ".npy"))
    return cli_usage_error (error, _("-o is “%s”, expected the name of a file that ends in .npy."), options->out);
  if (options->n_dims < 1 || options->n_dims > DUB_UMAP_DIMS || (options->method == METHOD_TSNE && options->n_dims != 2))
    return cli_usage_error (error, _("--dims is %d, expected 1 to %d, and 2 for tsne."), options->n_dims, DUB_UMAP_DIMS);
  if (!check_method (options, error) || !check_numbers (options, error))
    return FALSE;
  if ((options->fresh == NULL) != (options->fresh_out == NULL)
      || (options->fresh_out != NULL && !g_str_has_suffix (options->fresh_out, ".npy")))
    return cli_usage_error (error, _("--new FEATURES2 and --new-out OUT2.npy belong together; OUT2 ends in .npy."));
  if (options->fresh != NULL && options->method == METHOD_TSNE)
    return cli_usage_error (error, _("t-SNE has no place for new cases: it lays out those that it was given. Use pca or umap, or lay out "
                                     "old and new cases together."));

  return TRUE;
}

/* New cases, before any work is done for the others. */
static gboolean
read_fresh (const Options  *options,
            Result         *result,
            GError        **error)
{
  g_autofree int *labels = NULL;

  result->fresh = cli_features_load (options->fresh, options->array, options->network, &labels, error);
  if (result->fresh == NULL)
    return FALSE;

  size_t n = (size_t) result->fresh->shape.dim[0], n_features = (size_t) result->fresh->shape.dim[1];

  if (result->fresh->shape.dim[1] != result->features->shape.dim[1]) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 _("The new cases in “%s” have %zu features, and those of the map have %d; expected the same network's."),
                 options->fresh, n_features, (int) result->features->shape.dim[1]);
    return FALSE;
  }
  result->fresh_map = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (result->fresh->shape.dim[0], options->n_dims), error);

  return result->fresh_map != NULL
         && dub_features_check (_("The new features"), dub_tensor_f32 (result->fresh), n, n_features, error);
}

gboolean
cmd_project (const char *path,
             int         argc,
             char      **argv,
             GError    **error)
{
  static gboolean (*const FUNCS[]) (const Options *, Result *, DubRun *, GError **) = { run_pca, run_tsne, run_umap };
  g_auto (Options) options = {
    .perplexity = (double) NAN, .neighbors = UNSAID, .min_dist = (double) NAN, .n_dims = 2, .n_iterations = UNSAID
  };
  g_auto (Result) result = { 0 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "method", 0, 0, G_OPTION_ARG_STRING, &options.method_name, N_("pca, tsne or umap (needed)"), "HOW" },
    { "perplexity", 0, 0, G_OPTION_ARG_DOUBLE, &options.perplexity, N_("t-SNE: how many neighbours count, about (30)"), "X" },
    { "neighbors", 0, 0, G_OPTION_ARG_INT, &options.neighbors, N_("UMAP: how many neighbours count, the case itself among them (15)"), "K" },
    { "min-dist", 0, 0, G_OPTION_ARG_DOUBLE, &options.min_dist, N_("UMAP: how close points may come (0.1)"), "X" },
    { "dims", 0, 0, G_OPTION_ARG_INT, &options.n_dims, N_("Dimensions of the picture (2)"), "D" },
    { "iterations", 0, 0, G_OPTION_ARG_INT, &options.n_iterations, N_("Rounds (t-SNE 1000; UMAP 500, beyond 10 000 cases 200)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options.seed_text, N_("Seed (0)"), "N" },
    { "standardize", 0, 0, G_OPTION_ARG_NONE, &options.standardize, N_("pca: divide each feature by its standard deviation"), NULL },
    { "array", 0, 0, G_OPTION_ARG_STRING, &options.array, N_("The array of an npz (features)"), "NAME" },
    { "network", 0, 0, G_OPTION_ARG_INT, &options.network, N_("Of an export of several networks, the features of this one (0)"), "I" },
    { "new", 0, 0, G_OPTION_ARG_FILENAME, &options.fresh, N_("pca, umap: features of new cases, which are put into the map that stands still"), "FEATURES2" },
    { "new-out", 0, 0, G_OPTION_ARG_FILENAME, &options.fresh_out, N_("The file for their places"), "OUT2.npy" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, N_("The file to write (needed)"), "OUT.npy" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };

  if (!cli_parse (path, _("FEATURES.(npy|npz)"), _("Lays features out in a plane."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error))
    return FALSE;
  if (options.method_name == NULL)
    return cli_usage_error (error, _("The option --method is missing: pca, tsne or umap."));
  if (!cli_choose ("--method", options.method_name, METHODS, &options.method, error) || !check_options (&options, error)
      || !cli_check_outputs ((const char *const[]) { options.out, options.fresh_out }, 2,
                             (const char *const[]) { argv[1], options.fresh }, 2, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Projecting"), error);

  if (cli == NULL)
    return FALSE;
  result.features = cli_features_load (argv[1], options.array, options.network, &result.labels, error);
  if (result.features == NULL || (options.fresh != NULL && !read_fresh (&options, &result, error)))
    return FALSE;

  DubShape shape = DUB_SHAPE (result.features->shape.dim[0], options.n_dims);
  g_autoptr (DubTensor) map = dub_tensor_new_zeros (DUB_DTYPE_F32, shape, error);

  if (map == NULL)
    return FALSE;
  result.map = g_memdup2 (dub_tensor_f32 (map), dub_tensor_n_bytes (map));

  gint64 began = g_get_monotonic_time ();
  double processor = processor_seconds ();

  if (!FUNCS[options.method] (&options, &result, cli_run_get (cli), error))
    return FALSE;
  result.seconds = (double) (g_get_monotonic_time () - began) * 1e-6;
  result.processor = processor_seconds () - processor;

  gint64 peak = peak_bytes ();

  memcpy (dub_tensor_f32 (map), result.map, dub_tensor_n_bytes (map));
  if (!dub_npy_save (map, options.out, error)
      || (result.fresh_map != NULL && !dub_npy_save (result.fresh_map, options.fresh_out, error)) || !judge (&options, &result, cli_run_get (cli), error))
    return FALSE;
  if (options.json)
    print_json (&options, &result, peak);
  else
    print_text (&options, &result);

  return TRUE;
}
