#include "core/explain/regions.h"

#include <math.h>

/* Labels of an atlas are whole numbers stored as float32; a table from label to region index. */
typedef struct {
  int   *index;   /* [n] -1 = no region */
  size_t n;
} LabelTable;

static LabelTable
label_table_new (const DubAtlas *atlas)
{
  LabelTable table = { 0 };
  int largest = -1;

  for (guint i = 0; i < atlas->regions->len; i++)
    largest = MAX (largest, g_array_index (atlas->regions, DubRegion, i).value);
  table.n = (size_t) (largest + 1);
  table.index = g_new (int, MAX (table.n, 1));
  for (size_t i = 0; i < table.n; i++)
    table.index[i] = -1;
  for (guint i = 0; i < atlas->regions->len; i++) {
    int value = g_array_index (atlas->regions, DubRegion, i).value;

    if (value > 0)
      table.index[value] = (int) i;
  }

  return table;
}

/* Σ (1 - m) by region [n_regions]. Returns the sum over all voxels. */
static double
sum_by_region (const DubAtlas  *atlas,
               const DubTensor *mask,
               double          *sums)
{
  LabelTable table = label_table_new (atlas);
  const float *labels = dub_tensor_f32 (atlas->labels->voxels);
  const float *m = dub_tensor_f32 (mask);
  size_t n = dub_tensor_n_elements (mask);
  double total = 0.0;

  for (size_t i = 0; i < n; i++) {
    double mass = 1.0 - (double) m[i];
    long label = lrintf (labels[i]);

    total += mass;
    if (label > 0 && (size_t) label < table.n && table.index[label] >= 0)
      sums[table.index[label]] += mass;
  }
  g_free (table.index);

  return total;
}

static gboolean
fits (const DubAtlas   *atlas,
      const DubTensor  *mask,
      GError          **error)
{
  const DubShape *expected = &atlas->labels->voxels->shape;

  if (mask->dtype == DUB_DTYPE_F32 && dub_tensor_is_contiguous (mask) && dub_shape_equal (&mask->shape, expected))
    return TRUE;

  g_autofree char *found = dub_shape_to_string (&mask->shape);
  g_autofree char *wanted = dub_shape_to_string (expected);

  g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
               "The mask is %s of shape %s; the atlas %s has shape %s.",
               dub_dtype_name (mask->dtype), found, atlas->name, wanted);

  return FALSE;
}

static int
compare_density (gconstpointer a,
                 gconstpointer b)
{
  const DubRegionDensity *x = a, *y = b;

  if (x->density != y->density)
    return x->density > y->density ? -1 : 1;

  return x->region->value - y->region->value;
}

GArray *
dub_region_densities (const DubAtlas   *atlas,
                      const DubTensor  *mask,
                      GError          **error)
{
  if (!fits (atlas, mask, error))
    return NULL;

  guint n = atlas->regions->len;
  g_autofree double *sums = g_new0 (double, MAX (n, 1));
  double total = sum_by_region (atlas, mask, sums);
  GArray *result = g_array_sized_new (FALSE, FALSE, sizeof (DubRegionDensity), n);

  for (guint i = 0; i < n; i++) {
    const DubRegion *region = &g_array_index (atlas->regions, DubRegion, i);
    DubRegionDensity density = {
      .region = region,
      .density = region->n_voxels > 0 ? sums[i] / (double) region->n_voxels : 0.0,
      .share = total > 0.0 ? sums[i] / total : (double) NAN,
    };

    g_array_append_val (result, density);
  }
  g_array_sort (result, compare_density);

  return result;
}

double
dub_region_similarity (const DubAtlas  *atlas,
                       const DubTensor *mask_a,
                       const DubTensor *mask_b)
{
  guint n = atlas->regions->len;
  g_autofree double *a = g_new0 (double, MAX (n, 1));
  g_autofree double *b = g_new0 (double, MAX (n, 1));
  double product = 0.0, square_a = 0.0, square_b = 0.0;

  if (!fits (atlas, mask_a, NULL) || !fits (atlas, mask_b, NULL))
    return (double) NAN;

  sum_by_region (atlas, mask_a, a);
  sum_by_region (atlas, mask_b, b);
  for (guint i = 0; i < n; i++) {
    size_t size = MAX (g_array_index (atlas->regions, DubRegion, i).n_voxels, 1);

    a[i] /= (double) size;
    b[i] /= (double) size;
    product += a[i] * b[i];
    square_a += a[i] * a[i];
    square_b += b[i] * b[i];
  }
  if (square_a <= 0.0 || square_b <= 0.0)
    return (double) NAN;

  return product / sqrt (square_a * square_b);
}

/* Marks every voxel within @radius of voxel (i, j, k). */
static void
mark_ball (guint8        *inside,
           const int64_t *dim,
           int64_t        i,
           int64_t        j,
           int64_t        k,
           double         radius)
{
  int64_t reach = (int64_t) floor (radius);

  for (int64_t a = MAX (i - reach, 0); a <= MIN (i + reach, dim[0] - 1); a++)
    for (int64_t b = MAX (j - reach, 0); b <= MIN (j + reach, dim[1] - 1); b++) {
      double rest = radius * radius - (double) ((a - i) * (a - i) + (b - j) * (b - j));

      if (rest < 0.0)
        continue;

      int64_t width = (int64_t) floor (sqrt (rest));
      int64_t first = MAX (k - width, 0), last = MIN (k + width, dim[2] - 1);

      for (int64_t c = first; c <= last; c++)
        inside[(a * dim[1] + b) * dim[2] + c] = 1;
    }
}

double
dub_mass_inside (const DubTensor *mask,
                 const DubTensor *truth,
                 double           radius)
{
  g_return_val_if_fail (mask->shape.rank == 3 && dub_shape_equal (&mask->shape, &truth->shape), (double) NAN);

  const int64_t *dim = mask->shape.dim;
  const float *m = dub_tensor_f32 (mask);
  const float *t = dub_tensor_f32 (truth);
  size_t n = dub_tensor_n_elements (mask);
  g_autofree guint8 *inside = g_new0 (guint8, MAX (n, 1));
  double total = 0.0, within = 0.0;

  for (int64_t i = 0, at = 0; i < dim[0]; i++)
    for (int64_t j = 0; j < dim[1]; j++)
      for (int64_t k = 0; k < dim[2]; k++, at++)
        if (t[at] > 0.5f)
          mark_ball (inside, dim, i, j, k, MAX (radius, 0.0));

  for (size_t i = 0; i < n; i++) {
    double mass = 1.0 - (double) m[i];

    total += mass;
    within += inside[i] ? mass : 0.0;
  }

  return total > 0.0 ? within / total : (double) NAN;
}
