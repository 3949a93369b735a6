/* What Cairo's SVG lacks: text as text, metadata, and names that do not count what the process drew before. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* dub_export_svg_finish:
 * @bytes: a document as Cairo writes it
 * @family: font of the text elements
 * @text: <text> elements to stand above all else, see dub_canvas_collect_text ()
 * @provenance: (nullable): key, value, …, NULL
 *
 * Returns: (transfer full): the finished document
 */
G_GNUC_WARN_UNUSED_RESULT
GByteArray *dub_export_svg_finish (const GByteArray   *bytes,
                                   const char         *family,
                                   const char         *text,
                                   const char         *title,
                                   const char *const  *provenance);

G_END_DECLS
