#include "app/cli/cli-estimate.h"

#include <stdio.h>

void
cli_print_estimate (const DubEstimate *estimate)
{
  if (isnan (estimate->value))
    printf (" %-19s", "–");
  else if (isnan (estimate->low))
    printf (" %-19.3f", estimate->value);
  else
    printf (" %.3f [%.3f %.3f]", estimate->value, estimate->low, estimate->high);
}
