#include "app/cli/cli-numbers.h"

#include "app/cli/cli-command.h"
#include "core/base/error.h"

#include <math.h>
#include <string.h>

/* "2, 0, 7" of the C-order @index. */
static char *
place_of (const DubShape *shape,
          size_t          index)
{
  size_t along[DUB_MAX_RANK];
  g_autoptr (GString) place = g_string_new (NULL);

  for (int i = shape->rank - 1; i >= 0; i--) {
    along[i] = index % (size_t) shape->dim[i];
    index /= (size_t) shape->dim[i];
  }
  for (int i = 0; i < shape->rank; i++)
    g_string_append_printf (place, "%s%zu", i > 0 ? ", " : "", along[i]);

  return g_string_free (g_steal_pointer (&place), FALSE);
}

gboolean
cli_check_numbers (const char      *what,
                   const DubTensor *tensor,
                   gboolean         infinity,
                   GError         **error)
{
  size_t first = 0, count = 0;

  if (tensor->dtype != DUB_DTYPE_F32 && tensor->dtype != DUB_DTYPE_F64)
    return TRUE;

  for (size_t i = 0, n = dub_tensor_n_elements (tensor); i < n; i++) {
    double value = dub_tensor_get_double (tensor, i);

    if (infinity ? isfinite (value) : !isnan (value))
      continue;
    first = count == 0 ? i : first;
    count++;
  }
  if (count == 0)
    return TRUE;

  g_autofree char *place = place_of (&tensor->shape, first);

  g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
               _("%s: element [%s] is %g (%zu such of %zu), expected a number."),
               what, place, dub_tensor_get_double (tensor, first), count, dub_tensor_n_elements (tensor));

  return FALSE;
}

gboolean
cli_hint_allow_nan (GError **error)
{
  if (error != NULL && *error != NULL && g_error_matches (*error, DUB_ERROR, DUB_ERROR_NUMERIC)) {
    g_autofree char *said = g_steal_pointer (&(*error)->message);
    size_t n = strlen (said);

    if (n > 0 && said[n - 1] == '.')
      said[n - 1] = '\0';
    (*error)->message = g_strdup_printf (_("%s; --allow-nan takes it as it is."), said);
  }

  return FALSE;
}
