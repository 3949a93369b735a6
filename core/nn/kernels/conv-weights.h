/* The gradient of a convolution with respect to its weights: dw[oc][ic][t] = Σ_n Σ_o dy[oc][o] · x[ic][o · stride - pad + t · dilation]. */
#pragma once

#include "core/nn/kernels/conv.h"

G_BEGIN_DECLS

/* dub_conv_weight_gradient:
 * @x: [N][G · in_channels][in]
 * @dy: the gradient of the output, perhaps before pooling and activation (see DubConvSource)
 * @dw: [G · out_channels][in_channels][kernel], overwritten
 *
 * Rows with unit stride are correlated directly, everything else goes through a
 * matrix of shifted inputs. Sums are formed in an order that depends on the shape alone.
 */
gboolean dub_conv_weight_gradient (const DubConvShape  *shape,
                                   const float         *x,
                                   const DubConvSource *dy,
                                   float               *dw,
                                   DubRun              *run,
                                   GError             **error);

/* db[oc] = Σ_n Σ_o dy[oc][o]. */
gboolean dub_conv_bias_gradient   (const DubConvShape  *shape,
                                   const DubConvSource *dy,
                                   float               *db,
                                   DubRun              *run,
                                   GError             **error);

G_END_DECLS
