#include "core/study/segment-numbers.h"

#include "core/io/file.h"
#include "core/io/json-member.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Of the key: raised when the same inputs would give other numbers. */
static const char FORM[] = "dubito-segment-1";

/* A file of at most this size is read; 256 classes and 255 answers are far below. */
static const guint64 MOST_BYTES = (guint64) 16 << 20;

enum { MOST_CLASSES = 256, MOST_ANSWERS = 255 };

DubSegmentNumbers *
dub_segment_numbers_new (const DubSegmentCase  *result,
                         DubRun                *run,
                         GError               **error)
{
  const DubSegmentation *s = result->segmentation;
  g_autoptr (DubSegmentNumbers) self = g_new0 (DubSegmentNumbers, 1);
  size_t n_answers = s->n_models * s->n_views;

  self->n_classes = s->n_classes;
  self->n_models = s->n_models;
  self->n_views = s->n_views;
  self->ml = g_memdup2 (result->ml, sizeof (double) * s->n_classes);
  self->view_ml = g_new (double, n_answers * s->n_classes);
  for (size_t i = 0; i < n_answers * s->n_classes; i++)
    self->view_ml[i] = result->voxel_ml * (double) s->view_count[i];
  for (guint k = 0; k < DUB_N_SEGMENT_SCORES; k++) {
    DubSegmentScoreNumbers *numbers = &self->score[k];
    g_autofree DubSegmentPlace *places = NULL;

    if (result->map[k] == NULL)
      continue;

    g_autoptr (DubSegmentSummary) summary =
      dub_segment_case_summary (result, (DubSegmentScore) k, DUB_SEGMENT_THRESHOLD, DUB_SEGMENT_PATCH, DUB_SEGMENT_PLACES,
                                &places, run, error);

    if (summary == NULL)
      return NULL;
    self->scores |= 1u << k;
    numbers->mean = summary->mean;
    numbers->mean_foreground = summary->mean_foreground;
    numbers->share_above = summary->share_above;
    numbers->n_places = (guint) summary->n_patches;
    memcpy (numbers->places, places, sizeof (DubSegmentPlace) * summary->n_patches);
  }

  return g_steal_pointer (&self);
}

DubSegmentNumbers *
dub_segment_numbers_copy (const DubSegmentNumbers *self)
{
  DubSegmentNumbers *copy = g_memdup2 (self, sizeof *self);

  copy->ml = g_memdup2 (self->ml, sizeof (double) * self->n_classes);
  copy->view_ml = g_memdup2 (self->view_ml, sizeof (double) * self->n_classes * self->n_models * self->n_views);

  return copy;
}

void
dub_segment_numbers_free (DubSegmentNumbers *self)
{
  if (self == NULL)
    return;
  g_free (self->ml);
  g_free (self->view_ml);
  g_free (self);
}

void
dub_segment_numbers_range (const DubSegmentNumbers *self,
                           size_t                   c,
                           double                  *low,
                           double                  *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t a = 0; a < self->n_models * self->n_views; a++) {
    *low = MIN (*low, self->view_ml[a * self->n_classes + c]);
    *high = MAX (*high, self->view_ml[a * self->n_classes + c]);
  }
}

char *
dub_segment_numbers_key (const char           *volume,
                         const char *const    *models,
                         const DubPreprocess  *preprocess,
                         size_t                n_models,
                         const char           *views,
                         GError              **error)
{
  /* Which score a note names does not matter: all of them are made together. */
  g_autofree char *note = dub_segment_case_note (DUB_SEGMENT_MSR, views, volume, models, preprocess, n_models, error);

  if (note == NULL)
    return NULL;

  g_autofree char *text = g_strdup_printf ("%s\npatch %d threshold %g places %d\n%s", FORM, DUB_SEGMENT_PATCH,
                                           DUB_SEGMENT_THRESHOLD, DUB_SEGMENT_PLACES, note);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static char *
file_of (const char *folder,
         const char *key)
{
  g_autofree char *name = g_strdup_printf ("%s.json", key);

  return g_build_filename (folder, "results", "segment", name, NULL);
}

static void
add_numbers (JsonBuilder  *builder,
             const char   *member,
             const double *values,
             size_t        n)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_array (builder);
  for (size_t i = 0; i < n; i++)
    json_builder_add_double_value (builder, values[i]);
  json_builder_end_array (builder);
}

gboolean
dub_segment_numbers_save (const DubSegmentNumbers  *self,
                          const char               *folder,
                          const char               *key,
                          GError                  **error)
{
  g_autofree char *file = file_of (folder, key), *directory = g_path_get_dirname (file);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (g_mkdir_with_parents (directory, 0777) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s: %s.", directory, g_strerror (errno));
    return FALSE;
  }
  json_builder_begin_object (builder);
  dub_json_add_string (builder, "form", FORM);
  dub_json_add_int (builder, "classes", (gint64) self->n_classes);
  dub_json_add_int (builder, "models", (gint64) self->n_models);
  dub_json_add_int (builder, "views", (gint64) self->n_views);
  add_numbers (builder, "ml", self->ml, self->n_classes);
  add_numbers (builder, "view_ml", self->view_ml, self->n_classes * self->n_models * self->n_views);
  for (guint k = 0; k < DUB_N_SEGMENT_SCORES; k++) {
    const DubSegmentScoreNumbers *numbers = &self->score[k];

    if (!(self->scores & 1u << k))
      continue;
    json_builder_set_member_name (builder, dub_segment_score_name ((DubSegmentScore) k));
    json_builder_begin_object (builder);
    dub_json_add_number (builder, "mean", numbers->mean);
    dub_json_add_number (builder, "mean_foreground", numbers->mean_foreground);
    dub_json_add_number (builder, "share_above", numbers->share_above);
    json_builder_set_member_name (builder, "places");
    json_builder_begin_array (builder);
    for (guint p = 0; p < numbers->n_places; p++) {
      const DubSegmentPlace *place = &numbers->places[p];
      const double voxel[3] = { (double) place->voxel[0], (double) place->voxel[1], (double) place->voxel[2] };

      json_builder_begin_object (builder);
      add_numbers (builder, "voxel", voxel, 3);
      add_numbers (builder, "mm", place->world, 3);
      dub_json_add_number (builder, "mean", place->mean);
      json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);

  return dub_json_save (builder, file, error);
}

/* --- reading --- */

static gboolean
read_array (JsonObject *object,
            const char *member,
            double     *out,
            size_t      n)
{
  JsonArray *list = dub_json_read_list (object, member, "", NULL);

  if (list == NULL || json_array_get_length (list) != n)
    return FALSE;
  for (size_t i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (list, (guint) i);

    if (!JSON_NODE_HOLDS_VALUE (node) ||
        (json_node_get_value_type (node) != G_TYPE_DOUBLE && json_node_get_value_type (node) != G_TYPE_INT64))
      return FALSE;
    out[i] = json_node_get_double (node);
    if (!isfinite (out[i]))
      return FALSE;
  }

  return TRUE;
}

/* A number, or null for one that is not finite. */
static gboolean
read_number (JsonObject *object,
             const char *member,
             double     *out)
{
  JsonNode *node = json_object_get_member (object, member);

  *out = (double) NAN;
  if (node != NULL && JSON_NODE_HOLDS_NULL (node))
    return TRUE;

  return dub_json_read_number (object, member, "", TRUE, out, NULL);
}

static gboolean
read_places (JsonObject             *object,
             DubSegmentScoreNumbers *out)
{
  JsonArray *list = dub_json_read_list (object, "places", "", NULL);

  if (list == NULL || json_array_get_length (list) > DUB_SEGMENT_PLACES)
    return FALSE;
  out->n_places = json_array_get_length (list);
  for (guint p = 0; p < out->n_places; p++) {
    JsonNode *node = json_array_get_element (list, p);
    DubSegmentPlace *place = &out->places[p];
    double voxel[3];

    if (!JSON_NODE_HOLDS_OBJECT (node) || !read_array (json_node_get_object (node), "voxel", voxel, 3) ||
        !read_array (json_node_get_object (node), "mm", place->world, 3) ||
        !read_number (json_node_get_object (node), "mean", &place->mean))
      return FALSE;
    for (int a = 0; a < 3; a++) {
      if (!(voxel[a] >= 0.0 && voxel[a] < 65536.0))
        return FALSE;
      place->voxel[a] = (int64_t) voxel[a];
    }
  }

  return TRUE;
}

static gboolean
read_size (JsonObject *object,
           const char *member,
           gint64      most,
           size_t     *out)
{
  gint64 value;

  if (!dub_json_read_int (object, member, "", TRUE, 1, most, &value, NULL))
    return FALSE;
  *out = (size_t) value;

  return TRUE;
}

static DubSegmentNumbers *
read_numbers (JsonObject *root)
{
  g_autoptr (DubSegmentNumbers) self = g_new0 (DubSegmentNumbers, 1);
  g_autofree char *form = NULL;

  if (!dub_json_read_string (root, "form", "", TRUE, &form, NULL) || !g_str_equal (form, FORM) ||
      !read_size (root, "classes", MOST_CLASSES, &self->n_classes) || !read_size (root, "models", MOST_ANSWERS, &self->n_models) ||
      !read_size (root, "views", MOST_ANSWERS, &self->n_views) || self->n_models * self->n_views > MOST_ANSWERS)
    return NULL;
  self->ml = g_new0 (double, self->n_classes);
  self->view_ml = g_new0 (double, self->n_classes * self->n_models * self->n_views);
  if (!read_array (root, "ml", self->ml, self->n_classes) ||
      !read_array (root, "view_ml", self->view_ml, self->n_classes * self->n_models * self->n_views))
    return NULL;
  for (guint k = 0; k < DUB_N_SEGMENT_SCORES; k++) {
    JsonObject *object = dub_json_read_object (root, dub_segment_score_name ((DubSegmentScore) k), "", FALSE, NULL);
    DubSegmentScoreNumbers *numbers = &self->score[k];

    if (object == NULL)
      continue;
    if (!read_number (object, "mean", &numbers->mean) || !read_number (object, "mean_foreground", &numbers->mean_foreground) ||
        !read_number (object, "share_above", &numbers->share_above) || !read_places (object, numbers))
      return NULL;
    self->scores |= 1u << k;
  }

  return self->scores != 0 ? g_steal_pointer (&self) : NULL;
}

DubSegmentNumbers *
dub_segment_numbers_parse (const char *text,
                           size_t      n)
{
  g_autoptr (JsonParser) parser = dub_json_parse (text, n, "numbers", NULL);

  return parser != NULL ? read_numbers (dub_json_root (parser)) : NULL;
}

DubSegmentNumbers *
dub_segment_numbers_load (const char *folder,
                          const char *key)
{
  g_autofree char *file = file_of (folder, key);
  g_autoptr (JsonParser) parser = g_file_test (file, G_FILE_TEST_EXISTS) ? dub_json_load (file, MOST_BYTES, NULL) : NULL;

  return parser != NULL ? read_numbers (dub_json_root (parser)) : NULL;
}
