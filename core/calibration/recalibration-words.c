/* What a recalibration is and what was fitted, in words. */
#include "core/calibration/recalibration-private.h"

#include <math.h>
#include <string.h>

static const char *const IDS[DUB_N_RECALIBRATE] = {
  [DUB_RECALIBRATE_TEMPERATURE] = "temperature",
  [DUB_RECALIBRATE_VECTOR] = "vector",
  [DUB_RECALIBRATE_PLATT] = "platt",
  [DUB_RECALIBRATE_ISOTONIC] = "isotonic",
  [DUB_RECALIBRATE_BETA] = "beta",
};

const char *
dub_recalibrate_id (DubRecalibrate method)
{
  g_return_val_if_fail (method < DUB_N_RECALIBRATE, NULL);

  return IDS[method];
}

const char *
dub_recalibrate_title (DubRecalibrate method)
{
  static const char *const titles[DUB_N_RECALIBRATE] = {
    [DUB_RECALIBRATE_TEMPERATURE] = "Temperature scaling",
    [DUB_RECALIBRATE_VECTOR] = "Vector scaling",
    [DUB_RECALIBRATE_PLATT] = "Platt scaling",
    [DUB_RECALIBRATE_ISOTONIC] = "Isotonic regression",
    [DUB_RECALIBRATE_BETA] = "Beta calibration",
  };

  g_return_val_if_fail (method < DUB_N_RECALIBRATE, NULL);

  return titles[method];
}

const char *
dub_recalibrate_sentence (DubRecalibrate method)
{
  static const char *const sentences[DUB_N_RECALIBRATE] = {
    [DUB_RECALIBRATE_TEMPERATURE] = "One number divides all logits: every answer gets more or less sure, and none changes.",
    [DUB_RECALIBRATE_VECTOR] = "Each class has a factor and a shift of its logit; answers may change.",
    [DUB_RECALIBRATE_PLATT] = "A logistic curve of the log-odds of each class against the rest; answers may change.",
    [DUB_RECALIBRATE_ISOTONIC] = "The rising steps that come nearest to what happened, for each class against the rest; needs many "
                                 "cases, and answers may change.",
    [DUB_RECALIBRATE_BETA] = "A curve that bends the two ends of the scale apart from each other, for each class against the rest; "
                             "answers may change.",
  };

  g_return_val_if_fail (method < DUB_N_RECALIBRATE, NULL);

  return sentences[method];
}

gboolean
dub_recalibrate_from_id (const char     *id,
                         DubRecalibrate *method)
{
  for (int k = 0; k < DUB_N_RECALIBRATE; k++)
    if (strcmp (IDS[k], id) == 0) {
      *method = (DubRecalibrate) k;
      return TRUE;
    }

  return FALSE;
}

/* --- what was fitted --- */

static void
add_number (GString    *words,
            const char *before,
            double      value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isinf (value))
    g_string_append_printf (words, "%s%s", before, value > 0.0 ? "infinite" : "minus infinite");
  else
    g_string_append_printf (words, "%s%s", before, g_ascii_formatd (text, sizeof text, "%.3g", value));
}

static void
add_range (GString      *words,
           const char   *name,
           const double *values,
           size_t        n)
{
  double low = values[0], high = values[0];

  for (size_t k = 1; k < n; k++) {
    low = MIN (low, values[k]);
    high = MAX (high, values[k]);
  }
  g_string_append (words, name);
  add_number (words, " ", low);
  if (high > low)
    add_number (words, " to ", high);
}

static void
add_temperature (const DubRecalibration *self,
                 GString                *words)
{
  add_number (words, "T = ", 1.0 / self->beta);
  add_number (words, " (", self->low);
  add_number (words, " to ", self->high);
  g_string_append_c (words, ')');
}

/* One number of every map, of which those without values are left out. */
static void
add_of_maps (const DubRecalibration *self,
             GString                *words)
{
  size_t n = _dub_recalibration_n_maps (self), n_used = 0;
  g_autofree double *first = g_new0 (double, 3 * n);
  double *second = first + n, *third = first + 2 * n;

  for (size_t k = 0; k < n; k++) {
    gconstpointer map = g_ptr_array_index (self->maps, k);

    if (self->method != DUB_RECALIBRATE_ISOTONIC && _dub_recalibration_map_kind (self, k) == DUB_FIT_SEPARABLE)
      continue;
    if (self->method == DUB_RECALIBRATE_PLATT) {
      first[n_used] = ((const DubPlatt *) map)->slope;
      second[n_used] = ((const DubPlatt *) map)->bias;
    } else if (self->method == DUB_RECALIBRATE_ISOTONIC) {
      first[n_used] = (double) ((const DubIsotonic *) map)->n_points;
    } else {
      first[n_used] = ((const DubBeta *) map)->a;
      second[n_used] = ((const DubBeta *) map)->b;
      third[n_used] = ((const DubBeta *) map)->c;
    }
    n_used++;
  }
  if (n_used == 0) {
    g_string_append (words, "no values");
    return;
  }
  add_range (words, self->method == DUB_RECALIBRATE_PLATT ? "slope" : self->method == DUB_RECALIBRATE_BETA ? "a" : "points", first, n_used);
  if (self->method != DUB_RECALIBRATE_ISOTONIC)
    add_range (words, self->method == DUB_RECALIBRATE_PLATT ? ", bias" : ", b", second, n_used);
  if (self->method == DUB_RECALIBRATE_BETA)
    add_range (words, ", c", third, n_used);
  if (n > 1)
    g_string_append_printf (words, " over %zu classes", n);
}

char *
dub_recalibration_describe (const DubRecalibration *self)
{
  GString *words = g_string_new (NULL);

  if (self->method == DUB_RECALIBRATE_TEMPERATURE) {
    add_temperature (self, words);
  } else if (self->method == DUB_RECALIBRATE_VECTOR) {
    add_range (words, "w", self->vector->weight, self->n_classes);
    add_range (words, ", b", self->vector->bias, self->n_classes);
    g_string_append_printf (words, " over %zu classes", self->n_classes);
  } else {
    add_of_maps (self, words);
  }

  return g_string_free (words, FALSE);
}

char *
dub_recalibration_summary (const DubRecalibration *self)
{
  g_autofree char *fitted = dub_recalibration_describe (self);

  return g_strdup_printf ("%s, %s", dub_recalibrate_title (self->method), fitted);
}

/* --- what to know before believing it --- */

static void G_GNUC_PRINTF (2, 3)
warn (GPtrArray  *warnings,
      const char *format,
      ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (warnings, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
warn_of_kind (const DubRecalibration *self,
              GPtrArray              *warnings)
{
  gboolean temperature = self->method == DUB_RECALIBRATE_TEMPERATURE;

  if (self->kind == DUB_FIT_CHANCE && temperature)
    warn (warnings, "On the %s cases the confidences are no better than chance: the best temperature is infinite and hides them.",
          self->split);
  else if (self->kind == DUB_FIT_CHANCE)
    warn (warnings, "On the %s cases higher confidences do not go with more right answers: the best map is level and hides them.",
          self->split);
  else if (self->kind == DUB_FIT_SEPARABLE && temperature)
    warn (warnings, "Every answer on the %s cases is right: the best temperature is 0, would make all answers certain, and is not "
          "applied.", self->split);
  else if (self->kind == DUB_FIT_SEPARABLE)
    warn (warnings, "On the %s cases a threshold tells %s without an error: the likelihood of %s rises for ever, and no map of it is "
          "applied; a temperature or Platt scaling may have a best one.", self->split,
          self->n_classes > 2 ? "a class from the others" : "the two outcomes apart", dub_recalibrate_title (self->method));
}

static void
warn_of_maps (const DubRecalibration *self,
              GPtrArray              *warnings)
{
  size_t n = _dub_recalibration_n_maps (self);

  for (size_t k = 0; k < n && n > 1 && self->kind == DUB_FIT_FOUND; k++) {
    DubFitKind kind = _dub_recalibration_map_kind (self, k);

    if (kind == DUB_FIT_CHANCE)
      warn (warnings, "The probabilities of class %zu are no better than chance on the %s cases: its map is level.", k, self->split);
    else if (kind == DUB_FIT_SEPARABLE)
      warn (warnings, "On the %s cases a threshold tells class %zu from the others without an error: its map knows only 0 and 1.",
            self->split, k);
  }
  for (size_t c = 0; c < self->n_classes && self->vector != NULL; c++)
    if (self->kind == DUB_FIT_FOUND && self->vector->weight[c] < 0.0)
      warn (warnings, "The factor of class %zu is below 0: the more the networks speak for it, the less probable it becomes.", c);
}

static void
warn_of_cases (const DubRecalibration *self,
               GPtrArray              *warnings)
{
  gboolean maps = self->method != DUB_RECALIBRATE_TEMPERATURE;

  if (self->n_cases < DUB_FIT_FEW_CASES)
    warn (warnings, "Fitted on %zu case%s only: loose.", self->n_cases, self->n_cases == 1 ? "" : "s");
  for (size_t c = 0; c < self->n_classes && maps; c++)
    if (self->counts[c] < DUB_FIT_FEW_CASES / 3)
      warn (warnings, "Only %zu of the %zu cases %s of class %zu: its map is loose.", self->counts[c], self->n_cases,
            self->counts[c] == 1 ? "is" : "are", c);
  for (size_t k = 0; k < 2 && maps && self->n_classes == 0; k++)
    if (self->counts[k] < DUB_FIT_FEW_CASES / 3)
      warn (warnings, "Only %zu of the %zu answers %s %s: the map is loose.", self->counts[k], self->n_cases,
            self->counts[k] == 1 ? "is" : "are", k == 0 ? "wrong" : "right");
  if (self->method == DUB_RECALIBRATE_ISOTONIC && self->n_cases < 1000)
    warn (warnings, "Steps from fewer than 1000 cases follow chance as well; a curve with few parameters is safer.");
  if (self->n_patients > 0 && !maps)
    warn (warnings, "The cases are of %zu patient%s and not independent: the interval of the temperature is too narrow.",
          self->n_patients, self->n_patients == 1 ? "" : "s");
}

GPtrArray *
dub_recalibration_warnings (const DubRecalibration *self)
{
  GPtrArray *warnings = g_ptr_array_new_with_free_func (g_free);

  warn_of_kind (self, warnings);
  warn_of_maps (self, warnings);
  warn_of_cases (self, warnings);

  return warnings;
}
