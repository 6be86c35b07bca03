"""Checks that are sentences: each is run on its own, told on a line of its own, and counted."""

import sys
import traceback


class Checks:
    def __init__(self, title):
        self.failed = 0
        self.passed = 0
        print(f"\n{title}")

    def __call__(self, sentence):
        """Decorates a function without arguments, runs it at once and tells how it went."""

        def run(function):
            try:
                function()
            except Exception as error:  # whatever a client raises is a finding
                self.failed += 1
                print(f"  FAIL {sentence}: {type(error).__name__}: {str(error)[:600]}")
                place = traceback.extract_tb(error.__traceback__)[-1]
                print(f"       at {place.filename.rsplit('/', 2)[-1]}:{place.lineno} {place.line}")
            else:
                self.passed += 1
                print(f"  ok   {sentence}")
            return function

        return run


def refused(kind, call, *arguments, **named):
    """The error of this kind that a call ends with; it is a fault when there is none."""
    try:
        answer = call(*arguments, **named)
    except kind as error:
        return error
    raise AssertionError(f"was not refused but answered {str(answer)[:300]}")


def finish(*all_checks):
    passed = sum(checks.passed for checks in all_checks)
    failed = sum(checks.failed for checks in all_checks)
    print(f"\n{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
