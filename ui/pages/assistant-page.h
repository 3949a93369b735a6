/* The assistant that makes a study of a data set: Data › Check › Train.
 *
 * Actions: assistant.back, assistant.next, assistant.cancel, assistant.change (back to the first step), assistant.choose-file,
 * assistant.choose-folder, assistant.choose-parent, assistant.add-patients, assistant.choose-networks,
 * assistant.forget-networks, assistant.choose-train-ids, assistant.skip-bad, assistant.demo-lesions,
 * assistant.make (write the study without training).
 * Signals: "cancelled"; "made" (folder, strv of arguments of `dubito-cli train` or NULL): the study was written;
 * "files" (list of GFile): what was chosen is for the window, as networks and volumes are.
 */
#pragma once

#include <adwaita.h>

#include "ui/model/new-study.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_ASSISTANT_PAGE (dub_assistant_page_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantPage, dub_assistant_page, DUB, ASSISTANT_PAGE, GtkWidget)

DubAssistantPage *dub_assistant_page_new        (DubSession       *session);
/* Begins anew. @path: (nullable): opened at once, and shown on the second step.
 * @networks: (nullable): ONNX files that are imported with it, instead of training */
void              dub_assistant_page_begin      (DubAssistantPage *self,
                                                 const char       *path,
                                                 const char *const *networks);
/* (transfer none) */
DubNewStudy      *dub_assistant_page_get_study  (DubAssistantPage *self);
/* Where the study's folder is made, instead of the person's documents. */
void              dub_assistant_page_set_parent (DubAssistantPage *self,
                                                 const char       *folder);
void              dub_assistant_page_set_drop_hover (DubAssistantPage *self,
                                                 gboolean          hover);

G_END_DECLS
