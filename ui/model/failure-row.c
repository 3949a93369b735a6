#include "ui/model/failure-row.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct _DubFailureRow {
  GObject            parent_instance;
  char              *id, *title, *needs, *sentence, *formula, *fitted, *reason;
  DubScoreFamily     family;
  gboolean           needs_views;
  GArray            *parts;    /* (nullable) of DubFailurePart */
  DubFailureInputs  *inputs;   /* (nullable) */
  guint             *order;    /* (nullable) [n_failures]: places of the failures by rising score, when first asked for */
  guint              n_failures;
  DubFailureRowState state;
  DubFailure        *failure;
  int                serial;
};

G_DEFINE_FINAL_TYPE (DubFailureRow, dub_failure_row, G_TYPE_OBJECT)

enum { PROP_0, PROP_SERIAL, N_PROPS };
static GParamSpec *props[N_PROPS];

/* --- making --- */

static void
part_clear (gpointer data)
{
  g_free (((DubFailurePart *) data)->title);
}

static GArray *
parts_of (const DubScores *scores,
          const DubScore  *score)
{
  const DubFusion *fusion = score->fusion;

  if (fusion == NULL || scores->fused_of == NULL || g_strv_length (scores->fused_of) != fusion->n_scores)
    return NULL;

  GArray *parts = g_array_new (FALSE, FALSE, sizeof (DubFailurePart));

  g_array_set_clear_func (parts, part_clear);
  for (size_t k = 0; k < fusion->n_scores; k++) {
    const DubScore *combined = dub_scores_find (scores, scores->fused_of[k]);
    DubFailurePart part = {
      .title = g_strdup (combined != NULL ? combined->title : scores->fused_of[k]),
      .weight = fusion->weight != NULL ? fusion->weight[k] : (double) NAN,
      .constant = fusion->sd[k] == 0.0,
    };

    g_array_append_val (parts, part);
  }

  return parts;
}

/* "output + calibration cases": what core says, word for word in the reader's language. */
static char *
translate_needs (const char *text)
{
  static const char *const known[] = {
    N_("output"), N_("logits"), N_("several models"), N_("network and images"), N_("Dropout"), N_("features"), N_("training cases"),
    N_("calibration cases"), N_("final layer"),
  };
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", " + ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS (known); k++)
      if (strcmp (parts[i], known[k]) == 0) {
        g_free (parts[i]);
        parts[i] = g_strdup (_(known[k]));
        break;
      }

  return g_strjoinv (" + ", parts);
}

DubFailureRow *
dub_failure_row_new (const DubScores    *scores,
                     const DubScore     *score,
                     const DubStudyData *data,
                     const int          *patients)
{
  g_return_val_if_fail (scores != NULL && score != NULL && data != NULL, NULL);

  DubFailureRow *self = g_object_new (DUB_TYPE_FAILURE_ROW, NULL);

  self->id = g_strdup (score->id);
  self->title = g_strdup (score->title);
  self->needs = translate_needs (score->needs_text);
  self->sentence = g_strdup (score->sentence);
  self->formula = g_strdup (score->formula);
  self->family = score->family;
  self->reason = g_strdup (score->missing);
  /* What needs Dropout may not be had at all; the others can. */
  self->needs_views = score->values == NULL && (score->needs & DUB_NEEDS_NETWORK) != 0 && (score->needs & DUB_NEEDS_DROPOUT) == 0;
  if (score->fitted_on != NULL)
    self->fitted = score->fitted != NULL ? g_strdup_printf ("%s: %s", score->fitted_on, score->fitted) : g_strdup (score->fitted_on);
  self->parts = parts_of (scores, score);
  self->state = DUB_FAILURE_ROW_MISSING;
  if (score->values != NULL && scores->n_cases == data->n_cases) {
    self->inputs = dub_failure_inputs_new (scores, score, data, patients);
    self->state = DUB_FAILURE_ROW_WAITING;
  }

  return self;
}

gboolean
dub_failure_row_equals (DubFailureRow *self,
                        DubFailureRow *other)
{
  gboolean parts = (self->parts == NULL) == (other->parts == NULL);

  for (guint k = 0; self->parts != NULL && parts; k++) {
    if (k == self->parts->len || k == other->parts->len) {
      parts = self->parts->len == other->parts->len;
      break;
    }

    const DubFailurePart *a = &g_array_index (self->parts, DubFailurePart, k), *b = &g_array_index (other->parts, DubFailurePart, k);

    parts = strcmp (a->title, b->title) == 0 && memcmp (&a->weight, &b->weight, sizeof a->weight) == 0 && a->constant == b->constant;
  }

  return parts && strcmp (self->id, other->id) == 0 && g_strcmp0 (self->reason, other->reason) == 0 &&
         self->needs_views == other->needs_views && g_strcmp0 (self->fitted, other->fitted) == 0 &&
         dub_failure_inputs_equal (self->inputs, other->inputs);
}

static void
dub_failure_row_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  if (id == PROP_SERIAL)
    g_value_set_int (value, DUB_FAILURE_ROW (object)->serial);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dub_failure_row_finalize (GObject *object)
{
  DubFailureRow *self = DUB_FAILURE_ROW (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->needs);
  g_free (self->sentence);
  g_free (self->formula);
  g_free (self->fitted);
  g_free (self->reason);
  g_clear_pointer (&self->parts, g_array_unref);
  dub_failure_inputs_unref (self->inputs);
  g_free (self->order);
  dub_failure_free (self->failure);

  G_OBJECT_CLASS (dub_failure_row_parent_class)->finalize (object);
}

static void
dub_failure_row_class_init (DubFailureRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = dub_failure_row_get_property;
  object_class->finalize = dub_failure_row_finalize;
  props[PROP_SERIAL] = g_param_spec_int ("serial", NULL, NULL, 0, G_MAXINT, 0,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_failure_row_init (DubFailureRow *self)
{
}

/* --- what it is --- */

const char *
dub_failure_row_get_id (DubFailureRow *self)
{
  return self->id;
}

const char *
dub_failure_row_get_title (DubFailureRow *self)
{
  return self->title;
}

DubScoreFamily
dub_failure_row_get_family (DubFailureRow *self)
{
  return self->family;
}

const char *
dub_failure_row_get_needs (DubFailureRow *self)
{
  return self->needs;
}

const char *
dub_failure_row_get_sentence (DubFailureRow *self)
{
  return self->sentence;
}

const char *
dub_failure_row_get_formula (DubFailureRow *self)
{
  return self->formula;
}

const char *
dub_failure_row_get_fitted (DubFailureRow *self)
{
  return self->fitted;
}

const char *
dub_failure_row_get_reason (DubFailureRow *self)
{
  return self->reason;
}

gboolean
dub_failure_row_needs_views (DubFailureRow *self)
{
  return self->needs_views;
}

const DubFailurePart *
dub_failure_row_get_parts (DubFailureRow *self,
                           guint         *n)
{
  *n = self->parts != NULL ? self->parts->len : 0;

  return self->parts != NULL ? (const DubFailurePart *) (const void *) self->parts->data : NULL;
}

DubFailureInputs *
dub_failure_row_get_inputs (DubFailureRow *self)
{
  return self->inputs;
}

/* --- what came of it --- */

static void
grow (DubFailureRow *self)
{
  self->serial++;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SERIAL]);
}

DubFailureRowState
dub_failure_row_get_state (DubFailureRow *self)
{
  return self->state;
}

void
dub_failure_row_set_state (DubFailureRow      *self,
                           DubFailureRowState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  grow (self);
}

const DubFailure *
dub_failure_row_get_failure (DubFailureRow *self)
{
  return self->failure;
}

void
dub_failure_row_finish (DubFailureRow *self,
                        DubFailure    *failure,
                        const char    *reason)
{
  g_clear_pointer (&self->failure, dub_failure_free);
  self->failure = failure;
  self->state = failure != NULL ? DUB_FAILURE_ROW_DONE : DUB_FAILURE_ROW_FAILED;
  if (failure == NULL) {
    g_free (self->reason);
    self->reason = g_strdup (reason);
  }
  grow (self);
}

/* --- its cases --- */

static int
compare_places (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  const DubFailureInputs *inputs = data;
  guint x = *(const guint *) a, y = *(const guint *) b;

  if (inputs->values[x] != inputs->values[y])
    return inputs->values[x] < inputs->values[y] ? -1 : 1;

  return (x > y) - (x < y);
}

gboolean
dub_failure_row_get_certain (DubFailureRow     *self,
                             guint              rank,
                             DubCertainFailure *found)
{
  const DubFailureInputs *inputs = self->inputs;

  if (inputs == NULL)
    return FALSE;
  if (self->order == NULL) {
    self->order = g_new (guint, MAX (inputs->n, 1));
    for (size_t i = 0; i < inputs->n; i++)
      if (!inputs->correct[i])
        self->order[self->n_failures++] = (guint) i;
    g_qsort_with_data (self->order, (int) self->n_failures, sizeof *self->order, compare_places, self->inputs);
  }
  if (rank >= self->n_failures)
    return FALSE;

  *found = (DubCertainFailure) { .index = inputs->cases[self->order[rank]], .score = inputs->values[self->order[rank]] };
  for (size_t i = 0; i < inputs->n; i++)
    if (inputs->values[i] < found->score) {
      found->n_surer++;
      found->n_failures_surer += !inputs->correct[i];
    }

  return TRUE;
}

static int
compare_cases (const void *a,
               const void *b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return (x > y) - (x < y);
}

double
dub_failure_row_get_score (DubFailureRow *self,
                           int            index,
                           gboolean      *failed)
{
  guint wanted = (guint) index;
  const guint *found = index >= 0 && self->inputs != NULL
                         ? bsearch (&wanted, self->inputs->cases, self->inputs->n, sizeof wanted, compare_cases) : NULL;

  if (found == NULL)
    return (double) NAN;
  if (failed != NULL)
    *failed = !self->inputs->correct[found - self->inputs->cases];

  return self->inputs->values[found - self->inputs->cases];
}

int
dub_failure_row_find_score (DubFailureRow *self,
                            double         score)
{
  for (size_t i = 0; self->inputs != NULL && i < self->inputs->n; i++)
    if (self->inputs->values[i] == score)
      return (int) self->inputs->cases[i];

  return -1;
}

guint *
dub_failure_row_take (DubFailureRow *self,
                      double         threshold,
                      gboolean       accepted,
                      gboolean       failed,
                      size_t        *n)
{
  const DubFailureInputs *inputs = self->inputs;
  guint *taken = g_new (guint, MAX (inputs != NULL ? inputs->n : 0, 1));

  *n = 0;
  for (size_t i = 0; inputs != NULL && i < inputs->n; i++)
    if ((inputs->values[i] <= threshold) == !!accepted && !inputs->correct[i] == !!failed)
      taken[(*n)++] = inputs->cases[i];

  return taken;
}
