/* Bytes in order, from a file or from memory, inflated on the way when they are gzip.
 *
 * A stream never allocates more than its two fixed buffers, whatever the bytes say;
 * dub_read_growing gives memory out only as data arrive.
 */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

typedef struct _DubStream DubStream;

/* Whether the bytes are gzip is decided by their first two, not by the name. */
G_GNUC_WARN_UNUSED_RESULT
DubStream  *dub_stream_open         (const char    *path,
                                     GError       **error);
/* Over memory, which must outlive the stream. @name is for messages. */
G_GNUC_WARN_UNUSED_RESULT
DubStream  *dub_stream_new_memory   (const guint8  *bytes,
                                     size_t         n_bytes,
                                     const char    *name);
void        dub_stream_free         (DubStream     *self);

const char *dub_stream_name         (DubStream     *self);
/* The most bytes that can come out: the file's size, or for gzip what deflate could at best make of it. */
guint64     dub_stream_bound        (DubStream     *self);
gboolean    dub_stream_is_gzip      (DubStream     *self);

/* Reads @n_bytes, or fewer at the end; *n_read says how many. FALSE on a system error or damaged gzip. */
gboolean    dub_stream_read         (DubStream     *self,
                                     void          *buffer,
                                     size_t         n_bytes,
                                     size_t        *n_read,
                                     GError       **error);
/* Passes over @n_bytes; *n_skipped may be fewer at the end. */
gboolean    dub_stream_skip         (DubStream     *self,
                                     guint64        n_bytes,
                                     guint64       *n_skipped,
                                     GError       **error);

/* A source of bytes with dub_stream_read's contract. */
typedef gboolean (*DubReadFunc) (gpointer   source,
                                 void      *buffer,
                                 size_t     n_bytes,
                                 size_t    *n_read,
                                 GError   **error);

/* dub_read_growing:
 * @claimed: what a header promises; a promise that is not kept costs at most twice the bytes that were there
 * @name: for messages
 *
 * Returns: (transfer full): *n_read bytes, at most @claimed, to be freed with g_free; NULL with @error set.
 */
G_GNUC_WARN_UNUSED_RESULT
guint8     *dub_read_growing        (DubReadFunc    read,
                                     gpointer       source,
                                     size_t         claimed,
                                     const char    *name,
                                     size_t        *n_read,
                                     GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubStream, dub_stream_free)

G_END_DECLS
