/* A recalibration as a JSON object, and back:
 *
 *   { "method": "temperature", "kind": "found", "split": "calibration", "n_cases", "n_classes", "n_patients"?, "counts": […],
 *     "description": "T = …", and of
 *       temperature  "temperature": { "value", "low", "high", "beta" }   null is infinite; the value is for people, beta is read
 *       vector       "weights": [C], "biases": [C]
 *       platt        "maps": [{ "kind", "n_positive", "slope", "bias" }]
 *       isotonic     "maps": [{ "kind", "n_positive", "x": […], "y": […] }]
 *       beta         "maps": [{ "kind", "n_positive", "a", "b", "c" }]   null where it is separable }
 *
 * The description is for people and is not read.
 */
#include "core/calibration/recalibration-private.h"

#include "core/io/json-member.h"

#include <math.h>
#include <string.h>

/* Cases, classes and points of one map. */
static const gint64 MOST = (gint64) 1 << 40;
static const guint MOST_CLASSES = 1u << 16;

/* Products of logits with numbers up to this stay finite, and so do sums of them. */
static const double LARGEST = 1e200;

static const char *const KINDS[] = { [DUB_FIT_FOUND] = "found", [DUB_FIT_CHANCE] = "chance", [DUB_FIT_SEPARABLE] = "separable", NULL };

/* --- writing --- */

static void
add_numbers (JsonBuilder  *builder,
             const char   *member,
             const double *values,
             size_t        n)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_array (builder);
  for (size_t k = 0; k < n; k++)
    json_builder_add_double_value (builder, values[k]);
  json_builder_end_array (builder);
}

static void
add_map (JsonBuilder            *builder,
         const DubRecalibration *self,
         size_t                  at)
{
  const DubPlatt *platt = g_ptr_array_index (self->maps, at);
  const DubIsotonic *isotonic = g_ptr_array_index (self->maps, at);
  const DubBeta *beta = g_ptr_array_index (self->maps, at);

  json_builder_begin_object (builder);
  dub_json_add_string (builder, "kind", KINDS[_dub_recalibration_map_kind (self, at)]);
  if (self->method == DUB_RECALIBRATE_PLATT) {
    dub_json_add_int (builder, "n_positive", (gint64) platt->n_positive);
    dub_json_add_number (builder, "slope", platt->slope);
    dub_json_add_number (builder, "bias", platt->bias);
  } else if (self->method == DUB_RECALIBRATE_ISOTONIC) {
    dub_json_add_int (builder, "n_positive", (gint64) isotonic->n_positive);
    add_numbers (builder, "x", isotonic->x, isotonic->n_points);
    add_numbers (builder, "y", isotonic->y, isotonic->n_points);
  } else {
    dub_json_add_int (builder, "n_positive", (gint64) beta->n_positive);
    dub_json_add_number (builder, "a", beta->a);
    dub_json_add_number (builder, "b", beta->b);
    dub_json_add_number (builder, "c", beta->c);
  }
  json_builder_end_object (builder);
}

void
dub_recalibration_build_json (const DubRecalibration *self,
                              JsonBuilder            *builder)
{
  g_autofree char *description = dub_recalibration_describe (self);

  json_builder_begin_object (builder);
  dub_json_add_string (builder, "method", dub_recalibrate_id (self->method));
  dub_json_add_string (builder, "kind", KINDS[self->kind]);
  dub_json_add_string (builder, "description", description);
  dub_json_add_string (builder, "split", self->split);
  dub_json_add_int (builder, "n_cases", (gint64) self->n_cases);
  dub_json_add_int (builder, "n_classes", (gint64) self->n_classes);
  if (self->n_patients > 0)
    dub_json_add_int (builder, "n_patients", (gint64) self->n_patients);
  json_builder_set_member_name (builder, "counts");
  json_builder_begin_array (builder);
  for (size_t c = 0; c < MAX (self->n_classes, 2); c++)
    json_builder_add_int_value (builder, (gint64) self->counts[c]);
  json_builder_end_array (builder);
  if (self->method == DUB_RECALIBRATE_TEMPERATURE) {
    json_builder_set_member_name (builder, "temperature");
    json_builder_begin_object (builder);
    dub_json_add_number (builder, "value", 1.0 / self->beta);
    dub_json_add_number (builder, "low", self->low);
    dub_json_add_number (builder, "high", self->high);
    dub_json_add_number (builder, "beta", self->beta);
    json_builder_end_object (builder);
  }
  if (self->vector != NULL) {
    add_numbers (builder, "weights", self->vector->weight, self->n_classes);
    add_numbers (builder, "biases", self->vector->bias, self->n_classes);
  }
  if (self->maps != NULL) {
    json_builder_set_member_name (builder, "maps");
    json_builder_begin_array (builder);
    for (size_t k = 0; k < _dub_recalibration_n_maps (self); k++)
      add_map (builder, self, k);
    json_builder_end_array (builder);
  }
  json_builder_end_object (builder);
}

char *
dub_recalibration_to_json (const DubRecalibration *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  dub_recalibration_build_json (self, builder);

  return dub_json_to_text (builder, FALSE, NULL);
}

/* --- reading --- */

/* A number of at least 0; null, where it may stand, is infinite. */
static gboolean
read_positive (JsonObject  *object,
               const char  *member,
               const char  *where,
               gboolean     infinite,
               double      *out,
               GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (infinite && node != NULL && JSON_NODE_HOLDS_NULL (node)) {
    *out = (double) INFINITY;
    return TRUE;
  }
  if (!dub_json_read_number (object, member, where, TRUE, out, error))
    return FALSE;

  return (*out >= 0.0 && *out <= LARGEST) || dub_json_refuse (error, where, member, "%g; expected a number from 0 to 1e200", *out);
}

static gboolean
read_finite (JsonObject  *object,
             const char  *member,
             const char  *where,
             double      *out,
             GError     **error)
{
  if (!dub_json_read_number (object, member, where, TRUE, out, error))
    return FALSE;

  return fabs (*out) <= LARGEST || dub_json_refuse (error, where, member, "%g; expected a number from -1e200 to 1e200", *out);
}

/* (transfer full) [*n], of a list of @n_wanted numbers, or of any but none where that is 0. */
static double *
read_numbers (JsonObject  *object,
              const char  *member,
              const char  *where,
              size_t       n_wanted,
              size_t      *n,
              GError     **error)
{
  JsonArray *list = dub_json_read_list (object, member, where, error);
  guint length = list != NULL ? json_array_get_length (list) : 0;

  if (list == NULL)
    return NULL;
  if (length == 0 || (n_wanted > 0 && length != n_wanted)) {
    if (n_wanted > 0)
      dub_json_refuse (error, where, member, "a list of %u; expected %zu numbers", length, n_wanted);
    else
      dub_json_refuse (error, where, member, "an empty list; expected numbers");
    return NULL;
  }

  g_autofree double *values = g_new (double, length);

  for (guint k = 0; k < length; k++) {
    JsonNode *node = json_array_get_element (list, k);
    GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

    values[k] = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : (double) NAN;
    if (!(fabs (values[k]) <= LARGEST)) {
      g_autofree char *name = g_strdup_printf ("%s[%u]", member, k);

      dub_json_refuse (error, where, name, "%s; expected a number from -1e200 to 1e200",
                       isnan (values[k]) ? dub_json_kind (node) : "out of range");
      return NULL;
    }
  }
  *n = length;

  return g_steal_pointer (&values);
}

static gboolean
read_temperature (DubRecalibration  *self,
                  JsonObject        *root,
                  const char        *where,
                  GError           **error)
{
  g_autofree char *inner = g_strconcat (where, "temperature.", NULL);
  JsonObject *object = dub_json_read_object (root, "temperature", where, TRUE, error);

  if (object == NULL || !read_positive (object, "beta", inner, TRUE, &self->beta, error) ||
      !read_positive (object, "low", inner, FALSE, &self->low, error) ||
      !read_positive (object, "high", inner, TRUE, &self->high, error))
    return FALSE;
  if ((self->kind == DUB_FIT_CHANCE) != (self->beta == 0.0) || (self->kind == DUB_FIT_SEPARABLE) != (isinf (self->beta) != 0))
    return dub_json_refuse (error, inner, "beta", "%g; a kind that is %s expects %s", self->beta, KINDS[self->kind],
                            self->kind == DUB_FIT_FOUND    ? "a number above 0"
                            : self->kind == DUB_FIT_CHANCE ? "0"
                                                           : "null");

  return (self->low <= 1.0 / self->beta && 1.0 / self->beta <= self->high) ||
         dub_json_refuse (error, inner, "beta", "%g; expected the inverse of a number from low, %g, to high, %g", self->beta,
                          self->low, self->high);
}

static gboolean
read_vector (DubRecalibration  *self,
             JsonObject        *root,
             const char        *where,
             GError           **error)
{
  size_t n;

  if (self->n_classes == 0)
    return dub_json_refuse (error, where, "n_classes", "0; vector scaling expects at least 2");
  self->vector = dub_vector_new (self->n_classes);
  self->vector->kind = self->kind;
  self->vector->n_cases = self->n_cases;
  g_clear_pointer (&self->vector->weight, g_free);
  g_clear_pointer (&self->vector->bias, g_free);
  self->vector->weight = read_numbers (root, "weights", where, self->n_classes, &n, error);
  if (self->vector->weight == NULL)
    return FALSE;
  self->vector->bias = read_numbers (root, "biases", where, self->n_classes, &n, error);

  return self->vector->bias != NULL;
}

static gboolean
read_platt (JsonObject  *object,
            const char  *where,
            DubPlatt    *map,
            GError     **error)
{
  return read_positive (object, "slope", where, FALSE, &map->slope, error) && read_finite (object, "bias", where, &map->bias, error);
}

static gboolean
read_beta (JsonObject  *object,
           const char  *where,
           DubBeta     *map,
           GError     **error)
{
  if (map->kind == DUB_FIT_SEPARABLE) {
    map->a = map->b = (double) INFINITY;
    map->c = (double) NAN;
    return TRUE;
  }

  return read_positive (object, "a", where, FALSE, &map->a, error) && read_positive (object, "b", where, FALSE, &map->b, error) &&
         read_finite (object, "c", where, &map->c, error);
}

static gboolean
read_isotonic (JsonObject   *object,
               const char   *where,
               DubIsotonic  *map,
               GError      **error)
{
  size_t n = 0;

  map->x = read_numbers (object, "x", where, 0, &map->n_points, error);
  map->y = map->x != NULL ? read_numbers (object, "y", where, map->n_points, &n, error) : NULL;
  if (map->y == NULL)
    return FALSE;
  for (size_t k = 0; k < n; k++) {
    g_autofree char *x = g_strdup_printf ("x[%zu]", k);
    g_autofree char *y = g_strdup_printf ("y[%zu]", k);

    if (k > 0 && !(map->x[k] > map->x[k - 1]))
      return dub_json_refuse (error, where, x, "%g; expected a number above the one before, %g", map->x[k], map->x[k - 1]);
    if (!(map->y[k] >= (k > 0 ? map->y[k - 1] : 0.0) && map->y[k] <= 1.0))
      return dub_json_refuse (error, where, y, "%g; expected a number from %g to 1", map->y[k], k > 0 ? map->y[k - 1] : 0.0);
  }

  return TRUE;
}

static gboolean
read_map (DubRecalibration  *self,
          JsonObject        *object,
          const char        *where,
          GError           **error)
{
  guint kind;
  gint64 n_positive;

  if (!dub_json_read_choice (object, "kind", where, KINDS, &kind, error) ||
      !dub_json_read_int (object, "n_positive", where, TRUE, 0, (gint64) self->n_cases, &n_positive, error))
    return FALSE;

  if (self->method == DUB_RECALIBRATE_PLATT) {
    DubPlatt *map = g_new0 (DubPlatt, 1);

    g_ptr_array_add (self->maps, map);
    *map = (DubPlatt) { .kind = (DubFitKind) kind, .n_cases = self->n_cases, .n_positive = (size_t) n_positive };
    return read_platt (object, where, map, error);
  }
  if (self->method == DUB_RECALIBRATE_ISOTONIC) {
    DubIsotonic *map = g_new0 (DubIsotonic, 1);

    g_ptr_array_add (self->maps, map);
    *map = (DubIsotonic) { .kind = (DubFitKind) kind, .n_cases = self->n_cases, .n_positive = (size_t) n_positive };
    return read_isotonic (object, where, map, error);
  }

  DubBeta *map = g_new0 (DubBeta, 1);

  g_ptr_array_add (self->maps, map);
  *map = (DubBeta) { .kind = (DubFitKind) kind, .n_cases = self->n_cases, .n_positive = (size_t) n_positive };

  return read_beta (object, where, map, error);
}

static gboolean
read_maps (DubRecalibration  *self,
           JsonObject        *root,
           const char        *where,
           GError           **error)
{
  JsonArray *list = dub_json_read_list (root, "maps", where, error);
  size_t n = _dub_recalibration_n_maps (self);

  if (list == NULL)
    return FALSE;
  if (json_array_get_length (list) != n)
    return dub_json_refuse (error, where, "maps", "a list of %u; expected %zu", json_array_get_length (list), n);
  for (size_t k = 0; k < n; k++) {
    JsonNode *node = json_array_get_element (list, (guint) k);
    g_autofree char *name = g_strdup_printf ("maps[%zu]", k);
    g_autofree char *inner = g_strconcat (where, name, ".", NULL);

    if (!JSON_NODE_HOLDS_OBJECT (node))
      return dub_json_refuse (error, where, name, "%s; expected an object", dub_json_kind (node));
    if (!read_map (self, json_node_get_object (node), inner, error))
      return FALSE;
  }
  if (_dub_recalibration_judge (self) != self->kind)
    return dub_json_refuse (error, where, "kind", "\"%s\"; the kinds of its maps make it \"%s\"", KINDS[self->kind],
                            KINDS[_dub_recalibration_judge (self)]);

  return TRUE;
}

static gboolean
read_counts (DubRecalibration  *self,
             JsonObject        *root,
             const char        *where,
             GError           **error)
{
  size_t n;
  g_autofree double *counts = read_numbers (root, "counts", where, MAX (self->n_classes, 2), &n, error);

  if (counts == NULL)
    return FALSE;
  for (size_t c = 0; c < n; c++) {
    if (!(counts[c] >= 0.0 && counts[c] <= (double) self->n_cases) || counts[c] != floor (counts[c])) {
      g_autofree char *name = g_strdup_printf ("counts[%zu]", c);

      return dub_json_refuse (error, where, name, "%g; expected a whole number of the %zu cases", counts[c], self->n_cases);
    }
    self->counts[c] = (size_t) counts[c];
  }

  return TRUE;
}

DubRecalibration *
dub_recalibration_read_json (JsonObject  *root,
                             const char  *where,
                             GError     **error)
{
  static const char *const methods[] = { "temperature", "vector", "platt", "isotonic", "beta", NULL };
  guint method, kind;
  gint64 n_cases, n_classes, n_patients = 0;

  if (!dub_json_read_choice (root, "method", where, methods, &method, error) ||
      !dub_json_read_choice (root, "kind", where, KINDS, &kind, error) ||
      !dub_json_read_int (root, "n_cases", where, TRUE, 1, MOST, &n_cases, error) ||
      !dub_json_read_int (root, "n_classes", where, TRUE, 0, MOST_CLASSES, &n_classes, error) ||
      !dub_json_read_int (root, "n_patients", where, FALSE, 0, n_cases, &n_patients, error))
    return NULL;
  if (n_classes == 1) {
    dub_json_refuse (error, where, "n_classes", "1; expected 0 (the top label alone) or at least 2");
    return NULL;
  }

  g_autoptr (DubRecalibration) self = _dub_recalibration_new ((DubRecalibrate) method, (size_t) n_classes);

  self->kind = (DubFitKind) kind;
  self->n_cases = (size_t) n_cases;
  self->n_patients = (size_t) n_patients;
  if (!dub_json_read_string (root, "split", where, TRUE, &self->split, error) || !read_counts (self, root, where, error) ||
      !(self->maps != NULL                            ? read_maps (self, root, where, error)
        : self->method == DUB_RECALIBRATE_TEMPERATURE ? read_temperature (self, root, where, error)
                                                      : read_vector (self, root, where, error)))
    return NULL;

  return g_steal_pointer (&self);
}

DubRecalibration *
dub_recalibration_from_json (const char  *json,
                             GError     **error)
{
  g_autoptr (JsonParser) parser = dub_json_parse (json, strlen (json), "recalibration", error);

  return parser != NULL ? dub_recalibration_read_json (dub_json_root (parser), "recalibration: ", error) : NULL;
}
