#!/usr/bin/env python3
"""Open a study with its mask running, move λ1, wait for a new mask, export the figure."""
import os
import re
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))
from tap import expect  # noqa: E402

try:
    import atspi
    import program
except (ImportError, ValueError) as missing:
    print(f'1..0 # SKIP {missing} (python3-gi, gir1.2-atspi-2.0)')
    sys.exit(0)
if not os.path.exists('/usr/share/mricron/templates/ch2bet.nii.gz'):
    print('1..0 # SKIP mricron-data is not installed')
    sys.exit(0)

STUDY = os.path.join(program.FOLDER, 'tiny.dubito')
ENERGY = re.compile(r'Iteration (\d+): sum ([\d.e+-]+), .*area ([\d.e+-]+), smoothness ([\d.e+-]+)')
window = {}


def display_answers():
    """Xvfb may still be starting when xvfb-run goes on."""
    number = os.environ['DISPLAY'].split(':')[1].split('.')[0]
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(f'/tmp/.X11-unix/X{number}')
        except OSError:
            return False
    return True


def energy():
    """(iteration, total, area, smoothness) as the window tells them, or None."""
    match = ENERGY.search(atspi.description(window['energy']))
    return (int(match[1]), *map(float, match.groups()[1:])) if match else None


def first_frame(**environment):
    """Starts the window with the study, waits for its first frame and ends it: ms in all, ms of the processor."""
    process = subprocess.Popen([os.environ['DUBITO'], '--benchmark-start', STUDY], env=dict(program.home(), **environment), cwd=program.FOLDER,
                               stderr=subprocess.PIPE, text=True)
    told = next((line for line in process.stderr if line.startswith('first frame')), '')
    process.kill()
    process.communicate()
    match = re.fullmatch(r'first frame after (\d+) ms, of which (\d+) ms of processor time\n', told)
    expect(match is not None, f'no first frame with {environment}')
    return int(match[1]), int(match[2])


def t_start():
    """The first frame takes less than half a second of the processor, and OpenGL draws it, too"""
    program.cli('demo', 'brain', STUDY, '--voxel-size', '4', '--train', '8', '--test', '4', '--epochs', '2')
    atspi.wait('the display', display_answers)
    # What other programs take of the processor meanwhile says nothing about this one.
    expect(first_frame()[1] < 500, 'half a second is over')
    first_frame(GSK_RENDERER='gl')


def t_open():
    """The window opens a study and its mask grows"""
    window['program'] = program.Program('--play', STUDY)
    window['app'] = window['program'].app
    window['slider'] = atspi.wait('the slider of λ1', lambda: atspi.find(window['app'], 'slider', 'λ1'))
    window['energy'] = atspi.wait('the energy', lambda: atspi.find(window['app'], None, 'Energy by iteration'))
    atspi.wait('some iterations', lambda: (energy() or (0,))[0] >= 10)


def t_views():
    """Three panes say where they are"""
    panes = [node for node in atspi.walk(window['app']) if atspi.description(node) and
             any(word in atspi.name(node) for word in ('Axial', 'Coronal', 'Sagittal'))]
    expect(len(panes) >= 3, f'{[(atspi.name(p), atspi.description(p)) for p in panes]}')


def t_move_lambda():
    """Moving λ1 gives a new mask, also when the old one was done"""
    before, earlier = atspi.value(window['slider']), energy()
    atspi.set_value(window['slider'], before - 1.0)
    atspi.wait('λ1 to have moved', lambda: abs(atspi.value(window['slider']) - before + 1.0) < 0.05)
    later = atspi.wait('iterations with the new λ1', lambda: energy()[0] >= earlier[0] + 3 and energy())
    # A tenth of the weight: the sum falls, and the area may grow. How far it has grown depends on who looks how fast.
    expect(later[1] < 0.8 * earlier[1] and 10 * later[2] > earlier[2], f'{earlier} {later}')


def t_undo():
    """Undo takes λ1 back to where it was"""
    moved = atspi.value(window['slider'])
    atspi.act(offering('win.undo'), 'win.undo')
    atspi.wait('λ1 to come back', lambda: abs(atspi.value(window['slider']) - moved - 1.0) < 0.05)


def t_pause():
    """Pause stops the iterations"""
    button = atspi.find(window['app'], 'push button', 'Pause')
    if button is not None:
        atspi.act(button)
    atspi.wait('Play to be offered', lambda: atspi.find(window['app'], 'push button', 'Play'))

    def still():
        before = energy()
        time.sleep(1.0)
        return energy() == before
    # The iteration that was under way may still come.
    atspi.wait('the iterations to stop', still)


def offering(action):
    """The node that offers an action: the window or the page; an action that is switched off is not offered."""
    nodes = [node for node in atspi.children(window['app']) if atspi.role(node) == 'frame']
    nodes.append(atspi.find(window['app'], None, 'DubMaskPage'))
    return atspi.wait(f'{action} to be offered', lambda: next((node for node in nodes if action in atspi.actions(node)), None))


def export(action, ending):
    return window['program'].export(offering(action), action, ending, '_mask')


def t_export_figure():
    """The figure is exported as a PNG with its provenance"""
    path = export('mask.export-figure', '.png')
    atspi.wait('the whole file', lambda: os.path.getsize(path) > 10000)
    with open(path, 'rb') as file:
        data = file.read()
    expect(data.startswith(b'\x89PNG') and b'IEND' in data[-12:], 'not a whole PNG')
    expect(b'model-sha256' in data and b'lambda1' in data, 'no provenance')


def t_export_mask():
    """The mask is exported as NIfTI in the space of its image"""
    path = export('mask.export-nifti', '.nii.gz')
    import nibabel
    atspi.wait('the whole file', lambda: os.path.getsize(path) > 100)
    m = nibabel.load(path)
    case = next(os.path.join(where, one) for where, _, names in os.walk(STUDY) for one in sorted(names)
                if one.endswith('.nii.gz') and one.startswith(os.path.basename(path).split('_')[0]))
    image = nibabel.load(case)
    expect(m.shape == image.shape and abs(m.affine - image.affine).max() < 1e-3, f'{m.shape} {image.shape}')
    values = m.get_fdata()
    expect(values.min() >= 0 and values.max() <= 1 and values.min() < 0.99, f'{values.min()} {values.max()}')


def t_close():
    """The window closes and says nothing was wrong"""
    window['program'].close()


if __name__ == '__main__':
    program.main(sys.modules[__name__])
