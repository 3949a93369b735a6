#!/usr/bin/env python3
"""dubito-cli train: its study, its promise of equal bytes, stopping and resuming, networks that other tools open."""
import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
import time
import zlib

import numpy
import onnx
import tap
import tiny
from tap import Skip, expect
from tool import CLI, cli, document, path

BRIEF = ['--arch', 'cnn2d', '--width', 4, '--epochs', 3, '--folds', 2, '--batch', 16]


def data(name='cases.npz', n=120, side=12, change=None):
    """Two classes that differ by the brightness of one half"""
    random = numpy.random.default_rng(3)
    labels = (numpy.arange(n) % 3 == 0).astype('uint8')
    images = random.integers(60, 160, (n, side, side)).astype('uint8')
    images[labels == 1, :, side // 2:] += 40
    arrays = {'images': images, 'labels': labels}
    if change is not None:
        change(arrays)
    numpy.savez(path(name), **arrays)
    return path(name)


def digest(*parts):
    with open(os.path.join(*parts), 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def models(study):
    folder = os.path.join(study, 'models')
    return {name: digest(folder, name, 'model.onnx') for name in sorted(os.listdir(folder))}


def study_of(name):
    with open(os.path.join(path(name), 'study.json'), encoding='utf-8') as file:
        return json.load(file)


def t_study():
    """train makes a study with a split and a network a fold"""
    told = document('train', '--data', data(), '--out', path('a'), *BRIEF, '--json')
    expect([run['id'] for run in told['runs']] == ['ce-f0', 'ce-f1'], told)
    expect(all(run['state'] == 'done' and run['epochs'] == 3 and run['best']['n'] > 0 for run in told['runs']), told)
    study = study_of('a')
    expect([m['path'] for m in study['models']] == ['models/ce-f0/model.onnx', 'models/ce-f1/model.onnx'], study)
    expect(study['task'] == 'binary' and study['split']['folds'] == 2, study)
    expect(len({m['split_hash'] for m in study['models']} | {study['split']['hash']}) == 1, study['split'])
    with open(os.path.join(path('a'), 'cases.csv'), encoding='utf-8') as file:
        rows = [line.rstrip('\n').split(',') for line in file]
    expect(rows[0] == ['id', 'label', 'patient', 'part', 'fold'] and len(rows) == 121, rows[0])
    parts = [row[3] for row in rows[1:]]
    expect([parts.count(p) for p in ('train', 'calibration', 'test')] == [66, 18, 36], parts)


def t_threads():
    """One thread and three give the same bytes, another seed gives others"""
    for name, *options in [('one', '--threads', 1), ('three', '--threads', 3), ('seed', '--seed', 9)]:
        cli('train', '--data', data(), '--out', path(name), *BRIEF, *options)
    expect(models(path('one')) == models(path('three')), 'bytes differ')
    expect(not set(models(path('one')).values()) & set(models(path('seed')).values()), 'the seed changes nothing')


def torch_outputs(model, x):
    """The network as PyTorch computes it, node by node"""
    try:
        import torch
        import torch.nn.functional as f
    except ImportError as missing:
        raise Skip(f'{missing} (python3-torch)') from missing
    values = {w.name: torch.from_numpy(onnx.numpy_helper.to_array(w).copy()) for w in model.graph.initializer}
    values[model.graph.input[0].name] = torch.from_numpy(x)
    for node in model.graph.node:
        a = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
        i = [values[name] for name in node.input]
        half = len(a.get('kernel_shape', ())) or 2
        pads = a.get('pads', [0] * 2 * half)[:half]
        strides = a.get('strides', [1] * half)
        values[node.output[0]] = {
            'Conv': lambda: (f.conv2d if half == 2 else f.conv3d)(i[0], i[1], i[2] if len(i) > 2 else None, strides, pads),
            'BatchNormalization': lambda: f.batch_norm(i[0], i[3], i[4], i[1], i[2], False, 0.0, a['epsilon']),
            'Relu': lambda: f.relu(i[0]), 'LeakyRelu': lambda: f.leaky_relu(i[0], a['alpha']),
            'Add': lambda: i[0] + i[1], 'Identity': lambda: i[0], 'Dropout': lambda: i[0],
            'MaxPool': lambda: (f.max_pool2d if half == 2 else f.max_pool3d)(i[0], a['kernel_shape'], strides, pads),
            'GlobalAveragePool': lambda: i[0].mean(tuple(range(2, i[0].dim())), keepdim=True),
            'Flatten': lambda: i[0].flatten(1), 'Gemm': lambda: f.linear(i[0], i[1], i[2]),
        }[node.op_type]()
    return [values[output.name].numpy() for output in model.graph.output]


def check_network(folder):
    model = onnx.load(os.path.join(folder, 'model.onnx'))
    onnx.checker.check_model(model, full_check=True)
    expect([o.name for o in model.graph.output] == ['logits', 'features'], [o.name for o in model.graph.output])
    reference = numpy.load(os.path.join(folder, 'reference.npz'))
    for found, name in zip(torch_outputs(model, reference['input']), ('logits', 'features')):
        error = abs(found - reference[name]).max()
        expect(found.shape == reference[name].shape and error < 1e-4, f'{name} differ by {error}')
        expect(abs(reference[name]).max() > 1e-3, f'{name} are all zero')


def t_onnx():
    """Every architecture's ONNX passes the checker and PyTorch computes its reference"""
    volumes = numpy.random.default_rng(1).integers(0, 255, (30, 13, 14, 15)).astype('uint8')
    numpy.savez(path('volumes.npz'), images=volumes, labels=numpy.arange(30) % 2)
    flat, deep = data(side=20), path('volumes.npz')
    wide = data('wide.npz', n=60, side=72)
    for name, source, *options in [
            ('resnet18', flat, '--width', 4), ('resnet18', wide, '--width', 2), ('cnn2d', flat), ('mlp', flat),
            ('cnn3d', deep, '--batch', 4)]:
        out = path(f'onnx-{name}-{os.path.basename(source)}')
        cli('train', '--data', source, '--out', out, '--arch', name, '--epochs', 2, '--folds', 2, '--twins', 'keep', *options)
        check_network(os.path.join(out, 'models', 'ce-f0'))


def t_frozen():
    """A head on a frozen backbone: its maps are not changed, and one network comes out"""
    backbone = os.path.join(path('a'), 'models', 'ce-f0', 'model.onnx')
    arch = f'onnx:{backbone}@block2.activation'
    cli('train', '--data', data(), '--out', path('frozen'), '--arch', arch, '--epochs', 2, '--folds', 2, '--width', 8)
    folder = os.path.join(path('frozen'), 'models', 'ce-f0')
    check_network(folder)
    before, after = onnx.load(backbone), onnx.load(os.path.join(folder, 'model.onnx'))
    kept = {w.name: onnx.numpy_helper.to_array(w) for w in after.graph.initializer}
    for w in before.graph.initializer:
        if w.name.startswith(('block1', 'block2')):
            expect((onnx.numpy_helper.to_array(w) == kept[w.name]).all(), w.name)
    done = cli('train', '--data', data(), '--out', path('no'), '--arch', f'onnx:{backbone}@nowhere', status=1)
    expect('nowhere' in done.stderr, done.stderr)


def begin(out, *options):
    return subprocess.Popen([CLI, 'train', '--data', data(), '--out', out, *map(str, BRIEF), '--epochs', '40', *options],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def t_stopped():
    """Ctrl+C ends a run within a second, kill -9 at any moment; --resume ends with the bytes of one never stopped"""
    cli('train', '--data', data(), '--out', path('whole'), *BRIEF, '--epochs', 40)
    for k, how in enumerate([signal.SIGINT, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]):
        process = begin(path('stopped'), *(['--resume'] if k > 0 else []), '--progress', 'json')
        seen = 0
        for line in process.stderr:
            seen += '"epoch"' in line
            if seen >= 5 + 9 * k:
                break
        if process.poll() is None:
            process.send_signal(how)
        at = time.monotonic()
        process.communicate(timeout=20)
        expect(how == signal.SIGKILL or time.monotonic() - at < 5, 'too slow to stop')
        expect(process.returncode in (0, 130, -9), process.returncode)
    told = document('train', '--out', path('stopped'), '--resume', '--json')
    expect([run['state'] for run in told['runs']] == ['done', 'done'], told)
    expect(models(path('stopped')) == models(path('whole')), 'other bytes')
    expect(study_of('stopped')['models'] == study_of('whole')['models'], 'another study')


def t_progress():
    """--progress json is one object a line, with epochs of runs"""
    done = cli('train', '--data', data(), '--out', path('told'), *BRIEF, '--progress', 'json')
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    epochs = [(line['run'], line['epoch']) for line in lines if 'epoch' in line]
    expect(epochs == [(f'ce-f{f}', e) for f in (0, 1) for e in (1, 2, 3)], epochs)
    told = [line['progress'] for line in lines if 'progress' in line]
    expect(told == sorted(told) and told[-1] == 1, told)


def t_added():
    """Other losses are added to a study; the same again, other data and another split are refused"""
    cli('train', '--data', data(), '--out', path('more'), *BRIEF)
    cli('train', '--out', path('more'), *BRIEF, '--dca', 10)
    cli('train', '--out', path('more'), *BRIEF, '--seed', 4)
    cli('train', '--out', path('more'), *BRIEF, '--lr', 0.01, '--name', 'fast')
    ids = [m['id'] for m in study_of('more')['models']]
    expect(ids == [f'{family}-f{f}' for family in ('ce', 'ce-dca10', 'ce-2', 'fast') for f in (0, 1)], ids)
    for options, word in [
            ([*BRIEF], 'already'),
            ([*BRIEF, '--name', 'fast'], 'rate is 0.01'),
            ([*BRIEF, '--epochs', 4, '--split', '0.6,0.2,0.2'], 'fractions'),
            ([*BRIEF, '--epochs', 4, '--folds', 3], 'folds'),
            ([*BRIEF, '--epochs', 4, '--data', data('other.npz', n=90)], 'other data')]:
        done = cli('train', '--out', path('more'), *options, status=1)
        expect(word in done.stderr, done.stderr)


def t_bad_input():
    """Bad data and options are refused in one sentence that names what is wrong"""
    def labels(arrays):
        arrays['labels'] = arrays['labels'].astype('int64')
        arrays['labels'][7] = -4

    def one_class(arrays):
        arrays['labels'][:] = 0

    for name, status, word, *options in [
            ('absent', 1, 'absent.npz', '--data', path('absent.npz')),
            ('label', 1, '7', '--data', data('label.npz', change=labels)),
            ('one', 1, 'class', '--data', data('one.npz', change=one_class)),
            ('folds', 2, '--folds', '--folds', -1, '--data', data()),
            ('many', 1, 'fold', '--folds', 70, '--data', data()),
            ('split', 2, '--split', '--split', '1,1,1', '--data', data()),
            ('given', 1, 'split of its own', '--split', 'given', '--data', data()),
            ('patient', 1, 'patient', '--by-patient', '--data', data()),
            ('rate', 2, '--lr', '--lr', -1, '--data', data()),
            ('arch', 2, 'vgg', '--arch', 'vgg', '--data', data()),
            ('volume', 1, 'cnn3d', '--arch', 'cnn3d', '--data', data()),
            ('augment', 2, 'spin', '--augment', 'spin', '--data', data()),
            ('positive', 1, 'zebra', '--positive', 'zebra', '--data', data()),
            ('loss', 2, '--loss', '--loss', 'hinge', '--data', data())]:
        done = cli('train', '--out', path(f'bad-{name}'), *BRIEF, *options, status=status)
        expect(word in done.stderr, f'{name}: {done.stderr}')
    cli('train', *BRIEF, '--data', data(), status=2)
    cli('train', '--out', path('nothing'), '--resume', status=2)
    cli('train', '--out', path('nothing'), *BRIEF, status=2)
    done = cli('train', '--out', path('astray'), '--data', data(), *BRIEF, '--arch', 'mlp', '--width', 64, '--optimizer', 'sgd',
               '--lr', 1000, '--epochs', 9, status=1)
    expect('epoch' in done.stderr and 'ce-f' in done.stderr, done.stderr)
    with open(os.path.join(path('astray'), 'models', 'ce-f0', 'run.json'), encoding='utf-8') as file:
        expect(json.load(file)['failure'].startswith('Epoch '), 'no failure in run.json')


def t_skipped():
    """Files that cannot be decoded stop the training, or are left out and named, then and when the study is opened again"""
    def png(name, shade, harm=None):
        def chunk(kind, body):
            return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
        random = numpy.random.default_rng(len(name) + shade * 100 + int(os.path.basename(name)[:-4]))
        rows = b''.join(b'\0' + (random.integers(0, 150, 20) + 60 * shade).astype('uint8').tobytes() for _ in range(20))
        whole = (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 20, 20, 8, 0, 0, 0, 0)) +
                 chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
        with open(path(name), 'wb') as file:
            file.write(whole if harm is None else harm(bytearray(whole)))

    def flip(whole):
        whole[80] ^= 0xff
        return whole

    for shade, name in enumerate(('dark', 'light')):
        os.makedirs(path(f'pngs/{name}'))
        for i in range(20):
            png(f'pngs/{name}/{i}.png', shade)
    png('pngs/dark/3.png', 0, lambda whole: whole[:60])
    png('pngs/dark/7.png', 0, flip)
    png('pngs/light/4.png', 1, lambda whole: b'junk')
    done = cli('train', '--data', path('pngs'), '--out', path('strict'), *BRIEF, status=1)
    expect('png' in done.stderr, done.stderr)
    done = cli('train', '--data', path('pngs'), '--out', path('skipped'), *BRIEF, '--skip-bad', '--progress', 'json')
    for name in ('dark/3.png', 'dark/7.png', 'light/4.png'):
        expect(name in done.stderr, f'{name} is not named: {done.stderr[:800]}')
    with open(os.path.join(path('skipped'), 'cases.csv'), encoding='utf-8') as file:
        expect(len(file.readlines()) == 38, 'other cases')
    cli('train', '--out', path('skipped'), *BRIEF, '--dca', 5)


def t_preparation():
    """Scaling and size are as asked for, and plain cross-entropy is trained beside another loss"""
    told = document('train', '--data', data(), '--out', path('prepared'), *BRIEF, '--dca', 5, '--plain-beside',
                    '--scaling', 'minmax', '--size', '10x8', '--json')
    expect([run['id'] for run in told['runs']] == ['ce-dca5-f0', 'ce-dca5-f1', 'ce-f0', 'ce-f1'], told['runs'])
    for model in study_of('prepared')['models']:
        expect(model['prepare']['scaling'] == 'minmax' and model['prepare']['size'] == [10, 8], model)
    shape = [d.dim_value for d in onnx.load(os.path.join(path('prepared'), 'models/ce-f1/model.onnx'))
             .graph.input[0].type.tensor_type.shape.dim]
    expect(shape[1:] == [1, 10, 8], shape)
    cli('train', '--data', data(), '--out', path('unsaid'), *BRIEF, '--size', '10x8x3', status=2)
    cli('train', '--data', data(), '--out', path('unsaid'), *BRIEF, '--scaling', 'loud', status=2)


def t_beside_stopped():
    """Stopped in its first run, --resume alone goes on with the plain networks beside as well"""
    process = begin(path('beside'), '--dca', '5', '--plain-beside', '--epochs', '6', '--progress', 'json')
    for line in process.stderr:
        if '"epoch"' in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    told = document('train', '--out', path('beside'), '--resume', '--json')
    expect([(run['id'], run['state'], run['epochs']) for run in told['runs']] ==
           [(f'{family}-f{f}', 'done', 6) for family in ('ce', 'ce-dca5') for f in (0, 1)], told['runs'])


def t_lesions():
    """demo lesions --train makes a study of its own images; killed and begun again it goes on; it may be moved"""
    command = ['demo', 'lesions', path('demo'), '--n', '40', '--train']
    process = subprocess.Popen([CLI, *command, '--progress', 'json'], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if '"run":"ce-f1"' in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    images = digest(path('demo'), 'lesions.npz')
    whole = digest(path('demo'), 'models', 'ce-f0', 'model.onnx')
    told = document(*command, '--json')
    expect(told['networks'] == [f'ce-f{f}' for f in range(5)] and told['cases'] == 40, told)
    expect(digest(path('demo'), 'lesions.npz') == images, 'the images were made again')
    expect(digest(path('demo'), 'models', 'ce-f0', 'model.onnx') == whole, 'a finished network was trained again')
    done = cli(*command, '--seed', 2, status=1)
    expect('other lesions' in done.stderr, done.stderr)
    done = cli(*command, '--size', 64, status=1)
    expect('other lesions' in done.stderr, done.stderr)
    os.rename(path('demo'), path('moved'))
    measured = document('evaluate', path('moved'), '--json')
    expect(len(measured['families'][0]['models']) == 5, measured['families'])


def t_full_disk():
    """A disk that is full at a checkpoint is told, and nothing is lost"""
    cli('train', '--data', data(), '--out', path('full-whole'), *BRIEF, '--arch', 'mlp', '--width', 64)
    cli('train', '--data', data(), '--out', path('full'), *BRIEF, '--arch', 'mlp', '--width', 64, status=1, file_limit=40000)
    document('train', '--out', path('full'), '--resume', '--json')
    expect(models(path('full')) == models(path('full-whole')), 'other bytes')


def t_options_out_of_range():
    """An option outside its range, or a name that is no name of a folder, is wrong usage and leaves no study behind"""
    data, out = tiny.data_set('range.npz'), path('range.dubito')
    for option, value in [('--epochs', -1), ('--width', -1), ('--patience', -1), ('--warmup', -1), ('--folds', 0), ('--lr', 'nan'),
                          ('--dca', 'nan'), ('--batch', -1), ('--name', '../out'), ('--name', 'a/b'), ('--name', ''),
                          ('--name', '.hidden'), ('--name', 'n' * 101)]:
        said = cli('train', '--data', data, '--arch', 'mlp', '--twins', 'keep', '--out', out, option, value, status=2).stderr
        expect(option.lstrip('-') in said, f'{option} {value}: {said}')
        expect(not os.path.exists(out), f'{option} {value} left a study')


def t_class_without_cases():
    """A class that a fold has no case of is found before anything is trained"""
    pixels, _ = tiny.images(n=40)
    for name, labels in [('one', [0] * 40), ('rare', [0] * 39 + [1])]:
        numpy.savez(path(f'{name}.npz'), images=pixels, labels=numpy.array(labels, 'uint8'))
        out = path(f'{name}.dubito')
        said = cli('train', '--data', path(f'{name}.npz'), '--arch', 'mlp', '--twins', 'keep', '--out', out, '--epochs', 1, status=1).stderr
        expect('one class alone' in said or 'no case of' in said or 'training' in said, said)
        expect(not os.path.exists(out), f'{name}: a study was left')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
