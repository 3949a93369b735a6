/* A map from a network's answers to better ones, fitted on the calibration set: one type for five methods.
 *
 * Letters: N cases, C classes, z logits (logarithms of the probabilities where a network gave no logits).
 *
 *   temperature  softmax (β z)                      never changes an answer
 *   vector       softmax (w ∘ z + b)                Guo et al. 2017; convex, by Newton's method
 *   platt        of every class against the rest: logistic of the log-odds, then divided by their sum (for C = 2 of class 1
 *   isotonic     alone, the other is what is left)
 *   beta
 *
 * Where only the top label's confidence is known (C = 0), each is fitted on its log-odds (or, for isotonic and beta, on the
 * confidence itself); vector is then refused.
 *
 * Source: Guo et al. 2017 (temperature, vector); Platt 1999; Zadrozny & Elkan 2002 (isotonic, and one class against the rest);
 * Kull, Silva Filho & Flach 2017 (beta). Among classes that come out equal, the one that was answered before stays the answer.
 */
#pragma once

#include "core/base/run.h"
#include "core/calibration/fit-kind.h"
#include "core/calibration/predictions.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  DUB_RECALIBRATE_TEMPERATURE,
  DUB_RECALIBRATE_VECTOR,
  DUB_RECALIBRATE_PLATT,
  DUB_RECALIBRATE_ISOTONIC,
  DUB_RECALIBRATE_BETA,
} DubRecalibrate;
#define DUB_N_RECALIBRATE (DUB_RECALIBRATE_BETA + 1)

/* "temperature"; "Temperature scaling"; what it does in a sentence. Static, English. */
const char *dub_recalibrate_id       (DubRecalibrate  method);
const char *dub_recalibrate_title    (DubRecalibrate  method);
const char *dub_recalibrate_sentence (DubRecalibrate  method);
/* FALSE for a word that none has. */
gboolean    dub_recalibrate_from_id  (const char     *id,
                                      DubRecalibrate *method);

typedef struct _DubRecalibration DubRecalibration;

/* dub_recalibration_fit:
 * @split: the name of the part that @calibration is: "calibration"
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_ARGUMENT for a method that needs all classes, DUB_ERROR_SHAPE for
 *   a class without cases where the method fits every class, DUB_ERROR_CANCELLED. The degenerate ends of a fit are results.
 */
G_GNUC_WARN_UNUSED_RESULT
DubRecalibration *dub_recalibration_fit          (DubRecalibrate            method,
                                                  const DubPredictions     *calibration,
                                                  const char               *split,
                                                  DubRun                   *run,
                                                  GError                  **error);
DubRecalibration *dub_recalibration_ref          (DubRecalibration         *self);
void              dub_recalibration_unref        (DubRecalibration         *self);

DubRecalibrate    dub_recalibration_get_method   (const DubRecalibration   *self);
/* FOUND, or how it degenerated. One that is not FOUND is applied as far as it has a meaning: CHANCE gives every case the same
 * answer's confidence (a temperature keeps the answers even so); SEPARABLE is refused by dub_recalibration_is_usable(). With
 * maps of one class against the rest it is CHANCE where all of them are, and SEPARABLE where all of them are, or of beta one. */
DubFitKind        dub_recalibration_get_kind     (const DubRecalibration   *self);
gboolean          dub_recalibration_is_usable    (const DubRecalibration   *self);
size_t            dub_recalibration_get_n_cases  (const DubRecalibration   *self);
size_t            dub_recalibration_get_n_classes (const DubRecalibration  *self);
const char       *dub_recalibration_get_split    (const DubRecalibration   *self);
/* "T = 1.63 (1.41 to 1.92)": what was fitted, in words. (transfer full) */
char             *dub_recalibration_describe     (const DubRecalibration   *self);
/* "Temperature scaling, T = 1.63 (1.41 to 1.92)". (transfer full) */
char             *dub_recalibration_summary      (const DubRecalibration   *self);
/* What a person must know before believing it: few cases, chance, separable. Sentences. (transfer full) (element-type char *) */
GPtrArray        *dub_recalibration_warnings     (const DubRecalibration   *self);
/* T with its 95 % profile-likelihood interval (temperature.h); FALSE for another method. INFINITY and 0 at the two ends. Each of
 * the three may be NULL. */
gboolean          dub_recalibration_temperature  (const DubRecalibration   *self,
                                                  double                   *value,
                                                  double                   *low,
                                                  double                   *high);

/* dub_recalibration_apply:
 *
 * Returns: (transfer full): the same cases, labels and groups with other probabilities; or NULL with @error set:
 *   DUB_ERROR_SHAPE for another number of classes, DUB_ERROR_ARGUMENT for a map that is not usable.
 */
G_GNUC_WARN_UNUSED_RESULT
DubPredictions   *dub_recalibration_apply        (const DubRecalibration   *self,
                                                  const DubPredictions     *predictions,
                                                  GError                  **error);
/* The same of bare numbers: @logits (nullable) (N, C), @probabilities (N, C), both as in predictions.h; @out (out) (N, C), may be
 * @probabilities. FALSE as above. Each case alone as within any batch. */
gboolean          dub_recalibration_apply_rows   (const DubRecalibration   *self,
                                                  const double             *logits,
                                                  const double             *probabilities,
                                                  size_t                    n_cases,
                                                  size_t                    n_classes,
                                                  double                   *out,
                                                  GError                  **error);

/* The same of a family's mean probabilities in single precision: @mean (N, C), @out (out) (N, C), may be @mean. The answer, the
 * largest of @out, is that before the rounding to single precision. */
gboolean          dub_recalibration_apply_mean   (const DubRecalibration   *self,
                                                  const float              *mean,
                                                  size_t                    n_cases,
                                                  size_t                    n_classes,
                                                  float                    *out,
                                                  GError                  **error);

/* As a JSON object, for study.json and --json; and back, where every member is checked. (transfer full) */
char             *dub_recalibration_to_json      (const DubRecalibration   *self);
G_GNUC_WARN_UNUSED_RESULT
DubRecalibration *dub_recalibration_from_json    (const char               *json,
                                                  GError                  **error);

/* The same as a member of a larger document: the object, and what stands before its members' names in messages. */
void              dub_recalibration_build_json   (const DubRecalibration   *self,
                                                  JsonBuilder              *builder);
G_GNUC_WARN_UNUSED_RESULT
DubRecalibration *dub_recalibration_read_json    (JsonObject               *object,
                                                  const char               *where,
                                                  GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRecalibration, dub_recalibration_unref)

G_END_DECLS
