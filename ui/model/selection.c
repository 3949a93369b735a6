#include "ui/model/selection.h"

#include <string.h>

enum { MAX_STEPS = 200 };

/* A set is immutable, so that steps can share it. */
typedef struct {
  char   *title;
  size_t  n;
  guint   indices[];
} DubPickedSet;

static DubPickedSet *
picked_set_new (const guint *indices,
                size_t       n,
                const char  *title,
                size_t       n_cases)
{
  g_autofree guint8 *member = g_new0 (guint8, MAX (n_cases, 1));
  size_t n_members = 0;

  for (size_t i = 0; i < n; i++)
    if (indices[i] < n_cases && !member[indices[i]]) {
      member[indices[i]] = 1;
      n_members++;
    }

  DubPickedSet *self = g_rc_box_alloc0 (sizeof (DubPickedSet) + n_members * sizeof (guint));

  self->title = g_strdup (title);
  for (size_t i = 0; i < n_cases && self->n < n_members; i++)
    if (member[i])
      self->indices[self->n++] = (guint) i;

  return self;
}

static void
picked_set_clear (gpointer data)
{
  g_free (((DubPickedSet *) data)->title);
}

static void
picked_set_unref (DubPickedSet *self)
{
  g_rc_box_release_full (self, picked_set_clear);
}

/* One place on the way. */
typedef struct {
  int           index;
  DubPickedSet *set;     /* (nullable) */
  gboolean      passing; /* the next passing step takes its place */
} DubPickedStep;

static void
step_clear (gpointer data)
{
  g_clear_pointer (&((DubPickedStep *) data)->set, picked_set_unref);
}

struct _DubSelection {
  GObject parent_instance;
  size_t  n_cases;
  GArray *steps; /* of DubPickedStep, never empty; [step] is where we are */
  guint   step;
};

G_DEFINE_FINAL_TYPE (DubSelection, dub_selection, G_TYPE_OBJECT)

enum { PROP_0, PROP_CASE, PROP_SET_TITLE, PROP_CAN_GO_BACK, PROP_CAN_GO_FORWARD, N_PROPS };
static GParamSpec *props[N_PROPS];

static DubPickedStep *
here (DubSelection *self)
{
  return &g_array_index (self->steps, DubPickedStep, self->step);
}

static void
notify_way (DubSelection *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_GO_BACK]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_GO_FORWARD]);
}

/* Goes to a new place; what lay ahead is forgotten. @set: (transfer full) (nullable) */
static void
go (DubSelection *self,
    int           index,
    DubPickedSet *set,
    gboolean      passing)
{
  DubPickedStep *old = here (self), step = { .index = index, .set = set, .passing = passing };
  gboolean new_case = old->index != index, new_set = old->set != set;
  gboolean replace = passing && old->passing && !new_set;

  g_object_freeze_notify (G_OBJECT (self));
  if (replace) {
    old->index = index;
    g_clear_pointer (&set, picked_set_unref);
  } else {
    g_array_set_size (self->steps, self->step + 1);
    g_array_append_val (self->steps, step);
    if (self->steps->len > MAX_STEPS)
      g_array_remove_index (self->steps, 0);
    self->step = self->steps->len - 1;
  }
  if (new_case)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CASE]);
  if (new_set)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SET_TITLE]);
  notify_way (self);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
walk (DubSelection *self,
      int           direction)
{
  const DubPickedStep *from = here (self);
  int index = from->index;
  const DubPickedSet *set = from->set;

  self->step = (guint) ((int) self->step + direction);
  g_object_freeze_notify (G_OBJECT (self));
  if (here (self)->index != index)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CASE]);
  if (here (self)->set != set)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SET_TITLE]);
  notify_way (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- the object --- */

static void
dub_selection_get_property (GObject    *object,
                            guint       id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  DubSelection *self = DUB_SELECTION (object);

  switch (id) {
  case PROP_CASE:
    g_value_set_int (value, dub_selection_get_case (self));
    break;
  case PROP_SET_TITLE:
    g_value_set_string (value, dub_selection_get_set_title (self));
    break;
  case PROP_CAN_GO_BACK:
    g_value_set_boolean (value, dub_selection_can_go_back (self));
    break;
  case PROP_CAN_GO_FORWARD:
    g_value_set_boolean (value, dub_selection_can_go_forward (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_selection_set_property (GObject      *object,
                            guint         id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  if (id == PROP_CASE)
    dub_selection_set_case (DUB_SELECTION (object), g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dub_selection_finalize (GObject *object)
{
  g_array_unref (DUB_SELECTION (object)->steps);

  G_OBJECT_CLASS (dub_selection_parent_class)->finalize (object);
}

static void
dub_selection_class_init (DubSelectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = dub_selection_get_property;
  object_class->set_property = dub_selection_set_property;
  object_class->finalize = dub_selection_finalize;
  props[PROP_CASE] = g_param_spec_int ("case", NULL, NULL, -1, G_MAXINT, -1,
                                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_SET_TITLE] = g_param_spec_string ("set-title", NULL, NULL, NULL, read);
  props[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE, read);
  props[PROP_CAN_GO_FORWARD] = g_param_spec_boolean ("can-go-forward", NULL, NULL, FALSE, read);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_selection_init (DubSelection *self)
{
  const DubPickedStep nothing = { .index = -1 };

  self->steps = g_array_new (FALSE, FALSE, sizeof (DubPickedStep));
  g_array_set_clear_func (self->steps, step_clear);
  g_array_append_val (self->steps, nothing);
}

DubSelection *
dub_selection_new (void)
{
  return g_object_new (DUB_TYPE_SELECTION, NULL);
}

void
dub_selection_reset (DubSelection *self,
                     size_t        n_cases)
{
  g_return_if_fail (DUB_IS_SELECTION (self));

  const DubPickedStep nothing = { .index = -1 };
  gboolean had_case = here (self)->index >= 0, had_set = here (self)->set != NULL;

  self->n_cases = n_cases;
  g_array_set_size (self->steps, 0);
  g_array_append_val (self->steps, nothing);
  self->step = 0;
  g_object_freeze_notify (G_OBJECT (self));
  if (had_case)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CASE]);
  if (had_set)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SET_TITLE]);
  notify_way (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
dub_selection_resize (DubSelection *self,
                      size_t        n_cases)
{
  g_return_if_fail (DUB_IS_SELECTION (self));

  size_t old = self->n_cases;

  self->n_cases = n_cases;
  if (n_cases >= old)
    return;
  /* Fewer cases: indices may mean others now. */
  dub_selection_reset (self, n_cases);
}

size_t
dub_selection_get_n_cases (DubSelection *self)
{
  g_return_val_if_fail (DUB_IS_SELECTION (self), 0);

  return self->n_cases;
}

/* --- the case --- */

int
dub_selection_get_case (DubSelection *self)
{
  g_return_val_if_fail (DUB_IS_SELECTION (self), -1);

  return here (self)->index;
}

static void
set_case (DubSelection *self,
          int           index,
          gboolean      passing)
{
  g_return_if_fail (DUB_IS_SELECTION (self));
  g_return_if_fail (index >= -1 && index < (int) self->n_cases);

  DubPickedSet *set = here (self)->set;

  if (here (self)->index == index)
    return;
  go (self, index, set != NULL ? g_rc_box_acquire (set) : NULL, passing);
}

void
dub_selection_set_case (DubSelection *self,
                        int           index)
{
  set_case (self, index, FALSE);
}

void
dub_selection_pass_case (DubSelection *self,
                         int           index)
{
  set_case (self, index, TRUE);
}

/* --- the set --- */

gboolean
dub_selection_has_set (DubSelection *self)
{
  g_return_val_if_fail (DUB_IS_SELECTION (self), FALSE);

  return here (self)->set != NULL;
}

const guint *
dub_selection_get_set (DubSelection *self,
                       size_t       *n)
{
  g_return_val_if_fail (DUB_IS_SELECTION (self), NULL);

  const DubPickedSet *set = here (self)->set;

  *n = set != NULL ? set->n : 0;

  return *n > 0 ? set->indices : NULL;
}

const char *
dub_selection_get_set_title (DubSelection *self)
{
  g_return_val_if_fail (DUB_IS_SELECTION (self), NULL);

  return here (self)->set != NULL ? here (self)->set->title : NULL;
}

gboolean
dub_selection_contains (DubSelection *self,
                        size_t        index)
{
  g_return_val_if_fail (DUB_IS_SELECTION (self), FALSE);

  const DubPickedSet *set = here (self)->set;
  size_t low = 0, high = set != NULL ? set->n : 0;

  while (low < high) {
    size_t middle = (low + high) / 2;

    if (set->indices[middle] == index)
      return TRUE;
    if (set->indices[middle] < index)
      low = middle + 1;
    else
      high = middle;
  }

  return FALSE;
}

void
dub_selection_set_set (DubSelection *self,
                       const guint  *indices,
                       size_t        n,
                       const char   *title)
{
  g_return_if_fail (DUB_IS_SELECTION (self));
  g_return_if_fail (indices != NULL || n == 0);
  g_return_if_fail (title != NULL);

  DubPickedSet *set = picked_set_new (indices, n, title, self->n_cases), *old = here (self)->set;

  if (old != NULL && old->n == set->n && strcmp (old->title, title) == 0
      && memcmp (old->indices, set->indices, set->n * sizeof (guint)) == 0) {
    picked_set_unref (set);
    return;
  }
  go (self, here (self)->index, set, FALSE);
}

void
dub_selection_clear_set (DubSelection *self)
{
  g_return_if_fail (DUB_IS_SELECTION (self));

  if (here (self)->set != NULL)
    go (self, here (self)->index, NULL, FALSE);
}

/* --- the way --- */

gboolean
dub_selection_can_go_back (DubSelection *self)
{
  g_return_val_if_fail (DUB_IS_SELECTION (self), FALSE);

  return self->step > 0;
}

gboolean
dub_selection_can_go_forward (DubSelection *self)
{
  g_return_val_if_fail (DUB_IS_SELECTION (self), FALSE);

  return self->step + 1 < self->steps->len;
}

void
dub_selection_go_back (DubSelection *self)
{
  g_return_if_fail (DUB_IS_SELECTION (self));

  if (dub_selection_can_go_back (self))
    walk (self, -1);
}

void
dub_selection_go_forward (DubSelection *self)
{
  g_return_if_fail (DUB_IS_SELECTION (self));

  if (dub_selection_can_go_forward (self))
    walk (self, 1);
}
