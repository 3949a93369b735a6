/* What the points of the Latent Space page are: places of a map, answers of its networks, the set that is selected. */
#include "ui/model/latent-bench-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* The density of more cases than these takes longer than a frame: it comes when they stand still. */
enum { DENSITY_MOST = 20000 };

static const DubStudyData *
data_of (DubLatentBench *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  return study != NULL ? study->data : NULL;
}

void
_dub_latent_arrays_clear (DubLatentArrays *self)
{
  g_clear_pointer (&self->hidden, g_free);
  g_clear_pointer (&self->selected, g_free);
  g_clear_pointer (&self->classes, g_strfreev);
  g_clear_pointer (&self->names[0], g_free);
  g_clear_pointer (&self->names[1], g_free);
}

static gboolean
has_test (const DubStudyData *data)
{
  for (size_t i = 0; i < data->n_cases; i++)
    if (data->split->part[i] == DUB_PART_TEST)
      return TRUE;

  return FALSE;
}

static void
fill_hidden (DubLatentBench     *self,
             const DubStudyData *data)
{
  self->n_points = self->n_train = 0;
  gboolean all = self->settings.color == DUB_LATENT_BY_PART || !has_test (data);

  self->arrays.hidden = g_new0 (guint8, MAX (data->n_cases, 1));
  for (size_t i = 0; i < data->n_cases; i++) {
    gboolean train = data->split->part[i] == DUB_PART_TRAIN;

    self->arrays.hidden[i] = data->split->part[i] == DUB_PART_NONE || (data->split->part[i] == DUB_PART_CALIBRATION && !all);
    self->n_train += train;
    self->n_points += !train && !self->arrays.hidden[i];
  }
}

void
_dub_latent_bench_fill_selected (DubLatentBench *self)
{
  DubSelection *selection = dub_session_get_selection (self->session);
  size_t n = 0;
  const guint *set = dub_selection_get_set (selection, &n);

  g_clear_pointer (&self->arrays.selected, g_free);
  if (dub_selection_has_set (selection) && self->n_cases > 0) {
    self->arrays.selected = g_new0 (guint8, self->n_cases);
    for (size_t k = 0; k < n; k++)
      if (set[k] < self->n_cases)
        self->arrays.selected[set[k]] = 1;
  }
  _dub_latent_bench_forget_counts (self);
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++) {
    self->points[p].selected = self->arrays.selected;
    self->points[p].current = dub_selection_get_case (selection);
  }
}

const DubScore *
dub_latent_bench_get_score (DubLatentBench      *self,
                            DubLatentPanelIndex  panel)
{
  g_return_val_if_fail (DUB_IS_LATENT_BENCH (self), NULL);

  DubResultsRead *read = dub_latent_live_get_read (self->maps[panel]);
  const char *id = dub_results_get_score_id (self->results);
  const DubScore *score = read != NULL && read->scores != NULL && id != NULL ? dub_scores_find (read->scores, id) : NULL;

  return score != NULL && score->values != NULL ? score : NULL;
}

/* Two panels coloured by a score have one scale, as an exported figure of them. */
static void
join_values (DubLatentBench *self)
{
  guint n = 0;

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++) {
    double own[2];

    self->points[p].value_range = NULL;
    if (!self->has_points[p] || !dub_latent_value_range (&self->points[p], own))
      continue;
    self->value_range[0] = n > 0 ? MIN (self->value_range[0], own[0]) : own[0];
    self->value_range[1] = n > 0 ? MAX (self->value_range[1], own[1]) : own[1];
    n++;
  }
  for (guint p = 0; p < DUB_N_LATENT_PANELS && n > 1; p++)
    self->points[p].value_range = self->value_range;
}

static void
place_points (DubLatentBench      *self,
              DubLatentPanelIndex  panel)
{
  DubLatentPoints *points = &self->points[panel];
  DubLatentLive *map = self->maps[panel];
  DubResultsRead *read = dub_latent_live_get_read (map);
  const float *xy = dub_latent_live_get_xy (map);
  gboolean had = self->has_points[panel];

  /* The study may have changed before the map was read again. */
  self->has_points[panel] = xy != NULL && read != NULL && read->outputs != NULL && read->scores != NULL && self->n_cases > 0 &&
                            dub_latent_live_get_n_cases (map) == self->n_cases && read->scores->n_cases == self->n_cases;
  /* Places alone change no count. */
  if (had != self->has_points[panel] || (had && points->failed != read->scores->failed))
    _dub_latent_bench_forget_counts (self);
  if (!self->has_points[panel])
    return;

  const DubScore *score = dub_latent_bench_get_score (self, panel);

  points->n = self->n_cases;
  points->xy = xy;
  points->density = self->settings.density && !(self->n_cases > DENSITY_MOST && dub_latent_live_get_state (map) == DUB_LATENT_RUNNING);
  points->part = read->outputs->part;
  points->label = read->outputs->labels;
  points->predicted = read->scores->predicted;
  points->failed = read->scores->failed;
  points->value = score != NULL ? score->values : NULL;
  points->value_name = score != NULL ? score->title : NULL;
}

gboolean
_dub_latent_bench_place_points (DubLatentBench      *self,
                                DubLatentPanelIndex  panel)
{
  const double before[2] = { self->value_range[0], self->value_range[1] };
  gboolean joined = self->points[panel].value_range != NULL;

  place_points (self, panel);
  if (self->settings.color != DUB_LATENT_BY_VALUE)
    return FALSE;
  join_values (self);

  return joined != (self->points[panel].value_range != NULL)
         || (self->points[panel].value_range != NULL && (before[0] != self->value_range[0] || before[1] != self->value_range[1]));
}

void
_dub_latent_bench_fill_points (DubLatentBench  *self,
                               DubLatentArrays *before)
{
  const DubStudyData *data = data_of (self);
  DubStudy *study = dub_session_get_study (self->session);
  GPtrArray *classes;

  *before = self->arrays;
  self->arrays = (DubLatentArrays) { NULL };
  self->n_cases = 0;
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    self->has_points[p] = FALSE;
  if (data == NULL)
    return;
  self->n_cases = data->n_cases;
  fill_hidden (self, data);
  classes = g_ptr_array_new ();
  for (guint k = 0; k < study->classes->len; k++)
    g_ptr_array_add (classes, g_strdup (g_ptr_array_index (study->classes, k)));
  g_ptr_array_add (classes, NULL);
  self->arrays.classes = (char **) g_ptr_array_free (classes, FALSE);
  for (guint k = 0; k < 2; k++)
    self->arrays.names[k] = dub_latent_axis_name (self->settings.options.method, k);
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++) {
    self->points[p] = (DubLatentPoints) {
      .hidden = self->arrays.hidden, .classes = (const char *const *) self->arrays.classes, .x_name = self->arrays.names[0], .y_name = self->arrays.names[1],
      .color = self->settings.color, .density = self->settings.density, .marks = self->settings.marks, .current = -1,
      .positive = data->positive,
    };
    _dub_latent_bench_place_points (self, (DubLatentPanelIndex) p);
  }
  _dub_latent_bench_fill_selected (self);
}

const DubLatentPoints *
dub_latent_bench_get_points (DubLatentBench      *self,
                             DubLatentPanelIndex  panel)
{
  g_return_val_if_fail (DUB_IS_LATENT_BENCH (self), NULL);

  return self->has_points[panel] ? &self->points[panel] : NULL;
}

/* --- the selected set --- */

gboolean
dub_latent_bench_is_point (DubLatentBench *self,
                           size_t          index)
{
  const DubStudyData *data = data_of (self);

  return data != NULL && index < self->n_cases && !self->arrays.hidden[index] && data->split->part[index] != DUB_PART_TRAIN;
}

void
dub_latent_bench_select (DubLatentBench *self,
                         const guint    *indices,
                         size_t          n,
                         gboolean        add)
{
  g_return_if_fail (DUB_IS_LATENT_BENCH (self));

  DubSelection *selection = dub_session_get_selection (self->session);
  g_autoptr (GArray) set = g_array_new (FALSE, FALSE, sizeof (guint));
  size_t n_before = 0;
  const guint *before = add ? dub_selection_get_set (selection, &n_before) : NULL;

  for (size_t k = 0; k < n_before; k++)
    g_array_append_val (set, before[k]);
  for (size_t k = 0; k < n; k++)
    if (dub_latent_bench_is_point (self, indices[k]) && !(add && dub_selection_contains (selection, indices[k])))
      g_array_append_val (set, indices[k]);
  g_free (self->lasso_title);
  self->lasso_title = g_strdup_printf (g_dngettext (NULL, "%u case in a lasso of the latent space",
                                                    "%u cases in a lasso of the latent space", set->len), set->len);
  dub_selection_set_set (selection, (const guint *) (gpointer) set->data, set->len, self->lasso_title);
}

gboolean
dub_latent_bench_is_lasso (DubLatentBench *self)
{
  g_return_val_if_fail (DUB_IS_LATENT_BENCH (self), FALSE);

  DubSelection *selection = dub_session_get_selection (self->session);

  return dub_selection_has_set (selection) && g_strcmp0 (dub_selection_get_set_title (selection), self->lasso_title) == 0;
}

void
_dub_latent_bench_forget_counts (DubLatentBench *self)
{
  g_clear_pointer (&self->counts.of_class, g_free);
  g_clear_pointer (&self->counts.of_class_all, g_free);
  self->counted = FALSE;
}

static void
count_one (const DubLatentPoints *points,
           size_t                 i,
           DubLatentCounts       *counts)
{
  gboolean in = points->selected == NULL || points->selected[i];
  gboolean labelled = points->label[i] >= 0 && (guint) points->label[i] < counts->n_classes;

  counts->n_all++;
  counts->correct_all += points->failed[i] == 0;
  counts->failed_all += points->failed[i] == 1;
  if (labelled)
    counts->of_class_all[points->label[i]]++;
  if (!in)
    return;
  counts->n++;
  counts->correct += points->failed[i] == 0;
  counts->failed += points->failed[i] == 1;
  if (labelled)
    counts->of_class[points->label[i]]++;
}

const DubLatentCounts *
dub_latent_bench_count (DubLatentBench *self)
{
  g_return_val_if_fail (DUB_IS_LATENT_BENCH (self), NULL);

  const DubLatentPoints *points = dub_latent_bench_get_points (self, DUB_LATENT_MAIN);
  DubLatentCounts *counts = &self->counts;

  if (self->counted)
    return counts;
  *counts = (DubLatentCounts) { .n_classes = self->arrays.classes != NULL ? g_strv_length (self->arrays.classes) : 0,
                                .has_set = self->arrays.selected != NULL };
  counts->of_class = g_new0 (guint, MAX (counts->n_classes, 1));
  counts->of_class_all = g_new0 (guint, MAX (counts->n_classes, 1));
  for (size_t i = 0; points != NULL && i < points->n; i++)
    if (dub_latent_bench_is_point (self, i))
      count_one (points, i, counts);
  self->counted = TRUE;

  return counts;
}
