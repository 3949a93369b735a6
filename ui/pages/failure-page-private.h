/* The inside of the Failure Detection page, shared by its files:
 *   failure-page.c         template, what follows the bench
 *   failure-page-actions.c what it can be told to do
 *   failure-page-table.c   the method table: heads, order, shared axis
 *   failure-page-line.c    one line of it
 *   failure-page-point.c   badges, sentence, the three plots, where the point is
 *   failure-page-zero.c    the zero-failure card, and the weights of a combination
 *   failure-page-state.c   what stands there instead, and the banner
 *   failure-page-points.c  the curve as a table
 *   failure-page-export.c  plots, numbers and table as files
 */
#pragma once

#include "ui/figures/failure-figure.h"
#include "ui/model/case-pictures.h"
#include "ui/model/failure-bench.h"
#include "ui/pages/failure-page.h"
#include "ui/pages/remark.h"
#include "ui/widgets/failure-view.h"

G_BEGIN_DECLS

/* Columns of the table that are shown on request. */
typedef enum { DUB_FAILURE_EAURC, DUB_FAILURE_AUGRC, DUB_FAILURE_FPR95, DUB_N_FAILURE_EXTRAS } DubFailureExtra;

struct _DubFailurePage {
  AdwBin            parent_instance;
  DubSession       *session;
  DubResults       *results;    /* of the session */
  DubFailureBench  *bench;
  DubCasePictures  *pictures;   /* of the session */
  DubFailureFigure *figure;     /* (nullable): what the plots show */
  DubFailureView   *views[DUB_N_FAILURE_PLOTS];
  GtkLabel         *heads[DUB_N_FAILURE_PLOTS]; /* beside the title of each plot */
  GPtrArray        *titles;     /* of the table's columns */
  int               sort;       /* column, -1 = the order of the table */
  gboolean          descending;
  gboolean          extra[DUB_N_FAILURE_EXTRAS];
  gboolean          narrow;
  gboolean          updating;   /* the page sets its controls itself */
  gboolean          as_table;
  gboolean          weights_shown;
  guint             rank;       /* of the failure on the card, 0 = the most certain one */
  guint             redraw;     /* idle source: several rows came at once */
  guint             rates;      /* idle source: the rates of every line, once for many moves of the point */

  /* Template. */
  GtkStack       *stack;
  AdwStatusPage  *status;
  GtkProgressBar *status_progress;
  GtkButton      *status_button;
  GtkBox         *toolbar;
  GtkDropDown    *family_choice;
  GtkWidget      *fitted_badge;
  GtkLabel       *fitted_label;
  GtkImage       *fitted_icon;
  GtkLabel       *measured_badge;
  GtkLabel       *positive_badge;
  GtkWidget      *banner;
  GtkImage       *banner_icon;
  GtkLabel       *banner_label;
  GtkProgressBar *banner_progress;
  GtkButton      *banner_button;
  GtkWidget      *table_card;
  GtkBox         *header;
  GtkListBox     *list;
  GtkWidget      *sentence;
  GtkLabel       *threshold_label;
  GtkWidget      *accepts_label;
  GtkWidget      *counts[4];    /* failures accepted, rejected, correct accepted, rejected */
  GtkButton      *show_button;
  GtkStack       *curves;
  GtkGrid        *plots;
  GtkColumnView  *points;
  GtkBox         *zero_card;
  GtkGrid        *zero_box;   /* knows columns before heights: labels that wrap do not widen it */
  GtkBox         *zero_page;
  GtkStack       *zero_stack;
  GtkWidget      *weights_button;
  GtkLabel       *zero_title, *zero_subtitle, *zero_id, *zero_true, *zero_said, *zero_score, *zero_text, *zero_bound;
  GtkImage       *zero_picture;
  GtkWidget      *zero_case, *zero_words, *zero_buttons, *next_button;
  GtkBox         *weights;
  GtkLabel       *weights_note;
};

/* failure-page.c */
GtkWidget *_dub_failure_label        (const char *text,
                                      const char *style,
                                      float       xalign);
/* "0.72", "—" for what is undefined. (transfer full) */
char      *_dub_failure_number       (double      value,
                                      int         decimals);
/* "0.63–0.81", "" without an interval. (transfer full) */
char      *_dub_failure_interval     (const DubEstimate *estimate,
                                      int         decimals);

/* failure-page-actions.c */
void  _dub_failure_page_install_actions (GtkWidgetClass *widget_class);

/* failure-page-table.c */
void  _dub_failure_page_build_table  (DubFailurePage *self);
/* Other rows. */
void  _dub_failure_page_fill_table   (DubFailurePage *self);
/* Numbers of one row, NULL = of all; then order and shared axis. */
void  _dub_failure_page_update_table (DubFailurePage *self,
                                      DubFailureRow  *row);
/* Only what depends on the operating point. */
void  _dub_failure_page_update_rates (DubFailurePage *self);
void  _dub_failure_page_choose_line  (DubFailurePage *self);
/* Brings the chosen line on the screen once the page has its new shape. */
void  _dub_failure_page_reveal_line  (DubFailurePage *self);
void  _dub_failure_page_sort_by      (DubFailurePage *self,
                                      const char     *column);
/* Columns for the room there is and the extras that are asked for. */
void  _dub_failure_page_show_columns (DubFailurePage *self);

/* failure-page-point.c */
void  _dub_failure_page_build_plots  (DubFailurePage *self);
/* Another chosen row, or other curves beside it. */
void  _dub_failure_page_update_plots (DubFailurePage *self);
void  _dub_failure_page_update_point (DubFailurePage *self);
void  _dub_failure_page_update_case  (DubFailurePage *self);
void  _dub_failure_page_show_set     (DubFailurePage *self,
                                      const char     *which);
/* (transfer full), NULL where nothing is measured. @words: (nullable) English */
DubFailureFigure *_dub_failure_page_make_figure (DubFailurePage        *self,
                                      const DubFailureWords *words);

/* failure-page-zero.c */
void  _dub_failure_page_update_zero  (DubFailurePage *self);
void  _dub_failure_page_update_weights (DubFailurePage *self);
/* Index of the case on the card, -1 = none. */
int   _dub_failure_page_zero_case    (DubFailurePage *self);

/* failure-page-state.c */
void  _dub_failure_page_update_state (DubFailurePage *self);

/* failure-page-points.c */
void  _dub_failure_page_build_points (DubFailurePage *self);
void  _dub_failure_page_update_points (DubFailurePage *self);
/* Selects the row of the threshold, where the table is shown. */
void  _dub_failure_page_show_threshold (DubFailurePage *self);

/* failure-page-export.c: actions */
void  _dub_failure_page_export       (GtkWidget      *widget,
                                      const char     *action,
                                      GVariant       *parameter);

G_END_DECLS
