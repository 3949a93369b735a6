#!/usr/bin/python3
"""Passes and training steps of two small networks, by PyTorch's automatic differentiation.

    make_network_reference.py OUT.npz

"plane" is a 2-D classifier, "space" a 3-D network with a skip connection and an upsampling path. Each is exported
to ONNX by PyTorch (the bytes are the array NAME.onnx), so that the test replays what a user would load. Arrays, all
computed in double precision and rounded to float32:

    NAME.x          the input
    NAME.y          the output, running statistics in use
    NAME.v          the derivative of a scalar with respect to y
    NAME.dx         its derivative with respect to x
    NAME.d.P        ... and to the parameter P
    NAME.t          target of L = 1/2 sum (y - t)^2
    NAME.loss       [steps + 1] L before each step of gradient descent, batch statistics in use, and after the last
    NAME.after.P    the parameter P after the last step
"""
import io
import sys
import warnings

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

STEPS = 4


class Plane(nn.Module):
    shape = (3, 3, 13, 10)
    rate = 0.02

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, padding=2, dilation=2, groups=2, bias=False)
        self.conv3 = nn.Conv2d(8, 6, (3, 1), stride=(2, 1), padding=(1, 0))
        self.dense = nn.Linear(6 * 3 * 2, 5)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.norm1(self.conv1(x))), 2)
        x = torch.sigmoid(self.conv2(x))
        x = F.avg_pool2d(torch.tanh(self.conv3(x)), (1, 2))
        return self.dense(x.flatten(1))


class Space(nn.Module):
    shape = (2, 2, 8, 6, 10)
    rate = 0.005

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv3d(2, 4, 3, padding=1, bias=False)
        self.norm1 = nn.InstanceNorm3d(4, affine=True)
        self.conv2 = nn.Conv3d(4, 6, 3, stride=2, padding=1)
        self.norm2 = nn.BatchNorm3d(6)
        self.prelu = nn.PReLU(6)
        self.up = nn.ConvTranspose3d(6, 3, 2, stride=2)
        self.conv3 = nn.Conv3d(4 + 3 + 6, 3, 1)

    def forward(self, x):
        a = F.leaky_relu(self.norm1(self.conv1(x)), 0.1)
        b = self.prelu(self.norm2(self.conv2(a)))
        wide = F.interpolate(b, scale_factor=2.0, mode='trilinear', align_corners=False)
        y = self.conv3(torch.cat([a, self.up(b), wide], 1))
        return torch.log_softmax(y, 1).mean((3, 4))


def round_to_float(tensor):
    return tensor.float().double()


def record(name, model, arrays):
    model.double().eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm3d)):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 1.5)
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.3)
        for tensor in list(model.parameters()) + [b for b in model.buffers() if b.is_floating_point()]:
            tensor.copy_(round_to_float(tensor))
    x = round_to_float(torch.randn(*model.shape, dtype=torch.float64))

    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(model.float(), x.float(), file, input_names=['x'], output_names=['y'], opset_version=13,
                          training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                          dynamic_axes={'x': {0: 'N'}, 'y': {0: 'N'}})
    arrays[f'{name}.onnx'] = np.frombuffer(file.getvalue(), np.uint8)
    model.double()

    x.requires_grad_()
    y = model(x)
    v = round_to_float(torch.randn_like(y))
    (y * v).sum().backward()
    arrays[f'{name}.x'] = x.detach()
    arrays[f'{name}.y'] = y.detach()
    arrays[f'{name}.v'] = v
    arrays[f'{name}.dx'] = x.grad
    for key, parameter in model.named_parameters():
        arrays[f'{name}.d.{key}'] = parameter.grad.clone()

    target = round_to_float(torch.randn_like(y))
    arrays[f'{name}.t'] = target
    model.train()
    losses = []
    for step in range(STEPS + 1):
        model.zero_grad()
        loss = 0.5 * ((model(x.detach()) - target) ** 2).sum()
        losses.append(loss.item())
        if step == STEPS:
            break
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= model.rate * parameter.grad
    arrays[f'{name}.loss'] = torch.tensor(losses)
    arrays[f'{name}.rate'] = torch.tensor([model.rate])
    for key, parameter in model.named_parameters():
        arrays[f'{name}.after.{key}'] = parameter.detach().clone()
    print(name, losses)


def main():
    torch.manual_seed(5)
    torch.set_num_threads(1)
    arrays = {}
    record('plane', Plane(), arrays)
    record('space', Space(), arrays)
    np.savez_compressed(sys.argv[1], **{k: v if isinstance(v, np.ndarray) else v.numpy().astype(np.float32)
                                        for k, v in arrays.items()})


if __name__ == '__main__':
    main()
