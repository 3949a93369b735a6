#include "core/data/atlas.h"

#include "core/data/affine.h"
#include "core/data/atlas-table.h"
#include "core/io/file.h"
#include "core/io/nifti.h"

#include <math.h>
#include <string.h>

static const float LARGEST_LABEL = 1000000.0f;
/* More distinct values than this are an image, not labels. */
static const guint MOST_REGIONS = 65536;
static const guint64 LARGEST_TABLE = 16 << 20;

static void
clear_region (gpointer data)
{
  DubRegion *self = data;

  g_free (self->name);
}

/* What is summed over the voxels of one label. */
typedef struct {
  int    value;
  size_t n_voxels;
  double sum[3]; /* of i, j, k */
} Count;

static int
compare_counts (gconstpointer a,
                gconstpointer b)
{
  const Count *first = a, *second = b;

  return (first->value > second->value) - (first->value < second->value);
}

/* (element-type Count), by increasing value, without 0. */
static GArray *
count_labels (const DubVolume  *labels,
              GError          **error)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, TRUE, sizeof (Count));
  g_autoptr (GHashTable) positions = g_hash_table_new (g_direct_hash, g_direct_equal);
  const float *voxel = dub_tensor_f32 (labels->voxels);
  const int64_t *dim = labels->voxels->shape.dim;
  float last_value = 0.0f;
  guint last_position = 0;

  for (int64_t i = 0; i < dim[0]; i++)
    for (int64_t j = 0; j < dim[1]; j++)
      for (int64_t k = 0; k < dim[2]; k++, voxel++) {
        float value = *voxel;

        if (value == 0.0f)
          continue;
        if (!(value > 0.0f && value <= LARGEST_LABEL && value == floorf (value))) {
          g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                       "%s: voxel (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                       ") is %g; expected a label, a whole number from 0 to %.0f.",
                       labels->name, i, j, k, (double) value, (double) LARGEST_LABEL);
          return NULL;
        }
        if (value != last_value) {
          gpointer known = g_hash_table_lookup (positions, GINT_TO_POINTER ((int) value));

          if (known == NULL) {
            Count count = { .value = (int) value };

            if (counts->len == MOST_REGIONS) {
              g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                           "%s has more than %u different values; expected the labels of an atlas.", labels->name,
                           MOST_REGIONS);
              return NULL;
            }
            g_array_append_val (counts, count);
            known = GUINT_TO_POINTER (counts->len);
            g_hash_table_insert (positions, GINT_TO_POINTER ((int) value), known);
          }
          last_value = value;
          last_position = GPOINTER_TO_UINT (known) - 1;
        }

        Count *count = &g_array_index (counts, Count, last_position);

        count->n_voxels++;
        count->sum[0] += (double) i;
        count->sum[1] += (double) j;
        count->sum[2] += (double) k;
      }
  if (counts->len == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no label: every voxel is 0.", labels->name);
    return NULL;
  }
  g_array_sort (counts, compare_counts);

  return g_steal_pointer (&counts);
}

/* An atlas without a warning. @names is (element-type int char*), borrowed. */
static DubAtlas *
atlas_new (const char  *name,
           DubVolume   *labels,
           GHashTable  *names,
           GError     **error)
{
  g_autoptr (GArray) counts = count_labels (labels, error);

  if (counts == NULL)
    return NULL;

  DubAtlas *self = g_new0 (DubAtlas, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->labels = dub_volume_ref (labels);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->regions = g_array_sized_new (FALSE, TRUE, sizeof (DubRegion), counts->len);
  g_array_set_clear_func (self->regions, clear_region);
  for (guint c = 0; c < counts->len; c++) {
    const Count *count = &g_array_index (counts, Count, c);
    const char *known = g_hash_table_lookup (names, GINT_TO_POINTER (count->value));
    DubRegion region = { .value = count->value, .n_voxels = count->n_voxels };
    double mean[3];

    for (int n = 0; n < 3; n++)
      mean[n] = count->sum[n] / (double) count->n_voxels;
    dub_affine_apply (labels->affine, mean, region.centroid);
    region.name = known != NULL ? g_strdup (known) : g_strdup_printf ("Label %d", count->value);
    g_array_append_val (self->regions, region);
  }

  return self;
}

static void warn (DubAtlas *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
warn (DubAtlas   *self,
      const char *format,
      ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->warnings, g_strdup_vprintf (format, args));
  va_end (args);
}

static const DubRegion *
find_region (const DubAtlas *self,
             int             value)
{
  guint low = 0, high = self->regions->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    const DubRegion *region = &g_array_index (self->regions, DubRegion, middle);

    if (region->value == value)
      return region;
    if (region->value < value)
      low = middle + 1;
    else
      high = middle;
  }

  return NULL;
}

/* Labels without a name, names without a voxel. */
static void
check_completeness (DubAtlas   *self,
                    GHashTable *names,
                    GArray     *table)
{
  for (guint i = 0; i < self->regions->len; i++) {
    const DubRegion *region = &g_array_index (self->regions, DubRegion, i);

    if (!g_hash_table_contains (names, GINT_TO_POINTER (region->value)))
      warn (self, "Label %d has %" G_GSIZE_FORMAT " voxels but no name in the table.", region->value, region->n_voxels);
  }
  for (guint i = 0; i < table->len; i++) {
    const DubAtlasName *entry = &g_array_index (table, DubAtlasName, i);

    if (entry->value != 0 && find_region (self, entry->value) == NULL)
      warn (self, "%s (label %d) has no voxel.", entry->name, entry->value);
  }
}

/* One label with two names, one name for two labels. Fills @names, where the first name of a label counts. */
static void
check_duplicates (GArray     *table,
                  GHashTable *names,
                  GPtrArray  *warnings)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < table->len; i++) {
    const DubAtlasName *entry = &g_array_index (table, DubAtlasName, i);
    const char *other_name = g_hash_table_lookup (names, GINT_TO_POINTER (entry->value));
    gpointer other_value;

    if (other_name != NULL)
      g_ptr_array_add (warnings, g_strdup_printf ("Label %d is named twice: %s and, on line %u, %s.", entry->value,
                                                  other_name, entry->line, entry->name));
    else
      g_hash_table_insert (names, GINT_TO_POINTER (entry->value), entry->name);
    if (g_hash_table_lookup_extended (values, entry->name, NULL, &other_value)) {
      if (GPOINTER_TO_INT (other_value) != entry->value)
        g_ptr_array_add (warnings,
                         g_strdup_printf ("%s is the name of two labels: %d and, on line %u, %d.", entry->name,
                                          GPOINTER_TO_INT (other_value), entry->line, entry->value));
    } else {
      g_hash_table_insert (values, entry->name, GINT_TO_POINTER (entry->value));
    }
  }
}

/* The middle between left and right: half way between the two centroids of every pair, on average;
 * without a pair the centre of all voxels. */
static double
find_midline (const DubAtlas *self)
{
  double pairs = 0.0, all = 0.0, n_all = 0.0;
  guint n_pairs = 0;
  g_autoptr (GHashTable) stems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->regions->len; i++) {
    const DubRegion *region = &g_array_index (self->regions, DubRegion, i);

    all += region->centroid[0] * (double) region->n_voxels;
    n_all += (double) region->n_voxels;
    if (dub_atlas_name_side (region->name) == 0)
      continue;

    char *stem = dub_atlas_name_stem (region->name);
    const DubRegion *other = g_hash_table_lookup (stems, stem);

    if (other != NULL) {
      pairs += (region->centroid[0] + other->centroid[0]) / 2.0;
      n_pairs++;
    }
    g_hash_table_replace (stems, stem, (gpointer) region);
  }

  return n_pairs > 0 ? pairs / n_pairs : all / n_all;
}

/* Millimetres by which @region lies on the side that its name does not say; 0 where it does not. */
static double
on_wrong_side (const DubRegion *region,
               double           midline)
{
  return MAX (0.0, -dub_atlas_name_side (region->name) * (region->centroid[0] - midline));
}

/* World x grows to the right: a region of the left half has its centroid below the midline. */
static void
check_sides (DubAtlas *self)
{
  double midline = find_midline (self);
  guint n_sided = 0, n_wrong = 0;

  for (guint i = 0; i < self->regions->len; i++) {
    const DubRegion *region = &g_array_index (self->regions, DubRegion, i);

    n_sided += dub_atlas_name_side (region->name) != 0;
    n_wrong += on_wrong_side (region, midline) > 0.0;
  }
  /* One sentence instead of a hundred where it is the whole volume that is mirrored. */
  if (n_wrong > 2 && n_wrong > n_sided / 2) {
    warn (self,
          "%u of the %u regions named for the left or the right lie on the other side: the labels or their affine are "
          "mirrored.",
          n_wrong, n_sided);
    return;
  }
  for (guint i = 0; i < self->regions->len; i++) {
    const DubRegion *region = &g_array_index (self->regions, DubRegion, i);
    double distance = on_wrong_side (region, midline);
    gboolean left = dub_atlas_name_side (region->name) < 0;

    if (distance > 0.0)
      warn (self, "%s (label %d) is named for the %s but its centre lies %.1f mm to the %s of the middle.",
            region->name, region->value, left ? "left" : "right", distance, left ? "right" : "left");
  }
}

/* "aal" of aal.nii.gz, for titles; short names of one word are abbreviations: "AAL". */
static char *
title_of (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *title = g_filename_display_name (base);
  char *end = strstr (title, ".nii");

  if (end != NULL)
    *end = '\0';
  if (strlen (title) <= 4)
    return g_ascii_strup (title, -1);

  return g_steal_pointer (&title);
}

DubAtlas *
dub_atlas_load (const char  *labels_path,
                const char  *table_path,
                GError     **error)
{
  g_autofree char *table_name = g_filename_display_name (table_path);
  g_autofree char *title = title_of (labels_path);
  g_autoptr (GBytes) bytes = dub_file_read (table_path, LARGEST_TABLE, error);

  if (bytes == NULL)
    return NULL;

  g_autoptr (GArray) table =
    dub_atlas_table_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), table_name, error);
  g_autoptr (DubVolume) labels = table != NULL ? dub_nifti_load (labels_path, error) : NULL;

  if (labels == NULL)
    return NULL;

  g_autoptr (GHashTable) names = g_hash_table_new (g_direct_hash, g_direct_equal);
  g_autoptr (GPtrArray) duplicates = g_ptr_array_new_with_free_func (g_free);

  check_duplicates (table, names, duplicates);

  DubAtlas *self = atlas_new (title, labels, names, error);

  if (self == NULL)
    return NULL;
  g_ptr_array_extend_and_steal (self->warnings, g_steal_pointer (&duplicates));
  if (labels->forms_disagree)
    warn (self, "The sform and the qform of %s place its voxels differently; the sform is used.", labels->name);
  check_completeness (self, names, table);
  check_sides (self);

  return self;
}

DubAtlas *
dub_atlas_resample (DubAtlas         *self,
                    const DubVolume  *grid,
                    DubRun           *run,
                    GError          **error)
{
  g_autoptr (DubVolume) labels = dub_volume_resample (self->labels, grid->voxels->shape.dim, grid->affine,
                                                      DUB_INTERPOLATION_NEAREST, 0.0f, run, error);
  g_autoptr (GHashTable) names = g_hash_table_new (g_direct_hash, g_direct_equal);

  if (labels == NULL)
    return NULL;
  for (guint i = 0; i < self->regions->len; i++) {
    const DubRegion *region = &g_array_index (self->regions, DubRegion, i);

    g_hash_table_insert (names, GINT_TO_POINTER (region->value), region->name);
  }

  DubAtlas *result = atlas_new (self->name, labels, names, error);

  if (result == NULL)
    return NULL;
  for (guint i = 0; i < self->warnings->len; i++)
    g_ptr_array_add (result->warnings, g_strdup (g_ptr_array_index (self->warnings, i)));
  for (guint i = 0; i < self->regions->len; i++) {
    const DubRegion *region = &g_array_index (self->regions, DubRegion, i);

    if (find_region (result, region->value) == NULL)
      warn (result, "%s (label %d) has no voxel on the grid of %s.", region->name, region->value,
            grid->name[0] != '\0' ? grid->name : "the image");
  }

  return result;
}

DubAtlas *
dub_atlas_ref (DubAtlas *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_atlas_unref (DubAtlas *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  dub_volume_unref (self->labels);
  g_array_unref (self->regions);
  g_ptr_array_unref (self->warnings);
  g_free (self->name);
  g_free (self);
}

const DubRegion *
dub_atlas_at_world (const DubAtlas *self,
                    const double    world[3])
{
  double voxel[3];

  dub_volume_world_to_voxel (self->labels, world, voxel);
  for (int n = 0; n < 3; n++)
    if (!(fabs (voxel[n]) < 1e9))
      return NULL;

  float value = dub_volume_get (self->labels, (int64_t) floor (voxel[0] + 0.5), (int64_t) floor (voxel[1] + 0.5),
                                (int64_t) floor (voxel[2] + 0.5));

  return value > 0.0f ? find_region (self, (int) value) : NULL;
}
