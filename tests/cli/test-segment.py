#!/usr/bin/env python3
"""dubito-cli segment: its files, its document, and what it refuses."""
import os
import sys

import tap
from tap import expect
from tool import TensorProto, classifier, cli, document, helper, nibabel, numpy, path, random_array, save_model, shared, volume


def t_meshnet():
    """MeshNet on its brain gives the labels beside it, is unsure along borders, and stays below two gigabytes"""
    folder = shared('data/models/meshnet')
    brain = shared('data/brain/brainchop_t1_crop.nii.gz')
    told = document('segment', os.path.join(folder, 'meshnet_gwm.onnx'), brain, '--axes', 'kji', '--scale', 'minmax', '-o',
                    path('labels.nii.gz'), '--map', path('map.nii.gz'), '--json')
    labels = numpy.asarray(nibabel.load(path('labels.nii.gz')).dataobj).astype(int)
    wanted = numpy.asarray(nibabel.load(os.path.join(folder, 'meshnet_reference_labels_t1_crop.nii.gz')).dataobj).astype(int)
    expect((labels == wanted).mean() >= 0.9999, (labels == wanted).mean())
    expect(told['peak_bytes'] < 2 << 30, told['peak_bytes'])
    counts = numpy.bincount(labels.ravel())
    expect([c['voxels'] for c in told['classes']] == list(counts), told['classes'])
    border = numpy.zeros(labels.shape, bool)
    for axis in range(3):
        differs = numpy.diff(labels, axis=axis) != 0
        border |= numpy.pad(differs, [(0, int(a == axis)) for a in range(3)])
        border |= numpy.pad(differs, [(int(a == axis), 0) for a in range(3)])
    entropy = numpy.asarray(nibabel.load(path('map.nii.gz')).dataobj)
    inside = entropy[~border & (labels > 0)].mean()
    expect(entropy[border].mean() > 1.5 * inside, f'{entropy[border].mean()} {inside}')
    worst = told['worst'][0]
    i, j, k = (int(v) for v in worst['voxel'])
    expect(abs(entropy[i - 4:i + 5, j - 4:j + 5, k - 4:k + 5].mean() - worst['mean']) < 1e-4, worst)


def t_refusals():
    """A classifier, a missing name and a score that needs more are said in a sentence"""
    brain = volume('segment_in.nii.gz', random_array())
    out = path('segment_out.nii.gz')
    cli('segment', classifier(), brain, status=2)
    cli('segment', classifier(), brain, '-o', path('labels.txt'), status=2)
    cli('segment', classifier(), brain, '-o', out, '--patch', 4, status=2)
    cli('segment', brain, brain, '-o', out, status=2)
    said = cli('segment', classifier(), brain, '-o', out, status=1).stderr
    expect('no class for every voxel' in said, said)
    expect(not os.path.exists(out), 'a file was left')


def t_picture():
    """A picture has its labels and map as .npy and as .png, the same for a grey and a colour network"""
    image = numpy.linspace(0, 1, 16 * 20, dtype=numpy.float32).reshape(16, 20)
    numpy.save(path('picture.npy'), image)
    for channels in (1, 3):
        weight = numpy.zeros((2, channels, 1, 1), numpy.float32)
        weight[1] = 10 / channels
        model = save_model(f'pixels{channels}.onnx', [helper.make_node('Conv', ['x', 'w', 'b'], ['y'], 'conv')],
                           [('x', TensorProto.FLOAT, [1, channels, 16, 20])], [('y', TensorProto.FLOAT, [1, 2, 16, 20])],
                           {'w': weight, 'b': numpy.array([0, -5], numpy.float32)})
        told = document('segment', model, path('picture.npy'), '-o', path('labels.npy'), '--map', path('map.npy'), '--uncertainty',
                        'msr', '--json')
        labels, doubt = numpy.load(path('labels.npy')), numpy.load(path('map.npy'))
        p = 1 / (1 + numpy.exp(-(10 * image.astype(float) - 5)))
        expect((labels == (p > 0.5)).all(), labels)
        expect(numpy.abs(doubt - numpy.minimum(p, 1 - p)).max() < 1e-5, doubt)
        expect([c['pixels'] for c in told['classes']] == [160, 160], told)
        document('segment', model, path('picture.npy'), '-o', path('labels.png'), '--map', path('map.png'), '--json', '--tta', 'flip')
        document('segment', model, path('map.png'), '-o', path('again.npy'), '--json')
        expect(numpy.load(path('again.npy')).shape == (16, 20), 'the shape')
    cli('segment', model, path('picture.npy'), '-o', path('labels.nii'), status=2)
    cli('segment', model, path('picture.npy'), '-o', path('labels.npy'), '--axes', 'kji', status=2)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
