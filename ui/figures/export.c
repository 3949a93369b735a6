#include "ui/figures/export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#include "core/io/file.h"
#include "core/io/png.h"
#include "dub-config.h"
#include "ui/figures/export-svg.h"

#define MM_PER_INCH 25.4
#define PT_PER_INCH 72.0
/* Equal inputs give equal bytes: the day on which an export is made is not an input. */
#define FIXED_DATE  "2000-01-01T00:00:00Z"

enum { MAX_PIXELS = 32767 };

static const char *const ENDINGS[DUB_N_EXPORT_FORMATS] = {
  [DUB_EXPORT_PNG] = ".png",
  [DUB_EXPORT_SVG] = ".svg",
  [DUB_EXPORT_PDF] = ".pdf",
  [DUB_EXPORT_CSV] = ".csv",
};

void
dub_export_options_init (DubExportOptions *self)
{
  *self = (DubExportOptions) { .width_mm = DUB_EXPORT_TWO_COLUMNS_MM, .dpi = 300.0 };
}

gboolean
dub_export_format_from_path (const char      *path,
                             DubExportFormat *format,
                             GError         **error)
{
  g_return_val_if_fail (path != NULL && format != NULL, FALSE);

  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (int i = 0; i < DUB_N_EXPORT_FORMATS; i++)
    if (g_str_has_suffix (lower, ENDINGS[i])) {
      *format = (DubExportFormat) i;
      return TRUE;
    }
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "The name “%s” does not say a format; end it with .png, .svg, .pdf or .csv.", path);

  return FALSE;
}

gboolean
dub_export_options_check (const DubExportOptions *options,
                          GError                **error)
{
  g_return_val_if_fail (options != NULL, FALSE);

  if (!(options->width_mm >= 40.0 && options->width_mm <= 1000.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The width of the figure is %g mm; expected 40 to 1000.",
                 options->width_mm);
    return FALSE;
  }
  if (!(options->dpi >= 36.0 && options->dpi <= 1200.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The resolution is %g dpi; expected 36 to 1200.", options->dpi);
    return FALSE;
  }

  return TRUE;
}

static gboolean
check_cairo (cairo_status_t status,
             GError       **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, DUB_ERROR, status == CAIRO_STATUS_NO_MEMORY ? DUB_ERROR_MEMORY : DUB_ERROR_IO,
               "The figure could not be drawn: %s.", cairo_status_to_string (status));

  return FALSE;
}

static cairo_status_t
append_bytes (void                *closure,
              const unsigned char *data,
              unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

/* Draws on paper. Returns the canvas, whose collected text is wanted by SVG. */
static DubCanvas *
draw (const DubExport *self,
      cairo_surface_t *surface,
      double           width,
      double           height,
      double           density,
      gboolean         collect)
{
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;
  DubCanvas *canvas;

  dub_theme_init (&theme, DUB_THEME_PAPER);
  if (cairo_surface_get_type (surface) == CAIRO_SURFACE_TYPE_IMAGE)
    cairo_scale (cr, density, density);
  canvas = dub_canvas_new (cr, &theme, density);
  cairo_destroy (cr);
  if (collect)
    dub_canvas_collect_text (canvas);
  dub_canvas_set_color (canvas, theme.view);
  cairo_paint (dub_canvas_get_cairo (canvas));
  self->draw (self->figure, canvas, width, height);

  return canvas;
}

static DubTensor *
to_rgb (cairo_surface_t *surface,
        int              width,
        int              height,
        GError         **error)
{
  g_autoptr (DubTensor) rgb = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (height, width, 3), error);
  const guint8 *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  guint8 *out;

  if (rgb == NULL)
    return NULL;
  out = rgb->data;
  for (int y = 0; y < height; y++) {
    const guint32 *row = (const guint32 *) (const void *) (pixels + (size_t) y * (size_t) stride);

    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        *out++ = (guint8) (row[x] >> (16 - 8 * c));
  }

  return g_steal_pointer (&rgb);
}

static gboolean
save_png (const DubExport *self,
          const char      *path,
          double           width,
          double           height,
          double           dpi,
          GError         **error)
{
  double density = dpi / PT_PER_INCH;
  int columns = (int) lrint (width * density), rows = (int) ceil (height * density - 1e-6);

  if (columns > MAX_PIXELS || rows > MAX_PIXELS) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "The figure would have %d×%d pixels; at most %d on a side are possible, so choose fewer dpi.", columns,
                 rows, MAX_PIXELS);
    return FALSE;
  }

  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, columns, rows);
  g_autoptr (DubCanvas) canvas = draw (self, surface, width, height, density, FALSE);
  g_autoptr (DubTensor) rgb = NULL;
  g_autoptr (GPtrArray) text = g_ptr_array_new ();

  cairo_surface_flush (surface);
  if (check_cairo (cairo_surface_status (surface), error)
      && check_cairo (cairo_status (dub_canvas_get_cairo (canvas)), error))
    rgb = to_rgb (surface, columns, rows, error);
  cairo_surface_destroy (surface);
  if (rgb == NULL)
    return FALSE;
  g_ptr_array_add (text, (gpointer) "Title");
  g_ptr_array_add (text, (gpointer) self->title);
  for (const char *const *item = self->provenance; item != NULL && *item != NULL; item++)
    g_ptr_array_add (text, (gpointer) *item);
  g_ptr_array_add (text, NULL);

  return dub_png_save (rgb, path, dpi, (const char *const *) text->pdata, error);
}

/* "key: value; key: value": PDF's information dictionary has no room of its own for them. */
static char *
join_provenance (const DubExport *self)
{
  GString *out = g_string_new (NULL);
  const char *const *item = self->provenance;

  for (; item != NULL && item[0] != NULL && item[1] != NULL; item += 2)
    g_string_append_printf (out, "%s%s: %s", out->len > 0 ? "; " : "", item[0], item[1]);

  return g_string_free (out, FALSE);
}

static GByteArray *
to_pdf (const DubExport *self,
        double           width,
        double           height,
        double           dpi,
        GError         **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, width, height);
  g_autofree char *provenance = join_provenance (self);
  gboolean drawn;

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, self->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Dubito " DUB_VERSION);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, provenance);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, FIXED_DATE);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_MOD_DATE, FIXED_DATE);

  g_autoptr (DubCanvas) canvas = draw (self, surface, width, height, dpi / PT_PER_INCH, FALSE);

  drawn = check_cairo (cairo_status (dub_canvas_get_cairo (canvas)), error);
  cairo_surface_finish (surface);
  drawn = drawn && check_cairo (cairo_surface_status (surface), error);
  cairo_surface_destroy (surface);

  return drawn ? g_steal_pointer (&bytes) : NULL;
}

static GByteArray *
to_svg (const DubExport *self,
        double           width,
        double           height,
        double           dpi,
        GError         **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, width, height);
  gboolean drawn;

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PT);

  g_autoptr (DubCanvas) canvas = draw (self, surface, width, height, dpi / PT_PER_INCH, TRUE);

  drawn = check_cairo (cairo_status (dub_canvas_get_cairo (canvas)), error);
  cairo_surface_finish (surface);
  drawn = drawn && check_cairo (cairo_surface_status (surface), error);
  cairo_surface_destroy (surface);
  if (!drawn)
    return NULL;

  g_autoptr (GByteArray) finished = dub_export_svg_finish (bytes, dub_canvas_get_font_family (canvas),
                                                           dub_canvas_collected (canvas), self->title,
                                                           self->provenance);

  return g_steal_pointer (&finished);
}

/* A comment line holds one line: what breaks it is written as a space. */
static void
append_comment (GString    *out,
                const char *key,
                const char *value)
{
  g_autofree char *line = g_strdup_printf ("# %s: %s", key, value);

  g_strdelimit (line, "\r\n", ' ');
  g_string_append (out, line);
  g_string_append_c (out, '\n');
}

char *
dub_export_to_csv (const DubExport *self)
{
  g_return_val_if_fail (self != NULL && self->table != NULL, NULL);

  GString *out = g_string_new (NULL);
  g_autofree char *table = self->table (self->figure);
  const char *const *item = self->provenance;

  append_comment (out, "title", self->title);
  for (; item != NULL && item[0] != NULL && item[1] != NULL; item += 2)
    append_comment (out, item[0], item[1]);
  g_string_append (out, table);

  return g_string_free (out, FALSE);
}

gboolean
dub_export_save (const DubExport        *self,
                 const char             *path,
                 const DubExportOptions *options,
                 GError                **error)
{
  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  g_autoptr (GByteArray) bytes = NULL;
  DubExportOptions usual;
  DubExportFormat format;
  double width, height;

  if (options == NULL) {
    dub_export_options_init (&usual);
    options = &usual;
  }
  if (!dub_export_format_from_path (path, &format, error) || !dub_export_options_check (options, error))
    return FALSE;
  if (format == DUB_EXPORT_CSV) {
    g_autofree char *csv = dub_export_to_csv (self);

    return dub_file_write_atomic (path, csv, strlen (csv), error);
  }

  width = options->width_mm / MM_PER_INCH * PT_PER_INCH;
  height = self->height (self->figure, width);
  if (format == DUB_EXPORT_PNG)
    return save_png (self, path, width, height, options->dpi, error);
  bytes = format == DUB_EXPORT_PDF ? to_pdf (self, width, height, options->dpi, error)
                                   : to_svg (self, width, height, options->dpi, error);
  if (bytes == NULL)
    return FALSE;

  return dub_file_write_atomic (path, bytes->data, bytes->len, error);
}
