/* Parts of dub_study_import_networks; study-import-*.c only. */
#pragma once

#include "core/study/classifier.h"
#include "core/study/study-import.h"

G_BEGIN_DECLS

/* _dub_import_mark_learned:
 * @run_split_hash: (nullable): the split that run.json beside the model names
 * @learned: [N] becomes TRUE where the model learned from the case
 * @known: (out): whether anybody says what it was trained on
 */
gboolean _dub_import_mark_learned (const DubImportModel *model,
                                   const DubStudy       *study,
                                   const char           *run_split_hash,
                                   gboolean             *learned,
                                   gboolean             *known,
                                   DubRun               *run,
                                   GError              **error);
/* Into train, so that nothing is measured on them as if they were unseen. */
void     _dub_import_move_learned (DubStudy             *study,
                                   const gboolean       *learned,
                                   DubRun               *run);

G_END_DECLS
