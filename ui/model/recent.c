#include "ui/model/recent.h"

#include <json-glib/json-glib.h>

enum { MAX_ITEMS = 12 };

struct _DubRecentItem {
  GObject  parent_instance;
  char    *folder;
  char    *title;
  char    *case_id;
  guint    n_cases;
  guint    n_models;
  gint64   time;
  gboolean missing;
};

G_DEFINE_FINAL_TYPE (DubRecentItem, dub_recent_item, G_TYPE_OBJECT)

static void
dub_recent_item_finalize (GObject *object)
{
  DubRecentItem *self = DUB_RECENT_ITEM (object);

  g_free (self->folder);
  g_free (self->title);
  g_free (self->case_id);

  G_OBJECT_CLASS (dub_recent_item_parent_class)->finalize (object);
}

static void
dub_recent_item_class_init (DubRecentItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dub_recent_item_finalize;
}

static void
dub_recent_item_init (DubRecentItem *self)
{
}

const char *
dub_recent_item_get_folder (DubRecentItem *self)
{
  return self->folder;
}

const char *
dub_recent_item_get_title (DubRecentItem *self)
{
  return self->title;
}

guint
dub_recent_item_get_n_cases (DubRecentItem *self)
{
  return self->n_cases;
}

guint
dub_recent_item_get_n_models (DubRecentItem *self)
{
  return self->n_models;
}

const char *
dub_recent_item_get_case_id (DubRecentItem *self)
{
  return self->case_id;
}

gint64
dub_recent_item_get_time (DubRecentItem *self)
{
  return self->time;
}

gboolean
dub_recent_item_is_missing (DubRecentItem *self)
{
  return self->missing;
}

struct _DubRecent {
  GObject    parent_instance;
  char      *path;
  GPtrArray *items; /* of DubRecentItem * */
};

static GType
dub_recent_get_item_type (GListModel *model)
{
  return DUB_TYPE_RECENT_ITEM;
}

static guint
dub_recent_get_n_items (GListModel *model)
{
  return DUB_RECENT (model)->items->len;
}

static gpointer
dub_recent_get_item (GListModel *model,
                     guint       position)
{
  DubRecent *self = DUB_RECENT (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = dub_recent_get_item_type;
  iface->get_n_items = dub_recent_get_n_items;
  iface->get_item = dub_recent_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (DubRecent, dub_recent, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { PROP_0, PROP_PATH, N_PROPS };
static GParamSpec *props[N_PROPS];

static gboolean
folder_is_study (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "study.json", NULL);

  return g_file_test (file, G_FILE_TEST_IS_REGULAR);
}

/* The member's string, or NULL where it is absent or something else. */
static const char *
member_string (JsonObject *object,
               const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

static gint64
member_int (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return 0;

  return json_node_get_int (node);
}

static void
load (DubRecent *self)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!json_parser_load_from_file (parser, self->path, NULL))
    return;

  JsonNode *root = json_parser_get_root (parser);

  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    return;

  JsonArray *array = json_node_get_array (root);

  for (guint i = 0; i < json_array_get_length (array) && self->items->len < MAX_ITEMS; i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_OBJECT (node))
      continue;

    JsonObject *object = json_node_get_object (node);
    const char *folder = member_string (object, "folder");

    if (folder == NULL || !g_path_is_absolute (folder) || dub_recent_find (self, folder) != NULL)
      continue;

    DubRecentItem *item = g_object_new (DUB_TYPE_RECENT_ITEM, NULL);
    const char *title = member_string (object, "title");

    item->folder = g_strdup (folder);
    item->title = title != NULL ? g_strdup (title) : g_path_get_basename (folder);
    item->case_id = g_strdup (member_string (object, "case"));
    item->n_cases = (guint) CLAMP (member_int (object, "cases"), 0, G_MAXINT);
    item->n_models = (guint) CLAMP (member_int (object, "models"), 0, G_MAXINT);
    item->time = member_int (object, "time");
    item->missing = !folder_is_study (folder);
    g_ptr_array_add (self->items, item);
  }
}

static void
save (DubRecent *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < self->items->len; i++) {
    DubRecentItem *item = g_ptr_array_index (self->items, i);

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "folder");
    json_builder_add_string_value (builder, item->folder);
    json_builder_set_member_name (builder, "title");
    json_builder_add_string_value (builder, item->title);
    if (item->case_id != NULL) {
      json_builder_set_member_name (builder, "case");
      json_builder_add_string_value (builder, item->case_id);
    }
    json_builder_set_member_name (builder, "cases");
    json_builder_add_int_value (builder, item->n_cases);
    json_builder_set_member_name (builder, "models");
    json_builder_add_int_value (builder, item->n_models);
    json_builder_set_member_name (builder, "time");
    json_builder_add_int_value (builder, item->time);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);
  g_autofree char *parent = g_path_get_dirname (self->path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (parent, 0700);
  if (!g_file_set_contents (self->path, text, -1, &error))
    g_debug ("The list of recent studies was not saved: %s", error->message);
}

static void
dub_recent_constructed (GObject *object)
{
  DubRecent *self = DUB_RECENT (object);

  G_OBJECT_CLASS (dub_recent_parent_class)->constructed (object);

  if (self->path == NULL)
    self->path = g_build_filename (g_get_user_data_dir (), "dubito", "recent.json", NULL);
  load (self);
}

static void
dub_recent_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  DubRecent *self = DUB_RECENT (object);

  switch (prop_id) {
  case PROP_PATH:
    self->path = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_recent_finalize (GObject *object)
{
  DubRecent *self = DUB_RECENT (object);

  g_ptr_array_unref (self->items);
  g_free (self->path);

  G_OBJECT_CLASS (dub_recent_parent_class)->finalize (object);
}

static void
dub_recent_class_init (DubRecentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = dub_recent_constructed;
  object_class->set_property = dub_recent_set_property;
  object_class->finalize = dub_recent_finalize;

  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL,
                                          G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_recent_init (DubRecent *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

DubRecent *
dub_recent_new (const char *path)
{
  return g_object_new (DUB_TYPE_RECENT, "path", path, NULL);
}

static guint
position_of (DubRecent  *self,
             const char *folder)
{
  for (guint i = 0; i < self->items->len; i++) {
    DubRecentItem *item = g_ptr_array_index (self->items, i);

    if (g_strcmp0 (item->folder, folder) == 0)
      return i;
  }

  return G_MAXUINT;
}

DubRecentItem *
dub_recent_find (DubRecent  *self,
                 const char *folder)
{
  g_return_val_if_fail (DUB_IS_RECENT (self), NULL);

  guint position = position_of (self, folder);

  return position != G_MAXUINT ? g_ptr_array_index (self->items, position) : NULL;
}

static void
drop (DubRecent *self,
      guint      position)
{
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

void
dub_recent_add (DubRecent  *self,
                DubStudy   *study,
                const char *case_id)
{
  g_return_if_fail (DUB_IS_RECENT (self));
  g_return_if_fail (study != NULL);

  if (study->folder == NULL)
    return;

  guint position = position_of (self, study->folder);

  if (position != G_MAXUINT)
    drop (self, position);

  DubRecentItem *item = g_object_new (DUB_TYPE_RECENT_ITEM, NULL);

  item->folder = g_strdup (study->folder);
  item->title = g_strdup (study->title != NULL ? study->title : "");
  item->case_id = g_strdup (case_id);
  item->n_cases = study->cases->len;
  item->n_models = study->models->len;
  item->time = g_get_real_time () / G_USEC_PER_SEC;
  g_ptr_array_insert (self->items, 0, item);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
  while (self->items->len > MAX_ITEMS)
    drop (self, self->items->len - 1);
  save (self);
}

void
dub_recent_remove (DubRecent  *self,
                   const char *folder)
{
  g_return_if_fail (DUB_IS_RECENT (self));

  guint position = position_of (self, folder);

  if (position == G_MAXUINT)
    return;
  drop (self, position);
  save (self);
}

void
dub_recent_relocate (DubRecent  *self,
                     const char *folder,
                     const char *new_folder)
{
  g_return_if_fail (DUB_IS_RECENT (self));

  guint position = position_of (self, folder);

  if (position == G_MAXUINT)
    return;
  if (g_strcmp0 (folder, new_folder) != 0 && position_of (self, new_folder) != G_MAXUINT) {
    drop (self, position);
  } else {
    DubRecentItem *item = g_ptr_array_index (self->items, position);

    g_free (item->folder);
    item->folder = g_strdup (new_folder);
    item->missing = !folder_is_study (new_folder);
    g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
  }
  save (self);
}

void
dub_recent_touch (DubRecent  *self,
                  const char *folder)
{
  g_return_if_fail (DUB_IS_RECENT (self));

  guint position = position_of (self, folder);

  if (position != G_MAXUINT)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
}

void
dub_recent_refresh (DubRecent *self)
{
  g_return_if_fail (DUB_IS_RECENT (self));

  for (guint i = 0; i < self->items->len; i++) {
    DubRecentItem *item = g_ptr_array_index (self->items, i);
    gboolean missing = !folder_is_study (item->folder);

    if (missing != item->missing) {
      item->missing = missing;
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 1);
    }
  }
}
