/* The cases of a run as its network reads them, and its batches, the next of which is made while a step computes.
 *
 * Cases that are small together are prepared once and kept; else each is prepared anew whenever it is read. What a batch
 * holds is a pure function of (seed, epoch, place in the order), whoever makes it and whenever.
 */
#pragma once

#include "core/data/prepare.h"
#include "core/train/network.h"

G_BEGIN_DECLS

typedef struct {
  DubDataset       *dataset;
  const DubPrepare *prepare;
  DubNetwork       *network;
  guint             augment;   /* flags of augment.h */
  uint64_t          seed;      /* of the augmentation */
  size_t            memory;    /* bytes up to which cases are kept */
  size_t            n;
  size_t           *index;     /* [n] of the data set */
  int              *label;     /* [n] */
  size_t            n_prepared; /* floats of a prepared case */
  size_t            n_maps;    /* floats of a case as the graph reads it */
  float            *kept;      /* [n][n_kept] or NULL */
  gboolean          keeps_maps; /* what is kept has passed the backbone */
} DubFitCases;

/* dub_fit_cases_new:
 * @index: [n] cases of the data set; their labels must be known
 *
 * Nothing is read yet. Borrows @dataset, @prepare and @network.
 */
DubFitCases *dub_fit_cases_new  (DubDataset        *dataset,
                                 const DubPrepare  *prepare,
                                 DubNetwork        *network,
                                 guint              augment,
                                 uint64_t           seed,
                                 const size_t      *index,
                                 size_t             n,
                                 size_t             memory);
void         dub_fit_cases_free (DubFitCases       *self);

/* Prepares what is to be kept, on all threads; nothing where that is too much. */
gboolean     dub_fit_cases_load (DubFitCases       *self,
                                 DubRun            *run,
                                 GError           **error);

/* Case @at in [0, n), of epoch @epoch counted from 1, or without augmentation where it is 0. @target: [n_maps] */
gboolean     dub_fit_cases_get  (DubFitCases       *self,
                                 size_t             at,
                                 guint              epoch,
                                 float             *target,
                                 GError           **error);
/* As it was prepared: [n_prepared], without augmentation and before any backbone. */
gboolean     dub_fit_cases_prepared (DubFitCases   *self,
                                 size_t             at,
                                 float             *target,
                                 GError           **error);

typedef struct _DubFitBatches DubFitBatches;

/* @batch: cases of a full batch. Borrows @cases. Returns NULL with DUB_ERROR_MEMORY. */
G_GNUC_WARN_UNUSED_RESULT
DubFitBatches *dub_fit_batches_new   (DubFitCases    *cases,
                                      size_t          batch,
                                      GError        **error);
void           dub_fit_batches_free  (DubFitBatches  *self);
/* Begins to make the first batch of an epoch. @order: [n_cases], which must live until its last batch was taken. */
void           dub_fit_batches_begin (DubFitBatches  *self,
                                      guint           epoch,
                                      const size_t   *order,
                                      size_t          n_cases,
                                      size_t          n_batches);
/* dub_fit_batches_take:
 * @batch: (out) (transfer none): valid until the next call
 * @labels: (out) (transfer none)
 *
 * The next batch; the one after it is begun.
 */
gboolean       dub_fit_batches_take  (DubFitBatches  *self,
                                      DubTensor     **batch,
                                      const int     **labels,
                                      GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubFitCases, dub_fit_cases_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubFitBatches, dub_fit_batches_free)

G_END_DECLS
