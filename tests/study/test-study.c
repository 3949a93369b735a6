/* study.json: what goes in comes out; what is wrong is named. */
#include "core/study/study.h"

#include <glib/gstdio.h>
#include <math.h>

typedef struct {
  char *folder;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("dubito-study-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->folder, "study.json", NULL);

  g_unlink (file);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static void
test_round_trip (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (DubStudy) study = dub_study_new ("A “title” with quotes\n");
  g_autofree char *inside = g_build_filename (fixture->folder, "data", "sub-001.nii.gz", NULL);
  g_autoptr (GError) error = NULL;

  study->seed = G_MAXUINT64 - 5;
  g_ptr_array_add (study->classes, g_strdup ("CN"));
  g_ptr_array_add (study->classes, g_strdup ("AD"));
  dub_study_add_case (study, NULL, inside, 1);
  dub_study_add_case (study, "other", "/elsewhere/b.nii", -1);
  ((DubStudyCase *) study->cases->pdata[0])->severity = 0.625;
  ((DubStudyCase *) study->cases->pdata[0])->truth_path = g_build_filename (fixture->folder, "t.nii.gz", NULL);
  dub_study_add_model (study, "m", "/models/m.onnx",
                       (DubPreprocess) { DUB_AXES_KJI, DUB_SCALE_ZSCORE, DUB_FIT_RESAMPLE });
  study->atlas_path = g_strdup ("/atlas/aal.nii.gz");

  g_assert_true (dub_study_save (study, fixture->folder, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (study->folder, ==, fixture->folder);

  g_autofree char *file = g_build_filename (fixture->folder, "study.json", NULL);
  g_autofree char *text = NULL;

  /* Paths of the folder's own files are relative, so that it can be moved. */
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"data/sub-001.nii.gz\""));
  g_assert_null (strstr (text, fixture->folder));

  g_autoptr (DubStudy) back = dub_study_load (fixture->folder, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (back->title, ==, study->title);
  g_assert_cmpuint (back->seed, ==, G_MAXUINT64 - 5);
  g_assert_cmpstr (back->version, ==, study->version);
  g_assert_cmpuint (back->classes->len, ==, 2);
  g_assert_cmpstr (back->classes->pdata[1], ==, "AD");
  g_assert_cmpuint (back->cases->len, ==, 2);

  DubStudyCase *first = back->cases->pdata[0], *second = back->cases->pdata[1];

  g_assert_cmpstr (first->id, ==, "sub-001");
  g_assert_cmpstr (first->path, ==, inside);
  g_assert_cmpint (first->label, ==, 1);
  g_assert_cmpfloat (first->severity, ==, 0.625);
  g_assert_true (g_str_has_suffix (first->truth_path, "/t.nii.gz"));
  g_assert_cmpstr (second->path, ==, "/elsewhere/b.nii");
  g_assert_cmpint (second->label, ==, -1);
  g_assert_null (second->truth_path);
  g_assert_true (isnan (second->severity));

  DubStudyModel *model = back->models->pdata[0];

  g_assert_cmpint (model->preprocess.axes, ==, DUB_AXES_KJI);
  g_assert_cmpint (model->preprocess.scale, ==, DUB_SCALE_ZSCORE);
  g_assert_cmpint (model->preprocess.fit, ==, DUB_FIT_RESAMPLE);
  g_assert_cmpstr (back->atlas_path, ==, "/atlas/aal.nii.gz");
  g_assert_null (back->atlas_table);
}

#define HEAD "{\"format\":\"dubito-study\",\"format_version\":1,\"title\":\"t\",\"seed\":\"1\","
#define CASE(path, label) "{\"id\":\"a\",\"path\":\"" path "\",\"label\":" label ",\"split\":\"\"}"
#define MODEL(axes) "{\"id\":\"m\",\"path\":\"m.onnx\",\"preprocess\":{\"axes\":\"" axes \
                    "\",\"scale\":\"none\",\"fit\":\"refuse\"}}"

static const struct {
  const char *what;
  const char *text;
  int         code;
  const char *message; /* must occur in the error; NULL = loads */
} BAD[] = {
  { "good", HEAD "\"classes\":[\"x\"],\"cases\":[" CASE ("a.nii", "0") "],\"models\":[" MODEL ("ijk") "]}", 0, NULL },
  { "unknown members are ignored", HEAD "\"classes\":[],\"cases\":[],\"models\":[],\"later\":{\"a\":[1]}}", 0, NULL },
  { "empty", "", DUB_ERROR_FORMAT, "empty" },
  { "truncated", HEAD "\"classes\":[\"x\"", DUB_ERROR_FORMAT, "not valid JSON" },
  { "a list", "[1]", DUB_ERROR_FORMAT, "top level is a list" },
  { "not UTF-8", "{\"format\":\"\xff\xfe\"}", DUB_ERROR_FORMAT, "UTF-8" },
  { "other format", "{\"format\":\"x\"}", DUB_ERROR_FORMAT, "\"x\"; expected \"dubito-study\"" },
  { "newer", "{\"format\":\"dubito-study\",\"format_version\":3}", DUB_ERROR_UNSUPPORTED, "newer" },
  { "version text", "{\"format\":\"dubito-study\",\"format_version\":\"1\"}", DUB_ERROR_FORMAT, "expected a number" },
  { "no title", "{\"format\":\"dubito-study\",\"format_version\":1}", DUB_ERROR_FORMAT, "title is absent" },
  { "seed number", "{\"format\":\"dubito-study\",\"format_version\":1,\"title\":\"t\",\"seed\":1}", DUB_ERROR_FORMAT,
    "seed is a number; expected a string" },
  { "seed negative", "{\"format\":\"dubito-study\",\"format_version\":1,\"title\":\"t\",\"seed\":\"-1\"}",
    DUB_ERROR_FORMAT, "seed is \"-1\"" },
  { "classes text", HEAD "\"classes\":\"CN\"}", DUB_ERROR_FORMAT, "classes is a string; expected a list" },
  { "class number", HEAD "\"classes\":[\"CN\",3]}", DUB_ERROR_FORMAT, "classes[1] is a number" },
  { "case list", HEAD "\"classes\":[],\"cases\":[[]],\"models\":[]}", DUB_ERROR_FORMAT, "cases[0] is a list" },
  { "case without path", HEAD "\"classes\":[],\"cases\":[{\"id\":\"a\"}],\"models\":[]}", DUB_ERROR_FORMAT,
    "cases[0].path is absent" },
  { "label too large", HEAD "\"classes\":[\"x\"],\"cases\":[" CASE ("a.nii", "1") "],\"models\":[]}",
    DUB_ERROR_FORMAT, "cases[0].label is 1" },
  { "label half", HEAD "\"classes\":[\"x\"],\"cases\":[" CASE ("a.nii", "0.5") "],\"models\":[]}",
    DUB_ERROR_FORMAT, "cases[0].label is 0.5" },
  { "path outside", HEAD "\"classes\":[\"x\"],\"cases\":[" CASE ("../a.nii", "0") "],\"models\":[]}",
    DUB_ERROR_FORMAT, "inside the study's folder" },
  { "path outside later", HEAD "\"classes\":[\"x\"],\"cases\":[" CASE ("b/../../a.nii", "0") "],\"models\":[]}",
    DUB_ERROR_FORMAT, "inside the study's folder" },
  { "same id", HEAD "\"classes\":[\"x\"],\"cases\":[" CASE ("a.nii", "0") "," CASE ("b.nii", "0") "],\"models\":[]}",
    DUB_ERROR_FORMAT, "cases[1].id is \"a\"" },
  { "axes", HEAD "\"classes\":[],\"cases\":[],\"models\":[" MODEL ("xyz") "]}", DUB_ERROR_FORMAT,
    "models[0].preprocess.axes is \"xyz\"; expected one of ijk, kji" },
  { "no preprocess", HEAD "\"classes\":[],\"cases\":[],\"models\":[{\"id\":\"m\",\"path\":\"m\"}]}", DUB_ERROR_FORMAT,
    "models[0].preprocess is absent" },
  { "atlas text", HEAD "\"classes\":[],\"cases\":[],\"models\":[],\"atlas\":\"aal\"}", DUB_ERROR_FORMAT,
    "atlas is a string" },
};

static void
test_bad (Fixture      *fixture,
          gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->folder, "study.json", NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (BAD); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (file, BAD[i].text, -1, NULL));

    g_autoptr (DubStudy) study = dub_study_load (fixture->folder, &error);

    g_test_message ("%s: %s", BAD[i].what, error != NULL ? error->message : "loaded");
    if (BAD[i].message == NULL) {
      g_assert_no_error (error);
      continue;
    }
    g_assert_null (study);
    g_assert_error (error, DUB_ERROR, BAD[i].code);
    g_assert_nonnull (strstr (error->message, BAD[i].message));
    g_assert_nonnull (strstr (error->message, "study.json"));
  }
}

/* A parser that recurses would run out of stack. */
static void
test_deep (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->folder, "study.json", NULL);
  g_autofree char *text = g_strnfill (1000000, '[');
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, text, -1, NULL));

  g_autoptr (DubStudy) study = dub_study_load (fixture->folder, &error);

  g_assert_null (study);
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
}

static void
test_missing (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubStudy) study = dub_study_load (fixture->folder, &error);

  g_assert_null (study);
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/study/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/study/bad", Fixture, NULL, set_up, test_bad, tear_down);
  g_test_add ("/study/deep", Fixture, NULL, set_up, test_deep, tear_down);
  g_test_add ("/study/missing", Fixture, NULL, set_up, test_missing, tear_down);

  return g_test_run ();
}
