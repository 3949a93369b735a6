#include "ui/figures/theme.h"

DubRgba
dub_rgba_from_hex (guint32 rrggbb)
{
  return (DubRgba) {
    (double) ((rrggbb >> 16) & 0xff) / 255.0,
    (double) ((rrggbb >> 8) & 0xff) / 255.0,
    (double) (rrggbb & 0xff) / 255.0,
    1.0,
  };
}

DubRgba
dub_rgba_with_alpha (DubRgba self,
                     double  alpha)
{
  self.alpha = alpha;

  return self;
}

static DubRgba
black (double alpha)
{
  return (DubRgba) { 0.0, 0.0, 0.0, alpha };
}

static DubRgba
white (double alpha)
{
  return (DubRgba) { 1.0, 1.0, 1.0, alpha };
}

static void
init_light (DubTheme *self)
{
  self->view = white (1.0);
  self->text = black (0.82);
  self->dim = black (0.56);
  self->faint = black (0.32);
  self->grid = black (0.08);
  self->line = black (0.12);
  self->trough = black (0.13);
  self->accent = dub_rgba_from_hex (0x3584e4);
  self->accent_text = dub_rgba_from_hex (0x1c71d8);
  self->correct = dub_rgba_from_hex (0x0a6ab6);
  self->failed = dub_rgba_from_hex (0xd55e00);
  self->failed_text = dub_rgba_from_hex (0xb84f00);
  self->series[1] = dub_rgba_from_hex (0x6f42c1);
  self->series[2] = dub_rgba_from_hex (0xd0247f);
  self->series[3] = dub_rgba_from_hex (0x158f80);
  self->train = dub_rgba_from_hex (0x5e5c64);
  self->calibration = dub_rgba_from_hex (0x7a3fa6);
  self->test = dub_rgba_from_hex (0x0f6b5c);
  self->warning = dub_rgba_from_hex (0x9c6e03);
}

static void
init_dark (DubTheme *self)
{
  self->view = dub_rgba_from_hex (0x1e1e1e);
  self->text = white (0.94);
  self->dim = white (0.62);
  self->faint = white (0.36);
  self->grid = white (0.08);
  self->line = white (0.12);
  self->trough = white (0.16);
  self->accent = dub_rgba_from_hex (0x3584e4);
  self->accent_text = dub_rgba_from_hex (0x78aeed);
  self->correct = dub_rgba_from_hex (0x62b0ee);
  self->failed = dub_rgba_from_hex (0xff9142);
  self->failed_text = dub_rgba_from_hex (0xffa566);
  self->series[1] = dub_rgba_from_hex (0xb79cf2);
  self->series[2] = dub_rgba_from_hex (0xf58bc0);
  self->series[3] = dub_rgba_from_hex (0x5fd0bf);
  self->train = dub_rgba_from_hex (0xc0bfbc);
  self->calibration = dub_rgba_from_hex (0xd3a6ee);
  self->test = dub_rgba_from_hex (0x7fd6c6);
  self->warning = dub_rgba_from_hex (0xf8e45c);
}

void
dub_theme_init (DubTheme    *self,
                DubThemeKind kind)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail ((guint) kind < DUB_N_THEMES);

  *self = (DubTheme) { 0 };
  if (kind == DUB_THEME_DARK)
    init_dark (self);
  else
    init_light (self);
  self->font_family = "Sans";
  if (kind == DUB_THEME_PAPER) {
    /* Ink: opaque colours print the same everywhere, and no viewer has to blend text. */
    self->text = dub_rgba_from_hex (0x1a1a1a);
    self->dim = dub_rgba_from_hex (0x5c5c5c);
    self->faint = dub_rgba_from_hex (0x9a9a9a);
    self->grid = dub_rgba_from_hex (0xe6e6e6);
    self->line = dub_rgba_from_hex (0xd4d4d4);
    self->trough = dub_rgba_from_hex (0xe4e4e4);
    self->font_title = 9.0;
    self->font_body = 8.0;
    self->font_caption = 7.0;
    self->line_width = 0.85;
  } else {
    self->font_title = 14.5;
    self->font_body = 13.0;
    self->font_caption = 11.5;
    self->line_width = 1.75;
  }
  /* Opaque, because a line is drawn in short strokes whose ends overlap. */
  self->series[0] =
    dub_rgba_from_hex (kind == DUB_THEME_DARK ? 0xf1f1f1 : kind == DUB_THEME_LIGHT ? 0x2e2e2e : 0x1a1a1a);
  self->crosshair = dub_rgba_with_alpha (dub_rgba_from_hex (0x78e68c), 0.85);
  self->pane = black (1.0);
  self->pane_text = white (0.94);
  self->pane_dim = white (0.72);
  self->truth = dub_rgba_from_hex (0x66d9ff);
}
