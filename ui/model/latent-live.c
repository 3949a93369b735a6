#include "ui/model/latent-live.h"

#include <math.h>
#include <string.h>

#include "ui/model/latent-live-job.h"
#include "ui/model/latent-live-work.h"

enum { POLL_MS = 250 };

/* The time left of finding neighbours is told when so much was seen of it. */
#define FORESEEN_SECONDS 1.0
#define FORESEEN_SHARE 0.03

struct _DubLatentLive {
  GObject            parent_instance;
  DubComputeSlot    *slot;
  DubComputeSlot    *asking;   /* (nullable): for neighbours of a case */
  DubComputeSlot    *looking;  /* (nullable): whether features that were read again are others */
  DubLatentState     state;
  char              *folder, *family, *model; /* what was asked for */
  DubResultsRead    *read;     /* (nullable) the same */
  DubLatentOptions   options;
  gboolean           anew;     /* the next layout is made even if it is kept */
  DubLatentSource   *source;   /* (nullable): whose features are laid out */
  DubResultsRead    *shown;    /* (nullable): what is said of the cases that are shown */
  DubLatentLayout   *layout;   /* (nullable) */
  float             *xy;       /* (nullable) [N][2] */
  gboolean           kept;     /* the layout was read, not made */
  guint              iteration, n_iterations, iteration_before;
  double             seconds;  /* of stepping, since @iteration_before */
  double             loss;
  gboolean           measured;
  DubLatentQuality   quality;
  char              *note, *failure;
  DubLatentNearest  *nearest;  /* (nullable): of the case that was asked for last */
  int                asked;    /* neighbours are being looked for, -1 = none */
  guint              poll;
  gint64             since;    /* when the state came about */
  gint64             begun;    /* when neighbours began to be looked for, 0 = not yet */
  DubLatentJob       job;
};

G_DEFINE_FINAL_TYPE (DubLatentLive, dub_latent_live, G_TYPE_OBJECT)

enum { CHANGED, MOVED, NEAREST, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
changed (DubLatentLive *self)
{
  _dub_latent_job_update (&self->job, self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- the slot --- */

static gboolean
poll_cb (gpointer data)
{
  changed (data);

  return G_SOURCE_CONTINUE;
}

static void
set_state (DubLatentLive  *self,
           DubLatentState  state)
{
  gboolean polls = state == DUB_LATENT_READING || state == DUB_LATENT_STARTING;

  if (state != self->state)
    self->since = g_get_monotonic_time ();
  self->state = state;
  if (polls && self->poll == 0)
    self->poll = g_timeout_add (POLL_MS, poll_cb, self);
  else if (!polls)
    g_clear_handle_id (&self->poll, g_source_remove);
  _dub_latent_job_follow (&self->job, self);
}

static void done_cb (gpointer     *result,
                     const GError *error,
                     gpointer      user_data);

static DubLatentOrder *
order_new (DubLatentLive     *self,
           DubLatentWorkKind  kind)
{
  DubLatentOrder *order = g_new0 (DubLatentOrder, 1);

  order->kind = kind;
  order->options = self->options;
  if (kind == DUB_LATENT_WORK_READ) {
    order->folder = g_strdup (self->folder);
    order->family = g_strdup (self->family);
    order->model = g_strdup (self->model);
    order->read = self->read != NULL ? dub_results_read_ref (self->read) : NULL;
  } else if (kind == DUB_LATENT_WORK_LOOK || kind == DUB_LATENT_WORK_BEGIN) {
    order->source = _dub_latent_source_ref (self->source);
    order->anew = self->anew;
    order->plane = self->xy == NULL;
  } else {
    order->layout = _dub_latent_layout_ref (self->layout);
  }

  return order;
}

static void
submit (DubLatentLive     *self,
        DubLatentWorkKind  kind)
{
  self->begun = kind == DUB_LATENT_WORK_BEGIN ? g_get_monotonic_time () : 0;
  dub_compute_slot_submit (self->slot, _dub_latent_work, order_new (self, kind), _dub_latent_order_free,
                           (GDestroyNotify) _dub_latent_answer_free, done_cb, self);
}

static void
forget_measure (DubLatentLive *self)
{
  self->measured = FALSE;
  self->loss = NAN;
}

/* Places of before stay on the screen until there are others. */
static void
begin (DubLatentLive *self)
{
  g_clear_pointer (&self->layout, _dub_latent_layout_unref);
  g_clear_pointer (&self->failure, g_free);
  g_clear_pointer (&self->note, g_free);
  forget_measure (self);
  self->iteration = self->n_iterations = 0;
  if (self->folder == NULL || self->family == NULL) {
    dub_compute_slot_cancel (self->slot);
    set_state (self, DUB_LATENT_EMPTY);
  } else {
    set_state (self, self->source != NULL ? DUB_LATENT_STARTING : DUB_LATENT_READING);
    submit (self, self->source != NULL ? DUB_LATENT_WORK_LOOK : DUB_LATENT_WORK_READ);
  }
  changed (self);
}

/* --- what the thread answers --- */

static void
forget_places (DubLatentLive *self)
{
  g_autofree float *xy = g_steal_pointer (&self->xy);

  if (xy != NULL)
    g_signal_emit (self, signals[MOVED], 0);
}

static void
take_source (DubLatentLive   *self,
             DubLatentAnswer *answer)
{
  DubResultsRead *before = g_steal_pointer (&self->shown);

  /* Places of before are those of other cases. */
  forget_places (self);
  g_clear_pointer (&self->nearest, g_free);
  g_clear_pointer (&self->source, _dub_latent_source_unref);
  self->source = g_steal_pointer (&answer->source);
  self->shown = dub_results_read_ref (self->source->read);
  dub_results_read_unref (before);
}

/* Whoever shows the places of before hears of the others before they die: after "moved". */
static void
take_places (DubLatentLive   *self,
             DubLatentAnswer *answer)
{
  float *before = self->xy;

  self->xy = g_steal_pointer (&answer->xy);
  self->iteration = answer->iteration;
  self->n_iterations = answer->n_iterations;
  if (!isnan (answer->loss))
    self->loss = answer->loss;
  g_signal_emit (self, signals[MOVED], 0);
  g_free (before);
}

static void
take_begun (DubLatentLive   *self,
            DubLatentAnswer *answer)
{
  self->anew = FALSE;
  self->layout = g_steal_pointer (&answer->layout);
  self->kept = self->layout->map == NULL;
  self->note = g_steal_pointer (&answer->note);
  self->iteration_before = answer->iteration;
  self->seconds = 0.0;
  if (answer->measured) {
    self->measured = TRUE;
    self->quality = answer->quality;
    self->loss = answer->quality.loss;
    set_state (self, DUB_LATENT_DONE);
  } else if (dub_latent_map_is_done (self->layout->map)) {
    set_state (self, DUB_LATENT_DONE);
    submit (self, DUB_LATENT_WORK_MEASURE);
  } else {
    set_state (self, DUB_LATENT_RUNNING);
    submit (self, DUB_LATENT_WORK_STEP);
  }
  take_places (self, answer);
}

/* The next step begins before this one is drawn. */
static void
take_step (DubLatentLive   *self,
           DubLatentAnswer *answer)
{
  gboolean over = answer->iteration >= answer->n_iterations;

  self->seconds += answer->seconds;
  if (over)
    set_state (self, DUB_LATENT_DONE);
  if (self->state != DUB_LATENT_PAUSED)
    submit (self, over ? DUB_LATENT_WORK_MEASURE : DUB_LATENT_WORK_STEP);
  take_places (self, answer);
}

static void
fail (DubLatentLive *self,
      const GError  *error)
{
  if (g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED))
    return;
  g_free (self->failure);
  self->failure = g_strdup (error->message);
  set_state (self, DUB_LATENT_FAILED);
  changed (self);
}

static void
done_cb (gpointer     *result,
         const GError *error,
         gpointer      user_data)
{
  DubLatentLive *self = user_data;
  DubLatentAnswer *answer = *result;

  if (answer == NULL) {
    if (error != NULL)
      fail (self, error);
    return;
  }
  if (answer->source != NULL) {
    take_source (self, answer);
    begin (self);
    return;
  }
  if (answer->layout != NULL) {
    take_begun (self, answer);
  } else if (self->state == DUB_LATENT_STARTING) {
    submit (self, DUB_LATENT_WORK_BEGIN);
    if (answer->xy != NULL)
      take_places (self, answer);
  } else if (answer->measured) {
    self->measured = TRUE;
    self->quality = answer->quality;
    take_places (self, answer);
  } else {
    take_step (self, answer);
  }
  changed (self);
}

/* --- what is asked for --- */

/* Scores come later than outputs, and outputs are stored again where another network is run: the same features stay laid out. */
static void
looked_cb (gpointer     *result,
           const GError *error,
           gpointer      user_data)
{
  DubLatentLive *self = user_data;
  DubLatentAnswer *answer = *result;

  if (answer == NULL && g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED))
    return;
  if (answer == NULL || self->source == NULL || g_strcmp0 (answer->source->digest, self->source->digest) != 0 ||
      answer->source->n_cases != self->source->n_cases) {
    g_clear_pointer (&self->source, _dub_latent_source_unref);
    begin (self);
    return;
  }

  DubResultsRead *before = g_steal_pointer (&self->shown);

  self->shown = dub_results_read_ref (answer->source->read);
  /* Whoever shows points lets go of what was said before. */
  changed (self);
  dub_results_read_unref (before);
}

static void
look_again (DubLatentLive *self)
{
  if (self->looking == NULL)
    self->looking = dub_compute_slot_new (1);
  dub_compute_slot_submit (self->looking, _dub_latent_work, order_new (self, DUB_LATENT_WORK_READ), _dub_latent_order_free,
                           (GDestroyNotify) _dub_latent_answer_free, looked_cb, self);
}

/* Points were of cases whose answers are others now. */
static void
forget_source (DubLatentLive *self)
{
  DubResultsRead *before = g_steal_pointer (&self->shown);

  forget_places (self);
  if (self->asking != NULL)
    dub_compute_slot_cancel (self->asking);
  if (self->looking != NULL)
    dub_compute_slot_cancel (self->looking);
  self->asked = -1;
  g_clear_pointer (&self->nearest, g_free);
  g_clear_pointer (&self->source, _dub_latent_source_unref);
  g_clear_pointer (&self->layout, _dub_latent_layout_unref);
  dub_results_read_unref (before);
}

void
dub_latent_live_set_source (DubLatentLive  *self,
                            const char     *folder,
                            const char     *family,
                            const char     *model,
                            DubResultsRead *read,
                            gboolean        anew)
{
  g_return_if_fail (DUB_IS_LATENT_LIVE (self));

  gboolean others = g_strcmp0 (folder, self->folder) != 0 || g_strcmp0 (family, self->family) != 0 || g_strcmp0 (model, self->model) != 0;
  char *before[] = { self->folder, self->family, self->model };

  if (!anew && !others && read == self->read)
    return;
  /* Freed last, because the new names may be these. */
  self->folder = g_strdup (folder);
  self->family = g_strdup (family);
  self->model = g_strdup (model);
  for (guint k = 0; k < G_N_ELEMENTS (before); k++)
    g_free (before[k]);
  if (read != NULL)
    dub_results_read_ref (read);
  g_clear_pointer (&self->read, dub_results_read_unref);
  self->read = read;
  if (!others && self->source != NULL && self->state != DUB_LATENT_FAILED) {
    look_again (self);
    return;
  }
  forget_source (self);
  begin (self);
}

static gboolean
same_options (const DubLatentOptions *a,
              const DubLatentOptions *b)
{
  return a->method == b->method && a->perplexity == b->perplexity && a->n_neighbors == b->n_neighbors && a->min_dist == b->min_dist &&
         a->n_iterations == b->n_iterations && a->seed == b->seed;
}

void
dub_latent_live_set_options (DubLatentLive          *self,
                             const DubLatentOptions *options)
{
  g_return_if_fail (DUB_IS_LATENT_LIVE (self));

  if (same_options (&self->options, options))
    return;
  self->options = *options;
  begin (self);
}

void
dub_latent_live_run (DubLatentLive *self)
{
  g_return_if_fail (DUB_IS_LATENT_LIVE (self));

  gboolean goes_on = (self->state == DUB_LATENT_PAUSED || self->state == DUB_LATENT_STOPPED) && self->layout != NULL &&
                     self->layout->map != NULL;

  if (goes_on) {
    forget_measure (self);
    set_state (self, DUB_LATENT_RUNNING);
    submit (self, DUB_LATENT_WORK_STEP);
    changed (self);
  } else if (self->state == DUB_LATENT_STOPPED) {
    begin (self);
  } else if (self->state == DUB_LATENT_DONE || self->state == DUB_LATENT_FAILED) {
    dub_latent_live_restart (self);
  }
}

void
dub_latent_live_pause (DubLatentLive *self)
{
  g_return_if_fail (DUB_IS_LATENT_LIVE (self));

  /* The step that is under way still brings its places. */
  if (self->state == DUB_LATENT_RUNNING) {
    set_state (self, DUB_LATENT_PAUSED);
    changed (self);
  }
}

void
dub_latent_live_stop (DubLatentLive *self)
{
  g_return_if_fail (DUB_IS_LATENT_LIVE (self));

  if (!_dub_latent_is_busy (self->state) && self->state != DUB_LATENT_PAUSED)
    return;

  gboolean begun = self->state == DUB_LATENT_RUNNING || self->state == DUB_LATENT_PAUSED;

  set_state (self, DUB_LATENT_STOPPED);
  if (begun) {
    submit (self, DUB_LATENT_WORK_MEASURE);
  } else {
    /* What may still be on the screen is another layout than the one that was asked for. */
    dub_compute_slot_cancel (self->slot);
    self->begun = 0;
    forget_places (self);
  }
  changed (self);
}

void
dub_latent_live_restart (DubLatentLive *self)
{
  g_return_if_fail (DUB_IS_LATENT_LIVE (self));

  self->anew = TRUE;
  begin (self);
}

/* --- what is known --- */

DubLatentState
dub_latent_live_get_state (DubLatentLive *self)
{
  g_return_val_if_fail (DUB_IS_LATENT_LIVE (self), DUB_LATENT_EMPTY);

  return self->state;
}

const float *
dub_latent_live_get_xy (DubLatentLive *self)
{
  return self->xy;
}

size_t
dub_latent_live_get_n_cases (DubLatentLive *self)
{
  return self->shown != NULL ? self->shown->outputs->n_cases : 0;
}

size_t
dub_latent_live_get_n_features (DubLatentLive *self)
{
  return self->source != NULL ? self->source->n_features : 0;
}

const char *
dub_latent_live_get_family (DubLatentLive *self)
{
  return self->source != NULL ? self->source->family : self->family;
}

const char *
dub_latent_live_get_model (DubLatentLive *self)
{
  return self->source != NULL ? self->source->model : self->model;
}

DubResultsRead *
dub_latent_live_get_read (DubLatentLive *self)
{
  return self->shown;
}

const DubLatentOptions *
dub_latent_live_get_options (DubLatentLive *self)
{
  return &self->options;
}

void
dub_latent_live_get_made (DubLatentLive    *self,
                          DubLatentOptions *options,
                          guint            *n_iterations)
{
  *options = self->options;
  if (self->source != NULL)
    dub_latent_options_fit (options, self->source->n_cases, NULL);
  *n_iterations = self->iteration;
}

guint
dub_latent_live_get_iteration (DubLatentLive *self)
{
  return self->iteration;
}

guint
dub_latent_live_get_n_iterations (DubLatentLive *self)
{
  return self->n_iterations;
}

double
dub_latent_live_get_fraction (DubLatentLive *self)
{
  if (self->state == DUB_LATENT_READING || self->state == DUB_LATENT_STARTING)
    return self->begun > 0 ? dub_compute_slot_get_progress (self->slot) : 0.0;

  return self->n_iterations > 0 ? (double) self->iteration / (double) self->n_iterations : 0.0;
}

double
dub_latent_live_get_seconds_left (DubLatentLive *self)
{
  double fraction = dub_latent_live_get_fraction (self);

  if (self->state == DUB_LATENT_STARTING) {
    double seconds = (double) (g_get_monotonic_time () - self->begun) / G_USEC_PER_SEC;

    return fraction > FORESEEN_SHARE && seconds > FORESEEN_SECONDS ? seconds / fraction * (1.0 - fraction) : NAN;
  }

  guint made = self->iteration - MIN (self->iteration_before, self->iteration);

  if (self->state != DUB_LATENT_RUNNING || made == 0 || self->seconds < 0.3)
    return NAN;

  return self->seconds / made * (self->n_iterations - self->iteration);
}

double
dub_latent_live_get_seconds (DubLatentLive *self)
{
  return (double) (g_get_monotonic_time () - self->since) / G_USEC_PER_SEC;
}

double
dub_latent_live_get_loss (DubLatentLive *self)
{
  return self->loss;
}

const DubLatentQuality *
dub_latent_live_get_quality (DubLatentLive *self)
{
  return self->measured ? &self->quality : NULL;
}

const char *
dub_latent_live_get_note (DubLatentLive *self)
{
  return self->note;
}

const char *
dub_latent_live_get_failure (DubLatentLive *self)
{
  return self->failure;
}

/* --- neighbours --- */

static void
nearest_cb (gpointer     *result,
            const GError *error,
            gpointer      user_data)
{
  DubLatentLive *self = user_data;

  self->asked = -1;
  if (*result == NULL)
    return;
  g_clear_pointer (&self->nearest, g_free);
  self->nearest = g_steal_pointer (result);
  g_signal_emit (self, signals[NEAREST], 0, self->nearest->index);
}

gboolean
dub_latent_live_get_nearest (DubLatentLive  *self,
                             guint           index,
                             const guint   **cases,
                             guint          *n)
{
  g_return_val_if_fail (DUB_IS_LATENT_LIVE (self), FALSE);

  if (self->source == NULL || index >= self->source->n_cases)
    return FALSE;
  if (self->nearest != NULL && self->nearest->index == index) {
    *cases = self->nearest->cases;
    *n = self->nearest->n;
    return TRUE;
  }
  if (self->asked == (int) index)
    return FALSE;

  DubLatentNearestOrder *order = g_new0 (DubLatentNearestOrder, 1);

  order->source = _dub_latent_source_ref (self->source);
  order->index = index;
  self->asked = (int) index;
  if (self->asking == NULL)
    self->asking = dub_compute_slot_new (1);
  dub_compute_slot_submit (self->asking, _dub_latent_nearest_work, order, _dub_latent_nearest_order_free, g_free, nearest_cb, self);

  return FALSE;
}

/* --- the object --- */

static void
dub_latent_live_dispose (GObject *object)
{
  DubLatentLive *self = DUB_LATENT_LIVE (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  self->state = DUB_LATENT_EMPTY;
  _dub_latent_job_follow (&self->job, self);
  g_clear_object (&self->job.jobs);
  if (self->slot != NULL)
    dub_compute_slot_cancel (self->slot);
  if (self->asking != NULL)
    dub_compute_slot_cancel (self->asking);
  if (self->looking != NULL)
    dub_compute_slot_cancel (self->looking);
  g_clear_object (&self->slot);
  g_clear_object (&self->asking);
  g_clear_object (&self->looking);
  g_clear_pointer (&self->shown, dub_results_read_unref);
  g_clear_pointer (&self->source, _dub_latent_source_unref);
  g_clear_pointer (&self->layout, _dub_latent_layout_unref);
  g_clear_pointer (&self->read, dub_results_read_unref);

  G_OBJECT_CLASS (dub_latent_live_parent_class)->dispose (object);
}

static void
dub_latent_live_finalize (GObject *object)
{
  DubLatentLive *self = DUB_LATENT_LIVE (object);

  g_free (self->folder);
  g_free (self->family);
  g_free (self->model);
  g_free (self->xy);
  g_free (self->note);
  g_free (self->failure);
  g_free (self->nearest);

  G_OBJECT_CLASS (dub_latent_live_parent_class)->finalize (object);
}

static void
dub_latent_live_class_init (DubLatentLiveClass *klass)
{
  GType type = DUB_TYPE_LATENT_LIVE;

  G_OBJECT_CLASS (klass)->dispose = dub_latent_live_dispose;
  G_OBJECT_CLASS (klass)->finalize = dub_latent_live_finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MOVED] = g_signal_new ("moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NEAREST] = g_signal_new ("nearest", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
dub_latent_live_init (DubLatentLive *self)
{
  self->options = DUB_LATENT_DEFAULT;
  self->loss = NAN;
  self->asked = -1;
}

DubLatentLive *
dub_latent_live_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubLatentLive *self = g_object_new (DUB_TYPE_LATENT_LIVE, NULL);
  guint n_threads = dub_settings_state_get_threads (dub_session_get_settings (session));

  self->slot = dub_compute_slot_new (n_threads);
  self->job.jobs = g_object_ref (dub_session_get_jobs (session));

  return self;
}
