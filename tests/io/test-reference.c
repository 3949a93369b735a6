/* Our readers beside NumPy's, nibabel's and Pillow's, on files that those have written at test time. */
#include "core/data/volume.h"
#include "core/io/nifti.h"
#include "core/io/npy.h"
#include "core/io/png.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>

static char *folder;
static char *skip_reason;
static char **index_lines;

static char *
beside (const char *name,
        const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);

  return g_build_filename (folder, file, NULL);
}

static DubTensor *
load_npy (const char *name,
          const char *suffix)
{
  g_autofree char *path = beside (name, suffix);
  g_autoptr (GError) error = NULL;
  DubTensor *tensor = dub_npy_load (path, &error);

  g_assert_no_error (error);

  return tensor;
}

/* The same type, shape and bits, so that NaN equals itself. */
static void
assert_same (const char      *name,
             const DubTensor *found,
             const DubTensor *expected)
{
  g_autofree char *found_shape = dub_shape_to_string (&found->shape);
  g_autofree char *expected_shape = dub_shape_to_string (&expected->shape);

  g_test_message ("%s", name);
  g_assert_cmpstr (dub_dtype_name (found->dtype), ==, dub_dtype_name (expected->dtype));
  g_assert_cmpstr (found_shape, ==, expected_shape);
  g_assert_cmpmem (found->data, dub_tensor_n_bytes (found), expected->data, dub_tensor_n_bytes (expected));
}

static void
assert_affine (const double     affine[4][4],
               const DubTensor *expected)
{
  for (size_t n = 0; n < 16; n++)
    g_assert_cmpfloat_with_epsilon (affine[n / 4][n % 4], dub_tensor_get_double (expected, n), 1e-5);
}

static void
check_npy (const char *name)
{
  g_autoptr (DubTensor) found = load_npy (name, "");
  g_autoptr (DubTensor) expected = load_npy (name, ".expected.npy");

  assert_same (name, found, expected);
}

static void
check_npz (const char *name)
{
  g_autofree char *path = beside (name, "");
  g_autoptr (GError) error = NULL;
  g_autoptr (DubNpz) archive = dub_npz_open (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (dub_npz_n_arrays (archive), >, 40);
  for (size_t i = 0; i < dub_npz_n_arrays (archive); i++) {
    const char *array = dub_npz_name (archive, i);
    g_autofree char *suffix = g_strdup_printf (".%s.npy", array);
    g_autoptr (DubTensor) found = dub_npz_read (archive, array, &error);
    g_autoptr (DubTensor) expected = load_npy (name, suffix);

    g_assert_no_error (error);
    assert_same (suffix, found, expected);
  }
}

static void
check_nifti (const char *name)
{
  g_autofree char *path = beside (name, "");
  g_autofree char *ras_path = beside (name, ".ras.npy");
  g_autoptr (DubTensor) expected = load_npy (name, ".expected.npy");
  g_autoptr (DubTensor) affine = load_npy (name, ".affine.npy");
  g_autoptr (GError) error = NULL;
  g_autoptr (DubVolume) volume = dub_nifti_load (path, &error);

  g_assert_no_error (error);
  assert_same (name, volume->voxels, expected);
  assert_affine (volume->affine, affine);
  g_assert_cmpstr (volume->name, ==, name);
  if (!g_file_test (ras_path, G_FILE_TEST_EXISTS))
    return;

  g_autoptr (DubTensor) expected_ras = load_npy (name, ".ras.npy");
  g_autoptr (DubTensor) ras_affine = load_npy (name, ".ras_affine.npy");
  g_autoptr (DubVolume) ras = dub_volume_to_ras (volume, &error);
  char letters[4];

  g_assert_no_error (error);
  assert_same (name, ras->voxels, expected_ras);
  assert_affine (ras->affine, ras_affine);
  dub_volume_orientation (ras, letters);
  g_assert_cmpstr (letters, ==, "RAS");
}

static void
check_png (const char *name)
{
  g_autofree char *path = beside (name, "");
  g_autoptr (DubTensor) expected = load_npy (name, ".expected.npy");
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) found = dub_png_load (path, &error);

  g_assert_no_error (error);
  assert_same (name, found, expected);
}

static void
test_kind (gconstpointer data)
{
  const struct { const char *kind; void (*check) (const char *name); } *kind = data;
  guint n_checked = 0;

  if (skip_reason != NULL) {
    g_test_skip (skip_reason);
    return;
  }
  for (char **line = index_lines; *line != NULL; line++) {
    char *name = strchr (*line, ' ');

    if (name == NULL || strncmp (*line, kind->kind, (size_t) (name - *line)) != 0 || kind->kind[name - *line] != '\0')
      continue;
    kind->check (name + 1);
    n_checked++;
  }
  g_assert_cmpuint (n_checked, >, 0);
}

/* Fills the folder by the script. A missing Python or library skips the tests, any other failure fails them. */
static void
prepare (void)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "reference", "io_files.py", NULL);
  g_autofree char *list = NULL;
  g_autofree char *output = NULL;
  g_autofree char *messages = NULL;
  g_autofree char *index_text = NULL;
  const char *argv[] = { "/usr/bin/python3", script, folder, NULL };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &output, &messages, &status, &error)) {
    skip_reason = g_strdup_printf ("No Python 3: %s", error->message);
    return;
  }
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77) {
    skip_reason = g_strdup_printf ("A Python library is missing: %s", g_strstrip (output));
    return;
  }
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("io_files.py failed: %s: %s", error->message, messages);
  list = g_build_filename (folder, "index.txt", NULL);
  g_file_get_contents (list, &index_text, NULL, &error);
  g_assert_no_error (error);
  index_lines = g_strsplit (g_strchomp (index_text), "\n", -1);
}

static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_remove (path);
  }
  g_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *kind; void (*check) (const char *name); } KINDS[] = {
    { "npy", check_npy },
    { "npz", check_npz },
    { "nifti", check_nifti },
    { "png", check_png },
  };

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("dubito-reference-XXXXXX", NULL);
  prepare ();
  for (size_t i = 0; i < G_N_ELEMENTS (KINDS); i++) {
    g_autofree char *path = g_strdup_printf ("/reference/%s", KINDS[i].kind);

    g_test_add_data_func (path, &KINDS[i], test_kind);
  }

  int result = g_test_run ();

  remove_folder ();
  g_strfreev (index_lines);
  g_free (skip_reason);
  g_free (folder);

  return result;
}
