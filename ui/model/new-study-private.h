/* The parts of DubNewStudy, shared by new-study*.c only. */
#pragma once

#include "core/study/study-import.h"
#include "ui/model/compute-slot.h"
#include "ui/model/new-study.h"

G_BEGIN_DECLS

/* What a person says of one network. */
typedef struct {
  char *train_ids; /* (nullable) */
  int   scaling;   /* DubScaling, -1 = as for all */
} DubNetworkFacts;

struct _DubNewStudy {
  GObject             parent_instance;
  char               *path;
  char               *patients;
  gboolean            skip_bad;
  gboolean            opening;
  gboolean            searching;
  gboolean            making;
  char               *error;
  char               *search_error;
  gboolean            can_skip;
  GStrv               networks;      /* (nullable) of the person's own */
  GArray             *facts;         /* of DubNetworkFacts, one a network */
  DubOutputsFile     *outputs;       /* (nullable) instead of a data set */
  gboolean            prepare_edited; /* scaling or size are the person's */
  DubDataset         *dataset;
  DubDuplicates      *duplicates;
  DubPrepare          suggested;     /* as dub_prepare_init says */
  DubSplit           *split;
  char               *split_error;
  DubNewStudyChoices  choices;
  GPtrArray          *names;         /* of char *: what the person calls the classes */

  DubComputeSlot     *reader;        /* opening, then searching */
  DubComputeSlot     *tester;
  DubComputeSlot     *painter;
  DubComputeSlot     *maker;
  DubNewStudyTrial   *trial;
  GTask              *making_task;   /* (nullable) */

  GHashTable         *pictures;      /* index + 1 → GBytes; a case that cannot be read has an empty one */
  GArray             *wanted;        /* of size_t: pictures to be made */
};

/* new-study.c */
void _dub_new_study_changed        (DubNewStudy *self);

/* new-study-networks.c */
void _dub_new_study_forget_networks (DubNewStudy *self);

/* new-study-trial.c */
void _dub_new_study_try            (DubNewStudy *self);
void _dub_new_study_trial_free     (DubNewStudyTrial *trial);

/* new-study-pictures.c */
void _dub_new_study_forget_pictures (DubNewStudy *self);

/* new-study-make.c */
void _dub_new_study_stop_making    (DubNewStudy *self);

G_END_DECLS
