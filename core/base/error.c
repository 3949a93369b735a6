#include "core/base/error.h"

G_DEFINE_QUARK (dub-error-quark, dub_error)
