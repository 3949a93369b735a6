/* The inside of the Cases page of segmentations, shared by its files:
 *   segment-page.c          template, actions, what is set and its undo
 *   segment-page-results.c  views, strip, states
 *   segment-page-panel.c    cards of the right panel
 *   segment-page-table.c    the cases
 *   segment-page-reading.c  how volumes are read
 *   segment-page-export.c   figures, tables and volumes as files
 */
#pragma once

#include "ui/model/segment-session.h"
#include "ui/pages/segment-page.h"
#include "ui/widgets/choice.h"
#include "ui/widgets/interval-strip.h"
#include "ui/widgets/tri-view.h"

G_BEGIN_DECLS

enum { SEGMENT_N_VIEWS = 4 };

/* What a person sets, for undo. */
typedef struct {
  DubSegmentScore score;
  char           *views;
  gboolean        contours;
  double          opacity;
  double          clip[DUB_N_SEGMENT_SCORES]; /* NaN = not set by anyone */
  double          window[2];
} DubSegmentSettings;

struct _DubSegmentPage {
  AdwBin              parent_instance;
  DubSession         *session;
  DubSegmentSession  *segment;
  DubViewer          *viewer;
  DubSegmentSettings  settings;     /* as last committed */
  gboolean            updating;     /* the page sets its controls itself */
  gboolean            applying;     /* undo or redo is at work */
  int                 chosen_place; /* of the shown case, -1 = the crosshair is elsewhere */
  int                 wanted_case;  /* whose place @wanted_place is gone to when it is there; -1 = none */
  int                 wanted_place;
  DubVolume          *shown;        /* (nullable) the image last shown */
  guint               fold;         /* source */

  /* Template. */
  AdwFlap        *flap;
  GtkStack       *content_stack;
  AdwStatusPage  *error_page;
  GtkWidget      *error_resample;
  GtkWidget      *error_crop;
  GtkWidget      *error_retry;
  DubTriView     *tri_view;
  GtkWidget      *loading_box;
  GtkLabel       *loading_label;
  GtkProgressBar *loading_progress;
  GtkButton      *loading_button;
  GtkBox         *strip;
  GtkWidget      *panel_button;
  GtkWidget      *table_scroller;
  GtkColumnView  *table;
  GtkBox         *panel;
  GtkWidget      *all_button;
  GtkPopover     *views_popover;
  GtkBox         *views_box;

  /* Strip and legend, made by segment-page-results.c. */
  GtkLabel       *strip_class, *strip_score, *strip_patch, *strip_voxel, *strip_world, *strip_space, *strip_warning;
  GtkWidget      *legend;

  /* Panel, made by segment-page-panel.c. */
  DubChoice      *score_choice;
  GtkLabel       *score_note;
  GtkMenuButton  *views_button;
  GtkCheckButton *view_check[SEGMENT_N_VIEWS];
  GtkSwitch      *contours_switch;
  GtkScale       *opacity_scale;
  GtkLabel       *opacity_label;
  GtkLabel       *volume_note;
  GtkBox         *volume_rows;
  GtkBox         *place_rows;
  GtkDropDown    *axes, *scale, *fit;
  char           *cards_key;    /* (nullable) what the cards of numbers were made of */

  /* Table, made by segment-page-table.c. */
  GtkSingleSelection  *selection;
  GPtrArray           *sorters;   /* of GtkSorter, of every column that sorts */
  GtkColumnViewColumn *mean_column;
  guint                n_class_columns;
};

/* segment-page.c */
/* Something that is set has changed: an entry for undo under @label; changes with one @key merge. */
void        _dub_segment_page_commit        (DubSegmentPage  *self,
                                             const char      *label,
                                             const char      *key);
/* What is set now is no change of anybody's. */
void        _dub_segment_page_settle        (DubSegmentPage  *self);
/* "class 1", or the name that the study has. (transfer full) */
char       *_dub_segment_page_class_name    (DubSegmentPage  *self,
                                             size_t           c);
const char *_dub_segment_page_score_name    (DubSegmentScore  score);
/* The number of classes of what is shown or known, 0 = nothing yet. */
size_t      _dub_segment_page_n_classes     (DubSegmentPage  *self);
void        _dub_segment_page_go_to         (DubSegmentPage  *self,
                                             int              case_index,
                                             int              place);

/* segment-page-results.c */
void        _dub_segment_page_build_results (DubSegmentPage  *self);
void        _dub_segment_page_update_state  (DubSegmentPage  *self);
/* Another case, result or score. */
void        _dub_segment_page_update_shown  (DubSegmentPage  *self);
/* Goes to the place that was asked for, if its case is shown. */
void        _dub_segment_page_visit         (DubSegmentPage  *self);

/* segment-page-panel.c */
void        _dub_segment_page_build_panel   (DubSegmentPage  *self);
void        _dub_segment_page_update_panel  (DubSegmentPage  *self);

/* segment-page-table.c */
void        _dub_segment_page_build_table   (DubSegmentPage  *self);
/* Another score or other classes. */
void        _dub_segment_page_update_table  (DubSegmentPage  *self);
void        _dub_segment_page_select_row    (DubSegmentPage  *self);
/* Index of the case below the current one in the table, -1 = none. */
int         _dub_segment_page_next_case     (DubSegmentPage  *self);

/* segment-page-reading.c: actions segment.axes, segment.scale, segment.fit */
void        _dub_segment_page_read          (GtkWidget       *widget,
                                             const char      *action,
                                             GVariant        *parameter);

/* segment-page-export.c: actions */
void        _dub_segment_page_export        (GtkWidget       *widget,
                                             const char      *action,
                                             GVariant        *parameter);
void        _dub_segment_page_export_to     (GtkWidget       *widget,
                                             const char      *action,
                                             GVariant        *parameter);

G_END_DECLS
