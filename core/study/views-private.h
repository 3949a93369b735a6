/* What one network says about views of some cases; study-views.c, views-*.c only.
 *
 * Letters: R rows (views that are wanted or stored), n cases, C classes.
 */
#pragma once

#include "core/data/augment-policy.h"
#include "core/study/study-views.h"

G_BEGIN_DECLS

/* Where the cases come from: the data set of a study, or images that are not in it. */
typedef struct {
  DubDataset       *dataset;         /* (nullable) */
  char *const      *ids;             /* (nullable) of the data set's cases: for messages */
  const size_t     *cases;           /* [n] in @dataset */
  DubTensor *const *raw;             /* [n] where there is no @dataset */
  const double    (*spacing)[3];
  size_t            n;
} DubViewSource;

/* The answers of one network. */
typedef struct {
  const DubStudyModel *model;
  char    *file;           /* (nullable): not stored */
  char    *key;
  GArray  *rows;           /* of guint: the view of each row */
  float   *probabilities;  /* (R, n, C) NaN where there is none yet */
  size_t   n_cases, n_classes;
  gboolean grown;          /* has what the file has not */
} DubViewStore;

/* @views: [n_views] wanted ones; what is stored is taken. */
G_GNUC_WARN_UNUSED_RESULT
DubViewStore *_dub_view_store_new   (const DubStudy         *study,
                                     const DubStudyModel    *model,
                                     const DubViewSource    *source,
                                     const DubViewsOptions  *options,
                                     const guint            *views,
                                     guint                   n_views,
                                     GError                **error);
void          _dub_view_store_free  (DubViewStore           *self);
/* Of the view @view: (n, C). */
float        *_dub_view_store_row   (DubViewStore           *self,
                                     guint                   view);
/* Whether any case between @first and @first + @n lacks @view. */
gboolean      _dub_view_store_lacks (DubViewStore           *self,
                                     guint                   view,
                                     size_t                  first,
                                     size_t                  n);
/* Writes what grew. */
gboolean      _dub_view_store_save  (DubViewStore           *self,
                                     GError                **error);

/* Fills in what the stores lack of @views. */
gboolean      _dub_views_run        (const DubStudy         *study,
                                     GPtrArray              *stores,
                                     const DubViewSource    *source,
                                     const DubViewsOptions  *options,
                                     const guint            *views,
                                     guint                   n_views,
                                     DubRun                 *run,
                                     GError                **error);
/* The policy of view @view of a case with @key. */
DubViewPolicy _dub_view_policy      (const DubViewsOptions  *options,
                                     const DubPrepare       *prepare,
                                     uint64_t                key,
                                     guint                   view);

G_END_DECLS
