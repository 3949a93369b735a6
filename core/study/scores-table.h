/* The table of source 000: methods by AUC, balanced accuracy, specificity and sensitivity at two operating points, first the
 * methods that it has, in its order, then all others.
 */
#pragma once

#include "core/study/scores.h"

G_BEGIN_DECLS

typedef struct {
  const char *title;      /* of the study */
  DubPart     part;       /* that was measured */
  gboolean    own_points; /* source 000's way: thresholds chosen on the measured cases; the table says that this is too good */
} DubScoresTableOptions;

/* dub_scores_table_csv:
 * @failures: [scores->scores->len] each nullable: of scores without values
 *
 * One line a method: every number with its interval, every rate with numerator and denominator. (transfer full)
 */
char *dub_scores_table_csv      (const DubScores              *scores,
                                 const DubFailure *const      *failures,
                                 const DubScoresTableOptions  *options);
/* The same for a reader: two tables of Markdown with what was fitted and measured on what. (transfer full) */
char *dub_scores_table_markdown (const DubScores              *scores,
                                 const DubFailure *const      *failures,
                                 const DubScoresTableOptions  *options);

/* dub_scores_cases_csv:
 * @parts: bits 1 << DubPart
 *
 * One line a case: id, patient where the data have them, split, label, prediction, correct (1, 0, empty where the label is
 * unknown), and every score that has values: what dub_failure_table_load reads. (transfer full)
 */
char *dub_scores_cases_csv      (const DubScores              *scores,
                                 const DubStudy               *study,
                                 guint                         parts);

G_END_DECLS
