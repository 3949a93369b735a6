#include "ui/model/thumbnail.h"

#include <glib/gstdio.h>

#include "core/io/nifti.h"
#include "core/io/png.h"
#include "ui/figures/compose.h"

typedef struct {
  char *key;
  char *volume;
  char *truth;
  char *target;
  char *stamp; /* from what it is made: paths and times */
  int   width;
  int   height;
} DubThumbnail;

struct _DubThumbnails {
  GObject      parent_instance;
  GThreadPool *pool;
};

G_DEFINE_FINAL_TYPE (DubThumbnails, dub_thumbnails, G_TYPE_OBJECT)

enum { MADE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* What the thread hands back; it holds no reference to the object. */
typedef struct {
  GWeakRef owner;
  char    *key;
} DubThumbnailReport;

typedef struct {
  DubThumbnail       *item;
  DubThumbnailReport *report;
} DubThumbnailWork;

static void
thumbnail_free (DubThumbnail *item)
{
  g_free (item->key);
  g_free (item->volume);
  g_free (item->truth);
  g_free (item->target);
  g_free (item->stamp);
  g_free (item);
}

static void
report_free (gpointer data)
{
  DubThumbnailReport *report = data;

  g_weak_ref_clear (&report->owner);
  g_free (report->key);
  g_free (report);
}

static char *
target_of (const char *key,
           int         width,
           int         height)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, key, -1);
  g_autofree char *name = g_strdup_printf ("%s-%dx%d.png", hash, width, height);

  return g_build_filename (g_get_user_cache_dir (), "dubito", "thumbnails", name, NULL);
}

static char *
stamp_of (const char *volume,
          const char *truth)
{
  GStatBuf a = { 0 }, b = { 0 };

  g_stat (volume, &a);
  if (truth != NULL)
    g_stat (truth, &b);

  return g_strdup_printf ("%s %" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT, volume, (gint64) a.st_mtime,
                          truth != NULL ? truth : "", (gint64) b.st_mtime);
}

/* World centre of the voxels of @truth above one half, or of @volume. */
static void
find_centre (DubVolume *volume,
             DubVolume *truth,
             double     world[3])
{
  DubVolume *of = truth != NULL ? truth : volume;
  const DubTensor *voxels = of->voxels;
  const int64_t *n = voxels->shape.dim;
  const float *value = voxels->data;
  double sum[3] = { 0.0 }, voxel[3];
  size_t count = 0;

  for (int64_t i = 0; truth != NULL && i < n[0]; i++)
    for (int64_t j = 0; j < n[1]; j++)
      for (int64_t k = 0; k < n[2]; k++)
        if (value[(i * n[1] + j) * n[2] + k] > 0.5f) {
          sum[0] += (double) i;
          sum[1] += (double) j;
          sum[2] += (double) k;
          count++;
        }
  for (int axis = 0; axis < 3; axis++)
    voxel[axis] = count > 0 ? sum[axis] / (double) count : 0.5 * (double) (n[axis] - 1);
  dub_volume_voxel_to_world (of, voxel, world);
}

static gboolean
make_picture (const DubThumbnail *item,
              GError            **error)
{
  g_autoptr (DubVolume) volume = dub_nifti_load (item->volume, error);
  g_autoptr (DubVolume) truth = NULL;
  g_autoptr (DubComposer) composer = dub_composer_new ();
  DubSliceView view;
  DubPaneStyle style;
  float low, high;

  if (volume == NULL || !dub_volume_range (volume, &low, &high, error))
    return FALSE;
  /* Without its truth a case is still a picture. */
  if (item->truth != NULL)
    truth = dub_nifti_load (item->truth, NULL);

  dub_slice_view_init (&view, DUB_PLANE_CORONAL, volume);
  dub_pane_style_init (&style);
  find_centre (volume, truth, view.cursor);
  style.low = low;
  style.high = low + 0.8 * (high - low);
  style.overlay.volume = truth;
  style.overlay.low = 0.0;
  style.overlay.high = 1.2;
  view.zoom = item->width > item->height ? 1.15 : 1.0;

  size_t stride = 4 * (size_t) item->width;
  g_autofree guint8 *pixels = g_malloc (stride * (size_t) item->height);
  g_autoptr (DubTensor) image = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (item->height, item->width, 3), error);

  if (image == NULL)
    return FALSE;
  dub_composer_compose (composer, &view, &style, item->width, item->height, stride, pixels);

  guint8 *rgb = image->data;

  for (size_t p = 0; p < (size_t) item->width * (size_t) item->height; p++) {
    rgb[3 * p + 0] = pixels[4 * p + 2];
    rgb[3 * p + 1] = pixels[4 * p + 1];
    rgb[3 * p + 2] = pixels[4 * p + 0];
  }

  g_autofree char *parent = g_path_get_dirname (item->target);
  g_autofree char *from = g_strconcat (item->target, ".from", NULL);

  g_mkdir_with_parents (parent, 0700);

  return dub_png_save (image, item->target, 0.0, NULL, error)
         && g_file_set_contents (from, item->stamp, -1, error);
}

static gboolean
report_cb (gpointer data)
{
  DubThumbnailReport *report = data;
  g_autoptr (DubThumbnails) owner = g_weak_ref_get (&report->owner);

  if (owner != NULL)
    g_signal_emit (owner, signals[MADE], 0, report->key);

  return G_SOURCE_REMOVE;
}

static void
work_free (gpointer data)
{
  DubThumbnailWork *job = data;

  g_clear_pointer (&job->report, report_free);
  thumbnail_free (job->item);
  g_free (job);
}

static void
work (gpointer data,
      gpointer pool_data)
{
  DubThumbnailWork *job = data;
  g_autoptr (GError) error = NULL;

  if (make_picture (job->item, &error))
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, report_cb, g_steal_pointer (&job->report), report_free);
  else
    g_debug ("No picture of %s: %s", job->item->volume, error->message);

  work_free (job);
}

static void
dub_thumbnails_finalize (GObject *object)
{
  /* What waits is made by nobody; what runs ends by itself. */
  g_thread_pool_free (DUB_THUMBNAILS (object)->pool, TRUE, FALSE);
  G_OBJECT_CLASS (dub_thumbnails_parent_class)->finalize (object);
}

static void
dub_thumbnails_class_init (DubThumbnailsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dub_thumbnails_finalize;

  signals[MADE] = g_signal_new ("made", DUB_TYPE_THUMBNAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
dub_thumbnails_init (DubThumbnails *self)
{
  /* A pool of its own: pictures never delay the file calls of the window. */
  self->pool = g_thread_pool_new_full (work, NULL, work_free, 1, FALSE, NULL);
}

DubThumbnails *
dub_thumbnails_new (void)
{
  return g_object_new (DUB_TYPE_THUMBNAILS, NULL);
}

/* Pictures of equal keys differ in what they were made from; a small file beside the PNG tells. */
static gboolean
is_fresh (const char *target,
          const char *stamp)
{
  g_autofree char *file = g_strconcat (target, ".from", NULL);
  g_autofree char *found = NULL;

  return g_file_test (target, G_FILE_TEST_EXISTS) && g_file_get_contents (file, &found, NULL, NULL)
         && g_str_equal (found, stamp);
}

void
dub_thumbnails_request (DubThumbnails *self,
                        const char    *key,
                        const char    *volume,
                        const char    *truth,
                        int            width,
                        int            height)
{
  g_return_if_fail (DUB_IS_THUMBNAILS (self));
  g_return_if_fail (width > 0 && height > 0);

  g_autofree char *target = target_of (key, width, height);
  g_autofree char *stamp = stamp_of (volume, truth);

  if (is_fresh (target, stamp)) {
    g_signal_emit (self, signals[MADE], 0, key);
    return;
  }

  DubThumbnailWork *job = g_new0 (DubThumbnailWork, 1);

  job->item = g_new0 (DubThumbnail, 1);
  job->item->key = g_strdup (key);
  job->item->volume = g_strdup (volume);
  job->item->truth = g_strdup (truth);
  job->item->target = g_steal_pointer (&target);
  job->item->stamp = g_steal_pointer (&stamp);
  job->item->width = width;
  job->item->height = height;
  job->report = g_new0 (DubThumbnailReport, 1);
  job->report->key = g_strdup (key);
  g_weak_ref_init (&job->report->owner, self);
  g_thread_pool_push (self->pool, job, NULL);
}

void
dub_thumbnails_set_held (DubThumbnails *self,
                         gboolean       held)
{
  g_return_if_fail (DUB_IS_THUMBNAILS (self));

  g_thread_pool_set_max_threads (self->pool, held ? 0 : 1, NULL);
}

char *
dub_thumbnails_find (const char *key,
                     int         width,
                     int         height)
{
  g_autofree char *target = target_of (key, width, height);

  return g_file_test (target, G_FILE_TEST_EXISTS) ? g_steal_pointer (&target) : NULL;
}
