#include "core/train/run-log.h"

#include "core/io/file.h"
#include "core/io/json-member.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const guint64 LARGEST_LOG = (guint64) 256 << 20;
/* A reader that looks whether the lock is held takes it for an instant; the trainer tries again after it. */
enum { LOCK_TRIES = 50, LOCK_PAUSE_US = 20000 };

/* --- one line --- */

static void
add_side (JsonBuilder *b,
          const char  *name,
          double       loss,
          double       accuracy,
          double       ece)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
  dub_json_add_number (b, "loss", loss);
  dub_json_add_number (b, "accuracy", accuracy);
  dub_json_add_number (b, "ece", ece);
}

char *
dub_run_log_line (const DubEpoch *epoch)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  dub_json_add_int (b, "epoch", epoch->epoch);
  dub_json_add_number (b, "rate", epoch->rate);
  add_side (b, "train", epoch->train_loss, epoch->train_accuracy, epoch->train_ece);
  json_builder_end_object (b);
  add_side (b, "validation", epoch->validation_loss, epoch->validation_accuracy, epoch->validation_ece);
  dub_json_add_number (b, "auroc", epoch->validation_auroc);
  dub_json_add_int (b, "n", epoch->n_validation);
  dub_json_add_int (b, "correct", epoch->n_validation_correct);
  json_builder_end_object (b);
  dub_json_add_number (b, "cases_per_second", epoch->cases_per_second);
  dub_json_add_number (b, "seconds", epoch->seconds);
  dub_json_add_boolean (b, "one_class", epoch->one_class);
  dub_json_add_boolean (b, "best", epoch->best);
  json_builder_end_object (b);

  g_autofree char *text = dub_json_to_text (b, FALSE, NULL);

  return g_strconcat (text, "\n", NULL);
}

/* NaN where it is null or absent. */
static gboolean
read_value (JsonObject *object,
            const char *member,
            double     *out)
{
  JsonNode *node = json_object_get_member (object, member);

  *out = (double) NAN;

  return node == NULL || JSON_NODE_HOLDS_NULL (node) || dub_json_read_number (object, member, "", TRUE, out, NULL);
}

static gboolean
read_side (JsonObject *root,
           const char *name,
           double     *loss,
           double     *accuracy,
           double     *ece)
{
  JsonObject *side = dub_json_read_object (root, name, "", TRUE, NULL);

  return side != NULL && read_value (side, "loss", loss) && read_value (side, "accuracy", accuracy) &&
         read_value (side, "ece", ece);
}

gboolean
dub_run_log_parse (const char *line,
                   size_t      n,
                   DubEpoch   *epoch)
{
  g_autoptr (JsonParser) parser = dub_json_parse (line, n, "", NULL);
  DubEpoch found = { 0 };
  gint64 number = 0, n_validation = 0, n_correct = 0;

  if (parser == NULL)
    return FALSE;

  JsonObject *root = dub_json_root (parser);

  if (!dub_json_read_int (root, "epoch", "", TRUE, 1, G_MAXINT, &number, NULL) ||
      !read_value (root, "rate", &found.rate) ||
      !read_side (root, "train", &found.train_loss, &found.train_accuracy, &found.train_ece) ||
      !read_side (root, "validation", &found.validation_loss, &found.validation_accuracy, &found.validation_ece) ||
      !read_value (root, "cases_per_second", &found.cases_per_second) ||
      !read_value (root, "seconds", &found.seconds) ||
      !dub_json_read_boolean (root, "one_class", "", FALSE, &found.one_class, NULL) ||
      !dub_json_read_boolean (root, "best", "", FALSE, &found.best, NULL))
    return FALSE;

  JsonObject *validation = json_object_get_object_member (root, "validation");

  if (!read_value (validation, "auroc", &found.validation_auroc) ||
      !dub_json_read_int (validation, "n", "", FALSE, 0, G_MAXINT, &n_validation, NULL) ||
      !dub_json_read_int (validation, "correct", "", FALSE, 0, n_validation, &n_correct, NULL))
    return FALSE;
  found.epoch = (guint) number;
  found.n_validation = (guint) n_validation;
  found.n_validation_correct = (guint) n_correct;
  *epoch = found;

  return TRUE;
}

/* --- the file --- */

GArray *
dub_run_log_read (const char  *folder,
                  GError     **error)
{
  g_autofree char *file = g_build_filename (folder, "log.jsonl", NULL);
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (DubEpoch));

  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&epochs);

  g_autoptr (GBytes) bytes = dub_file_read (file, LARGEST_LOG, error);

  if (bytes == NULL)
    return NULL;

  gsize n;
  const char *text = g_bytes_get_data (bytes, &n);

  /* What stands behind the last newline is a line that is being written, or that was torn. */
  for (const char *end; n > 0 && (end = memchr (text, '\n', n)) != NULL;) {
    size_t length = (size_t) (end - text);
    DubEpoch epoch;

    if (length > 0 && dub_run_log_parse (text, length, &epoch) && epoch.epoch == epochs->len + 1)
      g_array_append_val (epochs, epoch);
    text = end + 1;
    n -= length + 1;
  }

  return g_steal_pointer (&epochs);
}

static gboolean
io_error (GError     **error,
          const char  *file,
          const char  *what)
{
  int code = errno;
  g_autofree char *shown = g_filename_display_name (file);

  g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be %s: %s.", shown, what, g_strerror (code));

  return FALSE;
}

gboolean
dub_run_log_append (const char      *folder,
                    const DubEpoch  *epoch,
                    GError         **error)
{
  g_autofree char *file = g_build_filename (folder, "log.jsonl", NULL);
  g_autofree char *line = dub_run_log_line (epoch);
  int fd = g_open (file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  size_t n = strlen (line);
  const char *text = line;

  if (fd < 0)
    return io_error (error, file, "opened for writing");
  while (n > 0) {
    ssize_t written = write (fd, text, n);

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      io_error (error, file, "written");
      close (fd);
      return FALSE;
    }
    text += written;
    n -= (size_t) written;
  }
  if (close (fd) != 0)
    return io_error (error, file, "written");

  return TRUE;
}

gboolean
dub_run_log_cut (const char  *folder,
                 guint        n_epochs,
                 GError     **error)
{
  g_autofree char *file = g_build_filename (folder, "log.jsonl", NULL);
  g_autoptr (GArray) epochs = dub_run_log_read (folder, error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (epochs == NULL)
    return FALSE;
  for (guint i = 0; i < MIN (n_epochs, epochs->len); i++) {
    g_autofree char *line = dub_run_log_line (&g_array_index (epochs, DubEpoch, i));

    g_string_append (text, line);
  }

  return dub_file_write_atomic (file, text->str, text->len, error);
}

/* --- the lock --- */

/* Who holds the lock stands in it, so that a window which did not start a run can still stop it. Without the number
 * the lock is as good as with it. */
static void
write_owner (int fd)
{
  g_autofree char *text = g_strdup_printf ("%ld\n", (long) getpid ());
  size_t n = strlen (text);

  if (ftruncate (fd, 0) != 0 || pwrite (fd, text, n, 0) != (ssize_t) n)
    return;
}

int
dub_run_lock (const char  *folder,
              GError     **error)
{
  g_autofree char *file = g_build_filename (folder, "lock", NULL);
  int fd = g_open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

  if (fd < 0) {
    io_error (error, file, "opened");
    return -1;
  }
  for (int i = 0; i < LOCK_TRIES; i++) {
    if (flock (fd, LOCK_EX | LOCK_NB) == 0) {
      write_owner (fd);
      return fd;
    }
    if (errno != EWOULDBLOCK && errno != EINTR)
      break;
    g_usleep (LOCK_PAUSE_US);
  }
  if (errno == EWOULDBLOCK)
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "Another process is training in %s; wait for it, or stop it first.",
                 folder);
  else
    io_error (error, file, "locked");
  close (fd);

  return -1;
}

void
dub_run_unlock (int lock)
{
  /* Closing gives the lock back; the file stays, as removing it would let two processes hold two locks. */
  if (lock >= 0)
    close (lock);
}

int
dub_run_lock_owner (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "lock", NULL);
  char text[24] = "";

  if (!dub_run_is_locked (folder))
    return 0;

  int fd = g_open (file, O_RDONLY | O_CLOEXEC, 0);
  ssize_t n = fd >= 0 ? read (fd, text, sizeof text - 1) : -1;

  if (fd >= 0)
    close (fd);

  gint64 owner = n > 0 ? g_ascii_strtoll (text, NULL, 10) : 0;

  return owner > 1 && owner <= G_MAXINT ? (int) owner : 0;
}

gboolean
dub_run_is_locked (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "lock", NULL);
  int fd = g_open (file, O_RDONLY | O_CLOEXEC, 0);
  gboolean held;

  if (fd < 0)
    return FALSE;
  held = flock (fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close (fd);

  return held;
}
