#!/usr/bin/env python3
"""The laws of the house that a compiler cannot see, one TAP line each.

Reads the sources below the folder given as argument: who includes whom, words that core must not
contain, a README in every folder, no room longer than 700 lines, no unfinished words.
"""
import os
import re
import sys

ROOT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), '..'))

TOOLKIT = ('gtk/', 'gdk/', 'gsk/', 'adwaita', 'graphene')
DRAWING = ('cairo', 'pango')

# Folder, project headers it may include, system headers it may not. The longest folder that fits a file rules it.
TIERS = [
    ('core', ('core/',), TOOLKIT + DRAWING),
    ('core/base', ('core/base/',), TOOLKIT + DRAWING),
    ('core/tensor', ('core/base/', 'core/tensor/'), TOOLKIT + DRAWING),
    ('ui/figures', ('core/', 'ui/figures/'), TOOLKIT),
    ('ui/model', ('core/', 'ui/figures/', 'ui/model/'), TOOLKIT),
    ('ui/widgets', ('core/', 'ui/figures/', 'ui/model/', 'ui/widgets/'), ()),
    ('ui/pages', ('core/', 'ui/figures/', 'ui/model/', 'ui/widgets/', 'ui/pages/'), ()),
    ('app', ('core/', 'ui/', 'app/'), ()),
    ('app/cli', ('core/', 'ui/figures/', 'app/cli/'), TOOLKIT),
]
# Made by the build, so outside every folder.
GENERATED = {'dub-config.h', 'onnx.pb-c.h'}

FORBIDDEN_IN_CORE = re.compile(
    r'\b(g_print|g_printerr|g_message|g_critical|g_error|printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|perror'
    r'|exit|_exit|quick_exit|abort|g_abort)\s*\(')
UNFINISHED = re.compile(r'\b(TODO|FIXME|XXX)\b|coming soon|not implemented yet|\bplaceholder\b', re.IGNORECASE)
MACHINE = re.compile(r'(?<![\w.])/(work|home/\w+|farm)/')
LONGEST = 700
SOURCES = ('.c', '.h')
TEXTS = SOURCES + ('.py', '.ui', '.css', '.build', '.md', '.po', '.in', '.xml', '.txt')


def walk():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if not re.match(r'\.git$|_?build|__pycache__|.*\.dubito$|subprojects', f))
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), ROOT)


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8', errors='replace') as file:
        return file.read()


def without_comments(text, keep_strings):
    """C without comments, and without what strings say unless asked for; line numbers stay."""
    def blank(match):
        found = match.group(0)
        if found[0] in '"\'':
            return found if keep_strings else '""'
        return '\n' * found.count('\n')
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.DOTALL)


def tier_of(path):
    fitting = [tier for tier in TIERS if path.startswith(tier[0] + '/')]
    return max(fitting, key=lambda tier: len(tier[0])) if fitting else None


def wrong_includes(paths):
    for path in paths:
        tier = tier_of(path)
        if tier is None:
            continue
        for number, line in enumerate(without_comments(read(path), True).splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            quoted, name = match.group(1) == '"', match.group(2)
            if quoted and name not in GENERATED and not name.startswith(tier[1]):
                yield f'{path}:{number} includes "{name}"; {tier[0]} may include {", ".join(tier[1])}'
            if not quoted and name.startswith(tier[2]):
                yield f'{path}:{number} includes <{name}>; {tier[0]} knows no toolkit'


def wrong_calls(paths):
    for path in paths:
        if path.startswith('core/'):
            for number, line in enumerate(without_comments(read(path), False).splitlines(), 1):
                match = FORBIDDEN_IN_CORE.search(line)
                if match:
                    yield f'{path}:{number} calls {match.group(1)}; the core returns errors instead'


def one_blas(paths):
    users = [p for p in paths if p.startswith('core/') and re.search(r'#\s*include\s*<(cblas|lapacke?)\.h>', read(p))]
    if len(users) > 1:
        yield 'cblas.h is included by ' + ', '.join(users) + '; one file of the core speaks to BLAS'


def missing_readmes(paths):
    folders = {os.path.dirname(p) for p in paths if p.endswith(SOURCES + ('.py', '.ui'))}
    for folder in sorted(folders):
        if not any(os.path.exists(os.path.join(ROOT, folder, name)) for name in ('README', 'README.md')):
            yield f'{folder or "."} has no README that states its law'


def long_rooms(paths):
    for path in paths:
        if path.endswith(SOURCES):
            length = read(path).count('\n')
            if length > LONGEST:
                yield f'{path} has {length} lines, at most {LONGEST} are easy to hold in mind'


def unfinished(paths):
    for path in paths:
        if path.endswith('check-layers.py') or not path.endswith(TEXTS):
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            if UNFINISHED.search(line.replace('placeholder-text', '').replace('placeholder_text', '')):
                yield f'{path}:{number}: {line.strip()[:100]}'


def machine_paths(paths):
    for path in paths:
        if path.endswith('check-layers.py') or not (path.endswith(TEXTS) or os.path.basename(path) in ('run', 'README')):
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            if MACHINE.search(line):
                yield f'{path}:{number}: {line.strip()[:100]}'


def main():
    everything = list(walk())
    sources = [p for p in everything if p.endswith(SOURCES)]
    checks = [
        ('includes go down the tiers only', wrong_includes(sources)),
        ('the core neither prints nor ends the program', wrong_calls(sources)),
        ('one file speaks to BLAS', one_blas(sources)),
        ('every folder says its law', missing_readmes(everything)),
        ('no file is too long', long_rooms(sources)),
        ('nothing is left unfinished', unfinished(everything)),
        ('no path of one machine', machine_paths(everything)),
    ]
    failed = 0
    print(f'1..{len(checks)}')
    for number, (name, found) in enumerate(checks, 1):
        found = list(found)
        print(f'{"not ok" if found else "ok"} {number} - {name}')
        for line in found:
            print(f'# {line}')
        failed += bool(found)
    if not sources:
        print('Bail out! no sources found')
        failed += 1
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
