/* What a trainer promises beside learning: the same bits for any number of threads and across a checkpoint, the state
 * of before after every refusal, and evaluation that no neighbour changes. */
#include "core/io/npy.h"
#include "core/nn/arch.h"
#include "core/train/loop.h"
#include "tests/io/scratch.h"
#include "tests/train/formula.h"

#include <math.h>
#include <string.h>

/* 19 cases in batches of 8: two full ones and one of 3. */
enum { N_CASES = 19, BATCH = 8, SIDE = 8, CLASSES = 3, EPOCHS = 4 };

static const double WEIGHTS[CLASSES] = { 1.0, 0.5, 2.0 };
/* Everything that draws, remembers or depends on a batch. */
static const DubLoss LOSS = { .smoothing = 0.05, .dca = 2.0, .mmce = 0.5, .mixup = 0.3, .class_weights = WEIGHTS };

static const DubOptimizerOptions OPTIMIZERS[] = {
  { .kind = DUB_OPTIMIZER_SGD, .rate = 0.01 },
  { .kind = DUB_OPTIMIZER_SGD, .rate = 0.01, .momentum = 0.9, .nesterov = TRUE, .weight_decay = 1e-3 },
  { .kind = DUB_OPTIMIZER_ADAM, .rate = 0.002, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .clip_norm = 1.0 },
  { .kind = DUB_OPTIMIZER_ADAMW, .rate = 0.002, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .weight_decay = 0.1 },
};

/* Two blocks, dropout and batch normalisation in it. */
static DubGraph *
make_graph (uint64_t seed)
{
  static const int64_t shape[3] = { 4, SIDE, SIDE };
  static const int channels[] = { 4, 6 };
  g_autoptr (GError) error = NULL;
  DubGraph *graph = dub_arch_cnn3d (shape, channels, 2, CLASSES, 0.3, seed, &error);

  g_assert_no_error (error);

  return graph;
}

static const DubType INPUT = { DUB_DTYPE_F32, { .rank = 5, .dim = { BATCH, 1, 4, SIDE, SIDE } } };

static gboolean
get_case (size_t   index,
          float   *target,
          gpointer user_data,
          GError **error)
{
  for (uint32_t i = 0; i < 4 * SIDE * SIDE; i++)
    target[i] = (float) hashed (10 + (uint32_t) index, i);

  return TRUE;
}

static void
make_labels (int labels[N_CASES])
{
  for (uint32_t i = 0; i < N_CASES; i++)
    labels[i] = hashed_label (5, i, CLASSES);
}

/* Epochs @first to @end - 1, as a loop with checkpoints has them. */
static void
train (DubTrainer *trainer,
       guint       first,
       guint       end,
       DubRun     *run)
{
  size_t n_batches = dub_train_n_batches (N_CASES, BATCH, DUB_LAST_BATCH_KEEP);
  DubSchedule schedule = { .kind = DUB_SCHEDULE_COSINE, .warmup = 2 };
  g_autoptr (DubTensor) batch = dub_tensor_new (DUB_DTYPE_F32, INPUT.shape, NULL);
  g_autoptr (GError) error = NULL;
  int labels[N_CASES];

  make_labels (labels);
  g_assert_cmpuint (n_batches, ==, 3);
  for (guint epoch = first; epoch < end; epoch++) {
    size_t order[N_CASES];

    dub_train_order (3, epoch, N_CASES, order);
    for (size_t b = 0; b < n_batches; b++) {
      size_t n = MIN (BATCH, N_CASES - b * BATCH);
      g_autoptr (DubTensor) part = dub_tensor_slice (batch, 0, 0, (int64_t) n, 1, NULL);
      uint64_t step = epoch * n_batches + b;
      int batch_labels[BATCH];

      for (size_t i = 0; i < n; i++) {
        get_case (order[b * BATCH + i], dub_tensor_f32 (batch) + i * 4 * SIDE * SIDE, NULL, NULL);
        batch_labels[i] = labels[order[b * BATCH + i]];
      }
      g_assert_cmpuint (dub_trainer_n_steps (trainer), ==, step);
      dub_trainer_set_rate (trainer, 0.01 * dub_schedule_factor (&schedule, step, EPOCHS * n_batches));
      dub_trainer_step (trainer, part, batch_labels, &LOSS, dub_train_step_seed (3, step), NULL, run, &error);
      g_assert_no_error (error);
    }
  }
}

static DubTrainer *
make_trainer (DubGraph                  *graph,
              const DubOptimizerOptions *optimizer)
{
  g_autoptr (GError) error = NULL;
  DubTrainer *trainer = dub_trainer_new (graph, &INPUT, optimizer, NULL, &error);

  g_assert_no_error (error);

  return trainer;
}

static void
assert_same_state (const DubTrainState *a,
                   const DubTrainState *b)
{
  g_assert_cmpuint (a->names->len, ==, b->names->len);
  for (guint i = 0; i < a->names->len; i++) {
    const DubTensor *x = g_ptr_array_index (a->tensors, i), *y = g_ptr_array_index (b->tensors, i);

    g_assert_cmpstr (g_ptr_array_index (a->names, i), ==, g_ptr_array_index (b->names, i));
    g_assert_cmpmem (x->data, dub_tensor_n_bytes (x), y->data, dub_tensor_n_bytes (y));
  }
}

static DubTrainState *
state_of (DubTrainer *trainer)
{
  g_autoptr (GError) error = NULL;
  DubTrainState *state = dub_trainer_export (trainer, &error);

  g_assert_no_error (error);

  return state;
}

/* Through a file, as a checkpoint goes. */
static DubTrainState *
stored_and_read (const DubTrainState *state)
{
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "checkpoint.npz");
  g_autoptr (GError) error = NULL;
  DubTrainState *read = dub_train_state_new ();

  dub_npz_save (path, (const char *const *) state->names->pdata, (DubTensor *const *) state->tensors->pdata,
                state->names->len, &error);
  g_assert_no_error (error);

  g_autoptr (DubNpz) npz = dub_npz_open (path, &error);

  g_assert_no_error (error);
  for (size_t i = 0; i < dub_npz_n_arrays (npz); i++) {
    g_autoptr (DubTensor) tensor = dub_npz_read (npz, dub_npz_name (npz, i), &error);

    g_assert_no_error (error);
    dub_train_state_add (read, dub_npz_name (npz, i), tensor);
  }
  scratch_free (&scratch);

  return read;
}

static void
test_resume (void)
{
  for (size_t k = 0; k < G_N_ELEMENTS (OPTIMIZERS); k++) {
    g_autoptr (DubRun) one = dub_run_new (1);
    g_autoptr (DubRun) three = dub_run_new (3);
    g_autoptr (DubGraph) whole_graph = make_graph (1);
    g_autoptr (DubTrainer) whole = make_trainer (whole_graph, &OPTIMIZERS[k]);
    g_autoptr (DubGraph) first_graph = make_graph (1);
    g_autoptr (DubTrainer) first = make_trainer (first_graph, &OPTIMIZERS[k]);
    /* Other weights: all that counts comes with the state. */
    g_autoptr (DubGraph) second_graph = make_graph (2);
    g_autoptr (DubTrainer) second = make_trainer (second_graph, &OPTIMIZERS[k]);
    g_autoptr (GError) error = NULL;

    train (whole, 0, EPOCHS, one);
    train (first, 0, 2, three);

    g_autoptr (DubTrainState) middle = state_of (first);
    g_autoptr (DubTrainState) read = stored_and_read (middle);

    /* What was exported is a copy. */
    train (first, 2, 3, one);
    dub_trainer_import (second, read, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (dub_trainer_n_steps (second), ==, 6);

    g_autoptr (DubTrainState) taken = state_of (second);

    assert_same_state (middle, taken);
    train (second, 2, EPOCHS, three);

    g_autoptr (DubTrainState) a = state_of (whole);
    g_autoptr (DubTrainState) b = state_of (second);

    assert_same_state (a, b);
  }
}

/* --- evaluation --- */

static gboolean
get_one_case (size_t   index,
              float   *target,
              gpointer user_data,
              GError **error)
{
  return get_case (*(size_t *) user_data, target, NULL, error);
}

static gboolean
refuse_case (size_t   index,
             float   *target,
             gpointer user_data,
             GError **error)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "Case %zu is gone.", index);

  return FALSE;
}

static void
test_evaluate (void)
{
  g_autoptr (DubGraph) graph = make_graph (1);
  g_autoptr (DubTrainer) trainer = make_trainer (graph, &OPTIMIZERS[2]);
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) fresh = dub_trainer_evaluate (trainer, N_CASES, get_case, NULL, run, &error);

  g_assert_no_error (error);
  train (trainer, 0, EPOCHS, run);

  g_autoptr (DubTrainState) before = state_of (trainer);
  g_autoptr (DubTensor) logits = dub_trainer_evaluate (trainer, N_CASES, get_case, NULL, run, &error);
  g_autoptr (DubTrainState) after = state_of (trainer);

  g_assert_no_error (error);
  assert_same_state (before, after);
  g_assert_true (dub_shape_equal (&logits->shape, &DUB_SHAPE (N_CASES, CLASSES)));
  /* The weights of the moment. */
  g_assert_true (memcmp (fresh->data, logits->data, dub_tensor_n_bytes (logits)) != 0);

  /* Alone as among others, and as the network computes node by node without a trainer. */
  DubPlanOptions plain = { .no_fusion = TRUE };
  DubType input = INPUT;

  input.shape.dim[0] = 1;

  g_autoptr (DubPlan) plan = dub_plan_new (graph, &input, &plain, NULL, &error);
  g_autoptr (DubTensor) single = dub_tensor_new (DUB_DTYPE_F32, input.shape, NULL);

  g_assert_no_error (error);
  for (size_t i = 0; i < N_CASES; i++) {
    g_autoptr (DubTensor) alone = dub_trainer_evaluate (trainer, 1, get_one_case, &i, run, &error);

    g_assert_no_error (error);
    get_case (i, dub_tensor_f32 (single), NULL, NULL);
    g_assert_true (dub_plan_forward (plan, &single, 0, NULL, NULL));
    for (size_t c = 0; c < CLASSES; c++) {
      double z = (double) dub_tensor_f32 (logits)[i * CLASSES + c];

      g_assert_cmpfloat_with_epsilon (z, (double) dub_tensor_f32 (alone)[c], 1e-5);
      g_assert_cmpfloat_with_epsilon (z, (double) dub_tensor_f32 (dub_plan_output (plan, 0))[c], 1e-5);
    }
  }

  g_assert_null (dub_trainer_evaluate (trainer, N_CASES, refuse_case, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_clear_error (&error);
  dub_run_cancel (run);
  g_assert_null (dub_trainer_evaluate (trainer, N_CASES, get_case, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

/* --- what is refused, and leaves everything as it was --- */

static void
test_refusals (void)
{
  g_autoptr (DubGraph) graph = make_graph (1);
  g_autoptr (DubTrainer) trainer = make_trainer (graph, &OPTIMIZERS[2]);
  g_autoptr (DubTensor) batch = dub_tensor_new_zeros (DUB_DTYPE_F32, INPUT.shape, NULL);
  int labels[BATCH] = { 0 };
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (GError) error = NULL;

  train (trainer, 0, 1, run);

  g_autoptr (DubTrainState) before = state_of (trainer);

  dub_tensor_f32 (batch)[100] = (float) NAN;
  g_assert_false (dub_trainer_step (trainer, batch, labels, &LOSS, 0, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_cmpstr (error->message, ==,
                   "The loss is no finite number in step 4; a smaller step size may help.");
  g_clear_error (&error);
  dub_tensor_f32 (batch)[100] = 0.0f;
  labels[3] = CLASSES;
  g_assert_false (dub_trainer_step (trainer, batch, labels, &LOSS, 0, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  labels[3] = 0;
  dub_run_cancel (run);
  g_assert_false (dub_trainer_step (trainer, batch, labels, &LOSS, 0, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
  g_clear_error (&error);
  dub_run_reset (run);

  g_autoptr (DubTensor) small = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (BATCH, 1, 4, SIDE, 4), NULL);

  g_assert_false (dub_trainer_step (trainer, small, labels, NULL, 0, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);

  g_autoptr (DubTrainState) after = state_of (trainer);

  assert_same_state (before, after);

  /* And it goes on. */
  g_autoptr (DubTrainer) fresh = make_trainer (graph, &OPTIMIZERS[0]);

  g_assert_null (dub_trainer_logits (fresh));
  g_assert_true (dub_trainer_step (trainer, batch, labels, NULL, 0, NULL, run, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (dub_trainer_gradient_norm (trainer), >, 0.0);
  g_assert_true (dub_shape_equal (&dub_trainer_logits (trainer)->shape, &DUB_SHAPE (BATCH, CLASSES)));
}

static void
test_bad_states (void)
{
  g_autoptr (DubGraph) graph = make_graph (1);
  g_autoptr (DubGraph) other_graph = make_graph (2);
  g_autoptr (DubTrainer) trainer = make_trainer (graph, &OPTIMIZERS[2]);
  g_autoptr (DubTrainer) other = make_trainer (other_graph, &OPTIMIZERS[2]);
  g_autoptr (DubTrainState) good = state_of (other);
  g_autoptr (DubTrainState) before = state_of (trainer);

  /* Each array missing in turn, then each of another shape. */
  for (guint broken = 0; broken < 2 * good->names->len; broken++) {
    g_autoptr (DubTrainState) bad = dub_train_state_new ();
    g_autoptr (DubTensor) odd = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (7, 7), NULL);
    g_autoptr (GError) error = NULL;
    const char *name = g_ptr_array_index (good->names, broken % good->names->len);

    for (guint i = 0; i < good->names->len; i++)
      if (i != broken % good->names->len)
        dub_train_state_add (bad, g_ptr_array_index (good->names, i), g_ptr_array_index (good->tensors, i));
    if (broken >= good->names->len)
      dub_train_state_add (bad, name, odd);
    g_assert_false (dub_trainer_import (trainer, bad, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    g_assert_nonnull (strstr (error->message, name));
  }

  g_autoptr (DubTrainState) after = state_of (trainer);

  assert_same_state (before, after);

  /* The weights alone: another network, the optimiser of this one. */
  g_autoptr (DubRun) run = dub_run_new (1);
  g_autoptr (GError) error = NULL;

  train (trainer, 0, 1, run);
  g_assert_true (dub_trainer_import_weights (trainer, good, &error));
  g_assert_cmpuint (dub_trainer_n_steps (trainer), ==, 3);
  for (int i = 0; i < dub_graph_n_values (graph); i++) {
    const DubTensor *x = dub_graph_value (graph, i)->constant, *y = dub_graph_value (other_graph, i)->constant;

    if (x != NULL)
      g_assert_cmpmem (x->data, dub_tensor_n_bytes (x), y->data, dub_tensor_n_bytes (y));
  }
}

/* --- batches of an epoch --- */

static void
test_batches (void)
{
  g_assert_cmpuint (dub_train_n_batches (32, 8, DUB_LAST_BATCH_KEEP), ==, 4);
  g_assert_cmpuint (dub_train_n_batches (32, 8, DUB_LAST_BATCH_DROP), ==, 4);
  g_assert_cmpuint (dub_train_n_batches (34, 8, DUB_LAST_BATCH_KEEP), ==, 5);
  g_assert_cmpuint (dub_train_n_batches (34, 8, DUB_LAST_BATCH_DROP), ==, 4);
  /* Batch normalisation cannot take one case. */
  g_assert_cmpuint (dub_train_n_batches (33, 8, DUB_LAST_BATCH_KEEP), ==, 4);
  g_assert_cmpuint (dub_train_n_batches (5, 8, DUB_LAST_BATCH_KEEP), ==, 1);
  g_assert_cmpuint (dub_train_n_batches (5, 8, DUB_LAST_BATCH_DROP), ==, 0);
  g_assert_cmpuint (dub_train_n_batches (1, 8, DUB_LAST_BATCH_KEEP), ==, 0);

  g_assert_cmpuint (dub_train_step_seed (1, 0), !=, dub_train_step_seed (0, 1));
}

/* The loop with an incomplete last batch, and the arguments it refuses. */
static void
test_fit (void)
{
  g_autoptr (DubGraph) graph = make_graph (1);
  g_autoptr (GError) error = NULL;
  int labels[N_CASES];
  DubTrainOptions options = {
    .n_epochs = 2,
    .batch = BATCH,
    .optimizer = OPTIMIZERS[3],
    .schedule = { .kind = DUB_SCHEDULE_STEP, .gamma = 0.5, .period = 3 },
    .loss = LOSS,
    .seed = 1,
  };
  double loss = 0.0;

  make_labels (labels);
  dub_train_fit (graph, &INPUT, N_CASES, labels, get_case, NULL, &options, NULL, NULL, &loss, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (loss, >, 0.0);

  options.last_batch = DUB_LAST_BATCH_DROP;
  g_assert_false (dub_train_fit (graph, &INPUT, 7, labels, get_case, NULL, &options, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options.loss.dca = -1.0;
  g_assert_false (dub_train_fit (graph, &INPUT, N_CASES, labels, get_case, NULL, &options, NULL, NULL, NULL, NULL,
                                 &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/resume", test_resume);
  g_test_add_func ("/trainer/evaluate", test_evaluate);
  g_test_add_func ("/trainer/refusals", test_refusals);
  g_test_add_func ("/trainer/bad-states", test_bad_states);
  g_test_add_func ("/trainer/batches", test_batches);
  g_test_add_func ("/trainer/fit-incomplete", test_fit);

  return g_test_run ();
}
