/* The Mask page: three orthogonal views, λ1 and λ2, the optimiser at work, its energy, the regions it finds,
 * and what it does to the class probability.
 *
 * Actions (class actions, so menus, keys, buttons, assistive technology and tests share them):
 *   mask.play           play or pause          mask.step, mask.step-back
 *   mask.rewind         look at the start      mask.forward   look at the latest
 *   mask.reset          begin anew             mask.retry     after an error
 *   mask.fit-crop-pad, mask.fit-resample       how a volume of another shape is made to fit
 *   mask.export-figure, mask.export-csv, mask.export-nifti   with a dialog
 *   mask.export-to (s: path)                   without one, of the kind that the path's ending says
 */
#pragma once

#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_MASK_PAGE (dub_mask_page_get_type ())
G_DECLARE_FINAL_TYPE (DubMaskPage, dub_mask_page, DUB, MASK_PAGE, AdwBin)

GtkWidget *dub_mask_page_new (DubSession *session);

G_END_DECLS
