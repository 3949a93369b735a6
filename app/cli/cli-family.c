#include "app/cli/cli-family.h"

#include "core/study/evaluate.h"

char *
cli_choose_family (const DubStudy  *study,
                   const char      *wanted,
                   GError         **error)
{
  g_autoptr (GPtrArray) families = dub_study_families (study);

  if (wanted == NULL && families->len == 1)
    return g_strdup (g_ptr_array_index (families, 0));
  if (wanted != NULL && g_ptr_array_find_with_equal_func (families, wanted, g_str_equal, NULL))
    return g_strdup (wanted);

  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < families->len; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (families, i));
  if (families->len == 0)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study %s has no networks yet; train some, or import them."),
                 study->title);
  else if (wanted == NULL)
    cli_usage_error (error, _("--family is missing, as the study has several: %s."), list->str);
  else
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study %s has no networks called %s; it has %s."), study->title,
                 wanted, list->str);

  return NULL;
}
