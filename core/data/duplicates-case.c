#include "core/data/duplicates-case.h"

#include <math.h>
#include <string.h>

/* Box average of the middle axis: (outer, n_in, inner) to (outer, n_out, inner). */
static void
average_axis (const float *in,
              size_t       outer,
              size_t       n_in,
              size_t       inner,
              size_t       n_out,
              float       *out)
{
  g_autofree double *sum = g_new (double, inner);
  double step = (double) n_in / (double) n_out;

  for (size_t o = 0; o < outer; o++)
    for (size_t to = 0; to < n_out; to++) {
      double start = (double) to * step, end = start + step;

      memset (sum, 0, inner * sizeof *sum);
      for (size_t from = (size_t) start; from < n_in && (double) from < end; from++) {
        double weight = (MIN (end, (double) from + 1.0) - MAX (start, (double) from)) / step;
        const float *row = in + (o * n_in + from) * inner;

        for (size_t i = 0; i < inner; i++)
          sum[i] += weight * (double) row[i];
      }
      for (size_t i = 0; i < inner; i++)
        out[(o * n_out + to) * inner + i] = (float) sum[i];
    }
}

/* The mean of the channels at 32 along each axis. */
static float *
reduce (const float     *values,
        const DubTensor *tensor,
        size_t          *n_values)
{
  int n_axes = tensor->shape.rank - 1;
  size_t channels = (size_t) tensor->shape.dim[0];
  size_t extent[3] = { 1, 1, 1 };
  size_t n = dub_tensor_n_elements (tensor) / channels;
  size_t n_colours = channels == 4 ? 3 : channels; /* Without alpha. */
  float *current = g_new0 (float, n);

  for (size_t c = 0; c < n_colours; c++)
    for (size_t i = 0; i < n; i++)
      current[i] += values[c * n + i] / (float) n_colours;
  for (int axis = 0; axis < n_axes; axis++)
    extent[axis] = (size_t) tensor->shape.dim[axis + 1];
  for (int axis = 0; axis < n_axes; axis++) {
    size_t outer = 1, inner = 1;

    for (int i = 0; i < axis; i++)
      outer *= extent[i];
    for (int i = axis + 1; i < n_axes; i++)
      inner *= extent[i];

    float *next = g_new (float, outer *DUB_REDUCED_EXTENT * inner);

    average_axis (current, outer, extent[axis], inner, DUB_REDUCED_EXTENT, next);
    extent[axis] = DUB_REDUCED_EXTENT;
    g_free (current);
    current = next;
  }
  *n_values = extent[0] * extent[1] * extent[2];

  return current;
}

static gboolean
has_expected_shape (DubDataset       *dataset,
                    size_t            index,
                    const DubTensor  *tensor,
                    GError          **error)
{
  gboolean same = tensor->shape.rank == dataset->n_axes + 1 && tensor->shape.dim[0] == dataset->channels;

  for (int i = 0; same && i < dataset->n_axes; i++)
    same = tensor->shape.dim[i + 1] == dataset->shape[i];
  if (!same) {
    g_autofree char *found = dub_shape_to_string (&tensor->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s: case %s has shape %s; expected that of the first case.",
                 dataset->name, dataset->cases[index].id, found);
  }

  return same;
}

float *
_dub_case_values (DubDataset  *dataset,
                  size_t       index,
                  gboolean     reduced,
                  size_t      *n_values,
                  float        range[2],
                  GError     **error)
{
  g_autoptr (DubTensor) stored = dub_dataset_read (dataset, index, NULL, error);

  if (stored == NULL || (!reduced && !has_expected_shape (dataset, index, stored, error)))
    return NULL;

  size_t n = dub_tensor_n_elements (stored);
  g_autofree float *values = g_try_new (float, n);

  if (values == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "%s: case %s has %" G_GSIZE_FORMAT
                 " numbers, which do not fit into memory.", dataset->name, dataset->cases[index].id, n);
    return NULL;
  }
  if (stored->dtype == DUB_DTYPE_U8)
    for (size_t i = 0; i < n; i++)
      values[i] = ((const guint8 *) stored->data)[i];
  else if (stored->dtype == DUB_DTYPE_U16)
    for (size_t i = 0; i < n; i++)
      values[i] = ((const guint16 *) stored->data)[i];
  else
    for (size_t i = 0; i < n; i++)
      values[i] = isfinite (dub_tensor_f32 (stored)[i]) ? dub_tensor_f32 (stored)[i] : 0.0f;

  range[0] = range[1] = n > 0 ? values[0] : 0.0f;
  for (size_t i = 0; i < n; i++) {
    range[0] = MIN (range[0], values[i]);
    range[1] = MAX (range[1], values[i]);
  }
  *n_values = n;
  if (reduced)
    return reduce (values, stored, n_values);

  return g_steal_pointer (&values);
}

/* Mean and residual of the box [start, end) of one plane. */
static void
describe_block (const float   *plane,
                const int64_t  shape[3],
                const int64_t  start[3],
                const int64_t  end[3],
                size_t         n_values,
                float          out[2])
{
  double sum = 0.0, squares = 0.0;
  double n = (double) ((end[0] - start[0]) * (end[1] - start[1]) * (end[2] - start[2]));

  for (int i = 0; i < 2; i++) {
    double mean = sum / n;

    /* Twice over the box: the residual must not be lost in the difference of two large sums. */
    for (int64_t x = start[0]; x < end[0]; x++)
      for (int64_t y = start[1]; y < end[1]; y++) {
        const float *row = plane + (x * shape[1] + y) * shape[2];

        for (int64_t z = start[2]; z < end[2]; z++)
          if (i == 0)
            sum += (double) row[z];
          else
            squares += ((double) row[z] - mean) * ((double) row[z] - mean);
      }
  }
  out[0] = (float) (sum / n * sqrt (n / (double) n_values));
  out[1] = (float) sqrt (squares / (double) n_values);
}

double
_dub_case_signature (const float   *values,
                     const int64_t  shape[3],
                     int            channels,
                     float         *signature)
{
  int64_t grid[3];
  size_t n_plane = (size_t) (shape[0] * shape[1] * shape[2]);
  size_t n_values = n_plane * (size_t) channels, n_blocks = 0;
  double sum = 0.0;

  /* 8×8, 4×4×4, and 4×4 for each of several channels. */
  for (int i = 0; i < 3; i++)
    grid[i] = MIN (shape[i], shape[2] > 1 ? (channels > 1 ? 2 : 4) : (channels > 1 ? 4 : 8));
  memset (signature, 0, DUB_SIGNATURE_WIDTH * sizeof *signature);
  for (int c = 0; c < channels; c++)
    for (int64_t block = 0; block < grid[0] * grid[1] * grid[2]; block++) {
      int64_t at[3] = { block / (grid[1] * grid[2]), block / grid[2] % grid[1], block % grid[2] };
      int64_t start[3], end[3];

      for (int i = 0; i < 3; i++) {
        start[i] = at[i] * shape[i] / grid[i];
        end[i] = (at[i] + 1) * shape[i] / grid[i];
      }
      describe_block (values + (size_t) c * n_plane, shape, start, end, n_values, signature + 2 * n_blocks++);
    }
  for (size_t i = 0; i < n_values; i++)
    sum += (double) values[i];

  return sum / (double) n_values;
}
