/* Numbers that go into a network and come out of it: NaN and infinity are told with their place, not passed on. */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* DUB_ERROR_NUMERIC with the index of the first element that is NaN, or with @infinity also of one that is infinite, and
 * how many there are. @what begins the sentence: "“x.npy”, array “image”". Integers pass. */
gboolean cli_check_numbers (const char      *what,
                            const DubTensor *tensor,
                            gboolean         infinity,
                            GError         **error);

/* Adds to what cli_check_numbers said that --allow-nan takes such numbers: for commands that know it. Always returns FALSE. */
gboolean cli_hint_allow_nan (GError **error);

G_END_DECLS
