#!/usr/bin/env python3
"""dubito-cli model info, run and check, against NumPy and against what ONNX says."""
import os
import sys

import tap
from tap import expect
from tool import (FOLDER, SHAPE, WEIGHTS, classifier, cli, document, helper, identity, leftovers, logits_of, nibabel,
                  numpy, numpy_helper, path, random_array, save_model, shared, TensorProto, volume)


def run(model, source, *options, **keywords):
    out = path('out.npz')
    cli('model', 'run', model, source, '-o', out, *options, **keywords)
    with numpy.load(out) as arrays:
        return dict(arrays)


def t_info():
    """model info tells inputs, outputs, parameters, cost and operators"""
    info = document('model', 'info', classifier(), '--json')
    for key in ('inputs', 'outputs', 'parameters', 'multiply_adds', 'operators', 'unsupported', 'peak_bytes'):
        expect(key in info, f'{key} is missing')
    expect(info['inputs'] == [{'name': 'volume', 'dtype': 'float32', 'shape': [None, 1, *SHAPE]}], info['inputs'])
    expect([o['name'] for o in info['outputs']] == ['logits:0'], info['outputs'])
    expect(info['parameters'] == sum(w.size for w in WEIGHTS.values()), info['parameters'])
    expect(info['operators'] == {'Conv': 1, 'LeakyRelu': 1, 'GlobalAveragePool': 1, 'Flatten': 1, 'Gemm': 1},
           info['operators'])
    voxels = int(numpy.prod(SHAPE))
    expect(info['multiply_adds'] >= 4 * 27 * voxels and info['multiply_adds'] <= 1.1 * 4 * 27 * voxels + 100,
           info['multiply_adds'])
    expect(info['unsupported'] == [] and info['peak_bytes'] > 4 * voxels, info)
    text = cli('model', 'info', classifier()).stdout
    expect('LeakyRelu' in text and 'volume' in text, text)


def unsupported_model():
    return save_model('strange.onnx', [helper.make_node('NonMaxSuppression', ['x', 's'], ['y'], 'pick')],
                      [('x', TensorProto.FLOAT, [1, 4, 4]), ('s', TensorProto.FLOAT, [1, 1, 4])],
                      [('y', TensorProto.INT64, ['k', 3])], {})


def t_info_unsupported():
    """An operator that is missing is named with its node, and running it is refused"""
    info = document('model', 'info', unsupported_model(), '--json')
    expect(len(info['unsupported']) == 1, info['unsupported'])
    entry = info['unsupported'][0]
    expect(entry['node'] == 'pick' and entry['op'] == 'NonMaxSuppression' and entry['reason'], entry)
    numpy.savez(path('strange.npz'), x=numpy.zeros((1, 4, 4), 'float32'), s=numpy.zeros((1, 1, 4), 'float32'))
    done = cli('model', 'run', unsupported_model(), path('strange.npz'), '-o', path('no.npz'), status=1)
    expect('NonMaxSuppression' in done.stderr and 'pick' in done.stderr, done.stderr)


def diverged():
    """A network whose weights are NaN behind a Relu and a pool, as training that went wrong leaves them."""
    weights = dict(WEIGHTS, w1=WEIGHTS['w1'] * numpy.float32('nan'))
    return save_model(
        'diverged.onnx',
        [helper.make_node('Conv', ['volume', 'w1', 'b1'], ['c'], 'conv', kernel_shape=[3, 3, 3], pads=[1] * 6),
         helper.make_node('Relu', ['c'], ['r'], 'relu'),
         helper.make_node('MaxPool', ['r'], ['m'], 'halve', kernel_shape=[2, 2, 2], strides=[2, 2, 2]),
         helper.make_node('GlobalAveragePool', ['m'], ['p'], 'pool'),
         helper.make_node('Flatten', ['p'], ['f'], 'flatten'),
         helper.make_node('Gemm', ['f', 'w2', 'b2'], ['logits'], 'dense', transB=1)],
        [('volume', TensorProto.FLOAT, ['n', 1, *SHAPE])], [('logits', TensorProto.FLOAT, ['n', 2])], weights)


def t_nan():
    """NaN in an array or in what a diverged network says is an error with its place, unless it is allowed"""
    x = random_array()[None, None]
    x[0, 0, 2, 0, 7] = numpy.nan
    numpy.save(path('nan.npy'), x)
    numpy.savez(path('nan.npz'), volume=x)
    for name in ('nan.npy', 'nan.npz'):
        done = cli('model', 'run', classifier(), path(name), '-o', path('never.npz'), status=1)
        expect('[0, 0, 2, 0, 7]' in done.stderr and name in done.stderr and 'nan' in done.stderr, done.stderr)
    found = run(classifier(), path('nan.npy'), '--allow-nan')
    expect(numpy.isnan(found['logits:0']).all(), found)

    numpy.save(path('fine.npy'), random_array()[None, None])
    done = cli('model', 'run', diverged(), path('fine.npy'), '-o', path('never.npz'), status=1)
    expect('logits' in done.stderr and '[0, 0]' in done.stderr and 'not a number' in done.stderr, done.stderr)
    expect(not os.path.exists(path('never.npz')), 'a file was written')
    expect(numpy.isnan(run(diverged(), path('fine.npy'), '--allow-nan')['logits']).all(), 'NaN is gone')
    brain = volume('fine.nii', random_array())
    done = cli('mask', diverged(), brain, '--class', 1, '-o', path('never.nii'), status=1)
    expect('not a finite number' in done.stderr, done.stderr)


def t_run_npy():
    """model run on .npy agrees with NumPy, whatever the order and type of the array"""
    x = random_array()
    expected = logits_of(x)
    for name, array in (('c', x), ('f', numpy.asfortranarray(x)), ('double', x.astype('float64'))):
        numpy.save(path(f'{name}.npy'), array[None, None])
        found = run(classifier(), path(f'{name}.npy'))
        expect(list(found) == ['logits:0'], list(found))
        expect(found['logits:0'].shape == (1, 2) and found['logits:0'].dtype == numpy.float32, found)
        expect(numpy.abs(found['logits:0'][0] - expected).max() < 1e-5, f'{found} {expected}')


def t_run_batch():
    """A batch gives what its parts give alone"""
    x = numpy.stack([random_array(seed=s) for s in (1, 2, 3)])[:, None]
    numpy.save(path('batch.npy'), x)
    found = run(classifier(), path('batch.npy'))['logits:0']
    for i in range(3):
        expect(numpy.abs(found[i] - logits_of(x[i, 0])).max() < 1e-5, found)


def t_run_npz_by_name():
    """Several inputs come from an .npz by their names; a missing one is named"""
    model = save_model('two.onnx', [helper.make_node('Sub', ['a', 'b'], ['d'], 'minus')],
                       [('a', TensorProto.FLOAT, [2, 3]), ('b', TensorProto.FLOAT, [2, 3])],
                       [('d', TensorProto.FLOAT, [2, 3])], {})
    a, b = random_array((2, 3), 5), random_array((2, 3), 6)
    numpy.savez(path('two.npz'), b=b, a=a, other=a)
    expect(numpy.array_equal(run(model, path('two.npz'))['d'], a - b), 'a - b')
    numpy.savez(path('one.npz'), a=a)
    done = cli('model', 'run', model, path('one.npz'), '-o', path('no.npz'), status=1)
    expect('b' in done.stderr and 'one.npz' in done.stderr, done.stderr)
    numpy.save(path('one.npy'), a)
    done = cli('model', 'run', model, path('one.npy'), '-o', path('no.npz'), status=1)
    expect('2 inputs' in done.stderr, done.stderr)


def t_run_volume_axes():
    """ijk keeps the voxel order, kji turns it round; scl_slope is applied"""
    array = numpy.arange(3 * 4 * 5, dtype='int16').reshape(3, 4, 5)
    image = nibabel.Nifti1Image(array, numpy.eye(4))
    image.header.set_slope_inter(0.5, 10)
    image.to_filename(path('axes.nii.gz'))
    expected = nibabel.load(path('axes.nii.gz')).get_fdata(dtype='float32')
    free = identity('free.onnx', [1, 1, 'a', 'b', 'c'])
    expect(numpy.array_equal(run(free, path('axes.nii.gz'))['y'][0, 0], expected), 'ijk')
    expect(numpy.array_equal(run(free, path('axes.nii.gz'), '--axes', 'kji')['y'][0, 0], expected.T), 'kji')
    fixed = identity('fixed.onnx', [1, 1, 5, 4, 3])
    expect(numpy.array_equal(run(fixed, path('axes.nii.gz'), '--axes', 'kji')['y'][0, 0], expected.T), 'kji, fixed')


def t_run_volume_scale():
    """minmax and zscore"""
    x = random_array() * 3 - 1
    brain = volume('scale.nii', x)
    free = identity('free.onnx', [1, 1, 'a', 'b', 'c'])
    found = run(free, brain, '--scale', 'minmax')['y'][0, 0]
    expect(numpy.abs(found - (x - x.min()) / (x.max() - x.min())).max() < 1e-6, 'minmax')
    expect(found.min() == 0 and found.max() == 1, 'ends of minmax')
    found = run(free, brain, '--scale', 'zscore')['y'][0, 0]
    expect(abs(found.mean()) < 1e-5 and abs(found.std() - 1) < 1e-3, 'zscore')
    expect(numpy.corrcoef(found.ravel(), x.ravel())[0, 1] > 0.999999, 'zscore is not linear')


def t_run_volume_fit():
    """A volume of another shape is refused with both shapes and the choices; crop-pad and resample fit it"""
    brain = volume('small.nii', random_array((6, 9, 12)))
    done = cli('model', 'run', classifier(), brain, '-o', path('no.npz'), status=1)
    for word in ('6', '12', '8', '10', 'crop'):
        expect(word in done.stderr, f'{word}: {done.stderr}')
    for fit in ('crop-pad', 'resample'):
        expect(run(classifier(), brain, '--fit', fit)['logits:0'].shape == (1, 2), fit)


def t_run_png():
    """A picture becomes (1, C, H, W) in 0..1"""
    try:
        from PIL import Image
    except ImportError:
        raise tap.Skip('python3-pil, which writes the picture, is not installed')
    picture = (random_array((6, 7, 3), 8) * 255).round().astype('uint8')
    Image.fromarray(picture).save(path('colour.png'))
    Image.fromarray(picture[..., 0]).save(path('grey.png'))
    found = run(identity('image.onnx', [1, 'c', 'h', 'w']), path('colour.png'))['y']
    expect(numpy.abs(found[0] - picture.transpose(2, 0, 1) / 255).max() < 1e-6, 'colour')
    found = run(identity('image.onnx', [1, 'c', 'h', 'w']), path('grey.png'))['y']
    expect(found.shape == (1, 1, 6, 7) and numpy.abs(found[0, 0] - picture[..., 0] / 255).max() < 1e-6, 'grey')


def t_gradient():
    """--gradient is the derivative of the column summed over the batch"""
    x = numpy.stack([random_array(seed=s) for s in (1, 2)])[:, None]
    numpy.save(path('g.npy'), x)
    found = run(classifier(), path('g.npy'), '--gradient', 'logits:0:1')
    expect(set(found) == {'logits:0', 'grad_volume'}, list(found))
    gradient = found['grad_volume']
    expect(gradient.shape == x.shape, gradient.shape)
    step = 1e-4
    for place in ((0, 0, 0), (3, 4, 5), (7, 8, 9), (2, 0, 9)):
        for n in range(2):
            up, down = x[n, 0].astype('float64'), x[n, 0].astype('float64')
            up[place] += step
            down[place] -= step
            expected = (logits_of(up)[1] - logits_of(down)[1]) / (2 * step)
            expect(abs(gradient[(n, 0, *place)] - expected) < 1e-6, f'{place}: {gradient[(n, 0, *place)]} {expected}')


def t_gradient_wrong():
    """An output or a column that is not there is refused by name"""
    numpy.save(path('g.npy'), random_array()[None, None])
    done = cli('model', 'run', classifier(), path('g.npy'), '-o', path('no.npz'), '--gradient', 'probabilities:0', status=1)
    expect('probabilities' in done.stderr and 'logits:0' in done.stderr, done.stderr)
    done = cli('model', 'run', classifier(), path('g.npy'), '-o', path('no.npz'), '--gradient', 'logits:0:2', status=1)
    expect('2' in done.stderr, done.stderr)
    cli('model', 'run', classifier(), path('g.npy'), '-o', path('no.npz'), '--gradient', 'logits', status=2)


def t_threads():
    """One thread and two give the same bits"""
    x = random_array((40, 41, 42))
    numpy.save(path('t.npy'), x[None, None])
    model = classifier((40, 41, 42))
    outputs = []
    for threads in (1, 2, 3):
        found = run(model, path('t.npy'), '--gradient', 'logits:0:0', '--threads', threads)
        outputs.append((found['logits:0'].tobytes(), found['grad_volume'].tobytes()))
    expect(outputs[0] == outputs[1] == outputs[2], 'bits differ')


def t_json():
    """--json of model run is one document"""
    numpy.save(path('j.npy'), random_array()[None, None])
    told = document('model', 'run', classifier(), path('j.npy'), '-o', path('j.npz'), '--json')
    expect(told['arrays'] == {'logits:0': {'dtype': 'float32', 'shape': [1, 2]}}, told)
    expect(told['peak_bytes'] > 0 and told['seconds'] >= 0, told)


def backend_folder(name, model, sets):
    folder = path(name)
    os.makedirs(folder)
    os.rename(model, os.path.join(folder, 'model.onnx'))
    for s, (inputs, outputs) in enumerate(sets):
        data = os.path.join(folder, f'test_data_set_{s}')
        os.makedirs(data)
        for kind, arrays in (('input', inputs), ('output', outputs)):
            for j, array in enumerate(arrays):
                with open(os.path.join(data, f'{kind}_{j}.pb'), 'wb') as file:
                    file.write(numpy_helper.from_array(array).SerializeToString())
    return folder


def t_check():
    """model check tells PASS, FAIL with the error and UNSUPPORTED with the operator"""
    x = random_array((2, 3), 4)
    same = [([x], [x])]
    good = backend_folder('good', identity('i.onnx', [2, 3]), same * 2)
    bad = backend_folder('bad', identity('i.onnx', [2, 3]), same + [([x], [x + numpy.float32(0.25)])])
    strange = backend_folder('odd', unsupported_model(), [([numpy.zeros((1, 4, 4), 'float32'),
                                                            numpy.zeros((1, 1, 4), 'float32')],
                                                           [numpy.zeros((0, 3), 'int64')])])
    done = cli('model', 'check', good)
    expect(done.stdout.splitlines()[0].startswith('PASS'), done.stdout)
    done = cli('model', 'check', good, strange)
    expect(done.stdout.splitlines()[1].startswith('UNSUPPORTED NonMaxSuppression'), done.stdout)
    done = cli('model', 'check', good, bad, strange, status=1)
    lines = done.stdout.splitlines()
    expect(len(lines) == 4 and lines[1].startswith('FAIL 0.25'), done.stdout)
    expect(lines[3] == '1 passed, 1 failed, 1 unsupported', lines[3])
    told = document('model', 'check', good, bad, strange, '--json', status=1)
    expect((told['pass'], told['fail'], told['unsupported']) == (1, 1, 1), told)
    expect(abs(told['results'][1]['max_error'] - 0.25) < 1e-6, told)
    done = cli('model', 'check', path('no-such-folder'), good, status=1)
    expect('no-such-folder' in done.stdout and 'PASS' in done.stdout, done.stdout)


def t_nothing_left_behind():
    """Failed runs leave no file"""
    numpy.save(path('n.npy'), numpy.zeros((1, 1, 2, 2, 2), 'float32'))
    before = set(os.listdir(FOLDER))
    cli('model', 'run', classifier(), path('n.npy'), '-o', path('never.npz'), status=1)
    cli('model', 'run', classifier(), path('absent.npy'), '-o', path('never.npz'), status=1)
    expect(leftovers(before) == set(), leftovers(before))


def t_meshnet():
    """The segmentation of a whole brain agrees with an independent implementation on 99.99 % of the voxels"""
    model = shared('data/models/meshnet/meshnet_gwm.onnx')
    reference = nibabel.load(shared('data/models/meshnet/meshnet_reference_labels_t1_crop.nii.gz'))
    told = document('model', 'run', model, shared('data/brain/brainchop_t1_crop.nii.gz'), '-o', path('labels.npz'),
                    '--axes', 'kji', '--scale', 'minmax', '--json', timeout=300)
    with numpy.load(path('labels.npz')) as arrays:
        labels = arrays['output'][0].argmax(0)
    os.remove(path('labels.npz'))
    expected = numpy.asarray(reference.dataobj).T
    same = (labels == expected).mean()
    expect(same >= 0.9999, f'only {100 * same:.4f} % of the labels agree')
    expect(told['peak_bytes'] < 1.2e9, f'{told["peak_bytes"] / 1e9:.2f} GB')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
