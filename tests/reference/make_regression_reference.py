#!/usr/bin/python3
"""Regression with intervals, measured with NumPy and SciPy in double precision.

    make_regression_reference.py OUT.npz

CRPS, mean and spread of recalibrated distributions are integrals of the distribution function itself, by adaptive quadrature
between the points of the map; the area is that between the empirical distribution of the levels and the diagonal, piece by piece.
"""
import sys

import numpy as np
import scipy.integrate
import scipy.stats

LEVEL = 0.9


def made(seed, n):
    rng = np.random.default_rng(seed)
    mean = np.round(rng.normal(10, 3, n), 3)
    sd = np.round(rng.gamma(4, 0.25, n) + 0.05, 3)
    # Overconfident, skewed, and off by a little: something for either map to mend.
    truth = np.round(mean + 1.6 * sd * (rng.gamma(3, 1, n) - 2.7) / np.sqrt(3), 3)
    return truth, mean, sd


def integral(function, low, high, points):
    """Over pieces that the points make, so that no kink is inside of one."""
    edges = [low, *[p for p in points if low < p < high], high]
    return sum(scipy.integrate.quad(function, a, b, epsabs=1e-12, epsrel=1e-10, limit=200)[0] for a, b in zip(edges, edges[1:]))


def fitted(truth, mean, sd):
    levels = scipy.stats.norm.cdf((truth - mean) / sd)
    x, back = np.unique(levels, return_inverse=True)
    ranks = scipy.stats.rankdata(levels)
    y = np.array([ranks[back == k].mean() for k in range(len(x))]) / (len(levels) + 1)
    return np.concatenate([[0], x, [1]]), np.concatenate([[0], y, [1]])


def area_of(levels):
    """Between the empirical distribution and the diagonal: triangles and trapezia between the levels."""
    edges = np.concatenate([[0], np.sort(levels), [1]])
    total = 0.0
    for k, (a, b) in enumerate(zip(edges, edges[1:])):
        share = k / len(levels)
        cut = min(max(share, a), b)
        total += abs((share - a) ** 2 - (share - cut) ** 2) / 2 + abs((b - share) ** 2 - (cut - share) ** 2) / 2
    return total


def measures(truth, mean, sd, x=np.array([0.0, 1.0]), y=np.array([0.0, 1.0])):
    def shape(w):
        return np.interp(scipy.stats.norm.cdf(w), x, y)

    def quantile(p):
        return scipy.stats.norm.ppf(np.interp(p, y, x))

    z = (truth - mean) / sd
    knots = scipy.stats.norm.ppf(x[1:-1])
    far = 12.0
    middle = integral(lambda w: 1 - shape(w), 0, far, knots) - integral(shape, -far, 0, knots)
    square = integral(lambda w: 2 * w * (1 - shape(w)), 0, far, knots) - integral(lambda w: 2 * w * shape(w), -far, 0, knots)
    spread = np.sqrt(square - middle ** 2)
    crps = np.array([integral(lambda w: shape(w) ** 2, -far, at, knots) + integral(lambda w: (1 - shape(w)) ** 2, at, far, knots)
                     for at in z])
    low, high = quantile(0.5 - LEVEL / 2), quantile(0.5 + LEVEL / 2)
    levels = shape(z)
    grid = np.arange(1, 20) / 20
    values = np.array([((z >= low) & (z <= high)).mean(), ((high - low) * sd).mean(), (crps * sd).mean(), area_of(levels),
                       np.sqrt(((z - middle) ** 2 * sd ** 2).mean()), ((z - middle) ** 2).mean() / spread ** 2])
    return values, np.array([(z <= quantile(p)).mean() for p in grid])


def main():
    out = {}
    fit = made(1, 40)
    test = made(2, 60)
    for name, cases in ('fit', fit), ('test', test):
        out[f'{name}_truth'], out[f'{name}_mean'], out[f'{name}_sd'] = cases
    out['before'], out['before_curve'] = measures(*test)
    factor = np.sqrt((((fit[0] - fit[1]) / fit[2]) ** 2).mean())
    out['factor'] = np.array(factor)
    out['variance'], out['variance_curve'] = measures(test[0], test[1], test[2] * factor)
    out['map_x'], out['map_y'] = fitted(*fit)
    out['isotonic'], out['isotonic_curve'] = measures(*test, out['map_x'], out['map_y'])
    np.savez_compressed(sys.argv[1], **out)


if __name__ == '__main__':
    main()
