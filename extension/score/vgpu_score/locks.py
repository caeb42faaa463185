# SPDX-License-Identifier: GPL-2.0-or-later
"""Locks between runs: bytes of one file, so that none is left behind.

Each run holds one on the core it is at, whose place follows from the core's contents.  The
kernel drops it if the run dies.
"""
from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager
from typing import Iterator


class Locks:
    SETUP, REPORT, WORK = 0, 1, 2

    def __init__(self, path: bytes) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        # The kernel's locks are the process's: between its threads these count.
        self.guard = threading.Lock()
        self.mine: dict = {}

    @staticmethod
    def of(content: str) -> int:
        return 16 + int(content[:15], 16)

    def _own(self, byte: int) -> threading.Lock:
        with self.guard:
            return self.mine.setdefault(byte, threading.Lock())

    @contextmanager
    def hold(self, byte: int) -> Iterator[None]:
        with self._own(byte):
            fcntl.lockf(self.fd, fcntl.LOCK_EX, 1, byte)
            try:
                yield
            finally:
                fcntl.lockf(self.fd, fcntl.LOCK_UN, 1, byte)

    def attempt(self, byte: int) -> bool:
        """Take it if nobody has it; release() gives it back."""
        if not self._own(byte).acquire(blocking=False):
            return False
        try:
            fcntl.lockf(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
            return True
        except OSError:
            self._own(byte).release()
            return False

    def release(self, byte: int) -> None:
        fcntl.lockf(self.fd, fcntl.LOCK_UN, 1, byte)
        self._own(byte).release()

    def close(self) -> None:
        os.close(self.fd)
