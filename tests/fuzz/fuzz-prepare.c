#include "core/data/prepare.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

/* What was read can be written, and read again as the same. */
static void
expect_stable (const DubPrepare *prepare)
{
  g_autoptr (JsonNode) first = dub_prepare_to_json (prepare);
  g_autofree char *text = json_to_string (first, FALSE);
  g_autoptr (JsonNode) parsed = json_from_string (text, NULL);
  g_autoptr (GError) error = NULL;
  DubPrepare again;

  g_assert_true (dub_prepare_from_json (&again, parsed, "again", &error));

  g_autoptr (JsonNode) second = dub_prepare_to_json (&again);
  g_autofree char *same = json_to_string (second, FALSE);
  g_autofree char *people = dub_prepare_describe (&again);

  g_assert_cmpstr (text, ==, same);
  g_assert_nonnull (people);
}

/* A small case of the right rank goes through, unless it is refused for its size or spacing. */
static void
expect_usable (const DubPrepare *prepare)
{
  DubShape shape = dub_prepare_shape (prepare);
  DubShape raw_shape = prepare->n_axes == 2 ? DUB_SHAPE (3, 5, 4) : DUB_SHAPE (1, 3, 5, 4);
  size_t n = dub_shape_n_elements (&shape);

  if (n > 100000 || (prepare->spacing > 0.0 && prepare->spacing < 0.05))
    return;

  g_autoptr (DubTensor) raw = dub_tensor_new_zeros (DUB_DTYPE_U8, raw_shape, NULL);
  g_autofree float *target = g_new (float, n);
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < dub_tensor_n_elements (raw); i++)
    ((guint8 *) raw->data)[i] = (guint8) (i * 37);
  if (dub_prepare_apply (prepare, raw, (const double[3]) { 1.0, 1.5, 2.0 }, target, &error))
    for (size_t i = 0; i < n; i++)
      g_assert_true (isfinite (target[i]));
  else
    g_assert_nonnull (error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  DubPrepare prepare;

  /* json-glib descends by recursion; its readers in the core bound the depth before. */
  for (size_t i = 0, depth = 0; i < n_bytes; i++)
    if ((bytes[i] == '[' || bytes[i] == '{') && ++depth > 64)
      return 0;
  if (!json_parser_load_from_data (parser, (const char *) bytes, (gssize) n_bytes, NULL))
    return 0;
  if (!dub_prepare_from_json (&prepare, json_parser_get_root (parser), "study.json: models[0].prepare", &error)) {
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    return 0;
  }
  expect_stable (&prepare);
  expect_usable (&prepare);

  return 0;
}
