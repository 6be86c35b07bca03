"""Checks that are sentences: each is run on its own, told on a line of its own, and counted."""

import sys
import traceback


class Checks:
    def __init__(self, title):
        self.failed = 0
        self.passed = 0
        self.known = 0
        print(f"\n{title}")

    def __call__(self, sentence, fails_since=None):
        """Decorates a function without arguments, runs it at once and tells how it went.

        `fails_since` is the reason why it is known to fail; should it pass one day, that is a failure as well.
        """

        def run(function):
            try:
                function()
            except Exception as error:  # whatever a client raises is a finding
                if fails_since:
                    self.known += 1
                    print(f"  known {sentence}: {fails_since}")
                    return function
                self.failed += 1
                print(f"  FAIL {sentence}: {type(error).__name__}: {str(error)[:600]}")
                place = traceback.extract_tb(error.__traceback__)[-1]
                print(f"       at {place.filename.rsplit('/', 2)[-1]}:{place.lineno} {place.line}")
            else:
                if fails_since:
                    self.failed += 1
                    print(f"  FAIL {sentence}: passes now, so this reason is out of date: {fails_since}")
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


def finish(all_checks, watch):
    """Tells the sum, holds the answers against the documents, and ends the process."""
    check = Checks("Atlassian's documents")
    check("every answer fits them, or differs for a known reason")(watch.judge)
    everything = [*all_checks, check]
    passed, failed, known = (sum(getattr(one, name) for one in everything) for name in ("passed", "failed", "known"))
    print(f"\n{passed} passed, {failed} failed, {known} known to fail")
    sys.exit(1 if failed else 0)
