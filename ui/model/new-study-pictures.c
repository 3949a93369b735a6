/* Pictures of cases, a few at a time on a thread of their own. */
#include "ui/model/new-study-private.h"

#include "ui/model/case-picture.h"

enum { A_TIME = 5 };

typedef struct {
  DubDataset *dataset;
  guint       n;
  size_t      index[A_TIME];
} Painting;

static void
painting_free (gpointer data)
{
  Painting *painting = data;

  dub_dataset_unref (painting->dataset);
  g_free (painting);
}

static gpointer
key_of (size_t index)
{
  return GSIZE_TO_POINTER (index + 1);
}

/* An array of what was painted, in the order asked for; a case that cannot be read is an empty picture. */
static gpointer
paint (DubRun   *run,
       gpointer  data,
       GError  **error)
{
  Painting *painting = data;
  GPtrArray *pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < painting->n; i++) {
    GBytes *bytes = dub_run_is_cancelled (run) ? NULL : dub_case_picture (painting->dataset, painting->index[i],
                                                                         DUB_PICTURE_SIDE, NULL);

    g_ptr_array_add (pictures, bytes != NULL ? bytes : g_bytes_new (NULL, 0));
  }

  return pictures;
}

static void paint_more (DubNewStudy *self);

static void
painted_cb (gpointer     *result,
            const GError *error,
            gpointer      user_data)
{
  DubNewStudy *self = user_data;
  GPtrArray *pictures = *result;

  for (guint i = 0; i < pictures->len; i++)
    g_hash_table_insert (self->pictures, key_of (g_array_index (self->wanted, size_t, i)),
                         g_bytes_ref (g_ptr_array_index (pictures, i)));
  g_array_remove_range (self->wanted, 0, pictures->len);
  paint_more (self);
  g_signal_emit_by_name (self, "pictures");
}

static void
paint_more (DubNewStudy *self)
{
  if (self->wanted->len == 0)
    return;

  Painting *painting = g_new0 (Painting, 1);

  painting->dataset = dub_dataset_ref (self->dataset);
  painting->n = MIN (self->wanted->len, A_TIME);
  for (guint i = 0; i < painting->n; i++)
    painting->index[i] = g_array_index (self->wanted, size_t, i);
  if (self->painter == NULL)
    self->painter = dub_compute_slot_new (1);
  dub_compute_slot_submit (self->painter, paint, painting, painting_free, (GDestroyNotify) g_ptr_array_unref, painted_cb,
                           self);
}

void
_dub_new_study_forget_pictures (DubNewStudy *self)
{
  g_hash_table_remove_all (self->pictures);
  g_array_set_size (self->wanted, 0);
}

GBytes *
dub_new_study_get_picture (DubNewStudy *self,
                           size_t       index)
{
  g_return_val_if_fail (DUB_IS_NEW_STUDY (self), NULL);
  g_return_val_if_fail (self->dataset != NULL && index < self->dataset->n_cases, NULL);

  GBytes *found = g_hash_table_lookup (self->pictures, key_of (index));

  if (found != NULL)
    return g_bytes_get_size (found) > 0 ? found : NULL;
  for (guint i = 0; i < self->wanted->len; i++)
    if (g_array_index (self->wanted, size_t, i) == index)
      return NULL;
  g_array_append_val (self->wanted, index);
  /* What is being painted stands at the beginning and goes on with the rest. */
  if (self->wanted->len == 1)
    paint_more (self);

  return NULL;
}

GArray *
dub_new_study_examples (DubNewStudy *self,
                        guint        label,
                        guint        n)
{
  GArray *examples = g_array_new (FALSE, FALSE, sizeof (size_t));

  for (size_t i = 0; self->dataset != NULL && i < self->dataset->n_cases && examples->len < n; i++)
    if (self->dataset->cases[i].label == (int) label)
      g_array_append_val (examples, i);

  return examples;
}
