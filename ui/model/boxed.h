/* Boxed types of the core's refcounted structs, so that properties and signals can carry them. */
#pragma once

#include <glib-object.h>

#include "core/data/atlas.h"
#include "core/study/study.h"

G_BEGIN_DECLS

#define DUB_TYPE_STUDY  (dub_study_get_type ())
#define DUB_TYPE_ATLAS  (dub_atlas_get_type ())
#define DUB_TYPE_VOLUME (dub_volume_get_type ())

GType dub_study_get_type  (void) G_GNUC_CONST;
GType dub_atlas_get_type  (void) G_GNUC_CONST;
GType dub_volume_get_type (void) G_GNUC_CONST;

G_END_DECLS
