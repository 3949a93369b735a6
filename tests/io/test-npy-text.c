/* Strings in npz archives: what goes in comes out, as NumPy keeps it, and what lies is refused. */
#include "core/io/npy.h"
#include "tests/data/data-set.h"

static void
test_round_trip (void)
{
  static const char *const texts[] = { "", "sub-001", "é", "𝔘nicode", "a, \"b\"\n" };
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "text.npz");
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) text = dub_npy_text_encode (texts, G_N_ELEMENTS (texts), &error);
  g_autoptr (DubTensor) number = patterned (DUB_SHAPE (3, 2), 1);
  size_t n = 0;

  g_assert_no_error (error);
  g_assert_cmpint (text->shape.dim[1], ==, 7);
  g_assert_true (dub_npz_save_text (path, (const char *const[]) { "ids", "number" }, (DubTensor *const[]) { text, number },
                                    (const gboolean[]) { TRUE, FALSE }, 2, &error));

  g_autoptr (DubNpz) archive = dub_npz_open (path, &error);
  g_auto (GStrv) back = dub_npz_read_text (archive, "ids", &n, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (texts));
  for (size_t i = 0; i < n; i++)
    g_assert_cmpstr (back[i], ==, texts[i]);

  /* Strings are no numbers, and numbers no strings. */
  g_assert_null (dub_npz_read (archive, "ids", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "<U7"));
  g_clear_error (&error);
  g_assert_null (dub_npz_read_text (archive, "number", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  scratch_free (&scratch);
}

static void
test_layouts (void)
{
  static const struct {
    const char *descr;
    const char *shape;
    const char *bytes;
    gsize       n;
    const char *first;   /* NULL = refused */
    const char *second;
  } CASES[] = {
    { "|S3", "(2,)", "ab\0cde", 6, "ab", "cde" },
    { "|S3", "(2,)", "a\0b\0\0\0", 6, NULL, NULL },             /* a zero inside */
    { "<U2", "(2,)", "a\0\0\0b\0\0\0c\0\0\0\0\0\0\0", 16, "ab", "c" },
    { ">U2", "(2,)", "\0\0\0a\0\0\0b\0\0\0c\0\0\0\0", 16, "ab", "c" },
    { "<U1", "(2,)", "\0\xd8\0\0b\0\0\0", 8, NULL, NULL },        /* half of a pair */
    { "<U1", "(2,)", "\0\0\x11\0b\0\0\0", 8, NULL, NULL },        /* beyond Unicode */
    { "<U2", "(1,)", "\0\0\0\0b\0\0\0", 8, NULL, NULL },          /* a zero inside */
    { "|S2", "(2,)", "\xc3\x28" "ab", 4, NULL, NULL },            /* no UTF-8 */
    { "|S0", "(1152921504606846976,)", "", 0, NULL, NULL },
    { "|S", "(2,)", "ab", 2, NULL, NULL },
    { "|S-1", "(2,)", "ab", 2, NULL, NULL },
    { "|S1", "(1, 2)", "ab", 2, NULL, NULL },
    { "|S1", "()", "a", 1, NULL, NULL },
    { "<U99999999999", "(2,)", "ab", 2, NULL, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autoptr (GBytes) npy = npy_bytes (CASES[i].descr, CASES[i].shape, FALSE, CASES[i].bytes, CASES[i].n);
    g_autoptr (GByteArray) zip = stored_zip ((const char *const[]) { "ids.npy" }, (GBytes *const[]) { npy }, 1);
    g_autoptr (GBytes) bytes = g_bytes_new (zip->data, zip->len);
    g_autoptr (GError) error = NULL;
    g_autoptr (DubNpz) archive = dub_npz_open_bytes (bytes, "set.npz", &error);
    g_auto (GStrv) texts = archive != NULL ? dub_npz_read_text (archive, "ids", NULL, &error) : NULL;

    g_test_message ("%s %s", CASES[i].descr, CASES[i].shape);
    if (CASES[i].first == NULL) {
      g_assert_null (texts);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, "set.npz"));
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpstr (texts[0], ==, CASES[i].first);
    g_assert_cmpstr (texts[1], ==, CASES[i].second);
    g_assert_null (texts[2]);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy-text/round-trip", test_round_trip);
  g_test_add_func ("/npy-text/layouts", test_layouts);

  return g_test_run ();
}
