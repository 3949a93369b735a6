/* The one error domain of the core.
 *
 * A message is one sentence that names the file, the field, what was found and
 * what was expected, so that a window can show it as it is.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DUB_ERROR (dub_error_quark ())

typedef enum {
  DUB_ERROR_CANCELLED,   /* the run context was cancelled; inputs are untouched */
  DUB_ERROR_IO,          /* the system refused: missing file, full disk, no permission */
  DUB_ERROR_FORMAT,      /* bytes that are not what their format promises */
  DUB_ERROR_SHAPE,       /* sizes that do not fit together */
  DUB_ERROR_UNSUPPORTED, /* valid, but outside what is implemented; says what to use instead */
  DUB_ERROR_NUMERIC,     /* NaN, infinity or a value outside its range */
  DUB_ERROR_MEMORY,      /* an allocation that cannot or should not be made */
  DUB_ERROR_ARGUMENT,    /* a parameter outside its documented range */
} DubError;

GQuark dub_error_quark (void);

G_END_DECLS
