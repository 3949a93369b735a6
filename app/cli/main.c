/* dubito-cli: the table of commands. */
#include "app/cli/cli-command.h"
#include "app/cli/cmd-bench.h"
#include "app/cli/cmd-calibration-table.h"
#include "app/cli/cmd-calibration.h"
#include "app/cli/cmd-conformal.h"
#include "app/cli/cmd-data.h"
#include "app/cli/cmd-demo.h"
#include "app/cli/cmd-evaluate.h"
#include "app/cli/cmd-recalibrate.h"
#include "app/cli/cmd-export.h"
#include "app/cli/cmd-failure.h"
#include "app/cli/cmd-figure.h"
#include "app/cli/cmd-heatmap.h"
#include "app/cli/cmd-import.h"
#include "app/cli/cmd-mask.h"
#include "app/cli/cmd-model.h"
#include "app/cli/cmd-segment.h"
#include "app/cli/cmd-score.h"
#include "app/cli/cmd-project.h"
#include "app/cli/cmd-toy.h"
#include "app/cli/cmd-train.h"
#include "app/cli/cmd-uq.h"

#include <locale.h>
#include <signal.h>

static const CliCommand MODEL_COMMANDS[] = {
  { "info", N_("inputs, outputs, operators, size and cost of a network"), cmd_model_info, NULL },
  { "run", N_("run a network on a file, optionally with a gradient"), cmd_model_run, NULL },
  { "check", N_("compare folders of the ONNX backend-test form with the outputs they hold"), cmd_model_check, NULL },
  { NULL },
};

static const CliCommand DATA_COMMANDS[] = {
  { "info", N_("cases, classes, sizes, duplicates and problems of a data set"), cmd_data_info, NULL },
  { NULL },
};

static const CliCommand DEMO_COMMANDS[] = {
  { "brain", N_("brains with known atrophy, and a network trained on them"), cmd_demo_brain, NULL },
  { "lesions", N_("pictures of lesions, some of them ambiguous, some with a wrong label"), cmd_demo_lesions, NULL },
  { NULL },
};

static const CliCommand FIGURE_COMMANDS[] = {
  { "ece-beta", N_("calibration error against the weight of DCA, over studies"), cmd_figure_ece_beta, NULL },
  { "latent", N_("cases as a network's features lay them out in a plane, two families side by side"), cmd_figure_latent, NULL },
  { "mask", N_("the mask of one case: slices, energy, effect, regions"), cmd_figure_mask, NULL },
  { "overview", N_("figures of merit of a study's networks on its test part, with intervals"), cmd_figure_overview, NULL },
  { "reliability", N_("how often answers given with a confidence are right, before and after recalibration"), cmd_figure_reliability, NULL },
  { "training", N_("the curves of training runs, losses beside each other"), cmd_figure_training, NULL },
  { NULL },
};

static const CliCommand COMMANDS[] = {
  { "model", N_("look into a network, run it, check it"), NULL, MODEL_COMMANDS },
  { "train", N_("train networks on a data set by cross-validation"), cmd_train, NULL },
  { "data", N_("look into a data set"), NULL, DATA_COMMANDS },
  { "import", N_("make a study from your own networks and data, or from outputs alone"), cmd_import, NULL },
  { "evaluate", N_("measure the networks of a study on every part of its data, with intervals"), cmd_evaluate, NULL },
  { "recalibrate", N_("make the confidences of a study's networks as right as they say, and record that"), cmd_recalibrate, NULL },
  { "calibration-table", N_("compare losses and temperature by calibration, over studies"), cmd_calibration_table, NULL },
  { "export", N_("write what the networks of a study say, for other tools"), cmd_export, NULL },
  { "uq", N_("score how unsure the networks of a study are, and measure what that is worth"), cmd_uq, NULL },
  { "score", N_("answer new images and score how unsure the answers are"), cmd_score, NULL },
  { "failure", N_("measure how well any scores of uncertainty find wrong answers"), cmd_failure, NULL },
  { "heatmap", N_("where in an image a network's answer, or its doubt, comes from"), cmd_heatmap, NULL },
  { "calibration", N_("measure how far confidences, or the intervals of a regression, can be believed"), cmd_calibration, NULL },
  { "conformal", N_("sets of classes that hold the true one with a chosen probability"), cmd_conformal, NULL },
  { "mask", N_("the smallest mask that changes what a network says about a volume"), cmd_mask, NULL },
  { "segment", N_("give every voxel of a volume a class, and show where networks are unsure of it"), cmd_segment, NULL },
  { "demo", N_("make a demonstration study with known truth"), NULL, DEMO_COMMANDS },
  { "figure", N_("draw a figure into a PNG, SVG, PDF or CSV file"), NULL, FIGURE_COMMANDS },
  { "project", N_("lay features out in a plane: principal components, t-SNE or UMAP"), cmd_project, NULL },
  { "toy", N_("recover a known probability with and without DCA, and draw it"), cmd_toy, NULL },
  { "bench", N_("measure the speed of the engine"), cmd_bench, NULL },
  { NULL },
};

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  /* A file that grows beyond what the system allows is an error of its writer, told like a full disk; not a death. */
  signal (SIGXFSZ, SIG_IGN);
  /* Numbers are read and written in one way everywhere: scripts of every country share them. */
  setlocale (LC_NUMERIC, "C");
  bindtextdomain (DUB_GETTEXT_PACKAGE, DUB_LOCALEDIR);
  bind_textdomain_codeset (DUB_GETTEXT_PACKAGE, "UTF-8");
  textdomain (DUB_GETTEXT_PACKAGE);

  return cli_dispatch ("dubito-cli", COMMANDS,
                       _("Shows when not to trust a medical-imaging network: runs it, masks what it looks at, draws figures."),
                       argc, argv);
}
