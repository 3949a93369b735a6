/* The first frame comes first: what the window reads and computes waits until it is on the screen. The page says meanwhile
 * what it waits for, in the place where the answer will stand. */
#include "app/dub-window-private.h"

/* A window that comes up hidden or on another desktop may never draw a frame; ms. */
enum { LONGEST_WAIT = 1000 };

static void
set_held (DubWindow *self,
          gboolean   held)
{
  dub_session_set_held (self->session, held);
  dub_thumbnails_set_held (self->thumbnails, held);
}

static void
begin (DubWindow *self)
{
  if (self->start_source == 0)
    return;
  g_clear_handle_id (&self->start_source, g_source_remove);
  set_held (self, FALSE);
}

static void
after_paint_cb (DubWindow     *self,
                GdkFrameClock *clock)
{
  g_signal_handlers_disconnect_by_func (clock, after_paint_cb, self);
  begin (self);
}

static gboolean
waited_cb (gpointer data)
{
  begin (data);

  return G_SOURCE_REMOVE;
}

static void
realize_cb (DubWindow *self)
{
  GdkFrameClock *clock = gdk_surface_get_frame_clock (gtk_native_get_surface (GTK_NATIVE (self)));

  g_signal_handlers_disconnect_by_func (self, realize_cb, NULL);
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (after_paint_cb), self, G_CONNECT_SWAPPED);
  self->start_source = g_timeout_add (LONGEST_WAIT, waited_cb, self);
}

void
_dub_window_init_start (DubWindow *self)
{
  set_held (self, TRUE);
  g_signal_connect (self, "realize", G_CALLBACK (realize_cb), NULL);
}
