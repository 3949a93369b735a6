/* The colours and sizes of paper, text and lines.
 *
 * Three themes: paper (exports, whatever the window's theme), and the screen's
 * light and dark. A window may overwrite the surface and text colours with the
 * named colours of its toolkit; a DubTheme is a plain value that is copied.
 *
 * Meanings are never carried by colour alone: correct is also a disc, failed a
 * triangle, the three series solid, dashed and dotted.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  double red, green, blue, alpha; /* in [0, 1], not premultiplied */
} DubRgba;

typedef enum {
  DUB_THEME_PAPER,
  DUB_THEME_LIGHT,
  DUB_THEME_DARK,
} DubThemeKind;
#define DUB_N_THEMES (DUB_THEME_DARK + 1)

typedef struct {
  DubRgba     view;         /* behind plots and tables */
  DubRgba     text;
  DubRgba     dim;          /* captions, tick labels */
  DubRgba     faint;        /* axis lines, disabled */
  DubRgba     grid;
  DubRgba     line;         /* borders of cards, rules of tables */
  DubRgba     trough;       /* the empty part of a bar */
  DubRgba     accent;       /* selection, cursor, handles: interaction only */
  DubRgba     accent_text;
  DubRgba     correct;      /* always a disc */
  DubRgba     failed;       /* always a triangle */
  DubRgba     failed_text;
  DubRgba     series[4];    /* the sum (text colour), then solid, dashed, dotted */
  DubRgba     train;
  DubRgba     calibration;
  DubRgba     test;
  DubRgba     warning;
  DubRgba     crosshair;    /* viewers are black in every theme, and so is what lies on them: */
  DubRgba     pane;
  DubRgba     pane_text;
  DubRgba     pane_dim;
  DubRgba     truth;        /* contour of the true region, on images */
  const char *font_family;  /* static string */
  double      font_title;   /* sizes in units of the cairo_t: px on screen, pt on paper */
  double      font_body;
  double      font_caption;
  double      line_width;   /* of a series; hairlines are half of it */
} DubTheme;

/* Fills @self with the values of @kind. */
void    dub_theme_init        (DubTheme     *self,
                               DubThemeKind  kind);

/* "#rrggbb" as written in a style sheet, opaque. */
DubRgba dub_rgba_from_hex     (guint32       rrggbb);
DubRgba dub_rgba_with_alpha   (DubRgba       self,
                               double        alpha);

G_END_DECLS
