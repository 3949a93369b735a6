/* The parts of a split as a reader sees them. */
#pragma once

#include "core/data/split.h"

G_BEGIN_DECLS

/* "train", "calibration", "test", "left out" in the reader's language. */
const char *dub_part_words (DubPart part);

G_END_DECLS
