#!/usr/bin/env python3
"""dubito-cli export: its arrays, and evaluate's figures computed from them by others."""
import csv
import os
import shutil
import sys

import numpy

import tap
import tiny
from tap import Skip, expect
from tool import cli, document, path

BRIEF = ['--resamples', 200]


def exported(name='tiny-test.npz', *options, study=None):
    cli('export', study or tiny.study(), '-o', path(name), *options)
    with numpy.load(path(name), allow_pickle=False) as archive:
        return {key: archive[key] for key in archive}


def softmax(z):
    e = numpy.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def t_arrays():
    """Shapes, types and that the mean is a mean"""
    z = exported()
    models, cases, classes = z['logits'].shape
    expect((models, classes) == (3, 2) and z['probabilities'].shape == (cases, classes), z['logits'].shape)
    expect(z['features'].shape[:2] == (models, cases) and z['features'].shape[2] > 1, z['features'].shape)
    for name in ('labels', 'ids', 'split', 'fold'):
        expect(z[name].shape == (cases,), f'{name} {z[name].shape}')
    expect(set(z['split']) == {'test'} and len(set(z['ids'])) == cases, 'ids')
    expect(list(z['models']) == ['ce-f0', 'ce-f1', 'ce-f2'] and list(z['model_fold']) == [0, 1, 2], z['models'])
    mean = softmax(z['logits'].astype('float64')).mean(0)
    expect(abs(mean - z['probabilities']).max() < 1e-6, 'the probabilities are not the mean')
    _, labels = tiny.images()
    numbers = numpy.array([int(i.rsplit('-', 1)[-1]) for i in z['ids']])
    expect((labels[numbers] == z['labels']).all(), 'labels of other cases')


def t_all_parts():
    """All parts hold every case once, and the parts make up the whole"""
    whole = exported('tiny-all.npz', '--split', 'all')
    expect(len(whole['ids']) == tiny.N_CASES, len(whole['ids']))
    for part in ('train', 'calibration', 'test'):
        own = exported('tiny-part.npz', '--split', part)
        rows = whole['split'] == part
        for name in ('ids', 'labels', 'fold', 'probabilities'):
            expect((whole[name][rows] == own[name]).all(), f'{part}: {name}')
        expect((whole['logits'][:, rows] == own['logits']).all(), part)
    two = exported('tiny-two.npz', '--split', 'calibration,test')
    expect(set(two['split']) == {'calibration', 'test'}, set(two['split']))


def t_csv():
    """The table has the numbers of the archive, to the last bit"""
    z = exported()
    cli('export', tiny.study(), '-o', path('tiny.csv'))
    with open(path('tiny.csv'), encoding='utf-8', newline='') as file:
        head, *rows = csv.reader(file)
    names = document('evaluate', tiny.study(), '--json', *BRIEF)['classes']
    expect(head == ['id', 'label', 'split', 'fold', *[f'p_{name}' for name in names]], head)
    expect([row[0] for row in rows] == list(z['ids']), 'ids')
    expect((numpy.array([row[4:] for row in rows], 'float32') == z['probabilities']).all(), 'probabilities')


def t_reference():
    """evaluate's figures are those that scikit-learn and NumPy compute from the exported numbers"""
    try:
        from sklearn import metrics
    except ImportError as missing:
        raise Skip(f'{missing} (python3-sklearn)') from missing
    z = exported('tiny-all.npz', '--split', 'all')
    told = document('evaluate', tiny.study(), '--json', *BRIEF)
    family, = told['families']
    positive = told['classes'].index(told['positive'])
    answers = [(m['splits'], softmax(z['logits'][i].astype('float64')).astype('float32'))
               for i, m in enumerate(family['models'])] + [(family['ensemble']['splits'], z['probabilities'])]
    for splits, probabilities in answers:
        for part in ('calibration', 'test'):
            rows = z['split'] == part
            p, y = probabilities[rows].astype('float64'), z['labels'][rows]
            p_positive, is_positive = p[:, positive], y == positive
            answer, confidence = p.argmax(1), p.max(1)
            correct = answer == y
            edges = numpy.linspace(0, 1, told['bins'] + 1)
            bins = numpy.clip(numpy.searchsorted(edges, confidence, side='left') - 1, 0, told['bins'] - 1)
            gaps = [(correct[bins == b].mean() - confidence[bins == b].mean(), (bins == b).mean())
                    for b in range(told['bins']) if (bins == b).any()]
            expected = {
                'accuracy': correct.mean(),
                'balanced_accuracy': metrics.balanced_accuracy_score(y, answer),
                'sensitivity': metrics.recall_score(is_positive, answer == positive),
                'specificity': metrics.recall_score(~is_positive, answer != positive),
                'auroc': metrics.roc_auc_score(is_positive, p_positive),
                'brier': metrics.brier_score_loss(is_positive, p_positive),
                'nll': -numpy.log(p[numpy.arange(len(y)), y]).mean(),
                'ece': sum(abs(gap) * share for gap, share in gaps),
                'mce': max(abs(gap) for gap, _ in gaps),
            }
            for name, value in expected.items():
                expect(abs(splits[part][name]['value'] - value) < 1e-6, f'{part} {name}: {splits[part][name]}, expected {value}')


def t_threads():
    """The same bytes for one thread and two, from a run and from results"""
    copy = path('threads.dubito')
    shutil.copytree(tiny.study(), copy)
    found = []
    for threads in (1, 2, 2):
        cli('export', copy, '-o', path('threads.npz'), '--split', 'all', '--threads', threads)
        with open(path('threads.npz'), 'rb') as file:
            found.append(file.read())
        if len(found) == 1:
            shutil.rmtree(os.path.join(copy, 'results'))
    expect(found[0] == found[1] == found[2], 'bytes differ')


def t_wrong_usage():
    """Wrong options are refused, and nothing is written"""
    study = tiny.study()
    cli('export', study, status=2)
    cli('export', study, '-o', path('x.txt'), status=2)
    done = cli('export', study, '-o', path('x.npz'), '--split', 'validation', status=2)
    expect('validation' in done.stderr, done.stderr)
    done = cli('export', study, '-o', path('x.npz'), '--family', 'other', status=1)
    expect('other' in done.stderr and 'ce' in done.stderr, done.stderr)
    cli('export', study, '-o', path('nowhere/x.npz'), status=1)
    cli('export', path('none.dubito'), '-o', path('x.npz'), status=1)
    done = cli('export', study, '-o', path('x.npz'), '--split', 'all', status=1, file_limit=2000)
    expect('x.npz' in done.stderr, done.stderr)
    expect(not os.path.exists(path('x.npz')), 'written all the same')


def t_own_files():
    """Neither the study nor its data set is overwritten by an export or a figure"""
    study = tiny.study()
    data = tiny.data_set()
    models = os.path.join(study, 'models')
    reference = os.path.join(models, os.listdir(models)[0], 'reference.npz')
    before = {name: open(name, 'rb').read() for name in (data, reference)}
    for name in before:
        said = cli('export', study, '-o', name, status=2).stderr
        expect('would overwrite' in said, said)
    cli('export', study, '-o', os.path.join(study, 'results', 'mine.npz'), status=2)
    cli('figure', 'overview', study, '-o', os.path.join(models, 'figure.png'), status=2)
    for name in before:
        expect(open(name, 'rb').read() == before[name], f'{name} changed')
    cli('export', study, '-o', os.path.join(study, 'mine.npz'))
    os.unlink(os.path.join(study, 'mine.npz'))


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
