/* The second step: two columns of cards, which stand one above the other where it is narrow. For assistant-page.c. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model/new-study.h"

G_BEGIN_DECLS

#define DUB_TYPE_ASSISTANT_CHECK (dub_assistant_check_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantCheck, dub_assistant_check, DUB, ASSISTANT_CHECK, GtkWidget)

GtkWidget *_dub_assistant_check_new (DubNewStudy *study);

G_END_DECLS
