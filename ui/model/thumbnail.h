/* Small pictures of cases: a coronal slice through the truth or the middle, with the truth as heat.
 *
 * Pictures are made on a thread, one at a time, and kept as PNG in the person's cache
 * folder; deleting that folder costs time, never information.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DUB_TYPE_THUMBNAILS (dub_thumbnails_get_type ())
G_DECLARE_FINAL_TYPE (DubThumbnails, dub_thumbnails, DUB, THUMBNAILS, GObject)

/* Signal "made" (key): the picture asked for under this key is there. */
DubThumbnails *dub_thumbnails_new     (void);

/* dub_thumbnails_request:
 * @key: what the picture is of, e.g. a study's folder
 * @volume: the case's NIfTI file
 * @truth: (nullable): label volume, shown as heat
 * @width, @height: device px
 *
 * Makes the picture, or makes it anew where @volume or @truth are others or newer than those it was made from;
 * otherwise "made" is emitted at once.
 */
void           dub_thumbnails_request (DubThumbnails *self,
                                       const char    *key,
                                       const char    *volume,
                                       const char    *truth,
                                       int            width,
                                       int            height);

/* While held, pictures that are there are told of, but none is made. */
void           dub_thumbnails_set_held (DubThumbnails *self,
                                       gboolean       held);

/* (transfer full) (nullable): the PNG of this key, where it exists. */
char          *dub_thumbnails_find    (const char    *key,
                                       int            width,
                                       int            height);

G_END_DECLS
