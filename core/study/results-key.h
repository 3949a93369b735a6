/* What kept results depend on, as an array "key" of their archive: a SHA-256 in 64 digits. study's stores only. */
#pragma once

#include "core/io/npy.h"

G_BEGIN_DECLS

/* (transfer full): [64] U8 for dub_npz_save. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *_dub_results_key_new (const char  *key,
                                 GError     **error);
/* Whether @archive was made under @key. */
gboolean   _dub_results_has_key (DubNpz      *archive,
                                 const char  *key);

G_END_DECLS
