#!/usr/bin/env python3
"""Do losses that ask for calibration give it? Test ECE, MCE and accuracy of each, over seeds, as Markdown.

    tests/bench/calibration-losses.py build/app/cli/dubito-cli --shared ../shared [--jobs 2] [-o RESULTS.csv]
    tests/bench/calibration-losses.py --table tests/bench/results/calibration-losses.csv

Protocol, the same for every loss: one network a seed; the seed draws the split (55 % train, a fifth of which is held
back, 15 % calibration, 30 % test) and everything else; no augmentation, no dropout, no selection: a fixed number of
epochs at a constant rate, and the network as it is after the last, which is where a plain network is surest of itself.
Nothing is tuned for any loss. The temperature is fitted on the calibration part, which no network has seen.
Stopped at any moment, the same command goes on where it was.
"""
import argparse
import concurrent.futures
import csv
import json
import math
import os
import subprocess
import sys

SEEDS = range(5)
T_975 = 2.776  # Student's t, four degrees of freedom
PLAIN = 'cross-entropy'
SCALED = 'cross-entropy + temperature'
COMMON = ['--folds', '1', '--select', 'last', '--augment', 'none', '--dropout', '0', '--batch', '64', '--schedule', 'constant']
SETTINGS = {
    'BreastMNIST, CNN': ('breastmnist', ['--arch', 'cnn2d', '--width', '16', '--lr', '0.003', '--epochs', '40']),
    'BreastMNIST, MLP': ('breastmnist', ['--arch', 'mlp', '--lr', '0.001', '--epochs', '60']),
    'lesions, MLP': ('lesions', ['--arch', 'mlp', '--lr', '0.001', '--epochs', '60']),
}
# The name in the study, the name in the table, the options.
METHODS = [('ce', PLAIN, [])]
METHODS += [(f'dca{b}', f'+ {b} DCA', ['--dca', str(b)]) for b in (1, 5, 10, 15, 20, 25)]
METHODS += [(f'smooth{a}', f'label smoothing {a}', ['--label-smoothing', a]) for a in ('0.05', '0.1')]
METHODS += [('entropy', '+ 0.1 entropy (eq. 8 as printed)', ['--entropy', '0.1']),
            ('penalty', '− 0.1 entropy (confidence penalty)', ['--entropy=-0.1']),
            ('penalty1', '− 1 entropy', ['--entropy=-1']),
            ('mmce', '+ 2 MMCE', ['--mmce', '2']),
            ('mixup', 'mixup 0.2', ['--mixup', '0.2'])]
FIELDS = ['setting', 'method', 'seed', 'n', 'ece', 'mce', 'accuracy', 'auroc', 'nll']


def call(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f'{" ".join(command)}: {done.stderr.strip()}')
    return done.stdout


def is_done(study, name, fold=0):
    try:
        with open(os.path.join(study, 'models', f'{name}-f{fold}', 'run.json'), encoding='utf-8') as file:
            return json.load(file)['done']
    except (OSError, ValueError, KeyError):
        return False


def make_data(options):
    """The paths of the data sets by their names in SETTINGS; makes the lesions where they are absent."""
    lesions = os.path.join(options.work, 'lesions')
    if not os.path.exists(os.path.join(lesions, 'provenance.json')):
        call([options.cli, 'demo', 'lesions', lesions])
    return {'breastmnist': os.path.join(options.shared, 'data', 'medmnist', 'breastmnist.npz'),
            'lesions': os.path.join(lesions, 'lesions.npz')}


def rows_of(setting, seed, document):
    """One row a family, and one more for the temperature of the plain loss."""
    titles = {name: title for name, title, _ in METHODS}
    for family in document['families']:
        model = family['models'][0]
        measured = [(titles[family['name']], model['splits']['test'])]
        if family['name'] == 'ce':
            measured.append((SCALED, model['temperature']['splits']['test']))
        for title, test in measured:
            row = {'setting': setting, 'method': title, 'seed': seed, 'n': test['n']}
            row.update({field: f'{test[field]["value"]:.5f}' for field in FIELDS[4:]})
            yield row


def one_study(options, setting, seed):
    """Trains what is missing of one setting and seed; returns the rows."""
    data, recipe = SETTINGS[setting]
    slug = ''.join(c if c.isalnum() else '-' for c in setting.lower()).replace('--', '-')
    study = os.path.join(options.work, f'{slug}-{seed}.dubito')
    kept = os.path.join(options.work, f'{slug}-{seed}.json')
    if not os.path.exists(kept):
        for name, _, loss in METHODS:
            if not is_done(study, name):
                print(f'{setting}, seed {seed}: {name}', file=sys.stderr, flush=True)
                call([options.cli, 'train', '--data', options.data[data], '--out', study, '--name', name, '--seed', str(seed),
                      '--threads', '1', '--progress', 'none', '--resume'] + COMMON + recipe + loss)
        text = call([options.cli, 'evaluate', study, '--split', 'test', '--temperature', '--resamples', '20', '--threads', '1',
                     '--progress', 'none', '--json'])
        with open(kept + '.part', 'w', encoding='utf-8') as file:
            file.write(text)
        os.replace(kept + '.part', kept)
    with open(kept, encoding='utf-8') as file:
        return list(rows_of(setting, seed, json.load(file)))


def interval(values):
    """Mean and half the width of its 95 % t-interval."""
    n = len(values)
    mean = sum(values) / n
    if n != len(SEEDS):
        return mean, math.nan
    variance = sum((v - mean) ** 2 for v in values) / (n - 1)
    return mean, T_975 * math.sqrt(variance / n)


def print_table(rows):
    titles = [PLAIN, SCALED] + [title for _, title, _ in METHODS[1:]]
    for setting in SETTINGS:
        of = {title: [r for r in rows if r['setting'] == setting and r['method'] == title] for title in titles}
        if not of[PLAIN]:
            continue
        plain = {f: interval([float(r[f]) for r in of[PLAIN]])[0] for f in ('ece', 'accuracy')}
        print(f'\n**{setting}**, {len(of[PLAIN])} seeds, {of[PLAIN][0]["n"]} test cases each\n')
        print('| loss | ECE | against plain | MCE | accuracy | against plain |\n|---|---|---|---|---|---|')
        for title in titles:
            if not of[title]:
                continue
            numbers = {f: interval([float(r[f]) for r in of[title]]) for f in ('ece', 'mce', 'accuracy')}
            cells = {f: f'{m:.3f} ± {w:.3f}'.replace('0.', '.') for f, (m, w) in numbers.items()}
            change = f'{100 * (numbers["ece"][0] / plain["ece"] - 1):+.0f} %'.replace('-', '−')
            # The 0 that is added takes the sign from a rounded −0.
            points = f'{round(100 * (numbers["accuracy"][0] - plain["accuracy"]), 1) + 0.0:+.1f}'.replace('-', '−')
            if title == PLAIN:
                change = points = ''
            print(f'| {title} | {cells["ece"]} | {change} | {cells["mce"]} | {cells["accuracy"]} | {points} |')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('cli', nargs='?')
    parser.add_argument('--shared', default='../shared', help='folder with data/medmnist/breastmnist.npz')
    parser.add_argument('--work', default='build/calibration-losses', help='folder of the studies, kept for going on')
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('--setting', choices=SETTINGS, action='append')
    parser.add_argument('-o', '--out', help='CSV of every seed')
    parser.add_argument('--table', help='only print the table of this CSV')
    options = parser.parse_args()
    if options.table:
        with open(options.table, encoding='utf-8') as file:
            print_table(list(csv.DictReader(file)))
        return
    if not options.cli:
        parser.error('the path of dubito-cli is missing')
    os.makedirs(options.work, exist_ok=True)
    options.data = make_data(options)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(one_study, options, setting, seed) for seed in SEEDS for setting in options.setting or SETTINGS]
        rows = [row for job in jobs for row in job.result()]
    rows.sort(key=lambda r: (list(SETTINGS).index(r['setting']), r['seed']))
    if options.out:
        with open(options.out, 'w', encoding='utf-8', newline='') as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator='\n')
            writer.writeheader()
            writer.writerows(rows)
    print_table(rows)


if __name__ == '__main__':
    main()
