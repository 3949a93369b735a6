/* The failure-detection bench: every score of the chosen networks as a row, measured one after the other on another thread, and
 * one operating point.
 *
 *   results changed ──▶ rows (what is unchanged stays measured) ──▶ chosen score first, then the others ──▶ "row-changed"
 *   point, threshold ─▶ history (undo) ──▶ "point-changed", within a frame: nothing is resampled
 *
 * The chosen row is the results' score, so that every page of the session speaks of the same one. A GListModel of DubFailureRow:
 * rows with values first, in the order of the table, then those that are missing.
 *
 * Properties (all notify): "point" (string: "balanced", "specificity", "chosen"), "own" (boolean: thresholds chosen on the test
 * cases themselves, as source 000 does), "subtitle" (string). Signals: "changed" (other rows), "row-changed" (DubFailureRow),
 * "point-changed" (the chosen row, or where its threshold stands).
 */
#pragma once

#include "ui/model/failure-row.h"
#include "ui/model/results.h"

G_BEGIN_DECLS

#define DUB_TYPE_FAILURE_BENCH (dub_failure_bench_get_type ())
G_DECLARE_FINAL_TYPE (DubFailureBench, dub_failure_bench, DUB, FAILURE_BENCH, GObject)

DubFailureBench *dub_failure_bench_new           (DubSession         *session);
/* (transfer none) */
DubResults      *dub_failure_bench_get_results   (DubFailureBench    *self);

/* (transfer none) (nullable) */
DubFailureRow   *dub_failure_bench_get_row       (DubFailureBench    *self,
                                                  guint               index);
guint            dub_failure_bench_get_n_rows    (DubFailureBench    *self);
/* The chosen one. (transfer none) (nullable) */
DubFailureRow   *dub_failure_bench_get_chosen    (DubFailureBench    *self);
/* How many are measured, of how many that can be. */
void             dub_failure_bench_count         (DubFailureBench    *self,
                                                  guint              *n_done,
                                                  guint              *n_all);

DubPointKind     dub_failure_bench_get_kind      (DubFailureBench    *self);
void             dub_failure_bench_set_kind      (DubFailureBench    *self,
                                                  DubPointKind        kind);
gboolean         dub_failure_bench_get_own       (DubFailureBench    *self);
void             dub_failure_bench_set_own       (DubFailureBench    *self,
                                                  gboolean            own);
/* Puts the chosen row's threshold where a person drags it. */
void             dub_failure_bench_drag          (DubFailureBench    *self,
                                                  double              threshold);

/* dub_failure_bench_get_point:
 * @point: (out)
 *
 * Where @row stands. A threshold that was dragged is the chosen row's; the others then accept as many cases, as far as ties
 * let them. FALSE where the row is not measured.
 */
gboolean         dub_failure_bench_get_point     (DubFailureBench    *self,
                                                  DubFailureRow      *row,
                                                  DubOperatingPoint  *point);

G_END_DECLS
