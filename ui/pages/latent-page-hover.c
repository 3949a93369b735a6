/* The card of the case under the pointer: what it is, what was said of it, and which cases its features are nearest to. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/case-tile.h"

/* Between the pointer and the card, and the overlay's edge. */
enum { GAP = 16, EDGE = 6, PICTURE = 84, SMALL = 44 };

static void
set_picture (DubLatentPage *self,
             GtkWidget     *tile,
             guint          index)
{
  g_autoptr (GBytes) rgb = dub_case_pictures_get (self->pictures, index);

  dub_case_tile_set_picture (DUB_CASE_TILE (tile), rgb, DUB_CASE_PICTURE_SIDE);
}

static void
set_pair (GtkLabel   *label,
          const char *words,
          const char *value)
{
  g_autofree char *escaped = g_markup_escape_text (value, -1);
  g_autofree char *text = g_strdup_printf ("<span alpha=\"62%%\">%s</span> %s", words, escaped);

  gtk_label_set_markup (label, text);
}

/* "p 0.508  Ensemble SD 0.177" */
static char *
numbers_of (DubLatentPage  *self,
            DubResultsRead *read,
            size_t          index)
{
  const DubScore *score = dub_latent_bench_get_score (self->bench, (DubLatentPanelIndex) self->hovered_panel);
  int said = read->scores->predicted[index];
  size_t n_classes = read->outputs->n_classes;
  g_autoptr (GString) text = g_string_new (NULL);

  if (said >= 0 && (size_t) said < n_classes) {
    g_autofree char *p = dub_number_format ((double) read->scores->mean[index * n_classes + (size_t) said], 3);

    g_string_append_printf (text, "<span alpha=\"62%%\">p</span> %s", p);
  }
  if (score != NULL && isfinite (score->values[index])) {
    g_autofree char *value = dub_number_format_short (score->values[index], 3), *title = g_markup_escape_text (score->title, -1);

    g_string_append_printf (text, "  <span alpha=\"62%%\">%s</span> %s", title, value);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
fill_nearest (DubLatentPage  *self,
              DubResultsRead *read)
{
  DubLatentLive *map = dub_latent_bench_get_map (self->bench, (DubLatentPanelIndex) self->hovered_panel);
  const guint *cases = NULL;
  guint n = 0;
  gboolean known = dub_latent_live_get_nearest (map, (guint) self->hovered, &cases, &n);

  for (guint i = 0; i < DUB_LATENT_N_SHOWN_NEAREST; i++) {
    gboolean there = known && i < n && cases[i] < read->scores->n_cases;

    gtk_widget_set_opacity (self->nearest[i], there || !known ? 1.0 : 0.0);
    dub_case_tile_set_failed (DUB_CASE_TILE (self->nearest[i]), there && read->scores->failed[cases[i]] == 1);
    if (there)
      set_picture (self, self->nearest[i], cases[i]);
    else
      dub_case_tile_set_picture (DUB_CASE_TILE (self->nearest[i]), NULL, 0);
  }
}

static void
fill_card (DubLatentPage  *self,
           DubResultsRead *read)
{
  DubStudy *study = dub_session_get_study (self->session);
  size_t index = (size_t) self->hovered;
  guint failed = read->scores->failed[index];
  g_autofree char *numbers = numbers_of (self, read, index);

  gtk_label_set_text (self->hover_id, study->data->ids[index]);
  gtk_label_set_text (self->hover_outcome, _dub_latent_outcome_words (failed));
  gtk_widget_set_css_classes (GTK_WIDGET (self->hover_outcome),
                              (const char *[]) { "caption-strong", failed == 1 ? "outcome-failed" : failed == 0 ? "outcome-correct" : "dim-label", NULL });
  set_pair (self->hover_true, _("true"), _dub_latent_class_name (self, study->data->labels[index]));
  set_pair (self->hover_said, _("said"), _dub_latent_class_name (self, read->scores->predicted[index]));
  gtk_label_set_markup (self->hover_numbers, numbers);
  set_picture (self, self->hover_tile, (guint) index);
  dub_case_tile_set_failed (DUB_CASE_TILE (self->hover_tile), failed == 1);
  fill_nearest (self, read);
}

/* Right below the point where there is room, else on its other sides: never over it. */
static void
place_card (DubLatentPage *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self->overlay)), height = gtk_widget_get_height (GTK_WIDGET (self->overlay));
  int needed, wide, tall;
  double x = self->hover_at[0] + GAP, y = self->hover_at[1] + GAP;

  gtk_widget_measure (self->hover, GTK_ORIENTATION_HORIZONTAL, -1, &needed, &wide, NULL, NULL);
  gtk_widget_measure (self->hover, GTK_ORIENTATION_VERTICAL, wide, &needed, &tall, NULL, NULL);
  wide -= gtk_widget_get_margin_start (self->hover);
  tall -= gtk_widget_get_margin_top (self->hover);

  gboolean beside = FALSE;

  if (x + wide > width - EDGE) {
    x = self->hover_at[0] - GAP - wide;
    if (x < EDGE)
      x = MAX (MIN (self->hover_at[0] + GAP, width - EDGE - wide), EDGE);
    else
      beside = TRUE;
  } else {
    beside = TRUE;
  }
  if (y + tall > height - EDGE) {
    y = self->hover_at[1] - GAP - tall;
    /* Beside the point it may stand at any height; above or below it may not be pushed over it. */
    if (y < EDGE)
      y = beside ? MAX (height - EDGE - tall, EDGE) : y;
  }
  gtk_widget_set_margin_start (self->hover, (int) MAX (x, 0.0));
  gtk_widget_set_margin_top (self->hover, (int) MAX (y, 0.0));
}

void
_dub_latent_page_update_hover (DubLatentPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  DubResultsRead *read = dub_latent_live_get_read (dub_latent_bench_get_map (self->bench, (DubLatentPanelIndex) self->hovered_panel));
  gboolean shown = self->hovered >= 0 && study != NULL && study->data != NULL && read != NULL && read->scores != NULL &&
                   (size_t) self->hovered < study->data->n_cases && (size_t) self->hovered < read->scores->n_cases;

  gtk_widget_set_visible (self->hover, shown);
  if (!shown)
    return;
  fill_card (self, read);
  place_card (self);
}

void
_dub_latent_page_hover (DubLatentPage *self,
                        guint          panel,
                        int            index,
                        double         x,
                        double         y)
{
  GtkWidget *view = GTK_WIDGET (self->planes[panel].view);
  gboolean same = self->hovered == index && self->hovered_panel == panel;

  self->hovered = index;
  self->hovered_panel = panel;
  if (index >= 0)
    gtk_widget_translate_coordinates (view, GTK_WIDGET (self->overlay), x, y, &self->hover_at[0], &self->hover_at[1]);
  if (same && index >= 0)
    place_card (self);
  else
    _dub_latent_page_update_hover (self);
}

static void
nearest_cb (DubLatentPage *self,
            guint          index)
{
  if ((int) index == self->hovered)
    _dub_latent_page_update_hover (self);
}

void
_dub_latent_page_build_hover (DubLatentPage *self)
{
  self->hovered = -1;
  self->hover_tile = dub_case_tile_new (PICTURE, PICTURE);
  gtk_box_append (self->hover_picture, self->hover_tile);
  for (guint i = 0; i < DUB_LATENT_N_SHOWN_NEAREST; i++) {
    self->nearest[i] = dub_case_tile_new (SMALL, SMALL);
    gtk_box_append (self->hover_nearest, self->nearest[i]);
  }
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    g_signal_connect_object (dub_latent_bench_get_map (self->bench, (DubLatentPanelIndex) p), "nearest", G_CALLBACK (nearest_cb), self,
                             G_CONNECT_SWAPPED);
}
