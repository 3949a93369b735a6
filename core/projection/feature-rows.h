/* Features of cases: float32 (N, F), row-major, finite. */
#pragma once

#include "core/base/run.h"

G_BEGIN_DECLS

/* dub_features_check:
 * @what: begins the sentence: "The features", "The reference features"
 *
 * Returns: FALSE with @error set: DUB_ERROR_SHAPE without cases or features, or where case numbers do not fit 32 bits,
 *   DUB_ERROR_NUMERIC naming the first case and feature that is NaN or infinite and how many such cases there are.
 */
gboolean dub_features_check            (const char    *what,
                                        const float   *features,
                                        size_t         n_cases,
                                        size_t         n_features,
                                        GError       **error);

/* Squared Euclidean distance, summed in double precision in an order that depends on @n_features alone. */
double   dub_features_squared_distance (const float   *a,
                                        const float   *b,
                                        size_t         n_features);
/* Dot product in an order that depends on @n alone. */
double   dub_features_dot              (const double  *a,
                                        const double  *b,
                                        size_t         n);
/* The same of single-precision numbers, for choices that need no more. */
float    dub_features_dot_f32          (const float   *a,
                                        const float   *b,
                                        size_t         n);

G_END_DECLS
