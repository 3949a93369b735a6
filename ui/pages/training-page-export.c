/* Curves and numbers of the shown losses as files. */
#include "ui/pages/training-page-private.h"

#include "ui/figures/training-export.h"
#include "ui/pages/save-figure.h"

static gboolean
save (GtkWidget               *page,
      const char              *path,
      const DubExportOptions  *options,
      GError                 **error)
{
  DubTrainingPage *self = DUB_TRAINING_PAGE (page);
  DubRuns *runs = dub_training_get_runs (self->training);
  DubStudy *study = dub_session_get_study (self->session);
  g_autoptr (GPtrArray) families = dub_runs_families (runs);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autofree DubTrainingColumn *columns = g_new0 (DubTrainingColumn, MAX (families->len, 1));

  for (guint i = 0; i < families->len; i++) {
    GPtrArray *list = dub_runs_of_family (runs, families->pdata[i]);

    g_ptr_array_add (lists, list);
    columns[i] = (DubTrainingColumn) { .title = ((const DubRunSummary *) list->pdata[0])->loss_name,
                                       .runs = (const DubRunSummary *const *) (void *) list->pdata, .n_runs = list->len };
  }

  return dub_training_export (columns, families->len, study != NULL ? study->title : "", path, options, error);
}

void
_dub_training_page_export (DubTrainingPage *self,
                           gboolean         csv)
{
  if (dub_runs_get_n (dub_training_get_runs (self->training)) > 0)
    dub_save_figure (GTK_WIDGET (self), self->session, csv ? DUB_SAVE_NUMBERS : DUB_SAVE_FIGURE, "training", save);
}
