/* The mask figure as files: its tables, and what the exporter needs to know of it. */
#include "ui/figures/mask-figure.h"

#include <math.h>

#include "core/io/csv.h"
#include "ui/figures/mask-figure-provenance.h"
#include "ui/figures/ticks.h"

/* The body without provenance, which the exporter writes above every table. */
static char *
tables (gconstpointer figure)
{
  const DubMaskFigure *self = figure;
  GString *out = g_string_new (NULL);

  g_string_append (out, "# table: class probabilities\nclass,original,masked\n");
  for (guint i = 0; i < self->classes->len; i++) {
    const DubMaskFigureClass *class = &g_array_index (self->classes, DubMaskFigureClass, i);

    dub_csv_append_quoted (out, class->name);
    dub_number_append_cell (out, class->original);
    dub_number_append_cell (out, class->masked);
    g_string_append_c (out, '\n');
  }
  g_string_append (out, "\n# table: regions\nregion,density,share,voxels\n");
  for (guint i = 0; i < self->regions->len; i++) {
    const DubMaskFigureRegion *region = &g_array_index (self->regions, DubMaskFigureRegion, i);

    dub_csv_append_quoted (out, region->name);
    dub_number_append_cell (out, region->density);
    dub_number_append_cell (out, region->share);
    g_string_append_printf (out, ",%" G_GSIZE_FORMAT "\n", region->n_voxels);
  }
  g_string_append (out, "\n# table: energy\niteration,total,score,area,smoothness\n");
  for (guint i = 0; i < self->trace->len; i++) {
    const DubMaskEnergy *row = &g_array_index (self->trace, DubMaskEnergy, i);

    g_string_append_printf (out, "%u", row->iteration);
    dub_number_append_cell (out, row->total);
    dub_number_append_cell (out, row->score);
    dub_number_append_cell (out, row->area);
    dub_number_append_cell (out, row->smoothness);
    g_string_append_c (out, '\n');
  }

  return g_string_free (out, FALSE);
}

static double
height (gconstpointer figure,
        double        width)
{
  return dub_mask_figure_height (figure, width);
}

static void
draw (gconstpointer figure,
      DubCanvas    *canvas,
      double        width,
      double        figure_height)
{
  dub_mask_figure_draw (figure, canvas, width, figure_height);
}

static char *
title (const DubMaskFigure *self)
{
  return g_strdup_printf ("Mask of %s for %s", self->subject != NULL ? self->subject : "an image",
                          self->model != NULL ? self->model : "a network");
}

char *
dub_mask_figure_to_csv (const DubMaskFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GPtrArray) provenance = _dub_mask_figure_full_provenance (self);
  g_autofree char *name = title (self);
  DubExport export = { self, name, (const char *const *) provenance->pdata, height, draw, tables };

  return dub_export_to_csv (&export);
}

gboolean
dub_mask_figure_export (const DubMaskFigure    *self,
                        const char             *path,
                        const DubExportOptions *options,
                        GError                **error)
{
  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  g_autoptr (GPtrArray) provenance = _dub_mask_figure_full_provenance (self);
  g_autofree char *name = title (self);
  DubExport export = { self, name, (const char *const *) provenance->pdata, height, draw, tables };

  return dub_export_save (&export, path, options, error);
}
