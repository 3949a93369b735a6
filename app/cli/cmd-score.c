/* dubito-cli score: new images, with every score that the study has. */
#include "app/cli/cmd-score.h"

#include "app/cli/cli-images.h"
#include "app/cli/cli-run.h"
#include "app/cli/cli-scores.h"
#include "core/study/score-images.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "IMAGE is a PNG, NIfTI or npy file, an npz of images in MedMNIST's form (all of its rows), or rows of one: SET.npz:test-3,7.\n"
  "Each image is prepared as the study's cases are, run through the networks of the family, and scored by what was fitted on the\n"
  "study's training and calibration cases. The percentile of a score is the share of calibration cases that are at most as\n"
  "unsure. An image that is a calibration or test case of the study gets the values that it has there.\n"
  "Scores that look at changed images are given where the study has them, or with --views.");

static void
build_image (JsonBuilder           *b,
             const DubStudy        *study,
             const DubImageScores  *scores,
             const char            *name,
             size_t                 i)
{
  size_t n_classes = scores->n_classes;

  json_builder_begin_object (b);
  cli_json_string (b, "image", name);
  cli_json_string (b, "prediction", g_ptr_array_index (study->classes, (guint) scores->predicted[i]));
  cli_json_int (b, "class", scores->predicted[i]);
  json_builder_set_member_name (b, "probabilities");
  json_builder_begin_object (b);
  for (size_t c = 0; c < n_classes; c++)
    cli_json_double (b, g_ptr_array_index (study->classes, (guint) c), (double) scores->mean[i * n_classes + c]);
  json_builder_end_object (b);
  json_builder_set_member_name (b, "by_model");
  json_builder_begin_array (b);
  for (size_t m = 0; m < scores->n_models; m++) {
    json_builder_begin_array (b);
    for (size_t c = 0; c < n_classes; c++)
      json_builder_add_double_value (b, (double) scores->probabilities[(m * scores->n_cases + i) * n_classes + c]);
    json_builder_end_array (b);
  }
  json_builder_end_array (b);
  json_builder_set_member_name (b, "scores");
  json_builder_begin_object (b);
  for (guint k = 0; k < scores->scores->len; k++) {
    const DubScore *score = g_ptr_array_index (scores->scores, k);

    if (score->values == NULL)
      continue;
    json_builder_set_member_name (b, score->id);
    json_builder_begin_object (b);
    cli_json_double (b, "value", score->values[i]);
    cli_json_double (b, "percentile", scores->percentile[k * scores->n_cases + i]);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
  json_builder_end_object (b);
}

/* "28 × 28": extents @first… of an image. (transfer full) */
static char *
size_words (const int64_t *extents,
            int            n)
{
  GString *text = g_string_new (NULL);

  for (int a = 0; a < n; a++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, a > 0 ? " × " : "", extents[a]);

  return g_string_free (text, FALSE);
}

/* Images that are not of the size which the networks read: the answer is to what was made of them. */
static void
warn_of_sizes (const DubStudy        *study,
               const DubImageScores  *scores,
               const CliImages       *images)
{
  const DubStudyModel *model = scores->n_models > 0 ? dub_study_find_model (study, scores->models[0]) : NULL;
  const DubPrepare *prepare = model != NULL ? model->prepare : NULL;

  for (guint i = 0; prepare != NULL && i < images->raw->len; i++) {
    const DubTensor *raw = g_ptr_array_index (images->raw, i);
    const int64_t *is = raw->shape.dim + raw->shape.rank - prepare->n_axes;

    if (raw->shape.rank < prepare->n_axes || memcmp (is, prepare->size, (size_t) prepare->n_axes * sizeof *is) == 0)
      continue;

    g_autofree char *from = size_words (is, prepare->n_axes), *to = size_words (prepare->size, prepare->n_axes);

    g_ptr_array_add (scores->warnings,
                     g_strdup_printf (prepare->resize == DUB_RESIZE_CROP_PAD
                                        ? _("%s: %s was cropped or padded to %s, as the networks read it.")
                                        : _("%s: %s was resampled to %s, which the networks read; the study's own may be sharper or "
                                            "coarser."), (const char *) g_ptr_array_index (images->names, i), from, to));
  }
}

static void
print_json (const DubStudy        *study,
            const DubImageScores  *scores,
            const CliImages       *images)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "study", study->folder);
  cli_json_string (b, "family", scores->family);
  cli_json_string (b, "recalibration", scores->recalibration);
  cli_scores_build_texts (b, "models", scores->models, scores->n_models);
  cli_scores_build_texts (b, "classes", (char *const *) study->classes->pdata, study->classes->len);
  cli_json_string (b, "percentile_of", "calibration");
  json_builder_set_member_name (b, "images");
  json_builder_begin_array (b);
  for (size_t i = 0; i < scores->n_cases; i++)
    build_image (b, study, scores, g_ptr_array_index (images->names, (guint) i), i);
  json_builder_end_array (b);
  json_builder_set_member_name (b, "scores");
  json_builder_begin_object (b);
  for (guint k = 0; k < scores->scores->len; k++) {
    const DubScore *score = g_ptr_array_index (scores->scores, k);

    json_builder_set_member_name (b, score->id);
    json_builder_begin_object (b);
    cli_scores_build (b, score);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
  cli_scores_build_texts (b, "warnings", (char *const *) scores->warnings->pdata, scores->warnings->len);
  json_builder_end_object (b);
  cli_json_print (b);
}

static void
print_text (const DubStudy        *study,
            const DubImageScores  *scores,
            const CliImages       *images)
{
  for (size_t i = 0; i < scores->n_cases; i++) {
    const float *row = scores->mean + i * scores->n_classes;

    printf (_("%s: %s"), (const char *) g_ptr_array_index (images->names, (guint) i),
            (const char *) g_ptr_array_index (study->classes, (guint) scores->predicted[i]));
    for (size_t c = 0; c < scores->n_classes; c++)
      printf ("%s %s %.3f", c == 0 ? "" : ",", (const char *) g_ptr_array_index (study->classes, (guint) c), (double) row[c]);
    putchar ('\n');
    for (guint k = 0; k < scores->scores->len; k++) {
      const DubScore *score = g_ptr_array_index (scores->scores, k);
      double share = scores->percentile[k * scores->n_cases + i];

      if (score->values == NULL)
        continue;
      printf ("  %-22s %10.4g", score->title, score->values[i]);
      if (isnan (share))
        putchar ('\n');
      else
        printf (_("   as unsure as or more so than %.0f %% of the calibration cases\n"), floor (100.0 * share));
    }
  }
  for (guint i = 0; i < scores->warnings->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (scores->warnings, i));
}

/* Of the study's images: of the first network that says how it prepares them. */
static int
find_axes (const DubStudy *study)
{
  for (guint i = 0; i < study->models->len; i++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, i);

    if (model->prepare != NULL)
      return model->prepare->n_axes;
  }

  return 2;
}

gboolean
cmd_score (const char *path,
           int         argc,
           char      **argv,
           GError    **error)
{
  g_auto (CliScoresOptions) options = { 0 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  g_autofree GOptionEntry *score_entries = cli_scores_entries (&options);
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { score_entries, entries, run_entries };
  DubScoresOptions wanted;

  if (!cli_parse (path, _("STUDY.dubito IMAGE…"), _("Answers and scores new images as the cases of a study."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 2, -1, &argc, &argv, error) ||
      !cli_scores_parse (&options, &wanted, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Scoring"), error);
  g_autoptr (DubStudy) study = cli != NULL ? dub_study_load (argv[1], error) : NULL;
  g_autoptr (CliImages) images = study != NULL ? cli_images_load (argv + 2, find_axes (study), cli_run_get (cli), error) : NULL;

  if (images == NULL)
    return FALSE;

  g_autoptr (DubImageScores) scores =
    dub_study_score_images (study, &wanted, (DubTensor *const *) images->raw->pdata,
                            (const double (*)[3]) (const void *) images->spacing->data,
                            (const char *const *) images->names->pdata, images->raw->len, cli_run_get (cli), error);

  if (scores == NULL)
    return FALSE;
  warn_of_sizes (study, scores, images);
  if (json)
    print_json (study, scores, images);
  else
    print_text (study, scores, images);

  return TRUE;
}
