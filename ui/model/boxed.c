#include "ui/model/boxed.h"

G_DEFINE_BOXED_TYPE (DubStudy, dub_study, dub_study_ref, dub_study_unref)
G_DEFINE_BOXED_TYPE (DubAtlas, dub_atlas, dub_atlas_ref, dub_atlas_unref)
G_DEFINE_BOXED_TYPE (DubVolume, dub_volume, dub_volume_ref, dub_volume_unref)
