/* Three panes of one volume on a figure: one scale for all, cut to what is in the image, with colour bar and scale bar.
 * Part of the figures of masks and of segmentations. */
#pragma once

#include "ui/figures/canvas.h"
#include "ui/figures/compose.h"

G_BEGIN_DECLS

typedef struct {
  DubVolume   *base;         /* (nullable): nothing is drawn */
  DubPaneStyle style;        /* with its volumes; widths of lines in pt */
  const char  *heat_name;    /* (nullable): above the colour bar; NULL = no bar */
  double       cursor[3];    /* world mm */
  gboolean     radiological;
  gboolean     crosshair;
  int64_t      box[3];       /* middle of a white box, in voxels of base */
  int          box_side;     /* 0 = none */
} DubPanesSheet;

/* Three panes in a row and the bar beside them where @wide, else two rows with the bar in the free corner.
 * Returns: the height in pt; draws only where @draw. */
double dub_panes_sheet_draw (const DubPanesSheet *self,
                             DubCanvas           *canvas,
                             double               y,
                             double               width,
                             gboolean             wide,
                             gboolean             draw);

G_END_DECLS
