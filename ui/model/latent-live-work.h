/* What the thread of a live map does: reads features, begins a layout, goes on with it for a moment, measures it, keeps it.
 * latent-live.c only.
 *
 * Letters: N cases, F features.
 */
#pragma once

#include "core/study/latent.h"
#include "ui/model/compute-slot.h"
#include "ui/model/results-read.h"

G_BEGIN_DECLS

/* Neighbours that are shown of a case. */
enum { DUB_LATENT_N_NEAREST = 5 };

/* Whose features: made once for all layouts of them, and never changed then. */
typedef struct {
  gatomicrefcount ref_count;
  DubStudy       *study;    /* the thread's own */
  DubResultsRead *read;     /* outputs and scores of the family */
  char           *family;
  char           *model;    /* id */
  float          *features; /* [N][F] */
  size_t          n_cases, n_features;
  int            *labels;   /* [N] classes to be told apart */
  char           *digest;
} DubLatentSource;

DubLatentSource *_dub_latent_source_ref   (DubLatentSource *self);
void             _dub_latent_source_unref (DubLatentSource *self);

/* A layout, in one thread at a time. */
typedef struct {
  gatomicrefcount  ref_count;
  DubLatentSource *source;
  DubLatentMap    *map;   /* NULL where it was kept */
  char            *key;
} DubLatentLayout;

DubLatentLayout *_dub_latent_layout_ref   (DubLatentLayout *self);
void             _dub_latent_layout_unref (DubLatentLayout *self);

/* What a submission answers. */
typedef struct {
  DubLatentSource  *source;   /* (nullable): of reading */
  DubLatentLayout  *layout;   /* (nullable): of beginning, or kept */
  float            *xy;       /* (nullable) [N][2] */
  guint             iteration, n_iterations;
  double            loss;     /* NaN = not looked at this time */
  double            seconds;  /* that the steps took */
  char             *note;
  gboolean          measured; /* @quality is there */
  DubLatentQuality  quality;
} DubLatentAnswer;

void             _dub_latent_answer_free  (DubLatentAnswer *self);

typedef enum {
  DUB_LATENT_WORK_READ,
  DUB_LATENT_WORK_LOOK,    /* a kept layout, or else principal components to look at while neighbours are being found */
  DUB_LATENT_WORK_BEGIN,
  DUB_LATENT_WORK_STEP,
  DUB_LATENT_WORK_MEASURE,
} DubLatentWorkKind;

/* An order for the slot; everything is the order's. */
typedef struct {
  DubLatentWorkKind  kind;
  char              *folder;   /* READ: of the study */
  char              *family, *model;
  DubResultsRead    *read;     /* READ (nullable): of the family, where it is there already */
  DubLatentSource   *source;   /* LOOK, BEGIN */
  DubLatentOptions   options;
  gboolean           anew;     /* LOOK: even if one is kept */
  gboolean           plane;    /* LOOK: there is nothing else to look at */
  DubLatentLayout   *layout;   /* STEP, MEASURE */
} DubLatentOrder;

void             _dub_latent_order_free   (gpointer data);
/* DubComputeFunc: a DubLatentAnswer of a DubLatentOrder. */
gpointer         _dub_latent_work         (DubRun     *run,
                                           gpointer    data,
                                           GError    **error);

/* The nearest cases among the features. */
typedef struct {
  DubLatentSource *source;
  size_t           index;
} DubLatentNearestOrder;

typedef struct {
  guint  index;
  guint  n;
  guint  cases[DUB_LATENT_N_NEAREST];
  double distances[DUB_LATENT_N_NEAREST];
} DubLatentNearest;

void             _dub_latent_nearest_order_free (gpointer data);
/* DubComputeFunc: a DubLatentNearest, freed with g_free. */
gpointer         _dub_latent_nearest_work (DubRun     *run,
                                           gpointer    data,
                                           GError    **error);

G_END_DECLS
