#!/usr/bin/env python3
"""dubito-cli conformal: thresholds and coverage as NumPy has them, the sets it writes, what it refuses."""
import csv
import sys

import numpy

import tap
from tap import expect
from tool import cli, document, path


def made(seed, n, classes=3):
    rng = numpy.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    logits = rng.normal(0, 1.5, (2, n, classes))
    logits[:, numpy.arange(n), labels] += 1.5
    return logits.astype(numpy.float32), labels


def write(name, seed, n, classes=3, **more):
    logits, labels = made(seed, n, classes)
    p = numpy.exp(logits - logits.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    numpy.savez(path(name), probabilities=p.astype(numpy.float32), labels=labels, ids=numpy.array([f'{name}-{i}' for i in range(n)]),
                **more)
    return path(name), p.astype(numpy.float32).astype(numpy.float64).mean(0), labels


def t_document():
    """Threshold, coverage with its interval, and sizes, of the mean of the networks"""
    calibration, p, y = write('cal.npz', 0, 120)
    test, q, z = write('test.npz', 1, 300)
    told = document('conformal', test, '--calibration', calibration, '--alpha', 0.2, '--method', 'lac', '--json')
    scores = numpy.sort(1 - p[numpy.arange(120), y])
    threshold = scores[int(numpy.ceil(121 * 0.8)) - 1]
    sets = 1 - q <= threshold
    expect(abs(told['threshold'] - threshold) < 1e-9, told['threshold'])
    expect(told['n_calibration'] == 120 and told['n'] == 300, told)
    expect(told['coverage']['n'] == sets[numpy.arange(300), z].sum() and told['coverage']['d'] == 300, told['coverage'])
    expect(told['coverage']['low'] < told['coverage']['value'] < told['coverage']['high'], told['coverage'])
    expect(told['coverage']['method'] == 'Wilson', told['coverage'])
    expect(abs(told['mean_size'] - sets.sum(1).mean()) < 1e-9, told['mean_size'])
    expect(told['sizes'] == numpy.bincount(sets.sum(1), minlength=4).tolist(), told['sizes'])
    expect(told['warnings'] == [], told['warnings'])


def t_methods():
    """Every method covers about what is asked; a threshold for each class on demand; the same seed, the same sets"""
    calibration, _, y = write('cal.npz', 2, 400)
    test, _, _ = write('test.npz', 3, 2000)
    for method in 'lac', 'aps', 'raps':
        for more in [], ['--class-conditional'], ['--randomized', '--seed', 5]:
            told = document('conformal', test, '--calibration', calibration, '--alpha', 0.1, '--method', method, '--json', *more)
            expect(told['coverage']['high'] > 0.88, f'{method} {more}: {told["coverage"]}')
            expect(told['class_conditional'] == ('--class-conditional' in more), told)
            expect([c['n_calibration'] for c in told['classes']] == numpy.bincount(y).tolist(), told['classes'])
            if '--class-conditional' in more:
                expect(len({c['threshold'] for c in told['classes']}) == 3 and told['threshold'] is None, told['classes'])
            else:
                expect({c['threshold'] for c in told['classes']} == {told['threshold']}, told['classes'])
            again = document('conformal', test, '--calibration', calibration, '--alpha', 0.1, '--method', method, '--json', *more)
            expect(again == told, f'{method} {more} differs')


def t_sets():
    """The set of every case, by the names of its classes"""
    calibration, _, _ = write('cal.npz', 4, 100)
    test, _, _ = write('test.npz', 5, 50, classes=3)
    out = path('sets.csv')
    told = document('conformal', test, '--calibration', calibration, '-o', out, '--json')
    rows = list(csv.DictReader(open(out, encoding='utf-8')))
    expect(len(rows) == 50 and rows[7]['id'] == 'test.npz-7', rows[7])
    sizes = [int(row['size']) for row in rows]
    expect([sizes.count(k) for k in range(4)] == told['sizes'], told['sizes'])
    expect(all(len([name for name in row['set'].split('|') if name]) == int(row['size']) for row in rows), rows[:3])


def t_warnings():
    """Cases in both files, and unknown labels, are said"""
    calibration, _, _ = write('cal.npz', 6, 100)
    told = document('conformal', calibration, '--calibration', calibration, '--json')
    expect(any('100 cases are in both' in text for text in told['warnings']), told['warnings'])


def t_refused():
    """Too few cases, a class with too few, other classes, wrong words"""
    few, _, _ = write('few.npz', 7, 8)
    test, _, _ = write('test.npz', 8, 30)
    twenty, _, _ = write('twenty.npz', 9, 20)
    four, _, _ = write('four.npz', 10, 60, classes=4)
    expect('at least 9 are needed' in cli('conformal', test, '--calibration', few, status=1).stderr, 'not said')
    told = cli('conformal', test, '--calibration', twenty, '--class-conditional', status=1).stderr
    expect('of every class are needed' in told, told)
    told = cli('conformal', test, '--calibration', four, status=1).stderr
    expect('has 3 classes' in told, told)
    for words in (['--method', 'best'], ['--alpha', '1'], ['--alpha', 'nan'], ['--seed', '-1'], ['--penalty', '-1'], ['--free', '-1'],
                  ['-o', twenty]):
        cli('conformal', test, '--calibration', twenty, *words, status=2)
    expect('--calibration' in cli('conformal', test, status=2).stderr, 'not said')
    logits, labels = made(11, 40)
    numpy.savez(path('raw.npz'), probabilities=logits[0], labels=labels)
    told = cli('conformal', path('raw.npz'), '--calibration', twenty, status=1).stderr
    expect('raw.npz' in told and 'probabilit' in told, told)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
