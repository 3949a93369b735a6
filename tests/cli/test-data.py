#!/usr/bin/env python3
"""dubito-cli data info: one document for every kind of data set, against what NumPy counts."""
import csv
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


def t_lesions():
    """The lesions open as a data set, and truth.csv tells of each of its cases; threads change nothing"""
    made = document('demo', 'lesions', path('lesions'), '--n', 60, '--json', '--threads', 2)
    cli('demo', 'lesions', path('again'), '--n', 60, '--threads', 1)
    for name in ('lesions.npz', 'truth.csv', 'provenance.json'):
        with open(path(f'lesions/{name}'), 'rb') as one, open(path(f'again/{name}'), 'rb') as other:
            expect(one.read() == other.read(), f'{name} differs between one thread and two')
    info = document('data', 'info', path('lesions'), '--json')
    expect(info['cases'] == 60 and [c['name'] for c in info['classes']] == ['benign', 'malignant'], f'{info}')
    expect(info['duplicates']['pairs_total'] == 0, f'{info["duplicates"]}')
    with open(path('lesions/truth.csv'), encoding='ascii') as table:
        rows = list(csv.DictReader(table))
    with numpy.load(path('lesions/lesions.npz')) as arrays:
        labels = numpy.concatenate([arrays[f'{part}_labels'].ravel() for part in ('train', 'val', 'test')])
        expect(arrays['train_images'].shape == (33, 28, 28), f'{arrays["train_images"].shape}')
    expect([row['label'] == 'malignant' for row in rows] == list(labels == 1), 'truth.csv and lesions.npz differ')
    expect(sum((row['label'] != row['truth']) for row in rows) == made['flipped'], f'{made}')
    expect(rows[0]['id'] == 'train-0' and rows[33]['id'] == 'val-0' and rows[42]['id'] == 'test-0', f'{rows[33]}')
    done = cli('demo', 'lesions', path('lesions'), '--n', 60, status=1)
    expect('lesions' in done.stderr, done.stderr)
    expect(not [name for name in os.listdir(path('')) if '.part-' in name], 'a part was left behind')


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
