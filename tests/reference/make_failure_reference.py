#!/usr/bin/python3
"""Failure detection as scikit-learn, SciPy and plain definitions have it, in double precision.

    make_failure_reference.py OUT.npz

AURC, AUGRC and the points are in no library, so they are written as their definitions read: every threshold is tried, and every
case is compared with every other. The scores are rounded, so that many cases tie.
"""
import sys

import numpy as np
import scipy.stats
import sklearn.metrics as sk


def curve(score, failed):
    """For each distinct score: cases and failures that are at most as unsure."""
    return [(t, np.sum(score <= t), np.sum(failed[score <= t])) for t in np.unique(score)]


def aurc(score, failed):
    return np.mean([failed[score <= s].mean() for s in score])


def augrc(score, failed):
    points = [(0.0, 0.0)] + [(n / len(score), f / len(score)) for _, n, f in curve(score, failed)]
    x, y = np.array(points).T
    return sk.auc(x, y)


def optimal(failed):
    """The mean risk of the same cases with failures last."""
    failed = np.sort(failed)
    return np.mean(np.cumsum(failed) / np.arange(1, len(failed) + 1))


def best(score, failed):
    """Threshold of the largest balanced accuracy, of equal ones the one that accepts more."""
    options = [(0.5, -np.inf)]
    for t, n, f in curve(score, failed):
        options.append((((n - f) / np.sum(~failed) + 1 - f / np.sum(failed)) / 2, t))
    top = max(b for b, _ in options)
    return max(t for b, t in options if b > top - 1e-12)


def rates(score, failed, threshold):
    accept = score <= threshold
    return [np.sum(accept & ~failed), np.sum(~failed), np.sum(~accept & failed), np.sum(failed)]


def intervals(k, n):
    test = scipy.stats.binomtest(int(k), int(n))
    wilson, exact = test.proportion_ci(method='wilson'), test.proportion_ci(method='exact')
    return [wilson.low, wilson.high, exact.low, exact.high]


def main():
    rng = np.random.default_rng(11)
    out = {}
    for name, n, share, digits, shift in (('small', 156, 0.1, 2, 0.15), ('ties', 400, 0.3, 1, 0.2), ('fine', 900, 0.05, 9, 0.3)):
        failed = rng.random(n) < share
        score = np.round(np.clip(rng.normal(0.3 + shift * failed, 0.2), 0, 1), digits)
        fit_failed = rng.random(n // 2) < share
        fit = np.round(np.clip(rng.normal(0.3 + shift * fit_failed, 0.2), 0, 1), digits)
        false, true, _ = sk.roc_curve(~failed, -score, drop_intermediate=False)
        zero = max([s for s in score if not failed[score <= s].any()], default=-np.inf)
        fit_zero = max([s for s in fit if not fit_failed[fit <= s].any()], default=-np.inf)
        out[name + '_score'], out[name + '_correct'] = score, (~failed).astype(np.int64)
        out[name + '_fit'], out[name + '_fit_correct'] = fit, (~fit_failed).astype(np.int64)
        out[name + '_areas'] = np.array([sk.roc_auc_score(failed, score), aurc(score, failed),
                                         aurc(score, failed) - optimal(failed), augrc(score, failed),
                                         false[np.argmax(true >= 0.95)]])
        thresholds = [best(fit, fit_failed), fit_zero, best(score, failed), zero]
        out[name + '_thresholds'] = np.array(thresholds)
        counts = [rates(score, failed, t) for t in thresholds]
        out[name + '_counts'] = np.array(counts)
        out[name + '_intervals'] = np.array([intervals(c[0], c[1]) + intervals(c[2], c[3]) for c in counts])
        boot = scipy.stats.bootstrap((score[failed], score[~failed]), lambda a, b, axis=-1: np.array(
            scipy.stats.rankdata(np.concatenate([a, b], -1), axis=-1)[..., :a.shape[-1]].sum(-1)
            - a.shape[-1] * (a.shape[-1] + 1) / 2) / (a.shape[-1] * b.shape[-1]),
            n_resamples=19999, method='percentile', random_state=5, batch=200)
        out[name + '_bootstrap'] = np.array(boot.confidence_interval)
    out['exact_14'] = np.array(scipy.stats.binomtest(14, 14).proportion_ci(method='exact'))
    np.savez_compressed(sys.argv[1], **out)


if __name__ == '__main__':
    main()
