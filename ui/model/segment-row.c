#include "ui/model/segment-row.h"

struct _DubSegmentRow {
  GObject            parent_instance;
  char              *id;
  char              *message;
  guint              index;
  guint              serial;
  DubSegmentRowState state;
  DubSegmentNumbers *numbers;
};

G_DEFINE_FINAL_TYPE (DubSegmentRow, dub_segment_row, G_TYPE_OBJECT)

enum { PROP_0, PROP_SERIAL, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
dub_segment_row_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  if (prop_id == PROP_SERIAL)
    g_value_set_uint (value, DUB_SEGMENT_ROW (object)->serial);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
dub_segment_row_finalize (GObject *object)
{
  DubSegmentRow *self = DUB_SEGMENT_ROW (object);

  g_free (self->id);
  g_free (self->message);
  dub_segment_numbers_free (self->numbers);

  G_OBJECT_CLASS (dub_segment_row_parent_class)->finalize (object);
}

static void
dub_segment_row_class_init (DubSegmentRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = dub_segment_row_get_property;
  object_class->finalize = dub_segment_row_finalize;
  props[PROP_SERIAL] = g_param_spec_uint ("serial", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_segment_row_init (DubSegmentRow *self)
{
}

DubSegmentRow *
dub_segment_row_new (const char *id,
                     guint       index)
{
  DubSegmentRow *self = g_object_new (DUB_TYPE_SEGMENT_ROW, NULL);

  self->id = g_strdup (id);
  self->index = index;

  return self;
}

const char *
dub_segment_row_get_id (DubSegmentRow *self)
{
  return self->id;
}

guint
dub_segment_row_get_index (DubSegmentRow *self)
{
  return self->index;
}

DubSegmentRowState
dub_segment_row_get_state (DubSegmentRow *self)
{
  return self->state;
}

const char *
dub_segment_row_get_message (DubSegmentRow *self)
{
  return self->message;
}

const DubSegmentNumbers *
dub_segment_row_get_numbers (DubSegmentRow *self)
{
  return self->numbers;
}

void
dub_segment_row_set (DubSegmentRow      *self,
                     DubSegmentRowState  state,
                     DubSegmentNumbers  *numbers,
                     const char         *message)
{
  g_return_if_fail (DUB_IS_SEGMENT_ROW (self));

  if (numbers != NULL) {
    g_clear_pointer (&self->numbers, dub_segment_numbers_free);
    self->numbers = numbers;
  }
  if (g_strcmp0 (message, self->message) != 0) {
    g_free (self->message);
    self->message = g_strdup (message);
  }
  self->state = state;
  self->serial++;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SERIAL]);
}
