/* dubito-cli figure ece-beta, mask, overview, reliability, training. */
#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

gboolean cmd_figure_ece_beta (const char *path, int argc, char **argv, GError **error);
gboolean cmd_figure_latent (const char *path, int argc, char **argv, GError **error);
gboolean cmd_figure_mask (const char *path, int argc, char **argv, GError **error);
gboolean cmd_figure_overview (const char *path, int argc, char **argv, GError **error);
gboolean cmd_figure_reliability (const char *path, int argc, char **argv, GError **error);
gboolean cmd_figure_training (const char *path, int argc, char **argv, GError **error);

G_END_DECLS
