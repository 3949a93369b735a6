/* A heatmap as the command line asks for it: its options, its networks, its image. */
#pragma once

#include "app/cli/cli-input.h"
#include "app/cli/cli-run.h"
#include "core/explain/heatmap.h"
#include "core/study/scorer.h"

G_BEGIN_DECLS

typedef struct {
  char   *kind, *of, *replace, *layer; /* (nullable) as they were typed */
  char   *prepare;                     /* (nullable) a file of a preparation, JSON */
  char   *study, *case_id, *family;    /* (nullable) */
  int     window, stride, steps, samples; /* -1 = not given */
  gint64  seed;
  double  noise, smooth, blur_sigma;   /* negative = not given */
} CliHeatmapOptions;

typedef struct {
  DubHeatmapOptions   options;
  DubHeatmapEstimator estimator;
  DubEstimatorOptions estimator_options;
  DubStudy           *study;       /* (nullable) owned: what @scorer was fitted on */
  DubScorer          *scorer;      /* (nullable): the study's score, in place of @estimator */
  char               *of;          /* "entropy", "class:1" */
  char               *replace;     /* "mean", "class:0" (mean of …) */
  GPtrArray          *paths;       /* of char *: of the networks */
  GPtrArray          *hashes;      /* of char *: SHA-256 */
  GPtrArray          *graphs;      /* of DubGraph * */
  GPtrArray          *classes;     /* (nullable) of char *: names, where a study has them */
  char               *image_name;  /* a file, or a case */
  char               *image_hash;  /* (nullable) SHA-256 of the file */
  DubTensor          *image;       /* (1, C, H, W) or (1, C, D, H, W) */
  DubTensor          *reference;   /* (nullable) */
  char               *reference_name; /* (nullable) "the mean of 11 cases of class 0" */
  gboolean            kji;
  DubPreprocess       preprocess;  /* of a volume's file */
  DubVolume          *displayed;   /* (nullable) of a volume: the network's grid in space */
  DubVolume          *original;    /* (nullable) */
} CliHeatmapJob;

void           cli_heatmap_options_init  (CliHeatmapOptions          *self);
void           cli_heatmap_options_clear (CliHeatmapOptions          *self);
/* (transfer full), free with g_free. */
GOptionEntry  *cli_heatmap_entries       (CliHeatmapOptions          *self);

/* cli_heatmap_job_new:
 * @outs: files that will be written, NULL-terminated: none may be one of the study's
 * @files: [n_files] networks (.onnx) and, without --case, the image as the last
 *
 * Loads all; options that do not fit are usage errors.
 */
G_GNUC_WARN_UNUSED_RESULT
CliHeatmapJob *cli_heatmap_job_new       (const CliHeatmapOptions    *options,
                                          const CliPreprocessOptions *preprocess,
                                          char *const                *outs,
                                          char *const                *files,
                                          int                         n_files,
                                          DubRun                     *run,
                                          GError                    **error);
void           cli_heatmap_job_free      (CliHeatmapJob              *self);

/* A map on the network's grid as a volume: in space, or upright as a picture. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubVolume     *cli_heatmap_job_volume    (const CliHeatmapJob        *self,
                                          DubTensor                  *map,
                                          GError                    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliHeatmapJob, cli_heatmap_job_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliHeatmapOptions, cli_heatmap_options_clear)

G_END_DECLS
