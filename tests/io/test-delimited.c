/* Tables as spreadsheets, R and pandas write them, and as they come damaged. */
#include "core/io/delimited.h"

#include <string.h>

static DubDelimited *
parse (const char  *text,
       gboolean     skip,
       GError     **error)
{
  return dub_delimited_parse (text, strlen (text), "t.csv", skip, error);
}

static void
test_forms (void)
{
  /* One table in many spellings: columns a, b; rows (1, "x y"), (2, "z"). */
  static const char *const TEXTS[] = {
    "a,b\n1,x y\n2,z\n",
    "a,b\n1,x y\n2,z",
    "\357\273\277a\tb\r\n1\tx y\r\n\r\n2\tz\r\n",
    "a;b\r1;x y\r2;z\r",
    "  a , b\n 1 ,x y  \n\n2,  \"z\"  \n   \n",
    "\"a\",\"b\"\n\"1\",\"x y\"\n\"2\",\"z\"",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (TEXTS); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubDelimited) table = parse (TEXTS[i], FALSE, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (table->n_columns, ==, 2);
    g_assert_cmpuint (table->n_rows, ==, 2);
    g_assert_cmpstr (dub_delimited_column_name (table, 0), ==, "a");
    g_assert_cmpstr (dub_delimited_column_name (table, 1), ==, "b");
    g_assert_cmpstr (dub_delimited_cell (table, 0, 0), ==, "1");
    g_assert_cmpstr (dub_delimited_cell (table, 0, 1), ==, "x y");
    g_assert_cmpstr (dub_delimited_cell (table, 1, 0), ==, "2");
    g_assert_cmpstr (dub_delimited_cell (table, 1, 1), ==, "z");
  }
}

static void
test_quotes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubDelimited) table = parse ("id,\"the, name\",n\n1,\"a \"\"b\"\", c\",\n2,\"two\nlines\",\"\"\n3,x\"y,7\n", FALSE,
                                          &error);

  g_assert_no_error (error);
  g_assert_cmpuint (table->n_rows, ==, 3);
  g_assert_cmpstr (dub_delimited_column_name (table, 1), ==, "the, name");
  g_assert_cmpstr (dub_delimited_cell (table, 0, 1), ==, "a \"b\", c");
  g_assert_cmpstr (dub_delimited_cell (table, 0, 2), ==, "");
  g_assert_cmpstr (dub_delimited_cell (table, 1, 1), ==, "two\nlines");
  g_assert_cmpstr (dub_delimited_cell (table, 2, 1), ==, "x\"y");
  g_assert_cmpuint (dub_delimited_line (table, 1), ==, 3);
  g_assert_cmpuint (dub_delimited_line (table, 2), ==, 5);
}

static void
test_columns (void)
{
  static const char *const WANTED[] = { "path", "File", NULL }, *const NONE[] = { "x", NULL };
  g_autoptr (DubDelimited) table = parse (",FILE,Path\n0,a,b\n", FALSE, NULL);

  g_assert_cmpint (dub_delimited_column (table, WANTED), ==, 2);
  g_assert_cmpint (dub_delimited_column (table, WANTED + 1), ==, 1);
  g_assert_cmpint (dub_delimited_column (table, NONE), ==, -1);
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *word;
  } CASES[] = {
    { "", "t.csv is empty" },
    { "\n \n", "t.csv is empty" },
    { "a,b\n1,2\n3\n", "line 3 has 1 cells; expected 2" },
    { "a,b\n1,2,3\n", "line 2 has 3 cells; expected 2" },
    { "a,b\n\n\"x\ny,1\n", "line 3 opens a quote" },
    { "a,b\n\"x\"y,1\n", "line 2 has text behind a closing quote" },
    { "a,a\n1,2\n", "two columns are named \"a\"" },
    { "a,,b\n1,2,3\n", "column 2 has no name" },
    { "a,b\n1,\xff\n", "line 2 is no UTF-8 text" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (CASES[i].text, FALSE, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    if (strstr (error->message, CASES[i].word) == NULL)
      g_error ("\"%s\" does not say \"%s\"", error->message, CASES[i].word);
  }

  g_autoptr (GError) error = NULL;

  g_assert_null (dub_delimited_parse ("a\0b", 3, "t.csv", FALSE, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
}

static void
test_skip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubDelimited) table = parse ("a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n", TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (table->n_rows, ==, 3);
  g_assert_cmpuint (table->left_out->len, ==, 2);
  g_assert_nonnull (strstr (table->left_out->pdata[1], "line 5 has 3 cells"));
  g_assert_cmpstr (dub_delimited_cell (table, 1, 1), ==, "5");
  g_assert_cmpstr (dub_delimited_cell (table, 2, 0), ==, "9");
  g_assert_cmpuint (dub_delimited_line (table, 2), ==, 6);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/delimited/forms", test_forms);
  g_test_add_func ("/delimited/quotes", test_quotes);
  g_test_add_func ("/delimited/columns", test_columns);
  g_test_add_func ("/delimited/refused", test_refused);
  g_test_add_func ("/delimited/skip", test_skip);

  return g_test_run ();
}
