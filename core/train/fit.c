#include "core/train/fit-private.h"

#include "core/base/rng.h"
#include "core/io/file.h"
#include "core/train/loop.h"
#include "core/train/run-log.h"

#include <math.h>
#include <string.h>

/* Prepared cases are kept in memory up to here. */
static const size_t KEPT_BYTES = (size_t) 512 << 20;
/* A checkpoint may be this old before an epoch writes the next one. */
static const gint64 CHECKPOINT_US = 2 * G_USEC_PER_SEC;
/* "step" divides the rate by ten at each third of the epochs. */
static const double STEP_GAMMA = 0.1;
enum { STEP_PARTS = 3 };

static void
fit_clear (DubFit *fit)
{
  g_clear_pointer (&fit->batches, dub_fit_batches_free);
  g_clear_pointer (&fit->trainer, dub_trainer_free);
  g_clear_pointer (&fit->train, dub_fit_cases_free);
  g_clear_pointer (&fit->validation, dub_fit_cases_free);
  g_clear_pointer (&fit->network, dub_network_free);
  g_clear_pointer (&fit->record, dub_run_record_free);
  g_clear_pointer (&fit->weights, g_free);
  g_clear_pointer (&fit->best, dub_train_state_free);
  g_clear_pointer (&fit->pending, dub_train_state_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubFit, fit_clear)

/* Each fold has weights, orders and augmentation of its own. */
static uint64_t
fold_seed (const DubFitJob *job)
{
  DubRng rng;

  dub_rng_init (&rng, job->recipe->seed, "fold", (uint64_t) job->fold);

  uint64_t high = dub_rng_u32 (&rng);

  return high << 32 | dub_rng_u32 (&rng);
}

/* --- what a run is made of --- */

static gboolean
check_cases (const DubFitJob  *job,
             const GArray     *train,
             const GArray     *validation,
             GError          **error)
{
  size_t n_classes = job->dataset->classes->len;
  g_autofree size_t *counts = g_new0 (size_t, n_classes);

  if (train->len < 2 || validation->len < 1 || n_classes < 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "Fold %d of %s has %u cases to learn from, %u to validate on and %zu classes; expected at least 2, 1 and 2.",
                 job->fold, job->dataset->name, train->len, validation->len, n_classes);
    return FALSE;
  }
  for (guint k = 0; k < 2; k++) {
    const GArray *cases = k == 0 ? train : validation;

    for (guint i = 0; i < cases->len; i++) {
      const DubDatasetCase *item = &job->dataset->cases[g_array_index (cases, size_t, i)];

      if (item->label < 0 || (size_t) item->label >= n_classes) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "Case %s of %s has label %d; expected 0 to %zu.", item->id,
                     job->dataset->name, item->label, n_classes - 1);
        return FALSE;
      }
      counts[item->label] += k == 0 ? 1 : 0;
    }
  }
  for (size_t c = 0; c < n_classes; c++)
    if (counts[c] == 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "Class %s has no case to learn from in fold %d of %s; use fewer folds or another split.",
                   (const char *) g_ptr_array_index (job->dataset->classes, c), job->fold, job->dataset->name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
make_parts (DubFit           *fit,
            const DubFitJob  *job,
            DubRun           *run,
            GError          **error)
{
  g_autoptr (GArray) train = dub_split_fold (job->split, job->fold, FALSE);
  g_autoptr (GArray) validation = dub_split_fold (job->split, job->fold, TRUE);
  DubShape input = dub_prepare_shape (job->prepare);

  fit->job = job;
  fit->seed = fold_seed (job);
  if (!check_cases (job, train, validation, error))
    return FALSE;
  fit->network =
    dub_network_new (job->recipe, &input, (int) job->dataset->classes->len, fit->seed, run, error);
  if (fit->network == NULL)
    return FALSE;

  fit->train = dub_fit_cases_new (job->dataset, job->prepare, fit->network, job->recipe->augment, fit->seed,
                                  (const size_t *) (const void *) train->data, train->len, KEPT_BYTES);
  fit->validation = dub_fit_cases_new (job->dataset, job->prepare, fit->network, 0, fit->seed,
                                       (const size_t *) (const void *) validation->data, validation->len, KEPT_BYTES);
  fit->batch = MIN (job->recipe->batch, (size_t) train->len);
  fit->n_batches = dub_train_n_batches (train->len, fit->batch, DUB_LAST_BATCH_KEEP);

  return TRUE;
}

static gboolean
make_trainer (DubFit  *fit,
              DubRun  *run,
              GError **error)
{
  const DubRecipe *recipe = fit->job->recipe;
  DubOptimizerKind kind = DUB_OPTIMIZER_ADAM;
  DubType input = { .dtype = DUB_DTYPE_F32, .shape = { .rank = fit->network->maps.rank + 1 } };

  input.shape.dim[0] = (int64_t) fit->batch;
  memcpy (input.shape.dim + 1, fit->network->maps.dim, sizeof (int64_t) * (size_t) fit->network->maps.rank);
  (void) dub_optimizer_kind_parse (recipe->optimizer, &kind);

  DubOptimizerOptions options = dub_optimizer_defaults (kind);

  options.rate = recipe->rate;
  options.momentum = recipe->momentum;
  options.weight_decay = recipe->weight_decay;
  options.clip_norm = recipe->clip;
  fit->trainer = dub_trainer_new (fit->network->graph, &input, &options, run, error);
  fit->batches = fit->trainer != NULL ? dub_fit_batches_new (fit->train, fit->batch, error) : NULL;
  if (fit->batches == NULL)
    return FALSE;
  if (recipe->class_weights) {
    fit->weights = g_new (double, dub_trainer_n_classes (fit->trainer));
    dub_loss_balanced_weights (fit->train->label, fit->train->n, dub_trainer_n_classes (fit->trainer), fit->weights);
  }

  return TRUE;
}

/* --- run.json --- */

static DubRunRecord *
new_record (const DubFit *fit)
{
  const DubFitJob *job = fit->job;
  DubRunRecord *record = dub_run_record_new ();

  record->id = g_strdup (job->id);
  record->family = g_strdup (job->family);
  record->fold = job->fold;
  record->recipe = dub_recipe_copy (job->recipe);
  for (guint i = 0; i < job->dataset->classes->len; i++)
    g_ptr_array_add (record->classes, g_strdup (g_ptr_array_index (job->dataset->classes, i)));
  record->input = fit->network->input;
  record->architecture = g_strdup (fit->network->description);
  record->n_parameters = fit->network->n_parameters;
  record->backbone_hash = g_strdup (fit->network->backbone_hash);
  record->data_kind = g_strdup (dub_dataset_kind_name (job->dataset->kind));
  record->data_name = g_strdup (job->dataset->name);
  record->data_hash = g_strdup (job->data_hash);
  record->split_hash = g_strdup (job->split_hash);
  record->prepare = *job->prepare;

  return record;
}

static gboolean
agrees (const DubRunRecord  *found,
        const DubRunRecord  *wanted,
        const char          *folder,
        GError             **error)
{
  g_autofree char *difference = dub_recipe_difference (found->recipe, wanted->recipe);
  g_autoptr (JsonNode) a = dub_prepare_to_json (&found->prepare);
  g_autoptr (JsonNode) b = dub_prepare_to_json (&wanted->prepare);

  if (difference == NULL && found->fold != wanted->fold)
    difference = g_strdup_printf ("its fold is %d, not %d", found->fold, wanted->fold);
  if (difference == NULL && g_strcmp0 (found->backbone_hash, wanted->backbone_hash) != 0)
    difference = g_strdup ("the file of its backbone has changed");
  if (difference == NULL && strcmp (found->data_hash, wanted->data_hash) != 0)
    difference = g_strdup_printf ("it was begun with other data (%s)", found->data_name);
  if (difference == NULL && strcmp (found->split_hash, wanted->split_hash) != 0)
    difference = g_strdup ("it was begun with another split");
  if (difference == NULL && !json_node_equal (a, b))
    difference = g_strdup ("its cases are prepared in another way");
  if (difference == NULL)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The run in %s is another one: %s.", folder, difference);

  return FALSE;
}

static gboolean
open_record (DubFit   *fit,
             GError  **error)
{
  const char *folder = fit->job->folder;
  g_autofree char *file = g_build_filename (folder, "run.json", NULL);
  g_autoptr (DubRunRecord) wanted = new_record (fit);

  if (g_file_test (file, G_FILE_TEST_EXISTS)) {
    fit->record = dub_run_record_load (folder, error);
    return fit->record != NULL && agrees (fit->record, wanted, folder, error);
  }
  if (!dub_file_make_folder (folder, error))
    return FALSE;
  fit->record = g_steal_pointer (&wanted);

  return dub_run_record_save (fit->record, folder, error);
}

gboolean
dub_fit_begin (const DubFitJob  *job,
               DubRun           *run,
               GError          **error)
{
  g_auto (DubFit) fit = { 0 };

  return make_parts (&fit, job, run, error) && open_record (&fit, error);
}

/* --- epochs --- */

typedef struct {
  DubFit     *fit;
  DubFitFunc  progress;
  gpointer    user_data;
  DubRun     *run;
  float      *logits;  /* [n_train][C] of the epoch's batches */
  int        *labels;  /* [n_train] beside them */
  gboolean    diverged; /* the last error is about numbers of the network */
} Loop;

static double
rate_at (const DubFit *fit,
         uint64_t      step)
{
  const DubRecipe *recipe = fit->job->recipe;
  DubSchedule schedule = { .gamma = STEP_GAMMA };
  size_t n_steps = recipe->n_epochs * fit->n_batches;

  (void) dub_schedule_kind_parse (recipe->schedule, &schedule.kind);
  schedule.warmup = recipe->warmup_epochs * fit->n_batches;
  schedule.period = MAX ((n_steps - schedule.warmup + STEP_PARTS - 1) / STEP_PARTS, 1);

  return recipe->rate * dub_schedule_factor (&schedule, (size_t) step, n_steps);
}

static gboolean
train_batch (Loop      *loop,
             uint64_t   step,
             DubTensor *batch,
             const int *labels,
             DubLossParts *parts,
             GError   **error)
{
  DubFit *fit = loop->fit;
  const DubRecipe *recipe = fit->job->recipe;
  DubLoss loss = {
    .smoothing = recipe->label_smoothing, .dca = recipe->dca, .entropy = recipe->entropy, .mmce = recipe->mmce,
    .mixup = recipe->mixup, .class_weights = fit->weights,
  };

  dub_trainer_set_rate (fit->trainer, rate_at (fit, step));
  if (dub_trainer_step (fit->trainer, batch, labels, &loss, dub_train_step_seed (fit->seed, step), parts, loop->run,
                        error))
    return TRUE;
  loop->diverged = error != NULL && g_error_matches (*error, DUB_ERROR, DUB_ERROR_NUMERIC);

  return FALSE;
}

/* One pass over the training cases. */
static gboolean
train_epoch (Loop      *loop,
             DubEpoch  *epoch,
             GError   **error)
{
  DubFit *fit = loop->fit;
  g_autofree size_t *order = g_new (size_t, fit->train->n);
  size_t n_classes = dub_trainer_n_classes (fit->trainer);
  size_t n_seen = 0, n_correct = 0;
  double loss = 0.0;
  gint64 start = g_get_monotonic_time ();

  dub_train_order (fit->seed, epoch->epoch, fit->train->n, order);
  dub_fit_batches_begin (fit->batches, epoch->epoch, order, fit->train->n, fit->n_batches);
  for (size_t b = 0; b < fit->n_batches; b++) {
    uint64_t step = (uint64_t) (epoch->epoch - 1) * fit->n_batches + b;
    const int *labels;
    DubTensor *batch;
    DubLossParts parts;

    if (!dub_fit_batches_take (fit->batches, &batch, &labels, error) ||
        !train_batch (loop, step, batch, labels, &parts, error)) {
      /* The thread that makes the next batch reads the order. */
      dub_fit_batches_begin (fit->batches, 0, NULL, 0, 0);
      return FALSE;
    }

    size_t n = (size_t) batch->shape.dim[0];

    memcpy (loop->logits + n_seen * n_classes, dub_trainer_logits (fit->trainer)->data, n * n_classes * sizeof (float));
    memcpy (loop->labels + n_seen, labels, n * sizeof *labels);
    n_seen += n;
    n_correct += parts.n_correct;
    loss += parts.total * (double) n;
    if (loop->progress != NULL)
      loop->progress (fit->job, NULL, (double) (step + 1) / (double) (fit->job->recipe->n_epochs * fit->n_batches),
                      loop->user_data);
  }

  DubFitMetrics metrics;

  dub_fit_measure (loop->logits, loop->labels, n_seen, n_classes, &metrics);
  epoch->rate = rate_at (fit, (uint64_t) (epoch->epoch - 1) * fit->n_batches);
  /* Plain cross-entropy, as on validation, so that losses with other terms can be compared; blended cases have none. */
  epoch->train_loss = fit->job->recipe->mixup > 0.0 ? loss / (double) n_seen : metrics.loss;
  epoch->train_accuracy = (double) n_correct / (double) n_seen;
  /* A blended case has two labels, and confidence in either is no confidence in an answer. */
  epoch->train_ece = fit->job->recipe->mixup > 0.0 ? (double) NAN : metrics.ece;
  epoch->cases_per_second =
    (double) n_seen * (double) G_USEC_PER_SEC / (double) MAX (g_get_monotonic_time () - start, 1);

  return TRUE;
}

static gboolean
get_validation_cb (size_t   index,
                   float   *target,
                   gpointer user_data,
                   GError **error)
{
  DubFitCases *cases = user_data;

  return dub_fit_cases_get (cases, index, 0, target, error);
}

static gboolean
validate (Loop      *loop,
          DubEpoch  *epoch,
          GError   **error)
{
  DubFit *fit = loop->fit;
  g_autoptr (DubTensor) logits = dub_trainer_evaluate (fit->trainer, fit->validation->n, get_validation_cb,
                                                       fit->validation, loop->run, error);
  DubFitMetrics metrics;

  if (logits == NULL)
    return FALSE;
  dub_fit_measure (dub_tensor_f32 (logits), fit->validation->label, fit->validation->n,
                   dub_trainer_n_classes (fit->trainer), &metrics);
  if (!metrics.finite) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "The network's answers to the validation cases are no finite numbers; a smaller step size may help.");
    loop->diverged = TRUE;
    return FALSE;
  }
  epoch->validation_loss = metrics.loss;
  epoch->validation_accuracy = metrics.accuracy;
  epoch->validation_ece = metrics.ece;
  epoch->validation_auroc = metrics.auroc;
  epoch->n_validation = (guint) fit->validation->n;
  epoch->n_validation_correct = (guint) metrics.n_correct;
  epoch->one_class = metrics.one_class;

  return TRUE;
}

/* Whether this epoch is the one to keep so far; equal values are decided by the loss, then for the earlier one. */
static gboolean
judge (DubFit         *fit,
       const DubEpoch *epoch)
{
  const char *by = fit->job->recipe->select_by;
  double value = strcmp (by, "accuracy") == 0 ? epoch->validation_accuracy
                 : strcmp (by, "auroc") == 0  ? epoch->validation_auroc
                                              : -epoch->validation_loss;

  /* A fold with one class alone has no AUROC. */
  if (!isfinite (value))
    value = -G_MAXDOUBLE;
  /* "last" does not judge: a later epoch always takes the place. */
  if (fit->best_epoch > 0 && strcmp (by, "last") != 0 &&
      (value < fit->best_value || (value <= fit->best_value && epoch->validation_loss >= fit->best_loss)))
    return FALSE;
  fit->best_epoch = epoch->epoch;
  fit->best_value = value;
  fit->best_loss = epoch->validation_loss;

  return TRUE;
}

static gboolean
run_epoch (Loop    *loop,
           GError **error)
{
  DubFit *fit = loop->fit;
  DubEpoch epoch = { .epoch = fit->epoch + 1 };
  gint64 start = g_get_monotonic_time ();

  if (!train_epoch (loop, &epoch, error) || !validate (loop, &epoch, error))
    return FALSE;
  fit->epoch = epoch.epoch;
  fit->seconds += (double) (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC;
  epoch.seconds = fit->seconds;
  epoch.best = judge (fit, &epoch);

  /* The log first: a line that no checkpoint knows is cut off on resuming, but a missing one could not be made again. */
  if (!dub_run_log_append (fit->job->folder, &epoch, error) || !_dub_fit_checkpoint_take (fit, error))
    return FALSE;
  if (loop->progress != NULL)
    loop->progress (fit->job, &epoch, (double) epoch.epoch / (double) fit->job->recipe->n_epochs, loop->user_data);

  if (!fit->job->eager && g_get_monotonic_time () - fit->written_at < CHECKPOINT_US)
    return TRUE;

  return _dub_fit_checkpoint_write (fit, loop->run, error);
}

static gboolean
is_finished (const DubFit *fit)
{
  const DubRecipe *recipe = fit->job->recipe;

  return fit->epoch >= recipe->n_epochs ||
         (recipe->patience > 0 && fit->best_epoch > 0 && fit->epoch - fit->best_epoch >= recipe->patience);
}

/* After an error: what was reached is kept, and a network that went astray says so in run.json. */
static void
leave (Loop   *loop,
       GError *error)
{
  DubFit *fit = loop->fit;
  g_autoptr (GError) second = NULL;

  if (!_dub_fit_checkpoint_write (fit, NULL, &second))
    dub_run_log (loop->run, "%s", second->message);
  if (!loop->diverged)
    return;

  g_clear_error (&second);
  g_free (fit->record->failure);
  fit->record->failure = g_strdup_printf ("Epoch %u: %s", fit->epoch + 1, error->message);
  g_free (error->message);
  error->message = g_strdup_printf ("The run %s failed in epoch %s", fit->job->id, fit->record->failure + strlen ("Epoch "));
  if (!dub_run_record_save (fit->record, fit->job->folder, &second))
    dub_run_log (loop->run, "%s", second->message);
}

static gboolean
finish (Loop    *loop,
        GError **error)
{
  DubFit *fit = loop->fit;

  /* What a killed process left may be of another epoch. */
  fit->model_epoch = 0;
  if (!_dub_fit_checkpoint_write (fit, loop->run, error) ||
      (fit->model_epoch == 0 && !_dub_fit_write_model (fit, loop->run, error)))
    return FALSE;
  fit->record->done = TRUE;
  fit->record->best_epoch = fit->best_epoch;

  return dub_run_record_save (fit->record, fit->job->folder, error);
}

static gboolean
train (Loop    *loop,
       GError **error)
{
  DubFit *fit = loop->fit;
  g_autoptr (GError) inner = NULL;

  fit->written_at = g_get_monotonic_time ();
  while (!is_finished (fit) && run_epoch (loop, &inner))
    ;
  if (inner == NULL)
    return finish (loop, error);
  leave (loop, inner);
  g_propagate_error (error, g_steal_pointer (&inner));

  return FALSE;
}

static gboolean
run_locked (DubFit      *fit,
            DubFitFunc   progress,
            gpointer     user_data,
            DubRun      *run,
            GError     **error)
{
  if (!open_record (fit, error))
    return FALSE;
  if (fit->record->done)
    return TRUE;
  if (fit->record->failure != NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The run %s has failed, and would fail again: %s", fit->job->id,
                 fit->record->failure);
    return FALSE;
  }
  if (!dub_fit_cases_load (fit->train, run, error) || !dub_fit_cases_load (fit->validation, run, error) ||
      !make_trainer (fit, run, error) || !_dub_fit_checkpoint_read (fit, error))
    return FALSE;

  g_autofree float *logits = g_new (float, fit->train->n * dub_trainer_n_classes (fit->trainer));
  g_autofree int *labels = g_new (int, fit->train->n);
  Loop loop = {
    .fit = fit, .progress = progress, .user_data = user_data, .run = run, .logits = logits, .labels = labels,
  };

  return train (&loop, error);
}

gboolean
dub_fit_run (const DubFitJob  *job,
             DubFitFunc        progress,
             gpointer          user_data,
             DubRun           *run,
             GError          **error)
{
  g_auto (DubFit) fit = { 0 };

  if (!make_parts (&fit, job, run, error))
    return FALSE;
  if (!dub_file_make_folder (job->folder, error))
    return FALSE;

  int lock = dub_run_lock (job->folder, error);

  if (lock < 0)
    return FALSE;

  gboolean done = run_locked (&fit, progress, user_data, run, error);

  dub_run_unlock (lock);

  return done;
}
