# SPDX-License-Identifier: GPL-2.0-or-later
"""A run by many machines: what is told to them, what each of them does, and the end.

    Crew   on the machine where it was called: makes a plan, and gives it to Slurm or to ssh
    Chunk  on one of many: scores the files of a chunk into a folder of its own
    Merge  after all of them: one folder of results, and another plan for what was lost
"""
from __future__ import annotations

import argparse
import os
from typing import List, Set

from . import engines, fleet
from .find import Given, walk
from .options import OK, SOME_FAILED, Refused, half
from .progress import Progress
from .session import Session
from .store import Store
from .text import plural, visible


class Crew(Session):
    def run(self) -> int:
        if self.options.slurm is not None and self.options.sshlogin:
            raise Refused("--slurm and --sshlogin are two ways to the same")
        return super().run()

    def _all(self, settings, store: Store) -> int:
        o, done = self.options, 0
        for plan in fleet.before(self.folder):  # of a run that was lost: what it did counts
            fleet.gather(plan, store)
            fleet.remove(plan)
        every = walk([os.fsencode(p) for p in o.paths], self.folder)
        files = every if o.again else self._unknown(every, store, {d.id for d in settings.doors})
        options = {name: getattr(o, name) for name in fleet.OPTIONS}
        if not files:
            return self._end(store, every)
        plan = fleet.make(self.folder, files, options, os.getcwd())
        words = f"{plural(len(files), 'file')} in {plural(plan.chunks, 'chunk')}"
        if o.slurm is not None:
            array, merge = self._submit(plan)
            self._say(f"{words}: Slurm's jobs {array}, and {merge} which puts the results together")
            return OK
        while True:
            self._say(words)
            engines.ssh(plan, self.launcher)
            left = fleet.gather(plan, store)
            fleet.remove(plan)
            done += 1
            if not left or done == fleet.ROUNDS:
                return self._end(store, every, left)
            files, words = left, f"{plural(len(left), 'file')} more, of chunks that were lost"
            plan = fleet.make(self.folder, files, options, os.getcwd())

    @property
    def launcher(self) -> str:
        return os.path.join(self.here, "vgpu-score")

    def _submit(self, plan: fleet.Plan) -> List[str]:
        try:
            return engines.slurm(plan, self.launcher)
        except Refused:
            fleet.remove(plan)
            raise

    def _unknown(self, files: List[Given], store: Store, ids: Set[str]) -> List[Given]:
        """Without those that have a score which still holds."""
        found = []
        for g in files:
            row = store.at(g.path)
            if not row or row.state != "scored" or not fleet.settled(row, g, ids):
                found.append(g)
        return found

    def _say(self, words: str) -> None:
        if not self.options.quiet:
            print(words, flush=True)

    def _end(self, store: Store, every: List[Given], left: List[Given] = ()) -> int:  # type: ignore
        """The report, and the status of a run of these files."""
        self._report(store)
        for g in every:
            row = store.at(g.path)
            if row:
                self.rows.append(row)
                self.missing.add(row)
        self._summary(Progress(len(every), self.options.quiet))
        for g in left[:10]:
            print(f"no row: {visible(g.path)}", flush=True)
        if left:
            print(f"{plural(len(left), 'file')} without a row, of chunks that were lost: start it "
                  "again and it goes on", flush=True)
        return self._status() or (SOME_FAILED if left else OK)


def _options(plan: fleet.Plan, output: bytes, **more) -> argparse.Namespace:
    os.chdir(plan.cwd)  # names on the command line are of there
    told = {**plan.options, "output": os.fsdecode(output), "paths": [], "again": False, "forget": [],
            "mark": [], "note": []}
    return argparse.Namespace(**{**told, **more})


class Chunk(Session):
    def __init__(self, plan: str, number: int, here: str) -> None:
        self.plan = _read(plan)
        if not 0 <= number < self.plan.chunks:
            raise Refused(f"there is no chunk {number} in {visible(plan)}")
        self.number = number
        jobs = self.plan.options["jobs"] or int(os.environ.get("SLURM_CPUS_PER_TASK") or 0) or half()
        super().__init__(_options(self.plan, self.plan.part(number), on_new=None, jobs=jobs), here)

    def run(self) -> int:
        self._score()
        return OK  # what failed has a row that says so

    def _given(self, store: Store, ids: Set[str]) -> List[Given]:
        """Those of the chunk that an earlier try has not done."""
        return [g for g in self.plan.files(self.number)
                for row in [store.at(g.path)] if not row or not fleet.settled(row, g, ids)]

    def _report(self, store: Store) -> None:
        self.dirty = False  # that of all chunks is enough

    def _summary(self, progress: Progress) -> None:
        pass


class Merge(Crew):
    def __init__(self, plan: str, here: str) -> None:
        self.plan = _read(plan)
        super().__init__(_options(self.plan, self.plan.results), here)

    def run(self) -> int:
        plan, store = self.plan, Store(self.folder)
        try:
            if self.announcer:
                store.begin_announcing()
            every = [g for n in range(plan.chunks) for g in plan.files(n)]
            left = fleet.gather(plan, store)
            if left and plan.round < fleet.ROUNDS:
                again = fleet.make(self.folder, left, plan.options, plan.cwd, plan.round + 1)
                array, merge = self._submit(again)
                self._say(f"{plural(len(left), 'file')} more, of chunks that were lost: Slurm's jobs "
                          f"{array} and {merge}")
                left = []
            fleet.remove(plan)
            return self._end(store, every, left)
        finally:
            store.close()


def _read(plan: str) -> fleet.Plan:
    try:
        return fleet.read(os.path.abspath(os.fsencode(plan)))
    except (OSError, ValueError, KeyError) as e:
        raise Refused(f"there is no plan {visible(plan)}: it was done, or another run has taken its "
                      "results over") from e
