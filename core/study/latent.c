#include "core/study/latent.h"

#include "core/projection/pca.h"
#include "core/study/evaluate.h"

#include <math.h>
#include <string.h>

/* Neighbours that quality looks at. */
enum { N_QUALITY = 12 };

struct _DubLatentMap {
  DubLatentOptions  options;  /* as far as they fit */
  const float      *features; /* [N][F] borrowed */
  size_t            n_cases, n_features;
  DubTsne          *tsne;     /* one of these three */
  DubUmap          *umap;
  float            *plane;    /* [N][2] of PCA */
  double            explained;
  char             *note;
};

const char *
dub_latent_method_id (DubLatentMethod method)
{
  static const char *const IDS[] = { [DUB_LATENT_PCA] = "pca", [DUB_LATENT_TSNE] = "tsne", [DUB_LATENT_UMAP] = "umap" };

  return IDS[method];
}

/* --- features --- */

static gboolean
find_row (const DubOutputs *outputs,
          const DubStudy   *study,
          const char       *family,
          const char       *model,
          size_t           *row)
{
  g_auto (GStrv) models = family != NULL ? dub_study_family_models (study, family) : NULL;

  for (guint i = 0; models != NULL && models[i] != NULL; i++)
    for (size_t m = 0; m < outputs->n_models; m++)
      if (strcmp (outputs->models[m], models[i]) == 0 && (model == NULL || strcmp (model, models[i]) == 0)) {
        *row = m;
        return TRUE;
      }

  return FALSE;
}

float *
dub_latent_features (const DubOutputs  *outputs,
                     const DubStudy    *study,
                     const char        *family,
                     const char        *model,
                     size_t            *n_features,
                     GError           **error)
{
  size_t row, n;

  if (!find_row (outputs, study, family, model, &row)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "There are no outputs of %s%s%s: run the networks first.",
                 model != NULL ? model : "the family", model != NULL ? " of the family " : " ", family != NULL ? family : "(none)");
    return NULL;
  }
  if (outputs->features == NULL || outputs->n_features == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The outputs of %s have no features, as what was imported without them or a network that does not end in a dense "
                 "layer: import a file with an array \"features\" of (cases, features), or the network itself.",
                 outputs->models[row]);
    return NULL;
  }

  n = outputs->n_cases * outputs->n_features;

  float *features = g_try_malloc_n (n, sizeof (float));

  if (features == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for %zu features of %zu cases.", outputs->n_features,
                 outputs->n_cases);
    return NULL;
  }
  memcpy (features, outputs->features + row * n, n * sizeof (float));
  *n_features = outputs->n_features;

  return features;
}

int *
dub_latent_labels (const DubStudy *study)
{
  const DubStudyData *data = study->data;
  int *labels = g_memdup2 (data->labels, data->n_cases * sizeof *labels);
  int first = -1;
  gboolean several = FALSE;

  for (size_t i = 0; i < data->n_cases; i++)
    if (data->split->part[i] == DUB_PART_TEST && labels[i] >= 0) {
      several |= first >= 0 && labels[i] != first;
      first = labels[i];
    }
  for (size_t i = 0; i < data->n_cases && several; i++)
    if (data->split->part[i] != DUB_PART_TEST)
      labels[i] = -1;

  return labels;
}

/* --- the map --- */

/* t-SNE looks at 3 × perplexity neighbours. */
void
dub_latent_options_fit (DubLatentOptions  *options,
                        size_t             n_cases,
                        char             **note)
{
  double most = n_cases > 4 ? ((double) n_cases - 1.0) / 3.0 : 0.0;
  g_autofree char *words = NULL;

  if (options->method == DUB_LATENT_TSNE && options->perplexity > most && most > 1.0) {
    options->perplexity = most >= 5.0 ? floor (most) : most;
    words = g_strdup_printf ("The perplexity was lowered to %.3g: t-SNE looks at three times as many neighbours, and there are %zu "
                             "cases.", options->perplexity, n_cases);
  } else if (options->method == DUB_LATENT_UMAP && options->n_neighbors > n_cases && n_cases >= 4) {
    options->n_neighbors = n_cases;
    words = g_strdup_printf ("The neighbours were lowered to %zu: there are no more cases.", n_cases);
  }
  if (note != NULL)
    *note = g_steal_pointer (&words);
}

static gboolean
fit_plane (DubLatentMap  *self,
           DubRun        *run,
           GError       **error)
{
  /* Only centred: the plane is a projection of the space that the features span, in which distances mean something. */
  const DubPcaOptions options = { .standardize = FALSE, .n_components = 2, .seed = self->options.seed };
  g_autoptr (DubPca) pca = dub_pca_fit (self->features, self->n_cases, self->n_features, &options, run, error);

  if (pca == NULL)
    return FALSE;

  size_t n_components = pca->n_components;
  g_autofree float *places = g_try_malloc_n (self->n_cases, n_components * sizeof (float));

  self->plane = g_try_malloc0_n (self->n_cases, 2 * sizeof (float));
  if (places == NULL || self->plane == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for the places of %zu cases.", self->n_cases);
    return FALSE;
  }
  if (!dub_pca_transform (pca, self->features, self->n_cases, places, run, error))
    return FALSE;
  for (size_t i = 0; i < self->n_cases; i++)
    for (size_t k = 0; k < MIN (n_components, 2); k++)
      self->plane[2 * i + k] = places[i * n_components + k];
  self->explained = 0.0;
  for (size_t k = 0; k < MIN (n_components, 2); k++)
    self->explained += pca->variance[k] / pca->total_variance;

  return TRUE;
}

static gboolean
start (DubLatentMap  *self,
       DubRun        *run,
       GError       **error)
{
  DubLatentOptions *options = &self->options;

  if (options->method == DUB_LATENT_PCA)
    return fit_plane (self, run, error);
  if (options->method == DUB_LATENT_TSNE) {
    DubTsneOptions tsne = DUB_TSNE_DEFAULT;

    tsne.perplexity = options->perplexity;
    tsne.seed = options->seed;
    if (options->n_iterations == 0)
      options->n_iterations = tsne.n_iterations;
    tsne.n_iterations = options->n_iterations;
    self->tsne = dub_tsne_new (self->features, self->n_cases, self->n_features, &tsne, run, error);

    return self->tsne != NULL;
  }

  DubUmapOptions umap = DUB_UMAP_DEFAULT;

  umap.n_neighbors = options->n_neighbors;
  umap.min_dist = options->min_dist;
  umap.seed = options->seed;
  umap.n_epochs = options->n_iterations;
  self->umap = dub_umap_new (self->features, self->n_cases, self->n_features, &umap, run, error);
  if (self->umap != NULL)
    options->n_iterations = dub_umap_get_n_epochs (self->umap);

  return self->umap != NULL;
}

DubLatentMap *
dub_latent_map_new (const float             *features,
                    size_t                   n_cases,
                    size_t                   n_features,
                    const DubLatentOptions  *options,
                    DubRun                  *run,
                    GError                 **error)
{
  g_autoptr (DubLatentMap) self = g_new0 (DubLatentMap, 1);

  self->options = *options;
  self->features = features;
  self->n_cases = n_cases;
  self->n_features = n_features;
  self->explained = NAN;
  dub_latent_options_fit (&self->options, n_cases, &self->note);
  if (!start (self, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_latent_map_free (DubLatentMap *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tsne, dub_tsne_free);
  g_clear_pointer (&self->umap, dub_umap_free);
  g_free (self->plane);
  g_free (self->note);
  g_free (self);
}

gboolean
dub_latent_map_step (DubLatentMap  *self,
                     guint          n,
                     DubRun        *run,
                     GError       **error)
{
  guint at = dub_latent_map_get_iteration (self), last = dub_latent_map_get_n_iterations (self);

  n = MIN (n, last - MIN (at, last));
  if (n == 0)
    return TRUE;

  return self->tsne != NULL ? dub_tsne_step (self->tsne, n, run, error) : dub_umap_step (self->umap, n, run, error);
}

guint
dub_latent_map_get_iteration (const DubLatentMap *self)
{
  if (self->tsne != NULL)
    return dub_tsne_get_iteration (self->tsne);

  return self->umap != NULL ? dub_umap_get_epoch (self->umap) : 0;
}

guint
dub_latent_map_get_n_iterations (const DubLatentMap *self)
{
  return self->plane != NULL ? 0 : self->options.n_iterations;
}

gboolean
dub_latent_map_is_done (const DubLatentMap *self)
{
  return dub_latent_map_get_iteration (self) >= dub_latent_map_get_n_iterations (self);
}

const DubLatentOptions *
dub_latent_map_get_options (const DubLatentMap *self)
{
  return &self->options;
}

const char *
dub_latent_map_get_note (const DubLatentMap *self)
{
  return self->note;
}

void
dub_latent_map_get_positions (const DubLatentMap *self,
                              float              *xy)
{
  if (self->tsne != NULL)
    dub_tsne_get_positions (self->tsne, xy);
  else if (self->umap != NULL)
    dub_umap_get_positions (self->umap, xy);
  else
    memcpy (xy, self->plane, self->n_cases * 2 * sizeof (float));
}

/* --- how far it can be believed --- */

static gboolean
measure_neighbours (const DubLatentMap  *self,
                    const float         *xy,
                    const int           *labels,
                    DubLatentQuality    *quality,
                    DubRun              *run,
                    GError             **error)
{
  size_t n = self->n_cases;
  DubQualityOptions options = { .k = MIN (N_QUALITY, (n - 1) / 2), .n_most = n > DUB_LATENT_JUDGED_ALL ? DUB_LATENT_DRAWN : 0 };

  quality->k = options.k;
  quality->n_judged = options.n_most > 0 ? options.n_most : n;
  if (2 * options.k >= n)
    options.k = quality->k -= 1;
  if (options.k == 0)
    return TRUE;

  return dub_trustworthiness (self->features, self->n_features, xy, 2, n, &options, &quality->trustworthiness, run, error) &&
         dub_trustworthiness (xy, 2, self->features, self->n_features, n, &options, &quality->continuity, run, error) &&
         dub_neighbourhood_hit (xy, 2, labels, n, &options, &quality->hit, run, error);
}

static gboolean
measure_classes (const DubLatentMap  *self,
                 const float         *xy,
                 const int           *labels,
                 DubLatentQuality    *quality,
                 DubRun              *run,
                 GError             **error)
{
  const DubQualityOptions options = { .k = 1, .n_most = self->n_cases > DUB_LATENT_JUDGED_ALL ? DUB_LATENT_DRAWN : 0 };

  return dub_silhouette (xy, 2, labels, self->n_cases, &options, &quality->silhouette, run, error) &&
         dub_silhouette (self->features, self->n_features, labels, self->n_cases, &options, &quality->silhouette_features, run,
                         error);
}

gboolean
dub_latent_map_get_loss (DubLatentMap  *self,
                         double        *loss,
                         DubRun        *run,
                         GError       **error)
{
  *loss = NAN;
  if (self->tsne != NULL)
    return dub_tsne_get_kl (self->tsne, loss, run, error);

  return self->umap == NULL || dub_umap_get_cross_entropy (self->umap, loss, run, error);
}

gboolean
dub_latent_map_measure (DubLatentMap      *self,
                        const int         *labels,
                        DubLatentQuality  *quality,
                        DubRun            *run,
                        GError           **error)
{
  DubLatentQuality measured = { NAN, NAN, NAN, NAN, NAN, .explained = self->explained, .loss = NAN };
  g_autofree float *xy = g_try_malloc_n (self->n_cases, 2 * sizeof (float));

  if (xy == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for the places of %zu cases.", self->n_cases);
    return FALSE;
  }
  dub_latent_map_get_positions (self, xy);
  if (!measure_neighbours (self, xy, labels, &measured, run, error) || !measure_classes (self, xy, labels, &measured, run, error) ||
      !dub_latent_map_get_loss (self, &measured.loss, run, error))
    return FALSE;
  *quality = measured;

  return TRUE;
}
