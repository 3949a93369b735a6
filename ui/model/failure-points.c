#include "ui/model/failure-points.h"

struct _DubFailurePoint {
  GObject parent_instance;
  double  threshold;
  size_t  accepted, failures, n_cases, n_failures;
};

G_DEFINE_FINAL_TYPE (DubFailurePoint, dub_failure_point_item, G_TYPE_OBJECT)

static void
dub_failure_point_item_class_init (DubFailurePointClass *klass)
{
}

static void
dub_failure_point_item_init (DubFailurePoint *self)
{
}

double
dub_failure_point_item_get_threshold (DubFailurePoint *self)
{
  return self->threshold;
}

DubRate
dub_failure_point_item_get_accepted (DubFailurePoint *self)
{
  return (DubRate) { self->accepted, self->n_cases };
}

DubRate
dub_failure_point_item_get_risk (DubFailurePoint *self)
{
  return (DubRate) { self->failures, self->accepted };
}

DubRate
dub_failure_point_item_get_sensitivity (DubFailurePoint *self)
{
  return (DubRate) { self->accepted - self->failures, self->n_cases - self->n_failures };
}

DubRate
dub_failure_point_item_get_specificity (DubFailurePoint *self)
{
  return (DubRate) { self->n_failures - self->failures, self->n_failures };
}

struct _DubFailurePoints {
  GObject parent_instance;
  guint   n;
  double *threshold;
  size_t *accepted, *failures;
  size_t  n_cases, n_failures;
};

static GType
get_item_type (GListModel *model)
{
  return DUB_TYPE_FAILURE_POINT;
}

static guint
get_n_items (GListModel *model)
{
  return DUB_FAILURE_POINTS (model)->n;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  DubFailurePoints *self = DUB_FAILURE_POINTS (model);

  if (position >= self->n)
    return NULL;

  DubFailurePoint *item = g_object_new (DUB_TYPE_FAILURE_POINT, NULL);

  item->threshold = self->threshold[position];
  item->accepted = self->accepted[position];
  item->failures = self->failures[position];
  item->n_cases = self->n_cases;
  item->n_failures = self->n_failures;

  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (DubFailurePoints, dub_failure_points, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
dub_failure_points_finalize (GObject *object)
{
  DubFailurePoints *self = DUB_FAILURE_POINTS (object);

  g_free (self->threshold);
  g_free (self->accepted);
  g_free (self->failures);

  G_OBJECT_CLASS (dub_failure_points_parent_class)->finalize (object);
}

static void
dub_failure_points_class_init (DubFailurePointsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dub_failure_points_finalize;
}

static void
dub_failure_points_init (DubFailurePoints *self)
{
}

DubFailurePoints *
dub_failure_points_new (const DubAcceptance *acceptance)
{
  g_return_val_if_fail (acceptance != NULL && acceptance->n_points <= G_MAXUINT, NULL);

  DubFailurePoints *self = g_object_new (DUB_TYPE_FAILURE_POINTS, NULL);

  self->n = (guint) acceptance->n_points;
  self->n_cases = acceptance->n_cases;
  self->n_failures = acceptance->n_failures;
  self->threshold = g_memdup2 (acceptance->threshold, acceptance->n_points * sizeof (double));
  self->accepted = g_memdup2 (acceptance->accepted, acceptance->n_points * sizeof (size_t));
  self->failures = g_memdup2 (acceptance->failures, acceptance->n_points * sizeof (size_t));

  return self;
}
