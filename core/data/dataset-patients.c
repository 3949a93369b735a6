/* Which patient a case belongs to, from a table of its own. */
#include "core/data/dataset-private.h"

#include "core/io/delimited.h"

gboolean
_dub_dataset_patients (DubDataset               *self,
                       const DubDatasetOptions  *options,
                       GError                  **error)
{
  static const char *const CASES[] = { "id", "file", "path", "image", NULL };
  static const char *const PATIENTS[] = { "patient", "patient_id", "participant_id", "subject", NULL };
  g_autoptr (DubDelimited) table = dub_delimited_load (options->patients, options->bad == DUB_BAD_SKIP, error);

  if (table == NULL)
    return FALSE;

  int id_column = dub_delimited_column (table, CASES), patient_column = dub_delimited_column (table, PATIENTS);

  if (id_column < 0 || patient_column < 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no column \"%s\"; expected id (or file) and patient.",
                 table->name, id_column < 0 ? "id" : "patient");
    return FALSE;
  }
  for (guint i = 0; i < table->left_out->len; i++)
    _dub_dataset_warn (self, 0, "%s", (char *) table->left_out->pdata[i]);

  size_t n_strangers = 0, n_without = 0, first_line = 0;

  for (size_t row = 0; row < table->n_rows; row++) {
    const char *name = dub_delimited_cell (table, row, (size_t) id_column);
    const char *patient = dub_delimited_cell (table, row, (size_t) patient_column);
    gssize index = dub_dataset_find (self, name);

    if (index < 0) {
      g_autofree char *stem = _dub_dataset_stem (name);

      index = dub_dataset_find (self, stem);
    }
    if (index < 0) {
      if (n_strangers++ == 0)
        first_line = dub_delimited_line (table, row);
    } else if (*patient != '\0') {
      self->cases[index].patient = _dub_dataset_keep (self, patient);
    }
  }
  self->has_patients = FALSE;
  for (size_t i = 0; i < self->n_cases; i++) {
    n_without += self->cases[i].patient == NULL;
    self->has_patients = self->has_patients || self->cases[i].patient != NULL;
  }
  if (!self->has_patients) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s names none of the cases of %s; expected ids such as \"%s\".",
                 table->name, self->name, self->cases[0].id);
    return FALSE;
  }
  if (n_strangers > 0)
    _dub_dataset_warn (self, 0, "%s names %" G_GSIZE_FORMAT " cases that are not in %s, the first on line %"
                       G_GSIZE_FORMAT ".", table->name, n_strangers, self->name, first_line);
  if (n_without > 0)
    _dub_dataset_warn (self, 0, "%s gives no patient for %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " cases; each of them "
                       "counts as a patient of its own.", table->name, n_without, self->n_cases);

  return TRUE;
}
