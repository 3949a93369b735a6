/* The Training page's parts, shared by training-page*.c only. */
#pragma once

#include "ui/model/training.h"
#include "ui/pages/training-page.h"
#include "ui/widgets/figure-view.h"
#include "ui/widgets/run-table.h"

G_BEGIN_DECLS

/* One card of curves: the folds of a family, a single run, or the means of all families. */
typedef struct {
  GtkWidget     *box;
  GtkLabel      *title;
  GtkLabel      *state;
  GtkLabel      *values;
  DubFigureView *loss;
  DubFigureView *accuracy;
} DubChartCard;

struct _DubTrainingPage {
  AdwBin           parent_instance;
  DubSession      *session;
  DubTraining     *training;  /* of the session */
  char            *chosen;    /* (nullable): id of the run whose curves are shown */
  double           cursor;    /* epoch, NaN = the last common one */

  GtkStack        *stack;
  GtkBox          *body;      /* curves and table, and beside or below them: */
  AdwClamp        *side;
  GtkToggleButton *side_button, *overlay_button, *one_button;
  GtkLabel        *legend, *train_badge, *calibration_badge, *test_badge;
  DubChartCard     cards[2];
  DubRunTable     *table;
  GtkLabel        *state_title, *state_count, *left_label, *rate_label, *state_note;
  GtkWidget       *progress_box;
  GtkProgressBar  *progress;
  GtkGrid         *folds;
  GtkWidget       *dca_card;
  DubFigureView   *dca_view;
  GtkListBox      *settings;
};

/* training-page-charts.c */
void _dub_training_page_update_charts (DubTrainingPage *self);

/* training-page-state.c */
/* Running card, badges, settings. */
void _dub_training_page_update_state  (DubTrainingPage *self);

/* training-page-export.c */
void _dub_training_page_export        (DubTrainingPage *self,
                                       gboolean         csv);

G_END_DECLS
