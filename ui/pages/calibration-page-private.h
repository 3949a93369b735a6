/* The inside of the Calibration page, shared by its files:
 *   calibration-page.c         template, what follows the bench
 *   calibration-page-panels.c  the reliability diagrams, their key and badges
 *   calibration-page-side.c    what is looked at and how, the curve over M
 *   calibration-page-card.c    the chosen bin, or the selected set
 *   calibration-page-table.c   measures before and after
 *   calibration-page-bins.c    the diagrams as a table
 *   calibration-page-state.c   what stands there instead, and the banner
 *   calibration-page-export.c  diagrams, numbers and table as files
 */
#pragma once

#include "ui/figures/reliability-figure.h"
#include "ui/model/calibration-bench.h"
#include "ui/model/calibration-row.h"
#include "ui/pages/calibration-page.h"
#include "ui/pages/remark.h"
#include "ui/widgets/figure-view.h"
#include "ui/widgets/reliability-view.h"

G_BEGIN_DECLS

struct _DubCalibrationPage {
  AdwBin                parent_instance;
  DubSession           *session;
  DubResults           *results;  /* of the session */
  DubCalibrationBench  *bench;
  DubReliabilityFigure *figure;   /* (nullable): what the panels show */
  GPtrArray            *cards;    /* of GtkWidget, each with a panel; not owned */
  GListStore           *measures;
  GPtrArray            *choices;  /* of the networks to choose from */
  gboolean              updating; /* the page sets its controls itself */
  gboolean              of_mce;   /* the curve over M */
  gboolean              as_bins;  /* the table is of bins */
  GtkSingleSelection   *bin_rows;
  DubBinning            curve_binning; /* of what it shows */
  DubCalibration        tabled[2]; /* what the table shows … */
  gboolean              tabled_has[2];
  DubCalibrationAge     tabled_age[2];
  guint                 key_idle; /* idle source: the key needs another height */
  guint                 place;    /* idle source: another width */
  int                   columns;  /* of panels */
  gboolean              narrow;

  /* Template. */
  GtkStack       *stack;
  AdwStatusPage  *status;
  GtkProgressBar *status_progress;
  GtkButton      *status_button;
  GtkBox         *toolbar;
  GtkDrawingArea *key;
  GtkWidget      *fitted_badge, *measured_badge;
  GtkImage       *fitted_icon, *measured_icon;
  GtkLabel       *fitted_label, *measured_label;
  GtkWidget      *banner;
  GtkImage       *banner_icon;
  GtkLabel       *banner_label;
  GtkProgressBar *banner_progress;
  GtkButton      *banner_button;
  GtkWidget      *content;
  GtkGrid        *panels;
  GtkLabel       *models_note;
  GtkStack       *tables;
  GtkColumnView  *table, *bins_table;
  GtkDropDown    *model_choice, *class_choice, *method_choice;
  GtkLabel       *fit_label;
  GtkWidget      *apply_row, *apply_button, *back_button;
  GtkLabel       *apply_label;
  GtkBox         *warnings;
  GtkLabel       *bins_label;
  GtkScale       *bins_scale;
  GtkLabel       *curve_title;
  DubFigureView  *curve;
  GtkWidget      *card, *card_close;
  GtkLabel       *card_title, *card_before, *card_after, *card_accuracy;
  GtkLabel       *card_value[3][2]; /* cases, confidence, accuracy; before, after */
  GtkWidget      *card_grid;
  GtkLabel       *card_text, *card_note;
  GtkButton      *card_show;
};

/* calibration-page.c */
GtkWidget *_dub_calibration_label (const char *text,
                                   const char *style,
                                   float       xalign);
/* "0.703"; "—" for what is undefined. (transfer full) */
char      *_dub_calibration_number (double     value,
                                    int        decimals);

/* "accuracy"; of one class "share of the class". */
const char *_dub_calibration_page_share_words (DubCalibrationPage *self);

/* calibration-page-panels.c */
/* Other curves or other bins. */
void  _dub_calibration_page_update_panels (DubCalibrationPage *self);
/* The chosen bin, the selected set, the current case. */
void  _dub_calibration_page_update_marks  (DubCalibrationPage *self);
void  _dub_calibration_page_update_badges (DubCalibrationPage *self);
/* Networks one by one: a diagram each, as they answer themselves. */
gboolean _dub_calibration_page_is_of_models (DubCalibrationPage *self);
/* How many stand beside each other in the room there is. */
int   _dub_calibration_page_count_columns (DubCalibrationPage *self);
void  _dub_calibration_page_place_panels  (DubCalibrationPage *self);
/* They show nothing any more, and are gone. */
void  _dub_calibration_page_drop_panels   (DubCalibrationPage *self);
void  _dub_calibration_page_build_key     (DubCalibrationPage *self);
/* (transfer full), NULL where there is nothing to draw. @words: (nullable): for paper, where every word is English */
DubReliabilityFigure *_dub_calibration_page_make_figure (DubCalibrationPage        *self,
                                           const DubReliabilityWords *words);

/* calibration-page-side.c */
void  _dub_calibration_page_build_side    (DubCalibrationPage *self);
void  _dub_calibration_page_update_side   (DubCalibrationPage *self);
/* What depends on the bins alone. */
void  _dub_calibration_page_update_bins   (DubCalibrationPage *self);
void  _dub_calibration_page_update_curve  (DubCalibrationPage *self);

/* calibration-page-card.c */
void  _dub_calibration_page_update_card   (DubCalibrationPage *self);
/* Selects the bin's cases and shows them on the Cases page. */
void  _dub_calibration_page_show_set      (DubCalibrationPage *self);

/* calibration-page-table.c */
void  _dub_calibration_page_build_table   (DubCalibrationPage *self);
void  _dub_calibration_page_update_table  (DubCalibrationPage *self);
/* For the room there is. */
void  _dub_calibration_page_show_columns  (DubCalibrationPage *self);

/* calibration-page-bins.c */
void  _dub_calibration_page_build_bins    (DubCalibrationPage *self);
void  _dub_calibration_page_update_bins_table (DubCalibrationPage *self);
void  _dub_calibration_page_choose_row    (DubCalibrationPage *self);

/* calibration-page-state.c */
/* Another family of the same study is being read, in an instant: what was shown of the one before stays, faint. */
gboolean _dub_calibration_page_waits      (DubCalibrationPage *self);
void  _dub_calibration_page_update_state  (DubCalibrationPage *self);

/* calibration-page-export.c: actions */
void  _dub_calibration_page_export        (GtkWidget          *widget,
                                           const char         *action,
                                           GVariant           *parameter);
void  _dub_calibration_page_copy          (GtkWidget          *widget,
                                           const char         *action,
                                           GVariant           *parameter);
/* The diagrams as they are shown, as “dubito-cli figure reliability” would make the file. FALSE without @error: there are none. */
gboolean _dub_calibration_page_save       (GtkWidget               *page,
                                           const char              *path,
                                           const DubExportOptions  *options,
                                           GError                 **error);

G_END_DECLS
