/* dubito-cli figure reliability: how often answers given with confidence p are right, before and after recalibration. */
#include "app/cli/cli-figure.h"
#include "app/cli/cli-predictions.h"
#include "app/cli/cli-reliability.h"
#include "app/cli/cmd-figure.h"
#include "core/study/answers.h"
#include "core/study/evaluate.h"
#include "core/study/predictions-file.h"

#include <string.h>

static const char DESCRIPTION[] = N_(
  "Bars of the accuracy, hatched to the mean confidence, with 95 % bands; the cases of every bin below. Of STUDY.dubito the test\n"
  "part, before and after a recalibration fitted on its calibration part; networks that were not run yet are run first. PRED and\n"
  "CAL are files as “dubito-cli calibration” reads them; without --fit nothing is recalibrated. With --overlay several curves\n"
  "share one panel: plain answers, temperature, and another loss by --family ce --family ce-dca15. FIG ends in .png, .svg, .pdf\n"
  "or .csv (the numbers).");

typedef struct {
  CliFigureOptions      figure;
  CliReliabilityOptions curves;
} Options;

static void
options_clear (Options *self)
{
  cli_figure_options_clear (&self->figure);
  cli_reliability_options_clear (&self->curves);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What is drawn is of. */
typedef struct {
  DubStudy           *study;        /* (nullable) */
  DubOutputs         *outputs;      /* (nullable): of a study */
  DubPredictionsFile *file, *fit;   /* (nullable) */
  char               *title;
  char               *family;       /* (nullable): the first */
  GPtrArray          *others;       /* of char *: further families */
  GArray             *methods;      /* of DubRecalibrate */
  gboolean            must_fit;     /* a method was asked for */
  const DubPredictions *test;       /* of the first family, or of the file */
  DubPredictions     *own_test, *own_calibration; /* (nullable): of a study */
  int                 class_index;  /* -1 = the answers */
  GPtrArray          *fits;         /* of DubRecalibration * */
  GPtrArray          *curves;       /* of CliReliabilityCurve * */
  double              begin, step;  /* of the progress: where curves begin, and how much each is */
} Sources;

static void
sources_clear (Sources *self)
{
  g_clear_pointer (&self->study, dub_study_unref);
  g_clear_pointer (&self->outputs, dub_outputs_free);
  g_clear_pointer (&self->file, dub_predictions_file_free);
  g_clear_pointer (&self->fit, dub_predictions_file_free);
  g_free (self->title);
  g_free (self->family);
  g_ptr_array_unref (self->others);
  g_array_unref (self->methods);
  g_clear_pointer (&self->own_test, dub_predictions_free);
  g_clear_pointer (&self->own_calibration, dub_predictions_free);
  g_ptr_array_unref (self->fits);
  g_ptr_array_unref (self->curves);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sources, sources_clear)

static void
curve_free (gpointer curve)
{
  cli_reliability_curve_free (curve);
}

static void
recalibration_unref (gpointer recalibration)
{
  dub_recalibration_unref (recalibration);
}

static void
sources_init (Sources *self)
{
  *self = (Sources) { .class_index = -1 };
  self->others = g_ptr_array_new_with_free_func (g_free);
  self->methods = g_array_new (FALSE, FALSE, sizeof (DubRecalibrate));
  self->fits = g_ptr_array_new_with_free_func (recalibration_unref);
  self->curves = g_ptr_array_new_with_free_func (curve_free);
}

/* --- what was asked for --- */

static void
add_method (Sources        *self,
            DubRecalibrate  method)
{
  for (guint i = 0; i < self->methods->len; i++)
    if (g_array_index (self->methods, DubRecalibrate, i) == method)
      return;
  g_array_append_val (self->methods, method);
}

/* The recalibrations first, in the order they were named; temperature where nothing was said. Whatever --with names besides is a
 * family. */
static gboolean
read_with (Sources                      *self,
           const CliReliabilityOptions  *options,
           GError                      **error)
{
  gboolean none = g_strcmp0 (options->recalibrate, "none") == 0;
  DubRecalibrate method = DUB_RECALIBRATE_TEMPERATURE;

  if (options->recalibrate != NULL && !none && dub_recalibrate_from_id (options->recalibrate, &method)) {
    add_method (self, method);
    self->must_fit = TRUE;
  }
  for (guint i = 0; options->families != NULL && i < g_strv_length (options->families); i++)
    if (i > 0)
      g_ptr_array_add (self->others, g_strdup (options->families[i]));
  for (guint i = 0; options->with != NULL && options->with[i] != NULL; i++)
    if (dub_recalibrate_from_id (options->with[i], &method)) {
      /* One curve more than the temperature that is there without being asked for. */
      if (self->methods->len == 0 && !none)
        add_method (self, DUB_RECALIBRATE_TEMPERATURE);
      add_method (self, method);
      self->must_fit = TRUE;
    } else if (self->study != NULL) {
      g_ptr_array_add (self->others, g_strdup (options->with[i]));
    } else {
      return cli_usage_error (error, _("--with is “%s”, expected temperature, vector, platt, isotonic or beta: a file has no families."),
                              options->with[i]);
    }
  if (self->methods->len == 0 && !none && !options->each)
    add_method (self, DUB_RECALIBRATE_TEMPERATURE);

  return TRUE;
}

static gboolean
find_class (Sources      *self,
            const char   *asked,
            GError      **error)
{
  const char *const *classes = NULL;

  if (self->study != NULL && self->study->classes->len == self->test->n_classes)
    classes = (const char *const *) self->study->classes->pdata;
  else if (self->file != NULL)
    classes = (const char *const *) self->file->classes;

  return cli_predictions_find_class (self->title, classes, self->test->n_classes, asked, &self->class_index, error);
}

/* --- reading --- */

static gboolean
read_outputs (Sources                      *self,
              const CliReliabilityOptions  *options,
              DubRun                       *run,
              GError                      **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free), families = dub_study_families (self->study);
  const char *first = options->families != NULL ? options->families[0] : families->len > 0 ? families->pdata[0] : NULL;

  if (self->study->data == NULL || first == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study %s has no networks that answer with classes."), self->study->folder);
    return FALSE;
  }
  self->family = g_strdup (first);
  for (guint i = 0; i <= self->others->len; i++) {
    const char *family = i == 0 ? first : self->others->pdata[i - 1];
    g_auto (GStrv) own = dub_study_family_models (self->study, family);

    if (*own == NULL) {
      g_autofree char *names = NULL;

      g_ptr_array_add (families, NULL);
      names = g_strjoinv (", ", (char **) families->pdata);
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("%s has no networks of the family “%s”; it has %s."), self->study->folder,
                   family, names);
      return FALSE;
    }
    for (guint k = 0; own[k] != NULL; k++)
      g_ptr_array_add (ids, g_strdup (own[k]));
  }
  g_ptr_array_add (ids, NULL);
  self->outputs = dub_outputs_load (self->study, (const char *const *) ids->pdata, run, error);

  return self->outputs != NULL;
}

static gboolean
read_study (Sources                      *self,
            const char                   *folder,
            const Options                *options,
            DubRun                       *run,
            GError                      **error)
{
  g_autoptr (GError) none = NULL;

  self->study = dub_study_load (folder, error);
  if (self->study == NULL || !cli_figure_check_study (&options->figure, self->study, error) ||
      !read_with (self, &options->curves, error))
    return FALSE;
  self->title = g_strdup (self->study->title != NULL ? self->study->title : folder);
  dub_run_set_span (run, 0.0, 0.6);
  if (!read_outputs (self, &options->curves, run, error))
    return FALSE;
  self->test = self->own_test = dub_study_predictions (self->study, self->outputs, self->family, options->curves.network, DUB_PART_TEST,
                                                       NULL, error);
  if (self->test == NULL)
    return FALSE;
  /* Without a calibration part nothing can be recalibrated, which is an error only where it was asked for. */
  self->own_calibration = dub_study_predictions (self->study, self->outputs, self->family, options->curves.network,
                                                 DUB_PART_CALIBRATION, NULL, &none);
  if (self->own_calibration == NULL && self->must_fit) {
    g_propagate_error (error, g_steal_pointer (&none));
    return FALSE;
  }

  return TRUE;
}

static gboolean
check_answers (const DubPredictionsFile  *file,
               GError                   **error)
{
  if (file->predictions != NULL)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("%s has predicted numbers with truths; a reliability diagram is of answers."),
               file->name);

  return FALSE;
}

static gboolean
read_files (Sources        *self,
            const char     *path,
            const Options  *options,
            CliRun         *cli,
            GError        **error)
{
  if (!read_with (self, &options->curves, error))
    return FALSE;
  if (self->must_fit && options->curves.fit == NULL)
    return cli_usage_error (error, _("A recalibration of a file needs other cases that it is fitted on: give them with --fit CAL."));
  self->file = dub_predictions_file_load (path, error);
  if (self->file == NULL || !check_answers (self->file, error))
    return FALSE;
  self->title = g_path_get_basename (path);
  self->test = self->file->predictions;
  if (options->curves.fit == NULL)
    return TRUE;
  self->fit = dub_predictions_file_load (options->curves.fit, error);
  if (self->fit == NULL || !cli_predictions_check_alike (self->file, self->fit, error))
    return FALSE;
  self->must_fit = TRUE;

  size_t n_shared = dub_predictions_file_count_shared (self->file, self->fit);

  if (n_shared > 0) {
    g_autofree char *line = g_strdup_printf (_("%s and %s share %zu cases: measured on what was fitted, a recalibration looks better "
                                               "than it is."), self->file->name, self->fit->name, n_shared);

    cli_run_tell_line (cli, line);
  }

  return TRUE;
}

/* --- curves --- */

static gboolean
add_curve (Sources               *self,
           const Options         *options,
           const char            *name,
           const DubPredictions  *predictions,
           DubRun                *run,
           GError               **error)
{
  double begin = self->begin + self->curves->len * self->step;
  CliReliabilityCurve *curve;

  dub_run_set_span (run, begin, MIN (begin + self->step, 1.0));
  curve = cli_reliability_curve_new (name, predictions, self->class_index, &options->curves, run, error);
  if (curve == NULL)
    return FALSE;
  g_ptr_array_add (self->curves, curve);

  return TRUE;
}

/* A temperature that nobody asked for is left out where it cannot be fitted, with a word about it. */
static gboolean
add_recalibrated (Sources        *self,
                  const Options  *options,
                  DubRecalibrate  method,
                  CliRun         *cli,
                  GError        **error)
{
  DubRun *run = cli_run_get (cli);
  const DubPredictions *cases = self->fit != NULL ? self->fit->predictions : self->own_calibration;
  g_autoptr (GError) failed = NULL;
  g_autoptr (DubRecalibration) map =
    cases != NULL ? dub_recalibration_fit (method, cases, dub_part_name (DUB_PART_CALIBRATION), run, &failed) : NULL;
  g_autoptr (DubPredictions) after = map != NULL ? dub_recalibration_apply (map, self->test, &failed) : NULL;

  if (cases == NULL)
    return TRUE;
  if (after == NULL && (self->must_fit || g_error_matches (failed, DUB_ERROR, DUB_ERROR_CANCELLED))) {
    g_propagate_error (error, g_steal_pointer (&failed));
    return FALSE;
  }
  if (after == NULL) {
    cli_run_tell_line (cli, failed->message);
    return TRUE;
  }
  if (!add_curve (self, options, cli_reliability_method_name (method), after, run, error))
    return FALSE;
  g_ptr_array_add (self->fits, g_steal_pointer (&map));

  return TRUE;
}

static gboolean
add_other (Sources        *self,
           const Options  *options,
           const char     *family,
           const char     *network,
           DubRun         *run,
           GError        **error)
{
  g_autoptr (DubPredictions) predictions =
    dub_study_predictions (self->study, self->outputs, family, network, DUB_PART_TEST, NULL, error);

  return predictions != NULL && add_curve (self, options, network != NULL ? network : family, predictions, run, error);
}

static gboolean
add_curves (Sources        *self,
            const Options  *options,
            CliRun         *cli,
            GError        **error)
{
  DubRun *run = cli_run_get (cli);
  g_auto (GStrv) ids = self->study != NULL ? dub_study_family_models (self->study, self->family) : NULL;
  guint n_own = options->curves.each ? g_strv_length (ids) : 1;

  self->begin = self->study != NULL ? 0.6 : 0.0;
  self->step = (1.0 - self->begin) / (n_own + self->methods->len + self->others->len);
  if (options->curves.each) {
    for (guint i = 0; ids[i] != NULL; i++)
      if (!add_other (self, options, self->family, ids[i], run, error))
        return FALSE;
  } else if (!add_curve (self, options, "uncalibrated", self->test, run, error)) {
    return FALSE;
  }
  for (guint i = 0; i < self->methods->len; i++)
    if (!add_recalibrated (self, options, g_array_index (self->methods, DubRecalibrate, i), cli, error))
      return FALSE;
  for (guint i = 0; i < self->others->len; i++)
    if (!add_other (self, options, self->others->pdata[i], NULL, run, error))
      return FALSE;

  return TRUE;
}

/* --- drawing --- */

static void
describe (const Sources        *self,
          const Options        *options,
          DubReliabilityFigure *figure)
{
  g_autofree char *class_name = NULL, *families = NULL;
  const DubStudyData *data = self->study != NULL ? self->study->data : NULL;

  if (self->class_index >= 0 && self->study != NULL && (guint) self->class_index < self->study->classes->len)
    class_name = g_strdup (self->study->classes->pdata[self->class_index]);
  else if (self->class_index >= 0 && self->file != NULL && self->file->classes != NULL)
    class_name = g_strdup (self->file->classes[self->class_index]);
  else if (self->class_index >= 0)
    class_name = g_strdup_printf ("class %d", self->class_index);
  if (self->family != NULL) {
    GString *names = g_string_new (self->family);

    for (guint i = 0; i < self->others->len; i++)
      g_string_append_printf (names, ", %s", (const char *) self->others->pdata[i]);
    families = g_string_free (names, FALSE);
  }
  dub_reliability_figure_set_source (figure, &(DubReliabilitySource) {
    .title = self->title, .family = families, .network = options->curves.network, .each = options->curves.each,
    .part = self->study != NULL ? "test" : NULL,
    .class_name = class_name, .n_cases = self->test->n_cases, .n_bins = (size_t) options->curves.bins,
    .binning = options->curves.binning, .fits = (DubRecalibration *const *) (void *) self->fits->pdata, .n_fits = self->fits->len,
    .data_hash = data != NULL ? data->hash : NULL, .split_hash = data != NULL ? data->split_hash : NULL,
    .n_resamples = (size_t) options->curves.resamples, .seed = options->curves.seed,
  });
}

static gboolean
draw (const char     *input,
      const Options  *options,
      CliRun         *cli,
      GError        **error)
{
  gboolean is_study = g_file_test (input, G_FILE_TEST_IS_DIR);
  DubRun *run = cli_run_get (cli);
  g_auto (Sources) sources = { 0 };

  sources_init (&sources);
  if (!(is_study ? read_study (&sources, input, options, run, error) : read_files (&sources, input, options, cli, error)) ||
      !find_class (&sources, options->curves.class_name, error))
    return FALSE;
  if (!add_curves (&sources, options, cli, error))
    return FALSE;

  gboolean pair = sources.curves->len == 2 && sources.fits->len == 1;
  g_autoptr (DubReliabilityFigure) figure = cli_reliability_figure_new (sources.curves, &options->curves, pair, sources.class_index >= 0);

  describe (&sources, options, figure);
  for (guint i = 0; options->figure.outs[i] != NULL; i++)
    if (!dub_reliability_figure_export (figure, options->figure.outs[i], &options->figure.export, error))
      return FALSE;

  return TRUE;
}

gboolean
cmd_figure_reliability (const char *path,
                        int         argc,
                        char      **argv,
                        GError    **error)
{
  g_auto (Options) options = { 0 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *figure_entries = cli_figure_entries (&options.figure);
  g_autofree GOptionEntry *entries = cli_reliability_entries (&options.curves);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry *const groups[] = { figure_entries, entries, run_entries };

  if (!cli_parse (path, _("STUDY.dubito|PRED"), _("Draws reliability diagrams."), _(DESCRIPTION), groups, G_N_ELEMENTS (groups), 1, 1,
                  &argc, &argv, error) ||
      !cli_reliability_check (&options.curves, g_file_test (argv[1], G_FILE_TEST_IS_DIR), error))
    return FALSE;

  const char *const inputs[] = { argv[1], options.curves.fit };

  if (!cli_figure_check (&options.figure, inputs, G_N_ELEMENTS (inputs), error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Measuring calibration"), error);

  if (cli == NULL || !draw (argv[1], &options, cli, error))
    return FALSE;
  cli_figure_print (&options.figure);

  return TRUE;
}
