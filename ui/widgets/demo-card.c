#include "ui/widgets/demo-card.h"

#include <adwaita.h>

#include "ui/widgets/job-row.h"

struct _DubDemoCard {
  GtkButton   parent_instance;
  char       *resource;
  GtkPicture *picture;
  GtkLabel   *title;
  GtkLabel   *sentence;
  GtkStack   *stack;    /* the words or the job */
  GtkLabel   *words;
  AdwBin     *job;
};

G_DEFINE_FINAL_TYPE (DubDemoCard, dub_demo_card, GTK_TYPE_BUTTON)

enum { PROP_TITLE = 1, PROP_SENTENCE, PROP_PICTURE, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

enum { WIDTH = 248, PICTURE_HEIGHT = 128, CHARS = 28 };

static void
dub_demo_card_get_property (GObject    *object,
                            guint       id,
                            GValue     *value,
                            GParamSpec *spec)
{
  DubDemoCard *self = DUB_DEMO_CARD (object);

  switch (id) {
  case PROP_TITLE:
    g_value_set_string (value, gtk_label_get_label (self->title));
    break;
  case PROP_SENTENCE:
    g_value_set_string (value, gtk_label_get_label (self->sentence));
    break;
  case PROP_PICTURE:
    g_value_set_string (value, self->resource);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
dub_demo_card_set_property (GObject      *object,
                            guint         id,
                            const GValue *value,
                            GParamSpec   *spec)
{
  DubDemoCard *self = DUB_DEMO_CARD (object);

  switch (id) {
  case PROP_TITLE:
    gtk_label_set_label (self->title, g_value_get_string (value));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, g_value_get_string (value), -1);
    break;
  case PROP_SENTENCE:
    gtk_label_set_label (self->sentence, g_value_get_string (value));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, g_value_get_string (value),
                                    -1);
    break;
  case PROP_PICTURE:
    g_free (self->resource);
    self->resource = g_value_dup_string (value);
    gtk_picture_set_resource (self->picture, self->resource);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
dub_demo_card_finalize (GObject *object)
{
  g_free (DUB_DEMO_CARD (object)->resource);
  G_OBJECT_CLASS (dub_demo_card_parent_class)->finalize (object);
}

static void
dub_demo_card_class_init (DubDemoCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = dub_demo_card_get_property;
  object_class->set_property = dub_demo_card_set_property;
  object_class->finalize = dub_demo_card_finalize;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SENTENCE] = g_param_spec_string ("sentence", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PICTURE] = g_param_spec_string ("picture", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static GtkLabel *
line (GtkBox     *box,
      const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, css_class);
  if (box != NULL)
    gtk_box_append (box, label);

  return GTK_LABEL (label);
}

static void
dub_demo_card_init (DubDemoCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  self->picture = GTK_PICTURE (gtk_picture_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), WIDTH, PICTURE_HEIGHT);
  gtk_picture_set_can_shrink (self->picture, TRUE);
  gtk_picture_set_content_fit (self->picture, GTK_CONTENT_FIT_COVER);
  gtk_widget_set_overflow (GTK_WIDGET (self->picture), GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (GTK_WIDGET (self->picture), "picture");

  gtk_widget_add_css_class (text, "words");
  self->title = line (GTK_BOX (text), "card-title");
  self->sentence = line (GTK_BOX (text), "caption-small");
  gtk_widget_add_css_class (GTK_WIDGET (self->sentence), "dim-label");
  gtk_label_set_wrap (self->sentence, TRUE);
  gtk_label_set_width_chars (self->sentence, CHARS);
  gtk_label_set_max_width_chars (self->sentence, CHARS);

  self->words = line (NULL, "caption-small");
  gtk_label_set_ellipsize (self->words, PANGO_ELLIPSIZE_END);
  self->job = ADW_BIN (adw_bin_new ());
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  gtk_widget_set_margin_top (GTK_WIDGET (self->stack), 4);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->words), "words");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->job), "job");
  gtk_box_append (GTK_BOX (text), GTK_WIDGET (self->stack));

  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->picture));
  gtk_box_append (GTK_BOX (box), text);
  gtk_button_set_child (GTK_BUTTON (self), box);
  /* The row of a job would like to be wide. */
  gtk_widget_set_hexpand (GTK_WIDGET (self), FALSE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "demo-card");
}

void
dub_demo_card_set (DubDemoCard  *self,
                   const char   *words,
                   GdkPaintable *picture,
                   DubJob       *job)
{
  g_return_if_fail (DUB_IS_DEMO_CARD (self));

  if (picture != NULL)
    gtk_picture_set_paintable (self->picture, picture);
  else
    gtk_picture_set_resource (self->picture, self->resource);
  gtk_label_set_label (self->words, words);
  adw_bin_set_child (self->job, job != NULL ? dub_job_row_new (job) : NULL);
  gtk_stack_set_visible_child_name (self->stack, job != NULL ? "job" : "words");
}
