/* The graph: a network as it was written, before any input shape is known.
 *
 * Values are named edges; a value is a graph input, a constant (weights) or the
 * output of one node. Nodes stand in an order in which every input is produced
 * before it is read. A graph is built once and then only read, so plans of
 * several threads may share it; parameters alone are changed, by a trainer that
 * owns the graph.
 */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

typedef struct {
  char      *name;
  DubTensor *constant;     /* the numbers of an initialiser, or NULL */
  gboolean   is_parameter; /* a constant that training may change */
  int        producer;     /* index of the node, or -1 */
} DubValue;

typedef struct {
  const DubOp   *op;        /* NULL only in a graph that dub_graph_unsupported reports on */
  char          *op_name;
  char          *name;
  DubAttributes *attributes;
  int            n_inputs;
  int           *inputs;    /* [n_inputs] value indices, -1 = absent */
  int            n_outputs;
  int           *outputs;   /* [n_outputs] value indices, -1 = not named */
} DubNode;

/* A declared input; an extent of -1 is free (given by the data, e.g. the batch). */
typedef struct {
  int      value;
  DubDtype dtype;
  gboolean has_shape;
  DubShape shape;
} DubGraphInput;

typedef struct {
  gatomicrefcount ref_count;
  char          *name;      /* for messages: the file or a given name */
  int            opset;
  GArray        *values;    /* of DubValue */
  GPtrArray     *nodes;     /* of DubNode * */
  GArray        *inputs;    /* of DubGraphInput, initialisers not among them */
  GArray        *outputs;   /* of int, value indices */
} DubGraph;

DubGraph  *dub_graph_new           (const char    *name,
                                    int            opset);
DubGraph  *dub_graph_ref           (DubGraph      *self);
void       dub_graph_unref         (DubGraph      *self);

/* Building. Each returns the index of a value. Names are made unique by the caller. */
int        dub_graph_add_input     (DubGraph      *self,
                                    const char    *name,
                                    DubDtype       dtype,
                                    const DubShape *shape); /* NULL = unknown rank */
int        dub_graph_add_constant  (DubGraph      *self,
                                    const char    *name,
                                    DubTensor     *value,    /* (transfer none) */
                                    gboolean       is_parameter);
/* A value that a node added later produces. */
int        dub_graph_add_value     (DubGraph      *self,
                                    const char    *name);
/* Appends a node; takes @attributes (nullable). @op_name need not be in the table. */
void       dub_graph_add_node      (DubGraph      *self,
                                    const char    *op_name,
                                    const char    *name,
                                    DubAttributes *attributes,
                                    const int     *inputs,
                                    int            n_inputs,
                                    const int     *outputs,
                                    int            n_outputs);
/* One-output convenience: adds the value "name" and its node, returns the value. */
int        dub_graph_apply         (DubGraph      *self,
                                    const char    *op_name,
                                    const char    *name,
                                    const char    *attributes, /* dub_attributes_parse notation */
                                    const int     *inputs,
                                    int            n_inputs);
void       dub_graph_add_output    (DubGraph      *self,
                                    int            value);

DubValue  *dub_graph_value         (const DubGraph *self,
                                    int            value);
DubNode   *dub_graph_node          (const DubGraph *self,
                                    int            node);
int        dub_graph_find_value    (const DubGraph *self,
                                    const char    *name);  /* -1 = none */
int        dub_graph_n_values      (const DubGraph *self);
int        dub_graph_n_nodes       (const DubGraph *self);
int        dub_graph_n_inputs      (const DubGraph *self);
int        dub_graph_n_outputs     (const DubGraph *self);
const DubGraphInput *dub_graph_input (const DubGraph *self,
                                    int            input);
int        dub_graph_output        (const DubGraph *self,
                                    int            output);
/* Numbers of all constants that training may change or that a node reads as weights. */
size_t     dub_graph_n_parameters  (const DubGraph *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubGraph, dub_graph_unref)

G_END_DECLS
