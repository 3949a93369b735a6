#!/usr/bin/python3
"""Trajectories of training in double precision, by PyTorch's automatic differentiation and its optimisers.

    make_trajectory_reference.py OUT.npz

1. Fifty steps of a small network (convolution, batch normalisation, rectifier, dense layer) for every loss with Adam and
   every optimiser with cross-entropy: "<name>.losses" before every update, "<name>.<parameter>" at the end.
2. Five steps of ResNet-18 with four feature maps in its first stage, by Adam and by SGD: losses, and of every parameter
   its Euclidean norm, its projection on the formula below and (of the small ones) all its numbers at the end.

Weights and images come from a formula that the test computes as well, so that only results are recorded. The losses are
written here from their equations; cross-entropy, optimisers and clipping are PyTorch's own.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

from rng import Rng

N, SIZE, CHANNELS, CLASSES, BATCHES, STEPS = 8, 8, 4, 3, 5, 50
CLASS_WEIGHTS = [0.5, 1.0, 2.25]
BETA = {'plain': {}, 'weighted': {'weights': True}, 'smoothing': {'smoothing': 0.1},
        'weighted-smoothing': {'weights': True, 'smoothing': 0.2}, 'dca': {'dca': 10.0}, 'entropy': {'entropy': 0.3},
        'penalty': {'entropy': -0.3}, 'mmce': {'mmce': 0.5}, 'mixup': {'mixup': 0.4},
        'all': {'weights': True, 'smoothing': 0.05, 'dca': 2.0, 'entropy': -0.1, 'mmce': 1.0, 'mixup': 1.0}}
OPTIMISERS = {
    'sgd': lambda p: torch.optim.SGD(p, lr=0.02),
    'sgd-decay': lambda p: torch.optim.SGD(p, lr=0.02, weight_decay=0.05),
    'momentum': lambda p: torch.optim.SGD(p, lr=0.005, momentum=0.9, weight_decay=0.01),
    'nesterov': lambda p: torch.optim.SGD(p, lr=0.005, momentum=0.9, nesterov=True),
    'adam-decay': lambda p: torch.optim.Adam(p, lr=0.003, weight_decay=0.05),
    'adam-betas': lambda p: torch.optim.Adam(p, lr=0.003, betas=(0.7, 0.95), eps=1e-4),
    'adamw': lambda p: torch.optim.AdamW(p, lr=0.003, weight_decay=0.5),
    'clipped': lambda p: torch.optim.SGD(p, lr=0.05),
}
CLIP = {'clipped': 0.5}


def hashed(stream, n):
    """n numbers in [-1, 1), exact in double precision."""
    mask = 0xffffffff
    h = (np.arange(n, dtype=np.uint64) * 2654435761 + stream * 40503 + 12345) & mask
    h ^= h >> 16
    h = h * 2246822519 & mask
    h ^= h >> 13
    h = h * 3266489917 & mask
    h ^= h >> 16
    return h.astype(np.float64) / 2.0**31 - 1.0


def filled(stream, shape, scale, shift=0.0):
    values = (shift + scale * hashed(stream, int(np.prod(shape)))).astype(np.float32)
    return torch.from_numpy(values.reshape(shape)).double().requires_grad_(True)


def confidences(z, right):
    r = torch.softmax(z, 1).max(1).values
    return r[right], r[~right]


def kernel_sum(a, b, x, y):
    """Of eq. 10: the sum over all pairs of x_i y_j k (a_i, b_j)."""
    return (x[:, None] * y[None] * torch.exp(-(a[:, None] - b[None]).abs() / 0.4)).sum()


def mmce(z, right):
    a, b = confidences(z, right)
    square = 0.0
    if len(b):
        square = square + kernel_sum(b, b, b, b) / len(b)**2
    if len(a):
        square = square + kernel_sum(a, a, 1 - a, 1 - a) / len(a)**2
    if len(a) and len(b):
        square = square - 2 * kernel_sum(a, b, 1 - a, b) / (len(a) * len(b))
    return square.sqrt()


def loss_of(z, y, second, share, options):
    weights = torch.tensor(CLASS_WEIGHTS, dtype=torch.float64) if options.get('weights') else None
    entropy = lambda t: F.cross_entropy(z, t, weight=weights, label_smoothing=options.get('smoothing', 0.0))
    answer = z.argmax(1)
    total = share * entropy(y) + (1 - share) * entropy(second) if second is not None else entropy(y)
    correct = (answer == y).double()
    if second is not None:
        correct = share * correct + (1 - share) * (answer == second).double()
    p = torch.softmax(z, 1)
    if 'dca' in options:
        total = total + options['dca'] * (correct.mean() - p.max(1).values.mean()).abs()
    if 'entropy' in options:
        total = total + options['entropy'] * -(p * torch.log_softmax(z, 1)).sum(1).mean()
    if 'mmce' in options:
        total = total + options['mmce'] * mmce(z, correct >= 0.5)
    return total


def images(k):
    return torch.from_numpy(hashed(100 + k, N * SIZE * SIZE).astype(np.float32).reshape(N, 1, SIZE, SIZE)).double()


def labels(k, n, n_classes):
    return torch.from_numpy(np.floor((hashed(200 + k, n) + 1) / 2 * n_classes).astype(np.int64))


def small_trajectory(name, options, optimiser, arrays):
    p = {'conv.weight': filled(1, (CHANNELS, 1, 3, 3), 0.5), 'norm.weight': filled(2, (CHANNELS,), 0.2, 1.0),
         'norm.bias': filled(3, (CHANNELS,), 0.2), 'dense.weight': filled(4, (CLASSES, CHANNELS * SIZE * SIZE), 0.1),
         'dense.bias': filled(5, (CLASSES,), 0.1)}
    optimiser = optimiser(p.values())
    losses = []
    for step in range(STEPS):
        x, y = images(step % BATCHES), labels(step % BATCHES, N, CLASSES)
        second, share = None, 1.0
        if options.get('mixup'):
            share, order = Rng(step, 'mixup', N).mixup(options['mixup'], N)
            x, second = share * x + (1 - share) * x[order], y[order]
        x = F.conv2d(x, p['conv.weight'], padding=1)
        x = F.batch_norm(x, None, None, p['norm.weight'], p['norm.bias'], training=True, eps=1e-5)
        z = F.linear(F.relu(x).flatten(1), p['dense.weight'], p['dense.bias'])
        loss = loss_of(z, y, second, share, options)
        losses.append(float(loss))
        optimiser.zero_grad()
        loss.backward()
        if name in CLIP:
            torch.nn.utils.clip_grad_norm_(p.values(), CLIP[name])
        optimiser.step()
    arrays[name + '.losses'] = np.array(losses)
    arrays.update({f'{name}.{k}': v.detach().numpy().astype(np.float32) for k, v in p.items()})
    print(f'{name:20s} {losses[0]:.4f} {losses[9]:.4f} {losses[24]:.4f} {losses[-1]:.4f}')


WIDTH, SIDE, CASES, RESNET_STEPS = 4, 12, 4, 5


class ResNet:
    """ResNet-18 for small images, with the names of core/nn/arch.c."""

    def __init__(self):
        self.p = {}
        self.margin = np.inf  # smallest distance of a rectifier's input from its kink

    def get(self, name, shape, scale, shift=0.0):
        if name not in self.p:
            self.p[name] = filled(1000 + len(self.p), shape, scale, shift)
        return self.p[name]

    def conv(self, name, x, n_out, kernel, stride):
        n_in = x.shape[1]
        w = self.get(name + '.weight', (n_out, n_in, kernel, kernel), (6.0 / (n_in * kernel * kernel))**0.5)
        return F.conv2d(x, w, stride=stride, padding=kernel // 2)

    def norm(self, name, x):
        w, b = self.get(name + '.weight', (x.shape[1],), 0.2, 1.0), self.get(name + '.bias', (x.shape[1],), 0.2)
        return F.batch_norm(x, None, None, w, b, training=True, eps=1e-5)

    def relu(self, x):
        self.margin = min(self.margin, float(x.detach().abs().min()))
        return F.relu(x)

    def __call__(self, x):
        x = self.relu(self.norm('stem_norm', self.conv('stem', x, WIDTH, 3, 1)))
        for stage in range(4):
            for block in range(2):
                name, n_out, stride = f'stage{stage + 1}.{block}', WIDTH << stage, 2 if stage and not block else 1
                y = self.relu(self.norm(name + '.norm1', self.conv(name + '.conv1', x, n_out, 3, stride)))
                y = self.norm(name + '.norm2', self.conv(name + '.conv2', y, n_out, 3, 1))
                if stride != 1 or x.shape[1] != n_out:
                    x = self.norm(name + '.shortcut_norm', self.conv(name + '.shortcut', x, n_out, 1, stride))
                x = self.relu(x + y)
        w = self.get('logits.weight', (CLASSES, x.shape[1]), 0.5)
        return F.linear(x.mean((2, 3)), w, self.get('logits.bias', (CLASSES,), 0.1))


def resnet_trajectory(name, stream, optimiser, options, arrays):
    net = ResNet()
    batch = lambda k: torch.from_numpy(hashed(stream + k, CASES * SIDE * SIDE).astype(np.float32)
                                       .reshape(CASES, 1, SIDE, SIDE)).double()
    net(batch(0))
    optimiser = optimiser(net.p.values())
    losses = []
    for step in range(RESNET_STEPS):
        loss = loss_of(net(batch(step)), labels(50 + step, CASES, CLASSES), None, 1.0, options)
        losses.append(float(loss))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    arrays[name + '.losses'] = np.array(losses)
    for i, (k, v) in enumerate(net.p.items()):
        flat = v.detach().numpy().reshape(-1)
        arrays[f'{name}.{k}.measures'] = np.array([np.sqrt((flat**2).sum()), (flat * hashed(9000 + i, len(flat))).sum()])
        if len(flat) <= 160:
            arrays[f'{name}.{k}'] = flat.astype(np.float32)
    # Single precision may fall on the other side of a kink that is nearer: other images then.
    assert net.margin > 5e-5, net.margin
    print(name, losses, net.margin)


def main(out):
    torch.set_num_threads(1)
    arrays = {}
    for name, options in BETA.items():
        small_trajectory(name, options, lambda p: torch.optim.Adam(p, lr=0.003), arrays)
    for name, optimiser in OPTIMISERS.items():
        small_trajectory(name, {}, optimiser, arrays)
    resnet_trajectory('resnet-adam', 2386, lambda p: torch.optim.Adam(p, lr=0.001), {}, arrays)
    resnet_trajectory('resnet-sgd', 648, lambda p: torch.optim.SGD(p, lr=0.002, momentum=0.9, weight_decay=5e-4), {'dca': 10.0},
                      arrays)
    np.savez_compressed(out, **arrays)


if __name__ == '__main__':
    main(sys.argv[1])
