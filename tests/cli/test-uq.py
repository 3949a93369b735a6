#!/usr/bin/env python3
"""dubito-cli uq and score: their documents, what they keep, the table of methods, what they may not see, what they refuse."""
import csv
import os
import shutil
import sys

import numpy

import tap
import tiny
from tap import expect
from tool import cli, document, path

BRIEF = ['--resamples', 200]
PUBLISHED = ['MSR / DHL', 'Temp scaling', 'Ensembling', 'TTA', 'GPS', 'KNN-all', 'KNN-shap', 'Mean', 'Max', 'Min', 'Perceptron']


def area(score, failed):
    wrong, right = score[failed], score[~failed]
    return ((wrong[:, None] > right).sum() + 0.5 * (wrong[:, None] == right).sum()) / (len(wrong) * len(right))


def stored(study, family='ce'):
    """The scores in results/ by their ids, with the cases of cases.csv."""
    archive = numpy.load(os.path.join(study, 'results', 'scores', family + '.npz'))
    with open(os.path.join(study, 'cases.csv'), encoding='utf-8') as file:
        cases = list(csv.DictReader(file))
    return dict(zip(archive['ids'], archive['values'])), cases


def exported(study, part='all'):
    cli('export', study, '--split', part, '-o', path('uq-out.npz'))
    return numpy.load(path('uq-out.npz'))


def t_document():
    """Every score on calibration and test, as NumPy has it from the exported outputs"""
    study = tiny.study()
    told = document('uq', study, '--json', *BRIEF)
    expect(told['family'] == 'ce' and len(told['models']) == 3 and told['positive'] == 'correct', told['models'])
    out = exported(study, 'test')
    mean = out['probabilities']
    failed = mean.argmax(1) != out['labels']
    msr = told['scores']['msr']['splits']['test']
    expect(msr['n'] == len(failed) and msr['n_failures'] == failed.sum(), msr)
    expect(abs(msr['auroc']['value'] - area(1 - mean.max(1), failed)) < 1e-9, msr['auroc'])
    members = numpy.exp(out['logits'] - out['logits'].max(2, keepdims=True))
    members /= members.sum(2, keepdims=True)
    spread = told['scores']['ensemble-sd']['splits']['test']
    expect(abs(spread['auroc']['value'] - area(members.std(0).mean(1), failed)) < 1e-6, spread['auroc'])
    for name, score in told['scores'].items():
        expect(score['needs'] and score['sentence'] and score['formula'], name)
        expect((score['missing'] is None) == ('test' in score['splits']), f'{name}: {score["missing"]}')
        for part, found in score['splits'].items():
            expect(set(found) >= {'auroc', 'bacc', 'spec', 'aurc', 'eaurc', 'augrc', 'fpr95', 'zero_failure', 'needs', 'fitted_on',
                                  'n_failures', 'n'}, f'{name}: {list(found)}')
            expect(set(found['bacc']) >= {'auc', 'bacc', 'spec', 'sens', 'threshold'}, found['bacc'])
            expect(found['measured_on'] == part and found['thresholds_on'] == 'calibration', found)
    expect({'msr', 'temperature', 'mean', 'perceptron'} <= {n for n, s in told['scores'].items() if s['splits']}, 'too few scores')
    expect(told['scores']['temperature']['fitted_on'] == 'calibration' and told['scores']['msr']['fitted_on'] is None, 'fitted on')
    expect(any(w.startswith('calibration: ') and 'too good' in w for w in told['warnings']), told['warnings'])


def t_same_bits():
    """One thread and two, computed or read again: the same bytes"""
    study = tiny.study()
    shutil.rmtree(os.path.join(study, 'results'), ignore_errors=True)
    one = cli('uq', study, '--json', '--threads', 1, *BRIEF).stdout
    file = os.path.join(study, 'results', 'scores', 'ce.npz')
    with open(file, 'rb') as kept:
        kept = kept.read()
    expect(cli('uq', study, '--json', '--threads', 2, *BRIEF).stdout == one, 'what was kept differs')
    shutil.rmtree(os.path.join(study, 'results'))
    expect(cli('uq', study, '--json', '--threads', 2, *BRIEF).stdout == one, 'two threads, another document')
    with open(file, 'rb') as again:
        expect(again.read() == kept, 'two threads, other scores')
    with open(file, 'wb') as broken:
        broken.write(kept[:len(kept) // 2])
    expect(cli('uq', study, '--json', *BRIEF).stdout == one, 'half a file was believed')


def t_one_at_a_time():
    """A score alone is the score among others, and a second call adds to what is kept"""
    study = tiny.study()
    cli('uq', study, *BRIEF)
    all_scores, _ = stored(study)
    shutil.rmtree(os.path.join(study, 'results', 'scores'))
    for name in 'entropy', 'msr', 'knn-all':
        cli('uq', study, '--scores', name, *BRIEF)
    alone, _ = stored(study)
    expect(set(alone) == {'entropy', 'msr', 'knn-all'}, list(alone))
    for name, values in alone.items():
        expect(numpy.array_equal(values, all_scores[name]), name)


def t_blind():
    """Scores of test cases do not change with the truth of these"""
    out = exported(tiny.study())
    columns = {'id': out['ids'], 'label': out['labels'], 'split': out['split']}
    rows = []
    for flip in False, True:
        name = path(f'blind-{flip}')
        shutil.rmtree(name + '.dubito', ignore_errors=True)
        labels = numpy.where((columns['split'] == 'test') & flip, 1 - out['labels'], out['labels'])
        with open(name + '.csv', 'w', encoding='utf-8', newline='') as file:
            writer = csv.writer(file)
            writer.writerow(['id', 'label', 'split', 'prob_0', 'prob_1'])
            writer.writerows([i, l, s, repr(float(p)), repr(float(1 - p))] for i, l, s, p in
                             zip(columns['id'], labels, columns['split'], out['probabilities'][:, 0]))
        cli('import', '--outputs', name + '.csv', '--out', name + '.dubito')
        told = document('uq', name + '.dubito', '--json', *BRIEF)
        values, _ = stored(name + '.dubito', told['family'])
        rows.append((values, told))
    (plain, told), (flipped, other) = rows
    expect(len(plain) >= 5 and set(plain) == set(flipped), list(plain))
    for name in plain:
        expect(numpy.array_equal(plain[name], flipped[name]), f'{name} has seen the truth')
    a, b = (t['scores']['msr']['splits']['test'] for t in (told, other))
    expect(a['n_failures'] != b['n_failures'], 'the truth was not changed')
    expect(a['bacc']['threshold'] == b['bacc']['threshold'], 'the threshold was chosen on the test part')
    for name, words in (('ensemble-sd', 'two networks'), ('knn-all', 'features'), ('max-logit', 'logits')):
        expect(words in told['scores'][name]['missing'], told['scores'][name]['missing'])
    asked = cli('uq', path('blind-False.dubito'), '--scores', 'tta', status=1).stderr
    expect('TTA needs the network itself' in asked, asked)
    asked = cli('score', path('blind-False.dubito'), path('tiny.npz'), status=1).stderr
    expect('only outputs were imported' in asked, asked)


def t_views():
    """Scores that look at cases more than once, of calibration and test cases, whatever the threads; of a new image, too"""
    study = tiny.study()
    names = ['--scores', 'tta,gps,mc-dropout,mean']
    shutil.rmtree(os.path.join(study, 'results'), ignore_errors=True)
    one = cli('uq', study, *names, '--json', '--threads', 2, *BRIEF, timeout=200).stdout
    values, cases = stored(study)
    viewed = numpy.array([c['part'] in ('calibration', 'test') for c in cases])
    for name in 'tta', 'gps', 'mc-dropout':
        expect(numpy.array_equal(numpy.isfinite(values[name]), viewed) and (values[name][viewed] > 0).mean() > 0.9, name)
    shutil.rmtree(os.path.join(study, 'results'))
    expect(cli('uq', study, *names, '--json', '--threads', 1, *BRIEF, timeout=200).stdout == one, 'other threads, another document')
    at = int(numpy.flatnonzero(viewed)[5])
    image, = document('score', study, f'{path("tiny.npz")}:{cases[at]["id"]}', '--json')['images']
    for name in 'tta', 'gps', 'mc-dropout':
        expect(image['scores'][name]['value'] == values[name][at], f'{name}: {image["scores"][name]} and {values[name][at]}')


def t_table():
    """The published rows and columns, then ours; thresholds of the test part come with a warning"""
    study = tiny.study()
    cli('uq', study, '--table', '-o', path('table.csv'), *BRIEF, timeout=200)
    with open(path('table.csv'), encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    expect([r['method'] for r in rows[:11]] == PUBLISHED, [r['method'] for r in rows[:11]])
    expect(all(r['published'] == '1' for r in rows[:11]) and all(r['published'] == '0' for r in rows[11:]), 'published')
    told = document('uq', study, '--json', *BRIEF)['scores']
    for row in rows:
        expect(None not in row and None not in row.values(), row)
        if row['missing'] or row['id'] not in told or not told[row['id']]['splits']:
            continue
        found = told[row['id']]['splits']['test']
        for point in 'bacc', 'spec':
            for column in 'auc', 'bacc', 'spec', 'sens':
                value, low, high = (float(row[f'{point}_{column}{end}']) for end in ('', '_low', '_high'))
                expect(abs(value - found[point][column]) < 1e-12 and low <= value <= high, f'{row["method"]} {point} {column}')
            expect(float(row[f'{point}_spec']) == int(row[f'{point}_spec_n']) / int(row[f'{point}_spec_d']), row)
            expect(int(row[f'{point}_spec_d']) == found['n_failures'], row)
        expect(row['thresholds_on'] == 'calibration' and row['measured_on'] == 'test', row)
    cli('uq', study, '--table', '-o', path('own.csv'), '--threshold-on', 'test', *BRIEF)
    with open(path('own.csv'), encoding='utf-8') as file:
        own = list(csv.DictReader(file))
    for row, honest in zip(own, rows):
        if row['bacc_bacc']:
            expect(row['thresholds_on'] == 'test' and float(row['spec_spec']) == 1, row)
            expect(float(row['bacc_bacc']) >= float(honest['bacc_bacc']), row['method'])
    cli('uq', study, '--table', '-o', path('own.md'), '--threshold-on', 'test', *BRIEF)
    cli('uq', study, '--table', '-o', path('table.md'), *BRIEF)
    with open(path('own.md'), encoding='utf-8') as a, open(path('table.md'), encoding='utf-8') as b:
        own, honest = a.read(), b.read()
    expect('Warning' in own and 'Warning' not in honest and 'calibration cases' in honest, own[:500])
    expect(all(name in honest for name in PUBLISHED), honest)


def t_cases():
    """A table of cases, from which failure measures the same"""
    study = tiny.study()
    told = document('uq', study, '--split', 'test', '--cases', path('cases-test.csv'), '--json', *BRIEF)['scores']
    cli('uq', study, '--split', 'calibration', '--cases', path('cases-cal.csv'), *BRIEF)
    again = document('failure', path('cases-test.csv'), '--calibration', path('cases-cal.csv'), '--json', *BRIEF)['scores']
    expect(list(again) == [name for name, score in told.items() if score['splits']], list(again))
    for name, found in again.items():
        mine = told[name]['splits']['test']
        expect(all(mine[member] == found[member] for member in found), f'{name}: {mine} and {found}')


def t_score():
    """A case of the study as a new image: its values to the bit, from npz, npy and PNG, alone or among others"""
    study = tiny.study()
    cli('uq', study, *BRIEF)
    values, cases = stored(study)
    told = document('score', study, path('tiny.npz'), '--json')
    expect(len(told['images']) == len(cases) and told['percentile_of'] == 'calibration', len(told['images']))
    part = numpy.array([c['part'] for c in cases])
    for i, (image, case) in enumerate(zip(told['images'], cases)):
        expect(image['image'] == f'tiny.npz:{case["id"]}', image['image'])
        for name, found in image['scores'].items():
            if name not in values or case['part'] not in ('calibration', 'test'):
                continue
            expect(found['value'] == values[name][i], f'{case["id"]} {name}: {found["value"]} and {values[name][i]}')
            known = values[name][part == 'calibration']
            expect(abs(found['percentile'] - (known <= found['value']).mean()) < 1e-12, found)
    test = [i for i, c in enumerate(cases) if c['part'] == 'test'][:2]
    pixels, _ = tiny.images()
    numpy.save(path('one.npy'), pixels[test[0]])
    few = document('score', study, path('one.npy'), f'{path("tiny.npz")}:{cases[test[1]]["id"]},{test[0]}', '--json')['images']
    expect(few[0]['scores'] == told['images'][test[0]]['scores'] == few[2]['scores'], 'npy or a row differs')
    expect(few[1]['scores'] == told['images'][test[1]]['scores'], 'a row by its id differs')
    expect(few[0]['probabilities'] == told['images'][test[0]]['probabilities'], few[0])
    try:
        from PIL import Image
    except ImportError:
        return
    Image.fromarray(pixels[test[0]]).save(path('one.png'))
    expect(document('score', study, path('one.png'), '--json')['images'][0]['scores'] == few[0]['scores'], 'the PNG differs')


def t_warned():
    """Few calibration cases, none of a class, and no failures are said"""
    rows = [['id', 'label', 'split', 'prob_0', 'prob_1']]
    rows += [[f'c{i}', 0, 'calibration', 0.9 - i / 100, 0.1 + i / 100] for i in range(12)]
    rows += [[f't{i}', i % 2, 'test', 0.8 - 0.6 * (i % 2), 0.2 + 0.6 * (i % 2)] for i in range(20)]
    with open(path('right.csv'), 'w', encoding='utf-8', newline='') as file:
        csv.writer(file).writerows(rows)
    cli('import', '--outputs', path('right.csv'), '--out', path('right.dubito'))
    told = document('uq', path('right.dubito'), '--json', *BRIEF)
    for words in '12 calibration cases', 'No calibration case is of class', 'test: there are no failures':
        expect(any(words in warning for warning in told['warnings']), f'{words}: {told["warnings"]}')
    found = told['scores']['msr']['splits']['test']['auroc']
    expect(found['value'] is None and 'no failures' in found['method'], found)
    expect('none failed' in told['scores']['perceptron']['missing'], told['scores']['perceptron'])


def t_refused():
    """What cannot be is refused by name"""
    study = tiny.study()
    for arguments, words in (
            (['--scores', 'best'], ['best', 'msr', 'perceptron']),
            (['--family', 'dca'], ['dca', 'ce']),
            (['--feature-model', 'x'], ['x', 'ce-f0', 'mean']),
            (['--fuse', 'mean'], ['mean', 'msr'])):
        told = cli('uq', study, *arguments, *BRIEF, status=1).stderr
        expect(all(word in told for word in words), f'{arguments}: {told}')
    for arguments in (['--gps-objective', 'both'], ['--seed', '-1'], ['--table'], ['--table', '-o', 'x.txt'], ['-o', 'x.csv'],
                      ['--threshold-on', 'train'], ['--split', 'all,some'], ['--resamples', 1]):
        cli('uq', study, *arguments, status=2)
    cli('uq', study, '--table', '-o', path('same.csv'), '--cases', path('same.csv'), status=2)
    for name in 'cases.csv', os.path.join('results', 'scores', 'x.csv'):
        cli('uq', study, '--cases', os.path.join(study, name), *BRIEF, status=2)
    for name, words in ((path('tiny.npz') + ':test-3', ['test-3']), (path('tiny.npz') + ':99999', ['99999', '240']),
                        (path('absent.png'), ['absent.png'])):
        told = cli('score', study, name, status=1).stderr
        expect(all(word in told for word in words), told)
    numpy.save(path('cube.npy'), numpy.zeros((4, 5, 6), 'uint8'))
    told = cli('score', study, path('cube.npy'), status=1).stderr
    expect('cube.npy' in told and '4' in told, told)
    cli('score', study, status=2)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
