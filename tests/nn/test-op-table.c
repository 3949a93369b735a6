/* The first proof of every gradient: central differences over the whole operator table.
 *
 * A row without a case fails, so that an operator cannot be added untested. */
#include "op-case.h"

#include <math.h>
#include <string.h>

/* A power of two, so that x + h and x - h are exact for the inputs drawn. */
static const double STEP = 0x1p-7;

static const double DEFAULT_TOLERANCE = 2e-3;

static double
numeric_derivative (OpCase *self,
                    int     input,
                    size_t  element)
{
  float *x = &dub_tensor_f32 (self->in[input])[element];
  float kept = *x;

  *x = (float) (kept + STEP);
  double above_x = *x;
  op_case_forward (self, NULL);
  double above = op_case_scalar (self);

  *x = (float) (kept - STEP);
  double below_x = *x;
  op_case_forward (self, NULL);
  double below = op_case_scalar (self);

  *x = kept;

  return (above - below) / (above_x - below_x);
}

static void
compare_gradient (OpCase          *self,
                  int              input,
                  const DubTensor *analytic)
{
  size_t n = dub_tensor_n_elements (analytic);
  double tolerance = self->spec->tolerance > 0.0 ? self->spec->tolerance : DEFAULT_TOLERANCE;
  g_autofree double *numeric = g_new (double, n + 1);
  double largest = 1e-3, worst = 0.0;

  /* A NaN compares false with everything: reject it before comparing. */
  for (size_t k = 0; k < n; k++) {
    numeric[k] = numeric_derivative (self, input, k);
    if (!isfinite (dub_tensor_f32 (analytic)[k]) || !isfinite (numeric[k]))
      g_error ("case %s, input %d, element %zu: gradient %g, difference %g", self->spec->name, input, k,
               (double) dub_tensor_f32 (analytic)[k], numeric[k]);
    largest = MAX (largest, fabs (numeric[k]));
  }
  for (size_t k = 0; k < n; k++) {
    double error = fabs (dub_tensor_f32 (analytic)[k] - numeric[k]) / largest;

    worst = MAX (worst, error);
    if (error > tolerance)
      g_error ("case %s, input %d, element %zu: gradient %g, difference %g, largest %g", self->spec->name, input, k,
               (double) dub_tensor_f32 (analytic)[k], numeric[k], largest);
  }
  g_test_message ("%s input %d: %.1e of %.1e", self->spec->name, input, worst, tolerance);
}

static gboolean
same_bits (const DubTensor *a,
           const DubTensor *b)
{
  return memcmp (a->data, b->data, dub_tensor_n_bytes (a)) == 0;
}

/* Outputs and gradients are the same, bit for bit, for one thread and for two. */
static void
check_threads (OpCase *self,
               DubRun *run)
{
  g_autoptr (GPtrArray) alone = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);
  guint at = 0;

  op_case_forward (self, NULL);
  if (self->op->backward != NULL)
    op_case_backward (self, NULL);
  for (int i = 0; i < self->n_outputs; i++)
    g_ptr_array_add (alone, dub_tensor_copy (self->out[i], NULL));
  for (int i = 0; i < self->n_inputs; i++)
    if (self->d_in[i] != NULL)
      g_ptr_array_add (alone, dub_tensor_copy (self->d_in[i], NULL));

  op_case_forward (self, run);
  if (self->op->backward != NULL)
    op_case_backward (self, run);
  for (int i = 0; i < self->n_outputs; i++)
    g_assert_true (same_bits (self->out[i], g_ptr_array_index (alone, at++)));
  for (int i = 0; i < self->n_inputs; i++)
    if (self->d_in[i] != NULL)
      g_assert_true (same_bits (self->d_in[i], g_ptr_array_index (alone, at++)));
}

/* A gradient does not change when the others are not asked for. */
static void
check_single_gradients (OpCase *self)
{
  DubTensor *all[OP_CASE_MAX_INPUTS];

  op_case_forward (self, NULL);
  op_case_backward (self, NULL);
  memcpy (all, self->d_in, sizeof all);
  for (int i = 0; i < self->n_inputs; i++) {
    if (all[i] == NULL)
      continue;
    memset (self->d_in, 0, sizeof self->d_in);
    self->d_in[i] = dub_tensor_new (DUB_DTYPE_F32, all[i]->shape, NULL);
    op_case_forward (self, NULL);
    op_case_backward (self, NULL);
    g_assert_true (same_bits (self->d_in[i], all[i]));
    dub_tensor_unref (self->d_in[i]);
  }
  memcpy (self->d_in, all, sizeof all);
}

static void
test_op (gconstpointer data)
{
  const DubOp *op = data;
  g_autoptr (DubRun) run = dub_run_new (2);

  if (op->cases == NULL || op->cases[0].name == NULL)
    g_error ("the operator %s has no case", op->name);

  for (const DubOpCase *spec = op->cases; spec->name != NULL; spec++) {
    g_autoptr (OpCase) self = op_case_new (op, spec);
    gboolean any = FALSE;

    check_threads (self, run);
    if (op->backward == NULL)
      continue;

    check_single_gradients (self);
    for (int i = 0; i < self->n_inputs; i++) {
      if (self->d_in[i] == NULL)
        continue;

      op_case_forward (self, NULL);
      op_case_backward (self, NULL);

      g_autoptr (DubTensor) analytic = dub_tensor_copy (self->d_in[i], NULL);

      compare_gradient (self, i, analytic);
      any = TRUE;
    }
    if (!any)
      g_error ("case %s compares no gradient", spec->name);
  }
}

static void
test_order (void)
{
  const DubOp *const *table = dub_op_table ();

  for (int i = 0; table[i] != NULL; i++) {
    g_assert_true (dub_op_lookup (table[i]->name) == table[i]);
    if (i > 0 && !g_str_has_prefix (table[i]->name, "dub."))
      g_assert_cmpint (g_ascii_strcasecmp (table[i - 1]->name, table[i]->name), <, 0);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-table/order", test_order);
  for (const DubOp *const *op = dub_op_table (); *op != NULL; op++) {
    g_autofree char *path = g_strdup_printf ("/op-table/%s", (*op)->name);

    g_test_add_data_func (path, *op, test_op);
  }

  return g_test_run ();
}
