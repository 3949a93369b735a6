/* The innermost loops of UMAP: how one point moves in one epoch. */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* A pull and its pushes are computed side by side, all from where the point stands before them. */
#define DUB_UMAP_LANES 8

typedef struct {
  size_t       n_dims;     /* D */
  float        a, b;       /* of the curve */
  float        rate;       /* learning rate of the epoch */
  guint        n_negative; /* below DUB_UMAP_LANES */
  gboolean     twice;      /* each edge pulls once more, as the other end's edge */
  const float *places;     /* [N][D] where all points stand */
  size_t       n;          /* N */
} DubUmapEpoch;

/* Points that are moved together, at most as many as lanes; where one goes does not depend on the others. */
#define DUB_UMAP_MOVERS 4

typedef struct {
  uint32_t *drawn;   /* [n_drawn] places of the points that pull */
  size_t    n_drawn;
  uint32_t  stream;  /* of the random points that push: a number of its own for every point and epoch */
  float    *own;     /* (inout) [D] */
} DubUmapMover;

void dub_umap_move (const DubUmapEpoch *epoch,
                    DubUmapMover       *movers,
                    size_t              n_movers);

G_END_DECLS
