#include "ui/figures/canvas.h"

#include <math.h>

struct _DubCanvas {
  cairo_t      *cr;
  DubTheme      theme;
  double        density;
  PangoContext *context;
  PangoLayout  *layout;
  GString      *collected; /* (nullable) */
  char         *family;    /* (nullable): asked for once */
};

static PangoContext *
create_context (cairo_t *cr)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();

  /* One layout for all surfaces: nothing is rounded to the pixels of any of them. */
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (context, FALSE);
  /* The user's locale must not choose other glyphs in an export. */
  pango_context_set_language (context, pango_language_from_string ("en"));
  pango_context_set_base_dir (context, PANGO_DIRECTION_LTR);
  pango_cairo_update_context (cr, context);

  return context;
}

DubCanvas *
dub_canvas_new (cairo_t        *cr,
                const DubTheme *theme,
                double          density)
{
  g_return_val_if_fail (cr != NULL && theme != NULL, NULL);

  DubCanvas *self = g_new0 (DubCanvas, 1);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  self->cr = cairo_reference (cr);
  self->theme = *theme;
  self->density = density > 0.0 ? density : 1.0;
  self->context = create_context (cr);
  self->layout = pango_layout_new (self->context);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (self->layout, attributes);
  pango_layout_set_single_paragraph_mode (self->layout, TRUE);

  return self;
}

void
dub_canvas_free (DubCanvas *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->layout);
  g_object_unref (self->context);
  cairo_destroy (self->cr);
  if (self->collected != NULL)
    g_string_free (self->collected, TRUE);
  g_free (self->family);
  g_free (self);
}

cairo_t *
dub_canvas_get_cairo (DubCanvas *self)
{
  return self->cr;
}

const DubTheme *
dub_canvas_get_theme (DubCanvas *self)
{
  return &self->theme;
}

double
dub_canvas_get_density (DubCanvas *self)
{
  return self->density;
}

void
dub_canvas_set_color (DubCanvas *self,
                      DubRgba    color)
{
  cairo_set_source_rgba (self->cr, color.red, color.green, color.blue, color.alpha);
}

static void
set_text (DubCanvas    *self,
          const char   *text,
          double        size,
          DubTextFlags  flags)
{
  g_autoptr (PangoFontDescription) font = pango_font_description_new ();

  pango_font_description_set_family (font, self->theme.font_family);
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, flags & DUB_TEXT_BOLD ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (self->layout, font);
  pango_layout_set_text (self->layout, text, -1);
}

static double
layout_width (DubCanvas *self)
{
  PangoRectangle logical;

  pango_layout_get_extents (self->layout, NULL, &logical);

  return (double) logical.width / PANGO_SCALE;
}

double
dub_canvas_text_width (DubCanvas    *self,
                       const char   *text,
                       double        size,
                       DubTextFlags  flags)
{
  set_text (self, text, size, flags);

  return layout_width (self);
}

static void
append_number (GString    *string,
               const char *name,
               double      value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (digits, sizeof digits, "%.3f", value);
  g_string_append_printf (string, " %s=\"%s\"", name, digits);
}

static void
append_color (GString    *string,
              const char *name,
              DubRgba     color)
{
  g_string_append_printf (string, " %s=\"#%02x%02x%02x\"", name, (guint) lrint (255.0 * color.red),
                          (guint) lrint (255.0 * color.green), (guint) lrint (255.0 * color.blue));
}

/* The family that was found stands first: the anchors keep the places where a reader lacks it. */
static void
collect (DubCanvas    *self,
         const char   *text,
         double        size,
         DubTextFlags  flags,
         DubRgba       color,
         double        x,
         double        y)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  GString *out = self->collected;

  cairo_user_to_device (self->cr, &x, &y);
  g_string_append (out, "<text");
  append_number (out, "x", x);
  append_number (out, "y", y);
  append_number (out, "font-size", size);
  append_color (out, "fill", color);
  if (color.alpha < 1.0)
    append_number (out, "fill-opacity", color.alpha);
  if (flags & DUB_TEXT_BOLD)
    g_string_append (out, " font-weight=\"bold\"");
  if (flags & (DUB_TEXT_CENTRE | DUB_TEXT_RIGHT))
    g_string_append_printf (out, " text-anchor=\"%s\"", flags & DUB_TEXT_CENTRE ? "middle" : "end");
  if (flags & DUB_TEXT_HALO)
    g_string_append (out, " paint-order=\"stroke\" stroke=\"#000000\" stroke-opacity=\"0.6\" stroke-width=\"1.2\""
                          " stroke-linejoin=\"round\"");
  if (flags & DUB_TEXT_UP) {
    char first[G_ASCII_DTOSTR_BUF_SIZE], second[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (first, sizeof first, "%.3f", x);
    g_ascii_formatd (second, sizeof second, "%.3f", y);
    g_string_append_printf (out, " transform=\"rotate(-90 %s %s)\"", first, second);
  }
  g_string_append_printf (out, ">%s</text>\n", escaped);
}

double
dub_canvas_text (DubCanvas    *self,
                 const char   *text,
                 double        size,
                 DubTextFlags  flags,
                 DubRgba       color,
                 double        x,
                 double        y)
{
  g_return_val_if_fail (self != NULL && text != NULL, 0.0);

  double width;

  set_text (self, text, size, flags);
  width = layout_width (self);
  if (self->collected != NULL) {
    collect (self, text, size, flags, color, x, y);
    return width;
  }

  PangoLayoutLine *line = pango_layout_get_line_readonly (self->layout, 0);
  double back = flags & DUB_TEXT_CENTRE ? width / 2.0 : flags & DUB_TEXT_RIGHT ? width : 0.0;

  cairo_save (self->cr);
  cairo_move_to (self->cr, x, y);
  if (flags & DUB_TEXT_UP)
    cairo_rotate (self->cr, -G_PI_2);
  cairo_rel_move_to (self->cr, -back, 0.0);
  if (flags & DUB_TEXT_HALO) {
    double from_x, from_y;

    cairo_get_current_point (self->cr, &from_x, &from_y);
    pango_cairo_layout_line_path (self->cr, line);
    cairo_set_source_rgba (self->cr, 0.0, 0.0, 0.0, 0.6);
    cairo_set_line_width (self->cr, 1.2);
    cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke (self->cr);
    cairo_move_to (self->cr, from_x, from_y);
  }
  dub_canvas_set_color (self, color);
  pango_cairo_show_layout_line (self->cr, line);
  cairo_new_path (self->cr);
  cairo_restore (self->cr);

  return width;
}

char *
dub_canvas_ellipsize (DubCanvas    *self,
                      const char   *text,
                      double        size,
                      DubTextFlags  flags,
                      double        width)
{
  if (dub_canvas_text_width (self, text, size, flags) <= width)
    return g_strdup (text);

  glong fits = 0, too_long = g_utf8_strlen (text, -1);

  while (too_long - fits > 1) {
    glong middle = (fits + too_long) / 2;
    g_autofree char *head = g_utf8_substring (text, 0, middle);
    g_autofree char *tried = g_strconcat (g_strchomp (head), "…", NULL);

    if (dub_canvas_text_width (self, tried, size, flags) <= width)
      fits = middle;
    else
      too_long = middle;
  }

  g_autofree char *head = g_utf8_substring (text, 0, fits);

  return g_strconcat (g_strchomp (head), "…", NULL);
}

double
dub_canvas_snap (DubCanvas *self,
                 double     value)
{
  return floor (value * self->density + 0.5) / self->density;
}

void
dub_canvas_rule (DubCanvas *self,
                 DubRgba    color,
                 double     x0,
                 double     y0,
                 double     x1,
                 double     y1)
{
  double thick = MAX (1.0, floor (0.25 * self->theme.line_width * self->density + 0.5)) / self->density;

  x0 = dub_canvas_snap (self, x0);
  y0 = dub_canvas_snap (self, y0);
  dub_canvas_set_color (self, color);
  if (fabs (y1 - y0) < fabs (x1 - x0))
    cairo_rectangle (self->cr, x0, y0, dub_canvas_snap (self, x1) - x0, thick);
  else
    cairo_rectangle (self->cr, x0, y0, thick, dub_canvas_snap (self, y1) - y0);
  cairo_fill (self->cr);
}

void
dub_canvas_box (DubCanvas *self,
                DubRgba    color,
                double     x,
                double     y,
                double     width,
                double     height,
                double     radius)
{
  if (!(width > 0.0) || !(height > 0.0))
    return;
  radius = MIN (radius, MIN (width, height) / 2.0);
  dub_canvas_set_color (self, color);
  cairo_new_sub_path (self->cr);
  if (radius > 0.0) {
    cairo_arc (self->cr, x + width - radius, y + radius, radius, -G_PI_2, 0.0);
    cairo_arc (self->cr, x + width - radius, y + height - radius, radius, 0.0, G_PI_2);
    cairo_arc (self->cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
    cairo_arc (self->cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
    cairo_close_path (self->cr);
  } else {
    cairo_rectangle (self->cr, x, y, width, height);
  }
  cairo_fill (self->cr);
}

void
dub_canvas_collect_text (DubCanvas *self)
{
  g_return_if_fail (self->collected == NULL);

  self->collected = g_string_new (NULL);
}

const char *
dub_canvas_get_font_family (DubCanvas *self)
{
  if (self->family == NULL) {
    g_autoptr (PangoFontDescription) wanted = pango_font_description_from_string (self->theme.font_family);
    g_autoptr (PangoFont) font = pango_context_load_font (self->context, wanted);
    g_autoptr (PangoFontDescription) found = font != NULL ? pango_font_describe (font) : NULL;

    self->family = g_strdup (found != NULL ? pango_font_description_get_family (found) : self->theme.font_family);
  }

  return self->family;
}

const char *
dub_canvas_collected (DubCanvas *self)
{
  return self->collected == NULL ? "" : self->collected->str;
}
