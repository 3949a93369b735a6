"""A small TAP harness: every function whose name begins with t_ is one subtest; its docstring is its name.

A subtest fails by raising, and is skipped by raising Skip with the reason.
"""
import sys
import time
import traceback


class Skip(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def main(module):
    tests = [(name, function) for name, function in vars(module).items() if name.startswith('t_') and callable(function)]
    failed = 0
    print(f'1..{len(tests)}', flush=True)
    for number, (name, function) in enumerate(tests, 1):
        title = (function.__doc__ or name).strip().split('\n')[0].rstrip('.')
        began = time.monotonic()
        try:
            function()
        except Skip as reason:
            print(f'ok {number} - {title} # SKIP {reason}', flush=True)
        except Exception as problem:  # A subtest that cannot go on fails; the others still run.
            failed += 1
            print(f'not ok {number} - {title}', flush=True)
            for line in str(problem).splitlines() or [repr(problem)]:
                print(f'# {line}')
            for frame in traceback.extract_tb(problem.__traceback__)[-2:]:
                print(f'# at {frame.filename}:{frame.lineno}: {frame.line}', flush=True)
        else:
            print(f'ok {number} - {title}', flush=True)
        took = time.monotonic() - began
        if took > 5.0:
            print(f'# {took:.1f} s', flush=True)
    return 1 if failed else 0


def run(module):
    sys.exit(main(module))
