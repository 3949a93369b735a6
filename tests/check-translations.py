#!/usr/bin/env python3
"""Every sentence of the window has its translation, one TAP line for each law.

Reads po/ below the folder given as argument. The template is made afresh from the sources,
so that a sentence that was added or changed without its translation is found.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), '..'))
PO = os.path.join(ROOT, 'po')
KEYWORDS = ('_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3', 'g_dpgettext2:2c,3')
# Includes the header of translations, but shows no words of its own.
WITHOUT_WORDS = {'app/dub-main.c'}


def lines(name):
    with open(os.path.join(PO, name), encoding='utf-8') as file:
        return [line.strip() for line in file if line.strip() and not line.startswith('#')]


def run(*command):
    """(succeeded, what it said)"""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False,
                          env=dict(os.environ, LC_ALL='C.UTF-8'))
    return done.returncode == 0, (done.stderr + done.stdout).strip()


def speaking_sources():
    """What the list of sources must name: files with words for the reader."""
    for folder in ('app', 'ui', 'resources'):
        for path, folders, names in os.walk(os.path.join(ROOT, folder)):
            # Only the window is translated; the command line speaks English.
            folders[:] = [name for name in folders if name != 'cli']
            for name in names:
                whole = os.path.join(path, name)
                if not name.endswith(('.c', '.ui')):
                    continue
                with open(whole, encoding='utf-8') as file:
                    text = file.read()
                if re.search(r'<glib/gi18n\.h>|translatable="yes"', text):
                    yield os.path.relpath(whole, ROOT)


def check_list():
    """POTFILES names every source with words, and nothing else that is not there"""
    listed = set(lines('POTFILES'))
    missing = sorted(set(speaking_sources()) - listed - WITHOUT_WORDS)
    gone = sorted(name for name in listed if not os.path.isfile(os.path.join(ROOT, name)))
    return [f'{name} is not in po/POTFILES' for name in missing] + [f'po/POTFILES names {name}, which is not there'
                                                                   for name in gone]


def check_language(language, template):
    """A translation is well-formed, and has all of the template"""
    file = os.path.join(PO, f'{language}.po')
    faults = []
    for command in (('msgfmt', '--check', '-o', os.devnull, file), ('msgcmp', file, template)):
        fine, said = run(*command)
        if not fine:
            faults.append(said or f'{command[0]} fails')
    return faults


def main():
    tools = [tool for tool in ('xgettext', 'msgfmt', 'msgcmp') if shutil.which(tool) is None]
    if tools:
        print(f'1..0 # SKIP {", ".join(tools)} (gettext)')
        return 0
    languages = lines('LINGUAS')
    results = [('POTFILES', check_list())]
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, 'dubito.pot')
        fine, said = run('xgettext', '--from-code=UTF-8', '--files-from=po/POTFILES', '-o', template,
                         *(f'--keyword={word}' for word in KEYWORDS))
        results.append(('template', [] if fine and os.path.isfile(template) else [said or 'xgettext wrote nothing']))
        if not results[-1][1]:
            results += [(language, check_language(language, template)) for language in languages]
    print(f'1..{len(results)}')
    for number, (name, faults) in enumerate(results, 1):
        print(f'{"not ok" if faults else "ok"} {number} {name}')
        for fault in faults:
            print('# ' + fault.replace('\n', '\n# '))
    return 1 if any(faults for _, faults in results) else 0


sys.exit(main())
