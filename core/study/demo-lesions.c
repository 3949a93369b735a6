#include "core/study/demo-lesions.h"

#include "core/base/parallel.h"
#include "core/data/dataset.h"
#include "core/data/lesion-phantom.h"
#include "core/io/file.h"
#include "core/io/json-member.h"
#include "core/io/npy.h"
#include "core/study/demo-private.h"

#include "dub-config.h"

#include <string.h>

enum { N_PARTS = 3, CASES_A_PIECE = 8, SMALLEST = 20, LARGEST = 100000 };

/* A line has at most some 250 characters. */
static const guint64 LARGEST_TRUTH = (guint64) 64 << 20;

static const char *const PARTS[N_PARTS] = { "train", "val", "test" };
/* Of the cases, rounded to whole ones; the last part takes the rest. */
static const double SHARES[N_PARTS - 1] = { 0.55, 0.15 };

typedef struct {
  const DubLesionsOptions *options;
  DubRun                  *run;
  DubLesion               *lesions;          /* [n] */
  guint                    first[N_PARTS + 1]; /* part p holds cases first[p] … first[p + 1] - 1 */
  DubTensor               *images[N_PARTS];
  DubTensor               *labels[N_PARTS];
  guint                    n_done;           /* pieces */
} Maker;

static void
clear (Maker *self)
{
  g_free (self->lesions);
  for (int p = 0; p < N_PARTS; p++) {
    g_clear_pointer (&self->images[p], dub_tensor_unref);
    g_clear_pointer (&self->labels[p], dub_tensor_unref);
  }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Maker, clear)

static int
part_of (const Maker *self,
         guint        i)
{
  return i >= self->first[2] ? 2 : i >= self->first[1] ? 1 : 0;
}

static int
label_of (const DubLesion *lesion)
{
  return lesion->malignant != lesion->flipped;
}

static void
make_piece (size_t   piece,
            guint    thread,
            gpointer data)
{
  Maker *self = data;
  const DubLesionsOptions *options = self->options;
  guint end = MIN ((guint) (piece + 1) * CASES_A_PIECE, options->n);
  size_t n_image = (size_t) options->size * (size_t) options->size;

  for (guint i = (guint) piece * CASES_A_PIECE; i < end; i++) {
    int part = part_of (self, i);
    size_t row = i - self->first[part];

    dub_lesion_draw (&self->lesions[i], options->seed, i, options->label_noise);
    dub_lesion_render (&self->lesions[i], options->seed, i, options->size,
                       (guint8 *) self->images[part]->data + row * n_image);
    ((guint8 *) self->labels[part]->data)[row] = (guint8) label_of (&self->lesions[i]);
  }
  dub_run_set_progress (self->run, (double) __atomic_add_fetch (&self->n_done, 1, __ATOMIC_RELAXED) * CASES_A_PIECE /
                                     (double) options->n);
}

static void
deal_parts (Maker *self)
{
  guint n = self->options->n;

  self->lesions = g_new0 (DubLesion, n);
  for (int p = 0; p < N_PARTS; p++)
    self->first[p + 1] = p == N_PARTS - 1 ? n : self->first[p] + (guint) (SHARES[p] * (double) n + 0.5);
}

static DubLesionsResult
count (const Maker *self)
{
  DubLesionsResult counts = { 0 };

  for (guint i = 0; i < self->options->n; i++) {
    counts.n_malignant += self->lesions[i].malignant != FALSE;
    counts.n_flipped += self->lesions[i].flipped != FALSE;
    counts.n_ambiguous += self->lesions[i].difficulty > 0.5;
  }

  return counts;
}

static gboolean
make_cases (Maker   *self,
            GError **error)
{
  const DubLesionsOptions *options = self->options;

  deal_parts (self);
  for (int p = 0; p < N_PARTS; p++) {
    int64_t n = (int64_t) self->first[p + 1] - (int64_t) self->first[p];

    self->images[p] = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (n, options->size, options->size), error);
    self->labels[p] = self->images[p] != NULL ? dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (n, 1), error) : NULL;
    if (self->labels[p] == NULL)
      return FALSE;
  }

  return dub_parallel_for (self->run, (options->n + CASES_A_PIECE - 1) / CASES_A_PIECE, make_piece, self, error);
}

static gboolean
write_images (const Maker  *self,
              const char   *folder,
              GError      **error)
{
  static const char *const names[2 * N_PARTS] = { "train_images", "train_labels", "val_images", "val_labels",
                                                  "test_images", "test_labels" };
  g_autofree char *path = g_build_filename (folder, "lesions.npz", NULL);
  DubTensor *tensors[2 * N_PARTS];

  for (int p = 0; p < N_PARTS; p++) {
    tensors[2 * p] = self->images[p];
    tensors[2 * p + 1] = self->labels[p];
  }

  return dub_npz_save (path, names, tensors, G_N_ELEMENTS (tensors), error);
}

/* A number in the same spelling in every country. */
static void
append_number (GString *text,
               double   value)
{
  char spelling[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ',');
  g_string_append (text, g_ascii_formatd (spelling, sizeof spelling, "%.9g", value));
}

/* truth.csv */
static char *
truth_text (const Maker *self)
{
  static const char *const classes[] = { "benign", "malignant" };
  GString *text = g_string_new ("id,label,truth,flipped,difficulty,posterior,margin,echo,radius,aspect,angle,x,"
                                           "y,level,gain,attenuation\n");

  for (guint i = 0; i < self->options->n; i++) {
    const DubLesion *lesion = &self->lesions[i];
    int part = part_of (self, i);
    const double numbers[] = { lesion->difficulty, lesion->posterior, lesion->margin, lesion->echo, lesion->radius,
                               lesion->aspect, lesion->angle, lesion->x, lesion->y, lesion->level, lesion->gain,
                               lesion->attenuation };

    g_string_append_printf (text, "%s-%u,%s,%s,%d", PARTS[part], i - self->first[part], classes[label_of (lesion)],
                            classes[lesion->malignant != FALSE], lesion->flipped != FALSE);
    for (size_t n = 0; n < G_N_ELEMENTS (numbers); n++)
      append_number (text, numbers[n]);
    g_string_append_c (text, '\n');
  }

  return g_string_free (text, FALSE);
}

static gboolean
write_truth (const Maker  *self,
             const char   *folder,
             GError      **error)
{
  g_autofree char *path = g_build_filename (folder, "truth.csv", NULL);
  g_autofree char *text = truth_text (self);

  return dub_file_write_atomic (path, text, strlen (text), error);
}

static gboolean
write_provenance (const Maker             *self,
                  const DubLesionsResult  *result,
                  const char              *folder,
                  GError                 **error)
{
  g_autofree char *path = g_build_filename (folder, "provenance.json", NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  dub_json_add_string (builder, "software", "Dubito " DUB_VERSION);
  dub_json_add_string (builder, "what",
                       "Procedural pictures in the manner of breast ultrasound; no person was imaged. Malignant lesions "
                       "tend to have a more irregular margin and a more uneven echo; the two overlap, so that some cases"
                       " are ambiguous, and some labels are wrong. truth.csv says for each case what was drawn: "
                       "difficulty is 1 - |2 posterior - 1|, posterior the probability of malignancy given margin and "
                       "echo.");
  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  dub_json_add_seed (builder, "seed", self->options->seed);
  dub_json_add_int (builder, "size", self->options->size);
  dub_json_add_int (builder, "cases", self->options->n);
  dub_json_add_number (builder, "label_noise", self->options->label_noise);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "result");
  json_builder_begin_object (builder);
  dub_json_add_int (builder, "malignant", result->n_malignant);
  dub_json_add_int (builder, "flipped", result->n_flipped);
  dub_json_add_int (builder, "ambiguous", result->n_ambiguous);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  return dub_json_save (builder, path, error);
}

static gboolean
check_options (const DubLesionsOptions  *options,
               GError                  **error)
{
  if ((options->size == 28 || options->size == 64) && options->n >= SMALLEST && options->n <= LARGEST &&
      options->label_noise >= 0.0 && options->label_noise < 0.5)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "The lesions were asked for as %u cases of %d pixels with a share of %g wrong labels; expected %d to %d "
               "cases of 28 or 64 pixels, and 0 to less than 0.5.", options->n, options->size, options->label_noise,
               SMALLEST, LARGEST);

  return FALSE;
}

gboolean
dub_demo_lesions_write (const char               *folder,
                        const DubLesionsOptions  *options,
                        DubLesionsResult         *result,
                        DubRun                   *run,
                        GError                  **error)
{
  const DubLesionsOptions defaults = DUB_LESIONS_DEFAULT;
  g_auto (Maker) self = { .options = options != NULL ? options : &defaults, .run = run };

  if (!check_options (self.options, error) || !make_cases (&self, error))
    return FALSE;

  DubLesionsResult counts = count (&self);

  if (result != NULL)
    *result = counts;

  return write_images (&self, folder, error) && write_truth (&self, folder, error) &&
         write_provenance (&self, &counts, folder, error);
}

gboolean
dub_demo_lesions (const char               *folder,
                  const DubLesionsOptions  *options,
                  DubLesionsResult         *result,
                  DubRun                   *run,
                  GError                  **error)
{
  DubDemoFolder place = { 0 };

  if (!_dub_demo_folder_begin (&place, folder, "the lesions", error))
    return FALSE;

  return _dub_demo_folder_end (&place, dub_demo_lesions_write (place.built, options, result, run, error), error);
}

gboolean
dub_demo_lesions_check (const char               *folder,
                        const DubLesionsOptions  *options,
                        DubLesionsResult         *result,
                        DubRun                   *run,
                        GError                  **error)
{
  const DubLesionsOptions defaults = DUB_LESIONS_DEFAULT;
  g_auto (Maker) self = { .options = options != NULL ? options : &defaults, .run = run };
  g_autofree char *images = g_build_filename (folder, "lesions.npz", NULL);
  g_autofree char *truth = g_build_filename (folder, "truth.csv", NULL);
  g_autofree char *shown = g_filename_display_name (folder);

  if (!check_options (self.options, error))
    return FALSE;
  deal_parts (&self);
  for (guint i = 0; i < self.options->n; i++)
    dub_lesion_draw (&self.lesions[i], self.options->seed, i, self.options->label_noise);

  g_autofree char *expected = truth_text (&self);
  g_autoptr (DubDataset) dataset = dub_dataset_open (images, NULL, run, error);
  g_autoptr (GBytes) found = dataset != NULL ? dub_file_read (truth, LARGEST_TRUTH, error) : NULL;

  if (found == NULL)
    return FALSE;
  if (dataset->shape[0] != self.options->size || g_bytes_get_size (found) != strlen (expected) ||
      memcmp (g_bytes_get_data (found, NULL), expected, strlen (expected)) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The folder %s holds other lesions than %u of %d pixels with seed %" G_GUINT64_FORMAT " and a share of %g wrong "
                 "labels; choose another folder, or the settings of its provenance.json.", shown, self.options->n,
                 self.options->size, (guint64) self.options->seed, self.options->label_noise);
    return FALSE;
  }
  if (result != NULL)
    *result = count (&self);

  return TRUE;
}
