# SPDX-License-Identifier: GPL-2.0-or-later
"""debuginfod: a kernel's vmlinux from a server, where DEBUGINFOD_URLS names some.

elfutils' own debuginfod-find asks, and keeps what it gets in its cache: this program opens no
connection.  Each build-id is asked for once in a run.
"""
from __future__ import annotations

import os
import re
import shutil
import threading
from typing import Callable, Dict

from .child import Limits, run

PROGRAM = "debuginfod-find"
MOST_BYTES = 4 << 30  # of a file: a vmlinux with all of its types has some hundred MB
THEIRS = ("PATH", "HOME", "XDG_CACHE_HOME", "DEBUGINFOD_URLS", "DEBUGINFOD_CACHE_PATH",
          "DEBUGINFOD_HEADERS_FILE", "DEBUGINFOD_TIMEOUT", "DEBUGINFOD_PROGRESS",
          "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE")


class Debuginfod:
    def __init__(self, limits: Limits) -> None:
        self.program = shutil.which(PROGRAM) if os.environ.get("DEBUGINFOD_URLS") else None
        self.limits = Limits(limits.seconds, 0)
        self.known: Dict[str, bytes] = {}
        self.guard = threading.Lock()
        self.asked: Dict[str, threading.Lock] = {}

    def find(self, build_id: str, stop: Callable[[], bool]) -> bytes:
        """The file with the debugging information; b"" where there is none to be had."""
        if not self.program or not re.match(r"[0-9a-f]{16,128}\Z", build_id):
            return b""
        with self.guard:
            lock = self.asked.setdefault(build_id, threading.Lock())
        with lock:
            if build_id not in self.known:
                self.known[build_id] = self._ask(build_id, stop)
            return self.known[build_id]

    def _ask(self, build_id: str, stop: Callable[[], bool]) -> bytes:
        assert self.program
        env = {name: os.environ[name] for name in THEIRS if name in os.environ}
        env.update(DEBUGINFOD_MAXSIZE=str(MOST_BYTES),
                   DEBUGINFOD_MAXTIME=str(max(1, int(self.limits.seconds))))
        ended = run([self.program, "debuginfo", build_id], b"/", env, self.limits, stop)
        path = ended.out.strip()
        return path if ended.status == 0 and not ended.why and os.path.isfile(path) else b""
