/* The points of an acceptance curve as a list, one item a threshold, made when it is looked at: eighteen thousand cost nothing. */
#pragma once

#include <gio/gio.h>

#include "core/uq/failure.h"

G_BEGIN_DECLS

#define DUB_TYPE_FAILURE_POINT (dub_failure_point_item_get_type ())
G_DECLARE_FINAL_TYPE (DubFailurePoint, dub_failure_point_item, DUB, FAILURE_POINT, GObject)

double   dub_failure_point_item_get_threshold (DubFailurePoint *self);
/* n of d each: cases accepted, failures accepted, correct accepted, failures rejected. */
DubRate  dub_failure_point_item_get_accepted  (DubFailurePoint *self);
DubRate  dub_failure_point_item_get_risk      (DubFailurePoint *self);
DubRate  dub_failure_point_item_get_sensitivity (DubFailurePoint *self);
DubRate  dub_failure_point_item_get_specificity (DubFailurePoint *self);

#define DUB_TYPE_FAILURE_POINTS (dub_failure_points_get_type ())
G_DECLARE_FINAL_TYPE (DubFailurePoints, dub_failure_points, DUB, FAILURE_POINTS, GObject)

/* A copy of what @acceptance has. */
DubFailurePoints *dub_failure_points_new (const DubAcceptance *acceptance);

G_END_DECLS
