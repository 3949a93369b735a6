/* Fourier transforms of many rows at once, single precision.
 *
 * DUB_FFT_LANES transforms of one length stand side by side, [length][lanes], real and imaginary parts apart, so that
 * every step of the one is done for all. Stockham's self-sorting form with radices 4, 2, 3 and 5.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DUB_FFT_LANES 16

typedef struct _DubFft DubFft;

/* The least length of at least @n that is 16 · 2^a 3^b 5^c. */
size_t  dub_fft_good_length (size_t        n);

G_GNUC_WARN_UNUSED_RESULT
DubFft *dub_fft_new         (size_t        length);
void    dub_fft_free        (DubFft       *self);
size_t  dub_fft_get_length  (const DubFft *self);

/* dub_fft_run:
 * @re, @im: [length][lanes], 64-byte aligned; replaced by Σ_j x_j e^(-2πi jk / length). With the two exchanged it is the
 *   inverse transform times the length.
 * @scratch: [2][length][lanes], 64-byte aligned
 *
 * Thread-safe. The numbers of a lane do not depend on its neighbours.
 */
void    dub_fft_run         (const DubFft *self,
                             float        *re,
                             float        *im,
                             float        *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubFft, dub_fft_free)

G_END_DECLS
