/* What a bootstrap draws: units (a case, or the cases of a patient), ordered by stratum. */
#pragma once

#include "core/base/rng.h"
#include "core/stats/bootstrap.h"

G_BEGIN_DECLS

typedef struct {
  size_t  n_cases;       /* N */
  size_t  n_units;
  size_t  n_strata;
  size_t *cases;         /* [N] by unit */
  size_t *unit_first;    /* [n_units + 1] where a unit's cases begin */
  size_t *stratum_first; /* [n_strata + 1] where a stratum's units begin */
  gboolean in_order;     /* unit u is case u */
  size_t  longest;       /* the most cases that a resample can have */
} DubBootstrapUnits;

/* (transfer full), or NULL with DUB_ERROR_MEMORY where a resample could be too long to count. */
G_GNUC_WARN_UNUSED_RESULT
DubBootstrapUnits *_dub_bootstrap_units_new     (const DubBootstrapDesign *design,
                                                 GError                  **error);
void               _dub_bootstrap_units_free    (DubBootstrapUnits        *self);

/* Fills @cases (nullable) [longest] and @count [N]. Returns the number of cases drawn. */
size_t             _dub_bootstrap_units_draw    (const DubBootstrapUnits  *self,
                                                 DubRng                   *rng,
                                                 size_t                   *cases,
                                                 uint32_t                 *count);
/* The sample without @unit; n_units leaves out nothing. */
size_t             _dub_bootstrap_units_without (const DubBootstrapUnits  *self,
                                                 size_t                    unit,
                                                 size_t                   *cases,
                                                 uint32_t                 *count);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubBootstrapUnits, _dub_bootstrap_units_free)

G_END_DECLS
