#include "ui/model/region-row.h"

#include <math.h>

struct _DubRegionRow {
  GObject  parent_instance;
  int      value;
  char    *name;
  gsize    n_voxels;
  double   density;
  double   share;
  guint    serial;
};

G_DEFINE_FINAL_TYPE (DubRegionRow, dub_region_row, G_TYPE_OBJECT)

enum { PROP_0, PROP_NAME, PROP_DENSITY, PROP_SHARE, PROP_VOXELS, PROP_SERIAL, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
dub_region_row_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  DubRegionRow *self = DUB_REGION_ROW (object);

  switch (prop_id) {
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_DENSITY:
    g_value_set_double (value, self->density);
    break;
  case PROP_SHARE:
    g_value_set_double (value, isnan (self->share) ? -1.0 : self->share);
    break;
  case PROP_VOXELS:
    g_value_set_double (value, (double) self->n_voxels);
    break;
  case PROP_SERIAL:
    g_value_set_uint (value, self->serial);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_region_row_finalize (GObject *object)
{
  g_free (DUB_REGION_ROW (object)->name);

  G_OBJECT_CLASS (dub_region_row_parent_class)->finalize (object);
}

static void
dub_region_row_class_init (DubRegionRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = dub_region_row_get_property;
  object_class->finalize = dub_region_row_finalize;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_DENSITY] = g_param_spec_double ("density", NULL, NULL, 0.0, 1.0, 0.0, flags);
  props[PROP_SHARE] = g_param_spec_double ("share", NULL, NULL, -1.0, 1.0, 0.0, flags);
  props[PROP_VOXELS] = g_param_spec_double ("voxels", NULL, NULL, 0.0, G_MAXDOUBLE, 0.0, flags);
  props[PROP_SERIAL] = g_param_spec_uint ("serial", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_region_row_init (DubRegionRow *self)
{
}

DubRegionRow *
dub_region_row_new (const DubRegionDensity *density)
{
  DubRegionRow *self = g_object_new (DUB_TYPE_REGION_ROW, NULL);

  self->value = density->region->value;
  self->name = g_strdup (density->region->name);
  self->n_voxels = density->region->n_voxels;
  self->density = density->density;
  self->share = density->share;

  return self;
}

gboolean
dub_region_row_set (DubRegionRow           *self,
                    const DubRegionDensity *density,
                    gboolean                always)
{
  g_return_val_if_fail (DUB_IS_REGION_ROW (self), FALSE);

  if (!always && self->density == density->density &&
      (self->share == density->share || (isnan (self->share) && isnan (density->share))))
    return FALSE;
  self->density = density->density;
  self->share = density->share;
  self->serial++;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SERIAL]);

  return TRUE;
}

int
dub_region_row_get_value (DubRegionRow *self)
{
  return self->value;
}

const char *
dub_region_row_get_name (DubRegionRow *self)
{
  return self->name;
}

double
dub_region_row_get_density (DubRegionRow *self)
{
  return self->density;
}

double
dub_region_row_get_share (DubRegionRow *self)
{
  return self->share;
}

gsize
dub_region_row_get_voxels (DubRegionRow *self)
{
  return self->n_voxels;
}
