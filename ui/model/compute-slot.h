/* The one place for interactive computation: one thread, latest wins.
 *
 * Submitting replaces what waits, cancels what runs, and makes every result of
 * an older submission stale: its done callback is never called. So a late result
 * cannot reach the screen. Submitting the next step from a done callback is how
 * a long optimisation runs without ever holding the slot for longer than a step.
 *
 * The slot owns a thread and a DubRun of its own; nothing else in the process
 * waits behind it.
 */
#pragma once

#include <glib-object.h>

#include "core/base/run.h"

G_BEGIN_DECLS

#define DUB_TYPE_COMPUTE_SLOT (dub_compute_slot_get_type ())
G_DECLARE_FINAL_TYPE (DubComputeSlot, dub_compute_slot, DUB, COMPUTE_SLOT, GObject)

/* On the slot's thread. Returns the result, or NULL with @error set (NULL without an error is a result, too). */
typedef gpointer (*DubComputeFunc) (DubRun   *run,
                                    gpointer  data,
                                    GError  **error);

/* On the main loop, only for the newest submission. @result may be stolen by setting *result to NULL;
 * otherwise it is freed with the submission's free_result. @error is NULL on success. */
typedef void     (*DubComputeDone) (gpointer     *result,
                                    const GError *error,
                                    gpointer      user_data);

/* @n_threads: 0 = one per processor. */
DubComputeSlot *dub_compute_slot_new         (guint           n_threads);

/* dub_compute_slot_submit:
 * @data: for @func, freed with @free_data on the main loop when the submission is over or dropped
 * @free_result: frees a result that nobody took, on the main loop
 * @user_data: for @done. Cancel the slot before @user_data dies.
 *
 * Main thread only. Returns: the generation of this submission, > 0.
 */
guint64         dub_compute_slot_submit      (DubComputeSlot *self,
                                              DubComputeFunc  func,
                                              gpointer        data,
                                              GDestroyNotify  free_data,
                                              GDestroyNotify  free_result,
                                              DubComputeDone  done,
                                              gpointer        user_data);

/* While a slot is held, what is submitted waits; letting go starts it. The window holds its slots until its first frame
 * is on the screen. */
void            dub_compute_slot_set_held    (DubComputeSlot *self,
                                              gboolean        held);

/* Drops what waits, cancels what runs, makes every result stale. Returns at once. */
void            dub_compute_slot_cancel      (DubComputeSlot *self);

/* TRUE from a submission until its done callback or cancellation. Property "busy" notifies. */
gboolean        dub_compute_slot_get_busy    (DubComputeSlot *self);

/* Fraction of the running submission, for polling. */
double          dub_compute_slot_get_progress (DubComputeSlot *self);
guint           dub_compute_slot_get_n_threads (DubComputeSlot *self);

G_END_DECLS
