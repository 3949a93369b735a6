#include "core/data/affine.h"

#include <math.h>
#include <string.h>

/* The volume of the voxel, relative to a cuboid of the same edges, below which the columns count as dependent. */
static const double SINGULAR = 1e-9;

void
dub_affine_identity (double out[4][4])
{
  for (int r = 0; r < 4; r++)
    for (int c = 0; c < 4; c++)
      out[r][c] = r == c;
}

void
dub_affine_multiply (const double a[4][4],
                     const double b[4][4],
                     double       out[4][4])
{
  for (int r = 0; r < 4; r++)
    for (int c = 0; c < 4; c++)
      out[r][c] = a[r][0] * b[0][c] + a[r][1] * b[1][c] + a[r][2] * b[2][c] + a[r][3] * b[3][c];
}

gboolean
dub_affine_invert (const double affine[4][4],
                   double       out[4][4])
{
  double cofactor[3][3];
  double spacing[3];
  double inverse[4][4] = { { 0.0 } };

  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      if (!isfinite (affine[r][c]))
        return FALSE;

  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++) {
      int r1 = (r + 1) % 3, r2 = (r + 2) % 3, c1 = (c + 1) % 3, c2 = (c + 2) % 3;

      cofactor[r][c] = affine[r1][c1] * affine[r2][c2] - affine[r1][c2] * affine[r2][c1];
    }

  double determinant = affine[0][0] * cofactor[0][0] + affine[0][1] * cofactor[0][1] + affine[0][2] * cofactor[0][2];

  dub_affine_spacing (affine, spacing);
  if (!(fabs (determinant) > SINGULAR * spacing[0] * spacing[1] * spacing[2]))
    return FALSE;

  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++)
      inverse[r][c] = cofactor[c][r] / determinant;
  for (int r = 0; r < 3; r++)
    inverse[r][3] = -(inverse[r][0] * affine[0][3] + inverse[r][1] * affine[1][3] + inverse[r][2] * affine[2][3]);
  inverse[3][3] = 1.0;
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      if (!isfinite (inverse[r][c]))
        return FALSE;
  memcpy (out, inverse, sizeof inverse);

  return TRUE;
}

void
dub_affine_apply (const double affine[4][4],
                  const double point[3],
                  double       out[3])
{
  double x = point[0], y = point[1], z = point[2];

  for (int r = 0; r < 3; r++)
    out[r] = affine[r][0] * x + affine[r][1] * y + affine[r][2] * z + affine[r][3];
}

void
dub_affine_spacing (const double affine[4][4],
                    double       spacing[3])
{
  for (int c = 0; c < 3; c++)
    spacing[c] = sqrt (affine[0][c] * affine[0][c] + affine[1][c] * affine[1][c] + affine[2][c] * affine[2][c]);
}

void
dub_affine_axes (const double affine[4][4],
                 int          axis[3],
                 int          sign[3])
{
  static const int PAIRINGS[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  double spacing[3];
  double best = -1.0;

  dub_affine_spacing (affine, spacing);
  for (int p = 0; p < 6; p++) {
    double sum = 0.0;

    for (int n = 0; n < 3; n++)
      sum += fabs (affine[PAIRINGS[p][n]][n]) / (spacing[n] > 0.0 ? spacing[n] : 1.0);
    /* By more than rounding: at 45° the first pairing wins, on every machine. */
    if (sum > best + 1e-9) {
      best = sum;
      memcpy (axis, PAIRINGS[p], sizeof PAIRINGS[p]);
    }
  }
  for (int n = 0; n < 3; n++)
    sign[n] = affine[axis[n]][n] < 0.0 ? -1 : 1;
}

double
dub_affine_distance (const double  a[4][4],
                     const double  b[4][4],
                     const gint64  shape[3])
{
  double largest = 0.0;

  for (int corner = 0; corner < 8; corner++) {
    double voxel[3], in_a[3], in_b[3];

    for (int n = 0; n < 3; n++)
      voxel[n] = corner >> n & 1 ? (double) (shape[n] - 1) : 0.0;
    dub_affine_apply (a, voxel, in_a);
    dub_affine_apply (b, voxel, in_b);

    double distance = sqrt ((in_a[0] - in_b[0]) * (in_a[0] - in_b[0]) + (in_a[1] - in_b[1]) * (in_a[1] - in_b[1]) +
                            (in_a[2] - in_b[2]) * (in_a[2] - in_b[2]));

    /* A distance that is no number is no agreement. */
    if (!(distance <= largest))
      largest = isnan (distance) ? INFINITY : distance;
  }

  return largest;
}
