/* The Latent Space page from inside: latent-page*.c and tests only.
 *
 *   latent-page.c          the widget, what it follows
 *   latent-page-actions.c  what it can be told to do
 *   latent-page-plane.c    scatter views, their names, what stands on the plane instead
 *   latent-page-lasso.c    lines that were drawn around sets
 *   latent-page-panel.c    settings, the running row, how far the map can be believed
 *   latent-page-counts.c   what is in the selected set, and its histogram
 *   latent-page-hover.c    the card of the case under the pointer
 *   latent-page-strip.c    pictures of the selected cases
 *   latent-page-state.c    what stands there instead of the page, and the banner
 *   latent-page-export.c   figure and numbers as files
 */
#pragma once

#include "ui/model/case-pictures.h"
#include "ui/model/latent-bench.h"
#include "ui/pages/latent-page.h"
#include "ui/pages/remark.h"
#include "ui/widgets/scatter-view.h"
#include "ui/widgets/set-histogram.h"

G_BEGIN_DECLS

enum { DUB_LATENT_N_TILES = 12, DUB_LATENT_N_SHOWN_NEAREST = 5, DUB_LATENT_N_LINES = 14, DUB_LATENT_N_FIGURES = 5 };

/* One of the two planes. */
typedef struct {
  GtkWidget      *box;      /* view and name */
  DubScatterView *view;
  GtkLabel       *name;
  AdwStatusPage  *instead;  /* "Finding neighbours…", or why there is nothing */
  GtkProgressBar *progress;
} DubLatentPlaneParts;

struct _DubLatentPage {
  AdwBin            parent_instance;
  DubSession       *session;
  DubResults       *results;    /* of the session */
  DubLatentBench   *bench;
  DubCasePictures  *pictures;   /* of the session */
  DubScatterTool    tool;
  gboolean          updating;   /* the page sets its controls itself */
  guint             counts_idle, fit_idle;
  int               hovered;    /* -1 = none */
  guint             hovered_panel;
  double            hover_at[2]; /* in the overlay */
  GPtrArray        *drawn;      /* lines that were drawn on the planes, and what they selected */
  char             *lines_key;  /* what the lines of counts are of */
  GPtrArray        *color_words; /* of char *: of the rows of color_choice */
  GPtrArray        *model_words;
  GPtrArray        *beside_words;
  GPtrArray        *score_words;
  guint             tiles[DUB_LATENT_N_TILES]; /* cases */
  guint             n_tiles;
  guint             n_fit;       /* tiles that the strip has room for */

  DubLatentPlaneParts planes[DUB_N_LATENT_PANELS];
  GtkWidget        *tile[DUB_LATENT_N_TILES];
  GtkWidget        *tile_button[DUB_LATENT_N_TILES];
  GtkWidget        *nearest[DUB_LATENT_N_SHOWN_NEAREST];
  GtkWidget        *hover_tile;
  DubSetHistogram  *histogram_view;
  GtkLabel         *figures[DUB_LATENT_N_FIGURES];
  GtkWidget        *figure_lines[DUB_LATENT_N_FIGURES];
  GtkLabel         *k_label;

  /* Template. */
  GtkStack       *stack;
  AdwStatusPage  *status;
  GtkProgressBar *status_progress;
  GtkButton      *status_button;
  AdwFlap        *flap;
  GtkWidget      *banner;
  GtkImage       *banner_icon;
  GtkLabel       *banner_label;
  GtkProgressBar *banner_progress;
  GtkButton      *banner_button;
  GtkOverlay     *overlay;
  GtkBox         *panels;
  GtkWidget      *tools;
  GtkWidget      *pill;
  GtkImage       *pill_icon;
  GtkLabel       *pill_label;
  GtkWidget      *panel_button;
  GtkWidget      *hover;
  GtkBox         *hover_picture;
  GtkLabel       *hover_id, *hover_outcome, *hover_true, *hover_said, *hover_numbers;
  GtkBox         *hover_nearest;
  GtkWidget      *strip;
  GtkLabel       *strip_count, *strip_more;
  GtkBox         *strip_tiles;
  GtkWidget      *show_button, *clear_button;
  GtkDropDown    *model_choice, *color_choice, *beside_choice, *score_choice;
  GtkWidget      *beside_row, *perplexity_row, *neighbours_row, *min_dist_row, *seed_row;
  GtkSpinButton  *perplexity_spin, *neighbours_spin, *min_dist_spin, *seed_spin;
  GtkWidget      *run_card;
  GtkLabel       *beside_note, *run_label, *run_note;
  GtkWidget      *pause_button, *run_button, *stop_button, *restart_button;
  GtkProgressBar *run_progress;
  GtkLabel       *counts_title, *counts_part;
  GtkBox         *counts;
  GtkLabel       *rate_label, *rate_all_label;
  GtkWidget      *histogram_card, *histogram_set;
  GtkLabel       *histogram_set_label;
  GtkBox         *histogram;
  GtkBox         *quality;
};

/* latent-page.c */
GtkWidget *_dub_latent_label               (const char     *text,
                                            const char     *style,
                                            float           xalign);
/* "0.961", "—" for what is undefined. (transfer full) */
char      *_dub_latent_number              (double          value,
                                            int             decimals);
void       _dub_latent_page_open_case      (DubLatentPage  *self,
                                            int             index);
/* Outcome in words and the class of its style. */
const char *_dub_latent_outcome_words      (guint           failed);
const char *_dub_latent_class_name         (DubLatentPage  *self,
                                            int             label);

/* latent-page-actions.c */
void       _dub_latent_page_install_actions (GtkWidgetClass *widget_class);

/* latent-page-plane.c */
void       _dub_latent_page_build_planes   (DubLatentPage  *self);
void       _dub_latent_page_update_points  (DubLatentPage  *self,
                                            guint           panel,
                                            gboolean        moved);
/* Names, numbers, what stands there instead. */
void       _dub_latent_page_update_planes  (DubLatentPage  *self);
/* For who does not see them. */
void       _dub_latent_page_describe_planes (DubLatentPage *self);
void       _dub_latent_page_set_tool       (DubLatentPage  *self,
                                            DubScatterTool  tool);
void       _dub_latent_page_update_pill    (DubLatentPage  *self);

/* latent-page-lasso.c */
void       _dub_latent_page_build_lassos   (DubLatentPage  *self);
/* Selects what was drawn on a plane; @add: to the set there is. */
void       _dub_latent_page_take_lasso     (DubLatentPage  *self,
                                            guint           panel,
                                            const guint    *indices,
                                            guint           n,
                                            gboolean        add);
/* Draws the lines of the selected set, if it was drawn. */
void       _dub_latent_page_update_lassos  (DubLatentPage  *self);
void       _dub_latent_page_forget_lassos  (DubLatentPage  *self,
                                            guint           panel);

/* latent-page-panel.c */
void       _dub_latent_page_build_panel    (DubLatentPage  *self);
/* Networks, scores, classes of another study. */
void       _dub_latent_page_fill_choices   (DubLatentPage  *self);
void       _dub_latent_page_update_settings (DubLatentPage *self);
void       _dub_latent_page_update_run     (DubLatentPage  *self);
void       _dub_latent_page_update_quality (DubLatentPage  *self);

/* latent-page-counts.c */
void       _dub_latent_page_build_counts   (DubLatentPage  *self);
void       _dub_latent_page_update_counts  (DubLatentPage  *self);
/* Action: all points of a kind, by its word: "correct", "failed", "2" (a class). */
void       _dub_latent_page_select_kind    (GtkWidget      *widget,
                                            const char     *action,
                                            GVariant       *parameter);

/* latent-page-hover.c */
void       _dub_latent_page_build_hover    (DubLatentPage  *self);
/* @x, @y: in the view of @panel; @index: -1 = none */
void       _dub_latent_page_hover          (DubLatentPage  *self,
                                            guint           panel,
                                            int             index,
                                            double          x,
                                            double          y);
void       _dub_latent_page_update_hover   (DubLatentPage  *self);

/* latent-page-strip.c */
void       _dub_latent_page_build_strip    (DubLatentPage  *self);
void       _dub_latent_page_update_strip   (DubLatentPage  *self);
/* As many pictures as there is room for. */
void       _dub_latent_page_fit_strip      (DubLatentPage  *self);
/* A picture was made. */
void       _dub_latent_page_update_picture (DubLatentPage  *self,
                                            guint           index);

/* latent-page-state.c */
void       _dub_latent_page_update_state   (DubLatentPage  *self);

/* latent-page-export.c: what is shown as a file, and the actions */
gboolean   _dub_latent_page_save           (GtkWidget               *page,
                                            const char              *path,
                                            const DubExportOptions  *options,
                                            GError                 **error);
void       _dub_latent_page_export         (GtkWidget      *widget,
                                            const char     *action,
                                            GVariant       *parameter);

G_END_DECLS
