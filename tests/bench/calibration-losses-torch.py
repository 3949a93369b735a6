#!/usr/bin/env python3
"""The plain loss and + 15 DCA of calibration-losses.py once more in PyTorch: test ECE and accuracy, as Markdown.

    tests/bench/calibration-losses-torch.py WORK --data breastmnist.npz [--arch mlp cnn2d] [-o RESULTS.csv]

WORK is the folder that calibration-losses.py has filled (its --work): splits and scaling are read from its studies, so that both
sides learn from the same cases. Network, start (He-normal), Adam, rate, batch, epochs and the choice of the last epoch are the same;
weights and orders are drawn by each side itself.
"""
import argparse
import csv
import json
import math
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

SEEDS = range(5)
T_975 = 2.776
N_BINS = 15
# Rate and epochs of calibration-losses.py.
SETTINGS = {'mlp': ('breastmnist-mlp', 0.001, 60), 'cnn2d': ('breastmnist-cnn', 0.003, 40)}


def network(arch):
    if arch == 'mlp':
        net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 2))
    else:
        layers, before = [], 1
        for after in (16, 32, 64):
            layers += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
            before = after
        net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 2))
    for module in net.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            nn.init.kaiming_normal_(module.weight, mode='fan_in', nonlinearity='relu')
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    return net


def loss_of(logits, labels, dca):
    confidence, answer = torch.softmax(logits, 1).max(1)
    difference = ((answer == labels).float().mean() - confidence.mean()).abs()
    return F.cross_entropy(logits, labels) + dca * difference


def calibration_error(probabilities, labels):
    confidence, right = probabilities.max(1), probabilities.argmax(1) == labels
    # Bins are closed on their right.
    place = np.clip(np.ceil(confidence * N_BINS) - 1, 0, N_BINS - 1)
    gaps = [(place == m).mean() * abs(right[place == m].mean() - confidence[place == m].mean()) for m in np.unique(place)]
    return float(sum(gaps))


def one(arch, seed, dca, work, data):
    slug, rate, epochs = SETTINGS[arch]
    study = os.path.join(work, f'{slug}-{seed}.dubito')
    with open(os.path.join(study, 'cases.csv'), encoding='utf-8') as file:
        cases = [row for row in csv.DictReader(file) if row['part'] in ('train', 'test')]
    with open(os.path.join(study, 'models', 'ce-f0', 'run.json'), encoding='utf-8') as file:
        run = json.load(file)
    prepare, recipe = run['prepare'], run['recipe']
    if (recipe['rate'], recipe['n_epochs'], recipe['batch'], recipe['select_by']) != (rate, epochs, 64, 'last'):
        sys.exit(f'{study} was trained in another way than this script knows.')
    raw = np.stack([data[part + '_images'][int(i)] for part, i in (c['id'].rsplit('-', 1) for c in cases)])
    images = torch.from_numpy((raw.astype(np.float32) / 255 - prepare['mean'][0]) / prepare['sd'][0]).float()[:, None]
    labels = torch.tensor([int(c['label']) for c in cases])
    # Fold 0 is held back, as in the study.
    train = torch.tensor([i for i, c in enumerate(cases) if c['part'] == 'train' and c['fold'] != '0'])
    test = torch.tensor([i for i, c in enumerate(cases) if c['part'] == 'test'])

    torch.manual_seed(seed)
    net = network(arch)
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    net.train()
    for _ in range(epochs):
        for part in train[torch.randperm(len(train))].split(64):
            adam.zero_grad()
            loss_of(net(images[part]), labels[part], dca).backward()
            adam.step()
    net.eval()
    with torch.no_grad():
        probabilities = torch.softmax(net(images[test]), 1).numpy()
    truth = labels[test].numpy()
    return {'setting': arch, 'dca': dca, 'seed': seed, 'n': len(truth), 'n_train': len(train),
            'ece': round(calibration_error(probabilities, truth), 5), 'accuracy': round(float((probabilities.argmax(1) == truth).mean()), 5)}


def interval(values):
    mean = sum(values) / len(values)
    return mean, T_975 * math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('work')
    parser.add_argument('--data', required=True)
    parser.add_argument('--arch', nargs='+', choices=SETTINGS, default=['mlp', 'cnn2d'])
    parser.add_argument('-o', '--out', help='CSV of every seed')
    options = parser.parse_args()
    torch.set_num_threads(1)
    data, rows = np.load(options.data), []
    print('| PyTorch | ECE | accuracy |\n|---|---|---|')
    for arch in options.arch:
        for dca in (0, 15):
            some = [one(arch, seed, dca, options.work, data) for seed in SEEDS]
            cells = [f'{m:.3f} ± {w:.3f}'.replace('0.', '.') for m, w in (interval([r[f] for r in some]) for f in ('ece', 'accuracy'))]
            print(f'| {arch}, {"+ 15 DCA" if dca else "cross-entropy"} | {cells[0]} | {cells[1]} |', flush=True)
            rows += some
    if options.out:
        with open(options.out, 'w', encoding='utf-8', newline='') as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator='\n')
            writer.writeheader()
            writer.writerows(rows)


if __name__ == '__main__':
    main()
