# SPDX-License-Identifier: GPL-2.0-or-later
"""One program under limits of time, memory and output.

crash ignores SIGTERM while a command runs, and a damaged core can make it spin
or ask for all memory: so there is always a SIGKILL behind, for its whole group.
"""
from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Callable, Dict, Iterator, List, Optional

MOST_OUTPUT = 64 << 20  # vgpu's JSON is kilobytes
MOST_ERRORS = 1 << 20
GRACE_S = 3.0  # from SIGTERM to SIGKILL
TICK_S = 0.1
FIRST_TICK_S = 0.001  # who has closed its pipes most often ends at once
LAUNCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.py")


@dataclass
class Limits:
    seconds: float = 600
    memory: int = 8 << 30  # of address space; 0: none


@dataclass
class Ended:
    """How a program ended."""

    status: Optional[int] = None  # as subprocess has it: below 0 by a signal
    why: str = ""  # "", timed-out, output, stopped
    out: bytes = b""
    err: bytes = b""
    seconds: float = 0.0
    peak_kb: int = 0  # resident
    space_kb: int = 0  # address space


class _Child:
    def __init__(self, argv: List[str], cwd: bytes, env: Dict[str, str], limits: Limits,
                 stop: Callable[[], bool], data: Optional[bytes]) -> None:
        self.limits, self.stop = limits, stop
        self.ended = Ended()
        self.tick = FIRST_TICK_S
        self.began = time.monotonic()
        with _file(data) as stdin:
            self.p = subprocess.Popen(
                [sys.executable, "-I", "-S", LAUNCH, str(limits.memory), str(os.getpid()), *argv],
                cwd=cwd, env=env, stdin=stdin, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, start_new_session=True)

    def run(self) -> Ended:
        assert self.p.stdout and self.p.stderr
        try:
            with selectors.DefaultSelector() as sel:
                for pipe, most in ((self.p.stdout, MOST_OUTPUT), (self.p.stderr, MOST_ERRORS)):
                    os.set_blocking(pipe.fileno(), False)
                    sel.register(pipe, selectors.EVENT_READ, (bytearray(), most))
                sinks = [key.data[0] for key in sel.get_map().values()]
                self._watch(sel)
        finally:
            self._kill()
            self.p.stdout.close()
            self.p.stderr.close()
        self.ended.out, self.ended.err = bytes(sinks[0]), bytes(sinks[1])
        self.ended.status = self.p.returncode
        self.ended.seconds = time.monotonic() - self.began
        return self.ended

    def _watch(self, sel: selectors.BaseSelector) -> None:
        """Until it ends by itself or a limit is reached."""
        deadline = self.began + self.limits.seconds
        while True:
            self._read(sel)
            self._sample()
            if self._over():
                self._read(sel)  # what was still in the pipe
                return
            if self.ended.why:
                return
            if time.monotonic() > deadline:
                self.ended.why = "timed-out"
            elif self.stop():
                self.ended.why = "stopped"
            if self.ended.why:
                self._terminate(sel)
                return

    def _read(self, sel: selectors.BaseSelector) -> None:
        if not sel.get_map():
            time.sleep(self.tick)
            self.tick = min(2 * self.tick, TICK_S)
            return
        for key, _ in sel.select(TICK_S):
            sink, most = key.data
            part = os.read(key.fd, 1 << 20)
            if not part:
                sel.unregister(key.fileobj)
            elif len(sink) + len(part) <= most:
                sink += part
            elif most == MOST_OUTPUT:
                self.ended.why = "output"

    def _terminate(self, sel: selectors.BaseSelector) -> None:
        """Ask; run() kills afterwards whoever has not listened."""
        _signal(self.p.pid, signal.SIGTERM)
        until = time.monotonic() + GRACE_S
        while not self._over() and time.monotonic() < until:
            self._read(sel)

    def _over(self) -> bool:
        """Whether it has ended.  It is left unreaped, so that the number of its group
        cannot become another's before _kill()."""
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.p.pid, flags) is not None

    def _kill(self) -> None:
        # The group may outlive its leader: children that crash left behind.
        _signal(self.p.pid, signal.SIGKILL)
        self.p.wait()

    def _sample(self) -> None:
        try:
            with open(f"/proc/{self.p.pid}/status", "rb") as f:
                text = f.read()
        except OSError:
            return
        for name, field in ((b"VmHWM", "peak_kb"), (b"VmPeak", "space_kb")):
            found = re.search(name + rb":\s*(\d+) kB", text)
            if found:
                setattr(self.ended, field, max(getattr(self.ended, field), int(found.group(1))))


@contextmanager
def _file(data: Optional[bytes]) -> Iterator[int]:
    """A file to read the data from, which a pipe could not hold; or nothing."""
    if data is None:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as f:
        f.write(data)
        f.seek(0)
        yield f.fileno()


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass


def run(argv: List[str], cwd: bytes, env: Dict[str, str], limits: Limits,
        stop: Callable[[], bool] = lambda: False, data: Optional[bytes] = None) -> Ended:
    return _Child(argv, cwd, env, limits, stop, data).run()
