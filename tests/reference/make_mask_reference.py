#!/usr/bin/python3
"""Trajectories of the mask optimiser in double precision, by PyTorch's automatic differentiation.

    make_mask_reference.py OUT.npz

A small 3-D network with random weights, two random images, and a few settings of the mask: energies of
m_0 ... m_N (total, score, area, smoothness) and the final mask of each. The definitions are those of
core/explain/mask.h; nothing of the C code is used. Everything that the test feeds to the network is
rounded to float32 before it is used here.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

SHAPE = (12, 14, 12)
SETTINGS = {
    # name: images, lambda1, lambda2, beta1, beta2, norm, step, iterations, grid, start, replacement, class
    'one': dict(images=[0], l1=2.0, l2=1.0, b1=1.0, b2=3.0, norm='mean', step=0.05, n=30, grid=1, start=1.0, fill='one', c=1),
    'set': dict(images=[0, 1], l1=2e-4, l2=1e-4, b1=1.0, b2=2.0, norm='sum', step=0.05, n=30, grid=1, start=1.0, fill='zero', c=1),
    'grid': dict(images=[1], l1=1.0, l2=3.0, b1=2.0, b2=3.0, norm='mean', step=0.05, n=30, grid=3, start=0.5, fill='mean', c=1),
    'file': dict(images=[0], l1=1.0, l2=0.5, b1=1.5, b2=2.5, norm='mean', step=0.05, n=30, grid=2, start=0.9, fill='file', c=1),
}


def network(weights, x):
    x = F.max_pool3d(F.leaky_relu(F.conv3d(x, weights['conv1.weight'], weights['conv1.bias'], padding=1), 0.01), 2)
    x = F.max_pool3d(F.leaky_relu(F.conv3d(x, weights['conv2.weight'], weights['conv2.bias'], padding=1), 0.01), 2)
    return F.linear(x.flatten(1), weights['dense.weight'], weights['dense.bias'])


def interpolation(n, g):
    """[n, nodes]: node i lies on voxel i g."""
    nodes = -(-(n - 1) // g) + 1
    matrix = torch.zeros(n, nodes, dtype=torch.float64)
    for x in range(n):
        left = min(x // g, nodes - 2)
        t = (x - left * g) / g
        matrix[x, left] += 1 - t
        matrix[x, left + 1] += t
    return matrix


def power(s, exponent):
    """s ** exponent with value and slope 0 at 0."""
    positive = s > 0
    return torch.where(positive, torch.where(positive, s, torch.ones_like(s)) ** exponent, torch.zeros_like(s))


def trajectory(weights, images, reference, settings):
    axes = [interpolation(n, settings['grid']) for n in SHAPE] if settings['grid'] > 1 else None
    shape = [a.shape[1] for a in axes] if axes else SHAPE
    nodes = torch.full(shape, settings['start'], dtype=torch.float64, requires_grad=True)
    first = torch.zeros_like(nodes)
    second = torch.zeros_like(nodes)
    reduce = torch.mean if settings['norm'] == 'mean' else torch.sum
    rows = []

    for k in range(settings['n'] + 1):
        m = torch.einsum('zk,yj,xi,kji->zyx', *axes, nodes) if axes else nodes
        score = 0
        for i in settings['images']:
            x = images[i]
            r = {'one': 1.0, 'zero': 0.0, 'mean': x.mean(), 'file': reference}[settings['fill']]
            p = F.softmax(network(weights, (m * x + (1 - m) * r)[None, None]), 1)[0, settings['c']]
            score = score + p / len(settings['images'])
        # |0| has slope 0 in PyTorch, as the definition wants it.
        distance = torch.abs(1 - m) if settings['b1'] == 1.0 else power(torch.abs(1 - m), settings['b1'])
        area = settings['l1'] * reduce(distance)
        square = torch.zeros_like(m)
        for axis in range(3):
            d = torch.diff(m, dim=axis, append=m.narrow(axis, SHAPE[axis] - 1, 1))
            square = square + d * d
        smooth = settings['l2'] * reduce(power(square, settings['b2'] / 2))
        total = score + area + smooth
        rows.append([float(total), float(score), float(area), float(smooth)])
        if k == settings['n']:
            return np.array(rows), m.detach().numpy().astype(np.float32)

        gradient, = torch.autograd.grad(total, nodes)
        t = k + 1
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient ** 2
        move = settings['step'] / (1 - 0.9 ** t) * first / (torch.sqrt(second) / np.sqrt(1 - 0.999 ** t) + 1e-8)
        nodes = (nodes.detach() - move).clamp(0, 1).requires_grad_(True)


def main(out):
    torch.manual_seed(3)
    torch.set_num_threads(1)
    rounded = lambda *shape, scale: (torch.randn(*shape) * scale).float()
    dense = 8 * 3 * 3 * 3
    weights = {
        'conv1.weight': rounded(4, 1, 3, 3, 3, scale=0.4), 'conv1.bias': rounded(4, scale=0.1),
        'conv2.weight': rounded(8, 4, 3, 3, 3, scale=0.2), 'conv2.bias': rounded(8, scale=0.1),
        'dense.weight': rounded(3, dense, scale=0.25), 'dense.bias': rounded(3, scale=0.1),
    }
    images = torch.rand(2, *SHAPE).float()
    reference = torch.rand(*SHAPE).float()
    arrays = {k: v.numpy() for k, v in weights.items()}
    arrays.update(images=images.numpy(), reference=reference.numpy())
    # The class that the network sees in both images, so that there is something to take away.
    double = {k: v.double() for k, v in weights.items()}
    logits = network(double, images.double()[:, None])
    chosen = int(logits.mean(0).argmax())
    arrays['class'] = np.array([chosen], np.int64)
    for name, settings in SETTINGS.items():
        settings['c'] = chosen
        rows, mask = trajectory(double, images.double(), reference.double(), settings)
        arrays['trace_' + name] = rows
        arrays['mask_' + name] = mask
        print(name, 'first', rows[0], 'last', rows[-1], 'mask', mask.min(), mask.mean())
    np.savez_compressed(out, **arrays)


if __name__ == '__main__':
    main(sys.argv[1])
