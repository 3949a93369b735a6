#!/usr/bin/env python3
"""dubito-cli data info: one document for every kind of data set, against what NumPy counts."""
import os
import sys

import numpy
import tap
from tap import expect
from tool import cli, document, path, shared


def make_set(name, labels=(0, 1, 1, 0)):
    generator = numpy.random.default_rng(1)
    images = generator.integers(0, 256, (len(labels), 6, 7), numpy.uint8)
    images[-1] = images[1]
    numpy.savez(path(name), train_images=images, train_labels=numpy.array(labels)[:, None])
    return path(name)


def t_document():
    """Kind, counts, shape and the pair that stands twice"""
    info = document('data', 'info', make_set('small.npz'), '--json')
    expect(info['kind'] == 'medmnist' and info['cases'] == 4 and info['shape'] == [6, 7], f'{info}')
    expect([(c['name'], c['cases'], c['train'], c['test']) for c in info['classes']] == [('0', 2, 2, 0), ('1', 2, 2, 0)],
           f'{info["classes"]}')
    found = info['duplicates']
    expect((found['exact'], found['near'], found['opposite'], found['groups']) == (1, 0, 1, 1), f'{found}')
    expect(found['pairs'] == [{'a': 'train-1', 'b': 'train-3', 'rms': 0, 'opposite': True}], f'{found["pairs"]}')


def t_bad_cases():
    """A label outside the classes stops with its row, or is left out"""
    name = make_set('bad.npz', labels=(0, -1, 1, 0))
    done = cli('data', 'info', name, '--json', status=1)
    expect('row 1' in done.stderr and '-1' in done.stderr, done.stderr)
    info = document('data', 'info', name, '--json', '--skip-bad')
    expect(info['cases'] == 3 and info['warnings'][0]['left_out'], f'{info}')


def t_patients():
    """A table of patients is read and counted"""
    with open(path('patients.csv'), 'w', encoding='utf-8') as table:
        table.write('id,patient\ntrain-0,a\ntrain-1,b\ntrain-2,a\ntrain-3,b\n')
    info = document('data', 'info', make_set('small.npz'), '--json', '--patients', path('patients.csv'))
    expect(info['patients'] == 2, f'{info["patients"]}')


def t_nothing():
    """What is no data set is refused in one sentence"""
    for name in ('absent.npz', '.'):
        done = cli('data', 'info', os.path.join(path('nothing'), name), status=1)
        expect(len(done.stderr.strip().splitlines()) == 1, done.stderr)


def t_breast():
    """BreastMNIST: as many near-identical pairs as a comparison of all pairs finds"""
    name = shared('data/medmnist/breastmnist.npz')
    info = document('data', 'info', name, '--json')
    with numpy.load(name) as arrays:
        images = numpy.concatenate([arrays[f'{part}_images'].reshape(-1, 784) for part in ('train', 'val', 'test')])
        labels = numpy.concatenate([arrays[f'{part}_labels'].ravel() for part in ('train', 'val', 'test')])
    images = images.astype(float)
    limit = 0.01 * (images.max() - images.min())
    near = opposite = 0
    for i in range(len(images)):
        rms = numpy.sqrt(((images[i + 1:] - images[i]) ** 2).mean(1))
        near += (rms < limit).sum()
        opposite += ((rms < limit) & (labels[i + 1:] != labels[i])).sum()
    found = info['duplicates']
    expect((found['pairs_total'], found['opposite']) == (near, opposite), f'{found["pairs_total"]} {near} {opposite}')
    expect([c['cases'] for c in info['classes']] == [210, 570], f'{info["classes"]}')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
