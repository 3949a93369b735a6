/* The Cases page of a study whose network gives every voxel a class: labels and heat in three linked views, the cases as a table.
 *
 * Actions (class actions, so menus, keys, buttons, assistive technology and tests share them):
 *   segment.score (s)          "msr", "entropy", "margin", "sd", "mi"
 *   segment.views (s)          as dub_segment_views_parse: "flip,turn"; "" = none
 *   segment.toggle-view (s)    one word of that list
 *   segment.contours           outlines of the classes on or off       segment.opacity (d)  of the heat
 *   segment.go-to (ii)         case index, place: 0 = its worst        segment.next-worst
 *   segment.axes (s), segment.scale (s), segment.fit (s)               how volumes are read; the study remembers
 *   segment.compute-all, segment.stop, segment.retry, segment.panel
 *   segment.export-figure, segment.export-csv, segment.export-nifti, segment.export-map    with a dialog
 *   segment.export-to (s: path), segment.export-map-to (s: path)       without one, of the kind that the path's ending says
 *
 * Property "subtitle" (string): what the window's title says below the page's name.
 */
#pragma once

#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_SEGMENT_PAGE (dub_segment_page_get_type ())
G_DECLARE_FINAL_TYPE (DubSegmentPage, dub_segment_page, DUB, SEGMENT_PAGE, AdwBin)

GtkWidget *dub_segment_page_new (DubSession *session);

G_END_DECLS
