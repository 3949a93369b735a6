/* PNG in: 1 to 16 bit, grey, grey+alpha, RGB, RGBA, palette, interlaced. Out: 8-bit grey or RGB(A) with text chunks. */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* (H, W, channels) U8, or U16 for 16-bit files, of 1 to 4 channels; palettes are looked up, fewer bits scaled to 8. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_png_load  (const char      *path,
                          GError         **error);
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_png_parse (const guint8    *bytes,
                          size_t           n_bytes,
                          const char      *name,
                          GError         **error);
/* Shape, type and file size that dub_png_load would find, from the chunks' frames: pixels are not decoded. */
gboolean   dub_png_peek  (const char      *path,
                          DubShape        *shape,   /* (H, W, channels) */
                          DubDtype        *dtype,
                          guint64         *n_bytes,
                          GError         **error);
/* @text: (nullable): NULL-terminated key, value, key, value … for tEXt/iTXt chunks; @dpi 0 = none. Atomic. */
gboolean   dub_png_save  (const DubTensor *tensor, /* (H, W, 1|3|4) U8 */
                          const char      *path,
                          double           dpi,
                          const char *const *text,
                          GError         **error);

G_END_DECLS
