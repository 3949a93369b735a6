/* Attributes of a node: named integers, floats, strings, lists and tensors. */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct _DubAttributes DubAttributes;

DubAttributes *dub_attributes_new          (void);
void           dub_attributes_free         (DubAttributes       *self);

void           dub_attributes_set_int      (DubAttributes       *self,
                                            const char          *name,
                                            int64_t              value);
void           dub_attributes_set_float    (DubAttributes       *self,
                                            const char          *name,
                                            float                value);
void           dub_attributes_set_string   (DubAttributes       *self,
                                            const char          *name,
                                            const char          *value);
void           dub_attributes_set_ints     (DubAttributes       *self,
                                            const char          *name,
                                            const int64_t       *values,
                                            size_t               n_values);
void           dub_attributes_set_floats   (DubAttributes       *self,
                                            const char          *name,
                                            const float         *values,
                                            size_t               n_values);
void           dub_attributes_set_tensor   (DubAttributes       *self,
                                            const char          *name,
                                            DubTensor           *value);

/* "pads=1,1 alpha=0.2f mode=linear": the notation of operator test cases. */
G_GNUC_WARN_UNUSED_RESULT
DubAttributes *dub_attributes_parse        (const char          *text,
                                            GError             **error);

typedef enum {
  DUB_ATTRIBUTE_INT,
  DUB_ATTRIBUTE_FLOAT,
  DUB_ATTRIBUTE_STRING,
  DUB_ATTRIBUTE_INTS,
  DUB_ATTRIBUTE_FLOATS,
  DUB_ATTRIBUTE_TENSOR,
} DubAttributeKind;

/* Names of all attributes in alphabetical order: (transfer container), NULL-terminated. */
const char   **dub_attributes_names        (const DubAttributes *self);
/* Of an attribute that is there. */
DubAttributeKind dub_attributes_get_kind   (const DubAttributes *self,
                                            const char          *name);

gboolean       dub_attributes_has          (const DubAttributes *self,
                                            const char          *name);

/* Each getter returns the fallback where the attribute is absent or of another kind. */
int64_t        dub_attributes_get_int      (const DubAttributes *self,
                                            const char          *name,
                                            int64_t              fallback);
float          dub_attributes_get_float    (const DubAttributes *self,
                                            const char          *name,
                                            float                fallback);
const char    *dub_attributes_get_string   (const DubAttributes *self,
                                            const char          *name,
                                            const char          *fallback);
/* (transfer none): NULL and 0 where absent. */
const int64_t *dub_attributes_get_ints     (const DubAttributes *self,
                                            const char          *name,
                                            size_t              *n_values);
const float   *dub_attributes_get_floats   (const DubAttributes *self,
                                            const char          *name,
                                            size_t              *n_values);
DubTensor     *dub_attributes_get_tensor   (const DubAttributes *self,
                                            const char          *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubAttributes, dub_attributes_free)

G_END_DECLS
