#include "ui/widgets/sidebar-foot.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/model/case-pictures.h"
#include "ui/model/results.h"
#include "ui/widgets/job-row.h"

struct _DubSidebarFoot {
  GtkBox      parent_instance;
  DubSession *session;
  GtkWidget  *case_box;
  GtkWidget  *thumbnail;
  GtkWidget  *case_id;
  GtkWidget  *case_words;
  GtkWidget  *set_box;
  GtkWidget  *set_count;
  GtkWidget  *set_title;
  GtkWidget  *jobs_box;
  DubCasePictures *pictures; /* (nullable) of the session */
  DubResults *results;       /* likewise */
};

G_DEFINE_FINAL_TYPE (DubSidebarFoot, dub_sidebar_foot, GTK_TYPE_BOX)

static void update_case (DubSidebarFoot *self);

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

/* --- a data set --- */

static const DubStudyData *
data_of (DubSidebarFoot *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  return study != NULL ? study->data : NULL;
}

static void
show_picture (DubSidebarFoot *self,
              int             index)
{
  g_autoptr (GBytes) rgb = dub_case_pictures_get (self->pictures, (size_t) index);
  g_autoptr (GdkTexture) texture = NULL;

  if (rgb != NULL)
    texture = gdk_memory_texture_new (DUB_CASE_PICTURE_SIDE, DUB_CASE_PICTURE_SIDE, GDK_MEMORY_R8G8B8, rgb,
                                      3 * DUB_CASE_PICTURE_SIDE);
  dub_sidebar_foot_set_thumbnail (self, texture != NULL ? GDK_PAINTABLE (texture) : NULL);
}

static void
picture_made_cb (DubSidebarFoot *self,
                 guint           index)
{
  if ((int) index == dub_selection_get_case (dub_session_get_selection (self->session)))
    show_picture (self, (int) index);
}

/* "failed" in its colour, else the part of the data. */
static void
update_data_case (DubSidebarFoot     *self,
                  const DubStudyData *data)
{
  int index = dub_selection_get_case (dub_session_get_selection (self->session));
  guint failed;

  /* Made when there is something to show: a study of volumes has no use for them. */
  if (self->pictures == NULL) {
    self->pictures = dub_case_pictures_of_session (self->session);
    self->results = dub_results_of_session (self->session);
    g_signal_connect_object (self->pictures, "made", G_CALLBACK (picture_made_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->results, "changed", G_CALLBACK (update_case), self, G_CONNECT_SWAPPED);
  }
  gtk_widget_set_visible (self->case_box, index >= 0);
  if (index < 0 || (size_t) index >= data->n_cases)
    return;
  failed = dub_results_get_failed (self->results, (size_t) index);
  gtk_label_set_label (GTK_LABEL (self->case_id), data->ids[index]);
  gtk_widget_set_tooltip_text (self->case_id, data->ids[index]);
  gtk_label_set_label (GTK_LABEL (self->case_words), failed == 1 ? _("failed") : failed == 0 ? _("correct") : _("not judged"));
  gtk_widget_set_css_classes (self->case_words, (const char *[]) { "caption-small", failed == 1 ? "foot-failed" : "dim-label", NULL });
  gtk_widget_set_visible (self->case_words, TRUE);
  show_picture (self, index);
}

/* "65 / 234" with the set's title, and a way to let go of it. */
static void
update_set (DubSidebarFoot *self)
{
  DubSelection *selection = dub_session_get_selection (self->session);
  const DubStudyData *data = data_of (self);
  const char *title = dub_selection_get_set_title (selection);
  const guint *set;
  size_t n, n_part = 0;

  gtk_widget_set_visible (self->set_box, data != NULL && title != NULL);
  if (data == NULL || title == NULL)
    return;
  set = dub_selection_get_set (selection, &n);

  /* Of the part that the set lies in, where it lies in one. */
  int part = n > 0 ? data->split->part[set[0]] : -1;

  for (size_t i = 1; i < n && part >= 0; i++)
    part = data->split->part[set[i]] == part ? part : -1;
  for (size_t i = 0; i < data->n_cases; i++)
    n_part += part >= 0 ? data->split->part[i] == part : data->split->part[i] != DUB_PART_NONE;

  g_autofree char *count = g_strdup_printf ("%" G_GSIZE_FORMAT " / %" G_GSIZE_FORMAT, n, n_part);

  gtk_label_set_label (GTK_LABEL (self->set_count), count);
  gtk_label_set_label (GTK_LABEL (self->set_title), title);
  gtk_widget_set_tooltip_text (self->set_title, title);
}

static void
update_case (DubSidebarFoot *self)
{
  DubStudyCase *item = dub_session_get_case (self->session);
  const DubStudyData *data = data_of (self);

  update_set (self);
  if (data != NULL) {
    update_data_case (self, data);
    return;
  }
  gtk_widget_set_css_classes (self->case_words, (const char *[]) { "caption-small", "dim-label", "numeric", NULL });
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
  gtk_widget_class_bind_template_child (widget_class, DubSidebarFoot, set_box);
  gtk_widget_class_bind_template_child (widget_class, DubSidebarFoot, set_count);
  gtk_widget_class_bind_template_child (widget_class, DubSidebarFoot, set_title);
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
  g_signal_connect_object (dub_session_get_selection (session), "notify::case", G_CALLBACK (update_case), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dub_session_get_selection (session), "notify::set-title", G_CALLBACK (update_set), self, G_CONNECT_SWAPPED);
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
