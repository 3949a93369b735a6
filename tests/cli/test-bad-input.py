#!/usr/bin/env python3
"""Truncated, lying, huge and hostile files, and disks that are full: one sentence, soon, with little memory."""
import gzip
import io
import os
import resource
import struct
import subprocess
import sys
import time
import zipfile

import tap
from tap import Skip, expect
from tool import (CLI, FOLDER, classifier, cli, helper, identity, leftovers, numpy, path, random_array,
                  save_model, TensorProto, volume)

# A second is the promise; a loaded machine and a sanitizer get three times that.
SECONDS = 3.0
MEGABYTES = 400


def refused(*arguments, names=()):
    """Exit status 1 within a second and without the memory that the file claims."""
    began = time.monotonic()
    process = subprocess.Popen([CLI, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate(timeout=30)
    seconds = time.monotonic() - began
    expect(process.returncode == 1, f'exit status {process.returncode}: {err[-500:]}')
    expect(err.count('\n') == 1, f'not one sentence: {err}')
    expect(seconds < SECONDS, f'{seconds:.1f} s')
    for name in names:
        expect(name in err, f'“{name}” is not named: {err}')


def peak_of(*arguments):
    """Megabytes that one run took, by a child that asks the system about its own child."""
    script = ('import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); '
              'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)')
    done = subprocess.run([sys.executable, '-c', script, CLI, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    return int(done.stdout)


def write(name, data):
    with open(path(name), 'wb') as file:
        file.write(data)
    return path(name)


def run(model, source):
    return ['model', 'run', model, source, '-o', path('never.npz')]


def nifti1(dims, datatype=16, bitpix=32, offset=352, size=348, magic=b'n+1\0'):
    header = bytearray(352)
    struct.pack_into('<i', header, 0, size)
    struct.pack_into('<8h', header, 40, *dims)
    struct.pack_into('<hh', header, 70, datatype, bitpix)
    struct.pack_into('<8f', header, 76, *[1] * 8)
    struct.pack_into('<f', header, 108, offset)
    header[344:348] = magic
    return bytes(header)


def nifti2(dims, datatype=16, bitpix=32):
    header = bytearray(544)
    struct.pack_into('<i', header, 0, 540)
    header[4:12] = b'n+2\0\r\n\x1a\n'
    struct.pack_into('<hh', header, 12, datatype, bitpix)
    struct.pack_into('<8q', header, 16, *dims)
    struct.pack_into('<8d', header, 104, *[1] * 8)
    struct.pack_into('<q', header, 168, 544)
    return bytes(header)


def t_long_chain():
    """A network of 50 000 nodes that is no classifier is refused before its memory is planned"""
    names = ['x', *(f'v{i}' for i in range(49999)), 'y']
    model = save_model('chain.onnx', [helper.make_node('Relu', [a], [b]) for a, b in zip(names, names[1:])],
                       [('x', TensorProto.FLOAT, [1, 1, 8, 8, 8])], [('y', TensorProto.FLOAT, [1, 1, 8, 8, 8])], {})
    brain = volume('chain.nii', random_array((8, 8, 8)))
    refused('mask', model, brain, '--class', 0, '-o', path('never.nii'), names=['1×C'])


def t_truncated_onnx():
    """A network cut at any place is refused or, cut between fields, incomplete; it never crashes"""
    with open(classifier(), 'rb') as file:
        whole = file.read()
    for length in [0, 1, 2, 3, 7, *range(10, len(whole), max(1, len(whole) // 60)), len(whole) - 1]:
        source = write('cut.onnx', whole[:length])
        done = subprocess.run([CLI, 'model', 'info', source], capture_output=True, text=True, timeout=20)
        expect(done.returncode in (0, 1), f'{length} bytes: exit status {done.returncode} {done.stderr[-300:]}')
    refused('model', 'info', write('half.onnx', whole[:len(whole) // 2]), names=['half.onnx'])
    refused('model', 'info', write('empty.onnx', b''), names=['empty.onnx'])


def t_flipped_onnx():
    """A network with a changed byte never crashes the program"""
    with open(classifier(), 'rb') as file:
        whole = bytearray(file.read())
    generator = numpy.random.default_rng(3)
    x = path('flip.npy')
    numpy.save(x, random_array()[None, None])
    for _ in range(60):
        damaged = bytearray(whole)
        for place in generator.integers(0, len(whole), 3):
            damaged[place] ^= 1 << int(generator.integers(0, 8))
        source = write('flip.onnx', bytes(damaged))
        done = subprocess.run([CLI, *run(source, x)], capture_output=True, text=True, timeout=20)
        expect(done.returncode in (0, 1), f'exit status {done.returncode} {done.stderr[-300:]}')


def t_onnx_of_something_else():
    """A picture, a text and a folder are no networks"""
    refused('model', 'info', write('text.onnx', b'once upon a time\n' * 100), names=['text.onnx'])
    refused('model', 'info', FOLDER)
    refused('model', 'info', path('absent.onnx'), names=['absent.onnx'])


def t_onnx_external_data_outside():
    """Weights in a file outside the network's own folder are refused"""
    os.makedirs(path('inner'), exist_ok=True)
    write('secret.bin', b'\0' * 64)
    tensor = TensorProto(name='w', data_type=TensorProto.FLOAT, dims=[4, 4], data_location=TensorProto.EXTERNAL)
    for place in ('../secret.bin', path('secret.bin')):
        del tensor.external_data[:]
        entry = tensor.external_data.add()
        entry.key, entry.value = 'location', place
        graph = helper.make_graph([helper.make_node('MatMul', ['x', 'w'], ['y'], 'mm')], 'g',
                                  [helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 4])],
                                  [helper.make_tensor_value_info('y', TensorProto.FLOAT, [1, 4])], [tensor])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)])
        source = write('inner/outside.onnx', model.SerializeToString())
        refused('model', 'info', source, names=['outside.onnx'])


def t_onnx_huge_claims():
    """A weight that claims to be huge is refused without being allocated"""
    tensor = TensorProto(name='w', data_type=TensorProto.FLOAT, dims=[1 << 20, 1 << 20], raw_data=b'\0' * 16)
    graph = helper.make_graph([helper.make_node('MatMul', ['x', 'w'], ['y'], 'mm')], 'g',
                              [helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 1 << 20])],
                              [helper.make_tensor_value_info('y', TensorProto.FLOAT, [1, 1 << 20])], [tensor])
    source = write('huge.onnx', helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)]).SerializeToString())
    refused('model', 'info', source, names=['huge.onnx', 'w'])
    expect(peak_of('model', 'info', source) < MEGABYTES, 'memory')


def t_onnx_huge_constant_of_shape():
    """A small network that would make a huge value is refused"""
    source = save_model('bomb.onnx', [helper.make_node('ConstantOfShape', ['s'], ['y'], 'bomb')], [],
                        [('y', TensorProto.FLOAT, None)], {'s': numpy.array([1 << 16, 1 << 16, 1 << 10], 'int64')})
    done = subprocess.run([CLI, *run(source, path('flip.npy'))], capture_output=True, text=True, timeout=20)
    expect(done.returncode == 1, f'exit status {done.returncode}')
    expect(peak_of('model', 'info', source) < MEGABYTES, 'memory')


def t_nifti2_stack_smasher():
    """An 800-byte NIfTI-2 file with dim[0] = 200"""
    data = nifti2([200] + [2] * 7)
    source = write('smash.nii', data + b'\0' * (800 - len(data)))
    expect(os.path.getsize(source) == 800, 'size')
    refused(*run(classifier(), source), names=['smash.nii', '200'])
    refused('mask', classifier(), source, '--class', 1, '-o', path('never.nii'), names=['smash.nii', '200'])


def t_nifti_huge_claims():
    """A header that claims terabytes is refused without allocating them"""
    for name, data in (('huge1.nii', nifti1([3, 32767, 32767, 32767, 1, 1, 1, 1])),
                       ('huge2.nii', nifti2([3, 1 << 40, 1 << 40, 4, 1, 1, 1, 1])),
                       ('huge3.nii.gz', gzip.compress(nifti1([3, 30000, 30000, 300, 1, 1, 1, 1]) + b'\0' * 1000))):
        source = write(name, data)
        refused(*run(classifier(), source), names=[name])
        expect(peak_of(*run(classifier(), source)) < MEGABYTES, f'{name}: memory')


def t_nifti_true_gigabyte():
    """A gigabyte of zeros in a megabyte of gzip is refused by its header where the network wants another shape"""
    # Members in a row are one stream, so that the zeros are compressed once.
    zeros = gzip.compress(b'\0' * (16 << 20))
    source = write('zeros.nii.gz', gzip.compress(nifti1([3, 1024, 512, 512, 1, 1, 1, 1])) + zeros * 64)
    expect(os.path.getsize(source) < 2 << 20, 'size')
    refused(*run(classifier(), source), names=['zeros.nii.gz', '1024×512×512', '8×9×10'])
    refused('mask', classifier(), source, '--class', 1, '-o', path('never.nii'), names=['zeros.nii.gz', '8×9×10'])
    expect(peak_of(*run(classifier(), source)) < MEGABYTES, 'memory')


def t_nifti_beyond_memory():
    """A volume that is truly there but larger than the memory is refused in words before it is read"""
    limit = 6 << 30
    before = resource.getrlimit(resource.RLIMIT_AS)
    source = write('large.nii', nifti1([3, 1024, 1024, 1024, 1, 1, 1, 1]))
    model = identity('any.onnx', [1, 1, 'i', 'j', 'k'])
    os.truncate(source, (1 << 32) + 352)  # a sparse file
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
        if subprocess.run([CLI, '--version'], capture_output=True, check=False).returncode != 0:
            raise Skip('a program with AddressSanitizer does not start in so little address space')
        refused(*run(model, source), names=['large.nii', '1024×1024×1024', '8.6 GB', '5.2 GB', 'memory'])
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        os.remove(source)


def t_nifti_lies():
    """Wrong sizes, types, offsets and cut files are refused by name"""
    good = nifti1([3, 8, 9, 10, 1, 1, 1, 1]) + b'\0' * (4 * 720)
    cases = {
        'cut_header.nii': good[:200],
        'cut_data.nii': good[:-100],
        'no_dims.nii': nifti1([0, 8, 9, 10, 1, 1, 1, 1]) + b'\0' * 2880,
        'negative.nii': nifti1([3, -8, 9, 10, 1, 1, 1, 1]) + b'\0' * 2880,
        'nine_dims.nii': nifti1([9, 8, 9, 10, 1, 1, 1, 1]) + b'\0' * 2880,
        'strange_type.nii': nifti1([3, 8, 9, 10, 1, 1, 1, 1], datatype=1234) + b'\0' * 2880,
        'wrong_bits.nii': nifti1([3, 8, 9, 10, 1, 1, 1, 1], bitpix=8) + b'\0' * 2880,
        'far_offset.nii': nifti1([3, 8, 9, 10, 1, 1, 1, 1], offset=1e30) + b'\0' * 2880,
        'nan_offset.nii': nifti1([3, 8, 9, 10, 1, 1, 1, 1], offset=float('nan')) + b'\0' * 2880,
        'no_magic.nii': nifti1([3, 8, 9, 10, 1, 1, 1, 1], magic=b'abc\0') + b'\0' * 2880,
        'movie.nii': nifti1([4, 8, 9, 10, 2, 1, 1, 1]) + b'\0' * 5760,
        'empty.nii': b'',
        'text.nii.gz': b'this is not a gzip file at all, it only says so',
        'cut.nii.gz': gzip.compress(good)[:-20],
    }
    for name, data in cases.items():
        refused(*run(classifier(), write(name, data)), names=[name])


def t_npy_lies():
    """Arrays of objects, of lies and of nothing are refused by name"""
    def npy(header, data=b''):
        text = header.encode() + b' ' * (-(len(header) + 11) % 64) + b'\n'
        return b'\x93NUMPY\x01\0' + struct.pack('<H', len(text)) + text + data
    cases = {
        'empty.npy': b'',
        'cut.npy': b'\x93NUMPY\x01\0',
        'object.npy': npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b'\0' * 8),
        'huge.npy': npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 4), }"),
        'overflow.npy': npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 16), }"),
        'negative.npy': npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4), }"),
        'short.npy': npy("{'descr': '<f4', 'fortran_order': False, 'shape': (100,), }", b'\0' * 8),
        'evil.npy': npy("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }"),
        'text.npy': b'hello',
    }
    for name, data in cases.items():
        refused(*run(classifier(), write(name, data)), names=[name])
    expect(peak_of(*run(classifier(), path('huge.npy'))) < MEGABYTES, 'memory')


def t_npz_lies():
    """A broken archive, and one that unpacks to far more than it should, are refused"""
    refused(*run(classifier(), write('text.npz', b'PK\x03\x04 nothing')), names=['text.npz'])
    refused(*run(classifier(), write('empty.npz', b'')), names=['empty.npz'])
    bomb = io.BytesIO()
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }"
    header += b' ' * (-(len(header) + 11) % 64) + b'\n'
    with zipfile.ZipFile(bomb, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('volume.npy', b'\x93NUMPY\x01\0' + struct.pack('<H', len(header)) + header + b'\0' * (200 << 20))
    source = write('bomb.npz', bomb.getvalue())
    done = subprocess.run([CLI, *run(classifier(), source)], capture_output=True, text=True, timeout=20)
    expect(done.returncode == 1, f'exit status {done.returncode}')
    expect(peak_of(*run(classifier(), source)) < MEGABYTES, 'memory')


def t_png_lies():
    """Pictures that are cut, empty or far too large are refused by name"""
    import binascii
    import zlib

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', binascii.crc32(kind + data))
    signature = b'\x89PNG\r\n\x1a\n'
    huge = signature + chunk(b'IHDR', struct.pack('>IIBBBBB', 2000000000, 2000000000, 8, 0, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(b'\0' * 100)) + chunk(b'IEND', b'')
    picture = identity('image.onnx', [1, 'c', 'h', 'w'])
    for name, data in {'empty.png': b'', 'text.png': b'hello', 'cut.png': signature + b'\0\0\0\x0dIHDR', 'huge.png': huge}.items():
        refused(*run(picture, write(name, data)), names=[name])
    expect(peak_of(*run(picture, path('huge.png'))) < MEGABYTES, 'memory')


def t_unknown_ending():
    """A file of an unknown kind is refused with what can be read"""
    refused(*run(classifier(), write('volume.mgz', b'x')), names=['volume.mgz', '.nii'])


def t_full_disk_keeps_old_files():
    """A disk that is full leaves the old file whole and nothing beside it"""
    model, brain = classifier(), volume('disk.nii', random_array())
    targets = {
        'old.npz': ['model', 'run', model, brain, '-o', path('old.npz')],
        'old_mask.nii': ['mask', model, brain, '--class', 1, '--iterations', 1, '-o', path('old_mask.nii')],
        'old_mask.nii.gz': ['mask', model, brain, '--class', 1, '--iterations', 1, '-o', path('old_mask.nii.gz')],
    }
    for name, arguments in targets.items():
        write(name, b'precious')
        before = set(os.listdir(FOLDER))
        done = cli(*arguments, status=1, file_limit=100)
        expect(name in done.stderr, done.stderr)
        with open(path(name), 'rb') as file:
            expect(file.read() == b'precious', f'{name} was changed')
        expect(leftovers(before) == set(), leftovers(before))
        cli(*arguments)
        with open(path(name), 'rb') as file:
            expect(file.read() != b'precious', f'{name} was not written')


def t_full_stdout():
    """A document that cannot be printed is a failure"""
    if not os.path.exists('/dev/full'):
        raise Skip('/dev/full is absent')
    with open('/dev/full', 'w') as full:
        done = subprocess.run([CLI, 'model', 'info', classifier(), '--json'], stdout=full, stderr=subprocess.PIPE, text=True)
    expect(done.returncode == 1 and done.stderr, f'exit status {done.returncode} {done.stderr}')


def t_unwritable_places():
    """A folder as output, a missing folder: said before the work begins"""
    model, brain = classifier(), volume('place.nii', random_array())
    for out in (FOLDER, path('missing/out')):
        began = time.monotonic()
        cli('mask', model, brain, '--class', 1, '--iterations', 1000000, '-o', f'{out}.nii' if out != FOLDER else make_folder(),
            status=1)
        expect(time.monotonic() - began < 2.0, 'the work began first')


def make_folder():
    os.makedirs(path('folder.nii'), exist_ok=True)
    return path('folder.nii')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
