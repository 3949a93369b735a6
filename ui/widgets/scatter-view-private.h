/* What the parts of the scatter view share, and what tests hold it by. scatter-view*.c and tests only. */
#pragma once

#include "ui/widgets/scatter-view.h"

G_BEGIN_DECLS

typedef enum { DUB_SCATTER_IDLE, DUB_SCATTER_PANNING, DUB_SCATTER_BOXING, DUB_SCATTER_LASSOING } DubScatterHand;

struct _DubScatterView {
  GtkWidget              parent_instance;
  const DubLatentPoints *points;    /* (nullable) not owned */
  DubLatentDensity      *density;   /* (nullable) made when drawn */
  DubLatentIndex        *index;     /* (nullable) made when asked */
  DubScatterTool         tool;
  DubLatentPlane         plane;     /* what is seen */
  gboolean               has_plane;
  gboolean               moved;     /* by the person: it does not follow the points any more */
  int                    width, height; /* that the plane is of */
  DubLatentPlane         goal;      /* where the plane glides to */
  guint                  tick;      /* 0 = it stands */
  gint64                 glided;    /* frame time of the last step */

  cairo_surface_t       *picture;   /* (nullable) bands and marks on the view's colour */
  GdkTexture            *texture;   /* (nullable) the same pixels, made where the renderer wants a texture */
  DubLatentPlane         painted;   /* what they show */
  DubTheme               theme;     /* in whose colours */
  int                    margin;    /* how much more than the view, to each side */
  guint                  n_painted; /* how often, for tests and measurements */

  DubScatterHand         hand;
  gboolean               dragged;   /* further than a click */
  double                 start[2], at[2]; /* of the drag, in the widget */
  DubLatentPlane         grabbed;   /* the plane when it began */
  GPtrArray             *lassos;    /* of GArray of double: corners in data units; the last may be in the making */
  char                  *pill;      /* (nullable) */
  int                    hovered;   /* -1 = none */
  double                 pointer[2];
  gboolean               has_pointer;
};

enum { DUB_SCATTER_HOVERED, DUB_SCATTER_PICKED, DUB_SCATTER_ACTIVATED, DUB_SCATTER_LASSOED, DUB_SCATTER_N_SIGNALS };

/* --- scatter-view.c --- */

void      _dub_scatter_view_emit_picked    (DubScatterView        *self,
                                            int                    index);
void      _dub_scatter_view_emit_activated (DubScatterView        *self,
                                            int                    index);
void      _dub_scatter_view_emit_hovered   (DubScatterView        *self,
                                            int                    index);
void      _dub_scatter_view_emit_lassoed   (DubScatterView        *self,
                                            guint                 *indices,
                                            size_t                 n,
                                            gboolean               add);
/* Shows @plane from now on: by the person's hand. */
void      _dub_scatter_view_show_plane     (DubScatterView        *self,
                                            const DubLatentPlane  *plane);
/* (transfer none): of the points as they are now; NULL without points */
const DubLatentIndex *_dub_scatter_view_get_index (DubScatterView *self);
/* From the widget to data units, and back. */
void      _dub_scatter_view_to_data        (DubScatterView        *self,
                                            double                 x,
                                            double                 y,
                                            double                 data[2]);
void      _dub_scatter_view_to_widget      (DubScatterView        *self,
                                            const double           data[2],
                                            double                *x,
                                            double                *y);

/* Pixels a unit. */
static inline double
_dub_scatter_view_scale (const DubScatterView *self)
{
  return self->width / (self->plane.right - self->plane.left);
}

/* --- scatter-view-picture.c --- */

void      _dub_scatter_view_drop_picture     (DubScatterView        *self);
void      _dub_scatter_view_snapshot_picture (DubScatterView        *self,
                                              GtkSnapshot           *snapshot,
                                              const DubTheme        *theme,
                                              const graphene_rect_t *bounds);

/* --- scatter-view-above.c --- */

void      _dub_scatter_view_snapshot_above   (DubScatterView        *self,
                                              GtkSnapshot           *snapshot,
                                              const DubTheme        *theme);

/* --- scatter-view-hands.c: what the controllers call --- */

void      _dub_scatter_view_add_hands      (DubScatterView        *self);
void      _dub_scatter_view_add_keys       (GtkWidgetClass        *widget_class);
void      _dub_scatter_view_begin          (DubScatterView        *self,
                                            gboolean               pan, /* whatever the tool */
                                            double                 x,
                                            double                 y);
void      _dub_scatter_view_update         (DubScatterView        *self,
                                            double                 x,
                                            double                 y);
void      _dub_scatter_view_end            (DubScatterView        *self,
                                            gboolean               add);
void      _dub_scatter_view_cancel         (DubScatterView        *self);
/* By @factor > 1 nearer; what is at (x, y) stays there. */
void      _dub_scatter_view_zoom           (DubScatterView        *self,
                                            double                 factor,
                                            double                 x,
                                            double                 y);
void      _dub_scatter_view_hover          (DubScatterView        *self,
                                            double                 x,
                                            double                 y);
void      _dub_scatter_view_leave          (DubScatterView        *self);
/* What is under the pointer; -1. */
int       _dub_scatter_view_pick           (DubScatterView        *self,
                                            double                 x,
                                            double                 y);
/* Arrow key: @dx, @dy of -1, 0, 1, y upwards. */
gboolean  _dub_scatter_view_step           (DubScatterView        *self,
                                            int                    dx,
                                            int                    dy);

G_END_DECLS
