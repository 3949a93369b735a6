/* What a page says of its state: instead of itself, on a status page, or above itself, on a banner; with the button that helps.
 *
 * A plain struct that is made, shown and cleared; g_auto (DubRemark).
 */
#pragma once

#include <adwaita.h>

#include "ui/model/results.h"

G_BEGIN_DECLS

typedef struct {
  const char *icon;
  char       *title;  /* owned; NULL: nothing to say */
  char       *text;   /* (nullable) owned; of a status page */
  const char *button; /* (nullable) */
  const char *action;
  const char *target; /* (nullable): the action's string */
  gboolean    progress;
} DubRemark;

/* Where remarks of a page are shown; not owned. A banner is a box with the other three in it. */
typedef struct {
  GtkWidget      *banner;
  GtkImage       *icon;
  GtkLabel       *label;
  GtkProgressBar *progress;
  GtkButton      *button;
} DubRemarkBanner;

/* A page's own words for the states that every page of results has. */
typedef struct {
  const char *icon;       /* of the page */
  const char *reading;    /* "Reading the scores…" */
  const char *no_network; /* what networks are for here */
  const char *no_outputs; /* what their answers are for here */
  const char *unreadable; /* "The scores cannot be read" */
  const char *run, *stop, *refresh; /* actions */
} DubRemarkWords;

void      dub_remark_clear          (DubRemark             *self);

/* Why there is nothing to show: of any state but READY, where it is as of READING. */
DubRemark dub_remark_instead        (DubResults            *results,
                                     const DubRemarkWords  *words);
/* What is to be known of results that are shown: a run under way, answers that are stale, a run that failed. */
DubRemark dub_remark_above          (DubResults            *results,
                                     const char            *run,
                                     const char            *stop,
                                     const char            *again);

/* @fraction: of the running job, in [0, 1] */
void      dub_remark_show_instead   (const DubRemark       *self,
                                     AdwStatusPage         *page,
                                     GtkProgressBar        *progress,
                                     GtkButton             *button,
                                     double                 fraction);
/* Hides the banner where there is nothing to say. */
void      dub_remark_show_above     (const DubRemark       *self,
                                     const DubRemarkBanner *banner,
                                     double                 fraction);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubRemark, dub_remark_clear)

G_END_DECLS
