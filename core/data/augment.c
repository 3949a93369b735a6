#include "core/data/augment-private.h"

#include <math.h>
#include <string.h>

static const double SHIFT = 0.1;
static const double ANGLE_IMAGE = 15.0, ANGLE_VOLUME = 10.0; /* degrees */
static const double SCALE = 0.1;
static const double STILL = 0.5;              /* the share of cases that keep their place */
static const double GAIN = 0.1, OFFSET = 0.1; /* the offset in SD of the case */
static const double NOISE = 0.1;              /* SD of the case */
static const double BIAS = 0.2;
static const guint  RAND_OPS = 2;
static const double RAND_MAGNITUDE = 9.0;

static const guint AFFINE = DUB_AUGMENT_SHIFT | DUB_AUGMENT_ROTATE | DUB_AUGMENT_SCALE;

static const struct {
  guint       flag;
  const char *name;
  const char *people;
  const char *sentence;
} NAMES[] = {
  { DUB_AUGMENT_FLIP, "flip", "flip", "Half of the cases are mirrored left to right." },
  { DUB_AUGMENT_SHIFT, "shift", "shift", "Half of the cases are moved by up to 10 % of their extents." },
  { DUB_AUGMENT_ROTATE, "rotate", "rotate", "Half of the images are turned by up to 15°, of the volumes by up to 10° about each axis." },
  { DUB_AUGMENT_SCALE, "scale", "scale", "Half of the cases are drawn 0.9 to 1.1 times as large." },
  { DUB_AUGMENT_INTENSITY, "intensity", "intensity",
    "Contrast changes by up to 10 % and brightness by up to a tenth of the case's SD." },
  { DUB_AUGMENT_RAND, "rand", "RandAugment",
    "Two of fourteen operations of RandAugment at magnitude 9 of 30 change an image." },
  { DUB_AUGMENT_NOISE, "noise", "noise", "Gaussian noise of up to a tenth of the case's SD is added." },
  { DUB_AUGMENT_BIAS, "bias", "bias field", "A smooth field brightens and darkens a volume by up to 20 %." },
};

/* --- names --- */

static gboolean
flags_of (const char *name,
          guint      *flags)
{
  if (strcmp (name, "affine") == 0) {
    *flags |= AFFINE;
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (strcmp (NAMES[i].name, name) == 0) {
      *flags |= NAMES[i].flag;
      return TRUE;
    }

  return FALSE;
}

gboolean
dub_augment_parse (const char  *list,
                   guint       *flags,
                   GError     **error)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  guint parsed = 0;

  if (g_strv_length (names) == 1 && strcmp (g_strstrip (names[0]), "none") == 0) {
    *flags = 0;
    return TRUE;
  }
  for (guint i = 0; i == 0 || names[i] != NULL; i++)
    if (names[i] == NULL || !flags_of (g_strstrip (names[i]), &parsed)) {
      g_autoptr (GString) all = g_string_new (NULL);

      for (guint n = 0; n < G_N_ELEMENTS (NAMES); n++)
        g_string_append_printf (all, "%s, ", NAMES[n].name);
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "\"%s\" in the list of augmentations is unknown; expected none, or some of %saffine.",
                   names[i] != NULL ? names[i] : "", all->str);
      return FALSE;
    }
  *flags = parsed;

  return TRUE;
}

static char *
join_names (guint       flags,
            gboolean    for_people)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (flags & NAMES[i].flag)
      g_string_append_printf (text, "%s%s", text->len == 0 ? "" : for_people ? ", " : ",",
                              for_people ? NAMES[i].people : NAMES[i].name);
  if (text->len == 0)
    g_string_append (text, "none");

  return g_string_free (text, FALSE);
}

char *
dub_augment_to_string (guint flags)
{
  return join_names (flags, FALSE);
}

char *
dub_augment_describe (guint flags)
{
  return join_names (flags, TRUE);
}

const char *
dub_augment_sentence (DubAugment augmentation)
{
  for (guint i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (NAMES[i].flag == (guint) augmentation)
      return NAMES[i].sentence;

  return NULL;
}

/* --- changes --- */

void
_dub_augment_stats (const float  *values,
                    size_t        n,
                    DubCaseStats *stats)
{
  double sum = 0.0, squares = 0.0;

  *stats = (DubCaseStats) { .low = n > 0 ? values[0] : 0.0f, .high = n > 0 ? values[0] : 0.0f };
  for (size_t i = 0; i < n; i++) {
    stats->low = MIN (stats->low, values[i]);
    stats->high = MAX (stats->high, values[i]);
    sum += (double) values[i];
  }
  stats->mean = n > 0 ? sum / (double) n : 0.0;
  for (size_t i = 0; i < n; i++)
    squares += ((double) values[i] - stats->mean) * ((double) values[i] - stats->mean);
  stats->sd = n > 0 ? sqrt (squares / (double) n) : 0.0;
}

/* Uniform in [-1, 1). */
static double
drawn_sign (DubRng *rng)
{
  return 2.0 * dub_rng_double (rng) - 1.0;
}

/* self ← self · rotation in the plane of two axes */
static void
turn (DubWarp *self,
      int      a,
      int      b,
      double   degrees)
{
  double angle = degrees * G_PI / 180.0;
  double rotation[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };

  rotation[a][a] = rotation[b][b] = cos (angle);
  rotation[a][b] = sin (angle);
  rotation[b][a] = -sin (angle);
  _dub_warp_multiply (self, rotation);
}

/* All numbers are drawn whatever the flags, so that choosing one augmentation more does not change the others.
 *
 * Half of the cases keep their place, at most mirrored, which is exact. Whatever is turned, scaled or shifted by less than a
 * sample is resampled, which smooths speckle and noise. A network that only ever saw smoothed cases learns their variances in
 * its normalisations and answers wrongly, and surely, when it meets a sharp one: and those of the test are all sharp. */
static void
draw_warp (guint           flags,
           const DubShape *shape,
           DubRng         *rng,
           DubWarp        *warp)
{
  gboolean volume = shape->rank == 4;
  double flip = dub_rng_double (rng), scale = 1.0 + SCALE * drawn_sign (rng);
  double shift[3], angle[3];
  int axis = volume && !(flags & DUB_AUGMENT_KJI) ? 0 : 2;

  for (int a = 0; a < 3; a++) {
    shift[a] = drawn_sign (rng);
    angle[a] = drawn_sign (rng);
  }
  if (dub_rng_double (rng) < STILL)
    flags &= ~AFFINE;

  _dub_warp_init (warp);
  if ((flags & DUB_AUGMENT_ROTATE) && volume) {
    turn (warp, 0, 1, ANGLE_VOLUME * angle[2]);
    turn (warp, 0, 2, ANGLE_VOLUME * angle[1]);
    turn (warp, 1, 2, ANGLE_VOLUME * angle[0]);
  } else if (flags & DUB_AUGMENT_ROTATE) {
    turn (warp, 1, 2, ANGLE_IMAGE * angle[0]);
  }
  for (int a = volume ? 0 : 1; a < 3; a++) {
    if (flags & DUB_AUGMENT_SCALE)
      for (int b = 0; b < 3; b++)
        warp->matrix[b][a] /= scale;
    if (flags & DUB_AUGMENT_SHIFT)
      warp->shift[a] = SHIFT * shift[a] * (double) shape->dim[shape->rank - 3 + a];
  }
  if ((flags & DUB_AUGMENT_FLIP) && flip < 0.5)
    for (int b = 0; b < 3; b++)
      warp->matrix[b][axis] = -warp->matrix[b][axis];
}

static void
change_intensity (float  *values,
                  size_t  n,
                  DubRng *rng)
{
  DubCaseStats stats;

  _dub_augment_stats (values, n, &stats);

  double gain = 1.0 + GAIN * drawn_sign (rng);
  double offset = stats.mean * (1.0 - gain) + OFFSET * drawn_sign (rng) * stats.sd;

  for (size_t i = 0; i < n; i++)
    values[i] = (float) ((double) values[i] * gain + offset);
}

static void
add_noise (float  *values,
           size_t  n,
           DubRng *rng)
{
  DubCaseStats stats;

  _dub_augment_stats (values, n, &stats);

  float sd = (float) (NOISE * dub_rng_double (rng) * stats.sd);

  /* Box-Muller in float: a volume has millions of samples. 24 bits reach to 5.7 SD. */
  for (size_t i = 0; i < n; i += 2) {
    float radius = sd * sqrtf (-2.0f * logf (1.0f - dub_rng_float (rng)));
    float angle = 2.0f * (float) G_PI * dub_rng_float (rng);
    float sine, cosine;

    sincosf (angle, &sine, &cosine);
    values[i] += radius * cosine;
    if (i + 1 < n)
      values[i + 1] += radius * sine;
  }
}

void
dub_augment_apply (guint           flags,
                   const DubShape *shape,
                   float          *values,
                   uint64_t        seed,
                   size_t          case_index,
                   guint           epoch)
{
  /* Every case and epoch has a stream of its own, and within it every kind of change has one. */
  uint64_t index = (uint64_t) epoch << 40 ^ (uint64_t) case_index;
  size_t n = dub_shape_n_elements (shape), n_ops;
  DubRng rng;

  g_return_if_fail (shape->rank == 3 || shape->rank == 4);

  if (n == 0)
    return;
  if (flags & (AFFINE | DUB_AUGMENT_FLIP)) {
    DubWarp warp;

    dub_rng_init (&rng, seed, "augment", index);
    draw_warp (flags, shape, &rng, &warp);
    _dub_augment_warp (&warp, shape, values, NULL);
  }
  if ((flags & DUB_AUGMENT_RAND) && shape->rank == 3) {
    dub_augment_ops (&n_ops);
    dub_rng_init (&rng, seed, "augment-rand", index);
    for (guint i = 0; i < RAND_OPS; i++)
      dub_augment_op_apply (dub_rng_below (&rng, (uint32_t) n_ops), RAND_MAGNITUDE, shape, values, &rng);
  }
  if ((flags & DUB_AUGMENT_BIAS) && shape->rank == 4) {
    dub_rng_init (&rng, seed, "augment-bias", index);
    _dub_augment_bias (shape, values, BIAS, &rng);
  }
  if (flags & DUB_AUGMENT_INTENSITY) {
    dub_rng_init (&rng, seed, "augment-intensity", index);
    change_intensity (values, n, &rng);
  }
  if (flags & DUB_AUGMENT_NOISE) {
    dub_rng_init (&rng, seed, "augment-noise", index);
    add_noise (values, n, &rng);
  }
}
