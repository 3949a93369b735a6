/* Small pictures of the cases of the open data set: made on a thread, kept while there is room, asked for by whoever shows them.
 *
 * The newest requests are made first, so that what is on the screen now comes before what was scrolled past; those made at
 * once, as by a grid that fills itself, are made in their order. Requests that are
 * pushed out of the queue are forgotten: a cell that is still visible asks again when it is bound.
 *
 * Signals: "made" (index, uint): dub_case_pictures_get() has it now.
 *          "opened": the data set can be read (dub_case_pictures_get_dataset()), or cannot (get_failure()).
 */
#pragma once

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_CASE_PICTURES (dub_case_pictures_get_type ())
G_DECLARE_FINAL_TYPE (DubCasePictures, dub_case_pictures, DUB, CASE_PICTURES, GObject)

/* px of a picture: twice what a cell shows, for screens of 200 % */
enum { DUB_CASE_PICTURE_SIDE = 160 };

/* The one of @session, made when first asked for. (transfer none) */
DubCasePictures *dub_case_pictures_of_session  (DubSession      *session);

/* dub_case_pictures_get:
 *
 * Returns: (transfer full) (nullable): DUB_CASE_PICTURE_SIDE² × 3 bytes of red, green and blue; NULL where the picture is not
 * there: it is then asked for, and "made" follows, unless the case cannot be read.
 */
GBytes          *dub_case_pictures_get         (DubCasePictures *self,
                                                size_t           index);
/* (transfer none) (nullable): the open data set; reading from it is thread-safe */
DubDataset      *dub_case_pictures_get_dataset (DubCasePictures *self);
/* (nullable): why there is none */
const char      *dub_case_pictures_get_failure (DubCasePictures *self);

G_END_DECLS
