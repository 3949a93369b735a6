/* Large inputs, which are cut into many pieces: the same bits for one, two and three threads, and for a second run. */
#include "op-case.h"

#include <math.h>
#include <string.h>

static const struct {
  const char *op;
  DubOpCase   spec;
} CASES[] = {
  { "Add", { .name = "add-channel", .inputs = "f32 2,7,31,401; f32 1,7,1,1" } },
  { "Clip", { .name = "clip", .inputs = "f32 300,1001; f32 = -0.5; f32 = 0.5", .check = "0" } },
  { "Concat", { .name = "concat", .inputs = "f32 3,40,1001; f32 3,70,1001", .attributes = "axis=1" } },
  { "Div", { .name = "div", .inputs = "f32 64,1,1001; f32 64,5,1 > 0.5" } },
  { "Dropout", { .name = "dropout", .inputs = "f32 3,100001; f32 = 0.4", .check = "0", .training = TRUE } },
  { "InstanceNormalization", { .name = "instance-norm", .inputs = "f32 2,5,40001; f32 5; f32 5" } },
  { "LeakyRelu", { .name = "leaky-relu", .inputs = "f32 3,100001" } },
  { "LogSoftmax", { .name = "log-softmax", .inputs = "f32 2,3,50001", .attributes = "axis=1" } },
  { "Pad", { .name = "pad", .inputs = "f32 3,700,101; i64 6 = 0,3,1,1,4,2", .attributes = "mode=reflect" } },
  { "ReduceMean", { .name = "mean-all", .inputs = "f32 300007" } },
  { "ReduceMean", { .name = "mean-last", .inputs = "f32 3,200003", .attributes = "axes=-1," } },
  { "ReduceSum", { .name = "sum-first", .inputs = "f32 500,1001; i64 1 = 0" } },
  { "ReduceSum", { .name = "sum-middle", .inputs = "f32 50,40,151; i64 1 = 1" } },
  { "Resize", { .name = "resize", .inputs = "f32 1,2,40,41,42; -; f32 5 = 1,1,2,1.5,2", .attributes = "mode=linear", .check = "0" } },
  { "Sigmoid", { .name = "sigmoid", .inputs = "f32 3,100001" } },
  { "Slice", { .name = "slice", .inputs = "f32 300,1001; i64 2 = 1,-1; i64 2 = 299,-1000; i64 2 = 0,1; i64 2 = 1,-2" } },
  { "Softmax", { .name = "softmax", .inputs = "f32 2000,101" } },
  { "Transpose", { .name = "transpose", .inputs = "f32 70,80,90", .attributes = "perm=2,0,1" } },
};

static DubTensor *
copy_of (const DubTensor *tensor)
{
  return tensor != NULL ? dub_tensor_copy (tensor, NULL) : NULL;
}

static void
assert_same (const DubTensor *a,
             const DubTensor *b)
{
  if (a != NULL)
    g_assert_cmpmem (a->data, dub_tensor_n_bytes (a), b->data, dub_tensor_n_bytes (b));
}

static void
test_pieces (gconstpointer data)
{
  size_t i = GPOINTER_TO_SIZE (data);
  const DubOp *op = dub_op_lookup (CASES[i].op);

  g_assert_nonnull (op);

  g_autoptr (OpCase) self = op_case_new (op, &CASES[i].spec);
  g_autoptr (DubTensor) out = NULL;
  g_autoptr (DubTensor) first = NULL;
  g_autoptr (DubTensor) second = NULL;

  for (guint n_threads = 1; n_threads <= 3; n_threads++) {
    g_autoptr (DubRun) run = dub_run_new (n_threads);

    op_case_forward (self, run);
    op_case_backward (self, run);
    if (n_threads == 1) {
      out = copy_of (self->out[0]);
      first = copy_of (self->d_in[0]);
      second = copy_of (self->d_in[1]);
    }
    assert_same (self->out[0], out);
    assert_same (self->d_in[0], first);
    assert_same (self->d_in[1], second);
  }
}

/* The pattern has the asked share of zeros, scales what it keeps, and depends on the seed alone. */
static void
test_dropout_statistics (void)
{
  static const DubOpCase spec = { .name = "dropout", .inputs = "f32 400000; f32 = 0.3", .check = "0", .training = TRUE };
  g_autoptr (OpCase) self = op_case_new (dub_op_lookup ("Dropout"), &spec);
  size_t n = dub_tensor_n_elements (self->in[0]), n_zero = 0;

  op_case_forward (self, NULL);
  for (size_t i = 0; i < n; i++) {
    float y = dub_tensor_f32 (self->out[0])[i];

    n_zero += y == 0.0f;
    if (y != 0.0f)
      g_assert_cmpfloat_with_epsilon (y, dub_tensor_f32 (self->in[0])[i] / 0.7f, 1e-6);
  }
  /* Four standard deviations of a binomial. */
  g_assert_cmpfloat (fabs ((double) n_zero / (double) n - 0.3), <, 4.0 * sqrt (0.21 / (double) n));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-pieces/dropout-statistics", test_dropout_statistics);
  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autofree char *path = g_strdup_printf ("/op-pieces/%s", CASES[i].spec.name);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_pieces);
  }

  return g_test_run ();
}
