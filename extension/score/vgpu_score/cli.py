# SPDX-License-Identifier: GPL-2.0-or-later
"""Options, the order of a run, and its exit status."""
from __future__ import annotations

import argparse
import io
import os
import re
import signal
import sqlite3
import sys
import time
from typing import List, Optional

from . import VERSION, find, reports
from .batch import Batch, workplace
from .child import Limits
from .crash import Missing, pair
from .door import Door, NoDoor
from .program import program
from .progress import Progress
from .score import Settings, blank
from .store import Row, Store, Unusable
from .text import failure, visible

OK, SOME_FAILED, USAGE, OVER = 0, 1, 2, 3
REPORT_EVERY_S = 60.0  # so that a long run can be looked at

EPILOG = """\
exit status:
  0  every core has a score
  1  some have none: each row says why
  2  wrong usage, no such file, nothing to open cores with, or the results cannot be written
  3  a score is over the one given with --fail-over
  129, 130, 143  interrupted (SIGHUP, SIGINT, SIGTERM): start it again and it goes on
"""


def size(word: str) -> int:
    """8G, 512M, 0: bytes."""
    found = re.match(r"(\d+)([KMGT]?)\Z", word.upper())
    if not found:
        raise argparse.ArgumentTypeError(f"not a size such as 8G: {word!r}")
    return int(found.group(1)) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[found.group(2)]


def positive(word: str) -> int:
    if not word.isdecimal() or not 0 < int(word) <= 1024:
        raise argparse.ArgumentTypeError(f"not a number from 1 to 1024: {word!r}")
    return int(word)


def seconds(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = 0
    if not 0 < value < 1e7:
        raise argparse.ArgumentTypeError(f"not a number of seconds: {word!r}")
    return value


def points(word: str) -> int:
    if not word.isdecimal() or int(word) > 100:
        raise argparse.ArgumentTypeError(f"not a score from 0 to 100: {word!r}")
    return int(word)


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="vgpu-score", usage="%(prog)s [options] CORE|FOLDER...\n       %(prog)s [-o DIR] --forget PATH", epilog=EPILOG,
        description="Score every kernel core in a folder with vgpu, most urgent first.",
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    add = p.add_argument
    add("paths", nargs="*", metavar="CORE|FOLDER", help="a core, or a folder that has some")
    add("-j", "--jobs", type=positive, metavar="N", default=max(1, (os.cpu_count() or 1) // 2),
        help="cores at once (default: half of the CPUs)")
    add("-o", "--output", metavar="DIR", default="vgpu-scores",
        help="folder of results (default: vgpu-scores)")
    add("--vgpu", metavar="PATH", default="",
        help="the program vgpu, which reads a core alone (default: vgpu beside this program, "
             "or in PATH)")
    add("--crash", action="append", metavar="CRASH[:SO]", default=[],
        help="a crash and the vgpu.so built for it, for cores that the program cannot read; may "
             "be given again, and they are tried in this order (default: crash, if there is one, "
             "and the vgpu.so beside this program or where crash looks for extensions)")
    add("--door", choices=("program", "crash"), help="open cores only by this one of the two")
    add("--debug-dir", action="append", metavar="DIR", default=[],
        help="where to look for the kernel's modules, and its vmlinux for crash; may be given "
             "again (default: /usr/lib/debug; beside the core is always looked)")
    add("--timeout", type=seconds, metavar="SECONDS", default=600.0,
        help="for each try to open a core, for unpacking and for reading headers (default: 600)")
    add("--memory", type=size, metavar="SIZE", default=8 << 30,
        help="address space that vgpu, or crash, may have; 0: no limit (default: 8G)")
    add("--tmp", metavar="DIR", help="where cores are unpacked (default: the folder of results)")
    add("--max-unpacked", type=size, metavar="SIZE", default=1 << 40,
        help="the most that one core may become by unpacking (default: 1T)")
    add("--again", action="store_true", help="do unchanged cores again too")
    add("--forget", action="append", metavar="PATH", default=[],
        help="drop the rows of this file, or of all files in this folder, from the results; "
             "may be given again")
    add("--fail-over", type=points, metavar="N", help="exit with 3 if a score is over N")
    add("-q", "--quiet", action="store_true", help="no line for each core and no bar")
    add("--version", action="version", version=f"vgpu-score {VERSION}")
    return p


class Refused(Exception):
    """What the command line names is not there: nothing was done."""


class Interrupted(BaseException):
    """To leave in order, with what was done so far."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _interrupt(number, frame) -> None:
    raise Interrupted(number)


def doors(o: argparse.Namespace, here: str) -> List[Door]:
    """In the order in which they are tried.  What the user named must be there; of what is
    only usual, one is enough."""
    found: List[Door] = []
    why: List[str] = []
    if o.door != "crash":
        try:
            found.append(program(o.vgpu, here))
        except NoDoor as e:
            if o.vgpu or o.door:
                raise
            why.append(str(e))
    if o.door != "program":
        try:
            found += [pair(word, here) for word in o.crash or ["crash"]]
        except NoDoor as e:
            if o.crash or o.door:
                raise
            if not found:
                raise NoDoor("; ".join([*why, str(e)])) from e
            found.append(Missing(str(e)))
    return found


def _listen() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup and & in a script leave it
            signal.signal(number, _interrupt)


class Session:
    """One start of the program: from its options to its exit status."""

    def __init__(self, options: argparse.Namespace, here: str) -> None:
        self.options, self.here = options, here
        self.folder = os.path.abspath(os.fsencode(options.output))
        self.rows: List[Row] = []
        self.dirty = False
        self.reported = time.monotonic()

    def run(self) -> int:
        o = self.options
        missing = [p for p in o.paths if find.is_missing(os.fsencode(p))]
        if missing:
            raise Refused(f"there is no {' and no '.join(map(visible, missing))}")
        if o.forget:
            self._forget()
        return self._score() if o.paths else OK

    def _forget(self) -> None:
        if not os.path.isdir(self.folder):
            raise Refused(f"there is no folder of results {visible(self.folder)}")
        store = Store(self.folder)
        try:
            # "", a variable that is not set, is not the folder that one is in.
            paths = [os.path.abspath(os.fsencode(p)) if p else b"" for p in self.options.forget]
            missing = [visible(p) or "''" for p in paths if not p or not store.has_below(p)]
            if missing:
                raise Refused(f"there is no row of {' and none of '.join(missing)}")
            for path in paths:
                store.forget_below(path)
            self._report(store)
        finally:
            store.close()

    def _score(self) -> int:
        o = self.options
        ways = doors(o, self.here)
        os.makedirs(self.folder, exist_ok=True)
        store = Store(self.folder)
        parent = os.path.abspath(os.fsencode(o.tmp)) if o.tmp else self.folder
        with workplace(parent, store) as work:
            folders = [os.path.abspath(os.fsencode(d)) for d in o.debug_dir or ["/usr/lib/debug"]]
            settings = Settings(ways, folders, Limits(o.timeout, o.memory), work,
                                o.max_unpacked, o.again)
            try:
                return self._all(settings, store)
            finally:
                store.close()

    def _all(self, settings: Settings, store: Store) -> int:
        given = find.walk([os.fsencode(p) for p in self.options.paths], self.folder)
        for g in given:
            find.look(g)
        cores = [g for g in given if g.state == "core"]
        progress = Progress(len(cores), self.options.quiet)
        self._at_once([g for g in given if g.state != "core"], store, progress)

        def each(row: Row, reused: bool) -> None:
            self.rows.append(row)
            self.dirty = True
            progress.finished(row, reused)

        def pulse() -> None:
            if self.dirty and time.monotonic() - self.reported > REPORT_EVERY_S:
                self._report(store)

        try:
            Batch(settings, store, progress, self.options.jobs).run(cores, each, pulse)
        finally:
            progress.clear()
            self._report(store)
        states = [r.state for r in self.rows]
        progress.close(*(states.count(s) for s in ("scored", "failed", "skipped")))
        if not self.options.quiet:
            progress.say(f"report: {visible(os.path.join(self.folder, b'index.html'))}")
        return self._status()

    def _at_once(self, given: List[find.Given], store: Store, progress: Progress) -> None:
        """Files whose first bytes said all there is to say."""
        rows = [blank(g) for g in given]
        store.save(rows)
        self.rows += rows
        for row in rows:
            if row.state == "failed":
                progress.total += 1
                progress.finished(row, False)

    def _report(self, store: Store) -> None:
        reports.write(store, self.folder)
        self.dirty, self.reported = False, time.monotonic()

    def _status(self) -> int:
        over = self.options.fail_over
        if over is not None and any(r.score is not None and r.score > over for r in self.rows):
            return OVER
        return SOME_FAILED if any(r.state == "failed" for r in self.rows) else OK


def main(here: str, argv: Optional[List[str]] = None) -> int:
    """here: the folder of the program, where vgpu and vgpu.so may lie."""
    # Lines go where nobody may be: to what was closed, or in another encoding.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")
    for f in (sys.stdout, sys.stderr):
        if isinstance(f, io.TextIOWrapper):
            f.reconfigure(errors="backslashreplace")
    p = parser()
    options = p.parse_args(argv)
    if not options.paths and not options.forget:
        p.error("the following arguments are required: CORE|FOLDER")
    _listen()
    try:
        return Session(options, here).run()
    except (NoDoor, Refused, Unusable) as why:
        print(f"vgpu-score: {why}", file=sys.stderr)
    except sqlite3.Error as e:
        print(f"vgpu-score: scores.sqlite cannot be written: {e}", file=sys.stderr)
    except OSError as e:
        where = "" if e.filename else f" (in {visible(options.output)} or --tmp)"
        print(f"vgpu-score: {failure(e)}{where}", file=sys.stderr)
    except Interrupted as by:
        print("vgpu-score: interrupted; start it again and it goes on", file=sys.stderr)
        return 128 + by.number
    return USAGE
