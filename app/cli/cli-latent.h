/* What a picture of a latent space is made from: families of a study, or an archive of features. */
#pragma once

#include "app/cli/cli-command.h"
#include "core/study/latent.h"

G_BEGIN_DECLS

/* Letters: N cases, F features. */
typedef struct {
  char    *title;      /* "ce-dca15", "ce · ce-0", of an archive its name */
  char    *family;     /* (nullable): NULL of an archive */
  float   *features;   /* [N][F] */
  size_t   n_features; /* F */
  int     *predicted;  /* [N] -1 = unknown */
  guint8  *failed;     /* [N] 1 = wrong, 0 = right, 2 = not known */
  double  *value;      /* (nullable) [N] of the score asked for */
  char    *value_name; /* (nullable) */
} CliLatentSpace;

typedef struct {
  DubStudy       *study;     /* (nullable): where it came from one */
  size_t          n_cases;   /* N */
  char          **ids;       /* [N + 1] */
  int            *labels;    /* [N] -1 = unknown */
  int            *judged;    /* [N] the same of those that the silhouette is of; see dub_latent_labels */
  guint8         *part;      /* [N] of DubPart */
  char          **classes;   /* [K + 1] */
  int             positive;  /* of two classes */
  CliLatentSpace  spaces[2];
  size_t          n_spaces;
} CliLatent;

typedef struct {
  char **families; /* (nullable) NULL-terminated, two at most; default the study's first */
  char  *model;    /* (nullable): id, or of an archive also a number */
  char  *score;    /* (nullable): id of a score, or of an archive an array (N), msr or entropy */
} CliLatentOptions;

/* @path: a study's folder, or an .npz with “features” (N, F) or (M, N, F), and as far as it has them “labels”, “split”, “ids”,
 * “classes”, “models”, “probabilities” or “logits”; or an .npy of features alone, (N, F) or (N, …). */
gboolean cli_latent_load  (CliLatent               *self,
                           const char              *path,
                           const CliLatentOptions  *options,
                           DubRun                  *run,
                           GError                 **error);
void     cli_latent_clear (CliLatent               *self);

/* --- cli-latent-file.c --- */

gboolean cli_latent_load_file (CliLatent               *self,
                               const char              *path,
                               const CliLatentOptions  *options,
                               GError                 **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliLatent, cli_latent_clear)

G_END_DECLS
