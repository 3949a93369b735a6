/* The inside of the Overview page, shared by its files:
 *   overview-page.c          template, actions, what follows the session
 *   overview-page-cards.c    Data, Models
 *   overview-page-results.c  six plots, their table, what stands there instead, the failures in words
 *   overview-page-side.c     Warnings, Computed
 *   overview-page-pairs.c    cases that stand twice
 *   overview-page-export.c   the plots as files
 */
#pragma once

#include "ui/figures/overview-figure.h"
#include "ui/model/overview-warnings.h"
#include "ui/model/training.h"
#include "ui/pages/overview-page.h"
#include "ui/widgets/interval-view.h"
#include "ui/widgets/split-bar.h"

G_BEGIN_DECLS

/* One plot with its head. */
typedef struct {
  GtkWidget       *box;
  GtkLabel        *title;
  GtkLabel        *value;
  GtkLabel        *interval;
  GtkLabel        *method;
  DubIntervalView *view;
} DubOverviewCell;

struct _DubOverviewPage {
  AdwBin                parent_instance;
  DubSession           *session;
  DubOverview          *overview;
  DubTraining          *training;   /* of the session */
  DubOverviewFigure    *figure;     /* (nullable): what the plots show */
  char                 *family;     /* (nullable): the one that is shown */
  gboolean              updating;   /* the page sets its controls itself */
  int                   columns;    /* of the plots */
  DubOverviewCell       cells[DUB_OVERVIEW_PANELS];

  /* Template. */
  GtkBox         *body;
  GtkBox         *top;
  GtkLabel       *data_name;
  GtkLabel       *split_label;
  DubSplitBar    *split_bar;
  GtkGrid        *data_grid;
  GtkLabel       *models_note;
  GtkGrid        *models_grid;
  GtkDropDown    *family_choice;
  GtkLabel       *results_note;
  GtkWidget      *table_button;
  GtkLabel       *badge;
  GtkWidget      *banner;
  GtkLabel       *banner_label;
  GtkButton      *banner_button;
  GtkStack       *results_stack;
  GtkImage       *status_icon;
  GtkLabel       *status_title;
  GtkLabel       *status_text;
  GtkProgressBar *status_progress;
  GtkButton      *status_button;
  GtkWidget      *import_button;
  GtkGrid        *plots;
  GtkGrid        *table;
  GtkWidget      *foot;
  GtkWidget      *foot_mark;
  GtkLabel       *foot_title;
  GtkLabel       *foot_text;
  GtkBox         *side;
  GtkSpinner     *warnings_spinner;
  GtkLabel       *warnings_count;
  GtkBox         *warnings;
  GtkLabel       *computed_count;
  GtkBox         *computed;
};

/* overview-page-cards.c */
void  _dub_overview_page_update_data     (DubOverviewPage *self);
void  _dub_overview_page_update_models   (DubOverviewPage *self);

/* overview-page-results.c */
void  _dub_overview_page_build_results   (DubOverviewPage *self);
void  _dub_overview_page_update_results  (DubOverviewPage *self);
void  _dub_overview_page_update_fraction (DubOverviewPage *self);
/* Places the plots in @columns. */
void  _dub_overview_page_place_plots     (DubOverviewPage *self,
                                          int              columns);

/* overview-page-side.c */
void  _dub_overview_page_update_side     (DubOverviewPage *self);
/* "about 4 s", "about 3 min"; NULL where @seconds is negative. (transfer full) */
char *_dub_overview_page_about           (double           seconds);

/* overview-page-pairs.c, overview-page-export.c: actions */
void  _dub_overview_page_show_pairs      (GtkWidget       *widget,
                                          const char      *action,
                                          GVariant        *parameter);
void  _dub_overview_page_export          (GtkWidget       *widget,
                                          const char      *action,
                                          GVariant        *parameter);

/* A label in a grid or a row. */
GtkWidget *_dub_overview_label           (const char      *text,
                                          const char      *style,
                                          float            xalign);
void  _dub_overview_empty                (GtkWidget       *container);

G_END_DECLS
