/* What the makers of studies share: study-from-data.c, study-import-*.c; and study.c with answers.c. */
#pragma once

#include "core/study/study-train.h"

G_BEGIN_DECLS

/* As dub_study_from_data, and not saved yet. */
DubStudy *_dub_study_new_from_data  (const DubStudyDataOptions *options,
                                     DubRun                    *run,
                                     GError                   **error);
/* @where: for messages; @wanted: (nullable): name or index of a class, default 1 */
gboolean  _dub_study_find_positive  (const GPtrArray           *classes,
                                     const char                *where,
                                     const char                *wanted,
                                     int                       *positive,
                                     GError                   **error);
/* A new folder models/<id> in @folder, where there is no study yet. (transfer full) */
char     *_dub_study_import_folder  (const char                *folder,
                                     const char                *id,
                                     GError                   **error);
/* DUB_ERROR_ARGUMENT where @folder holds a study. */
gboolean  _dub_study_import_is_free (const char                *folder,
                                     GError                   **error);
/* DUB_ERROR_ARGUMENT where the task has another number of classes; 0 = any. */
gboolean  _dub_study_import_task    (const DubStudy            *study,
                                     const char                *path,
                                     guint                      n_classes,
                                     GError                   **error);
/* @stem as a name of a folder that no model of the study has: "net", "net-2". (transfer full) */
char     *_dub_study_import_id      (const DubStudy            *study,
                                     const char                *stem);
/* Of a DubStudyStep. */
void      _dub_study_step_free      (gpointer                   step);

G_END_DECLS
