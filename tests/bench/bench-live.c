/* From a move of λ1 to the first mask made with it: how long the hand waits.
 *
 *   bench-live NETWORK.onnx VOLUME [N_THREADS]
 *
 * Moves the slider of a running session ten times, first in single jumps, then as a drag of 100 moves a second,
 * and tells the milliseconds until a frame of the newest setting is there. No display is needed.
 */
#include "ui/model/mask-session.h"

#include <stdlib.h>

enum { N_MOVES = 10 };

static double
milliseconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) * 1e-3;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
tell (const char *what,
      double     *values,
      int         n)
{
  qsort (values, (size_t) n, sizeof (double), compare);
  g_print ("%-32s min %7.1f   median %7.1f   max %7.1f ms\n", what, values[0], values[n / 2], values[n - 1]);
}

static gboolean
wait_fresh (DubMaskSession *session)
{
  while (dub_mask_session_get_stale (session) || dub_mask_session_get_frame (session) == NULL) {
    if (dub_mask_session_get_state (session) == DUB_MASK_STATE_FAILED) {
      g_printerr ("%s\n", dub_mask_session_get_error (session)->message);
      return FALSE;
    }
    g_main_context_iteration (NULL, TRUE);
  }

  return TRUE;
}

static guint
frame_serial (DubMaskSession *session)
{
  guint serial;

  g_object_get (session, "frame-serial", &serial, NULL);

  return serial;
}

static void
iterate (int milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
}

int
main (int   argc,
      char *argv[])
{
  if (argc < 3) {
    g_printerr ("bench-live NETWORK.onnx VOLUME [N_THREADS]\n");
    return 2;
  }

  const DubPreprocess preprocess = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autoptr (DubStudy) study = dub_study_new ("bench");
  g_autoptr (DubComputeSlot) slot = dub_compute_slot_new (argc > 3 ? (guint) atoi (argv[3]) : 0);
  g_autoptr (DubMaskSession) session = dub_mask_session_new (slot);
  double jumps[N_MOVES];
  double drags[N_MOVES];
  double pauses[N_MOVES];
  gint64 start = g_get_monotonic_time ();

  dub_study_add_case (study, NULL, argv[2], 1);
  dub_study_add_model (study, "network", argv[1], preprocess);

  DubMaskParams params = *dub_mask_session_get_params (session);

  params.n_iterations = 100000;
  dub_mask_session_set_params (session, &params);
  dub_mask_session_load (session, dub_mask_request_new (study, 0, 0, NULL), TRUE);
  if (!wait_fresh (session))
    return 1;
  while (dub_mask_session_get_inputs (session) == NULL || dub_mask_session_get_frame (session) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_print ("%-32s %11.1f ms\n", "open to first frame", milliseconds_since (start));
  iterate (1500);

  for (int i = 0; i < N_MOVES; i++) {
    params = *dub_mask_session_get_params (session);
    params.lambda1 = 5.0 + i;
    start = g_get_monotonic_time ();
    dub_mask_session_set_params (session, &params);
    wait_fresh (session);
    jumps[i] = milliseconds_since (start);
    iterate (40 + 13 * i);
  }
  tell ("one move to its first mask", jumps, N_MOVES);

  for (int i = 0; i < N_MOVES; i++) {
    for (int k = 0; k < 30; k++) {
      params.lambda1 = 5.0 + 0.1 * k + i;
      dub_mask_session_follow_params (session, &params);
      iterate (10);
    }
    start = g_get_monotonic_time ();
    params.lambda1 += 0.05;
    dub_mask_session_set_params (session, &params);
    wait_fresh (session);
    drags[i] = milliseconds_since (start);
  }
  tell ("end of a drag to its first mask", drags, N_MOVES);

  for (int i = 0; i < N_MOVES; i++) {
    iterate (50 + 17 * i);
    start = g_get_monotonic_time ();
    dub_mask_session_pause (session);
    /* The frame of the rest is a turn of its own: it comes when the cancelled iteration has let go. */
    guint before = frame_serial (session);

    while (frame_serial (session) == before)
      g_main_context_iteration (NULL, TRUE);
    pauses[i] = milliseconds_since (start);
    dub_mask_session_play (session);
  }
  tell ("pause to the resting frame", pauses, N_MOVES);
  g_print ("%-32s %11.2f it/s\n", "pace", dub_mask_session_get_frame (session)->rate);

  return 0;
}
