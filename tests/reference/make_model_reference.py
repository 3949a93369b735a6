#!/usr/bin/python3
"""What PyTorch, in double precision, makes of the shared models.

    make_model_reference.py SHARED OUT.npz

SHARED is the folder of shared data (models/, atrophy/). The models are read with ONNX's own library and run by the
few lines below. For each there is an input, or the name of a volume; the outputs; and the gradient of one output
with respect to the input, for volumes at every 997th voxel in C order.
"""
import os
import sys

import nibabel as nib
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

STRIDE = 997


def window_pads(attributes, axes):
    if attributes.get('auto_pad', b'NOTSET') == b'SAME_UPPER':
        pads = [(k - 1) // 2 for k in attributes['kernel_shape']] * 2  # odd windows, step 1
    else:
        pads = attributes.get('pads', [0] * 2 * axes)
    return [p for axis in reversed(range(axes)) for p in (pads[axis], pads[axis + axes])]


def evaluate(node, inputs, attributes):
    x = inputs[0]
    axes = x.dim() - 2
    if node.op_type == 'Conv':
        conv = {2: F.conv2d, 3: F.conv3d}[axes]
        return conv(F.pad(x, window_pads(attributes, axes)), *inputs[1:], stride=attributes.get('strides', [1] * axes),
                    dilation=attributes.get('dilations', [1] * axes), groups=attributes.get('group', 1))
    if node.op_type == 'MaxPool':
        pool = {2: F.max_pool2d, 3: F.max_pool3d}[axes]
        return pool(F.pad(x, window_pads(attributes, axes), value=-float('inf')), attributes['kernel_shape'],
                    attributes.get('strides', [1] * axes))
    if node.op_type == 'Gemm':
        a = x.t() if attributes.get('transA') else x
        b = inputs[1].t() if attributes.get('transB') else inputs[1]
        return attributes.get('alpha', 1.0) * a @ b + attributes.get('beta', 1.0) * inputs[2]
    return {'LeakyRelu': lambda: F.leaky_relu(x, attributes.get('alpha', 0.01)), 'Relu': lambda: F.relu(x),
            'Flatten': lambda: x.flatten(attributes.get('axis', 1)),
            'Reshape': lambda: x.reshape(inputs[1].tolist())}[node.op_type]()


def run(path, x):
    graph = onnx.load(path).graph
    values = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    values = {k: v.double() if v.is_floating_point() else v for k, v in values.items()}
    values[next(i.name for i in graph.input if i.name not in values)] = x
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = evaluate(node, [values[name] for name in node.input], attributes)
    return values[graph.output[0].name]


def record(arrays, name, path, x, k):
    x.requires_grad_()
    y = run(path, x)
    y[0, k].backward()
    arrays[name + '.y'] = y.detach().numpy()
    return x.grad.numpy()


def main():
    shared, out = sys.argv[1:]
    arrays = {}
    x = np.random.default_rng(3).random((1, 1, 28, 28)).astype(np.float32)
    arrays['digits.x'] = x
    arrays['digits.dx'] = record(arrays, 'digits', os.path.join(shared, 'models/wonnx_opt-mnist.onnx'),
                                 torch.from_numpy(x).double(), 3)
    for net, subject in (('cnn3d_fold0', 'sub-091_ad'), ('cnn3d_fold0', 'sub-090_cn'), ('cnn3d_fold1', 'sub-091_ad')):
        volume = nib.load(os.path.join(shared, 'atrophy', subject + '_gm.nii.gz')).get_fdata().astype(np.float32)
        name = f'{net}.{subject}'
        gradient = record(arrays, name, os.path.join(shared, 'atrophy', net + '.onnx'),
                          torch.from_numpy(volume).double()[None, None], 1)
        arrays[name + '.dx'] = gradient.ravel()[::STRIDE]
        arrays[name + '.largest'] = np.abs(gradient).max(keepdims=True).ravel()
    np.savez_compressed(out, **{k: np.asarray(v, np.float32) for k, v in arrays.items()})


if __name__ == '__main__':
    main()
