/* The options of `train` that say how: data, split and recipe. What is not given keeps a value that no one can give. */
#pragma once

#include "core/study/study-train.h"

G_BEGIN_DECLS

typedef struct {
  /* data and split */
  char    *data;
  char    *patients;
  char    *positive;
  char    *split;           /* "0.55,0.15,0.30" or "given" */
  char    *twins;
  char    *contradictions;
  char    *split_seed;
  gboolean by_patient;
  gboolean skip_bad;
  int      folds;           /* 0 = not given */

  /* recipe */
  char    *arch;
  char    *loss;
  char    *optimizer;
  char    *schedule;
  char    *select_by;
  char    *augment;
  char    *seed;
  double   label_smoothing, dca, entropy, mmce, mixup;      /* NaN = not given */
  double   rate, momentum, weight_decay, clip, dropout;
  int      epochs, batch, width, depth, warmup, patience;   /* -1 = not given */
  gboolean class_weights;
  gboolean plain_beside;    /* the same recipe with plain cross-entropy is trained, too */

  /* preparation */
  char    *scaling;
  char    *size;
} CliTrainOptions;

void          cli_train_options_init  (CliTrainOptions       *self);
void          cli_train_options_clear (CliTrainOptions       *self);
/* (transfer full), free with g_free */
GOptionEntry *cli_train_data_entries  (CliTrainOptions       *self);
GOptionEntry *cli_train_recipe_entries (CliTrainOptions      *self);

/* TRUE where an option of the split was given. */
gboolean      cli_train_has_split     (const CliTrainOptions *self);
/* The first option of the recipe that was given, "--lr"; NULL = none. */
const char   *cli_train_recipe_given  (const CliTrainOptions *self);

/* Usage errors name the option. */
gboolean      cli_train_split         (const CliTrainOptions *self,
                                       DubSplitOptions       *split,
                                       GError               **error);
G_GNUC_WARN_UNUSED_RESULT
DubRecipe    *cli_train_recipe        (const CliTrainOptions *self,
                                       const DubDataset      *dataset,
                                       GError               **error);

/* How the study's cases are prepared: as dub_study_prepare says, with the scaling and the size that were asked for. */
gboolean      cli_train_prepare       (const CliTrainOptions *self,
                                       DubStudy              *study,
                                       DubPrepare            *prepare,
                                       DubRun                *run,
                                       GError               **error);
/* @recipe without the terms of its loss, where such a network is wanted beside it; NULL otherwise. (transfer full) */
DubRecipe    *cli_train_plain         (const CliTrainOptions *self,
                                       const DubRecipe       *recipe);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliTrainOptions, cli_train_options_clear)

G_END_DECLS
