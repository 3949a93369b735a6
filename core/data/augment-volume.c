/* The bias field of a scanner's coils: a smooth multiplicative change over a volume. */
#include "core/data/augment-private.h"

#include <math.h>

/* Cosines of 0, 1/2 and 1 period along each axis. */
#define N_WAVES 3

/* [n][N_WAVES] */
static float *
waves_of (int64_t n)
{
  float *waves = g_new (float, (size_t) n * N_WAVES);

  for (int64_t i = 0; i < n; i++)
    for (int k = 0; k < N_WAVES; k++)
      waves[i * N_WAVES + k] = (float) cos (G_PI * k * ((double) i + 0.5) / (double) n);

  return waves;
}

void
_dub_augment_bias (const DubShape *shape,
                   float          *values,
                   double          strength,
                   DubRng         *rng)
{
  const int64_t *n = shape->dim;
  g_autofree float *z_waves = waves_of (n[1]);
  g_autofree float *y_waves = waves_of (n[2]);
  g_autofree float *x_waves = waves_of (n[3]);
  float weight[N_WAVES][N_WAVES][N_WAVES];
  double sum = 0.0;
  float low = values[0];

  for (int a = 0; a < N_WAVES; a++)
    for (int b = 0; b < N_WAVES; b++)
      for (int c = 0; c < N_WAVES; c++) {
        /* The constant wave would be a gain, which DUB_AUGMENT_INTENSITY is for. */
        double drawn = 2.0 * dub_rng_double (rng) - 1.0;

        weight[a][b][c] = a + b + c > 0 ? (float) drawn : 0.0f;
        sum += fabs ((double) weight[a][b][c]);
      }
  /* No wave exceeds 1, so the field stays within the strength. */
  for (int i = 0; i < N_WAVES * N_WAVES * N_WAVES; i++)
    (&weight[0][0][0])[i] *= (float) (strength / MAX (sum, 1e-9));
  for (size_t i = 1; i < dub_shape_n_elements (shape); i++)
    low = MIN (low, values[i]);

  for (int64_t channel = 0; channel < n[0]; channel++)
    for (int64_t z = 0; z < n[1]; z++)
      for (int64_t y = 0; y < n[2]; y++) {
        float along[N_WAVES] = { 0 };
        float *row = values + ((channel * n[1] + z) * n[2] + y) * n[3];

        for (int a = 0; a < N_WAVES; a++)
          for (int b = 0; b < N_WAVES; b++)
            for (int c = 0; c < N_WAVES; c++)
              along[c] += weight[a][b][c] * z_waves[z * N_WAVES + a] * y_waves[y * N_WAVES + b];
        for (int64_t x = 0; x < n[3]; x++) {
          const float *wave = x_waves + x * N_WAVES;

          row[x] = low + (row[x] - low) * (1.0f + along[0] * wave[0] + along[1] * wave[1] + along[2] * wave[2]);
        }
      }
}
