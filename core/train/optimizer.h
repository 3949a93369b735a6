/* Optimisers of a network, in the form in which PyTorch computes them.
 *
 *   SGD    g ← g + λ x;  v ← μ v + g;  x ← x - η v, with Nesterov x ← x - η (g + μ v)
 *   Adam   g ← g + λ x;  then adam.h
 *   AdamW  x ← (1 - η λ) x;  then adam.h with the gradient as it is (Loshchilov and Hutter 2019)
 *
 * η rate, μ momentum, λ weight decay, of every parameter. Before all that the gradients may be clipped together:
 * g ← g · min (1, clip / (‖g‖ + 1e-6)) with the Euclidean norm over all parameters (clip_grad_norm_).
 * The same numbers for any number of threads.
 */
#pragma once

#include "core/base/run.h"
#include "core/train/state.h"

G_BEGIN_DECLS

typedef enum {
  DUB_OPTIMIZER_SGD,
  DUB_OPTIMIZER_ADAM,
  DUB_OPTIMIZER_ADAMW,
} DubOptimizerKind;

typedef struct {
  DubOptimizerKind kind;
  double   rate;         /* η > 0 */
  double   momentum;     /* μ in [0, 1), SGD */
  gboolean nesterov;     /* SGD, needs a momentum */
  double   beta1;        /* in [0, 1), Adam and AdamW */
  double   beta2;        /* in [0, 1) */
  double   epsilon;      /* > 0 */
  double   weight_decay; /* λ >= 0 */
  double   clip_norm;    /* >= 0; 0 = gradients are not clipped */
} DubOptimizerOptions;

/* SGD: rate 0.01, momentum 0.9. Adam: 1e-3, 0.9, 0.999, 1e-8. AdamW: the same with weight decay 0.01. No clipping. */
DubOptimizerOptions dub_optimizer_defaults (DubOptimizerKind           kind);

/* DUB_ERROR_ARGUMENT names the number that is out of range. */
gboolean            dub_optimizer_options_check (const DubOptimizerOptions *self,
                                            GError                   **error);

/* "sgd", "adam", "adamw"; and back, FALSE for any other name. */
const char         *dub_optimizer_kind_name  (DubOptimizerKind         kind);
gboolean            dub_optimizer_kind_parse (const char              *name,
                                            DubOptimizerKind          *kind);

typedef struct _DubOptimizer DubOptimizer;

/* Returns: (transfer full), without parameters, or NULL with @error as of the check. */
G_GNUC_WARN_UNUSED_RESULT
DubOptimizer       *dub_optimizer_new      (const DubOptimizerOptions *options,
                                            GError                   **error);
void                dub_optimizer_free     (DubOptimizer              *self);

/* Adds a parameter whose numbers every step changes in place: float32, contiguous. @name is unique.
 * Returns: its index, counted from 0. */
size_t              dub_optimizer_add      (DubOptimizer              *self,
                                            const char                *name,
                                            DubTensor                 *parameter);

/* The rate from the next step on, for schedules. */
void                dub_optimizer_set_rate (DubOptimizer              *self,
                                            double                     rate);
/* Steps done. */
uint64_t            dub_optimizer_n_steps  (const DubOptimizer        *self);

/* dub_optimizer_step:
 * @gradients: [parameters] float32 of the parameters' shapes, NULL = the parameter stays; used as scratch
 * @norm: (out) (optional): Euclidean norm of all gradients, before clipping
 * @run: (nullable): threads. A step that has begun is done to its end, even when cancelled
 *
 * Returns: FALSE with @error set to DUB_ERROR_NUMERIC, naming the step and the first parameter concerned, when
 * a gradient is not finite; nothing has changed then.
 */
gboolean            dub_optimizer_step     (DubOptimizer              *self,
                                            DubTensor *const          *gradients,
                                            double                    *norm,
                                            DubRun                    *run,
                                            GError                   **error);

/* Adds "optimizer/steps" (1) int64 and "optimizer/first/NAME" and "optimizer/second/NAME" of every parameter, as far as
 * the kind has them (SGD: first is v, none without momentum). The parameters themselves are their owner's to store. */
gboolean            dub_optimizer_export   (const DubOptimizer        *self,
                                            DubTrainState             *state,
                                            GError                   **error);
/* Takes all of that over; on an error (DUB_ERROR_FORMAT, see state.h) nothing has changed. */
gboolean            dub_optimizer_import   (DubOptimizer              *self,
                                            const DubTrainState       *state,
                                            GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubOptimizer, dub_optimizer_free)

G_END_DECLS
