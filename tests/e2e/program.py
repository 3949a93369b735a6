"""The window as these tests run it: with a home of its own, on a study made for the test, and watched to its end."""
import os
import subprocess
import sys
import tempfile

import atspi
import tap
from gi.repository import Atspi, Gdk
from tap import expect

_folder = tempfile.TemporaryDirectory(prefix='dubito-e2e-')
FOLDER = _folder.name
LOG = os.path.join(FOLDER, 'window.log')


def home():
    """An own home, so that nothing of the person who runs the test is read or written."""
    environment = dict(os.environ, HOME=FOLDER, XDG_DATA_HOME=f'{FOLDER}/data', XDG_CONFIG_HOME=f'{FOLDER}/config',
                       XDG_CACHE_HOME=f'{FOLDER}/cache', DUBITO_SETTINGS=f'{FOLDER}/settings.ini', GTK_USE_PORTAL='0')
    for variable in ('GTK_A11Y', 'G_DEBUG'):
        environment.pop(variable, None)
    return environment


def cli(*arguments):
    subprocess.run([os.environ['DUBITO_CLI'], *arguments], check=True, timeout=600, stdout=subprocess.DEVNULL)


def blobs_study(n=200):
    """Images with and without a blob in their middle, and three small networks; gives the study's path."""
    import numpy
    study = os.path.join(FOLDER, 'blobs.dubito')
    random = numpy.random.default_rng(1)
    labels = (numpy.arange(n) % 3 == 0).astype(numpy.uint8)
    y, x = numpy.mgrid[:12, :12]
    blob = numpy.exp(-((x - 5.5) ** 2 + (y - 5.5) ** 2) / 8.0)
    # Faint blobs are hard to tell from none: so there are failures.
    strength = labels * random.uniform(0.0, 90.0, n)
    images = 60 + random.integers(0, 60, (n, 12, 12)) + strength[:, None, None] * blob
    numpy.savez(f'{FOLDER}/blobs.npz', images=images.clip(0, 255).astype(numpy.uint8), labels=labels)
    cli('train', '--data', f'{FOLDER}/blobs.npz', '--out', study, '--arch', 'mlp', '--folds', '3', '--epochs', '6', '--augment', 'none')
    return study


def press(key):
    """A key, as a hand presses it: it goes to whatever has the focus."""
    Atspi.generate_keyboard_event(Gdk.keyval_from_name(key), None, Atspi.KeySynthType.SYM)


class Program:
    def __init__(self, *arguments):
        self.log = open(LOG, 'w', encoding='utf-8')
        self.process = subprocess.Popen([os.environ['DUBITO'], *arguments], env=home(), cwd=FOLDER, stdout=self.log,
                                        stderr=subprocess.STDOUT)
        Program.last = self
        self.app = atspi.wait('the window', lambda: next((a for a in atspi.applications() if atspi.find(a, 'frame')), None))

    def page(self, title, kind):
        """Chooses a page in the sidebar and gives it."""
        pages = atspi.wait('the pages', lambda: atspi.find(self.app, 'list', 'Pages'))
        index = next((i for i, row in enumerate(atspi.children(pages)) if atspi.name(row) == title), -1)
        expect(Atspi.Selection.select_child(pages.get_selection_iface(), index), f'the page {title} cannot be chosen')
        return atspi.wait(f'the page {title}', lambda: atspi.find(self.app, None, kind))

    def button(self, words):
        return atspi.wait(f'the button {words}', lambda: atspi.find(self.app, 'push button', words))

    def export(self, page, action, ending, part=''):
        """Does an export action and accepts the dialog's own name and place; gives the file, with @part in its name."""
        def written():
            found = [os.path.join(where, one) for where, _, names in os.walk(FOLDER) for one in names
                     if one.endswith(ending) and part in one and '.dubito' not in where]
            return found[0] if found else None

        def accept():
            for dialog in atspi.children(self.app):
                if atspi.role(dialog) != 'frame':
                    found = atspi.find(dialog, 'push button', 'Export')
                    if found is not None:
                        return found
            return None
        atspi.act(page, action)
        atspi.act(atspi.wait('the file dialog', accept))
        return atspi.wait(f'a {ending} file', written)

    def close(self):
        """Closes the window as a person does; fails where it has said that something was wrong."""
        frame = next(node for node in atspi.children(self.app) if atspi.role(node) == 'frame')
        atspi.act(frame, 'win.close')
        try:
            atspi.act(frame, 'win.close')
        except atspi.GLib.Error as unanswered:
            if 'reply' not in str(unanswered):
                raise
        expect(self.process.wait(timeout=120) == 0, f'exit status {self.process.returncode}')
        self.log.close()
        with open(LOG, encoding='utf-8') as file:
            wrong = [line for line in file if 'CRITICAL' in line or ('WARNING' in line and 'Dubito' in line)]
        expect(not wrong, ''.join(wrong[:5]))

    last = None


def main(module):
    """Runs the subtests; whatever happens, the window ends with them, and its last words are shown."""
    try:
        status = tap.main(module)
    finally:
        if Program.last is not None and Program.last.process.poll() is None:
            Program.last.process.kill()
            Program.last.process.wait()
        if os.path.exists(LOG):
            with open(LOG, encoding='utf-8') as log:
                for line in log.read().splitlines()[-15:]:
                    print(f'# window: {line}')
    sys.exit(status)
