#!/usr/bin/env python3
"""BreastMNIST with the defaults of `dubito-cli train`, and its twin in PyTorch, as a Markdown table.

    tests/bench/breastmnist-twin.py build/app/cli/dubito-cli --data ../shared/data/medmnist/breastmnist.npz

All 780 images are pooled and split anew for each split seed. The twin reads the split from the study's cases.csv and
the rest from its run.json: ResNet-18 of the same width with a 3x3 stem, He-normal weights, scaling, optimiser, schedule, batch,
epochs, kinds and ranges of augmentation, the epoch of the lowest validation loss, the mean of five networks' probabilities.
Weights, orders and augmentations are drawn by each side itself. Neither side looks at calibration or test before the end.
Stopped at any moment, the same command goes on where it was. Times are of the processor, on one thread each unless --threads
says otherwise: on a machine that others use, the clock measures the others.
"""
import argparse
import csv
import json
import math
import os
import resource
import subprocess
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)
        self.shortcut = nn.Sequential()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


def resnet18(width):
    layers, before = [nn.Conv2d(1, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()], width
    for stage in range(4):
        for block in range(2):
            layers.append(Block(before, width << stage, 2 if stage > 0 and block == 0 else 1))
            before = width << stage
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 2))
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, mode='fan_in', nonlinearity='relu')
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    return net


def augment(x):
    """Half are mirrored; up to 15 degrees, 10 % of the extents and 0.9 to 1.1 times as large; the border holds.

    A coin leaves half of the cases where they are, so that the network also sees images that no resampling has smoothed.
    """
    n = len(x)
    angle = (torch.rand(n) * 2 - 1) * math.radians(15)
    scale = 1 / (0.9 + 0.2 * torch.rand(n))
    mirror = 1 - 2 * (torch.rand(n) < 0.5).float()
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    # In units of half the extents, so 10 % of them are 0.2.
    shift = (torch.rand(n, 2) * 2 - 1) * 0.2
    theta = torch.stack([torch.stack([cos * mirror, -sin, shift[:, 0]], 1), torch.stack([sin * mirror, cos, shift[:, 1]], 1)], 1)
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    moved = F.grid_sample(x, grid, padding_mode='border', align_corners=False)
    still = torch.where(mirror[:, None, None, None] < 0, x.flip(3), x)
    return torch.where((torch.rand(n) < 0.5)[:, None, None, None], still, moved)


def train_twin(images, labels, fold, recipe):
    """The network of the best epoch on the validation fold."""
    train, validation = fold
    net = resnet18(recipe['width'])
    adam = torch.optim.Adam(net.parameters(), lr=recipe['rate'])
    batch, epochs = recipe['batch'], recipe['n_epochs']
    n_steps, step, best = epochs * -(-len(train) // batch), 0, (math.inf, None)
    for _ in range(epochs):
        net.train()
        order = train[torch.randperm(len(train))]
        for part in order.split(batch):
            adam.param_groups[0]['lr'] = recipe['rate'] * 0.5 * (1 + math.cos(math.pi * step / n_steps))
            adam.zero_grad()
            F.cross_entropy(net(augment(images[part])), labels[part]).backward()
            adam.step()
            step += 1
        net.eval()
        with torch.no_grad():
            loss = F.cross_entropy(net(images[validation]), labels[validation]).item()
        if loss < best[0]:
            best = loss, {name: value.clone() for name, value in net.state_dict().items()}
    net.load_state_dict(best[1])
    return net.eval()


def read_study(study):
    """Cases by their id, the recipe and the scaling, for each fold."""
    with open(os.path.join(study, 'cases.csv'), encoding='utf-8') as file:
        cases = [row for row in csv.DictReader(file) if row['part'] in ('train', 'calibration', 'test')]
    with open(os.path.join(study, 'models', 'ce-f0', 'run.json'), encoding='utf-8') as file:
        run = json.load(file)
    recipe = run['recipe']
    known = {'optimizer': 'adam', 'schedule': 'cosine', 'select_by': 'loss', 'augment': 'flip,shift,rotate,scale', 'weight_decay': 0.0,
             'warmup_epochs': 0, 'patience': 0, 'clip': 0.0, 'dropout': 0.0, 'class_weights': False}
    for member, value in known.items():
        if recipe[member] != value:
            sys.exit(f'The twin knows {member} {value} only; the recipe has {recipe[member]}.')
    return cases, recipe, run['prepare']


def twin(study, data):
    """AUROC, its interval, balanced accuracy and seconds of the PyTorch side."""
    cases, recipe, prepare = read_study(study)
    arrays = np.load(data)
    raw = np.stack([arrays[part + '_images'][int(i)] for part, i in (c['id'].rsplit('-', 1) for c in cases)])
    images = torch.from_numpy((raw.astype(np.float32) / 255 - prepare['mean'][0]) / prepare['sd'][0]).float()[:, None]
    labels = torch.tensor([int(c['label']) for c in cases])
    truth = [int(arrays[part + '_labels'].ravel()[int(i)]) for part, i in (c['id'].rsplit('-', 1) for c in cases)]
    assert truth == labels.tolist()
    of = lambda keep: torch.tensor([i for i, c in enumerate(cases) if keep(c)])
    test = of(lambda c: c['part'] == 'test')
    start, sum_of = time.process_time(), torch.zeros(len(test), 2)
    for fold in sorted({c['fold'] for c in cases if c['part'] == 'train'}):
        parts = (of(lambda c, f=fold: c['part'] == 'train' and c['fold'] != f),
                 of(lambda c, f=fold: c['part'] == 'train' and c['fold'] == f))
        net = train_twin(images, labels, parts, recipe)
        with torch.no_grad():
            sum_of += torch.softmax(net(images[test]), 1)
    seconds = time.process_time() - start
    answer, y = sum_of.argmax(1).numpy(), labels[test].numpy()
    auroc, low, high = delong(sum_of[:, 1].numpy() / 5, y)
    balanced = 0.5 * ((answer[y == 1] == 1).mean() + (answer[y == 0] == 0).mean())
    return {'auroc': auroc, 'low': low, 'high': high, 'balanced': float(balanced), 'seconds': seconds}


def delong(score, label):
    """Area and its 95 % interval on the logit scale."""
    a, b = score[label == 1].astype(float), score[label == 0].astype(float)
    wins = (a[:, None] > b[None]) + 0.5 * (a[:, None] == b[None])
    area = wins.mean()
    error = math.sqrt(wins.mean(1).var(ddof=1) / len(a) + wins.mean(0).var(ddof=1) / len(b))
    centre, half = math.log(area / (1 - area)), 1.96 * error / (area * (1 - area))
    back = lambda x: 1 / (1 + math.exp(-x))
    return float(area), back(centre - half), back(centre + half)


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ours(options, study, seed):
    start = children_seconds()
    subprocess.run([options.cli, 'train', '--data', options.data, '--arch', 'resnet18', '--width', '16', '--split-seed', str(seed),
                    '--out', study, '--threads', str(options.threads), '--progress', 'none', '--resume'], check=True,
                   stdout=subprocess.DEVNULL)
    seconds = children_seconds() - start
    done = subprocess.run([options.cli, 'evaluate', study, '--split', 'test', '--json', '--progress', 'none'], check=True,
                          stdout=subprocess.PIPE)
    test = json.loads(done.stdout)['families'][0]['ensemble']['splits']['test']
    return {'auroc': test['auroc']['value'], 'low': test['auroc']['low'], 'high': test['auroc']['high'],
            'balanced': test['balanced_accuracy']['value'], 'seconds': seconds}


def kept(path, work):
    if not os.path.exists(path):
        start = time.monotonic()
        result = work()
        result['clock'] = time.monotonic() - start
        result['load'] = os.getloadavg()[1]
        with open(path + '.part', 'w', encoding='utf-8') as file:
            json.dump(result, file)
        os.replace(path + '.part', path)
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def cells(r):
    return f'{r["auroc"]:.3f} ({r["low"]:.3f} to {r["high"]:.3f}) | {r["balanced"]:.3f} | {r["seconds"]:.0f} s'.replace('0.', '.')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('cli')
    parser.add_argument('--data', required=True)
    parser.add_argument('--work', default='build/breastmnist-twin', help='folder of the studies, kept for going on')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0, 1, 2])
    parser.add_argument('--threads', type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    torch.set_num_threads(options.threads)
    all_ours, all_theirs = [], []
    for seed in options.seeds:
        study = os.path.join(options.work, f'seed{seed}.dubito')
        all_ours.append(kept(os.path.join(options.work, f'ours-{seed}.json'), lambda: ours(options, study, seed)))
        torch.manual_seed(seed)
        all_theirs.append(kept(os.path.join(options.work, f'theirs-{seed}.json'), lambda: twin(study, options.data)))
    print('| split seed | Dubito: AUROC (95 %) | bAcc | processor | PyTorch: AUROC (95 %) | bAcc | processor |\n|---|---|---|---|---|---|---|')
    for seed, a, b in zip(options.seeds, all_ours, all_theirs):
        print(f'| {seed} | {cells(a)} | {cells(b)} |')
    mean = lambda rs, f: sum(r[f] for r in rs) / len(rs)
    row = [f'{mean(rs, "auroc"):.3f} | {mean(rs, "balanced"):.3f} | {mean(rs, "seconds"):.0f} s' for rs in (all_ours, all_theirs)]
    print(f'| mean | {row[0]} | {row[1]} |'.replace('0.', '.'))
    loads = [r['load'] for r in all_ours + all_theirs]
    for name, results in (('Dubito', all_ours), ('PyTorch', all_theirs)):
        print(f'{name} on the clock, testing included:', ', '.join(f'{r["clock"]:.0f} s' for r in results), file=sys.stderr)
    print(f'\nLoad of the machine (five minutes) while measuring: {min(loads):.1f} to {max(loads):.1f}.', file=sys.stderr)


if __name__ == '__main__':
    main()
