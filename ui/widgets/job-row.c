#include "ui/widgets/job-row.h"

#include <glib/gi18n.h>
#include <math.h>

struct _DubJobRow {
  GtkBox     parent_instance;
  DubJob    *job;
  GtkWidget *title;
  GtkWidget *cancel_button;
  GtkWidget *bar;
  GtkWidget *foot;
  GtkWidget *words;
  GtkWidget *left;
  guint      pulse_id; /* only while the fraction is unknown */
};

G_DEFINE_FINAL_TYPE (DubJobRow, dub_job_row, GTK_TYPE_BOX)

enum { PROP_0, PROP_JOB, N_PROPS };
static GParamSpec *props[N_PROPS];

char *
dub_format_time_left (double seconds)
{
  if (!isfinite (seconds) || seconds < 0.0)
    return NULL;

  int total = (int) ceil (seconds), minutes = total / 60;

  if (total < 60)
    return g_strdup_printf (_("%d s left"), total);
  if (minutes < 60)
    return g_strdup_printf (_("%d min %d s left"), minutes, total % 60);

  return g_strdup_printf (_("%d h %d min left"), minutes / 60, minutes % 60);
}

static gboolean
pulse_cb (gpointer data)
{
  gtk_progress_bar_pulse (GTK_PROGRESS_BAR (DUB_JOB_ROW (data)->bar));

  return G_SOURCE_CONTINUE;
}

static void
set_pulsing (DubJobRow *self,
             gboolean   pulsing)
{
  if (pulsing && self->pulse_id == 0)
    self->pulse_id = g_timeout_add (120, pulse_cb, self);
  else if (!pulsing)
    g_clear_handle_id (&self->pulse_id, g_source_remove);
}

static void
update (DubJobRow *self)
{
  double fraction = dub_job_get_fraction (self->job);
  DubJobState state = dub_job_get_state (self->job);
  const char *stage = dub_job_get_stage (self->job);
  g_autofree char *left = state == DUB_JOB_PAUSED ? g_strdup (_("paused"))
                                                  : dub_format_time_left (dub_job_get_seconds_left (self->job));

  gtk_label_set_label (GTK_LABEL (self->title), dub_job_get_title (self->job));
  gtk_label_set_label (GTK_LABEL (self->words), stage != NULL ? stage : "");
  gtk_widget_set_tooltip_text (self->words, stage);
  gtk_label_set_label (GTK_LABEL (self->left), left != NULL ? left : "");
  gtk_widget_set_visible (self->left, left != NULL);
  gtk_widget_set_visible (self->foot, left != NULL || stage != NULL);
  if (fraction >= 0.0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), fraction);
  set_pulsing (self, fraction < 0.0 && state == DUB_JOB_RUNNING && gtk_widget_get_mapped (GTK_WIDGET (self)));
  gtk_widget_set_sensitive (self->cancel_button, !dub_job_is_over (self->job));
}

static void
cancel_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  dub_job_cancel (DUB_JOB_ROW (widget)->job);
}

static void
dub_job_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dub_job_row_parent_class)->map (widget);
  update (DUB_JOB_ROW (widget));
}

static void
dub_job_row_unmap (GtkWidget *widget)
{
  set_pulsing (DUB_JOB_ROW (widget), FALSE);
  GTK_WIDGET_CLASS (dub_job_row_parent_class)->unmap (widget);
}

static void
dub_job_row_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  DubJobRow *self = DUB_JOB_ROW (object);

  switch (prop_id) {
  case PROP_JOB:
    self->job = g_value_dup_object (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_job_row_constructed (GObject *object)
{
  DubJobRow *self = DUB_JOB_ROW (object);

  G_OBJECT_CLASS (dub_job_row_parent_class)->constructed (object);

  g_signal_connect_object (self->job, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
dub_job_row_dispose (GObject *object)
{
  DubJobRow *self = DUB_JOB_ROW (object);

  set_pulsing (self, FALSE);
  g_clear_object (&self->job);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_JOB_ROW);

  G_OBJECT_CLASS (dub_job_row_parent_class)->dispose (object);
}

static void
dub_job_row_class_init (DubJobRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dub_job_row_constructed;
  object_class->set_property = dub_job_row_set_property;
  object_class->dispose = dub_job_row_dispose;
  widget_class->map = dub_job_row_map;
  widget_class->unmap = dub_job_row_unmap;

  props[PROP_JOB] = g_param_spec_object ("job", NULL, NULL, DUB_TYPE_JOB,
                                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_install_action (widget_class, "job.cancel", NULL, cancel_action);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DubJobRow, title);
  gtk_widget_class_bind_template_child (widget_class, DubJobRow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, DubJobRow, bar);
  gtk_widget_class_bind_template_child (widget_class, DubJobRow, foot);
  gtk_widget_class_bind_template_child (widget_class, DubJobRow, words);
  gtk_widget_class_bind_template_child (widget_class, DubJobRow, left);
}

static void
dub_job_row_init (DubJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
dub_job_row_new (DubJob *job)
{
  return g_object_new (DUB_TYPE_JOB_ROW, "job", job, NULL);
}
