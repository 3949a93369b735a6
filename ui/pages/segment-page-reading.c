/* How volumes are read: a matter of the study, the same for all its networks. */
#include "ui/pages/segment-page-private.h"

#include <glib/gi18n.h>

typedef struct {
  DubSession    *session;
  DubPreprocess *before; /* [n] */
  DubPreprocess *after;
  guint          n;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_object_unref (reading->session);
  g_free (reading->before);
  g_free (reading->after);
  g_free (reading);
}

static void
read_so (Reading             *reading,
         const DubPreprocess *to)
{
  DubStudy *study = dub_session_get_study (reading->session);
  g_autoptr (GError) error = NULL;

  if (study == NULL)
    return;
  for (guint m = 0; m < MIN (reading->n, study->models->len); m++)
    ((DubStudyModel *) study->models->pdata[m])->preprocess = to[m];
  if (study->folder != NULL && !dub_study_save (study, study->folder, &error))
    dub_session_fail (reading->session, _("The study could not be saved"), error);
  dub_session_study_edited (reading->session);
}

static void
undo_reading_cb (gpointer data)
{
  read_so (data, ((Reading *) data)->before);
}

static void
redo_reading_cb (gpointer data)
{
  read_so (data, ((Reading *) data)->after);
}

static int
find_word (const char *word,
           const char *(*name) (int))
{
  for (int i = 0; i < 3; i++)
    if (g_strcmp0 (word, name (i)) == 0)
      return i;

  return -1;
}

static const char *
axes_word (int i)
{
  return i <= DUB_AXES_KJI ? dub_axes_name ((DubAxes) i) : NULL;
}

static const char *
scale_word (int i)
{
  return dub_scale_name ((DubScale) i);
}

static const char *
fit_word (int i)
{
  return dub_fit_name ((DubFit) i);
}

void
_dub_segment_page_read (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);
  DubStudy *study = dub_session_get_study (self->session);
  const char *word = g_variant_get_string (parameter, NULL);
  gboolean axes = g_str_equal (name, "segment.axes"), scale = g_str_equal (name, "segment.scale");
  int value = find_word (word, axes ? axes_word : scale ? scale_word : fit_word);

  if (study == NULL || study->models->len == 0 || value < 0)
    return;

  Reading *reading = g_new0 (Reading, 1);
  gboolean same = TRUE;

  reading->session = g_object_ref (self->session);
  reading->n = study->models->len;
  reading->before = g_new (DubPreprocess, reading->n);
  reading->after = g_new (DubPreprocess, reading->n);
  for (guint m = 0; m < reading->n; m++) {
    reading->before[m] = reading->after[m] = ((DubStudyModel *) study->models->pdata[m])->preprocess;
    if (axes)
      reading->after[m].axes = (DubAxes) value;
    else if (scale)
      reading->after[m].scale = (DubScale) value;
    else
      reading->after[m].fit = (DubFit) value;
    same &= reading->before[m].axes == reading->after[m].axes && reading->before[m].scale == reading->after[m].scale &&
            reading->before[m].fit == reading->after[m].fit;
  }
  if (same) {
    reading_free (reading);
    return;
  }
  read_so (reading, reading->after);
  dub_history_commit (dub_session_get_history (self->session), _("Change how volumes are read"), NULL, undo_reading_cb,
                      redo_reading_cb, reading, reading_free);
}
