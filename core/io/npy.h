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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubNpz, dub_npz_free)

G_END_DECLS
