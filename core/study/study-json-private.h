/* What the files of study.json share; study-json*.c only. */
#pragma once

#include "core/io/json-member.h"
#include "core/study/study.h"

G_BEGIN_DECLS

/* What is written, and the newest that is read: that of a study with a recorded step. */
enum { DUB_STUDY_FORMAT_VERSION = 1, DUB_STUDY_FORMAT_WITH_STEPS = 2 };

static const char *const DUB_STUDY_AXES[] G_GNUC_UNUSED = { [DUB_AXES_IJK] = "ijk", [DUB_AXES_KJI] = "kji", NULL };
static const char *const DUB_STUDY_SCALES[] G_GNUC_UNUSED = { [DUB_SCALE_NONE] = "none", [DUB_SCALE_MINMAX] = "minmax",
                                                              [DUB_SCALE_ZSCORE] = "zscore", NULL };
static const char *const DUB_STUDY_FITS[] G_GNUC_UNUSED = { [DUB_FIT_REFUSE] = "refuse", [DUB_FIT_CROP_PAD] = "crop-pad",
                                                            [DUB_FIT_RESAMPLE] = "resample", NULL };

/* The members of a study that was made from a data set, and its cases.csv; nothing where there are none. */
gboolean _dub_study_read_data  (DubStudy           *study,
                                JsonObject         *root,
                                const char         *file,
                                const char         *folder,
                                GError            **error);
void     _dub_study_build_data (JsonBuilder        *builder,
                                const DubStudyData *data,
                                const char         *folder);
/* The steps that are recorded, once the classes are known; nothing where there are none. */
gboolean _dub_study_read_steps (DubStudy           *study,
                                JsonObject         *root,
                                const char         *file,
                                GError            **error);
void     _dub_study_build_steps (JsonBuilder       *builder,
                                const DubStudy     *study);
void     _dub_study_add_path   (JsonBuilder        *builder,
                                const char         *member,
                                const char         *folder,
                                const char         *path);

G_END_DECLS
