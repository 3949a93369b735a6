#!/usr/bin/env python3
"""dubito-cli calibration-table and figure ece-beta: rows, columns, repeats, notes, and what they refuse."""
import csv
import json
import math
import os
import re
import shutil
import sys

import numpy

import tap
import tiny
from tap import expect
from tool import cli, document, path

BRIEF = ['--resamples', 200]
MEASURES = ['ece', 'mce', 'accuracy']
T_975 = 12.706204736432095  # Student's t, one degree of freedom


def study(seed):
    """One network each of plain cross-entropy, 5 and 15 DCA, and label smoothing; the seed draws the split, too."""
    name = path(f'ladder{seed}.dubito')
    if not os.path.exists(name):
        for loss in ([], ['--dca', 15], ['--label-smoothing', 0.1], ['--dca', 5]):
            cli('train', '--data', tiny.data_set(), '--arch', 'mlp', '--folds', 1, '--epochs', 20, '--batch', 16, '--lr', 0.01,
                '--select', 'last', '--twins', 'keep', '--seed', seed, '--out', name, *loss)
    return name


def cells_of(row):
    return {cell['method']: cell for cell in row['cells']}


def t_one_study():
    """The numbers of one study are those of evaluate, in the order of the weights"""
    told = document('calibration-table', study(0), '--json', *BRIEF)
    row, = told['rows']
    expect(row['data'] == 'tiny' and row['network'].startswith('MLP') and row['networks'] == 1 and row['repeats'] == 1, row)
    expect([c['method'] for c in row['cells']] == ['uncalibrated', 'temperature', 'dca5', 'dca15', 'ls0.1'],
           [c['method'] for c in row['cells']])
    expect([c['dca'] for c in row['cells']] == [0, 0, 5, 15, None], [c['dca'] for c in row['cells']])
    measured = {f['name']: f['ensemble'] for f in document('evaluate', study(0), '--json', '--temperature', *BRIEF)['families']}
    answers = {'uncalibrated': measured['ce']['splits']['test'], 'temperature': measured['ce']['temperature']['splits']['test'],
               'dca5': measured['ce-dca5']['splits']['test'], 'dca15': measured['ce-dca15']['splits']['test'],
               'ls0.1': measured['ce-ls0.1']['splits']['test']}
    for name, cell in cells_of(row).items():
        for measure in MEASURES:
            figure = cell[measure]
            expect(abs(figure['value'] - answers[name][measure]['value']) < 1e-9, f'{name} {measure}: {figure} {answers[name][measure]}')
            expect(figure['low'] <= figure['value'] <= figure['high'] and figure['method'] and figure['values'] == [figure['value']], figure)
            if name != 'uncalibrated':
                change, plain = figure['change'], told['rows'][0]['cells'][0][measure]
                expect(abs(change['value'] - (figure['value'] - plain['value'])) < 1e-12, f'{name} {measure}: {change}')
                expect(change['low'] <= change['value'] <= change['high'] and 'paired' in change['method'], change)
                # No temperature changes an answer, in no resample.
                expect((name, measure) != ('temperature', 'accuracy') or change['low'] == change['high'] == 0, change)
        expect(row['cases'] == answers[name]['n'], row['cases'])
    expect(abs(row['temperatures'][0] - measured['ce']['temperature']['value']) < 1e-6, row['temperatures'])


def t_best():
    """One cell of a row is the best: the smallest error, the largest accuracy; and it is bold"""
    row, = document('calibration-table', study(0), '--json', *BRIEF)['rows']
    text = cli('calibration-table', study(0), *BRIEF).stdout
    for measure, choose in (('ece', min), ('mce', min), ('accuracy', max)):
        best = [name for name, cell in cells_of(row).items() if cell[measure]['best']]
        values = {name: cell[measure]['value'] for name, cell in cells_of(row).items()
                  if measure != 'accuracy' or name != 'temperature'}
        expect(len(best) == 1 and values[best[0]] == choose(values.values()), f'{measure}: {best} of {values}')
        expect(f'**{values[best[0]]:.3f} (' in text, f'{best} is not bold in\n{text}')
    expect(text.count('Table 1.') == 1 and text.count('Table 2.') == 1 and 'Table 3.' not in text, text)
    expect('average' not in text, 'the mean of one row')


def t_direction_of_temperature():
    """A note says whether the temperature makes the calibration error worse, and by how much"""
    for seed in (0, 1):
        cells = cells_of(document('calibration-table', study(seed), '--json', *BRIEF)['rows'][0])
        before, after = (cells[name]['ece']['value'] for name in ('uncalibrated', 'temperature'))
        text = cli('calibration-table', study(seed), '--measure', 'ece', *BRIEF).stdout
        word = '**temperature makes the ECE worse**' if after > before else 'temperature makes the ECE better'
        expect(f'{word} {before:.3f} → {after:.3f}' in text and ('worse' in text) == (after > before), text)


def t_repeats():
    """Studies that differ by their seed alone are one row: mean, t-interval, and the paired change"""
    alone = [cells_of(document('calibration-table', study(seed), '--json', *BRIEF)['rows'][0]) for seed in (0, 1)]
    told = document('calibration-table', study(0), study(1), '--json', *BRIEF)
    row, = told['rows']
    expect(row['repeats'] == 2 and len(row['temperatures']) == 2, row)
    for name, cell in cells_of(row).items():
        for measure in MEASURES:
            values = [one[name][measure]['value'] for one in alone]
            figure = cell[measure]
            mean, half = sum(values) / 2, T_975 * abs(values[0] - values[1]) / 2
            expect(figure['values'] == values and abs(figure['value'] - mean) < 1e-12, f'{name} {measure}: {figure} {values}')
            expect(abs(figure['low'] - max(mean - half, 0)) < 1e-6 and abs(figure['high'] - min(mean + half, 1)) < 1e-6, f'{figure} {half}')
            expect('t-interval' in figure['method'], figure['method'])
            if name == 'uncalibrated':
                expect('change' not in figure, figure)
                continue
            changes = [one[name][measure]['value'] - one['uncalibrated'][measure]['value'] for one in alone]
            half = T_975 * abs(changes[0] - changes[1]) / 2
            expect(abs(figure['change']['value'] - sum(changes) / 2) < 1e-12, f'{name} {measure}: {figure} {changes}')
            expect(abs(figure['change']['high'] - figure['change']['value'] - half) < 1e-6, f'{name} {measure}: {figure} {half}')
    text = cli('calibration-table', study(0), study(1), *BRIEF).stdout
    expect(f'{row["cases"]} × 2' in text and 't-interval' in text and 'of 2 repeats' in text, text)


def t_missing_repeat():
    """A loss that a repeat lacks is averaged over those that have it, and is not called the best"""
    told = document('calibration-table', study(0), study(1), '--family', 'ce', '--json', *BRIEF)
    expect([c['method'] for c in told['rows'][0]['cells']] == ['uncalibrated', 'temperature'], told['rows'][0]['cells'])
    lacking = path('lacking.dubito')
    shutil.copytree(study(1), lacking)
    cli('train', '--out', lacking, '--arch', 'mlp', '--epochs', 20, '--batch', 16, '--lr', 0.01, '--select', 'last', '--seed', 1,
        '--dca', 25, '--folds', 1, '--twins', 'keep')
    cell = cells_of(document('calibration-table', study(0), lacking, '--json', *BRIEF)['rows'][0])['dca25']
    expect(cell['repeats'] == 1 and cell['ece']['values'][0] is None and cell['ece']['low'] is None and not cell['ece']['best'], cell)


def t_other_recipe():
    """Another architecture or recipe is another row, and rows that would read alike say what they differ in"""
    other = path('other.dubito')
    shutil.copytree(study(0), other)
    for name, more in (('cnn', ['--arch', 'cnn2d', '--width', 4]), ('slow', ['--arch', 'mlp', '--lr', 0.001])):
        cli('train', '--out', other, '--name', name, '--epochs', 2, '--folds', 1, '--twins', 'keep', *more)
    told = document('calibration-table', other, '--json', *BRIEF)
    networks = [row['network'] for row in told['rows']]
    expect(len(networks) == 3 and len(set(networks)) == 3, networks)
    expect(networks[1].startswith('2-D CNN') and '(' in networks[2] and networks[2].startswith(networks[0]), networks)
    text = cli('calibration-table', other, '--measure', 'accuracy', *BRIEF).stdout
    line, = [line for line in text.splitlines() if line.startswith('| average')]
    values = [cells_of(row)['uncalibrated']['accuracy']['value'] for row in told['rows']]
    expect(line.split('|')[4].strip() == f'{sum(values) / 3:.3f}', f'{line} {values}')
    expect('temperature' not in text.splitlines()[2], 'a temperature has no accuracy of its own')


def t_more_classes():
    """MCE of more than two classes has a table of its own, as the paper has"""
    many = path('many.dubito')
    cli('train', '--data', tiny.data_set('three.npz', n_classes=3), '--arch', 'mlp', '--folds', 1, '--epochs', 5, '--batch', 16,
        '--twins', 'keep', '--out', many)
    row, = document('calibration-table', many, '--json', *BRIEF)['rows']
    expect(row['classes'] == 3, row['classes'])
    text = cli('calibration-table', many, *BRIEF).stdout
    expect('Table 3.' in text and 'Table 2.' not in text, text)
    text = cli('calibration-table', many, study(0), *BRIEF).stdout
    expect('Table 3.' in text and 'Table 2.' in text, text)


def t_imported():
    """Outputs of unknown networks are a row with their name and a temperature"""
    exported, imported = path('exported.npz'), path('imported.dubito')
    cli('export', study(0), '--family', 'ce', '--split', 'all', '-o', exported)
    cli('import', '--outputs', exported, '--out', imported)
    told = document('calibration-table', imported, study(0), '--json', *BRIEF)
    foreign, own = told['rows']
    expect([c['method'] for c in foreign['cells']] == ['uncalibrated', 'temperature'], foreign['cells'])
    for name in ('uncalibrated', 'temperature'):
        expect(abs(cells_of(foreign)[name]['ece']['value'] - cells_of(own)[name]['ece']['value']) < 1e-6, name)
    text = cli('calibration-table', imported, *BRIEF).stdout
    expect('Change of the ECE' in text and 'Change of the accuracy' not in text, text)
    cli('export', study(0), '--family', 'ce', '--split', 'test', '-o', exported)
    cli('import', '--outputs', exported, '--out', path('tested.dubito'))
    row, = document('calibration-table', path('tested.dubito'), '--json', *BRIEF)['rows']
    expect([c['method'] for c in row['cells']] == ['uncalibrated'] and row['temperatures'] == [None], 'fitted on nothing')


def t_separable():
    """A temperature of 0 is not applied, and that is said"""
    exported, changed, imported = path('all.npz'), path('separable.npz'), path('separable.dubito')
    cli('export', study(0), '--family', 'ce', '--split', 'all', '-o', exported)
    with numpy.load(exported) as archive:
        arrays = {name: archive[name] for name in ('probabilities', 'labels', 'ids', 'split')}
    for i in numpy.flatnonzero(arrays['split'] == 'calibration'):
        arrays['probabilities'][i] = numpy.where(numpy.arange(2) == arrays['labels'][i], 0.8, 0.2)
    numpy.savez(changed, **arrays)
    cli('import', '--outputs', changed, '--out', imported)
    row, = document('calibration-table', imported, '--json', *BRIEF)['rows']
    expect(row['temperatures'] == [0] and [c['method'] for c in row['cells']] == ['uncalibrated'], row)
    text = cli('calibration-table', imported, *BRIEF).stdout
    expect('no temperature in 1 of 1' in text and 'temperature makes' not in text, text)


def t_files():
    """CSV has every digit, the same files again for any number of threads"""
    told = document('calibration-table', study(0), study(1), '--json', *BRIEF)
    for ending in ('csv', 'md'):
        files = [path(f'table{threads}.{ending}') for threads in (1, 2)]
        for threads, file in enumerate(files, 1):
            cli('calibration-table', study(0), study(1), '-o', file, '--threads', threads, *BRIEF)
        one, two = (open(file, 'rb').read() for file in files)
        expect(len(one) > 200 and one == two, f'two tables as {ending} differ')
    cells = cells_of(told['rows'][0])
    with open(path('table1.csv'), encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    expect(len(rows) == 3 * len(cells), len(rows))
    for row in rows:
        figure = cells[row['method']][row['measure']]
        expect(float(row['value']) == figure['value'] and float(row['low']) == figure['low'] and
               [float(v) for v in row['values'].split()] == figure['values'] and row['best'] == str(int(figure['best'])), row)
    only = cli('calibration-table', study(0), '--measure', 'mce', *BRIEF).stdout
    expect('ECE)' not in only and 'MCE' in only, only)


def t_figure():
    """figure ece-beta draws the table's numbers, the same bytes again"""
    cells = cells_of(document('calibration-table', study(0), study(1), '--json', *BRIEF)['rows'][0])
    for ending in ('csv', 'png', 'svg', 'pdf'):
        files = [path(f'beta{attempt}.{ending}') for attempt in (0, 1)]
        for threads, file in enumerate(files, 1):
            cli('figure', 'ece-beta', study(0), study(1), '-o', file, '--dpi', 72, '--threads', threads, *BRIEF)
        one, two = (open(file, 'rb').read() for file in files)
        expect(len(one) > 200 and one == two, f'two drawings as {ending} differ')
    with open(path('beta0.csv'), encoding='utf-8') as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith('#')))
    expect([row['beta'] for row in rows] == ['0', '5', '15', ''], [row['beta'] for row in rows])
    for row, name in zip(rows, ('uncalibrated', 'dca5', 'dca15', 'temperature')):
        figure = cells[name]['ece']
        expect(math.isclose(float(row['ece']), figure['value'], rel_tol=1e-12) and
               math.isclose(float(row['low']), figure['low'], rel_tol=1e-12, abs_tol=1e-15) and row['repeats'] == '2', f'{row} {figure}')
    with open(path('beta0.svg'), encoding='utf-8') as stream:
        words = re.findall(r'>([^<>]+)</t', stream.read())
    # The axis has the weights that were trained, once each, and no round number between them.
    expect([words.count(word) for word in ('0', '5', '15')] == [1, 1, 1] and '10' not in words, words)
    cli('figure', 'ece-beta', study(0), '-o', path('narrow.svg'), '--width', 85, *BRIEF)
    with open(path('narrow.svg'), encoding='utf-8') as stream:
        drawn = stream.read()
    expect('tiny' in drawn and 'bootstrap intervals' in drawn and '…' not in drawn, 'words are cut off in one column')
    done = cli('figure', 'ece-beta', tiny.study(), '-o', path('no.png'), status=1)
    expect('--dca' in done.stderr and not os.path.exists(path('no.png')), done.stderr)


def t_wrong_usage():
    """Wrong options, studies that are none, and files of a study are refused"""
    cli('calibration-table', status=2)
    for options in (['--measure', 'half'], ['--bins', 0], ['--resamples', 1], ['--seed', 'x'], ['-o', path('t.txt')]):
        done = cli('calibration-table', study(0), *options, status=2)
        expect(options[0].strip('-') in done.stderr, done.stderr)
    cli('calibration-table', study(0), '-o', path('nowhere/t.csv'), status=1)
    done = cli('calibration-table', study(0), study(0) + '/', status=2)
    expect('twice' in done.stderr, done.stderr)
    cli('calibration-table', study(0), path('none.dubito'), status=1)
    done = cli('calibration-table', study(0), '--family', 'third', status=1)
    expect('third' in done.stderr, done.stderr)
    kept = os.path.join(study(0), 'cases.csv')
    with open(kept, 'rb') as file:
        before = file.read()
    cli('calibration-table', study(0), '-o', kept, status=2)
    with open(kept, 'rb') as file:
        expect(file.read() == before, 'a file of the study was overwritten')
    cli('figure', 'ece-beta', study(0), status=2)
    empty = path('empty.dubito')
    shutil.copytree(study(0), empty)
    with open(os.path.join(empty, 'study.json'), encoding='utf-8') as file:
        whole = json.load(file)
    whole['models'] = []
    with open(os.path.join(empty, 'study.json'), 'w', encoding='utf-8') as file:
        json.dump(whole, file)
    done = cli('calibration-table', empty, status=1)
    expect('empty.dubito' in done.stderr and 'networks' in done.stderr, done.stderr)
    done = cli('figure', 'ece-beta', empty, '-o', path('e.png'), status=1)
    expect('networks' in done.stderr, done.stderr)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
