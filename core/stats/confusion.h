/* The confusion matrix of a classifier, and the rates read from it.
 *
 * Letters: N cases, C classes. What needs a class without cases is NaN, or a rate of nothing.
 */
#pragma once

#include "core/base/error.h"
#include "core/stats/rate.h"

G_BEGIN_DECLS

typedef struct {
  size_t  n_classes; /* C */
  size_t  n_cases;   /* N */
  size_t *count;     /* [C · C] cases with true class r and answer c at r · C + c */
} DubConfusion;

/* dub_confusion_new:
 * @labels:  [N] true classes, in [0, C)
 * @answers: [N] the classes answered, in [0, C)
 *
 * Returns: (transfer full): the matrix, or NULL with @error set: DUB_ERROR_SHAPE for no cases or classes,
 *   DUB_ERROR_NUMERIC for a class out of range (the message names the case).
 */
G_GNUC_WARN_UNUSED_RESULT
DubConfusion *dub_confusion_new               (const int          *labels,
                                               const int          *answers,
                                               size_t              n_cases,
                                               size_t              n_classes,
                                               GError            **error);
void          dub_confusion_free              (DubConfusion       *self);

/* Cases of true class @r answered as class @c. */
static inline size_t
dub_confusion_get (const DubConfusion *self,
                   size_t              r,
                   size_t              c)
{
  return self->count[r * self->n_classes + c];
}

/* Right answers of all cases. */
DubRate       dub_confusion_accuracy          (const DubConfusion *self);

/* Of the cases of class @positive those answered so (recall), of the others those answered otherwise, and of the
 * answers @positive those that are right (precision). */
DubRate       dub_confusion_sensitivity       (const DubConfusion *self,
                                               size_t              positive);
DubRate       dub_confusion_specificity       (const DubConfusion *self,
                                               size_t              positive);
DubRate       dub_confusion_precision         (const DubConfusion *self,
                                               size_t              positive);

/* 2 TP / (2 TP + FP + FN); NaN where class @positive neither is nor was answered. */
double        dub_confusion_f1                (const DubConfusion *self,
                                               size_t              positive);

/* Mean sensitivity over the classes, which is also the macro sensitivity; NaN where a class has no cases. */
double        dub_confusion_balanced_accuracy (const DubConfusion *self);
/* Means over the classes of specificity and F1; NaN where one of them is. */
double        dub_confusion_macro_specificity (const DubConfusion *self);
double        dub_confusion_macro_f1          (const DubConfusion *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubConfusion, dub_confusion_free)

G_END_DECLS
