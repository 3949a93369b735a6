#!/usr/bin/python3
"""t-SNE and UMAP of Dubito beside scikit-learn's and umap-learn's: speed, and quality by one judge.

    compare-projection.py DUBITO-CLI [--only NAME …] [--rounds N] [--threads N] [--json OUT]

Needs Debian's python3-sklearn and umap-learn. The data are made here: ten clouds on a curved surface of eight dimensions,
rectified as a network's features are, and scikit-learn's digits. Both sides get the same float32 array and the same number of
threads, one after the other. Seconds are the least of the rounds, without reading files and without judging; the peers' are
without compilation, which a run on other data triggers first. Processor seconds are of all threads together: what is left
of the comparison where the machine has other work.

Kullback-Leibler divergences of both maps are from scikit-learn's affinities, with the sum over all pairs.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

parser = argparse.ArgumentParser()
parser.add_argument('cli')
parser.add_argument('--only', nargs='*', choices=['tsne', 'umap', 'large', 'growth', 'digits'])
parser.add_argument('--rounds', type=int, default=1)
parser.add_argument('--threads', type=int, default=2)
parser.add_argument('--json')
options = parser.parse_args()

for variable in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'NUMBA_NUM_THREADS'):
    os.environ[variable] = str(options.threads)
warnings.filterwarnings('ignore')

import numpy as np
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities_nn
from sklearn.neighbors import NearestNeighbors

FOLDER = tempfile.TemporaryDirectory(prefix='compare-projection-')
RESULTS = {}


def clouds(n, features, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n)
    z = rng.normal(0, 2, (10, 8))[labels] + rng.normal(0, 1, (n, 8))
    hidden = np.tanh(z @ rng.normal(0, 1 / np.sqrt(8), (8, 64)))
    x = 3 * hidden @ rng.normal(0, 1 / 8, (64, features)) + rng.normal(0, 0.1, (n, features))
    return np.maximum(x, 0).astype(np.float32), labels


def ours(x, method, seed=0):
    """Map, seconds, processor seconds, the document"""
    source, out = os.path.join(FOLDER.name, 'x.npy'), os.path.join(FOLDER.name, 'y.npy')
    np.save(source, x)
    best = None
    for _ in range(options.rounds):
        done = subprocess.run([options.cli, 'project', source, '--method', method, '--seed', str(seed), '--threads',
                               str(options.threads), '-o', out, '--json'], check=True, capture_output=True, text=True)
        told = json.loads(done.stdout)
        if best is None or told['seconds'] < best['seconds']:
            best = told
    return np.load(out).astype(np.float64), best['seconds'], best['processor_seconds'], best


def theirs(x, make):
    best, map_ = (np.inf, np.inf), None
    for _ in range(options.rounds):
        began, processor = time.perf_counter(), time.process_time()
        map_ = make().fit_transform(x)
        best = min(best, (time.perf_counter() - began, time.process_time() - processor))
    return map_.astype(np.float64), *best


def make_tsne(seed=0):
    return TSNE(2, perplexity=30, init='pca', learning_rate='auto', n_iter=1000, random_state=seed, n_jobs=options.threads)


def make_umap(seed=None):
    import umap
    return umap.UMAP(random_state=seed, n_jobs=options.threads)


def warm_umap():
    """Compiles what a run on few and on many cases needs"""
    rng = np.random.default_rng(0)
    for n in (500, 5000):
        make_umap().set_params(n_epochs=5).fit_transform(rng.random((n, 16)).astype(np.float32))


def divergence(x, y):
    n = len(x)
    near = NearestNeighbors(n_neighbors=91).fit(x)
    graph = near.kneighbors_graph(mode='distance')
    graph.data **= 2
    p = _joint_probabilities_nn(graph, 30, 0).tocoo()
    total = 0.0
    for first in range(0, n, 500):
        d = ((y[first:first + 500, None] - y[None]) ** 2).sum(-1)
        total += (1 / (1 + d)).sum()
    total -= n
    k = 1 / (1 + ((y[p.row] - y[p.col]) ** 2).sum(1))
    weights = p.data / p.data.sum()
    kept = weights > 0
    return float((weights[kept] * np.log(weights[kept] * total / k[kept])).sum())


def hit(y, labels, k=12):
    near = NearestNeighbors(n_neighbors=k).fit(y).kneighbors(return_distance=False)
    return float((labels[near] == labels[:, None]).mean())


def report(name, **numbers):
    RESULTS[name] = numbers
    print(name, ' '.join(f'{key} {value:.4f}' if isinstance(value, float) else f'{key} {value}'
                         for key, value in numbers.items()), flush=True)


def compare(name, n, features, method, make, with_divergence):
    x, labels = clouds(n, features)
    map_, seconds, processor, told = ours(x, method)
    peer, peer_seconds, peer_processor = theirs(x, make)
    numbers = {
        'seconds': seconds, 'peer_seconds': peer_seconds, 'ratio': peer_seconds / seconds,
        'processor': processor, 'peer_processor': peer_processor, 'processor_ratio': peer_processor / processor,
        'trustworthiness': float(trustworthiness(x, map_, n_neighbors=12)),
        'peer_trustworthiness': float(trustworthiness(x, peer, n_neighbors=12)),
        'hit': hit(map_, labels), 'peer_hit': hit(peer, labels), 'peak_megabytes': told['peak_bytes'] / 1e6,
    }
    if with_divergence:
        numbers['kl'], numbers['peer_kl'] = divergence(x, map_), divergence(x, peer)
    report(name, **numbers)


def tsne():
    compare('t-SNE 10000x50', 10000, 50, 'tsne', make_tsne, True)


def umap():
    warm_umap()
    compare('UMAP 10000x512', 10000, 512, 'umap', make_umap, False)


def large():
    x, labels = clouds(60000, 512)
    map_, seconds, processor, told = ours(x, 'umap')
    report('UMAP 60000x512', seconds=seconds, processor=processor, trustworthiness=told['trustworthiness'],
           hit=hit(map_[:10000], labels[:10000]), peak_megabytes=told['peak_bytes'] / 1e6)


def growth():
    for method in ('umap', 'tsne'):
        first = None
        for n in (7500, 15000, 30000, 60000):
            x, _ = clouds(n, 512 if method == 'umap' else 50)
            _, seconds, processor, _ = ours(x, method)
            unit = n * np.log(n)
            first = first or (seconds / unit, processor / unit)
            report(f'{method} of {n}', seconds=seconds, processor=processor, against_n_log_n=float(seconds / unit / first[0]),
                   processor_against_n_log_n=float(processor / unit / first[1]))


def digits():
    x, labels = load_digits(return_X_y=True)
    x = x.astype(np.float32)
    warm_umap()
    for method, make in (('tsne', make_tsne), ('umap', make_umap)):
        own = [hit(ours(x, method, seed)[0], labels) for seed in range(3)]
        peer = [hit(make(seed).fit_transform(x), labels) for seed in range(3)]
        report(f'digits {method}', hit=float(np.mean(own)), peer_hit=float(np.mean(peer)))


for case in options.only or ['tsne', 'umap', 'large', 'growth', 'digits']:
    {'tsne': tsne, 'umap': umap, 'large': large, 'growth': growth, 'digits': digits}[case]()
if options.json:
    with open(options.json, 'w', encoding='utf-8') as file:
        json.dump(RESULTS, file, indent=1)
