#include "core/train/run-record.h"

#include "core/io/file.h"
#include "core/io/json-member.h"
#include "dub-config.h"

#include <string.h>

static const guint64 LARGEST_FILE = (guint64) 1 << 20;
static const gint64 FORMAT_VERSION = 1;
static const gint64 LARGEST_COUNT = G_GINT64_CONSTANT (1) << 53;

DubRunRecord *
dub_run_record_new (void)
{
  DubRunRecord *self = g_new0 (DubRunRecord, 1);

  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->version = g_strdup (DUB_VERSION);

  return self;
}

void
dub_run_record_free (DubRunRecord *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->family);
  g_clear_pointer (&self->recipe, dub_recipe_free);
  g_ptr_array_unref (self->classes);
  g_free (self->architecture);
  g_free (self->backbone_hash);
  g_free (self->data_kind);
  g_free (self->data_name);
  g_free (self->data_hash);
  g_free (self->split_hash);
  g_free (self->version);
  g_free (self->failure);
  g_free (self);
}

/* --- reading --- */

static gboolean
read_head (DubRunRecord  *self,
           JsonObject    *root,
           const char    *where,
           GError       **error)
{
  g_autofree char *format = NULL;
  gint64 version, fold, parameters, best = 0;

  if (!dub_json_read_string (root, "format", where, TRUE, &format, error))
    return FALSE;
  if (strcmp (format, "dubito-run") != 0)
    return dub_json_refuse (error, where, "format", "\"%s\"; expected \"dubito-run\"", format);
  if (!dub_json_read_int (root, "format_version", where, TRUE, 1, G_MAXINT, &version, error))
    return FALSE;
  if (version > FORMAT_VERSION) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%sformat_version is %" G_GINT64_FORMAT ", written by a newer program; this one reads up to %"
                 G_GINT64_FORMAT ".", where, version, FORMAT_VERSION);
    return FALSE;
  }
  if (!dub_json_read_string (root, "version", where, TRUE, &self->version, error) ||
      !dub_json_read_string (root, "id", where, TRUE, &self->id, error) ||
      !dub_json_read_string (root, "family", where, TRUE, &self->family, error) ||
      !dub_json_read_int (root, "fold", where, TRUE, 0, G_MAXINT16, &fold, error) ||
      !dub_json_read_string (root, "architecture", where, TRUE, &self->architecture, error) ||
      !dub_json_read_int (root, "parameters", where, TRUE, 0, LARGEST_COUNT, &parameters, error) ||
      !dub_json_read_string (root, "backbone_hash", where, FALSE, &self->backbone_hash, error) ||
      !dub_json_read_string (root, "split_hash", where, TRUE, &self->split_hash, error) ||
      !dub_json_read_boolean (root, "done", where, TRUE, &self->done, error) ||
      !dub_json_read_int (root, "best_epoch", where, FALSE, 0, G_MAXINT, &best, error) ||
      !dub_json_read_string (root, "failure", where, FALSE, &self->failure, error))
    return FALSE;
  self->fold = (int) fold;
  self->n_parameters = (size_t) parameters;
  self->best_epoch = (guint) best;

  return TRUE;
}

static gboolean
read_data (DubRunRecord  *self,
           JsonObject    *root,
           const char    *where,
           GError       **error)
{
  g_autofree char *inside = g_strconcat (where, "data.", NULL);
  JsonObject *data = dub_json_read_object (root, "data", where, TRUE, error);

  return data != NULL && dub_json_read_string (data, "kind", inside, TRUE, &self->data_kind, error) &&
         dub_json_read_string (data, "name", inside, TRUE, &self->data_name, error) &&
         dub_json_read_string (data, "hash", inside, TRUE, &self->data_hash, error);
}

static gboolean
read_classes (DubRunRecord  *self,
              JsonObject    *root,
              const char    *where,
              GError       **error)
{
  JsonArray *list = dub_json_read_list (root, "classes", where, error);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    g_autofree char *member = g_strdup_printf ("classes[%u]", i);

    if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
      return dub_json_refuse (error, where, member, "%s; expected a string", dub_json_kind (node));
    g_ptr_array_add (self->classes, json_node_dup_string (node));
  }

  return TRUE;
}

static gboolean
read_input (DubRunRecord  *self,
            JsonObject    *root,
            const char    *where,
            GError       **error)
{
  JsonArray *list = dub_json_read_list (root, "input", where, error);
  guint n = list != NULL ? json_array_get_length (list) : 0;

  if (list == NULL)
    return FALSE;
  if (n < 2 || n > 4)
    return dub_json_refuse (error, where, "input", "a list of %u extents; expected channels and 2 or 3 extents", n);
  self->input.rank = (int) n;
  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (list, i);
    g_autofree char *member = g_strdup_printf ("input[%u]", i);

    if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 ||
        json_node_get_int (node) < 1 || json_node_get_int (node) > G_MAXINT32)
      return dub_json_refuse (error, where, member, "%s; expected a positive whole number", dub_json_kind (node));
    self->input.dim[i] = json_node_get_int (node);
  }

  return TRUE;
}

DubRunRecord *
dub_run_record_load (const char  *folder,
                     GError     **error)
{
  g_autofree char *file = g_build_filename (folder, "run.json", NULL);
  g_autofree char *where = g_strconcat (file, ": ", NULL);
  g_autofree char *recipe_where = g_strconcat (where, "recipe", NULL);
  g_autofree char *prepare_where = g_strconcat (where, "prepare", NULL);
  g_autoptr (JsonParser) parser = dub_json_load (file, LARGEST_FILE, error);
  g_autoptr (DubRunRecord) self = dub_run_record_new ();

  if (parser == NULL)
    return NULL;

  JsonObject *root = dub_json_root (parser);

  if (!read_head (self, root, where, error) || !read_data (self, root, where, error) ||
      !read_classes (self, root, where, error) || !read_input (self, root, where, error))
    return NULL;
  self->recipe = dub_recipe_from_json (json_object_get_member (root, "recipe"), recipe_where, error);
  if (self->recipe == NULL)
    return NULL;
  if (!json_object_has_member (root, "prepare")) {
    dub_json_refuse (error, where, "prepare", "absent; expected an object");
    return NULL;
  }
  if (!dub_prepare_from_json (&self->prepare, json_object_get_member (root, "prepare"), prepare_where, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* --- writing --- */

gboolean
dub_run_record_save (const DubRunRecord  *self,
                     const char          *folder,
                     GError             **error)
{
  g_autofree char *file = g_build_filename (folder, "run.json", NULL);
  g_autoptr (JsonBuilder) b = json_builder_new ();
  json_builder_begin_object (b);
  dub_json_add_string (b, "format", "dubito-run");
  dub_json_add_int (b, "format_version", FORMAT_VERSION);
  dub_json_add_string (b, "version", self->version);
  dub_json_add_string (b, "id", self->id);
  dub_json_add_string (b, "family", self->family);
  dub_json_add_int (b, "fold", self->fold);
  json_builder_set_member_name (b, "recipe");
  json_builder_add_value (b, dub_recipe_to_json (self->recipe));

  json_builder_set_member_name (b, "classes");
  json_builder_begin_array (b);
  for (guint i = 0; i < self->classes->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (self->classes, i));
  json_builder_end_array (b);

  json_builder_set_member_name (b, "input");
  json_builder_begin_array (b);
  for (int i = 0; i < self->input.rank; i++)
    json_builder_add_int_value (b, self->input.dim[i]);
  json_builder_end_array (b);

  dub_json_add_string (b, "architecture", self->architecture);
  dub_json_add_int (b, "parameters", (gint64) self->n_parameters);
  if (self->backbone_hash != NULL)
    dub_json_add_string (b, "backbone_hash", self->backbone_hash);

  json_builder_set_member_name (b, "data");
  json_builder_begin_object (b);
  dub_json_add_string (b, "kind", self->data_kind);
  dub_json_add_string (b, "name", self->data_name);
  dub_json_add_string (b, "hash", self->data_hash);
  json_builder_end_object (b);

  dub_json_add_string (b, "split_hash", self->split_hash);
  json_builder_set_member_name (b, "prepare");
  json_builder_add_value (b, dub_prepare_to_json (&self->prepare));
  dub_json_add_boolean (b, "done", self->done);
  dub_json_add_int (b, "best_epoch", self->best_epoch);
  if (self->failure != NULL)
    dub_json_add_string (b, "failure", self->failure);
  json_builder_end_object (b);

  return dub_json_save (b, file, error);
}
