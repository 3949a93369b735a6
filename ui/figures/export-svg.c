#include "ui/figures/export-svg.h"

#include <string.h>

/* Cairo numbers surfaces and images by a counter of the process. A reference is a quote or a hash sign, letters and
 * digits; neither sign can occur inside the base64 of an embedded picture. */
static void
append_renumbered (GString    *out,
                   const char *svg,
                   gsize       length)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize i = 0;

  while (i < length) {
    gboolean reference = svg[i] == '#' || (svg[i] == '"' && i >= 3 && memcmp (svg + i - 3, "id=", 3) == 0);
    gsize letters = i + 1, digits;

    g_string_append_c (out, svg[i]);
    i++;
    if (!reference)
      continue;
    while (letters < length && g_ascii_isalpha (svg[letters]))
      letters++;
    digits = letters;
    while (digits < length && g_ascii_isdigit (svg[digits]))
      digits++;
    if (letters == i || digits == letters)
      continue;
    char *name = g_strndup (svg + i, digits - i);
    guint number = GPOINTER_TO_UINT (g_hash_table_lookup (names, name));

    if (number == 0) {
      number = g_hash_table_size (names) + 1;
      g_hash_table_insert (names, g_strdup (name), GUINT_TO_POINTER (number));
    }
    g_string_append_len (out, svg + i, (gssize) (letters - i));
    g_string_append_printf (out, "%u", number);
    g_free (name);
    i = digits;
  }
}

static void
append_element (GString    *out,
                const char *name,
                const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append_printf (out, "<%s>%s</%s>\n", name, escaped, name);
}

static void
append_head (GString           *out,
             const char        *title,
             const char *const *provenance)
{
  append_element (out, "title", title);
  g_string_append (out, "<metadata>\n<provenance xmlns=\"urn:dubito:provenance\">\n");
  for (; provenance != NULL && provenance[0] != NULL && provenance[1] != NULL; provenance += 2) {
    g_autofree char *entry = g_markup_printf_escaped ("<entry key=\"%s\">%s</entry>\n", provenance[0], provenance[1]);

    g_string_append (out, entry);
  }
  g_string_append (out, "</provenance>\n</metadata>\n");
}

GByteArray *
dub_export_svg_finish (const GByteArray  *bytes,
                       const char        *family,
                       const char        *text,
                       const char        *title,
                       const char *const *provenance)
{
  const char *svg = (const char *) bytes->data;
  const char *root = g_strstr_len (svg, (gssize) bytes->len, "<svg");
  const char *body = root != NULL ? memchr (root, '>', bytes->len - (gsize) (root - svg)) : NULL;
  const char *end = g_strrstr_len (svg, (gssize) bytes->len, "</svg>");
  g_autoptr (GString) out = g_string_sized_new (bytes->len + strlen (text) + 4096);
  g_autofree char *quoted = g_markup_escape_text (family, -1);

  g_return_val_if_fail (body != NULL && end != NULL && end > body, NULL);

  body++;
  g_string_append_len (out, svg, body - svg);
  g_string_append_c (out, '\n');
  append_head (out, title, provenance);
  append_renumbered (out, body, (gsize) (end - body));
  g_string_append_printf (out, "<g font-family=\"%s, sans-serif\" style=\"font-variant-numeric: tabular-nums\">\n",
                          quoted);
  g_string_append (out, text);
  g_string_append (out, "</g>\n");
  g_string_append_len (out, end, (gssize) (bytes->len - (gsize) (end - svg)));

  GByteArray *finished = g_byte_array_sized_new ((guint) out->len);

  g_byte_array_append (finished, (const guint8 *) out->str, (guint) out->len);

  return finished;
}
