/* Everything that is known of one case: image and heatmap, class probabilities with the answer of every network, scores with
 * their percentiles, augmented views, and the training cases that look most alike to the network.
 *
 * Properties: "heat" (boolean: whether the heatmap is shown), "heat-kind" (string: dub_heatmap_kind_name()).
 */
#pragma once

#include <adwaita.h>

#include "ui/model/case-detail.h"
#include "ui/model/results.h"

G_BEGIN_DECLS

#define DUB_TYPE_CASE_INSPECTOR (dub_case_inspector_get_type ())
G_DECLARE_FINAL_TYPE (DubCaseInspector, dub_case_inspector, DUB, CASE_INSPECTOR, GtkBox)

GtkWidget     *dub_case_inspector_new        (DubSession       *session);
/* Index into study->data, -1 = none. */
void           dub_case_inspector_set_case   (DubCaseInspector *self,
                                              int               index);
int            dub_case_inspector_get_case   (DubCaseInspector *self);
/* (transfer none) */
DubCaseDetail *dub_case_inspector_get_detail (DubCaseInspector *self);

G_END_DECLS
