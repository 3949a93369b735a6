/* The strip below the plane: how many are selected, what they look like, and where to see them all. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>

#include "ui/widgets/case-tile.h"

enum { SIDE = 40, SPACING = 7, N_LEAST = 1, MARGINS = 130 };

static void
tile_clicked_cb (DubLatentPage *self,
                 GtkWidget     *button)
{
  for (guint i = 0; i < self->n_tiles; i++)
    if (button == self->tile_button[i])
      dub_selection_set_case (dub_session_get_selection (self->session), (int) self->tiles[i]);
}

void
_dub_latent_page_build_strip (DubLatentPage *self)
{
  for (guint i = 0; i < DUB_LATENT_N_TILES; i++) {
    self->tile_button[i] = gtk_button_new ();
    self->tile[i] = dub_case_tile_new (SIDE, SIDE);
    gtk_button_set_child (GTK_BUTTON (self->tile_button[i]), self->tile[i]);
    gtk_widget_add_css_class (self->tile_button[i], "tile");
    gtk_widget_add_css_class (self->tile_button[i], "flat");
    gtk_widget_set_valign (self->tile_button[i], GTK_ALIGN_CENTER);
    g_signal_connect_swapped (self->tile_button[i], "clicked", G_CALLBACK (tile_clicked_cb), self);
    gtk_box_append (self->strip_tiles, self->tile_button[i]);
  }
  self->n_fit = 9;
}

void
_dub_latent_page_fit_strip (DubLatentPage *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self->overlay)), words = 0, natural;
  GtkWidget *parts[] = { GTK_WIDGET (self->strip_count), GTK_WIDGET (self->show_button), GTK_WIDGET (self->clear_button) };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    gtk_widget_measure (parts[i], GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
    words += natural;
  }

  guint n_fit = (guint) CLAMP ((width - words - MARGINS) / (SIDE + SPACING), N_LEAST, DUB_LATENT_N_TILES);

  if (n_fit == self->n_fit)
    return;
  self->n_fit = n_fit;
  _dub_latent_page_update_strip (self);
}

static void
show_tile (DubLatentPage *self,
           guint          place,
           guint          index)
{
  DubStudy *study = dub_session_get_study (self->session);
  guint failed = dub_results_get_failed (self->results, index);
  g_autoptr (GBytes) rgb = dub_case_pictures_get (self->pictures, index);
  g_autofree char *name = g_strdup_printf ("%s, %s", study->data->ids[index], _dub_latent_outcome_words (failed));

  self->tiles[place] = index;
  dub_case_tile_set_picture (DUB_CASE_TILE (self->tile[place]), rgb, DUB_CASE_PICTURE_SIDE);
  dub_case_tile_set_failed (DUB_CASE_TILE (self->tile[place]), failed == 1);
  gtk_widget_set_tooltip_text (self->tile_button[place], name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->tile_button[place]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
_dub_latent_page_update_strip (DubLatentPage *self)
{
  DubSelection *selection = dub_session_get_selection (self->session);
  DubStudy *study = dub_session_get_study (self->session);
  size_t n = 0;
  const guint *set = dub_selection_get_set (selection, &n);
  gboolean shown = dub_selection_has_set (selection) && study != NULL && study->data != NULL;

  gtk_widget_set_visible (self->strip, shown);
  self->n_tiles = 0;
  if (!shown)
    return;
  for (size_t k = 0; k < n && self->n_tiles < MIN (self->n_fit, DUB_LATENT_N_TILES); k++)
    if (set[k] < study->data->n_cases)
      show_tile (self, self->n_tiles++, set[k]);
  for (guint i = 0; i < DUB_LATENT_N_TILES; i++)
    gtk_widget_set_visible (self->tile_button[i], i < self->n_tiles);

  g_autofree char *count = g_strdup_printf (g_dngettext (NULL, "%u selected", "%u selected", (guint) n), (guint) n);
  g_autofree char *more = n > self->n_tiles ? g_strdup_printf ("+%u", (guint) n - self->n_tiles) : g_strdup ("");

  gtk_label_set_text (self->strip_count, count);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->strip_count), dub_selection_get_set_title (selection));
  gtk_label_set_text (self->strip_more, more);
}

void
_dub_latent_page_update_picture (DubLatentPage *self,
                                 guint          index)
{
  for (guint i = 0; i < self->n_tiles; i++)
    if (self->tiles[i] == index)
      show_tile (self, i, index);
  if (self->hovered >= 0)
    _dub_latent_page_update_hover (self);
}
