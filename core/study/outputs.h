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
  float     *features;     /* [M][N][F] or NULL */
  gboolean   stale;        /* read from results/ although the key no longer fits */
} DubOutputs;

/* dub_outputs_load:
 * Reads results/outputs.npz where its key fits, else runs every model over every case (progress, cancel through @run) and stores it.
 * A model whose split hash differs from the study's is refused by name.
 * @models: (nullable): ids to take; default all
 */
G_GNUC_WARN_UNUSED_RESULT
DubOutputs *dub_outputs_load     (DubStudy          *study,
                                  const char *const *models,
                                  DubRun            *run,
                                  GError           **error);
/* Only what is stored; NULL without @error where nothing is. */
DubOutputs *dub_outputs_peek     (DubStudy          *study,
                                  GError           **error);
void        dub_outputs_free     (DubOutputs        *self);

/* Mean over models of the probabilities: (transfer full) [N][C]. */
float      *dub_outputs_ensemble (const DubOutputs  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubOutputs, dub_outputs_free)

G_END_DECLS
