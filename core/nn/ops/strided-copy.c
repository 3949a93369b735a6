#include "core/nn/ops/strided-copy.h"

#include "core/base/parallel.h"

#include <string.h>

/* Elements a piece. */
static const size_t PIECE = 65536;

typedef struct {
  int         rank;
  int64_t     extent[DUB_MAX_RANK];
  int64_t     out_stride[DUB_MAX_RANK];
  int64_t     in_stride[DUB_MAX_RANK];
  char       *out;
  const char *in;
  size_t      size;
  size_t      n_rows;
  size_t      rows_per_piece;
} Copy;

void
dub_shape_strides (const DubShape *shape,
                   int64_t        *stride)
{
  int64_t product = 1;

  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    stride[axis] = product;
    product *= shape->dim[axis];
  }
}

#define COPY_ROW(type)                                                              \
  {                                                                                 \
    type *y = (type *) (void *) out;                                                \
    const type *x = (const type *) (const void *) in;                               \
                                                                                    \
    if (out_stride == 1)                                                            \
      for (int64_t i = 0; i < n; i++)                                               \
        y[i] = x[i * in_stride];                                                    \
    else                                                                            \
      for (int64_t i = 0; i < n; i++)                                               \
        y[i * out_stride] = x[i * in_stride];                                       \
  }

static void
copy_row (char       *out,
          int64_t     out_stride,
          const char *in,
          int64_t     in_stride,
          int64_t     n,
          size_t      size)
{
  if (out_stride == 1 && in_stride == 1)
    memcpy (out, in, (size_t) n * size);
  else if (size == 1)
    COPY_ROW (uint8_t)
  else if (size == 2)
    COPY_ROW (uint16_t)
  else if (size == 4)
    COPY_ROW (uint32_t)
  else
    COPY_ROW (uint64_t)
}

static void
copy_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Copy *copy = user_data;
  const int last = copy->rank - 1;
  size_t row = piece * copy->rows_per_piece;
  size_t end = MIN (copy->n_rows, row + copy->rows_per_piece);

  for (; row < end; row++) {
    size_t rest = row;
    int64_t out = 0, in = 0;

    for (int axis = last - 1; axis >= 0; axis--) {
      int64_t index = (int64_t) (rest % (size_t) copy->extent[axis]);

      rest /= (size_t) copy->extent[axis];
      out += index * copy->out_stride[axis];
      in += index * copy->in_stride[axis];
    }
    copy_row (copy->out + out * (int64_t) copy->size, copy->out_stride[last],
              copy->in + in * (int64_t) copy->size, copy->in_stride[last], copy->extent[last], copy->size);
  }
}

gboolean
dub_strided_copy (int            rank,
                  const int64_t *extent,
                  void          *out,
                  const int64_t *out_stride,
                  const void    *in,
                  const int64_t *in_stride,
                  size_t         size,
                  DubRun        *run,
                  GError       **error)
{
  Copy copy = { .out = out, .in = in, .size = size };

  /* Axes that advance alike in both layouts are merged. */
  for (int axis = 0; axis < rank; axis++) {
    if (extent[axis] == 0)
      return TRUE;
    if (extent[axis] == 1)
      continue;

    int before = copy.rank - 1;

    if (before >= 0 && copy.out_stride[before] == out_stride[axis] * extent[axis] &&
        copy.in_stride[before] == in_stride[axis] * extent[axis]) {
      copy.extent[before] *= extent[axis];
      copy.out_stride[before] = out_stride[axis];
      copy.in_stride[before] = in_stride[axis];
    } else {
      copy.extent[copy.rank] = extent[axis];
      copy.out_stride[copy.rank] = out_stride[axis];
      copy.in_stride[copy.rank++] = in_stride[axis];
    }
  }
  if (copy.rank == 0) {
    copy.rank = 1;
    copy.extent[0] = copy.out_stride[0] = copy.in_stride[0] = 1;
  }

  /* One long row is cut, so that all threads have a part. */
  if (copy.rank == 1 && (size_t) copy.extent[0] > PIECE && copy.extent[0] % 64 == 0) {
    copy.rank = 2;
    copy.extent[1] = copy.extent[0] / 64;
    copy.extent[0] = 64;
    copy.out_stride[1] = copy.out_stride[0];
    copy.in_stride[1] = copy.in_stride[0];
    copy.out_stride[0] *= copy.extent[1];
    copy.in_stride[0] *= copy.extent[1];
  }

  copy.n_rows = 1;
  for (int axis = 0; axis < copy.rank - 1; axis++)
    copy.n_rows *= (size_t) copy.extent[axis];
  copy.rows_per_piece = MAX (1, PIECE / (size_t) copy.extent[copy.rank - 1]);

  return dub_parallel_for (run, (copy.n_rows + copy.rows_per_piece - 1) / copy.rows_per_piece, copy_piece, &copy, error);
}
