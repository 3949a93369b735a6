/* One of a few: toggle buttons in a linked row. Signal "chosen": the person took another one. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DUB_TYPE_CHOICE (dub_choice_get_type ())
G_DECLARE_FINAL_TYPE (DubChoice, dub_choice, DUB, CHOICE, GtkWidget)

/* @label: accessible name of the whole */
GtkWidget *dub_choice_new           (const char *label);
void       dub_choice_add           (DubChoice  *self,
                                     const char *text,
                                     const char *tooltip);
int        dub_choice_get_selected  (DubChoice  *self);
/* -1 = none. Does not emit "chosen". */
void       dub_choice_set_selected  (DubChoice  *self,
                                     int         index);
void       dub_choice_set_text      (DubChoice  *self,
                                     int         index,
                                     const char *text);
/* @why: (nullable): tooltip that says why it cannot be taken; NULL = it can */
void       dub_choice_set_refused   (DubChoice  *self,
                                     int         index,
                                     const char *why);

G_END_DECLS
