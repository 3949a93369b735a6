/* The table of architectures. */
#include "core/nn/arch-builder.h"

#include <string.h>

typedef struct {
  const char *name;
  const char *shown;
  int         rank;        /* of one case; 0 = any */
  gboolean    has_depth;
  int         width;       /* its own */
  int         depth;       /* its own, before the image's size is looked at */
  int         most_blocks; /* that width << block still counts */
  DubGraph *(*build) (const DubArchOptions *options, GError **error);
} Row;

static const Row ROWS[] = {
  { "resnet18", "ResNet-18", 3, FALSE, 64, 0, 0, _dub_arch_resnet18 },
  { "cnn3d", "3-D CNN", 4, TRUE, 8, 5, 16, _dub_arch_cnn3d },
  { "cnn2d", "2-D CNN", 3, TRUE, 16, 3, 16, _dub_arch_cnn2d },
  { "mlp", "MLP", 0, TRUE, 128, 2, 64, _dub_arch_mlp },
};

static const Row *
find (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (ROWS); i++)
    if (strcmp (ROWS[i].name, name) == 0)
      return &ROWS[i];

  return NULL;
}

static gboolean
check (const Row             *row,
       const DubArchOptions  *options,
       GError               **error)
{
  if (options->input.rank < 2 || (row->rank != 0 && options->input.rank != row->rank)) {
    g_autofree char *found = dub_shape_to_string (&options->input);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "A case has shape %s; the architecture %s reads %s.", found, row->name,
                 row->rank == 3 ? "images, of shape C×H×W: for volumes choose cnn3d"
                 : row->rank == 4 ? "volumes, of shape C×D×H×W: for images choose resnet18 or cnn2d"
                                  : "cases with channels and extents");
    return FALSE;
  }
  for (int i = 0; i < options->input.rank; i++)
    if (!dub_arch_check_positive (i == 0 ? "number of input channels" : "extent of the input", options->input.dim[i],
                                  error))
      return FALSE;
  if (!dub_arch_check_positive ("number of classes", options->n_classes, error) ||
      !dub_arch_check_dropout (options->dropout, error))
    return FALSE;
  if (options->width < 0 || options->width > 8192 || options->depth < 0 ||
      (row->has_depth ? options->depth > row->most_blocks : options->depth != 0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 row->has_depth ? "The architecture %s has width %d and depth %d; expected up to 8192 and up to %d."
                                : "The architecture %s has width %d and depth %d; expected up to 8192 and no depth.",
                 row->name, options->width, options->depth, row->most_blocks);
    return FALSE;
  }

  return TRUE;
}

DubGraph *
dub_arch_new (const char            *name,
              const DubArchOptions  *options,
              GError               **error)
{
  const Row *row = find (name);

  if (row == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The architecture \"%s\" is unknown; expected resnet18, cnn3d, cnn2d or mlp.", name);
    return NULL;
  }

  return check (row, options, error) ? row->build (options, error) : NULL;
}

char *
dub_arch_describe (const char           *name,
                   const DubArchOptions *options)
{
  const Row *row = find (name);

  if (row == NULL)
    return g_strdup (name);

  int width = options->width > 0 ? options->width : row->width;
  int depth = options->depth > 0 ? options->depth : row->depth;

  if (!row->has_depth)
    return g_strdup_printf ("%s, width %d", row->shown, width);
  if (options->depth == 0 && row->rank == 4 && options->input.rank == 4)
    depth = _dub_arch_cnn3d_depth (&options->input);

  return g_strdup_printf ("%s, width %d, depth %d", row->shown, width, depth);
}
