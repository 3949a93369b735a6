#!/usr/bin/python3
"""Heatmaps of small ensembles, by PyTorch's automatic differentiation.

    make_heatmap_reference.py OUT.npz

"picture" are three 2-D networks with a residual block, three channels in and three classes out; "volume" two 3-D networks
with two classes. Each is exported to ONNX by PyTorch (the bytes are the array NAME.M.onnx). Arrays, computed in double
precision and rounded to float32:

    NAME.x                    the image
    NAME.gradient.probability dp/dx of class 1, p the mean over the networks of softmax, summed over channels
    NAME.gradient.entropy     dH/dx of the mean's entropy
    NAME.ig                   integrated gradients of p from 0, midpoints of 16 steps
    NAME.gap                  their sum less p(x) - p(0)
    NAME.gradcam              Grad-CAM of the logit of class 1 on the last maps before pooling, mean over the networks
    NAME.gradcam_sd           SD over the networks of their Grad-CAM, each divided by its maximum
    NAME.occlusion            loss of p under windows of 4 with a stride of 3, replaced by 0, the last ending with the image
"""
import io
import itertools
import sys
import warnings

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

CLASS, STEPS, WINDOW, STRIDE = 1, 16, 4, 3


class Picture(nn.Module):
    shape = (1, 3, 14, 11)

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.conv1 = nn.Conv2d(6, 8, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.short = nn.Conv2d(6, 8, 1, stride=2)
        self.dense = nn.Linear(8, 3)

    def maps(self, x):
        x = F.silu(self.norm(self.stem(x)))
        return F.elu(self.conv2(torch.tanh(self.conv1(x))) + self.short(x))

    def head(self, maps):
        return self.dense(maps.mean((2, 3)))


class Volume(nn.Module):
    shape = (1, 1, 9, 12, 10)

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv3d(1, 4, 3, padding=1)
        self.conv2 = nn.Conv3d(4, 6, 3, padding=1)
        self.dense1 = nn.Linear(6 * 2 * 3 * 2, 5)
        self.dense2 = nn.Linear(5, 2)

    def maps(self, x):
        return torch.tanh(self.conv2(F.avg_pool3d(torch.tanh(self.conv1(x)), 2)))

    def head(self, maps):
        return self.dense2(torch.tanh(self.dense1(F.avg_pool3d(maps, 2).flatten(1))))


def forward(self, x):
    return self.head(self.maps(x))


Picture.forward = Volume.forward = forward


def mean_probability(models, x):
    return torch.stack([m(x).softmax(1) for m in models]).mean(0)


def entropy(p):
    return -(p * p.log()).sum(1)


def gradient(function, x):
    x = x.clone().requires_grad_()
    function(x).sum().backward()
    return x.grad


def integrated(function, x):
    total = sum(gradient(function, x * ((s + 0.5) / STEPS)) for s in range(STEPS)) / STEPS * x
    return total, total.sum() - (function(x) - function(0 * x))


def gradcam(model, x):
    maps = model.maps(x).detach().requires_grad_()
    model.head(maps)[0, CLASS].backward()
    axes = tuple(range(2, maps.dim()))
    cam = (maps.grad.mean(axes, keepdim=True) * maps.detach()).sum(1, keepdim=True).clamp(min=0)
    return F.interpolate(cam, x.shape[2:], mode='bilinear' if x.dim() == 4 else 'trilinear', align_corners=False)[0, 0]


def starts(extent):
    return list(range(0, extent - WINDOW, STRIDE)) + [extent - WINDOW]


def occlusion(function, x):
    total, count = torch.zeros(x.shape[2:], dtype=torch.float64), torch.zeros(x.shape[2:], dtype=torch.float64)
    whole = function(x)
    for corner in itertools.product(*map(starts, x.shape[2:])):
        window = tuple(slice(c, c + WINDOW) for c in corner)
        changed = x.clone()
        changed[(slice(None), slice(None)) + window] = 0
        total[window] += (whole - function(changed)).item()
        count[window] += 1
    return total / count


def record(name, models, arrays):
    x = torch.randn(*models[0].shape, dtype=torch.float64).float().double()
    arrays[f'{name}.x'] = x
    for index, model in enumerate(models):
        model.double().eval()
        with torch.no_grad():
            for module in model.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.running_mean.normal_(0, 0.3)
                    module.running_var.uniform_(0.5, 1.5)
            for tensor in list(model.parameters()) + [b for b in model.buffers() if b.is_floating_point()]:
                tensor.copy_((2 * tensor if tensor.dim() > 1 else tensor).float().double())
        file = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            torch.onnx.export(model.float(), x.float(), file, input_names=['x'], output_names=['y'], opset_version=13,
                              dynamic_axes={'x': {0: 'N'}, 'y': {0: 'N'}}, do_constant_folding=False)
        arrays[f'{name}.{index}.onnx'] = np.frombuffer(file.getvalue(), np.uint8)
        model.double()

    def p(image):
        return mean_probability(models, image)[:, CLASS]

    cams = [gradcam(model, x) for model in models]
    path, gap = integrated(p, x)
    arrays[f'{name}.gradient.probability'] = gradient(p, x).sum(1)[0]
    arrays[f'{name}.gradient.entropy'] = gradient(lambda image: entropy(mean_probability(models, image)), x).sum(1)[0]
    arrays[f'{name}.ig'] = path.sum(1)[0].detach()
    arrays[f'{name}.gap'] = gap.detach().reshape(1)
    arrays[f'{name}.gradcam'] = torch.stack(cams).mean(0)
    arrays[f'{name}.gradcam_sd'] = torch.stack([cam / cam.max() for cam in cams]).std(0, unbiased=False)
    with torch.no_grad():
        arrays[f'{name}.occlusion'] = occlusion(p, x)
    print(name, 'p', p(x).item(), 'gap', gap.item(), 'cams', [cam.max().item() for cam in cams])


def main():
    torch.manual_seed(11)
    torch.set_num_threads(1)
    arrays = {}
    record('picture', [Picture() for _ in range(3)], arrays)
    record('volume', [Volume() for _ in range(2)], arrays)
    np.savez_compressed(sys.argv[1], **{k: v if isinstance(v, np.ndarray) else v.detach().numpy().astype(np.float32)
                                        for k, v in arrays.items()})


if __name__ == '__main__':
    main()
