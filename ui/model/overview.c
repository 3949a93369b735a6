#include "ui/model/overview.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/model/slot-job.h"
#include "ui/model/training.h"

/* A training step costs about as much as three answers: forward, and backward twice. */
static const double STEP_OVER_ANSWER = 3.0;

struct _DubOverview {
  GObject              parent_instance;
  DubSession          *session;   /* not owned: the page that has this has it */
  DubComputeSlot      *measuring; /* and running */
  DubComputeSlot      *checking;
  char                *folder;    /* (nullable): of the study that is shown */
  char                *hash;      /* of its data and where they are */
  DubOverviewMeasured *measured;
  DubOverviewChecked  *checked;
  char                *failure;
  DubSlotJob           job;       /* the networks are being run */
  gboolean             looking;   /* at the data */
  gboolean             again;     /* the study was edited while the networks were run */
};

G_DEFINE_FINAL_TYPE (DubOverview, dub_overview, G_TYPE_OBJECT)

enum { PROP_0, PROP_FRACTION, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void measure (DubOverview *self);

static void
changed (DubOverview *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- what other threads are given --- */

typedef struct {
  char     *folder;
  char     *path; /* (nullable) */
  gboolean  run_networks;
} Order;

static Order *
order_new (DubOverview *self,
           gboolean     run_networks)
{
  Order *order = g_new0 (Order, 1);

  order->folder = g_strdup (self->folder);
  order->run_networks = run_networks;

  return order;
}

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->folder);
  g_free (order->path);
  g_free (order);
}

static gpointer
measure_thread (DubRun    *run,
                gpointer   data,
                GError   **error)
{
  const Order *order = data;

  return dub_overview_measure (order->folder, order->run_networks, run, error);
}

static gpointer
check_thread (DubRun    *run,
              gpointer   data,
              GError   **error)
{
  const Order *order = data;

  return dub_overview_check (order->folder, run, error);
}

/* --- the networks --- */

static void
measured_cb (gpointer     *result,
             const GError *error,
             gpointer      user_data)
{
  DubOverview *self = user_data;

  if (error == NULL) {
    g_clear_pointer (&self->measured, dub_overview_measured_free);
    self->measured = g_steal_pointer (result);
    g_clear_pointer (&self->failure, g_free);
  } else if (!g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    g_free (self->failure);
    self->failure = g_strdup (error->message);
  }

  gboolean ran = dub_slot_job_is_running (&self->job) && error == NULL;
  gboolean again = self->again || (error != NULL && dub_slot_job_is_running (&self->job) && self->measured == NULL);

  self->again = FALSE;
  dub_slot_job_end (&self->job, error);
  changed (self);
  if (again)
    measure (self);
  if (ran)
    dub_session_outputs_made (self->session, self);
}

static void
measure (DubOverview *self)
{
  if (dub_slot_job_is_running (&self->job)) {
    self->again = TRUE;
    return;
  }
  dub_compute_slot_submit (self->measuring, measure_thread, order_new (self, FALSE), order_free,
                           (GDestroyNotify) dub_overview_measured_free, measured_cb, self);
}

void
dub_overview_run (DubOverview *self)
{
  g_return_if_fail (DUB_IS_OVERVIEW (self));

  if (dub_slot_job_is_running (&self->job) || self->folder == NULL)
    return;
  g_clear_pointer (&self->failure, g_free);
  dub_slot_job_begin (&self->job, self->session, self->measuring, _("Running the networks"), G_CALLBACK (dub_overview_stop), self,
                      props[PROP_FRACTION]);
  dub_compute_slot_submit (self->measuring, measure_thread, order_new (self, TRUE), order_free,
                           (GDestroyNotify) dub_overview_measured_free, measured_cb, self);
  changed (self);
}

void
dub_overview_stop (DubOverview *self)
{
  g_return_if_fail (DUB_IS_OVERVIEW (self));

  if (!dub_slot_job_is_running (&self->job))
    return;

  dub_slot_job_stop (&self->job, self->measuring);
  self->again = FALSE;
  changed (self);
  measure (self);
}

double
dub_overview_get_fraction (DubOverview *self)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), 0.0);

  return dub_slot_job_get_fraction (&self->job);
}

/* --- the data --- */

static void
checked_cb (gpointer     *result,
            const GError *error,
            gpointer      user_data)
{
  DubOverview *self = user_data;

  self->looking = FALSE;
  if (error == NULL) {
    g_clear_pointer (&self->checked, dub_overview_checked_free);
    self->checked = g_steal_pointer (result);
  }
  changed (self);
}

static void
check (DubOverview *self)
{
  self->looking = TRUE;
  dub_compute_slot_submit (self->checking, check_thread, order_new (self, FALSE), order_free,
                           (GDestroyNotify) dub_overview_checked_free, checked_cb, self);
}

static gpointer
relocate_thread (DubRun    *run,
                 gpointer   data,
                 GError   **error)
{
  const Order *order = data;

  dub_overview_relocate (order->folder, order->path, run, error);

  return NULL;
}

static void
relocated_cb (gpointer     *result,
              const GError *error,
              gpointer      user_data)
{
  DubOverview *self = user_data;
  g_autoptr (GError) failure = NULL;

  if (error != NULL)
    dub_session_fail (self->session, _("These are not the study's data"), error);
  else if (!dub_session_renew (self->session, &failure))
    dub_session_fail (self->session, _("The study could not be read again"), failure);
  check (self);
  changed (self);
}

void
dub_overview_relocate_data (DubOverview *self,
                            const char  *path)
{
  g_return_if_fail (DUB_IS_OVERVIEW (self) && path != NULL);

  if (self->folder == NULL)
    return;

  Order *order = order_new (self, FALSE);

  order->path = g_strdup (path);
  self->looking = TRUE;
  dub_compute_slot_submit (self->checking, relocate_thread, order, order_free, NULL, relocated_cb, self);
  changed (self);
}

/* --- following the session --- */

static void
forget (DubOverview *self)
{
  dub_slot_job_stop (&self->job, self->measuring);
  dub_compute_slot_cancel (self->checking);
  self->again = self->looking = FALSE;
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->hash, g_free);
  g_clear_pointer (&self->measured, dub_overview_measured_free);
  g_clear_pointer (&self->checked, dub_overview_checked_free);
  g_clear_pointer (&self->failure, g_free);
}

static void
study_changed_cb (DubOverview *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  forget (self);
  if (study != NULL && study->data != NULL && study->folder != NULL) {
    self->folder = g_strdup (study->folder);
    self->hash = g_strdup_printf ("%s %s", study->data->hash, study->data->path);
    measure (self);
    check (self);
  }
  changed (self);
}

static void
study_edited_cb (DubOverview *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || study->data == NULL || g_strcmp0 (study->folder, self->folder) != 0) {
    study_changed_cb (self);
    return;
  }

  g_autofree char *hash = g_strdup_printf ("%s %s", study->data->hash, study->data->path);

  measure (self);
  if (g_strcmp0 (hash, self->hash) != 0) {
    g_free (self->hash);
    self->hash = g_steal_pointer (&hash);
    check (self);
  }
  changed (self);
}

/* Another page has run networks. */
static void
outputs_made_cb (DubOverview *self,
                 gpointer     maker)
{
  if (maker != (gpointer) self && self->folder != NULL)
    measure (self);
}

void
dub_overview_refresh (DubOverview *self)
{
  g_return_if_fail (DUB_IS_OVERVIEW (self));

  if (self->folder == NULL)
    return;
  g_clear_pointer (&self->failure, g_free);
  measure (self);
  check (self);
  changed (self);
}

/* --- what is known --- */

DubOverviewState
dub_overview_get_state (DubOverview *self)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), DUB_OVERVIEW_EMPTY);

  DubStudy *study = dub_session_get_study (self->session);

  if (self->folder == NULL || study == NULL)
    return DUB_OVERVIEW_EMPTY;
  if (dub_slot_job_is_running (&self->job))
    return DUB_OVERVIEW_RUNNING;
  if (study->models->len == 0)
    return DUB_OVERVIEW_NO_NETWORK;
  if (self->measured == NULL && self->failure == NULL)
    return DUB_OVERVIEW_READING;
  if (self->measured != NULL && self->measured->evaluation != NULL)
    return DUB_OVERVIEW_READY;

  return DUB_OVERVIEW_NO_OUTPUTS;
}

const DubOverviewMeasured *
dub_overview_get_measured (DubOverview *self)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), NULL);

  return self->measured;
}

const DubOverviewChecked *
dub_overview_get_checked (DubOverview *self)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), NULL);

  return self->checked;
}

gboolean
dub_overview_is_checking (DubOverview *self)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), FALSE);

  return self->looking;
}

const char *
dub_overview_get_failure (DubOverview *self)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), NULL);

  return self->failure != NULL ? self->failure : self->measured != NULL ? self->measured->failure : NULL;
}

size_t
dub_overview_get_n_missing (DubOverview *self)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), 0);

  if (self->measured == NULL)
    return 0;

  return self->measured->n_networks - MIN (self->measured->n_outputs, self->measured->n_networks);
}

static const DubRunSummary *
run_of (DubOverview *self,
        const char  *family)
{
  DubRuns *runs = dub_training_get_runs (dub_training_of_session (self->session));

  for (guint i = 0; i < dub_runs_get_n (runs); i++) {
    const DubRunSummary *run = dub_runs_get (runs, i);

    if (strcmp (run->family, family) == 0)
      return run;
  }

  return NULL;
}

double
dub_overview_get_seconds (DubOverview *self)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), -1.0);

  double seconds = 0.0;

  if (self->measured == NULL)
    return -1.0;
  for (guint i = 0; i < self->measured->families->len; i++) {
    const DubOverviewFamily *family = g_ptr_array_index (self->measured->families, i);
    const DubRunSummary *run = run_of (self, family->name);
    size_t n = self->measured->stale ? family->n_networks : family->n_networks - family->n_measured;
    double rate = run != NULL && run->epochs->len > 0
                    ? g_array_index (run->epochs, DubEpoch, run->epochs->len - 1).cases_per_second
                    : 0.0;

    if (n > 0 && !(rate > 0.0))
      return -1.0;
    if (n > 0)
      seconds += (double) n * (double) self->measured->n_cases / (STEP_OVER_ANSWER * rate);
  }

  return seconds;
}

char *
dub_overview_family_title (DubOverview *self,
                           const char  *family)
{
  g_return_val_if_fail (DUB_IS_OVERVIEW (self), NULL);

  const DubRunSummary *run = run_of (self, family);

  return g_strdup (run != NULL && run->loss_name != NULL ? run->loss_name : family);
}

/* --- the object --- */

static void
dub_overview_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  if (id == PROP_FRACTION)
    g_value_set_double (value, dub_overview_get_fraction (DUB_OVERVIEW (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dub_overview_dispose (GObject *object)
{
  DubOverview *self = DUB_OVERVIEW (object);

  if (self->measuring != NULL)
    forget (self);
  g_clear_object (&self->measuring);
  g_clear_object (&self->checking);

  G_OBJECT_CLASS (dub_overview_parent_class)->dispose (object);
}

static void
dub_overview_class_init (DubOverviewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = dub_overview_get_property;
  object_class->dispose = dub_overview_dispose;
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_OVERVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_overview_init (DubOverview *self)
{
}

DubOverview *
dub_overview_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubOverview *self = g_object_new (DUB_TYPE_OVERVIEW, NULL);
  guint n_threads = dub_settings_state_get_threads (dub_session_get_settings (session));

  self->session = session;
  self->measuring = dub_compute_slot_new (n_threads);
  self->checking = dub_compute_slot_new (n_threads);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "study-edited", G_CALLBACK (study_edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "outputs-made", G_CALLBACK (outputs_made_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);

  return self;
}
