#include "ui/model/session.h"

enum { MAX_STEPS = 200 };

/* One place on the way through the selection. */
typedef struct {
  int case_index;
  int model_index;
} DubStep;

struct _DubSession {
  GObject           parent_instance;
  DubStudy         *study;
  DubAtlas         *atlas;
  int               case_index;
  int               model_index;
  GArray           *steps; /* of DubStep; [step] is where we are */
  guint             step;
  DubSelection     *selection; /* of cases of a data set */
  DubHistory       *history;
  DubJobs          *jobs;
  DubSettingsState *settings;
  DubComputeSlot   *slot;
  guint             slot_threads; /* the preference it was made with */
  DubComputeSlot   *loader; /* reads the atlas; never waits behind the slot */
  gboolean          held;   /* the slots begin nothing */
};

G_DEFINE_FINAL_TYPE (DubSession, dub_session, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_STUDY,
  PROP_CASE_INDEX,
  PROP_MODEL_INDEX,
  PROP_ATLAS,
  PROP_CAN_GO_BACK,
  PROP_CAN_GO_FORWARD,
  PROP_SETTINGS,
  N_PROPS
};
enum { STUDY_EDITED, OUTPUTS_MADE, TOAST, FAILURE, N_SIGNALS };
static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* A study has either volumes or a data set: its selection is the way that is walked. */
static gboolean
has_data (DubSession *self)
{
  return self->study != NULL && self->study->data != NULL;
}

static gboolean
can_go_back (DubSession *self)
{
  return has_data (self) ? dub_selection_can_go_back (self->selection) : self->step > 0;
}

static gboolean
can_go_forward (DubSession *self)
{
  return has_data (self) ? dub_selection_can_go_forward (self->selection) : self->step + 1 < self->steps->len;
}

static size_t
n_data_cases (DubSession *self)
{
  return has_data (self) ? self->study->data->n_cases : 0;
}

static void
dub_session_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  DubSession *self = DUB_SESSION (object);

  switch (prop_id) {
  case PROP_STUDY:
    g_value_set_boxed (value, self->study);
    break;
  case PROP_CASE_INDEX:
    g_value_set_int (value, self->case_index);
    break;
  case PROP_MODEL_INDEX:
    g_value_set_int (value, self->model_index);
    break;
  case PROP_ATLAS:
    g_value_set_boxed (value, self->atlas);
    break;
  case PROP_CAN_GO_BACK:
    g_value_set_boolean (value, can_go_back (self));
    break;
  case PROP_CAN_GO_FORWARD:
    g_value_set_boolean (value, can_go_forward (self));
    break;
  case PROP_SETTINGS:
    g_value_set_object (value, self->settings);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_session_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  DubSession *self = DUB_SESSION (object);

  switch (prop_id) {
  case PROP_STUDY:
    dub_session_set_study (self, g_value_get_boxed (value));
    break;
  case PROP_SETTINGS:
    self->settings = g_value_dup_object (value);
    if (self->settings == NULL)
      self->settings = dub_settings_state_new ();
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_session_dispose (GObject *object)
{
  DubSession *self = DUB_SESSION (object);

  g_clear_object (&self->slot);
  g_clear_object (&self->loader);
  g_clear_object (&self->selection);
  g_clear_object (&self->history);
  g_clear_object (&self->jobs);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (dub_session_parent_class)->dispose (object);
}

static void
dub_session_finalize (GObject *object)
{
  DubSession *self = DUB_SESSION (object);

  g_clear_pointer (&self->study, dub_study_unref);
  g_clear_pointer (&self->atlas, dub_atlas_unref);
  g_array_unref (self->steps);

  G_OBJECT_CLASS (dub_session_parent_class)->finalize (object);
}

static void
dub_session_class_init (DubSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dub_session_dispose;
  object_class->finalize = dub_session_finalize;
  object_class->get_property = dub_session_get_property;
  object_class->set_property = dub_session_set_property;

  props[PROP_STUDY] = g_param_spec_boxed ("study", NULL, NULL, DUB_TYPE_STUDY,
                                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_CASE_INDEX] = g_param_spec_int ("case-index", NULL, NULL, -1, G_MAXINT, -1, read);
  props[PROP_MODEL_INDEX] = g_param_spec_int ("model-index", NULL, NULL, -1, G_MAXINT, -1, read);
  props[PROP_ATLAS] = g_param_spec_boxed ("atlas", NULL, NULL, DUB_TYPE_ATLAS, read);
  props[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE, read);
  props[PROP_CAN_GO_FORWARD] = g_param_spec_boolean ("can-go-forward", NULL, NULL, FALSE, read);
  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, DUB_TYPE_SETTINGS_STATE,
                                              G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[STUDY_EDITED] = g_signal_new ("study-edited", DUB_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  signals[OUTPUTS_MADE] = g_signal_new ("outputs-made", DUB_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_OBJECT);
  signals[TOAST] = g_signal_new ("toast", DUB_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FAILURE] = g_signal_new ("failure", DUB_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
notify_way (DubSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_GO_BACK]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_GO_FORWARD]);
}

static void
dub_session_init (DubSession *self)
{
  self->case_index = -1;
  self->model_index = -1;
  self->steps = g_array_new (FALSE, FALSE, sizeof (DubStep));
  self->selection = dub_selection_new ();
  g_signal_connect_object (self->selection, "notify::can-go-back", G_CALLBACK (notify_way), self, G_CONNECT_SWAPPED);
  self->history = dub_history_new ();
  self->jobs = dub_jobs_new ();
}

DubSession *
dub_session_new (DubSettingsState *settings)
{
  return g_object_new (DUB_TYPE_SESSION, "settings", settings, NULL);
}

DubStudy *
dub_session_get_study (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  return self->study;
}

/* Sets the selection without touching the way back. */
static void
show_selection (DubSession *self,
                int         case_index,
                int         model_index)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->case_index != case_index) {
    self->case_index = case_index;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CASE_INDEX]);
  }
  if (self->model_index != model_index) {
    self->model_index = model_index;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODEL_INDEX]);
  }
  g_object_thaw_notify (G_OBJECT (self));
}

typedef struct {
  char *labels;
  char *table;
} DubAtlasFiles;

static void
atlas_files_free (gpointer data)
{
  DubAtlasFiles *files = data;

  g_free (files->labels);
  g_free (files->table);
  g_free (files);
}

static gpointer
load_atlas (DubRun   *run,
            gpointer  data,
            GError  **error)
{
  DubAtlasFiles *files = data;

  return dub_atlas_load (files->labels, files->table, error);
}

static void
atlas_loaded_cb (gpointer     *result,
                 const GError *error,
                 gpointer      user_data)
{
  DubSession *self = user_data;

  if (error != NULL) {
    dub_session_toast (self, error->message);
    return;
  }
  self->atlas = g_steal_pointer (result);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ATLAS]);
}

static DubComputeSlot *
slot_new (DubSession *self,
          guint       n_threads)
{
  DubComputeSlot *slot = dub_compute_slot_new (n_threads);

  dub_compute_slot_set_held (slot, self->held);

  return slot;
}

static void
start_atlas (DubSession *self)
{
  if (self->atlas != NULL) {
    g_clear_pointer (&self->atlas, dub_atlas_unref);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ATLAS]);
  }
  if (self->loader != NULL)
    dub_compute_slot_cancel (self->loader);
  if (self->study == NULL || self->study->atlas_path == NULL || self->study->atlas_table == NULL)
    return;

  DubAtlasFiles *files = g_new0 (DubAtlasFiles, 1);

  files->labels = g_strdup (self->study->atlas_path);
  files->table = g_strdup (self->study->atlas_table);
  if (self->loader == NULL)
    self->loader = slot_new (self, 1);
  dub_compute_slot_submit (self->loader, load_atlas, files, atlas_files_free, (GDestroyNotify) dub_atlas_unref,
                           atlas_loaded_cb, self);
}

void
dub_session_set_study (DubSession *self,
                       DubStudy   *study)
{
  g_return_if_fail (DUB_IS_SESSION (self));

  if (self->study == study)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  dub_jobs_cancel_all (self->jobs);
  if (self->slot != NULL) {
    dub_compute_slot_cancel (self->slot);
    if (self->slot_threads != dub_settings_state_get_threads (self->settings))
      g_clear_object (&self->slot);
  }
  dub_history_clear (self->history);
  g_array_set_size (self->steps, 0);
  self->step = 0;

  g_clear_pointer (&self->study, dub_study_unref);
  self->study = study != NULL ? dub_study_ref (study) : NULL;
  self->case_index = -1;
  self->model_index = -1;
  dub_selection_reset (self->selection, n_data_cases (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STUDY]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CASE_INDEX]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODEL_INDEX]);
  notify_way (self);
  start_atlas (self);
  if (study != NULL)
    dub_session_select (self, study->cases->len > 0 ? 0 : -1, study->models->len > 0 ? 0 : -1);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
dub_session_open (DubSession  *self,
                  const char  *folder,
                  GError     **error)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), FALSE);

  g_autoptr (DubStudy) study = dub_study_load (folder, error);

  if (study == NULL)
    return FALSE;
  dub_session_set_study (self, study);

  return TRUE;
}

gboolean
dub_session_renew (DubSession  *self,
                   GError     **error)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), FALSE);

  if (self->study == NULL || self->study->folder == NULL)
    return TRUE;

  DubStudy *fresh = dub_study_load (self->study->folder, error);

  if (fresh == NULL)
    return FALSE;
  /* Opening a data set may take seconds; it is the same one. */
  if (fresh->data != NULL && fresh->data->dataset == NULL && self->study->data != NULL
      && self->study->data->dataset != NULL)
    fresh->data->dataset = dub_dataset_ref (self->study->data->dataset);
  dub_study_unref (self->study);
  self->study = fresh;
  dub_session_study_edited (self);

  return TRUE;
}

void
dub_session_study_edited (DubSession *self)
{
  g_return_if_fail (DUB_IS_SESSION (self));

  if (self->study == NULL)
    return;
  int n_cases = (int) self->study->cases->len, n_models = (int) self->study->models->len;

  dub_selection_resize (self->selection, n_data_cases (self));
  /* Places on the way that are no more become the nearest that is; the first takes the place of none. */
  for (guint i = self->steps->len; i-- > 0;) {
    DubStep *step = &g_array_index (self->steps, DubStep, i);

    step->case_index = CLAMP (step->case_index, n_cases > 0 ? 0 : -1, n_cases - 1);
    step->model_index = CLAMP (step->model_index, n_models > 0 ? 0 : -1, n_models - 1);
  }

  g_object_freeze_notify (G_OBJECT (self));
  if (self->steps->len > 0) {
    DubStep here = g_array_index (self->steps, DubStep, self->step);

    show_selection (self, here.case_index, here.model_index);
  }
  g_signal_emit (self, signals[STUDY_EDITED], 0);
  g_object_thaw_notify (G_OBJECT (self));
}

int
dub_session_get_case_index (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), -1);

  return self->case_index;
}

int
dub_session_get_model_index (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), -1);

  return self->model_index;
}

DubStudyCase *
dub_session_get_case (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  if (self->study == NULL || self->case_index < 0)
    return NULL;

  return g_ptr_array_index (self->study->cases, (guint) self->case_index);
}

DubStudyModel *
dub_session_get_model (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  if (self->study == NULL || self->model_index < 0)
    return NULL;

  return g_ptr_array_index (self->study->models, (guint) self->model_index);
}

DubAtlas *
dub_session_get_atlas (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  return self->atlas;
}

void
dub_session_select (DubSession *self,
                    int         case_index,
                    int         model_index)
{
  g_return_if_fail (DUB_IS_SESSION (self));

  if (self->study == NULL)
    return;

  DubStep step = {
    case_index >= 0 ? case_index : self->case_index,
    model_index >= 0 ? model_index : self->model_index,
  };

  g_return_if_fail (step.case_index < (int) self->study->cases->len);
  g_return_if_fail (step.model_index < (int) self->study->models->len);

  if (self->steps->len > 0 && step.case_index == self->case_index && step.model_index == self->model_index)
    return;

  if (self->steps->len > 0)
    g_array_set_size (self->steps, self->step + 1);
  g_array_append_val (self->steps, step);
  if (self->steps->len > MAX_STEPS)
    g_array_remove_index (self->steps, 0);
  self->step = self->steps->len - 1;

  show_selection (self, step.case_index, step.model_index);
  notify_way (self);
}

static void
walk (DubSession *self,
      int         direction)
{
  self->step = (guint) ((int) self->step + direction);

  DubStep step = g_array_index (self->steps, DubStep, self->step);

  show_selection (self, step.case_index, step.model_index);
  notify_way (self);
}

void
dub_session_go_back (DubSession *self)
{
  g_return_if_fail (DUB_IS_SESSION (self));

  if (has_data (self))
    dub_selection_go_back (self->selection);
  else if (can_go_back (self))
    walk (self, -1);
}

void
dub_session_go_forward (DubSession *self)
{
  g_return_if_fail (DUB_IS_SESSION (self));

  if (has_data (self))
    dub_selection_go_forward (self->selection);
  else if (can_go_forward (self))
    walk (self, 1);
}

DubSelection *
dub_session_get_selection (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  return self->selection;
}

void
dub_session_outputs_made (DubSession *self,
                          gpointer    maker)
{
  g_return_if_fail (DUB_IS_SESSION (self));

  g_signal_emit (self, signals[OUTPUTS_MADE], 0, maker);
}

DubHistory *
dub_session_get_history (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  return self->history;
}

DubJobs *
dub_session_get_jobs (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  return self->jobs;
}

DubSettingsState *
dub_session_get_settings (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  return self->settings;
}

DubComputeSlot *
dub_session_get_slot (DubSession *self)
{
  g_return_val_if_fail (DUB_IS_SESSION (self), NULL);

  /* Made on first use, so that the first frame does not wait for threads. */
  if (self->slot == NULL) {
    self->slot_threads = dub_settings_state_get_threads (self->settings);
    self->slot = slot_new (self, self->slot_threads);
  }

  return self->slot;
}

void
dub_session_set_held (DubSession *self,
                      gboolean    held)
{
  g_return_if_fail (DUB_IS_SESSION (self));

  self->held = held;
  if (self->slot != NULL)
    dub_compute_slot_set_held (self->slot, held);
  if (self->loader != NULL)
    dub_compute_slot_set_held (self->loader, held);
}

void
dub_session_toast (DubSession *self,
                   const char *text)
{
  g_return_if_fail (DUB_IS_SESSION (self));

  g_signal_emit (self, signals[TOAST], 0, text);
}

void
dub_session_fail (DubSession   *self,
                  const char   *heading,
                  const GError *error)
{
  g_return_if_fail (DUB_IS_SESSION (self));
  g_return_if_fail (error != NULL);

  if (g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_signal_emit (self, signals[FAILURE], 0, heading, error->message);
}
