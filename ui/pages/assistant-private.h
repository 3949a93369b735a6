/* The cards of the assistant, shared by assistant-*.c only. Each looks at one DubNewStudy and writes its choices there. */
#pragma once

#include <adwaita.h>

#include "ui/model/new-study.h"

G_BEGIN_DECLS

/* assistant-data.c: the first step. Activates assistant.choose-file, assistant.choose-folder, assistant.demo-lesions,
 * assistant.skip-bad, assistant.stop. */
GtkWidget *_dub_assistant_data_new       (DubNewStudy *study);
/* What is shown while a demo is made. @job: (nullable) */
void       _dub_assistant_data_set_job   (GtkWidget   *widget,
                                          gpointer     job);

/* The cards of the second step. */
GtkWidget *_dub_assistant_found_new      (DubNewStudy *study); /* what was found; activates assistant.change */
GtkWidget *_dub_assistant_problems_new   (DubNewStudy *study); /* what stands twice, what is rare */
GtkWidget *_dub_assistant_split_new      (DubNewStudy *study); /* activates assistant.add-patients */
GtkWidget *_dub_assistant_network_new    (DubNewStudy *study); /* preprocessing and network */
/* assistant-own.c: a row for each of the person's own networks. Activates assistant.choose-train-ids (u: its index). */
void       _dub_assistant_own_show       (GtkListBox  *list,
                                          DubNewStudy *study);
GtkWidget *_dub_assistant_statistics_new (DubNewStudy *study); /* what the test cases can show */

/* assistant-train.c: the third step. Activates assistant.choose-parent, assistant.make. */
GtkWidget *_dub_assistant_train_new      (DubNewStudy *study);
/* (transfer full) what is written there. */
char      *_dub_assistant_train_title    (GtkWidget   *widget);
char      *_dub_assistant_train_folder   (GtkWidget   *widget);
void       _dub_assistant_train_set_parent (GtkWidget *widget,
                                          const char  *folder);
/* @message: (nullable) */
void       _dub_assistant_train_set_error (GtkWidget  *widget,
                                          const char  *message);

/* How far the work is, or that it is under way. Asked for again and again. */
void       _dub_assistant_show_progress  (GtkProgressBar *bar,
                                          DubNewStudy    *study);
/* assistant-words.c: the same words in several cards. All (transfer full). */
char      *_dub_assistant_shape_words    (const DubDataset *dataset);
char      *_dub_assistant_loss_words     (DubNewStudy *study);
char      *_dub_assistant_runs_words     (DubNewStudy *study);
char      *_dub_assistant_time_words     (DubNewStudy *study);
char      *_dub_assistant_parts_words    (DubNewStudy *study);
/* Ways to scale, in the order they are offered; @index from 0. NULL beyond the last. In the reader's language. */
const char *_dub_assistant_scaling_name  (guint        index);
DubScaling _dub_assistant_scaling        (guint        index);
GtkWidget *_dub_assistant_label          (const char  *text,
                                          const char  *css_class); /* (nullable) */
/* A picture of a case that fills itself in when it is there. */
GtkWidget *_dub_assistant_picture        (DubNewStudy *study,
                                          size_t       index,
                                          int          side);

G_END_DECLS
