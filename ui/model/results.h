/* What the networks of the open study say about its cases, and how unsure they are: outputs and scores of one family at a time.
 *
 *   study opened, edited, family chosen ──▶ read what is stored and score what is cheap ──▶ "changed"
 *   run (networks)                      ──▶ job: the family's networks over every case, then score
 *   run (views)                         ──▶ job: the same with augmented views (TTA, GPS, dropout)
 *
 * Reading begins by itself, because it takes seconds at most; running waits for the person. One object for all pages of a
 * session. Indices are those of study->data, as in selection.h.
 *
 * Properties (all notify): "family", "score" (string, the id that pages sort by and measure), "fraction" (double, of the
 * running job). Signal: "changed": state, outputs or scores are others.
 */
#pragma once

#include "core/study/scores.h"
#include "ui/model/results-read.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_RESULTS (dub_results_get_type ())
G_DECLARE_FINAL_TYPE (DubResults, dub_results, DUB, RESULTS, GObject)

typedef enum {
  DUB_RESULTS_EMPTY,      /* no study made from a data set is open */
  DUB_RESULTS_READING,    /* nothing is known yet */
  DUB_RESULTS_NO_NETWORK,
  DUB_RESULTS_NO_OUTPUTS, /* the family's networks were not run */
  DUB_RESULTS_RUNNING,    /* a job is under way; outputs and scores of before may still be there */
  DUB_RESULTS_READY,      /* outputs and scores, maybe stale */
  DUB_RESULTS_ERROR,      /* nothing can be read; dub_results_get_failure() says why */
} DubResultsState;

typedef enum { DUB_RESULTS_RUN_NETWORKS, DUB_RESULTS_RUN_VIEWS } DubResultsWork;

/* The one of @session, made when first asked for. (transfer none) */
DubResults       *dub_results_of_session    (DubSession     *session);

DubResultsState   dub_results_get_state     (DubResults     *self);
/* (transfer none) (nullable), valid until the next "changed": outputs of the family's networks only. */
const DubOutputs *dub_results_get_outputs   (DubResults     *self);
const DubScores  *dub_results_get_scores    (DubResults     *self);
/* Both as they were read, for other threads to hold. (transfer none) (nullable) */
DubResultsRead   *dub_results_get_read      (DubResults     *self);
/* Networks, data or split changed since the outputs were made. */
gboolean          dub_results_is_stale      (DubResults     *self);
/* Whether scores that need augmented views could be had by running the networks. */
gboolean          dub_results_lacks_views   (DubResults     *self);
/* (nullable): why the last reading or run failed. */
const char       *dub_results_get_failure   (DubResults     *self);

/* (nullable): NULL while there are no networks */
const char       *dub_results_get_family    (DubResults     *self);
void              dub_results_set_family    (DubResults     *self,
                                             const char     *family);
/* Id of the chosen score; NULL before there are scores. One that has no values is not chosen. */
const char       *dub_results_get_score_id  (DubResults     *self);
void              dub_results_set_score_id  (DubResults     *self,
                                             const char     *id);
/* (transfer none) (nullable): the chosen score, with values. */
const DubScore   *dub_results_get_score     (DubResults     *self);

/* A job of the session; nothing where one is under way. */
void              dub_results_run           (DubResults     *self,
                                             DubResultsWork  work);
void              dub_results_stop          (DubResults     *self);
double            dub_results_get_fraction  (DubResults     *self);
/* Looks at everything again. */
void              dub_results_refresh       (DubResults     *self);

/* Of one case; -1 and NaN where it is not known. */
int               dub_results_get_predicted (DubResults     *self,
                                             size_t          index);
/* 1 = wrong, 0 = right, 2 = label unknown or no outputs. */
guint             dub_results_get_failed    (DubResults     *self,
                                             size_t          index);
/* Share of the calibration cases that are at most as unsure, in [0, 1]. */
double            dub_results_get_percentile (DubResults    *self,
                                             const DubScore *score,
                                             size_t          index);

G_END_DECLS
