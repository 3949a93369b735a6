/* What is looked up of one case on another thread: its image, and the training cases nearest to it.
 *
 * A looker keeps what many cases share (the training cases in the space where distances are measured). Its functions are called
 * by one thread at a time, never by the main thread; it is held by whoever may still call it.
 */
#pragma once

#include "core/data/volume.h"
#include "ui/model/results-read.h"

G_BEGIN_DECLS

typedef struct _DubCaseLooker DubCaseLooker;

/* @dataset, @read: references are taken. @read is (nullable): no outputs. */
DubCaseLooker *dub_case_looker_new     (DubDataset      *dataset,
                                        DubResultsRead  *read);
DubCaseLooker *dub_case_looker_ref     (DubCaseLooker   *self);
void           dub_case_looker_unref   (DubCaseLooker   *self);

typedef struct {
  size_t   index;
  double   distance;   /* between standardised principal components of the features */
  gboolean duplicate;  /* the images differ by less than 1 % of their range */
} DubNeighbour;

enum { DUB_N_NEIGHBOURS = 5 };

typedef struct {
  guint         index;
  DubTensor    *image;         /* (C, H, W) or (C, i, j, k) as stored */
  DubVolume    *volume;        /* (nullable): of a case with three axes */
  gboolean      has_space;     /* the volume's orientation is the file's; otherwise nobody knows it */
  guint         n_neighbours;
  DubNeighbour  neighbours[DUB_N_NEIGHBOURS]; /* nearest first */
  char         *no_neighbours; /* (nullable): why there are none */
} DubCaseLook;

G_GNUC_WARN_UNUSED_RESULT
DubCaseLook   *dub_case_looker_look    (DubCaseLooker   *self,
                                        guint            index,
                                        DubRun          *run,
                                        GError         **error);
void           dub_case_look_free      (DubCaseLook     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCaseLook, dub_case_look_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCaseLooker, dub_case_looker_unref)

G_END_DECLS
