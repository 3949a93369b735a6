#include "core/data/lesion-phantom.h"

#include "core/base/rng.h"

#include <math.h>
#include <string.h>

/* Logarithms of margin and echo: mean in each class, and the spread that both share. Two spreads lie between the classes
 * in either number, so that who knows both is right in 92 % of the cases. */
static const double MARGIN[2] = { -3.40, -1.72 }; /* 0.033, 0.18 */
static const double MARGIN_SPREAD = 0.84;
static const double ECHO[2] = { -2.20, -0.50 };   /* 0.11, 0.61 */
static const double ECHO_SPREAD = 0.85;
static const double MALIGNANT_SHARE = 0.4;

/* Waves of the margin around the lesion, of the echo inside, and of the tissue's layers. */
enum { FIRST_WAVE = 3, LAST_WAVE = 11, N_ECHO_WAVES = 24, N_LAYERS = 5 };

static const double DYNAMIC_RANGE = 50.0; /* dB that the grey levels span */

static double
log_ratio (double value,
           const double mean[2],
           double spread)
{
  double z0 = (log (value) - mean[0]) / spread, z1 = (log (value) - mean[1]) / spread;

  return 0.5 * (z0 * z0 - z1 * z1);
}

static double
between (DubRng *rng,
         double  low,
         double  high)
{
  return low + (high - low) * dub_rng_double (rng);
}

void
dub_lesion_draw (DubLesion *self,
                 uint64_t   seed,
                 uint64_t   index,
                 double     label_noise)
{
  DubRng rng;

  dub_rng_init (&rng, seed, "lesion", index);
  memset (self, 0, sizeof *self);
  self->malignant = dub_rng_double (&rng) < MALIGNANT_SHARE;
  self->flipped = dub_rng_double (&rng) < label_noise;
  self->margin = exp (MARGIN[self->malignant] + MARGIN_SPREAD * dub_rng_normal (&rng));
  self->echo = exp (ECHO[self->malignant] + ECHO_SPREAD * dub_rng_normal (&rng));
  /* A margin that left its ellipse altogether would be no lesion: the tails of both classes end at one place. */
  self->margin = CLAMP (self->margin, 0.005, 0.5);
  self->echo = CLAMP (self->echo, 0.02, 2.0);

  double odds = log (MALIGNANT_SHARE / (1.0 - MALIGNANT_SHARE)) + log_ratio (self->margin, MARGIN, MARGIN_SPREAD) +
                log_ratio (self->echo, ECHO, ECHO_SPREAD);

  self->posterior = 1.0 / (1.0 + exp (-odds));
  self->difficulty = 1.0 - fabs (2.0 * self->posterior - 1.0);
  self->radius = between (&rng, 0.20, 0.30);
  self->aspect = between (&rng, 0.6, 1.0);
  self->angle = between (&rng, -G_PI_2, G_PI_2);
  self->x = between (&rng, 0.40, 0.60);
  self->y = between (&rng, 0.40, 0.60);
  self->level = between (&rng, 0.12, 0.30);
  self->gain = between (&rng, -5.0, 5.0);
  self->attenuation = between (&rng, 0.0, 10.0);
}

/* A sum of plane waves with random directions, of mean 0 and RMS 1 over the plane. */
typedef struct {
  double kx[N_ECHO_WAVES], ky[N_ECHO_WAVES], phase[N_ECHO_WAVES];
} Waves;

static void
waves_draw (Waves  *self,
            DubRng *rng)
{
  for (int i = 0; i < N_ECHO_WAVES; i++) {
    double direction = between (rng, 0.0, 2.0 * G_PI), length = between (rng, 0.10, 0.22);

    self->kx[i] = 2.0 * G_PI / length * cos (direction);
    self->ky[i] = 2.0 * G_PI / length * sin (direction);
    self->phase[i] = between (rng, 0.0, 2.0 * G_PI);
  }
}

static double
waves_at (const Waves *self,
          double       x,
          double       y)
{
  double sum = 0.0;

  for (int i = 0; i < N_ECHO_WAVES; i++)
    sum += cos (self->kx[i] * x + self->ky[i] * y + self->phase[i]);

  return sum * sqrt (2.0 / N_ECHO_WAVES);
}

/* The margin's radius over the angle, relative to the ellipse: mean 1, RMS deviation 1 · margin. */
typedef struct {
  double amplitude[LAST_WAVE + 1], phase[LAST_WAVE + 1];
  double highest;
} Margin;

static void
margin_draw (Margin *self,
             double  margin,
             DubRng *rng)
{
  double squares = 0.0;

  for (int k = FIRST_WAVE; k <= LAST_WAVE; k++) {
    self->amplitude[k] = (fabs (dub_rng_normal (rng)) + 0.2) / sqrt (k);
    self->phase[k] = between (rng, 0.0, 2.0 * G_PI);
    squares += 0.5 * self->amplitude[k] * self->amplitude[k];
  }
  self->highest = 1.0;
  for (int k = FIRST_WAVE; k <= LAST_WAVE; k++) {
    self->amplitude[k] *= margin / sqrt (squares);
    self->highest += self->amplitude[k];
  }
}

static double
margin_at (const Margin *self,
           double        angle)
{
  double radius = 1.0;

  for (int k = FIRST_WAVE; k <= LAST_WAVE; k++)
    radius += self->amplitude[k] * cos (k * angle + self->phase[k]);

  return MAX (radius, 0.2);
}

/* Layers of tissue, nearly horizontal. */
typedef struct {
  double slope, frequency[N_LAYERS], phase[N_LAYERS], strength[N_LAYERS];
} Layers;

static void
layers_draw (Layers *self,
             DubRng *rng)
{
  self->slope = between (rng, -0.25, 0.25);
  for (int i = 0; i < N_LAYERS; i++) {
    self->frequency[i] = between (rng, 6.0, 30.0);
    self->phase[i] = between (rng, 0.0, 2.0 * G_PI);
    self->strength[i] = between (rng, 0.05, 0.20);
  }
}

static double
layers_at (const Layers *self,
           double        x,
           double        y)
{
  double sum = 0.0;

  for (int i = 0; i < N_LAYERS; i++)
    sum += self->strength[i] * sin (self->frequency[i] * (y + self->slope * x) + self->phase[i]);

  return exp (sum);
}

/* Mean amplitude that tissue and lesion send back from (x, y). */
static double
scatter_at (const DubLesion *self,
            const Margin    *margin,
            const Waves     *waves,
            const Layers    *layers,
            double           x,
            double           y)
{
  static const double SOFTNESS = 0.06; /* width of the border, relative to the radius */
  double dx = x - self->x, dy = y - self->y;
  double u = (dx * cos (self->angle) + dy * sin (self->angle)) / self->radius;
  double v = (dy * cos (self->angle) - dx * sin (self->angle)) / (self->radius * self->aspect);
  double tissue = layers_at (layers, x, y);

  /* Far outside there is nothing of the lesion, whatever its margin does. */
  if (sqrt (u * u + v * v) > margin->highest + 8.0 * SOFTNESS)
    return tissue;

  double outward = (sqrt (u * u + v * v) - margin_at (margin, atan2 (v, u))) / SOFTNESS;

  double inside = self->level * MAX (1.0 + self->echo * waves_at (waves, x, y), 0.15);
  double share = 1.0 / (1.0 + exp (outward));

  return tissue + share * (inside - tissue);
}

/* Gaussian blur along one axis; the field goes on beyond its border as it ends there. */
static void
blur_axis (double *field,
           int     n,
           int     step,
           int     n_lines,
           int     line_step,
           double  sigma)
{
  enum { LONGEST = 1024 };
  int reach = (int) ceil (3.0 * sigma);
  double weight[64], line[LONGEST], sum = 0.0;

  for (int i = -reach; i <= reach; i++)
    sum += weight[i + reach] = exp (-0.5 * i * i / (sigma * sigma));
  for (int l = 0; l < n_lines; l++) {
    double *at = field + (size_t) l * (size_t) line_step;

    for (int i = 0; i < n; i++)
      line[i] = at[(size_t) i * (size_t) step];
    for (int i = 0; i < n; i++) {
      double blurred = 0.0;

      for (int j = -reach; j <= reach; j++)
        blurred += weight[j + reach] * line[CLAMP (i + j, 0, n - 1)];
      at[(size_t) i * (size_t) step] = blurred / sum;
    }
  }
}

/* Scatterers behind a point spread function that is wider across than along the beam: real and imaginary part. */
static void
add_speckle (double       *envelope,
             const double *scatter,
             int           n,
             double        across,
             double        along,
             DubRng       *rng)
{
  size_t n_points = (size_t) n * (size_t) n;
  g_autofree double *part = g_new (double, n_points);

  memset (envelope, 0, n_points * sizeof *envelope);
  for (int p = 0; p < 2; p++) {
    for (size_t i = 0; i < n_points; i++)
      part[i] = scatter[i] * dub_rng_normal (rng);
    blur_axis (part, n, 1, n, n, across);
    blur_axis (part, n, n, n, 1, along);
    for (size_t i = 0; i < n_points; i++)
      envelope[i] += part[i] * part[i];
  }
  for (size_t i = 0; i < n_points; i++)
    envelope[i] = sqrt (envelope[i]);
}

void
dub_lesion_render (const DubLesion *self,
                   uint64_t         seed,
                   uint64_t         index,
                   int              size,
                   guint8          *pixels)
{
  g_return_if_fail (size >= 8 && size <= 256);

  int fine = MAX (112 / size, 2);
  int n = size * fine;
  g_autofree double *scatter = g_new (double, (size_t) n * (size_t) n);
  g_autofree double *envelope = g_new (double, (size_t) n * (size_t) n);
  /* Speckle has a size of its own, whatever the pixels are. */
  double across = 0.014 * n, along = 0.009 * n;
  DubRng shape_rng, speckle_rng;
  Margin margin;
  Waves waves;
  Layers layers;

  dub_rng_init (&shape_rng, seed, "lesion-shape", index);
  dub_rng_init (&speckle_rng, seed, "lesion-speckle", index);
  margin_draw (&margin, self->margin, &shape_rng);
  waves_draw (&waves, &shape_rng);
  layers_draw (&layers, &shape_rng);
  for (int y = 0; y < n; y++)
    for (int x = 0; x < n; x++)
      scatter[y * n + x] = scatter_at (self, &margin, &waves, &layers, (x + 0.5) / n, (y + 0.5) / n);
  add_speckle (envelope, scatter, n, across, along, &speckle_rng);

  /* The blur has divided the normal numbers' spread by the root of its area. */
  double normal = 2.0 * sqrt (G_PI * across * along);

  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++) {
      double sum = 0.0;

      for (int v = 0; v < fine; v++)
        for (int u = 0; u < fine; u++)
          sum += envelope[(y * fine + v) * n + x * fine + u];

      double decibel = 20.0 * log10 (sum * normal / (fine * fine) + 1e-6) + self->gain -
                       self->attenuation * ((y + 0.5) / size - 0.5);

      pixels[y * size + x] = (guint8) lrint (CLAMP (255.0 * (0.68 + decibel / DYNAMIC_RANGE), 0.0, 255.0));
    }
}
