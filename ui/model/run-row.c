#include "ui/model/run-row.h"

#include <math.h>
#include <string.h>

#include "ui/model/training.h"

struct _DubRunRow {
  GObject       parent_instance;
  char         *id;
  char         *loss;
  char         *failure;
  DubRunNumbers numbers;
  int           serial;
};

G_DEFINE_FINAL_TYPE (DubRunRow, dub_run_row, G_TYPE_OBJECT)

enum { PROP_0, PROP_SERIAL, N_PROPS };
static GParamSpec *props[N_PROPS];

static DubRunNumbers
numbers_of (const DubRunSummary *run)
{
  guint n = run->epochs->len;
  const DubEpoch *last = n > 0 ? &g_array_index (run->epochs, DubEpoch, n - 1) : NULL;
  const DubEpoch *best = run->best >= 0 ? &g_array_index (run->epochs, DubEpoch, (guint) run->best) : NULL;
  DubRunNumbers numbers;

  /* Compared as bytes below, hence no padding of chance. */
  memset (&numbers, 0, sizeof numbers);
  numbers.state = run->state;
  numbers.dca = run->dca;
  numbers.fold = run->fold;
  numbers.n_done = n;
  numbers.n_epochs = run->n_epochs;
  numbers.best_epoch = best != NULL ? best->epoch : 0;
  numbers.n_correct = best != NULL ? best->n_validation_correct : 0;
  numbers.n_validation = best != NULL ? best->n_validation : 0;
  numbers.accuracy = best != NULL ? best->validation_accuracy : (double) NAN;
  numbers.ece = best != NULL ? best->validation_ece : (double) NAN;
  numbers.rate = last != NULL ? last->cases_per_second : (double) NAN;
  numbers.seconds_left = dub_run_summary_seconds_left (run);
  numbers.one_class = best != NULL && best->one_class;

  return numbers;
}

gboolean
dub_run_row_set (DubRunRow           *self,
                 const DubRunSummary *summary)
{
  g_return_val_if_fail (DUB_IS_RUN_ROW (self), FALSE);

  DubRunNumbers numbers = numbers_of (summary);

  if (memcmp (&numbers, &self->numbers, sizeof numbers) == 0 && g_strcmp0 (self->failure, summary->failure) == 0)
    return FALSE;
  self->numbers = numbers;
  g_free (self->failure);
  self->failure = g_strdup (summary->failure);
  self->serial++;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SERIAL]);

  return TRUE;
}

const char *
dub_run_row_get_id (DubRunRow *self)
{
  return self->id;
}

const char *
dub_run_row_get_loss (DubRunRow *self)
{
  return self->loss;
}

const char *
dub_run_row_get_failure (DubRunRow *self)
{
  return self->failure;
}

const DubRunNumbers *
dub_run_row_get_numbers (DubRunRow *self)
{
  return &self->numbers;
}

static void
dub_run_row_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  if (prop_id == PROP_SERIAL)
    g_value_set_int (value, DUB_RUN_ROW (object)->serial);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
dub_run_row_finalize (GObject *object)
{
  DubRunRow *self = DUB_RUN_ROW (object);

  g_free (self->id);
  g_free (self->loss);
  g_free (self->failure);

  G_OBJECT_CLASS (dub_run_row_parent_class)->finalize (object);
}

static void
dub_run_row_class_init (DubRunRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = dub_run_row_get_property;
  object_class->finalize = dub_run_row_finalize;
  props[PROP_SERIAL] = g_param_spec_int ("serial", NULL, NULL, 0, G_MAXINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_run_row_init (DubRunRow *self)
{
}

DubRunRow *
dub_run_row_new (const DubRunSummary *summary)
{
  DubRunRow *self = g_object_new (DUB_TYPE_RUN_ROW, NULL);

  self->id = g_strdup (summary->id);
  self->loss = g_strdup (summary->loss_name);
  self->failure = g_strdup (summary->failure);
  self->numbers = numbers_of (summary);

  return self;
}
