/* MMCE²_w is a quadratic form: with u_i = (1 - r_i) / N1 for the right and -r_i / N0 for the wrong answers it is
 * Σ_ij u_i u_j k (r_i, r_j), which the kernel keeps from being negative. */
#include "core/train/loss-terms.h"

#include <math.h>

/* Of the Laplacian kernel, Kumar et al. 2018. */
static const double KERNEL_WIDTH = 0.4;

double
_dub_loss_mmce (const DubLossBatch *batch,
                double              weight)
{
  size_t n = batch->n;
  g_autofree double *u = g_new (double, n);
  g_autofree double *pull = g_new0 (double, n);  /* Σ_j u_j k_ij */
  g_autofree double *shift = g_new0 (double, n); /* Σ_j u_j dk_ij/dr_i */
  double n_right = 0.0, n_wrong = 0.0;
  double square = 0.0;

  for (size_t i = 0; i < n; i++) {
    n_right += batch->correct[i] >= 0.5 ? 1.0 : 0.0;
    n_wrong += batch->correct[i] >= 0.5 ? 0.0 : 1.0;
  }
  for (size_t i = 0; i < n; i++)
    u[i] = batch->correct[i] >= 0.5 ? batch->doubts[i] / n_right : -batch->confidences[i] / n_wrong;

  for (size_t i = 0; i < n; i++) {
    pull[i] += u[i];
    for (size_t j = i + 1; j < n; j++) {
      double distance = batch->confidences[i] - batch->confidences[j];
      double kernel = exp (-fabs (distance) / KERNEL_WIDTH);
      double slope = distance == 0.0 ? 0.0 : (distance > 0.0 ? -kernel : kernel) / KERNEL_WIDTH;

      pull[i] += u[j] * kernel;
      pull[j] += u[i] * kernel;
      shift[i] += u[j] * slope;
      shift[j] -= u[i] * slope;
    }
  }
  for (size_t i = 0; i < n; i++)
    square += u[i] * pull[i];

  double root = sqrt (MAX (square, 0.0));

  /* d sqrt(S)/dr_i = (du_i/dr_i Σ_j u_j k_ij + u_i Σ_j u_j dk_ij/dr_i) / sqrt(S): numerator and root
   * vanish together, so the quotient stays bounded up to the root's 0. */
  if (batch->d_confidences != NULL && root > 0.0)
    for (size_t i = 0; i < n; i++) {
      double du = batch->correct[i] >= 0.5 ? -1.0 / n_right : -1.0 / n_wrong;

      batch->d_confidences[i] += weight * (du * pull[i] + u[i] * shift[i]) / root;
    }

  return isnan (square) ? square : root;
}
