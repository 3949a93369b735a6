/* The two forms of a file of outputs; outputs-file*.c only. */
#pragma once

#include "core/io/delimited.h"
#include "core/io/npy.h"
#include "core/study/outputs-file.h"

G_BEGIN_DECLS

DubOutputsFile *_dub_outputs_file_new        (void);
DubOutputsFile *_dub_outputs_file_from_npz   (DubNpz             *archive,
                                              const char         *name,
                                              GError            **error);
DubOutputsFile *_dub_outputs_file_from_table (const DubDelimited *table,
                                              GError            **error);

/* "train", "calibration" ("validation", "val"), "test" or "none" in any case; FALSE for another word. */
gboolean        _dub_outputs_file_part       (const char         *word,
                                              guint8             *part);

G_END_DECLS
