/* run.json: all that is needed to repeat a run, and how it ended.
 *
 *   { "format": "dubito-run", "format_version": 1, "version": "0.1.0", "id": "ce-f1", "family": "ce", "fold": 1,
 *     "recipe": {…}, "classes": ["…"], "input": [1, 28, 28], "architecture": "ResNet-18, width 16", "parameters": 698,
 *     "backbone_hash": "…"?,
 *     "data": {"kind", "name", "hash"}, "split_hash": "…", "prepare": {…},
 *     "done": false, "best_epoch": 0, "failure": "…"? }
 */
#pragma once

#include "core/data/prepare.h"
#include "core/train/recipe.h"

G_BEGIN_DECLS

typedef struct {
  char       *id;
  char       *family;
  int         fold;
  DubRecipe  *recipe;
  GPtrArray  *classes;      /* of char * */
  DubShape    input;        /* of one prepared case */
  char       *architecture; /* for a person */
  size_t      n_parameters;
  char       *backbone_hash; /* (nullable): SHA-256 of the ONNX file of a frozen backbone */
  char       *data_kind;
  char       *data_name;
  char       *data_hash;
  char       *split_hash;
  DubPrepare  prepare;
  char       *version;      /* of the software */
  gboolean    done;
  guint       best_epoch;   /* from 1; 0 = none yet */
  char       *failure;      /* (nullable) */
} DubRunRecord;

DubRunRecord *dub_run_record_new  (void);
void          dub_run_record_free (DubRunRecord        *self);
/* Strict; messages name the file and the member. */
G_GNUC_WARN_UNUSED_RESULT
DubRunRecord *dub_run_record_load (const char          *folder,
                                   GError             **error);
/* Atomic. */
gboolean      dub_run_record_save (const DubRunRecord  *self,
                                   const char          *folder,
                                   GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRunRecord, dub_run_record_free)

G_END_DECLS
