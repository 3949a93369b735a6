/* Cases whose numbers are no numbers: found while the set is opened, so that the split knows of them. */
#include "core/data/dataset-private.h"

#include "core/base/parallel.h"

#include <math.h>

typedef struct {
  DubDataset *dataset;
  GError    **errors; /* [n_cases] */
} Check;

/* PNG holds whole numbers and was decoded before; so do arrays of other types than float. */
static gboolean
needs_look (const DubDataset     *dataset,
            const DubDatasetCase *item)
{
  return item->path != NULL ? !_dub_dataset_is_png (item->path) : dataset->dtype == DUB_DTYPE_F32;
}

static void
check_piece (size_t   piece,
             guint    thread,
             gpointer data)
{
  Check *check = data;
  const DubDatasetCase *item = &check->dataset->cases[piece];
  g_autoptr (DubTensor) values = NULL;

  if (!needs_look (check->dataset, item))
    return;
  values = dub_dataset_read (check->dataset, piece, NULL, &check->errors[piece]);
  if (values == NULL || values->dtype != DUB_DTYPE_F32)
    return;

  const float *numbers = dub_tensor_f32 (values);
  const int64_t *dim = values->shape.dim;
  int rank = values->shape.rank;
  int64_t n = (int64_t) dub_tensor_n_elements (values);

  for (int64_t i = 0; i < n; i++) {
    if (isfinite (numbers[i]))
      continue;

    GString *place = g_string_new (NULL);
    int64_t rest = i;

    for (int a = rank - 1; a > 0; rest /= dim[a--]) {
      g_autofree char *index = g_strdup_printf (a > 1 ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, rest % dim[a]);

      g_string_prepend (place, index);
    }
    check->errors[piece] = g_error_new (DUB_ERROR, DUB_ERROR_NUMERIC,
                                        "%s: the value at (%s) of the case %s is %s; expected finite numbers.",
                                        check->dataset->name, place->str, item->id,
                                        isnan (numbers[i]) ? "not a number" : "infinite");
    g_string_free (place, TRUE);
    return;
  }
}

gboolean
_dub_dataset_check_numbers (DubDataset               *self,
                            const DubDatasetOptions  *options,
                            DubRun                   *run,
                            GError                  **error)
{
  DubDatasetSource *source = self->source;
  size_t n = source->cases->len;
  g_autofree GError **errors = g_new0 (GError *, n + 1);
  Check check = { self, errors };
  guint kept = 0;

  if (!options->check_files || n == 0)
    return TRUE;

  /* Cases are read where they are kept while they are added. */
  self->cases = (DubDatasetCase *) (void *) source->cases->data;
  self->n_cases = n;

  gboolean ok = dub_parallel_for (run, n, check_piece, &check, error);

  self->cases = NULL;
  self->n_cases = 0;
  for (guint i = 0; i < n; i++) {
    DubDatasetCase *item = &g_array_index (source->cases, DubDatasetCase, i);

    if (errors[i] != NULL && ok) {
      ok = _dub_dataset_bad (self, options, item->row, g_steal_pointer (&errors[i]), error);
      continue;
    }
    g_clear_error (&errors[i]);
    g_array_index (source->cases, DubDatasetCase, kept) = *item;
    g_array_index (source->sizes, guint64, kept++) = g_array_index (source->sizes, guint64, i);
  }
  g_array_set_size (source->cases, kept);
  g_array_set_size (source->sizes, kept);

  return ok;
}
