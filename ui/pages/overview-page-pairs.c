/* Cases that stand twice in the data set, side by side. */
#include "ui/pages/overview-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/model/part-words.h"

/* Pairs that are drawn; of a set that holds more, these say enough. */
enum { MOST_PAIRS = 40, SIDE = 112 };

typedef struct {
  size_t      index[2];
  double      rms;
  GdkTexture *texture[2]; /* (nullable): a case that cannot be read has none */
} Pair;

typedef struct {
  DubDataset *dataset;
  GArray     *pairs;  /* of Pair */
} Work;

static void
pair_clear (gpointer data)
{
  Pair *pair = data;

  g_clear_object (&pair->texture[0]);
  g_clear_object (&pair->texture[1]);
}

static void
work_free (gpointer data)
{
  Work *work = data;

  dub_dataset_unref (work->dataset);
  g_array_unref (work->pairs);
  g_free (work);
}

/* --- pictures, on a thread --- */

static double
sample (const DubTensor *raw,
        size_t           at)
{
  if (raw->dtype == DUB_DTYPE_U8)
    return ((const guint8 *) raw->data)[at];
  if (raw->dtype == DUB_DTYPE_U16)
    return ((const guint16 *) raw->data)[at];

  /* A data set has no other types. */
  return raw->dtype == DUB_DTYPE_F32 ? (double) ((const float *) raw->data)[at] : NAN;
}

/* An image (C, H, W), or the middle slice along k of a volume (C, i, j, k) with j upwards; black to white is least to most. */
static GdkTexture *
picture_of (const DubTensor *raw)
{
  gboolean volume = raw->shape.rank == 4;
  size_t channels = (size_t) raw->shape.dim[0];
  size_t width = (size_t) (volume ? raw->shape.dim[1] : raw->shape.dim[2]);
  size_t height = (size_t) (volume ? raw->shape.dim[2] : raw->shape.dim[1]);
  size_t depth = volume ? (size_t) raw->shape.dim[3] : 1, plane = width * height * depth;
  g_autofree guint8 *pixels = g_malloc (width * height * 3);
  double low = INFINITY, high = -INFINITY;

  for (size_t i = 0; i < channels * plane; i++) {
    double value = sample (raw, i);

    if (isfinite (value)) {
      low = MIN (low, value);
      high = MAX (high, value);
    }
  }
  for (size_t y = 0; y < height; y++)
    for (size_t x = 0; x < width; x++)
      for (size_t c = 0; c < 3; c++) {
        size_t inside = volume ? (x * height + (height - 1 - y)) * depth + depth / 2 : y * width + x;
        double value = sample (raw, (channels >= 3 ? c : 0) * plane + inside);
        double level = high > low && isfinite (value) ? (value - low) / (high - low) : 0.0;

        pixels[(y * width + x) * 3 + c] = (guint8) lround (255.0 * level);
      }

  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&pixels), width * height * 3);

  return gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8, bytes, width * 3);
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  Work *work = data;

  for (guint i = 0; i < work->pairs->len && !g_cancellable_is_cancelled (cancellable); i++) {
    Pair *pair = &g_array_index (work->pairs, Pair, i);

    for (int side = 0; side < 2; side++) {
      g_autoptr (DubTensor) raw = dub_dataset_read (work->dataset, pair->index[side], NULL, NULL);

      if (raw != NULL)
        pair->texture[side] = picture_of (raw);
    }
  }
  g_task_return_boolean (task, TRUE);
}

/* --- the dialog --- */

static GtkWidget *
case_box (const DubStudy *study,
          size_t          index,
          GdkTexture     *texture)
{
  const DubStudyData *data = study->data;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *picture = gtk_picture_new_for_paintable (texture != NULL ? GDK_PAINTABLE (texture) : NULL);
  int label = data->labels[index];
  const char *class =
    label >= 0 && (guint) label < study->classes->len ? g_ptr_array_index (study->classes, (guint) label) : _("no label");
  GtkWidget *id = _dub_overview_label (data->ids[index], "caption-strong", 0.5f);
  g_autofree char *what = g_strdup_printf ("%s · %s", class, dub_part_words (data->split->part[index]));
  GtkWidget *words = _dub_overview_label (what, "caption-small", 0.5f);

  gtk_widget_set_size_request (picture, SIDE, SIDE);
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_CONTAIN);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), data->ids[index]);
  gtk_label_set_ellipsize (GTK_LABEL (id), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (id), 20);
  gtk_widget_set_tooltip_text (id, data->ids[index]);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), id);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_set_hexpand (box, TRUE);

  return box;
}

static GtkWidget *
pair_row (const DubStudy *study,
          const Pair     *pair)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *difference = pair->rms > 0.0 ? g_strdup_printf (_("differ by\n%.2f %%"), 100.0 * pair->rms)
                                                : g_strdup (_("the same\nnumbers"));
  GtkWidget *middle = _dub_overview_label (difference, "dim-label", 0.5f);
  g_autofree char *name = g_strdup_printf (_("%s and %s"), study->data->ids[pair->index[0]], study->data->ids[pair->index[1]]);

  gtk_label_set_justify (GTK_LABEL (middle), GTK_JUSTIFY_CENTER);
  gtk_widget_set_size_request (middle, 84, -1);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_box_append (GTK_BOX (box), case_box (study, pair->index[0], pair->texture[0]));
  gtk_box_append (GTK_BOX (box), middle);
  gtk_box_append (GTK_BOX (box), case_box (study, pair->index[1], pair->texture[1]));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);

  return row;
}

static void
read_done_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GtkWidget *list = GTK_WIDGET (source);
  const Work *work = g_task_get_task_data (G_TASK (result));
  DubStudy *study = user_data;

  /* A dialog that was closed meanwhile has no root any more. */
  for (guint i = 0; gtk_widget_get_root (list) != NULL && i < work->pairs->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (list), pair_row (study, &g_array_index (work->pairs, Pair, i)));
  gtk_widget_set_visible (list, work->pairs->len > 0);
  dub_study_unref (study);
}

static gboolean
close_cb (GtkWidget *widget,
          GVariant  *args,
          gpointer   user_data)
{
  gtk_window_close (GTK_WINDOW (widget));

  return TRUE;
}

static GtkWidget *
dialog_new (DubOverviewPage *self,
            const char      *title,
            const char      *remark,
            GtkWidget       *list)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *words = _dub_overview_label (remark, "dim-label", 0.0f);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_default_size (GTK_WINDOW (window), 460, 560);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (root));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (close_cb, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
  gtk_label_set_wrap (GTK_LABEL (words), TRUE);
  gtk_widget_set_margin_top (content, 12);
  gtk_widget_set_margin_bottom (content, 18);
  gtk_widget_set_margin_start (content, 14);
  gtk_widget_set_margin_end (content, 14);
  gtk_box_append (GTK_BOX (content), words);
  gtk_box_append (GTK_BOX (content), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), content);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_widget_add_css_class (window, "dub-pairs");
  adw_window_set_content (ADW_WINDOW (window), box);

  return window;
}

static GArray *
choose_pairs (const DubOverviewChecked *checked,
              gboolean                  opposite,
              size_t                   *n_all)
{
  GArray *pairs = g_array_new (FALSE, TRUE, sizeof (Pair));
  const guint8 *part = checked->data->split->part;

  g_array_set_clear_func (pairs, pair_clear);
  *n_all = 0;
  for (size_t i = 0; i < checked->duplicates->n_pairs; i++) {
    const DubDuplicate *found = &checked->duplicates->pairs[i];
    Pair pair = { .index = { found->a, found->b }, .rms = found->rms };

    if (part[found->a] == DUB_PART_NONE || part[found->b] == DUB_PART_NONE ||
        (opposite ? !found->opposite : part[found->a] == part[found->b]))
      continue;
    if (++*n_all <= MOST_PAIRS)
      g_array_append_val (pairs, pair);
  }

  return pairs;
}

void
_dub_overview_page_show_pairs (GtkWidget  *widget,
                               const char *action,
                               GVariant   *parameter)
{
  DubOverviewPage *self = DUB_OVERVIEW_PAGE (widget);
  const DubOverviewChecked *checked = dub_overview_get_checked (self->overview);
  DubStudy *study = dub_session_get_study (self->session);
  gboolean opposite = g_str_equal (g_variant_get_string (parameter, NULL), "opposite");
  size_t n_all;

  /* Indices are those of the study that was looked at. */
  if (checked == NULL || checked->duplicates == NULL || study == NULL || study->data == NULL ||
      study->data->n_cases != checked->data->n_cases)
    return;

  Work *work = g_new0 (Work, 1);
  GtkWidget *list = gtk_list_box_new ();
  g_autoptr (GTask) task = g_task_new (list, NULL, read_done_cb, dub_study_ref (study));

  work->dataset = dub_dataset_ref (checked->data->dataset);
  work->pairs = choose_pairs (checked, opposite, &n_all);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");

  g_autofree char *remark =
    n_all > MOST_PAIRS ? g_strdup_printf (_("The first %u of %u pairs. Two cases are near-identical where they differ by less than 1 %% of the range of values."),
                                          (guint) MOST_PAIRS, (guint) n_all)
                       : g_strdup (_("Two cases are near-identical where they differ by less than 1 % of the range of values."));
  GtkWidget *window = dialog_new (self, opposite ? _("Opposite Labels") : _("Near-Identical Pairs"), remark, list);

  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, read_thread);
  gtk_window_present (GTK_WINDOW (window));
}
