#!/usr/bin/env python3
"""A clinician's walk, by keys and actions alone: sort by uncertainty, open the worst case, read why, see the failures, export."""
import csv
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))
from tap import expect  # noqa: E402

try:
    import atspi
    import numpy  # noqa: F401  (the study of blobs needs it)
    import program
    from program import press
except (ImportError, ValueError) as missing:
    print(f'1..0 # SKIP {missing} (python3-gi, gir1.2-atspi-2.0, gir1.2-gtk-4.0, python3-numpy)')
    sys.exit(0)

CELL = re.compile(r'^(\S+), (correct|failed), (.+) (−?[\d.]+)$')
window = {}


def cells():
    """(id, outcome, score, value) of the first cells of the grid, in their order."""
    found = [CELL.match(atspi.name(node)) for node in atspi.children(window['grid'])[:12]]
    return [(m[1], m[2], m[3], float(m[4].replace('−', '-'))) for m in found if m]


def label(part, where='inspector'):
    """The text of the first label with @part in it, or None."""
    node = atspi.find(window[where], 'label', part)
    return atspi.name(node) if node is not None else None


def t_open():
    """The window opens a study of blobs, and its Cases page says what is missing"""
    window['program'] = program.Program(program.blobs_study())
    window['page'] = window['program'].page('Cases', 'DubCasesPage')
    atspi.wait('what is missing', lambda: label('were not run over these cases yet', 'page'))
    window['inspector'] = atspi.find(window['page'], 'panel', 'Inspector')
    window['grid'] = atspi.find(window['page'], 'table', 'Cases')
    window['count'] = next(node for node in atspi.walk(window['page']) if re.match(r'\d+ case', atspi.name(node)))


def t_run():
    """Its button runs the networks, and the least sure case stands first"""
    atspi.act(window['program'].button('Run the Networks'))
    atspi.wait('scores', lambda: cells() and cells()[0][2] == 'Ensemble SD')
    shown = cells()
    expect(len(shown) >= 10, f'{shown}')
    expect([c[3] for c in shown] == sorted((c[3] for c in shown), reverse=True), f'{shown}')


def t_sort():
    """Sorting by another score"""
    atspi.act(window['page'], 'cases.sort-menu')
    item = atspi.wait('the menu', lambda: next((node for node in atspi.walk(window['program'].app)
                                                if 'menu item' in atspi.role(node) and atspi.name(node) == 'Entropy'), None))
    atspi.act(item)
    atspi.wait('entropies', lambda: cells() and all(c[2] == 'Entropy' for c in cells()))
    shown = cells()
    expect([c[3] for c in shown] == sorted((c[3] for c in shown), reverse=True), f'{shown}')


def t_worst():
    """The next case after none is the worst; the inspector says why it is doubted"""
    worst = cells()[0]
    press('n')
    atspi.wait('the worst case', lambda: label(worst[0]))
    caption = atspi.wait('where the doubt comes from', lambda: label('Entropy lost if'))
    expect('hidden' in caption, caption)
    atspi.wait('its percentile', lambda: label('percentile among'))
    atspi.wait('augmented views', lambda: label('TTA · SD'))
    atspi.wait('training cases', lambda: label('distance, model 1 of 3'))
    window['worst'] = worst


def t_heat():
    """H hides the heatmap and shows it again"""
    press('h')
    atspi.wait('no heatmap', lambda: not label('Entropy lost if'))
    press('h')
    atspi.wait('the heatmap', lambda: label('Entropy lost if'))


def t_failures():
    """F shows the failures alone, A all of them"""
    everything = int(atspi.name(window['count']).split()[0])
    press('f')
    atspi.wait('failures alone', lambda: cells() and all(c[1] == 'failed' for c in cells()))
    window['failures'] = int(atspi.name(window['count']).split()[0])
    expect(0 < window['failures'] < everything, f'{window["failures"]} {everything}')


def t_export_figure():
    """The case is exported as a figure with its provenance"""
    path = window['program'].export(window['page'], 'cases.export-figure', '.png')
    atspi.wait('the whole file', lambda: os.path.getsize(path) > 10000)
    with open(path, 'rb') as file:
        data = file.read()
    expect(data.startswith(b'\x89PNG') and b'IEND' in data[-12:], 'not a whole PNG')
    expect(window['worst'][0].encode() in data and b'data-hash' in data and b'heatmap' in data, 'no provenance')


def t_export_table():
    """The listed cases are exported as a table, as they are sorted"""
    path = window['program'].export(window['page'], 'cases.export-csv', '.csv')
    atspi.wait('the whole file', lambda: os.path.getsize(path) > 100)
    with open(path, newline='', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    expect(len(rows) == window['failures'], f'{len(rows)} {window["failures"]}')
    expect(all(row['correct'] == '0' and row['label'] != row['predicted'] and row['part'] == 'test' for row in rows), f'{rows[:3]}')
    values = [float(row['entropy']) for row in rows]
    expect(values == sorted(values, reverse=True), f'{values[:5]}')


def t_escape():
    """Esc lets go of the case"""
    press('Escape')
    atspi.wait('no case', lambda: label('No case is chosen'))


def t_close():
    """The window closes and says nothing was wrong"""
    window['program'].close()


if __name__ == '__main__':
    program.main(sys.modules[__name__])
