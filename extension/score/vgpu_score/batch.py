# SPDX-License-Identifier: GPL-2.0-or-later
"""Many cores, N at once.  A core that another run is at is left until the end."""
from __future__ import annotations

import fcntl
import os
import queue
import shutil
import tempfile
import threading
import time
from contextlib import contextmanager
from typing import Callable, Iterator, List, Optional, Tuple

from . import find
from .locks import Locks
from .progress import Progress
from .score import Scorer, Settings, Stopped, blank
from .store import Row, Store
from .text import visible

WAIT_S = 0.2  # between looks at a core that another run is at


@contextmanager
def workplace(parent: bytes, store: Store) -> Iterator[bytes]:
    """A folder for this run's files.  One that a killed run left is removed."""
    with store.locks.hold(Locks.WORK):
        _sweep(parent)
        place = tempfile.mkdtemp(prefix=b"vgpu-score.", dir=parent)
        fd = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(fd, fcntl.LOCK_EX)  # gone with the process, which tells _sweep()
        # Last: what has no mark is not swept, whosever it is.
        os.close(os.open(find.mark_of(place), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC,
                         0o600))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(fd)


def _sweep(parent: bytes) -> None:
    """A name alone tells nothing: the folder of results may be called so."""
    for name in os.listdir(parent):
        path = os.path.join(parent, name)
        if not find.is_workplace(path):
            continue
        try:
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except OSError:
            pass  # somebody is at work there
        finally:
            os.close(fd)


class Batch:
    def __init__(self, settings: Settings, store: Store, progress: Progress, jobs: int) -> None:
        self.settings, self.store, self.progress, self.jobs = settings, store, progress, jobs
        self.todo: "queue.Queue[Tuple[find.Given, float]]" = queue.Queue()
        self.done: "queue.Queue[Tuple[Optional[Row], bool, bytes]]" = queue.Queue()
        self.stopping = threading.Event()
        self.broken: Optional[BaseException] = None

    def run(self, cores: List[find.Given], each: Callable[[Row, bool], None],
            pulse: Callable[[], None]) -> None:
        """each(row, reused) for every core as it is done; pulse() now and then."""
        for given in cores:
            self.todo.put((given, 0.0))
        left = len(cores)
        workers = [threading.Thread(target=self._work, daemon=True)
                   for _ in range(min(self.jobs, left))]
        for w in workers:
            w.start()
        try:
            while left and any(w.is_alive() for w in workers) or not self.done.empty():
                left -= self._take(each)
                pulse()
        finally:
            self.stopping.set()
            for w in workers:
                w.join()
        if self.broken:
            raise self.broken

    def _take(self, each: Callable[[Row, bool], None]) -> int:
        try:
            row, reused, path = self.done.get(timeout=0.1)
        except queue.Empty:
            self.progress.draw()
            return 0
        if row:
            each(row, reused)
        else:
            self.progress.left(visible(path))
        return 1

    def _work(self) -> None:
        while not self.stopping.is_set():
            try:
                given, not_before = self.todo.get(timeout=WAIT_S)
            except queue.Empty:
                # Cores that others are at come back into the queue, so there is
                # an end only when all are done: run() says so.
                continue
            if time.monotonic() < not_before:
                time.sleep(WAIT_S)
            try:
                self._one(given)
            except BaseException as e:  # the results cannot be written: no use to go on
                self.broken = e
                self.stopping.set()

    def _one(self, given: find.Given) -> None:
        try:
            lock = Locks.of(find.content(given))
        except OSError as e:
            given.state, given.code = "failed", "unreadable"
            given.reason = f"cannot be read: {e.strerror}"
            self._finish(blank(given), False)
            return
        if not self.store.locks.attempt(lock):
            self.todo.put((given, time.monotonic() + WAIT_S))
            return
        try:
            row, reused = self._score(given)
            if row.code == "changed":  # perhaps it was just being copied here
                find.look(given)
                if given.state == "core":
                    row, reused = self._score(given)
            self._finish(row, reused)
        except Stopped:
            self.done.put((None, False, given.path))
        finally:
            self.store.locks.release(lock)

    def _score(self, given: find.Given) -> Tuple[Row, bool]:
        scorer = Scorer(given, self.settings, self.store, self.stopping.is_set,
                        lambda step: self.progress.step(visible(given.path), step))
        return scorer.score(), scorer.reused

    def _finish(self, row: Row, reused: bool) -> None:
        self.store.save([row])
        self.done.put((row, reused, row.path))
