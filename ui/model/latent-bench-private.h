/* The Latent Space page's model from inside: latent-space*.c only. */
#pragma once

#include "ui/model/latent-bench.h"

G_BEGIN_DECLS

/* What a person sets; one step of undo goes from one to another. */
typedef struct {
  DubLatentOptions options;
  DubLatentColor   color;
  gboolean         density, marks;
  char            *model;  /* never NULL */
  char            *beside; /* never NULL */
} DubLatentSettings;

/* What points point to besides places and answers; in one piece, so that they live until the views have others. */
typedef struct {
  guint8  *hidden;   /* [N] of the study's cases */
  guint8  *selected; /* (nullable) [N] NULL without a set */
  char   **classes;
  char    *names[2]; /* of the axes */
} DubLatentArrays;

struct _DubLatentBench {
  GObject            parent_instance;
  DubSession        *session; /* not owned: its page holds it */
  DubResults        *results;
  DubLatentLive *maps[DUB_N_LATENT_PANELS];
  DubLatentSettings  settings;
  DubLatentArrays    arrays;
  size_t             n_cases;           /* of the study */
  guint              n_points, n_train; /* of these */
  DubLatentCounts    counts;            /* kept until points or the set change */
  gboolean           counted;
  DubLatentPoints    points[DUB_N_LATENT_PANELS];
  gboolean           has_points[DUB_N_LATENT_PANELS];
  double             value_range[2];    /* of both panels: their colours are compared */
  char              *subtitle;
  char              *lasso_title;       /* (nullable): of the set that was drawn here */
};

/* latent-bench.c: what follows from other settings. */
void  _dub_latent_bench_applied     (DubLatentBench    *self);

/* latent-bench-points.c */
/* @before: (out): what the views still look at; to be cleared when they have been told */
void  _dub_latent_bench_fill_points (DubLatentBench    *self,
                                     DubLatentArrays   *before);
void  _dub_latent_bench_fill_selected (DubLatentBench  *self);
/* One panel's points stand at other places, or nowhere. TRUE where the other panel's colours are others, too. */
gboolean _dub_latent_bench_place_points (DubLatentBench   *self,
                                     DubLatentPanelIndex panel);
void  _dub_latent_bench_forget_counts (DubLatentBench  *self);
void  _dub_latent_arrays_clear      (DubLatentArrays   *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubLatentArrays, _dub_latent_arrays_clear)

/* latent-bench-settings.c: properties by name */
void  _dub_latent_settings_clear    (DubLatentSettings *self);
void  _dub_latent_bench_get         (DubLatentBench    *self,
                                     const char        *name,
                                     GValue            *value);
void  _dub_latent_bench_set         (DubLatentBench    *self,
                                     const char        *name,
                                     const GValue      *value);

G_END_DECLS
