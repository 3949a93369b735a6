#!/usr/bin/env python3
"""Tables 1 to 3 and figures 2 and 5 of source 002 (DCA), and reliability before and after, of two data sets in one command.

    tests/bench/dca-figures.py build/app/cli/dubito-cli --shared ../shared [--out build/dca-figures] [--jobs 2]
    tests/bench/dca-figures.py --table

Trains what is missing: for five seeds one network with each weight of DCA (the recipes and the work folder of
calibration-losses.py, whose studies are used where they are there), and five folds with plain cross-entropy and with 15 DCA, for
BreastMNIST and for the lesions demo. Then the tables (Markdown and CSV) and figures (PNG and SVG) are written to the folder.
Nothing is tuned for any loss. Stopped at any moment, the same command goes on where it was. --table prints the numbers last kept in
tests/bench/results, where tables-*.csv and figure2-separation.csv go as dca-*.csv.
"""
import argparse
import concurrent.futures
import csv
import importlib.util
import os
import re
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    specification = importlib.util.spec_from_file_location(name.replace('-', '_'), os.path.join(HERE, name + '.py'))
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


losses = load('calibration-losses')

SETTINGS = {name: losses.SETTINGS[name] for name in ('BreastMNIST, CNN', 'BreastMNIST, MLP')}
SETTINGS['lesions, CNN'] = ('lesions', losses.SETTINGS['BreastMNIST, CNN'][1])
LADDER = [(name, more) for name, _, more in losses.METHODS if name == 'ce' or name.startswith('dca')]
ENSEMBLE = [('ce', []), ('ce-dca15', ['--dca', '15'])]
N_FOLDS = 5


def slug(setting):
    return ''.join(c if c.isalnum() else '-' for c in setting.lower()).replace('--', '-')


def study_of(options, setting, seed=None):
    return os.path.join(options.work, f'{slug(setting)}-{"ensemble" if seed is None else seed}.dubito')


# --- training -----------------------------------------------------------------------------------------------------------

def train(options, setting, seed, name, more, folds):
    data, recipe = SETTINGS[setting]
    study = study_of(options, setting, seed)
    if all(losses.is_done(study, name, fold) for fold in range(folds)):
        return
    print(f'{os.path.basename(study)}: {name}', file=sys.stderr, flush=True)
    # The last --folds counts: that of the recipe is one.
    losses.call([options.cli, 'train', '--data', options.data[data], '--out', study, '--name', name, '--seed', str(seed or 0),
                 '--threads', '1', '--progress', 'none', '--resume'] + losses.COMMON + recipe + more + ['--folds', str(folds)])


def train_study(options, setting, seed):
    """The networks of one study, one after the other: two processes never write to one study."""
    for name, more in LADDER if seed is not None else ENSEMBLE:
        train(options, setting, seed, name, more, 1 if seed is not None else N_FOLDS)


def train_all(options):
    os.makedirs(options.work, exist_ok=True)
    options.data = losses.make_data(options)
    # The longest first, so that no processor waits at the end.
    jobs = [(setting, seed) for setting in reversed(SETTINGS) for seed in (None, *range(options.seeds))]
    jobs.sort(key=lambda job: (SETTINGS[job[0]][0] != 'lesions', 'mlp' in SETTINGS[job[0]][1]))
    stop = threading.Event()

    def work(job):
        if not stop.is_set():
            train_study(options, *job)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(work, job) for job in jobs]
        try:
            for future in futures:
                future.result()
        except BaseException:
            stop.set()
            raise


# --- tables and figures -------------------------------------------------------------------------------------------------

def draw(options):
    os.makedirs(options.out, exist_ok=True)
    ladders = [study_of(options, setting, seed) for setting in SETTINGS for seed in range(options.seeds)]
    ensembles = [study_of(options, setting) for setting in SETTINGS]
    only = [word for name, _ in LADDER for word in ('--family', name)]
    both = [word for name, _ in ENSEMBLE for word in ('--family', name)]

    def run(name, endings, *command):
        files = [os.path.join(options.out, f'{name}.{ending}') for ending in endings]
        drawn = ['--dpi', str(options.dpi)] if command[0] == 'figure' else []
        losses.call([options.cli, *command, '--progress', 'none', *drawn, *(word for file in files for word in ('-o', file))])
        print(*files, sep='\n', flush=True)

    run('tables-networks', ('md', 'csv'), 'calibration-table', *ladders, *only)
    run('tables-ensembles', ('md', 'csv'), 'calibration-table', *ensembles)
    run('figure5-ece-beta', ('png', 'svg', 'csv'), 'figure', 'ece-beta', *ladders, *only)
    for setting in SETTINGS:
        study = study_of(options, setting)
        # Both beside each other, and before and after a temperature of each.
        for ending, families in [('', both)] + [(f'-{name}', ['--family', name]) for name, _ in ENSEMBLE]:
            run(f'reliability-{slug(setting)}{ending}', ('png', 'svg', 'csv'), 'figure', 'reliability', study, *families)
    for setting in SETTINGS:
        run(f'figure2-latent-{slug(setting)}', ('png', 'svg', 'csv'), 'figure', 'latent', study_of(options, setting), *both,
            '--color', 'class')

def separate(options):
    """How far the classes lie apart, by the silhouette, in the maps and among the features of every seed's networks."""
    rows = []
    with tempfile.TemporaryDirectory(prefix='dca-figures-') as folder:
        file = os.path.join(folder, 'map.svg')
        for setting in SETTINGS:
            for seed in range(options.seeds):
                losses.call([options.cli, 'figure', 'latent', study_of(options, setting, seed), '--family', 'ce', '--family', 'dca15',
                             '--progress', 'none', '-o', file])
                with open(file, encoding='utf-8') as stream:
                    # Text stays text in an SVG.
                    told = re.findall(r'silhouette ([−0-9.]+) \(features ([−0-9.]+)\)', stream.read())
                for name, pair in zip(('uncalibrated', 'dca15'), told):
                    rows.append([setting, seed, name, *(number.replace('−', '-') for number in pair)])
    path = os.path.join(options.out, 'figure2-separation.csv')
    with open(path, 'w', encoding='utf-8', newline='') as stream:
        writer = csv.writer(stream, lineterminator='\n')
        writer.writerow(['setting', 'seed', 'method', 'silhouette_map', 'silhouette_features'])
        writer.writerows(rows)
    print(path)


# --- telling ----------------------------------------------------------------------------------------------------------

def digits(text, signed=False):
    value = round(float(text), 3) + 0.0
    number = f'{abs(value):.3f}'.replace('0.', '.', 1)
    return ('−' if value < 0 else '+' if signed and value > 0 else '') + number


def tell(folder):
    """Tables 1 and 2 side by side: of networks over seeds, and of ensembles; then the changes."""
    rows = {}
    for name, what in (('networks', '{} seeds'), ('ensembles', 'five together')):
        with open(os.path.join(folder, f'dca-{name}.csv'), encoding='utf-8') as file:
            for row in csv.DictReader(file):
                key = (row['data'], row['network'].split(',')[0], what.format(row['repeats']), row['cases'])
                rows.setdefault(key, {})[row['method'], row['measure']] = row
    columns = [('ece', 'uncalibrated'), ('ece', 'temperature'), ('ece', 'dca15'), ('mce', 'uncalibrated'), ('mce', 'temperature'),
               ('mce', 'dca15'), ('accuracy', 'uncalibrated'), ('accuracy', 'dca15')]
    print('| | test cases | ECE: plain | temperature | + 15 DCA | MCE: plain | temperature | + 15 DCA | accuracy: plain | + 15 DCA |')
    print('|---|---|---|---|---|---|---|---|---|---|')
    for key, cells in rows.items():
        line = [', '.join(key[:3]), key[3]]
        for measure, method in columns:
            cell = cells[method, measure]
            line.append(f'{digits(cell["value"])} ({digits(cell["low"])}–{digits(cell["high"])})')
        print(f'| {" | ".join(line)} |')
    columns = [('ece', 'temperature'), ('ece', 'dca15'), ('mce', 'temperature'), ('mce', 'dca15'), ('accuracy', 'dca15')]
    print('\n| change against plain | ECE: temperature | + 15 DCA | MCE: temperature | + 15 DCA | accuracy: + 15 DCA |')
    print('|---|---|---|---|---|---|')
    for key, cells in rows.items():
        line = [', '.join(key[:3])]
        for measure, method in columns:
            cell = cells[method, measure]
            line.append(f'{digits(cell["change"], True)} ({digits(cell["change_low"], True)} to {digits(cell["change_high"], True)})')
        print(f'| {" | ".join(line)} |')
    with open(os.path.join(folder, 'dca-separation.csv'), encoding='utf-8') as file:
        told = list(csv.DictReader(file))
    print('\n| silhouette of the classes | map: plain | + 15 DCA | change | features: plain | + 15 DCA | change |')
    print('|---|---|---|---|---|---|---|')
    for setting in dict.fromkeys(row['setting'] for row in told):
        line = [setting]
        for what in ('silhouette_map', 'silhouette_features'):
            plain, trained = ([float(row[what]) for row in told if row['setting'] == setting and row['method'] == method]
                              for method in ('uncalibrated', 'dca15'))
            change, half = losses.interval([b - a for a, b in zip(plain, trained)])
            line += [digits(losses.interval(values)[0]) for values in (plain, trained)]
            line.append(f'{digits(change, True)} ({digits(change - half, True)} to {digits(change + half, True)})')
        print(f'| {" | ".join(line)} |')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('cli', nargs='?')
    parser.add_argument('--shared', default='../shared', help='folder with data/medmnist/breastmnist.npz')
    parser.add_argument('--work', default='build/calibration-losses', help='folder of the studies, kept for going on')
    parser.add_argument('--out', default='build/dca-figures', help='folder of tables and figures')
    parser.add_argument('--seeds', type=int, default=5)
    parser.add_argument('--jobs', type=int, default=2, help='networks trained at a time, one thread each')
    parser.add_argument('--dpi', type=float, default=150, help='resolution of the PNG files')
    parser.add_argument('--table', nargs='?', const=os.path.join(HERE, 'results'), help='only print the table of this folder')
    options = parser.parse_args()
    if options.table:
        tell(options.table)
        return
    if not options.cli:
        parser.error('the path of dubito-cli is missing')
    train_all(options)
    draw(options)
    separate(options)


if __name__ == '__main__':
    main()
