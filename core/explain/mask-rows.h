/* Inner loops of the mask, one row of W voxels at a time.
 *
 * Rows stay in the first-level cache between two of these calls, which is what
 * makes the regularisers nearly free beside the network. Sums are returned in
 * double; within a row they run in sixteen float lanes, added in a fixed order.
 * Pointers of one call never overlap unless said.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/* How |x|^β is computed: the exponents of the literature need no pow. */
typedef enum {
  DUB_POWER_ONE,
  DUB_POWER_TWO,
  DUB_POWER_THREE,
  DUB_POWER_ANY,
} DubPowerKind;

typedef struct {
  DubPowerKind kind;
  float        beta;
} DubPower;

DubPower dub_power (double beta);

/* out = m x + (1 - m) r; exact for m = 0 and m = 1. With @r NULL, r = @r0 everywhere. */
void   dub_mask_row_compose   (float       *out,
                               const float *m,
                               const float *x,
                               const float *r,
                               float        r0,
                               size_t       n);

/* d += (or, with @add FALSE, d =) scale · g (x - r): the derivative of f along a composed row. */
void   dub_mask_row_score     (float       *d,
                               const float *g,
                               const float *x,
                               const float *r,
                               float        r0,
                               float        scale,
                               gboolean     add,
                               size_t       n);

/* Adds weight · d|1-m|^β / dm to @d (where not NULL), sign (0) = 0. Returns Σ |1-m|^β. */
double dub_mask_row_area      (float          *d,
                               const float    *m,
                               const DubPower *power,
                               float           weight,
                               size_t          n);

/* dub_mask_row_flow:
 * @m_y, @m_z: (nullable): the next row along H and D, NULL beyond the far face
 *
 * With d_a the forward differences and s = Σ d_a²: px, py, pz = weight · β s^(β/2-1) d_a,
 * the derivative of weight · s^(β/2) along d_a; 0 where s = 0.
 *
 * Returns: Σ s^(β/2) of the row.
 */
double dub_mask_row_flow      (float          *px,
                               float          *py,
                               float          *pz,
                               const float    *m,
                               const float    *m_y,
                               const float    *m_z,
                               const DubPower *power,
                               float           weight,
                               size_t          n);

/* d += px[x-1] + py_before + pz_before - px - py - pz; the two of the rows before are
 * NULL on the near face. */
void   dub_mask_row_divergence (float       *d,
                               const float *px,
                               const float *py,
                               const float *pz,
                               const float *py_before,
                               const float *pz_before,
                               size_t       n);

/* out = a + t (b - a): exact where a = b. */
void   dub_mask_row_lerp      (float       *out,
                               const float *a,
                               const float *b,
                               float        t,
                               size_t       n);
/* out += t a. */
void   dub_mask_row_axpy      (float       *out,
                               const float *a,
                               float        t,
                               size_t       n);
/* out[i] = a[index[i]] + t[i] (a[index[i] + 1] - a[index[i]]). */
void   dub_mask_row_expand    (float       *out,
                               const float *a,
                               const int   *index,
                               const float *t,
                               size_t       n);

/* out = round (255 m), m in [0, 1]. */
void   dub_mask_row_quantise  (guint8      *out,
                               const float *m,
                               size_t       n);

G_END_DECLS
