#!/usr/bin/env python3
"""Wrong usage: exit status 2, the wrong word named, and where help is; right usage: help and version everywhere."""
import os
import sys

import tap
from tap import expect
from tool import classifier, cli, path, random_array, volume

COMMANDS = [[], ['model'], ['model', 'info'], ['model', 'run'], ['model', 'check'], ['data'], ['data', 'info'], ['mask'], ['demo'], ['demo', 'brain'], ['demo', 'lesions'],
            ['figure'], ['figure', 'mask'], ['bench']]


def wrong(*arguments, names=()):
    done = cli(*arguments, status=2)
    expect('--help' in done.stderr, f'no way to help: {done.stderr}')
    expect(done.stdout == '', f'stdout of wrong usage: {done.stdout}')
    for name in names:
        expect(name in done.stderr, f'“{name}” is not named: {done.stderr}')
    return done


def t_help():
    """Every level has --help"""
    for command in COMMANDS:
        text = cli(*command, '--help').stdout
        expect('Usage:' in text and 'dubito-cli' in text, f'{command}: {text}')
        if command:
            expect(' '.join(command) in text, f'{command} is not in its usage line: {text[:200]}')


def t_version():
    """Every level has --version"""
    versions = {cli(*command, '--version').stdout for command in COMMANDS}
    expect(len(versions) == 1 and versions.pop().startswith('dubito-cli '), f'{versions}')


def t_missing_command():
    """A missing command is wrong usage"""
    wrong()
    wrong('model')
    wrong('demo')
    wrong('figure')


def t_unknown_words():
    """Unknown commands and options are named"""
    wrong('modle', names=['modle'])
    wrong('--frobnicate', names=['--frobnicate'])
    wrong('model', 'eat', names=['eat'])
    for command in COMMANDS:
        wrong(*command, '--frobnicate', names=['frobnicate'])


def t_missing_arguments():
    """Missing arguments are named"""
    wrong('model', 'info', names=['MODEL.onnx'])
    wrong('model', 'run', 'x.onnx', names=['IN'])
    wrong('model', 'run', 'x.onnx', 'x.npy', names=['-o'])
    wrong('model', 'check', names=['DIR'])
    wrong('mask', 'x.onnx', names=['VOLUME'])
    wrong('mask', 'x.onnx', 'x.nii', '--class', 1, names=['-o'])
    wrong('mask', 'x.onnx', 'x.nii', '-o', 'm.nii.gz', names=['--class'])
    wrong('demo', 'brain', names=['DIR'])
    wrong('figure', 'mask', '-o', 'x.png', names=['STUDY', '--model'])
    wrong('figure', 'mask', 'study', names=['-o'])
    wrong('model', 'run', 'x.onnx', 'x.npy', '-o', names=['-o'])


def t_too_many_arguments():
    """One argument too many is named"""
    wrong('model', 'info', 'a.onnx', 'b.onnx', names=['b.onnx'])
    wrong('model', 'run', 'a.onnx', 'b.npy', 'c.npy', '-o', 'x.npz', names=['c.npy'])


def t_wrong_values():
    """Values outside their choices or ranges are named"""
    model, brain = classifier(), volume('usage.nii', random_array())
    mask = ['mask', model, brain, '-o', path('usage.nii.gz')]
    wrong(*mask, '--class', 1, '--axes', 'jik', names=['jik', 'kji'])
    wrong(*mask, '--class', 1, '--scale', 'big', names=['big', 'zscore'])
    wrong(*mask, '--class', 1, '--norm', 'max', names=['max', 'mean'])
    wrong(*mask, '--class', 1, '--fit', 'squeeze', names=['squeeze', 'crop-pad'])
    wrong(*mask, '--class', 'one', names=['one'])
    wrong(*mask, '--class', 1, '--iterations', '3.5', names=['3.5'])
    wrong(*mask, '--class', 1, '--lambda1', 'x', names=['x'])
    wrong(*mask, '--class', 1, '--lambda1', -1, names=['-1'])
    wrong(*mask, '--class', 1, '--lambda2', 'nan')
    for option, value in (('--step', 'nan'), ('--start', 'nan'), ('--grid', -1), ('--seed', -1), ('--iterations', 0)):
        done = wrong(*mask, '--class', 1, option, value)
        named = [one for one in ('--iterations', '--grid', '--seed') if one in done.stderr]
        expect(named in ([], [option]), f'{option}: {done.stderr}')
    wrong(*mask, '--class', 1, '--start', 2, names=['2'])
    wrong(*mask, '--class', 1, '--grid', 0)
    wrong(*mask, '--class', 1, '--threads', -1, names=['-1'])
    wrong(*mask, '--class', 1, '--progress', 'loud', names=['loud'])
    wrong('mask', model, brain, '--class', 1, '-o', path('usage.png'), names=['usage.png'])
    wrong('model', 'run', model, path('x.npy'), '-o', path('x.npz'), '--axes', 'kji', names=['x.npy'])
    wrong('bench', 'everything', names=['everything', 'meshnet'])
    wrong('bench', 'slice', '--repeats', 0)
    wrong('figure', 'mask', '--model', model, '--volume', brain, '--class', 1, '-o', path('f.png'), '--at', 'here',
          names=['here'])


def t_before_any_work():
    """Endings, width, resolution and place of a figure are wrong usage before thousands of steps would begin"""
    figure = ['figure', 'mask', '--model', classifier(), '--volume', volume('place.nii', random_array()), '--class', 1,
              '--iterations', 1000000]
    wrong(*figure, '-o', path('f.jpg'), names=['f.jpg', '.pdf'])
    wrong(*figure, '-o', path('f.png'), '--dpi', 5000, names=['5000', '1200'])
    wrong(*figure, '-o', path('f.png'), '--width', 5, names=['5', '40'])
    wrong(*figure, '-o', path('f.png'), '--at', '1e9,0,0', names=['1e+09', 'outside'])
    wrong(*figure, '-o', '')


def t_outputs_are_no_inputs():
    """An output that is an input, by whatever name, or another output, is refused and nothing is overwritten"""
    model, brain = classifier(), volume('kept.nii.gz', random_array())
    os.symlink(brain, path('link.nii.gz'))
    with open(brain, 'rb') as file:
        before = file.read()
    for out in (brain, path('./kept.nii.gz'), path('link.nii.gz')):
        wrong('mask', model, brain, '--class', 1, '--iterations', 1, '-o', out, names=['input'])
    wrong('mask', model, brain, '--class', 1, '-o', path('both.nii'), '--trace', path('both.nii'), names=['twice'])
    wrong('mask', model, brain, '--class', 1, '--replace', path('link.nii.gz'), '-o', path('link.nii.gz'))
    wrong('model', 'run', model, brain, '-o', model, names=['input'])
    wrong('figure', 'mask', '--model', model, '--volume', brain, '--class', 1, '-o', path('a.png'), '-o', path('a.png'),
          names=['twice'])
    with open(brain, 'rb') as file:
        expect(file.read() == before, 'the input has changed')


def t_dashes_end_options():
    """After -- a name may begin with a dash"""
    done = cli('model', 'info', '--', '-no-such-file.onnx', status=1)
    expect('-no-such-file.onnx' in done.stderr, done.stderr)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
