#include "app/cli/cli-train.h"

#include "app/cli/cli-command.h"
#include "core/data/augment.h"

#include <math.h>
#include <string.h>

static const char *const TWINS[] = { "together", "drop", "keep", NULL };
static const char *const CONTRADICTIONS[] = { "keep", "drop", NULL };
static const char *const SCALINGS[] = {
  [DUB_SCALING_NONE] = "none",     [DUB_SCALING_UNIT] = "unit",     [DUB_SCALING_MEAN_SD] = "mean-sd",
  [DUB_SCALING_MINMAX] = "minmax", [DUB_SCALING_ZSCORE] = "zscore", [DUB_SCALING_PERCENTILE] = "percentile", NULL,
};
/* What no person types, so that an option that was not given is told from every one that was, nan and -1 among them. */
static const int NO_COUNT = G_MININT;
static const double NO_NUMBER = -G_MAXDOUBLE;
/* Pixels or voxels along an axis; beyond it a size is a slip of the pen. */
static const guint64 LARGEST_SIZE = 1024;

void
cli_train_options_init (CliTrainOptions *self)
{
  *self = (CliTrainOptions) {
    .label_smoothing = NO_NUMBER, .dca = NO_NUMBER, .entropy = NO_NUMBER, .mmce = NO_NUMBER, .mixup = NO_NUMBER,
    .rate = NO_NUMBER, .momentum = NO_NUMBER, .weight_decay = NO_NUMBER, .clip = NO_NUMBER, .dropout = NO_NUMBER,
    .epochs = NO_COUNT, .batch = NO_COUNT, .width = NO_COUNT, .depth = NO_COUNT, .warmup = NO_COUNT, .patience = NO_COUNT,
    .folds = NO_COUNT,
  };
}

void
cli_train_options_clear (CliTrainOptions *self)
{
  g_free (self->data);
  g_free (self->patients);
  g_free (self->positive);
  g_free (self->split);
  g_free (self->twins);
  g_free (self->contradictions);
  g_free (self->split_seed);
  g_free (self->arch);
  g_free (self->loss);
  g_free (self->optimizer);
  g_free (self->schedule);
  g_free (self->select_by);
  g_free (self->augment);
  g_free (self->seed);
  g_free (self->scaling);
  g_free (self->size);
}

GOptionEntry *
cli_train_data_entries (CliTrainOptions *self)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self->data, N_("The data set: .npz, folder of class folders, CSV or TSV"), "DATA" },
    { "folds", 0, 0, G_OPTION_ARG_INT, &self->folds, N_("Folds of the training part, one network each (5)"), "N" },
    { "split", 0, 0, G_OPTION_ARG_STRING, &self->split,
      N_("Shares of train, calibration and test (0.55,0.15,0.30), or given: the data set's own"), "A,B,C" },
    { "split-seed", 0, 0, G_OPTION_ARG_STRING, &self->split_seed, N_("Seed of the split (that of --seed)"), "N" },
    { "by-patient", 0, 0, G_OPTION_ARG_NONE, &self->by_patient, N_("No patient stands on two sides"), NULL },
    { "patients", 0, 0, G_OPTION_ARG_FILENAME, &self->patients, N_("CSV of id (or file) and patient"), "FILE" },
    { "twins", 0, 0, G_OPTION_ARG_STRING, &self->twins,
      N_("Nearly identical cases: together (on one side), drop (the later one), keep"), "HOW" },
    { "contradictions", 0, 0, G_OPTION_ARG_STRING, &self->contradictions,
      N_("Nearly identical cases under two labels: keep (and warn), drop"), "HOW" },
    { "skip-bad", 0, 0, G_OPTION_ARG_NONE, &self->skip_bad, N_("Leave out cases that cannot be used, and name them"), NULL },
    { "positive", 0, 0, G_OPTION_ARG_STRING, &self->positive, N_("The positive class of two, by name or index (malignant, AD …, else 1)"), "CLASS" },
    { NULL },
  };

  return g_memdup2 (entries, sizeof entries);
}

GOptionEntry *
cli_train_recipe_entries (CliTrainOptions *self)
{
  const GOptionEntry entries[] = {
    { "arch", 0, 0, G_OPTION_ARG_STRING, &self->arch, N_("resnet18, cnn3d, cnn2d, mlp, or onnx:MODEL@NODE (a frozen backbone)"), "ARCH" },
    { "width", 0, 0, G_OPTION_ARG_INT, &self->width, N_("Feature maps of the first stage"), "N" },
    { "depth", 0, 0, G_OPTION_ARG_INT, &self->depth, N_("Blocks or hidden layers, where the architecture leaves it open"), "N" },
    { "dropout", 0, 0, G_OPTION_ARG_DOUBLE, &self->dropout, N_("Share that dropout drops"), "P" },
    { "loss", 0, 0, G_OPTION_ARG_STRING, &self->loss, N_("ce: cross-entropy, to which the terms below are added"), "LOSS" },
    { "label-smoothing", 0, 0, G_OPTION_ARG_DOUBLE, &self->label_smoothing, N_("Label smoothing α (0)"), "A" },
    { "dca", 0, 0, G_OPTION_ARG_DOUBLE, &self->dca, N_("Weight of the difference of confidence and accuracy (0; 10 to 25 are useful)"), "B" },
    { "entropy", 0, 0, G_OPTION_ARG_DOUBLE, &self->entropy, N_("Weight of the entropy; negative is the confidence penalty (0)"), "B" },
    { "mmce", 0, 0, G_OPTION_ARG_DOUBLE, &self->mmce, N_("Weight of the root of the weighted MMCE² (0)"), "B" },
    { "mixup", 0, 0, G_OPTION_ARG_DOUBLE, &self->mixup, N_("Mixup with λ from Beta (A, A) (0 = none)"), "A" },
    { "plain-beside", 0, 0, G_OPTION_ARG_NONE, &self->plain_beside,
      N_("Train the same with plain cross-entropy afterwards, to compare"), NULL },
    { "class-weights", 0, 0, G_OPTION_ARG_NONE, &self->class_weights, N_("Weigh classes by their inverse frequency"), NULL },
    { "optimizer", 0, 0, G_OPTION_ARG_STRING, &self->optimizer, N_("sgd, adam or adamw (adam)"), "NAME" },
    { "lr", 0, 0, G_OPTION_ARG_DOUBLE, &self->rate, N_("Learning rate"), "X" },
    { "momentum", 0, 0, G_OPTION_ARG_DOUBLE, &self->momentum, N_("Momentum of sgd (0.9)"), "X" },
    { "weight-decay", 0, 0, G_OPTION_ARG_DOUBLE, &self->weight_decay, N_("Weight decay (0)"), "X" },
    { "clip", 0, 0, G_OPTION_ARG_DOUBLE, &self->clip, N_("Largest norm of the gradient (0 = no limit)"), "X" },
    { "schedule", 0, 0, G_OPTION_ARG_STRING, &self->schedule, N_("constant, step or cosine (cosine)"), "NAME" },
    { "warmup", 0, 0, G_OPTION_ARG_INT, &self->warmup, N_("Epochs in which the rate rises to its value (0)"), "N" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &self->epochs, N_("Epochs"), "N" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &self->batch, N_("Cases of a batch"), "N" },
    { "patience", 0, 0, G_OPTION_ARG_INT, &self->patience, N_("Stop after so many epochs without a better one (0 = never)"), "N" },
    { "select", 0, 0, G_OPTION_ARG_STRING, &self->select_by, N_("The epoch kept: by the validation fold's accuracy, loss or auroc, or the last"), "WHAT" },
    { "augment", 0, 0, G_OPTION_ARG_STRING, &self->augment,
      N_("none, or some of flip,shift,rotate,scale,intensity,rand,noise,bias; affine = shift,rotate,scale"), "LIST" },
    { "scaling", 0, 0, G_OPTION_ARG_STRING, &self->scaling,
      N_("mean-sd (of the training part), zscore, minmax, percentile (each case by its own), unit, none (by kind)"), "HOW" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &self->size,
      N_("Images are resampled, volumes cropped or padded to N, NxM or NxMxK (as they are, images up to 224)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed, N_("Seed of split, weights, order, augmentation and dropout (0)"), "N" },
    { NULL },
  };

  return g_memdup2 (entries, sizeof entries);
}

gboolean
cli_train_has_split (const CliTrainOptions *self)
{
  return self->split != NULL || self->folds != NO_COUNT || self->split_seed != NULL || self->by_patient || self->twins != NULL ||
         self->contradictions != NULL;
}

const char *
cli_train_recipe_given (const CliTrainOptions *self)
{
  const struct { const char *name; gboolean given; } options[] = {
    { "--arch", self->arch != NULL },
    { "--width", self->width != NO_COUNT },
    { "--depth", self->depth != NO_COUNT },
    { "--dropout", self->dropout != NO_NUMBER },
    { "--loss", self->loss != NULL },
    { "--label-smoothing", self->label_smoothing != NO_NUMBER },
    { "--dca", self->dca != NO_NUMBER },
    { "--entropy", self->entropy != NO_NUMBER },
    { "--mmce", self->mmce != NO_NUMBER },
    { "--mixup", self->mixup != NO_NUMBER },
    { "--plain-beside", self->plain_beside },
    { "--scaling", self->scaling != NULL },
    { "--size", self->size != NULL },
    { "--class-weights", self->class_weights },
    { "--optimizer", self->optimizer != NULL },
    { "--lr", self->rate != NO_NUMBER },
    { "--momentum", self->momentum != NO_NUMBER },
    { "--weight-decay", self->weight_decay != NO_NUMBER },
    { "--clip", self->clip != NO_NUMBER },
    { "--schedule", self->schedule != NULL },
    { "--warmup", self->warmup != NO_COUNT },
    { "--epochs", self->epochs != NO_COUNT },
    { "--batch", self->batch != NO_COUNT },
    { "--patience", self->patience != NO_COUNT },
    { "--select", self->select_by != NULL },
    { "--augment", self->augment != NULL },
    { "--seed", self->seed != NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].given)
      return options[i].name;

  return NULL;
}

/* --- the split --- */

static gboolean
read_fractions (const char  *text,
                double       fractions[3],
                GError     **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  double sum = 0.0;
  gboolean good = g_strv_length (parts) == 3;

  for (int i = 0; good && i < 3; i++) {
    char *end;

    fractions[i] = g_ascii_strtod (parts[i], &end);
    good = end != parts[i] && *end == '\0' && fractions[i] >= 0.0 && fractions[i] <= 1.0;
    sum += fractions[i];
  }
  if (good && fabs (sum - 1.0) <= 1e-6)
    return TRUE;

  return cli_usage_error (error, _("--split is “%s”, expected three shares that sum to 1, such as 0.55,0.15,0.30, or given."),
                          text);
}

gboolean
cli_train_split (const CliTrainOptions  *self,
                 DubSplitOptions        *split,
                 GError                **error)
{
  int choice = 0;

  *split = DUB_SPLIT_DEFAULT;
  if (!cli_read_seed ("--seed", self->seed, G_MAXUINT64, &split->seed, error) ||
      !cli_read_seed ("--split-seed", self->split_seed, G_MAXUINT64, &split->seed, error))
    return FALSE;
  if (self->split != NULL && strcmp (self->split, "given") == 0)
    split->given = TRUE;
  else if (self->split != NULL && !read_fractions (self->split, split->fractions, error))
    return FALSE;
  if (self->folds != NO_COUNT) {
    if (self->folds < 1 || self->folds > 1000)
      return cli_usage_error (error, _("--folds is %d, expected 1 to 1000."), self->folds);
    split->n_folds = (guint) self->folds;
  }
  if (self->twins != NULL) {
    if (!cli_choose ("--twins", self->twins, TWINS, &choice, error))
      return FALSE;
    split->twins = (DubTwins) choice;
  }
  if (self->contradictions != NULL) {
    if (!cli_choose ("--contradictions", self->contradictions, CONTRADICTIONS, &choice, error))
      return FALSE;
    split->contradictions = (DubContradiction) choice;
  }
  split->by_patient = self->by_patient;

  return TRUE;
}

/* --- the recipe --- */

static void
take_double (double  given,
             double *target)
{
  if (given != NO_NUMBER)
    *target = given;
}

static gboolean
take_count (const char  *option,
            int          given,
            guint       *target,
            GError     **error)
{
  if (given == NO_COUNT)
    return TRUE;
  if (given < 0)
    return cli_usage_error (error, _("%s is %d, expected at least 0."), option, given);
  *target = (guint) given;

  return TRUE;
}

static void
take_string (const char  *given,
             char       **target)
{
  if (given == NULL)
    return;
  g_free (*target);
  *target = g_strdup (given);
}

/* A run may be resumed from another folder. */
static char *
absolute_arch (const char *arch)
{
  g_autofree char *path = NULL;
  g_autofree char *node = NULL;

  if (!dub_recipe_split_arch (arch, &path, &node))
    return g_strdup (arch);

  g_autofree char *absolute = g_canonicalize_filename (path, NULL);

  return g_strdup_printf ("onnx:%s@%s", absolute, node);
}

/* What a recipe calls by another name than the command line does. */
static void
refuse_option (const char  *message,
               GError     **error)
{
  static const struct { const char *member, *option; } names[] = {
    { "n_epochs", "epochs" }, { "rate", "lr" }, { "select_by", "select" }, { "warmup_epochs", "warmup" },
    { "label_smoothing", "label-smoothing" }, { "weight_decay", "weight-decay" },
  };
  const char *rest = strchr (message, ' ');
  g_autofree char *member = g_strndup (message, rest != NULL ? (gsize) (rest - message) : strlen (message));
  const char *option = member;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].member, member) == 0)
      option = names[i].option;
  cli_usage_error (error, "--%s%s", option, rest != NULL ? rest : "");
}

DubRecipe *
cli_train_recipe (const CliTrainOptions  *self,
                  const DubDataset       *dataset,
                  GError                **error)
{
  g_autofree char *arch = absolute_arch (self->arch);
  g_autoptr (DubRecipe) recipe = dub_recipe_for (arch, dataset);
  g_autoptr (GError) inner = NULL;

  if (self->loss != NULL && strcmp (self->loss, "ce") != 0) {
    cli_usage_error (error, _("--loss is “%s”, expected ce; further terms have options of their own, such as --dca."),
                     self->loss);
    return NULL;
  }
  take_double (self->label_smoothing, &recipe->label_smoothing);
  take_double (self->dca, &recipe->dca);
  take_double (self->entropy, &recipe->entropy);
  take_double (self->mmce, &recipe->mmce);
  take_double (self->mixup, &recipe->mixup);
  take_double (self->rate, &recipe->rate);
  take_double (self->momentum, &recipe->momentum);
  take_double (self->weight_decay, &recipe->weight_decay);
  take_double (self->clip, &recipe->clip);
  take_double (self->dropout, &recipe->dropout);
  take_string (self->optimizer, &recipe->optimizer);
  take_string (self->schedule, &recipe->schedule);
  take_string (self->select_by, &recipe->select_by);
  recipe->class_weights = self->class_weights;
  if (self->width != NO_COUNT)
    recipe->width = self->width;
  if (self->depth != NO_COUNT)
    recipe->depth = self->depth;
  if (!take_count ("--epochs", self->epochs, &recipe->n_epochs, error) ||
      !take_count ("--batch", self->batch, &recipe->batch, error) ||
      !take_count ("--warmup", self->warmup, &recipe->warmup_epochs, error) ||
      !take_count ("--patience", self->patience, &recipe->patience, error) ||
      !cli_read_seed ("--seed", self->seed, G_MAXUINT64, &recipe->seed, error))
    return NULL;
  if (self->augment != NULL && !dub_augment_parse (self->augment, &recipe->augment, &inner)) {
    cli_usage_error (error, "%s", inner->message);
    return NULL;
  }
  if (!dub_recipe_check (recipe, "", &inner)) {
    refuse_option (inner->message, error);
    return NULL;
  }

  return g_steal_pointer (&recipe);
}

DubRecipe *
cli_train_plain (const CliTrainOptions *self,
                 const DubRecipe       *recipe)
{
  g_autoptr (DubRecipe) plain = self->plain_beside ? dub_recipe_copy (recipe) : NULL;

  if (plain == NULL)
    return NULL;
  plain->label_smoothing = plain->dca = plain->entropy = plain->mmce = plain->mixup = 0.0;

  g_autofree char *difference = dub_recipe_difference (plain, recipe);

  return difference != NULL ? g_steal_pointer (&plain) : NULL;
}

/* --- the preparation --- */

/* "64", "64x48" or "64x48x32"; one number stands for every axis. */
static gboolean
read_size (const char  *text,
           int          n_axes,
           int64_t      size[3],
           GError     **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);
  guint n = g_strv_length (parts);
  gboolean good = n == 1 || n == (guint) n_axes;

  for (int i = 0; good && i < n_axes; i++) {
    guint64 extent;

    good = g_ascii_string_to_unsigned (parts[n == 1 ? 0 : i], 10, 1, LARGEST_SIZE, &extent, NULL);
    if (good)
      size[i] = (int64_t) extent;
  }
  if (good)
    return TRUE;

  return cli_usage_error (error, _("--size is “%s”, expected one number from 1 to %d, or %d of them such as %s."), text,
                          (int) LARGEST_SIZE, n_axes, n_axes == 2 ? "64x64" : "64x64x64");
}

gboolean
cli_train_prepare (const CliTrainOptions  *self,
                   DubStudy               *study,
                   DubPrepare             *prepare,
                   DubRun                 *run,
                   GError                **error)
{
  int scaling = -1;

  if (self->scaling == NULL && self->size == NULL)
    return dub_study_prepare (study, prepare, run, error);
  if (self->scaling != NULL && !cli_choose ("--scaling", self->scaling, SCALINGS, &scaling, error))
    return FALSE;
  if (!dub_study_data_open (study->data, run, error))
    return FALSE;
  dub_prepare_init (prepare, study->data->dataset);
  if (scaling >= 0)
    prepare->scaling = (DubScaling) scaling;
  if (self->size != NULL && !read_size (self->size, prepare->n_axes, prepare->size, error))
    return FALSE;

  g_autoptr (GArray) train = dub_split_indices (study->data->split, DUB_PART_TRAIN);

  return dub_prepare_fit (prepare, study->data->dataset, (const size_t *) (const void *) train->data, train->len, run,
                          error);
}
