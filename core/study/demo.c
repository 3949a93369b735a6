#include "core/study/demo.h"

#include "core/base/rng.h"
#include "core/data/phantom.h"
#include "core/io/file.h"
#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "core/nn/arch.h"
#include "core/nn/plan.h"
#include "core/study/demo-private.h"
#include "core/train/loop.h"

#include <math.h>

/* Regions of AAL that lose grey matter, by the beginning of their names. */
static const char *const AFFECTED[] = { "Hippocampus", "ParaHippocampal", "Amygdala" };
/* Share of grey matter lost: smallest and largest of the healthy and of the patients. */
static const double SEVERITY[2][2] = { { 0.0, 0.08 }, { 0.45, 0.80 } };
static const char *const CLASSES[] = { "CN", "AD" };
/* How training disturbs each subject anew: places that are filled, their smallest and largest radius in voxels,
 * and the standard deviation of noise on every voxel. */
enum { N_PATCHES = 6 };
static const double PATCH_RADIUS[2] = { 2.0, 7.0 };
static const double TRAINING_NOISE = 0.15;
/* Adam's largest step. A smaller one leaves the early layers where chance put them, and the network answers to
 * features of the whole head. */
static const double TRAINING_STEP = 4e-3;
/* Keeps the probabilities off 0 and 1, where a mask would find no slope. */
static const double LABEL_SMOOTHING = 0.05;
/* Held-out subjects draw from streams of their own, whatever the number of training subjects. */
static const uint64_t FIRST_TEST_INDEX = 1000000;
static const guint64 LARGEST_TABLE = (guint64) 1 << 20;
/* Share of the progress that each stage takes. */
static const double AFTER_TEMPLATE = 0.03;
static const double AFTER_SUBJECTS = 0.15;
static const double AFTER_TRAINING = 0.90;

typedef struct {
  const DubDemoOptions *options;
  const char  *folder;      /* under construction */
  DubDemoFunc  progress;
  gpointer     progress_data;
  DubAtlas    *atlas;
  DubPhantom  *phantom;
  size_t       n_voxels;
  guint8      *train;       /* [n_train · n_voxels] 255 times the value: the values are k/255 */
  int         *labels;      /* [n_train] */
  uint64_t     n_read;      /* cases that training has read */
  DubGraph    *graph;
  DubStudy    *study;
  DubDemoResult result;
} Demo;

static void
demo_clear (Demo *self)
{
  g_clear_pointer (&self->atlas, dub_atlas_unref);
  g_clear_pointer (&self->phantom, dub_phantom_free);
  g_clear_pointer (&self->train, g_free);
  g_clear_pointer (&self->labels, g_free);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_clear_pointer (&self->study, dub_study_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Demo, demo_clear)

static void
report (Demo       *self,
        const char *stage,
        double      fraction,
        DubRun     *run)
{
  if (run != NULL)
    dub_run_set_progress (run, fraction);
  if (self->progress != NULL)
    self->progress (stage, fraction, self->progress_data);
}

/* --- template and regions --- */

static gboolean
is_affected (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (AFFECTED); i++)
    if (g_str_has_prefix (name, AFFECTED[i]))
      return TRUE;

  return FALSE;
}

static gboolean
load_template (Demo       *self,
               const char *templates,
               DubRun     *run,
               GError    **error)
{
  g_autofree char *t1_path = g_build_filename (templates, "ch2bet.nii.gz", NULL);
  g_autofree char *atlas_path = g_build_filename (templates, "aal.nii.gz", NULL);
  g_autofree char *table_path = g_build_filename (templates, "aal.nii.txt", NULL);
  g_autoptr (DubVolume) t1 = dub_nifti_load (t1_path, error);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (int));
  DubPhantomOptions options = DUB_PHANTOM_DEFAULT;

  if (t1 == NULL || (self->atlas = dub_atlas_load (atlas_path, table_path, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < self->atlas->regions->len; i++) {
    const DubRegion *region = &g_array_index (self->atlas->regions, DubRegion, i);

    if (is_affected (region->name))
      g_array_append_val (values, region->value);
  }

  options.voxel_size = self->options->voxel_size;
  self->phantom = dub_phantom_new (t1, self->atlas->labels, (const int *) (const void *) values->data, values->len,
                                   &options, run, error);

  return self->phantom != NULL;
}

/* --- subjects --- */

/* Patients first, so that a person who opens the study meets one. */
static int
label_of (guint n)
{
  return n % 2 == 0 ? 1 : 0;
}

static double
severity_of (const Demo *self,
             uint64_t    index,
             int         label)
{
  DubRng rng;

  dub_rng_init (&rng, self->options->seed, "demo-severity", index);

  return SEVERITY[label][0] + (SEVERITY[label][1] - SEVERITY[label][0]) * dub_rng_double (&rng);
}

static gboolean
make_training_subjects (Demo    *self,
                        DubRun  *run,
                        GError **error)
{
  guint n = self->options->n_train;

  self->n_voxels = dub_tensor_n_elements (dub_phantom_grid (self->phantom)->voxels);
  self->train = g_try_malloc_n (n, self->n_voxels);
  self->labels = g_new (int, n);
  if (self->train == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for %u training subjects of %zu voxels.",
                 n, self->n_voxels);
    return FALSE;
  }

  for (guint i = 0; i < n; i++) {
    g_autofree char *stage = g_strdup_printf ("Making training subject %u of %u", i + 1, n);
    g_autoptr (DubVolume) grey = NULL;

    report (self, stage, AFTER_TEMPLATE + (AFTER_SUBJECTS - AFTER_TEMPLATE) * i / n, run);
    self->labels[i] = label_of (i);
    if (!dub_phantom_subject (self->phantom, self->options->seed, i, severity_of (self, i, self->labels[i]), &grey,
                              NULL, run, error))
      return FALSE;

    const float *values = dub_tensor_f32 (grey->voxels);
    guint8 *target = self->train + (size_t) i * self->n_voxels;

    for (size_t v = 0; v < self->n_voxels; v++)
      target[v] = (guint8) (255.0f * values[v] + 0.5f);
  }

  return TRUE;
}

/* A ball with a soft edge is replaced by one value. */
static void
fill_ball (float         *values,
           const int64_t  dim[3],
           DubRng        *rng)
{
  double radius = PATCH_RADIUS[0] + (PATCH_RADIUS[1] - PATCH_RADIUS[0]) * dub_rng_double (rng);
  float fill = dub_rng_below (rng, 2) != 0 ? 1.0f : 0.0f;
  double centre[3];
  int64_t first[3], last[3];

  for (int a = 0; a < 3; a++) {
    centre[a] = (double) (dim[a] - 1) * dub_rng_double (rng);
    first[a] = MAX ((int64_t) ceil (centre[a] - radius), 0);
    last[a] = MIN ((int64_t) floor (centre[a] + radius), dim[a] - 1);
  }
  for (int64_t i = first[0]; i <= last[0]; i++)
    for (int64_t j = first[1]; j <= last[1]; j++)
      for (int64_t k = first[2]; k <= last[2]; k++) {
        double di = (double) i - centre[0], dj = (double) j - centre[1], dk = (double) k - centre[2];
        double weight = 1.5 * (1.0 - (di * di + dj * dj + dk * dk) / (radius * radius));
        float *value = values + (i * dim[1] + j) * dim[2] + k;

        *value += (float) CLAMP (weight, 0.0, 1.0) * (fill - *value);
      }
}

/* Uniform noise of standard deviation @sd on every voxel; four voxels share one draw. */
static void
add_noise (float   *values,
           size_t   n,
           double   sd,
           DubRng  *rng)
{
  float range = (float) (sqrt (12.0) * sd);

  for (size_t i = 0; i < n; i += 4) {
    uint32_t bits = dub_rng_u32 (rng);

    for (size_t k = i; k < MIN (i + 4, n); k++, bits >>= 8)
      values[k] += range * ((float) (bits & 255u) / 255.0f - 0.5f);
  }
}

/* The subject with noise and with some places filled by 0 or 1, anew each time it is read. Without them the network
 * rests on single voxels and on places anywhere, and masks fall where no atrophy is: a weight on a voxel that tells
 * nothing costs the training something only if that voxel varies. */
static gboolean
read_case (size_t   index,
           float   *target,
           gpointer user_data,
           GError **error)
{
  Demo *self = user_data;
  const int64_t *dim = dub_phantom_grid (self->phantom)->voxels->shape.dim;
  const guint8 *values = self->train + index * self->n_voxels;
  DubRng rng;

  for (size_t i = 0; i < self->n_voxels; i++)
    target[i] = (float) values[i] / 255.0f;
  dub_rng_init (&rng, self->options->seed, "demo-patches", self->n_read++);
  for (int p = 0; p < N_PATCHES; p++)
    fill_ball (target, dim, &rng);
  add_noise (target, self->n_voxels, TRAINING_NOISE, &rng);

  return TRUE;
}

/* --- the network --- */

typedef struct {
  Demo   *demo;
  DubRun *run;
} Progress;

static void
training_progress_cb (guint    epoch,
                      double   fraction,
                      double   loss,
                      gpointer user_data)
{
  Progress *progress = user_data;
  g_autofree char *stage = g_strdup_printf ("Training the network, epoch %u of %u, loss %.3f", epoch + 1,
                                            progress->demo->options->n_epochs, loss);

  report (progress->demo, stage, AFTER_SUBJECTS + (AFTER_TRAINING - AFTER_SUBJECTS) * fraction, progress->run);
}

static gboolean
train (Demo    *self,
       DubRun  *run,
       GError **error)
{
  static const int channels[] = { 8, 16, 32, 64, 64 };
  const int64_t *dim = dub_phantom_grid (self->phantom)->voxels->shape.dim;
  /* Few features are left at the end: with many the dense layer learns the training subjects by heart. */
  int n_blocks = MIN (dim[0], MIN (dim[1], dim[2])) >= 64 ? 5 : 4;
  DubType input = { DUB_DTYPE_F32, DUB_SHAPE ((int64_t) self->options->batch, 1, dim[0], dim[1], dim[2]) };
  DubTrainOptions options = {
    .n_epochs = self->options->n_epochs,
    .batch = self->options->batch,
    .last_batch = DUB_LAST_BATCH_DROP,
    .optimizer = dub_optimizer_defaults (DUB_OPTIMIZER_ADAM),
    .schedule = { .kind = DUB_SCHEDULE_COSINE },
    .loss = { .smoothing = LABEL_SMOOTHING },
    .seed = self->options->seed,
  };
  Progress progress = { .demo = self, .run = run };

  options.optimizer.rate = TRAINING_STEP;
  self->graph = dub_arch_cnn3d (dim, channels, n_blocks, 2, 0.0, self->options->seed, error);

  return self->graph != NULL &&
         dub_train_fit (self->graph, &input, self->options->n_train, self->labels, read_case, self, &options,
                        training_progress_cb, &progress, &self->result.loss, run, error);
}

/* --- what is stored --- */

/* Writes the held-out subjects and counts how many the network gets right. */
static gboolean
store_test_subjects (Demo    *self,
                     DubRun  *run,
                     GError **error)
{
  const int64_t *dim = dub_phantom_grid (self->phantom)->voxels->shape.dim;
  DubType input = { DUB_DTYPE_F32, DUB_SHAPE (1, 1, dim[0], dim[1], dim[2]) };
  g_autoptr (DubPlan) plan = dub_plan_new (self->graph, &input, NULL, run, error);
  guint n = self->options->n_test;

  if (plan == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    int label = label_of (i);
    double severity = severity_of (self, FIRST_TEST_INDEX + i, label);
    g_autofree char *stage = g_strdup_printf ("Making held-out subject %u of %u", i + 1, n);
    g_autofree char *id = g_strdup_printf ("sub-%03u", i + 1);
    g_autofree char *grey_name = g_strdup_printf ("%s_gm.nii.gz", id);
    g_autofree char *truth_name = g_strdup_printf ("%s_truth.nii.gz", id);
    g_autofree char *grey_path = g_build_filename (self->folder, "data", grey_name, NULL);
    g_autofree char *truth_path = g_build_filename (self->folder, "data", truth_name, NULL);
    g_autoptr (DubVolume) grey = NULL;
    g_autoptr (DubVolume) truth = NULL;

    report (self, stage, AFTER_TRAINING + (1.0 - AFTER_TRAINING) * i / n, run);
    if (!dub_phantom_subject (self->phantom, self->options->seed, FIRST_TEST_INDEX + i, severity, &grey, &truth, run,
                              error) ||
        !dub_nifti_save (grey, grey_path, DUB_DTYPE_F32, "Dubito demo: grey matter, semi-synthetic", error) ||
        !dub_nifti_save (truth, truth_path, DUB_DTYPE_U8, "Dubito demo: affected voxels", error))
      return FALSE;

    g_autoptr (DubTensor) tensor = dub_tensor_reshape (grey->voxels, input.shape, error);

    if (tensor == NULL || !dub_plan_forward (plan, &tensor, 0, run, error))
      return FALSE;

    const float *logits = dub_tensor_f32 (dub_plan_output (plan, 0));

    self->result.n_correct += (logits[1] > logits[0]) == (label == 1);
    dub_study_add_case (self->study, id, grey_path, label);

    DubStudyCase *item = g_ptr_array_index (self->study->cases, self->study->cases->len - 1);

    g_free (item->split);
    item->split = g_strdup ("test");
    item->truth_path = g_steal_pointer (&truth_path);
    item->severity = severity;
  }
  self->result.n_test = n;

  return TRUE;
}

static gboolean
store_atlas (Demo       *self,
             const char *templates,
             DubRun     *run,
             GError    **error)
{
  g_autofree char *from = g_build_filename (templates, "aal.nii.txt", NULL);
  g_autofree char *labels = g_build_filename (self->folder, "atlas", "aal.nii.gz", NULL);
  g_autofree char *table = g_build_filename (self->folder, "atlas", "aal.nii.txt", NULL);
  g_autoptr (GBytes) bytes = dub_file_read (from, LARGEST_TABLE, error);
  g_autoptr (DubAtlas) atlas =
    bytes != NULL ? dub_atlas_resample (self->atlas, dub_phantom_grid (self->phantom), run, error) : NULL;

  if (atlas == NULL ||
      !dub_nifti_save (atlas->labels, labels, DUB_DTYPE_I16, "AAL on the grid of the Dubito demo", error) ||
      !dub_file_write_atomic (table, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error))
    return FALSE;
  self->study->atlas_path = g_steal_pointer (&labels);
  self->study->atlas_table = g_steal_pointer (&table);

  return TRUE;
}

static gboolean
store_model (Demo    *self,
             GError **error)
{
  static const DubPreprocess preprocess = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autofree char *path = g_build_filename (self->folder, "models", "cnn3d", "model.onnx", NULL);

  dub_train_freeze (self->graph);
  if (!dub_onnx_save (self->graph, path, error))
    return FALSE;
  dub_study_add_model (self->study, "cnn3d", path, preprocess);
  self->study->modality = g_strdup ("grey-matter");

  return TRUE;
}

gboolean
_dub_demo_fill (const char            *folder,
                const char            *templates,
                const DubDemoOptions  *options,
                DubDemoFunc            progress,
                gpointer               user_data,
                DubDemoResult         *result,
                DubRun                *run,
                GError               **error)
{
  g_auto (Demo) self = {
    .options = options, .folder = folder, .progress = progress, .progress_data = user_data,
  };

  self.study = dub_study_new ("Atrophy demo");
  self.study->seed = options->seed;
  for (size_t i = 0; i < G_N_ELEMENTS (CLASSES); i++)
    g_ptr_array_add (self.study->classes, g_strdup (CLASSES[i]));

  report (&self, "Reading the template", 0.0, run);
  if (!load_template (&self, templates, run, error) || !make_training_subjects (&self, run, error) ||
      !train (&self, run, error) || !store_test_subjects (&self, run, error) ||
      !store_atlas (&self, templates, run, error) || !store_model (&self, error) ||
      !_dub_demo_provenance (folder, templates, options, &self.result, error) ||
      !dub_study_save (self.study, folder, error))
    return FALSE;
  report (&self, "Done", 1.0, run);
  if (result != NULL)
    *result = self.result;

  return TRUE;
}
