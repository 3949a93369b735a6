/* A preparation as JSON: in run.json, in study.json, and written by hand beside an imported network.
 *
 *   { "channels": 1, "size": [28, 28], "resize": "resample",
 *     "scaling": "mean-sd", "mean": [0.328], "sd": [0.206], "fitted_on": "train" }
 *
 * Two extents are an image, three a volume, which may have "spacing" and "axes" as well. Unknown members are
 * refused: a misspelt one would silently give other numbers to the network.
 */
#include "core/data/prepare.h"

#include "core/io/json-member.h"

#include <math.h>

static const double LONGEST_AXIS = 65536.0;
static const double LARGEST_SPACING = 1e6; /* mm */
static const double LARGEST_CASE = 0x1p30; /* numbers */

static const char *const SCALINGS[] = {
  [DUB_SCALING_NONE] = "none",     [DUB_SCALING_UNIT] = "unit",     [DUB_SCALING_MEAN_SD] = "mean-sd",
  [DUB_SCALING_MINMAX] = "minmax", [DUB_SCALING_ZSCORE] = "zscore", [DUB_SCALING_PERCENTILE] = "percentile", NULL,
};
static const char *const RESIZES[] = {
  [DUB_RESIZE_REFUSE] = "refuse", [DUB_RESIZE_CROP_PAD] = "crop-pad", [DUB_RESIZE_RESAMPLE] = "resample", NULL,
};
static const char *const AXES[] = { "ijk", "kji", NULL };
static const char *const MEMBERS[] = { "channels", "size",       "resize",    "spacing", "axes", "scaling", "mean",
                                       "sd",       "percentile", "fitted_on", NULL };

/* --- writing --- */

static void
write_numbers (JsonObject   *object,
               const char   *member,
               const double *numbers,
               int           n)
{
  JsonArray *list = json_array_new ();

  for (int i = 0; i < n; i++)
    json_array_add_double_element (list, numbers[i]);
  json_object_set_array_member (object, member, list);
}

JsonNode *
dub_prepare_to_json (const DubPrepare *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *size = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_int_member (object, "channels", self->channels);
  for (int a = 0; a < self->n_axes; a++)
    json_array_add_int_element (size, self->size[a]);
  json_object_set_array_member (object, "size", size);
  json_object_set_string_member (object, "resize", RESIZES[self->resize]);
  if (self->n_axes == 3) {
    json_object_set_double_member (object, "spacing", self->spacing);
    json_object_set_string_member (object, "axes", AXES[self->kji ? 1 : 0]);
  }
  json_object_set_string_member (object, "scaling", SCALINGS[self->scaling]);
  if (self->scaling == DUB_SCALING_MEAN_SD) {
    write_numbers (object, "mean", self->mean, self->channels);
    write_numbers (object, "sd", self->sd, self->channels);
    json_object_set_string_member (object, "fitted_on", self->fitted_on);
  }
  if (self->scaling == DUB_SCALING_PERCENTILE)
    write_numbers (object, "percentile", self->percentile, 2);
  json_node_take_object (node, object);

  return node;
}

/* --- reading --- */

typedef struct {
  JsonObject *object;
  const char *where;  /* "study.json: models[2].prepare." */
  GError    **error;
} Reader;

static gboolean
is_number (JsonNode *node)
{
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE) && isfinite (json_node_get_double (node));
}

/* @count numbers from @smallest to @largest. Absent members leave @out as it is, unless @required. */
static gboolean
read_numbers (const Reader *reader,
              const char   *member,
              gboolean      required,
              guint         count,
              double        smallest,
              double        largest,
              double       *out)
{
  JsonArray *list;

  if (!required && !json_object_has_member (reader->object, member))
    return TRUE;
  list = dub_json_read_list (reader->object, member, reader->where, reader->error);
  if (list == NULL)
    return FALSE;
  if (json_array_get_length (list) != count)
    return dub_json_refuse (reader->error, reader->where, member, "a list of %u; expected %u number%s",
                            json_array_get_length (list), count, count == 1 ? "" : "s");
  for (guint i = 0; i < count; i++) {
    JsonNode *element = json_array_get_element (list, i);
    g_autofree char *name = g_strdup_printf ("%s[%u]", member, i);

    if (!is_number (element))
      return dub_json_refuse (reader->error, reader->where, name, "%s; expected a finite number",
                              dub_json_kind (element));
    out[i] = json_node_get_double (element);
    if (!(out[i] >= smallest && out[i] <= largest))
      return dub_json_refuse (reader->error, reader->where, name, "%g; expected %g to %g", out[i], smallest, largest);
  }

  return TRUE;
}

static gboolean
read_shape (const Reader *reader,
            DubPrepare   *self)
{
  double extents[3] = { 1.0, 1.0, 1.0 };
  gint64 channels = 0;
  JsonArray *list;

  if (!dub_json_read_int (reader->object, "channels", reader->where, TRUE, 1, 3, &channels, reader->error))
    return FALSE;
  if (channels == 2)
    return dub_json_refuse (reader->error, reader->where, "channels", "2; expected 1 or 3");
  self->channels = (int) channels;

  list = dub_json_read_list (reader->object, "size", reader->where, reader->error);
  if (list == NULL)
    return FALSE;
  self->n_axes = (int) MIN (json_array_get_length (list), 4);
  if (self->n_axes != 2 && self->n_axes != 3)
    return dub_json_refuse (reader->error, reader->where, "size", "a list of %u; expected two or three extents",
                            json_array_get_length (list));
  if (!read_numbers (reader, "size", TRUE, (guint) self->n_axes, 1.0, LONGEST_AXIS, extents))
    return FALSE;
  for (int a = 0; a < self->n_axes; a++) {
    if (extents[a] != floor (extents[a])) {
      g_autofree char *name = g_strdup_printf ("size[%d]", a);

      return dub_json_refuse (reader->error, reader->where, name, "%g; expected a whole number", extents[a]);
    }
    self->size[a] = (int64_t) extents[a];
  }
  if ((double) channels * extents[0] * extents[1] * extents[2] > LARGEST_CASE)
    return dub_json_refuse (reader->error, reader->where, "size", "%.0f numbers a case; expected at most %.0f",
                            (double) channels * extents[0] * extents[1] * extents[2], LARGEST_CASE);

  return TRUE;
}

static gboolean
read_choice (const Reader      *reader,
             const char        *member,
             gboolean           required,
             const char *const *choices,
             guint             *out)
{
  return (!required && !json_object_has_member (reader->object, member)) ||
         dub_json_read_choice (reader->object, member, reader->where, choices, out, reader->error);
}

static gboolean
read_space (const Reader *reader,
            DubPrepare   *self)
{
  static const char *const OF_VOLUMES[] = { "spacing", "axes" };
  guint axes = 0;

  for (guint i = 0; self->n_axes == 2 && i < G_N_ELEMENTS (OF_VOLUMES); i++)
    if (json_object_has_member (reader->object, OF_VOLUMES[i]))
      return dub_json_refuse (reader->error, reader->where, OF_VOLUMES[i],
                              "given for an image; expected it for volumes only");
  if (!dub_json_read_number (reader->object, "spacing", reader->where, FALSE, &self->spacing, reader->error))
    return FALSE;
  if (!(self->spacing >= 0.0 && self->spacing <= LARGEST_SPACING))
    return dub_json_refuse (reader->error, reader->where, "spacing", "%g; expected 0 to %g mm", self->spacing,
                            LARGEST_SPACING);
  if (!read_choice (reader, "axes", FALSE, AXES, &axes))
    return FALSE;
  self->kji = axes == 1;

  return TRUE;
}

static gboolean
read_scaling (const Reader *reader,
              DubPrepare   *self)
{
  g_autofree char *fitted = NULL;
  guint scaling = 0;

  if (!read_choice (reader, "scaling", TRUE, SCALINGS, &scaling))
    return FALSE;
  self->scaling = (DubScaling) scaling;
  if (self->scaling == DUB_SCALING_MEAN_SD &&
      (!read_numbers (reader, "mean", TRUE, (guint) self->channels, -1e12, 1e12, self->mean) ||
       !read_numbers (reader, "sd", TRUE, (guint) self->channels, 1e-12, 1e12, self->sd)))
    return FALSE;
  if (!read_numbers (reader, "percentile", FALSE, 2, 0.0, 100.0, self->percentile) ||
      !dub_json_read_string (reader->object, "fitted_on", reader->where, FALSE, &fitted, reader->error))
    return FALSE;
  if (!(self->percentile[0] < self->percentile[1]))
    return dub_json_refuse (reader->error, reader->where, "percentile", "%g to %g; expected a rising pair",
                            self->percentile[0], self->percentile[1]);
  if (fitted != NULL && g_strlcpy (self->fitted_on, fitted, sizeof self->fitted_on) >= sizeof self->fitted_on)
    return dub_json_refuse (reader->error, reader->where, "fitted_on", "\"%s\"; expected the name of a part", fitted);

  return TRUE;
}

gboolean
dub_prepare_from_json (DubPrepare  *self,
                       JsonNode    *node,
                       const char  *where,
                       GError     **error)
{
  g_autofree char *prefix = g_strconcat (where, ".", NULL);
  Reader reader = { NULL, prefix, error };
  DubPrepare read = { .size = { 1, 1, 1 }, .sd = { 1.0, 1.0, 1.0 }, .percentile = { 1.0, 99.0 } };
  JsonObjectIter iter;
  const char *member;
  guint resize = DUB_RESIZE_REFUSE;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return dub_json_refuse (error, where, "", "%s; expected an object", dub_json_kind (node));
  reader.object = json_node_get_object (node);
  json_object_iter_init (&iter, reader.object);
  while (json_object_iter_next (&iter, &member, NULL))
    if (!g_strv_contains (MEMBERS, member)) {
      g_autofree char *all = g_strjoinv (", ", (char **) MEMBERS);

      return dub_json_refuse (error, prefix, member, "unknown; expected one of %s", all);
    }
  if (!read_shape (&reader, &read) || !read_choice (&reader, "resize", FALSE, RESIZES, &resize) ||
      !read_space (&reader, &read) || !read_scaling (&reader, &read))
    return FALSE;
  read.resize = (DubResize) resize;
  *self = read;

  return TRUE;
}
