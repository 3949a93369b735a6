/* The network of a run: a graph that learns, maybe behind a frozen backbone.
 *
 *   prepared case ─▶ backbone (from ONNX, cut at a node, never changed) ─▶ graph (learns) ─▶ logits, features
 *
 * Without a backbone the graph reads the prepared cases. With one it reads the backbone's feature maps, which are computed
 * case by case outside the training plan: once where nothing is augmented.
 */
#pragma once

#include "core/nn/plan.h"
#include "core/train/recipe.h"
#include "core/train/state.h"

G_BEGIN_DECLS

typedef struct {
  DubGraph *graph;         /* learns */
  DubShape  input;         /* of one prepared case */
  DubShape  maps;          /* of one case as the graph reads it; = input without a backbone */
  DubGraph *backbone;      /* (nullable) */
  DubPlan  *plan;          /* (nullable) of the backbone, for one case */
  char     *backbone_hash; /* (nullable): SHA-256 of its file */
  char     *description;   /* "ResNet-18, width 16" */
  size_t    n_parameters;  /* that are learnt */
} DubNetwork;

/* dub_network_new:
 * @input: of one prepared case
 * @seed: of the fresh weights
 *
 * Returns: (transfer full), or NULL with @error set: the architecture cannot read the cases, or the ONNX file cannot be
 * read, has no such node, or gives something else than one float32 map a case there.
 */
G_GNUC_WARN_UNUSED_RESULT
DubNetwork *dub_network_new      (const DubRecipe     *recipe,
                                  const DubShape      *input,
                                  int                  n_classes,
                                  uint64_t             seed,
                                  DubRun              *run,
                                  GError             **error);
void        dub_network_free     (DubNetwork          *self);

/* The backbone's maps of one prepared case; one thread at a time. @target: [elements of maps] */
gboolean    dub_network_features (DubNetwork          *self,
                                  const float         *prepared,
                                  float               *target,
                                  DubRun              *run,
                                  GError             **error);

/* dub_network_freeze:
 * @weights: (nullable): a trainer's state under whose names "@prefix…" the weights stand; NULL = those of this moment
 *
 * Returns: (transfer full): the whole network as inference has it, with numbers of its own: backbone and graph in one,
 * outputs logits and features.
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph   *dub_network_freeze   (const DubNetwork    *self,
                                  const DubTrainState *weights,
                                  const char          *prefix,
                                  GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubNetwork, dub_network_free)

G_END_DECLS
