/* What is not a number stays so on its way through a network, as in PyTorch and NumPy: a diverged network must not
 * look like an undecided one. Over the whole operator table, and over the kernels of every level. */
#include "op-case.h"

#include "core/nn/kernels/kernels.h"

#include <math.h>
#include <string.h>

/* Their outputs hold numbers that do not come from the first input: others, windows of padding, gaps between taps,
 * dropped elements, what lies outside. */
static const char *const WITH_OTHERS[] = { "Concat", "Conv", "ConvTranspose", "Dropout", "Pad", "Resize", NULL };

static gboolean
is_f32 (const DubTensor *tensor)
{
  return tensor != NULL && tensor->dtype == DUB_DTYPE_F32;
}

static size_t
count_nan (const DubTensor *tensor)
{
  size_t count = 0;

  for (size_t i = 0, n = dub_tensor_n_elements (tensor); i < n; i++)
    count += isnan (dub_tensor_f32 (tensor)[i]) ? 1 : 0;

  return count;
}

/* An input of nothing else gives an output of nothing else, and a single one gives at least one. */
static void
test_op (gconstpointer data)
{
  const DubOp *op = data;

  for (const DubOpCase *spec = op->cases; spec->name != NULL; spec++) {
    g_autoptr (OpCase) self = op_case_new (op, spec);

    if (!is_f32 (self->in[0]) || self->given[0] || !is_f32 (self->out[0]) || op->flags & DUB_OP_SHAPE_ONLY)
      continue;

    size_t n = dub_tensor_n_elements (self->in[0]);
    float *x = dub_tensor_f32 (self->in[0]);

    /* Windows and slices may leave elements out, but not all of them. */
    gboolean seen = FALSE;

    for (size_t i = 0; i < n; i++) {
      float kept = x[i];

      x[i] = NAN;
      op_case_forward (self, NULL);
      for (int k = 0; k < self->n_outputs; k++)
        seen = seen || (is_f32 (self->out[k]) && count_nan (self->out[k]) > 0);
      x[i] = kept;
    }
    if (!seen && n > 0)
      g_error ("%s, case %s: one NaN is gone wherever it is", op->name, spec->name);

    for (size_t i = 0; i < n; i++)
      x[i] = NAN;
    op_case_forward (self, NULL);

    size_t found = count_nan (self->out[0]), all = dub_tensor_n_elements (self->out[0]);

    if (found < all && (found == 0 || !g_strv_contains (WITH_OTHERS, op->name)))
      g_error ("%s, case %s: only %zu of %zu elements are NaN", op->name, spec->name, found, all);
  }
}

/* By the definition; NaN is whatever it is compared with. */
static float
activate (float         x,
          DubActivation activation,
          float         alpha)
{
  if (isnan (x) || x > 0.0f || activation == DUB_ACTIVATION_NONE)
    return x;

  return activation == DUB_ACTIVATION_RELU ? 0.0f : alpha * x;
}

static void
assert_same (const float *found,
             const float *expected,
             int64_t      n)
{
  for (int64_t i = 0; i < n; i++)
    if (isnan (expected[i]) ? !isnan (found[i]) : !(found[i] == expected[i]))
      g_error ("element %d of %d is %g, expected %g", (int) i, (int) n, (double) found[i], (double) expected[i]);
}

static const float SPECIAL[] = { NAN, INFINITY, -INFINITY, 0.0f, 0x1p-140f };

enum { LONGEST = 37 };

static const int64_t LENGTHS[] = { 1, 5, 16, 21, LONGEST };

static void
check_finish (const DubKernels *kernels,
              DubRng           *rng,
              int64_t           n,
              DubActivation     activation)
{
  float x[LONGEST] = { 0 }, z[LONGEST] = { 0 }, y[LONGEST];
  float plain[LONGEST] = { 0 }, added[LONGEST] = { 0 }, normed[LONGEST] = { 0 };
  uint8_t code[LONGEST];

  for (int64_t i = 0; i < n; i++) {
    x[i] = (float) dub_rng_normal (rng);
    z[i] = (float) dub_rng_normal (rng);
    if (dub_rng_double (rng) < 0.3)
      x[i] = SPECIAL[(size_t) (dub_rng_double (rng) * (double) G_N_ELEMENTS (SPECIAL))];
    plain[i] = activate (x[i], activation, 0.25f);
    added[i] = activate (x[i] + z[i], activation, 0.25f);
    normed[i] = activate (x[i] * 2.0f + 0.5f, activation, 0.25f);
  }

  kernels->finish (x, NULL, y, NULL, n, activation, 0.25f);
  assert_same (y, plain, n);
  kernels->finish (x, NULL, y, code, n, activation, 0.25f);
  assert_same (y, plain, n);
  for (int64_t i = 0; i < n; i++)
    g_assert_cmpint (code[i], ==, x[i] <= 0.0f ? DUB_CODE_NEGATIVE : 0);
  kernels->finish (x, z, y, NULL, n, activation, 0.25f);
  assert_same (y, added, n);
  kernels->finish (x, z, y, code, n, activation, 0.25f);
  assert_same (y, added, n);

  kernels->norm_apply (x, NULL, y, n, 2.0f, 0.5f,
                       activation == DUB_ACTIVATION_NONE ? 1.0f : activation == DUB_ACTIVATION_RELU ? 0.0f : 0.25f);
  for (int64_t i = 0; i < n; i++)
    if (isnan (normed[i]) ? !isnan (y[i]) : isinf (normed[i]) ? y[i] != normed[i] : fabsf (y[i] - normed[i]) > 1e-5f)
      g_error ("normalised element %d is %g, expected %g", (int) i, (double) y[i], (double) normed[i]);
}

static void
check_pool (const DubKernels *kernels,
            DubRng           *rng,
            int64_t           n,
            int               n_rows,
            DubActivation     activation)
{
  float x[4][2 * LONGEST] = { { 0 } }, y[LONGEST], expected[LONGEST] = { 0 };
  const float *rows[4] = { x[0], x[1], x[2], x[3] };
  uint8_t code[LONGEST];
  int place[LONGEST];

  for (int r = 0; r < n_rows; r++)
    for (int64_t i = 0; i < 2 * n; i++) {
      x[r][i] = (float) dub_rng_normal (rng);
      if (dub_rng_double (rng) < 0.15)
        x[r][i] = SPECIAL[(size_t) (dub_rng_double (rng) * (double) G_N_ELEMENTS (SPECIAL))];
      /* Some windows of nothing but -inf. */
      if (i % 10 < 2)
        x[r][i] = -INFINITY;
    }
  for (int64_t i = 0; i < n; i++) {
    float best = x[0][2 * i];

    place[i] = 0;
    for (int k = 1; k < 2 * n_rows; k++) {
      float v = x[k / 2][2 * i + k % 2];

      if (!isnan (best) && (v > best || isnan (v))) {
        best = v;
        place[i] = k;
      }
    }
    expected[i] = activate (best, activation, 0.25f);
    if (best <= 0.0f)
      place[i] |= DUB_CODE_NEGATIVE;
  }

  kernels->pool (rows, n_rows, y, NULL, n, activation, 0.25f);
  assert_same (y, expected, n);
  kernels->pool (rows, n_rows, y, code, n, activation, 0.25f);
  assert_same (y, expected, n);
  /* Of several NaN of a window any may be remembered. */
  for (int64_t i = 0; i < n; i++)
    if (!isnan (expected[i]))
      g_assert_cmpint (code[i], ==, place[i]);
    else
      g_assert_true (isnan (x[(code[i] & 7) / 2][2 * i + code[i] % 2]));
}

static void
test_kernels (gconstpointer data)
{
  const DubKernels *kernels = data;
  DubRng rng;

  dub_rng_init (&rng, 3, "nan", 0);
  for (int repeat = 0; repeat < 50; repeat++)
    for (size_t i = 0; i < G_N_ELEMENTS (LENGTHS); i++)
      for (int activation = DUB_ACTIVATION_NONE; activation <= DUB_ACTIVATION_LEAKY_RELU; activation++) {
        check_finish (kernels, &rng, LENGTHS[i], (DubActivation) activation);
        for (int n_rows = 1; n_rows <= 4; n_rows *= 2)
          check_pool (kernels, &rng, LENGTHS[i], n_rows, (DubActivation) activation);
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (const DubOp *const *op = dub_op_table (); *op != NULL; op++) {
    g_autofree char *path = g_strdup_printf ("/nan/op/%s", (*op)->name);

    g_test_add_data_func (path, *op, test_op);
  }
  g_test_add_data_func ("/nan/kernels/base", &dub_kernels_base, test_kernels);
#if defined (__x86_64__)
  if (dub_kernels () != &dub_kernels_base)
    g_test_add_data_func ("/nan/kernels/v3", &dub_kernels_v3, test_kernels);
  if (dub_kernels () == &dub_kernels_v4)
    g_test_add_data_func ("/nan/kernels/v4", &dub_kernels_v4, test_kernels);
#endif

  return g_test_run ();
}
