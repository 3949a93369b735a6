#!/usr/bin/python3
"""The CORP curve and its parts by scikit-learn, the smooth calibration error and Brier's parts as their definitions read.

    make_calibration_reference.py OUT.npz

The smooth error is a sum over all images of all kernels on a fine grid, and its width is where SciPy's brentq finds it.
"""
import sys

import numpy as np
import scipy.optimize
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss

POINTS = 20001


def corp(p, y):
    """The share at every case, and MCB, DSC, UNC: differences of Brier scores of the answers, the fit and the base rate."""
    fitted = IsotonicRegression().fit(p, y).predict(p)
    score, best = brier_score_loss(y, p), brier_score_loss(y, np.clip(fitted, 0, 1))
    base = np.mean((y.mean() - y) ** 2)
    return fitted, np.array([score, score - best, base - best, base])


def smooth_error(p, y, sigma):
    t = (np.arange(POINTS) + 0.5) / POINTS
    total = np.zeros(POINTS)
    for f, r in zip(p, y - p):
        for image in range(-2, 3):
            for center in (2 * image + f, 2 * image - f):
                total += r * np.exp(-0.5 * ((t - center) / sigma) ** 2)
    return np.abs(total).sum() / POINTS / len(p) / (sigma * np.sqrt(2 * np.pi))


def smooth(p, y):
    return scipy.optimize.brentq(lambda s: smooth_error(p, y, s) - s, 0.005, 0.5, xtol=1e-10)


def brier_parts(p, y, bins):
    """Murphy's three over groups, and what forecasts that differ within a group add, which has a formula of its own:
    the variance within less twice the covariance (Stephenson et al. 2008)."""
    group = np.minimum(np.maximum(np.ceil(p * bins) - 1, 0), bins - 1)
    parts = np.zeros(4)
    parts[2] = y.mean() * (1 - y.mean())
    for m in np.unique(group):
        at = group == m
        weight, pm, ym = at.mean(), p[at].mean(), y[at].mean()
        parts += weight * np.array([(pm - ym) ** 2, (ym - y.mean()) ** 2, 0,
                                    np.mean((p[at] - pm) ** 2) - 2 * np.mean((p[at] - pm) * (y[at] - ym))])
    return parts


def main():
    rng = np.random.default_rng(20)
    out = {}
    for name, n, digits in (('tied', 400, 2), ('fine', 1000, 15), ('few', 30, 1)):
        truth = rng.beta(2, 1.2, n)
        y = (rng.random(n) < truth).astype(np.int64)
        p = np.round(np.clip(truth + 0.12 * np.sin(5 * np.pi * truth), 0, 1), digits)  # by turns too sure and not sure enough
        out[f'{name}_p'], out[f'{name}_y'] = p, y
        out[f'{name}_corp'], out[f'{name}_parts'] = corp(p, y)
        out[f'{name}_smooth'] = np.array([smooth(p, y)])
        # Off the edges of bins, where the rounding of ceil (p M) and of m / M could differ.
        out[f'{name}_brier'] = brier_parts(p, y, 7)
    np.savez_compressed(sys.argv[1], **out)


if __name__ == '__main__':
    main()
