#include "ui/model/job.h"

#include <math.h>

#include "core/base/error.h"

struct _DubJob {
  GObject     parent_instance;
  char       *title;
  char       *stage;
  char       *error_message;
  GString    *log;
  double      fraction;
  double      seconds_left;
  gboolean    own_estimate; /* seconds_left was set by the owner */
  gint64      started;
  double      started_at;   /* fraction at the time the pace began to count */
  DubJobState state;
  gboolean    cancel_asked;
  gboolean    outlives;
};

G_DEFINE_FINAL_TYPE (DubJob, dub_job, G_TYPE_OBJECT)

enum { PROP_0, PROP_TITLE, PROP_STAGE, PROP_FRACTION, PROP_SECONDS_LEFT, PROP_STATE, PROP_ERROR_MESSAGE, N_PROPS };
enum { CANCEL, N_SIGNALS };
static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void
dub_job_get_property (GObject    *object,
                      guint       prop_id,
                      GValue     *value,
                      GParamSpec *pspec)
{
  DubJob *self = DUB_JOB (object);

  switch (prop_id) {
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_STAGE:
    g_value_set_string (value, self->stage);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->fraction);
    break;
  case PROP_SECONDS_LEFT:
    g_value_set_double (value, self->seconds_left);
    break;
  case PROP_STATE:
    g_value_set_int (value, (int) self->state);
    break;
  case PROP_ERROR_MESSAGE:
    g_value_set_string (value, self->error_message);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_job_set_property (GObject      *object,
                      guint         prop_id,
                      const GValue *value,
                      GParamSpec   *pspec)
{
  DubJob *self = DUB_JOB (object);

  switch (prop_id) {
  case PROP_TITLE:
    dub_job_set_title (self, g_value_get_string (value));
    break;
  case PROP_STAGE:
    dub_job_set_stage (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_job_finalize (GObject *object)
{
  DubJob *self = DUB_JOB (object);

  g_free (self->title);
  g_free (self->stage);
  g_free (self->error_message);
  g_string_free (self->log, TRUE);

  G_OBJECT_CLASS (dub_job_parent_class)->finalize (object);
}

static void
dub_job_class_init (DubJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = dub_job_get_property;
  object_class->set_property = dub_job_set_property;
  object_class->finalize = dub_job_finalize;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READWRITE | flags);
  props[PROP_STAGE] = g_param_spec_string ("stage", NULL, NULL, NULL, G_PARAM_READWRITE | flags);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1.0, 1.0, -1.0, G_PARAM_READABLE | flags);
  props[PROP_SECONDS_LEFT] = g_param_spec_double ("seconds-left", NULL, NULL, -1.0, G_MAXDOUBLE, -1.0,
                                                  G_PARAM_READABLE | flags);
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, DUB_JOB_RUNNING, DUB_JOB_FAILED, DUB_JOB_RUNNING,
                                        G_PARAM_READABLE | flags);
  props[PROP_ERROR_MESSAGE] = g_param_spec_string ("error-message", NULL, NULL, NULL, G_PARAM_READABLE | flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[CANCEL] = g_signal_new ("cancel", DUB_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_job_init (DubJob *self)
{
  self->log = g_string_new (NULL);
  self->fraction = -1.0;
  self->seconds_left = -1.0;
  self->state = DUB_JOB_RUNNING;
}

DubJob *
dub_job_new (const char *title)
{
  return g_object_new (DUB_TYPE_JOB, "title", title, NULL);
}

const char *
dub_job_get_title (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), NULL);

  return self->title;
}

static void
set_string (DubJob     *self,
            char      **field,
            const char *value,
            int         prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
dub_job_set_title (DubJob     *self,
                   const char *title)
{
  g_return_if_fail (DUB_IS_JOB (self));

  set_string (self, &self->title, title, PROP_TITLE);
}

const char *
dub_job_get_stage (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), NULL);

  return self->stage;
}

void
dub_job_set_stage (DubJob     *self,
                   const char *stage)
{
  g_return_if_fail (DUB_IS_JOB (self));

  set_string (self, &self->stage, stage, PROP_STAGE);
}

double
dub_job_get_fraction (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), -1.0);

  return self->fraction;
}

static void
estimate (DubJob *self)
{
  gint64 now = g_get_monotonic_time ();
  double done = self->fraction - self->started_at;

  /* The first report starts the clock; a step back (rewind) starts it again. */
  if (self->started == 0 || done < 0.0) {
    self->started = now;
    self->started_at = self->fraction;
    self->seconds_left = -1.0;
    return;
  }

  double seconds = (double) (now - self->started) / G_USEC_PER_SEC;

  if (done > 0.005 && seconds > 0.5)
    self->seconds_left = (1.0 - self->fraction) * seconds / done;
}

void
dub_job_set_fraction (DubJob *self,
                      double  fraction)
{
  g_return_if_fail (DUB_IS_JOB (self));

  self->fraction = isnan (fraction) || fraction < 0.0 ? -1.0 : MIN (fraction, 1.0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
  if (!self->own_estimate && self->fraction >= 0.0) {
    estimate (self);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SECONDS_LEFT]);
  }
}

double
dub_job_get_seconds_left (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), -1.0);

  return self->seconds_left;
}

void
dub_job_set_seconds_left (DubJob *self,
                          double  seconds)
{
  g_return_if_fail (DUB_IS_JOB (self));

  self->own_estimate = TRUE;
  self->seconds_left = isfinite (seconds) && seconds >= 0.0 ? seconds : -1.0;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SECONDS_LEFT]);
}

DubJobState
dub_job_get_state (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), DUB_JOB_FAILED);

  return self->state;
}

static void
set_state (DubJob     *self,
           DubJobState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
dub_job_set_paused (DubJob   *self,
                    gboolean  paused)
{
  g_return_if_fail (DUB_IS_JOB (self));

  if (dub_job_is_over (self))
    return;
  /* Time spent paused says nothing about the pace. */
  self->started = 0;
  set_state (self, paused ? DUB_JOB_PAUSED : DUB_JOB_RUNNING);
}

void
dub_job_set_outlives (DubJob   *self,
                      gboolean  outlives)
{
  g_return_if_fail (DUB_IS_JOB (self));

  self->outlives = outlives;
}

gboolean
dub_job_get_outlives (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), FALSE);

  return self->outlives;
}

void
dub_job_log (DubJob     *self,
             const char *line)
{
  g_return_if_fail (DUB_IS_JOB (self));

  g_string_append (self->log, line);
  g_string_append_c (self->log, '\n');
}

const char *
dub_job_get_log (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), NULL);

  return self->log->str;
}

void
dub_job_cancel (DubJob *self)
{
  g_return_if_fail (DUB_IS_JOB (self));

  if (self->cancel_asked || dub_job_is_over (self))
    return;
  self->cancel_asked = TRUE;
  g_signal_emit (self, signals[CANCEL], 0);
}

void
dub_job_finish (DubJob       *self,
                const GError *error)
{
  g_return_if_fail (DUB_IS_JOB (self));

  if (dub_job_is_over (self))
    return;
  if (error == NULL) {
    dub_job_set_fraction (self, 1.0);
    set_state (self, DUB_JOB_DONE);
  } else if (g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    set_state (self, DUB_JOB_CANCELLED);
  } else {
    set_string (self, &self->error_message, error->message, PROP_ERROR_MESSAGE);
    set_state (self, DUB_JOB_FAILED);
  }
}

const char *
dub_job_get_error_message (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), NULL);

  return self->error_message;
}

gboolean
dub_job_is_over (DubJob *self)
{
  g_return_val_if_fail (DUB_IS_JOB (self), TRUE);

  return self->state != DUB_JOB_RUNNING && self->state != DUB_JOB_PAUSED;
}
