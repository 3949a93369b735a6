/* Words and pictures that several cards of the assistant share. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>
#include <math.h>

static const struct {
  DubScaling  scaling;
  const char *words;
} SCALINGS[] = {
  { DUB_SCALING_MEAN_SD, N_("(x − mean) / SD") },
  { DUB_SCALING_ZSCORE, N_("each case to mean 0, SD 1") },
  { DUB_SCALING_MINMAX, N_("each case to 0–1") },
  { DUB_SCALING_PERCENTILE, N_("percentiles 1–99 to 0–1") },
  { DUB_SCALING_UNIT, N_("by the range of the type") },
  { DUB_SCALING_NONE, N_("as it is") },
};

const char *
_dub_assistant_scaling_name (guint index)
{
  return index < G_N_ELEMENTS (SCALINGS) ? _(SCALINGS[index].words) : NULL;
}

DubScaling
_dub_assistant_scaling (guint index)
{
  return SCALINGS[MIN (index, G_N_ELEMENTS (SCALINGS) - 1)].scaling;
}

GtkWidget *
_dub_assistant_label (const char *text,
                      const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);

  return label;
}

void
_dub_assistant_show_progress (GtkProgressBar *bar,
                              DubNewStudy    *study)
{
  double fraction = dub_new_study_get_progress (study);

  if (fraction > 0.0)
    gtk_progress_bar_set_fraction (bar, fraction);
  else
    gtk_progress_bar_pulse (bar);
}

char *
_dub_assistant_shape_words (const DubDataset *dataset)
{
  const int64_t *n = dataset->shape;
  g_autofree char *shape = dataset->n_axes == 3 ? g_strdup_printf ("%d × %d × %d", (int) n[0], (int) n[1], (int) n[2])
                                                : g_strdup_printf ("%d × %d", (int) n[0], (int) n[1]);

  return dataset->mixed ? g_strdup (_("several sizes")) : g_steal_pointer (&shape);
}

char *
_dub_assistant_loss_words (DubNewStudy *study)
{
  g_autoptr (DubRecipe) recipe = dub_new_study_make_recipe (study);

  return dub_recipe_loss_name (recipe);
}

char *
_dub_assistant_runs_words (DubNewStudy *study)
{
  const DubNewStudyChoices *choices = dub_new_study_get_choices (study);
  guint n_losses = choices->term != DUB_TERM_NONE && choices->plain_beside ? 2 : 1;
  g_autofree char *folds = g_strdup_printf (g_dngettext (NULL, "%u fold", "%u folds", choices->split.n_folds),
                                            choices->split.n_folds);
  g_autofree char *losses = g_strdup_printf (g_dngettext (NULL, "%u loss", "%u losses", n_losses), n_losses);

  return g_strdup_printf ("%s × %s", folds, losses);
}

char *
_dub_assistant_time_words (DubNewStudy *study)
{
  const DubNewStudyTrial *trial = dub_new_study_get_trial (study);

  if (trial == NULL)
    return g_strdup (_("measuring how long it takes…"));
  if (trial->error != NULL)
    return g_strdup (trial->error);

  g_autofree char *processors = g_strdup_printf (g_dngettext (NULL, "%u core", "%u cores", trial->n_threads),
                                                 trial->n_threads);

  if (!isfinite (trial->seconds))
    return g_strdup ("");
  if (trial->seconds < 55.0)
    return g_strdup_printf (_("about %d s on %s"), MAX ((int) (trial->seconds / 5.0 + 0.5) * 5, 5), processors);
  if (trial->seconds < 5400.0)
    return g_strdup_printf (_("about %d min on %s"), (int) (trial->seconds / 60.0 + 0.5), processors);

  return g_strdup_printf (_("about %d h on %s"), (int) (trial->seconds / 3600.0 + 0.5), processors);
}

char *
_dub_assistant_parts_words (DubNewStudy *study)
{
  const DubSplit *split = dub_new_study_get_split (study);
  size_t n[4] = { 0 };

  for (size_t i = 0; split != NULL && i < split->n_cases; i++)
    n[split->part[i]]++;

  return g_strdup_printf (_("%zu train, %zu calibration, %zu test"), n[DUB_PART_TRAIN], n[DUB_PART_CALIBRATION],
                          n[DUB_PART_TEST]);
}

/* --- pictures --- */

typedef struct {
  DubNewStudy *study;
  size_t       index;
} Wish;

static void
fill (GtkWidget *picture)
{
  Wish *wish = g_object_get_data (G_OBJECT (picture), "wish");

  if (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL || dub_new_study_get_dataset (wish->study) == NULL)
    return;

  GBytes *bytes = dub_new_study_get_picture (wish->study, wish->index);

  if (bytes == NULL)
    return;

  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (DUB_PICTURE_SIDE, DUB_PICTURE_SIDE, GDK_MEMORY_R8G8B8, bytes,
                                                           (gsize) DUB_PICTURE_SIDE * 3);

  gtk_picture_set_paintable (GTK_PICTURE (picture), GDK_PAINTABLE (texture));
}

GtkWidget *
_dub_assistant_picture (DubNewStudy *study,
                        size_t       index,
                        int          side)
{
  GtkWidget *picture = gtk_picture_new ();
  Wish *wish = g_new0 (Wish, 1);
  const DubDatasetCase *item = &dub_new_study_get_dataset (study)->cases[index];
  g_autofree char *words = g_strdup_printf (_("Case %s"), item->id);

  wish->study = study;
  wish->index = index;
  g_object_set_data_full (G_OBJECT (picture), "wish", wish, g_free);
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  gtk_widget_set_size_request (picture, side, side);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (picture, "thumbnail");
  gtk_widget_set_tooltip_text (picture, item->id);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), words);
  g_signal_connect_object (study, "pictures", G_CALLBACK (fill), picture, G_CONNECT_SWAPPED);
  fill (picture);

  return picture;
}
