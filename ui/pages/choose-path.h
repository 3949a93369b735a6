/* A file dialog above a page.
 *
 * The page owns its dialog: there is one at a time, and it goes when the page goes.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @path is (nullable): nothing was chosen. */
typedef void (*DubPathFunc) (GtkWidget  *page,
                             const char *path,
                             gpointer    data);

/* What a dialog asks for. */
typedef struct {
  const char           *title;
  const char           *accept;  /* (nullable): the word on its button, else GTK's */
  GtkFileChooserAction  action;
  const char           *name;    /* (nullable): suggested for what will be saved */
  const char *const    *filters; /* (nullable): NULL-terminated name, patterns, name, patterns …; patterns as "*.nii;*.nii.gz" */
} DubPathQuestion;

/* Asks, and calls @func once when the person has answered; the question's strings are only read in this call.
 * While a dialog of @page is open, nothing happens, and @data is freed. */
void dub_choose_path (GtkWidget             *page,
                      const DubPathQuestion *question,
                      DubPathFunc            func,
                      gpointer               data,
                      GDestroyNotify         free_data);

G_END_DECLS
