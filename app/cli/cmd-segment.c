/* dubito-cli segment: the classes that networks give the voxels of a volume, and where they are unsure of them. */
#include "app/cli/cmd-segment.h"

#include "app/cli/cli-input.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-output.h"
#include "app/cli/cli-run.h"
#include "app/cli/cli-segment-image.h"
#include "core/io/onnx.h"
#include "core/study/segment-case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "MODEL.onnx… are one network, or several of one task (an ensemble), each with an output (N, C, D, H, W).\n"
  "LABELS.nii.gz and MAP.nii.gz lie in the space of the volume. Networks (N, C, H, W) read a grey IMAGE.png (0…1) or IMAGE.npy\n"
  "(H, W); their labels and map are .npy, or .png, where a map is 255 times its share of the score's largest value.\n\n"
  "Scores: msr = 1 - max p, entropy (nats), margin = 1 - (p1 - p2); with two networks or with --tta also sd (over networks and\n"
  "views, mean over classes) and mi (mutual information, nats).\n"
  "Views of --tta are undone exactly: flip, flip-0, flip-1, flip-2 (axes of the network's tensor), turn (quarter turns), shift\n"
  "(4 voxels), intensity (0.9 and 1.1 times the contrast). The range of volumes over views is a range, not a confidence interval.");

typedef struct {
  char   *out;
  char   *map;
  char   *score;
  char   *tta;
  double  threshold;
  int     patch;
  int     n_patches;
  gboolean json;
  CliPreprocessOptions preprocess;
  CliRunOptions run;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->out);
  g_free (self->map);
  g_free (self->score);
  g_free (self->tta);
  cli_preprocess_options_clear (&self->preprocess);
  cli_run_options_clear (&self->run);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* MODEL.onnx… VOLUME: what ends in .onnx is a network, the one other argument the volume. */
static gboolean
sort_arguments (int           argc,
                char        **argv,
                GPtrArray    *models,
                const char  **volume,
                GError      **error)
{
  for (int i = 1; i < argc; i++) {
    if (g_str_has_suffix (argv[i], ".onnx"))
      g_ptr_array_add (models, argv[i]);
    else if (*volume == NULL)
      *volume = argv[i];
    else
      return cli_usage_error (error, _("“%s” and “%s” are two volumes; expected one."), *volume, argv[i]);
  }
  if (models->len == 0)
    return cli_usage_error (error, _("No network is given; expected a name that ends in .onnx."));
  if (*volume == NULL)
    return cli_usage_error (error, _("No volume is given."));

  return TRUE;
}

static gboolean
is_nifti (const char *path)
{
  return g_str_has_suffix (path, ".nii") || g_str_has_suffix (path, ".nii.gz");
}

static gboolean
save (const Options        *options,
      const DubSegmentCase *result,
      DubSegmentScore       score,
      GPtrArray            *models,
      const DubPreprocess  *preprocess,
      const char           *volume,
      GError              **error)
{
  g_autofree char *note = dub_segment_case_note (score, options->tta, volume, (const char *const *) models->pdata, preprocess,
                                                 models->len, error);

  return note != NULL && dub_segment_case_save_labels (result, options->out, note, error) &&
         (options->map == NULL || dub_segment_case_save_map (result, score, options->map, note, error));
}

static void
json_classes (JsonBuilder          *builder,
              const DubSegmentCase *result)
{
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (size_t c = 0; c < result->segmentation->n_classes; c++) {
    json_builder_begin_object (builder);
    cli_json_int (builder, "class", (gint64) c);
    cli_json_int (builder, "voxels", (gint64) result->segmentation->count[c]);
    cli_json_double (builder, "ml", result->ml[c]);
    cli_json_double (builder, "ml_smallest_view", result->ml_low[c]);
    cli_json_double (builder, "ml_largest_view", result->ml_high[c]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
print_json (const Options           *options,
            const DubSegmentCase    *result,
            const DubSegmentSummary *summary,
            const DubSegmentPlace   *places,
            double                   seconds)
{
  const DubSegmentation *s = result->segmentation;
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "labels", options->out);
  cli_json_string (builder, "map", options->map);
  cli_json_string (builder, "uncertainty", options->score);
  cli_json_int (builder, "models", (gint64) s->n_models);
  cli_json_int (builder, "views", (gint64) s->n_views);
  json_classes (builder, result);
  cli_json_double (builder, "mean", summary->mean);
  cli_json_double (builder, "sum", summary->sum);
  cli_json_double (builder, "mean_foreground", summary->mean_foreground);
  cli_json_double (builder, "threshold", summary->threshold);
  cli_json_double (builder, "share_above", summary->share_above);
  cli_json_double (builder, "mean_above", summary->mean_above);
  cli_json_int (builder, "patch", summary->patch);
  json_builder_set_member_name (builder, "worst");
  json_builder_begin_array (builder);
  for (size_t i = 0; i < summary->n_patches; i++) {
    const double voxel[3] = { (double) places[i].voxel[0], (double) places[i].voxel[1], (double) places[i].voxel[2] };

    json_builder_begin_object (builder);
    cli_json_doubles (builder, "voxel", voxel, 3);
    cli_json_doubles (builder, "mm", places[i].world, 3);
    cli_json_double (builder, "mean", places[i].mean);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  cli_json_int (builder, "peak_bytes", (gint64) s->peak_bytes);
  cli_json_double (builder, "seconds", seconds);
  json_builder_end_object (builder);
  cli_json_print (builder);
}

static void
print_text (const Options           *options,
            const DubSegmentCase    *result,
            const DubSegmentSummary *summary,
            const DubSegmentPlace   *places)
{
  for (size_t c = 0; c < result->segmentation->n_classes; c++)
    printf (_("class %zu: %zu voxels, %.1f mL (%.1f to %.1f over networks and views)\n"), c, result->segmentation->count[c],
            result->ml[c], result->ml_low[c], result->ml_high[c]);
  printf (_("%s: mean %.4g, in the foreground %.4g\n"), options->score, summary->mean, summary->mean_foreground);
  for (size_t i = 0; i < summary->n_patches; i++)
    printf (_("unsure around voxel (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "), %.1f %.1f %.1f mm: %.4g\n"),
            places[i].voxel[0], places[i].voxel[1], places[i].voxel[2], places[i].world[0], places[i].world[1],
            places[i].world[2], places[i].mean);
}

/* What the score can be at most with @n classes: white in a picture of the map. */
static double
most_of (DubSegmentScore score,
         size_t          n)
{
  double c = (double) n;

  switch (score) {
  case DUB_SEGMENT_MSR:
    return 1.0 - 1.0 / c;
  case DUB_SEGMENT_ENTROPY:
  case DUB_SEGMENT_MI:
    return log (c);
  case DUB_SEGMENT_SD:
    return 0.5;
  case DUB_SEGMENT_MARGIN:
  default:
    return 1.0;
  }
}

static void
print_image (const Options           *options,
             const DubSegmentation   *s,
             const DubSegmentSummary *summary)
{
  if (!options->json) {
    for (size_t c = 0; c < s->n_classes; c++)
      printf (_("class %zu: %zu pixels\n"), c, s->count[c]);
    printf (_("%s: mean %.4g, in the foreground %.4g\n"), options->score, summary->mean, summary->mean_foreground);
    return;
  }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "labels", options->out);
  cli_json_string (builder, "map", options->map);
  cli_json_string (builder, "uncertainty", options->score);
  cli_json_int (builder, "models", (gint64) s->n_models);
  cli_json_int (builder, "views", (gint64) s->n_views);
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (size_t c = 0; c < s->n_classes; c++) {
    json_builder_begin_object (builder);
    cli_json_int (builder, "class", (gint64) c);
    cli_json_int (builder, "pixels", (gint64) s->count[c]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  cli_json_double (builder, "mean", summary->mean);
  cli_json_double (builder, "mean_foreground", summary->mean_foreground);
  cli_json_double (builder, "share_above", summary->share_above);
  json_builder_set_member_name (builder, "worst");
  json_builder_begin_array (builder);
  for (size_t i = 0; i < summary->n_patches; i++) {
    const double pixel[2] = { (double) summary->patches[i].voxel[1], (double) summary->patches[i].voxel[2] };

    json_builder_begin_object (builder);
    cli_json_doubles (builder, "pixel", pixel, 2);
    cli_json_double (builder, "mean", summary->patches[i].mean);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  cli_json_print (builder);
}

static gboolean
segment_image (const Options    *options,
               DubGraph *const  *graphs,
               size_t            n,
               const char       *image,
               DubSegmentScore   score,
               DubRun           *run,
               GError          **error)
{
  g_autoptr (DubSegmentation) s = cli_segment_image_run (graphs, n, image, options->tta, score, run, error);

  if (s == NULL)
    return FALSE;

  g_autoptr (DubSegmentSummary) summary =
    dub_segment_summary_new (s->map[score], s->labels, options->threshold, options->patch, (size_t) options->n_patches, run, error);

  if (summary == NULL || !cli_segment_image_save (s->labels, 1.0, options->out, error) ||
      (options->map != NULL && !cli_segment_image_save (s->map[score], most_of (score, s->n_classes), options->map, error)))
    return FALSE;
  print_image (options, s, summary);

  return TRUE;
}

static gboolean
segment (const Options   *options,
         GPtrArray       *models,
         const char      *volume,
         DubSegmentScore  score,
         DubPreprocess    preprocess,
         GError         **error)
{
  g_autoptr (CliRun) cli = cli_run_new (&options->run, _("Segmenting"), error);
  g_autoptr (GPtrArray) graphs = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_graph_unref);
  g_autofree DubPreprocess *each = g_new (DubPreprocess, models->len);
  gint64 start = g_get_monotonic_time ();

  if (cli == NULL)
    return FALSE;
  for (guint i = 0; i < models->len; i++) {
    DubGraph *graph = dub_onnx_load (models->pdata[i], error);

    if (graph == NULL)
      return FALSE;
    g_ptr_array_add (graphs, graph);
    each[i] = preprocess;
  }

  DubRun *run = cli_run_get (cli);

  if (cli_segment_is_image (volume))
    return segment_image (options, (DubGraph *const *) graphs->pdata, graphs->len, volume, score, run, error);

  g_autoptr (DubSegmentCase) result = dub_segment_case_run ((DubGraph *const *) graphs->pdata, each, graphs->len, volume,
                                                            options->tta, 1u << score, run, error);
  g_autofree DubSegmentPlace *places = NULL;
  g_autoptr (DubSegmentSummary) summary =
    result != NULL ? dub_segment_case_summary (result, score, options->threshold, options->patch, (size_t) options->n_patches,
                                               &places, run, error) : NULL;

  if (summary == NULL || !save (options, result, score, models, each, volume, error))
    return FALSE;

  double seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;

  if (options->json)
    print_json (options, result, summary, places, seconds);
  else
    print_text (options, result, summary, places);

  return TRUE;
}

gboolean
cmd_segment (const char *path,
             int         argc,
             char      **argv,
             GError    **error)
{
  static const char *const scores[] = { "msr", "entropy", "margin", "sd", "mi", NULL };
  g_auto (Options) options = { .threshold = 0.5, .patch = 9, .n_patches = 4 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, N_("Where the labels are written (needed)"), "LABELS.nii.gz" },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &options.map, N_("Where the map of uncertainty is written"), "MAP.nii.gz" },
    { "uncertainty", 0, 0, G_OPTION_ARG_STRING, &options.score, N_("Score of the map (entropy)"), "msr|entropy|margin|sd|mi" },
    { "tta", 0, 0, G_OPTION_ARG_STRING, &options.tta, N_("Views besides the volume itself"), "flip,shift,intensity" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &options.threshold, N_("Above it a voxel counts as unsure (0.5)"), "X" },
    { "patch", 0, 0, G_OPTION_ARG_INT, &options.patch, N_("Side of the patches among which the worst are found (9)"), "N" },
    { "worst", 0, 0, G_OPTION_ARG_INT, &options.n_patches, N_("How many of them (4)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  g_autofree GOptionEntry *preprocess_entries = cli_preprocess_entries (&options.preprocess);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&options.run);
  const GOptionEntry *const groups[] = { entries, preprocess_entries, run_entries };
  g_autoptr (GPtrArray) models = g_ptr_array_new ();
  const char *volume = NULL;
  DubPreprocess preprocess = { 0 };
  int score = DUB_SEGMENT_ENTROPY;

  if (!cli_parse (path, "MODEL.onnx… VOLUME.nii.gz", _("Gives every voxel a class, and shows where the networks are unsure of it."),
                  _(DESCRIPTION), groups, G_N_ELEMENTS (groups), 2, -1, &argc, &argv, error))
    return FALSE;
  if (options.out == NULL)
    return cli_usage_error (error, _("The option -o LABELS.nii.gz is missing."));
  if (options.patch < 1 || options.patch > 255 || options.patch % 2 == 0)
    return cli_usage_error (error, _("--patch is %d, expected an odd number from 1 to 255."), options.patch);
  if (options.n_patches < 0 || options.n_patches > 1000)
    return cli_usage_error (error, _("--worst is %d, expected 0 to 1000."), options.n_patches);

  const char *outputs[] = { options.out, options.map };

  if (!sort_arguments (argc, argv, models, &volume, error) || !cli_preprocess_parse (&options.preprocess, &preprocess, error) ||
      (options.score != NULL && !cli_choose ("--uncertainty", options.score, scores, &score, error)) ||
      !cli_check_outputs (outputs, G_N_ELEMENTS (outputs), (const char *const *) argv + 1, (size_t) argc - 1, error))
    return FALSE;
  if (options.score == NULL)
    options.score = g_strdup (scores[score]);
  for (size_t i = 0; i < G_N_ELEMENTS (outputs); i++) {
    gboolean image = cli_segment_is_image (volume);

    if (outputs[i] != NULL && !(image ? cli_segment_is_image (outputs[i]) : is_nifti (outputs[i])))
      return cli_usage_error (error, image ? _("“%s” is no name for a picture; expected one that ends in .png or .npy.")
                                           : _("“%s” is no name for a volume; expected one that ends in .nii or .nii.gz."), outputs[i]);
  }
  if (cli_segment_is_image (volume) &&
      (options.preprocess.axes != NULL || options.preprocess.scale != NULL || options.preprocess.fit != NULL))
    return cli_usage_error (error, _("--axes, --scale and --fit are of volumes; “%s” is a picture."), volume);

  return segment (&options, models, volume, (DubSegmentScore) score, preprocess, error);
}
