#include "app/cli/cli-epoch.h"

#include "app/cli/cli-command.h"
#include "app/cli/cli-json.h"

static void
tell_json (CliRun          *cli,
           const DubFitJob *job,
           const DubEpoch  *epoch)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_int (b, "epoch", epoch->epoch);
  cli_json_string (b, "run", job->id);
  cli_json_int (b, "epochs", job->recipe->n_epochs);
  cli_json_double (b, "train_loss", epoch->train_loss);
  cli_json_double (b, "train_accuracy", epoch->train_accuracy);
  cli_json_double (b, "validation_loss", epoch->validation_loss);
  cli_json_double (b, "validation_accuracy", epoch->validation_accuracy);
  cli_json_double (b, "validation_auroc", epoch->validation_auroc);
  cli_json_double (b, "cases_per_second", epoch->cases_per_second);
  cli_json_boolean (b, "best", epoch->best);
  json_builder_end_object (b);

  g_autofree char *line = cli_json_to_line (b);

  cli_run_tell_line (cli, line);
}

void
cli_epoch_tell_cb (const DubFitJob *job,
                   const DubEpoch  *epoch,
                   double           fraction,
                   gpointer         user_data)
{
  CliRun *cli = user_data;

  if (epoch == NULL)
    return;
  if (cli_run_is_json (cli)) {
    tell_json (cli, job, epoch);
    return;
  }
  dub_run_log (cli_run_get (cli),
               _("%s, epoch %u of %u: loss %.4f, validation loss %.4f, accuracy %.3f (%u/%u), AUROC %.3f, %.0f cases/s%s"),
               job->id, epoch->epoch, job->recipe->n_epochs, epoch->train_loss, epoch->validation_loss,
               epoch->validation_accuracy, epoch->n_validation_correct, epoch->n_validation, epoch->validation_auroc,
               epoch->cases_per_second, epoch->best ? " *" : "");
}
