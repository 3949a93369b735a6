/* Networks of the person's own, and what is known of each. */
#include "ui/model/new-study-private.h"

#include <string.h>

static void
clear_facts (DubNewStudy *self)
{
  for (guint i = 0; i < self->facts->len; i++)
    g_free (g_array_index (self->facts, DubNetworkFacts, i).train_ids);
  g_array_set_size (self->facts, 0);
}

void
_dub_new_study_forget_networks (DubNewStudy *self)
{
  clear_facts (self);
  g_clear_pointer (&self->networks, g_strfreev);
}

void
dub_new_study_set_networks (DubNewStudy       *self,
                            const char *const *paths)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));

  GStrv networks = paths != NULL && paths[0] != NULL ? g_strdupv ((char **) paths) : NULL;

  _dub_new_study_forget_networks (self);
  self->networks = networks;
  for (guint i = 0; networks != NULL && networks[i] != NULL; i++) {
    DubNetworkFacts facts = { .scaling = -1 };

    g_array_append_val (self->facts, facts);
  }
  _dub_new_study_try (self);
  _dub_new_study_changed (self);
}

const char *const *
dub_new_study_get_networks (DubNewStudy *self)
{
  return (const char *const *) self->networks;
}

void
dub_new_study_set_train_ids (DubNewStudy *self,
                             guint        index,
                             const char  *path)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));
  g_return_if_fail (index < self->facts->len);

  DubNetworkFacts *facts = &g_array_index (self->facts, DubNetworkFacts, index);

  if (self->making || g_strcmp0 (facts->train_ids, path) == 0)
    return;
  g_free (facts->train_ids);
  facts->train_ids = g_strdup (path);
  _dub_new_study_changed (self);
}

const char *
dub_new_study_get_train_ids (DubNewStudy *self,
                             guint        index)
{
  return index < self->facts->len ? g_array_index (self->facts, DubNetworkFacts, index).train_ids : NULL;
}

void
dub_new_study_set_own_scaling (DubNewStudy *self,
                               guint        index,
                               int          scaling)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));
  g_return_if_fail (index < self->facts->len);

  DubNetworkFacts *facts = &g_array_index (self->facts, DubNetworkFacts, index);

  if (self->making || facts->scaling == scaling)
    return;
  facts->scaling = scaling;
  _dub_new_study_changed (self);
}

int
dub_new_study_get_own_scaling (DubNewStudy *self,
                               guint        index)
{
  return index < self->facts->len ? g_array_index (self->facts, DubNetworkFacts, index).scaling : -1;
}
