#!/usr/bin/env python3
"""dubito-cli import: studies from networks and data, and from outputs alone."""
import csv
import json
import os
import shutil
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import tap
import tiny
from tap import expect
from tool import cli, document, path, save_model, shared

BRIEF = ['--resamples', 200]
SIZE = tiny.SIZE


def fresh(name):
    shutil.rmtree(path(name), ignore_errors=True)
    return path(name)


def archive(name, **arrays):
    numpy.savez(path(name), **arrays)
    return path(name)


def answers(n=90, n_classes=2, seed=5):
    """Logits that know something, and labels"""
    generator = numpy.random.default_rng(seed)
    labels = generator.integers(0, n_classes, n)
    logits = generator.normal(0, 1, (n, n_classes)) + 1.5 * numpy.eye(n_classes)[labels]
    return logits.astype('float32'), labels.astype('int64')


def softmax(z):
    e = numpy.exp(z.astype('float64') - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def table(name, head, rows):
    with open(path(name), 'w', encoding='utf-8', newline='') as file:
        csv.writer(file).writerows([head, *rows])
    return path(name)


def measured(study, *options):
    told = document('evaluate', study, '--json', *BRIEF, *options)
    family, = told['families']
    return told, family


def perceptron(name, weights, bias, end=None, shape=('n', 1, SIZE, SIZE), outputs=None):
    """Flatten, Gemm and maybe one more node"""
    nodes = [helper.make_node('Flatten', ['x'], ['f'], 'flatten'),
             helper.make_node('Gemm', ['f', 'w', 'b'], ['z'], 'dense', transB=1)]
    if end:
        nodes.append(helper.make_node(end, ['z'], ['y'], 'end'))
    return save_model(name, nodes, [('x', TensorProto.FLOAT, list(shape))],
                      [('y' if end else 'z', TensorProto.FLOAT, [shape[0], weights.shape[0]])],
                      {'w': weights.astype('float32'), 'b': bias.astype('float32')})


def weights(n_outputs, seed=2):
    generator = numpy.random.default_rng(seed)
    return generator.normal(0, 0.4, (n_outputs, SIZE * SIZE)), generator.normal(0, 1, n_outputs)


def unit_prepare():
    with open(path('unit.json'), 'w', encoding='utf-8') as file:
        json.dump({'channels': 1, 'size': [SIZE, SIZE], 'resize': 'refuse', 'scaling': 'unit'}, file)
    return path('unit.json')


def t_export_import_evaluate():
    """Exported as archive or table and imported again, the test figures are the same"""
    before, family = measured(tiny.study(), '--split', 'test')
    cli('export', tiny.study(), '--split', 'all', '-o', path('whole.npz'))
    told = document('import', '--out', fresh('whole.dubito'), '--outputs', path('whole.npz'), '--json')
    expect(told['kind'] == 'outputs' and told['cases'] == tiny.N_CASES and told['classes'] == before['classes'], told)
    expect([m['id'] for m in told['models']] == ['ce-f0', 'ce-f1', 'ce-f2'], told['models'])
    expect(len(told['missing']) == 1 and 'images' in told['missing'][0], told['missing'])
    after, again = measured(path('whole.dubito'), '--split', 'test')
    expect(again == family and after['positive'] == before['positive'], 'other figures from the archive')
    expect(after['split_hash'] == before['split_hash'], 'another split')
    whole = measured(path('whole.dubito'))[1]
    expect(whole == measured(tiny.study())[1], 'other figures on other parts')

    cli('export', tiny.study(), '-o', path('test.csv'))
    told = document('import', '--out', fresh('table.dubito'), '--outputs', path('test.csv'), '--positive', before['positive'],
                    '--json')
    expect(any('logits' in m for m in told['missing']) and any('features' in m for m in told['missing']), told['missing'])
    again = measured(path('table.dubito'), '--split', 'test')[1]['ensemble']
    expect(again['splits'] == family['ensemble']['splits'], 'other figures from the table')

    # What is imported again is exported as it came.
    cli('export', path('whole.dubito'), '--split', 'all', '-o', path('second.npz'))
    with numpy.load(path('whole.npz')) as first, numpy.load(path('second.npz')) as second:
        for name in first:
            if name != 'data_hash':
                expect((first[name] == second[name]).all(), name)


def t_outputs_forms():
    """Logits, probabilities, one column, several models: the same answers, the same figures"""
    logits, labels = answers()
    p = softmax(logits)
    forms = {
        'logits': archive('f1.npz', logits=logits, labels=labels),
        'double': archive('f2.npz', logits=logits.astype('float64'), y_true=labels.astype('uint8')[:, None]),
        'probabilities': archive('f3.npz', probs=p.astype('float32'), targets=labels.astype('float32')),
        'both': archive('f4.npz', logits=logits[None], probabilities=p, labels=labels),
        'one': archive('f5.npz', p=p[:, 1], labels=labels),
        'one logit': archive('f6.npz', logits=(logits[:, 1] - logits[:, 0])[:, None], labels=labels),
        'table': table('f7.csv', ['label', 'p_0', 'p_1'], [[y, *map(repr, map(float, row))] for y, row in zip(labels, p)]),
        'turned': table('f8.tsv', ['logit_1', 'logit_0', 'label'], [[*map(float, z[::-1]), y] for z, y in zip(logits, labels)]),
        'score': table('f9.csv', ['y', 'score'], [[y, repr(float(q))] for y, q in zip(labels, p[:, 1])]),
    }
    found = {}
    for name, file in forms.items():
        cli('import', '--out', fresh('form.dubito'), '--outputs', file)
        told, family = measured(path('form.dubito'), '--split', 'test')
        found[name] = family['ensemble']['splits']['test']
        expect(found[name]['n'] == len(labels) and told['classes'] == ['0', '1'], told['classes'])
    for name, row in found.items():
        for metric in ('accuracy', 'auroc', 'ece', 'nll', 'brier'):
            expect(abs(row[metric]['value'] - found['logits'][metric]['value']) < 1e-5, f'{name} {metric}')


def t_outputs_details():
    """Ids, parts, patients, names of classes and labels, unknown labels, features"""
    logits, labels = answers(120, 3)
    generator = numpy.random.default_rng(1)
    parts = numpy.array(['train', 'val', 'test'])[generator.integers(0, 3, 120)]
    ids = numpy.array([f'cas é {i}' for i in range(120)])
    labels[::10] = -1
    names = numpy.array(['a', 'b b', 'ç'])
    file = archive('details.npz', logits=numpy.stack([logits, logits * 2]), labels=labels, ids=ids, split=parts.astype('S'),
                   patient=numpy.array([f'p{i // 3}' for i in range(120)]), classes=names,
                   features=generator.normal(0, 1, (2, 120, 5)).astype('float32'))
    told = document('import', '--out', fresh('details.dubito'), '--outputs', file, '--family', 'theirs', '--json')
    expect(told['classes'] == list(names) and [m['id'] for m in told['models']] == ['theirs-0', 'theirs-1'], told)
    expect(told['split'] == {'train': int((parts == 'train').sum()), 'calibration': int((parts == 'val').sum()),
                             'test': int((parts == 'test').sum()), 'none': 0}, told['split'])
    _, family = measured(path('details.dubito'))
    for part, word in [('train', 'train'), ('calibration', 'val'), ('test', 'test')]:
        row = family['ensemble']['splits'][part]
        expect(row['n'] == int(((parts == word) & (labels >= 0)).sum()), row['n'])
        expect(any('without a label' in w for w in row['warnings']), row['warnings'])
    expect('patient' in family['ensemble']['splits']['test']['accuracy']['method'],
           family['ensemble']['splits']['test']['accuracy'])
    cli('export', path('details.dubito'), '--split', 'all', '-o', path('details-back.npz'))
    with numpy.load(path('details-back.npz')) as back:
        expect((back['ids'] == ids).all() and back['features'].shape == (2, 120, 5) and (back['labels'] == labels).all(), 'back')

    rows = [[f'c{i}', names[y] if y >= 0 else 'n/a', *map(float, z)] for i, (y, z) in enumerate(zip(labels, logits))]
    file = table('details.csv', ['id', 'label', *[f'logit_{n}' for n in names]], rows)
    told = document('import', '--out', fresh('details2.dubito'), '--outputs', file, '--json', '--split', '0,0.4,0.6')
    expect(told['classes'] == list(names) and told['split']['train'] == 0, told)
    expect(abs(told['split']['calibration'] - 0.4 * (labels >= 0).sum()) <= 3, told['split'])
    again = document('import', '--out', fresh('details3.dubito'), '--outputs', file, '--json', '--split', '0,0.4,0.6')
    expect(again['split_hash'] == told['split_hash'], 'the same seed, another split')
    done = cli('evaluate', path('details2.dubito'), '--temperature', '--json', *BRIEF)
    expect('"fitted_on" : "calibration"' in done.stdout, 'no temperature')


def t_outputs_refused():
    """What is wrong in outputs is named: file, array or column, row"""
    logits, labels = answers(20)
    p = softmax(logits)
    bad = p.copy()
    bad[7] = [0.5, 0.2]
    nan = logits.copy()
    nan[3, 1] = numpy.nan
    rows = [[f'c{i}', y, *map(float, q)] for i, (y, q) in enumerate(zip(labels, p))]

    def changed(row, column, value):
        copy = [list(r) for r in rows]
        copy[row][column] = value
        return copy
    head = ['id', 'label', 'p_0', 'p_1']
    cases = [
        (archive('b1.npz', probabilities=bad, labels=labels), ['row-7', '0.7']),
        (archive('b2.npz', logits=nan, labels=labels), ['row-3', 'finite']),
        (archive('b3.npz', probabilities=logits - 5, labels=labels), ['logits']),
        (archive('b4.npz', logits=logits), ['labels']),
        (archive('b5.npz', labels=labels), ['logits', 'probabilities']),
        (archive('b6.npz', logits=logits, labels=labels[:-1]), ['labels', '19', '20']),
        (archive('b7.npz', logits=logits, labels=labels + 1), ['label', '2']),
        (archive('b8.npz', logits=logits, labels=labels + 0.5), ['labels', '.5 in row']),
        (archive('b9.npz', logits=logits, labels=labels, ids=numpy.array(['same'] * 20)), ['same']),
        (archive('b10.npz', logits=logits, labels=labels, split=numpy.array(['exam'] * 20)), ['exam', 'row 0']),
        (archive('b11.npz', logits=logits, labels=labels, probabilities=p[:, ::-1]), ['probabilities', 'softmax']),
        (archive('b12.npz', logits=logits, labels=labels, features=numpy.zeros((19, 4), 'float32')), ['features', '19']),
        (archive('b13.npz', logits=logits[:, :, None, None], labels=labels), ['logits']),
        (archive('b14.npz', logits=logits.astype('int32'), labels=labels), ['logits', 'int32']),
        (archive('b15.npz', logits=logits, labels=labels, ids=numpy.arange(20)), ['ids', 'strings']),
        (table('b1.csv', head, changed(4, 2, 'x')), ['line 6', 'p_0', '"x"']),
        (table('b2.csv', head, changed(4, 3, '1.5')), ['line 6', 'p_1', '1.5']),
        (table('b3.csv', head, changed(4, 1, '2')), ['line 6', 'label']),
        (table('b4.csv', head, changed(4, 0, 'c3')), ['c3']),
        (table('b5.csv', head, changed(4, 2, '')), ['line 6']),
        (table('b6.csv', ['id', 'truth', 'p_0', 'p_1'], rows), ['label']),
        (table('b7.csv', ['id', 'label', 'q', 'r'], rows), ['p_0']),
        (table('b8.csv', ['id', 'label', 'p_0', 'p_2'], rows), ['p_2']),
        (table('b9.csv', ['id', 'label', 'p_0', 'logit_1'], rows), ['logits']),
        (table('b10.csv', ['id', 'label', 'p_0', 'p_x'], rows), ['names']),
        (table('b11.csv', head, []), ['no cases']),
        (table('b12.csv', ['true_label', 'pred_label', 'confidence'], [[1, 1, 0.9]]), ['other classes are missing', 'p_0']),
        (table('b13.csv', [*head, 'split'], [[*r, 'exam'] for r in rows]), ['line 2', 'split', 'exam']),
        (path('nowhere.npz'), ['nowhere.npz']),
    ]
    for file, words in cases:
        done = cli('import', '--out', path('bad.dubito'), '--outputs', file, status=1)
        for word in [os.path.basename(file), *words]:
            expect(word in done.stderr, f'{word}: {done.stderr}')
        expect(not os.path.exists(path('bad.dubito')), f'{file}: something was made')
    good = archive('good.npz', logits=logits, labels=labels)
    for options in (['--split', 'given'], ['--classes', 'a,b,c'], ['--positive', 'c'], ['--task', 'regression'],
                    ['--split', '0.9,0.1,0.1']):
        cli('import', '--out', path('bad.dubito'), '--outputs', good, *options, status=2 if '0.9,0.1,0.1' in options else 1)
    cli('import', '--out', path('bad.dubito'), '--outputs',
        archive('three.npz', logits=answers(20, 3)[0], labels=labels), '--task', 'binary', status=1)
    expect(not os.path.exists(path('bad.dubito')), 'something was made')


def t_published_outputs():
    """Outputs that others published: read, or told what they lack"""
    done = cli('import', '--out', path('published.dubito'), '--outputs',
               shared('data/calibration/hollance_markus93_resnet110_c10_toplabel.csv'), status=1)
    expect('other classes are missing' in done.stderr, done.stderr)
    cli('import', '--out', fresh('published.dubito'), '--outputs',
        shared('data/calibration/netcal_wideresnet-16-4-cifar-10.npz'))
    row = measured(path('published.dubito'), '--split', 'test')[1]['ensemble']['splits']['test']
    for name, value in [('accuracy', 0.9109), ('ece', 0.05371630), ('mce', 0.26238925), ('nll', 0.37816959),
                        ('brier', 0.14387109)]:
        expect(abs(row[name]['value'] - value) < 1e-7, f'{name} {row[name]}')


def t_networks():
    """Own networks: every form of output, and the numbers that NumPy computes"""
    data = tiny.data_set('own.npz')
    pixels, labels = tiny.images()
    x = pixels.reshape(len(pixels), -1) / 255.0
    w, b = weights(2)
    z = x.astype('float32').astype('float64') @ w.astype('float32').T.astype('float64') + b.astype('float32')
    w1, b1 = w[1:] - w[:1], b[1:] - b[:1]
    forms = [('logits', w, b, None), ('softmax', w, b, 'Softmax'), ('logits', w, b, 'LogSoftmax'),
             ('one logit', w1, b1, None), ('sigmoid', w1, b1, 'Sigmoid')]
    models = []
    for i, (_, *arguments) in enumerate(forms):
        models += ['--model', perceptron(f'form{i}.onnx', *arguments)]
    study = fresh('own.dubito')
    told = document('import', '--out', study, '--data', data, '--preprocess', unit_prepare(), '--twins', 'keep', *models, '--json')
    expect([m['id'] for m in told['models']] == [f'form{i}' for i in range(5)], told['models'])
    for i, form in enumerate(forms):
        with open(os.path.join(study, 'models', f'form{i}', 'import.json'), encoding='utf-8') as file:
            note = json.load(file)
        expect(note['answer'] == form[0] and note['prepare'] == 'given' and not note['training_known'], note)
    cli('export', study, '--split', 'all', '-o', path('own-all.npz'))
    with numpy.load(path('own-all.npz')) as back:
        order = numpy.array([int(i.rsplit('-', 1)[-1]) for i in back['ids']])
        expect((back['labels'] == labels[order]).all(), 'labels')
        expected = softmax(z[order])
        for i in range(5):
            expect(abs(softmax(back['logits'][i]) - expected).max() < 1e-5, f'{forms[i]}')
        expect(abs(back['logits'][0] - z[order]).max() < 1e-4, 'logits')
        expect(abs(back['logits'][1] - z[order]).max() < 1e-4, 'the logits before Softmax')
    _, family = measured(study, '--split', 'test')
    expect(any('Nobody said' in w for w in family['models'][0]['splits']['test']['warnings']), 'no warning')
    expect(family['name'] == 'imported' and 'validation' not in family['models'][0]['splits'], family['name'])


def t_networks_suggested():
    """Without a preparation one is suggested from network and data, and said"""
    data = tiny.data_set('own.npz')
    generator = numpy.random.default_rng(0)
    w = generator.normal(0, 0.1, (2, 3 * 8 * 8))
    model = perceptron('small.onnx', w, numpy.zeros(2), shape=(1, 3, 8, 8))
    told = document('import', '--out', fresh('suggested.dubito'), '--data', data, '--twins', 'keep', '--model', model, '--json')
    expect('8 × 8' in told['models'][0]['prepare'], told['models'])
    expect(any('guess' in note for note in told['notes']) and any('logits' in note for note in told['notes']), told['notes'])
    expect(measured(path('suggested.dubito'))[1]['ensemble']['splits']['test']['n'] > 0, 'nothing')


def t_prepared_apart():
    """Each network has a preparation of its own where --preprocess is given for each"""
    data = tiny.data_set('own.npz')
    with open(path('minmax.json'), 'w', encoding='utf-8') as file:
        json.dump({'channels': 1, 'size': [SIZE, SIZE], 'resize': 'refuse', 'scaling': 'minmax'}, file)
    models = ['--model', perceptron('lone.onnx', *weights(2)), '--model', perceptron('other.onnx', *weights(2))]
    base = ['--data', data, '--twins', 'keep', *models]
    told = document('import', '--out', fresh('apart.dubito'), *base, '--preprocess', unit_prepare(), '--preprocess',
                    path('minmax.json'), '--json')
    with open(path('apart.dubito/study.json'), encoding='utf-8') as file:
        scalings = [m['prepare']['scaling'] for m in json.load(file)['models']]
    expect(scalings == ['unit', 'minmax'] and told['models'][0]['prepare'] != told['models'][1]['prepare'], f'{scalings} {told}')
    done = cli('import', '--out', fresh('apart.dubito'), *base, *['--preprocess', unit_prepare()] * 3, status=2)
    expect('--preprocess' in done.stderr, done.stderr)


def t_training_ids():
    """No case that a network learned from is measured as unseen"""
    data = tiny.data_set('own.npz')
    model = perceptron('lone.onnx', *weights(2))
    base = ['--data', data, '--twins', 'keep', '--preprocess', unit_prepare(), '--model', model]
    plain = document('import', '--out', fresh('ids0.dubito'), *base, '--json')
    cli('export', path('ids0.dubito'), '--split', 'test', '-o', path('ids0.npz'))
    with numpy.load(path('ids0.npz')) as file:
        learned = list(file['ids'][:20])
    with open(path('ids.txt'), 'w', encoding='utf-8') as file:
        file.write('\n'.join([*learned, 'elsewhere-1', '']))
    table('ids.csv', ['path', 'id'], [['x', i] for i in learned])
    for name in ('ids.txt', 'ids.csv'):
        told = document('import', '--out', fresh('ids1.dubito'), *base, '--train-ids', path(name), '--json')
        expect(told['split']['test'] == plain['split']['test'] - 20 and
               told['split']['train'] == plain['split']['train'] + 20, f'{told["split"]} {plain["split"]}')
        expect(told['models'][0]['training_known'] and told['split_hash'] != plain['split_hash'], told['models'])
        cli('export', path('ids1.dubito'), '--split', 'test', '-o', path('ids1.npz'))
        with numpy.load(path('ids1.npz')) as file:
            expect(not set(file['ids']) & set(learned), 'still there')
        row = measured(path('ids1.dubito'))[1]['ensemble']['splits']['test']
        expect(not any('Nobody said' in w for w in row['warnings']), row['warnings'])
    expect(any('elsewhere' not in n and 'not in' in n for n in document(
        'import', '--out', fresh('ids2.dubito'), *base, '--train-ids', path('ids.txt'), '--json')['notes']), 'no note')
    with open(path('strange.txt'), 'w', encoding='utf-8') as file:
        file.write('a\nb\n')
    done = cli('import', '--out', fresh('ids3.dubito'), *base, '--train-ids', path('strange.txt'), status=1)
    expect('strange.txt' in done.stderr and 'none of its 2 ids' in done.stderr, done.stderr)


def t_trained_here():
    """Networks of another study bring preparation, folds and training cases with them"""
    runs = [os.path.join(tiny.study(), 'models', f'ce-f{i}', 'model.onnx') for i in range(3)]
    models = [word for run in runs for word in ('--model', run)]
    base = ['--data', tiny.data_set(), '--twins', 'keep', '--folds', 3, *models]
    told = document('import', '--out', fresh('same.dubito'), *base, '--family', 'ce', '--json')
    before, family = measured(tiny.study())
    after, again = measured(path('same.dubito'))
    expect(after['split_hash'] == before['split_hash'] and again == family, 'the same networks, other figures')
    expect([m['id'] for m in told['models']] == ['ce-f0', 'ce-f1', 'ce-f2'], told['models'])
    with open(os.path.join(path('same.dubito'), 'models', 'ce-f0', 'import.json'), encoding='utf-8') as file:
        note = json.load(file)
    expect(note['reference_checked'] and note['prepare'] == 'run' and note['training_known'], note)

    told = document('import', '--out', fresh('resplit.dubito'), *base, '--split-seed', 9, '--json')
    expect(any('moved out' in n for n in told['notes']), told['notes'])
    names = {}
    for study, part in ((tiny.study(), 'train'), (path('resplit.dubito'), 'calibration,test')):
        cli('export', study, '--split', part, '-o', path('resplit.npz'))
        with numpy.load(path('resplit.npz')) as file:
            names[part] = set(file['ids'])
    expect(len(names) == 2 and not names['train'] & names['calibration,test'], 'training cases among the unseen')


def t_reference():
    """A network that does not compute its reference is refused"""
    folder = path('tampered')
    shutil.copytree(os.path.join(tiny.study(), 'models', 'ce-f0'), folder, dirs_exist_ok=True)
    with numpy.load(os.path.join(folder, 'reference.npz')) as file:
        arrays = dict(file)
    arrays['logits'][1, 0] += 0.01
    numpy.savez(os.path.join(folder, 'reference.npz'), **arrays)
    done = cli('import', '--out', fresh('ref.dubito'), '--data', tiny.data_set(), '--twins', 'keep', '--model',
               os.path.join(folder, 'model.onnx'), status=1)
    expect('reference.npz' in done.stderr and 'case 1' in done.stderr, done.stderr)
    expect(not os.path.exists(path('ref.dubito')), 'something was made')

    study = path('swapped.dubito')
    shutil.copytree(tiny.study(), study, dirs_exist_ok=True)
    shutil.copyfile(os.path.join(study, 'models', 'ce-f1', 'model.onnx'), os.path.join(study, 'models', 'ce-f0', 'model.onnx'))
    done = cli('evaluate', study, status=1)
    expect('ce-f0' in done.stderr and 'reference.npz' in done.stderr, done.stderr)


def t_external_weights():
    """A network whose numbers lie in another file is whole in the study"""
    model = perceptron('inside.onnx', *weights(2))
    os.makedirs(path('external'), exist_ok=True)
    onnx.save(onnx.load(model), path('external/outside.onnx'), save_as_external_data=True, location='weights.bin',
              size_threshold=0)
    base = ['--data', tiny.data_set('own.npz'), '--twins', 'keep', '--preprocess', unit_prepare(), '--family', 'f']
    cli('import', '--out', fresh('inside.dubito'), *base, '--model', model)
    cli('import', '--out', fresh('outside.dubito'), *base, '--model', path('external/outside.onnx'))
    os.remove(path('external/weights.bin'))
    one, two = (measured(path(f'{name}.dubito'))[1]['ensemble'] for name in ('inside', 'outside'))
    expect(one == two, 'other figures')


def t_networks_refused():
    """Networks that do not fit are refused in words, and nothing is made"""
    data = tiny.data_set('own.npz')
    w3, b3 = weights(3)
    cases = [
        (perceptron('n1.onnx', w3, b3), ['3 numbers', '2 classes']),
        (perceptron('n2.onnx', *weights(2), 'Sigmoid'), ['sigmoid']),
        (perceptron('n3.onnx', *weights(2), shape=('n', 5, SIZE, SIZE)), ['5', 'channels']),
        (perceptron('n4.onnx', *weights(1)[:1], numpy.zeros(1), 'Softmax'), ['1 number']),
        (save_model('n5.onnx', [helper.make_node('Add', ['x', 'y'], ['z'], 'add')],
                    [('x', TensorProto.FLOAT, ['n', 2]), ('y', TensorProto.FLOAT, ['n', 2])],
                    [('z', TensorProto.FLOAT, ['n', 2])], {}), ['2 inputs']),
        (path('own.npz'), ['own.npz']),
        (path('missing.onnx'), ['missing.onnx']),
    ]
    base = ['--data', data, '--twins', 'keep', '--out', path('refused.dubito')]
    for model, words in cases:
        done = cli('import', *base, '--model', model, status=1)
        for word in [os.path.basename(model), *words]:
            expect(word in done.stderr, f'{word}: {done.stderr}')
    infinite = perceptron('n6.onnx', numpy.full((2, SIZE * SIZE), 3e38), numpy.zeros(2))
    expect(not os.path.exists(path('refused.dubito')), 'something was made')
    cli('import', *base, '--model', infinite)
    done = cli('evaluate', path('refused.dubito'), status=1)
    expect('n6' in done.stderr and 'finite' in done.stderr, done.stderr)
    done = cli('import', *base, '--model', infinite, status=1)
    expect('already' in done.stderr, done.stderr)
    with open(path('wrong.json'), 'w', encoding='utf-8') as file:
        file.write('{"channels": 2}')
    done = cli('import', '--out', path('wrong.dubito'), '--data', data, '--twins', 'keep', '--model',
               perceptron('lone.onnx', *weights(2)), '--preprocess', path('wrong.json'), status=1)
    expect('wrong.json' in done.stderr and 'channels' in done.stderr, done.stderr)


def t_wrong_usage():
    """Wrong options are refused before anything is read"""
    for options in ([], ['--out', path('u.dubito')], ['--out', path('u.dubito'), '--data', 'x'],
                    ['--out', path('u.dubito'), '--model', 'x'], ['--out', path('u.dubito'), '--outputs', 'x', '--data', 'y'],
                    ['--out', path('u.dubito'), '--outputs', 'x', '--preprocess', 'y'],
                    ['--out', path('u.dubito'), '--data', 'x', '--model', 'y', '--task', 'none'],
                    ['--out', path('u.dubito'), '--data', 'x', '--model', 'y', '--train-ids', 'a', '--train-ids', 'b']):
        cli('import', *options, status=2)
    expect(not os.path.exists(path('u.dubito')), 'something was made')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
