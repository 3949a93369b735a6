/* The loop that puts one mark into an image. latent-stamp*.c only. */
#pragma once

#include <glib.h>

/* @to = @from + @to × @rest / 255, rounded to nearest, byte by byte: @height rows of @bytes, a multiple of 32. @from and @rest lie
 * densely, rows of @to are @stride bytes apart. */
void _dub_stamp_blend (guint8       *to,
                       gsize         stride,
                       const guint8 *from,
                       const guint8 *rest,
                       gsize         bytes,
                       gsize         height);
