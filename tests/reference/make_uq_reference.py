#!/usr/bin/python3
"""Scores of uncertainty, recalibration, conformal thresholds and policy search as NumPy, SciPy and scikit-learn compute them.

    make_uq_reference.py OUT.npz

Inputs are float32, as networks give them; what is made of them is float64. Platt's and the beta curve are minimised by SciPy from
their definitions (scikit-learn's own stops early), isotonic regression, PCA, neighbours, shrinkage and logistic regression are
scikit-learn's. Greedy policy search is written here as its definition reads.
"""
import sys

import numpy as np
import scipy.optimize
import scipy.special
import scipy.stats
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

M, C, F = 3, 3, 24


def part(rng, weight, n):
    """Labels, features (M, N, F) and the logits and probabilities of a linear head on them."""
    labels = rng.integers(0, C, n)
    features = rng.normal(0, 1, (M, n, F)) + 0.8 * (np.arange(F) % C == labels[:, None])
    features = features.astype(np.float32)
    logits = np.einsum('mnf,mcf->mnc', features, weight).astype(np.float32)
    return labels, features, logits, scipy.special.softmax(logits.astype(np.float64), -1).astype(np.float32)


def answers(rng, out):
    weight = (rng.normal(0, 0.25, (M, C, F)) + 0.5 * (np.arange(F) % C == np.arange(C)[:, None])).astype(np.float32)
    out['weight'] = weight
    data = {}
    for name, n in (('training', 150), ('calibration', 120), ('test', 40)):
        data[name] = part(rng, weight, n)
        for key, value in zip(('labels', 'features', 'logits', 'probabilities'), data[name]):
            out[f'{name}_{key}'] = value
    _, _, z, p = data['test']
    z, p = z.astype(np.float64), p.astype(np.float64)
    mean = p.mean(0)
    ordered = np.sort(mean, 1)
    out['score_msr'] = 1 - mean.max(1)
    out['score_margin'] = 1 - (ordered[:, -1] - ordered[:, -2])
    out['score_entropy'] = scipy.stats.entropy(mean, axis=1)
    out['score_max-logit'] = -z.mean(0).max(1)
    out['score_energy'] = -scipy.special.logsumexp(z.mean(0), axis=1)
    out['score_ensemble-sd'] = p.std(0).mean(1)
    out['score_predictive-entropy'] = scipy.stats.entropy(mean, axis=1)
    out['score_expected-entropy'] = scipy.stats.entropy(p, axis=2).mean(0)
    out['score_mutual-information'] = out['score_predictive-entropy'] - out['score_expected-entropy']
    votes = p.argmax(2)
    out['score_variation-ratio'] = np.array([1 - np.bincount(v).max() / M for v in votes.T])
    return data, weight


def latent(data, weight, out):
    """Of network 0, and KNN-all of the mean over all."""
    labels, train = data['training'][0], data['training'][1]
    calibration, test = data['calibration'][1].astype(np.float64), data['test'][1]
    predicted = data['test'][3].astype(np.float64).mean(0).argmax(1)

    def distances(reference, query):
        scaler = StandardScaler().fit(reference)
        pca = PCA().fit(scaler.transform(reference))
        k = np.searchsorted(np.cumsum(pca.explained_variance_ratio_), 0.8) + 1
        place = lambda x: pca.transform(scaler.transform(x))[:, :k]
        return NearestNeighbors(n_neighbors=5).fit(place(reference)).kneighbors(place(query))[0].mean(1)

    knn = np.array([distances(train[m].astype(np.float64), test[m].astype(np.float64)) for m in range(M)])
    out['score_knn-all'], out['score_knn-all_mean'] = knn[0], knn.mean(0)

    shap = np.zeros(len(predicted))
    top = 10
    for c in range(C):
        phi = weight[0, c].astype(np.float64) * (calibration[0] - calibration[0].mean(0))
        columns = np.argsort(-np.abs(phi).mean(0), kind='stable')[:top]
        cases = predicted == c
        shap[cases] = distances(train[0][labels == c][:, columns].astype(np.float64), test[0][cases][:, columns].astype(np.float64))
    out['score_knn-shap'] = shap

    x = train[0].astype(np.float64)
    means = np.array([x[labels == c].mean(0) for c in range(C)])
    model = LedoitWolf(assume_centered=True).fit(x - means[labels])
    away = test[0].astype(np.float64)[:, None] - means
    out['score_mahalanobis'] = np.sqrt(np.einsum('ncf,fg,ncg->nc', away, model.precision_, away).min(1))
    out['shrinkage'] = np.array(model.shrinkage_)


def minimise(loss, start, bounds=None):
    """Polished until nothing moves: BFGS, then the simplex around what it found."""
    best = scipy.optimize.minimize(loss, start, method='L-BFGS-B', bounds=bounds, options={'ftol': 0, 'gtol': 1e-14, 'maxiter': 10000})
    for _ in range(6):
        best = scipy.optimize.minimize(loss, best.x, method='Nelder-Mead', bounds=bounds,
                                       options={'xatol': 1e-12, 'fatol': 1e-16, 'maxiter': 20000})
    return best.x


def log_loss(target):
    return lambda f: np.mean(np.logaddexp(0, f) - target * f)


def recalibration(rng, out):
    n = 300
    truth = rng.random(n)
    positive = rng.random(n) < truth
    s = np.round(scipy.special.expit(2.5 * scipy.special.logit(truth) + 0.7), 2)  # too sure, tilted, with ties
    s = np.clip(s, 0.01, 0.99)
    query = np.linspace(0.005, 0.995, 41)
    logit = scipy.special.logit
    out['binary_p'], out['binary_y'], out['query'] = s, positive.astype(np.int64), query

    plus, minus = positive.sum(), n - positive.sum()
    target = np.where(positive, (plus + 1) / (plus + 2), 1 / (minus + 2))
    loss = log_loss(target)
    a, b = minimise(lambda w: loss(w[0] * logit(s) + w[1]), [1.0, 0.0])
    out['platt'] = np.array([a, b])
    out['platt_query'] = scipy.special.expit(a * logit(query) + b)

    out['isotonic_query'] = IsotonicRegression(out_of_bounds='clip').fit(s, positive).predict(query)

    loss = log_loss(positive)
    curve = lambda w, x: w[0] * np.log(x) - w[1] * np.log1p(-x) + w[2]
    w = minimise(lambda w: loss(curve(w, s)), [1.0, 1.0, 0.0], [(0, None), (0, None), (None, None)])
    out['beta'], out['beta_query'] = w, scipy.special.expit(curve(w, query))
    # The best map without bounds has a negative coefficient here: the smallest probabilities come true most often.
    bent = rng.random(n) < 0.6 * np.exp(-truth / 0.2) + 0.9 * truth ** 8
    loss_bent = log_loss(bent)
    w = minimise(lambda w: loss_bent(curve(w, truth)), [1.0, 1.0, 0.0], [(0, None), (0, None), (None, None)])
    out['bent_p'], out['bent_y'], out['bent'] = truth, bent.astype(np.int64), w

    scores = rng.normal(0, 1, (3, n)) * np.array([[1.0], [5.0], [0.1]]) + positive * np.array([[1.0], [0.0], [0.05]])
    z = (scores - scores.mean(1, keepdims=True)) / scores.std(1, keepdims=True)
    model = LogisticRegression(C=1 / (1e-4 * n), class_weight='balanced', solver='newton-cholesky', tol=1e-13, max_iter=1000)
    model.fit(z.T, positive)
    out['fused_scores'] = scores
    out['fused_weights'] = np.append(model.coef_[0], model.intercept_)
    out['fused_mean'], out['fused_max'], out['fused_min'] = z.mean(0), z.max(0), z.min(0)


def one_against_rest(data, out):
    """1 - p'(answer) of isotonic maps of each class against the rest."""
    labels, p = data['calibration'][0], data['calibration'][3].astype(np.float64).mean(0).astype(np.float32).astype(np.float64)
    q = data['test'][3].astype(np.float64).mean(0).astype(np.float32).astype(np.float64)
    p, q = p / p.sum(1, keepdims=True), q / q.sum(1, keepdims=True)
    mapped = np.column_stack([IsotonicRegression(out_of_bounds='clip').fit(p[:, c], labels == c).predict(q[:, c]) for c in range(C)])
    mapped /= mapped.sum(1, keepdims=True)
    out['score_isotonic'] = 1 - mapped[np.arange(len(q)), q.argmax(1)]


def conformal(rng, out):
    n, c = 97, 5
    z = rng.normal(0, 1.5, (2 * n, c))
    labels = rng.integers(0, c, 2 * n)
    z[np.arange(2 * n), labels] += 1.5
    p = scipy.special.softmax(z, 1)
    rank = (-p).argsort(1, kind='stable').argsort(1, kind='stable')
    aps = np.array([[row[row >= v].sum() for v in row] for row in p])
    raps = aps + 0.1 * np.maximum(rank + 1 - 2, 0)
    out['conformal_p'], out['conformal_y'] = p, labels
    for name, s in (('lac', 1 - p), ('aps', aps), ('raps', raps)):
        own = s[np.arange(n), labels[:n]]
        level = np.ceil((n + 1) * 0.85 - 1e-9) / n
        q = np.quantile(own, level, method='inverted_cdf')
        out[f'conformal_{name}'] = np.array(q)
        out[f'conformal_{name}_sets'] = (s[n:] <= q + 1e-12).astype(np.int64)
        each = [own[labels[:n] == k] for k in range(c)]
        out[f'conformal_{name}_by_class'] = np.array(
            [np.sort(e)[int(np.ceil((len(e) + 1) * 0.85 - 1e-9)) - 1] for e in each])


def search(rng, out):
    """Every policy is a start, so that no random order is needed."""
    v, n = 16, 140
    labels = rng.integers(0, C, n)
    base = rng.normal(0, 1.5, (n, C))
    base[np.arange(n), labels] += 2.0
    strength = rng.uniform(0.1, 2.0, v)
    pool = scipy.special.softmax(base + strength[:, None, None] * rng.normal(0, 1, (v, n, C)), -1).astype(np.float32)
    predicted = base.argmax(1)
    failed = predicted != labels
    area = lambda group: roc_auc_score(failed, pool[list(group)].astype(np.float64).std(0).mean(1))
    found = {}
    for first in range(v):
        group, small, before, path = [first], 0, 0.5, []
        while small < 5 and len(group) < v:
            there, chosen = max((area(group + [k]), -k) for k in range(v) if k not in group)
            group.append(-chosen)
            path.append((there, -len(group), tuple(group)))
            small = small + 1 if there - before <= 0.005 else 0
            before = there
        there, _, kept = max(path)
        found.setdefault(frozenset(kept), (there, kept))
    best = sorted(found.values(), key=lambda item: -item[0])[:3]
    out['gps_pool'], out['gps_y'], out['gps_predicted'] = pool, labels, predicted
    out['gps_area'] = np.array([there for there, _ in best])
    out['gps_groups'] = np.array([list(kept) + [-1] * (v - len(kept)) for _, kept in best])
    out['gps_score'] = np.mean([pool[list(kept)].astype(np.float64).std(0).mean(1) for _, kept in best], 0)


def main(path):
    rng = np.random.default_rng(17)
    out = {}
    data, weight = answers(rng, out)
    latent(data, weight, out)
    one_against_rest(data, out)
    recalibration(rng, out)
    conformal(rng, out)
    search(rng, out)
    np.savez_compressed(path, **out)
    for name in ('platt', 'beta', 'bent', 'fused_weights', 'shrinkage', 'gps_area', 'gps_groups', 'conformal_lac', 'conformal_aps'):
        print(name, out[name])


if __name__ == '__main__':
    main(sys.argv[1])
