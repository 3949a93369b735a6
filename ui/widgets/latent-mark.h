/* One mark of a latent space in a legend: a disc, a triangle, the sign of a class. Decoration beside words. */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/latent-figure.h"

G_BEGIN_DECLS

#define DUB_TYPE_LATENT_MARK (dub_latent_mark_get_type ())
G_DECLARE_FINAL_TYPE (DubLatentMark, dub_latent_mark, DUB, LATENT_MARK, GtkWidget)

typedef enum { DUB_LATENT_MARK_CORRECT, DUB_LATENT_MARK_FAILED, DUB_LATENT_MARK_SIGN, DUB_LATENT_MARK_CLASS } DubLatentMarkKind;

/* @shape: of SIGN, DUB_LATENT_SIGN + its number; of CLASS a disc or triangle. @label: whose colour CLASS has */
GtkWidget *dub_latent_mark_new (DubLatentMarkKind kind,
                                int               shape,
                                int               label);

G_END_DECLS
