/* Figures as files: PNG, SVG, PDF, CSV.
 *
 * Equal inputs give equal bytes, in the window and on the command line: the paper theme,
 * fixed dates, no identifiers of the process. Provenance travels inside: text chunks of PNG,
 * <metadata> of SVG, the information dictionary of PDF, comment lines of CSV. Text stays text in SVG and PDF;
 * images in them have the resolution of the options. Writing is atomic: a full disk leaves the old file whole.
 */
#pragma once

#include "core/base/error.h"
#include "ui/figures/canvas.h"

G_BEGIN_DECLS

typedef enum {
  DUB_EXPORT_PNG,
  DUB_EXPORT_SVG,
  DUB_EXPORT_PDF,
  DUB_EXPORT_CSV,
} DubExportFormat;
#define DUB_N_EXPORT_FORMATS (DUB_EXPORT_CSV + 1)

/* Journal presets: one column 85 mm, two columns 174 mm. */
#define DUB_EXPORT_ONE_COLUMN_MM  85.0
#define DUB_EXPORT_TWO_COLUMNS_MM 174.0

typedef struct {
  double width_mm; /* in [40, 1000] */
  double dpi;      /* in [36, 1200] */
} DubExportOptions;

/* 174 mm, 300 dpi. */
void     dub_export_options_init     (DubExportOptions       *self);

/* DUB_ERROR_ARGUMENT for a width or a resolution outside its range; asked before long work begins. */
gboolean dub_export_options_check    (const DubExportOptions *self,
                                      GError                **error);

/* By the end of the name; DUB_ERROR_ARGUMENT lists the endings there are. */
gboolean dub_export_format_from_path (const char             *path,
                                      DubExportFormat        *format,
                                      GError                **error);

typedef double (*DubHeightFunc) (gconstpointer  figure,
                                 double         width);
typedef void   (*DubDrawFunc)   (gconstpointer  figure,
                                 DubCanvas     *canvas,
                                 double         width,
                                 double         height);
/* (transfer full): the body of the CSV, without the comment lines of provenance. */
typedef char  *(*DubTableFunc)  (gconstpointer  figure);

/* What a kind of figure has to tell to be exported. */
typedef struct {
  gconstpointer      figure;
  const char        *title;
  const char *const *provenance; /* (nullable): NULL-terminated key, value, key, value, … */
  DubHeightFunc      height;
  DubDrawFunc        draw;
  DubTableFunc       table;
} DubExport;

/* dub_export_save:
 *
 * Returns: FALSE with @error set:
 *   DUB_ERROR_ARGUMENT  an option outside its range, or an unknown ending
 *   DUB_ERROR_MEMORY    more pixels than an image may have (32767 on a side)
 *   DUB_ERROR_IO        the system refused; the old file is whole
 */
gboolean dub_export_save             (const DubExport        *self,
                                      const char             *path,
                                      const DubExportOptions *options,
                                      GError                **error);

/* Comment lines of title and provenance, then the table. (transfer full) */
char    *dub_export_to_csv           (const DubExport        *self);

G_END_DECLS
