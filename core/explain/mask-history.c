#include "core/explain/mask-history.h"

#include "core/explain/mask-rows.h"

static void
snapshot_clear (gpointer data)
{
  DubMaskSnapshot *self = data;

  g_free (self->values);
}

void
dub_mask_history_init (DubMaskHistory *self,
                       size_t          n_values,
                       size_t          limit,
                       guint           expected)
{
  self->n_values = n_values;
  self->capacity = MAX (limit / MAX (n_values, 1), 2);
  self->interval = 1;
  while (expected / self->interval >= self->capacity)
    self->interval *= 2;
  self->snapshots = g_array_new (FALSE, FALSE, sizeof (DubMaskSnapshot));
  g_array_set_clear_func (self->snapshots, snapshot_clear);
}

void
dub_mask_history_clear (DubMaskHistory *self)
{
  g_clear_pointer (&self->snapshots, g_array_unref);
}

static DubMaskSnapshot *
at (const DubMaskHistory *self,
    size_t                index)
{
  return &g_array_index (self->snapshots, DubMaskSnapshot, index);
}

/* Keeps those that the doubled interval would have kept. */
static void
thin (DubMaskHistory *self)
{
  self->interval *= 2;
  for (guint i = self->snapshots->len; i-- > 0;)
    if (at (self, i)->iteration % self->interval != 0)
      g_array_remove_index (self->snapshots, i);
}

void
dub_mask_history_add (DubMaskHistory *self,
                      guint           iteration,
                      const float    *values)
{
  if (iteration % self->interval != 0)
    return;
  while (self->snapshots->len >= self->capacity)
    thin (self);
  if (iteration % self->interval != 0)
    return;

  DubMaskSnapshot snapshot = { .iteration = iteration, .values = g_new (guint8, self->n_values) };

  dub_mask_row_quantise (snapshot.values, values, self->n_values);
  g_array_append_val (self->snapshots, snapshot);
}

const DubMaskSnapshot *
dub_mask_history_find (const DubMaskHistory *self,
                       guint                 iteration)
{
  for (guint i = self->snapshots != NULL ? self->snapshots->len : 0; i-- > 0;)
    if (at (self, i)->iteration <= iteration)
      return at (self, i);

  return NULL;
}

void
dub_mask_history_truncate (DubMaskHistory *self,
                           guint           iteration)
{
  while (self->snapshots->len > 0 && at (self, self->snapshots->len - 1)->iteration > iteration)
    g_array_set_size (self->snapshots, self->snapshots->len - 1);
}

void
dub_mask_history_read (const DubMaskHistory  *self,
                       const DubMaskSnapshot *snapshot,
                       float                 *values)
{
  for (size_t i = 0; i < self->n_values; i++)
    values[i] = (float) snapshot->values[i] / 255.0f;
}

size_t
dub_mask_history_n_bytes (const DubMaskHistory *self)
{
  return self->snapshots->len * self->n_values;
}
