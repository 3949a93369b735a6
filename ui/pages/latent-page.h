/* The Latent Space page: where the networks put the cases, and where they fail.
 *
 * Property "subtitle": "234 test cases over 430 training cases · 512 features".
 */
#pragma once

#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_LATENT_PAGE (dub_latent_page_get_type ())
G_DECLARE_FINAL_TYPE (DubLatentPage, dub_latent_page, DUB, LATENT_PAGE, AdwBin)

G_END_DECLS
