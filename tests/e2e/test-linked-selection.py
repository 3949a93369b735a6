#!/usr/bin/env python3
"""One selection on every page, by actions and keys alone: bin → grid, latent space → bin and grid, inspector → latent space."""
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

CELL = re.compile(r'^(\S+), (correct|failed), ')
window = {}


def labels(root, part):
    """The texts of all labels with @part in them."""
    return [atspi.name(node) for node in atspi.walk(root) if atspi.role(node) == 'label' and part in atspi.name(node)]


def number(text):
    return int(re.search(r'\d+', text)[0])


def cells():
    """(id, outcome) of every cell of the grid that is made; the study is small enough for all."""
    found = [CELL.match(atspi.name(node)) for node in atspi.children(atspi.find(window['cases'], 'table', 'Cases'))]
    return [(m[1], m[2]) for m in found if m]


def listed():
    """How many cases the Cases page says that it lists."""
    return next((number(atspi.name(node)) for node in atspi.walk(window['cases']) if re.match(r'\d+ case', atspi.name(node))), None)


def foot():
    """How many of how many the sidebar's foot says are selected, or None."""
    for node in atspi.walk(window['foot']):
        match = re.fullmatch(r'(\d+) / (\d+)', atspi.name(node))
        if match and atspi.role(node) == 'label':
            return int(match[1]), int(match[2])
    return None


def t_open():
    """The window opens a study of blobs and runs its networks"""
    window['program'] = program.Program(program.blobs_study(300))
    window['cases'] = window['program'].page('Cases', 'DubCasesPage')
    atspi.act(window['program'].button('Run the Networks'))
    atspi.wait('answers', lambda: cells())
    window['n'] = listed()
    shown = cells()
    expect(len(shown) == window['n'], f'{len(shown)} cells for {window["n"]} cases')
    window['failed'] = {one for one, outcome in shown if outcome == 'failed'}
    window['foot'] = atspi.find(window['program'].app, None, 'Current case, selected set')


def t_bin():
    """The worst bin is chosen: its card says how many cases it has, and they are the selected set"""
    window['calibration'] = window['program'].page('Calibration', 'DubCalibrationPage')
    atspi.wait('a diagram', lambda: atspi.find(window['calibration'], None, 'Before'))
    atspi.wait('the action', lambda: 'calibration.worst-bin' in atspi.actions(window['calibration']))
    atspi.wait('the worst bin', lambda: atspi.act(window['calibration'], 'calibration.worst-bin') or foot())
    window['bin'] = foot()[0]
    expect(0 < window['bin'] < window['n'], f'{foot()} {window["n"]}')
    expect(labels(window['calibration'], 'Bin ('), 'no card of the bin')


def t_bin_to_grid():
    """Its button shows exactly these cases in the grid"""
    atspi.act(window['calibration'], 'calibration.show')
    atspi.wait('the cases of the bin', lambda: listed() == window['bin'])
    window['of_bin'] = {one for one, _ in cells()}
    expect(len(window['of_bin']) == window['bin'], f'{window["of_bin"]}')
    atspi.act(window['cases'], 'cases.leave-set')
    atspi.wait('all of them again', lambda: listed() == window['n'])


def t_bin_to_latent():
    """The latent space counts the same cases"""
    window['latent'] = window['program'].page('Latent Space', 'DubLatentPage')
    atspi.wait('the strip', lambda: labels(window['latent'], f'{window["bin"]} selected'))


def t_latent():
    """The failures of the latent space are selected: as many as the grid knew"""
    atspi.act(window['latent'], 'latent.select-failures')
    atspi.wait('another set', lambda: foot() and foot()[0] != window['bin'])
    window['failures'] = foot()[0]
    atspi.wait('the strip', lambda: labels(window['latent'], f'{window["failures"]} selected'))


def t_latent_to_grid():
    """They are shown in the grid, failed every one"""
    atspi.act(window['latent'], 'latent.show')
    atspi.wait('the failures', lambda: listed() == window['failures'])
    shown = cells()
    expect({one for one, _ in shown} == window['failed'], f'{shown}')


def t_latent_to_bin():
    """The diagram lets go of its bin and says how many of the selected lie in it"""
    window['program'].page('Calibration', 'DubCalibrationPage')
    atspi.wait('the set in the bins', lambda: labels(window['calibration'], f'{window["failures"]} selected'))
    expect(not labels(window['calibration'], 'Bin ('), 'the bin is still framed')


def t_back():
    """Back goes to the bin's cases, forward to the failures"""
    frame = next(node for node in atspi.children(window['program'].app) if atspi.role(node) == 'frame')
    atspi.act(frame, 'win.back')
    atspi.wait('the bin', lambda: foot() and foot()[0] == window['bin'])
    atspi.wait('its card', lambda: labels(window['calibration'], 'Bin ('))
    atspi.act(frame, 'win.forward')
    atspi.wait('the failures', lambda: foot() and foot()[0] == window['failures'])


def t_inspector():
    """A case chosen in the grid is the current one of the latent space, too"""
    window['program'].page('Cases', 'DubCasesPage')
    worst = cells()[0][0]
    press('n')
    atspi.wait('the inspector', lambda: labels(atspi.find(window['cases'], 'panel', 'Inspector'), worst))
    window['program'].page('Latent Space', 'DubLatentPage')
    atspi.wait('its ring', lambda: any(worst in atspi.description(node) for node in atspi.walk(window['latent'])))


def t_lasso():
    """All that is seen in the plane is selected by Ctrl+A: every test case, in the grid as well"""
    plane = next(node for node in atspi.walk(window['latent']) if 'scatter.select-seen' in atspi.actions(node))
    atspi.act(plane, 'scatter.select-seen')
    atspi.wait('all of them', lambda: foot() == (window['n'], window['n']))
    atspi.act(window['latent'], 'latent.show')
    atspi.wait('all in the grid', lambda: listed() == window['n'])


def t_close():
    """The window closes and says nothing was wrong"""
    window['program'].close()


if __name__ == '__main__':
    program.main(sys.modules[__name__])
