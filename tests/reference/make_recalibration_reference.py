#!/usr/bin/python3
"""Recalibration of several classes, of two and of the top label alone, as PyTorch, SciPy and scikit-learn find it.

    make_recalibration_reference.py OUT.npz

The temperature and vector scaling are minimised by PyTorch in double precision (L-BFGS with a strong Wolfe line search), the
latter then polished by Newton's method with its derivatives. Platt's and the beta curves are minimised by SciPy from their
definitions; isotonic regression is scikit-learn's. One class against the rest, then divided by the sum of the row.
The interval of the temperature is SciPy's: roots of the profile likelihood by Brent's method.
"""
import sys

import numpy as np
import scipy.optimize
import scipy.special
import scipy.stats
import torch
from sklearn.isotonic import IsotonicRegression

N, QUERY = 700, 60


def draw(rng, n_classes, n):
    """Logits that are too sure, tilted towards the first class, with labels drawn from better ones."""
    good = rng.normal(0, 1.6, (n, n_classes))
    p = scipy.special.softmax(good, 1)
    labels = np.array([rng.choice(n_classes, p=row) for row in p])
    logits = 2.3 * good + rng.normal(0, 0.8, (n, n_classes))
    logits[:, 0] += 0.9
    return logits, labels


def nll(logits, labels):
    return np.mean(scipy.special.logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels])


def by_torch(parameters, scores, labels):
    labels = torch.tensor(labels)
    optimiser = torch.optim.LBFGS(parameters, lr=1, max_iter=20000, tolerance_grad=1e-13, tolerance_change=0,
                                  line_search_fn='strong_wolfe')

    def closure():
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(scores(), labels)
        loss.backward()
        return loss

    for _ in range(5):
        optimiser.step(closure)
    return [p.detach().numpy() for p in parameters]


def temperature(z, labels):
    t = torch.tensor(z)
    beta = torch.ones(1, dtype=torch.double, requires_grad=True)
    beta = by_torch([beta], lambda: beta * t, labels)[0][0]
    loss = lambda b: len(labels) * nll(b * z, labels)
    best = loss(beta)
    limit = scipy.stats.chi2.ppf(0.95, 1) / 2
    excess = lambda b: loss(b) - best - limit
    high = scipy.optimize.brentq(excess, 1e-9, beta, xtol=1e-14, rtol=1e-14)
    low = scipy.optimize.brentq(excess, beta, 20 * beta, xtol=1e-14, rtol=1e-14)
    return np.array([1 / beta, 1 / low, 1 / high])


def vector(z, labels):
    n = z.shape[1]
    t = torch.tensor(z)
    w = torch.ones(n, dtype=torch.double, requires_grad=True)
    b = torch.zeros(n, dtype=torch.double, requires_grad=True)
    w, b = by_torch([w, b], lambda: w * t + b, labels)

    # L-BFGS stops a little early: Newton's steps from there, with the derivatives that PyTorch takes. The last b stays where it is.
    def loss(x):
        return torch.nn.functional.cross_entropy(x[:n] * t + torch.cat([x[n:], torch.zeros(1, dtype=torch.double)]), torch.tensor(labels))

    x = torch.tensor(np.concatenate([w, b[:-1] - b[-1]]), requires_grad=True)
    for _ in range(8):
        gradient, = torch.autograd.grad(loss(x), x)
        step = torch.linalg.solve(torch.autograd.functional.hessian(loss, x), gradient)
        x = (x - step).detach().requires_grad_()
    gradient, = torch.autograd.grad(loss(x), x)
    assert gradient.abs().max() < 1e-14
    x = x.detach().numpy()
    assert np.abs(x[:n] - w).max() < 1e-3
    w, b = x[:n], np.append(x[n:], 0.0)
    return w, b - b.mean()  # the shift of all b is open


def minimise(loss, start, bounds=None):
    best = scipy.optimize.minimize(loss, start, method='L-BFGS-B', bounds=bounds, options={'ftol': 0, 'gtol': 1e-14, 'maxiter': 10000})
    for _ in range(6):
        best = scipy.optimize.minimize(loss, best.x, method='Nelder-Mead', bounds=bounds,
                                       options={'xatol': 1e-12, 'fatol': 1e-16, 'maxiter': 20000})
    return best.x


def platt(f, positive, query):
    plus, minus = positive.sum(), (~positive).sum()
    target = np.where(positive, (plus + 1) / (plus + 2), 1 / (minus + 2))
    loss = lambda w: np.mean(np.logaddexp(0, w[0] * f + w[1]) - target * (w[0] * f + w[1]))
    w = minimise(loss, [1.0, 0.0])
    return scipy.special.expit(w[0] * query + w[1])


def isotonic(p, positive, query):
    return IsotonicRegression(out_of_bounds='clip').fit(p, positive).predict(query)


def beta(p, positive, query):
    curve = lambda w, x: w[0] * np.log(np.maximum(x, 1e-15)) - w[1] * np.log(np.maximum(1 - x, 1e-15)) + w[2]
    loss = lambda w: np.mean(np.logaddexp(0, curve(w, p)) - positive * curve(w, p))
    w = minimise(loss, [1.0, 1.0, 0.0], [(0, None), (0, None), (None, None)])
    return scipy.special.expit(curve(w, query))


def classes(name, rng, n_classes, out):
    z, labels = draw(rng, n_classes, N)
    query = draw(rng, n_classes, QUERY)[0]
    out[f'{name}_logits'], out[f'{name}_labels'], out[f'{name}_query'] = z, labels.astype(np.int64), query
    out[f'{name}_temperature'] = temperature(z, labels)
    out[f'{name}_by_temperature'] = scipy.special.softmax(query / out[f'{name}_temperature'][0], 1)
    if n_classes > 2:
        w, b = vector(z, labels)
        out[f'{name}_vector'] = np.stack([w, b])
        out[f'{name}_by_vector'] = scipy.special.softmax(w * query + b, 1)
    p, q = scipy.special.softmax(z, 1), scipy.special.softmax(query, 1)
    odds = lambda x: np.stack([x[:, c] - scipy.special.logsumexp(np.delete(x, c, 1), axis=1) for c in range(n_classes)], 1)
    for method, fit, x, y in (('platt', platt, odds(z), odds(query)), ('isotonic', isotonic, p, q), ('beta', beta, p, q)):
        columns = [1] if n_classes == 2 else range(n_classes)
        rows = np.stack([fit(x[:, c], labels == c, y[:, c]) for c in columns], 1)
        if n_classes == 2:
            rows = np.stack([1 - rows[:, 0], rows[:, 0]], 1)
        out[f'{name}_by_{method}'] = rows / rows.sum(1, keepdims=True)


def top(rng, out):
    """The confidence of the answer alone."""
    truth = rng.random(N)
    correct = rng.random(N) < truth
    confidence = np.clip(scipy.special.expit(1.8 * scipy.special.logit(truth) + 0.6), 0.02, 0.9999)
    query = np.linspace(0.01, 0.999, QUERY)
    odds = scipy.special.logit
    out['top_confidence'], out['top_correct'], out['top_query'] = confidence, correct.astype(np.int64), query
    z = np.stack([np.zeros(N), odds(confidence)], 1)
    out['top_temperature'] = temperature(z, correct.astype(np.int64))
    out['top_by_temperature'] = scipy.special.expit(odds(query) / out['top_temperature'][0])
    out['top_by_platt'] = platt(odds(confidence), correct, odds(query))
    out['top_by_isotonic'] = isotonic(confidence, correct, query)
    out['top_by_beta'] = beta(confidence, correct, query)


def main():
    rng = np.random.default_rng(20231)
    out = {}
    classes('four', rng, 4, out)
    classes('two', rng, 2, out)
    top(rng, out)
    np.savez_compressed(sys.argv[1], **out)
    for key in ('four_temperature', 'four_vector', 'two_temperature', 'top_temperature'):
        print(key, out[key])


main()
