/* What an ONNX file says about itself, as far as opening a study needs it. Reading is done on a thread. */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "core/data/volume.h"
#include "core/nn/graph.h"
#include "core/study/study.h"

G_BEGIN_DECLS

typedef struct {
  char    *path;
  gboolean is_volume;     /* one float input (N, 1, D, H, W) */
  int64_t  shape[3];      /* its D, H, W; -1 = free */
  char    *input_words;   /* "1 × 1 × 121 × 145 × 121" */
  size_t   n_parameters;
  int      n_classes;     /* 0 = cannot be told from the graph */
  char    *unsupported;   /* (nullable): one sentence naming node and operator */
} DubNetworkInfo;

typedef struct {
  int64_t shape[3];
  float   min, max;
} DubVolumeInfo;

G_GNUC_WARN_UNUSED_RESULT
DubNetworkInfo *dub_network_info_load  (const char            *path,
                                        GError               **error);
/* The same from a graph that is loaded already. */
DubNetworkInfo *dub_network_info_new   (const char            *path,
                                        DubGraph              *graph);
void            dub_network_info_free  (DubNetworkInfo        *self);

/* Whether the volume has the network's shape under these axes. */
gboolean        dub_preprocess_fits    (const DubPreprocess   *self,
                                        const DubNetworkInfo  *network,
                                        const DubVolumeInfo   *volume);

/* The most likely way the network reads such volumes; every part can be changed by the person. A volume that does not fit is
 * refused: cropping or resampling it changes what the network sees, so a person decides. */
DubPreprocess   dub_preprocess_guess   (const DubNetworkInfo  *network,
                                        const DubVolumeInfo   *volume);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubNetworkInfo, dub_network_info_free)

G_END_DECLS
