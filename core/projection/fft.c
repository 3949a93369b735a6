#include "core/projection/fft.h"

#include "core/base/clones.h"

#include <math.h>
#include <string.h>

enum { LANES = DUB_FFT_LANES, MOST_STAGES = 32 };

/* One number of every lane. */
typedef float Lanes __attribute__ ((vector_size (4 * DUB_FFT_LANES)));

#define INLINE static inline __attribute__ ((always_inline))

struct _DubFft {
  size_t length;
  size_t n_stages;
  int    radix[MOST_STAGES];
  float *twiddle[MOST_STAGES]; /* [m][radix - 1][2], m = what is left of the length */
};

size_t
dub_fft_good_length (size_t n)
{
  for (size_t length = MAX ((n + 15) / 16, 1);; length++) {
    size_t rest = length;

    while (rest % 2 == 0)
      rest /= 2;
    while (rest % 3 == 0)
      rest /= 3;
    while (rest % 5 == 0)
      rest /= 5;
    if (rest == 1)
      return length * 16;
  }
}

DubFft *
dub_fft_new (size_t length)
{
  static const int RADICES[] = { 4, 2, 3, 5 };
  DubFft *self = g_new0 (DubFft, 1);
  size_t rest = length;

  g_return_val_if_fail (length > 0 && dub_fft_good_length (length) == length, NULL);

  self->length = length;
  while (rest > 1) {
    int radix = 0;

    for (size_t i = 0; i < G_N_ELEMENTS (RADICES) && radix == 0; i++)
      if (rest % (size_t) RADICES[i] == 0)
        radix = RADICES[i];

    size_t left = rest / (size_t) radix;
    float *twiddle = g_new (float, left * (size_t) (radix - 1) * 2);

    for (size_t p = 0; p < left; p++)
      for (int j = 1; j < radix; j++) {
        double angle = -2.0 * G_PI * (double) (p * (size_t) j) / (double) rest;

        twiddle[(p * (size_t) (radix - 1) + (size_t) j - 1) * 2] = (float) cos (angle);
        twiddle[(p * (size_t) (radix - 1) + (size_t) j - 1) * 2 + 1] = (float) sin (angle);
      }
    self->radix[self->n_stages] = radix;
    self->twiddle[self->n_stages++] = twiddle;
    rest = left;
  }

  return self;
}

void
dub_fft_free (DubFft *self)
{
  if (self == NULL)
    return;
  for (size_t s = 0; s < self->n_stages; s++)
    g_free (self->twiddle[s]);
  g_free (self);
}

size_t
dub_fft_get_length (const DubFft *self)
{
  return self->length;
}

/* The transform of @radix numbers, in place. */
INLINE void
butterfly (const int radix,
           Lanes    *re,
           Lanes    *im)
{
  if (radix == 2) {
    Lanes r = re[0] - re[1], i = im[0] - im[1];

    re[0] += re[1];
    im[0] += im[1];
    re[1] = r;
    im[1] = i;
  } else if (radix == 3) {
    const float half_root = 0.86602540378443864676f;
    Lanes sr = re[1] + re[2], si = im[1] + im[2];
    Lanes dr = (re[1] - re[2]) * half_root, di = (im[1] - im[2]) * half_root;
    Lanes mr = re[0] - 0.5f * sr, mi = im[0] - 0.5f * si;

    re[0] += sr;
    im[0] += si;
    re[1] = mr + di;
    im[1] = mi - dr;
    re[2] = mr - di;
    im[2] = mi + dr;
  } else if (radix == 4) {
    Lanes ar = re[0] + re[2], ai = im[0] + im[2], br = re[0] - re[2], bi = im[0] - im[2];
    Lanes cr = re[1] + re[3], ci = im[1] + im[3], dr = re[1] - re[3], di = im[1] - im[3];

    re[0] = ar + cr;
    im[0] = ai + ci;
    re[1] = br + di;
    im[1] = bi - dr;
    re[2] = ar - cr;
    im[2] = ai - ci;
    re[3] = br - di;
    im[3] = bi + dr;
  } else {
    const float c1 = 0.30901699437494742410f, c2 = -0.80901699437494742410f;
    const float s1 = 0.95105651629515357212f, s2 = 0.58778525229247312917f;
    Lanes ar = re[1] + re[4], ai = im[1] + im[4], br = re[1] - re[4], bi = im[1] - im[4];
    Lanes cr = re[2] + re[3], ci = im[2] + im[3], dr = re[2] - re[3], di = im[2] - im[3];
    Lanes pr = re[0] + c1 * ar + c2 * cr, pi = im[0] + c1 * ai + c2 * ci;
    Lanes qr = re[0] + c2 * ar + c1 * cr, qi = im[0] + c2 * ai + c1 * ci;
    Lanes ur = s1 * br + s2 * dr, ui = s1 * bi + s2 * di;
    Lanes vr = s2 * br - s1 * dr, vi = s2 * bi - s1 * di;

    re[0] += ar + cr;
    im[0] += ai + ci;
    re[1] = pr + ui;
    im[1] = pi - ur;
    re[4] = pr - ui;
    im[4] = pi + ur;
    re[2] = qr + vi;
    im[2] = qi - vr;
    re[3] = qr - vi;
    im[3] = qi + vr;
  }
}

/* One stage: @left · radix numbers at stride @done become radix groups of them. */
INLINE void
stage (const int    radix,
       size_t       left,
       size_t       done,
       const float *twiddle,
       const Lanes *xr,
       const Lanes *xi,
       Lanes       *yr,
       Lanes       *yi)
{
  for (size_t p = 0; p < left; p++, twiddle += (radix - 1) * 2)
    for (size_t q = 0; q < done; q++) {
      Lanes re[5], im[5];

      for (int j = 0; j < radix; j++) {
        size_t at = q + done * (p + left * (size_t) j);

        re[j] = xr[at];
        im[j] = xi[at];
      }
      butterfly (radix, re, im);
      for (int j = 0; j < radix; j++) {
        size_t at = q + done * ((size_t) radix * p + (size_t) j);

        if (j == 0) {
          yr[at] = re[0];
          yi[at] = im[0];
        } else {
          float c = twiddle[(j - 1) * 2], s = twiddle[(j - 1) * 2 + 1];

          yr[at] = re[j] * c - im[j] * s;
          yi[at] = re[j] * s + im[j] * c;
        }
      }
    }
}

DUB_CLONES static void
run_stages (const DubFft *self,
            Lanes        *re,
            Lanes        *im,
            Lanes        *other_re,
            Lanes        *other_im)
{
  Lanes *xr = re, *xi = im, *yr = other_re, *yi = other_im;
  size_t left = self->length, done = 1;

  for (size_t s = 0; s < self->n_stages; s++) {
    Lanes *swapped;

    left /= (size_t) self->radix[s];
    if (self->radix[s] == 4)
      stage (4, left, done, self->twiddle[s], xr, xi, yr, yi);
    else if (self->radix[s] == 2)
      stage (2, left, done, self->twiddle[s], xr, xi, yr, yi);
    else if (self->radix[s] == 3)
      stage (3, left, done, self->twiddle[s], xr, xi, yr, yi);
    else
      stage (5, left, done, self->twiddle[s], xr, xi, yr, yi);
    done *= (size_t) self->radix[s];
    swapped = xr;
    xr = yr;
    yr = swapped;
    swapped = xi;
    xi = yi;
    yi = swapped;
  }
  if (xr != re) {
    memcpy (re, xr, self->length * sizeof (Lanes));
    memcpy (im, xi, self->length * sizeof (Lanes));
  }
}

void
dub_fft_run (const DubFft *self,
             float        *re,
             float        *im,
             float        *scratch)
{
  run_stages (self, (Lanes *) (void *) re, (Lanes *) (void *) im, (Lanes *) (void *) scratch,
              (Lanes *) (void *) (scratch + self->length * LANES));
}
