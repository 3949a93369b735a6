#!/usr/bin/env python3
"""dubito-cli figure latent: of archives and of studies; its table, its words, equal bytes, and what it refuses."""
import csv
import os
import sys

import numpy

import tap
import tiny
from tap import expect
from tool import cli, leftovers, path

CASES = 180


def archive(name='latent.npz', **changes):
    """Three clouds, a third of them training, every seventh answer wrong."""
    random = numpy.random.default_rng(5)
    labels = random.integers(0, 3, CASES)
    answers = numpy.where(numpy.arange(CASES) % 7 == 0, (labels + 1) % 3, labels)
    arrays = {
        'features': (random.normal(0, 5, (3, 8))[labels] + random.normal(0, 1, (CASES, 8))).astype('float32'),
        'labels': labels,
        'split': numpy.array(['train', 'calibration', 'test'])[numpy.arange(CASES) % 3],
        'ids': numpy.array([f'id-{i}' for i in range(CASES)]),
        'probabilities': numpy.where(numpy.arange(3) == answers[:, None], 0.8, 0.1),
        'doubt': random.random(CASES),
    }
    arrays.update(changes)
    numpy.savez(path(name), **{key: value for key, value in arrays.items() if value is not None})
    return path(name)


def table(name):
    with open(path(name), encoding='utf-8', newline='') as file:
        lines = [line for line in file if not line.startswith('#')]
    return list(csv.DictReader(lines))


def notes(name):
    with open(path(name), encoding='utf-8') as file:
        return dict(line[2:].rstrip('\n').split(': ', 1) for line in file if line.startswith('# '))


def t_table():
    """The table has every point with what it is, and PCA's places are NumPy's"""
    cli('figure', 'latent', archive(), '--method', 'pca', '--all', '--color', 'doubt', '-o', path('pca.csv'))
    rows, data = table('pca.csv'), numpy.load(archive())
    expect([row['id'] for row in rows] == list(data['ids']), 'ids')
    expect([row['part'] for row in rows] == list(data['split']), 'parts')
    expect([row['label'] for row in rows] == [str(k) for k in data['labels']], 'labels')
    expect([row['predicted'] for row in rows] == [str(k) for k in data['probabilities'].argmax(1)], 'answers')
    expect([row['failed'] for row in rows] == ['1' if i % 7 == 0 else '0' for i in range(CASES)], 'failures')
    expect([float(row['value']) for row in rows] == list(data['doubt']), 'values')
    centred = data['features'].astype('float64') - data['features'].astype('float64').mean(0)
    _, _, v = numpy.linalg.svd(centred, full_matrices=False)
    found = numpy.array([[float(row['x']), float(row['y'])] for row in rows])
    for k in range(2):
        wanted = centred @ v[k]
        expect(min(abs(found[:, k] - wanted).max(), abs(found[:, k] + wanted).max()) < 1e-4, f'component {k}')
    expect(notes('pca.csv')['method'] == 'pca' and notes('pca.csv')['file'] == 'latent.npz', notes('pca.csv'))
    # Calibration cases are those of a fit, not of this picture, unless they are asked for.
    cli('figure', 'latent', archive(), '--method', 'pca', '-o', path('two.csv'))
    expect({row['part'] for row in table('two.csv')} == {'train', 'test'}, 'parts that were not asked for')


def t_pictures():
    """All formats, methods and colours; the same bytes again and for any number of threads; words as text"""
    for method in ('pca', 'tsne', 'umap'):
        for colour in ('outcome', 'class', 'predicted', 'part', 'msr', 'entropy', 'doubt'):
            fast = ('--method', method, '--color', colour, '--iterations', 30, '--perplexity', 10, '--dpi', 60)
            cli('figure', 'latent', archive(), *fast, '-o', path('a.png'), '-o', path('a.svg'), '-o', path('a.pdf'), '--threads', 1)
            if colour in ('class', 'doubt'):
                cli('figure', 'latent', archive(), *fast, '-o', path('b.png'), '-o', path('b.svg'), '--threads', 2)
                for end in ('png', 'svg'):
                    with open(path(f'a.{end}'), 'rb') as one, open(path(f'b.{end}'), 'rb') as two:
                        expect(one.read() == two.read(), f'{method}, {colour}: {end} differs')
            with open(path('a.svg'), encoding='utf-8') as file:
                text = file.read()
            axis = {'pca': 'PCA 1', 'tsne': 't-SNE 1', 'umap': 'UMAP 1'}[method]
            expect(f'{axis} →' in text and 'silhouette' in text and 'trustworthiness' in text and 'continuity' in text, text[-2000:])
            expect('(features ' in text, 'the silhouette among the features is not told')
            expect(('density of the training cases' in text) and ('failed' in text), 'legend')
            expect(('doubt' in text) == (colour == 'doubt'), colour)
    cli('figure', 'latent', archive(), '--method', 'pca', '--no-density', '--no-marks', '-o', path('c.svg'))
    with open(path('c.svg'), encoding='utf-8') as file:
        text = file.read()
    expect('density of' not in text and 'training' not in text, 'what was left out is explained')


def t_little_is_enough():
    """Features alone are drawn; several networks are chosen among by number or name"""
    x = numpy.load(archive())['features']
    numpy.savez(path('bare.npz'), features=x)
    cli('figure', 'latent', path('bare.npz'), '--method', 'pca', '-o', path('bare.csv'), '-o', path('bare.png'))
    rows = table('bare.csv')
    expect(len(rows) == CASES and rows[3]['id'] == 'row-3' and rows[3]['failed'] == '' and rows[3]['label'] == '', rows[3])
    numpy.savez(path('three.npz'), features=numpy.stack([x * 0 + numpy.eye(CASES, 8), x, x[::-1]]),
                models=numpy.array(['a', 'b', 'c']))
    for name in ('1', 'b'):
        cli('figure', 'latent', path('three.npz'), '--method', 'pca', '--model', name, '-o', path('three.csv'))
        expect([row['x'] for row in table('three.csv')] == [row['x'] for row in rows], name)
    done = cli('figure', 'latent', path('three.npz'), '--method', 'pca', '--model', 'd', '-o', path('no.csv'), status=2)
    expect('3' in done.stderr, done.stderr)
    # One case has no map; two have one; many in one place, too.
    before = set(os.listdir(os.path.dirname(path('x'))))
    numpy.savez(path('few.npz'), features=x[:1])
    cli('figure', 'latent', path('few.npz'), '--method', 'pca', '-o', path('few.png'), status=1)
    expect(leftovers(before) <= {'few.npz'}, 'a file all the same')
    for many in (x[:2], numpy.concatenate([x[:1]] * 40 + [x[1:2]])):
        numpy.savez(path('few.npz'), features=many)
        cli('figure', 'latent', path('few.npz'), '--method', 'pca', '-o', path('few.png'), '-o', path('few.svg'))


def t_array_alone():
    """An array is read as project reads it; its picture is that of the archive, further axes are features"""
    x = numpy.load(archive())['features']
    numpy.savez(path('same.npz'), features=x)
    numpy.save(path('same.npy'), x.astype('float64'))
    numpy.save(path('axes.npy'), x.reshape(CASES, 2, 4))
    tables = []
    for name in ('same.npz', 'same.npy', 'axes.npy'):
        cli('figure', 'latent', path(name), '--method', 'pca', '-o', path('alone.csv'), '-o', path('alone.png'))
        tables.append(table('alone.csv'))
        for row in tables[-1]:
            row.pop('panel')  # the name of the file
    expect(tables[0] == tables[1] == tables[2] and len(tables[0]) == CASES, tables[1][0])
    done = cli('figure', 'latent', path('same.npy'), '--model', '1', '-o', path('no.csv'), status=2)
    expect('network' in done.stderr, done.stderr)
    numpy.save(path('flat.npy'), x[:, 0])
    done = cli('figure', 'latent', path('flat.npy'), '-o', path('no.csv'), status=1)
    expect('cases × features' in done.stderr, done.stderr)


def t_colour_of_labels():
    """Labels without answers are coloured by class where nothing is asked for; with answers, by outcome"""
    def drawn(file, *colour):
        cli('figure', 'latent', file, '--method', 'pca', *colour, '-o', path('colour.svg'))
        with open(path('colour.svg'), 'rb') as stream:
            return stream.read()

    labelled = archive('labelled.npz', probabilities=None)
    expect(drawn(labelled) == drawn(labelled, '--color', 'class') != drawn(labelled, '--color', 'outcome'), 'labels alone')
    expect(drawn(archive()) == drawn(archive(), '--color', 'outcome') != drawn(archive(), '--color', 'class'), 'answers, too')
    bare = archive('bare-colour.npz', probabilities=None, labels=None)
    expect(drawn(bare) == drawn(bare, '--color', 'outcome'), 'features alone')


def t_study():
    """A study's families side by side, with the numbers of both and where they come from"""
    done = cli('figure', 'latent', tiny.study(), '--method', 'tsne', '--iterations', 50, '-o', path('study.csv'), '-o', path('study.png'))
    expect(path('study.png') in done.stdout, done.stdout)
    rows = table('study.csv')
    expect({row['panel'] for row in rows} == {'ce'} and {row['part'] for row in rows} == {'train', 'test'}, rows[0])
    told = notes('study.csv')
    expect(told['family'] == 'ce' and told['method'] == 'tsne' and told['iterations'] == '50' and told['seed'] == '0', told)
    cli('figure', 'latent', tiny.study(), '--method', 'pca', '--model', 'ce-f1', '-o', path('second.csv'))
    expect({row['panel'] for row in table('second.csv')} == {'ce · ce-f1'} and notes('second.csv')['network'] == 'ce-f1', 'model')
    done = cli('figure', 'latent', tiny.study(), '--model', 'ce-f9', '-o', path('no.csv'), status=1)
    expect('ce-f9' in done.stderr, done.stderr)

    both = tiny.study('both.dubito')
    cli('train', '--data', tiny.data_set(), '--arch', 'cnn2d', '--width', 4, '--folds', 3, '--epochs', 3, '--batch', 16, '--lr', 0.01,
        '--twins', 'keep', '--dca', 5, '--out', both)
    cli('figure', 'latent', both, '--method', 'pca', '--family', 'ce', '--family', 'ce-dca5', '--color', 'msr', '-o', path('twice.csv'),
        '-o', path('twice.svg'), '-o', path('twice.pdf'))
    rows = table('twice.csv')
    expect({row['panel'] for row in rows} == {'ce', 'ce-dca5'}, rows[0])
    expect([row['id'] for row in rows if row['panel'] == 'ce'] == [row['id'] for row in rows if row['panel'] == 'ce-dca5'], 'cases')
    expect(all(0 <= float(row['value']) <= 0.5 for row in rows if row['part'] == 'test'), 'values')
    with open(path('twice.svg'), encoding='utf-8') as file:
        expect(file.read().count('trustworthiness') == 2, 'numbers of both')


def t_bad_files():
    """What an archive has wrong is said in one sentence that names the array"""
    x = numpy.load(archive())['features']
    wrong = x.copy()
    wrong[11, 2] = numpy.nan
    large = x.astype('float64')
    large[11, 2] = 1e300
    cases = [
        ({'features': large}, '1e+300 in case 11, feature 2'),
        ({'features': large[None]}, 'single precision'),
        ({'features': None}, 'features'),
        ({'features': wrong}, 'case 11'),
        ({'features': x[:, 0]}, 'features'),
        ({'features': numpy.ones_like(x)}, 'nothing to project'),
        ({'labels': numpy.zeros(CASES - 1, int)}, 'labels'),
        ({'labels': numpy.full(CASES, -2)}, 'labels'),
        ({'labels': numpy.linspace(0, 1, CASES)}, 'labels'),
        ({'ids': numpy.array(['a'])}, 'ids'),
        ({'split': numpy.array(['somewhere'] * CASES)}, 'somewhere'),
        ({'split': numpy.array(['test'])}, 'split'),
        ({'probabilities': numpy.full((CASES, 3), 1.5)}, 'probabilities'),
        ({'probabilities': numpy.full((CASES + 1, 3), 0.3)}, 'probabilities'),
        ({'probabilities': None, 'logits': numpy.full((CASES, 3), numpy.nan)}, 'logits'),
    ]
    for changes, word in cases:
        done = cli('figure', 'latent', archive('bad.npz', **changes), '--method', 'pca', '-o', path('no.png'), status=1)
        expect(word in done.stderr and done.stderr.strip().count('\n') == 0, done.stderr)
    done = cli('figure', 'latent', archive(), '--method', 'pca', '--color', 'gps', '-o', path('no.png'), status=1)
    expect('gps' in done.stderr and 'msr' in done.stderr, done.stderr)
    cli('figure', 'latent', path('absent.npz'), '-o', path('no.png'), status=1)
    with open(path('text.csv'), 'w', encoding='utf-8') as file:
        file.write('a,b\n')
    done = cli('figure', 'latent', path('text.csv'), '-o', path('no.png'), status=1)
    expect('.npz' in done.stderr, done.stderr)
    expect(not os.path.exists(path('no.png')), 'a file all the same')


def t_wrong_usage():
    """Wrong options are wrong usage"""
    cli('figure', 'latent', archive(), status=2)
    cli('figure', 'latent', archive(), '--method', 'lda', '-o', path('no.png'), status=2)
    cli('figure', 'latent', archive(), '-o', path('no.txt'), status=2)
    cli('figure', 'latent', archive(), '--family', 'ce', '-o', path('no.png'), status=2)
    cli('figure', 'latent', archive(), '--family', 'a', '--family', 'b', '--family', 'c', '-o', path('no.png'), status=2)
    cli('figure', 'latent', archive(), '--seed', '-1', '-o', path('no.png'), status=2)
    cli('figure', 'latent', archive(), '--neighbors', 1, '-o', path('no.png'), status=2)
    done = cli('figure', 'latent', tiny.study(), '--family', 'nobody', '-o', path('no.png'), status=1)
    expect('ce' in done.stderr and 'nobody' in done.stderr, done.stderr)
    expect(not os.path.exists(path('no.png')), 'a file all the same')


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
