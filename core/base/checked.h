/* Checked arithmetic for sizes that come from files.
 *
 * Each function returns FALSE instead of wrapping, and leaves *out untouched. */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

static inline gboolean
dub_checked_add (size_t  a,
                 size_t  b,
                 size_t *out)
{
  size_t sum;

  if (__builtin_add_overflow (a, b, &sum))
    return FALSE;
  *out = sum;

  return TRUE;
}

static inline gboolean
dub_checked_mul (size_t  a,
                 size_t  b,
                 size_t *out)
{
  size_t product;

  if (__builtin_mul_overflow (a, b, &product))
    return FALSE;
  *out = product;

  return TRUE;
}

/* Product of @n extents, each of which must be >= 0. */
static inline gboolean
dub_checked_product (const int64_t *extents,
                     size_t         n,
                     size_t        *out)
{
  size_t product = 1;

  for (size_t i = 0; i < n; i++)
    if (extents[i] < 0 || !dub_checked_mul (product, (size_t) extents[i], &product))
      return FALSE;
  *out = product;

  return TRUE;
}

G_END_DECLS
