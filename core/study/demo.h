/* The demo study: a semi-synthetic cohort and a network trained on it by our own engine.
 *
 *   Colin27 (template) + AAL (regions)  ──phantom──▶  subjects CN, AD   (data/phantom.h)
 *   training subjects                   ──loop─────▶  cnn3d             (train/loop.h, nn/arch.h)
 *   held-out subjects, truth, atlas, network          study.json, provenance.json
 *
 * CN subjects lose 0 to 8 % of the grey matter of hippocampus, parahippocampal gyrus and
 * amygdala, AD subjects 45 to 80 %. The training subjects are not stored: they follow from
 * the seed. One seed gives the same bytes on any number of threads.
 */
#pragma once

#include "core/study/study.h"

G_BEGIN_DECLS

typedef struct {
  const char *templates;  /* (nullable): folder of ch2bet.nii.gz, aal.nii.gz, aal.nii.txt; NULL = where MRIcron has them */
  double      voxel_size; /* mm */
  guint       n_train;    /* half of them AD */
  guint       n_test;     /* half of them AD */
  guint       n_epochs;
  guint       batch;
  uint64_t    seed;
} DubDemoOptions;

#define DUB_DEMO_DEFAULT \
  ((DubDemoOptions) { .voxel_size = 2.0, .n_train = 64, .n_test = 24, .n_epochs = 20, .batch = 4, .seed = 1 })

/* @stage: what is being done, for a person; @fraction of the whole in [0, 1]. */
typedef void (*DubDemoFunc) (const char *stage,
                             double      fraction,
                             gpointer    user_data);

/* Result of the network on the held-out subjects. */
typedef struct {
  guint  n_correct;
  guint  n_test;
  double loss;       /* mean cross-entropy of the last training epoch */
} DubDemoResult;

/* dub_demo_brain:
 * @folder: made by this call; must not exist or be empty
 * @options: (nullable)
 * @progress: (nullable): called on the calling thread
 * @result: (out) (optional)
 *
 * Everything is built in a folder beside @folder and renamed at the end: a cancelled or failed
 * call leaves nothing behind.
 *
 * Returns: FALSE with @error set:
 *   DUB_ERROR_IO   the templates are missing (says which package has them), the disk is full,
 *                  or @folder is in use
 */
gboolean dub_demo_brain (const char            *folder,
                         const DubDemoOptions  *options,
                         DubDemoFunc            progress,
                         gpointer               user_data,
                         DubDemoResult         *result,
                         DubRun                *run,
                         GError               **error);

G_END_DECLS
