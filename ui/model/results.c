#include "ui/model/results.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/model/results-read.h"
#include "ui/model/slot-job.h"


struct _DubResults {
  GObject         parent_instance;
  DubSession     *session; /* not owned: it has this */
  DubComputeSlot *slot;    /* reads and runs */
  char           *folder;  /* (nullable): of the study that is shown */
  char           *family;
  char           *score_id;
  DubResultsRead *read;    /* (nullable): nothing is known yet */
  char           *failure;
  DubSlotJob      job;     /* networks are being run */
  DubResultsWork  work;    /* of the job */
  gboolean        again;   /* the study was edited while networks were run */
};

G_DEFINE_FINAL_TYPE (DubResults, dub_results, G_TYPE_OBJECT)

enum { PROP_0, PROP_FAMILY, PROP_SCORE, PROP_FRACTION, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The first of these that has values is chosen until the person chooses. */
static const char *const PREFERRED[] = { "ensemble-sd", "msr" };

static void read_stored (DubResults *self);
static void submit      (DubResults         *self,
                         DubResultsReadWork  work,
                         DubComputeDone      done);

static void
changed (DubResults *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- what the other thread is given --- */

typedef struct {
  char               *folder;
  char               *family;
  DubResultsReadWork  work;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->folder);
  g_free (order->family);
  g_free (order);
}

static gpointer
read_thread (DubRun    *run,
             gpointer   data,
             GError   **error)
{
  const Order *order = data;

  return dub_results_read (order->folder, order->family, order->work, run, error);
}

/* --- reading --- */

/* A score that is there, and has values, is chosen. */
static void
repair_score (DubResults *self)
{
  const DubScores *scores = dub_results_get_scores (self);
  const char *chosen = NULL;

  if (scores == NULL || dub_results_get_score (self) != NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (PREFERRED) && chosen == NULL; i++)
    for (guint k = 0; k < scores->scores->len; k++) {
      const DubScore *score = g_ptr_array_index (scores->scores, k);

      if (score->values != NULL && strcmp (score->id, PREFERRED[i]) == 0)
        chosen = score->id;
    }
  for (guint k = 0; k < scores->scores->len && chosen == NULL; k++) {
    const DubScore *score = g_ptr_array_index (scores->scores, k);

    chosen = score->values != NULL ? score->id : NULL;
  }
  g_free (self->score_id);
  self->score_id = g_strdup (chosen);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SCORE]);
}

static guint
n_scored (const DubResultsRead *read)
{
  guint n = 0;

  for (guint i = 0; read != NULL && read->scores != NULL && i < read->scores->scores->len; i++)
    n += ((const DubScore *) g_ptr_array_index (read->scores->scores, i))->values != NULL;

  return n;
}

/* Scores that cost a little more than reading: nothing is told where there are no more of them than before. */
static void
scored_cb (gpointer     *result,
           const GError *error,
           gpointer      user_data)
{
  DubResults *self = user_data;

  if (*result == NULL || n_scored (*result) <= n_scored (self->read))
    return;
  g_clear_pointer (&self->read, dub_results_read_unref);
  self->read = g_steal_pointer (result);
  repair_score (self);
  changed (self);
}

static void
read_cb (gpointer     *result,
         const GError *error,
         gpointer      user_data)
{
  DubResults *self = user_data;
  gboolean ran = dub_slot_job_is_running (&self->job) && error == NULL, stored = !dub_slot_job_is_running (&self->job);

  if (error == NULL) {
    g_clear_pointer (&self->read, dub_results_read_unref);
    self->read = g_steal_pointer (result);
    g_clear_pointer (&self->failure, g_free);
  } else if (!g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    g_free (self->failure);
    self->failure = g_strdup (error->message);
  }

  gboolean again = self->again || (error != NULL && dub_slot_job_is_running (&self->job) && self->read == NULL);

  self->again = FALSE;
  dub_slot_job_end (&self->job, error);
  repair_score (self);
  changed (self);
  if (again)
    read_stored (self);
  else if (stored && self->read != NULL && self->read->complete)
    submit (self, DUB_RESULTS_READ_SCORES, scored_cb);
  if (ran)
    dub_session_outputs_made (self->session, self);
}

static void
submit (DubResults         *self,
        DubResultsReadWork  work,
        DubComputeDone      done)
{
  Order *order = g_new0 (Order, 1);

  order->folder = g_strdup (self->folder);
  order->family = g_strdup (self->family);
  order->work = work;
  dub_compute_slot_submit (self->slot, read_thread, order, order_free, (GDestroyNotify) dub_results_read_unref, done, self);
}

static void
read_stored (DubResults *self)
{
  if (dub_slot_job_is_running (&self->job)) {
    self->again = TRUE;
    return;
  }
  if (self->folder != NULL && self->family != NULL)
    submit (self, DUB_RESULTS_READ_STORED, read_cb);
}

/* --- running --- */

void
dub_results_run (DubResults     *self,
                 DubResultsWork  work)
{
  g_return_if_fail (DUB_IS_RESULTS (self));

  gboolean views = work == DUB_RESULTS_RUN_VIEWS;

  if (dub_slot_job_is_running (&self->job) || self->folder == NULL || self->family == NULL)
    return;
  g_clear_pointer (&self->failure, g_free);
  self->work = work;
  dub_slot_job_begin (&self->job, self->session, self->slot, views ? _("Scoring augmented views") : _("Running the networks"),
                      G_CALLBACK (dub_results_stop), self, props[PROP_FRACTION]);
  submit (self, views ? DUB_RESULTS_READ_VIEWS : DUB_RESULTS_READ_NETWORKS, read_cb);
  changed (self);
}

void
dub_results_stop (DubResults *self)
{
  g_return_if_fail (DUB_IS_RESULTS (self));

  if (!dub_slot_job_is_running (&self->job))
    return;

  dub_slot_job_stop (&self->job, self->slot);
  self->again = FALSE;
  changed (self);
  read_stored (self);
}

double
dub_results_get_fraction (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), 0.0);

  return dub_slot_job_get_fraction (&self->job);
}

void
dub_results_refresh (DubResults *self)
{
  g_return_if_fail (DUB_IS_RESULTS (self));

  g_clear_pointer (&self->failure, g_free);
  read_stored (self);
  changed (self);
}

/* --- following the session --- */

static void
forget (DubResults *self)
{
  dub_slot_job_stop (&self->job, self->slot);
  self->again = FALSE;
  g_clear_pointer (&self->read, dub_results_read_unref);
  g_clear_pointer (&self->failure, g_free);
}

/* The chosen family where the study still has it, else its first. */
static gboolean
repair_family (DubResults *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  g_autoptr (GPtrArray) families = study != NULL && study->data != NULL ? dub_study_families (study) : g_ptr_array_new ();
  const char *chosen = families->len > 0 ? g_ptr_array_index (families, 0) : NULL;

  for (guint i = 0; i < families->len; i++)
    if (g_strcmp0 (self->family, g_ptr_array_index (families, i)) == 0)
      chosen = g_ptr_array_index (families, i);
  if (g_strcmp0 (self->family, chosen) == 0)
    return FALSE;
  g_free (self->family);
  self->family = g_strdup (chosen);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAMILY]);

  return TRUE;
}

static void
study_changed_cb (DubResults *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  forget (self);
  g_clear_pointer (&self->folder, g_free);
  if (study != NULL && study->data != NULL && study->folder != NULL)
    self->folder = g_strdup (study->folder);
  repair_family (self);
  read_stored (self);
  changed (self);
}

static void
study_edited_cb (DubResults *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || study->data == NULL || g_strcmp0 (study->folder, self->folder) != 0) {
    study_changed_cb (self);
    return;
  }
  if (repair_family (self))
    forget (self);
  read_stored (self);
  changed (self);
}

static void
outputs_made_cb (DubResults *self,
                 gpointer    maker)
{
  if (maker != (gpointer) self)
    read_stored (self);
}

/* --- what is known --- */

DubResultsState
dub_results_get_state (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), DUB_RESULTS_EMPTY);

  if (self->folder == NULL || dub_session_get_study (self->session) == NULL)
    return DUB_RESULTS_EMPTY;
  if (self->family == NULL)
    return DUB_RESULTS_NO_NETWORK;
  if (dub_slot_job_is_running (&self->job))
    return DUB_RESULTS_RUNNING;
  if (dub_results_get_scores (self) != NULL)
    return DUB_RESULTS_READY;
  if (self->failure != NULL)
    return DUB_RESULTS_ERROR;

  return self->read == NULL ? DUB_RESULTS_READING : DUB_RESULTS_NO_OUTPUTS;
}

DubResultsRead *
dub_results_get_read (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), NULL);

  return self->read;
}

const DubOutputs *
dub_results_get_outputs (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), NULL);

  return self->read != NULL ? self->read->outputs : NULL;
}

const DubScores *
dub_results_get_scores (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), NULL);

  return self->read != NULL ? self->read->scores : NULL;
}

gboolean
dub_results_is_stale (DubResults *self)
{
  const DubOutputs *outputs = dub_results_get_outputs (self);

  return outputs != NULL && outputs->stale;
}

gboolean
dub_results_lacks_views (DubResults *self)
{
  const DubScores *scores = dub_results_get_scores (self);
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || study->data == NULL || study->data->path == NULL)
    return FALSE;
  for (guint i = 0; scores != NULL && i < scores->scores->len; i++) {
    const DubScore *score = g_ptr_array_index (scores->scores, i);

    /* What needs Dropout may not be had at all; the others can. */
    if (score->values == NULL && (score->needs & DUB_NEEDS_NETWORK) != 0 && (score->needs & DUB_NEEDS_DROPOUT) == 0)
      return TRUE;
  }

  return FALSE;
}

const char *
dub_results_get_failure (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), NULL);

  return self->failure;
}

const char *
dub_results_get_family (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), NULL);

  return self->family;
}

void
dub_results_set_family (DubResults *self,
                        const char *family)
{
  g_return_if_fail (DUB_IS_RESULTS (self));

  if (g_strcmp0 (self->family, family) == 0)
    return;
  g_free (self->family);
  self->family = g_strdup (family);
  repair_family (self);
  forget (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAMILY]);
  read_stored (self);
  changed (self);
}

const char *
dub_results_get_score_id (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), NULL);

  return self->score_id;
}

static const DubScore *
find_score (DubResults *self,
            const char *id)
{
  const DubScores *scores = dub_results_get_scores (self);

  for (guint i = 0; scores != NULL && id != NULL && i < scores->scores->len; i++) {
    const DubScore *score = g_ptr_array_index (scores->scores, i);

    if (strcmp (score->id, id) == 0)
      return score->values != NULL ? score : NULL;
  }

  return NULL;
}

void
dub_results_set_score_id (DubResults *self,
                          const char *id)
{
  g_return_if_fail (DUB_IS_RESULTS (self));

  if (g_strcmp0 (self->score_id, id) == 0)
    return;
  /* Before there are scores anything may be wished for. */
  if (dub_results_get_scores (self) != NULL && find_score (self, id) == NULL)
    return;
  g_free (self->score_id);
  self->score_id = g_strdup (id);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SCORE]);
}

const DubScore *
dub_results_get_score (DubResults *self)
{
  g_return_val_if_fail (DUB_IS_RESULTS (self), NULL);

  return find_score (self, self->score_id);
}

int
dub_results_get_predicted (DubResults *self,
                           size_t      index)
{
  const DubScores *scores = dub_results_get_scores (self);

  return scores != NULL && index < scores->n_cases ? scores->predicted[index] : -1;
}

guint
dub_results_get_failed (DubResults *self,
                        size_t      index)
{
  const DubScores *scores = dub_results_get_scores (self);

  return scores != NULL && index < scores->n_cases ? scores->failed[index] : 2;
}

double
dub_results_get_percentile (DubResults     *self,
                            const DubScore *score,
                            size_t          index)
{
  const DubScores *scores = dub_results_get_scores (self);
  DubStudy *study = dub_session_get_study (self->session);

  if (scores == NULL || study == NULL || score == NULL || score->values == NULL || index >= scores->n_cases
      || isnan (score->values[index]))
    return (double) NAN;

  return dub_scores_percentile (scores, study, score, score->values[index]);
}

/* --- the object --- */

static void
dub_results_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  DubResults *self = DUB_RESULTS (object);

  switch (id) {
  case PROP_FAMILY:
    g_value_set_string (value, self->family);
    break;
  case PROP_SCORE:
    g_value_set_string (value, self->score_id);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, dub_results_get_fraction (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_results_set_property (GObject      *object,
                          guint         id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  DubResults *self = DUB_RESULTS (object);

  switch (id) {
  case PROP_FAMILY:
    dub_results_set_family (self, g_value_get_string (value));
    break;
  case PROP_SCORE:
    dub_results_set_score_id (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_results_dispose (GObject *object)
{
  DubResults *self = DUB_RESULTS (object);

  if (self->slot != NULL)
    forget (self);
  g_clear_object (&self->slot);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->family, g_free);
  g_clear_pointer (&self->score_id, g_free);

  G_OBJECT_CLASS (dub_results_parent_class)->dispose (object);
}

static void
dub_results_class_init (DubResultsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = dub_results_get_property;
  object_class->set_property = dub_results_set_property;
  object_class->dispose = dub_results_dispose;
  props[PROP_FAMILY] = g_param_spec_string ("family", NULL, NULL, NULL, write);
  props[PROP_SCORE] = g_param_spec_string ("score", NULL, NULL, NULL, write);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_RESULTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_results_init (DubResults *self)
{
}

DubResults *
dub_results_of_session (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubResults *self = g_object_get_data (G_OBJECT (session), "dub-results");

  if (self != NULL)
    return self;
  self = g_object_new (DUB_TYPE_RESULTS, NULL);
  self->session = session;
  self->slot = dub_compute_slot_new (dub_settings_state_get_threads (dub_session_get_settings (session)));
  g_object_set_data_full (G_OBJECT (session), "dub-results", self, g_object_unref);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "study-edited", G_CALLBACK (study_edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "outputs-made", G_CALLBACK (outputs_made_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);

  return self;
}
