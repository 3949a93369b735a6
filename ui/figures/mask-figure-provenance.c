/* Where a mask came from, as every file of it says: figures in their metadata, NIfTI in its header. */
#include "ui/figures/mask-figure-provenance.h"

#include <math.h>
#include <string.h>

#include "core/io/json-member.h"
#include "core/io/nifti.h"
#include "dub-config.h"
#include "ui/figures/clusters.h"
#include "ui/figures/ticks.h"

void
dub_mask_figure_set_sources (DubMaskFigure       *self,
                             const DubPreprocess *preprocess,
                             const char          *model_hash,
                             const char          *data_hash,
                             const char          *reference_hash)
{
  g_return_if_fail (self != NULL && preprocess != NULL && model_hash != NULL && data_hash != NULL);

  dub_mask_figure_add_provenance (self, "axes", dub_axes_name (preprocess->axes));
  dub_mask_figure_add_provenance (self, "scale", dub_scale_name (preprocess->scale));
  dub_mask_figure_add_provenance (self, "fit", dub_fit_name (preprocess->fit));
  dub_mask_figure_add_provenance (self, "model-sha256", model_hash);
  dub_mask_figure_add_provenance (self, "data-sha256", data_hash);
  if (reference_hash != NULL)
    dub_mask_figure_add_provenance (self, "replacement-sha256", reference_hash);
}

gboolean
dub_mask_figure_set_min_cluster (DubMaskFigure *self,
                                 guint          voxels,
                                 GError       **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  DubVolume *drawn = NULL;

  if (voxels > 1 && self->mask != NULL) {
    drawn = dub_clusters_filter (self->mask, TRUE, self->style.overlay.clip, voxels, error);
    if (drawn == NULL)
      return FALSE;
  }
  g_clear_pointer (&self->drawn, dub_volume_unref);
  self->drawn = drawn;
  self->min_cluster = MAX (voxels, 1);

  return TRUE;
}

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  return strcmp (a, b);
}

/* What is stored. (transfer full) */
static GTree *
stored (const DubMaskFigure *self)
{
  GTree *entries = g_tree_new_full (compare_keys, NULL, g_free, g_free);

  for (guint i = 0; i + 1 < self->provenance->len; i += 2)
    g_tree_replace (entries, g_strdup (self->provenance->pdata[i]), g_strdup (self->provenance->pdata[i + 1]));
  g_tree_replace (entries, g_strdup ("iteration"), g_strdup_printf ("%u", self->iteration));

  return entries;
}

static void
add_state (GTree      *entries,
           const char *key,
           char       *value)
{
  g_tree_replace (entries, g_strdup (key), value);
}

static void
add_flag (GTree      *entries,
          const char *key,
          gboolean    value)
{
  add_state (entries, key, g_strdup (value ? "yes" : "no"));
}

static char *
pair (double low,
      double high)
{
  g_autofree char *first = dub_number_format_exact (low);
  g_autofree char *second = dub_number_format_exact (high);

  return g_strdup_printf ("%s %s", first, second);
}

/* Everything that moves a pixel and can be read off the struct only now. */
static void
add_view (const DubMaskFigure *self,
          GTree               *entries)
{
  const DubOverlay *overlay = &self->style.overlay;
  g_autofree char *x = dub_number_format_exact (self->cursor[0]);
  g_autofree char *yz = pair (self->cursor[1], self->cursor[2]);

  add_state (entries, "cursor-mm", g_strdup_printf ("%s %s", x, yz));
  add_state (entries, "convention", g_strdup (self->radiological ? "radiological" : "neurological"));
  add_flag (entries, "crosshair", self->crosshair);
  add_flag (entries, "truth-contour", self->truth != NULL);
  add_flag (entries, "overlay", self->mask != NULL && !self->hides_overlay);
  add_state (entries, "window", pair (self->style.low, self->style.high));
  add_flag (entries, "interpolated", self->style.interpolation == DUB_INTERPOLATION_LINEAR);
  add_state (entries, "colormap", g_ascii_strdown (dub_colormap_name (overlay->colormap), -1));
  add_state (entries, "range", pair (overlay->low, overlay->high));
  add_state (entries, "clip", dub_number_format_exact (overlay->clip));
  add_state (entries, "opacity", dub_number_format_exact (overlay->opacity));
  add_flag (entries, "hard-threshold", overlay->hard);
  add_state (entries, "smallest-cluster", g_strdup_printf ("%u", MAX (self->min_cluster, 1)));
  if (isfinite (self->mass_inside))
    add_state (entries, "mass-inside-truth", dub_number_format_exact (self->mass_inside));
}

static gboolean
append_entry (gpointer key,
              gpointer value,
              gpointer list)
{
  g_ptr_array_add (list, g_strdup (key));
  g_ptr_array_add (list, g_strdup (value));

  return FALSE;
}

GPtrArray *
_dub_mask_figure_full_provenance (const DubMaskFigure *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GTree) entries = stored (self);

  add_view (self, entries);
  g_tree_foreach (entries, append_entry, list);
  g_ptr_array_add (list, NULL);

  return list;
}

static gboolean
build_entry (gpointer key,
             gpointer value,
             gpointer builder)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);

  return FALSE;
}

/* The names that a study gives to subject and network stay out: the hashes say which they were, and a mask may travel
 * farther than the study. */
static char *
note_of (const DubMaskFigure *self)
{
  g_autoptr (GTree) entries = stored (self);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  g_tree_remove (entries, "subject");
  g_tree_remove (entries, "model");
  g_tree_remove (entries, "atlas");
  json_builder_begin_object (builder);
  g_tree_foreach (entries, build_entry, builder);
  json_builder_end_object (builder);

  return dub_json_to_text (builder, FALSE, NULL);
}

static const char *
value_of (const DubMaskFigure *self,
          const char          *key)
{
  for (guint i = 0; i + 1 < self->provenance->len; i += 2)
    if (g_str_equal (self->provenance->pdata[i], key))
      return self->provenance->pdata[i + 1];

  return "";
}

gboolean
dub_mask_figure_save_mask (const DubMaskFigure *self,
                           const DubVolume     *mask,
                           const char          *path,
                           GError             **error)
{
  g_return_val_if_fail (self != NULL && mask != NULL && path != NULL, FALSE);

  g_autofree char *note = note_of (self);
  /* The field holds 79 bytes; the numbers that matter most come first. */
  g_autofree char *description =
    g_strdup_printf ("Dubito " DUB_VERSION " mask class %s l1 %.8s l2 %.8s it %u model %.16s", value_of (self, "target-class"),
                     value_of (self, "lambda1"), value_of (self, "lambda2"), self->iteration,
                     value_of (self, "model-sha256"));

  return dub_nifti_save_with_note (mask, path, DUB_DTYPE_F32, description, note, error);
}
