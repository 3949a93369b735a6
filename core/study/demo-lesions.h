/* The lesions demo: a data set of procedural ultrasound with known truth.
 *
 *   lesions.npz      MedMNIST's form: train 55 %, val 15 %, test 30 %; labels with a few percent wrong
 *   truth.csv        for each case: label, truth, whether it was flipped, difficulty, and what was drawn
 *   provenance.json  seed and settings
 *
 * dub_dataset_open opens the folder. One seed gives the same bytes on any number of threads. With dub_demo_lesions_study the
 * folder becomes a study of these data, too, with five trained networks.
 */
#pragma once

#include "core/study/study-train.h"

#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  int      size;        /* pixels each way: 28 or 64 */
  guint    n;           /* cases, 20 to 100000 */
  double   label_noise; /* share of labels that are wrong, [0, 0.5) */
  uint64_t seed;
} DubLesionsOptions;

#define DUB_LESIONS_DEFAULT ((DubLesionsOptions) { .size = 28, .n = 2000, .label_noise = 0.04, .seed = 1 })

typedef struct {
  guint n_malignant; /* in truth */
  guint n_flipped;
  guint n_ambiguous; /* difficulty above one half */
} DubLesionsResult;

/* dub_demo_lesions:
 * @folder: made by this call; must not exist or be empty
 * @options: (nullable)
 * @result: (out) (optional)
 *
 * Everything is built in a folder beside @folder and renamed at the end: a cancelled or failed call leaves nothing
 * behind.
 *
 * Returns: FALSE with @error set:
 *   DUB_ERROR_IO         the disk is full, or @folder is in use
 *   DUB_ERROR_ARGUMENT   an option is out of its range
 */
gboolean dub_demo_lesions       (const char               *folder,
                                 const DubLesionsOptions  *options,
                                 DubLesionsResult         *result,
                                 DubRun                   *run,
                                 GError                  **error);
/* The three files alone, inside @folder, which exists. For a demo that has more to put there. */
gboolean dub_demo_lesions_write (const char               *folder,
                                 const DubLesionsOptions  *options,
                                 DubLesionsResult         *result,
                                 DubRun                   *run,
                                 GError                  **error);

/* dub_demo_lesions_check:
 *
 * Whether @folder holds the lesions of these options. What was drawn is drawn again and compared with truth.csv, so that
 * nothing has to be believed that the folder says of itself.
 *
 * Returns: FALSE with DUB_ERROR_ARGUMENT where it holds others, or the error of reading it.
 */
gboolean dub_demo_lesions_check (const char               *folder,
                                 const DubLesionsOptions  *options,
                                 DubLesionsResult         *result,
                                 DubRun                   *run,
                                 GError                  **error);

/* dub_demo_lesions_study:
 *
 * The lesions with a network a fold: a CNN with the defaults for such data, but for flips as the only augmentation, split as dub_study_from_data splits; and what
 * the networks say of every case, so that numbers are there as soon as the study is opened. What is there already is taken as it is: data made before, and every run, which goes on from its last checkpoint.
 *
 * Returns: FALSE with @error set as by dub_demo_lesions, dub_demo_lesions_check, dub_study_train and dub_outputs_load.
 */
gboolean dub_demo_lesions_study (const char                 *folder,
                                 const DubLesionsOptions    *options,
                                 const DubStudyTrainOptions *train,
                                 DubLesionsResult           *result,
                                 DubRun                     *run,
                                 GError                    **error);

G_END_DECLS
