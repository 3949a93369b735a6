#include "core/data/augment-policy.h"

#include "core/data/augment.h"

#include <string.h>

enum { N_OPS = 2 };

static const double TTA_MAGNITUDE = 9.0;
static const double POOL_MAGNITUDE = 45.0;
static const guint VOLUME_FLAGS = DUB_AUGMENT_SHIFT | DUB_AUGMENT_ROTATE | DUB_AUGMENT_SCALE | DUB_AUGMENT_INTENSITY |
                                  DUB_AUGMENT_NOISE | DUB_AUGMENT_BIAS;

typedef struct {
  size_t op[N_OPS];
  double magnitude[N_OPS];
} Draw;

/* Both operations are drawn before either is applied, so that describing and applying see the same. */
static void
draw (const DubViewPolicy *self,
      DubRng              *rng,
      Draw                *out)
{
  size_t n_ops;

  dub_augment_ops (&n_ops);
  if (self->pool)
    dub_rng_init (rng, self->seed, "view-pool", self->view);
  else
    dub_rng_init (rng, self->seed, "view-tta", self->key + self->view);
  for (guint i = 0; i < N_OPS; i++) {
    out->op[i] = dub_rng_below (rng, (uint32_t) n_ops);
    out->magnitude[i] = self->pool ? POOL_MAGNITUDE * dub_rng_double (rng) : TTA_MAGNITUDE;
  }
}

uint64_t
dub_view_key (const DubTensor *raw)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *shape = dub_shape_to_string (&raw->shape);
  const guint8 *bytes = raw->data;
  size_t n_left = dub_tensor_n_bytes (raw);
  guint8 digest[32];
  gsize n_digest = sizeof digest;
  uint64_t key = 0;

  g_checksum_update (sum, (const guint8 *) dub_dtype_name (raw->dtype), -1);
  g_checksum_update (sum, (const guint8 *) shape, -1);
  /* The length is a gssize: a piece at a time has no largest case. */
  for (size_t n; n_left > 0; bytes += n, n_left -= n) {
    n = MIN (n_left, (size_t) 1 << 30);
    g_checksum_update (sum, bytes, (gssize) n);
  }
  g_checksum_get_digest (sum, digest, &n_digest);
  for (guint i = 0; i < 8; i++)
    key = key << 8 | digest[i];

  return key;
}

void
dub_view_apply (const DubViewPolicy *self,
                const DubShape      *shape,
                float               *values)
{
  DubRng rng;
  Draw drawn;

  if (shape->rank != 3) {
    dub_augment_apply (VOLUME_FLAGS | (self->kji ? DUB_AUGMENT_KJI : 0), shape, values, self->seed,
                       self->pool ? self->view : (size_t) self->key, self->pool ? 0 : self->view + 1);
    return;
  }
  draw (self, &rng, &drawn);
  for (guint i = 0; i < N_OPS; i++)
    dub_augment_op_apply (drawn.op[i], drawn.magnitude[i], shape, values, &rng);
}

char *
dub_view_describe (const DubViewPolicy *self,
                   const DubShape      *shape)
{
  if (shape->rank != 3)
    return dub_augment_describe (VOLUME_FLAGS);

  size_t n_ops;
  const DubAugmentOp *ops = dub_augment_ops (&n_ops);
  g_autoptr (GString) text = g_string_new (NULL);
  DubRng rng;
  Draw drawn;

  draw (self, &rng, &drawn);
  for (guint i = 0; i < N_OPS; i++)
    g_string_append_printf (text, "%s%s %.0f", i > 0 ? ", " : "", ops[drawn.op[i]].name, drawn.magnitude[i]);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
