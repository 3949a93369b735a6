/* dubito-cli heatmap: where in an image a network's answer, or its doubt, comes from. */
#include "app/cli/cmd-heatmap.h"

#include "app/cli/cli-heatmap.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-output.h"
#include "core/io/nifti.h"
#include "core/io/npy.h"
#include "dub-config.h"
#include "ui/figures/heatmap-figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "Several networks answer with the mean of their probabilities. With --study and --case the networks are those of the study.\n\n"
  "occlusion        what the target loses when a window is replaced; the only kind that can be of any score. Scores that a study fits\n"
  "                 (temperature, knn-all, mean …) need --study; where the case is a training case it is among its own neighbours\n"
  "gradient         the target's slope; input-gradient times (image − replacement); smoothgrad its mean over noisy copies\n"
  "ig               integrated gradients from the replacement to the image; “gap” says what is missing of completeness\n"
  "gradcam          the last feature maps, weighted by their mean slope; gradcam-sd where networks disagree about it\n"
  "mask             1 − m of the smallest mask that lowers the probability (dubito-cli mask has all its settings)\n\n"
  "OUT.nii.gz is the map in the space of the volume, OUT.npy on the network's grid, OUT.png (.svg, .pdf) a figure.");

typedef struct {
  char   **outs;
  gboolean json;
  double   width_mm;
  double   dpi;
} Options;

static void
options_clear (Options *self)
{
  g_strfreev (self->outs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
ends_in (const char *path,
         const char *ending)
{
  return g_str_has_suffix (path, ending);
}

static gboolean
is_nifti (const char *path)
{
  return ends_in (path, ".nii") || ends_in (path, ".nii.gz");
}

static gboolean
check_outs (const Options            *options,
            const CliHeatmapOptions  *heatmap,
            char *const              *files,
            int                       n_files,
            GError                  **error)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

  if (options->outs == NULL)
    return cli_usage_error (error, _("The option -o OUT.(nii.gz|npy|png) is missing."));
  for (guint i = 0; options->outs[i] != NULL; i++) {
    const char *out = options->outs[i];

    if (!is_nifti (out) && !ends_in (out, ".npy") && !ends_in (out, ".png") && !ends_in (out, ".svg") && !ends_in (out, ".pdf"))
      return cli_usage_error (error, _("-o is “%s”, expected a name that ends in .nii, .nii.gz, .npy, .png, .svg or .pdf."), out);
  }
  for (int i = 0; i < n_files; i++)
    g_ptr_array_add (inputs, files[i]);
  g_ptr_array_add (inputs, heatmap->replace);
  g_ptr_array_add (inputs, heatmap->prepare);

  return cli_check_outputs ((const char *const *) options->outs, g_strv_length (options->outs),
                            (const char *const *) inputs->pdata, inputs->len, error);
}

/* --- words --- */

static char *
target_text (const CliHeatmapJob *job,
             const DubHeatmap    *map)
{
  if (map->of == DUB_HEATMAP_OF_SCORE)
    return g_strdup (job->of);
  if (map->of == DUB_HEATMAP_OF_ENTROPY)
    return g_strdup ("entropy");

  return g_strdup_printf ("%s:%d", map->of == DUB_HEATMAP_OF_LOGIT ? "logit" : "class", map->class_index);
}

static const char *
class_name (const CliHeatmapJob *job,
            const DubHeatmap    *map)
{
  if (job->classes == NULL || map->class_index < 0 || (guint) map->class_index >= job->classes->len)
    return NULL;

  return g_ptr_array_index (job->classes, map->class_index);
}

static void
json_networks (JsonBuilder         *builder,
               const CliHeatmapJob *job)
{
  json_builder_set_member_name (builder, "networks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < job->paths->len; i++) {
    json_builder_begin_object (builder);
    cli_json_string (builder, "file", g_ptr_array_index (job->paths, i));
    cli_json_string (builder, "sha256", g_ptr_array_index (job->hashes, i));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* The options that this kind reads. */
static void
json_settings (JsonBuilder         *builder,
               const CliHeatmapJob *job,
               const DubHeatmap    *map)
{
  const DubHeatmapOptions *options = &job->options;
  DubHeatmapKind kind = options->kind;

  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  if (kind == DUB_HEATMAP_OCCLUSION) {
    cli_json_int (builder, "window", map->window);
    cli_json_int (builder, "stride", map->stride);
  }
  if (kind == DUB_HEATMAP_INTEGRATED_GRADIENTS)
    cli_json_int (builder, "steps", options->n_steps);
  if (kind == DUB_HEATMAP_SMOOTHGRAD) {
    cli_json_int (builder, "samples", options->n_samples);
    cli_json_double (builder, "noise", options->noise);
  }
  if (kind == DUB_HEATMAP_SMOOTHGRAD || kind == DUB_HEATMAP_MASK)
    cli_json_int (builder, "seed", (gint64) options->seed);
  if (kind != DUB_HEATMAP_GRADIENT && kind != DUB_HEATMAP_SMOOTHGRAD && kind != DUB_HEATMAP_GRADCAM &&
      kind != DUB_HEATMAP_GRADCAM_SD)
    cli_json_string (builder, "replace", job->replace);
  if (map->layer != NULL)
    cli_json_string (builder, "layer", map->layer);
  cli_json_double (builder, "smooth", options->smooth);
  json_builder_end_object (builder);
}

static void
print_json (const CliHeatmapJob *job,
            const DubHeatmap    *map,
            char *const         *outs,
            double               seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *of = target_text (job, map);
  gboolean is_volume = map->map->shape.rank == 3;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; outs[i] != NULL; i++)
    json_builder_add_string_value (builder, outs[i]);
  json_builder_end_array (builder);
  cli_json_string (builder, "kind", dub_heatmap_kind_name (map->kind));
  cli_json_string (builder, "of", of);
  cli_json_string (builder, "class", class_name (job, map));
  cli_json_string (builder, "what", map->what);
  cli_json_boolean (builder, "signed", map->is_signed);
  cli_json_shape (builder, "shape", &map->map->shape);
  cli_json_double (builder, "value", map->value);
  cli_json_double (builder, "value_replaced", map->changed);
  cli_json_double (builder, "gap", map->gap);
  json_builder_set_member_name (builder, "peak");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "place");
  json_builder_begin_array (builder);
  for (int a = is_volume ? 0 : 1; a < 3; a++)
    json_builder_add_int_value (builder, (gint64) map->peak[a]);
  json_builder_end_array (builder);
  cli_json_double (builder, "value", map->peak_value);
  json_builder_end_object (builder);
  cli_json_int (builder, "passes", (gint64) map->n_passes);
  cli_json_double (builder, "seconds", seconds);
  json_settings (builder, job, map);
  cli_json_string (builder, "image", job->image_name);
  cli_json_string (builder, "image_sha256", job->image_hash);
  json_networks (builder, job);
  cli_json_string (builder, "software", "dubito " DUB_VERSION);
  json_builder_end_object (builder);
  cli_json_print (builder);
}

static void
print_text (const CliHeatmapJob *job,
            const DubHeatmap    *map,
            char *const         *outs,
            double               seconds)
{
  g_autofree char *of = target_text (job, map);

  printf (_("%s of %s: %.6g at the image, peak %.4g at (%zu, %zu, %zu), %.2f s\n"), dub_heatmap_kind_name (map->kind), of, map->value,
          map->peak_value, map->peak[0], map->peak[1], map->peak[2], seconds);
  if (isfinite (map->gap))
    printf (_("completeness gap %.2g\n"), map->gap);
  for (guint i = 0; outs[i] != NULL; i++)
    printf ("%s\n", outs[i]);
}

/* --- files --- */

static gboolean
save_nifti (const CliHeatmapJob  *job,
            const DubHeatmap     *map,
            const char           *out,
            DubRun               *run,
            GError              **error)
{
  if (map->map->shape.rank != 3) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("“%s”: a picture has no space to be a NIfTI in; expected .npy or .png."), out);
    return FALSE;
  }

  g_autoptr (DubVolume) volume = cli_heatmap_job_volume (job, map->map, error);
  g_autoptr (DubVolume) placed = NULL;

  if (volume == NULL)
    return FALSE;
  placed = job->original != NULL ? dub_preprocess_onto (&job->preprocess, volume, job->original, 0.0f, run, error)
                                 : dub_volume_ref (volume);

  return placed != NULL && dub_nifti_save_with_note (placed, out, DUB_DTYPE_F32, map->what, map->what, error);
}

static DubVolume *
image_volume (const CliHeatmapJob  *job,
              GError              **error)
{
  if (job->displayed != NULL)
    return dub_volume_ref (job->displayed);

  const int64_t *dim = job->image->shape.dim;
  g_autoptr (DubTensor) picture = dub_tensor_reshape (job->image, DUB_SHAPE (dim[1], dim[2], dim[3]), error);

  return picture != NULL ? dub_heatmap_picture (picture, error) : NULL;
}

static gboolean
save_figure (const CliHeatmapJob  *job,
             const DubHeatmap     *map,
             const Options        *options,
             const char           *out,
             GError              **error)
{
  g_autoptr (DubVolume) image = image_volume (job, error);
  g_autoptr (DubVolume) volume = image != NULL ? cli_heatmap_job_volume (job, map->map, error) : NULL;
  DubExportOptions export = { .width_mm = options->width_mm, .dpi = options->dpi };

  if (volume == NULL)
    return FALSE;

  g_autoptr (DubHeatmapFigure) figure =
    dub_heatmap_figure_new (image, volume, map->is_signed, map->map->shape.rank == 2);
  g_autofree char *of = target_text (job, map);
  g_autofree char *name = g_path_get_basename (job->image_name);
  g_autofree char *title = g_strdup_printf ("%s: %s of %s", name, dub_heatmap_kind_name (map->kind), of);
  g_autofree char *caption = g_strdup_printf ("%s = %.4g at the image; %u network%s; %s", of, map->value, job->graphs->len,
                                              job->graphs->len == 1 ? "" : "s", map->what);

  dub_heatmap_figure_set_text (figure, title, caption, NULL);
  dub_heatmap_figure_note (figure, "Software", "dubito " DUB_VERSION);
  dub_heatmap_figure_note (figure, "Heatmap", map->what);
  if (job->image_hash != NULL)
    dub_heatmap_figure_note (figure, "Image SHA-256", job->image_hash);
  for (guint i = 0; i < job->hashes->len; i++)
    dub_heatmap_figure_note (figure, "Network SHA-256", g_ptr_array_index (job->hashes, i));

  return dub_heatmap_figure_export (figure, out, &export, error);
}

static gboolean
save_all (const CliHeatmapJob  *job,
          const DubHeatmap     *map,
          const Options        *options,
          DubRun               *run,
          GError              **error)
{
  for (guint i = 0; options->outs[i] != NULL; i++) {
    const char *out = options->outs[i];
    gboolean ok;

    if (is_nifti (out))
      ok = save_nifti (job, map, out, run, error);
    else if (ends_in (out, ".npy"))
      ok = dub_npy_save (map->map, out, error);
    else
      ok = save_figure (job, map, options, out, error);
    if (!ok)
      return FALSE;
  }

  return TRUE;
}

gboolean
cmd_heatmap (const char *path,
             int         argc,
             char      **argv,
             GError    **error)
{
  g_auto (Options) options = { .width_mm = DUB_EXPORT_TWO_COLUMNS_MM, .dpi = 300.0 };
  g_auto (CliHeatmapOptions) heatmap = { 0 };
  g_auto (CliPreprocessOptions) preprocess = { NULL };
  g_auto (CliRunOptions) run_options = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.outs, N_("Where the map is written (needed); may be repeated"),
      "OUT.(nii.gz|npy|png)" },
    { "width", 0, 0, G_OPTION_ARG_DOUBLE, &options.width_mm, N_("Width of a figure in mm: 85 one column, 174 two (default)"), "MM" },
    { "dpi", 0, 0, G_OPTION_ARG_DOUBLE, &options.dpi, N_("Resolution of PNG (300)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };

  cli_heatmap_options_init (&heatmap);

  g_autofree GOptionEntry *heatmap_entries = cli_heatmap_entries (&heatmap);
  g_autofree GOptionEntry *preprocess_entries = cli_preprocess_entries (&preprocess);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry *const groups[] = { entries, heatmap_entries, preprocess_entries, run_entries };

  if (!cli_parse (path, _("MODEL.onnx… IMAGE | --study STUDY --case ID [MODEL.onnx…]"),
                  _("Shows where in an image a network's answer, or its doubt, comes from."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 0, -1, &argc, &argv, error) ||
      !check_outs (&options, &heatmap, argv + 1, argc - 1, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Making the heatmap"), error);

  if (cli == NULL)
    return FALSE;

  DubRun *run = cli_run_get (cli);
  g_autoptr (CliHeatmapJob) job = cli_heatmap_job_new (&heatmap, &preprocess, options.outs, argv + 1, argc - 1, run, error);

  if (job == NULL)
    return FALSE;

  gint64 start = g_get_monotonic_time ();
  g_autoptr (DubHeatmap) map =
    dub_heatmap_run (&job->options, (DubGraph *const *) job->graphs->pdata, job->graphs->len, job->image, run, error);
  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;

  if (map == NULL || !save_all (job, map, &options, run, error))
    return FALSE;
  if (options.json)
    print_json (job, map, options.outs, seconds);
  else
    print_text (job, map, options.outs, seconds);

  return TRUE;
}
