/* The inside of the Cases page, shared by its files:
 *   cases-page.c           template, properties behind the actions, what follows the session
 *   cases-page-actions.c   what can be done, and its keys
 *   cases-page-views.c     grid and table
 *   cases-page-filter.c    menus, counts, histogram, the banner of what is missing
 *   cases-page-export.c    inspector, table and heatmap as files
 *   case-inspector*.c      the panel at the right, a widget of its own
 */
#pragma once

#include "ui/model/case-list.h"
#include "ui/model/case-pictures.h"
#include "ui/pages/case-inspector.h"
#include "ui/pages/cases-page.h"
#include "ui/pages/remark.h"
#include "ui/widgets/score-histogram.h"

G_BEGIN_DECLS

struct _DubCasesPage {
  AdwBin              parent_instance;
  DubSession         *session;
  DubResults         *results;   /* of the session */
  DubCasePictures    *pictures;  /* of the session */
  DubCaseList        *list;
  GtkSingleSelection *chosen;    /* what grid and table show as selected: the current case */
  const DubScore     *told;      /* (not owned) the score that the cells show */
  GHashTable         *cells;     /* index + 1 → the DubCaseCell that shows it */
  gpointer            probed;    /* column whose order was asked for: see cases-page-views.c */
  gboolean            updating;  /* the page sets its controls itself */
  gboolean            walking;   /* the arrow keys move the selection */
  gboolean            table_shown;
  DubCaseInspector   *inspector;

  /* Template. */
  AdwFlap            *flap;
  guint               n_listed;   /* when the list last changed … */
  guint               place_idle; /* … and until the views have found their place in it */
  GtkWidget          *banner;
  GtkImage           *banner_icon;
  GtkLabel           *banner_label;
  GtkProgressBar     *banner_progress;
  GtkButton          *banner_button;
  GtkMenuButton      *sort_button;
  GtkImage           *sort_icon;
  GtkLabel           *sort_label;
  GtkLabel           *failed_count;
  GtkMenuButton      *filter_button;
  GtkLabel           *filter_label;
  GtkEditable        *find_entry;
  GtkWidget          *inspector_button;
  GtkLabel           *count_label;
  GtkLabel           *correct_label;
  GtkLabel           *failures_label;
  GtkLabel           *bins_label;
  GtkWidget          *set_button;
  GtkLabel           *set_label;
  DubScoreHistogram  *histogram;
  GtkStack           *stack;
  GtkGridView        *grid;
  GtkColumnView      *table;
  GtkScrolledWindow  *inspector_scroller;
};

/* cases-page-actions.c */
void  _dub_cases_page_install_actions (GtkWidgetClass *widget_class);
void  _dub_cases_page_bind_keys      (DubCasesPage *self);

/* cases-page-views.c */
void  _dub_cases_page_build_views    (DubCasesPage *self);
/* Columns of the scores that there are. */
void  _dub_cases_page_update_columns (DubCasesPage *self);
/* Shows which case is the current one, and where. */
void  _dub_cases_page_show_current   (DubCasesPage *self);
void  _dub_cases_page_show_stack     (DubCasesPage *self);
/* To the current case, else to the first. */
gboolean _dub_cases_page_focus       (DubCasesPage *self);
void  _dub_cases_page_refresh_cells  (DubCasesPage *self);

/* cases-page-filter.c */
void  _dub_cases_page_update_menus   (DubCasesPage *self);
void  _dub_cases_page_update_counts  (DubCasesPage *self);
void  _dub_cases_page_find_place     (DubCasesPage *self);
void  _dub_cases_page_update_banner  (DubCasesPage *self);
/* "test split · 234 cases · sorted by Ensemble SD" (transfer full) */
char *_dub_cases_page_subtitle       (DubCasesPage *self);

/* cases-page-export.c: actions */
void  _dub_cases_page_export_figure  (GtkWidget    *widget,
                                      const char   *action,
                                      GVariant     *parameter);
void  _dub_cases_page_export_csv     (GtkWidget    *widget,
                                      const char   *action,
                                      GVariant     *parameter);
void  _dub_cases_page_export_heatmap (GtkWidget    *widget,
                                      const char   *action,
                                      GVariant     *parameter);

G_END_DECLS
