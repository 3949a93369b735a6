/* What the window knows of files: recent studies, networks and how they read a volume, small pictures. */
#include "core/io/nifti.h"
#include "tests/remove-tree.h"
#include "ui/model/network-info.h"
#include "ui/model/recent.h"
#include "ui/model/thumbnail.h"

#include <glib/gstdio.h>

/* A folder that looks like a study, inside a temporary one. */
static char *
make_study_folder (const char *parent,
                   const char *name)
{
  g_autofree char *folder = g_build_filename (parent, name, NULL);
  g_autofree char *file = g_build_filename (folder, "study.json", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "{}", -1, NULL));

  return g_steal_pointer (&folder);
}

static void
add_recent (DubRecent  *recent,
            const char *folder,
            const char *title)
{
  g_autoptr (DubStudy) study = dub_study_new (title);

  study->folder = g_strdup (folder);
  dub_study_add_case (study, "sub-1", "/nowhere/sub-1.nii", 0);
  dub_recent_add (recent, study, "sub-1");
}

static void
remove_file_in (const char *folder,
                const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_remove (path);
}

static void
test_recent (void)
{
  g_autofree char *parent = g_dir_make_tmp ("dubito-recent-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (parent, "recent.json", NULL);
  g_autofree char *a = make_study_folder (parent, "a.dubito");
  g_autofree char *b = make_study_folder (parent, "b.dubito");
  g_autofree char *c = make_study_folder (parent, "c.dubito");
  DubRecent *recent = dub_recent_new (file);
  DubRecentItem *item;

  add_recent (recent, a, "A");
  add_recent (recent, b, "B");
  add_recent (recent, a, "A again");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (recent)), ==, 2);
  g_assert_finalize_object (recent);

  remove_file_in (b, "study.json");
  recent = dub_recent_new (file);
  item = dub_recent_find (recent, a);
  g_assert_cmpstr (dub_recent_item_get_title (item), ==, "A again");
  g_assert_cmpstr (dub_recent_item_get_case_id (item), ==, "sub-1");
  g_assert_cmpuint (dub_recent_item_get_n_cases (item), ==, 1);
  g_assert_false (dub_recent_item_is_missing (item));
  g_assert_true (dub_recent_item_is_missing (dub_recent_find (recent, b)));

  dub_recent_relocate (recent, b, c);
  g_assert_null (dub_recent_find (recent, b));
  g_assert_false (dub_recent_item_is_missing (dub_recent_find (recent, c)));
  dub_recent_remove (recent, a);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (recent)), ==, 1);
  g_assert_finalize_object (recent);

  remove_file_in (a, "study.json");
  remove_file_in (c, "study.json");
  g_rmdir (a);
  g_rmdir (b);
  g_rmdir (c);
  g_remove (file);
  g_rmdir (parent);
}

/* A list of places that was damaged by whatever means counts as empty or short, never as an end of the program. */
static void
test_recent_damaged (void)
{
  static const char *const texts[] = {
    "", "{", "[", "null", "[1, 2, null, \"x\"]", "{\"folder\": 1}", "[{\"folder\": 7}]", "[{\"folder\": \"relative\"}]",
    "[{\"folder\": \"/gone\", \"title\": [], \"cases\": -5, \"time\": \"x\"}]",
  };
  g_autofree char *parent = g_dir_make_tmp ("dubito-recent-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (parent, "recent.json", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_assert_true (g_file_set_contents (file, texts[i], -1, NULL));

    DubRecent *recent = dub_recent_new (file);
    guint expected = i + 1 == G_N_ELEMENTS (texts) ? 1 : 0;

    g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (recent)), ==, expected);
    g_assert_finalize_object (recent);
  }
  g_remove (file);
  g_rmdir (parent);
}

static void
test_guess (void)
{
  DubNetworkInfo fixed = { .is_volume = TRUE, .shape = { 121, 145, 120 } };
  DubNetworkInfo free_shape = { .is_volume = TRUE, .shape = { -1, -1, -1 } };
  DubVolumeInfo map = { .shape = { 121, 145, 120 }, .min = 0.0f, .max = 1.0f };
  DubVolumeInfo turned = { .shape = { 120, 145, 121 }, .min = 0.0f, .max = 255.0f };
  DubVolumeInfo other = { .shape = { 64, 64, 64 }, .min = -1.0f, .max = 1.0f };
  DubPreprocess guess;

  guess = dub_preprocess_guess (&fixed, &map);
  g_assert_cmpint (guess.axes, ==, DUB_AXES_IJK);
  g_assert_cmpint (guess.scale, ==, DUB_SCALE_NONE);
  g_assert_cmpint (guess.fit, ==, DUB_FIT_REFUSE);
  guess = dub_preprocess_guess (&fixed, &turned);
  g_assert_cmpint (guess.axes, ==, DUB_AXES_KJI);
  g_assert_true (dub_preprocess_fits (&guess, &fixed, &turned));
  g_assert_cmpint (guess.scale, ==, DUB_SCALE_MINMAX);
  guess = dub_preprocess_guess (&fixed, &other);
  g_assert_cmpint (guess.fit, ==, DUB_FIT_REFUSE);
  g_assert_false (dub_preprocess_fits (&guess, &fixed, &other));
  g_assert_cmpint (guess.scale, ==, DUB_SCALE_MINMAX);
  guess = dub_preprocess_guess (&free_shape, &other);
  g_assert_cmpint (guess.axes, ==, DUB_AXES_IJK);
  g_assert_cmpint (guess.fit, ==, DUB_FIT_REFUSE);
}

/* The network's own graph tells its input and its classes. */
static void
test_network_info (void)
{
  g_autoptr (DubGraph) graph = dub_graph_new ("net", 13);
  g_autoptr (DubTensor) weights = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (3, 8), NULL);
  int x = dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &DUB_SHAPE (-1, 1, 4, 5, 6));
  int w = dub_graph_add_constant (graph, "w", weights, TRUE);
  int flat = dub_graph_apply (graph, "Flatten", "flat", NULL, &x, 1);
  int logits = dub_graph_apply (graph, "Gemm", "logits", "transB=1", (int[]) { flat, w }, 2);

  dub_graph_add_output (graph, dub_graph_apply (graph, "Softmax", "p", NULL, &logits, 1));

  g_autoptr (DubNetworkInfo) info = dub_network_info_new ("net.onnx", graph);

  g_assert_true (info->is_volume);
  g_assert_cmpint (info->n_classes, ==, 3);
  g_assert_cmpint (info->shape[0], ==, 4);
  g_assert_cmpint (info->shape[2], ==, 6);
  g_assert_cmpstr (info->input_words, ==, "? × 1 × 4 × 5 × 6");
  g_assert_null (info->unsupported);
}

static void
made_cb (DubThumbnails *thumbnails,
         const char    *key,
         char         **made)
{
  *made = g_strdup (key);
}

/* A picture is made once, found again, and made anew from another volume. */
static void
test_thumbnails (void)
{
  g_autoptr (DubThumbnails) thumbnails = dub_thumbnails_new ();
  g_autoptr (DubTensor) voxels = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (8, 8, 8), NULL);
  g_autofree char *folder = g_dir_make_tmp ("dubito-pictures-XXXXXX", NULL);
  g_autofree char *a = g_build_filename (folder, "a.nii", NULL);
  g_autofree char *b = g_build_filename (folder, "b.nii", NULL);
  g_autoptr (DubVolume) volume = NULL;
  char *made = NULL;

  ((float *) voxels->data)[100] = 1.0f;
  volume = dub_volume_new (voxels, NULL, NULL);
  g_assert_true (dub_nifti_save (volume, a, DUB_DTYPE_F32, NULL, NULL));
  g_assert_true (dub_nifti_save (volume, b, DUB_DTYPE_F32, NULL, NULL));
  g_signal_connect (thumbnails, "made", G_CALLBACK (made_cb), &made);
  g_assert_null (dub_thumbnails_find (folder, 16, 16));

  const char *const sources[] = { a, a, b };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
    dub_thumbnails_request (thumbnails, folder, sources[i], NULL, 16, 16);
    g_assert_cmpint (made != NULL, ==, i == 1);
    while (made == NULL)
      g_main_context_iteration (NULL, TRUE);
    g_assert_cmpstr (made, ==, folder);
    g_clear_pointer (&made, g_free);
  }

  g_autofree char *picture = dub_thumbnails_find (folder, 16, 16);

  g_assert_nonnull (picture);
  g_remove (picture);
  g_remove (a);
  g_remove (b);
  g_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  /* Pictures go to a cache of their own. */
  g_autofree char *cache = g_dir_make_tmp ("dubito-cache-XXXXXX", NULL);

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recent/round-trip", test_recent);
  g_test_add_func ("/recent/damaged", test_recent_damaged);
  g_test_add_func ("/network/guess", test_guess);
  g_test_add_func ("/network/info", test_network_info);
  g_test_add_func ("/thumbnails/make-and-find", test_thumbnails);

  int result = g_test_run ();

  remove_tree (cache);

  return result;
}
