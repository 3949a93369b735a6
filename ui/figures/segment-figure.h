/* The segmentation of one case as a figure: three panes with heat and outlines, volumes of the classes, worst places.
 *
 * The struct holds final numbers and owns what it points to. Words on it are English. Its table has every case that was measured.
 */
#pragma once

#include "core/study/segment-numbers.h"
#include "ui/figures/compose.h"
#include "ui/figures/export.h"

G_BEGIN_DECLS

/* The colour that class @c has in viewers, legends and figures; transparent for class 0 and where there are no more. */
DubRgba dub_segment_color (size_t c);

typedef struct {
  char              *id;
  DubSegmentNumbers *numbers; /* (nullable): not computed */
} DubSegmentFigureCase;

typedef struct {
  char          *subject;
  char          *model;
  char          *settings;     /* (nullable): the line under the title */
  char         **classes;      /* NULL-terminated: names; classes without one are numbered */
  DubVolume     *base;         /* all (owned) */
  DubVolume     *map;          /* (nullable) */
  DubVolume     *labels;       /* (nullable) */
  DubSegmentNumbers *numbers;
  DubSegmentScore score;
  double         cursor[3];
  gboolean       radiological, crosshair;
  gboolean       box;          /* whether the worst place is framed */
  DubPaneStyle   style;        /* its volumes are ignored */
  gboolean       hides_overlay, hides_outlines;
  GArray        *cases;        /* of DubSegmentFigureCase */
  GPtrArray     *provenance;   /* of char *: key, value, key, value, … */
} DubSegmentFigure;

G_GNUC_WARN_UNUSED_RESULT
DubSegmentFigure *dub_segment_figure_new    (void);
void              dub_segment_figure_free   (DubSegmentFigure       *self);
/* @numbers: (nullable), copied */
void              dub_segment_figure_add_case (DubSegmentFigure     *self,
                                             const char             *id,
                                             const DubSegmentNumbers *numbers);
void              dub_segment_figure_add_provenance (DubSegmentFigure *self,
                                             const char             *key,
                                             const char             *value);
/* Writes .png, .svg, .pdf or .csv by the name's end, on paper, atomically. */
gboolean          dub_segment_figure_export (const DubSegmentFigure *self,
                                             const char             *path,
                                             const DubExportOptions *options,
                                             GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSegmentFigure, dub_segment_figure_free)

G_END_DECLS
