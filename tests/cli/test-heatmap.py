#!/usr/bin/env python3
"""dubito-cli heatmap: maps that can be said beforehand, their files and places, cases of a study, and what it refuses."""
import csv
import json
import os
import sys
import zlib

import tap
import tiny
from tap import expect
from tool import (AFFINE, SHAPE, TensorProto, classifier, cli, document, helper, logits_of, nibabel, numpy, path, random_array,
                  save_model, volume)

KINDS = ['occlusion', 'gradient', 'input-gradient', 'smoothgrad', 'ig', 'gradcam', 'gradcam-sd', 'mask']


def linear(name, shape, weight):
    """Flatten and a product: (N, *shape) to the logits (N, 2)."""
    return save_model(name, [helper.make_node('Flatten', ['x'], ['f'], 'flatten', axis=1), helper.make_node('MatMul', ['f', 'w'], ['z'], 'dense')],
                      [('x', TensorProto.FLOAT, ['n', *shape])], [('z', TensorProto.FLOAT, ['n', 2])], {'w': weight})


def flat_weight(shape, seed=4):
    return numpy.random.default_rng(seed).normal(0, 0.1, (int(numpy.prod(shape)), 2)).astype('float32')


def map_of(*arguments, **keywords):
    said = document('heatmap', *arguments, '-o', path('map.npy'), '--json', **keywords)
    return numpy.load(path('map.npy')), said


def picture(name, seed=3, size=(9, 7)):
    """An 8-bit grey PNG by the format's own rules."""
    pixels = numpy.random.default_rng(seed).integers(0, 256, size).astype('uint8')

    def chunk(kind, data):
        return len(data).to_bytes(4, 'big') + kind + data + zlib.crc32(kind + data).to_bytes(4, 'big')
    header = size[1].to_bytes(4, 'big') + size[0].to_bytes(4, 'big') + bytes([8, 0, 0, 0, 0])
    rows = b''.join(b'\0' + row.tobytes() for row in pixels)
    with open(path(name), 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
    return path(name), pixels


def t_linear():
    """Of a linear network the gradient is the weight, the product and the path are exact"""
    weight, x = flat_weight((1, 6, 5)), random_array((6, 5))
    model = linear('linear.onnx', (1, 6, 5), weight)
    numpy.save(path('x.npy'), x)
    found, said = map_of(model, path('x.npy'), '--kind', 'gradient', '--of', 'logit:1')
    expect(abs(found - weight[:, 1].reshape(6, 5)).max() < 1e-6, 'the gradient is another')
    expect(said['kind'] == 'gradient' and said['of'] == 'logit:1' and said['signed'] and said['gap'] is None, said)
    expect(abs(said['value'] - (x.ravel() @ weight)[1]) < 1e-5, said['value'])
    place = numpy.unravel_index(abs(found).argmax(), found.shape)
    expect(said['peak']['place'] == [int(i) for i in place] and abs(said['peak']['value'] - found[place]) < 1e-7, said['peak'])
    found, said = map_of(model, path('x.npy'), '--kind', 'ig', '--of', 'logit:0', '--steps', 3, '--replace', '1')
    expect(abs(found - (x - 1) * weight[:, 0].reshape(6, 5)).max() < 1e-6, 'the path is another')
    expect(abs(said['gap']) < 1e-5 and said['settings'] == {'steps': 3, 'replace': '1', 'smooth': 0.0}, said)
    found, said = map_of(model, path('x.npy'), '--of', 'logit:0', '--window', 1, '--stride', 1, '--replace', '0')
    expect(abs(found - x * weight[:, 0].reshape(6, 5)).max() < 1e-6, 'the occlusion is another')
    expect(said['passes'] == 31 and said['settings']['window'] == 1, said)


def t_scores():
    """Occlusion of any score of an ensemble, by its definition"""
    x = random_array((6, 5))
    numpy.save(path('x.npy'), x)
    weights = [5 * flat_weight((1, 6, 5), seed) for seed in (1, 2)]
    models = [linear(f'linear{i}.onnx', (1, 6, 5), w) for i, w in enumerate(weights)]

    def scores(image):
        z = numpy.stack([image.ravel().astype('float64') @ w for w in weights])
        p = numpy.exp(z - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        mean = p.mean(0)
        return {'msr': 1 - mean.max(), 'entropy': -(mean * numpy.log(mean)).sum(), 'ensemble-sd': p.std(0).mean()}
    for name in ('msr', 'entropy', 'ensemble-sd'):
        found, said = map_of(*models, path('x.npy'), '--of', name, '--window', 2, '--stride', 2, '--replace', '0')
        changed = x.copy()
        changed[2:4, 2:4] = 0
        whole = scores(x)[name]
        expect(abs(said['value'] - whole) < 1e-6 and said['of'] == name and said['class'] is None, f'{name}: {said["value"]}, {whole}')
        expect(abs(found[2, 2] - (whole - scores(changed)[name])) < 2e-6, f'{name}: {found[2, 2]}')
        expect(len(said['networks']) == 2, said['networks'])


def t_volume():
    """A volume's map comes back in the space of its file, turned, cropped or framed for the network"""
    x = random_array()
    found, said = map_of(classifier(), volume('v.nii.gz', x), '--kind', 'gradient', '--of', 'logit:1', '--smooth', 0)
    expect(abs(said['value'] - logits_of(x)[1]) < 1e-4 and found.shape == SHAPE, said)
    cli('heatmap', classifier(), path('v.nii.gz'), '--kind', 'gradient', '--of', 'logit:1', '--smooth', 0, '-o', path('g.nii.gz'))
    written = nibabel.load(path('g.nii.gz'))
    expect(numpy.allclose(written.affine, AFFINE) and abs(written.get_fdata() - found).max() < 1e-7, 'another place')

    turned = volume('t.nii.gz', numpy.ascontiguousarray(x.transpose(2, 1, 0)))
    cli('heatmap', classifier(), turned, '--axes', 'kji', '--kind', 'gradient', '--of', 'logit:1', '--smooth', 0, '-o', path('g.nii.gz'))
    expect(abs(nibabel.load(path('g.nii.gz')).get_fdata().transpose(2, 1, 0) - found).max() < 1e-7, 'not turned back')

    large = numpy.zeros((10, 11, 12), 'float32')
    large[1:9, 1:10, 1:11] = x
    cli('heatmap', classifier(), volume('l.nii.gz', large), '--fit', 'crop-pad', '--kind', 'gradient', '--of', 'logit:1', '--smooth', 0,
        '-o', path('g.nii.gz'))
    written = nibabel.load(path('g.nii.gz')).get_fdata()
    expect(written.shape == (10, 11, 12) and abs(written[1:9, 1:10, 1:11] - found).max() < 1e-7, 'not framed')
    expect(abs(written).sum() - abs(written[1:9, 1:10, 1:11]).sum() == 0, 'numbers where the network saw nothing')


def t_preparation():
    """A preparation in JSON makes of a file what the study makes of its case"""
    name, pixels = picture('p.png')
    weight = flat_weight((1, 9, 7))
    model = linear('prepared.onnx', (1, 9, 7), weight)
    with open(path('prepare.json'), 'w') as file:
        json.dump({'channels': 1, 'size': [9, 7], 'resize': 'refuse', 'scaling': 'mean-sd', 'mean': [0.4], 'sd': [0.25]}, file)
    x = (pixels / 255 - 0.4) / 0.25
    found, said = map_of(model, name, '--preprocess', path('prepare.json'), '--kind', 'input-gradient', '--of', 'logit:0', '--replace', '0')
    expect(abs(found - x * weight[:, 0].reshape(9, 7)).max() < 1e-5, 'prepared otherwise')
    with open(path('prepare.json'), 'w') as file:
        file.write('{"channels": 7}')
    said = cli('heatmap', model, name, '--preprocess', path('prepare.json'), '-o', path('map.npy'), status=1).stderr
    expect('prepare.json' in said, said)


def t_study():
    """All kinds of a study's case, the same bits for any threads, and as a file of the same numbers"""
    study = tiny.study()
    with numpy.load(tiny.data_set()) as data:
        case = [i for i in range(tiny.N_CASES) if data['labels'][i] == 1][0]
    ids = [line.split(',')[0] for line in open(os.path.join(study, 'cases.csv'), encoding='utf-8')][1:]
    for kind in KINDS:
        maps = []
        for threads in (1, 3):
            found, said = map_of('--study', study, '--case', ids[case], '--kind', kind, '--threads', threads)
            maps.append(found)
        expect(maps[0].shape == (12, 12) and (maps[0] == maps[1]).all(), f'{kind}: other bits for another number of threads')
        expect(numpy.isfinite(found).all() and abs(found).max() > 0, kind)
        expect(said['signed'] or found.min() >= 0, f'{kind} has a sign')
        expect(len(said['networks']) == 3 and said['class'] is not None and said['image'] == ids[case], said)
    one = os.path.join(study, 'models', 'ce-f0', 'model.onnx')
    _, said = map_of(one, '--study', study, '--case', ids[case], '--kind', 'gradient')
    expect(len(said['networks']) == 1, 'the network that was named is not the only one')


def t_study_scores():
    """Scores that a study fits are at its case what the study says, combinations too; those of changed images are refused"""
    study = tiny.study()
    cli('uq', study, '--resamples', 200, '--cases', path('uq.csv'), '--fuse', 'msr,temperature,knn-all')
    cases = list(csv.DictReader(open(path('uq.csv'), encoding='utf-8')))
    case = cases[0]
    for score in 'temperature', 'isotonic', 'knn-all', 'knn-shap', 'mahalanobis':
        found, said = map_of('--study', study, '--case', case['id'], '--of', score)
        expect(abs(said['value'] - float(case[score])) < 1e-5 * max(1, abs(said['value'])), f'{score}: {said["value"]}, {case[score]}')
    found, said = map_of('--study', study, '--case', case['id'], '--of', 'mean')
    expect(numpy.isfinite(found).all() and found.any() and said['of'] == 'mean', said)
    said = cli('heatmap', '--study', study, '--case', case['id'], '--of', 'tta', '-o', path('m.npy'), status=2).stderr
    expect('knn-all' in said and 'temperature' in said, said)


def t_figures():
    """Figures of a picture and of a volume, with their provenance, the same bytes twice"""
    study = tiny.study()
    ids = [line.split(',')[0] for line in open(os.path.join(study, 'cases.csv'), encoding='utf-8')][1:]
    for name in ('a.png', 'b.png', 'c.svg'):
        cli('heatmap', '--study', study, '--case', ids[0], '--of', 'entropy', '-o', path(name))
    bytes_of = [open(path(name), 'rb').read() for name in ('a.png', 'b.png', 'c.svg')]
    expect(bytes_of[0] == bytes_of[1] and bytes_of[0][:8] == b'\x89PNG\r\n\x1a\n', 'the PNG')
    expect(b'occlusion of the entropy' in bytes_of[0] and b'<svg' in bytes_of[2] and b'entropy' in bytes_of[2], 'what it shows is not said')
    cli('heatmap', classifier(), volume('v.nii.gz', random_array()), '--kind', 'gradcam', '-o', path('v.png'), '-o', path('v.npy'))
    expect(numpy.load(path('v.npy')).shape == SHAPE and os.path.getsize(path('v.png')) > 1000, 'the volume')


def t_wrong_usage():
    """Wrong words are wrong usage, before anything is loaded"""
    x = path('x.npy')
    numpy.save(x, random_array((6, 5)))
    model = linear('linear.onnx', (1, 6, 5), flat_weight((1, 6, 5)))
    for arguments, word in (
            ([model, x], '-o'),
            ([model, x, '-o', path('map.txt')], 'map.txt'),
            ([model, x, '-o', x], 'x.npy'),
            ([model, x, '-o', path('m.npy'), '--kind', 'magic'], 'magic'),
            ([model, x, '-o', path('m.npy'), '--of', 'magic'], 'magic'),
            ([model, x, '-o', path('m.npy'), '--of', 'msr', '--kind', 'gradient'], 'occlusion'),
            ([model, x, '-o', path('m.npy'), '--of', 'entropy', '--kind', 'mask'], 'mask'),
            ([model, x, '-o', path('m.npy'), '--of', 'temperature'], 'fitted'),
            ([model, x, '-o', path('m.npy'), '--window', 0], '--window'),
            ([model, x, '-o', path('m.npy'), '--case', 'a'], '--study'),
            ([model, x, '-o', path('m.npy'), '--replace', 'class:0'], '--study'),
            ([x, '-o', path('m.npy')], '.onnx'),
            (['-o', path('m.npy')], 'image')):
        said = cli('heatmap', *arguments, status=2).stderr
        expect(word in said, f'{arguments}: {said}')
    study = tiny.study()
    before = open(os.path.join(study, 'models', 'ce-f0', 'model.onnx'), 'rb').read()
    cli('heatmap', '--study', study, '--case', 'x', '-o', os.path.join(study, 'models', 'ce-f0', 'a.npy'), status=2)
    expect(open(os.path.join(study, 'models', 'ce-f0', 'model.onnx'), 'rb').read() == before, 'the network changed')


def t_bad_input():
    """What is wrong with an image, a network or a case is said in one sentence"""
    x = random_array((6, 5))
    x[2, 3] = numpy.nan
    numpy.save(path('nan.npy'), x)
    numpy.save(path('x.npy'), random_array((6, 5)))
    numpy.save(path('wide.npy'), random_array((6, 8)))
    model = linear('linear.onnx', (1, 6, 5), flat_weight((1, 6, 5)))
    for arguments, word in (
            ([model, path('nan.npy')], 'nan.npy'),
            ([model, path('wide.npy')], '8'),
            ([model, path('x.npy'), '--of', 'class:2'], 'classes 0 to 1'),
            ([model, path('x.npy'), '--of', 'ensemble-sd'], 'at least 2'),
            ([model, path('x.npy'), '--kind', 'gradcam-sd'], 'at least 2'),
            ([model, path('x.npy'), '--kind', 'gradcam'], 'convolution'),
            ([model, path('x.npy'), '--window', 3, '--stride', 4], 'stride'),
            ([model, path('absent.npy')], 'absent.npy'),
            (['--study', tiny.study(), '--case', 'nobody'], 'nobody')):
        said = cli('heatmap', *arguments, '-o', path('m.npy'), status=1).stderr
        expect(word in said and not os.path.exists(path('m.npy')), f'{arguments}: {said}')
    cli('heatmap', model, path('x.npy'), '-o', path('m.nii.gz'), status=1)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
