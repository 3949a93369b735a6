#include "ui/model/study-kind.h"

#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "core/uq/segment.h"

struct _DubStudyKind {
  GObject       parent_instance;
  DubSession   *session;  /* not owned: it owns this */
  char         *looked;   /* (nullable) network and volume that the answer is about */
  GCancellable *cancel;   /* (nullable) of the one being looked at */
  gboolean      segments;
};

G_DEFINE_FINAL_TYPE (DubStudyKind, dub_study_kind, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

typedef struct {
  char *network;
  char *volume;
  DubAxes axes;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->network);
  g_free (question->volume);
  g_free (question);
}

/* What the network declares counts; the volume's extents stand in where it leaves them free. */
static gboolean
can_segment (const Question *question)
{
  g_autoptr (DubGraph) graph = dub_onnx_load (question->network, NULL);
  const DubGraphInput *input = graph != NULL && dub_graph_n_inputs (graph) == 1 ? dub_graph_input (graph, 0) : NULL;
  g_autoptr (DubRun) run = dub_run_new (1);
  int64_t found[3];
  double affine[4][4];
  DubShape shape = { .rank = 3 };

  if (input == NULL || (input->has_shape && input->shape.rank != 5))
    return FALSE;
  if (!dub_nifti_peek (question->volume, found, affine, NULL))
    found[0] = found[1] = found[2] = 64;
  for (int a = 0; a < 3; a++) {
    shape.dim[a] = input->has_shape ? input->shape.dim[a + 2] : -1;
    if (shape.dim[a] <= 0)
      shape.dim[a] = found[question->axes == DUB_AXES_KJI ? 2 - a : a];
  }

  return dub_segment_can (graph, &shape, run);
}

static void
look_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  g_task_return_boolean (task, can_segment (data));
}

static void
set_segments (DubStudyKind *self,
              gboolean      segments)
{
  if (self->segments == segments)
    return;
  self->segments = segments;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean segments = g_task_propagate_boolean (G_TASK (result), &error);

  if (error == NULL)
    set_segments (DUB_STUDY_KIND (source), segments);
}

static void
look (DubStudyKind *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  gboolean answerable = study != NULL && study->data == NULL && study->models->len > 0 && study->cases->len > 0;
  DubStudyModel *model = answerable ? g_ptr_array_index (study->models, 0) : NULL;
  DubStudyCase *item = answerable ? g_ptr_array_index (study->cases, 0) : NULL;
  g_autofree char *key = answerable ? g_strdup_printf ("%s\n%s\n%d", model->path, item->path, model->preprocess.axes) : NULL;

  if (key != NULL && g_strcmp0 (key, self->looked) == 0)
    return;
  g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_free (self->looked);
  self->looked = g_steal_pointer (&key);
  /* The window shows what it knows: after another study it knows nothing. */
  set_segments (self, FALSE);
  if (!answerable)
    return;

  Question *question = g_new0 (Question, 1);
  g_autoptr (GTask) task = NULL;

  self->cancel = g_cancellable_new ();
  task = g_task_new (self, self->cancel, looked_cb, NULL);
  question->network = g_strdup (model->path);
  question->volume = g_strdup (item->path);
  question->axes = model->preprocess.axes;
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, look_thread);
}

static void
dub_study_kind_finalize (GObject *object)
{
  DubStudyKind *self = DUB_STUDY_KIND (object);

  g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_pointer (&self->looked, g_free);

  G_OBJECT_CLASS (dub_study_kind_parent_class)->finalize (object);
}

static void
dub_study_kind_class_init (DubStudyKindClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dub_study_kind_finalize;
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_STUDY_KIND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_study_kind_init (DubStudyKind *self)
{
}

DubStudyKind *
dub_study_kind_of_session (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubStudyKind *self = g_object_get_data (G_OBJECT (session), "dub-study-kind");

  if (self != NULL)
    return self;
  self = g_object_new (DUB_TYPE_STUDY_KIND, NULL);
  self->session = session;
  g_object_set_data_full (G_OBJECT (session), "dub-study-kind", self, g_object_unref);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "study-edited", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  look (self);

  return self;
}

gboolean
dub_study_kind_segments (DubStudyKind *self)
{
  g_return_val_if_fail (DUB_IS_STUDY_KIND (self), FALSE);

  return self->segments;
}
