#!/usr/bin/env python3
"""Adds up what meson's test runs found: report.py LABEL=testlog.json... -- SENTENCE-ABOUT-A-FAILURE...

Every subtest of a TAP program counts as one; a program without TAP counts as one. Skips and failures are
listed with their reasons. The last line is "N passed, N failed, N skipped"; the exit status is 1 if anything failed.
"""
import json
import re
import sys

TAP_LINE = re.compile(r'^(not )?ok\b\s*\d*\s*-?\s*(.*?)\s*(?:#\s*(SKIP)\b\s*(.*))?$', re.IGNORECASE)


def subtests(test):
    """(passed, [(name, reason)] failed, [(name, reason)] skipped) of one program."""
    output = test.get('stdout') or ''
    passed, failed, skipped, planned, about = 0, [], [], None, None
    for line in output.splitlines():
        if line.startswith('#') and about is not None and len(about) < 5:
            about.append(line[1:].strip())
        plan = re.match(r'^1\.\.(\d+)(?:\s*#\s*SKIP\s*(.*))?', line, re.IGNORECASE)
        if plan:
            planned = int(plan.group(1))
            if planned == 0:
                skipped.append(('', plan.group(2) or 'no reason given'))
        match = TAP_LINE.match(line)
        if not match:
            continue
        name, about = match.group(2), None
        if (match.group(3) or '').upper() == 'SKIP':
            skipped.append((name, match.group(4) or 'no reason given'))
        elif match.group(1):
            # What a program has to say about a failure follows its line.
            about = []
            failed.append((name, about))
        else:
            passed += 1
    found = passed + len(failed) + len(skipped)
    result = test['result']
    if found == 0 and planned is None:
        if result in ('OK', 'EXPECTEDFAIL'):
            return 1, [], []
        if result == 'SKIP':
            return 0, [], [('', output.strip().splitlines()[-1] if output.strip() else 'no reason given')]
    if result not in ('OK', 'SKIP', 'EXPECTEDFAIL') and not failed:
        # It crashed, ran out of time or fell short of its plan: whatever passed before, that is a failure.
        last = [line for line in (output + '\n' + (test.get('stderr') or '')).splitlines() if line.strip()][-8:]
        failed.append(('', f'{result}, exit status {test.get("returncode")}: ' + ' | '.join(last)))
    return passed, [(name, '; '.join(about) if isinstance(about, list) else about) for name, about in failed], skipped


def main():
    arguments = sys.argv[1:]
    split = arguments.index('--') if '--' in arguments else len(arguments)
    logs, broken = arguments[:split], arguments[split + 1:]
    total = [0, 0, 0]
    skips, failures = [], [('', sentence) for sentence in broken]
    for log in logs:
        label, path = log.split('=', 1)
        try:
            with open(path, encoding='utf-8') as file:
                tests = [json.loads(line) for line in file]
        except (OSError, ValueError) as problem:
            failures.append((label, f'no results: {problem}'))
            continue
        if not tests:
            failures.append((label, 'no test ran'))
        suites = {}
        for test in tests:
            passed, failed, skipped = subtests(test)
            suite, _, name = test['name'].partition(' / ')
            suite = suite.split(':')[-1].split('+')[-1] if name else 'other'
            row = suites.setdefault(suite, [0, 0, 0, 0.0])
            for index, count in enumerate((passed, len(failed), len(skipped))):
                row[index] += count
                total[index] += count
            row[3] += test.get('duration') or 0.0
            skips += [(f'{label}: {test["name"]} {name}', reason) for name, reason in skipped]
            failures += [(f'{label}: {test["name"]} {name}', reason) for name, reason in failed]
        for suite, (passed, failed, skipped, seconds) in sorted(suites.items()):
            print(f'{label:12} {suite:14} {passed:6} passed {failed:4} failed {skipped:4} skipped {seconds:7.1f} s')
    total[1] = len(failures)
    if skips:
        # One line a reason: a missing data set or operator skips many.
        reasons = {}
        for name, reason in skips:
            reasons.setdefault(reason, []).append(name)
        print('\nSkipped:')
        for reason, names in reasons.items():
            print(f'  {len(names):4} × {reason} ({names[0]}{" …" if len(names) > 1 else ""})')
    if failures:
        print('\nFailed:')
        for name, reason in failures:
            print(f'  {name}: {reason}')
    print(f'\n{total[0]} passed, {total[1]} failed, {total[2]} skipped')
    return 1 if total[1] else 0


if __name__ == '__main__':
    sys.exit(main())
