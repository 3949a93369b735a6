#!/usr/bin/env python3
"""dubito-cli evaluate: its document, what it keeps, what it refuses."""
import csv
import json
import os
import shutil
import sys

import numpy

import tap
import tiny
from tap import expect
from tool import cli, document, path

NAMES = ['accuracy', 'balanced_accuracy', 'sensitivity', 'specificity', 'auroc', 'ece', 'mce', 'nll', 'brier']
BRIEF = ['--resamples', 200]


def answerers(told):
    for family in told['families']:
        yield from family['models']
        yield family['ensemble']


def t_document():
    """Every network and the ensemble, on every part, each figure with its interval"""
    told = document('evaluate', tiny.study(), '--json', *BRIEF)
    family, = told['families']
    expect([m['id'] for m in family['models']] == ['ce-f0', 'ce-f1', 'ce-f2'] and family['name'] == 'ce', family)
    expect(family['ensemble']['n_models'] == 3, family['ensemble'])
    expect(told['positive'] in told['classes'] and len(told['classes']) == 2, told['classes'])
    for answerer in answerers(told):
        expect(list(answerer['splits']) == ['train', 'validation', 'calibration', 'test'], list(answerer['splits']))
        for row in answerer['splits'].values():
            expect(sum(row['counts']) == row['n'], row)
            for name in NAMES:
                figure = row[name]
                expect(figure['low'] <= figure['value'] <= figure['high'] and figure['method'], f'{name}: {figure}')
            expect(row['accuracy']['d'] == row['n'] and row['accuracy']['n'] / row['n'] == row['accuracy']['value'], row)
        expect(any('learned' in w for w in answerer['splits']['train']['warnings']), 'no warning on the training part')
        expect(not any('learned' in w for w in answerer['splits']['test']['warnings']), 'a wrong warning on the test part')
    parts = [sum(m['splits'][p]['n'] for p in ('train', 'validation')) for m in family['models']]
    expect(set(parts) == {family['ensemble']['splits']['train']['n']}, parts)
    expect(sum(m['splits']['validation']['n'] for m in family['models']) == family['ensemble']['splits']['validation']['n'],
           'not every training case is answered by a stranger')
    expect(any(w.startswith('train: ') for w in told['warnings']), told['warnings'])


def t_validation_is_the_run_s():
    """The validation part of a network is what its run told of the best epoch"""
    told = document('evaluate', tiny.study(), '--json', *BRIEF)
    for model in told['families'][0]['models']:
        with open(os.path.join(tiny.study(), 'models', model['id'], 'log.jsonl'), encoding='utf-8') as file:
            best = [line for line in map(json.loads, file) if line['best']][-1]['validation']
        row = model['splits']['validation']
        expect(abs(row['accuracy']['value'] - best['accuracy']) < 1e-6, f'{row["accuracy"]} {best}')
        expect(abs(row['nll']['value'] - best['loss']) < 1e-4, f'{row["nll"]} {best}')


def t_threads():
    """One thread and two give the same document, run or read from results"""
    study = tiny.study()
    shutil.rmtree(os.path.join(study, 'results'), ignore_errors=True)
    one = cli('evaluate', study, '--json', '--threads', 1, *BRIEF).stdout
    kept = {}
    for name in sorted(os.listdir(os.path.join(study, 'results', 'outputs'))):
        with open(os.path.join(study, 'results', 'outputs', name), 'rb') as file:
            kept[name] = file.read()
    expect(len(kept) == 3, list(kept))
    expect(cli('evaluate', study, '--json', '--threads', 1, *BRIEF).stdout == one, 'results/ are not what was run')
    shutil.rmtree(os.path.join(study, 'results'))
    expect(cli('evaluate', study, '--json', '--threads', 2, *BRIEF).stdout == one, 'two threads, another document')
    for name, content in kept.items():
        with open(os.path.join(study, 'results', 'outputs', name), 'rb') as file:
            expect(file.read() == content, f'{name} differs between threads')
    expect(cli('evaluate', study, '--json', '--seed', 7, *BRIEF).stdout != one, 'the seed changes nothing')


def t_temperature():
    """A temperature is fitted on the calibration part, said so, and changes no answer"""
    told = document('evaluate', tiny.study(), '--json', '--temperature', '--split', 'test', *BRIEF)
    for answerer in answerers(told):
        scaled = answerer['temperature']
        expect(scaled['fitted_on'] == 'calibration' and scaled['measured_on'] == 'test', scaled)
        expect(scaled['kind'] == 'found' and 0.05 < scaled['value'] < 50, scaled)
        expect(scaled['nll_after'] <= scaled['nll_before'], scaled)
        plain = answerer['splits']['test']
        after = scaled['splits']['test']
        expect(list(answerer['splits']) == ['test'], list(answerer['splits']))
        expect(after['accuracy'] == plain['accuracy'] and after['auroc']['value'] == plain['auroc']['value'], 'another answer')
        expect(after['nll']['value'] != plain['nll']['value'], 'nothing was scaled')


def t_new_network_alone():
    """A network that is added is run, the others are read; a changed one is run again"""
    study = path('added.dubito')
    shutil.copytree(tiny.study(), study)
    cli('evaluate', study, *BRIEF)
    folder = os.path.join(study, 'results', 'outputs')
    before = {name: os.stat(os.path.join(folder, name)).st_mtime_ns for name in os.listdir(folder)}
    cli('train', '--out', study, '--arch', 'mlp', '--epochs', 2, '--name', 'second')
    told = document('evaluate', study, '--json', *BRIEF)
    expect([f['name'] for f in told['families']] == ['ce', 'second'], [f['name'] for f in told['families']])
    after = {name: os.stat(os.path.join(folder, name)).st_mtime_ns for name in os.listdir(folder)}
    expect(len(after) == 6 and all(after[name] == time for name, time in before.items()), 'networks were run again')
    only = document('evaluate', study, '--family', 'second', '--json', *BRIEF)
    expect(only['families'] == [told['families'][1]], 'alone it is measured otherwise')
    done = cli('evaluate', study, '--family', 'third', status=1)
    expect('third' in done.stderr and 'ce, second' in done.stderr, done.stderr)

    # An exchanged network is refused by its reference outputs; with those of its own it is another network, and is run.
    shutil.copy(os.path.join(study, 'models', 'ce-f1', 'model.onnx'), os.path.join(study, 'models', 'ce-f0', 'model.onnx'))
    done = cli('evaluate', study, '--family', 'ce', status=1)
    expect('ce-f0 is not the one' in done.stderr, done.stderr)
    shutil.copy(os.path.join(study, 'models', 'ce-f1', 'reference.npz'), os.path.join(study, 'models', 'ce-f0', 'reference.npz'))
    told = document('evaluate', study, '--family', 'ce', '--json', '--split', 'test', *BRIEF)
    models = told['families'][0]['models']
    expect(models[0]['splits'] == models[1]['splits'], 'the old outputs of a changed network')


def t_other_split():
    """A network of another split, and data that changed, are refused by name"""
    study = path('other.dubito')
    shutil.copytree(tiny.study(), study)
    file = os.path.join(study, 'study.json')
    with open(file, encoding='utf-8') as stream:
        whole = json.load(stream)
    right, wrong = whole['split']['hash'], 'f' * 64
    whole['models'][1]['split_hash'] = wrong
    with open(file, 'w', encoding='utf-8') as stream:
        json.dump(whole, stream)
    done = cli('evaluate', study, status=1)
    for word in ('ce-f1', right[:12], wrong[:12]):
        expect(word in done.stderr, f'{word}: {done.stderr}')

    data = path('moved.npz')
    pixels, labels = tiny.images()
    labels[17] = 1 - labels[17]
    numpy.savez(data, images=pixels, labels=labels)
    whole['models'][1]['split_hash'] = right
    whole['data']['path'] = data
    with open(file, 'w', encoding='utf-8') as stream:
        json.dump(whole, stream)
    done = cli('evaluate', study, status=1)
    expect('case 17' in done.stderr and 'moved.npz' in done.stderr, done.stderr)


def t_broken_results():
    """Results that are damaged are made again, and a folder that cannot be written to is no failure"""
    study = tiny.study()
    whole = cli('evaluate', study, '--json', *BRIEF).stdout
    for name, content in [('ce-f0', b'no archive'), ('ce-f1', b''), ('ce-f2', None)]:
        file = os.path.join(study, 'results', 'outputs', name + '.npz')
        if content is None:
            numpy.savez(file, key=numpy.zeros(64, 'uint8'), logits=numpy.zeros((3, 2), 'float32'))
        else:
            with open(file, 'wb') as stream:
                stream.write(content)
    expect(cli('evaluate', study, '--json', *BRIEF).stdout == whole, 'damaged results were read')
    shutil.rmtree(os.path.join(study, 'results'))
    with open(os.path.join(study, 'results'), 'w', encoding='utf-8') as stream:
        stream.write('in the way')
    expect(cli('evaluate', study, '--json', *BRIEF).stdout == whole, 'without results')
    os.remove(os.path.join(study, 'results'))


def t_figure():
    """figure overview draws the numbers of evaluate, the same bytes again"""
    study, told = tiny.study(), document('evaluate', tiny.study(), '--split', 'test', '--json')
    for ending in ('csv', 'png', 'svg', 'pdf'):
        files = [path(f'overview{attempt}.{ending}') for attempt in (0, 1)]
        for threads, file in enumerate(files, 1):
            cli('figure', 'overview', study, '-o', file, '--dpi', 72, '--threads', threads)
        one, two = (open(file, 'rb').read() for file in files)
        expect(len(one) > 200 and one == two, f'two drawings as {ending} differ')

    family = told['families'][0]
    answers = {'E': family['ensemble']} | {str(model['fold'] + 1): model for model in family['models']}
    with open(path('overview0.csv'), encoding='utf-8') as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith('#')))
    expect(len(rows) == 6 * len(answers), f'{len(rows)} rows')
    for row in rows:
        figure = answers[row['network']]['splits']['test'][row['metric']]
        expect(float(row['value']) == figure['value'] and float(row['low']) == figure['low'] and row['method'] == figure['method'],
               f'{row} {figure}')
    cli('figure', 'overview', study, status=2)
    cli('figure', 'overview', study, '--family', 'none', '-o', path('none.png'), status=1)
    expect(not os.path.exists(path('none.png')), 'a figure of nothing')


def t_wrong_usage():
    """Wrong options and studies without networks are refused"""
    cli('evaluate', status=2)
    for options in (['--split', 'half'], ['--bins', 0], ['--resamples', 1], ['--seed', 'x'],
                    ['--temperature', '--split', 'train']):
        done = cli('evaluate', tiny.study(), *options, status=2)
        expect(options[0].strip('-') in done.stderr, done.stderr)
    cli('evaluate', path('none.dubito'), status=1)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
