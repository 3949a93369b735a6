#include "ui/model/new-study-private.h"

#include <string.h>

#include "core/base/error.h"
#include "core/study/study-train.h"

G_DEFINE_FINAL_TYPE (DubNewStudy, dub_new_study, G_TYPE_OBJECT)

enum { CHANGED, PICTURES, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Two cases are twins below this share of the range of values. */
static const double TWIN_RMS = 0.01;

void
_dub_new_study_changed (DubNewStudy *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- the split --- */

static void
renew_split (DubNewStudy *self)
{
  DubSplitOptions options = self->choices.split;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->split, dub_split_free);
  g_clear_pointer (&self->split_error, g_free);
  if (self->dataset == NULL)
    return;
  /* As long as nobody knows what stands twice, everything counts as different. */
  if (self->duplicates == NULL) {
    options.twins = DUB_TWINS_KEEP;
    options.contradictions = DUB_CONTRADICTION_KEEP;
  }
  self->split = dub_split_new (self->dataset, self->duplicates, &options, &error);
  if (self->split == NULL)
    self->split_error = g_strdup (error->message);
}

/* --- what stands twice --- */

static gpointer
search (DubRun   *run,
        gpointer  data,
        GError  **error)
{
  return dub_duplicates_find (data, TWIN_RMS, run, error);
}

static void
searched_cb (gpointer     *result,
             const GError *error,
             gpointer      user_data)
{
  DubNewStudy *self = user_data;

  self->searching = FALSE;
  if (error != NULL && !g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    self->search_error = g_strdup (error->message);
    /* The study is made by the same search, which would fail again. */
    self->choices.split.twins = DUB_TWINS_KEEP;
    self->choices.split.contradictions = DUB_CONTRADICTION_KEEP;
  }
  self->duplicates = g_steal_pointer (result);
  renew_split (self);
  _dub_new_study_try (self);
  _dub_new_study_changed (self);
}

/* --- opening --- */

typedef struct {
  char    *path;
  char    *patients;
  gboolean skip_bad;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->path);
  g_free (opening->patients);
  g_free (opening);
}

/* What was opened: one of the two. */
typedef struct {
  DubDataset     *dataset;
  DubOutputsFile *outputs;
} Opened;

static void
opened_free (gpointer data)
{
  Opened *opened = data;

  g_clear_pointer (&opened->dataset, dub_dataset_unref);
  g_clear_pointer (&opened->outputs, dub_outputs_file_free);
  g_free (opened);
}

static gpointer
open_data (DubRun   *run,
           gpointer  data,
           GError  **error)
{
  Opening *opening = data;
  DubDatasetOptions options = {
    .bad = opening->skip_bad ? DUB_BAD_SKIP : DUB_BAD_STOP, .patients = opening->patients, .check_files = TRUE,
  };

  DubDataset *dataset = dub_dataset_open (opening->path, &options, run, error);
  DubOutputsFile *outputs = NULL;

  /* A file without images may hold what networks said of them. What is said of the data is the better answer where it does not. */
  if (dataset == NULL && g_file_test (opening->path, G_FILE_TEST_IS_REGULAR) && !dub_run_is_cancelled (run))
    outputs = dub_outputs_file_load (opening->path, NULL);
  if (dataset == NULL && outputs == NULL)
    return NULL;
  g_clear_error (error);

  Opened *opened = g_new0 (Opened, 1);

  opened->dataset = dataset;
  opened->outputs = outputs;

  return opened;
}

static DubArch
suggest (const DubDataset *dataset)
{
  if (dataset->n_axes == 3)
    return DUB_ARCH_CNN3D;

  return DUB_ARCH_RESNET18;
}

/* What a person who chooses nothing gets. */
static void
choose_defaults (DubNewStudy *self)
{
  DubNewStudyChoices *choices = &self->choices;
  g_autoptr (DubRecipe) recipe = NULL;

  dub_prepare_init (&self->suggested, self->dataset);
  *choices = (DubNewStudyChoices) {
    .split = DUB_SPLIT_DEFAULT,
    .positive = dub_study_likely_positive (self->dataset->classes),
    .scaling = self->suggested.scaling,
    .arch = suggest (self->dataset),
    .term = DUB_TERM_DCA,
    .plain_beside = TRUE,
  };
  dub_term_range (choices->term, NULL, NULL, &choices->weight);
  recipe = dub_recipe_for (dub_arch_name (choices->arch), self->dataset);
  choices->augment = recipe->augment;
  choices->n_epochs = recipe->n_epochs;
  choices->split.by_patient = self->dataset->has_patients;

  g_ptr_array_set_size (self->names, 0);
  for (guint i = 0; i < self->dataset->classes->len; i++)
    g_ptr_array_add (self->names, g_strdup (g_ptr_array_index (self->dataset->classes, i)));
}

/* As the file has it; and a split worth offering where it has none. */
static void
choose_for_outputs (DubNewStudy *self)
{
  const DubOutputsFile *outputs = self->outputs;

  g_ptr_array_set_size (self->names, 0);
  for (size_t c = 0; c < outputs->n_classes; c++)
    g_ptr_array_add (self->names, outputs->classes != NULL ? g_strdup (outputs->classes[c]) : g_strdup_printf ("%zu", c));
  self->choices = (DubNewStudyChoices) {
    .split = DUB_SPLIT_DEFAULT,
    .positive = outputs->positive >= 0 ? outputs->positive : dub_study_likely_positive (self->names),
  };
  self->choices.split.given = TRUE;
  self->choices.split.by_patient = outputs->patient != NULL;
}

static void
opened_cb (gpointer     *result,
           const GError *error,
           gpointer      user_data)
{
  DubNewStudy *self = user_data;

  self->opening = FALSE;
  if (error != NULL) {
    self->error = g_strdup (error->message);
    /* A case that is bad can be left out; a file that is none of the kinds cannot. */
    self->can_skip = !self->skip_bad && !g_error_matches (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED);
    _dub_new_study_changed (self);
    return;
  }

  Opened *opened = *result;

  self->dataset = g_steal_pointer (&opened->dataset);
  self->outputs = g_steal_pointer (&opened->outputs);
  if (self->outputs != NULL) {
    choose_for_outputs (self);
    _dub_new_study_changed (self);
    return;
  }
  choose_defaults (self);
  renew_split (self);
  self->searching = TRUE;
  dub_compute_slot_submit (self->reader, search, dub_dataset_ref (self->dataset), (GDestroyNotify) dub_dataset_unref,
                           (GDestroyNotify) dub_duplicates_free, searched_cb, self);
  _dub_new_study_try (self);
  _dub_new_study_changed (self);
}

/* What hangs on the data set that is open. */
static void
forget (DubNewStudy *self)
{
  DubComputeSlot *slots[] = { self->reader, self->tester, self->painter };

  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++)
    if (slots[i] != NULL)
      dub_compute_slot_cancel (slots[i]);
  _dub_new_study_stop_making (self);
  _dub_new_study_forget_pictures (self);
  self->opening = self->searching = self->can_skip = FALSE;
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->search_error, g_free);
  g_clear_pointer (&self->split, dub_split_free);
  g_clear_pointer (&self->split_error, g_free);
  g_clear_pointer (&self->duplicates, dub_duplicates_free);
  g_clear_pointer (&self->dataset, dub_dataset_unref);
  g_clear_pointer (&self->outputs, dub_outputs_file_free);
  self->prepare_edited = FALSE;
  g_clear_pointer (&self->trial, _dub_new_study_trial_free);
  g_ptr_array_set_size (self->names, 0);
}

static void
begin (DubNewStudy *self)
{
  Opening *opening = g_new0 (Opening, 1);

  forget (self);
  opening->path = g_strdup (self->path);
  opening->patients = g_strdup (self->patients);
  opening->skip_bad = self->skip_bad;
  self->opening = TRUE;
  if (self->reader == NULL)
    self->reader = dub_compute_slot_new (0);
  dub_compute_slot_submit (self->reader, open_data, opening, opening_free, opened_free, opened_cb, self);
  _dub_new_study_changed (self);
}

void
dub_new_study_open (DubNewStudy *self,
                    const char  *path,
                    gboolean     skip_bad)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));

  g_autofree char *copy = g_strdup (path);

  /* Another table of patients belongs to other data. */
  if (g_strcmp0 (self->path, path) != 0)
    g_clear_pointer (&self->patients, g_free);
  g_free (self->path);
  self->path = g_steal_pointer (&copy);
  self->skip_bad = skip_bad;
  begin (self);
}

void
dub_new_study_set_patients (DubNewStudy *self,
                            const char  *table)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));
  g_return_if_fail (self->path != NULL);

  g_free (self->patients);
  self->patients = g_strdup (table);
  begin (self);
}

void
dub_new_study_clear (DubNewStudy *self)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));

  forget (self);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->patients, g_free);
  _dub_new_study_forget_networks (self);
  self->skip_bad = FALSE;
  _dub_new_study_changed (self);
}

/* --- choices --- */

void
dub_new_study_set_choices (DubNewStudy              *self,
                           const DubNewStudyChoices *choices)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));

  DubNewStudyChoices old = self->choices;

  if ((self->dataset == NULL && self->outputs == NULL) || self->making || memcmp (&old, choices, sizeof old) == 0)
    return;
  self->choices = *choices;
  if (self->outputs != NULL) {
    _dub_new_study_changed (self);
    return;
  }
  self->prepare_edited |= old.scaling != choices->scaling || old.side != choices->side;
  if (old.arch != choices->arch) {
    g_autoptr (DubRecipe) recipe = dub_recipe_for (dub_arch_name (choices->arch), self->dataset);

    self->choices.n_epochs = recipe->n_epochs;
  }
  if (old.term != choices->term)
    dub_term_range (choices->term, NULL, NULL, &self->choices.weight);
  if (memcmp (&old.split, &choices->split, sizeof old.split) != 0)
    renew_split (self);
  _dub_new_study_try (self);
  _dub_new_study_changed (self);
}

void
dub_new_study_set_class_name (DubNewStudy *self,
                              guint        index,
                              const char  *name)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));
  g_return_if_fail ((self->dataset != NULL || self->outputs != NULL) && index < self->names->len);

  g_autofree char *stripped = g_strstrip (g_strdup (name));
  const char *own = self->dataset != NULL            ? g_ptr_array_index (self->dataset->classes, index)
                    : self->outputs->classes != NULL ? self->outputs->classes[index]
                                                     : g_ptr_array_index (self->names, index);
  const char *wanted = stripped[0] != '\0' ? stripped : own;

  if (strcmp (wanted, g_ptr_array_index (self->names, index)) == 0)
    return;

  char *copy = g_strdup (wanted);

  g_free (g_ptr_array_index (self->names, index));
  g_ptr_array_index (self->names, index) = copy;
  _dub_new_study_changed (self);
}

size_t
dub_new_study_count (DubNewStudy *self,
                     DubPart      part,
                     int          label)
{
  size_t n = 0;

  for (size_t i = 0; self->split != NULL && i < self->split->n_cases; i++)
    n += self->split->part[i] == part && self->dataset->cases[i].label == label;

  return n;
}

const DubOutputsFile *
dub_new_study_get_outputs (DubNewStudy *self)
{
  return self->outputs;
}

/* --- reading --- */

const DubNewStudyChoices *
dub_new_study_get_choices (DubNewStudy *self)
{
  return &self->choices;
}

const char *
dub_new_study_get_class_name (DubNewStudy *self,
                              guint        index)
{
  return index < self->names->len ? g_ptr_array_index (self->names, index) : "";
}

gboolean
dub_new_study_is_opening (DubNewStudy *self)
{
  return self->opening;
}

gboolean
dub_new_study_is_searching (DubNewStudy *self)
{
  return self->searching;
}

gboolean
dub_new_study_is_making (DubNewStudy *self)
{
  return self->making;
}

double
dub_new_study_get_progress (DubNewStudy *self)
{
  DubComputeSlot *slot = self->making ? self->maker : self->reader;

  return slot != NULL ? dub_compute_slot_get_progress (slot) : 0.0;
}

const char *
dub_new_study_get_error (DubNewStudy *self)
{
  return self->error;
}

const char *
dub_new_study_get_search_error (DubNewStudy *self)
{
  return self->search_error;
}

gboolean
dub_new_study_can_skip (DubNewStudy *self)
{
  return self->can_skip;
}

const char *
dub_new_study_get_path (DubNewStudy *self)
{
  return self->path;
}

const char *
dub_new_study_get_patients (DubNewStudy *self)
{
  return self->patients;
}

gboolean
dub_new_study_get_skip_bad (DubNewStudy *self)
{
  return self->skip_bad;
}

DubDataset *
dub_new_study_get_dataset (DubNewStudy *self)
{
  return self->dataset;
}

DubDuplicates *
dub_new_study_get_duplicates (DubNewStudy *self)
{
  return self->duplicates;
}

const DubSplit *
dub_new_study_get_split (DubNewStudy *self)
{
  return self->split;
}

const char *
dub_new_study_get_split_error (DubNewStudy *self)
{
  return self->split_error;
}

/* --- the object --- */

static void
dub_new_study_dispose (GObject *object)
{
  DubNewStudy *self = DUB_NEW_STUDY (object);

  forget (self);
  g_clear_object (&self->reader);
  g_clear_object (&self->tester);
  g_clear_object (&self->painter);
  g_clear_object (&self->maker);

  G_OBJECT_CLASS (dub_new_study_parent_class)->dispose (object);
}

static void
dub_new_study_finalize (GObject *object)
{
  DubNewStudy *self = DUB_NEW_STUDY (object);

  g_free (self->path);
  g_free (self->patients);
  _dub_new_study_forget_networks (self);
  g_array_unref (self->facts);
  g_ptr_array_unref (self->names);
  g_hash_table_unref (self->pictures);
  g_array_unref (self->wanted);

  G_OBJECT_CLASS (dub_new_study_parent_class)->finalize (object);
}

static void
dub_new_study_class_init (DubNewStudyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dub_new_study_dispose;
  G_OBJECT_CLASS (klass)->finalize = dub_new_study_finalize;

  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_NEW_STUDY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PICTURES] = g_signal_new ("pictures", DUB_TYPE_NEW_STUDY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                    0);
}

static void
dub_new_study_init (DubNewStudy *self)
{
  self->facts = g_array_new (FALSE, TRUE, sizeof (DubNetworkFacts));
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->pictures = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  self->wanted = g_array_new (FALSE, FALSE, sizeof (size_t));
}

DubNewStudy *
dub_new_study_new (void)
{
  return g_object_new (DUB_TYPE_NEW_STUDY, NULL);
}
