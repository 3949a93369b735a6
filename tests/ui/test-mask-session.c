/* The mask session without a display: states, warm start, generations, looking back, errors. */
#include "mask-fixture.h"
#include "ui/model/mask-session.h"
#include "tests/ui/wait.h"

#include <math.h>

typedef struct {
  MaskFixture     fixture;
  DubComputeSlot *slot;
  DubMaskSession *session;
  guint           n_frames;
} Fixture;

static void
frame_cb (DubMaskSession *session,
          GParamSpec     *pspec,
          Fixture        *fixture)
{
  DubMaskFrame *frame = dub_mask_session_get_frame (session);

  if (frame == NULL)
    return;
  fixture->n_frames++;
  /* The law of the session: nothing that older settings made is ever shown. */
  g_assert_cmpuint (frame->generation, ==, dub_mask_session_get_generation (session));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture_set_up (&fixture->fixture);
  fixture->slot = dub_compute_slot_new (1);
  fixture->session = dub_mask_session_new (fixture->slot);

  /* The plain optimiser: a small network says nothing about the defaults. */
  DubMaskParams params = *dub_mask_session_get_params (fixture->session);

  params.grid = 1;
  params.start = 1.0;
  params.step = 0.1;
  dub_mask_session_set_params (fixture->session, &params);
  g_signal_connect (fixture->session, "notify::frame-serial", G_CALLBACK (frame_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  DubMaskSession *session = fixture->session;

  g_signal_handlers_disconnect_by_data (session, fixture);
  g_assert_finalize_object (session);
  g_assert_finalize_object (fixture->slot);
  fixture_tear_down (&fixture->fixture);
}

static void
wait_for_state (Fixture      *fixture,
                DubMaskState  state)
{
  wait_until (dub_mask_session_get_state (fixture->session) == state);
}

/* Everything that was asked for is there, however long it took. */
static void
settle (Fixture *fixture)
{
  wait_until (!dub_compute_slot_get_busy (fixture->slot));
}

static DubMaskFrame *
wait_for_fresh_frame (Fixture *fixture)
{
  wait_until (dub_mask_session_get_frame (fixture->session) != NULL && !dub_mask_session_get_stale (fixture->session));

  return dub_mask_session_get_frame (fixture->session);
}

static void
set_iterations (Fixture *fixture,
                guint    n)
{
  DubMaskParams params = *dub_mask_session_get_params (fixture->session);

  params.n_iterations = n;
  params.lambda1 = 0.5;
  params.lambda2 = 0.1;
  dub_mask_session_set_params (fixture->session, &params);
}

static void
load (Fixture  *fixture,
      guint     case_index,
      gboolean  autoplay)
{
  dub_mask_session_load (fixture->session, dub_mask_request_new (fixture->fixture.study, case_index, 0, NULL), autoplay);
}

/* Fits the patient for @n iterations. */
static DubMaskFrame *
fit (Fixture *fixture,
     guint    n)
{
  set_iterations (fixture, n);
  load (fixture, 0, TRUE);
  g_assert_cmpint (dub_mask_session_get_state (fixture->session), ==, DUB_MASK_STATE_LOADING);
  wait_for_state (fixture, DUB_MASK_STATE_DONE);

  return dub_mask_session_get_frame (fixture->session);
}

static void
test_first_look (Fixture       *fixture,
                 gconstpointer  data)
{
  g_assert_cmpint (dub_mask_session_get_state (fixture->session), ==, DUB_MASK_STATE_EMPTY);
  load (fixture, 0, FALSE);
  wait_for_state (fixture, DUB_MASK_STATE_PAUSED);

  DubMaskInputs *inputs = dub_mask_session_get_inputs (fixture->session);
  DubMaskFrame *frame = wait_for_fresh_frame (fixture);

  g_assert_cmpuint (inputs->n_classes, ==, 2);
  g_assert_cmpstr (inputs->classes[1], ==, "AD");
  g_assert_nonnull (inputs->truth);
  /* Numbers from 0 to 1 may be anything: only the study can say what they are. */
  g_assert_false (dub_mask_inputs_is_grey_matter (inputs));
  /* The target is the true class of the subject. */
  g_assert_cmpint (dub_mask_session_get_params (fixture->session)->target_class, ==, 1);
  g_assert_cmpuint (frame->iteration, ==, 0);
  g_assert_cmpfloat_with_epsilon (frame->original[1], 1.0 / (1.0 + exp (-4.0)), 1e-4);
  g_assert_cmpfloat_with_epsilon (frame->masked[1], frame->original[1], 1e-4);
  g_assert_cmpfloat_with_epsilon (frame->replaced, 0.0, 1e-6);
}

static void
test_run (Fixture       *fixture,
          gconstpointer  data)
{
  DubMaskFrame *frame = fit (fixture, 80);

  g_assert_cmpuint (frame->iteration, ==, 80);
  g_assert_true (frame->done);
  g_assert_cmpuint (frame->n_trace, ==, 81);
  for (size_t i = 0; i < frame->n_trace; i++)
    g_assert_cmpuint (frame->trace[i].iteration, ==, i);
  g_assert_cmpfloat (frame->masked[1], <, 0.2);
  g_assert_cmpfloat_with_epsilon (frame->masked[0] + frame->masked[1], 1.0, 1e-6);
  /* The row of the mask on screen is the last one. */
  g_assert_cmpfloat_with_epsilon (frame->trace[80].score, frame->masked[1], 1e-9);
  g_assert_cmpfloat (frame->inside_truth, >, 0.9);
  g_assert_cmpfloat (frame->replaced, >, 0.0);
  g_assert_cmpfloat (frame->rate, >, 0.0);
}

static void
test_warm_start (Fixture       *fixture,
                 gconstpointer  data)
{
  DubMaskFrame *frame = fit (fixture, 40);
  double replaced = frame->replaced;
  double energy = frame->trace[40].score;
  DubMaskParams params = *dub_mask_session_get_params (fixture->session);

  params.lambda1 *= 1.001;
  dub_mask_session_set_params (fixture->session, &params);
  g_assert_cmpint (dub_mask_session_get_state (fixture->session), ==, DUB_MASK_STATE_RUNNING);
  g_assert_true (dub_mask_session_get_stale (fixture->session));
  wait_for_state (fixture, DUB_MASK_STATE_DONE);
  frame = dub_mask_session_get_frame (fixture->session);
  g_assert_cmpuint (frame->latest, ==, 80);
  g_assert_cmpuint (frame->n_trace, ==, 81);
  /* The first iteration under the new weight began at the old mask, not at m = 1. */
  g_assert_cmpfloat_with_epsilon (frame->trace[40].score, energy, 0.01);
  g_assert_cmpfloat (frame->replaced, >, 0.5 * replaced);
}

static void
test_stale_never_shown (Fixture       *fixture,
                        gconstpointer  data)
{
  set_iterations (fixture, 1000000);
  load (fixture, 0, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);
  wait_for_fresh_frame (fixture);

  guint before = fixture->n_frames;
  DubMaskParams params = *dub_mask_session_get_params (fixture->session);

  /* frame_cb checks every frame on the way. */
  for (int i = 0; i < 200; i++) {
    params.lambda1 = 0.1 + 0.01 * i;
    dub_mask_session_set_params (fixture->session, &params);
    iterate (i % 5);
  }
  g_assert_cmpfloat (wait_for_fresh_frame (fixture)->params.lambda1, ==, params.lambda1);
  g_assert_cmpuint (fixture->n_frames, >, before);
}

static void
test_following_a_slider (Fixture       *fixture,
                         gconstpointer  data)
{
  set_iterations (fixture, 1000000);
  load (fixture, 0, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);
  wait_for_fresh_frame (fixture);

  guint before = fixture->n_frames;
  DubMaskParams params = *dub_mask_session_get_params (fixture->session);

  const gint64 end = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;

  /* A hand at 200 moves a second for 0.6 s, longer on a busy machine: the mask is seen on the way, and ends at the last
   * value. */
  for (int i = 0; i < 120 || (fixture->n_frames - before < 3 && g_get_monotonic_time () < end); i++) {
    params.lambda1 = 0.1 + 0.01 * (i % 500);
    dub_mask_session_follow_params (fixture->session, &params);
    g_assert_cmpfloat (dub_mask_session_get_params (fixture->session)->lambda1, ==, params.lambda1);
    iterate (5);
  }
  g_assert_cmpuint (fixture->n_frames - before, >=, 3);
  wait_until (wait_for_fresh_frame (fixture)->params.lambda1 == params.lambda1);
}

static void
test_pause_and_step (Fixture       *fixture,
                     gconstpointer  data)
{
  set_iterations (fixture, 1000000);
  load (fixture, 0, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);
  wait_for_fresh_frame (fixture);
  dub_mask_session_pause (fixture->session);
  g_assert_cmpint (dub_mask_session_get_state (fixture->session), ==, DUB_MASK_STATE_PAUSED);
  settle (fixture);

  guint latest = dub_mask_session_get_frame (fixture->session)->latest;

  iterate (100);
  g_assert_cmpuint (dub_mask_session_get_frame (fixture->session)->latest, ==, latest);
  dub_mask_session_step (fixture->session);
  settle (fixture);
  g_assert_cmpuint (dub_mask_session_get_frame (fixture->session)->latest, ==, latest + 1);
  g_assert_cmpint (dub_mask_session_get_state (fixture->session), ==, DUB_MASK_STATE_PAUSED);
}

static void
test_look_back (Fixture       *fixture,
                gconstpointer  data)
{
  DubMaskFrame *frame = fit (fixture, 40);
  double replaced = frame->replaced;

  dub_mask_session_show (fixture->session, 3);
  settle (fixture);
  frame = dub_mask_session_get_frame (fixture->session);
  g_assert_cmpuint (frame->iteration, <=, 3);
  g_assert_cmpuint (frame->latest, ==, 40);
  g_assert_cmpfloat_with_epsilon (frame->masked[1], frame->trace[frame->iteration].score, 1e-12);

  /* Looking is not touching. */
  dub_mask_session_show (fixture->session, G_MAXUINT);
  settle (fixture);
  frame = dub_mask_session_get_frame (fixture->session);
  g_assert_cmpuint (frame->iteration, ==, 40);
  g_assert_cmpfloat_with_epsilon (frame->replaced, replaced, 1e-6);

  /* Steps from the start walk through what is kept and keep it, up to the end and beyond. */
  dub_mask_session_show (fixture->session, 0);
  settle (fixture);
  for (guint k = 1; k <= 41; k++) {
    dub_mask_session_step (fixture->session);
    settle (fixture);
    frame = dub_mask_session_get_frame (fixture->session);
    g_assert_cmpuint (frame->iteration, ==, k);
    g_assert_cmpuint (frame->latest, ==, MAX (k, 40));
  }

  /* Running on from there drops what came later. */
  dub_mask_session_show (fixture->session, 3);
  settle (fixture);
  dub_mask_session_play (fixture->session);
  wait_for_state (fixture, DUB_MASK_STATE_DONE);
  frame = dub_mask_session_get_frame (fixture->session);
  g_assert_cmpuint (frame->latest, ==, 41);
  g_assert_cmpuint (frame->n_trace, ==, 42);

  dub_mask_session_reset (fixture->session);
  settle (fixture);
  frame = dub_mask_session_get_frame (fixture->session);
  g_assert_cmpuint (frame->latest, ==, 0);
  g_assert_cmpfloat (frame->rate, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (frame->replaced, 0.0, 1e-6);
}

/* What the screen says of four classes is what the network says of the masked image, of every one of them. */
static void
test_all_classes (Fixture       *fixture,
                  gconstpointer  data)
{
  set_iterations (fixture, 25);
  dub_mask_session_load (fixture->session, dub_mask_request_new (fixture->fixture.study, 0, 1, NULL), TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_DONE);

  DubMaskFrame *frame = dub_mask_session_get_frame (fixture->session);
  DubMaskInputs *inputs = dub_mask_session_get_inputs (fixture->session);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (1);
  g_autoptr (DubMask) mask = dub_mask_new (inputs->graph, &inputs->input, 1, NULL, &frame->params, run, &error);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (double));
  DubMaskEnergy energy;
  const double *masked;

  g_assert_no_error (error);
  g_assert_cmpuint (frame->n_classes, ==, 4);
  for (guint k = 0; k < 25; k++) {
    g_assert_true (dub_mask_step (mask, run, &error));
    dub_mask_get_probabilities (mask, 0, NULL, &masked);
    g_array_append_vals (rows, masked, 4);
  }
  g_assert_true (dub_mask_evaluate (mask, &energy, run, &error));
  dub_mask_get_probabilities (mask, 0, NULL, &masked);
  g_assert_cmpuint (frame->iteration, ==, 25);
  for (int c = 0; c < 4; c++)
    g_assert_cmpfloat (frame->masked[c], ==, masked[c]);

  dub_mask_session_show (fixture->session, 7);
  settle (fixture);
  frame = dub_mask_session_get_frame (fixture->session);
  g_assert_cmpuint (frame->iteration, ==, 7);
  for (int c = 0; c < 4; c++)
    g_assert_cmpfloat (frame->masked[c], ==, g_array_index (rows, double, 7 * 4 + c));
}

static void
test_errors (Fixture       *fixture,
             gconstpointer  data)
{
  load (fixture, 2, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_FAILED);
  g_assert_error (dub_mask_session_get_error (fixture->session), DUB_ERROR, DUB_ERROR_SHAPE);
  dub_mask_session_refit (fixture->session, DUB_FIT_CROP_PAD);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);
  g_assert_null (dub_mask_session_get_error (fixture->session));
  g_assert_cmpint (dub_mask_session_get_inputs (fixture->session)->displayed->voxels->shape.dim[0], ==, FIXTURE_N);

  load (fixture, 3, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_FAILED);
  g_assert_error (dub_mask_session_get_error (fixture->session), DUB_ERROR, DUB_ERROR_IO);
  load (fixture, 0, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);

  DubMaskParams params = *dub_mask_session_get_params (fixture->session);

  params.beta1 = -1.0;
  dub_mask_session_set_params (fixture->session, &params);
  wait_for_state (fixture, DUB_MASK_STATE_FAILED);
  g_assert_error (dub_mask_session_get_error (fixture->session), DUB_ERROR, DUB_ERROR_ARGUMENT);
  params.beta1 = 1.0;
  dub_mask_session_set_params (fixture->session, &params);
  wait_for_state (fixture, DUB_MASK_STATE_PAUSED);
  wait_for_fresh_frame (fixture);

  dub_mask_session_load (fixture->session, NULL, FALSE);
  g_assert_cmpint (dub_mask_session_get_state (fixture->session), ==, DUB_MASK_STATE_EMPTY);
  g_assert_null (dub_mask_session_get_frame (fixture->session));
}

static void
test_another_case (Fixture       *fixture,
                   gconstpointer  data)
{
  set_iterations (fixture, 1000000);
  load (fixture, 0, TRUE);
  iterate (3);
  load (fixture, 1, TRUE);
  iterate (3);
  load (fixture, 0, TRUE);
  load (fixture, 1, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);
  g_assert_cmpstr (dub_mask_session_get_inputs (fixture->session)->case_id, ==, "control");
  /* The true class of one became the true class of the other. */
  g_assert_cmpint (dub_mask_session_get_params (fixture->session)->target_class, ==, 0);
  wait_for_fresh_frame (fixture);
}

/* Another subject, asked for in the middle of a run: nothing of the first one is seen or computed from that moment on. */
static void
test_nothing_under_another_name (Fixture       *fixture,
                                 gconstpointer  data)
{
  set_iterations (fixture, 1000000);
  load (fixture, 0, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);
  wait_for_fresh_frame (fixture);
  load (fixture, 1, TRUE);
  g_assert_null (dub_mask_session_get_frame (fixture->session));
  g_assert_null (dub_mask_session_get_inputs (fixture->session));
  wait_for_fresh_frame (fixture);
  g_assert_cmpstr (dub_mask_session_get_inputs (fixture->session)->case_id, ==, "control");
  g_assert_cmpfloat (dub_mask_session_get_frame (fixture->session)->original[1], <, 0.5);

  /* The same subject read in another way is still the same subject. */
  dub_mask_session_refit (fixture->session, DUB_FIT_CROP_PAD);
  g_assert_nonnull (dub_mask_session_get_frame (fixture->session));
  g_assert_true (dub_mask_session_get_stale (fixture->session));
}

/* Iterations a second are those of the clock: what holds the main loop up counts, too. */
static void
test_rate_by_the_clock (Fixture       *fixture,
                        gconstpointer  data)
{
  set_iterations (fixture, 1000000);
  load (fixture, 0, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);
  wait_for_fresh_frame (fixture);

  gboolean agrees = FALSE;

  /* Other programs may slow one part of a stretch down and not the rest; a rate that leaves the painting out is wrong in
   * every stretch. */
  for (int attempt = 0; attempt < 5 && !agrees; attempt++) {
    guint before = dub_mask_session_get_frame (fixture->session)->latest;
    gint64 start = g_get_monotonic_time ();

    /* As a window that takes 150 ms to paint each frame. */
    for (int i = 0; i < 20; i++) {
      while (g_main_context_iteration (NULL, FALSE)) { }
      g_usleep (150000);
    }

    DubMaskFrame *frame = dub_mask_session_get_frame (fixture->session);
    double rate = (frame->latest - before) / ((double) (g_get_monotonic_time () - start) * 1e-6);

    g_test_message ("%g iterations a second, %g by the clock", frame->rate, rate);
    agrees = frame->rate > 0.5 * rate && frame->rate < 2.0 * rate;
  }
  g_assert_true (agrees);
}

/* Without a label the mask is of the class that the network says, until the person chooses another. */
static void
test_class_of_unlabelled (Fixture       *fixture,
                          gconstpointer  data)
{
  DubStudyCase *patient = g_ptr_array_index (fixture->fixture.study->cases, 0);
  DubStudyCase *control = g_ptr_array_index (fixture->fixture.study->cases, 1);

  patient->label = control->label = -1;
  load (fixture, 1, FALSE);
  wait_for_state (fixture, DUB_MASK_STATE_PAUSED);
  g_assert_cmpint (wait_for_fresh_frame (fixture)->params.target_class, ==, 0);
  g_assert_cmpint (dub_mask_session_get_params (fixture->session)->target_class, ==, 0);
  load (fixture, 0, FALSE);
  wait_for_state (fixture, DUB_MASK_STATE_PAUSED);
  g_assert_cmpint (wait_for_fresh_frame (fixture)->params.target_class, ==, 1);

  DubMaskParams params = *dub_mask_session_get_params (fixture->session);

  params.target_class = 0;
  dub_mask_session_set_params (fixture->session, &params);
  load (fixture, 0, FALSE);
  wait_for_state (fixture, DUB_MASK_STATE_PAUSED);
  g_assert_cmpint (wait_for_fresh_frame (fixture)->params.target_class, ==, 0);
}

static void
test_atlas_comes_later (Fixture       *fixture,
                        gconstpointer  data)
{
  DubMaskFrame *frame = fit (fixture, 40);
  DubStudy *study = fixture->fixture.study;
  g_autoptr (GError) error = NULL;
  g_autoptr (DubAtlas) atlas = dub_atlas_load (study->atlas_path, study->atlas_table, &error);

  g_assert_no_error (error);
  g_assert_null (frame->regions);
  dub_mask_session_set_atlas (fixture->session, atlas);
  settle (fixture);
  frame = dub_mask_session_get_frame (fixture->session);
  g_assert_cmpuint (frame->latest, ==, 40);
  g_assert_nonnull (frame->regions);
  g_assert_cmpuint (frame->regions->len, ==, 2);
  g_assert_cmpstr (g_array_index (frame->regions, DubRegionDensity, 0).region->name, ==, "Patch R");
  g_assert_cmpint (dub_mask_session_get_state (fixture->session), ==, DUB_MASK_STATE_DONE);
}

static void
test_gone_while_running (Fixture       *fixture,
                         gconstpointer  data)
{
  set_iterations (fixture, 1000000);
  load (fixture, 0, TRUE);
  wait_for_state (fixture, DUB_MASK_STATE_RUNNING);
  wait_for_fresh_frame (fixture);
  /* tear_down drops the session with a turn under way. */
}

#define ADD(name, func) g_test_add ("/mask-session/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("first-look", test_first_look);
  ADD ("run", test_run);
  ADD ("warm-start", test_warm_start);
  ADD ("stale-never-shown", test_stale_never_shown);
  ADD ("following-a-slider", test_following_a_slider);
  ADD ("pause-and-step", test_pause_and_step);
  ADD ("look-back", test_look_back);
  ADD ("all-classes", test_all_classes);
  ADD ("errors", test_errors);
  ADD ("another-case", test_another_case);
  ADD ("nothing-under-another-name", test_nothing_under_another_name);
  ADD ("rate-by-the-clock", test_rate_by_the_clock);
  ADD ("class-of-unlabelled", test_class_of_unlabelled);
  ADD ("atlas-comes-later", test_atlas_comes_later);
  ADD ("gone-while-running", test_gone_while_running);

  return g_test_run ();
}
