#!/usr/bin/env python3
"""dubito-cli mask: its files, its document, its bits, and what it refuses."""
import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import tap
from tap import expect
from tool import (AFFINE, CLI, FOLDER, SHAPE, classifier, cli, document, leftovers, logits_of, nibabel, numpy, path,
                  random_array, shared, volume)

COLUMNS = ['iteration', 'total', 'score', 'area', 'smoothness']
# Full resolution from m = 1 with a class that the small network can be talked out of.
PLAIN = ['--class', 1, '--grid', 1, '--start', 1, '--jitter', 0, '--no-stop-early', '--beta1', 1, '--beta2', 2]


def probability(x, target=1):
    logits = logits_of(x)
    return float(numpy.exp(logits[target] - logits.max()) / numpy.exp(logits - logits.max()).sum())


def trace_of(name):
    with open(path(name), newline='') as file:
        rows = list(csv.reader(file))
    expect(rows[0] == COLUMNS, rows[0])
    return numpy.array([[float(x) for x in row] for row in rows[1:]])


def norms(m, beta1, beta2):
    """|1 - m|^beta1 and |grad m|^beta2 as means over the voxels, by the definitions alone."""
    squares = numpy.zeros(m.shape)
    for axis in range(3):
        difference = numpy.diff(m, axis=axis)
        squares += numpy.pad(difference, [(0, int(a == axis)) for a in range(3)]) ** 2
    return (numpy.abs(1 - m) ** beta1).mean(), (squares ** (beta2 / 2)).mean()


def t_mask_and_trace():
    """The mask lies in the space of the volume; the trace has N + 1 rows that add up and end at the final mask"""
    x = random_array()
    brain = volume('mask_in.nii.gz', x)
    told = document('mask', classifier(), brain, *PLAIN, '--lambda1', 0.05, '--lambda2', 0.02, '--iterations', 12,
                    '--replace', 0, '-o', path('mask.nii.gz'), '--trace', path('trace.csv'), '--json')
    image = nibabel.load(path('mask.nii.gz'))
    m = image.get_fdata()
    expect(m.shape == SHAPE and numpy.abs(image.affine - AFFINE).max() < 1e-4, f'{m.shape} {image.affine}')
    expect(m.min() >= 0 and m.max() <= 1 and m.min() < 0.9, f'{m.min()} {m.max()}')

    rows = trace_of('trace.csv')
    expect(rows.shape == (13, 5) and numpy.array_equal(rows[:, 0], numpy.arange(13)), rows[:, 0])
    expect(numpy.abs(rows[:, 2:].sum(1) - rows[:, 1]).max() < 1e-6, 'the terms do not add up to the total')
    expect(rows[0, 3] == 0 and rows[0, 4] == 0, 'm_0 = 1 has no area')
    expect(abs(rows[0, 2] - probability(x)) < 1e-5, f'{rows[0, 2]} {probability(x)}')
    area, smoothness = norms(m, 1, 2)
    expect(abs(rows[-1, 2] - probability(m * x)) < 1e-5, f'score {rows[-1, 2]}, by NumPy {probability(m * x)}')
    expect(abs(rows[-1, 3] - 0.05 * area) < 1e-6 and abs(rows[-1, 4] - 0.02 * smoothness) < 1e-6, rows[-1])

    final = told['energy']['final']
    expect([final[c] for c in COLUMNS] == [rows[-1][0], *rows[-1][1:]], f'{final} {rows[-1]}')
    expect(told['iterations'] == 12 and told['energy']['first']['score'] == rows[0, 2], told['energy'])
    one = told['images'][0]
    expect(abs(one['probability_before'] - probability(x)) < 1e-5, one)
    expect(abs(one['probability_after'] - probability(m * x)) < 1e-5, one)
    expect(one['probability_after'] < one['probability_before'], one)
    expect(abs(told['mass'] - (1 - m).sum()) < 1e-3, told['mass'])
    expect(told['settings']['lambda1'] == 0.05 and told['settings']['replace'] == '0', told['settings'])
    expect(told['peak_bytes'] > 0 and told['seconds'] > 0, told)


def t_provenance():
    """The document names the files by their SHA-256"""
    brain = volume('hash.nii.gz', random_array())
    told = document('mask', classifier(), brain, *PLAIN, '--iterations', 1, '-o', path('hash_mask.nii'), '--json')

    def digest(name):
        with open(name, 'rb') as file:
            return hashlib.sha256(file.read()).hexdigest()
    expect(told['provenance']['model_sha256'] == digest(classifier()), told['provenance'])
    expect(told['images'][0]['sha256'] == digest(brain), told['images'])


def t_note_in_the_header():
    """The mask carries everything that made it: a line in the header, and all of it as JSON in an extension"""
    brain = volume('note_in.nii', random_array())
    for name in ('note.nii.gz', 'note.nii'):
        cli('mask', classifier(), brain, *PLAIN, '--lambda1', 2.5, '--iterations', 2, '--scale', 'minmax', '-o', path(name))
        image = nibabel.load(path(name))
        described = bytes(image.header['descrip']).decode()
        expect('class 1 l1 2.5' in described and 'it 2 model' in described, described)
        notes = [bytes(one.get_content()) if not isinstance(one.get_content(), str) else one.get_content().encode()
                 for one in image.header.extensions if one.get_code() == 6]
        expect(len(notes) == 1, image.header.extensions)
        note = json.loads(notes[0].rstrip(b'\0'))
        with open(brain, 'rb') as file:
            expect(note['data-sha256'] == hashlib.sha256(file.read()).hexdigest(), note)
        expect(note['lambda1'] == '2.5' and note['beta2'] == '2' and note['grid'] == '1' and note['iteration'] == '2'
               and note['scale'] == 'minmax' and note['axes'] == 'ijk' and note['fit'] == 'refuse' and 'seed' in note, note)


def t_same_bits():
    """One thread and three give the same bytes, and so does the same seed again"""
    model, brain = classifier((33, 34, 35)), volume('bits.nii', random_array((33, 34, 35)))
    found = []
    for threads in (1, 2, 3, 2):
        cli('mask', model, brain, '--class', 1, '--iterations', 6, '--lambda1', 0.1, '--lambda2', 0.1, '--grid', 2,
            '--jitter', 1, '--start', 0.5, '--seed', 5, '--threads', threads, '-o', path('bits_mask.nii'), '--trace', path('bits.csv'))
        with open(path('bits_mask.nii'), 'rb') as mask, open(path('bits.csv'), 'rb') as trace:
            found.append((mask.read(), trace.read()))
    expect(all(one == found[0] for one in found), 'bits differ')


def t_set_of_volumes():
    """A set shares one mask, and the score is the mean"""
    xs = [random_array(seed=s) for s in (1, 2)]
    brains = [volume(f'set{i}.nii', x) for i, x in enumerate(xs)]
    told = document('mask', classifier(), *brains, *PLAIN, '--iterations', 5, '--replace', 'mean', '-o',
                    path('set_mask.nii'), '--trace', path('set.csv'), '--json')
    rows = trace_of('set.csv')
    expect(abs(rows[0, 2] - numpy.mean([probability(x) for x in xs])) < 1e-5, rows[0])
    m = nibabel.load(path('set_mask.nii')).get_fdata()
    after = [probability(m * x + (1 - m) * x.mean(dtype='float64')) for x in xs]
    expect(abs(rows[-1, 2] - numpy.mean(after)) < 1e-5, f'{rows[-1]} {after}')
    expect([abs(i['probability_after'] - a) < 1e-5 for i, a in zip(told['images'], after)] == [True, True], told['images'])


def t_replacements():
    """1, 0, mean, blur and a file stand where the mask is 0"""
    x = random_array()
    brain, other = volume('r.nii', x), volume('other.nii', random_array(seed=9) * 2)
    scores = {}
    for replacement in ('1', '0', 'mean', 'blur', other):
        # With m = 0 everywhere at the start, the first score is that of the replacement itself.
        cli('mask', classifier(), brain, '--class', 1, '--start', 0, '--grid', 1, '--jitter', 0, '--iterations', 1,
            '--replace', replacement, '-o', path('r_mask.nii'), '--trace', path('r.csv'))
        scores[replacement] = trace_of('r.csv')[0, 2]
    expected = {'1': numpy.ones(SHAPE), '0': numpy.zeros(SHAPE), 'mean': numpy.full(SHAPE, x.mean(dtype='float64')),
                other: random_array(seed=9) * 2}
    for name, r in expected.items():
        expect(abs(scores[name] - probability(r)) < 1e-5, f'{name}: {scores[name]}, expected {probability(r)}')
    expect(len(set(scores.values())) == 5, scores)


def t_axes():
    """With kji the mask comes back along the volume's own axes"""
    x = random_array()
    straight, turned = volume('ijk.nii', x), volume('kji.nii', numpy.ascontiguousarray(x.T))
    options = [*PLAIN, '--iterations', 4, '--replace', 0, '--lambda1', 0.05, '--lambda2', 0.02]
    cli('mask', classifier(), straight, *options, '-o', path('ijk_mask.nii'))
    cli('mask', classifier(), turned, *options, '--axes', 'kji', '-o', path('kji_mask.nii'))
    a, b = (nibabel.load(path(f'{name}_mask.nii')).get_fdata() for name in ('ijk', 'kji'))
    expect(b.shape == SHAPE[::-1] and numpy.array_equal(a, b.T), 'the masks differ')


def t_fit():
    """A volume of another shape is refused or fitted; the mask has the shape and place of the volume"""
    brain = volume('fit.nii', random_array((6, 9, 12)))
    options = [*PLAIN, '--iterations', 3, '--replace', 0, '-o', path('fit_mask.nii.gz')]
    done = cli('mask', classifier(), brain, *options, status=1)
    expect('crop' in done.stderr, done.stderr)
    for fit in ('crop-pad', 'resample'):
        told = document('mask', classifier(), brain, *options, '--fit', fit, '--json')
        image = nibabel.load(path('fit_mask.nii.gz'))
        expect(told['settings']['fit'] == fit, told['settings'])
        expect(image.shape == (6, 9, 12) and numpy.abs(image.affine - AFFINE).max() < 1e-4, f'{fit}: {image.shape}')
        m = image.get_fdata()
        expect(m.min() >= 0 and m.max() <= 1 and m.min() < 1, f'{fit}: {m.min()} {m.max()}')
    cli('mask', classifier(), brain, *options, '--fit', 'crop-pad')
    m = nibabel.load(path('fit_mask.nii.gz')).get_fdata()
    expect((m[:, :, [0, 11]] == 1).all() and (m[:, :, 1:11] < 1).any(), 'what was cropped away must be 1')


def t_large_lambda():
    """An area term that outweighs everything leaves the mask at 1 exactly"""
    brain = volume('large.nii', random_array())
    cli('mask', classifier(), brain, *PLAIN, '--lambda1', 1e6, '--iterations', 5, '-o', path('large.nii.gz'))
    expect((nibabel.load(path('large.nii.gz')).get_fdata() == 1).all(), 'm is not 1')


def t_refused():
    """A class that is not there, a volume with NaN, a folder that is not there, a missing network"""
    x = random_array()
    brain = volume('ok.nii', x)
    before = set(os.listdir(FOLDER))
    done = cli('mask', classifier(), brain, '--class', 2, '-o', path('never.nii'), status=1)
    expect('2' in done.stderr and 'class' in done.stderr, done.stderr)
    x[3, 4, 5] = numpy.nan
    bad = volume('nan.nii', x)
    done = cli('mask', classifier(), bad, '--class', 1, '-o', path('never.nii'), status=1)
    expect('3, 4, 5' in done.stderr and 'nan' in done.stderr.lower(), done.stderr)
    done = cli('mask', classifier(), brain, '--class', 1, '-o', path('no/such/folder/m.nii'), status=1)
    expect('no/such/folder' in done.stderr, done.stderr)
    done = cli('mask', path('absent.onnx'), brain, '--class', 1, '-o', path('never.nii'), status=1)
    expect('absent.onnx' in done.stderr, done.stderr)
    done = cli('mask', classifier(), path('absent.nii'), '--class', 1, '-o', path('never.nii'), status=1)
    expect('absent.nii' in done.stderr, done.stderr)
    expect(leftovers(before) <= {'nan.nii'}, leftovers(before))


def t_interrupt():
    """Ctrl+C ends the work soon and leaves nothing behind"""
    model, brain = classifier((60, 60, 60)), volume('long.nii', random_array((60, 60, 60)))
    before = set(os.listdir(FOLDER))
    process = subprocess.Popen([CLI, 'mask', model, brain, *map(str, PLAIN), '--iterations', '1000000', '-o', path('never.nii.gz'),
                                '--progress', 'json'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stderr.readline()  # The first sign of progress: the work has begun.
    time.sleep(0.3)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    expect(process.returncode == 130, f'{process.returncode} {err[-300:]}')
    expect('cancelled' in err, err[-300:])
    expect(time.monotonic() - began < 2.0, f'{time.monotonic() - began:.1f} s')
    expect(out == '' and leftovers(before) == set(), leftovers(before))


def t_progress():
    """--progress json is one object a line, from small to 1"""
    model, brain = classifier((50, 50, 50)), volume('p.nii', random_array((50, 50, 50)))
    done = cli('mask', model, brain, *PLAIN, '--iterations', 40, '-o', path('p_mask.nii'), '--progress', 'json')
    told = [json.loads(line) for line in done.stderr.splitlines()]
    fractions = [one['progress'] for one in told if 'progress' in one]
    expect(fractions == sorted(fractions) and fractions[-1] == 1, fractions)
    expect(all(one['seconds'] >= 0 for one in told if 'progress' in one), told)
    quiet = cli('mask', model, brain, *PLAIN, '--iterations', 2, '-o', path('p_mask.nii'), '--progress', 'none')
    expect(quiet.stderr == '', quiet.stderr)


def t_reference():
    """A whole-brain mask follows the reference trajectory of an independent implementation"""
    reference = []
    with open(shared('data/atrophy/reference/a_trace.csv'), newline='') as file:
        reference = [[float(x) for x in row] for row in list(csv.reader(file))[1:]]
    began = time.monotonic()
    cli('mask', shared('data/atrophy/cnn3d_fold0.onnx'), shared('data/atrophy/sub-091_ad_gm.nii.gz'), '--class', 1,
        '--lambda1', 30, '--lambda2', 30, '--beta1', 1, '--beta2', 3, '--iterations', 30, '--step', 0.1, '--replace', 1,
        '--norm', 'mean', '--grid', 1, '--start', 1, '--jitter', 0, '--no-stop-early', '-o', path('a.nii.gz'), '--trace',
        path('a.csv'), timeout=300)
    print(f'# {time.monotonic() - began:.1f} s')
    rows, expected = trace_of('a.csv'), numpy.array(reference)
    expect(rows.shape == expected.shape, f'{rows.shape} {expected.shape}')
    error = numpy.abs(rows[:, 1] / expected[:, 1] - 1).max()
    expect(error < 5e-3, f'energy off by {error:.2e}')
    with numpy.load(shared('data/atrophy/reference/a_mask.npz')) as arrays:
        truth = arrays[arrays.files[0]]
    m = nibabel.load(path('a.nii.gz')).get_fdata()
    close = (numpy.abs(m - truth.reshape(m.shape)) <= 5e-3).mean()
    expect(close >= 0.998, f'only {100 * close:.3f} % of the voxels agree')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
