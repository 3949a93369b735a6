/* The inside of the Mask page, shared by its files:
 *   mask-page.c           template, actions, what follows the study's session
 *   mask-page-settings.c  choices, optimiser, λ: what the person sets, with undo
 *   mask-page-results.c   views, energy, regions, transport, effect: what is shown
 *   mask-page-export.c    figures and masks as files
 */
#pragma once

#include "ui/model/mask-session.h"
#include "ui/pages/mask-page.h"
#include "ui/widgets/cursor-strip.h"
#include "ui/widgets/figure-view.h"
#include "ui/widgets/lambda-row.h"
#include "ui/widgets/region-table.h"
#include "ui/widgets/tri-view.h"

G_BEGIN_DECLS

struct _DubMaskPage {
  AdwBin           parent_instance;

  DubSession      *session;
  DubMaskSession  *mask;
  DubViewer       *viewer;
  DubJob          *job;          /* in the list of jobs while running */
  gboolean         was_playing;  /* another subject goes on playing */
  char            *loaded_key;   /* case and network last asked for */

  /* Template. */
  AdwFlap         *flap;
  GtkStack        *content_stack;
  AdwStatusPage   *error_page;
  GtkWidget       *error_resample;
  GtkWidget       *error_crop;
  GtkWidget       *error_retry;
  DubTriView      *tri_view;
  GtkWidget       *loading_box;
  GtkSpinner      *loading_spinner;
  GtkLabel        *loading_label;
  DubCursorStrip  *strip;
  GtkWidget       *panel_button;
  DubFigureView   *energy_view;
  GtkTextView     *energy_table;
  GtkWidget       *energy_popover;
  GtkStack        *regions_stack;
  DubRegionTable  *region_table;
  GtkLabel        *regions_note;
  GtkListBox      *choices;
  GtkBox          *lambda_card;
  GtkGrid         *optimiser_grid;
  GtkWidget       *optimiser_popover;
  GtkWidget       *play_button;
  GtkWidget       *foot_play_button; /* where the window is too low to show the other one without scrolling */
  GtkProgressBar  *progress;
  GtkLabel        *iteration_label;
  GtkLabel        *rate_label;
  GtkLabel        *left_label;
  GtkLabel        *effect_title;
  GtkLabel        *effect_delta;
  GtkGrid         *effect_grid;
  GtkLabel        *replaced_label;
  GtkWidget       *truth_card;
  GtkLabel        *inside_label;
  GtkSwitch       *truth_switch;

  /* Settings, made by mask-page-settings.c. */
  GtkDropDown     *subject;
  GtkDropDown     *network;
  GtkDropDown     *target;
  GtkDropDown     *replacement;
  GtkLabel        *replacement_note;
  GtkMenuButton   *optimiser;
  DubLambdaRow    *lambda[2];
  GtkSpinButton   *step;
  GtkSpinButton   *iterations;
  GtkSpinButton   *grid;
  GtkSpinButton   *start;
  GtkSpinButton   *noise;
  GtkSpinButton   *beta[2];
  GtkSpinButton   *jitter;
  GtkSpinButton   *seed;
  GtkDropDown     *norm;
  GtkSwitch       *stop_early;
  gboolean         updating;     /* the page sets its controls itself */

  /* Results, made by mask-page-results.c. */
  GtkWidget       *effect_bar[2];
  GtkLabel        *effect_value[2];
  GtkLabel        *effect_others;
  DubVolume       *shown;          /* (nullable) the image last shown: whether the next one is in its space */
  double           view_before[3]; /* window and clip at the last undo entry */

  /* Export, of mask-page-export.c. */
};

/* mask-page-settings.c */
void _dub_mask_page_build_settings  (DubMaskPage *self);
/* The lists of subjects and networks, and what is chosen in them. */
void _dub_mask_page_update_choices  (DubMaskPage *self);
/* The controls show the parameters of the mask session. */
void _dub_mask_page_update_settings (DubMaskPage *self);

/* mask-page-results.c */
void _dub_mask_page_build_results   (DubMaskPage *self);
void _dub_mask_page_update_state    (DubMaskPage *self);
void _dub_mask_page_update_inputs   (DubMaskPage *self);
void _dub_mask_page_update_frame    (DubMaskPage *self);

/* mask-page-export.c: actions */
void _dub_mask_page_export          (GtkWidget   *widget,
                                     const char  *action,
                                     GVariant    *parameter);

/* To the path of the parameter, of the kind that its ending says, without a dialog. */
void _dub_mask_page_export_to       (GtkWidget   *widget,
                                     const char  *action,
                                     GVariant    *parameter);

/* mask-page.c */
/* Reads the current case and network again. */
void _dub_mask_page_reload          (DubMaskPage *self,
                                     gboolean     autoplay);
/* Opens a dialog for the volume that voxels are replaced by. */
void _dub_mask_page_choose_reference (DubMaskPage *self);

G_END_DECLS
