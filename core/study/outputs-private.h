/* What one model says about every case; outputs*.c only.
 *
 *   results/outputs/<id>.npz   "key" (64 bytes), "logits" (N, C), "features" (N, F)?: derivable, one file a model, so that a
 *                              network that is added does not make the others run again
 *   models/<id>/outputs.npz    the same without a key, or with "probabilities" instead of logits: imported, not derivable
 */
#pragma once

#include "core/study/outputs.h"

G_BEGIN_DECLS

typedef struct {
  const DubStudyModel *model;
  char      *key;           /* what its outputs depend on; "" where that cannot be told any more */
  DubTensor *logits;        /* (nullable) (N, C) float32 */
  DubTensor *probabilities; /* (nullable) (N, C): where there are no logits */
  DubTensor *features;      /* (nullable) (N, F) */
  gboolean   stale;
} DubModelOutputs;

/* (N, C) both; computed in double. */
void             _dub_outputs_softmax    (const float         *logits,
                                          size_t               n_cases,
                                          size_t               n_classes,
                                          float               *probabilities);
void             _dub_model_outputs_free (DubModelOutputs     *self);
/* Whether the outputs of @model were imported, and no network stands behind them. */
gboolean         _dub_model_has_outputs_alone (const DubStudyModel *model);

/* SHA-256 over the network's file, the data's hash, the preparation and the split. (transfer full) */
char            *_dub_outputs_key        (const DubStudy      *study,
                                          const DubStudyModel *model,
                                          GError             **error);
/* Fills in what is stored, TRUE where something is; FALSE without an error where nothing is, or it is of another shape. */
gboolean         _dub_outputs_read       (const DubStudy      *study,
                                          DubModelOutputs     *item,
                                          GError             **error);
gboolean         _dub_outputs_write      (const DubStudy      *study,
                                          const DubModelOutputs *item,
                                          GError             **error);
/* Runs every network of @items [n] over every case of the open data set. */
gboolean         _dub_outputs_run        (DubStudy            *study,
                                          DubModelOutputs *const *items,
                                          size_t               n,
                                          DubRun              *run,
                                          GError             **error);

G_END_DECLS
