/* The first step: from where. What can be read is said here, and why something could not be. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>

#include "ui/model/job.h"
#include "ui/widgets/job-row.h"

#define DUB_TYPE_ASSISTANT_DATA (dub_assistant_data_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantData, dub_assistant_data, DUB, ASSISTANT_DATA, AdwBin)

enum { POLL_MS = 100 };

struct _DubAssistantData {
  AdwBin          parent_instance;
  DubNewStudy    *study;
  guint           poll;
  GtkStack       *stack;       /* "drop", "opening" */
  GtkLabel       *opening;
  GtkProgressBar *progress;
  GtkWidget      *failure;
  GtkLabel       *failure_words;
  GtkWidget      *skip_button;
  AdwBin         *demo_job;
  GtkWidget      *demo_button;
};

G_DEFINE_FINAL_TYPE (DubAssistantData, dub_assistant_data, ADW_TYPE_BIN)

static gboolean
poll_cb (gpointer data)
{
  DubAssistantData *self = data;

  _dub_assistant_show_progress (self->progress, self->study);

  return G_SOURCE_CONTINUE;
}

static void
changed_cb (DubAssistantData *self)
{
  gboolean opening = dub_new_study_is_opening (self->study);
  const char *error = dub_new_study_get_error (self->study), *path = dub_new_study_get_path (self->study);

  gtk_stack_set_visible_child_name (self->stack, opening ? "opening" : "drop");
  if (opening && self->poll == 0)
    self->poll = g_timeout_add (POLL_MS, poll_cb, self);
  else if (!opening)
    g_clear_handle_id (&self->poll, g_source_remove);
  if (opening) {
    g_autofree char *name = g_path_get_basename (path), *words = g_strdup_printf (_("Reading %s…"), name);

    gtk_label_set_label (self->opening, words);
  }
  gtk_widget_set_visible (self->failure, error != NULL);
  gtk_label_set_label (self->failure_words, error != NULL ? error : "");
  gtk_widget_set_visible (self->skip_button, dub_new_study_can_skip (self->study));
}

static void
dub_assistant_data_dispose (GObject *object)
{
  g_clear_handle_id (&DUB_ASSISTANT_DATA (object)->poll, g_source_remove);

  G_OBJECT_CLASS (dub_assistant_data_parent_class)->dispose (object);
}

static void
dub_assistant_data_class_init (DubAssistantDataClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_assistant_data_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/assistant-data.ui");
  gtk_widget_class_bind_template_child (widget_class, DubAssistantData, stack);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantData, opening);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantData, progress);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantData, failure);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantData, failure_words);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantData, skip_button);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantData, demo_job);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantData, demo_button);
}

static void
dub_assistant_data_init (DubAssistantData *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
_dub_assistant_data_new (DubNewStudy *study)
{
  DubAssistantData *self = g_object_new (DUB_TYPE_ASSISTANT_DATA, NULL);

  self->study = study;
  g_signal_connect_object (study, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);

  return GTK_WIDGET (self);
}

void
_dub_assistant_data_set_job (GtkWidget *widget,
                             gpointer   job)
{
  DubAssistantData *self = DUB_ASSISTANT_DATA (widget);

  adw_bin_set_child (self->demo_job, job != NULL ? dub_job_row_new (job) : NULL);
  gtk_widget_set_visible (self->demo_button, job == NULL);
}
