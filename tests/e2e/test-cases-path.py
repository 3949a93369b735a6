#!/usr/bin/env python3
"""A clinician's walk, by keys and actions alone: sort by uncertainty, open the worst case, read why, see the failures, export."""
import csv
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))
import tap  # noqa: E402
from tap import expect  # noqa: E402

try:
    import atspi
    import numpy
    from gi.repository import Atspi, Gdk
except (ImportError, ValueError) as missing:
    print(f'1..0 # SKIP {missing} (python3-gi, gir1.2-atspi-2.0, gir1.2-gtk-4.0, python3-numpy)')
    sys.exit(0)

_folder = tempfile.TemporaryDirectory(prefix='dubito-e2e-')
FOLDER = _folder.name
STUDY = os.path.join(FOLDER, 'blobs.dubito')
LOG = os.path.join(FOLDER, 'window.log')
N = 200
CELL = re.compile(r'^(\S+), (correct|failed), (.+) (−?[\d.]+)$')
window = {}


def home():
    """An own home, so that nothing of the person who runs the test is read or written."""
    environment = dict(os.environ, HOME=FOLDER, XDG_DATA_HOME=f'{FOLDER}/data', XDG_CONFIG_HOME=f'{FOLDER}/config',
                       XDG_CACHE_HOME=f'{FOLDER}/cache', DUBITO_SETTINGS=f'{FOLDER}/settings.ini', GTK_USE_PORTAL='0')
    for variable in ('GTK_A11Y', 'G_DEBUG'):
        environment.pop(variable, None)
    return environment


def cells():
    """(id, outcome, score, value) of the first cells of the grid, in their order."""
    found = [CELL.match(atspi.name(node)) for node in atspi.children(window['grid'])[:12]]
    return [(m[1], m[2], m[3], float(m[4].replace('−', '-'))) for m in found if m]


def press(key):
    """A key, as a hand presses it: it goes to whatever has the focus."""
    Atspi.generate_keyboard_event(Gdk.keyval_from_name(key), None, Atspi.KeySynthType.SYM)


def label(part, where='inspector'):
    """The text of the first label with @part in it, or None."""
    node = atspi.find(window[where], 'label', part)
    return atspi.name(node) if node is not None else None


def button(words):
    return atspi.wait(f'the button {words}', lambda: atspi.find(window['app'], 'push button', words))


def t_study():
    """A study of blobs is trained"""
    random = numpy.random.default_rng(1)
    labels = (numpy.arange(N) % 3 == 0).astype(numpy.uint8)
    y, x = numpy.mgrid[:12, :12]
    blob = numpy.exp(-((x - 5.5) ** 2 + (y - 5.5) ** 2) / 8.0)
    # Faint blobs are hard to tell from none: so there are failures.
    strength = labels * random.uniform(0.0, 90.0, N)
    images = 60 + random.integers(0, 60, (N, 12, 12)) + strength[:, None, None] * blob
    numpy.savez(f'{FOLDER}/blobs.npz', images=images.clip(0, 255).astype(numpy.uint8), labels=labels)
    subprocess.run([os.environ['DUBITO_CLI'], 'train', '--data', f'{FOLDER}/blobs.npz', '--out', STUDY, '--arch', 'mlp', '--folds', '3',
                    '--epochs', '6', '--augment', 'none'], check=True, timeout=600, stdout=subprocess.DEVNULL)


def t_open():
    """The window opens it, and its Cases page says what is missing"""
    window['log'] = open(LOG, 'w', encoding='utf-8')
    window['process'] = subprocess.Popen([os.environ['DUBITO'], STUDY], env=home(), cwd=FOLDER, stdout=window['log'],
                                         stderr=subprocess.STDOUT)
    window['app'] = atspi.wait('the window', lambda: next((a for a in atspi.applications() if atspi.find(a, 'frame')), None))
    pages = atspi.wait('the pages', lambda: atspi.find(window['app'], 'list', 'Pages'))
    rows = atspi.children(pages)
    index = next(i for i, row in enumerate(rows) if atspi.name(row) == 'Cases')
    expect(Atspi.Selection.select_child(pages.get_selection_iface(), index), 'the page cannot be chosen')
    window['page'] = atspi.wait('the page', lambda: atspi.find(window['app'], None, 'DubCasesPage'))
    atspi.wait('what is missing', lambda: label('were not run over these cases yet', 'page'))
    window['inspector'] = atspi.find(window['page'], 'panel', 'Inspector')
    window['grid'] = atspi.find(window['page'], 'table', 'Cases')
    window['count'] = next(node for node in atspi.walk(window['page']) if re.match(r'\d+ case', atspi.name(node)))


def t_run():
    """Its button runs the networks, and the least sure case stands first"""
    atspi.act(button('Run the Networks'))
    atspi.wait('scores', lambda: cells() and cells()[0][2] == 'Ensemble SD')
    shown = cells()
    expect(len(shown) >= 10, f'{shown}')
    expect([c[3] for c in shown] == sorted((c[3] for c in shown), reverse=True), f'{shown}')


def t_sort():
    """Sorting by another score"""
    atspi.act(window['page'], 'cases.sort-menu')
    item = atspi.wait('the menu', lambda: next((node for node in atspi.walk(window['app'])
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


def export(action, ending):
    """Does an export action and accepts the dialog's own name and place; gives the file."""
    def written():
        found = [os.path.join(where, one) for where, _, names in os.walk(FOLDER) for one in names
                 if one.endswith(ending) and STUDY not in where and 'blobs' not in one]
        return found[0] if found else None

    def accept():
        for dialog in atspi.children(window['app']):
            if atspi.role(dialog) != 'frame':
                found = atspi.find(dialog, 'push button', 'Export')
                if found is not None:
                    return found
        return None
    atspi.act(window['page'], action)
    atspi.act(atspi.wait('the file dialog', accept))
    return atspi.wait(f'a {ending} file', written)


def t_export_figure():
    """The case is exported as a figure with its provenance"""
    path = export('cases.export-figure', '.png')
    atspi.wait('the whole file', lambda: os.path.getsize(path) > 10000)
    with open(path, 'rb') as file:
        data = file.read()
    expect(data.startswith(b'\x89PNG') and b'IEND' in data[-12:], 'not a whole PNG')
    expect(window['worst'][0].encode() in data and b'data-hash' in data and b'heatmap' in data, 'no provenance')


def t_export_table():
    """The listed cases are exported as a table, as they are sorted"""
    path = export('cases.export-csv', '.csv')
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
    frame = next(node for node in atspi.children(window['app']) if atspi.role(node) == 'frame')
    atspi.act(frame, 'win.close')
    try:
        atspi.act(frame, 'win.close')
    except atspi.GLib.Error as unanswered:
        if 'reply' not in str(unanswered):
            raise
    expect(window['process'].wait(timeout=120) == 0, f'exit status {window["process"].returncode}')
    window['log'].close()
    with open(LOG, encoding='utf-8') as file:
        wrong = [line for line in file if 'CRITICAL' in line or ('WARNING' in line and 'Dubito' in line)]
    expect(not wrong, ''.join(wrong[:5]))


if __name__ == '__main__':
    try:
        status = tap.main(sys.modules[__name__])
    finally:
        if 'process' in window and window['process'].poll() is None:
            window['process'].kill()
            window['process'].wait()
        if os.path.exists(LOG):
            with open(LOG, encoding='utf-8') as log:
                for line in log.read().splitlines()[-15:]:
                    print(f'# window: {line}')
    sys.exit(status)
