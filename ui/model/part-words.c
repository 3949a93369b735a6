#include "ui/model/part-words.h"

#include <glib/gi18n.h>

const char *
dub_part_words (DubPart part)
{
  switch (part) {
  case DUB_PART_TRAIN:
    return _("train");
  case DUB_PART_CALIBRATION:
    return _("calibration");
  case DUB_PART_TEST:
    return _("test");
  case DUB_PART_NONE:
  default:
    return _("left out");
  }
}
