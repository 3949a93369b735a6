/* What a person sets, as properties, and the way back from it. */
#include "ui/model/calibration-bench-private.h"

#include <glib/gi18n.h>

#include "ui/figures/ticks.h"
#include "ui/model/calibration-words.h"

static const char *const VIEWS[] = {
  [DUB_CALIBRATION_PAIR] = "pair", [DUB_CALIBRATION_OVERLAY] = "overlay", [DUB_CALIBRATION_MODELS] = "models",
};

typedef struct {
  DubCalibrationBench  *bench;
  DubCalibrationSetting before, after;
} Step;

static DubCalibrationSetting
copy_setting (const DubCalibrationSetting *setting)
{
  DubCalibrationSetting copy = *setting;

  copy.model = g_strdup (setting->model);

  return copy;
}

static void
apply (DubCalibrationBench         *self,
       const DubCalibrationSetting *to)
{
  DubCalibrationSetting before = self->setting;
  gboolean binned = before.n_bins != to->n_bins || before.binning != to->binning;
  gboolean other = before.method != to->method || before.class_index != to->class_index || g_strcmp0 (before.model, to->model) != 0 ||
                   before.isotonic != to->isotonic || before.consistency != to->consistency;

  self->setting = copy_setting (to);
  if (other)
    _dub_calibration_bench_update (self);
  else if (binned)
    _dub_calibration_bench_rebin (self);
  _dub_calibration_bench_notify (self, _DUB_CALIBRATION_BINS);
  for (guint id = _DUB_CALIBRATION_BINNING; id <= _DUB_CALIBRATION_CONSISTENCY && (other || before.binning != to->binning); id++)
    _dub_calibration_bench_notify (self, id);
  g_free (before.model);
}

static void
step_undo (gpointer data)
{
  apply (((Step *) data)->bench, &((Step *) data)->before);
}

static void
step_redo (gpointer data)
{
  apply (((Step *) data)->bench, &((Step *) data)->after);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->bench);
  g_free (step->before.model);
  g_free (step->after.model);
  g_free (step);
}

static gboolean
same (const DubCalibrationSetting *a,
      const DubCalibrationSetting *b)
{
  return a->n_bins == b->n_bins && a->binning == b->binning && a->method == b->method && a->class_index == b->class_index &&
         a->isotonic == b->isotonic && a->consistency == b->consistency && g_strcmp0 (a->model, b->model) == 0;
}

/* @after: its model is copied. */
static void
commit (DubCalibrationBench   *self,
        DubCalibrationSetting  after,
        const char            *label,
        const char            *merge_key)
{
  Step *step;

  if (same (&self->setting, &after))
    return;
  step = g_new0 (Step, 1);
  step->bench = g_object_ref (self);
  step->before = copy_setting (&self->setting);
  step->after = copy_setting (&after);
  apply (self, &step->after);
  dub_history_commit (dub_session_get_history (self->session), label, merge_key, step_undo, step_redo, step, step_free);
}

void
_dub_calibration_bench_forget (DubCalibrationBench *self)
{
  DubCalibrationSetting fresh = { DUB_RELIABILITY_BINS, DUB_BINS_EQUAL_WIDTH, DUB_RECALIBRATE_TEMPERATURE, NULL, -1,
                                  self->setting.isotonic, self->setting.consistency };

  self->chosen_method = FALSE;
  apply (self, &fresh);
}

void
_dub_calibration_bench_follow_study (DubCalibrationBench *self)
{
  g_autoptr (DubRecalibration) applied = dub_calibration_bench_get_applied (self);

  if (applied == NULL || self->chosen_method || self->setting.method == (int) dub_recalibration_get_method (applied))
    return;
  self->setting.method = (int) dub_recalibration_get_method (applied);
  _dub_calibration_bench_notify (self, _DUB_CALIBRATION_METHOD);
}

const DubCalibrationSetting *
dub_calibration_bench_get_setting (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  return &self->setting;
}

DubCalibrationView
dub_calibration_bench_get_view (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), DUB_CALIBRATION_PAIR);

  return self->view;
}

/* --- properties --- */

/* "ce · mean of 5 networks · top label · accuracy 0.84" */
static char *
subtitle (DubCalibrationBench *self)
{
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self);
  DubStudy *study = dub_session_get_study (self->session);
  const DubPredictions *predictions;
  size_t n_correct = 0;

  if (subject == NULL || subject->test == NULL || study == NULL)
    return g_strdup ("");
  predictions = subject->test->predictions;
  for (size_t i = 0; i < predictions->n_cases; i++)
    n_correct += predictions->correct[i] ? 1 : 0;

  int class_index = self->setting.class_index;
  g_autofree char *accuracy = dub_number_format ((double) n_correct / (double) predictions->n_cases, 3);
  g_autofree char *ensemble = g_strdup_printf (g_dngettext (NULL, "mean of %u network", "mean of %u networks", subject->n_networks),
                                               subject->n_networks);
  g_autofree char *who = subject->n_networks == 1 && subject->model == NULL
                           ? g_strdup (subject->family)
                           : g_strdup_printf ("%s · %s", subject->family, subject->model != NULL ? subject->model : ensemble);
  const char *looked_at = class_index >= 0 && class_index < (int) study->classes->len ? study->classes->pdata[class_index] : _("top label");

  return g_strdup_printf (_("%s · %s · accuracy %s"), who, looked_at, accuracy);
}

void
_dub_calibration_bench_get_property (GObject    *object,
                                     guint       id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  DubCalibrationBench *self = DUB_CALIBRATION_BENCH (object);
  const DubCalibrationSetting *setting = &self->setting;

  switch (id) {
  case _DUB_CALIBRATION_BINS:
    g_value_set_int (value, setting->n_bins);
    break;
  case _DUB_CALIBRATION_BINNING:
    g_value_set_string (value, setting->binning == DUB_BINS_EQUAL_WIDTH ? "width" : "mass");
    break;
  case _DUB_CALIBRATION_METHOD:
    g_value_set_string (value, setting->method < 0 ? "none" : dub_recalibrate_id ((DubRecalibrate) setting->method));
    break;
  case _DUB_CALIBRATION_MODEL:
    g_value_set_string (value, setting->model != NULL ? setting->model : "");
    break;
  case _DUB_CALIBRATION_CLASS:
    g_value_set_int (value, setting->class_index);
    break;
  case _DUB_CALIBRATION_ISOTONIC:
    g_value_set_boolean (value, setting->isotonic);
    break;
  case _DUB_CALIBRATION_CONSISTENCY:
    g_value_set_boolean (value, setting->consistency);
    break;
  case _DUB_CALIBRATION_VIEW:
    g_value_set_string (value, VIEWS[self->view]);
    break;
  case _DUB_CALIBRATION_BIN:
    g_value_set_int (value, self->bin);
    break;
  case _DUB_CALIBRATION_SIDE:
    g_value_set_int (value, self->bin_side);
    break;
  case _DUB_CALIBRATION_SUBTITLE:
    g_value_take_string (value, subtitle (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
set_method (DubCalibrationBench   *self,
            DubCalibrationSetting  after,
            const char            *id)
{
  DubRecalibrate method;

  if (dub_recalibrate_from_id (id, &method))
    after.method = (int) method;
  else if (g_strcmp0 (id, "none") == 0)
    after.method = -1;
  self->chosen_method = TRUE;
  commit (self, after, _("Choose a recalibration"), NULL);
}

static void
set_view (DubCalibrationBench *self,
          const char          *name)
{
  for (guint view = 0; view < G_N_ELEMENTS (VIEWS); view++)
    if (g_strcmp0 (VIEWS[view], name) == 0 && self->view != (DubCalibrationView) view) {
      self->view = (DubCalibrationView) view;
      _dub_calibration_bench_update (self);
      _dub_calibration_bench_notify (self, _DUB_CALIBRATION_VIEW);
    }
}

void
_dub_calibration_bench_set_property (GObject      *object,
                                     guint         id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  DubCalibrationBench *self = DUB_CALIBRATION_BENCH (object);
  DubCalibrationSetting after = self->setting;

  switch (id) {
  case _DUB_CALIBRATION_BINS:
    after.n_bins = CLAMP (g_value_get_int (value), DUB_CALIBRATION_FEWEST_BINS, DUB_CALIBRATION_MOST_BINS);
    commit (self, after, _("Change the number of bins"), "calibration-bins");
    break;
  case _DUB_CALIBRATION_BINNING:
    after.binning = g_strcmp0 (g_value_get_string (value), "mass") == 0 ? DUB_BINS_EQUAL_MASS : DUB_BINS_EQUAL_WIDTH;
    commit (self, after, _("Change the kind of bins"), NULL);
    break;
  case _DUB_CALIBRATION_METHOD:
    set_method (self, after, g_value_get_string (value));
    break;
  case _DUB_CALIBRATION_MODEL:
    after.model = g_value_get_string (value) != NULL && g_value_get_string (value)[0] != '\0' ? (char *) g_value_get_string (value) : NULL;
    commit (self, after, _("Choose a network"), NULL);
    break;
  case _DUB_CALIBRATION_CLASS:
    after.class_index = MAX (g_value_get_int (value), -1);
    commit (self, after, _("Choose a class"), NULL);
    break;
  case _DUB_CALIBRATION_ISOTONIC:
    after.isotonic = g_value_get_boolean (value);
    commit (self, after, _("Isotonic curve"), NULL);
    break;
  case _DUB_CALIBRATION_CONSISTENCY:
    after.consistency = g_value_get_boolean (value);
    commit (self, after, _("Consistency band"), NULL);
    break;
  case _DUB_CALIBRATION_VIEW:
    set_view (self, g_value_get_string (value));
    break;
  case _DUB_CALIBRATION_BIN:
    dub_calibration_bench_choose_bin (self, self->bin_side, g_value_get_int (value));
    break;
  case _DUB_CALIBRATION_SIDE:
    dub_calibration_bench_choose_bin (self, g_value_get_int (value), self->bin);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

void
_dub_calibration_bench_install (GObjectClass  *object_class,
                                GParamSpec   **props)
{
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = _dub_calibration_bench_get_property;
  object_class->set_property = _dub_calibration_bench_set_property;
  props[_DUB_CALIBRATION_BINS] = g_param_spec_int ("bins", NULL, NULL, DUB_CALIBRATION_FEWEST_BINS, DUB_CALIBRATION_MOST_BINS,
                                                   DUB_RELIABILITY_BINS, write);
  props[_DUB_CALIBRATION_BINNING] = g_param_spec_string ("binning", NULL, NULL, "width", write);
  props[_DUB_CALIBRATION_METHOD] = g_param_spec_string ("method", NULL, NULL, "temperature", write);
  props[_DUB_CALIBRATION_MODEL] = g_param_spec_string ("model", NULL, NULL, "", write);
  props[_DUB_CALIBRATION_CLASS] = g_param_spec_int ("class", NULL, NULL, -1, G_MAXINT, -1, write);
  props[_DUB_CALIBRATION_ISOTONIC] = g_param_spec_boolean ("isotonic", NULL, NULL, FALSE, write);
  props[_DUB_CALIBRATION_CONSISTENCY] = g_param_spec_boolean ("consistency", NULL, NULL, FALSE, write);
  props[_DUB_CALIBRATION_VIEW] = g_param_spec_string ("view", NULL, NULL, "pair", write);
  props[_DUB_CALIBRATION_BIN] = g_param_spec_int ("bin", NULL, NULL, -1, G_MAXINT, -1, write);
  props[_DUB_CALIBRATION_SIDE] = g_param_spec_int ("side", NULL, NULL, 0, G_MAXINT, 0, write);
  props[_DUB_CALIBRATION_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL,
                                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, _DUB_CALIBRATION_N_PROPS, props);
}
