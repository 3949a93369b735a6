/* The options of “uq” and “score” that say which scores are computed, and from what. */
#pragma once

#include "app/cli/cli-command.h"
#include "app/cli/cli-json.h"
#include "core/study/scores.h"

G_BEGIN_DECLS

typedef struct {
  char    *family;
  char    *scores;        /* --scores as it was typed */
  char    *fuse;
  char    *gps_objective;
  char    *feature_model;
  char    *seed;
  gboolean views;
  /* private: what the texts became */
  char   **ids;
  char   **parts;
} CliScoresOptions;

/* Entries that fill @options. (transfer full), free with g_free. */
GOptionEntry *cli_scores_entries       (CliScoresOptions       *options);
void          cli_scores_options_clear (CliScoresOptions       *options);
/* @scores: (out): points into @options. Wrong words are usage errors. */
gboolean      cli_scores_parse         (CliScoresOptions       *options,
                                        DubScoresOptions       *scores,
                                        GError                **error);

/* Members of the object being built: what a score is. */
void          cli_scores_build         (JsonBuilder            *builder,
                                        const DubScore         *score);
/* Member @name: an array of texts. */
void          cli_scores_build_texts   (JsonBuilder            *builder,
                                        const char             *name,
                                        char *const            *texts,
                                        size_t                  n);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliScoresOptions, cli_scores_options_clear)

G_END_DECLS
