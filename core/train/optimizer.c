#include "core/train/optimizer.h"

#include "core/base/parallel.h"
#include "core/train/adam.h"
#include "core/train/optimizer-kernels.h"

#include <math.h>
#include <string.h>

/* Numbers of a parameter that one piece takes. */
static const size_t PIECE = 16384;
/* Of clip_grad_norm_. */
static const double CLIP_EPSILON = 1e-6;

static const char *const NAMES[] = { "sgd", "adam", "adamw" };

typedef struct {
  char      *name;
  DubTensor *parameter;
  size_t     n;
  float     *first;  /* [n] first moment or velocity; NULL = the kind has none */
  float     *second; /* [n] */
} Slot;

/* PIECE numbers of one slot. */
typedef struct {
  guint  slot;
  size_t at;
  size_t n;
} Piece;

struct _DubOptimizer {
  DubOptimizerOptions options;
  GArray  *slots;  /* of Slot */
  GArray  *pieces; /* of Piece, slot by slot */
  uint64_t n_steps;
};

DubOptimizerOptions
dub_optimizer_defaults (DubOptimizerKind kind)
{
  return (DubOptimizerOptions) {
    .kind = kind,
    .rate = kind == DUB_OPTIMIZER_SGD ? 0.01 : 1e-3,
    .momentum = kind == DUB_OPTIMIZER_SGD ? 0.9 : 0.0,
    .beta1 = 0.9,
    .beta2 = 0.999,
    .epsilon = 1e-8,
    .weight_decay = kind == DUB_OPTIMIZER_ADAMW ? 0.01 : 0.0,
  };
}

const char *
dub_optimizer_kind_name (DubOptimizerKind kind)
{
  return NAMES[kind];
}

gboolean
dub_optimizer_kind_parse (const char       *name,
                          DubOptimizerKind *kind)
{
  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (g_strcmp0 (NAMES[i], name) == 0) {
      *kind = (DubOptimizerKind) i;
      return TRUE;
    }

  return FALSE;
}

gboolean
dub_optimizer_options_check (const DubOptimizerOptions  *self,
                             GError                    **error)
{
  const struct {
    const char *name;
    double      value;
    gboolean    good;
    const char *expected;
  } rows[] = {
    { "rate", self->rate, self->rate > 0.0, "a finite number above 0" },
    { "momentum", self->momentum, self->momentum >= 0.0 && self->momentum < 1.0, "at least 0 and below 1" },
    { "momentum", self->momentum, !self->nesterov || self->momentum > 0.0, "above 0 for Nesterov's form" },
    { "beta1", self->beta1, self->beta1 >= 0.0 && self->beta1 < 1.0, "at least 0 and below 1" },
    { "beta2", self->beta2, self->beta2 >= 0.0 && self->beta2 < 1.0, "at least 0 and below 1" },
    { "epsilon", self->epsilon, self->kind == DUB_OPTIMIZER_SGD || self->epsilon > 0.0, "a finite number above 0" },
    { "weight decay", self->weight_decay, self->weight_decay >= 0.0, "a finite number of at least 0" },
    { "clipping norm", self->clip_norm, self->clip_norm >= 0.0, "a finite number of at least 0" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!rows[i].good || !isfinite (rows[i].value)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The optimiser's %s is %g; expected %s.", rows[i].name,
                   rows[i].value, rows[i].expected);
      return FALSE;
    }

  return TRUE;
}

static void
slot_clear (gpointer data)
{
  Slot *self = data;

  g_free (self->name);
  dub_tensor_unref (self->parameter);
  g_free (self->first);
  g_free (self->second);
}

DubOptimizer *
dub_optimizer_new (const DubOptimizerOptions  *options,
                   GError                    **error)
{
  if (!dub_optimizer_options_check (options, error))
    return NULL;

  DubOptimizer *self = g_new0 (DubOptimizer, 1);

  self->options = *options;
  self->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  g_array_set_clear_func (self->slots, slot_clear);
  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));

  return self;
}

void
dub_optimizer_free (DubOptimizer *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->slots);
  g_array_unref (self->pieces);
  g_free (self);
}

static inline Slot *
slot_at (const DubOptimizer *self,
         guint               slot)
{
  return &g_array_index (self->slots, Slot, slot);
}

size_t
dub_optimizer_add (DubOptimizer *self,
                   const char   *name,
                   DubTensor    *parameter)
{
  g_return_val_if_fail (parameter->dtype == DUB_DTYPE_F32 && dub_tensor_is_contiguous (parameter), 0);

  gboolean adaptive = self->options.kind != DUB_OPTIMIZER_SGD;
  size_t n = dub_tensor_n_elements (parameter);
  Slot slot = {
    .name = g_strdup (name),
    .parameter = dub_tensor_ref (parameter),
    .n = n,
    .first = adaptive || self->options.momentum > 0.0 ? g_new0 (float, n) : NULL,
    .second = adaptive ? g_new0 (float, n) : NULL,
  };

  g_array_append_val (self->slots, slot);
  for (size_t at = 0; at < n; at += PIECE) {
    Piece piece = { .slot = self->slots->len - 1, .at = at, .n = MIN (PIECE, n - at) };

    g_array_append_val (self->pieces, piece);
  }

  return self->slots->len - 1;
}

void
dub_optimizer_set_rate (DubOptimizer *self,
                        double        rate)
{
  self->options.rate = rate;
}

uint64_t
dub_optimizer_n_steps (const DubOptimizer *self)
{
  return self->n_steps;
}

/* --- one step --- */

typedef struct {
  DubOptimizer     *self;
  DubTensor *const *gradients;
  double           *squares; /* [pieces] */
  guint8           *done;    /* [pieces] */
  DubAdamUpdate     update;
  float             scale;   /* of the gradients */
} Step;

static void
measure_piece (size_t   index,
               guint    thread,
               gpointer user_data)
{
  Step *step = user_data;
  const Piece *piece = &g_array_index (step->self->pieces, Piece, index);
  DubTensor *gradient = step->gradients[piece->slot];

  if (gradient != NULL)
    step->squares[index] = _dub_sum_squares (dub_tensor_f32 (gradient) + piece->at, piece->n);
  step->done[index] = 1;
}

static void
update_piece (size_t   index,
              guint    thread,
              gpointer user_data)
{
  Step *step = user_data;
  const DubOptimizerOptions *options = &step->self->options;
  const Piece *piece = &g_array_index (step->self->pieces, Piece, index);
  const Slot *slot = slot_at (step->self, piece->slot);
  DubTensor *tensor = step->gradients[piece->slot];

  step->done[index] = 1;
  if (tensor == NULL)
    return;

  float *x = dub_tensor_f32 (slot->parameter) + piece->at;
  float *gradient = dub_tensor_f32 (tensor) + piece->at;
  float *first = slot->first != NULL ? slot->first + piece->at : NULL;
  gboolean decoupled = options->kind == DUB_OPTIMIZER_ADAMW;
  float decay = decoupled ? 0.0f : (float) options->weight_decay;

  if (step->scale != 1.0f || decay != 0.0f)
    _dub_prepare (gradient, x, step->scale, decay, piece->n);
  if (decoupled && options->weight_decay > 0.0)
    _dub_scale (x, (float) (1.0 - options->rate * options->weight_decay), piece->n);

  if (options->kind == DUB_OPTIMIZER_SGD)
    _dub_sgd_apply (gradient, first, x, (float) options->rate, (float) options->momentum, options->nesterov, piece->n);
  else
    dub_adam_apply (&step->update, gradient, first, slot->second + piece->at, x, x, piece->n);
}

/* Every piece, also of a cancelled run: what its threads left out is done here. */
static void
for_every_piece (Step         *step,
                 DubPieceFunc  func,
                 DubRun       *run)
{
  size_t n = step->self->pieces->len;

  if (n == 0)
    return;
  memset (step->done, 0, n);
  if (dub_parallel_for (run, n, func, step, NULL))
    return;
  for (size_t i = 0; i < n; i++)
    if (!step->done[i])
      func (i, 0, step);
}

gboolean
dub_optimizer_step (DubOptimizer       *self,
                    DubTensor *const   *gradients,
                    double             *norm,
                    DubRun             *run,
                    GError            **error)
{
  size_t n = self->pieces->len;
  g_autofree double *squares = g_new0 (double, n);
  g_autofree guint8 *done = g_new0 (guint8, n);
  Step step = { .self = self, .gradients = gradients, .squares = squares, .done = done, .scale = 1.0f };
  double sum = 0.0;

  for_every_piece (&step, measure_piece, run);
  for (size_t i = 0; i < n; i++) {
    sum += squares[i];
    if (!isfinite (squares[i])) {
      const Slot *slot = slot_at (self, g_array_index (self->pieces, Piece, i).slot);

      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The gradient of the parameter \"%s\" is no finite number in step %" G_GUINT64_FORMAT
                   "; a smaller step size or clipping may help.", slot->name, (guint64) self->n_steps + 1);
      return FALSE;
    }
  }

  double length = sqrt (sum);

  if (norm != NULL)
    *norm = length;
  if (self->options.clip_norm > 0.0)
    step.scale = (float) MIN (1.0, self->options.clip_norm / (length + CLIP_EPSILON));

  self->n_steps++;
  if (self->options.kind != DUB_OPTIMIZER_SGD) {
    DubAdam adam = {
      .step = self->options.rate,
      .beta1 = self->options.beta1,
      .beta2 = self->options.beta2,
      .epsilon = self->options.epsilon,
    };

    step.update = dub_adam_update (&adam, (guint) MIN (self->n_steps, G_MAXUINT));
  }
  for_every_piece (&step, update_piece, run);

  return TRUE;
}

/* --- state --- */

static const char *const STEPS = "optimizer/steps";

static char *
moment_name (const Slot *slot,
             int         moment)
{
  return g_strconcat (moment == 0 ? "optimizer/first/" : "optimizer/second/", slot->name, NULL);
}

gboolean
dub_optimizer_export (const DubOptimizer  *self,
                      DubTrainState       *state,
                      GError             **error)
{
  g_autoptr (DubTensor) steps = dub_tensor_new (DUB_DTYPE_I64, DUB_SHAPE (1), error);

  if (steps == NULL)
    return FALSE;
  dub_tensor_i64 (steps)[0] = (int64_t) self->n_steps;
  dub_train_state_add (state, STEPS, steps);

  for (guint i = 0; i < self->slots->len; i++) {
    const Slot *slot = slot_at (self, i);

    for (int moment = 0; moment < 2; moment++) {
      const float *numbers = moment == 0 ? slot->first : slot->second;
      g_autofree char *name = moment_name (slot, moment);
      g_autoptr (DubTensor) tensor = NULL;

      if (numbers == NULL)
        continue;
      tensor = dub_tensor_new (DUB_DTYPE_F32, slot->parameter->shape, error);
      if (tensor == NULL)
        return FALSE;
      memcpy (dub_tensor_f32 (tensor), numbers, slot->n * sizeof (float));
      dub_train_state_add (state, name, tensor);
    }
  }

  return TRUE;
}

gboolean
dub_optimizer_import (DubOptimizer         *self,
                      const DubTrainState  *state,
                      GError              **error)
{
  DubTensor *steps = dub_train_state_expect (state, STEPS, DUB_DTYPE_I64, &DUB_SHAPE (1), error);

  if (steps == NULL)
    return FALSE;
  if (dub_tensor_get_int (steps, 0) < 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "The array \"%s\" of the training state is %" G_GINT64_FORMAT "; expected at least 0.", STEPS,
                 dub_tensor_get_int (steps, 0));
    return FALSE;
  }

  /* First pass: is everything there? Second: take it. */
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->slots->len; i++) {
      const Slot *slot = slot_at (self, i);

      for (int moment = 0; moment < 2; moment++) {
        float *numbers = moment == 0 ? slot->first : slot->second;
        g_autofree char *name = moment_name (slot, moment);
        DubTensor *tensor;

        if (numbers == NULL)
          continue;
        tensor = dub_train_state_expect (state, name, DUB_DTYPE_F32, &slot->parameter->shape, error);
        if (tensor == NULL)
          return FALSE;
        if (pass == 1) {
          g_autoptr (DubTensor) target =
            dub_tensor_new_wrapped (DUB_DTYPE_F32, slot->parameter->shape, numbers, NULL, NULL);

          dub_tensor_assign (target, tensor);
        }
      }
    }
  self->n_steps = (uint64_t) dub_tensor_get_int (steps, 0);

  return TRUE;
}
