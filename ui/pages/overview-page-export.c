/* The six figures of merit as files. */
#include "ui/pages/overview-page-private.h"

#include <glib/gi18n.h>

#include "ui/pages/save-figure.h"

/* A figure of its own: words on paper are English, as journals want them, and what is shown may change meanwhile. */
static DubOverviewFigure *
make_figure (DubOverviewPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  const DubOverviewMeasured *measured = dub_overview_get_measured (self->overview);

  if (study == NULL || study->data == NULL || measured == NULL || measured->evaluation == NULL || self->family == NULL)
    return NULL;

  return dub_overview_figure_new (study, measured->evaluation, self->family, NULL);
}

static gboolean
save (GtkWidget               *page,
      const char              *path,
      const DubExportOptions  *options,
      GError                 **error)
{
  g_autoptr (DubOverviewFigure) figure = make_figure (DUB_OVERVIEW_PAGE (page));

  return figure != NULL && dub_overview_figure_export (figure, path, options, error);
}

void
_dub_overview_page_export (GtkWidget  *widget,
                           const char *action,
                           GVariant   *parameter)
{
  DubOverviewPage *self = DUB_OVERVIEW_PAGE (widget);
  gboolean csv = g_str_equal (action, "overview.export-csv");

  if (self->figure == NULL)
    dub_session_toast (self->session, _("There are no numbers to export yet: run the networks first."));
  else
    dub_save_figure (widget, self->session, csv ? DUB_SAVE_NUMBERS : DUB_SAVE_FIGURE, "overview", save);
}
