#!/usr/bin/env python3
"""dubito-cli project: its file, its document, equal bytes, and what it refuses."""
import os
import sys

import numpy

import tap
from tap import expect
from tool import cli, document, path

CASES, FEATURES = 240, 10


def clouds(n=CASES, seed=3):
    random = numpy.random.default_rng(seed)
    labels = random.integers(0, 4, n)
    return (random.normal(0, 4, (4, FEATURES))[labels] + random.normal(0, 1, (n, FEATURES))).astype('float32'), labels


def features(name='features.npz'):
    if not os.path.exists(path(name)):
        x, labels = clouds()
        numpy.savez(path(name), features=x, labels=labels)
    return path(name)


def plain(name, array):
    numpy.save(path(name), array)
    return path(name)


def hit(places, labels, k=12):
    distances = ((places[:, None] - places[None]) ** 2).sum(-1)
    numpy.fill_diagonal(distances, numpy.inf)
    near = distances.argsort(1, kind='stable')[:, :k]
    return (labels[near] == labels[:, None]).mean()


def t_pca():
    """Principal components are NumPy's, up to the sign that is promised"""
    x, labels = clouds()
    told = document('project', features(), '--method', 'pca', '-o', path('pca.npy'), '--json')
    found = numpy.load(path('pca.npy'))
    expect(found.shape == (CASES, 2) and found.dtype == numpy.float32, found.shape)
    centred = x.astype('float64') - x.astype('float64').mean(0)
    _, s, v = numpy.linalg.svd(centred, full_matrices=False)
    v = v[:2] * numpy.sign(v[:2][[0, 1], numpy.abs(v[:2]).argmax(1)])[:, None]
    expect(abs(found - centred @ v.T).max() < 1e-4, abs(found - centred @ v.T).max())
    expect(abs(told['explained'] - (s[:2] ** 2).sum() / (s ** 2).sum()) < 1e-6, told)
    expect(told['cases'] == CASES and told['features'] == FEATURES and told['dims'] == 2, told)
    expect(abs(told['neighbourhood_hit'] - hit(found.astype('float64'), labels)) < 1e-9, told)


def t_maps():
    """t-SNE and UMAP keep the clouds apart and tell their loss and quality; one thread and two give the same bytes"""
    _, labels = clouds()
    for method, loss in (('tsne', 'kl'), ('umap', 'cross_entropy')):
        files = []
        for threads in (1, 2):
            files.append(path(f'{method}{threads}.npy'))
            told = document('project', features(), '--method', method, '--iterations', 300, '--threads', threads,
                            '-o', files[-1], '--json')
        with open(files[0], 'rb') as one, open(files[1], 'rb') as two:
            expect(one.read() == two.read(), f'{method}: bytes differ')
        found = numpy.load(files[0])
        expect(found.shape == (CASES, 2) and numpy.isfinite(found).all(), method)
        expect(hit(found.astype('float64'), labels) > 0.99, hit(found, labels))
        expect(told['method'] == method and told[loss] > 0, told)
        expect(0.8 < told['trustworthiness'] <= 1 and 0.8 < told['continuity'] <= 1 and told['k'] == 12, told)
        expect(told['seconds'] > 0 and told['peak_bytes'] > 1e6, told)
        cli('project', features(), '--method', method, '--iterations', 300, '--seed', 1, '-o', path('other.npy'))
        expect(not numpy.array_equal(numpy.load(path('other.npy')), found), f'{method}: the seed changes nothing')
    document('project', features(), '--method', 'umap', '--iterations', 20, '--dims', 3, '-o', path('three.npy'), '--json')
    expect(numpy.load(path('three.npy')).shape == (CASES, 3), 'three dimensions')


def t_arrays():
    """npy, other arrays, further axes and the features of several networks are read"""
    x, _ = clouds()
    told = document('project', plain('x.npy', x.astype('float64')), '--method', 'pca', '-o', path('a.npy'), '--json')
    expect('neighbourhood_hit' not in told, told)
    document('project', plain('images.npy', (x * 9 + 90).astype('uint8').reshape(CASES, 5, 2)), '--method', 'pca',
             '-o', path('b.npy'), '--json')
    numpy.savez(path('export.npz'), features=numpy.stack([x[:, ::-1], x]), probabilities=x)
    cli('project', path('export.npz'), '--method', 'pca', '--network', 1, '-o', path('c.npy'))
    expect(abs(numpy.load(path('c.npy')) - numpy.load(path('a.npy'))).max() < 1e-5, 'the second network')
    done = cli('project', path('export.npz'), '--method', 'pca', '--network', 2, '-o', path('d.npy'), status=1)
    expect('--network' in done.stderr, done.stderr)
    cli('project', path('export.npz'), '--method', 'pca', '--array', 'probabilities', '-o', path('e.npy'))
    numpy.savez(path('two.npz'), a=x, b=x)
    done = cli('project', path('two.npz'), '--method', 'pca', '-o', path('f.npy'), status=1)
    expect('--array' in done.stderr, done.stderr)


def t_new_cases():
    """New cases are put into a finished map: those of PCA exactly, those of UMAP beside their like; alone as in a batch"""
    x, labels = clouds(CASES + 60)
    old, new = plain('old.npy', x[:CASES]), plain('new.npy', x[CASES:])
    told = document('project', old, '--method', 'pca', '-o', path('o1.npy'), '--new', new, '--new-out', path('n1.npy'), '--json')
    expect(told['new_cases'] == 60 and told['new_file'] == path('n1.npy'), told)
    found = numpy.load(path('n1.npy'))
    expect(found.shape == (60, 2) and found.dtype == numpy.float32, found.shape)
    mean = x[:CASES].astype('float64').mean(0)
    _, _, v = numpy.linalg.svd(x[:CASES].astype('float64') - mean, full_matrices=False)
    v = v[:2] * numpy.sign(v[:2][[0, 1], numpy.abs(v[:2]).argmax(1)])[:, None]
    expect(abs(found - (x[CASES:] - mean) @ v.T).max() < 1e-4, abs(found - (x[CASES:] - mean) @ v.T).max())

    cli('project', old, '--method', 'umap', '--iterations', 300, '-o', path('o2.npy'), '--new', new, '--new-out', path('n2.npy'))
    places, found = numpy.load(path('o2.npy')), numpy.load(path('n2.npy'))
    near = ((found[:, None] - places[None]) ** 2).sum(-1).argsort(1)[:, :12]
    expect((labels[:CASES][near] == labels[CASES:, None]).mean() > 0.97, 'new cases are not among their like')
    # The map does not move for them, and one alone lies where it lies among others.
    cli('project', old, '--method', 'umap', '--iterations', 300, '-o', path('o3.npy'), '--new', plain('one-new.npy', x[CASES:CASES + 1]),
        '--new-out', path('n3.npy'), '--threads', 1)
    with open(path('o2.npy'), 'rb') as one, open(path('o3.npy'), 'rb') as two:
        expect(one.read() == two.read(), 'the map moved')
    expect(numpy.array_equal(numpy.load(path('n3.npy'))[0], found[0]), 'another place alone')


def t_bad_new_cases():
    """New cases are refused where they cannot be placed, before any work"""
    x, _ = clouds()
    old, outs = plain('old.npy', x), ('-o', path('no1.npy'), '--new-out', path('no2.npy'))
    done = cli('project', old, '--method', 'tsne', *outs, '--new', old, status=2)
    expect('pca or umap' in done.stderr, done.stderr)
    for method in ('pca', 'umap'):
        done = cli('project', old, '--method', method, *outs, '--new', plain('narrow.npy', x[:, :7]), status=1)
        expect('7 features' in done.stderr and '10' in done.stderr, done.stderr)
        wrong = x.copy()
        wrong[3, 1] = numpy.inf
        done = cli('project', old, '--method', method, *outs, '--new', plain('wrong.npy', wrong), status=1)
        expect('new features' in done.stderr and 'case 3' in done.stderr, done.stderr)
        cli('project', old, '--method', method, '--new', old, '-o', path('no1.npy'), status=2)
        cli('project', old, '--method', method, '--new-out', path('no2.npy'), '-o', path('no1.npy'), status=2)
        cli('project', old, '--method', method, '--new', old, '-o', path('no1.npy'), '--new-out', path('no1.npy'), status=2)
        cli('project', old, '--method', method, '--new', plain('own2.npy', x), '-o', path('no1.npy'), '--new-out', path('own2.npy'),
            status=2)
    expect(not os.path.exists(path('no1.npy')) and not os.path.exists(path('no2.npy')), 'a file all the same')


def t_one_class():
    """Labels of one class, or none that is known, have no silhouette, and are no reason to refuse"""
    x, _ = clouds()
    for name, labels in (('one', numpy.zeros(CASES, int)), ('none', numpy.full(CASES, -1))):
        numpy.savez(path(f'{name}-class.npz'), features=x, labels=labels)
        told = document('project', path(f'{name}-class.npz'), '--method', 'pca', '-o', path('one.npy'), '--json')
        expect(told['silhouette'] is None, told)


def t_bad_features():
    """What cannot be projected is said in one sentence that names it"""
    x, _ = clouds()
    for method in ('pca', 'tsne', 'umap'):
        wrong = x.copy()
        wrong[17, 4] = numpy.nan
        done = cli('project', plain('nan.npy', wrong), '--method', method, '-o', path('no.npy'), status=1)
        expect('case 17' in done.stderr and 'NaN' in done.stderr, done.stderr)
        done = cli('project', plain('same.npy', numpy.ones((200, 3))), '--method', method, '-o', path('no.npy'), status=1)
        expect('all 200 cases' in done.stderr and (';' in done.stderr), done.stderr)
        expect(done.stderr.strip().count('\n') == 0, f'more than a sentence: {done.stderr}')
        done = cli('project', plain('one.npy', x[:1]), '--method', method, '-o', path('no.npy'), status=1)
        cli('project', plain('flat.npy', x[:, 0]), '--method', method, '-o', path('no.npy'), status=1)
        cli('project', plain('empty.npy', x[:0]), '--method', method, '-o', path('no.npy'), status=1)
    done = cli('project', plain('few.npy', x[:60]), '--method', 'tsne', '-o', path('no.npy'), status=1)
    expect('perplexity of at most 19' in done.stderr, done.stderr)
    done = cli('project', plain('few.npy', x[:10]), '--method', 'umap', '-o', path('no.npy'), status=1)
    expect('fewer neighbours' in done.stderr, done.stderr)
    # Duplicates alone are no reason to refuse.
    x[:200] = x[0]
    for method in ('pca', 'tsne', 'umap'):
        brief = () if method == 'pca' else ('--iterations', 60)
        cli('project', plain('double.npy', x), '--method', method, *brief, '-o', path('double-out.npy'))
        expect(numpy.isfinite(numpy.load(path('double-out.npy'))).all(), method)
    expect(not os.path.exists(path('no.npy')), 'a file all the same')


def t_other_labels():
    """Labels that are not as many as the cases are refused, with both numbers and what to do"""
    x, labels = clouds(60)
    numpy.savez(path('fewer.npz'), features=x, labels=labels[:59])
    numpy.savez(path('fewer-of-two.npz'), features=numpy.stack([x, x]), labels=labels[:59])
    for name in ('fewer.npz', 'fewer-of-two.npz'):
        done = cli('project', path(name), '--method', 'pca', '-o', path('no.npy'), status=1)
        expect('60 cases' in done.stderr and '59 labels' in done.stderr and 'save one label' in done.stderr, done.stderr)
    expect(not os.path.exists(path('no.npy')), 'a file all the same')


def t_too_large():
    """Double precision beyond single precision is said as that, and not as infinity"""
    x = clouds()[0].astype('float64')
    x[3, 1] = -1e300
    done = cli('project', plain('large.npy', x), '--method', 'pca', '-o', path('no.npy'), status=1)
    expect('single precision' in done.stderr and '-1e+300 in case 3, feature 1' in done.stderr, done.stderr)
    expect('infinity' not in done.stderr, done.stderr)


def t_few_cases():
    """What few cases leave undefined is said in words"""
    x, _ = clouds(5)
    done = cli('project', plain('five.npy', x), '--method', 'pca', '-o', path('five-out.npy'))
    expect('not defined for 5 cases' in done.stdout and 'more than 24' in done.stdout and 'nan' not in done.stdout, done.stdout)
    numpy.savez(path('five.npz'), features=x, labels=numpy.zeros(5, int))
    done = cli('project', path('five.npz'), '--method', 'pca', '-o', path('five-out.npy'))
    expect('silhouette not defined' in done.stdout and 'nan' not in done.stdout, done.stdout)


def t_wrong_usage():
    """Wrong options are wrong usage"""
    cli('project', features(), '-o', path('no.npy'), status=2)
    cli('project', features(), '--method', 'lda', '-o', path('no.npy'), status=2)
    cli('project', features(), '--method', 'pca', status=2)
    cli('project', features(), '--method', 'pca', '-o', path('no.csv'), status=2)
    cli('project', features(), '--method', 'tsne', '--dims', 3, '-o', path('no.npy'), status=2)
    cli('project', plain('own.npy', clouds()[0]), '--method', 'pca', '-o', path('own.npy'), status=2)
    for method, option in (('pca', '--perplexity=5'), ('pca', '--neighbors=5'), ('pca', '--min-dist=0.2'), ('pca', '--iterations=9'),
                           ('tsne', '--neighbors=5'), ('tsne', '--min-dist=0.2'), ('tsne', '--standardize'),
                           ('umap', '--perplexity=5'), ('umap', '--standardize')):
        done = cli('project', features(), '--method', method, option, '-o', path('no.npy'), status=2)
        expect(option.split('=')[0] in done.stderr and f'--method is {method}' in done.stderr, done.stderr)
    for method, option in (('tsne', '--perplexity=0.5'), ('tsne', '--perplexity=1'), ('tsne', '--iterations=0'), ('umap', '--neighbors=1'),
                           ('umap', '--neighbors=-3'), ('umap', '--min-dist=-0.1'), ('umap', '--min-dist=4'), ('umap', '--iterations=-1'),
                           ('pca', '--seed=-1'), ('pca', '--network=-1')):
        done = cli('project', features(), '--method', method, option, '-o', path('no.npy'), status=2)
        expect(option.split('=')[0] in done.stderr and 'expected' in done.stderr, done.stderr)
    done = cli('project', features(), '--method', 'pca', status=2)
    expect('-o is missing' in done.stderr, done.stderr)
    cli('project', path('absent.npy'), '--method', 'pca', '-o', path('no.npy'), status=1)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
