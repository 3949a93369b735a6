/* The recipe that the choices make, and a short trial of it: its parameters, its pace on this machine. */
#include "ui/model/new-study-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "core/data/augment.h"
#include "core/train/network.h"
#include "core/train/trainer.h"
#include "ui/model/network-info.h"

/* Training cases that mean and SD are shown of: enough for three digits. */
enum { MOST_FITTED = 512 };
/* An epoch is more than its steps: reading, augmentation, the validation fold. */
static const double BESIDE_STEPS = 1.2;

static const char *const ARCHS[] = {
  [DUB_ARCH_RESNET18] = "resnet18", [DUB_ARCH_CNN2D] = "cnn2d", [DUB_ARCH_CNN3D] = "cnn3d", [DUB_ARCH_MLP] = "mlp",
};

static const struct {
  const char *option;
  double low, high, usual;
} TERMS[] = {
  [DUB_TERM_NONE] = { NULL, 0.0, 0.0, 0.0 },
  [DUB_TERM_DCA] = { "--dca", 1.0, 50.0, 10.0 },
  [DUB_TERM_SMOOTHING] = { "--label-smoothing", 0.01, 0.5, 0.05 },
  [DUB_TERM_MMCE] = { "--mmce", 0.5, 20.0, 4.0 },
  [DUB_TERM_MIXUP] = { "--mixup", 0.05, 1.0, 0.2 },
};

static const char *const SCALINGS[] = {
  [DUB_SCALING_NONE] = "none",     [DUB_SCALING_UNIT] = "unit",     [DUB_SCALING_MEAN_SD] = "mean-sd",
  [DUB_SCALING_MINMAX] = "minmax", [DUB_SCALING_ZSCORE] = "zscore", [DUB_SCALING_PERCENTILE] = "percentile",
};

const char *
dub_arch_name (DubArch arch)
{
  return ARCHS[arch];
}

void
dub_term_range (DubTerm  term,
                double  *low,
                double  *high,
                double  *usual)
{
  if (low != NULL)
    *low = TERMS[term].low;
  if (high != NULL)
    *high = TERMS[term].high;
  if (usual != NULL)
    *usual = TERMS[term].usual;
}

gboolean
dub_new_study_arch_fits (DubNewStudy *self,
                         DubArch      arch)
{
  if (self->dataset == NULL)
    return FALSE;
  if (arch == DUB_ARCH_MLP)
    return TRUE;

  return (arch == DUB_ARCH_CNN3D) == (self->dataset->n_axes == 3);
}

DubArch
dub_new_study_get_suggested (DubNewStudy *self)
{
  return self->dataset != NULL && self->dataset->n_axes == 3 ? DUB_ARCH_CNN3D : DUB_ARCH_RESNET18;
}

DubRecipe *
dub_new_study_make_recipe (DubNewStudy *self)
{
  g_return_val_if_fail (self->dataset != NULL, NULL);

  const DubNewStudyChoices *choices = &self->choices;
  DubRecipe *recipe = dub_recipe_for (dub_arch_name (choices->arch), self->dataset);
  double *const weights[] = {
    [DUB_TERM_DCA] = &recipe->dca, [DUB_TERM_SMOOTHING] = &recipe->label_smoothing, [DUB_TERM_MMCE] = &recipe->mmce,
    [DUB_TERM_MIXUP] = &recipe->mixup,
  };

  if (choices->term != DUB_TERM_NONE)
    *weights[choices->term] = choices->weight;
  recipe->class_weights = choices->class_weights;
  recipe->augment = choices->augment;
  recipe->n_epochs = choices->n_epochs;
  recipe->seed = choices->split.seed;

  return recipe;
}

void
dub_new_study_make_prepare (DubNewStudy *self,
                            DubPrepare  *prepare)
{
  g_return_if_fail (self->dataset != NULL);

  *prepare = self->suggested;
  prepare->scaling = self->choices.scaling;
  for (int i = 0; self->choices.side > 0 && i < prepare->n_axes; i++)
    prepare->size[i] = self->choices.side;
}

GStrv
dub_new_study_train_arguments (DubNewStudy *self)
{
  g_return_val_if_fail (self->dataset != NULL, NULL);

  const DubNewStudyChoices *choices = &self->choices;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *epochs = g_strdup_printf ("%u", choices->n_epochs);
  g_autofree char *augment = dub_augment_to_string (choices->augment);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) choices->split.seed);

  g_strv_builder_add_many (builder, "--arch", dub_arch_name (choices->arch), "--epochs", epochs, "--augment", augment,
                           "--seed", seed, "--scaling", SCALINGS[choices->scaling], NULL);
  if (choices->side > 0) {
    g_autofree char *side = g_strdup_printf ("%d", choices->side);

    g_strv_builder_add_many (builder, "--size", side, NULL);
  }
  if (choices->class_weights)
    g_strv_builder_add (builder, "--class-weights");
  if (choices->term != DUB_TERM_NONE) {
    char weight[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (weight, sizeof weight, "%.6g", choices->weight);
    g_strv_builder_add_many (builder, TERMS[choices->term].option, weight, NULL);
    if (choices->plain_beside)
      g_strv_builder_add (builder, "--plain-beside");
  }

  return g_strv_builder_end (builder);
}

/* --- the trial --- */

typedef struct {
  DubDataset *dataset;
  DubRecipe  *recipe;
  DubPrepare  prepare;
  GArray     *train;      /* of size_t: cases for mean and SD */
  gboolean    sampled;
  int         n_classes;
  GStrv       networks;   /* (nullable) of the person's own: these are looked at, and nothing is timed */
  double      n_passes;   /* cases that are gone through in all runs and epochs */
} Trial;

static void
trial_free (gpointer data)
{
  Trial *trial = data;

  dub_dataset_unref (trial->dataset);
  dub_recipe_free (trial->recipe);
  g_array_unref (trial->train);
  g_strfreev (trial->networks);
  g_free (trial);
}

void
_dub_new_study_trial_free (DubNewStudyTrial *trial)
{
  if (trial == NULL)
    return;
  g_free (trial->description);
  g_strfreev (trial->networks);
  g_free (trial->error);
  g_free (trial);
}

static void
free_result (gpointer data)
{
  _dub_new_study_trial_free (data);
}

/* Seconds of a training step, a case. The first step also touches the memory, so the second one counts where it is short. */
static double
time_steps (const Trial  *trial,
            DubNetwork   *network,
            DubRun       *run,
            GError      **error)
{
  int64_t batch = trial->dataset->n_axes == 3 ? MIN (4, (int64_t) trial->recipe->batch) : (int64_t) trial->recipe->batch;
  DubOptimizerOptions options = dub_optimizer_defaults (DUB_OPTIMIZER_ADAM);
  DubType type = { .dtype = DUB_DTYPE_F32, .shape = { .rank = network->maps.rank + 1 } };
  g_autofree int *labels = g_new0 (int, batch);
  double seconds = (double) NAN;

  type.shape.dim[0] = batch;
  memcpy (type.shape.dim + 1, network->maps.dim, sizeof (int64_t) * (size_t) network->maps.rank);

  g_autoptr (DubTensor) cases = dub_tensor_new_zeros (DUB_DTYPE_F32, type.shape, error);
  g_autoptr (DubTrainer) trainer = cases != NULL ? dub_trainer_new (network->graph, &type, &options, run, error) : NULL;

  if (trainer == NULL)
    return seconds;

  float *values = dub_tensor_f32 (cases);

  for (size_t i = 0; i < dub_tensor_n_elements (cases); i++)
    values[i] = (float) (i * 2654435761u % 1000) * 2e-3f - 1.0f;
  for (int64_t i = 0; i < batch; i++)
    labels[i] = (int) (i % trial->n_classes);
  for (int step = 0; step < 2 && !(seconds > 1.0); step++) {
    gint64 start = g_get_monotonic_time ();

    if (!dub_trainer_step (trainer, cases, labels, NULL, 0, NULL, run, error))
      return (double) NAN;
    seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  }

  return seconds / (double) batch;
}

/* What each network reads and answers; one that cannot be read says why. */
static void
look_at_networks (const Trial      *trial,
                  DubNewStudyTrial *found)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **path = trial->networks; *path != NULL; path++) {
    g_autoptr (GError) error = NULL;
    DubNetworkInfo *info = dub_network_info_load (*path, &error);
    const char *why = info == NULL ? error->message : info->unsupported;
    g_autofree char *words = why != NULL ? g_strdup (why)
      : info->n_classes == 0 ? g_strdup_printf (_("input %s"), info->input_words)
      : g_strdup_printf (g_dngettext (NULL, "input %s, %d output", "input %s, %d outputs", (gulong) info->n_classes),
                         info->input_words, info->n_classes);

    g_strv_builder_add (builder, words);
    if (why != NULL && found->error == NULL)
      found->error = g_strdup (why);
    dub_network_info_free (info);
  }
  found->networks = g_strv_builder_end (builder);
}

static gpointer
try (DubRun   *run,
     gpointer  data,
     GError  **error)
{
  Trial *trial = data;
  DubNewStudyTrial *found = g_new0 (DubNewStudyTrial, 1);
  DubShape input = dub_prepare_shape (&trial->prepare);
  g_autoptr (GError) failure = NULL;
  g_autoptr (DubNetwork) network = trial->networks == NULL
    ? dub_network_new (trial->recipe, &input, trial->n_classes, 0, run, &failure) : NULL;

  found->mean = found->sd = found->seconds = (double) NAN;
  found->n_threads = dub_run_get_n_threads (run);
  if (trial->networks != NULL) {
    look_at_networks (trial, found);
    return found;
  }
  if (network != NULL) {
    found->description = g_strdup (network->description);
    found->n_parameters = network->n_parameters;
    found->seconds = BESIDE_STEPS * trial->n_passes * time_steps (trial, network, run, &failure);
  }
  if (failure == NULL && trial->prepare.scaling == DUB_SCALING_MEAN_SD &&
      dub_prepare_fit (&trial->prepare, trial->dataset, (const size_t *) (const void *) trial->train->data,
                       trial->train->len, run, &failure)) {
    found->mean = trial->prepare.mean[0];
    found->sd = trial->prepare.sd[0];
    found->sampled = trial->sampled;
  }
  if (failure != NULL)
    found->error = g_strdup (failure->message);

  return found;
}

static void
tried_cb (gpointer     *result,
          const GError *error,
          gpointer      user_data)
{
  DubNewStudy *self = user_data;

  g_clear_pointer (&self->trial, _dub_new_study_trial_free);
  self->trial = g_steal_pointer (result);
  _dub_new_study_changed (self);
}

void
_dub_new_study_try (DubNewStudy *self)
{
  g_clear_pointer (&self->trial, _dub_new_study_trial_free);
  if (self->split == NULL || self->searching) {
    if (self->tester != NULL)
      dub_compute_slot_cancel (self->tester);
    return;
  }

  Trial *trial = g_new0 (Trial, 1);
  g_autoptr (GArray) train = dub_split_indices (self->split, DUB_PART_TRAIN);
  guint n_folds = self->choices.split.n_folds, n = train->len;
  double n_losses = self->choices.term != DUB_TERM_NONE && self->choices.plain_beside ? 2.0 : 1.0;
  double share = n_folds > 1 ? 1.0 - 1.0 / n_folds : 0.8;

  trial->dataset = dub_dataset_ref (self->dataset);
  trial->recipe = dub_new_study_make_recipe (self);
  trial->networks = g_strdupv (self->networks);
  dub_new_study_make_prepare (self, &trial->prepare);
  trial->n_classes = (int) MAX (self->dataset->classes->len, 2);
  trial->n_passes = n_losses * n_folds * self->choices.n_epochs * share * n;
  trial->train = g_array_new (FALSE, FALSE, sizeof (size_t));
  trial->sampled = n > MOST_FITTED;
  for (guint i = 0; i < MIN (n, MOST_FITTED); i++) {
    guint at = trial->sampled ? (guint) ((guint64) i * n / MOST_FITTED) : i;

    g_array_append_val (trial->train, g_array_index (train, size_t, at));
  }
  if (self->tester == NULL)
    self->tester = dub_compute_slot_new (0);
  dub_compute_slot_submit (self->tester, try, trial, trial_free, free_result, tried_cb, self);
}

const DubNewStudyTrial *
dub_new_study_get_trial (DubNewStudy *self)
{
  return self->trial;
}
