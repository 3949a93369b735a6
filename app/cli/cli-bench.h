/* A benchmark: one row of a table; it sets up, then times a piece of work some times over.
 *
 * The minimum is what the machine can do, the median what it did while doing other things too. Processor time
 * says the same on a machine that others use, where one thread is asked for.
 */
#pragma once

#include "core/base/run.h"

G_BEGIN_DECLS

typedef struct {
  DubRun    *run;
  const char *model;       /* (nullable): a network to measure instead of the built-in one */
  guint      n_repeats;
  GArray    *seconds;      /* of double, one for each repeat */
  double     processor;    /* least processor time of a repeat, of all threads, in seconds; 0 = not yet known */
  double     processor_mark; /* of the process, when the last repeat was done */
  size_t     peak_bytes;   /* 0 = not stated */
  double     multiply_adds; /* of one repeat; 0 = not stated */
  guint      n_cases;      /* images or volumes of one repeat; 0 = not stated */
} CliBench;

typedef struct {
  const char *name;
  const char *what;        /* N_(), one line */
  gboolean  (*run)         (CliBench  *bench,
                            GError   **error);
} CliBenchRow;

/* Ends with a NULL name. */
extern const CliBenchRow CLI_BENCHES[];

/* Times one repeat: `gint64 start = g_get_monotonic_time (); …; cli_bench_add (bench, start)`. */
void     cli_bench_add            (CliBench  *bench,
                                   gint64     start);

gboolean cli_bench_mask_iteration (CliBench  *bench,
                                   GError   **error);
gboolean cli_bench_meshnet        (CliBench  *bench,
                                   GError   **error);
gboolean cli_bench_resnet18       (CliBench  *bench,
                                   GError   **error);
gboolean cli_bench_train_resnet18 (CliBench  *bench,
                                   GError   **error);
gboolean cli_bench_train_resnet18_w16 (CliBench *bench,
                                   GError   **error);
gboolean cli_bench_train_cnn3d    (CliBench  *bench,
                                   GError   **error);
gboolean cli_bench_occlusion      (CliBench  *bench,
                                   GError   **error);
gboolean cli_bench_slice          (CliBench  *bench,
                                   GError   **error);
gboolean cli_bench_ece            (CliBench  *bench,
                                   GError   **error);

G_END_DECLS
