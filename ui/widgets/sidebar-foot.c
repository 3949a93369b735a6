#include "ui/widgets/sidebar-foot.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/widgets/job-row.h"

struct _DubSidebarFoot {
  GtkBox      parent_instance;
  DubSession *session;
  GtkWidget  *case_box;
  GtkWidget  *thumbnail;
  GtkWidget  *case_id;
  GtkWidget  *case_words;
  GtkWidget  *jobs_box;
};

G_DEFINE_FINAL_TYPE (DubSidebarFoot, dub_sidebar_foot, GTK_TYPE_BOX)

/* "AD · test · severity 0.42": what is known, nothing else. */
static char *
describe_case (DubStudy           *study,
               const DubStudyCase *item)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (item->label >= 0 && (guint) item->label < study->classes->len)
    g_ptr_array_add (parts, g_strdup (g_ptr_array_index (study->classes, (guint) item->label)));
  if (g_strcmp0 (item->split, "train") == 0)
    g_ptr_array_add (parts, g_strdup (_("train")));
  else if (g_strcmp0 (item->split, "test") == 0)
    g_ptr_array_add (parts, g_strdup (_("test")));
  if (isfinite (item->severity) && item->severity > 0.0)
    g_ptr_array_add (parts, g_strdup_printf (_("severity %.2f"), item->severity));
  g_ptr_array_add (parts, NULL);

  return g_strjoinv (" · ", (char **) parts->pdata);
}

static void
update_case (DubSidebarFoot *self)
{
  DubStudyCase *item = dub_session_get_case (self->session);

  gtk_widget_set_visible (self->case_box, item != NULL);
  if (item == NULL)
    return;

  g_autofree char *words = describe_case (dub_session_get_study (self->session), item);

  gtk_label_set_label (GTK_LABEL (self->case_id), item->id);
  gtk_widget_set_tooltip_text (self->case_id, item->path);
  gtk_label_set_label (GTK_LABEL (self->case_words), words);
  gtk_widget_set_visible (self->case_words, words[0] != '\0');
}

static void
jobs_changed_cb (DubSidebarFoot *self,
                 guint           position,
                 guint           removed,
                 guint           added,
                 GListModel     *jobs)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->jobs_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->jobs_box), child);
  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++) {
    g_autoptr (DubJob) job = g_list_model_get_item (jobs, i);

    gtk_box_append (GTK_BOX (self->jobs_box), dub_job_row_new (job));
  }
  gtk_widget_set_visible (self->jobs_box, g_list_model_get_n_items (jobs) > 0);
}

static void
dub_sidebar_foot_dispose (GObject *object)
{
  DubSidebarFoot *self = DUB_SIDEBAR_FOOT (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_SIDEBAR_FOOT);

  G_OBJECT_CLASS (dub_sidebar_foot_parent_class)->dispose (object);
}

static void
dub_sidebar_foot_class_init (DubSidebarFootClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_sidebar_foot_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/sidebar-foot.ui");
  gtk_widget_class_bind_template_child (widget_class, DubSidebarFoot, case_box);
  gtk_widget_class_bind_template_child (widget_class, DubSidebarFoot, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, DubSidebarFoot, case_id);
  gtk_widget_class_bind_template_child (widget_class, DubSidebarFoot, case_words);
  gtk_widget_class_bind_template_child (widget_class, DubSidebarFoot, jobs_box);
}

static void
dub_sidebar_foot_init (DubSidebarFoot *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
dub_sidebar_foot_set_session (DubSidebarFoot *self,
                              DubSession     *session)
{
  g_return_if_fail (DUB_IS_SIDEBAR_FOOT (self));
  g_return_if_fail (self->session == NULL);

  DubJobs *jobs = dub_session_get_jobs (session);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (update_case), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::case-index", G_CALLBACK (update_case), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "study-edited", G_CALLBACK (update_case), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (jobs, "items-changed", G_CALLBACK (jobs_changed_cb), self, G_CONNECT_SWAPPED);
  jobs_changed_cb (self, 0, 0, 0, G_LIST_MODEL (jobs));
  update_case (self);
}

void
dub_sidebar_foot_set_thumbnail (DubSidebarFoot *self,
                                GdkPaintable   *thumbnail)
{
  g_return_if_fail (DUB_IS_SIDEBAR_FOOT (self));

  gtk_image_set_from_paintable (GTK_IMAGE (self->thumbnail), thumbnail);
  gtk_widget_set_visible (self->thumbnail, thumbnail != NULL);
}
