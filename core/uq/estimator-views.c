/* How far a family's answers move when it looks at a case again: augmented, under policies that were searched for, or with Dropout.
 *
 * Letters: V views, N cases, C classes. The score is the standard deviation (ddof 0) over views of the family's mean probability,
 * mean over classes.
 * Sources: 000, its pages on TTA and GPS; Gal & Ghahramani 2016 (Dropout).
 */
#include "core/uq/estimator-private.h"

#include "core/uq/gps.h"

static gboolean
check_views (const char        *title,
             const char        *which,
             const DubViews    *views,
             GError           **error)
{
  if (views->n_views >= 2)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s compares two %s of a case or more; there %s %zu.", title, which,
               views->n_views == 1 ? "is" : "are", views->n_views);

  return FALSE;
}

static gboolean
score_spread (const char        *title,
              const char        *which,
              DubViewKind        kind,
              const DubAnswers  *cases,
              double            *scores,
              GError           **error)
{
  const DubViews *views = &cases->views[kind];

  if (!check_views (title, which, views, error))
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = _dub_estimator_spread (views->probabilities + i * cases->n_classes, views->n_views,
                                       cases->n_cases * cases->n_classes, cases->n_classes);

  return _dub_estimator_check (title, scores, cases->n_cases, error);
}

DUB_ESTIMATOR_SCORE (tta)
{
  return score_spread ("TTA", "augmented views", DUB_VIEWS_TTA, cases, scores, error);
}

DUB_ESTIMATOR_SCORE (mc_dropout)
{
  return score_spread ("MC dropout", "passes", DUB_VIEWS_DROPOUT, cases, scores, error);
}

/* --- policy search --- */

/* Groups name policies by their number in the pool. */
DUB_ESTIMATOR_FIT (gps)
{
  const DubAnswers *cases = fitting->calibration;
  const DubGpsOptions search = {
    .objective = options->gps_likelihood ? DUB_GPS_LIKELIHOOD : DUB_GPS_AUROC,
    .n_starts = options->gps_starts,
    .n_groups = options->gps_groups,
    .seed = options->seed,
  };

  if (cases == NULL || fitting->calibration_labels == NULL) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                         "GPS searches its policies on labelled calibration cases, and there are none.");
    return NULL;
  }

  const DubViews *views = &cases->views[DUB_VIEWS_POOL];

  if (!check_views ("GPS", "policies", views, error))
    return NULL;

  DubGps *self = dub_gps_search (views->probabilities, views->n_views, cases->n_cases, cases->n_classes,
                                 fitting->calibration_labels, cases->predicted, &search, run, error);

  for (size_t g = 0; self != NULL && views->policy != NULL && g < self->n_groups; g++)
    for (size_t k = 0; k < self->groups[g].n; k++)
      self->groups[g].policies[k] = views->policy[self->groups[g].policies[k]];

  return self;
}

/* Where the views have policy v of the pool: [the largest wanted + 1]. NULL where one is lacking. */
static size_t *
find_rows (const DubGps    *self,
           const DubViews  *views,
           GError         **error)
{
  size_t n_pool = 0;

  for (size_t g = 0; g < self->n_groups; g++)
    for (size_t k = 0; k < self->groups[g].n; k++)
      n_pool = MAX (n_pool, (size_t) self->groups[g].policies[k] + 1);

  g_autofree size_t *rows = g_new (size_t, n_pool);

  for (size_t v = 0; v < n_pool; v++)
    rows[v] = G_MAXSIZE;
  for (size_t v = 0; v < views->n_views; v++) {
    size_t policy = views->policy != NULL ? views->policy[v] : v;

    if (policy < n_pool)
      rows[policy] = v;
  }
  for (size_t g = 0; g < self->n_groups; g++)
    for (size_t k = 0; k < self->groups[g].n; k++)
      if (rows[self->groups[g].policies[k]] == G_MAXSIZE) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "GPS reads policy %u of the pool, and the cases have no such view.",
                     self->groups[g].policies[k]);
        return NULL;
      }

  return g_steal_pointer (&rows);
}

DUB_ESTIMATOR_SCORE (gps)
{
  const DubGps *self = fitted;
  const DubViews *views = &cases->views[DUB_VIEWS_POOL];
  g_autofree size_t *rows = find_rows (self, views, error);

  if (rows == NULL)
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = dub_gps_spread (self, views->probabilities + i * cases->n_classes, rows, cases->n_cases * cases->n_classes,
                                cases->n_classes);

  return _dub_estimator_check ("GPS", scores, cases->n_cases, error);
}

static int
compare_policies_cb (gconstpointer a,
                     gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return (x > y) - (x < y);
}

/* Each once, rising. */
GArray *
_dub_gps_policies (gconstpointer fitted)
{
  const DubGps *self = fitted;
  GArray *policies = g_array_new (FALSE, FALSE, sizeof (guint));

  for (size_t g = 0; g < self->n_groups; g++)
    g_array_append_vals (policies, self->groups[g].policies, (guint) self->groups[g].n);
  g_array_sort (policies, compare_policies_cb);
  for (guint k = 1; k < policies->len;)
    if (g_array_index (policies, guint, k) == g_array_index (policies, guint, k - 1))
      g_array_remove_index (policies, k);
    else
      k++;

  return policies;
}

char *
_dub_gps_describe (gconstpointer fitted)
{
  const DubGps *self = fitted;
  g_autoptr (GString) words = g_string_new (NULL);

  g_string_append_printf (words, "%zu group%s of", self->n_groups, self->n_groups > 1 ? "s" : "");
  for (size_t g = 0; g < self->n_groups; g++)
    g_string_append_printf (words, "%s %zu", g == 0 ? "" : g + 1 < self->n_groups ? "," : " and", self->groups[g].n);
  g_string_append (words, " policies");
  if (self->n_groups > 0)
    g_string_append_printf (words, "; the best reached %s %.3g on the cases it was searched on",
                            self->objective == DUB_GPS_AUROC ? "an AUROC of" : "a log-likelihood of", self->groups[0].objective);

  return g_string_free (g_steal_pointer (&words), FALSE);
}

void
_dub_gps_free (gpointer fitted)
{
  dub_gps_free (fitted);
}
