/* An npz archive from inside, shared by the npz*.c files only. */
#pragma once

#include "core/io/npy-header.h"
#include "core/io/npy.h"

#include <zip.h>

G_BEGIN_DECLS

struct _DubNpz {
  char      *path;    /* for messages */
  char      *file;    /* (nullable) where the archive is, NULL in memory */
  GBytes    *bytes;   /* (nullable) an archive in memory */
  zip_t     *archive;
  GPtrArray *names;   /* of char *, without ".npy" */
  GArray    *entries; /* of zip_uint64_t: the entry of each name */
};

/* An open entry and the name that messages call it by. */
typedef struct {
  zip_file_t   *file;
  char         *name;
  zip_uint64_t  index;
  gboolean      text;  /* set before it is opened: an array of strings is welcome */
  zip_stat_t    stat;  /* with size, packed size, method and checksum */
} DubNpzEntry;

/* Opens array @name of @self and reads its header, which agrees with the entry's size when TRUE is returned.
 * @entry starts as { 0 } or with text set, and is closed by the caller in either case. */
gboolean _dub_npz_open_entry   (DubNpz        *self,
                                const char    *name,
                                DubNpzEntry   *entry,
                                DubNpyHeader  *header,
                                GError       **error);
/* A DubReadFunc over a DubNpzEntry. */
gboolean _dub_npz_read_entry   (gpointer       source,
                                void          *buffer,
                                size_t         n_bytes,
                                size_t        *n_read,
                                GError       **error);
/* After the last element: nothing follows, and the checksum is right. */
gboolean _dub_npz_finish_entry (DubNpzEntry   *entry,
                                GError       **error);
void     _dub_npz_close_entry  (DubNpzEntry   *entry);

/* Where the bytes of a stored entry start in the archive's file @fd. FALSE where the directory is not of the plain
 * form that this reads; libzip may still be able to. */
gboolean _dub_npz_place        (int               fd,
                                const zip_stat_t *stat,
                                zip_uint64_t      index,
                                guint64          *start);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubNpzEntry, _dub_npz_close_entry)

G_END_DECLS
