/* What the networks of a study say about its cases: the one table that evaluation, calibration, failure detection and
 * the latent space read.
 *
 * Letters: M models, N cases, C classes, F features (the input of the network's last dense layer).
 */
#pragma once

#include "core/study/study.h"

G_BEGIN_DECLS

typedef struct {
  size_t     n_models, n_cases, n_classes, n_features; /* M N C F; F = 0 where there are none */
  char     **models;       /* [M] ids */
  char     **ids;          /* [N] of the cases */
  int       *labels;       /* [N], -1 unknown */
  guint8    *part;         /* [N] of DubPart */
  float     *logits;       /* [M][N][C]; NULL where only probabilities were imported */
  float     *probabilities;/* [M][N][C] */
  float     *features;     /* [M][N][F] or NULL: where a model has none, or models of several families differ in F */
  gboolean   stale;        /* read from results/ although the key no longer fits */
} DubOutputs;

/* dub_outputs_load:
 * @models: (nullable): ids to take; default all
 *
 * Reads results/outputs/<id>.npz where its key (network, data, preparation, split) fits, else runs the model over every case
 * (progress, cancel through @run; cases are prepared once for all models that read them so) and stores it: a network that is
 * added to a study is all that is run. Models whose outputs were imported have no other source. The same bits for any number
 * of threads.
 *
 * Returns: (transfer full), or NULL with @error set:
 *   DUB_ERROR_ARGUMENT  a model whose split hash differs from the study's (both are named), no such model, none at all
 *   DUB_ERROR_FORMAT    the data changed since the study was made: the first difference is named
 *   DUB_ERROR_SHAPE     a network that does not read the cases, or does not answer with the study's classes
 *   DUB_ERROR_NUMERIC   an answer that is not finite: network and case are named
 */
G_GNUC_WARN_UNUSED_RESULT
DubOutputs *dub_outputs_load     (DubStudy          *study,
                                  const char *const *models,
                                  DubRun            *run,
                                  GError           **error);
/* Only what is stored, of the models that it is stored of, maybe stale; NULL without @error where nothing is. The data are not
 * looked at. */
DubOutputs *dub_outputs_peek     (DubStudy          *study,
                                  GError           **error);
/* The same of some models: those of @models (NULL-terminated) that it is stored of, in that order. */
DubOutputs *dub_outputs_peek_models (DubStudy          *study,
                                  const char *const *models,
                                  GError           **error);
void        dub_outputs_free     (DubOutputs        *self);

/* Mean over models of the probabilities: (transfer full) [N][C]. */
float      *dub_outputs_ensemble (const DubOutputs  *self);
/* The same over some of them: @models [n_models] indices, @mean (out) [N][C]. */
void        dub_outputs_mean     (const DubOutputs  *self,
                                  const size_t      *models,
                                  size_t             n_models,
                                  float             *mean);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubOutputs, dub_outputs_free)

G_END_DECLS
