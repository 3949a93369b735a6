/* How a page's figure and numbers become files: where to, with which options, and what came of it. */
#pragma once

#include "ui/figures/export.h"
#include "ui/model/session.h"
#include "ui/pages/choose-path.h"

G_BEGIN_DECLS

typedef enum {
  DUB_SAVE_FIGURE,  /* PNG, SVG or PDF */
  DUB_SAVE_NUMBERS, /* CSV */
  DUB_SAVE_MASK,    /* NIfTI, compressed or not */
  DUB_SAVE_TABLE,   /* CSV or Markdown */
} DubSaveKind;

/* Writes what the page shows at this moment to @path, in the form that its ending says.
 * Returns: FALSE with @error set; FALSE without one where there is nothing to write any more, which is not told. */
typedef gboolean (*DubSaveFunc) (GtkWidget               *page,
                                 const char              *path,
                                 const DubExportOptions  *options,
                                 GError                 **error);

/* dub_save_figure:
 * @name: suggested, without an ending
 * @save: called when the person has chosen a place
 *
 * Asks for a place, saves, and tells of it: a toast, or the failure with a way out. The whole of an export action.
 */
void dub_save_figure  (GtkWidget              *page,
                       DubSession             *session,
                       DubSaveKind             kind,
                       const char             *name,
                       DubSaveFunc             save);

/* Its three parts, for what is saved in a thread. */
void dub_save_ask     (GtkWidget              *page,
                       DubSaveKind             kind,
                       const char             *name,
                       DubPathFunc             func,
                       gpointer                data,
                       GDestroyNotify          free_data);
/* Resolution and width that the person prefers. */
void dub_save_options (DubSession             *session,
                       DubExportOptions       *options);
/* @error is (nullable): the file is there. */
void dub_save_tell    (DubSession             *session,
                       const char             *path,
                       const GError           *error);

G_END_DECLS
