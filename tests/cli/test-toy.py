#!/usr/bin/env python3
"""dubito-cli toy: its files, its document, its promise of equal bytes."""
import hashlib
import os
import sys

import tap
from tap import expect
from tool import cli, document, path

BRIEF = ['--epochs', 30, '--hidden', 16, '--data-sets', 2]
FILES = ['toy.csv', 'toy.pdf', 'toy.png', 'toy.svg']
METHODS = ['uncalibrated', 'temperature', 'dca']


def digests(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), 'rb') as file:
            found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def tables(folder):
    """Comment lines, and rows by table"""
    comments, found, name = {}, {}, None
    with open(os.path.join(folder, 'toy.csv'), encoding='utf-8') as file:
        for line in file.read().splitlines():
            if line.startswith('# '):
                key, value = line[2:].split(': ', 1)
                comments[key] = value
                name = value if key == 'table' else name
            elif line:
                found.setdefault(name, []).append(line.split(','))
    return comments, found


def t_files_and_document():
    """toy writes four files, and the document has the numbers of the table"""
    told = document('toy', '-o', path('toy'), *BRIEF, '--seed', 5, '--json')
    expect(sorted(os.listdir(path('toy'))) == FILES, os.listdir(path('toy')))
    comments, found = tables(path('toy'))
    expect(comments['seed'] == '5' and comments['data-sets'] == '2' and comments['dca'] == '10', comments)
    curves = found['recovered probability']
    expect(curves[0] == ['x', 'truth', *METHODS] and len(curves) == 202, curves[0])
    expect([float(v) for v in curves[1][:2]] == [-2, 0] and [float(v) for v in curves[-1][:2]] == [2, 1], 'the ends')
    expect(all(0 <= float(v) <= 1 for row in curves[1:] for v in row[1:]), 'a probability outside [0, 1]')
    expect(len(found['cases']) == 65, len(found['cases']))
    head, *rows = found['measures']
    expect(len(rows) == 3 * 4, len(rows))
    for row in rows:
        named = dict(zip(head, row))
        if named['data set'] in ('mean', 'sd'):
            for key in ('accuracy', 'ece', 'mce', 'nll', 'distance'):
                expect(abs(float(named[key]) - told['methods'][named['method']][key][named['data set']]) < 1e-9,
                       f'{named} {told["methods"]}')
    expect(len(told['temperatures']) == 2, told)


def t_same_bytes():
    """The same seed gives the same bytes for one thread and for two, another seed gives others"""
    for name, *options in [('one', '--threads', 1), ('two', '--threads', 2), ('other', '--seed', 2)]:
        cli('toy', '-o', path(name), *BRIEF, *options)
    expect(digests(path('one')) == digests(path('two')), 'bytes differ')
    expect(digests(path('one')) != digests(path('other')), 'the seed changes nothing')


def t_wrong_usage():
    """Wrong options are refused before anything is made"""
    cli('toy', status=2)
    cli('toy', '-o', path('no'), '--cases', 1, status=2)
    cli('toy', '-o', path('no'), 'more', status=2)
    done = cli('toy', '-o', path('no'), *BRIEF, '--dca', '-3', status=2)
    expect('-3' in done.stderr, done.stderr)
    expect(not os.path.exists(path('no')), 'made all the same')
    with open(path('file'), 'w', encoding='utf-8') as file:
        file.write('mine')
    done = cli('toy', '-o', path('file'), *BRIEF, status=1)
    expect('file' in done.stderr, done.stderr)


if __name__ == '__main__':
    tap.run(sys.modules[__name__])
