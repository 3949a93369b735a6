/* The planes as a figure, and the places as numbers. Words on paper are English, as journals want them. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>

#include "core/study/evaluate.h"
#include "ui/pages/save-figure.h"

typedef struct {
  DubLatentPoints points[DUB_N_LATENT_PANELS];
  DubLatentPanel  panels[DUB_N_LATENT_PANELS];
  char           *titles[DUB_N_LATENT_PANELS], *numbers[DUB_N_LATENT_PANELS];
  guint           panel[DUB_N_LATENT_PANELS];
  size_t          n;
} Sheet;

static void
sheet_clear (Sheet *self)
{
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++) {
    g_free (self->titles[p]);
    g_free (self->numbers[p]);
  }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sheet, sheet_clear)

/* The network is named where it is not the family's first, which is what a family means alone. */
static const char *
named_model (const DubStudy *study,
             DubLatentLive  *map)
{
  g_auto (GStrv) models = dub_study_family_models (study, dub_latent_live_get_family (map));
  const char *model = dub_latent_live_get_model (map);

  return models != NULL && g_strcmp0 (models[0], model) == 0 ? NULL : model;
}

static void
add_panel (Sheet          *sheet,
           DubLatentPage  *self,
           const DubStudy *study,
           guint           panel)
{
  DubLatentLive *map = dub_latent_bench_get_map (self->bench, (DubLatentPanelIndex) panel);
  const DubLatentPoints *points = dub_latent_bench_get_points (self->bench, (DubLatentPanelIndex) panel);
  const DubLatentQuality *quality = dub_latent_live_get_quality (map);
  size_t k = sheet->n;

  if (points == NULL || (panel == DUB_LATENT_BESIDE && *dub_latent_bench_get_beside (self->bench) == '\0'))
    return;
  sheet->points[k] = *points;
  /* The current case is where the person looks, not what the figure says. */
  sheet->points[k].current = -1;
  if (points->color != DUB_LATENT_BY_VALUE) {
    sheet->points[k].value = NULL;
    sheet->points[k].value_name = NULL;
  }
  sheet->titles[k] = dub_latent_title (dub_latent_live_get_family (map), named_model (study, map));
  sheet->numbers[k] = quality != NULL ? dub_latent_quality_text (quality) : NULL;
  sheet->panels[k] = (DubLatentPanel) { &sheet->points[k], sheet->titles[k], sheet->numbers[k] };
  sheet->panel[k] = panel;
  sheet->n++;
}

/* What both panels share is said once. */
static void
add_provenance (GPtrArray      *all,
                const DubStudy *study,
                DubLatentLive  *map)
{
  DubLatentOptions options;
  guint n_iterations;

  dub_latent_live_get_made (map, &options, &n_iterations);

  g_auto (GStrv) pairs = dub_latent_provenance (study, dub_latent_live_get_family (map), named_model (study, map), &options, n_iterations);

  for (guint i = 0; pairs[i] != NULL; i += 2) {
    gboolean told = FALSE;

    for (guint k = 0; k + 1 < all->len; k += 2)
      told |= g_str_equal (all->pdata[k], pairs[i]) && g_str_equal (all->pdata[k + 1], pairs[i + 1]);
    if (told)
      continue;
    g_ptr_array_add (all, g_strdup (pairs[i]));
    g_ptr_array_add (all, g_strdup (pairs[i + 1]));
  }
}

gboolean
_dub_latent_page_save (GtkWidget               *page,
                       const char              *path,
                       const DubExportOptions  *options,
                       GError                 **error)
{
  DubLatentPage *self = DUB_LATENT_PAGE (page);
  DubStudy *study = dub_session_get_study (self->session);
  g_auto (Sheet) sheet = { .n = 0 };

  if (study == NULL || study->data == NULL)
    return FALSE;
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    add_panel (&sheet, self, study, p);
  if (sheet.n == 0)
    return FALSE;

  g_autoptr (GPtrArray) provenance = g_ptr_array_new_with_free_func (g_free);

  for (size_t k = 0; k < sheet.n; k++)
    add_provenance (provenance, study, dub_latent_bench_get_map (self->bench, (DubLatentPanelIndex) sheet.panel[k]));
  g_ptr_array_add (provenance, NULL);

  return dub_latent_export (sheet.panels, sheet.n, (const char *const *) study->data->ids, (const char *const *) provenance->pdata, path,
                            options, error);
}

void
_dub_latent_page_export (GtkWidget  *widget,
                         const char *action,
                         GVariant   *parameter)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);

  if (dub_latent_bench_get_points (self->bench, DUB_LATENT_MAIN) == NULL)
    dub_session_toast (self->session, _("There is no map to export yet."));
  else
    dub_save_figure (widget, self->session, g_str_equal (action, "latent.export-csv") ? DUB_SAVE_NUMBERS : DUB_SAVE_FIGURE, "latent-space",
                     _dub_latent_page_save);
}
