/* A demo study as a card: picture, title, one sentence, and what pressing it does or how far its making is.
 *
 * The card is a button; its action is whoever's who shows it.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/model/job.h"

G_BEGIN_DECLS

#define DUB_TYPE_DEMO_CARD (dub_demo_card_get_type ())
G_DECLARE_FINAL_TYPE (DubDemoCard, dub_demo_card, DUB, DEMO_CARD, GtkButton)

/* Properties: "title", "sentence", "picture" (path of a resource, shown until there is a picture of the demo's own data). */

/* @words: the last line of the card; @picture: (nullable): of the demo's own data; @job: (nullable): stands in the place of
 * @words while the demo is being made */
void dub_demo_card_set (DubDemoCard  *self,
                        const char   *words,
                        GdkPaintable *picture,
                        DubJob       *job);

G_END_DECLS
