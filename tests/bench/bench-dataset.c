/* Large data sets: what opening them and looking for duplicates takes in time and in memory.
 *
 * usage: bench-dataset [IMAGES [VOLUMES]]      (default: 60000 images of 28×28×3, 500 volumes of 121×145×121)
 *
 * The sets are written into a temporary folder first, image by image, so that this program never holds one whole.
 */
#include "core/base/rng.h"
#include "core/data/duplicates.h"
#include "core/io/nifti.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

enum { EXTENT = 28, CHANNELS = 3, N_BYTES = EXTENT * EXTENT * CHANNELS, GRID = 5, COPY_EVERY = 500 };

/* --- a zip archive that is written as it comes --- */

typedef struct {
  FILE       *file;
  GByteArray *directory;
  guint       n_entries;
  gboolean    packed;
  z_stream    deflater;
  long        start;
  guint32     sum;
  guint64     n_in, n_out;
  const char *name;
} Zip;

static void
put (GByteArray *out,
     guint64     value,
     guint       n)
{
  for (guint i = 0; i < n; i++) {
    guint8 byte = (guint8) (value >> 8 * i);

    g_byte_array_append (out, &byte, 1);
  }
}

static GByteArray *
entry_header (Zip      *self,
              gboolean  central)
{
  GByteArray *out = g_byte_array_new ();

  put (out, central ? 0x02014b50 : 0x04034b50, 4);
  if (central)
    put (out, 20, 2);
  put (out, 20, 2);
  put (out, 0, 2);
  put (out, self->packed ? 8 : 0, 2);
  put (out, (1 << 5 | 1) << 16, 4);
  put (out, self->sum, 4);
  put (out, self->n_out, 4);
  put (out, self->n_in, 4);
  put (out, strlen (self->name), 2);
  put (out, 0, 2);
  if (central) {
    put (out, 0, 6 + 4);
    put (out, (guint64) self->start, 4);
  }
  g_byte_array_append (out, (const guint8 *) self->name, (guint) strlen (self->name));

  return out;
}

static void
zip_begin (Zip        *self,
           const char *name)
{
  self->name = name;
  self->sum = 0;
  self->n_in = self->n_out = 0;
  self->start = ftell (self->file);

  g_autoptr (GByteArray) header = entry_header (self, FALSE);

  fwrite (header->data, 1, header->len, self->file);
  memset (&self->deflater, 0, sizeof self->deflater);
  if (self->packed)
    deflateInit2 (&self->deflater, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}

static void
zip_put (Zip        *self,
         const void *bytes,
         size_t      n,
         int         flush)
{
  guint8 out[1 << 16];

  self->sum = (guint32) crc32 (self->sum, bytes, (uInt) n);
  self->n_in += n;
  if (!self->packed) {
    fwrite (bytes, 1, n, self->file);
    self->n_out += n;
    return;
  }
  self->deflater.next_in = (Bytef *) bytes;
  self->deflater.avail_in = (uInt) n;
  do {
    self->deflater.next_out = out;
    self->deflater.avail_out = sizeof out;
    deflate (&self->deflater, flush);

    size_t made = sizeof out - self->deflater.avail_out;

    fwrite (out, 1, made, self->file);
    self->n_out += made;
  } while (self->deflater.avail_out == 0);
}

static void
zip_end (Zip *self)
{
  if (self->packed) {
    zip_put (self, "", 0, Z_FINISH);
    deflateEnd (&self->deflater);
  }

  g_autoptr (GByteArray) header = entry_header (self, FALSE);
  g_autoptr (GByteArray) central = entry_header (self, TRUE);

  fseek (self->file, self->start, SEEK_SET);
  fwrite (header->data, 1, header->len, self->file);
  fseek (self->file, 0, SEEK_END);
  g_byte_array_append (self->directory, central->data, central->len);
  self->n_entries++;
}

static void
zip_close (Zip *self)
{
  g_autoptr (GByteArray) end = g_byte_array_new ();

  put (end, 0x06054b50, 4);
  put (end, 0, 4);
  put (end, self->n_entries, 2);
  put (end, self->n_entries, 2);
  put (end, self->directory->len, 4);
  put (end, (guint64) ftell (self->file), 4);
  put (end, 0, 2);
  fwrite (self->directory->data, 1, self->directory->len, self->file);
  fwrite (end->data, 1, end->len, self->file);
  fclose (self->file);
  g_byte_array_unref (self->directory);
}

/* --- what is in it --- */

/* A smooth picture of its own; every COPY_EVERY-th is the one before it with one grey level of noise. */
static void
draw_image (guint   index,
            guint8 *out)
{
  gboolean copy = index % COPY_EVERY == COPY_EVERY - 1;
  double grid[CHANNELS][GRID][GRID];
  DubRng rng, noise;

  dub_rng_init (&rng, 1, "bench-image", copy ? index - 1 : index);
  dub_rng_init (&noise, 1, "bench-noise", index);
  for (int c = 0; c < CHANNELS; c++)
    for (int i = 0; i < GRID * GRID; i++)
      grid[c][i / GRID][i % GRID] = 20.0 + 215.0 * dub_rng_double (&rng);
  for (int y = 0; y < EXTENT; y++)
    for (int x = 0; x < EXTENT; x++)
      for (int c = 0; c < CHANNELS; c++) {
        double v = (double) y * (GRID - 1) / EXTENT, u = (double) x * (GRID - 1) / EXTENT;
        int i = (int) v, j = (int) u;
        double top = grid[c][i][j] + (u - j) * (grid[c][i][j + 1] - grid[c][i][j]);
        double bottom = grid[c][i + 1][j] + (u - j) * (grid[c][i + 1][j + 1] - grid[c][i + 1][j]);

        *out++ = (guint8) (top + (v - i) * (bottom - top) + (copy ? dub_rng_float (&noise) : 0.0f));
      }
}

static void
write_images (const char *path,
              guint       n,
              gboolean    packed)
{
  Zip zip = { .file = fopen (path, "wb"), .directory = g_byte_array_new (), .packed = packed };

  if (zip.file == NULL)
    g_error ("%s cannot be written", path);
  for (int labels = 0; labels < 2; labels++) {
    g_autofree char *shape = labels ? g_strdup_printf ("(%u, 1)", n)
                                    : g_strdup_printf ("(%u, %d, %d, %d)", n, EXTENT, EXTENT, CHANNELS);
    g_autofree char *text = g_strdup_printf ("{'descr': '|u1', 'fortran_order': False, 'shape': %s, }\n", shape);
    guint16 length = GUINT16_TO_LE (strlen (text));

    zip_begin (&zip, labels ? "train_labels.npy" : "train_images.npy");
    zip_put (&zip, "\x93NUMPY\1\0", 8, Z_NO_FLUSH);
    zip_put (&zip, &length, 2, Z_NO_FLUSH);
    zip_put (&zip, text, strlen (text), Z_NO_FLUSH);
    for (guint i = 0; i < n; i++) {
      guint8 image[N_BYTES], label = (guint8) (i % 2);

      if (!labels)
        draw_image (i, image);
      zip_put (&zip, labels ? &label : image, labels ? 1 : N_BYTES, Z_NO_FLUSH);
    }
    zip_end (&zip);
  }
  zip_close (&zip);
}

/* One volume under many names. */
static void
write_volumes (const char *folder,
               guint       n)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (121, 145, 121), NULL);
  g_autoptr (DubVolume) volume = NULL;
  g_autofree char *first = g_build_filename (folder, "sub-0_ses-M000.nii.gz", NULL);
  g_autofree char *list_path = g_build_filename (folder, "list.tsv", NULL);
  g_autoptr (GString) list = g_string_new ("participant_id\tsession_id\tdiagnosis\n");

  for (size_t i = 0; i < dub_tensor_n_elements (voxels); i++)
    dub_tensor_f32 (voxels)[i] = (float) (i * 2654435761u % 1000 / 10 * (i / 145 % 50 > 20));
  volume = dub_volume_new (voxels, NULL, NULL);
  if (!dub_nifti_save (volume, first, DUB_DTYPE_U8, NULL, NULL))
    g_error ("%s cannot be written", first);
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("sub-%u_ses-M000.nii.gz", i);
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (i > 0 && link (first, path) != 0)
      g_error ("%s cannot be linked", path);
    g_string_append_printf (list, "sub-%u\tses-M000\t%s\n", i, i % 2 ? "AD" : "CN");
  }
  g_file_set_contents (list_path, list->str, -1, NULL);
}

/* --- measuring --- */

static double
resident_mb (void)
{
  g_autofree char *text = NULL;
  long total = 0, resident = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%ld %ld", &total, &resident);

  return (double) resident * (double) sysconf (_SC_PAGESIZE) / 1e6;
}

static void
report (const char *what,
        gint64      start,
        double      before)
{
  printf ("%-44s %9.3f s  %+8.1f MB resident\n", what, (double) (g_get_monotonic_time () - start) / 1e6,
          resident_mb () - before);
}

static DubDataset *
measure_open (const char *what,
              const char *path)
{
  g_autoptr (GError) error = NULL;
  double before = resident_mb ();
  gint64 start = g_get_monotonic_time ();
  DubDataset *dataset = dub_dataset_open (path, NULL, NULL, &error);

  if (dataset == NULL)
    g_error ("%s", error->message);
  report (what, start, before);

  return dataset;
}

static void
measure_reads (DubDataset *dataset,
               size_t      n)
{
  double before = resident_mb ();
  gint64 start = g_get_monotonic_time ();

  for (size_t i = 0; i < n; i++) {
    g_autoptr (DubTensor) tensor = dub_dataset_read (dataset, i * 7919 % dataset->n_cases, NULL, NULL);

    if (tensor == NULL)
      g_error ("a case cannot be read");
  }
  g_autofree char *what = g_strdup_printf ("  %zu cases read in scattered order", n);

  report (what, start, before);
}

int
main (int   argc,
      char *argv[])
{
  guint n_images = argc > 1 ? (guint) atoi (argv[1]) : 60000, n_volumes = argc > 2 ? (guint) atoi (argv[2]) : 500;
  g_autofree char *folder = g_dir_make_tmp ("dubito-bench-XXXXXX", NULL);
  g_autofree char *volumes = g_build_filename (folder, "volumes", NULL);
  g_autofree char *list = g_build_filename (volumes, "list.tsv", NULL);
  g_autoptr (DubRun) run = dub_run_new (0);

  for (int packed = 0; packed < 2; packed++) {
    g_autofree char *path = g_build_filename (folder, "images.npz", NULL);

    write_images (path, n_images, packed);

    g_autofree char *what = g_strdup_printf ("open %u images, %s", n_images, packed ? "packed" : "stored");
    g_autoptr (DubDataset) dataset = measure_open (what, path);

    measure_reads (dataset, n_images);
    if (packed) {
      double before = resident_mb ();
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GError) error = NULL;
      g_autoptr (DubDuplicates) found = dub_duplicates_find (dataset, 0.01, run, &error);

      if (found == NULL)
        g_error ("%s", error->message);
      report ("  duplicates among them", start, before);
      printf ("  %zu pairs; expected %u\n", found->n_pairs, n_images / COPY_EVERY);
    }
    g_remove (path);
  }

  g_mkdir (volumes, 0700);
  write_volumes (volumes, n_volumes);

  g_autofree char *what = g_strdup_printf ("open %u volumes of 121×145×121", n_volumes);
  g_autoptr (DubDataset) dataset = measure_open (what, list);
  struct rusage usage;

  measure_reads (dataset, 10);
  getrusage (RUSAGE_SELF, &usage);
  printf ("largest resident size: %.1f MB\n", (double) usage.ru_maxrss / 1e3);

  g_autoptr (GDir) dir = g_dir_open (volumes, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (volumes, name, NULL);

    g_remove (path);
  }
  g_rmdir (volumes);
  g_rmdir (folder);

  return 0;
}
