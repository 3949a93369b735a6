/* A mask as the command line asks for it: its options, its inputs, its optimisation.
 *
 * `mask` and `figure mask` share it, so that one set of options gives one mask.
 */
#pragma once

#include "app/cli/cli-input.h"
#include "app/cli/cli-run.h"
#include "core/explain/mask.h"
#include "ui/figures/mask-figure.h"

G_BEGIN_DECLS

typedef struct {
  DubMaskParams params;        /* the application's defaults until an option changes them */
  int           class_index;   /* -1 = not given */
  int           n_iterations;
  int           grid;
  gint64        seed;
  char         *replace;       /* (nullable): "1", "0", "mean", "blur" or a file */
  char         *norm;          /* (nullable): "mean", "sum" */
} CliMaskOptions;

/* What a mask is made from and what came out. */
typedef struct {
  char          *model_path;
  char          *model_hash;   /* SHA-256 */
  GPtrArray     *volume_paths; /* of char * */
  GPtrArray     *volume_hashes;
  DubPreprocess  preprocess;
  DubGraph      *graph;
  DubVolume     *first;        /* the first volume as its file has it */
  DubVolume     *displayed;    /* the first volume on the network's grid */
  GPtrArray     *images;       /* of DubTensor *: (D, H, W) each */
  DubTensor     *reference;    /* (nullable): of --replace FILE */
  char          *reference_hash;
  DubMask       *mask;
  DubMaskEnergy  final;        /* of the last mask: no step was made from it */
  double         seconds;      /* of the optimisation */
} CliMaskJob;

void          cli_mask_options_init  (CliMaskOptions       *self);
void          cli_mask_options_clear (CliMaskOptions       *self);
/* (transfer full), free with g_free. */
GOptionEntry *cli_mask_entries       (CliMaskOptions       *self);
/* The application's defaults as they would be typed, for --help. (transfer full) */
char         *cli_mask_defaults_text (void);
/* Options that were typed become params; wrong ones are usage errors. */
gboolean      cli_mask_options_parse (CliMaskOptions       *self,
                                      GError              **error);

/* cli_mask_job_new:
 * @volumes: (element-type filename), at least one: the images of the set
 *
 * Loads the network and the volumes; no step is made yet.
 */
G_GNUC_WARN_UNUSED_RESULT
CliMaskJob   *cli_mask_job_new       (const CliMaskOptions *options,
                                      const char           *model,
                                      char *const          *volumes,
                                      size_t                n_volumes,
                                      const DubPreprocess  *preprocess,
                                      DubRun               *run,
                                      GError              **error);
void          cli_mask_job_free      (CliMaskJob           *self);

/* All iterations, with progress, then the energy of the final mask. */
gboolean      cli_mask_job_run       (CliMaskJob           *self,
                                      DubRun               *run,
                                      GError              **error);

/* The mask m in the space of the first volume's file; voxels that the network never saw are 1. */
G_GNUC_WARN_UNUSED_RESULT
DubVolume    *cli_mask_job_volume    (CliMaskJob           *self,
                                      DubRun               *run,
                                      GError              **error);

/* Tells @figure what the mask is of and how it was made. */
void          cli_mask_job_describe  (const CliMaskJob     *self,
                                      const char           *subject,
                                      const char           *network,
                                      DubMaskFigure        *figure);

/* "file", "mean": the word of --replace. */
const char   *cli_replacement_name   (DubReplacement        replacement);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliMaskJob, cli_mask_job_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliMaskOptions, cli_mask_options_clear)

G_END_DECLS
