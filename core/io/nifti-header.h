/* The header of a NIfTI-1 or NIfTI-2 file, read by our own table and proven before anything acts on it.
 *
 * Sources: the NIfTI-1.1 and NIfTI-2 data format definitions (nifti1.h, nifti2.h of the NIfTI working group).
 */
#pragma once

#include "core/data/volume.h"

G_BEGIN_DECLS

#define DUB_NIFTI_1_SIZE 348
#define DUB_NIFTI_2_SIZE 540

/* How the stored numbers are coded. */
typedef enum {
  DUB_NIFTI_U8   = 2,
  DUB_NIFTI_I16  = 4,
  DUB_NIFTI_I32  = 8,
  DUB_NIFTI_F32  = 16,
  DUB_NIFTI_F64  = 64,
  DUB_NIFTI_I8   = 256,
  DUB_NIFTI_U16  = 512,
  DUB_NIFTI_U32  = 768,
  DUB_NIFTI_I64  = 1024,
  DUB_NIFTI_U64  = 1280,
} DubNiftiType;

typedef struct {
  int             version;     /* 1 or 2 */
  gboolean        swapped;     /* the other byte order */
  gboolean        pair;        /* the voxels are in an .img file of their own */
  int64_t         dim[3];      /* ni, nj, nk, each > 0 */
  DubNiftiType    type;
  size_t          item_size;   /* bytes of a voxel */
  size_t          n_bytes;     /* of all voxels; checked against overflow */
  guint64         data_start;  /* offset of the first voxel in its file */
  double          slope;       /* value = slope · stored + inter; 1 and 0 where the file has no scaling */
  double          inter;
  double          affine[4][4]; /* voxel -> world mm RAS+, finite and invertible */
  DubAffineSource affine_source;
  gboolean        forms_disagree;
} DubNiftiHeader;

/* Bytes of the header that starts with these four: 348 or 540, in either byte order; 0 with @error set. */
size_t   dub_nifti_header_size  (const guint8     first[4],
                                 const char      *name,
                                 GError         **error);
/* dub_nifti_header_parse:
 * @bytes: as many as dub_nifti_header_size says
 *
 * Returns: FALSE with @error set:
 *   DUB_ERROR_FORMAT       a field contradicts the format
 *   DUB_ERROR_UNSUPPORTED  complex, colour, one-bit or 128-bit voxels
 *   DUB_ERROR_SHAPE        more than one volume
 *   DUB_ERROR_MEMORY       more voxels than any image has
 */
gboolean dub_nifti_header_parse (DubNiftiHeader  *self,
                                 const guint8    *bytes,
                                 const char      *name,
                                 GError         **error);

G_END_DECLS
