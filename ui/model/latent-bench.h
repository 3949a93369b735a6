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
#include "ui/model/latent-live.h"
#include "ui/model/results.h"

G_BEGIN_DECLS

#define DUB_TYPE_LATENT_BENCH (dub_latent_bench_get_type ())
G_DECLARE_FINAL_TYPE (DubLatentBench, dub_latent_bench, DUB, LATENT_BENCH, GObject)

typedef enum { DUB_LATENT_MAIN, DUB_LATENT_BESIDE, DUB_N_LATENT_PANELS } DubLatentPanelIndex;

DubLatentBench         *dub_latent_bench_new         (DubSession          *session);

DubResults             *dub_latent_bench_get_results (DubLatentBench      *self);
/* (transfer none) */
DubLatentLive          *dub_latent_bench_get_map     (DubLatentBench      *self,
                                                      DubLatentPanelIndex  panel);
/* Both maps: run, pause, stop, restart. */
void                    dub_latent_bench_run         (DubLatentBench      *self);
void                    dub_latent_bench_pause       (DubLatentBench      *self);
void                    dub_latent_bench_stop        (DubLatentBench      *self);
void                    dub_latent_bench_restart     (DubLatentBench      *self);

/* dub_latent_bench_get_points:
 *
 * Arrays are the model's: valid until the next "points" or "moved" of that panel. Returns: NULL where there are no places.
 */
const DubLatentPoints  *dub_latent_bench_get_points  (DubLatentBench      *self,
                                                      DubLatentPanelIndex  panel);
/* (nullable): the score that colours, or that the histogram is of, with values. Of the panel's own networks. */
const DubScore         *dub_latent_bench_get_score   (DubLatentBench      *self,
                                                      DubLatentPanelIndex  panel);
/* "ce-dca15", "ce · fold 2": what a panel shows. (transfer full) */
char                   *dub_latent_bench_get_name    (DubLatentBench      *self,
                                                      DubLatentPanelIndex  panel);
/* "ce · fold 2" of a network, its family's name alone where it has but one. (transfer full) */
char                   *dub_latent_network_name      (const DubStudy      *study,
                                                      const char          *model);

/* Whether a case is a point, rather than density beneath or nothing. */
gboolean                dub_latent_bench_is_point    (DubLatentBench      *self,
                                                      size_t               index);
/* Selects those of @indices that are points; @add: to the set there is. */
void                    dub_latent_bench_select      (DubLatentBench      *self,
                                                      const guint         *indices,
                                                      size_t               n,
                                                      gboolean             add);
/* Whether the selected set was drawn here. */
gboolean                dub_latent_bench_is_lasso    (DubLatentBench      *self);

/* Points, and those of them in the selected set (all where there is none). Of the main panel. */
typedef struct {
  guint  n, n_all;                 /* points in the set, of all */
  guint  correct, correct_all, failed, failed_all;
  guint  n_classes;
  guint *of_class, *of_class_all;  /* [n_classes] by true label */
  gboolean has_set;
} DubLatentCounts;

/* (transfer none): valid until points or the set change. */
const DubLatentCounts  *dub_latent_bench_count       (DubLatentBench      *self);

const DubLatentOptions *dub_latent_bench_get_options (DubLatentBench      *self);
DubLatentColor          dub_latent_bench_get_color   (DubLatentBench      *self);
const char             *dub_latent_bench_get_beside  (DubLatentBench      *self);

G_END_DECLS
