"""Driving a window by the accessibility bus: find by role and name, read, set values, do actions, wait."""
import time

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402  (the version must be chosen first)

# The bus gives a window 0.8 s to answer, which a busy machine may need for closing a study; in ms.
Atspi.set_timeout(60000, 60000)


def children(node):
    """Nodes that vanish meanwhile are left out."""
    try:
        found = [node.get_child_at_index(i) for i in range(node.get_child_count())]
    except GLib.Error:
        return []
    return [child for child in found if child is not None]


def walk(node):
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def role(node):
    try:
        return node.get_role_name()
    except GLib.Error:
        return ''


def name(node):
    try:
        return node.get_name() or ''
    except GLib.Error:
        return ''


def description(node):
    try:
        return node.get_description() or ''
    except GLib.Error:
        return ''


def applications():
    desktop = Atspi.get_desktop(0)
    found = children(desktop)
    for one in found:
        # GTK tells of few changes; what the client remembers grows stale, so it remembers nothing.
        one.set_cache_mask(Atspi.Cache.NONE)
    return found


def find(root, wanted_role=None, part=''):
    """The first node of a role whose name contains @part, or None."""
    for node in walk(root):
        if (wanted_role is None or role(node) == wanted_role) and part in name(node):
            return node
    return None


def wait(what, condition, seconds=120.0):
    """What @condition gives as soon as it gives something true; the deadline is for machines that are slow and busy."""
    end = time.monotonic() + seconds
    while True:
        # The bus answers calls only while its events are read.
        while GLib.MainContext.default().iteration(False):
            pass
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f'waited {seconds:.0f} s for {what}')
        time.sleep(0.05)


def value(node):
    return Atspi.Value.get_current_value(node.get_value_iface())


def set_value(node, number):
    Atspi.Value.set_current_value(node.get_value_iface(), number)


def actions(node):
    try:
        interface = node.get_action_iface()
        return [Atspi.Action.get_action_name(interface, i) for i in range(Atspi.Action.get_n_actions(interface))] if interface else []
    except GLib.Error:
        return []


def act(node, wanted=None):
    """Does the action of a name, or the first."""
    found = actions(node)
    index = 0 if wanted is None else found.index(wanted)
    if not Atspi.Action.do_action(node.get_action_iface(), index):
        raise AssertionError(f'{role(node)} “{name(node)}” refused the action {found[index]}')


def outline(root, limit=150):
    """What can be found, for the message of a failure."""
    lines = []

    def visit(node, depth):
        if len(lines) < limit:
            lines.append(f'{"  " * depth}{role(node)} “{name(node)}” {description(node)}')
            for child in children(node):
                visit(child, depth + 1)
    visit(root, 0)
    return '\n'.join(lines)
