#include "core/train/recipe.h"

#include "core/data/augment.h"
#include "core/io/json-member.h"

#include <math.h>
#include <string.h>

static const char *const OPTIMIZERS[] = { "sgd", "adam", "adamw", NULL };
static const char *const SCHEDULES[] = { "constant", "step", "cosine", NULL };
static const char *const SELECTIONS[] = { "accuracy", "loss", "auroc", "last", NULL };
static const char *const ARCHITECTURES[] = { "resnet18", "cnn3d", "cnn2d", "mlp", NULL };
/* What a run could not be repeated without, in the order of the struct. */
static const char *const MEMBERS[] = {
  "arch", "width", "depth", "dropout", "label_smoothing", "dca", "entropy", "mmce", "mixup", "class_weights",
  "optimizer", "rate", "momentum", "weight_decay", "clip", "schedule", "warmup_epochs", "n_epochs", "batch", "patience",
  "select_by", "augment", "seed", NULL,
};
static const gint64 LARGEST_COUNT = 1000000;
/* What the defaults look at, see the README of this folder. */
static const int64_t SMALL_SIDE = 64;
static const int64_t LARGE_VOLUME = 1000000;
static const size_t FEW_CASES = 4000;
static const size_t MANY_CASES = 20000;

DubRecipe *
dub_recipe_new (const char *arch)
{
  DubRecipe *self = g_new0 (DubRecipe, 1);
  gboolean is_volume = strcmp (arch, "cnn3d") == 0;
  gboolean is_frozen = g_str_has_prefix (arch, "onnx:");

  self->arch = g_strdup (arch);
  self->dropout = is_frozen ? 0.5 : is_volume || strcmp (arch, "resnet18") == 0 ? 0.0 : 0.2;
  self->optimizer = g_strdup ("adam");
  /* What source 002 trains its heads with, and ten times as much for weights that begin at random. */
  self->rate = is_frozen ? 1e-4 : 1e-3;
  self->momentum = 0.9;
  self->schedule = g_strdup ("cosine");
  self->n_epochs = 30;
  self->batch = is_volume ? 16 : 32;
  self->select_by = g_strdup ("loss");
  /* The features of a frozen backbone are computed once, which an augmented case would not allow. */
  if (!is_frozen)
    self->augment = DUB_AUGMENT_FLIP | DUB_AUGMENT_SHIFT | DUB_AUGMENT_ROTATE | DUB_AUGMENT_SCALE;

  return self;
}

DubRecipe *
dub_recipe_for (const char       *arch,
                const DubDataset *dataset)
{
  DubRecipe *self = dub_recipe_new (arch);
  int64_t n_values = dataset->shape[0] * dataset->shape[1] * MAX (dataset->shape[2], 1);

  /* Small images are trained with a quarter of ResNet-18's width: as good there, and many times faster. */
  if (strcmp (arch, "resnet18") == 0 && MAX (dataset->shape[0], dataset->shape[1]) <= SMALL_SIDE)
    self->width = 16;
  /* More cases need fewer passes and bear larger batches; large volumes are read in small ones. */
  if (dataset->n_cases > MANY_CASES) {
    self->n_epochs = 10;
    self->batch = 128;
  } else if (dataset->n_cases > FEW_CASES) {
    self->n_epochs = 20;
    self->batch = 64;
  }
  if (n_values > LARGE_VOLUME)
    self->batch = 8;

  return self;
}

DubRecipe *
dub_recipe_copy (const DubRecipe *self)
{
  DubRecipe *copy = g_memdup2 (self, sizeof *self);

  copy->arch = g_strdup (self->arch);
  copy->optimizer = g_strdup (self->optimizer);
  copy->schedule = g_strdup (self->schedule);
  copy->select_by = g_strdup (self->select_by);

  return copy;
}

void
dub_recipe_free (DubRecipe *self)
{
  if (self == NULL)
    return;
  g_free (self->arch);
  g_free (self->optimizer);
  g_free (self->schedule);
  g_free (self->select_by);
  g_free (self);
}

/* --- what is allowed --- */

static gboolean
is_one_of (const char        *text,
           const char *const *choices)
{
  return g_strv_contains (choices, text);
}

/* "onnx:PATH@NODE", neither empty; the last @ counts, as a path may hold one. */
gboolean
dub_recipe_split_arch (const char  *arch,
                       char       **path,
                       char       **node)
{
  const char *at = strrchr (arch, '@');

  if (!g_str_has_prefix (arch, "onnx:") || at == NULL || at == arch + 5 || at[1] == '\0')
    return FALSE;
  if (path != NULL)
    *path = g_strndup (arch + 5, (size_t) (at - arch - 5));
  if (node != NULL)
    *node = g_strdup (at + 1);

  return TRUE;
}

static gboolean
out_of_range (GError     **error,
              const char  *where,
              const char  *member,
              double       found,
              const char  *expected)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s%s is %g; expected %s.", where, member, found, expected);

  return FALSE;
}

static gboolean
is_no_choice (GError            **error,
              const char         *where,
              const char         *member,
              const char         *found,
              const char *const  *choices,
              const char         *more)
{
  g_autofree char *all = g_strjoinv (", ", (char **) choices);

  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s%s is \"%s\"; expected one of %s%s.", where, member, found, all,
               more);

  return FALSE;
}

gboolean
dub_recipe_check (const DubRecipe  *self,
                  const char       *where,
                  GError          **error)
{
  if (!is_one_of (self->arch, ARCHITECTURES) && !dub_recipe_split_arch (self->arch, NULL, NULL))
    return is_no_choice (error, where, "arch", self->arch, ARCHITECTURES, " or onnx:MODEL@NODE");
  if (!is_one_of (self->optimizer, OPTIMIZERS))
    return is_no_choice (error, where, "optimizer", self->optimizer, OPTIMIZERS, "");
  if (!is_one_of (self->schedule, SCHEDULES))
    return is_no_choice (error, where, "schedule", self->schedule, SCHEDULES, "");
  if (!is_one_of (self->select_by, SELECTIONS))
    return is_no_choice (error, where, "select_by", self->select_by, SELECTIONS, "");

  const struct { const char *member; double value, min, max; const char *expected; } reals[] = {
    { "dropout", self->dropout, 0.0, 0.99, "0 to 0.99" },
    { "label_smoothing", self->label_smoothing, 0.0, 0.99, "0 to 0.99" },
    { "dca", self->dca, 0.0, 1e6, "0 to 1000000" },
    { "entropy", self->entropy, -1e6, 1e6, "a finite weight" },
    { "mmce", self->mmce, 0.0, 1e6, "0 to 1000000" },
    { "mixup", self->mixup, 0.0, 1e3, "0 to 1000" },
    { "rate", self->rate, 1e-12, 1e3, "a number above 0 and up to 1000" },
    { "momentum", self->momentum, 0.0, 0.9999, "0 to 0.9999" },
    { "weight_decay", self->weight_decay, 0.0, 1e3, "0 to 1000" },
    { "clip", self->clip, 0.0, 1e9, "0 (none) or a positive norm" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (reals); i++)
    if (!(reals[i].value >= reals[i].min && reals[i].value <= reals[i].max))
      return out_of_range (error, where, reals[i].member, reals[i].value, reals[i].expected);

  if (self->width < 0 || self->width > 4096)
    return out_of_range (error, where, "width", self->width, "1 to 4096, or 0 for the architecture's own");
  if (self->depth < 0 || self->depth > 16)
    return out_of_range (error, where, "depth", self->depth, "1 to 16, or 0 for the architecture's own");
  if (self->n_epochs < 1 || self->n_epochs > LARGEST_COUNT)
    return out_of_range (error, where, "n_epochs", self->n_epochs, "1 to 1000000");
  /* One case has no variance for a batch normalisation. */
  if (self->batch < 2 || self->batch > LARGEST_COUNT)
    return out_of_range (error, where, "batch", self->batch, "2 to 1000000");
  if (self->warmup_epochs >= self->n_epochs)
    return out_of_range (error, where, "warmup_epochs", self->warmup_epochs, "fewer than the epochs");

  return TRUE;
}

/* --- JSON --- */

JsonNode *
dub_recipe_to_json (const DubRecipe *self)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autofree char *augment = dub_augment_to_string (self->augment);

  json_builder_begin_object (b);
  dub_json_add_string (b, "arch", self->arch);
  dub_json_add_int (b, "width", self->width);
  dub_json_add_int (b, "depth", self->depth);
  dub_json_add_number (b, "dropout", self->dropout);
  dub_json_add_number (b, "label_smoothing", self->label_smoothing);
  dub_json_add_number (b, "dca", self->dca);
  dub_json_add_number (b, "entropy", self->entropy);
  dub_json_add_number (b, "mmce", self->mmce);
  dub_json_add_number (b, "mixup", self->mixup);
  dub_json_add_boolean (b, "class_weights", self->class_weights);
  dub_json_add_string (b, "optimizer", self->optimizer);
  dub_json_add_number (b, "rate", self->rate);
  dub_json_add_number (b, "momentum", self->momentum);
  dub_json_add_number (b, "weight_decay", self->weight_decay);
  dub_json_add_number (b, "clip", self->clip);
  dub_json_add_string (b, "schedule", self->schedule);
  dub_json_add_int (b, "warmup_epochs", self->warmup_epochs);
  dub_json_add_int (b, "n_epochs", self->n_epochs);
  dub_json_add_int (b, "batch", self->batch);
  dub_json_add_int (b, "patience", self->patience);
  dub_json_add_string (b, "select_by", self->select_by);
  dub_json_add_string (b, "augment", augment);
  dub_json_add_seed (b, "seed", self->seed);
  json_builder_end_object (b);

  return json_builder_get_root (b);
}

static gboolean
read_reals (DubRecipe   *self,
            JsonObject  *object,
            const char  *where,
            GError     **error)
{
  return dub_json_read_number (object, "dropout", where, TRUE, &self->dropout, error) &&
         dub_json_read_number (object, "label_smoothing", where, TRUE, &self->label_smoothing, error) &&
         dub_json_read_number (object, "dca", where, TRUE, &self->dca, error) &&
         dub_json_read_number (object, "entropy", where, TRUE, &self->entropy, error) &&
         dub_json_read_number (object, "mmce", where, TRUE, &self->mmce, error) &&
         dub_json_read_number (object, "mixup", where, TRUE, &self->mixup, error) &&
         dub_json_read_number (object, "rate", where, TRUE, &self->rate, error) &&
         dub_json_read_number (object, "momentum", where, TRUE, &self->momentum, error) &&
         dub_json_read_number (object, "weight_decay", where, TRUE, &self->weight_decay, error) &&
         dub_json_read_number (object, "clip", where, TRUE, &self->clip, error);
}

static gboolean
read_counts (DubRecipe   *self,
             JsonObject  *object,
             const char  *where,
             GError     **error)
{
  gint64 width, depth, warmup, epochs, batch, patience;

  if (!dub_json_read_int (object, "width", where, TRUE, 0, LARGEST_COUNT, &width, error) ||
      !dub_json_read_int (object, "depth", where, TRUE, 0, LARGEST_COUNT, &depth, error) ||
      !dub_json_read_int (object, "warmup_epochs", where, TRUE, 0, LARGEST_COUNT, &warmup, error) ||
      !dub_json_read_int (object, "n_epochs", where, TRUE, 1, LARGEST_COUNT, &epochs, error) ||
      !dub_json_read_int (object, "batch", where, TRUE, 1, LARGEST_COUNT, &batch, error) ||
      !dub_json_read_int (object, "patience", where, TRUE, 0, LARGEST_COUNT, &patience, error))
    return FALSE;
  self->width = (int) width;
  self->depth = (int) depth;
  self->warmup_epochs = (guint) warmup;
  self->n_epochs = (guint) epochs;
  self->batch = (guint) batch;
  self->patience = (guint) patience;

  return TRUE;
}

static gboolean
read_augment (DubRecipe   *self,
              JsonObject  *object,
              const char  *where,
              GError     **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) inner = NULL;

  if (!dub_json_read_string (object, "augment", where, TRUE, &text, error))
    return FALSE;
  if (dub_augment_parse (text, &self->augment, &inner))
    return TRUE;

  return dub_json_refuse (error, where, "augment", "\"%s\", which cannot be read: %s", text, inner->message);
}

/* An unknown member would decide bits that this program cannot repeat. */
static gboolean
check_members (JsonObject  *object,
               const char  *where,
               GError     **error)
{
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l != NULL; l = l->next)
    if (!g_strv_contains (MEMBERS, l->data))
      return dub_json_refuse (error, where, l->data, "unknown; expected only the members of a recipe");

  return TRUE;
}

DubRecipe *
dub_recipe_from_json (JsonNode    *node,
                      const char  *where,
                      GError     **error)
{
  g_autoptr (DubRecipe) self = g_new0 (DubRecipe, 1);
  g_autofree char *inside = g_strconcat (where, ".", NULL);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    dub_json_refuse (error, where, "", "%s; expected an object", dub_json_kind (node));
    return NULL;
  }

  JsonObject *object = json_node_get_object (node);

  if (!check_members (object, inside, error) ||
      !dub_json_read_string (object, "arch", inside, TRUE, &self->arch, error) ||
      !dub_json_read_string (object, "optimizer", inside, TRUE, &self->optimizer, error) ||
      !dub_json_read_string (object, "schedule", inside, TRUE, &self->schedule, error) ||
      !dub_json_read_string (object, "select_by", inside, TRUE, &self->select_by, error) ||
      !dub_json_read_boolean (object, "class_weights", inside, TRUE, &self->class_weights, error) ||
      !dub_json_read_seed (object, "seed", inside, &self->seed, error) ||
      !read_reals (self, object, inside, error) || !read_counts (self, object, inside, error) ||
      !read_augment (self, object, inside, error) || !dub_recipe_check (self, inside, error))
    return NULL;

  return g_steal_pointer (&self);
}

char *
dub_recipe_difference (const DubRecipe *self,
                       const DubRecipe *other)
{
  g_autoptr (JsonNode) a = dub_recipe_to_json (self);
  g_autoptr (JsonNode) b = dub_recipe_to_json (other);

  for (size_t i = 0; MEMBERS[i] != NULL; i++) {
    JsonNode *x = json_object_get_member (json_node_get_object (a), MEMBERS[i]);
    JsonNode *y = json_object_get_member (json_node_get_object (b), MEMBERS[i]);

    if (!json_node_equal (x, y)) {
      g_autofree char *left = json_to_string (x, FALSE);
      g_autofree char *right = json_to_string (y, FALSE);

      return g_strdup_printf ("%s is %s, not %s", MEMBERS[i], left, right);
    }
  }

  return NULL;
}

/* --- names --- */

typedef struct {
  const char *mark;    /* of the family */
  const char *name;    /* for a person */
  double      value;
} Term;

static size_t
loss_terms (const DubRecipe *self,
            Term             terms[5])
{
  const Term all[] = {
    { "ls", "label smoothing", self->label_smoothing },
    { "dca", "DCA", self->dca },
    { "ent", "entropy", self->entropy },
    { "mmce", "MMCE", self->mmce },
    { "mix", "mixup", self->mixup },
  };
  size_t n = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i].value != 0.0)
      terms[n++] = all[i];

  return n;
}

char *
dub_recipe_family (const DubRecipe *self)
{
  GString *text = g_string_new ("ce");
  Term terms[5];
  size_t n = loss_terms (self, terms);

  for (size_t i = 0; i < n; i++) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (number, sizeof number, "%g", terms[i].value);
    g_string_append_printf (text, "-%s%s", terms[i].mark, number);
  }
  if (self->class_weights)
    g_string_append (text, "-w");

  return g_string_free (text, FALSE);
}

char *
dub_recipe_loss_name (const DubRecipe *self)
{
  GString *text = g_string_new (self->class_weights ? "Weighted cross-entropy" : "Cross-entropy");
  Term terms[5];
  size_t n = loss_terms (self, terms);

  for (size_t i = 0; i < n; i++)
    g_string_append_printf (text, terms[i].value < 0.0 ? " − %g %s" : " + %g %s", fabs (terms[i].value), terms[i].name);

  return g_string_free (text, FALSE);
}

char *
dub_recipe_optimizer_name (const DubRecipe *self)
{
  const char *name = strcmp (self->optimizer, "sgd") == 0    ? "SGD"
                     : strcmp (self->optimizer, "adamw") == 0 ? "AdamW"
                                                              : "Adam";

  return g_strdup_printf ("%s %g, %s", name, self->rate, self->schedule);
}
