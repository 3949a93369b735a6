#include "ui/model/stage-words.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* The stages of the demo study, as core/study/demo.c says them: two numbers, and a third that may stay away. */
char *
dub_stage_words (const char *stage)
{
  guint i, n;
  double loss;

  if (sscanf (stage, "Making training subject %u of %u", &i, &n) == 2)
    return g_strdup_printf (_("Training subject %u of %u"), i, n);
  if (sscanf (stage, "Making held-out subject %u of %u", &i, &n) == 2)
    return g_strdup_printf (_("Held-out subject %u of %u"), i, n);
  if (sscanf (stage, "Training the network, epoch %u of %u, loss %lf", &i, &n, &loss) == 3)
    return g_strdup_printf (_("Epoch %u of %u, loss %.3f"), i, n, loss);

  return g_strdup (stage);
}
