"""A small data set of images and a study trained on it, made once for all subtests of a program."""
import os

import numpy

from tool import cli, path

N_CASES, SIZE = 240, 12


def images(n=N_CASES, n_classes=2, seed=3):
    """Noise in which the class is the brightness of a square; every ninth label is wrong."""
    generator = numpy.random.default_rng(seed)
    labels = generator.integers(0, n_classes, n)
    pixels = generator.normal(110, 35, (n, SIZE, SIZE))
    for i, label in enumerate(labels):
        pixels[i, 3:9, 3:9] += 30 * int(label)
    labels[::9] = generator.integers(0, n_classes, labels[::9].shape)
    return pixels.clip(0, 255).astype('uint8'), labels.astype('uint8')


def data_set(name='tiny.npz', **keywords):
    pixels, labels = images(**keywords)
    numpy.savez(path(name), images=pixels, labels=labels)
    return path(name)


def study(name='tiny.dubito', *options):
    """Three networks of the family ce."""
    if not os.path.exists(path(name)):
        cli('train', '--data', data_set(), '--arch', 'cnn2d', '--width', 4, '--folds', 3, '--epochs', 15, '--batch', 16, '--lr', 0.01,
            '--twins', 'keep', '--out', path(name), *options)
    return path(name)
