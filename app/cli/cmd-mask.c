/* dubito-cli mask: the meaningful-perturbation mask of a network and a volume, or of a set of volumes. */
#include "app/cli/cmd-mask.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-mask.h"
#include "app/cli/cli-output.h"
#include "core/io/file.h"

#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "X'(u) = m(u) X(u) + (1 - m(u)) r(u). The mask m minimises the probability of the class\n"
  "+ lambda1 |1 - m|^beta1 + lambda2 |grad m|^beta2, with Adam and a clip to [0, 1].\n"
  "Several volumes share one mask: the probability is their mean.\n\n"
  "MASK.nii.gz holds m in the space of the first volume. TRACE.csv has the columns\n"
  "iteration,total,score,area,smoothness (area and smoothness include their lambda) and one row more than\n"
  "there are iterations: row k is the energy before update k, the last row that of the final mask.");

static void
append_row (GString             *csv,
            const DubMaskEnergy *energy)
{
  const double columns[4] = { energy->total, energy->score, energy->area, energy->smoothness };
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (csv, "%u", energy->iteration);
  for (int i = 0; i < 4; i++)
    g_string_append_printf (csv, ",%s", g_ascii_dtostr (text, sizeof text, columns[i]));
  g_string_append_c (csv, '\n');
}

static gboolean
save_trace (const CliMaskJob *job,
            const char       *path,
            GError          **error)
{
  g_autoptr (GString) csv = g_string_new ("iteration,total,score,area,smoothness\n");
  size_t n_rows;
  const DubMaskEnergy *rows = dub_mask_get_trace (job->mask, &n_rows);

  for (size_t i = 0; i < n_rows; i++)
    append_row (csv, &rows[i]);
  append_row (csv, &job->final);

  return dub_file_write_atomic (path, csv->str, csv->len, error);
}

static void
json_energy (JsonBuilder         *builder,
             const char          *name,
             const DubMaskEnergy *energy)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  cli_json_int (builder, "iteration", energy->iteration);
  cli_json_double (builder, "total", energy->total);
  cli_json_double (builder, "score", energy->score);
  cli_json_double (builder, "area", energy->area);
  cli_json_double (builder, "smoothness", energy->smoothness);
  json_builder_end_object (builder);
}

static void
json_images (JsonBuilder *builder,
             CliMaskJob  *job)
{
  int target = dub_mask_get_params (job->mask)->target_class;

  json_builder_set_member_name (builder, "images");
  json_builder_begin_array (builder);
  for (guint i = 0; i < job->images->len; i++) {
    const double *original, *masked;
    size_t n_classes = dub_mask_get_probabilities (job->mask, i, &original, &masked);

    json_builder_begin_object (builder);
    cli_json_string (builder, "file", job->volume_paths->pdata[i]);
    cli_json_string (builder, "sha256", job->volume_hashes->pdata[i]);
    cli_json_double (builder, "probability_before", original[target]);
    cli_json_double (builder, "probability_after", masked[target]);
    cli_json_doubles (builder, "probabilities_before", original, n_classes);
    cli_json_doubles (builder, "probabilities_after", masked, n_classes);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
json_settings (JsonBuilder      *builder,
               const CliMaskJob *job)
{
  const DubMaskParams *params = dub_mask_get_params (job->mask);

  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  cli_json_int (builder, "class", params->target_class);
  cli_json_double (builder, "lambda1", params->lambda1);
  cli_json_double (builder, "lambda2", params->lambda2);
  cli_json_double (builder, "beta1", params->beta1);
  cli_json_double (builder, "beta2", params->beta2);
  cli_json_string (builder, "norm", params->norm == DUB_NORM_MEAN ? "mean" : "sum");
  cli_json_int (builder, "iterations", params->n_iterations);
  cli_json_boolean (builder, "stop_early", params->stop_early);
  cli_json_double (builder, "step", params->step);
  cli_json_int (builder, "grid", params->grid);
  cli_json_double (builder, "start", params->start);
  cli_json_double (builder, "start_noise", params->start_noise);
  cli_json_double (builder, "jitter", params->jitter);
  cli_json_string (builder, "replace", cli_replacement_name (params->replacement));
  cli_json_string (builder, "replace_sha256", job->reference_hash);
  cli_json_double (builder, "blur_sigma", params->blur_sigma);
  cli_json_int (builder, "seed", (gint64) params->seed);
  cli_json_string (builder, "axes", dub_axes_name (job->preprocess.axes));
  cli_json_string (builder, "scale", dub_scale_name (job->preprocess.scale));
  cli_json_string (builder, "fit", dub_fit_name (job->preprocess.fit));
  json_builder_end_object (builder);
}

/* Sum of 1 - m over the voxels of the network's grid. */
static double
mass_of (const DubTensor *mask)
{
  double mass = 0.0;

  for (size_t i = 0, n = dub_tensor_n_elements (mask); i < n; i++)
    mass += 1.0 - (double) dub_tensor_f32 (mask)[i];

  return mass;
}

static gboolean
print_json (CliMaskJob *job,
            const char *out,
            const char *trace,
            GError    **error)
{
  g_autoptr (DubTensor) mask = dub_mask_get_mask (job->mask, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  size_t n_rows;
  const DubMaskEnergy *rows = dub_mask_get_trace (job->mask, &n_rows);

  if (mask == NULL)
    return FALSE;

  double mass = mass_of (mask);

  json_builder_begin_object (builder);
  cli_json_string (builder, "mask", out);
  cli_json_string (builder, "trace", trace);
  cli_json_int (builder, "iterations", dub_mask_get_iteration (job->mask));
  json_builder_set_member_name (builder, "energy");
  json_builder_begin_object (builder);
  json_energy (builder, "first", n_rows > 0 ? &rows[0] : &job->final);
  json_energy (builder, "final", &job->final);
  json_builder_end_object (builder);
  json_images (builder, job);
  cli_json_double (builder, "mass", mass);
  cli_json_double (builder, "mass_fraction", mass / (double) dub_tensor_n_elements (mask));
  json_settings (builder, job);
  cli_json_int (builder, "peak_bytes", (gint64) dub_mask_peak_bytes (job->mask));
  cli_json_double (builder, "seconds", job->seconds);
  json_builder_set_member_name (builder, "provenance");
  json_builder_begin_object (builder);
  cli_json_string (builder, "software", "dubito " DUB_VERSION);
  cli_json_string (builder, "model", job->model_path);
  cli_json_string (builder, "model_sha256", job->model_hash);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  cli_json_print (builder);

  return TRUE;
}

static void
print_text (CliMaskJob *job,
            const char *out)
{
  int target = dub_mask_get_params (job->mask)->target_class;

  printf (_("%u iterations in %.1f s, energy %.5g = score %.5g + area %.5g + smoothness %.5g\n"),
          dub_mask_get_iteration (job->mask), job->seconds, job->final.total, job->final.score, job->final.area,
          job->final.smoothness);
  for (guint i = 0; i < job->images->len; i++) {
    const double *original, *masked;

    dub_mask_get_probabilities (job->mask, i, &original, &masked);
    printf (_("%s: probability of class %d %.4f, masked %.4f\n"), (const char *) job->volume_paths->pdata[i], target,
            original[target], masked[target]);
  }
  printf (_("mask in %s\n"), out);
}

static gboolean
save_mask (CliMaskJob *job,
           const char *out,
           DubRun     *run,
           GError    **error)
{
  g_autoptr (DubVolume) volume = cli_mask_job_volume (job, run, error);
  g_autoptr (DubMaskFigure) figure = dub_mask_figure_new ();

  cli_mask_job_describe (job, "", "", figure);

  return volume != NULL && dub_mask_figure_save_mask (figure, volume, out, error);
}

gboolean
cmd_mask (const char *path,
          int         argc,
          char      **argv,
          GError    **error)
{
  g_autofree char *out = NULL;
  g_autofree char *trace = NULL;
  gboolean json = FALSE;
  g_auto (CliMaskOptions) options = { .class_index = -1 };
  g_auto (CliPreprocessOptions) preprocess_options = { NULL };
  g_auto (CliRunOptions) run_options = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("Where the mask is written (needed)"), "MASK.nii.gz" },
    { "trace", 0, 0, G_OPTION_ARG_FILENAME, &trace, N_("Where the energies are written"), "TRACE.csv" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };

  cli_mask_options_init (&options);

  g_autofree GOptionEntry *mask_entries = cli_mask_entries (&options);
  g_autofree GOptionEntry *preprocess_entries = cli_preprocess_entries (&preprocess_options);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry *const groups[] = { entries, mask_entries, preprocess_entries, run_entries };
  g_autofree char *defaults = cli_mask_defaults_text ();
  g_autofree char *description = g_strdup_printf ("%s\n\n%s", _(DESCRIPTION), defaults);
  DubPreprocess preprocess = { 0 };

  if (!cli_parse (path, "MODEL.onnx VOLUME…", _("Finds the smallest mask that changes what a network says about a volume."),
                  description, groups, G_N_ELEMENTS (groups), 2, -1, &argc, &argv, error))
    return FALSE;
  if (out == NULL)
    return cli_usage_error (error, _("The option -o MASK.nii.gz is missing."));
  if (!g_str_has_suffix (out, ".nii") && !g_str_has_suffix (out, ".nii.gz"))
    return cli_usage_error (error, _("-o is “%s”, expected a name that ends in .nii or .nii.gz."), out);
  const char *outputs[] = { out, trace };
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

  for (int i = 1; i < argc; i++)
    g_ptr_array_add (inputs, argv[i]);
  g_ptr_array_add (inputs, options.replace);
  if (!cli_mask_options_parse (&options, error) || !cli_preprocess_parse (&preprocess_options, &preprocess, error)
      || !cli_check_outputs (outputs, G_N_ELEMENTS (outputs), (const char *const *) inputs->pdata, inputs->len, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Optimising the mask"), error);

  if (cli == NULL)
    return FALSE;

  DubRun *run = cli_run_get (cli);
  g_autoptr (CliMaskJob) job = cli_mask_job_new (&options, argv[1], argv + 2, (size_t) argc - 2, &preprocess, run, error);

  if (job == NULL || !cli_mask_job_run (job, run, error) || !save_mask (job, out, run, error)
      || (trace != NULL && !save_trace (job, trace, error)))
    return FALSE;
  if (!json) {
    print_text (job, out);
    return TRUE;
  }

  return print_json (job, out, trace, error);
}
