#!/usr/bin/env python3
"""dubito-cli calibration: every measure as NumPy has it, published values, recalibration, regression, what it refuses."""
import csv
import math
import sys

import numpy

import tap
from tap import expect
from tool import cli, document, path, shared

BRIEF = ['--resamples', 199, '--json']
INTERVALS = ['accuracy', 'ece', 'mce', 'adaptive_ece', 'average', 'smooth_ece', 'overconfidence', 'nll']


def softmax(z):
    p = numpy.exp(z - z.max(-1, keepdims=True))
    return p / p.sum(-1, keepdims=True)


def made(seed, n, classes=3, sharpness=2.0):
    """Logits that are too sure of themselves, as networks' are: the labels follow softmax (z / sharpness)."""
    rng = numpy.random.default_rng(seed)
    logits = rng.normal(0, 2.5, (n, classes))
    chances = softmax(logits / sharpness)
    labels = (chances.cumsum(1) < rng.random((n, 1))).sum(1).clip(0, classes - 1)
    return logits, labels


def write(name, seed, n, classes=3, **more):
    logits, labels = made(seed, n, classes)
    numpy.savez(path(name), logits=logits, labels=labels, ids=numpy.array([f'{name}-{i}' for i in range(n)]), **more)
    return path(name), softmax(logits), labels


def table(name, columns, separator=','):
    with open(path(name), 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
    return path(name)


def text(name, words):
    with open(path(name), 'w', encoding='utf-8') as file:
        file.write(words)
    return path(name)


def binned(confidence, correct, bins=15):
    """(share, mean confidence, accuracy) of right-closed bins that are not empty."""
    at = numpy.clip(numpy.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return [((at == m).mean(), confidence[at == m].mean(), correct[at == m].mean()) for m in range(bins) if (at == m).any()]


def ece(confidence, correct, bins=15):
    return sum(share * abs(a - c) for share, c, a in binned(confidence, correct, bins))


def near(found, expected, tolerance=1e-9):
    expect(abs(found - expected) <= tolerance, f'{found} is not {expected}')


def t_document():
    """Every measure as NumPy has it, each with its interval"""
    file, p, y = write('pred.npz', 0, 500)
    told = document('calibration', file, *BRIEF)
    confidence, correct = p.max(1), p.argmax(1) == y
    bins = binned(confidence, correct)
    expect(told['n'] == 500 and told['n_classes'] == 3 and told['classes'] == ['0', '1', '2'], told['n'])
    near(told['accuracy']['value'], correct.mean())
    near(told['ece']['value'], ece(confidence, correct))
    near(told['mce']['value'], max(abs(a - c) for _, c, a in bins))
    near(told['average']['value'], numpy.mean([abs(a - c) for _, c, a in bins]))
    near(told['overconfidence']['value'], confidence.mean() - correct.mean())
    near(told['classwise_ece']['value'], numpy.mean([ece(p[:, c], y == c) for c in range(3)]))
    near(told['nll']['value'], -numpy.log(p[numpy.arange(500), y]).mean())
    near(told['brier']['value'], ((p - numpy.eye(3)[y]) ** 2).sum(1).mean())
    parts = [told['brier'][name] for name in ('reliability', 'resolution', 'uncertainty')]
    near(parts[2], sum((y == c).mean() * (1 - (y == c).mean()) for c in range(3)))
    # What probabilities differ inside a bin is the small rest.
    near(parts[0] - parts[1] + parts[2], told['brier']['value'], 0.02)
    near(parts[0] - parts[1] + parts[2] + told['brier']['within'], told['brier']['value'])
    expect(told['brier']['within'] != 0, told['brier'])
    for name in INTERVALS + ['classwise_ece', 'brier']:
        one = told[name]
        expect(one['low'] <= one['value'] <= one['high'] and one['low'] < one['high'] and one['method'], f'{name}: {one}')
    shown = [b for b in told['bins'] if b['count'] > 0]
    expect(len(told['bins']) == 15 and sum(b['count'] for b in told['bins']) == 500, told['bins'])
    for b, (share, c, a) in zip(shown, bins):
        near(b['count'], share * 500)
        near(b['confidence'], c)
        near(b['accuracy'], a)
    expect(all(b['confidence'] is None and b['accuracy'] is None for b in told['bins'] if b['count'] == 0), told['bins'])
    expect('after' not in told and any('--fit' in w for w in told['warnings']), told['warnings'])
    again = document('calibration', file, *BRIEF, '--threads', 2)
    expect(again == told, 'other threads, other numbers')
    expect(document('calibration', file, *BRIEF, '--seed', 7)['ece']['low'] != told['ece']['low'], 'the seed does nothing')


def t_published():
    """ECE and MCE that were published, through the command, to 1e-6"""
    for name, accuracy, first, largest in (('hollance_markus93_resnet110_c10_toplabel', .9356, 0.047503518641, 0.295798957348),
                                           ('hollance_markus93_densenet40_c100_toplabel', .7, 0.211562852757, 0.45400331452)):
        told = document('calibration', shared(f'data/calibration/{name}.csv'), *BRIEF)
        expect(told['n'] == 10000 and told['n_classes'] == 0 and told['classwise_ece']['value'] is None, told['n'])
        near(told['accuracy']['value'], accuracy)
        near(told['ece']['value'], first, 1e-6)
        near(told['mce']['value'], largest, 1e-6)
    told = document('calibration', shared('data/calibration/netcal_wideresnet-16-4-cifar-10.npz'), *BRIEF)
    for name, value in (('accuracy', .9109), ('ece', 0.05371630), ('mce', 0.26238925), ('nll', 0.37816959), ('brier', 0.14387109),
                        ('temperature', 2.052549)):
        near(told[name]['value'], value, 1e-6)
    expect(told['temperature']['low'] < 2.052549 < told['temperature']['high'], told['temperature'])
    expect(told['temperature']['fitted_on'] == 'measured', told['temperature'])


def t_digits():
    """A rounded confidence stays in the bin that its digits say, from a table and from an archive"""
    p = numpy.array([.1, .2, .3, .4, .5, .6, .7, .8, .9, 1.] * 3)
    y = (numpy.arange(30) % 4 > 0).astype(int)
    for file in (table('digits.csv', {'label': y, 'p_0': [f'{1 - v:.1f}' for v in p], 'p_1': [f'{v:.1f}' for v in p]}),
                 numpy.savez(path('digits.npz'), probabilities=numpy.stack([1 - p, p], 1), labels=y) or path('digits.npz')):
        told = document('calibration', file, '--bins', 10, '--class', 1, *BRIEF)
        expect([b['count'] for b in told['bins']] == [3] * 10, [b['count'] for b in told['bins']])
        near(told['ece']['value'], sum(abs(p[m::10].mean() - y[m::10].mean()) for m in range(10)) / 10)


def t_kinds():
    """Probabilities, logits, several networks, a table, the top label alone: the same cases, the same numbers"""
    file, p, y = write('pred.npz', 1, 300)
    told = document('calibration', file, *BRIEF)
    numpy.savez(path('p.npz'), probabilities=p, labels=y)
    numpy.savez(path('many.npz'), probabilities=numpy.stack([p, p, p]), labels=y)
    columns = {'label': y, **{f'p_{c}': [repr(v) for v in p[:, c]] for c in range(3)}}
    for other in path('p.npz'), path('many.npz'), table('p.csv', columns), table('semicolon.csv', columns, ';'):
        found = document('calibration', other, *BRIEF)
        for name in INTERVALS + ['classwise_ece', 'brier']:
            near(found[name]['value'], told[name]['value'], 1e-7)
        near(found['temperature']['value'], told['temperature']['value'], 1e-5)
    expect(document('calibration', path('many.npz'), *BRIEF)['n_models'] == 3, 'three networks')
    top = table('top.csv', {'true_label': y, 'pred_label': p.argmax(1), 'confidence': [repr(v) for v in p.max(1)]})
    right = table('right.csv', {'correct': (p.argmax(1) == y).astype(int), 'confidence': [repr(v) for v in p.max(1)]})
    for other in top, right:
        found = document('calibration', other, *BRIEF)
        for name in 'accuracy', 'ece', 'mce', 'adaptive_ece', 'average', 'smooth_ece', 'overconfidence':
            near(found[name]['value'], told[name]['value'], 1e-7)
        near(found['brier']['value'], ((p.max(1) - (p.argmax(1) == y)) ** 2).mean())
        expect(found['classwise_ece']['value'] is None and found['classes'] == [], found['classwise_ece'])


def t_labels_of_the_answer():
    """Labels that no class has are refused beside class numbers; names are names, and alike ones are told"""
    for label in ('0.5', '-2', '-1.0', '99999999999999999999', 'nan', 'inf', 'cat'):
        file = text('labels.csv', f'id,true_label,pred_label,confidence\na,1,1,.9\nb,{label},0,.8\n')
        said = cli('calibration', file, *BRIEF, status=1).stderr
        for word in ('line 3', '“b”', 'true_label', f'“{label}”', 'whole number from 0', 'n/a'):
            expect(word in said, f'“{word}” is not in: {said}')
        expect(said.count('\n') == 1, said)
    told = document('calibration', text('labels.csv', 'true_label,pred_label,confidence\n1,1.0,.9\n2.0,2,.8\n0,1,.8\n-1,1,.7\n'), *BRIEF)
    expect(told['n'] == 3 and abs(told['accuracy']['value'] - 2 / 3) < 1e-9, told['accuracy'])
    # A name among the answers makes all of them names.
    told = document('calibration', text('labels.csv', 'true_label,pred_label,confidence\nCat,cat,.9\ncat,cat,.8\n0.5,0,.8\n'), *BRIEF)
    expect(abs(told['accuracy']['value'] - 1 / 3) < 1e-9, told['accuracy'])
    expect(sum('“Cat” and “cat”' in w and 'two classes' in w for w in told['warnings']) == 1, told['warnings'])
    told = document('calibration', text('labels.csv', 'true_label,pred_label,confidence\ncat,cat,.9\ncat,dog,.8\n'), *BRIEF)
    expect(not any('two classes' in w for w in told['warnings']), told['warnings'])


def t_class():
    """One class against the rest, by index and by name"""
    file, p, y = write('named.npz', 2, 300, classes=3)
    numpy.savez(path('names.npz'), probabilities=p, labels=y, classes=numpy.array(['a', 'b', 'c']))
    for other, word in (file, 1), (path('names.npz'), 'b'), (path('names.npz'), 1):
        told = document('calibration', other, '--class', word, *BRIEF)
        near(told['ece']['value'], ece(p[:, 1], y == 1), 1e-7)
        near(told['accuracy']['value'], (y == 1).mean())
        expect(told['class'] == ('1' if other == file else 'b'), told['class'])
    expect('it has a, b, c' in cli('calibration', path('names.npz'), '--class', 'd', status=1).stderr, 'the classes are not named')


def t_measures():
    """Only what is asked for, with the same numbers"""
    file, _, _ = write('pred.npz', 3, 300)
    told, some = document('calibration', file, *BRIEF), document('calibration', file, '--measures', 'ece,brier', *BRIEF)
    expect(some['ece'] == told['ece'] and some['brier'] == told['brier'] and some['bins'] == told['bins'], some['ece'])
    expect(all(some[name]['value'] is None for name in INTERVALS + ['classwise_ece'] if name != 'ece'), some['mce'])
    expect('smooth_ece' in cli('calibration', file, '--measures', 'best', status=2).stderr, 'the names are not told')


def t_binning():
    """Bins of equal mass hold as many cases each; the interval of ECE does not depend on it"""
    file, p, y = write('pred.npz', 3, 300)
    width, mass = (document('calibration', file, '--binning', kind, '--bins', 10, *BRIEF) for kind in ('width', 'mass'))
    expect([b['count'] for b in mass['bins']] == [30] * 10, mass['bins'])
    expect(width['ece'] == mass['ece'] and width['adaptive_ece'] == mass['adaptive_ece'], 'ECE depends on --binning')
    order = numpy.argsort(p.max(1))
    correct = (p.argmax(1) == y)[order].reshape(10, 30).mean(1)
    near(mass['adaptive_ece']['value'], numpy.abs(p.max(1)[order].reshape(10, 30).mean(1) - correct).mean())
    near(mass['mce']['value'], numpy.abs(p.max(1)[order].reshape(10, 30).mean(1) - correct).max())


def t_recalibration():
    """Every method mends logits that are twice too sure; before and after have the same members"""
    file, p, y = write('pred.npz', 4, 1500)
    fit, _, _ = write('cal.npz', 5, 1500)
    plain = document('calibration', file, *BRIEF)
    for method in 'temperature', 'vector', 'platt', 'isotonic', 'beta':
        told = document('calibration', file, '--recalibrate', method, '--fit', fit, *BRIEF)
        after = told['after']
        expect(told['ece'] == plain['ece'] and told['bins'] == plain['bins'], 'before is not what it is without')
        expect(after['ece']['value'] < 0.5 * told['ece']['value'], f'{method}: {after["ece"]}')
        expect(after['nll']['value'] < told['nll']['value'], f'{method}: {after["nll"]}')
        expect(set(INTERVALS) | {'classwise_ece', 'brier', 'bins', 'recalibration'} <= set(after), list(after))
        expect(isinstance(after['recalibration'], dict) and method in str(after['recalibration']), after['recalibration'])
        for name, change in after['change'].items():
            near(change['value'], after[name]['value'] - told[name]['value'])
            expect(change['low'] <= change['value'] <= change['high'], f'{name}: {change}')
        expect(after['change']['ece']['high'] < 0, after['change'])
        expect(told['temperature']['fitted_on'] == 'calibration' and told['temperature']['n'] == 1500, told['temperature'])
        expect(told['temperature']['low'] < 2 < told['temperature']['high'], told['temperature'])
        expect(not any('shown with' in w for w in told['warnings']), told['warnings'])
        if method == 'temperature':
            logits, _ = made(4, 1500)
            q = softmax(logits / told['temperature']['value'])
            near(after['ece']['value'], ece(q.max(1), q.argmax(1) == y), 1e-6)
            expect(after['change']['accuracy']['low'] == after['change']['accuracy']['high'] == 0, after['change'])
            expect(after['accuracy']['value'] == told['accuracy']['value'], 'a temperature changed an answer')
            expect(not any('changes the answers' in w for w in told['warnings']), told['warnings'])


def t_recalibration_top():
    """The confidence of the answer alone can be recalibrated, but not by vectors"""
    names = []
    for k, seed in enumerate((6, 7)):
        logits, y = made(seed, 800)
        p = softmax(logits)
        names.append(table(f'top{k}.csv', {'true_label': y, 'pred_label': p.argmax(1), 'confidence': [repr(v) for v in p.max(1)]}))
    for method in 'temperature', 'platt', 'isotonic', 'beta':
        told = document('calibration', names[0], '--recalibrate', method, '--fit', names[1], *BRIEF)
        expect(told['after']['ece']['value'] < 0.6 * told['ece']['value'], f'{method}: {told["after"]["ece"]}')
    cli('calibration', names[0], '--recalibrate', 'vector', '--fit', names[1], status=1)


def t_warnings():
    """The same cases in both files, few cases, one class only, no label, harm"""
    file, p, y = write('pred.npz', 8, 200)
    told = document('calibration', file, '--recalibrate', 'platt', '--fit', file, *BRIEF)
    expect(any('200 cases in both files' in w for w in told['warnings']), told['warnings'])
    numpy.savez(path('nameless.npz'), probabilities=p, labels=y)
    told = document('calibration', path('nameless.npz'), '--recalibrate', 'platt', '--fit', path('nameless.npz'), *BRIEF)
    expect(any('200 cases in both files' in w for w in told['warnings']), told['warnings'])
    few, _, _ = write('few.npz', 9, 12)
    told = document('calibration', file, '--recalibrate', 'temperature', '--fit', few, *BRIEF)
    expect(any('12' in w for w in told['warnings']), told['warnings'])
    numpy.savez(path('one.npz'), probabilities=p, labels=numpy.ones(200, int))
    told = document('calibration', path('one.npz'), *BRIEF)
    expect(any('every label is class 1' in w for w in told['warnings']), told['warnings'])
    numpy.savez(path('some.npz'), probabilities=p, labels=numpy.where(numpy.arange(200) < 20, -1, y))
    told = document('calibration', path('some.npz'), *BRIEF)
    expect(told['n'] == 180 and any('20 cases without a label' in w for w in told['warnings']), told['warnings'])
    # Fitted where answers are far too sure, applied where they are right as they are.
    logits, labels = made(10, 2000, sharpness=1.0)
    numpy.savez(path('fair.npz'), logits=logits, labels=labels)
    told = document('calibration', path('fair.npz'), '--recalibrate', 'temperature', '--fit', write('cal.npz', 11, 1000)[0], *BRIEF)
    expect(told['after']['change']['ece']['low'] > 0 and any('worse' in w and 'above 0' in w for w in told['warnings']), told['warnings'])


def t_degenerate():
    """No better than chance, or separable: told, not an error"""
    file, p, y = write('pred.npz', 12, 200)
    logits, _ = made(12, 200)
    numpy.savez(path('chance.npz'), logits=logits, labels=p.argmin(1))
    told = document('calibration', file, '--recalibrate', 'temperature', '--fit', path('chance.npz'), *BRIEF)
    expect(told['temperature']['kind'] == 'chance' and told['temperature']['value'] is None, told['temperature'])
    expect(any('chance' in w or 'infinite' in w for w in told['warnings']), told['warnings'])
    numpy.savez(path('sure.npz'), logits=logits, labels=p.argmax(1))
    told = document('calibration', file, '--recalibrate', 'temperature', '--fit', path('sure.npz'), *BRIEF)
    expect(told['temperature']['kind'] == 'separable' and told['after'] is None, told['temperature'])
    expect(any('not applied' in w for w in told['warnings']), told['warnings'])


def t_study():
    """A study is measured on its test part and recalibrated on its calibration part, as the files of these are"""
    logits, y = made(14, 900)
    split = numpy.array(['train', 'calibration', 'test'])[numpy.arange(900) % 3]
    more = logits + numpy.random.default_rng(3).normal(0, .5, logits.shape)
    numpy.savez(path('all.npz'), logits=numpy.stack([logits, more]).astype(numpy.float32), labels=y, split=split)
    cli('import', '--out', path('study.dubito'), '--outputs', path('all.npz'))
    p = (softmax(logits) + softmax(more)) / 2
    for part in 'test', 'calibration':
        numpy.savez(path(f'{part}.npz'), probabilities=p[split == part], labels=y[split == part])
    for method in 'temperature', 'beta':
        told = document('calibration', path('study.dubito'), '--recalibrate', method, *BRIEF)
        same = document('calibration', path('test.npz'), '--recalibrate', method, '--fit', path('calibration.npz'), *BRIEF)
        expect(told['n'] == 300 and told['n_fit'] == 300 and told['n_models'] == 2, told['n'])
        near(told['temperature']['value'], same['temperature']['value'], 1e-4)
        for name in INTERVALS + ['classwise_ece', 'brier']:
            near(told[name]['value'], same[name]['value'], 1e-5)
            near(told['after'][name]['value'], same['after'][name]['value'], 1e-4)
    one = document('calibration', path('study.dubito'), '--model', document('evaluate', path('study.dubito'), '--resamples', 99,
                                                                            '--json')['families'][0]['models'][0]['id'], *BRIEF)
    q = softmax(logits[split == 'test'])
    near(one['ece']['value'], ece(q.max(1), q.argmax(1) == y[split == 'test']), 1e-5)
    cli('calibration', path('study.dubito'), '--fit', path('test.npz'), status=2)
    cli('calibration', path('study.dubito'), '--family', 'none', status=1)
    cli('calibration', path('study.dubito'), '--model', 'none', status=1)


def drawn(name, seed, n, off=2.0, archive=False):
    rng = numpy.random.default_rng(seed)
    mean, sd = rng.normal(0, 5, n), rng.random(n) + .2
    truth = mean + off * sd * rng.normal(0, 1, n)
    if archive:
        numpy.savez(path(name), truth=truth, mean=mean, sd=sd)
        return path(name), truth, mean, sd
    return table(name, {'truth': [repr(v) for v in truth], 'mean': [repr(v) for v in mean], 'sd': [repr(v) for v in sd]}), truth, mean, sd


def normal_crps(z):
    erf = numpy.vectorize(math.erf)
    return z * erf(z / math.sqrt(2)) + 2 * numpy.exp(-z * z / 2) / math.sqrt(2 * math.pi) - 1 / math.sqrt(math.pi)


def t_regression():
    """Coverage, width, CRPS, RMSE and curve as NumPy has them; both maps mend them"""
    test, y, mu, s = drawn('reg.csv', 1, 1000)
    fit = drawn('reg-fit.npz', 2, 1000, archive=True)[0]
    z = (y - mu) / s
    told = document('calibration', test, *BRIEF)
    expect(told['kind'] == 'regression' and told['n'] == 1000 and told['level'] == 0.95, told)
    near(told['picp']['value'], (abs(z) <= 1.959963984540054).mean())
    expect(told['picp']['n'] == (abs(z) <= 1.959963984540054).sum() and told['picp']['d'] == 1000, told['picp'])
    near(told['mpiw']['value'], 2 * 1.959963984540054 * s.mean(), 1e-8)
    near(told['crps']['value'], (normal_crps(z) * s).mean(), 1e-9)
    near(told['rmse']['value'], math.sqrt(((y - mu) ** 2).mean()))
    near(told['mean_z2']['value'], (z ** 2).mean())
    reached = numpy.sort([(1 + math.erf(v / math.sqrt(2))) / 2 for v in z])
    grid = (numpy.arange(200000) + .5) / 200000
    near(told['miscalibration_area']['value'], abs(numpy.searchsorted(reached, grid) / 1000 - grid).mean(), 1e-5)
    for k, at in enumerate(told['curve'], 1):
        near(at['level'], k / 20)
        near(at['share'], (reached <= k / 20).mean())
    for method in 'variance', 'isotonic':
        mended = document('calibration', test, '--recalibrate', method, '--fit', fit, '--level', .9, *BRIEF)
        near(mended['after']['picp']['value'], .9, .03)
        expect(mended['after']['miscalibration_area']['value'] < .03 < mended['miscalibration_area']['value'], mended['after'])
        expect(mended['after']['recalibration']['method'] == method, mended['after']['recalibration'])
        for name in 'mpiw', 'crps', 'miscalibration_area', 'rmse', 'mean_z2':
            expect(mended['after'][name]['low'] < mended['after'][name]['value'] < mended['after'][name]['high'], mended['after'][name])
    expect(abs(mended['after']['rmse']['value'] - told['rmse']['value']) < .1, 'an isotonic map moves means but a little')
    cli('calibration', test, '--recalibrate', 'temperature', '--fit', fit, status=2)
    cli('calibration', test, '--class', '1', status=2)
    cli('calibration', test, '--recalibrate', 'variance', '--fit', write('cal.npz', 5, 100)[0], status=1)


def t_figure():
    """The curve of a regression is drawn, before and after, the same bytes each time"""
    test, fit = drawn('reg.csv', 1, 400)[0], drawn('fit.csv', 2, 400)[0]
    outs = [path(f'curve.{end}') for end in ('png', 'svg', 'pdf', 'csv')]
    words = [test, '--recalibrate', 'isotonic', '--fit', fit, *BRIEF]
    for out in outs:
        words += ['-o', out]
    told = document('calibration', *words)
    first = [open(out, 'rb').read() for out in outs]
    expect(first[0].startswith(b'\x89PNG') and first[2].startswith(b'%PDF'), 'not what their names say')
    rows = [line for line in first[3].decode().splitlines() if line and not line.startswith('#')]
    values = numpy.array([[float(cell) for cell in row.split(',')[:3]] for row in rows[1:]])
    expect(len(values) == 21 and values[0].tolist() == [0, 0, 0] and values[-1].tolist() == [1, 1, 1], rows)
    for k, name in enumerate(cell.strip('"') for cell in csv.reader([rows[0]]).__next__()[1:3]):
        curve = told['after']['curve'] if name.startswith('isotonic') else told['curve']
        expect(numpy.allclose(values[1:-1, k + 1], [at['share'] for at in curve], atol=1e-6), name)
    document('calibration', *words)
    expect(first == [open(out, 'rb').read() for out in outs], 'other bytes')
    cli('calibration', write('pred.npz', 1, 50)[0], '-o', outs[0], status=2)
    cli('calibration', test, '-o', test, status=2)
    cli('calibration', test, '-o', path('curve.bmp'), status=2)


def t_text():
    """For people: one table of measures, one of bins, and the warnings"""
    file, _, _ = write('pred.npz', 4, 300)
    fit, _, _ = write('cal.npz', 5, 300)
    told = cli('calibration', file, '--resamples', 99).stdout
    expect('Expected calibration error' in told and '(0.9333, 1.0000]' in told and 'Temperature' in told, told)
    told = cli('calibration', file, '--resamples', 99, '--recalibrate', 'vector', '--fit', fit).stdout
    expect('before' in told and 'bins after' in told and 'Vector' in told, told)
    told = cli('calibration', drawn('reg.csv', 1, 100)[0], '--resamples', 99).stdout
    expect('Mean prediction interval width' in told and '0.95' in told, told)


def t_refused():
    """One sentence with the file, the case and the way out"""
    file, p, y = write('pred.npz', 13, 60)
    four, _, _ = write('four.npz', 14, 60, classes=4)
    top = text('top.csv', 'true_label,pred_label,confidence\n1,1,.9\n0,1,.6\n')
    regression = text('reg.csv', 'truth,mean,sd\n1,1,1\n2,1,1\n')

    def refused(arguments, *words, status=1):
        said = cli('calibration', *arguments, status=status).stderr
        expect(said.count('\n') == status, f'not one sentence: {said}')
        for word in words:
            expect(word in said, f'“{word}” is not in: {said}')

    refused([file, '--recalibrate', 'platt'], '--fit', 'better than it is', status=2)
    refused([file, '--recalibrate', 'best', '--fit', file], 'temperature', status=2)
    refused([file, '--recalibrate', 'variance', '--fit', file], 'regression', status=2)
    for words in (['--bins', 0], ['--bins', 1001], ['--binning', 'log'], ['--resamples', 0], ['--seed', -1], ['--level', 2],
                  ['--level', .9], ['--family', 'ce']):
        cli('calibration', file, *words, status=2)
    for words in (['--bins', 15], ['--binning', 'width'], ['--class', 0], ['--measures', 'ece']):
        refused([regression, *words], words[0], 'is a regression', status=2)
    refused([file, '--recalibrate', 'platt', '--fit', four], '3 classes', 'four.npz has 4')
    refused([file, '--recalibrate', 'platt', '--fit', top], 'confidence of the answers alone')
    refused([file, '--recalibrate', 'platt', '--fit', regression], 'standard deviations')
    refused([top, '--class', 1], '--class')
    refused([path('absent.npz')], 'absent.npz')
    refused([text('empty.csv', '')], 'empty.csv')
    refused([text('head.csv', 'true_label,pred_label,confidence\n')], 'head.csv', 'no cases')
    refused([text('columns.csv', 'a,b\n1,2\n')], 'a, b', 'true_label, pred_label, confidence', 'truth, mean, sd')
    # A score of uncertainty is no confidence.
    refused([text('msr.csv', 'label,prediction,correct,msr\n1,1,1,.1\n')], 'prediction, correct, msr')
    refused([text('outside.csv', 'id,true_label,pred_label,confidence\nx,1,1,.9\ny,1,1,90\n')], 'line 3', '“y”', '0 to 1')
    refused([text('nan.csv', 'id,true_label,pred_label,confidence\nx,1,1,nan\n')], 'line 2', '“x”', 'nan')
    refused([text('answer.csv', 'true_label,pred_label,confidence\n1,,.9\n')], 'line 2', 'pred_label')
    refused([text('unlabelled.csv', 'true_label,pred_label,confidence\nn/a,1,.9\n')], 'no case with a label')
    refused([text('both.csv', 'label,p_0,p_1,logit_0,logit_1\n0,.5,.5,0,0\n')], 'leave one of the two out')
    refused([text('sd.csv', 'id,truth,mean,sd\na,1,1,0\n')], 'line 2', '“a”', 'above 0')
    refused([text('far.csv', 'truth,mean,sd\n1,1,nan\n')], 'line 2', 'finite')
    ids = numpy.array([f'case-{i}' for i in range(60)])
    wrong = p.copy()
    wrong[7, 1] = numpy.nan
    numpy.savez(path('nan.npz'), probabilities=wrong, labels=y, ids=ids)
    refused([path('nan.npz')], 'nan.npz', 'case-7')
    numpy.savez(path('outside.npz'), probabilities=made(13, 60)[0], labels=y, ids=ids)
    refused([path('outside.npz')], 'case-0', 'logits')
    numpy.savez(path('labels.npz'), probabilities=p, labels=numpy.full(60, 5), ids=ids)
    refused([path('labels.npz')], 'case-0', '5', '0 to 2')
    numpy.savez(path('short.npz'), probabilities=p, labels=y[:50])
    refused([path('short.npz')], 'labels')
    numpy.savez(path('bare.npz'), probabilities=p)
    refused([path('bare.npz')], 'labels')
    numpy.savez(path('ambiguous.npz'), probabilities=p[::-1], logits=made(13, 60)[0], labels=y)
    refused([path('ambiguous.npz')], 'leave one of the two out')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
