/* The small pictures of the window: current case, recent studies, demo cards. */
#include "app/dub-window-private.h"

enum { SMALL = 88, CARD_WIDTH = 496, CARD_HEIGHT = 256 };

static GdkPaintable *
load_picture (const char *key,
              int         width,
              int         height)
{
  g_autofree char *path = dub_thumbnails_find (key, width, height);
  GdkTexture *texture = path != NULL ? gdk_texture_new_from_filename (path, NULL) : NULL;

  return texture != NULL ? GDK_PAINTABLE (texture) : NULL;
}

GdkPaintable *
_dub_window_study_picture (const char *folder,
                           gpointer    user_data)
{
  return load_picture (folder, SMALL, SMALL);
}

static char *
card_key (DubWindow *self)
{
  return g_strconcat (dub_demo_get_folder (self->demos[DUB_DEMO_BRAIN]), "#card", NULL);
}

/* The first case whose affected voxels are known, else the first. */
static DubStudyCase *
showy_case (DubStudy *study)
{
  for (guint i = 0; i < study->cases->len; i++) {
    DubStudyCase *item = g_ptr_array_index (study->cases, i);

    if (item->truth_path != NULL && item->label > 0)
      return item;
  }

  return study->cases->len > 0 ? g_ptr_array_index (study->cases, 0) : NULL;
}

static void
update_brain (DubWindow *self)
{
  DubDemo *demo = self->demos[DUB_DEMO_BRAIN];
  DubDemoState state = dub_demo_get_state (demo);
  g_autofree char *key = card_key (self);
  g_autoptr (GdkPaintable) picture = state == DUB_DEMO_READY ? load_picture (key, CARD_WIDTH, CARD_HEIGHT) : NULL;

  dub_welcome_page_set_demo (self->welcome, DUB_DEMO_BRAIN, state, picture, dub_demo_get_job (demo));
  if (state != DUB_DEMO_READY || picture != NULL || self->card_asked)
    return;

  g_autoptr (DubStudy) study = dub_study_load (dub_demo_get_folder (demo), NULL);
  DubStudyCase *item = study != NULL ? showy_case (study) : NULL;

  if (item != NULL) {
    self->card_asked = TRUE;
    dub_thumbnails_request (self->thumbnails, key, item->path, item->truth_path, CARD_WIDTH, CARD_HEIGHT);
  }
}

void
_dub_window_update_demos (DubWindow *self)
{
  DubDemo *lesions = self->demos[DUB_DEMO_LESIONS];

  if (self->welcome == NULL)
    return;
  update_brain (self);
  dub_welcome_page_set_demo (self->welcome, DUB_DEMO_LESIONS, dub_demo_get_state (lesions), NULL, dub_demo_get_job (lesions));
}

static void
case_changed_cb (DubWindow *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  DubStudyCase *item = dub_session_get_case (self->session);

  dub_sidebar_foot_set_thumbnail (self->foot, NULL);
  if (item == NULL)
    return;
  dub_thumbnails_request (self->thumbnails, item->path, item->path, item->truth_path, SMALL, SMALL);
  if (study->folder != NULL)
    dub_thumbnails_request (self->thumbnails, study->folder, item->path, item->truth_path, SMALL, SMALL);
}

static void
made_cb (DubWindow  *self,
         const char *key)
{
  DubStudyCase *item = dub_session_get_case (self->session);
  g_autofree char *card = card_key (self);

  if (item != NULL && g_str_equal (key, item->path)) {
    g_autoptr (GdkPaintable) picture = load_picture (key, SMALL, SMALL);

    dub_sidebar_foot_set_thumbnail (self->foot, picture);
  } else if (g_str_equal (key, card)) {
    _dub_window_update_demos (self);
  } else if (dub_recent_find (self->recent, key) != NULL) {
    dub_recent_touch (self->recent, key);
  }
}

void
_dub_window_init_pictures (DubWindow *self)
{
  self->thumbnails = dub_thumbnails_new ();
  g_signal_connect_object (self->thumbnails, "made", G_CALLBACK (made_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::case-index", G_CALLBACK (case_changed_cb), self, G_CONNECT_SWAPPED);
}
