#include "core/study/latent.h"

#include <math.h>
#include <string.h>

static const char *
method_title (DubLatentMethod method)
{
  static const char *const TITLES[] = { [DUB_LATENT_PCA] = "PCA", [DUB_LATENT_TSNE] = "t-SNE", [DUB_LATENT_UMAP] = "UMAP" };

  return TITLES[method];
}

char *
dub_latent_axis_name (DubLatentMethod method,
                      guint           axis)
{
  return g_strdup_printf ("%s %u", method_title (method), axis + 1);
}

/* Three decimals with the true minus, and no zero below zero. (transfer full) */
static char *
three_decimals (double value)
{
  g_autofree char *digits = g_strdup_printf ("%.3f", fabs (value));

  return g_strconcat (value < 0.0 && strcmp (digits, "0.000") != 0 ? "−" : "", digits, NULL);
}

char *
dub_latent_title (const char *family,
                  const char *model)
{
  return model != NULL ? g_strdup_printf ("%s · %s", family, model) : g_strdup (family);
}

static void
add_number (GString    *text,
            const char *name,
            double      value)
{
  g_autofree char *digits = three_decimals (value);

  if (!isnan (value))
    g_string_append_printf (text, "%s%s %s", text->len > 0 ? " · " : "", name, digits);
}

char *
dub_latent_quality_text (const DubLatentQuality *quality)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!isnan (quality->explained))
    g_string_append_printf (text, "%.0f %% of the variance", 100.0 * quality->explained);
  add_number (text, "silhouette", quality->silhouette);
  /* What the plane shows, and what there was to be shown. */
  if (!isnan (quality->silhouette) && !isnan (quality->silhouette_features)) {
    g_autofree char *digits = three_decimals (quality->silhouette_features);

    g_string_append_printf (text, " (features %s)", digits);
  }
  add_number (text, "trustworthiness", quality->trustworthiness);
  add_number (text, "continuity", quality->continuity);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add (GPtrArray  *pairs,
     const char *key,
     char       *value)
{
  g_ptr_array_add (pairs, g_strdup (key));
  g_ptr_array_add (pairs, value);
}

char **
dub_latent_provenance (const DubStudy          *study,
                       const char              *family,
                       const char              *model,
                       const DubLatentOptions  *options,
                       guint                    n_iterations)
{
  GPtrArray *pairs = g_ptr_array_new ();

  add (pairs, "study", g_strdup (study->title));
  add (pairs, "data-hash", g_strdup (study->data->hash != NULL ? study->data->hash : ""));
  add (pairs, "split-hash", g_strdup (study->data->split_hash != NULL ? study->data->split_hash : ""));
  add (pairs, "family", g_strdup (family));
  if (model != NULL)
    add (pairs, "network", g_strdup (model));
  add (pairs, "method", g_strdup (dub_latent_method_id (options->method)));
  if (options->method == DUB_LATENT_TSNE)
    add (pairs, "perplexity", g_strdup_printf ("%.6g", options->perplexity));
  if (options->method == DUB_LATENT_UMAP) {
    add (pairs, "neighbours", g_strdup_printf ("%" G_GSIZE_FORMAT, options->n_neighbors));
    add (pairs, "min-dist", g_strdup_printf ("%.6g", options->min_dist));
  }
  if (options->method != DUB_LATENT_PCA)
    add (pairs, "iterations", g_strdup_printf ("%u", n_iterations));
  add (pairs, "seed", g_strdup_printf ("%" G_GUINT64_FORMAT, options->seed));
  g_ptr_array_add (pairs, NULL);

  return (char **) g_ptr_array_free (pairs, FALSE);
}
