#include "core/train/loss.h"

#include "core/train/loss-terms.h"

#include <math.h>
#include <string.h>

void
dub_softmax_row (const float *logits,
                 size_t       n_classes,
                 double      *probabilities)
{
  double largest = logits[0];
  double sum = 0.0;

  for (size_t c = 1; c < n_classes; c++)
    largest = MAX (largest, (double) logits[c]);
  for (size_t c = 0; c < n_classes; c++) {
    probabilities[c] = exp ((double) logits[c] - largest);
    sum += probabilities[c];
  }
  for (size_t c = 0; c < n_classes; c++)
    probabilities[c] /= sum;
}

void
dub_softmax_row_gradient (const double *probabilities,
                          size_t        n_classes,
                          size_t        target,
                          float        *gradient)
{
  double others = 0.0;

  for (size_t c = 0; c < n_classes; c++)
    if (c != target)
      others += probabilities[c];
  for (size_t c = 0; c < n_classes; c++)
    gradient[c] = (float) (probabilities[target] * (c == target ? others : -probabilities[c]));
}

static gboolean
check_number (const char  *name,
              double       value,
              double       least,
              double       below,
              GError     **error)
{
  if (isfinite (value) && value >= least && value < below)
    return TRUE;
  if (isfinite (below))
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The loss's %s is %g; expected at least %g and below %g.", name, value, least, below);
  else if (isfinite (least))
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The loss's %s is %g; expected a finite number of at least %g.", name, value, least);
  else
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The loss's %s is %g; expected a finite number.", name, value);

  return FALSE;
}

gboolean
dub_loss_check (const DubLoss  *self,
                size_t          n_classes,
                GError        **error)
{
  double largest = 0.0;

  if (!check_number ("label smoothing", self->smoothing, 0.0, 1.0, error) ||
      !check_number ("weight of DCA", self->dca, 0.0, (double) INFINITY, error) ||
      !check_number ("weight of the entropy", self->entropy, -(double) INFINITY, (double) INFINITY, error) ||
      !check_number ("weight of MMCE", self->mmce, 0.0, (double) INFINITY, error) ||
      !check_number ("mixup", self->mixup, 0.0, (double) INFINITY, error))
    return FALSE;
  if (self->class_weights == NULL)
    return TRUE;

  for (size_t c = 0; c < n_classes; c++) {
    g_autofree char *name = g_strdup_printf ("weight of class %zu", c);

    if (!check_number (name, self->class_weights[c], 0.0, (double) INFINITY, error))
      return FALSE;
    largest = MAX (largest, self->class_weights[c]);
  }
  if (largest > 0.0)
    return TRUE;
  g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                       "The loss's class weights are all 0; expected one at least above 0.");

  return FALSE;
}

void
dub_loss_balanced_weights (const int *labels,
                           size_t     n_cases,
                           size_t     n_classes,
                           double    *weights)
{
  g_autofree size_t *counts = g_new0 (size_t, n_classes);

  size_t n = 0;

  for (size_t i = 0; i < n_cases; i++)
    if (labels[i] >= 0 && (size_t) labels[i] < n_classes) {
      counts[labels[i]]++;
      n++;
    }
  for (size_t c = 0; c < n_classes; c++)
    weights[c] = counts[c] > 0 ? (double) n / ((double) n_classes * (double) counts[c]) : 0.0;
}

static gboolean
check_labels (const int  *labels,
              size_t      n,
              size_t      n_classes,
              GError    **error)
{
  for (size_t i = 0; i < n; i++)
    if (labels[i] < 0 || (size_t) labels[i] >= n_classes) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "The label of case %zu of the batch is %d; expected one of 0 to %zu.", i, labels[i], n_classes - 1);
      return FALSE;
    }

  return TRUE;
}

static void
batch_clear (DubLossBatch *self)
{
  g_free (self->probabilities);
  g_free (self->log_probabilities);
  g_free (self->spreads);
  g_free (self->answers);
  g_free (self->confidences);
  g_free (self->doubts);
  g_free (self->correct);
  g_free (self->d_confidences);
  g_free (self->d_logits);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubLossBatch, batch_clear)

static void
fill_row (DubLossBatch *self,
          size_t        i,
          const float  *z)
{
  size_t n_classes = self->n_classes;
  double *p = self->probabilities + i * n_classes;
  double *log_p = self->log_probabilities + i * n_classes;
  size_t answer = 0;
  double sum = 0.0, others = 0.0;

  for (size_t c = 1; c < n_classes; c++)
    if (z[c] > z[answer])
      answer = c;
  /* Around the largest logit. */
  for (size_t c = 0; c < n_classes; c++) {
    p[c] = exp ((double) z[c] - (double) z[answer]);
    sum += p[c];
  }
  self->spreads[i] = log (sum) + (double) z[answer];
  for (size_t c = 0; c < n_classes; c++) {
    p[c] /= sum;
    log_p[c] = (double) z[c] - self->spreads[i];
    others += c != answer ? p[c] : 0.0;
  }
  self->answers[i] = answer;
  self->confidences[i] = p[answer];
  self->doubts[i] = others;
}

static void
batch_init (DubLossBatch    *self,
            const DubTensor *logits,
            const int       *labels,
            const int       *second_labels,
            double           lambda,
            gboolean         gradients)
{
  size_t n = self->n, size = self->n * self->n_classes;

  self->probabilities = g_new (double, size);
  self->log_probabilities = g_new (double, size);
  self->spreads = g_new (double, n);
  self->answers = g_new (size_t, n);
  self->confidences = g_new (double, n);
  self->doubts = g_new (double, n);
  self->correct = g_new (double, n);
  if (gradients) {
    self->d_confidences = g_new0 (double, n);
    self->d_logits = g_new0 (double, size);
  }

  for (size_t i = 0; i < n; i++) {
    fill_row (self, i, dub_tensor_f32 (logits) + i * self->n_classes);

    gboolean first = (size_t) labels[i] == self->answers[i];
    gboolean second = second_labels != NULL ? (size_t) second_labels[i] == self->answers[i] : first;

    if (first && second)
      self->correct[i] = 1.0;
    else
      self->correct[i] = first ? lambda : second ? 1.0 - lambda : 0.0;
  }
}

/* Sends what arrived at the confidences on to the logits: dr/dz_j = r (δ_jŷ - p_j). */
static void
write_gradient (const DubLossBatch *self,
                DubTensor          *d_logits)
{
  for (size_t i = 0; i < self->n; i++) {
    const double *p = self->probabilities + i * self->n_classes;
    double *slope = self->d_logits + i * self->n_classes;
    float *target = dub_tensor_f32 (d_logits) + i * self->n_classes;
    double arrived = self->d_confidences[i] * self->confidences[i];

    for (size_t c = 0; c < self->n_classes; c++) {
      if (self->d_confidences[i] != 0.0)
        slope[c] += arrived * (c == self->answers[i] ? self->doubts[i] : -p[c]);
      target[c] = (float) slope[c];
    }
  }
}

gboolean
dub_loss_compute (const DubLoss    *self,
                  const DubTensor  *logits,
                  const int        *labels,
                  const int        *second_labels,
                  double            lambda,
                  DubTensor        *d_logits,
                  DubLossParts     *parts,
                  GError          **error)
{
  static const DubLoss plain = { 0 };
  const DubLoss *loss = self != NULL ? self : &plain;
  size_t n = (size_t) logits->shape.dim[0];
  g_auto (DubLossBatch) batch = { .n = n, .n_classes = dub_tensor_n_elements (logits) / MAX (n, 1) };
  const float *z = dub_tensor_f32 (logits);

  memset (parts, 0, sizeof *parts);
  if (n == 0)
    return TRUE;
  if (!check_labels (labels, n, batch.n_classes, error) ||
      (second_labels != NULL && !check_labels (second_labels, n, batch.n_classes, error)))
    return FALSE;

  if (second_labels == NULL)
    lambda = 1.0;
  batch_init (&batch, logits, labels, second_labels, lambda, d_logits != NULL);

  parts->cross_entropy = _dub_loss_cross_entropy (&batch, z, labels, loss->smoothing, loss->class_weights, lambda);
  if (second_labels != NULL)
    parts->cross_entropy =
      lambda * parts->cross_entropy +
      (1.0 - lambda) *
        _dub_loss_cross_entropy (&batch, z, second_labels, loss->smoothing, loss->class_weights, 1.0 - lambda);
  parts->dca = _dub_loss_dca (&batch, loss->dca);
  parts->entropy = _dub_loss_entropy (&batch, loss->entropy);
  if (loss->mmce != 0.0)
    parts->mmce = _dub_loss_mmce (&batch, loss->mmce);
  for (size_t i = 0; i < n; i++)
    parts->n_correct += batch.correct[i] >= 0.5;

  parts->total = parts->cross_entropy + loss->dca * parts->dca + loss->entropy * parts->entropy +
                 loss->mmce * parts->mmce;
  if (d_logits != NULL)
    write_gradient (&batch, d_logits);

  return TRUE;
}
