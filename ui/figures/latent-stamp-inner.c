#include "ui/figures/latent-stamp-inner.h"

#include "core/base/clones.h"

DUB_CLONES void
_dub_stamp_blend (guint8       *to,
                  gsize         stride,
                  const guint8 *from,
                  const guint8 *rest,
                  gsize         bytes,
                  gsize         height)
{
  for (gsize y = 0; y < height; y++) {
    for (gsize block = 0; block < bytes; block += 32) {
      /* A fixed count of bytes: one step of wide registers. */
      guint8 mixed[32];

      for (int i = 0; i < 32; i++) {
        guint16 t = (guint16) (to[block + (gsize) i] * rest[block + (gsize) i] + 128);

        mixed[i] = (guint8) (from[block + (gsize) i] + (guint8) ((guint16) (t + (t >> 8)) >> 8));
      }
      for (int i = 0; i < 32; i++)
        to[block + (gsize) i] = mixed[i];
    }
    to += stride;
    from += bytes;
    rest += bytes;
  }
}
