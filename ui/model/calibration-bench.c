#include "ui/model/calibration-bench-private.h"

#include <string.h>

#include "core/study/evaluate.h"
#include "ui/model/calibration-words.h"

/* Bands and intervals are made when the hand has rested for so long, in milliseconds; and so many curves are kept. */
enum { REST = 150, MOST_ITEMS = 48 };

G_DEFINE_FINAL_TYPE (DubCalibrationBench, dub_calibration_bench, G_TYPE_OBJECT)

static GParamSpec *props[_DUB_CALIBRATION_N_PROPS];

enum { CHANGED, REDRAWN, BIN_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

void
_dub_calibration_bench_notify (DubCalibrationBench *self,
                               guint                property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

void
_dub_calibration_bench_bin_changed (DubCalibrationBench *self)
{
  _dub_calibration_bench_notify (self, _DUB_CALIBRATION_BIN);
  _dub_calibration_bench_notify (self, _DUB_CALIBRATION_SIDE);
  g_signal_emit (self, signals[BIN_CHANGED], 0);
}

/* --- bands and intervals --- */

static void measure_next (DubCalibrationBench *self);

static guint
wants (DubCalibrationBench      *self,
       const DubCalibrationItem *item)
{
  gboolean pair = item == self->side[0] || item == self->side[1];
  guint wanted = pair ? DUB_CALIBRATION_WANT_VALUES | DUB_CALIBRATION_WANT_MEASURES : DUB_CALIBRATION_WANT_ECE;

  wanted |= DUB_CALIBRATION_WANT_BAND;
  if (self->setting.consistency)
    wanted |= DUB_CALIBRATION_WANT_CONSISTENCY;
  if (self->setting.isotonic)
    wanted |= DUB_CALIBRATION_WANT_CORP;

  return wanted;
}

/* Bands first, which are seen first; then values; then intervals, which take longer. */
static DubCalibrationItem *
find_work (DubCalibrationBench *self,
           guint               *lacks)
{
  static const guint PASSES[] = {
    DUB_CALIBRATION_WANT_BAND | DUB_CALIBRATION_WANT_CONSISTENCY | DUB_CALIBRATION_WANT_CORP,
    DUB_CALIBRATION_WANT_VALUES,
    DUB_CALIBRATION_WANT_ECE | DUB_CALIBRATION_WANT_MEASURES,
  };

  for (size_t pass = 0; pass < G_N_ELEMENTS (PASSES); pass++)
    for (guint i = 0; i < self->shown->len + 2; i++) {
      DubCalibrationItem *item = i < self->shown->len ? self->shown->pdata[i] : self->side[i - self->shown->len];

      *lacks = item != NULL ? dub_calibration_item_lacks (item, wants (self, item)) & PASSES[pass] : 0;
      if (*lacks != 0)
        return item;
    }

  return NULL;
}

static void
measured_cb (gpointer     *result,
             const GError *error,
             gpointer      user_data)
{
  DubCalibrationBench *self = user_data;
  DubCalibrationItem *item = g_steal_pointer (&self->measuring);

  dub_calibration_item_take (item, *result);
  measure_next (self);
  g_signal_emit (self, signals[REDRAWN], 0);
}

static void
changed_cb (gpointer     *result,
            const GError *error,
            gpointer      user_data)
{
  DubCalibrationBench *self = user_data;

  self->changing = FALSE;
  _dub_calibration_bench_take_change (self, *result);
  measure_next (self);
  g_signal_emit (self, signals[REDRAWN], 0);
}

static void
measure_next (DubCalibrationBench *self)
{
  guint lacks;

  if (self->wait != 0 || self->measuring != NULL || self->changing)
    return;
  self->measuring = find_work (self, &lacks);
  if (self->measuring != NULL)
    dub_calibration_item_submit (self->measuring, lacks, self->slot, measured_cb, self);
  else
    self->changing = _dub_calibration_bench_submit_change (self, changed_cb);
}

static gboolean
rested_cb (gpointer data)
{
  DubCalibrationBench *self = data;

  self->wait = 0;
  measure_next (self);

  return G_SOURCE_REMOVE;
}

static void
stop_measuring (DubCalibrationBench *self)
{
  g_clear_handle_id (&self->wait, g_source_remove);
  dub_compute_slot_cancel (self->slot);
  self->measuring = NULL;
  self->changing = FALSE;
}

/* --- curves --- */

static DubCalibrationItem *
item_of (DubCalibrationBench   *self,
         DubCalibrationAnswers *base,
         const char            *name)
{
  DubCalibrationItem *found = NULL;
  int class_index = self->setting.class_index;

  if (base->predictions->n_classes == 0)
    class_index = -1;
  for (guint i = 0; i < self->items->len && found == NULL; i++)
    if (dub_calibration_item_is (self->items->pdata[i], base, class_index))
      found = self->items->pdata[i];
  if (found == NULL) {
    found = dub_calibration_item_new (name, base, class_index);
    g_ptr_array_add (self->items, found);
  }
  dub_calibration_item_set_name (found, name);

  return found;
}

static void
set_bins (DubCalibrationBench *self)
{
  for (guint i = 0; i < self->shown->len; i++)
    dub_calibration_item_set_bins (self->shown->pdata[i], (size_t) self->setting.n_bins, self->setting.binning);
  for (int side = 0; side < 2; side++)
    if (self->side[side] != NULL) {
      dub_calibration_item_set_bins (self->side[side], (size_t) self->setting.n_bins, self->setting.binning);
      dub_calibration_item_trace (self->side[side]);
    }
}

static void
show_others (DubCalibrationBench *self)
{
  const char *family = dub_results_get_family (self->results);

  for (guint i = 0; i < self->subjects->len; i++) {
    const DubCalibrationSubject *subject = self->subjects->pdata[i];
    gboolean own = g_strcmp0 (subject->family, family) == 0;

    if (subject->test == NULL)
      continue;
    if (self->view == DUB_CALIBRATION_OVERLAY && !own)
      g_ptr_array_add (self->shown, item_of (self, subject->test, subject->family));
    else if (self->view == DUB_CALIBRATION_MODELS && own && (subject->model != NULL || subject->n_networks == 1))
      g_ptr_array_add (self->shown, item_of (self, subject->test, subject->model != NULL ? subject->model : subject->family));
  }
}

static void
make_items (DubCalibrationBench *self)
{
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self);
  DubCalibrationAnswers *after = _dub_calibration_bench_fitted (self);

  g_ptr_array_set_size (self->shown, 0);
  self->side[0] = self->side[1] = NULL;
  if (self->items->len > MOST_ITEMS) {
    stop_measuring (self);
    g_ptr_array_set_size (self->items, 0);
  }
  if (subject == NULL || subject->test == NULL)
    return;
  self->side[0] = item_of (self, subject->test, dub_calibration_words_curve (-1));
  if (after != NULL)
    self->side[1] = item_of (self, after, dub_calibration_words_curve (self->setting.method));
  for (int side = 0; side < 2 && self->view != DUB_CALIBRATION_MODELS; side++)
    if (self->side[side] != NULL)
      g_ptr_array_add (self->shown, self->side[side]);
  if (self->view != DUB_CALIBRATION_PAIR)
    show_others (self);
  set_bins (self);
}

/* What is chosen has to be there. */
static void
repair_setting (DubCalibrationBench *self)
{
  const DubCalibrationSubject *subject;
  gboolean found = self->setting.model == NULL;

  for (guint i = 0; self->subjects != NULL && i < self->subjects->len && !found; i++)
    found = g_strcmp0 (((DubCalibrationSubject *) self->subjects->pdata[i])->model, self->setting.model) == 0;
  if (!found && self->subjects != NULL) {
    g_clear_pointer (&self->setting.model, g_free);
    _dub_calibration_bench_notify (self, _DUB_CALIBRATION_MODEL);
  }
  subject = dub_calibration_bench_get_subject (self);
  if (subject != NULL && subject->test != NULL && self->setting.class_index >= (int) subject->test->predictions->n_classes) {
    self->setting.class_index = -1;
    _dub_calibration_bench_notify (self, _DUB_CALIBRATION_CLASS);
  }
}

static gboolean
is_shown (DubCalibrationBench      *self,
          const DubCalibrationItem *item)
{
  return item == self->side[0] || item == self->side[1] || g_ptr_array_find (self->shown, item, NULL);
}

void
_dub_calibration_bench_update (DubCalibrationBench *self)
{
  /* Undo may hold a bench whose page is gone: it remembers, and computes nothing. */
  if (self->slot == NULL)
    return;
  repair_setting (self);
  _dub_calibration_bench_fit (self);
  make_items (self);
  /* A change of other curves would be taken for that of those shown. */
  if (self->changing || (self->measuring != NULL && !is_shown (self, self->measuring)))
    stop_measuring (self);
  _dub_calibration_bench_match_bin (self);
  g_signal_emit (self, signals[CHANGED], 0);
  _dub_calibration_bench_notify (self, _DUB_CALIBRATION_SUBTITLE);
  measure_next (self);
}

/* While the slider moves: no curve is another one. */
void
_dub_calibration_bench_rebin (DubCalibrationBench *self)
{
  if (self->slot == NULL)
    return;
  stop_measuring (self);
  set_bins (self);
  _dub_calibration_bench_match_bin (self);
  self->wait = g_timeout_add (REST, rested_cb, self);
  g_signal_emit (self, signals[REDRAWN], 0);
}

/* --- reading --- */

typedef struct {
  char           *folder, *family;
  DubResultsRead *source;
} ReadOrder;

static void
read_order_free (gpointer data)
{
  ReadOrder *order = data;

  g_free (order->folder);
  g_free (order->family);
  dub_results_read_unref (order->source);
  g_free (order);
}

static gpointer
read_thread (DubRun    *run,
             gpointer   data,
             GError   **error)
{
  const ReadOrder *order = data;

  return dub_calibration_read (order->folder, order->family, order->source->outputs, run, error);
}

static void
drop_read (DubCalibrationBench *self)
{
  stop_measuring (self);
  dub_compute_slot_cancel (self->reader);
  g_clear_pointer (&self->fitting, g_free);
  g_ptr_array_set_size (self->shown, 0);
  self->side[0] = self->side[1] = NULL;
  g_ptr_array_set_size (self->items, 0);
  g_hash_table_remove_all (self->fits);
  g_clear_pointer (&self->subjects, g_ptr_array_unref);
}

static void
read_cb (gpointer     *result,
         const GError *error,
         gpointer      user_data)
{
  DubCalibrationBench *self = user_data;

  self->reading = FALSE;
  drop_read (self);
  self->subjects = g_steal_pointer (result);
  if (error != NULL)
    self->failure = g_strdup (error->message);
  _dub_calibration_bench_follow_study (self);
  _dub_calibration_bench_update (self);
}

static gboolean
same_outputs (const DubOutputs *a,
              const DubOutputs *b)
{
  size_t n = a->n_models * a->n_cases * a->n_classes;

  if (a->n_models != b->n_models || a->n_cases != b->n_cases || a->n_classes != b->n_classes)
    return FALSE;
  for (size_t m = 0; m < a->n_models; m++)
    if (strcmp (a->models[m], b->models[m]) != 0)
      return FALSE;

  return memcmp (a->probabilities, b->probabilities, n * sizeof *a->probabilities) == 0 &&
         memcmp (a->labels, b->labels, a->n_cases * sizeof *a->labels) == 0 &&
         memcmp (a->part, b->part, a->n_cases * sizeof *a->part) == 0;
}

static char *
families_of (DubCalibrationBench *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  g_autoptr (GPtrArray) families = study != NULL && study->data != NULL ? dub_study_families (study) : g_ptr_array_new ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < families->len; i++)
    g_string_append_printf (text, "%s\n", (char *) g_ptr_array_index (families, i));

  return g_string_free (text, FALSE);
}

static void
results_changed_cb (DubCalibrationBench *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  DubResultsRead *read = dub_results_get_read (self->results);
  const DubOutputs *outputs = dub_results_get_outputs (self->results);
  const char *family = dub_results_get_family (self->results);
  g_autofree char *families = families_of (self);
  gboolean same_family = g_strcmp0 (family, self->family) == 0;

  if (self->slot == NULL)
    return;
  if (!same_family || outputs == NULL)
    drop_read (self);
  if (study == NULL || outputs == NULL || study->folder == NULL) {
    g_clear_pointer (&self->source, dub_results_read_unref);
    self->reading = FALSE;
  } else if (self->source == NULL || !same_family || g_strcmp0 (families, self->families) != 0 ||
             !same_outputs (self->source->outputs, outputs)) {
    ReadOrder *order = g_new0 (ReadOrder, 1);

    g_clear_pointer (&self->source, dub_results_read_unref);
    self->source = dub_results_read_ref (read);
    order->folder = g_strdup (study->folder);
    order->family = g_strdup (family);
    order->source = dub_results_read_ref (read);
    self->reading = TRUE;
    g_clear_pointer (&self->fitting, g_free);
    g_clear_pointer (&self->failure, g_free);
    dub_compute_slot_submit (self->reader, read_thread, order, read_order_free, (GDestroyNotify) g_ptr_array_unref, read_cb, self);
  }
  g_free (self->family);
  self->family = g_strdup (family);
  g_free (self->families);
  self->families = g_steal_pointer (&families);
  _dub_calibration_bench_update (self);
}

static void
study_changed_cb (DubCalibrationBench *self)
{
  if (self->slot == NULL)
    return;
  g_clear_pointer (&self->source, dub_results_read_unref);
  drop_read (self);
  _dub_calibration_bench_forget (self);
}

/* --- what is known --- */

DubResults *
dub_calibration_bench_get_results (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  return self->results;
}

gboolean
dub_calibration_bench_is_reading (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), FALSE);

  return self->reading;
}

const char *
dub_calibration_bench_get_failure (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  return self->failure;
}

const DubCalibrationSubject *
dub_calibration_bench_get_subject (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  for (guint i = 0; self->subjects != NULL && i < self->subjects->len; i++) {
    const DubCalibrationSubject *subject = self->subjects->pdata[i];

    if (g_strcmp0 (subject->family, self->family) == 0 && g_strcmp0 (subject->model, self->setting.model) == 0)
      return subject;
  }

  return NULL;
}

GPtrArray *
dub_calibration_bench_get_subjects (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  return self->subjects;
}

DubCalibrationItem *
dub_calibration_bench_get_side (DubCalibrationBench *self,
                                int                  side)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self) && (side == 0 || side == 1), NULL);

  return self->side[side];
}

GPtrArray *
dub_calibration_bench_get_shown (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  return self->shown;
}

gboolean
dub_calibration_bench_is_measuring (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), FALSE);

  return self->measuring != NULL || self->changing || self->wait != 0 || self->fitting != NULL;
}

/* --- the object --- */

static void
dub_calibration_bench_dispose (GObject *object)
{
  DubCalibrationBench *self = DUB_CALIBRATION_BENCH (object);

  g_clear_handle_id (&self->wait, g_source_remove);
  if (self->slot != NULL) {
    dub_compute_slot_cancel (self->slot);
    dub_compute_slot_cancel (self->reader);
  }
  self->measuring = NULL;
  self->changing = FALSE;
  g_clear_object (&self->slot);
  g_clear_object (&self->reader);

  G_OBJECT_CLASS (dub_calibration_bench_parent_class)->dispose (object);
}

static void
dub_calibration_bench_finalize (GObject *object)
{
  DubCalibrationBench *self = DUB_CALIBRATION_BENCH (object);

  g_ptr_array_unref (self->shown);
  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->fits);
  g_clear_pointer (&self->subjects, g_ptr_array_unref);
  g_clear_pointer (&self->source, dub_results_read_unref);
  g_free (self->family);
  g_free (self->families);
  g_free (self->fitting);
  g_free (self->failure);
  g_free (self->setting.model);
  _dub_calibration_bench_change_clear (self);

  G_OBJECT_CLASS (dub_calibration_bench_parent_class)->finalize (object);
}

static void
dub_calibration_bench_class_init (DubCalibrationBenchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dub_calibration_bench_dispose;
  object_class->finalize = dub_calibration_bench_finalize;
  _dub_calibration_bench_install (object_class, props);
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_CALIBRATION_BENCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REDRAWN] = g_signal_new ("redrawn", DUB_TYPE_CALIBRATION_BENCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BIN_CHANGED] = g_signal_new ("bin-changed", DUB_TYPE_CALIBRATION_BENCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
}

static void
dub_calibration_bench_init (DubCalibrationBench *self)
{
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_calibration_item_free);
  self->shown = g_ptr_array_new ();
  self->fits = _dub_calibration_bench_fits_new ();
  self->setting = (DubCalibrationSetting) { DUB_RELIABILITY_BINS, DUB_BINS_EQUAL_WIDTH, DUB_RECALIBRATE_TEMPERATURE, NULL, -1, FALSE, FALSE };
  self->bin = -1;
}

DubCalibrationBench *
dub_calibration_bench_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubCalibrationBench *self = g_object_new (DUB_TYPE_CALIBRATION_BENCH, NULL);
  guint n_threads = dub_settings_state_get_threads (dub_session_get_settings (session));

  self->session = session;
  self->results = dub_results_of_session (session);
  self->reader = dub_compute_slot_new (n_threads);
  self->slot = dub_compute_slot_new (n_threads);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dub_session_get_selection (session), "notify::set-title", G_CALLBACK (_dub_calibration_bench_match_bin),
                           self, G_CONNECT_SWAPPED);
  results_changed_cb (self);

  return self;
}
