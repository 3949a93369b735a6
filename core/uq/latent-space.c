#include "core/uq/latent-space.h"

#include "core/projection/knn.h"

#include <string.h>

/* Queries that are projected and searched together, so that memory does not grow with their number. */
enum { BLOCK = 4096 };

/* Rows @rows [n] (NULL = @first, @first + 1 …) and columns of the space of @features into (n, n_columns). */
static void
gather (const DubLatentSpace *self,
        const float          *features,
        const size_t         *rows,
        size_t                first,
        size_t                n,
        float                *out)
{
  for (size_t i = 0; i < n; i++) {
    const float *row = features + (rows != NULL ? rows[first + i] : first + i) * self->n_features;
    float *to = out + i * self->n_columns;

    if (self->columns == NULL)
      memcpy (to, row, self->n_columns * sizeof (float));
    else
      for (size_t f = 0; f < self->n_columns; f++)
        to[f] = row[self->columns[f]];
  }
}

static gpointer
copy (const size_t *values,
      size_t        n)
{
  return values != NULL ? g_memdup2 (values, n * sizeof (size_t)) : NULL;
}

DubLatentSpace *
dub_latent_space_new (const float   *features,
                      size_t         n_cases,
                      size_t         n_features,
                      const size_t  *members,
                      size_t         n_members,
                      const size_t  *columns,
                      size_t         n_columns,
                      double         variance,
                      DubRun        *run,
                      GError       **error)
{
  g_autoptr (DubLatentSpace) self = g_new0 (DubLatentSpace, 1);
  DubPcaOptions options = DUB_PCA_DEFAULT;
  g_autofree float *gathered = NULL;

  self->n_features = n_features;
  self->columns = copy (columns, n_columns);
  self->n_columns = columns != NULL ? n_columns : n_features;
  self->members = copy (members, n_members);
  self->n_members = members != NULL ? n_members : n_cases;
  options.explained = variance;
  if (members != NULL || columns != NULL) {
    gathered = g_new (float, MAX (self->n_members * self->n_columns, 1));
    gather (self, features, members, 0, self->n_members, gathered);
    features = gathered;
  }
  self->pca = dub_pca_fit (features, self->n_members, self->n_columns, &options, run, error);
  if (self->pca == NULL)
    return NULL;
  self->places = g_new (float, self->n_members * self->pca->n_components);
  if (!dub_pca_transform (self->pca, features, self->n_members, self->places, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_latent_space_free (DubLatentSpace *self)
{
  if (self == NULL)
    return;
  g_free (self->columns);
  g_free (self->members);
  g_clear_pointer (&self->pca, dub_pca_free);
  g_free (self->places);
  g_free (self);
}

static size_t
training_case (const DubLatentSpace *self,
               size_t                member)
{
  return self->members != NULL ? self->members[member] : member;
}

/* Mean of the @wanted nearest of @n_found, without the training case @own. */
static double
mean_distance (const DubLatentSpace *self,
               const uint32_t       *indices,
               const double         *distances,
               size_t                n_found,
               size_t                wanted,
               size_t                own)
{
  double sum = 0.0;
  size_t n = 0;

  for (size_t k = 0; k < n_found && n < wanted; k++)
    if (own == G_MAXSIZE || training_case (self, indices[k]) != own) {
      sum += distances[k];
      n++;
    }

  return n > 0 ? sum / (double) n : 0.0;
}

gboolean
dub_latent_space_distances (const DubLatentSpace  *self,
                            const float           *features,
                            const size_t          *cases,
                            size_t                 n_queries,
                            const size_t          *reference,
                            size_t                 n_neighbours,
                            double                *distances,
                            DubRun                *run,
                            GError               **error)
{
  size_t n_block = MIN (n_queries, BLOCK), n_components = self->pca->n_components;
  /* One more, in case that the case itself is among them. */
  size_t n_found = MIN (n_neighbours + (reference != NULL ? 1 : 0), self->n_members);
  g_autofree float *gathered = g_new (float, n_block * self->n_columns);
  g_autofree float *places = g_new (float, n_block * n_components);
  g_autofree uint32_t *indices = g_new (uint32_t, n_block * n_found);
  g_autofree double *found = g_new (double, n_block * n_found);

  for (size_t first = 0; first < n_queries; first += BLOCK) {
    size_t n = MIN (BLOCK, n_queries - first);

    gather (self, features, cases, first, n, gathered);
    if (!dub_pca_transform (self->pca, gathered, n, places, run, error))
      return FALSE;

    /* One block of many: it tells no progress of its own. */
    DubRunSpan all = dub_run_enter_span (run, 0.0, 0.0);
    gboolean done = dub_knn (self->places, self->n_members, places, n, n_components, n_found, FALSE, indices, found, run, error);

    dub_run_leave_span (run, all);
    if (!done)
      return FALSE;
    for (size_t i = 0; i < n; i++) {
      size_t row = cases != NULL ? cases[first + i] : first + i;

      distances[row] = mean_distance (self, indices + i * n_found, found + i * n_found, n_found, n_neighbours,
                                      reference != NULL ? reference[row] : G_MAXSIZE);
    }
  }

  return TRUE;
}
