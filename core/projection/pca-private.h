/* From features to components, shared by the pca*.c files only. */
#pragma once

#include "core/projection/pca.h"

G_BEGIN_DECLS

/* Fills components [K][F] and variance [K] of @self, whose mean, scale, total variance and sizes are set, with the
 * @n_wanted largest components or as many as @explained needs (n_wanted 0), and sets n_components. */
gboolean _dub_pca_components  (DubPca               *self,
                               const float          *features,
                               const DubPcaOptions  *options,
                               DubRun               *run,
                               GError              **error);
/* Case @features [F] centred and scaled. */
void     _dub_pca_standardize (const DubPca         *self,
                               const float          *features,
                               double               *out);

G_END_DECLS
