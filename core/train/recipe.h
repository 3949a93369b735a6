/* The recipe of a training run: everything that decides its bits, kept in the run's run.json.
 *
 * Two runs with one recipe, one data set and one split give the same network, on any number of threads.
 */
#pragma once

#include "core/data/dataset.h"

#include <json-glib/json-glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  char    *arch;            /* "resnet18", "cnn3d", "cnn2d", "mlp", or "onnx:PATH@NODE" */
  int      width;           /* feature maps of the first stage; 0 = the architecture's own */
  int      depth;           /* blocks of cnn2d / cnn3d, hidden layers of mlp; 0 = the architecture's own */
  double   dropout;

  /* The loss, see loss.h. */
  double   label_smoothing, dca, entropy, mmce, mixup;
  gboolean class_weights;   /* inverse class frequency of the training cases */

  char    *optimizer;       /* "sgd", "adam", "adamw" */
  double   rate, momentum, weight_decay, clip;  /* clip 0 = none */
  char    *schedule;        /* "constant", "step", "cosine" */
  guint    warmup_epochs;
  guint    n_epochs;
  guint    batch;
  guint    patience;        /* epochs without a better validation value before stopping; 0 = never early */
  char    *select_by;       /* "accuracy", "loss", "auroc" of the validation fold say which epoch is kept; "last": the last one */
  guint    augment;         /* flags of augment.h */
  uint64_t seed;
} DubRecipe;

/* The defaults of an architecture (see README of this folder for how they were chosen). (transfer full) */
DubRecipe *dub_recipe_new       (const char       *arch);
/* The same for the cases of a data set: rate, epochs, batch and augmentation by their kind and number. (transfer full) */
DubRecipe *dub_recipe_for       (const char       *arch,
                                 const DubDataset *dataset);
DubRecipe *dub_recipe_copy      (const DubRecipe  *self);
void       dub_recipe_free      (DubRecipe        *self);
JsonNode  *dub_recipe_to_json   (const DubRecipe  *self); /* (transfer full) */
/* Strict: every member is there and none is unknown, as each decides bits. @where: "run.json: recipe". */
G_GNUC_WARN_UNUSED_RESULT
DubRecipe *dub_recipe_from_json (JsonNode         *node,
                                 const char       *where,
                                 GError          **error);
/* Whether every member is in its range; DUB_ERROR_ARGUMENT names the first that is not. @where stands before its name. */
gboolean   dub_recipe_check     (const DubRecipe  *self,
                                 const char       *where,
                                 GError          **error);
/* "rate is 0.001, not 0.01": the first member that differs; NULL where none does. (transfer full) */
char      *dub_recipe_difference (const DubRecipe *self,
                                 const DubRecipe  *other);
/* The parts of "onnx:PATH@NODE"; FALSE for every other architecture. @path, @node: (out) (optional) (transfer full) */
gboolean   dub_recipe_split_arch (const char      *arch,
                                 char            **path,
                                 char            **node);
/* The family a run belongs to, made of its loss: "ce", "ce-dca15", "ce-ls0.05-w". (transfer full) */
char      *dub_recipe_family    (const DubRecipe  *self);
/* "Cross-entropy + 15 DCA": for a person. (transfer full) */
char      *dub_recipe_loss_name (const DubRecipe  *self);
/* "Adam 0.001, cosine": for a person. (transfer full) */
char      *dub_recipe_optimizer_name (const DubRecipe *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRecipe, dub_recipe_free)

G_END_DECLS
