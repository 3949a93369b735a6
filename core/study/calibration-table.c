#include "core/study/calibration-table-private.h"

#include "core/study/evaluate.h"
#include "core/train/run-record.h"

#include <math.h>
#include <string.h>

/* What decides which families are repeats of each other. */
typedef struct {
  char      *key;
  DubRecipe *recipe;  /* (nullable): without loss and seed */
  GPtrArray *repeats; /* of char *: study and seed of each */
} RowKey;

const char *
dub_table_measure_id (DubTableMeasure measure)
{
  static const char *const ids[] = { "ece", "mce", "accuracy" };

  return ids[measure];
}

static void
entry_clear (gpointer data)
{
  g_free (((DubTableEntry *) data)->family);
}

static void
row_key_free (gpointer data)
{
  RowKey *self = data;

  g_free (self->key);
  g_clear_pointer (&self->recipe, dub_recipe_free);
  g_ptr_array_unref (self->repeats);
  g_free (self);
}

static void
method_free (gpointer data)
{
  DubTableMethod *self = data;

  g_free (self->id);
  g_free (self->title);
  g_free (self);
}

/* The cells of a row are freed by the table, which knows how many there are. */
static void
row_free (DubTableRow *self,
          size_t       n_methods)
{
  for (size_t m = 0; self->cells != NULL && m < n_methods; m++)
    for (int k = 0; k < DUB_N_TABLE_MEASURES; k++)
      g_free (self->cells[m].values[k]);
  g_free (self->cells);
  g_free (self->temperatures);
  g_free (self->data);
  g_free (self->network);
  g_free (self);
}

void
dub_calibration_table_free (DubCalibrationTable *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->rows->len; i++)
    row_free (g_ptr_array_index (self->rows, i), self->methods->len);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->methods);
  g_free (self);
}

/* --- columns --- */

/* The index of a method, which is added where it is new. */
static guint
find_method (DubCalibrationTable *self,
             const char          *id,
             const char          *title,
             double               dca)
{
  for (guint i = 0; i < self->methods->len; i++)
    if (strcmp (((const DubTableMethod *) g_ptr_array_index (self->methods, i))->id, id) == 0)
      return i;

  DubTableMethod *method = g_new0 (DubTableMethod, 1);

  method->id = g_strdup (id);
  method->title = g_strdup (title);
  method->dca = dca;
  g_ptr_array_add (self->methods, method);

  return self->methods->len - 1;
}

/* Weights of classes belong to the row: what is compared is what was added to the same cross-entropy. */
static guint
method_of (DubCalibrationTable *self,
           const DubRecipe     *recipe) /* (nullable) */
{
  if (recipe == NULL)
    return DUB_TABLE_UNCALIBRATED;

  g_autoptr (DubRecipe) unweighted = dub_recipe_copy (recipe);

  unweighted->class_weights = FALSE;

  g_autofree char *family = dub_recipe_family (unweighted), *loss = dub_recipe_loss_name (unweighted);
  const char *title = strchr (loss, ' ');
  gboolean only_dca = recipe->label_smoothing == 0.0 && recipe->entropy == 0.0 && recipe->mmce == 0.0 && recipe->mixup == 0.0;

  if (strcmp (family, "ce") == 0)
    return DUB_TABLE_UNCALIBRATED;

  return find_method (self, family + strlen ("ce-"), title != NULL ? title + 1 : loss, only_dca ? recipe->dca : (double) NAN);
}

/* --- rows --- */

/* The record of the family's first network, or NULL for networks that were trained elsewhere. */
static DubRunRecord *
record_of (const DubStudy *study,
           const char     *family)
{
  g_auto (GStrv) ids = dub_study_family_models (study, family);

  if (study->folder == NULL || ids[0] == NULL)
    return NULL;

  g_autofree char *folder = g_build_filename (study->folder, "models", ids[0], NULL);

  return dub_run_record_load (folder, NULL);
}

static DubRecipe *
without_loss (const DubRecipe *recipe)
{
  DubRecipe *bare = dub_recipe_copy (recipe);

  bare->label_smoothing = bare->dca = bare->entropy = bare->mmce = bare->mixup = 0.0;
  bare->seed = 0;

  return bare;
}

static char *
key_of (const DubStudy  *study,
        const char      *family,
        const DubRecipe *bare, /* (nullable) */
        size_t           n_networks)
{
  const DubSplitOptions *split = &study->data->split->options;
  g_autofree char *recipe = NULL;

  if (bare != NULL) {
    g_autoptr (JsonNode) node = dub_recipe_to_json (bare);

    recipe = json_to_string (node, FALSE);
  }

  return g_strdup_printf ("%s|%s|%s|%" G_GSIZE_FORMAT "|%g %g %g %d %u %d %d %d", study->data->hash != NULL ? study->data->hash : "",
                          bare != NULL ? "" : family, recipe != NULL ? recipe : "", n_networks, split->fractions[0],
                          split->fractions[1], split->fractions[2], split->given, split->n_folds, split->by_patient, split->twins,
                          split->contradictions);
}

/* Rows that would read alike say what they differ in. */
static void
tell_apart (DubCalibrationTable *self,
            GPtrArray           *keys,
            DubTableRow         *row,
            const DubRecipe     *bare)
{
  for (guint i = 0; i < self->rows->len; i++) {
    const DubTableRow *other = g_ptr_array_index (self->rows, i);
    const RowKey *key = g_ptr_array_index (keys, i);

    if (strcmp (other->data, row->data) != 0 || strcmp (other->network, row->network) != 0 || other->n_networks != row->n_networks)
      continue;

    g_autofree char *difference = bare != NULL && key->recipe != NULL ? dub_recipe_difference (bare, key->recipe) : NULL;
    g_autofree char *old = g_steal_pointer (&row->network);

    row->network = difference != NULL ? g_strdup_printf ("%s (%s)", old, difference)
                                      : g_strdup_printf ("%s (%u, of other data or another split)", old, self->rows->len + 1);
    return;
  }
}

static guint
find_row (DubCalibrationTable *self,
          GPtrArray           *keys,
          const DubStudy      *study,
          const char          *family,
          const DubRunRecord  *record) /* (nullable) */
{
  g_auto (GStrv) ids = dub_study_family_models (study, family);
  size_t n_networks = g_strv_length (ids);
  g_autoptr (DubRecipe) bare = record != NULL ? without_loss (record->recipe) : NULL;
  g_autofree char *key = key_of (study, family, bare, n_networks);

  for (guint i = 0; i < keys->len; i++)
    if (strcmp (((const RowKey *) g_ptr_array_index (keys, i))->key, key) == 0)
      return i;

  DubTableRow *row = g_new0 (DubTableRow, 1);
  RowKey *row_key = g_new0 (RowKey, 1);

  row->data = g_strdup (record != NULL && record->data_name != NULL ? record->data_name
                        : study->title != NULL                      ? study->title
                                                                    : study->folder);
  row->network = g_strconcat (record != NULL && record->architecture != NULL ? record->architecture : family,
                              bare != NULL && bare->class_weights ? ", weighted classes" : NULL, NULL);
  row->n_networks = n_networks;
  row->n_classes = study->classes->len;
  tell_apart (self, keys, row, bare);
  row_key->key = g_steal_pointer (&key);
  row_key->recipe = g_steal_pointer (&bare);
  row_key->repeats = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (keys, row_key);
  g_ptr_array_add (self->rows, row);

  return self->rows->len - 1;
}

/* The repeat of a row: the networks of one study and one seed are compared with each other. */
static guint
find_repeat (RowKey             *key,
             size_t              study,
             const DubRunRecord *record) /* (nullable) */
{
  g_autofree char *name = g_strdup_printf ("%" G_GSIZE_FORMAT " %" G_GUINT64_FORMAT, study, record != NULL ? record->recipe->seed : 0);
  guint at;

  if (!g_ptr_array_find_with_equal_func (key->repeats, name, g_str_equal, &at)) {
    at = key->repeats->len;
    g_ptr_array_add (key->repeats, g_steal_pointer (&name));
  }

  return at;
}

/* --- where every family belongs --- */

static gboolean
wanted (const char *const *families,
        const char        *family)
{
  return families == NULL || g_strv_contains (families, family);
}

static gboolean
can_be_measured (const DubStudy  *study,
                 GError         **error)
{
  const char *name = study->folder != NULL ? study->folder : study->title;

  if (study->data == NULL || study->models->len == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no %s, of which calibration could be measured.", name,
                 study->data == NULL ? "data set" : "networks");
    return FALSE;
  }
  if (study->data->task == DUB_TASK_SEGMENTATION || study->data->task == DUB_TASK_REGRESSION) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "The study %s has a task without classes of whole cases, of which "
                 "calibration could be compared.", name);
    return FALSE;
  }

  return TRUE;
}

/* (element-type DubTableEntry), or NULL with @error set. */
static GArray *
place_families (DubCalibrationTable              *self,
                GPtrArray                        *keys,
                DubStudy *const                  *studies,
                size_t                            n_studies,
                const DubCalibrationTableOptions *options,
                GError                          **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (DubTableEntry));

  g_array_set_clear_func (entries, entry_clear);
  for (size_t s = 0; s < n_studies; s++) {
    const DubStudy *study = studies[s];

    if (!can_be_measured (study, error))
      return NULL;

    g_autoptr (GPtrArray) families = dub_study_families (study);

    for (guint f = 0; f < families->len; f++) {
      const char *family = g_ptr_array_index (families, f);

      if (!wanted (options->families, family))
        continue;

      g_autoptr (DubRunRecord) record = record_of (study, family);
      DubTableEntry entry = { .study = s, .family = g_strdup (family) };

      entry.row = find_row (self, keys, study, family, record);
      entry.method = method_of (self, record != NULL ? record->recipe : NULL);
      entry.repeat = find_repeat (g_ptr_array_index (keys, entry.row), s, record);
      g_array_append_val (entries, entry);
    }
  }
  if (entries->len == 0) {
    g_autofree char *names = options->families != NULL ? g_strjoinv (", ", (char **) options->families) : g_strdup ("");

    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "No study has networks of the name %s.", names);
    return NULL;
  }

  return g_steal_pointer (&entries);
}

/* --- columns in order: the two, DCA by its weight, then what came first --- */

static int
compare_methods (const DubTableMethod *a,
                 const DubTableMethod *b)
{
  gboolean has_a = isfinite (a->dca), has_b = isfinite (b->dca);

  if (has_a != has_b)
    return has_a ? -1 : 1;

  return has_a && a->dca != b->dca ? (a->dca < b->dca ? -1 : 1) : 0;
}

static void
sort_methods (DubCalibrationTable *self,
              GArray              *entries)
{
  g_autofree gpointer *before = g_memdup2 (self->methods->pdata, self->methods->len * sizeof (gpointer));

  /* By insertion, which keeps the order of equals; there are few. */
  for (guint i = DUB_TABLE_TEMPERATURE + 2; i < self->methods->len; i++)
    for (guint k = i; k > DUB_TABLE_TEMPERATURE + 1
                      && compare_methods (self->methods->pdata[k - 1], self->methods->pdata[k]) > 0; k--) {
      gpointer swapped = self->methods->pdata[k];

      self->methods->pdata[k] = self->methods->pdata[k - 1];
      self->methods->pdata[k - 1] = swapped;
    }
  for (guint i = 0; i < entries->len; i++) {
    DubTableEntry *entry = &g_array_index (entries, DubTableEntry, i);

    g_ptr_array_find (self->methods, before[entry->method], &entry->method);
  }
}

/* --- cells, empty --- */

static void
make_cells (DubCalibrationTable *self,
            GPtrArray           *keys)
{
  for (guint r = 0; r < self->rows->len; r++) {
    DubTableRow *row = g_ptr_array_index (self->rows, r);

    row->n_repeats = ((const RowKey *) g_ptr_array_index (keys, r))->repeats->len;
    row->cells = g_new0 (DubTableCell, self->methods->len);
    row->temperatures = g_new (double, row->n_repeats);
    row->n_cases[0] = G_MAXSIZE;
    for (size_t i = 0; i < row->n_repeats; i++)
      row->temperatures[i] = NAN;
    for (guint m = 0; m < self->methods->len; m++)
      for (int k = 0; k < DUB_N_TABLE_MEASURES; k++) {
        row->cells[m].values[k] = g_new (double, row->n_repeats);
        for (size_t i = 0; i < row->n_repeats; i++)
          row->cells[m].values[k][i] = NAN;
        row->cells[m].estimate[k] = row->cells[m].change[k] = dub_estimate_undefined ("not trained");
      }
  }
}

DubCalibrationTable *
dub_calibration_table_new (DubStudy *const                  *studies,
                           size_t                            n_studies,
                           const DubCalibrationTableOptions *options,
                           DubRun                           *run,
                           GError                          **error)
{
  g_return_val_if_fail (n_studies > 0, NULL);

  g_autoptr (DubCalibrationTable) self = g_new0 (DubCalibrationTable, 1);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (row_key_free);

  self->methods = g_ptr_array_new_with_free_func (method_free);
  self->rows = g_ptr_array_new ();
  self->n_resamples = options->n_resamples;
  find_method (self, "uncalibrated", "uncalibrated", 0.0);
  find_method (self, "temperature", "temperature", 0.0);

  g_autoptr (GArray) entries = place_families (self, keys, studies, n_studies, options, error);

  if (entries == NULL)
    return NULL;
  sort_methods (self, entries);
  make_cells (self, keys);
  for (guint first = 0, next; first < entries->len; first = next) {
    const DubTableEntry *entry = &g_array_index (entries, DubTableEntry, first);

    for (next = first + 1; next < entries->len && g_array_index (entries, DubTableEntry, next).study == entry->study;)
      next++;
    if (!_dub_calibration_table_measure (self, entry, next - first, studies[entry->study], options, run, error))
      return NULL;
  }
  for (guint r = 0; r < self->rows->len; r++)
    _dub_table_row_summarise (g_ptr_array_index (self->rows, r), self->methods->len);

  return g_steal_pointer (&self);
}
