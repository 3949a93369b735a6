/* Whether the network of the open study gives every voxel a class (a segmentation), or one to the whole volume.
 *
 * Only types are looked at, on a thread. Until that is known, and for studies of data sets, the answer is no.
 *
 * Signal "changed": the answer is another one.
 */
#pragma once

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_STUDY_KIND (dub_study_kind_get_type ())
G_DECLARE_FINAL_TYPE (DubStudyKind, dub_study_kind, DUB, STUDY_KIND, GObject)

/* The one of @session, whose study it follows; made when it is first asked for. (transfer none) */
DubStudyKind *dub_study_kind_of_session (DubSession   *session);
gboolean      dub_study_kind_segments   (DubStudyKind *self);

G_END_DECLS
