/* The lines around sets that were drawn on a plane: they go when another set is selected, and come again on the way back. */
#include "ui/pages/latent-page-private.h"

#include <string.h>

enum { N_KEPT = 24 };

typedef struct {
  GPtrArray *lassos; /* of the view */
  char      *pill;
  guint      panel;
  guint     *set;    /* [n] cases that they selected */
  size_t     n;
} Drawn;

static void
drawn_free (gpointer data)
{
  Drawn *drawn = data;

  g_ptr_array_unref (drawn->lassos);
  g_free (drawn->pill);
  g_free (drawn->set);
  g_free (drawn);
}

/* The latest of the present set; -1. */
static int
find_drawn (DubLatentPage *self)
{
  DubSelection *selection = dub_session_get_selection (self->session);
  size_t n = 0;
  const guint *set = dub_selection_get_set (selection, &n);

  for (int k = (int) self->drawn->len - 1; k >= 0 && dub_selection_has_set (selection); k--) {
    const Drawn *drawn = self->drawn->pdata[k];

    if (drawn->n == n && (n == 0 || memcmp (drawn->set, set, n * sizeof (guint)) == 0))
      return k;
  }

  return -1;
}

void
_dub_latent_page_update_lassos (DubLatentPage *self)
{
  int found = find_drawn (self);
  const Drawn *drawn = found >= 0 ? self->drawn->pdata[found] : NULL;

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    dub_scatter_view_set_lassos (self->planes[p].view, drawn != NULL && drawn->panel == p ? drawn->lassos : NULL,
                                 drawn != NULL ? drawn->pill : NULL);
}

/* Points that moved do not lie in their lines any more. */
void
_dub_latent_page_forget_lassos (DubLatentPage *self,
                                guint          panel)
{
  for (guint k = self->drawn->len; k-- > 0;)
    if (((const Drawn *) self->drawn->pdata[k])->panel == panel)
      g_ptr_array_remove_index (self->drawn, k);
}

/* "65 / 234" on the line that was drawn. */
void
_dub_latent_page_take_lasso (DubLatentPage *self,
                             guint          panel,
                             const guint   *indices,
                             guint          n,
                             gboolean       add)
{
  const DubLatentCounts *counts;
  const guint *set;
  Drawn *drawn;

  dub_latent_bench_select (self->bench, indices, n, add);
  counts = dub_latent_bench_count (self->bench);
  drawn = g_new0 (Drawn, 1);
  drawn->lassos = dub_scatter_view_get_lassos (self->planes[panel].view);
  drawn->pill = g_strdup_printf ("%u / %u", counts->n, counts->n_all);
  drawn->panel = panel;
  set = dub_selection_get_set (dub_session_get_selection (self->session), &drawn->n);
  drawn->set = g_memdup2 (set, drawn->n * sizeof (guint));
  g_ptr_array_add (self->drawn, drawn);
  if (self->drawn->len > N_KEPT)
    g_ptr_array_remove_index (self->drawn, 0);
  _dub_latent_page_update_lassos (self);
}

void
_dub_latent_page_build_lassos (DubLatentPage *self)
{
  self->drawn = g_ptr_array_new_with_free_func (drawn_free);
}
