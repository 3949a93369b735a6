/* npy and npz: every type and layout by hand, what we write is read back, and what lies is refused. */
#include "core/io/file.h"
#include "core/io/npy.h"
#include "tests/io/scratch.h"

#include <math.h>
#include <string.h>

/* An npy file of version @major with @dictionary as it stands and @data behind it. */
static GString *
npy_bytes (guint       major,
           const char *dictionary,
           const void *data,
           size_t      n_data)
{
  GString *text = g_string_new_len ("\x93NUMPY", 6);
  size_t length = strlen (dictionary);

  g_string_append_c (text, (char) major);
  g_string_append_c (text, 0);
  for (guint i = 0; i < (major == 1 ? 2u : 4u); i++)
    g_string_append_c (text, (char) (length >> 8 * i & 0xff));
  g_string_append (text, dictionary);
  g_string_append_len (text, data, (gssize) n_data);

  return text;
}

static DubTensor *
parse (guint         major,
       const char   *dictionary,
       const void   *data,
       size_t        n_data,
       GError      **error)
{
  GString *text = npy_bytes (major, dictionary, data, n_data);
  DubTensor *tensor = dub_npy_parse ((const guint8 *) text->str, text->len, "test.npy", error);

  g_string_free (text, TRUE);

  return tensor;
}

static void
test_types (void)
{
  static const struct {
    const char *descr;
    guint8      bytes[8];
    size_t      size;
    DubDtype    dtype;
    double      value;
  } CASES[] = {
    { "<f4", { 0, 0, 0xc0, 0x3f }, 4, DUB_DTYPE_F32, 1.5 },
    { ">f4", { 0x3f, 0xc0, 0, 0 }, 4, DUB_DTYPE_F32, 1.5 },
    { "<f8", { 0, 0, 0, 0, 0, 0, 0xf8, 0xbf }, 8, DUB_DTYPE_F64, -1.5 },
    { ">f8", { 0xbf, 0xf8, 0, 0, 0, 0, 0, 0 }, 8, DUB_DTYPE_F64, -1.5 },
    { "<f2", { 0x00, 0x3e }, 2, DUB_DTYPE_F32, 1.5 },
    { ">f2", { 0xbe, 0x00 }, 2, DUB_DTYPE_F32, -1.5 },
    { "<f2", { 0x01, 0x00 }, 2, DUB_DTYPE_F32, 0x1p-24 },
    { "<f2", { 0xff, 0x7b }, 2, DUB_DTYPE_F32, 65504.0 },
    { "<f2", { 0x00, 0xfc }, 2, DUB_DTYPE_F32, -INFINITY },
    { "|i1", { 0x80 }, 1, DUB_DTYPE_I8, -128 },
    { "|u1", { 0xff }, 1, DUB_DTYPE_U8, 255 },
    { "<i2", { 0xfe, 0xff }, 2, DUB_DTYPE_I16, -2 },
    { ">i2", { 0xff, 0xfe }, 2, DUB_DTYPE_I16, -2 },
    { ">u2", { 0xff, 0xfe }, 2, DUB_DTYPE_U16, 65534 },
    { "<i4", { 0xfe, 0xff, 0xff, 0xff }, 4, DUB_DTYPE_I32, -2 },
    { ">u4", { 0xff, 0xff, 0xff, 0xfe }, 4, DUB_DTYPE_U32, 4294967294.0 },
    { "<i8", { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 8, DUB_DTYPE_I64, -2 },
    { ">u8", { 0, 0, 0, 1, 0, 0, 0, 2 }, 8, DUB_DTYPE_U64, 4294967298.0 },
    { "|b1", { 7 }, 1, DUB_DTYPE_BOOL, 1 },
    { "?", { 0 }, 1, DUB_DTYPE_BOOL, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *dictionary =
      g_strdup_printf ("{'descr': '%s', 'fortran_order': False, 'shape': (1,), }\n", CASES[i].descr);
    g_autoptr (DubTensor) tensor = parse (1 + (guint) i % 3, dictionary, CASES[i].bytes, CASES[i].size, &error);

    g_assert_no_error (error);
    g_assert_cmpint (tensor->dtype, ==, CASES[i].dtype);
    g_assert_cmpint (tensor->shape.rank, ==, 1);
    g_assert_cmpfloat (dub_tensor_get_double (tensor, 0), ==, CASES[i].value);
  }
}

#define HEAD "{'descr': '|u1', 'fortran_order': False, 'shape': "

static void
test_dictionaries (void)
{
  static const char *const GOOD[] = {
    HEAD "(2, 3), }",
    "{'shape':(2,3),'fortran_order':False,'descr':'|u1'}",
    "  { \"descr\" : \"|u1\" ,\n\t\"shape\" : ( 2L , 3L , ) , \"fortran_order\" : False }   \n",
  };
  static const struct {
    const char *dictionary;
    int         code;
  } BAD[] = {
    { "", DUB_ERROR_FORMAT },
    { "{}", DUB_ERROR_FORMAT },
    { HEAD "(2, 3)", DUB_ERROR_FORMAT },
    { HEAD "(2, 3)} + x", DUB_ERROR_FORMAT },
    { "{'descr': '|u1', 'fortran_order': 0, 'shape': (2, 3)}", DUB_ERROR_FORMAT },
    { HEAD "(2 3)}", DUB_ERROR_FORMAT },
    { HEAD "(6)}", DUB_ERROR_FORMAT },
    { HEAD "(-2, -3)}", DUB_ERROR_FORMAT },
    { HEAD "(99999999999999999999,)}", DUB_ERROR_FORMAT },
    { HEAD "(4611686018427387904, 4611686018427387904)}", DUB_ERROR_FORMAT },
    { HEAD "(4611686018427387904, 0, 4611686018427387904)}", DUB_ERROR_FORMAT },
    { HEAD "(2, 3), 'shape': (2, 3)}", DUB_ERROR_FORMAT },
    { HEAD "(2, 3), 'more': 1}", DUB_ERROR_FORMAT },
    { HEAD "(1,1,1,1,1,1,1,1,1)}", DUB_ERROR_UNSUPPORTED },
    { "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3)}", DUB_ERROR_UNSUPPORTED },
    { "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3)}", DUB_ERROR_UNSUPPORTED },
    { "{'descr': '<U4', 'fortran_order': False, 'shape': (2, 3)}", DUB_ERROR_UNSUPPORTED },
    { "{'descr': '<f16', 'fortran_order': False, 'shape': (2, 3)}", DUB_ERROR_UNSUPPORTED },
    { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3)}", DUB_ERROR_UNSUPPORTED },
    /* One element more than there are bytes, and far more. */
    { HEAD "(7,)}", DUB_ERROR_FORMAT },
    { HEAD "(1125899906842624,)}", DUB_ERROR_FORMAT },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (GOOD); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubTensor) tensor = parse (1, GOOD[i], "\0\1\2\3\4\5", 6, &error);

    g_assert_no_error (error);
    g_assert_true (dub_shape_equal (&tensor->shape, &DUB_SHAPE (2, 3)));
    g_assert_cmpint (dub_tensor_get_int (tensor, 5), ==, 5);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (BAD); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (1, BAD[i].dictionary, "\0\1\2\3\4\5", 6, &error));
    g_assert_error (error, DUB_ERROR, BAD[i].code);
    g_assert_nonnull (strstr (error->message, "test.npy"));
  }
}

static void
test_fortran (void)
{
  /* Extents that are no multiples of a tile. */
  enum { A = 19, B = 3, C = 2, D = 21 };
  g_autofree gint16 *data = g_new (gint16, A * B * C * D);
  g_autofree char *dictionary =
    g_strdup_printf ("{'descr': '<i2', 'fortran_order': True, 'shape': (%d, %d, %d, %d)}", A, B, C, D);
  g_autoptr (GError) error = NULL;

  for (int d = 0; d < D; d++)
    for (int c = 0; c < C; c++)
      for (int b = 0; b < B; b++)
        for (int a = 0; a < A; a++)
          data[((d * C + c) * B + b) * A + a] = (gint16) GINT16_TO_LE (a * 1000 + b * 300 + c * 100 + d);

  g_autoptr (DubTensor) tensor = parse (2, dictionary, data, sizeof (gint16) * A * B * C * D, &error);

  g_assert_no_error (error);
  for (int a = 0; a < A; a++)
    for (int b = 0; b < B; b++)
      for (int c = 0; c < C; c++)
        for (int d = 0; d < D; d++)
          g_assert_cmpint (dub_tensor_get_int (tensor, (size_t) (((a * B + b) * C + c) * D + d)), ==,
                           a * 1000 + b * 300 + c * 100 + d);
}

static DubTensor *
counting (DubDtype dtype,
          DubShape shape)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new (DUB_DTYPE_F32, shape, NULL);

  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (tensor)[i] = (float) i - 3.0f;

  return dub_tensor_convert (tensor, dtype, NULL);
}

static void
assert_same (DubTensor *a,
             DubTensor *b)
{
  g_assert_cmpint (a->dtype, ==, b->dtype);
  g_assert_true (dub_shape_equal (&a->shape, &b->shape));
  for (size_t i = 0; i < dub_tensor_n_elements (a); i++)
    g_assert_cmpfloat (dub_tensor_get_double (a, i), ==, dub_tensor_get_double (b, i));
}

static void
test_npy_round_trip (void)
{
  static const int turned[3] = { 2, 0, 1 };
  const DubShape shapes[4] = { { .rank = 0 }, DUB_SHAPE (5), DUB_SHAPE (2, 3, 4), DUB_SHAPE (3, 0) };
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "round.npy");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < DUB_N_DTYPES * 4; i++) {
    g_autoptr (DubTensor) tensor = counting ((DubDtype) (i / 4), shapes[i % 4]);

    g_assert_true (dub_npy_save (tensor, path, &error));
    g_autoptr (DubTensor) back = dub_npy_load (path, &error);
    g_assert_no_error (error);
    assert_same (tensor, back);
  }

  /* A view that is not contiguous is written as what it shows. */
  g_autoptr (DubTensor) tensor = counting (DUB_DTYPE_I16, DUB_SHAPE (2, 3, 4));
  g_autoptr (DubTensor) view = dub_tensor_permute (tensor, turned, NULL);
  g_assert_true (dub_npy_save (view, path, &error));
  g_autoptr (DubTensor) back = dub_npy_load (path, &error);
  g_assert_no_error (error);
  assert_same (view, back);
  scratch_free (&scratch);
}

static void
test_npz_round_trip (void)
{
  Scratch scratch = scratch_new ();
  DubTensor *tensors[DUB_N_DTYPES];
  char *names[DUB_N_DTYPES];
  g_autofree char *path = scratch_path (&scratch, "round.npz");
  g_autofree char *again = scratch_path (&scratch, "again.npz");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < DUB_N_DTYPES; i++) {
    tensors[i] = counting ((DubDtype) i, DUB_SHAPE (3, (int64_t) i));
    names[i] = g_strdup_printf ("group/array %u é", i);
  }
  g_assert_true (dub_npz_save (path, (const char *const *) names, tensors, DUB_N_DTYPES, &error));
  g_assert_true (dub_npz_save (again, (const char *const *) names, tensors, DUB_N_DTYPES, &error));
  g_assert_no_error (error);

  /* No date and no chance is in the file. */
  g_autoptr (GBytes) bytes = dub_file_read (path, 1 << 20, &error);
  g_autoptr (GBytes) same_bytes = dub_file_read (again, 1 << 20, &error);
  g_assert_true (g_bytes_equal (bytes, same_bytes));

  g_autoptr (DubNpz) archive = dub_npz_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dub_npz_n_arrays (archive), ==, DUB_N_DTYPES);
  for (guint i = 0; i < DUB_N_DTYPES; i++) {
    g_autoptr (DubTensor) back = dub_npz_read (archive, names[i], &error);

    g_assert_no_error (error);
    g_assert_cmpstr (dub_npz_name (archive, i), ==, names[i]);
    assert_same (tensors[i], back);
    dub_tensor_unref (tensors[i]);
    g_free (names[i]);
  }
  g_assert_null (dub_npz_read (archive, "absent", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_clear_error (&error);

  g_assert_true (dub_npz_save (path, NULL, NULL, 0, &error));
  g_autoptr (DubNpz) empty = dub_npz_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dub_npz_n_arrays (empty), ==, 0);
  scratch_free (&scratch);
}

/* Every truncation and every single changed byte of a small archive ends in the same array or an error, never worse. */
static void
test_damaged_archive (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (DubTensor) tensor = counting (DUB_DTYPE_F32, DUB_SHAPE (40));
  g_autofree char *path = scratch_path (&scratch, "damaged.npz");
  const char *name = "a";
  guint n_refused = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_npz_save (path, &name, &tensor, 1, &error));
  g_autoptr (GBytes) bytes = dub_file_read (path, 1 << 20, &error);
  g_assert_no_error (error);

  size_t n_bytes = g_bytes_get_size (bytes);

  for (size_t i = 0; i < 2 * n_bytes; i++) {
    g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), n_bytes);

    if (i >= n_bytes)
      copy[i - n_bytes] ^= 0x55;

    g_autoptr (GBytes) damaged = g_bytes_new (copy, MIN (i, n_bytes));
    g_autoptr (GError) local = NULL;
    g_autoptr (DubNpz) archive = dub_npz_open_bytes (damaged, "damaged.npz", &local);
    g_autoptr (DubTensor) back = archive != NULL ? dub_npz_read (archive, "a", &local) : NULL;

    g_assert_true ((back == NULL) == (local != NULL));
    if (back != NULL)
      assert_same (tensor, back);
    else
      n_refused++;
  }
  /* All truncations, and at least the packed elements, which have a checksum. */
  g_assert_cmpuint (n_refused, >, n_bytes + 60);
  scratch_free (&scratch);
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_npy_load ("/nowhere/missing.npy", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "/nowhere/missing.npy"));
  g_clear_error (&error);
  g_assert_null (dub_npz_open ("/nowhere/missing.npz", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (dub_npz_open (g_get_tmp_dir (), &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy/types", test_types);
  g_test_add_func ("/npy/dictionaries", test_dictionaries);
  g_test_add_func ("/npy/fortran", test_fortran);
  g_test_add_func ("/npy/round-trip", test_npy_round_trip);
  g_test_add_func ("/npz/round-trip", test_npz_round_trip);
  g_test_add_func ("/npz/damaged", test_damaged_archive);
  g_test_add_func ("/npy/missing", test_missing);

  return g_test_run ();
}
