/* The experiment of figure 3 of source 002: can a network recover a known probability?
 *
 * x is uniform on [-2, 2], y = 1 with the probability (x + 2) / 4, and a two-layer network learns y from a few x:
 * once with plain cross-entropy, which is then also temperature-scaled on cases of its own, and once with DCA, from
 * the same weights and cases. The truth is known, so the probability that comes out can be held against it.
 *
 * The source states the interval, one input, two layers, two classes, labels drawn at random and a truth that its text calls
 * "the diagonal". It does not state the number of cases and hidden units, the activation, the optimiser, its rate,
 * epochs, batch, or β. Ours are in DUB_TOY_DEFAULT, with ReLU, Adam, whole batches and weights and
 * biases uniform in ±1/sqrt (inputs of the layer). One draw of so few cases says little, so the experiment is repeated with
 * cases and weights of other seeds.
 *
 * Letters: G points of the grid, R repeats.
 */
#pragma once

#include "core/base/run.h"

#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum {
  DUB_TOY_PLAIN,
  DUB_TOY_TEMPERATURE,
  DUB_TOY_DCA,
} DubToyMethod;
#define DUB_N_TOY_METHODS (DUB_TOY_DCA + 1)

typedef struct {
  size_t   n_train;       /* >= 2: cases that the network learns from, all in one batch */
  size_t   n_calibration; /* >= 2: cases that the temperature is fitted on */
  size_t   n_test;        /* >= 1: cases that accuracy, ECE, MCE and NLL are measured on */
  size_t   n_grid;        /* G >= 2 */
  int      hidden;        /* >= 1 */
  guint    n_epochs;      /* >= 1 */
  double   rate;          /* of Adam */
  double   dca;           /* β > 0 */
  guint    n_repeats;     /* R >= 1 */
  uint64_t seed;
} DubToyOptions;

#define DUB_TOY_DEFAULT \
  ((DubToyOptions) { .n_train = 64, .n_calibration = 64, .n_test = 10000, .n_grid = 201, .hidden = 256, \
                     .n_epochs = 1000, .rate = 0.01, .dca = 10.0, .n_repeats = 10, .seed = 1 })

typedef struct {
  double accuracy;   /* at best .75 here */
  double confidence; /* mean of the largest probability */
  double ece;        /* 15 equal-width bins */
  double mce;
  double nll;        /* nats */
  double distance;   /* mean over the grid of abs (recovered - true probability) */
} DubToyMeasures;

typedef struct {
  DubToyOptions   options;
  /* Of the first repeat: */
  double         *x;          /* [G] */
  double         *truth;      /* [G] P(y = 1 | x) */
  double         *recovered[DUB_N_TOY_METHODS]; /* [G] */
  double         *train_x;    /* [n_train] */
  int            *train_y;    /* [n_train] */
  /* Of all: */
  double         *temperature; /* [R] */
  DubToyMeasures *measures[DUB_N_TOY_METHODS];  /* [R] */
  DubToyMeasures  mean[DUB_N_TOY_METHODS];
  DubToyMeasures  deviation[DUB_N_TOY_METHODS]; /* standard deviation over the repeats (ddof 1); 0 for one */
} DubToy;

/* (x + 2) / 4 */
double      dub_toy_truth       (double                x);
/* "uncalibrated", "temperature", "dca" */
const char *dub_toy_method_name (DubToyMethod          method);

/* dub_toy_run:
 *
 * Seconds of work. The same options give the same bits.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_ARGUMENT names an option out of its range,
 *   DUB_ERROR_NUMERIC, DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubToy     *dub_toy_run         (const DubToyOptions  *options,
                                 DubRun               *run,
                                 GError              **error);
void        dub_toy_free        (DubToy               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubToy, dub_toy_free)

G_END_DECLS
