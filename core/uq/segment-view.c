#include "core/uq/segment-view.h"

#include <string.h>

enum { SHIFT = 4 };

static DubSegmentView
plain (const char *name)
{
  DubSegmentView view = { .axis = { 0, 1, 2 }, .sign = { 1, 1, 1 }, .gain = 1.0 };

  g_strlcpy (view.name, name, sizeof view.name);

  return view;
}

static void
add_flip (GArray        *views,
          const int64_t  extent[3],
          int            axis)
{
  DubSegmentView view = plain ("");

  g_snprintf (view.name, sizeof view.name, "flip %d", axis);
  view.sign[axis] = -1;
  view.offset[axis] = extent[axis] - 1;
  g_array_append_val (views, view);
}

/* By @quarters of a turn in the last two axes, from the second to the third. */
static void
add_turn (GArray        *views,
          const int64_t  extent[3],
          int            quarters)
{
  DubSegmentView view = plain ("");
  int64_t last = extent[1] - 1;

  g_snprintf (view.name, sizeof view.name, "turn %d", 90 * quarters);
  if (quarters == 2) {
    view.sign[1] = view.sign[2] = -1;
    view.offset[1] = view.offset[2] = last;
  } else {
    view.axis[1] = 2;
    view.axis[2] = 1;
    view.sign[quarters == 1 ? 1 : 2] = -1;
    view.offset[quarters == 1 ? 1 : 2] = last;
  }
  g_array_append_val (views, view);
}

static void
add_shift (GArray *views,
           int     axis,
           int     by)
{
  DubSegmentView view = plain ("");

  g_snprintf (view.name, sizeof view.name, "shift %d %+d", axis, by);
  view.offset[axis] = by;
  g_array_append_val (views, view);
}

static void
add_gain (GArray *views,
          double  gain)
{
  DubSegmentView view = plain (gain < 1.0 ? "gain 0.9" : "gain 1.1");

  view.gain = gain;
  g_array_append_val (views, view);
}

static gboolean
add_views (GArray         *views,
           const char     *word,
           const int64_t   extent[3],
           GError        **error)
{
  int first = extent[0] > 1 ? 0 : 1;

  if (g_str_equal (word, "flip")) {
    for (int a = first; a < 3; a++)
      add_flip (views, extent, a);
  } else if (g_str_has_prefix (word, "flip-") && strlen (word) == 6 && word[5] >= '0' + first && word[5] <= '2') {
    add_flip (views, extent, word[5] - '0');
  } else if (g_str_equal (word, "turn")) {
    if (extent[1] != extent[2]) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "A quarter turn needs two equal extents; they are %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT ".", extent[1],
                   extent[2]);
      return FALSE;
    }
    for (int quarters = 1; quarters < 4; quarters++)
      add_turn (views, extent, quarters);
  } else if (g_str_equal (word, "shift")) {
    for (int a = first; a < 3; a++)
      for (int by = -SHIFT; by <= SHIFT; by += 2 * SHIFT)
        add_shift (views, a, by);
  } else if (g_str_equal (word, "intensity")) {
    add_gain (views, 0.9);
    add_gain (views, 1.1);
  } else {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The view is \"%s\"; expected flip, %sflip-1, flip-2, turn, shift or intensity.", word, first == 0 ? "flip-0, " : "");
    return FALSE;
  }

  return TRUE;
}

GArray *
dub_segment_views_parse (const char     *list,
                         const int64_t   extent[3],
                         GError        **error)
{
  g_autoptr (GArray) views = g_array_new (FALSE, TRUE, sizeof (DubSegmentView));
  g_auto (GStrv) words = g_strsplit (list != NULL && !g_str_equal (list, "none") ? list : "", ",", -1);
  DubSegmentView itself = plain ("as it is");

  g_array_append_val (views, itself);
  for (size_t i = 0; words[i] != NULL; i++)
    if (!add_views (views, g_strstrip (words[i]), extent, error))
      return NULL;

  return g_steal_pointer (&views);
}

void
dub_segment_view_apply (const DubSegmentView *self,
                        const int64_t         extent[3],
                        const float          *from,
                        float                 low,
                        float                *to)
{
  float gain = (float) self->gain;
  int64_t w[3], u[3];

  for (w[0] = 0; w[0] < extent[0]; w[0]++)
    for (w[1] = 0; w[1] < extent[1]; w[1]++)
      for (w[2] = 0; w[2] < extent[2]; w[2]++) {
        for (int a = 0; a < 3; a++) {
          int64_t at = self->sign[a] * (w[a] - self->offset[a]);

          u[self->axis[a]] = CLAMP (at, 0, extent[self->axis[a]] - 1);
        }

        float value = from[(u[0] * extent[1] + u[1]) * extent[2] + u[2]];

        *to++ = self->gain == 1.0 ? value : low + gain * (value - low);
      }
}
