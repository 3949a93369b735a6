/* NumPy's npy and npz: C and Fortran order, integers, floats (16, 32, 64), bool; zip64. Objects are refused. */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* Arrays come out in C order. float16 becomes float32; big-endian is swapped. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_npy_load        (const char       *path,
                                GError          **error);
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_npy_parse       (const guint8     *bytes,
                                size_t            n_bytes,
                                const char       *name,  /* for messages */
                                GError          **error);
gboolean   dub_npy_save        (const DubTensor  *tensor,
                                const char       *path,
                                GError          **error);

typedef struct _DubNpz DubNpz;

/* Reads the directory only; arrays are read one at a time. */
G_GNUC_WARN_UNUSED_RESULT
DubNpz    *dub_npz_open        (const char       *path,
                                GError          **error);
/* From memory; @name is for messages. */
G_GNUC_WARN_UNUSED_RESULT
DubNpz    *dub_npz_open_bytes  (GBytes           *bytes,
                                const char       *name,
                                GError          **error);
void       dub_npz_free        (DubNpz           *self);
gboolean   dub_npz_has         (const DubNpz     *self,
                                const char       *name);
size_t     dub_npz_n_arrays    (const DubNpz     *self);
const char *dub_npz_name       (const DubNpz     *self,
                                size_t            index); /* without ".npy" */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_npz_read        (DubNpz           *self,
                                const char       *name,
                                GError          **error);
/* Writes arrays; atomic. */
gboolean   dub_npz_save        (const char       *path,
                                const char *const *names,
                                DubTensor *const *tensors,
                                size_t            n_arrays,
                                GError          **error);
/* The same without compression, for numbers that hardly shrink: weights. */
gboolean   dub_npz_save_stored (const char       *path,
                                const char *const *names,
                                DubTensor *const *tensors,
                                size_t            n_arrays,
                                GError          **error);

/* Strings, as NumPy keeps them: dtype "<U12" (or "|S12" of UTF-8), zeros at the end. A tensor of them is (N, L) of U32. */

/* dub_npy_text_encode:
 * Returns: (transfer full): (N, L) for dub_npz_save_text, L the length of the longest and at least 1; or NULL with
 *   DUB_ERROR_MEMORY, or DUB_ERROR_FORMAT for a string that is no UTF-8.
 */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_npy_text_encode (const char *const *texts,
                                size_t            n,
                                GError          **error);
/* The strings of a tensor (N, L) of U32 code points or U8 bytes; ends with NULL. @name is for messages. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
char     **dub_npy_text_decode (const DubTensor  *tensor,
                                const char       *name,
                                GError          **error);
/* Array @name of strings, one axis; ends with NULL. @n: (out) (optional). (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
char     **dub_npz_read_text   (DubNpz           *self,
                                const char       *name,
                                size_t           *n,
                                GError          **error);
/* As dub_npz_save; where @text [n_arrays], the tensor is (N, L) of U32 and becomes N strings. */
gboolean   dub_npz_save_text   (const char       *path,
                                const char *const *names,
                                DubTensor *const *tensors,
                                const gboolean   *text,
                                size_t            n_arrays,
                                GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubNpz, dub_npz_free)

G_END_DECLS
