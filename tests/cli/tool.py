"""What the command-line tests share: running dubito-cli, small networks and volumes, a folder for the files."""
import json
import os
import resource
import subprocess
import sys
import tempfile

try:
    import nibabel
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError as missing:
    print(f'1..0 # SKIP {missing} (python3-numpy, python3-nibabel, python3-onnx)')
    sys.exit(0)

from tap import Skip, expect

CLI = os.environ['DUBITO_CLI']
SHARED = os.path.abspath(os.environ.get('DUBITO_SHARED') or
                         os.path.join(os.path.dirname(__file__), '..', '..', '..', 'shared'))

_folder = tempfile.TemporaryDirectory(prefix='dubito-cli-')
FOLDER = _folder.name

SHAPE = (8, 9, 10)


def path(name):
    return os.path.join(FOLDER, name)


def shared(name):
    found = os.path.join(SHARED, name)
    if not os.path.exists(found):
        raise Skip(f'the shared data set {name} is absent (DUBITO_SHARED)')
    return found


def cli(*arguments, status=0, timeout=60, file_limit=None, **keywords):
    """Runs dubito-cli, checks its exit status, and gives what it printed."""
    def limit():
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    # Signals that Python ignores stay ignored, so that a file that grows too long is an error and not a death.
    done = subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                          preexec_fn=limit, restore_signals=False, **keywords)
    expect(done.returncode == status,
           f'{" ".join(map(str, arguments))}: exit status {done.returncode}, expected {status}\n{done.stderr[-800:]}')
    if status != 0:
        expect(done.stderr.strip() != '', 'a failure without a word on stderr')
        expect('Traceback' not in done.stderr and 'GLib' not in done.stderr and 'Sanitizer' not in done.stderr,
               f'a failure that is not one sentence: {done.stderr}')
    return done


def document(*arguments, **keywords):
    """The one JSON document on stdout; NaN and infinity are not JSON."""
    def refuse(word):
        raise AssertionError(f'{word} in the JSON document')
    return json.loads(cli(*arguments, **keywords).stdout, parse_constant=refuse)


def save_model(name, nodes, inputs, outputs, weights, opset=13):
    graph = helper.make_graph(
        nodes, 'test',
        [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs],
        [helper.make_tensor_value_info(n, t, s) for n, t, s in outputs],
        [numpy_helper.from_array(array, n) for n, array in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', opset)])
    model.ir_version = 7
    onnx.save(model, path(name))
    return path(name)


_generator = numpy.random.default_rng(7)
WEIGHTS = {
    'w1': _generator.normal(0, 0.4, (4, 1, 3, 3, 3)).astype('float32'),
    'b1': _generator.normal(0, 0.1, 4).astype('float32'),
    'w2': _generator.normal(0, 1.5, (2, 4)).astype('float32'),
    'b2': _generator.normal(0, 0.1, 2).astype('float32'),
}


def classifier(shape=SHAPE):
    """Conv, LeakyRelu, mean over space, dense: (N, 1, D, H, W) to the logits (N, 2)."""
    name = 'classifier_' + '_'.join(map(str, shape)) + '.onnx'
    if os.path.exists(path(name)):
        return path(name)
    return save_model(
        name,
        [helper.make_node('Conv', ['volume', 'w1', 'b1'], ['c'], 'conv', kernel_shape=[3, 3, 3], pads=[1] * 6),
         helper.make_node('LeakyRelu', ['c'], ['r'], 'leaky', alpha=0.1),
         helper.make_node('GlobalAveragePool', ['r'], ['p'], 'pool'),
         helper.make_node('Flatten', ['p'], ['f'], 'flatten'),
         helper.make_node('Gemm', ['f', 'w2', 'b2'], ['logits:0'], 'dense', transB=1)],
        [('volume', TensorProto.FLOAT, ['n', 1, *shape])], [('logits:0', TensorProto.FLOAT, ['n', 2])], WEIGHTS)


def logits_of(x):
    """The classifier's logits by NumPy in double precision; x is (D, H, W)."""
    padded = numpy.pad(x.astype('float64'), 1)
    windows = numpy.lib.stride_tricks.sliding_window_view(padded, (3, 3, 3))
    c = numpy.einsum('dhwijk,cijk->cdhw', windows, WEIGHTS['w1'][:, 0].astype('float64'))
    c += WEIGHTS['b1'][:, None, None, None]
    r = numpy.where(c > 0, c, 0.1 * c)
    return WEIGHTS['w2'].astype('float64') @ r.mean((1, 2, 3)) + WEIGHTS['b2']


def identity(name, shape):
    """A network that gives back its input; shape may hold names for free extents."""
    return save_model(name, [helper.make_node('Identity', ['x'], ['y'], 'same')],
                      [('x', TensorProto.FLOAT, list(shape))], [('y', TensorProto.FLOAT, list(shape))], {})


def random_array(shape=SHAPE, seed=1):
    return numpy.random.default_rng(seed).random(shape).astype('float32')


AFFINE = numpy.array([[-2.0, 0, 0, 30], [0, 2.5, 0, -40], [0, 0, 3.0, -20], [0, 0, 0, 1]])


def volume(name, array, affine=AFFINE):
    nibabel.save(nibabel.Nifti1Image(array, affine), path(name))
    return path(name)


def leftovers(before):
    """Files that appeared since @before, a set of names."""
    return set(os.listdir(FOLDER)) - before
