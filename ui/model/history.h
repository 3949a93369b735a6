/* Undo and redo of everything a person sets.
 *
 * A commit is a label and two closures over one piece of data. The change has
 * already been made when it is committed; undo and redo only repeat it. While a
 * closure runs, commits are ignored: setters may commit without asking who calls.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DUB_TYPE_HISTORY (dub_history_get_type ())
G_DECLARE_FINAL_TYPE (DubHistory, dub_history, DUB, HISTORY, GObject)

typedef void (*DubHistoryFunc) (gpointer data);

DubHistory *dub_history_new            (void);

/* dub_history_commit:
 * @label: what was done, for "Undo …" ("Move λ1")
 * @merge_key: (nullable): commits with the same key within a second become one,
 *             keeping the first @undo and the last @redo, so that a slider drag is one entry
 * @data: passed to both; freed by @destroy when the commit leaves the history
 */
void        dub_history_commit         (DubHistory     *self,
                                        const char     *label,
                                        const char     *merge_key,
                                        DubHistoryFunc  undo,
                                        DubHistoryFunc  redo,
                                        gpointer        data,
                                        GDestroyNotify  destroy);

gboolean    dub_history_undo           (DubHistory     *self);
gboolean    dub_history_redo           (DubHistory     *self);
void        dub_history_clear          (DubHistory     *self);

/* Properties "can-undo", "can-redo", "undo-label", "redo-label" notify. Labels are NULL where there is nothing. */
gboolean    dub_history_get_can_undo   (DubHistory     *self);
gboolean    dub_history_get_can_redo   (DubHistory     *self);
const char *dub_history_get_undo_label (DubHistory     *self);
const char *dub_history_get_redo_label (DubHistory     *self);

G_END_DECLS
