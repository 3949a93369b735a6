/* The Training page: curves of loss and accuracy, the runs as a table, what is being trained, ECE against β.
 *
 * Class actions: training.new (asks for a loss), training.stop, training.resume, training.start-with (as: arguments of
 * `dubito-cli train` after the study), training.export-figure, training.export-csv.
 * Nothing here reads the calibration or the test part.
 */
#pragma once

#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_TRAINING_PAGE (dub_training_page_get_type ())
G_DECLARE_FINAL_TYPE (DubTrainingPage, dub_training_page, DUB, TRAINING_PAGE, AdwBin)

GtkWidget *dub_training_page_new (DubSession *session);

G_END_DECLS
