/* What a person should know before trusting the figures of a study, each with the step that answers it. */
#pragma once

#include "ui/model/overview.h"

G_BEGIN_DECLS

typedef struct {
  char *title;   /* in a few words */
  char *detail;  /* (nullable): one line more */
  char *button;  /* (nullable): what can be done; then … */
  char *action;  /* … the name of the action, */
  char *target;  /* (nullable) … its parameter, a string */
} DubOverviewWarning;

/* dub_overview_warnings:
 * @session: the one that @overview follows
 * @family: (nullable): whose answers on the calibration part are counted
 *
 * The gravest first. (transfer full) (element-type DubOverviewWarning)
 */
GPtrArray *dub_overview_warnings (DubOverview *overview,
                                  DubSession  *session,
                                  const char  *family);

/* [n_classes] cases of each class in use, in any part. */
void       dub_overview_count    (const DubStudy *study,
                                  size_t         *counts);
/* Cases of class @class in @part. */
size_t     dub_overview_count_in (const DubStudy *study,
                                  DubPart         part,
                                  int             class);

G_END_DECLS
