#include "core/explain/mask-terms.h"

#include "core/base/parallel.h"

#include <string.h>

/* Planes of a slab: enough that the plane shared with the neighbour is a small part. */
static const size_t SLAB = 8;

typedef struct {
  size_t              shape[3];
  const DubMaskTerms *terms;
  const float        *m;
  const float        *g;
  const DubMaskView  *view;
  const float        *score;
  float               scale;
  float              *out;
  DubMaskRowFunc      func;
  size_t              scratch_floats;
  gpointer            user_data;
  double             *area;       /* [n_slabs] */
  double             *smoothness; /* [n_slabs] */
  guint8             *done;       /* [n_slabs] */
} Job;

static size_t
n_slabs (const size_t shape[3])
{
  return (shape[0] + SLAB - 1) / SLAB;
}

/* The run of one axis in which voxel i and i + shift both lie inside [0, n). */
static inline void
overlap (size_t  n,
         int     shift,
         size_t *first,
         size_t *last)
{
  *first = shift < 0 ? MIN ((size_t) -shift, n) : 0;
  *last = shift > 0 ? n - MIN ((size_t) shift, n) : n;
  *last = MAX (*last, *first);
}

/* Row index of the image row under mask row (z, y), or FALSE where it left the image. */
static inline gboolean
shifted_row (const size_t  shape[3],
             const int     shift[3],
             size_t        z,
             size_t        y,
             int           direction,
             size_t       *row)
{
  int64_t to_z = (int64_t) z + direction * shift[0];
  int64_t to_y = (int64_t) y + direction * shift[1];

  if (to_z < 0 || to_y < 0 || to_z >= (int64_t) shape[0] || to_y >= (int64_t) shape[1])
    return FALSE;
  *row = (size_t) to_z * shape[1] + (size_t) to_y;

  return TRUE;
}

static void
compose_slab (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Job *job = user_data;
  const DubMaskView *view = job->view;
  size_t n = job->shape[2];
  size_t last_plane = MIN ((piece + 1) * SLAB, job->shape[0]);
  size_t first, last;

  overlap (n, -view->shift[2], &first, &last);
  for (size_t z = piece * SLAB; z < last_plane; z++)
    for (size_t y = 0; y < job->shape[1]; y++) {
      size_t row = (z * job->shape[1] + y) * n;
      float *out = job->out + row;
      const float *x = view->x + row;
      size_t mask_row;

      if (!shifted_row (job->shape, view->shift, z, y, -1, &mask_row)) {
        memcpy (out, x, n * sizeof (float));
        continue;
      }
      memcpy (out, x, first * sizeof (float));
      memcpy (out + last, x + last, (n - last) * sizeof (float));
      dub_mask_row_compose (out + first, job->m + mask_row * n + (size_t) ((int64_t) first - view->shift[2]), x + first,
                            view->r != NULL ? view->r + row + first : NULL, view->r0, last - first);
    }
}

gboolean
dub_mask_compose (const size_t        shape[3],
                  const float        *m,
                  const DubMaskView  *view,
                  float              *out,
                  DubRun             *run,
                  GError            **error)
{
  Job job = { .shape = { shape[0], shape[1], shape[2] }, .m = m, .view = view, .out = out };

  return dub_parallel_for (run, n_slabs (shape), compose_slab, &job, error);
}

/* d [W] = or += scale · g (x - r) at mask row (z, y). */
static void
score_row (const Job *job,
           size_t     z,
           size_t     y,
           float     *d,
           gboolean   add)
{
  const DubMaskView *view = job->view;
  size_t n = job->shape[2];
  size_t first, last, row;

  overlap (n, view->shift[2], &first, &last);
  if (!shifted_row (job->shape, view->shift, z, y, 1, &row)) {
    if (!add)
      memset (d, 0, n * sizeof (float));
    return;
  }
  if (!add) {
    memset (d, 0, first * sizeof (float));
    memset (d + last, 0, (n - last) * sizeof (float));
  }

  size_t at = (size_t) ((int64_t) (row * n + first) + view->shift[2]);

  dub_mask_row_score (d + first, job->g + at, view->x + at, view->r != NULL ? view->r + at : NULL, view->r0,
                      job->scale, add, last - first);
}

static void
add_score_slab (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  const Job *job = user_data;
  size_t last_plane = MIN ((piece + 1) * SLAB, job->shape[0]);

  for (size_t z = piece * SLAB; z < last_plane; z++)
    for (size_t y = 0; y < job->shape[1]; y++)
      score_row (job, z, y, job->out + (z * job->shape[1] + y) * job->shape[2], TRUE);
}

gboolean
dub_mask_add_score (const size_t        shape[3],
                    const float        *g,
                    const DubMaskView  *view,
                    float               scale,
                    float              *sum,
                    DubRun             *run,
                    GError            **error)
{
  Job job = {
    .shape = { shape[0], shape[1], shape[2] }, .g = g, .view = view, .scale = scale, .out = sum,
  };

  return dub_parallel_for (run, n_slabs (shape), add_score_slab, &job, error);
}

static const float *
next_rows (const Job    *job,
           size_t        z,
           size_t        y,
           const float **m_y,
           const float **m_z)
{
  size_t n = job->shape[2];
  const float *m = job->m + (z * job->shape[1] + y) * n;

  *m_y = y + 1 < job->shape[1] ? m + n : NULL;
  *m_z = z + 1 < job->shape[0] ? m + job->shape[1] * n : NULL;

  return m;
}

static void
gradient_slab (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  Job *job = user_data;
  const DubMaskTerms *terms = job->terms;
  size_t h = job->shape[1], n = job->shape[2];
  size_t first_plane = piece * SLAB;
  size_t last_plane = MIN (first_plane + SLAB, job->shape[0]);
  float smoothness_weight = (float) terms->smoothness_weight;
  double area = 0.0, smoothness = 0.0;
  g_autofree float *scratch = g_new0 (float, MAX (job->scratch_floats, 1));
  g_autofree float *rows = g_new (float, 5 * n);
  g_autofree float *pz_plane = g_new (float, h * n); /* of the plane before */
  float *d = rows, *px = rows + n, *pz = rows + 4 * n;
  float *py[2] = { rows + 2 * n, rows + 3 * n };     /* of this row and the one before */
  const float *m_y, *m_z;

  if (first_plane > 0 && job->func != NULL)
    for (size_t y = 0; y < h; y++) {
      const float *m = next_rows (job, first_plane - 1, y, &m_y, &m_z);

      dub_mask_row_flow (px, py[0], pz_plane + y * n, m, m_y, m_z, &terms->smoothness, smoothness_weight, n);
    }

  for (size_t z = first_plane; z < last_plane; z++)
    for (size_t y = 0; y < h; y++) {
      const float *m = next_rows (job, z, y, &m_y, &m_z);
      float *this_py = py[y & 1];

      smoothness += dub_mask_row_flow (px, this_py, pz, m, m_y, m_z, &terms->smoothness, smoothness_weight, n);
      if (job->func == NULL) {
        area += dub_mask_row_area (NULL, m, &terms->area, 0.0f, n);
        continue;
      }

      if (job->g != NULL)
        score_row (job, z, y, d, FALSE);
      else if (job->score != NULL)
        memcpy (d, job->score + (z * h + y) * n, n * sizeof (float));
      else
        memset (d, 0, n * sizeof (float));
      area += dub_mask_row_area (d, m, &terms->area, (float) terms->area_weight, n);
      dub_mask_row_divergence (d, px, this_py, pz, y > 0 ? py[(y + 1) & 1] : NULL,
                               z > 0 ? pz_plane + y * n : NULL, n);
      memcpy (pz_plane + y * n, pz, n * sizeof (float));
      job->func (z, y, d, scratch, job->user_data);
    }

  job->area[piece] = area;
  job->smoothness[piece] = smoothness;
  job->done[piece] = TRUE;
}

void
dub_mask_terms_gradient (const DubMaskTerms *self,
                         const float        *m,
                         const float        *g,
                         const DubMaskView  *view,
                         const float        *score,
                         DubMaskRowFunc      func,
                         size_t              scratch_floats,
                         gpointer            user_data,
                         DubRun             *run,
                         double             *area,
                         double             *smoothness)
{
  size_t n = n_slabs (self->shape);
  g_autofree double *areas = g_new0 (double, n);
  g_autofree double *smoothnesses = g_new0 (double, n);
  g_autofree guint8 *done = g_new0 (guint8, n);
  Job job = {
    .shape = { self->shape[0], self->shape[1], self->shape[2] },
    .terms = self,
    .m = m,
    .g = g,
    .view = view,
    .score = score,
    .scale = 1.0f,
    .func = func,
    .scratch_floats = scratch_floats,
    .user_data = user_data,
    .area = areas,
    .smoothness = smoothnesses,
    .done = done,
  };

  /* A pass that was cancelled midway is completed: moments of some slabs would otherwise be one
   * update ahead of the others. */
  if (!dub_parallel_for (run, n, gradient_slab, &job, NULL))
    for (size_t i = 0; i < n; i++)
      if (!done[i])
        gradient_slab (i, 0, &job);

  *area = 0.0;
  *smoothness = 0.0;
  for (size_t i = 0; i < n; i++) {
    *area += areas[i];
    *smoothness += smoothnesses[i];
  }
  *area *= self->area_weight;
  *smoothness *= self->smoothness_weight;
}
