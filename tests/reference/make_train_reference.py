#!/usr/bin/python3
"""A few steps of training in double precision, by PyTorch's automatic differentiation.

    make_train_reference.py OUT.npz

A block of the kind that core/nn/arch.h builds (convolution, batch normalisation, leaky rectifier, pooling) and a
dense layer, trained by Adam on random batches: the loss before every update, all parameters and the running
statistics at the end. The running variance takes the population variance of a batch, as ONNX defines it
(PyTorch's own takes the sample variance, so it is computed here).
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

BATCH, CHANNELS, SIZE, CLASSES, STEPS = 4, 3, 8, 3, 10


def main(out):
    torch.manual_seed(5)
    torch.set_num_threads(1)
    make = lambda *shape, scale=1.0, shift=0.0: (torch.randn(*shape) * scale + shift).float()
    start = {
        'conv.weight': make(CHANNELS, 1, 3, 3, 3, scale=0.3),
        'norm.weight': make(CHANNELS, scale=0.1, shift=1.0),
        'norm.bias': make(CHANNELS, scale=0.1),
        'dense.weight': make(CLASSES, CHANNELS * (SIZE // 2) ** 3, scale=0.1),
        'dense.bias': make(CLASSES, scale=0.1),
    }
    batches = torch.rand(STEPS, BATCH, 1, SIZE, SIZE, SIZE).float()
    labels = torch.randint(0, CLASSES, (STEPS, BATCH))
    arrays = {'start_' + k: v.numpy() for k, v in start.items()}
    arrays.update(batches=batches.numpy(), labels=labels.numpy())

    p = {k: v.double().requires_grad_(True) for k, v in start.items()}
    optimiser = torch.optim.Adam(p.values(), lr=0.01)
    mean, var = torch.zeros(CHANNELS, dtype=torch.float64), torch.ones(CHANNELS, dtype=torch.float64)
    losses = []
    for k in range(STEPS):
        x = F.conv3d(batches[k].double(), p['conv.weight'], padding=1)
        batch_mean, batch_var = x.mean((0, 2, 3, 4)), x.var((0, 2, 3, 4), unbiased=False)
        mean, var = 0.9 * mean + 0.1 * batch_mean.detach(), 0.9 * var + 0.1 * batch_var.detach()
        x = F.batch_norm(x, None, None, p['norm.weight'], p['norm.bias'], training=True, eps=1e-5)
        x = F.max_pool3d(F.leaky_relu(x, 0.01), 2).flatten(1)
        loss = F.cross_entropy(F.linear(x, p['dense.weight'], p['dense.bias']), labels[k])
        losses.append(float(loss))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    arrays.update({'end_' + k: v.detach().numpy() for k, v in p.items()})
    arrays.update(end_mean=mean.numpy(), end_var=var.numpy(), losses=np.array(losses))
    print(losses)
    np.savez_compressed(out, **arrays)


if __name__ == '__main__':
    main(sys.argv[1])
