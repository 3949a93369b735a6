/* Everything that is known of one case on one sheet: image and heatmap, class probabilities, scores with their percentiles,
 * augmented views, nearest training cases.
 */
#pragma once

#include "ui/figures/case-image.h"
#include "ui/figures/export.h"

G_BEGIN_DECLS

typedef struct {
  char  *title;
  double value;
  double percentile;  /* among the calibration cases, in [0, 1]; NaN = not known */
} DubCaseFigureScore;

/* A small picture with what stands below it. */
typedef struct {
  GBytes  *picture;   /* @side² × 3 bytes of red, green and blue; NULL = cannot be shown */
  int      side;
  char    *name;      /* "benign" */
  double   number;    /* probability, distance */
  char    *id;        /* (nullable) */
  gboolean marked;    /* a wrong answer; a near-duplicate */
} DubCaseFigureTile;

typedef struct {
  char      *study;
  char      *id;
  char      *part;        /* "test" */
  char      *family;      /* (nullable) */
  int        truth;       /* class, -1 = not known */
  int        predicted;   /* -1 = no answer */
  GPtrArray *classes;     /* of char * */
  size_t     n_models;
  double    *mean;        /* (nullable) [C] */
  double    *models;      /* (nullable) [M][C] */
  DubTensor *image;       /* (nullable) as DubCaseImage wants it */
  DubDatasetKind kind;
  DubTensor *heat;        /* (nullable) */
  gboolean   diverging;
  char      *heat_title;  /* (nullable) */
  guint      n_calibration;
  GArray    *scores;      /* of DubCaseFigureScore: the first eight are drawn, all are in the table */
  GArray    *views;       /* of DubCaseFigureTile */
  GArray    *neighbours;  /* of DubCaseFigureTile */
  GPtrArray *provenance;  /* of char *: key, value, …; NULL ends it */
} DubCaseFigure;

G_GNUC_WARN_UNUSED_RESULT
DubCaseFigure *dub_case_figure_new        (void);
void           dub_case_figure_free       (DubCaseFigure          *self);
void           dub_case_figure_add_score  (DubCaseFigure          *self,
                                           const char             *title,
                                           double                  value,
                                           double                  percentile);
/* To @tiles, one of the figure's; @picture is held. */
void           dub_case_figure_add_tile   (GArray                 *tiles,
                                           GBytes                 *picture,
                                           int                     side,
                                           const char             *name,
                                           double                  number,
                                           const char             *id,
                                           gboolean                marked);
void           dub_case_figure_note       (DubCaseFigure          *self,
                                           const char             *key,
                                           const char             *value);

/* In user units, for any canvas. */
double         dub_case_figure_height     (const DubCaseFigure    *self,
                                           double                  width);
void           dub_case_figure_draw       (const DubCaseFigure    *self,
                                           DubCanvas              *canvas,
                                           double                  width,
                                           double                  height);
/* kind,name,value,percentile,id. (transfer full) */
char          *dub_case_figure_to_csv     (const DubCaseFigure    *self);
/* Writes .png, .svg, .pdf or .csv by the name's end, on paper, atomically. */
gboolean       dub_case_figure_export     (const DubCaseFigure    *self,
                                           const char             *path,
                                           const DubExportOptions *options,
                                           GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCaseFigure, dub_case_figure_free)

G_END_DECLS
