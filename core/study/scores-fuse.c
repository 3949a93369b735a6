/* The columns that are made of columns. */
#include "core/study/scoring-private.h"

#include <math.h>
#include <string.h>

typedef struct {
  const DubScoring *scoring;
  DubScores        *scores;
  gboolean          peek;
} Combining;

static DubScore *
score_of_fusion (DubFusionKind kind)
{
  static const char *const formulas[] = { "mean of z", "max z", "min z", "b + Σ w z" };
  DubScore *self = g_new0 (DubScore, 1);

  self->id = g_strdup (dub_fusion_id (kind));
  self->title = g_strdup (dub_fusion_title (kind));
  self->family = DUB_FAMILY_FUSED;
  self->needs = DUB_NEEDS_CALIBRATION;
  self->fitted_on = g_strdup ("calibration");
  self->sentence = g_strdup (dub_fusion_sentence (kind));
  self->formula = g_strdup (formulas[kind]);

  return self;
}

/* Columns to combine: (element-type DubScore) (transfer container). */
static GPtrArray *
list_parts (const Combining  *work,
            GError          **error)
{
  const char *const *fuse = work->scoring->options.fuse;
  const char *const *names = fuse != NULL ? fuse : _dub_scores_fused;
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  for (size_t i = 0; names[i] != NULL; i++) {
    const DubScore *score = dub_scores_find (work->scores, names[i]);

    if (score != NULL && score->values != NULL) {
      g_ptr_array_add (parts, (gpointer) score);
    } else if (fuse != NULL && !work->peek) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s cannot be combined with others: %s", names[i],
                   score != NULL ? score->missing : "there is no such score.");
      return NULL;
    }
  }

  return g_steal_pointer (&parts);
}

/* Values of @part on @cases, or of all cases; (transfer full). */
static double *
take_values (const DubScore *part,
             const GArray   *cases)
{
  double *values = g_new (double, MAX (cases->len, 1));

  for (guint i = 0; i < cases->len; i++)
    values[i] = part->values[g_array_index (cases, size_t, i)];

  return values;
}

/* Cases that every part has a value for. */
static GArray *
list_scored (const Combining *work,
             const GPtrArray *parts)
{
  GArray *cases = g_array_new (FALSE, FALSE, sizeof (size_t));

  for (size_t i = 0; i < work->scores->n_cases; i++) {
    gboolean whole = TRUE;

    for (guint k = 0; k < parts->len && whole; k++)
      whole = isfinite (((const DubScore *) g_ptr_array_index (parts, k))->values[i]);
    if (whole)
      g_array_append_val (cases, i);
  }

  return cases;
}

static gboolean
fuse (const Combining  *work,
      const GPtrArray  *parts,
      const GArray     *scored,
      DubFusionKind     kind,
      DubScore         *score,
      GError          **error)
{
  const GArray *calibration = work->scoring->calibration;
  g_autoptr (GPtrArray) fitting = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_free);
  g_autofree gboolean *failed = g_new (gboolean, MAX (calibration->len, 1));
  g_autofree double *fused = g_new (double, MAX (scored->len, 1));

  for (guint k = 0; k < parts->len; k++) {
    g_ptr_array_add (fitting, take_values (g_ptr_array_index (parts, k), calibration));
    g_ptr_array_add (columns, take_values (g_ptr_array_index (parts, k), scored));
  }
  for (guint i = 0; i < calibration->len; i++)
    failed[i] = work->scores->failed[g_array_index (calibration, size_t, i)] == 1;

  score->fusion = dub_fusion_fit (kind, (const double *const *) fitting->pdata, parts->len, failed, calibration->len, error);
  if (score->fusion == NULL)
    return FALSE;

  dub_fusion_score (score->fusion, (const double *const *) columns->pdata, scored->len, fused);
  score->values = g_new (double, work->scores->n_cases);
  for (size_t i = 0; i < work->scores->n_cases; i++)
    score->values[i] = (double) NAN;
  for (guint i = 0; i < scored->len; i++)
    score->values[g_array_index (scored, size_t, i)] = fused[i];

  return TRUE;
}

static char *
describe_fusion (const DubFusion *fusion,
                 const GPtrArray *parts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint k = 0; k < parts->len; k++) {
    const DubScore *part = g_ptr_array_index (parts, k);

    if (fusion->weight != NULL)
      g_string_append_printf (text, "%s%.3g · %s", k > 0 ? ", " : "", fusion->weight[k], part->title);
    else
      g_string_append_printf (text, "%s%s", k > 0 ? ", " : "of ", part->title);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint
needs_of (const GPtrArray *parts)
{
  guint needs = DUB_NEEDS_CALIBRATION;

  for (guint k = 0; k < parts->len; k++)
    needs |= ((const DubScore *) g_ptr_array_index (parts, k))->needs;

  return needs;
}

gboolean
_dub_scores_add_fusions (const DubScoring  *scoring,
                         DubScores         *scores,
                         gboolean           peek,
                         GError           **error)
{
  const Combining combining = { .scoring = scoring, .scores = scores, .peek = peek };
  const Combining *work = &combining;
  const char *const *ids = scoring->options.ids;
  g_autoptr (GPtrArray) parts = list_parts (work, error);

  if (parts == NULL)
    return FALSE;

  g_autoptr (GArray) scored = list_scored (work, parts);

  work->scores->fused_of = g_new0 (char *, parts->len + 1);
  for (guint k = 0; k < parts->len; k++)
    work->scores->fused_of[k] = g_strdup (((const DubScore *) g_ptr_array_index (parts, k))->id);
  for (int kind = 0; kind < DUB_N_FUSIONS; kind++) {
    DubScore *score = score_of_fusion ((DubFusionKind) kind);
    gboolean named = !work->peek && ids != NULL && g_strv_contains (ids, score->id);
    g_autoptr (GError) inner = NULL;

    g_ptr_array_add (work->scores->scores, score);
    score->needs = needs_of (parts);
    score->needs_text = _dub_scores_needs_text (score->needs);
    if (parts->len == 0)
      score->missing = g_strdup ("There are no scores to combine yet.");
    else if (work->scoring->calibration->len == 0)
      score->missing = g_strdup_printf ("%s needs labelled calibration cases; there are none.", score->title);
    else if (fuse (work, parts, scored, (DubFusionKind) kind, score, &inner))
      score->fitted = describe_fusion (score->fusion, parts);
    else
      score->missing = g_strdup (inner->message);
    if (named && score->missing != NULL) {
      g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, score->missing);
      return FALSE;
    }
  }

  return TRUE;
}
