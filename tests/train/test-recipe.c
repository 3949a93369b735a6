/* Recipes: what goes in comes out, and what could not be repeated is refused. */
#include "core/data/augment.h"
#include "core/io/json-member.h"
#include "core/train/recipe.h"

#include <string.h>

static void
test_round_trip (void)
{
  static const char *const archs[] = { "resnet18", "cnn3d", "cnn2d", "mlp", "onnx:a@b/model.onnx@features.12" };

  for (size_t i = 0; i < G_N_ELEMENTS (archs); i++) {
    g_autoptr (DubRecipe) recipe = dub_recipe_new (archs[i]);
    g_autoptr (GError) error = NULL;

    recipe->seed = G_MAXUINT64 - i;
    recipe->rate = 1.0 / 3.0;
    recipe->entropy = -0.1;
    recipe->width = 7;
    recipe->class_weights = TRUE;
    recipe->patience = 11;
    recipe->augment = DUB_AUGMENT_FLIP | DUB_AUGMENT_NOISE;
    g_assert_true (dub_recipe_check (recipe, "", &error));
    g_assert_no_error (error);

    /* Through text, as a file holds it. */
    g_autoptr (JsonNode) node = dub_recipe_to_json (recipe);
    g_autofree char *text = json_to_string (node, FALSE);
    g_autoptr (JsonNode) read = json_from_string (text, NULL);
    g_autoptr (DubRecipe) back = dub_recipe_from_json (read, "recipe", &error);

    g_assert_no_error (error);
    g_assert_cmpstr (back->arch, ==, archs[i]);
    g_assert_cmpuint (back->seed, ==, recipe->seed);
    g_assert_cmpfloat (back->rate, ==, recipe->rate);
    g_assert_cmpuint (back->augment, ==, recipe->augment);
    g_assert_null (dub_recipe_difference (recipe, back));

    back->momentum = 0.5;

    g_autofree char *difference = dub_recipe_difference (recipe, back);

    g_assert_cmpstr (difference, ==, "momentum is 0.90000000000000002, not 0.5");
  }
}

typedef struct {
  const char *member;
  const char *value;   /* JSON; NULL = taken out */
  const char *message; /* part of it */
} Wrong;

static const Wrong WRONG[] = {
  { "arch", "\"vgg\"", "recipe.arch is \"vgg\"; expected one of resnet18" },
  { "arch", "\"onnx:model.onnx\"", "recipe.arch is" },
  { "arch", "3", "recipe.arch is a number; expected a string" },
  { "arch", NULL, "recipe.arch is absent" },
  { "dca", NULL, "recipe.dca is absent" },
  { "dca", "-1", "recipe.dca is -1; expected 0" },
  { "dca", "null", "recipe.dca is null; expected a number" },
  { "rate", "0", "recipe.rate is 0; expected a number above 0" },
  { "rate", "\"fast\"", "recipe.rate is a string" },
  { "dropout", "1", "recipe.dropout is 1" },
  { "label_smoothing", "1.5", "recipe.label_smoothing is 1.5" },
  { "n_epochs", "0", "recipe.n_epochs is 0" },
  { "n_epochs", "2.5", "recipe.n_epochs is 2.5; expected a whole number" },
  { "n_epochs", "1e300", "recipe.n_epochs is" },
  { "warmup_epochs", "1000", "recipe.warmup_epochs is 1000; expected fewer than the epochs" },
  { "batch", "1", "recipe.batch is 1" },
  { "width", "-3", "recipe.width is -3" },
  { "width", "5000", "recipe.width is 5000" },
  { "depth", "17", "recipe.depth is 17" },
  { "optimizer", "\"lbfgs\"", "recipe.optimizer is \"lbfgs\"" },
  { "schedule", "\"cyclic\"", "recipe.schedule is" },
  { "select_by", "\"test\"", "recipe.select_by is \"test\"" },
  { "augment", "\"flip,teleport\"", "recipe.augment is \"flip,teleport\"" },
  { "seed", "5", "recipe.seed is a number; expected a string" },
  { "seed", "\"-5\"", "recipe.seed is \"-5\"" },
  { "class_weights", "1", "recipe.class_weights is a number; expected true or false" },
  { "focal", "2", "recipe.focal is unknown" },
};

static void
test_strict (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (WRONG); i++) {
    g_autoptr (DubRecipe) recipe = dub_recipe_new ("cnn2d");
    g_autoptr (JsonNode) node = dub_recipe_to_json (recipe);
    g_autoptr (GError) error = NULL;
    JsonObject *object = json_node_get_object (node);

    if (WRONG[i].value == NULL)
      json_object_remove_member (object, WRONG[i].member);
    else
      json_object_set_member (object, WRONG[i].member, json_from_string (WRONG[i].value, NULL));

    g_autoptr (DubRecipe) found = dub_recipe_from_json (node, "recipe", &error);

    g_assert_null (found);
    g_assert_nonnull (error);
    if (strstr (error->message, WRONG[i].message) == NULL)
      g_error ("%s: %s", WRONG[i].member, error->message);
  }
}

static void
test_names (void)
{
  g_autoptr (DubRecipe) recipe = dub_recipe_new ("resnet18");
  g_autofree char *plain = dub_recipe_family (recipe);
  g_autofree char *plain_name = dub_recipe_loss_name (recipe);

  g_assert_cmpstr (plain, ==, "ce");
  g_assert_cmpstr (plain_name, ==, "Cross-entropy");

  recipe->dca = 15.0;

  g_autofree char *dca = dub_recipe_family (recipe);
  g_autofree char *dca_name = dub_recipe_loss_name (recipe);

  g_assert_cmpstr (dca, ==, "ce-dca15");
  g_assert_cmpstr (dca_name, ==, "Cross-entropy + 15 DCA");

  recipe->dca = 0.0;
  recipe->label_smoothing = 0.05;
  recipe->class_weights = TRUE;

  g_autofree char *smooth = dub_recipe_family (recipe);
  g_autofree char *optimizer = dub_recipe_optimizer_name (recipe);
  g_autofree char *path = NULL;
  g_autofree char *node = NULL;

  g_assert_cmpstr (smooth, ==, "ce-ls0.05-w");
  g_assert_cmpstr (optimizer, ==, "Adam 0.001, cosine");

  g_assert_true (dub_recipe_split_arch ("onnx:a@b.onnx@n", &path, &node));
  g_assert_cmpstr (path, ==, "a@b.onnx");
  g_assert_cmpstr (node, ==, "n");
  g_assert_false (dub_recipe_split_arch ("onnx:@n", NULL, NULL));
  g_assert_false (dub_recipe_split_arch ("onnx:a@", NULL, NULL));
  g_assert_false (dub_recipe_split_arch ("resnet18", NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/recipe/round-trip", test_round_trip);
  g_test_add_func ("/recipe/strict", test_strict);
  g_test_add_func ("/recipe/names", test_names);

  return g_test_run ();
}
