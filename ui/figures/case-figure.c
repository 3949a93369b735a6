#include "ui/figures/case-figure.h"

#include <math.h>

#include "core/io/csv.h"
#include "dub-config.h"
#include "ui/figures/ticks.h"

static void
score_clear (gpointer data)
{
  g_free (((DubCaseFigureScore *) data)->title);
}

static void
tile_clear (gpointer data)
{
  DubCaseFigureTile *tile = data;

  g_clear_pointer (&tile->picture, g_bytes_unref);
  g_free (tile->name);
  g_free (tile->id);
}

static GArray *
array_new (guint          size,
           GDestroyNotify clear)
{
  GArray *array = g_array_new (FALSE, TRUE, size);

  g_array_set_clear_func (array, clear);

  return array;
}

DubCaseFigure *
dub_case_figure_new (void)
{
  DubCaseFigure *self = g_new0 (DubCaseFigure, 1);

  self->truth = self->predicted = -1;
  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->scores = array_new (sizeof (DubCaseFigureScore), score_clear);
  self->views = array_new (sizeof (DubCaseFigureTile), tile_clear);
  self->neighbours = array_new (sizeof (DubCaseFigureTile), tile_clear);
  self->provenance = g_ptr_array_new_with_free_func (g_free);
  dub_case_figure_note (self, "software", "Dubito " DUB_VERSION);

  return self;
}

void
dub_case_figure_free (DubCaseFigure *self)
{
  if (self == NULL)
    return;
  g_free (self->study);
  g_free (self->id);
  g_free (self->part);
  g_free (self->family);
  g_ptr_array_unref (self->classes);
  g_free (self->mean);
  g_free (self->models);
  g_clear_pointer (&self->image, dub_tensor_unref);
  g_clear_pointer (&self->heat, dub_tensor_unref);
  g_free (self->heat_title);
  g_array_unref (self->scores);
  g_array_unref (self->views);
  g_array_unref (self->neighbours);
  g_ptr_array_unref (self->provenance);
  g_free (self);
}

void
dub_case_figure_add_score (DubCaseFigure *self,
                           const char    *title,
                           double         value,
                           double         percentile)
{
  DubCaseFigureScore score = { g_strdup (title), value, percentile };

  g_array_append_val (self->scores, score);
}

void
dub_case_figure_add_tile (GArray     *tiles,
                          GBytes     *picture,
                          int         side,
                          const char *name,
                          double      number,
                          const char *id,
                          gboolean    marked)
{
  DubCaseFigureTile tile = { picture != NULL ? g_bytes_ref (picture) : NULL, side, g_strdup (name), number, g_strdup (id), marked };

  g_array_append_val (tiles, tile);
}

void
dub_case_figure_note (DubCaseFigure *self,
                      const char    *key,
                      const char    *value)
{
  g_ptr_array_add (self->provenance, g_strdup (key));
  g_ptr_array_add (self->provenance, g_strdup (value));
}

/* --- as files --- */

static void
append_row (GString    *text,
            const char *kind,
            const char *name,
            double      value,
            double      percentile,
            const char *id)
{
  g_autofree char *number = dub_number_format_exact (value), *share = dub_number_format_exact (percentile);

  dub_csv_append (text, kind);
  g_string_append_c (text, ',');
  dub_csv_append (text, name);
  g_string_append_printf (text, ",%s,%s,", number, share);
  dub_csv_append (text, id != NULL ? id : "");
  g_string_append_c (text, '\n');
}

static const char *
class_of (const DubCaseFigure *self,
          int                  index)
{
  return index >= 0 && (guint) index < self->classes->len ? g_ptr_array_index (self->classes, (guint) index) : "";
}

char *
dub_case_figure_to_csv (const DubCaseFigure *self)
{
  GString *text = g_string_new ("kind,name,value,percentile,id\n");
  const double nothing = (double) NAN;

  append_row (text, "true label", class_of (self, self->truth), nothing, nothing, self->id);
  append_row (text, "predicted", class_of (self, self->predicted), nothing, nothing, self->id);
  for (guint c = 0; self->mean != NULL && c < self->classes->len; c++) {
    append_row (text, "probability", class_of (self, (int) c), self->mean[c], nothing, NULL);
    for (size_t m = 0; self->models != NULL && m < self->n_models; m++) {
      g_autofree char *model = g_strdup_printf ("model %u", (guint) m + 1);

      append_row (text, "probability", class_of (self, (int) c), self->models[m * self->classes->len + c], nothing, model);
    }
  }
  for (guint i = 0; i < self->scores->len; i++) {
    const DubCaseFigureScore *score = &g_array_index (self->scores, DubCaseFigureScore, i);

    append_row (text, "score", score->title, score->value, score->percentile, NULL);
  }
  for (guint i = 0; i < self->views->len; i++) {
    const DubCaseFigureTile *tile = &g_array_index (self->views, DubCaseFigureTile, i);

    append_row (text, "view", tile->name, tile->number, nothing, tile->id);
  }
  for (guint i = 0; i < self->neighbours->len; i++) {
    const DubCaseFigureTile *tile = &g_array_index (self->neighbours, DubCaseFigureTile, i);

    append_row (text, tile->marked ? "neighbour, near-duplicate" : "neighbour", tile->name, tile->number, nothing, tile->id);
  }

  return g_string_free (text, FALSE);
}

static double
height_cb (gconstpointer figure,
           double        width)
{
  return dub_case_figure_height (figure, width);
}

static void
draw_cb (gconstpointer  figure,
         DubCanvas     *canvas,
         double         width,
         double         height)
{
  dub_case_figure_draw (figure, canvas, width, height);
}

static char *
table_cb (gconstpointer figure)
{
  return dub_case_figure_to_csv (figure);
}

gboolean
dub_case_figure_export (const DubCaseFigure     *self,
                        const char              *path,
                        const DubExportOptions  *options,
                        GError                 **error)
{
  g_autoptr (GPtrArray) provenance = g_ptr_array_new ();
  g_autofree char *title = g_strdup_printf ("%s, case %s", self->study, self->id);

  for (guint i = 0; i < self->provenance->len; i++)
    g_ptr_array_add (provenance, g_ptr_array_index (self->provenance, i));
  g_ptr_array_add (provenance, NULL);

  const DubExport export = {
    .figure = self, .title = title, .provenance = (const char *const *) provenance->pdata,
    .height = height_cb, .draw = draw_cb, .table = table_cb,
  };

  return dub_export_save (&export, path, options, error);
}
