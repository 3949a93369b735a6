/* Optimisers and schedules against their formulas in double; what they refuse, and what they promise about threads. */
#include "core/train/optimizer.h"
#include "core/train/schedule.h"
#include "tests/train/formula.h"

#include <math.h>
#include <string.h>

static DubTensor *
hashed_tensor (DubShape shape,
               uint32_t stream)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, shape, NULL);

  fill_hashed (tensor, stream, 1.0, 0.0);

  return tensor;
}

/* --- one parameter against the formulas --- */

typedef struct {
  const char         *name;
  DubOptimizerOptions options;
} Case;

static const Case CASES[] = {
  { "sgd", { .kind = DUB_OPTIMIZER_SGD, .rate = 0.1, .weight_decay = 0.2, .clip_norm = 1.5 } },
  { "momentum", { .kind = DUB_OPTIMIZER_SGD, .rate = 0.1, .momentum = 0.8 } },
  { "nesterov", { .kind = DUB_OPTIMIZER_SGD, .rate = 0.1, .momentum = 0.8, .nesterov = TRUE, .weight_decay = 0.1 } },
  { "adam", { .kind = DUB_OPTIMIZER_ADAM, .rate = 0.05, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-6,
              .weight_decay = 0.1, .clip_norm = 2.0 } },
  { "adamw", { .kind = DUB_OPTIMIZER_ADAMW, .rate = 0.05, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-6,
               .weight_decay = 0.3, .clip_norm = 2.0 } },
};

static void
test_formula (gconstpointer data)
{
  enum { SIZE = 21, STEPS = 30 };
  const Case *test = data;
  const DubOptimizerOptions *o = &test->options;
  g_autoptr (GError) error = NULL;
  g_autoptr (DubOptimizer) optimizer = dub_optimizer_new (o, &error);
  g_autoptr (DubTensor) x = hashed_tensor (DUB_SHAPE (SIZE), 1);
  g_autoptr (DubTensor) gradient = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (SIZE), NULL);
  double exact[SIZE], first[SIZE] = { 0.0 }, second[SIZE] = { 0.0 };
  guint n_clipped = 0;

  g_assert_no_error (error);
  for (size_t i = 0; i < SIZE; i++)
    exact[i] = (double) dub_tensor_f32 (x)[i];
  dub_optimizer_add (optimizer, "x", x);

  for (int t = 1; t <= STEPS; t++) {
    double squares = 0.0, norm;

    fill_hashed (gradient, 10 + (uint32_t) t, 0.2 * t, 0.1);
    for (size_t i = 0; i < SIZE; i++)
      squares += pow ((double) dub_tensor_f32 (gradient)[i], 2.0);

    double scale = o->clip_norm > 0.0 ? MIN (1.0, o->clip_norm / (sqrt (squares) + 1e-6)) : 1.0;

    n_clipped += scale < 1.0;
    for (size_t i = 0; i < SIZE; i++) {
      double g = scale * (double) dub_tensor_f32 (gradient)[i];

      if (o->kind == DUB_OPTIMIZER_ADAMW)
        exact[i] *= 1.0 - o->rate * o->weight_decay;
      else
        g += o->weight_decay * exact[i];
      if (o->kind == DUB_OPTIMIZER_SGD) {
        first[i] = o->momentum * first[i] + g;
        exact[i] -= o->rate * (o->nesterov ? g + o->momentum * first[i] : first[i]);
      } else {
        first[i] = o->beta1 * first[i] + (1.0 - o->beta1) * g;
        second[i] = o->beta2 * second[i] + (1.0 - o->beta2) * g * g;
        exact[i] -= o->rate * (first[i] / (1.0 - pow (o->beta1, t))) /
                    (sqrt (second[i] / (1.0 - pow (o->beta2, t))) + o->epsilon);
      }
    }
    dub_optimizer_step (optimizer, &gradient, &norm, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpfloat_with_epsilon (norm, sqrt (squares), 1e-12);
  }
  g_assert_cmpuint (dub_optimizer_n_steps (optimizer), ==, STEPS);
  /* Both sides of the limit were met. */
  if (o->clip_norm > 0.0)
    g_assert_true (n_clipped > 0 && n_clipped < STEPS);
  for (size_t i = 0; i < SIZE; i++)
    g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (x)[i], exact[i], 2e-5);
}

/* --- threads --- */

static void
run_many (guint      n_threads,
          gboolean   cancelled,
          DubTensor *x[3])
{
  DubOptimizerOptions options = dub_optimizer_defaults (DUB_OPTIMIZER_ADAM);
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autoptr (DubOptimizer) optimizer = NULL;
  static const char *const names[] = { "a", "b", "c" };

  options.clip_norm = 0.5;
  options.weight_decay = 0.01;
  optimizer = dub_optimizer_new (&options, NULL);
  x[0] = hashed_tensor (DUB_SHAPE (70001), 1);
  x[1] = hashed_tensor (DUB_SHAPE (5), 2);
  x[2] = hashed_tensor (DUB_SHAPE (3, 40000), 3);
  for (size_t i = 0; i < 3; i++)
    dub_optimizer_add (optimizer, names[i], x[i]);
  if (cancelled)
    dub_run_cancel (run);

  for (uint32_t t = 0; t < 3; t++) {
    DubTensor *gradients[3] = { hashed_tensor (x[0]->shape, 10 + t), NULL, hashed_tensor (x[2]->shape, 20 + t) };

    g_assert_true (dub_optimizer_step (optimizer, gradients, NULL, run, NULL));
    dub_tensor_unref (gradients[0]);
    dub_tensor_unref (gradients[2]);
  }
}

/* The same bits for any number of threads, and a step is never half done: a cancelled run computes it to its end. */
static void
test_threads (void)
{
  DubTensor *one[3], *three[3], *cancelled[3];

  run_many (1, FALSE, one);
  run_many (3, FALSE, three);
  run_many (2, TRUE, cancelled);
  for (size_t i = 0; i < 3; i++) {
    g_autoptr (DubTensor) start = hashed_tensor (one[i]->shape, 1 + (uint32_t) i);
    size_t n = dub_tensor_n_bytes (one[i]);

    g_assert_cmpmem (one[i]->data, n, three[i]->data, n);
    g_assert_cmpmem (one[i]->data, n, cancelled[i]->data, n);
    /* Without a gradient a parameter stays. */
    g_assert_true ((memcmp (one[i]->data, start->data, n) == 0) == (i == 1));
    dub_tensor_unref (one[i]);
    dub_tensor_unref (three[i]);
    dub_tensor_unref (cancelled[i]);
  }
}

/* --- what is refused --- */

static void
test_not_finite (void)
{
  DubOptimizerOptions options = dub_optimizer_defaults (DUB_OPTIMIZER_SGD);
  g_autoptr (DubOptimizer) optimizer = dub_optimizer_new (&options, NULL);
  g_autoptr (DubTensor) a = hashed_tensor (DUB_SHAPE (4), 1);
  g_autoptr (DubTensor) b = hashed_tensor (DUB_SHAPE (4), 2);
  g_autoptr (DubTensor) before = dub_tensor_copy (a, NULL);
  g_autoptr (DubTensor) good = hashed_tensor (DUB_SHAPE (4), 3);
  g_autoptr (DubTensor) bad = hashed_tensor (DUB_SHAPE (4), 4);
  DubTensor *gradients[] = { good, bad };
  g_autoptr (GError) error = NULL;

  dub_optimizer_add (optimizer, "stem.weight", a);
  dub_optimizer_add (optimizer, "logits.bias", b);
  dub_tensor_f32 (bad)[2] = (float) INFINITY;
  g_assert_false (dub_optimizer_step (optimizer, gradients, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_cmpstr (error->message, ==,
                   "The gradient of the parameter \"logits.bias\" is no finite number in step 1; a smaller step size or "
                   "clipping may help.");
  g_assert_cmpmem (a->data, 16, before->data, 16);
  g_assert_cmpuint (dub_optimizer_n_steps (optimizer), ==, 0);
}

static void
test_options (void)
{
  static const struct {
    DubOptimizerOptions options;
    const char         *message;
  } cases[] = {
    { { .kind = DUB_OPTIMIZER_SGD, .rate = 0.0 }, "The optimiser's rate is 0; expected a finite number above 0." },
    { { .kind = DUB_OPTIMIZER_SGD, .rate = (double) INFINITY },
      "The optimiser's rate is inf; expected a finite number above 0." },
    { { .kind = DUB_OPTIMIZER_SGD, .rate = 1.0, .momentum = 1.0 },
      "The optimiser's momentum is 1; expected at least 0 and below 1." },
    { { .kind = DUB_OPTIMIZER_SGD, .rate = 1.0, .nesterov = TRUE },
      "The optimiser's momentum is 0; expected above 0 for Nesterov's form." },
    { { .kind = DUB_OPTIMIZER_ADAM, .rate = 1.0, .beta1 = 0.9, .beta2 = 1.0, .epsilon = 1e-8 },
      "The optimiser's beta2 is 1; expected at least 0 and below 1." },
    { { .kind = DUB_OPTIMIZER_ADAM, .rate = 1.0, .beta1 = 0.9, .beta2 = 0.9 },
      "The optimiser's epsilon is 0; expected a finite number above 0." },
    { { .kind = DUB_OPTIMIZER_SGD, .rate = 1.0, .weight_decay = -0.1 },
      "The optimiser's weight decay is -0.1; expected a finite number of at least 0." },
    { { .kind = DUB_OPTIMIZER_SGD, .rate = 1.0, .clip_norm = (double) NAN },
      "The optimiser's clipping norm is nan; expected a finite number of at least 0." },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (dub_optimizer_new (&cases[i].options, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }

  for (int kind = DUB_OPTIMIZER_SGD; kind <= DUB_OPTIMIZER_ADAMW; kind++) {
    DubOptimizerOptions options = dub_optimizer_defaults ((DubOptimizerKind) kind);
    DubOptimizerKind parsed;

    g_assert_true (dub_optimizer_options_check (&options, NULL));
    g_assert_true (dub_optimizer_kind_parse (dub_optimizer_kind_name (options.kind), &parsed));
    g_assert_cmpint (parsed, ==, kind);
  }
  g_assert_false (dub_optimizer_kind_parse ("lbfgs", &(DubOptimizerKind) { 0 }));
}

/* --- schedules --- */

static void
test_schedules (void)
{
  DubSchedule constant = { 0 };
  DubSchedule step = { .kind = DUB_SCHEDULE_STEP, .gamma = 0.1, .period = 30 };
  DubSchedule cosine = { .kind = DUB_SCHEDULE_COSINE };
  DubSchedule warm = { .kind = DUB_SCHEDULE_COSINE, .warmup = 10 };
  DubSchedule warm_step = { .kind = DUB_SCHEDULE_STEP, .gamma = 0.5, .period = 30, .warmup = 4 };

  g_assert_cmpfloat (dub_schedule_factor (&constant, 57, 100), ==, 1.0);
  g_assert_cmpfloat (dub_schedule_factor (&step, 29, 100), ==, 1.0);
  g_assert_cmpfloat (dub_schedule_factor (&step, 30, 100), ==, 0.1);
  g_assert_cmpfloat_with_epsilon (dub_schedule_factor (&step, 99, 100), 1e-3, 1e-18);

  g_assert_cmpfloat (dub_schedule_factor (&cosine, 0, 100), ==, 1.0);
  g_assert_cmpfloat_with_epsilon (dub_schedule_factor (&cosine, 50, 100), 0.5, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_schedule_factor (&cosine, 25, 100), 0.5 + sqrt (0.125), 1e-15);
  g_assert_cmpfloat (dub_schedule_factor (&cosine, 99, 100), >, 0.0);
  g_assert_cmpfloat (dub_schedule_factor (&cosine, 100, 100), ==, 0.0);
  g_assert_cmpfloat (dub_schedule_factor (&cosine, 5000, 100), ==, 0.0);

  for (size_t s = 0; s < 10; s++)
    g_assert_cmpfloat (dub_schedule_factor (&warm, s, 110), ==, (double) (s + 1) / 10.0);
  for (size_t s = 10; s < 110; s++)
    g_assert_cmpfloat (dub_schedule_factor (&warm, s, 110), ==, dub_schedule_factor (&cosine, s - 10, 100));
  g_assert_cmpfloat (dub_schedule_factor (&warm_step, 33, 100), ==, 1.0);
  g_assert_cmpfloat (dub_schedule_factor (&warm_step, 34, 100), ==, 0.5);
  /* A warm-up that is longer than the training. */
  g_assert_cmpfloat (dub_schedule_factor (&warm, 4, 5), ==, 0.5);
  g_assert_cmpfloat (dub_schedule_factor (&warm, 10, 5), ==, 1.0);

  g_autoptr (GError) error = NULL;
  DubSchedule bad = { .kind = DUB_SCHEDULE_STEP, .gamma = 0.1 };
  DubScheduleKind kind;

  g_assert_true (dub_schedule_check (&step, NULL));
  g_assert_true (dub_schedule_check (&constant, NULL));
  g_assert_false (dub_schedule_check (&bad, &error));
  g_assert_cmpstr (error->message, ==, "The schedule's period is 0 steps; expected at least 1.");
  g_clear_error (&error);
  bad = (DubSchedule) { .kind = DUB_SCHEDULE_STEP, .period = 1 };
  g_assert_false (dub_schedule_check (&bad, &error));
  g_assert_cmpstr (error->message, ==, "The schedule's gamma is 0; expected a finite number above 0.");
  g_assert_true (dub_schedule_kind_parse ("cosine", &kind));
  g_assert_cmpint (kind, ==, DUB_SCHEDULE_COSINE);
  g_assert_false (dub_schedule_kind_parse ("linear", &kind));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autofree char *path = g_strconcat ("/optimizer/formula/", CASES[i].name, NULL);

    g_test_add_data_func (path, &CASES[i], test_formula);
  }
  g_test_add_func ("/optimizer/threads", test_threads);
  g_test_add_func ("/optimizer/not-finite", test_not_finite);
  g_test_add_func ("/optimizer/options", test_options);
  g_test_add_func ("/schedule/factors", test_schedules);

  return g_test_run ();
}
