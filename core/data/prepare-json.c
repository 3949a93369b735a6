/* A preparation as JSON: in run.json, in study.json, and written by hand beside an imported network.
 *
 *   { "channels": 1, "size": [28, 28], "resize": "resample",
 *     "scaling": "mean-sd", "mean": [0.328], "sd": [0.206], "fitted_on": "train" }
 *
 * Two extents are an image, three a volume, which may have "spacing" and "axes" as well. Unknown members are
 * refused: a misspelt one would silently give other numbers to the network.
 */
#include "core/data/prepare.h"

#include <math.h>
#include <string.h>

static const gint64 LONGEST_AXIS = 65536;
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
  const char *where;
  GError    **error;
} Reader;

static const char *
kind_of (JsonNode *node)
{
  if (node == NULL)
    return "absent";
  if (JSON_NODE_HOLDS_OBJECT (node))
    return "an object";
  if (JSON_NODE_HOLDS_ARRAY (node))
    return "a list";
  if (JSON_NODE_HOLDS_NULL (node))
    return "null";

  GType type = json_node_get_value_type (node);

  return type == G_TYPE_STRING ? "a string" : type == G_TYPE_BOOLEAN ? "true or false" : "a number";
}

static gboolean G_GNUC_PRINTF (3, 4)
refuse (const Reader *reader,
        const char   *member,
        const char   *format,
        ...)
{
  g_autofree char *what = NULL;
  va_list list;

  va_start (list, format);
  what = g_strdup_vprintf (format, list);
  va_end (list);
  g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT, "%s%s%s is %s.", reader->where,
               *member != '\0' ? "." : "", member, what);

  return FALSE;
}

static gboolean
is_number (JsonNode *node)
{
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE) && isfinite (json_node_get_double (node));
}

/* @smallest to @largest, both allowed. @count numbers. Absent members leave @out as it is, unless @required. */
static gboolean
read_numbers (const Reader *reader,
              const char   *member,
              gboolean      required,
              guint         count,
              double        smallest,
              double        largest,
              double       *out)
{
  JsonNode *node = json_object_get_member (reader->object, member);
  JsonArray *list = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (node == NULL && !required)
    return TRUE;
  if (list == NULL)
    return refuse (reader, member, "%s; expected a list of %u numbers", kind_of (node), count);
  if (json_array_get_length (list) != count)
    return refuse (reader, member, "a list of %u; expected %u numbers", json_array_get_length (list), count);
  for (guint i = 0; i < count; i++) {
    JsonNode *element = json_array_get_element (list, i);
    g_autofree char *name = g_strdup_printf ("%s[%u]", member, i);

    if (!is_number (element))
      return refuse (reader, name, "%s; expected a finite number", kind_of (element));
    out[i] = json_node_get_double (element);
    if (!(out[i] >= smallest && out[i] <= largest))
      return refuse (reader, name, "%g; expected %g to %g", out[i], smallest, largest);
  }

  return TRUE;
}

static gboolean
read_choice (const Reader      *reader,
             const char        *member,
             gboolean           required,
             const char *const *choices,
             guint             *out)
{
  JsonNode *node = json_object_get_member (reader->object, member);
  g_autofree char *all = g_strjoinv (", ", (char **) choices);

  if (node == NULL && !required)
    return TRUE;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (reader, member, "%s; expected one of %s", kind_of (node), all);
  for (guint i = 0; choices[i] != NULL; i++)
    if (strcmp (choices[i], json_node_get_string (node)) == 0) {
      *out = i;
      return TRUE;
    }

  return refuse (reader, member, "\"%s\"; expected one of %s", json_node_get_string (node), all);
}

static gboolean
read_shape (const Reader *reader,
            DubPrepare   *self)
{
  JsonNode *channels = json_object_get_member (reader->object, "channels");
  JsonNode *size = json_object_get_member (reader->object, "size");
  JsonArray *list = size != NULL && JSON_NODE_HOLDS_ARRAY (size) ? json_node_get_array (size) : NULL;
  double n_values;

  if (!is_number (channels))
    return refuse (reader, "channels", "%s; expected 1 or 3", kind_of (channels));
  if (json_node_get_double (channels) != 1.0 && json_node_get_double (channels) != 3.0)
    return refuse (reader, "channels", "%g; expected 1 or 3", json_node_get_double (channels));
  self->channels = (int) json_node_get_int (channels);
  n_values = self->channels;

  if (list == NULL)
    return refuse (reader, "size", "%s; expected a list of two or three extents", kind_of (size));
  if (json_array_get_length (list) != 2 && json_array_get_length (list) != 3)
    return refuse (reader, "size", "a list of %u; expected two or three extents", json_array_get_length (list));
  self->n_axes = (int) json_array_get_length (list);
  for (int a = 0; a < self->n_axes; a++) {
    JsonNode *extent = json_array_get_element (list, (guint) a);
    g_autofree char *name = g_strdup_printf ("size[%d]", a);

    if (!is_number (extent) || json_node_get_value_type (extent) != G_TYPE_INT64)
      return refuse (reader, name, "%s; expected a whole number",
                     is_number (extent) ? "not whole" : kind_of (extent));
    self->size[a] = json_node_get_int (extent);
    if (self->size[a] < 1 || self->size[a] > LONGEST_AXIS)
      return refuse (reader, name, "%" G_GINT64_FORMAT "; expected 1 to %" G_GINT64_FORMAT, self->size[a],
                     LONGEST_AXIS);
    n_values *= (double) self->size[a];
  }
  if (n_values > LARGEST_CASE)
    return refuse (reader, "size", "%.0f numbers a case; expected at most %.0f", n_values, LARGEST_CASE);

  return TRUE;
}

static gboolean
read_space (const Reader *reader,
            DubPrepare   *self)
{
  JsonNode *spacing = json_object_get_member (reader->object, "spacing");
  guint axes = 0;

  if (self->n_axes == 2) {
    if (spacing != NULL || json_object_has_member (reader->object, "axes"))
      return refuse (reader, spacing != NULL ? "spacing" : "axes", "given for an image; expected it for volumes only");
    return TRUE;
  }
  if (spacing != NULL && !is_number (spacing))
    return refuse (reader, "spacing", "%s; expected millimetres, or 0", kind_of (spacing));
  if (spacing != NULL) {
    self->spacing = json_node_get_double (spacing);
    if (self->spacing < 0.0 || self->spacing > 1e6)
      return refuse (reader, "spacing", "%g; expected 0 to 1000000 mm", self->spacing);
  }
  if (!read_choice (reader, "axes", FALSE, AXES, &axes))
    return FALSE;
  self->kji = axes == 1;

  return TRUE;
}

static gboolean
read_scaling (const Reader *reader,
              DubPrepare   *self)
{
  JsonNode *fitted = json_object_get_member (reader->object, "fitted_on");
  guint scaling = 0;

  if (!read_choice (reader, "scaling", TRUE, SCALINGS, &scaling))
    return FALSE;
  self->scaling = (DubScaling) scaling;
  if (self->scaling == DUB_SCALING_MEAN_SD &&
      (!read_numbers (reader, "mean", TRUE, (guint) self->channels, -1e12, 1e12, self->mean) ||
       !read_numbers (reader, "sd", TRUE, (guint) self->channels, 1e-12, 1e12, self->sd)))
    return FALSE;
  if (!read_numbers (reader, "percentile", FALSE, 2, 0.0, 100.0, self->percentile))
    return FALSE;
  if (!(self->percentile[0] < self->percentile[1]))
    return refuse (reader, "percentile", "%g to %g; expected a rising pair", self->percentile[0], self->percentile[1]);
  if (fitted != NULL) {
    if (!JSON_NODE_HOLDS_VALUE (fitted) || json_node_get_value_type (fitted) != G_TYPE_STRING)
      return refuse (reader, "fitted_on", "%s; expected the name of a part", kind_of (fitted));
    if (strlen (json_node_get_string (fitted)) >= sizeof self->fitted_on)
      return refuse (reader, "fitted_on", "\"%s\"; expected the name of a part", json_node_get_string (fitted));
    g_strlcpy (self->fitted_on, json_node_get_string (fitted), sizeof self->fitted_on);
  }

  return TRUE;
}

gboolean
dub_prepare_from_json (DubPrepare  *self,
                       JsonNode    *node,
                       const char  *where,
                       GError     **error)
{
  Reader reader = { NULL, where, error };
  DubPrepare read = { .size = { 1, 1, 1 }, .sd = { 1.0, 1.0, 1.0 }, .percentile = { 1.0, 99.0 } };
  JsonObjectIter iter;
  const char *member;
  guint resize = DUB_RESIZE_REFUSE;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return refuse (&reader, "", "%s; expected an object", kind_of (node));
  reader.object = json_node_get_object (node);
  json_object_iter_init (&iter, reader.object);
  while (json_object_iter_next (&iter, &member, NULL))
    if (!g_strv_contains (MEMBERS, member)) {
      g_autofree char *all = g_strjoinv (", ", (char **) MEMBERS);

      return refuse (&reader, member, "unknown; expected one of %s", all);
    }
  if (!read_shape (&reader, &read) || !read_choice (&reader, "resize", FALSE, RESIZES, &resize) ||
      !read_space (&reader, &read) || !read_scaling (&reader, &read))
    return FALSE;
  read.resize = (DubResize) resize;
  *self = read;

  return TRUE;
}
