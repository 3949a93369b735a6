/* What a sheet of reliability diagrams says of its numbers: above it, below it, and inside of the file. */
#include "ui/figures/reliability-figure.h"

#include "dub-config.h"

static void
note_number (DubReliabilityFigure *self,
             const char           *key,
             guint64               n)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, n);

  dub_reliability_figure_note (self, key, text);
}

static void
note_text (DubReliabilityFigure *self,
           const char           *key,
           const char           *text)
{
  if (text != NULL)
    dub_reliability_figure_note (self, key, text);
}

/* "temperature: T = 1.63 (1.41 to 1.92), fitted on calibration (78 cases)", and so on with @between; NULL without a fit. */
static char *
fits_words (const DubReliabilitySource *source,
            const char                 *between)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (size_t i = 0; i < source->n_fits; i++) {
    const DubRecalibration *fit = source->fits[i];
    g_autofree char *words = dub_recalibration_describe (fit);

    g_string_append_printf (out, "%s%s: %s, fitted on %s (%zu cases)", i > 0 ? between : "",
                            dub_recalibrate_id (dub_recalibration_get_method (fit)), words, dub_recalibration_get_split (fit),
                            dub_recalibration_get_n_cases (fit));
  }

  return out->len > 0 ? g_strdup (out->str) : NULL;
}

static void
append_part (GString    *out,
             const char *part)
{
  if (part != NULL && *part != '\0')
    g_string_append_printf (out, "%s%s", out->len > 0 ? " · " : "", part);
}

void
dub_reliability_figure_set_source (DubReliabilityFigure       *self,
                                   const DubReliabilitySource *source)
{
  g_return_if_fail (self != NULL && source != NULL);

  g_autoptr (GString) left = g_string_new (NULL), right = g_string_new (NULL);
  g_autofree char *fits = fits_words (source, "; "), *foot = fits_words (source, "\n");
  g_autofree char *cases = g_strdup_printf (source->n_cases == 1 ? "%zu case" : "%zu cases", source->n_cases);

  append_part (left, source->title);
  append_part (left, source->network != NULL ? source->network : source->family);
  append_part (left, source->class_name);
  append_part (right, source->part);
  append_part (right, cases);
  dub_reliability_figure_set_heading (self, left->str, right->str);
  dub_reliability_figure_set_foot (self, foot);

  note_number (self, "bins", source->n_bins);
  note_text (self, "binning", source->binning == DUB_BINS_EQUAL_WIDTH ? "equal width" : "equal mass");
  note_number (self, "cases", source->n_cases);
  note_text (self, "class", source->class_name != NULL ? source->class_name : "top label");
  note_text (self, "data-hash", source->data_hash);
  note_text (self, "family", source->family);
  note_text (self, "measured-on", source->part);
  if (source->family != NULL)
    note_text (self, "network", source->network != NULL ? source->network : source->each ? "each" : "ensemble");
  note_text (self, "recalibration", fits != NULL ? fits : "none");
  note_number (self, "resamples", source->n_resamples);
  note_number (self, "seed", source->seed);
  note_text (self, "split-hash", source->split_hash);
  note_text (self, "study", source->title);
  note_text (self, "version", DUB_VERSION);
}
