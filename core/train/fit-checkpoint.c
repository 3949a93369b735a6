/* checkpoint.npz: the trainer's state as it is, the best epoch's weights under "best/", and four numbers under "fit/".
 * Where the best epoch is the last one its weights are not stored twice. */
#include "core/io/npy.h"
#include "core/train/fit-private.h"
#include "core/train/run-log.h"

#include <string.h>

static const char BEST[] = "best/";

static gboolean
is_weight (const char *name)
{
  return g_str_has_prefix (name, "parameter/") || g_str_has_prefix (name, "statistic/");
}

static gboolean
add_numbers (DubTrainState *state,
             const DubFit  *fit,
             GError       **error)
{
  g_autoptr (DubTensor) epochs = dub_tensor_new (DUB_DTYPE_I64, DUB_SHAPE (2), error);
  g_autoptr (DubTensor) values = dub_tensor_new (DUB_DTYPE_F64, DUB_SHAPE (3), error);

  if (epochs == NULL || values == NULL)
    return FALSE;
  dub_tensor_i64 (epochs)[0] = fit->epoch;
  dub_tensor_i64 (epochs)[1] = fit->best_epoch;
  ((double *) values->data)[0] = fit->best_value;
  ((double *) values->data)[1] = fit->best_loss;
  ((double *) values->data)[2] = fit->seconds;
  dub_train_state_add (state, "fit/epochs", epochs);
  dub_train_state_add (state, "fit/values", values);

  return TRUE;
}

gboolean
_dub_fit_checkpoint_take (DubFit   *fit,
                          GError  **error)
{
  g_autoptr (DubTrainState) state = dub_trainer_export (fit->trainer, error);

  if (state == NULL)
    return FALSE;

  guint n = state->names->len;

  if (fit->best_epoch == fit->epoch) {
    g_autoptr (DubTrainState) best = dub_train_state_new ();

    for (guint i = 0; i < n; i++)
      if (is_weight (g_ptr_array_index (state->names, i)))
        dub_train_state_add (best, g_ptr_array_index (state->names, i), g_ptr_array_index (state->tensors, i));
    g_clear_pointer (&fit->best, dub_train_state_free);
    fit->best = g_steal_pointer (&best);
  } else if (fit->best != NULL) {
    for (guint i = 0; i < fit->best->names->len; i++) {
      g_autofree char *name = g_strconcat (BEST, g_ptr_array_index (fit->best->names, i), NULL);

      dub_train_state_add (state, name, g_ptr_array_index (fit->best->tensors, i));
    }
  }
  if (!add_numbers (state, fit, error))
    return FALSE;
  g_clear_pointer (&fit->pending, dub_train_state_free);
  fit->pending = g_steal_pointer (&state);

  return TRUE;
}

gboolean
_dub_fit_checkpoint_write (DubFit  *fit,
                           DubRun  *run,
                           GError **error)
{
  g_autofree char *file = g_build_filename (fit->job->folder, "checkpoint.npz", NULL);

  if (fit->pending == NULL)
    return TRUE;
  if (!dub_npz_save_stored (file, (const char *const *) fit->pending->names->pdata,
                            (DubTensor *const *) fit->pending->tensors->pdata, fit->pending->names->len, error)) {
    gboolean before = g_file_test (file, G_FILE_TEST_EXISTS);

    g_prefix_error (error, "The checkpoint of epoch %u was not written, %s: ", fit->epoch,
                    before ? "the one before it is whole" : "and there was none before it");
    return FALSE;
  }
  g_clear_pointer (&fit->pending, dub_train_state_free);
  fit->written_at = g_get_monotonic_time ();

  return fit->model_epoch == fit->best_epoch || _dub_fit_write_model (fit, run, error);
}

static DubTrainState *
load_state (const char  *file,
            GError     **error)
{
  g_autoptr (DubNpz) npz = dub_npz_open (file, error);
  g_autoptr (DubTrainState) state = npz != NULL ? dub_train_state_new () : NULL;

  for (size_t i = 0; npz != NULL && i < dub_npz_n_arrays (npz); i++) {
    g_autoptr (DubTensor) tensor = dub_npz_read (npz, dub_npz_name (npz, i), error);

    if (tensor == NULL)
      return NULL;
    if (dub_train_state_find (state, dub_npz_name (npz, i)) != NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s holds the array %s twice.", file, dub_npz_name (npz, i));
      return NULL;
    }
    dub_train_state_add (state, dub_npz_name (npz, i), tensor);
  }

  return g_steal_pointer (&state);
}

static gboolean
take_numbers (DubFit               *fit,
              const DubTrainState  *state,
              GError              **error)
{
  static const DubShape two = { .rank = 1, .dim = { 2 } }, three = { .rank = 1, .dim = { 3 } };
  const DubTensor *epochs = dub_train_state_expect (state, "fit/epochs", DUB_DTYPE_I64, &two, error);
  const DubTensor *values =
    epochs != NULL ? dub_train_state_expect (state, "fit/values", DUB_DTYPE_F64, &three, error) : NULL;

  if (values == NULL)
    return FALSE;

  int64_t epoch = dub_tensor_i64 (epochs)[0], best = dub_tensor_i64 (epochs)[1];

  if (epoch < 1 || epoch > fit->job->recipe->n_epochs || best < 1 || best > epoch) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "the checkpoint is of epoch %" G_GINT64_FORMAT " with the best epoch %" G_GINT64_FORMAT
                 "; expected 1 to %u.", epoch, best, fit->job->recipe->n_epochs);
    return FALSE;
  }
  fit->epoch = (guint) epoch;
  fit->best_epoch = (guint) best;
  fit->best_value = ((const double *) values->data)[0];
  fit->best_loss = ((const double *) values->data)[1];
  fit->seconds = ((const double *) values->data)[2];

  return TRUE;
}

static void
take_best (DubFit              *fit,
           const DubTrainState *state)
{
  const char *prefix = fit->best_epoch == fit->epoch ? "" : BEST;
  size_t skip = strlen (prefix);

  fit->best = dub_train_state_new ();
  for (guint i = 0; i < state->names->len; i++) {
    const char *name = g_ptr_array_index (state->names, i);

    if (g_str_has_prefix (name, prefix) && is_weight (name + skip))
      dub_train_state_add (fit->best, name + skip, g_ptr_array_index (state->tensors, i));
  }
}

gboolean
_dub_fit_checkpoint_read (DubFit  *fit,
                          GError **error)
{
  g_autofree char *file = g_build_filename (fit->job->folder, "checkpoint.npz", NULL);

  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return dub_run_log_cut (fit->job->folder, 0, error);

  g_autoptr (DubTrainState) state = load_state (file, error);

  if (state == NULL)
    return FALSE;
  if (!take_numbers (fit, state, error) || !dub_trainer_import (fit->trainer, state, error)) {
    g_prefix_error (error, "%s cannot be resumed: ", file);
    return FALSE;
  }
  take_best (fit, state);

  return dub_run_log_cut (fit->job->folder, fit->epoch, error);
}
