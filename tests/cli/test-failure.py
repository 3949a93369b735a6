#!/usr/bin/env python3
"""dubito-cli failure: its document, the column of outcomes, thresholds of other cases, what it refuses."""
import csv
import sys

import numpy

import tap
from tap import expect
from tool import cli, document, path

BRIEF = ['--resamples', 200]


def write(name, columns, separator=','):
    with open(path(name), 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
    return path(name)


def made(n=200, seed=0, share=0.2, name='case'):
    rng = numpy.random.default_rng(seed)
    correct = (rng.random(n) > share).astype(int)
    return {'id': [f'{name}-{i}' for i in range(n)], 'correct': correct, 'good': rng.normal(0, 1, n).round(3) - 2 * correct,
            'noise': rng.random(n).round(3)}


def area(score, correct):
    wrong, right = score[correct == 0], score[correct == 1]
    return ((wrong[:, None] > right).sum() + 0.5 * (wrong[:, None] == right).sum()) / (len(wrong) * len(right))


def t_document():
    """Every measure of every column, as NumPy has it"""
    table = made()
    told = document('failure', write('scores.csv', table), '--json', *BRIEF)
    correct = table['correct']
    expect(list(told['scores']) == ['good', 'noise'] and told['positive'] == 'correct', list(told['scores']))
    expect(told['n'] == 200 and told['n_failures'] == (correct == 0).sum(), told)
    for name, found in told['scores'].items():
        score = table[name]
        auroc = found['auroc']
        a = correct.mean()
        expect(abs(auroc['value'] - area(score, correct)) < 1e-9 and auroc['low'] < auroc['value'] < auroc['high'], auroc)
        expect(abs(found['augrc'] - ((1 - auroc['value']) * a * (1 - a) + (1 - a) ** 2 / 2)) < 1e-9, found['augrc'])
        risk = numpy.mean([1 - correct[score <= s].mean() for s in score])
        expect(abs(found['aurc'] - risk) < 1e-9 and 0 <= found['eaurc'] < found['aurc'], found['aurc'])
        expect(found['intervals']['aurc']['low'] < found['aurc'] < found['intervals']['aurc']['high'], found['intervals'])
        for point in 'bacc', 'spec':
            accept = score <= (found[point]['threshold'] if found[point]['threshold'] is not None else -numpy.inf)
            sens, spec = accept[correct == 1].mean(), (~accept)[correct == 0].mean()
            expect(abs(found[point]['sens'] - sens) < 1e-12 and abs(found[point]['spec'] - spec) < 1e-12, found[point])
            expect(abs(found[point]['bacc'] - (sens + spec) / 2) < 1e-12 and found[point]['auc'] == auroc['value'], found[point])
            expect(found[point]['intervals']['sens']['d'] == (correct == 1).sum(), found[point])
        surest = min(score[correct == 0])
        zero = found['zero_failure']
        expect(abs(zero['coverage'] - (score < surest).mean()) < 1e-12 and zero['low'] <= zero['coverage'] <= zero['high'], zero)
        expect(score[table['id'].index(zero['case'])] == surest and correct[table['id'].index(zero['case'])] == 0, zero)
    expect(any('too good' in w for w in told['warnings']), told['warnings'])


def t_calibration():
    """Thresholds come from --calibration alone, and what the measured cases would have chosen stands beside"""
    measured, other = write('measured.csv', made(seed=1)), made(seed=2, name='other')
    told = document('failure', measured, '--calibration', write('other.csv', other, ';'), '--json', *BRIEF)
    found = told['scores']['good']
    surest = min(other['good'][other['correct'] == 0])
    expect(found['spec']['threshold'] == max(other['good'][other['good'] < surest]), found['spec'])
    expect(found['chosen_on_measured']['spec']['spec'] == 1 and found['thresholds_on'] == 'calibration', found)
    expect(not any('too good' in w for w in told['warnings']), told['warnings'])
    expect(found['bacc']['bacc'] <= found['chosen_on_measured']['bacc']['bacc'], 'the own threshold is not the better one')


def t_shared():
    """Cases of both files, and ids that stand twice, are told"""
    table = made(seed=3)
    measured = write('twice.csv', table)
    told = document('failure', measured, '--calibration', measured, '--json', *BRIEF)
    expect(any(w.startswith('200 cases are in both files') for w in told['warnings']), told['warnings'])
    table['id'][7] = table['id'][3]
    told = document('failure', write('again.csv', table), '--json', *BRIEF)
    expect(any('case-3' in w and 'second time' in w for w in told['warnings']), told['warnings'])


def t_same_bits():
    """The same bytes for any number of threads; another seed moves the intervals alone"""
    table = write('bits.csv', made())
    one = cli('failure', table, '--json', '--threads', 1, *BRIEF).stdout
    expect(cli('failure', table, '--json', '--threads', 2, *BRIEF).stdout == one, 'two threads, another document')
    other = document('failure', table, '--json', '--seed', 3, *BRIEF)['scores']['good']
    first = document('failure', table, '--json', *BRIEF)['scores']['good']
    expect(other['aurc'] == first['aurc'] and other['intervals'] != first['intervals'], 'the seed changes nothing')


def t_patients():
    """Cases of one patient are no new evidence"""
    table = made(60)
    twice = {k: [v for v in values for _ in range(2)] for k, values in table.items()}
    twice['id'] = [f'{name}-{i}' for i, name in enumerate(twice['id'])]
    wide = document('failure', write('twice.csv', {**twice, 'patient': [i // 2 for i in range(120)]}), '--json')['scores']['good']
    narrow = document('failure', write('apart.csv', twice), '--json')['scores']['good']
    expect(wide['auroc']['value'] == narrow['auroc']['value'], 'another value')
    expect(wide['auroc']['high'] - wide['auroc']['low'] > 1.2 * (narrow['auroc']['high'] - narrow['auroc']['low']), wide['auroc'])
    expect('patient' in wide['auroc']['method'], wide['auroc'])


def t_no_failures():
    """Without failures the area is undefined, and says so"""
    told = document('failure', write('right.csv', {'correct': [1, 1, 1], 'msr': [.1, .2, .3]}), '--json', *BRIEF)
    found = told['scores']['msr']
    expect(found['auroc']['value'] is None and found['auroc']['method'] == 'none: there are no failures', found['auroc'])
    expect(found['bacc']['spec'] is None and found['zero_failure']['case'] is None, found)
    expect(any('no failures' in w for w in told['warnings']), told['warnings'])
    expect('no failures' in cli('failure', path('right.csv'), *BRIEF).stdout, 'the table does not say it')


def t_refused():
    """Bad tables are refused in one sentence with file, line and column"""
    for name, columns, words in (
            ('nan.csv', {'correct': [1, 0], 'msr': ['0.5', 'nan']}, ['nan.csv', 'line 3', 'msr', 'nan']),
            ('empty.csv', {'correct': [1, 0], 'msr': ['0.5', '']}, ['line 3', 'msr']),
            ('text.csv', {'correct': [1, 0], 'msr': ['0.5', 'high']}, ['line 3', 'msr', 'high']),
            ('outcome.csv', {'correct': [1, 2], 'msr': [.5, .6]}, ['line 3', 'correct', '2']),
            ('missing.csv', {'right': [1, 0], 'msr': [.5, .6]}, ['correct', 'right, msr']),
            ('alone.csv', {'correct': [1, 0]}, ['scores']),
            ('none.csv', {'correct': [], 'msr': []}, ['no cases'])):
        told = cli('failure', write(name, columns), '--json', status=1).stderr
        expect(all(word in told for word in words), f'{name}: {told}')
    good = write('good.csv', {'correct': [1, 0], 'msr': [.1, .2]})
    told = cli('failure', good, '--calibration', write('short.csv', {'correct': [1, 0], 'other': [.1, .2]}), status=1).stderr
    expect('msr' in told and 'other' in told, told)
    expect('entropy' in cli('failure', good, '--scores', 'entropy', status=1).stderr, 'the missing score is not named')
    cli('failure', good, '--resamples', 3, status=2)
    cli('failure', good, '--seed', 'x', status=2)
    cli('failure', path('absent.csv'), status=1)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
