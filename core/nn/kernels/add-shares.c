#include "core/nn/kernels/add-shares.h"

#include "core/base/parallel.h"

/* Numbers that one piece adds up. */
enum { AT_ONCE = 4096 };

typedef struct {
  const float *partial;
  int64_t      n_shares;
  size_t       n;
  float       *sum;
} Job;

static void
add_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  const Job *job = user_data;
  size_t end = MIN ((piece + 1) * AT_ONCE, job->n);

  for (size_t i = piece * AT_ONCE; i < end; i++) {
    float total = 0.0f;

    for (int64_t share = 0; share < job->n_shares; share++)
      total += job->partial[(size_t) share * job->n + i];
    job->sum[i] = total;
  }
}

gboolean
_dub_add_shares (const float *partial,
                 int64_t      n_shares,
                 size_t       n,
                 float       *sum,
                 DubRun      *run,
                 GError     **error)
{
  Job job = { partial, n_shares, n, sum };

  return dub_parallel_for (run, (n + AT_ONCE - 1) / AT_ONCE, add_piece, &job, error);
}
