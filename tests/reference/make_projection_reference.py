#!/usr/bin/python3
"""Principal components, nearest neighbours and the quality of a map as scikit-learn computes them.

    make_projection_reference.py OUT.npz

Cases are three clouds; "wide" has more features than cases. Distances of scikit-learn's brute search come from products,
so the neighbours are those of its trees, which subtract.
"""
import sys

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler


def clouds(rng, n, features):
    labels = rng.integers(0, 3, n)
    centres = rng.normal(0, 2, (3, features))
    mixing = rng.normal(0, 1, (features, features)) / np.sqrt(features)
    spread = np.linspace(2.0, 0.2, features)
    return ((rng.normal(0, 1, (n, features)) * spread) @ mixing + centres[labels] + 3).astype(np.float32), labels


def components(x, name, out):
    for kind, data in (('plain', x.astype(np.float64)), ('standard', StandardScaler().fit_transform(x.astype(np.float64)))):
        pca = PCA(5, svd_solver='full').fit(data)
        largest = np.abs(pca.components_).argmax(1)
        sign = np.sign(pca.components_[np.arange(5), largest])
        out[f'{name}_{kind}_components'] = pca.components_ * sign[:, None]
        out[f'{name}_{kind}_variance'] = pca.explained_variance_
        out[f'{name}_{kind}_ratio'] = pca.explained_variance_ratio_
        out[f'{name}_{kind}_scores'] = pca.transform(data) * sign


def main(path):
    rng = np.random.default_rng(17)
    out = {}
    x, labels = clouds(rng, 240, 12)
    wide, _ = clouds(rng, 30, 60)
    out['x'], out['labels'], out['wide'] = x, labels.astype(np.int64), wide
    components(x, 'x', out)
    components(wide, 'wide', out)

    reference, query = x[:200].astype(np.float64), x[200:].astype(np.float64)
    trees = NearestNeighbors(n_neighbors=5, algorithm='kd_tree').fit(reference)
    distances, indices = trees.kneighbors(query)
    out['knn_indices'], out['knn_distances'] = indices.astype(np.int64), distances

    # A map that is neither perfect nor useless: two features of twelve.
    flat = x[:, :2].astype(np.float64)
    out['trustworthiness'] = np.array([trustworthiness(x.astype(np.float64), flat, n_neighbors=k) for k in (1, 5, 12)])
    # Continuity is trustworthiness with the two spaces exchanged.
    out['continuity'] = np.array([trustworthiness(flat, x.astype(np.float64), n_neighbors=k) for k in (1, 5, 12)])
    out['silhouette'] = np.array([silhouette_score(flat, labels), silhouette_score(x.astype(np.float64), labels)])
    near = NearestNeighbors(n_neighbors=12).fit(flat).kneighbors(return_distance=False)
    out['neighbourhood_hit'] = np.array((labels[near] == labels[:, None]).mean())
    np.savez_compressed(path, **out)
    for name in ('trustworthiness', 'continuity', 'silhouette', 'neighbourhood_hit'):
        print(name, out[name])


if __name__ == '__main__':
    main(sys.argv[1])
