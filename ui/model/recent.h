/* The studies seen before: a GListModel of DubRecentItem, newest first.
 *
 * Kept in a JSON file of the person's data folder. A study whose folder is gone
 * stays listed as missing until it is located or removed. A damaged file counts
 * as empty: it is only a list of places.
 */
#pragma once

#include <gio/gio.h>

#include "core/study/study.h"

G_BEGIN_DECLS

#define DUB_TYPE_RECENT_ITEM (dub_recent_item_get_type ())
G_DECLARE_FINAL_TYPE (DubRecentItem, dub_recent_item, DUB, RECENT_ITEM, GObject)

const char *dub_recent_item_get_folder  (DubRecentItem *self);
const char *dub_recent_item_get_title   (DubRecentItem *self);
/* Counts, for a subtitle made in the reader's language. */
guint       dub_recent_item_get_n_cases (DubRecentItem *self);
guint       dub_recent_item_get_n_models (DubRecentItem *self);
/* Id of the case last looked at, or NULL. */
const char *dub_recent_item_get_case_id (DubRecentItem *self);
/* Seconds since 1970. */
gint64      dub_recent_item_get_time    (DubRecentItem *self);
gboolean    dub_recent_item_is_missing  (DubRecentItem *self);

#define DUB_TYPE_RECENT (dub_recent_get_type ())
G_DECLARE_FINAL_TYPE (DubRecent, dub_recent, DUB, RECENT, GObject)

/* @path: (nullable): the file; NULL = recent.json in the person's data folder */
DubRecent     *dub_recent_new         (const char *path);

/* Puts @study, which has a folder, on top. */
void           dub_recent_add         (DubRecent  *self,
                                       DubStudy   *study,
                                       const char *case_id);
/* (transfer none) (nullable) */
DubRecentItem *dub_recent_find        (DubRecent  *self,
                                       const char *folder);
void           dub_recent_remove      (DubRecent  *self,
                                       const char *folder);
/* The study of @folder is found again at @new_folder. */
void           dub_recent_relocate    (DubRecent  *self,
                                       const char *folder,
                                       const char *new_folder);
/* The entry's picture or folder is another now: whoever shows it looks again. */
void           dub_recent_touch       (DubRecent  *self,
                                       const char *folder);
/* Looks again which folders exist, e.g. when a drive was plugged in. */
void           dub_recent_refresh     (DubRecent  *self);

G_END_DECLS
