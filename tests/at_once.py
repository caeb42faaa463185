# SPDX-License-Identifier: GPL-2.0-or-later
"""Run unittest's tests some at once, in processes that each run one after the other.

Not in threads: what one test forks while another writes a program has that program's file open
until it executes, and whoever runs the program meanwhile is told "Text file busy".
"""

from __future__ import annotations

import multiprocessing
import pathlib
import re
import sys
import unittest
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

AT_ONCE = 4  # they mostly wait: for a time limit to pass, for another program to end


class Told(NamedTuple):
    """What a test came to: a TestResult has the test itself, which no pipe takes."""
    test: str
    wrong: list[str]
    skipped: list[str]


# A forked worker has them as they were found: by their places alone it is told which to run.
_found: list[unittest.TestCase] = []


def _each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _each(test)
        else:
            yield test


def _run(place: int) -> Told:
    result = unittest.TestResult()
    test = _found[place]
    test.run(result)
    wrong = [why for _, why in result.failures + result.errors]
    wrong += ["was expected to fail, and did not"] * len(result.unexpectedSuccesses)
    return Told(test.id(), wrong, [why for _, why in result.skipped])


def main(what: str, here: pathlib.Path, modules: list[str]) -> int:
    """The tests of these modules, or of all test_*.py in here, and the line that ends them."""
    loader = unittest.defaultTestLoader
    names = [re.sub(r"\.py$", "", name) for name in modules]
    suite = loader.loadTestsFromNames(names) if names else loader.discover(str(here))
    _found[:] = _each(suite)
    passed = failed = skipped = 0
    sys.stdout.flush()
    with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("fork")) as pool:
        for told in pool.map(_run, range(len(_found))):
            for why in told.wrong:
                print(f"FAILED {told.test}\n{why}", flush=True)
            for why in told.skipped:
                print(f"skipped {told.test}: {why}", flush=True)
            failed += bool(told.wrong)
            skipped += bool(told.skipped)
            passed += not told.wrong and not told.skipped
    print(f"{what}: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0
