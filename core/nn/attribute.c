#include "core/nn/attribute.h"

#include <string.h>

typedef struct {
  DubAttributeKind kind;
  int64_t          whole;
  float            real;
  char            *text;
  GArray          *list; /* of int64_t or float */
  DubTensor       *tensor;
} Attribute;

struct _DubAttributes {
  GHashTable *table; /* name -> Attribute */
};

static void
attribute_free (gpointer data)
{
  Attribute *self = data;

  g_free (self->text);
  g_clear_pointer (&self->list, g_array_unref);
  dub_tensor_unref (self->tensor);
  g_free (self);
}

DubAttributes *
dub_attributes_new (void)
{
  DubAttributes *self = g_new0 (DubAttributes, 1);

  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, attribute_free);

  return self;
}

void
dub_attributes_free (DubAttributes *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->table);
  g_free (self);
}

static Attribute *
put (DubAttributes    *self,
     const char       *name,
     DubAttributeKind  kind)
{
  Attribute *attribute = g_new0 (Attribute, 1);

  attribute->kind = kind;
  g_hash_table_insert (self->table, g_strdup (name), attribute);

  return attribute;
}

static const Attribute *
find (const DubAttributes *self,
      const char          *name,
      DubAttributeKind     kind)
{
  const Attribute *attribute = self != NULL ? g_hash_table_lookup (self->table, name) : NULL;

  return attribute != NULL && attribute->kind == kind ? attribute : NULL;
}

void
dub_attributes_set_int (DubAttributes *self,
                        const char    *name,
                        int64_t        value)
{
  put (self, name, DUB_ATTRIBUTE_INT)->whole = value;
}

void
dub_attributes_set_float (DubAttributes *self,
                          const char    *name,
                          float          value)
{
  put (self, name, DUB_ATTRIBUTE_FLOAT)->real = value;
}

void
dub_attributes_set_string (DubAttributes *self,
                           const char    *name,
                           const char    *value)
{
  put (self, name, DUB_ATTRIBUTE_STRING)->text = g_strdup (value);
}

void
dub_attributes_set_ints (DubAttributes *self,
                         const char    *name,
                         const int64_t *values,
                         size_t         n_values)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (int64_t));

  g_array_append_vals (list, values, (guint) n_values);
  put (self, name, DUB_ATTRIBUTE_INTS)->list = list;
}

void
dub_attributes_set_floats (DubAttributes *self,
                           const char    *name,
                           const float   *values,
                           size_t         n_values)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (float));

  g_array_append_vals (list, values, (guint) n_values);
  put (self, name, DUB_ATTRIBUTE_FLOATS)->list = list;
}

void
dub_attributes_set_tensor (DubAttributes *self,
                           const char    *name,
                           DubTensor     *value)
{
  put (self, name, DUB_ATTRIBUTE_TENSOR)->tensor = dub_tensor_ref (value);
}

/* The kind shows in the notation: "2" and "1,1" are whole, a trailing f makes floats,
 * a trailing comma a list of one, anything else a string. */
static void
parse_value (DubAttributes *self,
             const char    *name,
             const char    *text)
{
  size_t length = strlen (text);
  gboolean is_list = strchr (text, ',') != NULL;
  gboolean is_number = length > 0 && strspn (text, "+-0123456789.,ef") == length &&
                       (g_ascii_isdigit (text[0]) || text[0] == '-');

  if (!is_number) {
    dub_attributes_set_string (self, name, text);
    return;
  }

  gboolean is_float = text[length - 1] == 'f';
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  g_autoptr (GArray) wholes = g_array_new (FALSE, FALSE, sizeof (int64_t));
  g_autoptr (GArray) reals = g_array_new (FALSE, FALSE, sizeof (float));

  for (char **part = parts; *part != NULL; part++) {
    if (**part == '\0')
      continue;

    int64_t whole = g_ascii_strtoll (*part, NULL, 10);
    float real = (float) g_ascii_strtod (*part, NULL);

    g_array_append_val (wholes, whole);
    g_array_append_val (reals, real);
  }

  if (is_list && is_float)
    dub_attributes_set_floats (self, name, (const float *) (const void *) reals->data, reals->len);
  else if (is_list)
    dub_attributes_set_ints (self, name, (const int64_t *) (const void *) wholes->data, wholes->len);
  else if (is_float)
    dub_attributes_set_float (self, name, g_array_index (reals, float, 0));
  else
    dub_attributes_set_int (self, name, g_array_index (wholes, int64_t, 0));
}

DubAttributes *
dub_attributes_parse (const char  *text,
                      GError     **error)
{
  g_autoptr (DubAttributes) self = dub_attributes_new ();
  g_auto (GStrv) items = g_strsplit (text != NULL ? text : "", " ", -1);

  for (char **item = items; *item != NULL; item++) {
    char *equals = strchr (*item, '=');

    if (**item == '\0')
      continue;
    if (equals == NULL || equals == *item) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "The attribute “%s” has no value; expected name=value.", *item);
      return NULL;
    }
    *equals = '\0';
    parse_value (self, *item, equals + 1);
  }

  return g_steal_pointer (&self);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

const char **
dub_attributes_names (const DubAttributes *self)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->table);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (const char **) g_ptr_array_free (names, FALSE);
}

DubAttributeKind
dub_attributes_get_kind (const DubAttributes *self,
                         const char          *name)
{
  const Attribute *attribute = g_hash_table_lookup (self->table, name);

  g_return_val_if_fail (attribute != NULL, DUB_ATTRIBUTE_INT);

  return attribute->kind;
}

gboolean
dub_attributes_has (const DubAttributes *self,
                    const char          *name)
{
  return self != NULL && g_hash_table_contains (self->table, name);
}

int64_t
dub_attributes_get_int (const DubAttributes *self,
                        const char          *name,
                        int64_t              fallback)
{
  const Attribute *attribute = find (self, name, DUB_ATTRIBUTE_INT);

  return attribute != NULL ? attribute->whole : fallback;
}

float
dub_attributes_get_float (const DubAttributes *self,
                          const char          *name,
                          float                fallback)
{
  const Attribute *attribute = find (self, name, DUB_ATTRIBUTE_FLOAT);

  return attribute != NULL ? attribute->real : fallback;
}

const char *
dub_attributes_get_string (const DubAttributes *self,
                           const char          *name,
                           const char          *fallback)
{
  const Attribute *attribute = find (self, name, DUB_ATTRIBUTE_STRING);

  return attribute != NULL ? attribute->text : fallback;
}

const int64_t *
dub_attributes_get_ints (const DubAttributes *self,
                         const char          *name,
                         size_t              *n_values)
{
  const Attribute *attribute = find (self, name, DUB_ATTRIBUTE_INTS);

  *n_values = attribute != NULL ? attribute->list->len : 0;

  return attribute != NULL ? (const int64_t *) (const void *) attribute->list->data : NULL;
}

const float *
dub_attributes_get_floats (const DubAttributes *self,
                           const char          *name,
                           size_t              *n_values)
{
  const Attribute *attribute = find (self, name, DUB_ATTRIBUTE_FLOATS);

  *n_values = attribute != NULL ? attribute->list->len : 0;

  return attribute != NULL ? (const float *) (const void *) attribute->list->data : NULL;
}

DubTensor *
dub_attributes_get_tensor (const DubAttributes *self,
                           const char          *name)
{
  const Attribute *attribute = find (self, name, DUB_ATTRIBUTE_TENSOR);

  return attribute != NULL ? attribute->tensor : NULL;
}
