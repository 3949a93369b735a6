#!/usr/bin/env python3
"""dubito-cli recalibrate: the step against NumPy, what reads through it afterwards, how it is taken back, what it refuses."""
import json
import os
import shutil
import sys

import numpy

import tap
import tiny
from tap import expect
from tool import cli, document, path

BRIEF = ['--resamples', 200]
METHODS = ['temperature', 'vector', 'platt', 'isotonic', 'beta']


def trained():
    """Three networks of cases that no threshold tells apart."""
    if not os.path.exists(path('noisy.dubito')):
        cli('train', '--data', tiny.data_set('noisy.npz', n=500, seed=11), '--arch', 'cnn2d', '--width', 4, '--folds', 3, '--epochs', 8,
            '--batch', 16, '--lr', 0.01, '--twins', 'keep', '--out', path('noisy.dubito'))
    return path('noisy.dubito')


def study(name):
    """A copy to write into."""
    if not os.path.exists(path(name)):
        shutil.copytree(trained(), path(name))
    return path(name)


def plain(part):
    """Mean probabilities and labels of a part, before any step."""
    file = path(f'plain-{part}.npz')
    if not os.path.exists(file):
        cli('export', trained(), '--split', part, '-o', file)
    archive = numpy.load(file)
    return archive['probabilities'].astype(float), archive['labels']


def softmax(z):
    e = numpy.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def nll(p, labels):
    return -numpy.mean(numpy.log(p[numpy.arange(len(labels)), labels]))


def text_of(folder):
    with open(os.path.join(folder, 'study.json'), encoding='utf-8') as file:
        return file.read()


def t_temperature():
    """T is the best of a fine grid on the calibration part; the numbers of the test part are NumPy's"""
    told = document('recalibrate', study('t.dubito'), '--method', 'temperature', '--json', *BRIEF)
    p, labels = plain('calibration')
    found = told['recalibration']['temperature']
    expect(told['recorded'] and told['family'] == 'ce' and told['recalibration']['split'] == 'calibration', told)
    expect(found['low'] < found['value'] < (found['high'] or numpy.inf), found)
    best = nll(softmax(numpy.log(p) / found['value']), labels)
    for factor in (0.999, 1.001):
        expect(nll(softmax(numpy.log(p) / found['value'] / factor), labels) > best, f'{found} is no minimum')
    for end in filter(None, (found['low'], found['high'])):
        rise = 2 * len(labels) * (nll(softmax(numpy.log(p) / end), labels) - best)
        expect(abs(rise - 3.841458820694124) < 1e-6, f'the likelihood at {end} falls by {rise}')
    q, truth = plain('test')
    mapped = softmax(numpy.log(q) / found['value'])
    test = told['test']
    expect(test['n'] == len(truth) and test['other_answers'] == 0, test)
    expect(abs(test['before']['nll']['value'] - nll(q, truth)) < 1e-6, test['before'])
    expect(abs(test['after']['nll']['value'] - nll(mapped, truth)) < 1e-6, test['after'])
    expect(test['before']['accuracy'] == test['after']['accuracy'], test)
    for name, change in test['change'].items():
        expect(abs(change['value'] - (test['after'][name]['value'] - test['before'][name]['value'])) < 1e-9, f'{name}: {change}')


def t_everything_reads_through_it():
    """evaluate, export, uq and score answer as recalibrated, networks as they were"""
    own = study('all.dubito')
    before = document('evaluate', own, '--json', *BRIEF)['families'][0]
    told = document('recalibrate', own, '--method', 'vector', '--json', *BRIEF)
    family = document('evaluate', own, '--json', *BRIEF)['families'][0]
    expect(family['models'] == before['models'], 'a network changed')
    splits = family['ensemble']['splits']
    expect('recalibration' not in before['ensemble']['splits']['test'], 'a step before there was one')
    expect(splits['test']['recalibration'] == told['recalibration'], splits['test'])
    for name in ('accuracy', 'ece', 'nll'):
        expect(abs(splits['test'][name]['value'] - told['test']['after'][name]['value']) < 1e-6, f'{name}: {splits["test"][name]}')
    expect(any('fitted on these cases' in w for w in splits['calibration']['warnings']), splits['calibration']['warnings'])
    expect(not any('fitted on these cases' in w for w in splits['test']['warnings']), splits['test']['warnings'])
    expect(splits['validation'] != before['ensemble']['splits']['validation'] and 'recalibration' not in splits['validation'],
           splits['validation'])

    q, _ = plain('test')
    w, b = (numpy.array(told['recalibration'][name]) for name in ('weights', 'biases'))
    cli('export', own, '--split', 'test', '-o', path('mapped.npz'))
    archive = numpy.load(path('mapped.npz'))
    expect(numpy.abs(archive['probabilities'] - softmax(w * numpy.log(q) + b)).max() < 1e-6, 'the export')
    expect('Vector scaling' in str(archive['recalibration'][0]), archive['recalibration'])
    expect(numpy.array_equal(archive['logits'], numpy.load(path('plain-test.npz'))['logits']), 'logits of networks changed')

    # What was exported is read as it answers, and imported as the networks gave it.
    cli('export', own, '--split', 'calibration', '-o', path('mapped-cal.npz'))
    cli('conformal', path('mapped.npz'), '--calibration', path('mapped-cal.npz'), '--alpha', '0.1', '--json')
    cli('export', own, '--split', 'all', '-o', path('whole.npz'))
    cli('import', '--outputs', path('whole.npz'), '--out', path('imported.dubito'))
    again = document('evaluate', path('imported.dubito'), '--json', *BRIEF)['families'][0]['ensemble']['splits']['test']
    expect(abs(again['nll']['value'] - told['test']['before']['nll']['value']) < 1e-6, again['nll'])

    said = document('uq', own, '--split', 'test', '--scores', 'msr', '--cases', path('cases.csv'), '--json', *BRIEF)
    expect(said['recalibration'].startswith('Vector scaling, '), said['recalibration'])
    rows = [line.split(',') for line in open(path('cases.csv'), encoding='utf-8').read().splitlines()]
    msr = numpy.array([float(row[rows[0].index('msr')]) for row in rows[1:]])
    expect(numpy.abs(msr - (1 - archive['probabilities'].max(1))).max() < 1e-6, 'the scores')
    at = 2
    said = document('score', own, f'{path("noisy.npz")}:{archive["ids"][at]}', '--json')
    image, = said['images']
    expect(said['recalibration'].startswith('Vector scaling, '), said['recalibration'])
    told_p = [image['probabilities'][name] for name in image['probabilities']]
    expect(numpy.abs(numpy.array(told_p) - archive['probabilities'][at]).max() < 1e-6, f'{told_p} {archive["probabilities"][at]}')


def t_heatmap_is_of_the_answer():
    """Where nobody says which class, a map is of the one that the family answers through its step"""
    own = study('turned.dubito')
    kept = json.loads(text_of(own))
    turned = {'method': 'vector', 'kind': 'found', 'split': 'calibration', 'n_cases': 75, 'n_classes': 2, 'counts': [37, 38],
              'weights': [-0.5, -0.5], 'biases': [0, 0]}
    plain('test')
    case = numpy.load(path('plain-test.npz'))['ids'][0]
    asked = ['heatmap', '--study', own, '--case', case, '--kind', 'gradient', '-o', path('map.npy'), '--json']
    before = document(*asked)['of']
    kept['recalibrations'] = [{'family': 'ce', 'networks': ['ce-f0', 'ce-f1', 'ce-f2'], 'map': turned}]
    with open(os.path.join(own, 'study.json'), 'w', encoding='utf-8') as file:
        json.dump(kept, file)
    expect({before, document(*asked)['of']} == {'class:0', 'class:1'}, before)
    image, = document('score', own, f'{path("noisy.npz")}:{case}', '--json')['images']
    expect(document(*asked)['of'] == f'class:{image["class"]}', image)


def t_taken_back():
    """none gives back the study as it was, byte for byte; --dry-run leaves it alone"""
    own = study('back.dubito')
    cli('evaluate', own, '--json', *BRIEF)
    before, answers = text_of(own), cli('evaluate', own, '--json', *BRIEF).stdout
    for method in METHODS:
        kept = text_of(own)
        dry = document('recalibrate', own, '--method', method, '--dry-run', '--json', *BRIEF)
        expect(not dry['recorded'] and text_of(own) == kept, method)
        told = document('recalibrate', own, '--method', method, '--json', *BRIEF)
        expect(dry['recalibration'] == told['recalibration'] and dry['test'] == told['test'], method)
        kept = json.loads(text_of(own))
        expect(kept['format_version'] == 2 and kept['recalibrations'][0]['map'] == told['recalibration'], kept.get('recalibrations'))
        expect(len(kept['recalibrations']) == 1 and kept['recalibrations'][0]['networks'] == ['ce-f0', 'ce-f1', 'ce-f2'], kept)
    gone = document('recalibrate', own, '--method', 'none', '--json')
    expect(gone['recalibration'] is None and text_of(own) == before, 'none did not take it back')
    expect(cli('evaluate', own, '--json', *BRIEF).stdout == answers, 'the answers are others than before')


def t_separable():
    """Cases that a threshold tells apart have no best map: said, and nothing is recorded"""
    own = path('apart.dubito')
    shutil.copytree(tiny.study(), own)
    before = text_of(own)
    for method in ('vector', 'isotonic', 'beta'):
        said = cli('recalibrate', own, '--method', method, *BRIEF, status=1).stderr
        expect('threshold' in said and 'temperature' in said, said)
    expect(text_of(own) == before, 'recorded nevertheless')
    document('recalibrate', own, '--method', 'platt', '--json', *BRIEF)


def t_threads():
    """One thread and two find the same"""
    one, two = (cli('recalibrate', study('th.dubito'), '-m', 'vector', '-n', '--json', '--threads', n, *BRIEF).stdout for n in (1, 2))
    expect(one == two, 'two threads, another document')


def t_words():
    """The table for a person"""
    words = cli('recalibrate', study('w.dubito'), '-m', 'temperature', *BRIEF).stdout
    for part in ('ce: Temperature scaling, T = ', 'before', 'after', 'change', 'Recorded in the study.'):
        expect(part in words, words)
    words = cli('evaluate', study('w.dubito'), *BRIEF).stdout
    expect('ce, mean of 3: recalibrated, Temperature scaling, T = ' in words, words)


def t_refused():
    """Wrong usage is 2, wrong input 1, each with a sentence"""
    own = study('r.dubito')
    before = text_of(own)
    expect('--method' in cli('recalibrate', own, status=2).stderr, 'no method')
    expect('histogram' in cli('recalibrate', own, '--method', 'histogram', status=2).stderr, 'another method')
    expect('nobody' in cli('recalibrate', own, '--method', 'beta', '--family', 'nobody', status=1).stderr, 'another family')
    cli('recalibrate', path('absent.dubito'), '--method', 'beta', status=1)
    os.mkdir(path('folder'))
    said = cli('recalibrate', path('folder'), '--method', 'beta', status=1).stderr
    expect(f'{path("folder")} is no study' in said and 'no study.json' in said and 'NAME.dubito' in said, said)
    random = numpy.random.default_rng(5)
    for split in ('test', 'calibration'):
        # Calibration cases without labels are no more than none.
        labels = numpy.where(numpy.arange(60) < 30, random.integers(0, 2, 60), 0 if split == 'test' else -1)
        numpy.savez(path('part.npz'), logits=random.normal(0, 1, (60, 2)), labels=labels,
                    split=numpy.where(numpy.arange(60) < 30, 'test', split))
        shutil.rmtree(path('part.dubito'), ignore_errors=True)
        cli('import', '--out', path('part.dubito'), '--outputs', path('part.npz'))
        said = cli('recalibrate', path('part.dubito'), '--method', 'beta', status=1).stderr
        expect('calibration part' in said and '--fit CAL' in said and said.count('\n') == 1, said)
    expect(text_of(own) == before, 'a refusal changed the study')
    kept = json.loads(before)
    kept['recalibrations'] = [{'family': 'ce', 'networks': [], 'map': {'method': 'vector'}}]
    with open(os.path.join(own, 'study.json'), 'w', encoding='utf-8') as file:
        json.dump(kept, file)
    expect('recalibrations[0].map.kind' in cli('evaluate', own, status=1).stderr, 'a broken step')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
