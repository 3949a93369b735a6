#!/usr/bin/python3
"""Statistics and calibration as scikit-learn, SciPy and mpmath compute them, in double precision.

    make_stats_reference.py OUT.npz

DeLong's variance is in neither, so it is written here as its definition reads: all P·Q pairs are compared. The two BCa
intervals are SciPy's, from 99 999 resamples of its own random numbers; a test has to allow for that many. Student's quantiles are mpmath's, because
SciPy's are good to eight digits only where p is small.
"""
import sys

import mpmath
import numpy as np
import scipy.optimize
import scipy.special
import scipy.stats
import sklearn.metrics as sk


def pairs(scores, positive):
    """Variance of the area by DeLong's structural components, pair by pair."""
    p, q = scores[positive], scores[~positive]
    won = (p[:, None] > q[None, :]) + 0.5 * (p[:, None] == q[None, :])
    return won.mean(), won.mean(1), won.mean(0)


def delong(a, b, positive):
    (_, a10, a01), (_, b10, b01) = pairs(a, positive), pairs(b, positive)
    return np.cov(a10, b10)[0, 1] / len(a10) + np.cov(a01, b01)[0, 1] / len(a01)


def binary(rng, out):
    n = 156
    positive = rng.random(n) < 0.3
    out['scores'] = np.round(rng.normal(positive * 0.8, 1.0), 1)  # many ties
    out['scores_b'] = np.round(out['scores'] + rng.normal(0, 1.0, n), 1)
    out['positive'] = positive.astype(np.int64)
    false, true, threshold = sk.roc_curve(positive, out['scores'], drop_intermediate=False)
    out['roc_false'], out['roc_true'], out['roc_threshold'] = false, true, threshold
    out['auroc'] = np.array(sk.roc_auc_score(positive, out['scores']))
    out['delong'] = np.array([delong(out['scores'], out['scores'], positive),
                              delong(out['scores_b'], out['scores_b'], positive),
                              delong(out['scores'], out['scores_b'], positive)])


def classes(rng, out):
    n, c = 300, 4
    labels = rng.integers(0, c, n)
    logits = rng.normal(0, 1.5, (n, c))
    logits[np.arange(n), labels] += 1.2
    p = scipy.special.softmax(logits, 1)
    answers = p.argmax(1)
    onehot = np.eye(c)[labels]
    out['logits'], out['probabilities'], out['labels'] = logits, p, labels
    out['macro'] = np.array([
        sk.roc_auc_score(labels, p, multi_class='ovr', average='macro'),
        sk.accuracy_score(labels, answers),
        sk.balanced_accuracy_score(labels, answers),
        sk.f1_score(labels, answers, average='macro'),
        sk.log_loss(labels, p),
        ((p - onehot) ** 2).sum(1).mean(),
        np.mean([sk.recall_score(labels != k, answers != k) for k in range(c)]),
    ])
    out['confusion'] = sk.confusion_matrix(labels, answers)
    out['brier_binary'] = np.array(sk.brier_score_loss(labels == 1, p[:, 1]))

    def loss(log_beta):
        scaled = np.exp(log_beta) * logits
        return np.mean(scipy.special.logsumexp(scaled, 1) - scaled[np.arange(n), labels])
    best = scipy.optimize.minimize_scalar(loss, bounds=(-5, 5), method='bounded', options={'xatol': 1e-12})
    out['temperature'] = np.array([np.exp(-best.x), best.fun, loss(0.0)])


def student(p, df):
    """The quantile to which the integral of the density has weight p."""
    with mpmath.workdps(30):
        tail = min(mpmath.mpf(p), 1 - mpmath.mpf(p))
        if tail == 0.5:
            return 0.0
        weight = lambda t: mpmath.betainc(mpmath.mpf(df) / 2, 0.5, 0, df / (df + t * t), regularized=True) / 2
        near = abs(mpmath.mpf(scipy.stats.t.ppf(p, df)))
        t = mpmath.findroot(lambda t: mpmath.log(weight(t) / tail), (near, near * (1 + mpmath.mpf('1e-9'))))
        return float(-t if p < 0.5 else t)


def distributions(out):
    p = np.array([1e-10, 1e-4, .025, .05, .3, .5, .7, .95, .975, .9999])
    out['p'] = p
    out['normal'] = scipy.stats.norm.ppf(p)
    df = np.array([1, 2, 3.5, 9, 30, 31, 100, 2000], dtype=float)
    out['df'] = df
    out['student'] = np.array([[student(q, k) for q in p] for k in df])
    shapes = np.array([[1, 1], [14, 1], [0.5, 0.5], [3, 40], [1000, 3], [200000, 2], [2e5, 3e5], [5e6, 6e6]], dtype=float)
    out['shapes'] = shapes
    out['beta'] = scipy.stats.beta.ppf(p[None, :], shapes[:, :1], shapes[:, 1:])
    rates = np.array([[0, 5], [1, 1], [3, 17], [14, 14], [73, 156], [9990, 10000], [3000000, 9000000]])
    out['rates'] = rates
    exact = [scipy.stats.binomtest(int(n), int(d)).proportion_ci(0.95, 'exact') for n, d in rates]
    wilson = [scipy.stats.binomtest(int(n), int(d)).proportion_ci(0.95, 'wilson') for n, d in rates]
    out['exact'] = np.array([[c.low, c.high] for c in exact])
    out['wilson'] = np.array([[c.low, c.high] for c in wilson])
    binomial = np.array([[0, 5], [2, 17], [13, 14], [70, 156], [700, 1000]])
    out['binomial_arguments'] = binomial
    out['binomial'] = np.array([scipy.stats.binom.cdf(k, n, 0.6) for k, n in binomial])


def bootstrap(rng, out):
    x = rng.lognormal(0, 1, 40)
    out['skewed'] = x
    for name, statistic in (('bca_mean', np.mean), ('bca_variance', np.var)):
        result = scipy.stats.bootstrap((x,), statistic, n_resamples=99999, method='BCa', random_state=3, batch=1000)
        ci = result.confidence_interval
        out[name] = np.array([ci.low, ci.high, result.standard_error])


def main(path):
    rng = np.random.default_rng(11)
    out = {}
    binary(rng, out)
    classes(rng, out)
    distributions(out)
    bootstrap(rng, out)
    np.savez_compressed(path, **out)
    for name in ('auroc', 'delong', 'macro', 'temperature', 'bca_mean', 'bca_variance'):
        print(name, out[name])


if __name__ == '__main__':
    main(sys.argv[1])
