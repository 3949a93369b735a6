#include "ui/model/mask-session-private.h"

#include <math.h>

#include "ui/model/mask-job.h"

/* A turn of many short iterations ends after this long: the screen moves at 25 frames a second or so. */
#define TURN_SECONDS 0.04

/* Regions are counted anew at most this often while running, in microseconds. */
#define REGIONS_INTERVAL 200000

G_DEFINE_FINAL_TYPE (DubMaskSession, dub_mask_session, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_SLOT,
  PROP_STATE,
  PROP_INPUTS_SERIAL,
  PROP_FRAME_SERIAL,
  PROP_STALE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void schedule (DubMaskSession *self);

static void
notify (DubMaskSession *self,
        guint           prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_state (DubMaskSession *self,
           DubMaskState    state)
{
  if (state != DUB_MASK_STATE_FAILED)
    g_clear_error (&self->error);
  if (self->state == state)
    return;
  self->state = state;
  notify (self, PROP_STATE);
}

static void
set_stale (DubMaskSession *self,
           gboolean        stale)
{
  if (self->stale == stale)
    return;
  self->stale = stale;
  notify (self, PROP_STALE);
}

static void
drop_inputs (DubMaskSession *self)
{
  if (self->inputs != NULL) {
    g_clear_pointer (&self->previous, dub_mask_inputs_unref);
    self->previous = g_steal_pointer (&self->inputs);
  }
  g_clear_pointer (&self->frame, dub_mask_frame_unref);
  g_clear_pointer (&self->box, dub_mask_box_unref);
  self->inputs_serial++;
  self->frame_serial++;
  notify (self, PROP_INPUTS_SERIAL);
  notify (self, PROP_FRAME_SERIAL);
  set_stale (self, FALSE);
}

static void
fail (DubMaskSession *self,
      const GError   *error)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  /* What was shown was made in another way than the one that cannot be read. */
  if (self->want_load)
    drop_inputs (self);
  self->want_load = FALSE;
  self->want_atlas = FALSE;
  self->want_run = FALSE;
  self->want_turn = FALSE;
  self->want_steps = 0;
  self->rewind_to = -1;
  if (self->state == DUB_MASK_STATE_FAILED)
    notify (self, PROP_STATE);
  set_state (self, DUB_MASK_STATE_FAILED);
}

/* Something new is wanted while a turn is under way. It is thrown away, unless the last one was, too. */
static void
interrupt (DubMaskSession *self,
           gboolean        always)
{
  if (!self->in_flight || (self->cancelled_one && !always))
    return;

  dub_compute_slot_cancel (self->slot);
  self->in_flight = FALSE;
  self->cancelled_one = TRUE;
  self->want_turn |= self->flight.turn;
  self->want_steps += self->flight.steps;
  self->force |= self->flight.force;
  if (self->rewind_to < 0)
    self->rewind_to = self->flight.rewind_to;
}

/* The clock of the run begins at @latest. */
static void
start_clock (DubMaskSession *self,
             guint           latest)
{
  self->rate = 0.0;
  self->rate_counts = 0;
  self->rate_latest = latest;
  self->rate_time = g_get_monotonic_time ();
}

/* Iterations a second between the frames that arrive, smoothed over a second or two. */
static double
read_clock (DubMaskSession *self,
            guint           latest)
{
  gint64 now = g_get_monotonic_time ();
  double seconds = (double) (now - self->rate_time) * 1e-6;

  if (self->want_run && latest > self->rate_latest && seconds > 0.0) {
    double rate = (latest - self->rate_latest) / seconds;
    double weight = 1.0 - exp (-seconds / 1.5);

    /* The first count has the making of the optimiser in it, so the second one takes its place. */
    self->rate = self->rate_counts < 2 ? rate : self->rate + weight * (rate - self->rate);
    self->rate_counts++;
    self->rate_latest = latest;
    self->rate_time = now;
  }

  return self->rate;
}

static void
begin_generation (DubMaskSession *self)
{
  self->generation++;
  set_stale (self, self->frame != NULL);
}

static void
take_inputs (DubMaskSession *self,
             DubMaskInputs  *inputs)
{
  const DubMaskInputs *before = self->inputs != NULL ? self->inputs : self->previous;
  gboolean true_class = before == NULL || (before->label >= 0 ? self->params.target_class == before->label : !self->class_chosen);

  g_clear_pointer (&self->inputs, dub_mask_inputs_unref);
  g_clear_pointer (&self->previous, dub_mask_inputs_unref);
  g_clear_pointer (&self->frame, dub_mask_frame_unref);
  g_clear_pointer (&self->box, dub_mask_box_unref);
  self->inputs = inputs;
  self->box = dub_mask_box_new ();
  self->end = self->params.n_iterations;
  self->show = -1;
  self->rewind_to = -1;
  self->force = FALSE;
  self->want_load = FALSE;
  self->want_atlas = self->request->atlas != NULL && inputs->atlas == NULL;
  self->want_turn = TRUE;
  self->want_run = self->autoplay;
  start_clock (self, 0);
  /* The true class of one subject becomes the true class of the next; without a label, the class that the network says. */
  self->pick_class = true_class && inputs->label < 0;
  if (true_class && inputs->label >= 0 && inputs->label < (int) inputs->n_classes)
    self->params.target_class = inputs->label;
  else if (self->params.target_class >= (int) inputs->n_classes || self->params.target_class < 0)
    self->params.target_class = 0;
  if (self->params.replacement == DUB_REPLACE_FILE && inputs->reference == NULL)
    self->params.replacement = DUB_REPLACE_ONE;
  self->inputs_serial++;
  notify (self, PROP_INPUTS_SERIAL);
  self->frame_serial++;
  notify (self, PROP_FRAME_SERIAL);
  set_state (self, self->want_run ? DUB_MASK_STATE_RUNNING : DUB_MASK_STATE_PAUSED);
}

/* The same inputs with another atlas. */
static void
take_atlas (DubMaskSession *self,
            DubMaskInputs  *inputs)
{
  g_clear_pointer (&self->inputs, dub_mask_inputs_unref);
  self->inputs = inputs;
  self->want_atlas = FALSE;
  self->want_turn = TRUE;
  self->regions_time = 0;
  self->inputs_serial++;
  notify (self, PROP_INPUTS_SERIAL);
}

static void
take_frame (DubMaskSession  *self,
               DubMaskFrame *frame)
{
  g_clear_pointer (&self->frame, dub_mask_frame_unref);
  self->frame = frame;
  frame->rate = read_clock (self, frame->latest);
  self->cancelled_one = FALSE;
  self->frame_serial++;
  if (self->pick_class) {
    self->pick_class = FALSE;
    self->params.target_class = frame->params.target_class;
    self->inputs_serial++;
    notify (self, PROP_INPUTS_SERIAL);
  }
  set_stale (self, FALSE);
  notify (self, PROP_FRAME_SERIAL);

  if (frame->done && self->want_run && !self->want_turn) {
    self->want_run = FALSE;
    set_state (self, DUB_MASK_STATE_DONE);
  } else if (frame->done && self->state == DUB_MASK_STATE_PAUSED && frame->iteration == frame->latest) {
    set_state (self, DUB_MASK_STATE_DONE);
  }
}

static void
turn_done_cb (gpointer     *result,
              const GError *error,
              gpointer      user_data)
{
  DubMaskSession *self = user_data;
  DubMaskResult *answer = *result;

  self->in_flight = FALSE;
  if (error != NULL) {
    fail (self, error);
    return;
  }

  if (answer->inputs != NULL && answer->only_atlas)
    take_atlas (self, g_steal_pointer (&answer->inputs));
  else if (answer->inputs != NULL)
    take_inputs (self, g_steal_pointer (&answer->inputs));
  else if (answer->frame->generation == self->generation)
    take_frame (self, g_steal_pointer (&answer->frame));
  else
    self->cancelled_one = FALSE;

  if (self->has_following)
    dub_mask_session_set_params (self, &self->following);
  schedule (self);
}

static DubMaskJob *
job_new (DubMaskSession *self)
{
  DubMaskJob *job = g_new0 (DubMaskJob, 1);

  job->generation = self->generation;
  job->inputs = self->inputs != NULL ? dub_mask_inputs_ref (self->inputs) : NULL;
  if (self->want_load || self->want_atlas) {
    if (job->inputs == NULL && self->previous != NULL)
      job->inputs = dub_mask_inputs_ref (self->previous);
    job->request = dub_mask_request_copy (self->request);
    job->only_atlas = !self->want_load;
    return job;
  }

  gint64 now = g_get_monotonic_time ();
  gboolean moves = self->want_run || self->want_steps > 0;
  job->box = dub_mask_box_ref (self->box);
  job->params = self->params;
  job->params.n_iterations = self->end;
  job->rewind_to = self->rewind_to;
  job->show = moves ? -1 : self->show;
  job->show_after = self->show_after;
  job->pick_class = self->pick_class;
  job->n_steps = self->want_steps > 0 ? self->want_steps : self->want_run ? G_MAXUINT : 0;
  /* The first mask after a move is waited for: one iteration is enough. */
  job->budget = self->stale ? 0.0 : TURN_SECONDS;
  job->force = self->force || self->want_steps > 0;
  job->evaluate = !self->want_run;
  /* Its regions come with the next one. */
  job->light = self->want_run && self->frame != NULL && (self->stale || now - self->regions_time < REGIONS_INTERVAL);
  job->previous = self->frame != NULL ? dub_mask_frame_ref (self->frame) : NULL;
  if (!job->light)
    self->regions_time = now;

  return job;
}

/* Submits the next turn, where one is wanted and none is under way. */
static void
schedule (DubMaskSession *self)
{
  gboolean needed = self->want_load || self->want_atlas || self->want_turn || self->want_run || self->want_steps > 0;

  if (self->slot == NULL || self->in_flight || !needed || (!self->want_load && self->inputs == NULL))
    return;

  DubMaskJob *job = job_new (self);

  gboolean reads = self->want_load || self->want_atlas;

  self->flight.turn = self->want_turn && !reads;
  self->flight.steps = reads ? 0 : self->want_steps;
  self->flight.force = self->force;
  self->flight.rewind_to = reads ? -1 : self->rewind_to;
  if (!reads) {
    self->want_turn = FALSE;
    self->want_steps = 0;
    self->rewind_to = -1;
    self->force = FALSE;
  }
  self->in_flight = TRUE;
  dub_compute_slot_submit (self->slot, dub_mask_job_run, job, dub_mask_job_free, dub_mask_result_free, turn_done_cb, self);
}

void
dub_mask_session_load (DubMaskSession *self,
                       DubMaskRequest *request,
                       gboolean        autoplay)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  gboolean same = dub_mask_request_same_subject (self->request, request);

  interrupt (self, TRUE);
  g_clear_pointer (&self->request, dub_mask_request_free);
  self->request = request;
  self->autoplay = autoplay;
  self->want_run = FALSE;
  self->want_steps = 0;
  self->want_turn = FALSE;
  self->want_load = request != NULL;
  begin_generation (self);
  /* From here on the window says another name: nothing of the old one stays on the screen. */
  if (!same)
    drop_inputs (self);
  if (request == NULL) {
    g_clear_pointer (&self->previous, dub_mask_inputs_unref);
    set_state (self, DUB_MASK_STATE_EMPTY);
    return;
  }
  set_state (self, DUB_MASK_STATE_LOADING);
  schedule (self);
}

void
dub_mask_session_set_atlas (DubMaskSession *self,
                            DubAtlas       *atlas)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  if (self->request == NULL || self->request->atlas == atlas)
    return;

  /* What is being read was asked for with the old words, which the job has copied. */
  g_clear_pointer (&self->request->atlas, dub_atlas_unref);
  self->request->atlas = atlas != NULL ? dub_atlas_ref (atlas) : NULL;
  self->want_atlas = atlas != NULL && self->inputs != NULL && !self->want_load;
  schedule (self);
}

void
dub_mask_session_set_slot (DubMaskSession *self,
                           DubComputeSlot *slot)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  if (self->slot == slot)
    return;

  if (self->slot != NULL)
    interrupt (self, TRUE);
  g_set_object (&self->slot, slot);
  schedule (self);
}

void
dub_mask_session_refit (DubMaskSession *self,
                        DubFit          fit)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  if (self->request == NULL)
    return;

  DubMaskRequest *request = dub_mask_request_copy (self->request);

  request->preprocess.fit = fit;
  dub_mask_session_load (self, request, self->autoplay);
}

void
dub_mask_session_set_params (DubMaskSession      *self,
                             const DubMaskParams *params)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  /* @params may be &self->following, which stays readable. */
  self->has_following = FALSE;
  if (dub_mask_params_equal (&self->params, params))
    return;

  gboolean begins_anew = params->grid != self->params.grid || params->start != self->params.start ||
                         params->start_noise != self->params.start_noise || params->seed != self->params.seed;
  gboolean at_end = self->state == DUB_MASK_STATE_DONE;

  if (params->target_class != self->params.target_class) {
    self->class_chosen = TRUE;
    self->pick_class = FALSE;
  }
  guint latest = self->frame != NULL ? self->frame->latest : 0;

  self->params = *params;
  if (begins_anew)
    self->end = params->n_iterations;
  else if (at_end)
    self->end = latest + params->n_iterations;
  else
    self->end = MAX (self->end, params->n_iterations);
  begin_generation (self);
  if (self->inputs == NULL || self->want_load)
    return;

  interrupt (self, FALSE);
  self->show = -1;
  if (at_end) {
    self->want_run = TRUE;
    start_clock (self, latest);
    set_state (self, DUB_MASK_STATE_RUNNING);
  } else if (self->state == DUB_MASK_STATE_FAILED) {
    self->want_turn = TRUE;
    set_state (self, DUB_MASK_STATE_PAUSED);
  }
  /* A pause stays a pause: the old mask is shown as stale, and one turn tells its energy under the new settings. */
  if (!self->want_run)
    self->want_turn = begins_anew || self->want_turn;
  self->force = TRUE;
  schedule (self);
}

void
dub_mask_session_follow_params (DubMaskSession      *self,
                                const DubMaskParams *params)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  if (self->in_flight && self->stale && self->want_run) {
    self->following = *params;
    self->has_following = TRUE;
  } else {
    dub_mask_session_set_params (self, params);
  }
}

/* Moving on from a look back drops what came later. */
static void
continue_from_shown (DubMaskSession *self)
{
  if (self->frame != NULL && self->frame->iteration < self->frame->latest) {
    self->rewind_to = self->frame->iteration;
    self->force = TRUE;
    begin_generation (self);
  } else if (self->state == DUB_MASK_STATE_DONE && self->frame != NULL) {
    self->end = self->frame->latest + self->params.n_iterations;
    self->force = TRUE;
  }
  self->show = -1;
}

void
dub_mask_session_play (DubMaskSession *self)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  if (self->inputs == NULL || self->want_load || self->want_run) {
    self->autoplay = self->autoplay || self->want_load;
    return;
  }

  interrupt (self, TRUE);
  continue_from_shown (self);
  self->want_run = TRUE;
  start_clock (self, self->frame != NULL ? self->frame->iteration : 0);
  set_state (self, DUB_MASK_STATE_RUNNING);
  schedule (self);
}

void
dub_mask_session_pause (DubMaskSession *self)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  self->autoplay = FALSE;
  if (!self->want_run)
    return;

  interrupt (self, TRUE);
  self->want_run = FALSE;
  self->want_turn = TRUE;
  set_state (self, DUB_MASK_STATE_PAUSED);
  schedule (self);
}

void
dub_mask_session_step (DubMaskSession *self)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  if (self->inputs == NULL || self->want_load)
    return;

  if (self->want_run) {
    dub_mask_session_pause (self);
    return;
  }
  /* While looking back, a step walks through what is kept: nothing is computed and nothing lost. */
  if (self->frame != NULL && self->frame->iteration < self->frame->latest) {
    self->show = (gint64) self->frame->iteration;
    self->show_after = TRUE;
    self->want_turn = TRUE;
    schedule (self);
    return;
  }

  gboolean at_end = self->state == DUB_MASK_STATE_DONE;

  continue_from_shown (self);
  self->want_steps++;
  if (self->frame != NULL && (at_end || self->end <= self->frame->latest))
    self->end = self->frame->latest + self->want_steps;
  set_state (self, DUB_MASK_STATE_PAUSED);
  schedule (self);
}

void
dub_mask_session_reset (DubMaskSession *self)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  if (self->inputs == NULL || self->want_load)
    return;

  interrupt (self, TRUE);
  begin_generation (self);
  start_clock (self, 0);
  self->rewind_to = 0;
  self->show = -1;
  self->end = self->params.n_iterations;
  self->want_turn = TRUE;
  if (!self->want_run)
    set_state (self, DUB_MASK_STATE_PAUSED);
  schedule (self);
}

void
dub_mask_session_show (DubMaskSession *self,
                       guint           iteration)
{
  g_return_if_fail (DUB_IS_MASK_SESSION (self));

  if (self->inputs == NULL || self->want_load || self->frame == NULL)
    return;

  if (self->want_run) {
    interrupt (self, TRUE);
    self->want_run = FALSE;
    set_state (self, DUB_MASK_STATE_PAUSED);
  }
  self->show = iteration < self->frame->latest ? (gint64) iteration : -1;
  self->show_after = FALSE;
  self->want_turn = TRUE;
  schedule (self);
}

static void
dub_mask_session_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  DubMaskSession *self = DUB_MASK_SESSION (object);

  switch (prop_id) {
  case PROP_STATE:
    g_value_set_uint (value, self->state);
    break;
  case PROP_INPUTS_SERIAL:
    g_value_set_uint (value, self->inputs_serial);
    break;
  case PROP_FRAME_SERIAL:
    g_value_set_uint (value, self->frame_serial);
    break;
  case PROP_STALE:
    g_value_set_boolean (value, self->stale);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_mask_session_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  DubMaskSession *self = DUB_MASK_SESSION (object);

  switch (prop_id) {
  case PROP_SLOT:
    self->slot = g_value_dup_object (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_mask_session_dispose (GObject *object)
{
  DubMaskSession *self = DUB_MASK_SESSION (object);

  if (self->slot != NULL && self->in_flight)
    dub_compute_slot_cancel (self->slot);
  self->in_flight = FALSE;
  g_clear_object (&self->slot);
  g_clear_error (&self->error);
  g_clear_pointer (&self->request, dub_mask_request_free);
  g_clear_pointer (&self->inputs, dub_mask_inputs_unref);
  g_clear_pointer (&self->previous, dub_mask_inputs_unref);
  g_clear_pointer (&self->frame, dub_mask_frame_unref);
  g_clear_pointer (&self->box, dub_mask_box_unref);

  G_OBJECT_CLASS (dub_mask_session_parent_class)->dispose (object);
}

static void
dub_mask_session_class_init (DubMaskSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dub_mask_session_dispose;
  object_class->get_property = dub_mask_session_get_property;
  object_class->set_property = dub_mask_session_set_property;

  props[PROP_SLOT] = g_param_spec_object ("slot", NULL, NULL, DUB_TYPE_COMPUTE_SLOT,
                                          G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, DUB_MASK_STATE_FAILED, 0, readable);
  props[PROP_INPUTS_SERIAL] = g_param_spec_uint ("inputs-serial", NULL, NULL, 0, G_MAXUINT, 0, readable);
  props[PROP_FRAME_SERIAL] = g_param_spec_uint ("frame-serial", NULL, NULL, 0, G_MAXUINT, 0, readable);
  props[PROP_STALE] = g_param_spec_boolean ("stale", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_mask_session_init (DubMaskSession *self)
{
  dub_mask_params_init (&self->params);
  self->end = self->params.n_iterations;
  self->rewind_to = -1;
  self->show = -1;
}

DubMaskSession *
dub_mask_session_new (DubComputeSlot *slot)
{
  return g_object_new (DUB_TYPE_MASK_SESSION, "slot", slot, NULL);
}
