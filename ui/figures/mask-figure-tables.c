#include "ui/figures/mask-figure-tables.h"

#include <math.h>

#include "ui/figures/ticks.h"

enum { MAX_CLASSES = 4, MAX_REGIONS = 8 };

/* In units of the caption's size. */
#define ROW         1.62
#define BAR         0.62
#define NUMBER      3.6   /* column of a number */
#define TABLE_GAP   1.1

typedef struct {
  DubCanvas      *canvas;
  const DubTheme *theme;
  double          size;
  double          x;
  double          width;
} Table;

static void
text_right (const Table *table,
            const char  *text,
            DubTextFlags flags,
            DubRgba      color,
            double       right,
            double       y)
{
  dub_canvas_text (table->canvas, text, table->size, flags | DUB_TEXT_RIGHT, color, right, y);
}

static void
text_left (const Table *table,
           const char  *text,
           DubTextFlags flags,
           DubRgba      color,
           double       x,
           double       y,
           double       room)
{
  g_autofree char *fitted = dub_canvas_ellipsize (table->canvas, text, table->size, flags, room);

  dub_canvas_text (table->canvas, fitted, table->size, flags, color, x, y);
}

static void
bar (const Table *table,
     DubRgba      color,
     double       share,
     double       x,
     double       baseline,
     double       width)
{
  double height = BAR * table->size, y = baseline - 0.36 * table->size - height / 2.0;
  double filled = width * CLAMP (share, 0.0, 1.0);

  dub_canvas_box (table->canvas, table->theme->trough, x, y, width, height, height / 2.0);
  /* The smallest number that is not nothing stays visible. */
  if (share > 0.0)
    dub_canvas_box (table->canvas, color, x, y, MAX (filled, 0.8), height, height / 2.0);
}

static void
rule (const Table *table,
      double       y)
{
  dub_canvas_rule (table->canvas, table->theme->line, table->x, y, table->x + table->width, y);
}

/* The target first, then the others as the network saw the image. */
static guint
order_classes (const DubMaskFigure *figure,
               guint                order[MAX_CLASSES])
{
  guint n = 0;

  if (figure->target_class < figure->classes->len)
    order[n++] = figure->target_class;
  while (n < MIN (MAX_CLASSES, figure->classes->len)) {
    guint best = figure->classes->len;

    for (guint i = 0; i < figure->classes->len; i++) {
      gboolean taken = FALSE;

      for (guint j = 0; j < n; j++)
        taken = taken || order[j] == i;
      if (taken)
        continue;
      if (best == figure->classes->len
          || g_array_index (figure->classes, DubMaskFigureClass, i).original
               > g_array_index (figure->classes, DubMaskFigureClass, best).original)
        best = i;
    }
    order[n++] = best;
  }

  return n;
}

static double
draw_classes (const Table         *table,
              const DubMaskFigure *figure,
              double               y,
              gboolean             draw)
{
  guint order[MAX_CLASSES], n = order_classes (figure, order);
  const DubTheme *theme = table->theme;
  double size = table->size, row = ROW * size;
  double number = NUMBER * size, gap = 0.6 * size;
  double name = 0.24 * table->width;
  double column = (table->width - name) / 2.0, bar_width = column - number - 2.0 * gap;

  if (n == 0)
    return 0.0;
  if (draw) {
    double baseline = y + size;

    text_left (table, "probability", DUB_TEXT_LEFT, theme->dim, table->x, baseline, name - gap);
    text_right (table, "original", DUB_TEXT_LEFT, theme->dim, table->x + name + column, baseline);
    text_right (table, "masked", DUB_TEXT_LEFT, theme->dim, table->x + table->width, baseline);
    rule (table, y + 1.35 * size);
    for (guint i = 0; i < n; i++) {
      const DubMaskFigureClass *class = &g_array_index (figure->classes, DubMaskFigureClass, order[i]);
      gboolean target = order[i] == figure->target_class;
      DubTextFlags weight = target ? DUB_TEXT_BOLD : DUB_TEXT_LEFT;
      g_autofree char *original = dub_number_format (class->original, 4);
      g_autofree char *masked = dub_number_format (class->masked, 4);
      double x = table->x + name;

      baseline += i == 0 ? row + 0.15 * size : row;
      text_left (table, class->name, weight, theme->text, table->x, baseline, name - gap);
      bar (table, theme->dim, class->original, x + gap, baseline, bar_width);
      text_right (table, original, weight, theme->text, x + column, baseline);
      bar (table, target ? theme->series[1] : theme->dim, class->masked, x + column + gap, baseline, bar_width);
      text_right (table, masked, weight, theme->text, table->x + table->width, baseline);
    }
  }

  return (n + 1) * row + 0.15 * size;
}

static double
draw_regions (const Table         *table,
              const DubMaskFigure *figure,
              double               y,
              gboolean             draw)
{
  guint n = MIN (MAX_REGIONS, figure->regions->len);
  const DubTheme *theme = table->theme;
  double size = table->size, row = ROW * size, gap = 0.6 * size, number = NUMBER * size;
  double right = table->x + table->width;
  double share_right = right - number - gap;
  double density_right = share_right - number - 2.0 * gap;
  double bar_width = 0.17 * table->width, bar_x = density_right - number - bar_width;
  /* Bars are relative to the densest region, but a mask of next to nothing does not fill them. */
  double highest = 0.05;

  if (n == 0)
    return 0.0;
  if (draw) {
    double baseline = y + size;
    g_autofree char *header = g_strconcat (figure->atlas != NULL ? figure->atlas : "", " region", NULL);

    text_left (table, g_strstrip (header), DUB_TEXT_LEFT, theme->dim, table->x, baseline, bar_x - table->x - gap);
    text_right (table, "density", DUB_TEXT_BOLD, theme->text, density_right, baseline);
    text_right (table, "of mask", DUB_TEXT_LEFT, theme->dim, share_right, baseline);
    text_right (table, "voxels", DUB_TEXT_LEFT, theme->dim, right, baseline);
    rule (table, y + 1.35 * size);
    for (guint i = 0; i < n; i++)
      highest = MAX (highest, g_array_index (figure->regions, DubMaskFigureRegion, i).density);
    for (guint i = 0; i < n; i++) {
      const DubMaskFigureRegion *region = &g_array_index (figure->regions, DubMaskFigureRegion, i);
      g_autofree char *density = dub_number_format (region->density, 3);
      g_autofree char *percent = dub_number_format (100.0 * region->share, 1);
      g_autofree char *share = isfinite (region->share) ? g_strdup_printf ("%s %%", percent) : g_strdup (percent);
      g_autofree char *voxels = g_strdup_printf ("%" G_GSIZE_FORMAT, region->n_voxels);
      double relative = region->density / highest;
      guint8 rgb[3];

      baseline += i == 0 ? row + 0.15 * size : row;
      /* The warm half of the heat: legible on white and on dark. */
      dub_colormap_lookup (DUB_COLORMAP_INFERNO, 0.4 + 0.36 * relative, rgb);
      text_left (table, region->name, DUB_TEXT_LEFT, theme->text, table->x, baseline, bar_x - table->x - gap);
      bar (table, dub_rgba_from_hex ((guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2]), relative, bar_x,
           baseline, bar_width);
      text_right (table, density, DUB_TEXT_LEFT, theme->text, density_right, baseline);
      text_right (table, share, DUB_TEXT_LEFT, theme->dim, share_right, baseline);
      text_right (table, voxels, DUB_TEXT_LEFT, theme->dim, right, baseline);
    }
  }

  return (n + 1) * row + 0.15 * size;
}

double
dub_mask_figure_draw_tables (const DubMaskFigure *figure,
                             DubCanvas           *canvas,
                             double               x,
                             double               y,
                             double               width,
                             gboolean             draw)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  const Table table = { canvas, theme, theme->font_caption, x, width };
  double classes = draw_classes (&table, figure, y, draw);
  double gap = classes > 0.0 && figure->regions->len > 0 ? TABLE_GAP * table.size : 0.0;

  return classes + gap + draw_regions (&table, figure, y + classes + gap, draw);
}
