/* The inside of the inspector, shared by its files:
 *   case-inspector.c           template, head, what follows the case
 *   case-inspector-image.c     image and heatmap, or the three views of a volume
 *   case-inspector-answers.c   class probabilities, scores
 *   case-inspector-strips.c    augmented views, nearest training cases
 */
#pragma once

#include "ui/model/case-pictures.h"
#include "ui/pages/case-inspector.h"
#include "ui/widgets/case-pane.h"
#include "ui/widgets/tri-view.h"

G_BEGIN_DECLS

struct _DubCaseInspector {
  GtkBox               parent_instance;
  DubSession          *session;
  DubResults          *results;  /* of the session */
  DubCasePictures     *pictures; /* of the session */
  DubCaseDetail       *detail;
  int                  index;    /* of the case, -1 = none */
  gboolean             heat;     /* is shown */
  gboolean             alone;    /* outside of the page, whose actions are not there */
  const DubHeatChoice *choice;

  /* Template. */
  GtkStack      *stack;
  GtkLabel      *id_label;
  GtkLabel      *outcome_badge;
  GtkLabel      *part_badge;
  GtkSpinner    *spinner;
  GtkMenuButton *heat_button;
  GtkWidget     *compare_button;
  GtkWidget     *export_button;
  GtkWidget     *images;
  DubCasePane   *image_pane;
  GtkLabel      *image_caption;
  DubCasePane   *heat_pane;
  GtkLabel      *heat_caption;
  DubHeatScale  *heat_scale;
  GtkWidget     *volume_box;
  DubTriView    *tri_view;
  GtkLabel      *volume_caption;
  GtkLabel      *probability_note;
  GtkGrid       *probabilities;
  GtkLabel      *scores_note;
  GtkGrid       *scores;
  GtkToggleButton *all_scores;
  GtkLabel      *views_note;
  GtkWidget     *views_button;
  GtkBox        *views;
  GtkLabel      *views_text;
  GtkLabel      *twins_badge;
  GtkLabel      *neighbours_note;
  GtkBox        *neighbours;
  GtkLabel      *neighbours_text;
};

/* case-inspector.c */
/* Of the open study, or NULL where there is no such case. */
const DubStudyData *_dub_case_inspector_data (DubCaseInspector *self);
/* Name of a class, "—" where it is not known. */
const char *_dub_case_inspector_class        (DubCaseInspector *self,
                                              int               index);
void  _dub_case_inspector_empty              (GtkWidget        *container);

/* case-inspector-image.c */
void  _dub_case_inspector_update_image       (DubCaseInspector *self);
/* What the heatmap shows: "Ensemble SD lost if 5 × 5 is hidden" (transfer full) */
char *_dub_case_inspector_heat_words         (const DubCaseHeat *heat);
/* Whether its sign matters to a person who looks at it. */
gboolean _dub_case_heat_is_diverging         (const DubCaseHeat *heat);

/* case-inspector-answers.c */
void  _dub_case_inspector_update_answers     (DubCaseInspector *self);

/* Whether a score is listed before the person asks for all. */
gboolean _dub_case_inspector_is_first        (DubCaseInspector *self,
                                              const DubScore   *score);

/* case-inspector-strips.c */
void  _dub_case_inspector_update_views       (DubCaseInspector *self);
void  _dub_case_inspector_update_neighbours  (DubCaseInspector *self);

G_END_DECLS
