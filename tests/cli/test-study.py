#!/usr/bin/env python3
"""dubito-cli demo brain, figure mask and bench."""
import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import tap
from tap import Skip, expect
from tool import CLI, FOLDER, classifier, cli, document, leftovers, nibabel, numpy, path, random_array, volume

# Large voxels, few subjects and one epoch: the whole path in seconds. What the network learns is not tested here.
TINY = ['--voxel-size', 4, '--train', 4, '--test', 4, '--epochs', 1]
BRIEF = ['--iterations', 3, '--grid', 1, '--start', 1, '--jitter', 0]


def study(name='demo.dubito', *options):
    if not os.path.exists('/usr/share/mricron/templates/ch2bet.nii.gz'):
        raise Skip('mricron-data is not installed')
    if not os.path.exists(path(name)):
        cli('demo', 'brain', path(name), *TINY, *options, timeout=300)
    return path(name)


def digest_of(folder):
    """One hash over names and bytes of all files below a folder."""
    total = hashlib.sha256()
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            full = os.path.join(where, name)
            with open(full, 'rb') as file:
                total.update(os.path.relpath(full, folder).encode() + b'\0' + file.read())
    return total.hexdigest()


def t_demo():
    """demo brain makes a study with cases, truth, a network and an atlas"""
    with open(os.path.join(study(), 'study.json'), encoding='utf-8') as file:
        told = json.load(file)
    expect(len(told['cases']) == 4 and len(told['models']) == 1, told)
    model = os.path.join(study(), told['models'][0]['path'])
    info = document('model', 'info', model, '--json')
    expect(info['unsupported'] == [] and len(info['inputs'][0]['shape']) == 5, info)
    one = nibabel.load(os.path.join(study(), told['cases'][0]['path']))
    expect(list(one.shape) == info['inputs'][0]['shape'][2:], f'{one.shape} {info["inputs"]}')


def t_demo_same_bytes():
    """The same seed gives the same bytes for one thread and for two, another seed gives others"""
    one, two = study('one.dubito', '--threads', 1), study('two.dubito', '--threads', 2)
    other = study('other.dubito', '--seed', 2)
    expect(digest_of(one) == digest_of(two), 'bytes differ')
    expect(digest_of(one) != digest_of(other), 'the seed changes nothing')


def t_demo_refuses_used_folder():
    """A folder that is in use is left alone"""
    os.makedirs(path('used'))
    with open(path('used/mine.txt'), 'w') as file:
        file.write('mine')
    done = cli('demo', 'brain', path('used'), *TINY, status=1)
    expect('used' in done.stderr and os.listdir(path('used')) == ['mine.txt'], done.stderr)


def t_demo_templates_missing():
    """Missing templates are named, with the package that has them"""
    done = cli('demo', 'brain', path('none'), *TINY, '--templates', path('no-templates'), status=1)
    expect('mricron' in done.stderr, done.stderr)


def t_demo_interrupt():
    """Ctrl+C leaves nothing behind"""
    study()
    before = set(os.listdir(FOLDER))
    process = subprocess.Popen([CLI, 'demo', 'brain', path('never.dubito'), '--progress', 'json'], stderr=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    process.stderr.readline()
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    expect(process.returncode == 130, process.returncode)
    expect(leftovers(before) == set(), leftovers(before))


def t_figure_formats():
    """figure mask writes every format, in one run or in one each, and the same bytes again"""
    signatures = {'png': b'\x89PNG', 'svg': b'<?xml', 'pdf': b'%PDF', 'csv': b'#'}
    together = [word for ending in signatures for word in ('-o', path(f'figure0.{ending}'))]
    cli('figure', 'mask', study(), *BRIEF, *together, '--threads', 1, '--dpi', 100)
    for ending, signature in signatures.items():
        found = []
        cli('figure', 'mask', study(), *BRIEF, '-o', path(f'figure1.{ending}'), '--threads', 2, '--dpi', 100)
        for attempt in range(2):
            with open(path(f'figure{attempt}.{ending}'), 'rb') as file:
                found.append(file.read())
        expect(found[0].startswith(signature), f'{ending}: {found[0][:20]}')
        expect(found[0] == found[1], f'{ending}: the bytes differ')


def t_figure_width():
    """The width in mm and the resolution make the pixels of a PNG"""
    try:
        from PIL import Image
    except ImportError:
        raise Skip('python3-pil is not installed')
    cli('figure', 'mask', study(), *BRIEF, '-o', path('width.png'), '--width', 85, '--dpi', 200)
    with Image.open(path('width.png')) as picture:
        expect(abs(picture.width - 85 / 25.4 * 200) <= 1, picture.size)
        expect(numpy.asarray(picture.convert('L')).std() > 10, 'an empty picture')


def t_figure_provenance():
    """A figure tells from which network, data and settings it came"""
    cli('figure', 'mask', study(), *BRIEF, '--lambda1', 12.5, '-o', path('provenance.csv'))
    with open(path('provenance.csv'), encoding='utf-8') as file:
        text = file.read()
    with open(os.path.join(study(), 'study.json'), encoding='utf-8') as file:
        model = os.path.join(study(), json.load(file)['models'][0]['path'])
    with open(model, 'rb') as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    expect(digest in text and '12.5' in text and 'lambda1' in text, text[:800])


def t_figure_view():
    """What moves a pixel has an option, and the figure says so; wrong values are usage errors"""
    cli('figure', 'mask', study(), *BRIEF, '--opacity', 0.5, '--colormap', 'magma', '--threshold', 0.2, '--cluster', 4,
        '--window-level', '0.1,0.8', '--truth-contour', '-o', path('view.csv'), '-o', path('view.svg'))
    with open(path('view.csv'), encoding='utf-8') as file:
        text = file.read()
    for line in ('opacity: 0.5', 'colormap: magma', 'clip: 0.2', 'smallest-cluster: 4', 'window: 0.1 0.8',
                 'truth-contour: yes', 'fit: refuse', 'scale: none', 'axes: ijk'):
        expect(line in text, f'{line}: {text[:1500]}')
    with open(path('view.svg'), encoding='utf-8') as file:
        expect('within 2 voxels' in file.read(), 'no note on the contour')
    for bad in (['--opacity', 1.5], ['--colormap', 'jet'], ['--cluster', 0], ['--threshold', 2],
                ['--window-level', '1,0'], ['--convention', 'left']):
        cli('figure', 'mask', study(), *BRIEF, *bad, '-o', path('never.csv'), status=2)


def t_figure_of_files():
    """Without a study a network and a volume are enough"""
    brain = volume('figure.nii', random_array())
    cli('figure', 'mask', '--model', classifier(), '--volume', brain, '--class', 1, *BRIEF, '-o', path('files.svg'), '--at',
        '20,-30,-10')
    expect(os.path.getsize(path('files.svg')) > 1000, 'size')


def t_figure_refused():
    """A case, a network or an ending that is not there is named"""
    done = cli('figure', 'mask', study(), '--case', 'sub-xyz', '-o', path('f.png'), status=1)
    expect('sub-xyz' in done.stderr, done.stderr)
    done = cli('figure', 'mask', study(), '--network', 'nonet', '-o', path('f.png'), status=1)
    expect('nonet' in done.stderr, done.stderr)
    done = cli('figure', 'mask', study(), '-o', path('f.png'), '-o', path('f.bmp'), status=2)
    expect(not os.path.exists(path('f.png')), 'something was drawn although one of the files cannot be')
    expect('.bmp' in done.stderr and 'png' in done.stderr, done.stderr)
    done = cli('figure', 'mask', path('no-study'), '-o', path('f.png'), status=1)
    expect('no-study' in done.stderr, done.stderr)
    done = cli('figure', 'mask', study(), *BRIEF, '--width', 5, '-o', path('f.png'), status=2)
    expect('5' in done.stderr, done.stderr)
    expect(not os.path.exists(path('f.png')), 'a file was left')


def t_figure_full_disk():
    """A full disk leaves the old figure whole"""
    for ending in ('png', 'svg', 'pdf', 'csv'):
        out = path(f'old.{ending}')
        with open(out, 'wb') as file:
            file.write(b'precious')
        before = set(os.listdir(FOLDER))
        cli('figure', 'mask', study(), *BRIEF, '-o', out, status=1, file_limit=64)
        with open(out, 'rb') as file:
            expect(file.read() == b'precious', f'{ending} was changed')
        expect(leftovers(before) == set(), leftovers(before))


def t_bench():
    """bench tells the times of what it measured"""
    told = document('bench', 'slice', '--repeats', 3, '--threads', 1, '--json')
    expect(told['threads'] == 1 and told['version'], told)
    one = told['benchmarks'][0]
    expect(one['name'] == 'slice' and one['repeats'] == 3, one)
    expect(0 < one['min_ms'] <= one['median_ms'], one)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
