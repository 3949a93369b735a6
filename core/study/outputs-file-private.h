/* The two forms of a file of outputs; outputs-file*.c and predictions-file.c only. */
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

/* The same, checked: as dub_outputs_file_load. */
DubOutputsFile *_dub_outputs_file_read_npz   (DubNpz             *archive,
                                              const char         *name,
                                              GError            **error);
DubOutputsFile *_dub_outputs_file_read_table (const DubDelimited *table,
                                              GError            **error);

/* Whether a table has a column for every class; or one that could be of class 1 alone. */
gboolean        _dub_outputs_file_has_classes (const DubDelimited *table);
gboolean        _dub_outputs_file_has_one    (const DubDelimited *table);

/* "train", "calibration" ("validation", "val"), "test" or "none" in any case; FALSE for another word. */
gboolean        _dub_outputs_file_part       (const char         *word,
                                              guint8             *part);

G_END_DECLS
