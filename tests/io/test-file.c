/* Whole files: limits, atomic replacement on a full disk, and names that try to leave their folder. */
#include "core/io/file.h"
#include "core/io/stream.h"
#include "tests/io/scratch.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static void
assert_content (const char *path,
                const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = dub_file_read (path, 1 << 20, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
test_read (void)
{
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "ten");
  g_autofree char *pipe = scratch_path (&scratch, "pipe");
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_file_write_atomic (path, "0123456789", 10, &error));
  assert_content (path, "0123456789");
  g_assert_null (dub_file_read (path, 9, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "10 bytes"));
  g_clear_error (&error);
  g_assert_null (dub_file_read (scratch.folder, 9, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_clear_error (&error);

  /* A pipe nobody writes to must not be waited for. */
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (dub_file_read (pipe, 9, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  scratch_free (&scratch);
}

/* The digests are the ones of FIPS 180-2 for "abc" and for a million letters a; the latter is longer than one read. */
static void
test_sha256 (void)
{
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "message");
  g_autofree char *missing = scratch_path (&scratch, "missing");
  g_autofree char *letters = g_strnfill (1000000, 'a');
  const struct {
    const char *text;
    size_t      n;
    const char *digest;
  } known[] = {
    { "", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { letters, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
    /* Whole chunks, and not a byte more. */
    { letters, 1 << 17, "b44ffb72fcc259676bd80495fef1b44b808ca8f1ffe1b1706a4d7911b0e31f11" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *digest = NULL;

    g_assert_true (dub_file_write_atomic (path, known[i].text, known[i].n, &error));
    digest = dub_file_sha256 (path, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (digest, ==, known[i].digest);
  }

  const char *const refused[] = { missing, scratch.folder };

  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (dub_file_sha256 (refused[i], &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
    g_assert_nonnull (strstr (error->message, refused[i]));
  }
  scratch_free (&scratch);
}

static void
test_atomic (void)
{
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "file");
  g_autofree char *link_path = scratch_path (&scratch, "link");
  g_autofree char *missing = g_build_filename (scratch.folder, "no-folder", "file", NULL);
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_true (dub_file_write_atomic (path, "old", 3, &error));
  g_assert_cmpint (chmod (path, 0640), ==, 0);
  g_assert_true (dub_file_write_atomic (path, "newer", 5, &error));
  assert_content (path, "newer");
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);

  /* Through a link the file is replaced, not the link. */
  g_assert_cmpint (symlink ("file", link_path), ==, 0);
  g_assert_true (dub_file_write_atomic (link_path, "newest", 6, &error));
  assert_content (path, "newest");
  g_assert_true (g_file_test (link_path, G_FILE_TEST_IS_SYMLINK));

  g_assert_false (dub_file_write_atomic (missing, "x", 1, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_clear_error (&error);
  g_assert_false (dub_file_write_atomic (scratch.folder, "x", 1, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_assert_cmpuint (scratch_count (&scratch), ==, 2);
  scratch_free (&scratch);
}

/* A limit on the size of files stands for the full disk: writing fails in the middle. */
static void
test_full_disk (void)
{
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "file");
  g_autofree char *large = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;

  g_assert_true (dub_file_write_atomic (path, "old", 3, &error));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit) { 4096, before.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  gboolean written = dub_file_write_atomic (path, large, 100000, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, SIG_DFL);

  g_assert_false (written);
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_assert_nonnull (strstr (error->message, path));
  assert_content (path, "old");
  g_assert_cmpuint (scratch_count (&scratch), ==, 1);
  scratch_free (&scratch);
}

static void
test_inside (void)
{
  Scratch scratch = scratch_new ();
  Scratch other = scratch_new ();
  g_autofree char *folder = scratch_path (&scratch, "folder");
  g_autofree char *sibling = scratch_path (&scratch, "folder-2");
  g_autofree char *real_folder = NULL;
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autofree char *near = g_build_filename (folder, "near", NULL);
  g_autofree char *loop = g_build_filename (folder, "loop", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", NULL);
  static const char *const BAD[] = {
    "",    "/etc/passwd", "..",     "../folder-2/x", "a/../../x", "inner/..",
    "out", "out/x",       "near/x", "loop",          "loop/x",    "nowhere",
  };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (sibling, 0700), ==, 0);
  g_assert_cmpint (symlink ("weights.bin", inner), ==, 0);
  g_assert_cmpint (symlink (other.folder, out), ==, 0);
  /* A folder whose name starts with ours is not inside. */
  g_assert_cmpint (symlink (sibling, near), ==, 0);
  g_assert_cmpint (symlink ("loop", loop), ==, 0);
  g_assert_cmpint (symlink ("../missing", nowhere), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (BAD); i++) {
    g_assert_null (dub_file_inside (folder, BAD[i], &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    g_clear_error (&error);
  }

  char *resolved = realpath (folder, NULL);
  real_folder = g_strdup (resolved);
  free (resolved);
  g_autofree char *weights = g_build_filename (real_folder, "weights.bin", NULL);
  g_assert_true (g_file_set_contents (weights, "w", 1, NULL));
  g_autofree char *plain = dub_file_inside (folder, "weights.bin", &error);
  g_autofree char *linked = dub_file_inside (folder, "./inner", &error);
  g_autofree char *future = dub_file_inside (folder, "results//mask.npz", &error);
  g_autofree char *expected_future = g_build_filename (real_folder, "results", "mask.npz", NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (plain, ==, weights);
  g_assert_cmpstr (linked, ==, weights);
  g_assert_cmpstr (future, ==, expected_future);

  g_assert_null (dub_file_inside ("/nowhere/at/all", "x", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  scratch_free (&other);
  scratch_free (&scratch);
}

/* Gzip of @bytes, appended to @out. */
static void
append_gzip (GByteArray   *out,
             const guint8 *bytes,
             size_t        n_bytes)
{
  g_autofree guint8 *packed = g_malloc (n_bytes + 1000);
  z_stream deflater =
    { .next_in = (Bytef *) bytes, .avail_in = (uInt) n_bytes, .next_out = packed, .avail_out = (uInt) n_bytes + 1000 };

  g_assert_cmpint (deflateInit2 (&deflater, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  g_assert_cmpint (deflate (&deflater, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_append (out, packed, (guint) deflater.total_out);
  deflateEnd (&deflater);
}

static void
test_stream (void)
{
  enum { N = 700000 };
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "stream.gz");
  g_autofree guint8 *bytes = g_malloc (N);
  g_autofree guint8 *back = g_malloc (N + 10);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  size_t n_read;

  for (guint i = 0; i < N; i++)
    bytes[i] = (guint8) (i * 2654435761u >> 13);
  /* Two members and zeros after them, as some tools pad. */
  append_gzip (packed, bytes, N / 3);
  append_gzip (packed, bytes + N / 3, N - N / 3);
  g_byte_array_set_size (packed, packed->len + 512);
  memset (packed->data + packed->len - 512, 0, 512);
  g_assert_true (dub_file_write_atomic (path, packed->data, packed->len, &error));

  g_autoptr (DubStream) from_file = dub_stream_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (DubStream) from_memory = dub_stream_new_memory (packed->data, packed->len, "memory");
  DubStream *streams[2] = { from_file, from_memory };

  for (int s = 0; s < 2; s++) {
    guint64 n_skipped;

    g_assert_true (dub_stream_is_gzip (streams[s]));
    g_assert_true (dub_stream_skip (streams[s], 5000, &n_skipped, &error));
    g_assert_cmpuint (n_skipped, ==, 5000);
    g_assert_true (dub_stream_read (streams[s], back, N + 10, &n_read, &error));
    g_assert_no_error (error);
    g_assert_cmpmem (back, n_read, bytes + 5000, N - 5000);
  }

  /* Cut short, and with a wrong byte in the middle of the second member. */
  g_autoptr (DubStream) cut = dub_stream_new_memory (packed->data, packed->len / 2, "cut.gz");
  g_assert_false (dub_stream_read (cut, back, N, &n_read, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "cut.gz"));
  g_clear_error (&error);
  packed->data[packed->len - 2000] ^= 0xff;
  g_autoptr (DubStream) damaged = dub_stream_new_memory (packed->data, packed->len, "damaged.gz");
  g_assert_false (dub_stream_read (damaged, back, N + 1, &n_read, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  scratch_free (&scratch);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/read", test_read);
  g_test_add_func ("/file/sha256", test_sha256);
  g_test_add_func ("/file/atomic", test_atomic);
  g_test_add_func ("/file/full-disk", test_full_disk);
  g_test_add_func ("/file/inside", test_inside);
  g_test_add_func ("/file/stream", test_stream);

  return g_test_run ();
}
