#include "ui/figures/clusters.h"

/* Marks of a voxel: not yet met, met. */
enum { UNSEEN, SEEN };

typedef struct {
  const float *map;
  guint8      *mark;
  int64_t      n[3];
  float        offset; /* heat = offset + sign * value */
  float        sign;
  float        clip;
  GArray      *cluster; /* of size_t, also the queue of the flood */
} Flood;

static inline gboolean
is_hot (const Flood *flood,
        size_t       at)
{
  return flood->offset + flood->sign * flood->map[at] >= flood->clip;
}

static void
flood_from (Flood  *flood,
            size_t  seed)
{
  g_array_set_size (flood->cluster, 0);
  g_array_append_val (flood->cluster, seed);
  flood->mark[seed] = SEEN;

  for (guint head = 0; head < flood->cluster->len; head++) {
    size_t at = g_array_index (flood->cluster, size_t, head);
    int64_t k = (int64_t) at % flood->n[2];
    int64_t j = (int64_t) at / flood->n[2] % flood->n[1];
    int64_t i = (int64_t) at / (flood->n[2] * flood->n[1]);

    for (int64_t a = MAX (i - 1, 0); a <= MIN (i + 1, flood->n[0] - 1); a++)
      for (int64_t b = MAX (j - 1, 0); b <= MIN (j + 1, flood->n[1] - 1); b++)
        for (int64_t c = MAX (k - 1, 0); c <= MIN (k + 1, flood->n[2] - 1); c++) {
          size_t next = (size_t) ((a * flood->n[1] + b) * flood->n[2] + c);

          if (flood->mark[next] == UNSEEN && is_hot (flood, next)) {
            flood->mark[next] = SEEN;
            g_array_append_val (flood->cluster, next);
          }
        }
  }
}

DubVolume *
dub_clusters_filter (DubVolume  *map,
                     gboolean    complement,
                     double      clip,
                     guint       min_voxels,
                     GError    **error)
{
  size_t n = dub_tensor_n_elements (map->voxels);
  g_autofree guint8 *mark = g_malloc0 (n > 0 ? n : 1);
  g_autoptr (GArray) cluster = g_array_new (FALSE, FALSE, sizeof (size_t));
  g_autoptr (DubTensor) filtered = NULL;
  Flood flood = {
    dub_tensor_f32 (map->voxels), mark, { 0 }, complement ? 1.0f : 0.0f, complement ? -1.0f : 1.0f, (float) clip, cluster
  };

  for (int a = 0; a < 3; a++)
    flood.n[a] = map->voxels->shape.dim[a];

  for (size_t at = 0; at < n; at++) {
    if (mark[at] != UNSEEN || !is_hot (&flood, at))
      continue;
    flood_from (&flood, at);
    if (cluster->len >= min_voxels)
      continue;
    if (filtered == NULL && (filtered = dub_tensor_copy (map->voxels, error)) == NULL)
      return NULL;
    for (guint c = 0; c < cluster->len; c++)
      dub_tensor_f32 (filtered)[g_array_index (cluster, size_t, c)] = complement ? 1.0f : 0.0f;
  }

  if (filtered == NULL)
    return dub_volume_ref (map);

  return dub_volume_new (filtered, map->affine, error);
}
