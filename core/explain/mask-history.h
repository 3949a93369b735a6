/* Snapshots of a mask: 8 bits a value, within a fixed number of bytes.
 *
 * One snapshot every @interval iterations; when the bytes are used up every second one
 * is dropped and the interval doubles, so that they always cover the whole history.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  guint   iteration;
  guint8 *values;    /* [n_values] round (255 m) */
} DubMaskSnapshot;

typedef struct {
  size_t  n_values;
  size_t  capacity;  /* snapshots that fit, >= 2 */
  guint   interval;
  GArray *snapshots; /* of DubMaskSnapshot, by increasing iteration */
} DubMaskHistory;

void   dub_mask_history_init     (DubMaskHistory *self,
                                  size_t          n_values,
                                  size_t          limit,     /* bytes */
                                  guint           expected); /* iterations, to begin with a fitting interval */
void   dub_mask_history_clear    (DubMaskHistory *self);

/* Keeps @values [n_values] of @iteration if its turn has come. */
void   dub_mask_history_add      (DubMaskHistory *self,
                                  guint           iteration,
                                  const float    *values);
/* The newest snapshot at or before @iteration, or NULL. (transfer none) */
const DubMaskSnapshot *
       dub_mask_history_find     (const DubMaskHistory *self,
                                  guint           iteration);
/* Drops the snapshots after @iteration. */
void   dub_mask_history_truncate (DubMaskHistory *self,
                                  guint           iteration);
/* values [n_values] = snapshot / 255. */
void   dub_mask_history_read     (const DubMaskHistory  *self,
                                  const DubMaskSnapshot *snapshot,
                                  float                 *values);
size_t dub_mask_history_n_bytes  (const DubMaskHistory *self);

G_END_DECLS
