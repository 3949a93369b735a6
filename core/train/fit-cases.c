#include "core/train/fit-cases.h"

#include "core/base/checked.h"
#include "core/data/augment.h"

#include <string.h>

DubFitCases *
dub_fit_cases_new (DubDataset       *dataset,
                   const DubPrepare *prepare,
                   DubNetwork       *network,
                   guint             augment,
                   uint64_t          seed,
                   const size_t     *index,
                   size_t            n,
                   size_t            memory)
{
  DubFitCases *self = g_new0 (DubFitCases, 1);

  self->dataset = dub_dataset_ref (dataset);
  self->prepare = prepare;
  self->network = network;
  self->augment = augment;
  self->seed = seed;
  self->memory = memory;
  self->n = n;
  self->index = g_memdup2 (index, n * sizeof *index);
  self->label = g_new (int, MAX (n, 1));
  for (size_t i = 0; i < n; i++)
    self->label[i] = dataset->cases[index[i]].label;
  self->n_prepared = dub_shape_n_elements (&network->input);
  self->n_maps = dub_shape_n_elements (&network->maps);

  return self;
}

void
dub_fit_cases_free (DubFitCases *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->dataset, dub_dataset_unref);
  g_free (self->index);
  g_free (self->label);
  g_free (self->kept);
  g_free (self);
}

/* --- what is kept --- */

/* The backbone computes with all threads, so its cases come one after another. */
static gboolean
load_maps (DubFitCases  *self,
           DubRun       *run,
           GError      **error)
{
  g_autofree float *prepared = g_new (float, self->n_prepared);

  for (size_t i = 0; i < self->n; i++)
    if (!dub_prepare_case (self->prepare, self->dataset, self->index[i], prepared, error) ||
        !dub_network_features (self->network, prepared, self->kept + i * self->n_maps, run, error))
      return FALSE;
  self->keeps_maps = TRUE;

  return TRUE;
}

gboolean
dub_fit_cases_load (DubFitCases  *self,
                    DubRun       *run,
                    GError      **error)
{
  gboolean maps = self->network->backbone != NULL && self->augment == 0;
  size_t bytes;

  if (!dub_checked_mul (self->n, maps ? self->n_maps : self->n_prepared, &bytes) ||
      !dub_checked_mul (bytes, sizeof (float), &bytes) || bytes > self->memory)
    return TRUE;
  self->kept = g_try_malloc (MAX (bytes, 1));
  if (self->kept == NULL)
    return TRUE;

  if (maps ? load_maps (self, run, error)
           : dub_prepare_cases (self->prepare, self->dataset, self->index, self->n, self->kept, run, error))
    return TRUE;
  g_clear_pointer (&self->kept, g_free);

  return FALSE;
}

/* --- one case --- */

gboolean
dub_fit_cases_prepared (DubFitCases  *self,
                        size_t        at,
                        float        *target,
                        GError      **error)
{
  if (self->kept == NULL || self->keeps_maps)
    return dub_prepare_case (self->prepare, self->dataset, self->index[at], target, error);
  memcpy (target, self->kept + at * self->n_prepared, self->n_prepared * sizeof (float));

  return TRUE;
}

gboolean
dub_fit_cases_get (DubFitCases  *self,
                   size_t        at,
                   guint         epoch,
                   float        *target,
                   GError      **error)
{
  gboolean has_backbone = self->network->backbone != NULL;
  g_autofree float *own = has_backbone && !self->keeps_maps ? g_new (float, self->n_prepared) : NULL;
  float *prepared = own != NULL ? own : target;

  if (self->keeps_maps) {
    memcpy (target, self->kept + at * self->n_maps, self->n_maps * sizeof (float));
    return TRUE;
  }
  if (!dub_fit_cases_prepared (self, at, prepared, error))
    return FALSE;
  if (epoch > 0 && self->augment != 0)
    dub_augment_apply (self->augment | (self->prepare->kji ? DUB_AUGMENT_KJI : 0), &self->network->input, prepared,
                       self->seed, self->index[at], epoch);

  return !has_backbone || dub_network_features (self->network, prepared, target, NULL, error);
}
