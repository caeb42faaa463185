# SPDX-License-Identifier: GPL-2.0-or-later
"""The order of a run, from its options to its exit status."""
from __future__ import annotations

import argparse
import os
import sys
import time
from typing import List, Set

from . import find, marks, reports
from .announce import Announcer
from .batch import Batch, workplace
from .child import Limits
from .crash import Missing, pair
from .debuginfod import Debuginfod
from .door import Door, NoDoor
from .options import OK, OVER, SOME_FAILED, Refused, half
from .program import program
from .progress import Progress
from .score import Settings, blank
from .store import Row, Store
from .text import plural, visible
from .types_missing import TypesMissing

REPORT_EVERY_S = 60.0  # so that a long run can be looked at


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


class Session:
    """One start of the program: from its options to its exit status."""

    def __init__(self, options: argparse.Namespace, here: str) -> None:
        self.options, self.here = options, here
        self.folder = os.path.abspath(os.fsencode(options.output))
        self.rows: List[Row] = []
        self.missing = TypesMissing()
        self.announcer = Announcer(options.on_new) if options.on_new is not None else None
        self.dirty = False
        self.reported = time.monotonic()
        self.patience = REPORT_EVERY_S

    def run(self) -> int:
        o = self.options
        missing = [p for p in o.paths if find.is_missing(os.fsencode(p))]
        if missing:
            raise Refused(f"there is no {' and no '.join(map(visible, missing))}")
        if o.mark or o.note or o.forget:
            self._change()
        return self._score() if o.paths else OK

    def _change(self) -> None:
        """What the results say, without a core."""
        o = self.options
        if not os.path.isdir(self.folder):
            raise Refused(f"there is no folder of results {visible(self.folder)}")
        store = Store(self.folder)
        try:
            # "", a variable that is not set, is not the folder that one is in.
            paths = [os.path.abspath(os.fsencode(p)) if p else b"" for p in o.forget]
            missing = [visible(p) or "''" for p in paths if not p or not store.has_below(p)]
            if missing:
                raise Refused(f"there is no row of {' and none of '.join(missing)}")
            marks.change(store, o.mark, o.note)
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
        if self.announcer:
            store.begin_announcing()
        parent = os.path.abspath(os.fsencode(o.tmp)) if o.tmp else self.folder
        with workplace(parent, store) as work:
            folders = [os.path.abspath(os.fsencode(d)) for d in o.debug_dir or ["/usr/lib/debug"]]
            settings = Settings(ways, folders, Limits(o.timeout, o.memory), work,
                                o.max_unpacked, o.again, Debuginfod(Limits(o.timeout)))
            try:
                return self._all(settings, store)
            finally:
                store.close()

    def _given(self, store: Store, ids: Set[str]) -> List[find.Given]:
        """The files to look at.  ids: of the vgpus that there are."""
        return find.walk([os.fsencode(p) for p in self.options.paths], self.folder)

    def _all(self, settings: Settings, store: Store) -> int:
        given = self._given(store, {d.id for d in settings.doors})
        for g in given:
            find.look(g)
        cores = [g for g in given if g.state == "core"]
        progress = Progress(len(cores), self.options.quiet)
        self._at_once([g for g in given if g.state != "core"], store, progress)

        def each(row: Row, reused: bool) -> None:
            self.rows.append(row)
            if row.state == "skipped":  # a text that the program says is no log
                progress.total -= 1
                progress.left(row.name)
                return
            self.missing.add(row)
            self.dirty = True
            progress.finished(row, reused)

        def pulse() -> None:
            if self.dirty and time.monotonic() - self.reported > self.patience:
                self._report(store)

        try:
            Batch(settings, store, progress, self.options.jobs or half()).run(cores, each, pulse)
        finally:
            progress.clear()
            self._report(store)
        self._summary(progress)
        return self._status()

    def _summary(self, progress: Progress) -> None:
        states = [r.state for r in self.rows]
        progress.close(*(states.count(s) for s in ("scored", "failed", "skipped")))
        if not self.options.quiet:
            for line in self.missing.words():
                progress.say(line)
            progress.say(f"report: {visible(os.path.join(self.folder, b'index.html'))}")
        if self.announcer and self.announcer.failed:
            print(f"vgpu-score: {plural(len(self.announcer.failed), 'signature')} not told by --on-new: "
                  "the next run calls it again", file=sys.stderr)

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
        began = time.monotonic()
        whole = reports.write(store, self.folder)
        if self.announcer:
            for line in self.announcer.tell(store, whole, self.folder):
                print(f"vgpu-score: {line}", file=sys.stderr)
        self.dirty, self.reported = False, time.monotonic()
        # Of a large folder it takes long, and must not take most of the time.
        self.patience = max(REPORT_EVERY_S, 10 * (self.reported - began))

    def _status(self) -> int:
        over = self.options.fail_over
        if over is not None and any(r.score is not None and r.score > over for r in self.rows):
            return OVER
        lost = self.announcer is not None and self.announcer.failed
        return SOME_FAILED if lost or any(r.state == "failed" for r in self.rows) else OK
