/* dubito-cli figure mask: the Mask page as a figure for a paper, of a case of a study or of loose files. */
#include "app/cli/cmd-figure.h"

#include "app/cli/cli-figure.h"
#include "app/cli/cli-mask.h"
#include "app/cli/cli-output.h"
#include "app/cli/cli-view.h"
#include "core/data/affine.h"
#include "core/explain/regions.h"
#include "core/io/nifti.h"
#include "ui/figures/mask-figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "Either STUDY.dubito (with --case and --network to choose), whose classes, atlas, truth and preparation of\n"
  "volumes are used, or --model and --volume. The mask is optimised with the options above, then drawn:\n"
  "three panes, energy, effect on the classes, regions. FIG ends in .png, .svg, .pdf or .csv (the numbers); with\n"
  "several -o the mask is computed once.");

typedef struct {
  CliFigureOptions figure;
  char            *case_id;
  char            *network_id;
  char            *model;
  char           **volumes;
  char            *atlas;
  char            *atlas_table;
  char            *truth;
  char            *at;
} Options;

/* Where the figure's words and volumes come from: a study or options. */
typedef struct {
  char         *subject;
  char         *network;     /* its id, for the title */
  char         *model;       /* path */
  char        **volumes;     /* paths */
  GPtrArray    *classes;     /* (nullable) of char * */
  char         *atlas;       /* (nullable) */
  char         *atlas_table; /* (nullable) */
  char         *truth;       /* (nullable) */
  int           label;       /* class of the case, -1 = unknown */
  DubPreprocess preprocess;
} Source;

static void
options_clear (Options *self)
{
  cli_figure_options_clear (&self->figure);
  g_free (self->case_id);
  g_free (self->network_id);
  g_free (self->model);
  g_strfreev (self->volumes);
  g_free (self->atlas);
  g_free (self->atlas_table);
  g_free (self->truth);
  g_free (self->at);
}

static void
source_clear (Source *self)
{
  g_free (self->subject);
  g_free (self->network);
  g_free (self->model);
  g_strfreev (self->volumes);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_free (self->atlas);
  g_free (self->atlas_table);
  g_free (self->truth);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Source, source_clear)

/* "sub-091_gm" of ".../sub-091_gm.nii.gz". */
static char *
stem_of (const char *path)
{
  static const char *const ENDINGS[] = { ".nii.gz", ".nii", ".hdr", ".img", ".onnx" };
  char *name = g_path_get_basename (path);

  for (size_t i = 0; i < G_N_ELEMENTS (ENDINGS); i++)
    if (g_str_has_suffix (name, ENDINGS[i])) {
      name[strlen (name) - strlen (ENDINGS[i])] = '\0';
      break;
    }

  return name;
}

/* The case of an id; without one the first patient (class 1) of the test split, else the first case. */
static const DubStudyCase *
find_case (const DubStudy *study,
           const char     *id,
           GError        **error)
{
  for (guint i = 0; i < study->cases->len; i++) {
    const DubStudyCase *one = study->cases->pdata[i];

    if (id != NULL ? strcmp (one->id, id) == 0 : one->label == 1 && g_strcmp0 (one->split, "test") == 0)
      return one;
  }
  if (id == NULL && study->cases->len > 0)
    return study->cases->pdata[0];

  if (study->cases->len == 0)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study “%s” has no cases."), study->folder);
  else
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study “%s” has no case “%s” among its %u."),
                 study->folder, id, study->cases->len);

  return NULL;
}

static const DubStudyModel *
find_model (const DubStudy *study,
            const char     *id,
            GError        **error)
{
  const DubStudyModel *first = study->models->len > 0 ? study->models->pdata[0] : NULL;
  const DubStudyModel *found = id != NULL ? dub_study_find_model (study, id) : first;

  if (found != NULL)
    return found;
  if (first == NULL)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study “%s” has no networks."), study->folder);
  else
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study “%s” has no network “%s” among its %u."),
                 study->folder, id, study->models->len);

  return NULL;
}

static gboolean
source_from_study (Source        *self,
                   const char    *folder,
                   const Options *options,
                   GError       **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);
  gboolean free_to_write = study != NULL && cli_figure_check_study (&options->figure, study, error);
  const DubStudyCase *one = free_to_write ? find_case (study, options->case_id, error) : NULL;
  const DubStudyModel *model = one != NULL ? find_model (study, options->network_id, error) : NULL;

  if (model == NULL)
    return FALSE;

  const char *volumes[] = { one->path, NULL };

  self->subject = g_strdup (one->id);
  self->network = g_strdup (model->id);
  self->model = g_strdup (model->path);
  self->volumes = g_strdupv ((char **) volumes);
  self->classes = g_ptr_array_ref (study->classes);
  self->atlas = g_strdup (study->atlas_path);
  self->atlas_table = g_strdup (study->atlas_table);
  self->truth = g_strdup (one->truth_path);
  self->label = one->label;
  self->preprocess = model->preprocess;

  return TRUE;
}

static void
source_from_files (Source        *self,
                   const Options *options)
{
  self->subject = stem_of (options->volumes[0]);
  self->network = stem_of (options->model);
  self->model = g_strdup (options->model);
  self->volumes = g_strdupv (options->volumes);
  self->atlas = g_strdup (options->atlas);
  self->atlas_table = g_strdup (options->atlas_table);
  self->truth = g_strdup (options->truth);
  self->label = -1;
}

/* A volume of labels brought onto the grid of @displayed. */
static DubVolume *
load_truth (const char      *path,
            const DubVolume *displayed,
            DubRun          *run,
            GError         **error)
{
  g_autoptr (DubVolume) truth = dub_nifti_load (path, error);

  if (truth == NULL || dub_volume_same_space (truth, displayed))
    return g_steal_pointer (&truth);

  return dub_volume_resample (truth, displayed->voxels->shape.dim, (const double (*)[4]) displayed->affine,
                              DUB_INTERPOLATION_NEAREST, 0.0f, run, error);
}

static gboolean
add_regions (DubMaskFigure *figure,
             const Source  *source,
             DubRun        *run,
             GError       **error)
{
  if (source->atlas == NULL)
    return TRUE;

  g_autoptr (DubAtlas) atlas = dub_atlas_load (source->atlas, source->atlas_table, error);
  g_autoptr (DubAtlas) on_grid = atlas != NULL ? dub_atlas_resample (atlas, figure->base, run, error) : NULL;
  g_autoptr (GArray) densities = on_grid != NULL ? dub_region_densities (on_grid, figure->mask->voxels, error) : NULL;

  if (densities == NULL)
    return FALSE;
  dub_mask_figure_set_regions (figure, on_grid->name, densities);

  return TRUE;
}

static void
add_classes (DubMaskFigure *figure,
             const Source  *source,
             CliMaskJob    *job)
{
  const double *original, *masked;
  size_t n_classes = dub_mask_get_probabilities (job->mask, 0, &original, &masked);

  for (size_t c = 0; c < n_classes; c++) {
    g_autofree char *numbered = g_strdup_printf ("class %zu", c);
    const char *name = source->classes != NULL && c < source->classes->len ? source->classes->pdata[c] : numbered;

    dub_mask_figure_add_class (figure, name, original[c], masked[c]);
  }
  figure->target_class = (guint) dub_mask_get_params (job->mask)->target_class;
}

static void
add_trace (DubMaskFigure *figure,
           CliMaskJob    *job)
{
  size_t n_rows;
  const DubMaskEnergy *rows = dub_mask_get_trace (job->mask, &n_rows);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (DubMaskEnergy));

  g_array_append_vals (all, rows, (guint) n_rows);
  g_array_append_val (all, job->final);
  dub_mask_figure_set_trace (figure, (const DubMaskEnergy *) (gconstpointer) all->data, all->len);
}

static gboolean
parse_place (const char *text,
             double      world[3],
             GError    **error)
{
  char trailing;

  if (sscanf (text, "%lf,%lf,%lf%c", &world[0], &world[1], &world[2], &trailing) == 3 && isfinite (world[0])
      && isfinite (world[1]) && isfinite (world[2]))
    return TRUE;

  return cli_usage_error (error, _("--at is “%s”, expected x,y,z in millimetres (RAS)."), text);
}

static DubMaskFigure *
make_figure (CliMaskJob           *job,
             const Source         *source,
             const CliViewOptions *view,
             DubRun               *run,
             GError              **error)
{
  g_autoptr (DubMaskFigure) figure = dub_mask_figure_new ();
  g_autoptr (DubTensor) tensor = dub_mask_get_mask (job->mask, error);
  g_autoptr (DubVolume) mask = NULL;
  g_autoptr (DubVolume) truth = NULL;

  if (tensor == NULL || (mask = dub_preprocess_back (&job->preprocess, tensor, job->displayed, error)) == NULL)
    return NULL;
  if (source->truth != NULL && (truth = load_truth (source->truth, job->displayed, run, error)) == NULL)
    return NULL;
  if (!dub_mask_figure_set_volumes (figure, job->displayed, mask, view->truth_contour != 0 ? truth : NULL, error)
      || !cli_view_options_apply (view, figure, error))
    return NULL;

  cli_mask_job_describe (job, source->subject, source->network, figure);
  add_trace (figure, job);
  add_classes (figure, source, job);
  if (!add_regions (figure, source, run, error))
    return NULL;
  if (truth != NULL)
    figure->mass_inside = dub_mass_inside (mask->voxels, truth->voxels, 2.0);

  return g_steal_pointer (&figure);
}

/* The crossing lies within the volume, checked before the mask is computed. */
static gboolean
check_place (const DubVolume *displayed,
             const double     world[3],
             GError         **error)
{
  double inverse[4][4], voxel[3];

  if (!dub_affine_invert ((const double (*)[4]) displayed->affine, inverse))
    return TRUE;
  dub_affine_apply ((const double (*)[4]) inverse, world, voxel);
  for (int i = 0; i < 3; i++)
    if (!(voxel[i] >= -0.5 && voxel[i] <= (double) displayed->voxels->shape.dim[i] - 0.5))
      return cli_usage_error (error, _("--at is %g,%g,%g mm, which is outside the volume."), world[0], world[1], world[2]);

  return TRUE;
}

static gboolean
draw (const Options        *options,
      const Source         *source,
      const CliMaskOptions *mask_options,
      const CliViewOptions *view,
      const double         *place, /* (nullable) */
      DubRun               *run,
      GError              **error)
{
  g_autoptr (CliMaskJob) job = cli_mask_job_new (mask_options, source->model, source->volumes,
                                                 g_strv_length (source->volumes), &source->preprocess, run, error);

  if (job == NULL || (place != NULL && !check_place (job->displayed, place, error)) || !cli_mask_job_run (job, run, error))
    return FALSE;

  g_autoptr (DubMaskFigure) figure = make_figure (job, source, view, run, error);

  if (figure == NULL)
    return FALSE;
  if (place != NULL)
    memcpy (figure->cursor, place, sizeof figure->cursor);

  for (size_t i = 0; options->figure.outs[i] != NULL; i++)
    if (!dub_mask_figure_export (figure, options->figure.outs[i], &options->figure.export, error))
      return FALSE;

  return TRUE;
}

static gboolean
check_options (const Options *options,
               const char    *study,
               GError       **error)
{
  const char *inputs[] = { options->model, options->atlas, options->atlas_table, options->truth };

  if (!cli_figure_check (&options->figure, inputs, G_N_ELEMENTS (inputs), error))
    return FALSE;
  if (study == NULL && (options->model == NULL || options->volumes == NULL))
    return cli_usage_error (error, _("Give a STUDY, or both --model and --volume."));
  if (study != NULL && (options->model != NULL || options->volumes != NULL))
    return cli_usage_error (error, _("Give a STUDY, or --model and --volume, but not both."));
  if ((options->atlas == NULL) != (options->atlas_table == NULL))
    return cli_usage_error (error, _("--atlas and --atlas-table go together."));

  return TRUE;
}

/* What a study names is not to be overwritten either. */
static gboolean
check_sources (const Options        *options,
               const Source         *source,
               const CliMaskOptions *mask,
               GError              **error)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

  for (char **volume = source->volumes; *volume != NULL; volume++)
    g_ptr_array_add (inputs, *volume);
  g_ptr_array_add (inputs, source->model);
  g_ptr_array_add (inputs, source->atlas);
  g_ptr_array_add (inputs, source->atlas_table);
  g_ptr_array_add (inputs, source->truth);
  g_ptr_array_add (inputs, mask->replace);

  return cli_check_outputs ((const char *const *) options->figure.outs, g_strv_length (options->figure.outs),
                            (const char *const *) inputs->pdata, inputs->len, error);
}

gboolean
cmd_figure_mask (const char *path,
                 int         argc,
                 char      **argv,
                 GError    **error)
{
  g_auto (Options) options = { 0 };
  g_auto (CliMaskOptions) mask_options = { .class_index = -1 };
  g_auto (CliPreprocessOptions) preprocess_options = { NULL };
  g_auto (CliViewOptions) view = { .min_cluster = 1 };
  g_auto (CliRunOptions) run_options = { 0 };
  const GOptionEntry entries[] = {
    { "at", 0, 0, G_OPTION_ARG_STRING, &options.at, N_("Where the slices cross, in mm (the middle of the mask)"), "X,Y,Z" },
    { "case", 0, 0, G_OPTION_ARG_STRING, &options.case_id, N_("Case of the study (the first patient of its test split)"), "ID" },
    { "network", 0, 0, G_OPTION_ARG_STRING, &options.network_id, N_("Network of the study (its first)"), "ID" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &options.model, N_("Network, without a study"), "MODEL.onnx" },
    { "volume", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.volumes, N_("Volume, without a study; may be repeated"), "VOLUME" },
    { "atlas", 0, 0, G_OPTION_ARG_FILENAME, &options.atlas, N_("Labels of regions"), "LABELS.nii.gz" },
    { "atlas-table", 0, 0, G_OPTION_ARG_FILENAME, &options.atlas_table, N_("Names of regions"), "TABLE" },
    { "truth", 0, 0, G_OPTION_ARG_FILENAME, &options.truth, N_("Truly affected voxels, drawn as a contour"), "LABELS.nii.gz" },
    { NULL },
  };

  cli_mask_options_init (&mask_options);
  cli_view_options_init (&view);

  g_autofree GOptionEntry *figure_entries = cli_figure_entries (&options.figure);
  g_autofree GOptionEntry *mask_entries = cli_mask_entries (&mask_options);
  g_autofree GOptionEntry *preprocess_entries = cli_preprocess_entries (&preprocess_options);
  g_autofree GOptionEntry *view_entries = cli_view_entries (&view);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry *const groups[] = { figure_entries, entries, view_entries, mask_entries, preprocess_entries, run_entries };
  g_autofree char *defaults = cli_mask_defaults_text ();
  g_autofree char *description = g_strdup_printf ("%s\n\n%s", _(DESCRIPTION), defaults);
  double place[3];

  if (!cli_parse (path, "[STUDY]", _("Draws the mask of one case as a figure."), description, groups,
                  G_N_ELEMENTS (groups), 0, 1, &argc, &argv, error)
      || !check_options (&options, argc > 1 ? argv[1] : NULL, error)
      || (options.at != NULL && !parse_place (options.at, place, error)))
    return FALSE;

  g_auto (Source) source = { NULL };

  if (argc > 1) {
    if (!source_from_study (&source, argv[1], &options, error))
      return FALSE;
  } else {
    source_from_files (&source, &options);
  }
  if (!check_sources (&options, &source, &mask_options, error))
    return FALSE;
  if (mask_options.class_index < 0)
    mask_options.class_index = source.label;
  if (!cli_mask_options_parse (&mask_options, error)
      || !cli_preprocess_parse (&preprocess_options, &source.preprocess, error)
      || !cli_view_options_parse (&view, error))
    return FALSE;
  /* A truth that was named is to be seen; that of a study is shown when it is asked for, as in the window. */
  if (view.truth_contour < 0)
    view.truth_contour = options.truth != NULL;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Optimising the mask"), error);

  return cli != NULL
         && draw (&options, &source, &mask_options, &view, options.at != NULL ? place : NULL, cli_run_get (cli), error);
}
