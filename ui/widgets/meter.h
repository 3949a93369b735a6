/* A thin horizontal scale from 0 to 1: how far it is filled, with a dot at the end, a tick, and rings at some places. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  DUB_METER_PLAIN,  /* grey, a dot at the end: where a score stands among others */
  DUB_METER_ANSWER, /* a thick bar in grey, for rings to lie on: a probability */
  DUB_METER_CORRECT, /* the same in the colour of a correct answer … */
  DUB_METER_FAILED,  /* … and of a failure */
} DubMeterKind;

#define DUB_TYPE_METER (dub_meter_get_type ())
G_DECLARE_FINAL_TYPE (DubMeter, dub_meter, DUB, METER, GtkWidget)

GtkWidget *dub_meter_new       (DubMeterKind   kind);
void       dub_meter_set_kind  (DubMeter      *self,
                                DubMeterKind   kind);
/* NaN = nothing is known. */
void       dub_meter_set_value (DubMeter      *self,
                                double         value);
/* NaN = none. */
void       dub_meter_set_tick  (DubMeter      *self,
                                double         place);
void       dub_meter_set_rings (DubMeter      *self,
                                const double  *places,
                                size_t         n);

G_END_DECLS
