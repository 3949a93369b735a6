#!/usr/bin/env python3
"""dubito-cli figure reliability: its numbers, its files, its curves of studies and files, and what it refuses."""
import csv
import io
import os
import shutil
import sys

import numpy

import tap
import tiny
from tap import expect
from tool import cli, path

BRIEF = ['--resamples', 200]


def rows_of(name):
    """The notes of a CSV and its rows."""
    with open(path(name), encoding='utf-8') as file:
        text = file.read()
    notes = dict(line[2:].split(': ', 1) for line in text.splitlines() if line.startswith('# '))
    return notes, list(csv.DictReader(io.StringIO(''.join(line + '\n' for line in text.splitlines() if not line.startswith('# ')))))


def answers(n=900, seed=2, n_classes=3):
    """Logits of a network that is too sure, with labels drawn from its cooler probabilities."""
    generator = numpy.random.default_rng(seed)
    logits = generator.normal(0, 3, (n, n_classes))
    p = numpy.exp(logits / 2)
    p /= p.sum(1, keepdims=True)
    labels = (p.cumsum(1) < generator.random((n, 1))).sum(1)
    return logits, labels


def saved(name, **keywords):
    logits, labels = answers(**keywords)
    numpy.savez(path(name), logits=logits, labels=labels)
    return path(name)


def softmax(logits):
    p = numpy.exp(logits - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def bins_of(confidence, correct, n_bins):
    """Right-closed bins of equal width, by NumPy."""
    index = numpy.clip(numpy.ceil(confidence * n_bins).astype(int) - 1, 0, n_bins - 1)
    for m in range(n_bins):
        inside = index == m
        yield inside.sum(), confidence[inside].mean() if inside.any() else None, correct[inside].mean() if inside.any() else None


def t_numbers():
    """The bins of a file are those of NumPy; bands hold the accuracy, and empty bins have nothing"""
    test = saved('numbers.npz')
    cli('figure', 'reliability', test, '-o', path('numbers.csv'), '--bins', 12, '--consistency', *BRIEF)
    notes, rows = rows_of('numbers.csv')
    logits, labels = answers()
    p = softmax(logits)
    expect(len(rows) == 12 and notes['cases'] == '900' and notes['bins'] == '12' and notes['recalibration'] == 'none', notes)
    for row, (count, confidence, accuracy) in zip(rows, bins_of(p.max(1), p.argmax(1) == labels, 12)):
        expect(row['panel'] == '' and row['curve'] == 'uncalibrated' and int(row['count']) == count, f'{row} {count}')
        if count == 0:
            expect(all(row[key] == '' for key in row if key not in ('panel', 'curve', 'bin', 'low', 'high', 'count')), row)
            continue
        expect(abs(float(row['confidence']) - confidence) < 1e-9 and abs(float(row['accuracy']) - accuracy) < 1e-12, row)
        expect(float(row['band_low']) <= accuracy <= float(row['band_high']), row)
        expect(float(row['consistent_low']) <= float(row['consistent_high']), row)


def t_before_and_after():
    """A temperature fitted on other cases brings confidences down to the accuracy, and the file says where it comes from"""
    test, fit = saved('test.npz'), saved('fit.npz', seed=5)
    cli('figure', 'reliability', test, '--fit', fit, '-o', path('pair.csv'), '-o', path('pair.svg'), *BRIEF)
    notes, rows = rows_of('pair.csv')
    gap = {}
    for row in rows:
        if row['count'] != '0':
            gap[row['panel']] = gap.get(row['panel'], 0) + int(row['count']) * (float(row['confidence']) - float(row['accuracy'])) / 900
    # Three standard errors of an accuracy among 900 are 0.05.
    expect(list(gap) == ['Before', 'After'] and gap['Before'] > 0.08 and abs(gap['After']) < 0.05, gap)
    expect(notes['recalibration'].startswith('temperature: T = ') and '900 cases' in notes['recalibration'], notes)
    expect(1.7 < float(notes['recalibration'].split('T = ')[1].split()[0]) < 2.3, notes)
    with open(path('pair.svg'), encoding='utf-8') as file:
        svg = file.read()
    for text in ('>Before<', '>After<', '>ECE<', '>test.npz<', '>900 cases<', '>accuracy<', '>confidence<', '>gap<', '>95 % band<'):
        expect(text in svg, text)


def t_same_bytes():
    """The same figure, whatever the number of threads"""
    test, fit = saved('again.npz', n_classes=2), saved('again-fit.npz', n_classes=2, seed=8)
    for ending in ('png', 'svg', 'pdf', 'csv'):
        made = []
        for threads in (1, 2):
            name = path(f'again-{threads}.{ending}')
            cli('figure', 'reliability', test, '--fit', fit, '--overlay', '--corp', '--consistency', '--threads', threads, '-o', name, *BRIEF)
            with open(name, 'rb') as file:
                made.append(file.read())
        expect(made[0] == made[1] and len(made[0]) > 1000, f'{ending}: {len(made[0])} and {len(made[1])} bytes')


def t_class_and_mass():
    """One class against the rest in bins of equal mass"""
    test = saved('class.npz')
    cli('figure', 'reliability', test, '--class', 2, '--binning', 'mass', '--bins', 10, '-o', path('class.csv'), '-o', path('class.svg'), *BRIEF)
    notes, rows = rows_of('class.csv')
    _, labels = answers()
    expect([int(row['count']) for row in rows] == [90] * 10, rows)
    expect(notes['class'] == 'class 2' and notes['binning'] == 'equal mass', notes)
    share = sum(int(row['count']) * float(row['accuracy']) for row in rows) / 900
    expect(abs(share - (labels == 2).mean()) < 1e-12, share)
    with open(path('class.svg'), encoding='utf-8') as file:
        expect('>share of the class<' in file.read(), 'the axis says accuracy')
    refused = cli('figure', 'reliability', test, '--class', 3, '-o', path('x.csv'), status=1).stderr
    expect('has no class “3”; it has 0 to 2.' in refused, refused)


def t_top_label():
    """A table of confidences alone: temperature works, vector scaling and classes are refused in a sentence"""
    for name, seed in (('top.csv', 2), ('top-fit.csv', 5)):
        logits, labels = answers(seed=seed)
        p = softmax(logits)
        with open(path(name), 'w', encoding='utf-8') as file:
            file.write('true_label,pred_label,confidence\n')
            file.writelines(f'{t},{a},{c!r}\n' for t, a, c in zip(labels.tolist(), p.argmax(1).tolist(), p.max(1).tolist()))
    cli('figure', 'reliability', path('top.csv'), '--fit', path('top-fit.csv'), '-o', path('top-out.csv'), *BRIEF)
    _, rows = rows_of('top-out.csv')
    expect(len(rows) == 30, len(rows))
    for more in (['--fit', path('top-fit.csv'), '--recalibrate', 'vector'], ['--class', 1]):
        refused = cli('figure', 'reliability', path('top.csv'), '-o', path('x.csv'), *more, status=1).stderr
        expect(refused.count('\n') == 1, refused)


def t_study():
    """A study: its test part before and after, networks one by one, another family beside it"""
    study = path('several.dubito')
    shutil.copytree(tiny.study(), study)
    cli('train', '--out', study, '--arch', 'cnn2d', '--width', 4, '--folds', 3, '--epochs', 3, '--twins', 'keep', '--dca', 15)
    cli('figure', 'reliability', study, '-o', path('study.csv'), *BRIEF)
    notes, rows = rows_of('study.csv')
    expect([row['panel'] for row in rows] == ['Before'] * 15 + ['After'] * 15, rows)
    expect(notes['measured-on'] == 'test' and notes['family'] == 'ce' and notes['network'] == 'ensemble', notes)
    expect('fitted on calibration' in notes['recalibration'], notes)
    expect(sum(int(row['count']) for row in rows) == 2 * int(notes['cases']), notes)
    cli('figure', 'reliability', study, '--each', '-o', path('each.csv'), *BRIEF)
    _, rows = rows_of('each.csv')
    expect(len({row['panel'] for row in rows}) == 3, rows)
    for more in (['--family', 'ce', '--family', 'ce-dca15'], ['--with', 'ce-dca15']):
        cli('figure', 'reliability', study, '--overlay', '-o', path('overlay.csv'), *more, *BRIEF)
        _, rows = rows_of('overlay.csv')
        expect([row['curve'] for row in rows[::15]] == ['uncalibrated', 'temperature', 'ce-dca15'], rows[::15])
    cli('figure', 'reliability', study, '--recalibrate', 'platt', '--with', 'temperature', '--overlay', '-o', path('two.csv'),
        '-o', path('two.svg'), *BRIEF)
    with open(path('two.svg'), encoding='utf-8') as file:
        svg = file.read()
    expect('>platt: slope ' in svg and '>temperature: T = ' in svg, 'both fits have a line below the diagrams')
    _, rows = rows_of('two.csv')
    expect([row['curve'] for row in rows[::15]] == ['uncalibrated', 'Platt', 'temperature'], rows[::15])
    refused = cli('figure', 'reliability', study, '--family', 'ce-dca7', '-o', path('x.csv'), status=1).stderr
    expect('“ce-dca7”; it has ce, ce-dca15' in refused, refused)


def t_usage():
    """Wrong usage is said before any work, with status 2"""
    test = saved('usage.npz')
    for more, word in ((['--bins', 0], '--bins is 0'), (['--binning', 'both'], 'binning'), (['--recalibrate', 'magic'], 'isotonic'),
                       (['--recalibrate', 'platt'], '--fit CAL'), (['--with', 'platt'], '--fit CAL'), (['--family', 'ce'], 'need a study'),
                       (['--each'], 'need a study'), (['--with', 'ce'], 'no families'), (['--seed', '-1'], '--seed'),
                       (['--resamples', 1], 'resamples'), (['-o', test], 'usage.npz')):
        refused = cli('figure', 'reliability', test, '-o', path('x.csv'), *more, status=2).stderr
        expect(word in refused, f'{more}: {refused}')
    cli('figure', 'reliability', test, status=2)
    expect(not os.path.exists(path('usage-x.csv')), 'a file was written')


def t_bad_input():
    """Predicted numbers, other classes, and no file at all: one sentence each"""
    generator = numpy.random.default_rng(1)
    numpy.savez(path('regression.npz'), truth=generator.normal(size=50), mean=generator.normal(size=50), sd=numpy.ones(50))
    for arguments, word in (([path('regression.npz')], 'a reliability diagram is of answers'),
                            ([saved('three.npz'), '--fit', saved('two.npz', n_classes=2)], 'classes'),
                            ([path('absent.npz')], 'absent.npz')):
        refused = cli('figure', 'reliability', *arguments, '-o', path('x.csv'), status=1).stderr
        expect(word in refused and refused.count('\n') == 1, refused)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
