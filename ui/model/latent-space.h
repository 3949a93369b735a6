/* What the Latent Space page shows: one map, or two beside each other, and what their points are.
 *
 *   results (family) ─▶ map ─┐
 *   beside (family, network) ─▶ map ─┤─▶ points (places, answers, chosen score, selected set) ─▶ "points" / "moved"
 *   settings ─▶ history (undo) ──┘
 *
 * Points are test cases; training cases lie beneath them. Calibration cases are shown where points are coloured by the split, or
 * where there are no test cases; cases that were left out never are.
 *
 * Properties (all notify): "method" ("pca", "tsne", "umap"), "perplexity", "min-dist" (double), "neighbours", "seed" (int),
 * "colour" ("outcome", "class", "predicted", "part", or the id of a score), "model" (string, id of a network of the family; "" = its
 * first), "beside" (string, a family or the id of a network; "" = nothing), "density", "marks" (boolean), "subtitle" (string).
 * Signals: "changed" (state and numbers of a map, settings), "points" (uint panel: its points are others, at the same places),
 * "moved" (uint panel: they have moved).
 */
#pragma once

#include "ui/figures/latent-figure.h"
#include "ui/model/latent-space-map.h"
#include "ui/model/results.h"

G_BEGIN_DECLS

#define DUB_TYPE_LATENT_SPACE (dub_latent_space_get_type ())
G_DECLARE_FINAL_TYPE (DubLatentSpace, dub_latent_space, DUB, LATENT_SPACE, GObject)

typedef enum { DUB_LATENT_MAIN, DUB_LATENT_BESIDE, DUB_N_LATENT_PANELS } DubLatentPanelIndex;

DubLatentSpace    *dub_latent_space_new          (DubSession          *session);

DubResults        *dub_latent_space_get_results  (DubLatentSpace      *self);
/* (transfer none) */
DubLatentSpaceMap *dub_latent_space_get_map      (DubLatentSpace      *self,
                                                  DubLatentPanelIndex  panel);
/* Both maps: run, pause, stop, restart. */
void               dub_latent_space_run          (DubLatentSpace      *self);
void               dub_latent_space_pause        (DubLatentSpace      *self);
void               dub_latent_space_stop         (DubLatentSpace      *self);
void               dub_latent_space_restart      (DubLatentSpace      *self);

/* dub_latent_space_get_points:
 *
 * Arrays are the model's: valid until the next "points" or "moved" of that panel. Returns: NULL where there are no places.
 */
const DubLatentPoints *dub_latent_space_get_points (DubLatentSpace    *self,
                                                  DubLatentPanelIndex  panel);
/* (nullable): the score that colours, or that the histogram is of, with values. Of the panel's own networks. */
const DubScore    *dub_latent_space_get_score    (DubLatentSpace      *self,
                                                  DubLatentPanelIndex  panel);
/* "ce-dca15", "ce · fold 2": what a panel shows. (transfer full) */
char              *dub_latent_space_get_name     (DubLatentSpace      *self,
                                                  DubLatentPanelIndex  panel);
/* "ce · fold 2" of a network, its family's name alone where it has but one. (transfer full) */
char              *dub_latent_model_name         (const DubStudy      *study,
                                                  const char          *model);

/* Whether a case is a point, rather than density beneath or nothing. */
gboolean           dub_latent_space_is_point     (DubLatentSpace      *self,
                                                  size_t               index);
/* Selects those of @indices that are points; @add: to the set there is. */
void               dub_latent_space_select       (DubLatentSpace      *self,
                                                  const guint         *indices,
                                                  size_t               n,
                                                  gboolean             add);
/* Whether the selected set was drawn here. */
gboolean           dub_latent_space_is_lasso     (DubLatentSpace      *self);

/* Points, and those of them in the selected set (all where there is none). Of the main panel. */
typedef struct {
  guint  n, n_all;                 /* points in the set, of all */
  guint  correct, correct_all, failed, failed_all;
  guint  n_classes;
  guint *of_class, *of_class_all;  /* [n_classes] by true label */
  gboolean has_set;
} DubLatentCounts;

void               dub_latent_space_count        (DubLatentSpace      *self,
                                                  DubLatentCounts     *counts);
void               dub_latent_counts_clear       (DubLatentCounts     *counts);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubLatentCounts, dub_latent_counts_clear)

const DubLatentOptions *dub_latent_space_get_options (DubLatentSpace  *self);
DubLatentColor     dub_latent_space_get_color    (DubLatentSpace      *self);
const char        *dub_latent_space_get_beside   (DubLatentSpace      *self);

G_END_DECLS
