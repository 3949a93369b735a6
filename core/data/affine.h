/* 4×4 matrices that map homogeneous voxel to world coordinates. The last row is (0, 0, 0, 1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void     dub_affine_identity (double       out[4][4]);
/* out = a · b: first @b, then @a. @out may not be one of them. */
void     dub_affine_multiply (const double a[4][4],
                              const double b[4][4],
                              double       out[4][4]);
/* FALSE, and @out untouched, where the matrix is not finite or its three columns do not span space. */
gboolean dub_affine_invert   (const double affine[4][4],
                              double       out[4][4]);
/* @out may be @point. */
void     dub_affine_apply    (const double affine[4][4],
                              const double point[3],
                              double       out[3]);
/* Lengths of the three columns: mm per voxel. */
void     dub_affine_spacing  (const double affine[4][4],
                              double       spacing[3]);
/* dub_affine_axes:
 * @axis: (out): the world axis (0 x, 1 y, 2 z) that voxel axis n runs along most
 * @sign: (out): 1 towards right, front, top; -1 towards left, back, bottom
 *
 * Of the six pairings the one with the largest sum of absolute cosines, so that every world axis is used once.
 */
void     dub_affine_axes     (const double affine[4][4],
                              int          axis[3],
                              int          sign[3]);
/* Largest distance in mm between the places that @a and @b give to a corner voxel of a grid of @shape. */
double   dub_affine_distance (const double  a[4][4],
                              const double  b[4][4],
                              const gint64  shape[3]);

G_END_DECLS
