#!/usr/bin/env python3
"""The table of post-hoc uncertainty methods (source 000) for BreastMNIST and for the lesions demo, as Markdown.

    tests/bench/uq-table.py build/app/cli/dubito-cli --shared ../shared [--out FOLDER] [--breast STUDY] [--lesions STUDY]
    tests/bench/uq-table.py --table

Trains both studies where they are not given (five networks each, by the defaults of “train” and of “demo lesions --train”), computes
every score, those of changed images too, and writes FOLDER/uq-breastmnist.csv and uq-lesions.csv with thresholds chosen on the
calibration part, and uq-*-own.csv with thresholds chosen on the test part, as the published table has them. Of the lesions, whose
difficulty is known, it also measures whether ambiguous cases rank above clear ones: uq-ambiguous.csv.
--table prints the tables of the numbers last kept in tests/bench/results. Stopped at any moment, the same command goes on where
it was.
"""
import argparse
import csv
import os
import subprocess
import sys

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'results')
SETS = ['breastmnist', 'lesions']
METHODS = ['MSR / DHL', 'Temp scaling', 'Ensembling', 'TTA', 'GPS', 'KNN-all', 'KNN-shap', 'Mean', 'Max', 'Min', 'Perceptron']
# Source 000, last tables, BreastMNIST: 156 test cases, 14 of them failures; thresholds chosen on the test cases.
PUBLISHED = {
    'auc': [.73, .68, .77, .64, .73, .61, .60, .63, .60, .79, .72],
    'bacc_bacc': [.69, .67, .78, .64, .71, .64, .63, .63, .63, .79, .72],
    'bacc_spec': [.57, .86, .86, .43, .64, .86, .43, .36, .43, .79, .86],
    'bacc_sens': [.80, .48, .70, .85, .77, .42, .83, .90, .83, .79, .58],
    'spec_bacc': [.59, .65, .60, .55, .64, .52, .57, .61, .57, .61, .64],
    'spec_sens': [.18, .30, .20, .09, .27, .05, .14, .21, .14, .21, .27],
}
AMBIGUOUS, CLEAR = 0.5, 0.1  # difficulty above the one, and below the other
RANKED = ['msr', 'entropy', 'ensemble-sd', 'mutual-information', 'tta', 'gps', 'mc-dropout', 'knn-all', 'knn-shap', 'mean', 'max',
          'min', 'perceptron']


def call(*command):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{" ".join(map(str, command))}: exit status {done.returncode}')


def read(path):
    with open(path, encoding='utf-8') as file:
        return list(csv.DictReader(file))


def area(high, low):
    """The share of pairs in which the first is higher, ties half."""
    wins = sum((a > b) + 0.5 * (a == b) for a in high for b in low)
    return wins / (len(high) * len(low))


# --- making -----------------------------------------------------------------------------------------------------------

def train(options):
    breast = options.breast or os.path.join(options.out, 'breast.dubito')
    lesions = options.lesions or os.path.join(options.out, 'lesions')
    if options.breast is None:
        data = os.path.join(options.shared, 'data', 'medmnist', 'breastmnist.npz')
        call(options.cli, 'train', '--data', data, '--arch', 'resnet18', '--width', '16', '--out', breast,
             *(['--resume'] if os.path.exists(breast) else []))
    if options.lesions is None:
        call(options.cli, 'demo', 'lesions', lesions, '--train')
    return {'breastmnist': breast, 'lesions': lesions}


def rank_ambiguous(cli, study, truth, folder):
    difficulty = {row['id']: float(row['difficulty']) for row in read(truth)}
    cases = os.path.join(folder, 'lesions-cases.csv')
    call(cli, 'uq', study, '--views', '--split', 'test', '--resamples', 20, '--cases', cases)
    rows = read(cases)
    with open(os.path.join(folder, 'uq-ambiguous.csv'), 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['id', 'n_ambiguous', 'n_clear', 'above_clear', 'above_all_others'])
        for score in RANKED:
            if score not in rows[0] or rows[0][score] == '':
                continue
            values = [(difficulty[row['id']], float(row[score])) for row in rows]
            ambiguous = [v for d, v in values if d > AMBIGUOUS]
            clear = [v for d, v in values if d < CLEAR]
            others = [v for d, v in values if d <= AMBIGUOUS]
            writer.writerow([score, len(ambiguous), len(clear), f'{area(ambiguous, clear):.4f}', f'{area(ambiguous, others):.4f}'])


def make(options):
    os.makedirs(options.out, exist_ok=True)
    studies = train(options)
    for name, study in studies.items():
        for ending, more in (('', []), ('-own', ['--threshold-on', 'test'])):
            call(options.cli, 'uq', study, '--table', '-o', os.path.join(options.out, f'uq-{name}{ending}.csv'), *more)
    truth = options.truth or os.path.join(studies['lesions'], 'truth.csv')
    rank_ambiguous(options.cli, studies['lesions'], truth, options.out)


# --- telling ----------------------------------------------------------------------------------------------------------

def digits(text):
    return f'{float(text):.2f}'.replace('0.', '.', 1) if text not in ('', None) else '–'


def cell(row, column, rate=False):
    if not row[column]:
        return '–'
    text = f'{digits(row[column])} ({digits(row[column + "_low"])}–{digits(row[column + "_high"])})'
    return f'{text} {row[column + "_n"]}/{row[column + "_d"]}' if rate else text


def tell_set(folder, name):
    rows = {row['method']: row for row in read(os.path.join(folder, f'uq-{name}.csv'))}
    any_row = rows['MSR / DHL']
    print(f'\n**{name}**: {any_row["n"]} test cases, {any_row["n_failures"]} failures; thresholds chosen on calibration\n')
    print('| method | AUC | bAcc | Spec | Sens | at specificity 1 on calibration: bAcc | Spec | Sens |')
    print('|---|---|---|---|---|---|---|---|')
    for method in METHODS:
        row = rows[method]
        print(f'| {method} | {cell(row, "bacc_auc")} | {cell(row, "bacc_bacc")} | {cell(row, "bacc_spec", True)} | '
              f'{cell(row, "bacc_sens", True)} | {cell(row, "spec_bacc")} | {cell(row, "spec_spec", True)} | '
              f'{cell(row, "spec_sens", True)} |')


def tell_beside(folder):
    own = {row['method']: row for row in read(os.path.join(folder, 'uq-breastmnist-own.csv'))}
    print('\n**BreastMNIST, published | ours, thresholds chosen on the test cases in both (too good)**\n')
    print('| method | AUC | bAcc | Spec | Sens | bAcc at Spec 1 | Sens at Spec 1 |')
    print('|---|---|---|---|---|---|---|')
    for i, method in enumerate(METHODS):
        row = own[method]
        cells = [f'{digits(PUBLISHED[column][i])} \\| {digits(row["bacc_auc" if column == "auc" else column])}' for column in PUBLISHED]
        print(f'| {method} | {" | ".join(cells)} |')


def tell_ambiguous(folder):
    rows = read(os.path.join(folder, 'uq-ambiguous.csv'))
    print(f'\n**lesions**, test part: {rows[0]["n_ambiguous"]} ambiguous cases (difficulty above {AMBIGUOUS}), {rows[0]["n_clear"]} clear '
          f'ones (below {CLEAR}). How often an ambiguous case has the higher score:\n')
    print('| score | than a clear case | than any other case |')
    print('|---|---|---|')
    for row in rows:
        print(f'| {row["id"]} | {digits(row["above_clear"])} | {digits(row["above_all_others"])} |')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('cli', nargs='?', help='dubito-cli')
    parser.add_argument('--shared', default='../shared', help='the folder of data/medmnist/breastmnist.npz')
    parser.add_argument('--out', default='uq-table', help='where studies and tables go')
    parser.add_argument('--breast', help='a trained study to take')
    parser.add_argument('--lesions', help='the same')
    parser.add_argument('--truth', help='truth.csv of these lesions, where it is not in the study')
    parser.add_argument('--table', action='store_true', help='print the numbers last kept')
    options = parser.parse_args()
    if not options.table:
        if options.cli is None:
            parser.error('expected the path of dubito-cli, or --table')
        make(options)
    folder = KEPT if options.table else options.out
    for name in SETS:
        tell_set(folder, name)
    tell_beside(folder)
    tell_ambiguous(folder)


if __name__ == '__main__':
    main()
