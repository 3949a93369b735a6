/* What a person has picked out of the data set: the current case and the selected set. One for the whole window; every page
 * shows it and sets it.
 *
 * Indices are those of study->data (0 … n_cases - 1), never of volumes (study->cases).
 *
 *   case   one case, or none: image, table row, point of a scatter, zero-failure card
 *   set    some cases with a title that says which ("11 failures accepted by 1 − max p at 0.116"), or no set at all. A set may
 *          be of no case: that is an answer, too, and differs from there being no set
 *
 * Every change is a step of one way back and forward (win.back, win.forward of the session).
 *
 * Properties (all notify): "case" (int, -1 = none), "set-title" (string, NULL = no set; notified with every other set),
 * "can-go-back", "can-go-forward" (boolean).
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DUB_TYPE_SELECTION (dub_selection_get_type ())
G_DECLARE_FINAL_TYPE (DubSelection, dub_selection, DUB, SELECTION, GObject)

DubSelection *dub_selection_new           (void);
/* Another data set of @n_cases: nothing is selected, and there is no way back. */
void          dub_selection_reset         (DubSelection *self,
                                           size_t        n_cases);
/* The same data set with @n_cases: what is selected stays as far as it is there. */
void          dub_selection_resize        (DubSelection *self,
                                           size_t        n_cases);
size_t        dub_selection_get_n_cases   (DubSelection *self);

int           dub_selection_get_case      (DubSelection *self);
/* -1 = none. */
void          dub_selection_set_case      (DubSelection *self,
                                           int           index);
/* The same while a person passes by, with arrow keys or the pointer held down: takes the place of the step before where that
 * was passed by, too, so that the way back is not paved with every case between. */
void          dub_selection_pass_case     (DubSelection *self,
                                           int           index);

gboolean      dub_selection_has_set       (DubSelection *self);
/* (nullable) (transfer none): rising indices, valid until the set changes; NULL and 0 where there is no set or it is empty. */
const guint  *dub_selection_get_set       (DubSelection *self,
                                           size_t       *n);
const char   *dub_selection_get_set_title (DubSelection *self);
/* FALSE without a set. */
gboolean      dub_selection_contains      (DubSelection *self,
                                           size_t        index);
/* @indices: (nullable) [n] in any order; copies, duplicates and what is no case are left out */
void          dub_selection_set_set       (DubSelection *self,
                                           const guint  *indices,
                                           size_t        n,
                                           const char   *title);
void          dub_selection_clear_set     (DubSelection *self);

gboolean      dub_selection_can_go_back    (DubSelection *self);
gboolean      dub_selection_can_go_forward (DubSelection *self);
void          dub_selection_go_back        (DubSelection *self);
void          dub_selection_go_forward     (DubSelection *self);

G_END_DECLS
