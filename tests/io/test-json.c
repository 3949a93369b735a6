/* Numbers that go into a document come out of it. */
#include "core/io/json-member.h"

#include <float.h>
#include <string.h>

static void
test_numbers (void)
{
  /* Those whose digits end in an exponent without a point are the hard ones. */
  const double numbers[] = { 0.0, -1.0, 0.1, 1e22, -1e22, 1e-300, 5e-300, 1e17, 1.5e-7, DBL_MAX, DBL_MIN, 4.9406564584124654e-324, 1e200 };

  for (int pretty = 0; pretty < 2; pretty++) {
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_autoptr (GError) error = NULL;
    gsize n;

    json_builder_begin_object (builder);
    dub_json_add_string (builder, "text", "1e22.0 \"2e+5.0\" \\e3.0");
    json_builder_set_member_name (builder, "numbers");
    json_builder_begin_array (builder);
    for (size_t k = 0; k < G_N_ELEMENTS (numbers); k++)
      json_builder_add_double_value (builder, numbers[k]);
    json_builder_end_array (builder);
    dub_json_add_number (builder, "last", 3e30);
    json_builder_end_object (builder);

    g_autofree char *text = dub_json_to_text (builder, pretty, &n);

    g_assert_cmpuint (n, ==, strlen (text));

    g_autoptr (JsonParser) parser = dub_json_parse (text, n, "numbers", &error);

    g_assert_no_error (error);

    JsonObject *root = dub_json_root (parser);
    JsonArray *list = json_object_get_array_member (root, "numbers");

    g_assert_cmpstr (json_object_get_string_member (root, "text"), ==, "1e22.0 \"2e+5.0\" \\e3.0");
    g_assert_cmpfloat (json_object_get_double_member (root, "last"), ==, 3e30);
    for (size_t k = 0; k < G_N_ELEMENTS (numbers); k++)
      g_assert_cmpfloat (json_array_get_double_element (list, (guint) k), ==, numbers[k]);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/numbers", test_numbers);

  return g_test_run ();
}
