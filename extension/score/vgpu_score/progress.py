# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run shows while it works: a bar on a terminal, a line for each core elsewhere."""
from __future__ import annotations

import os
import shutil
import sys
import time
from typing import Dict, Optional, TextIO

from .store import Row
from .text import plural, short

REDRAW_S = 0.2


def row_line(row: Row, reused: bool) -> str:
    """One core on one line."""
    took = "unchanged" if reused else f"{row.seconds:.1f} s"
    if row.state == "scored":
        return f"{row.score:>3}  {row.cause:<20} {row.name}  ({took})"
    return f"  -  {row.state + ': ' + row.code:<20} {row.name}: {row.reason}"


class Progress:
    """The bar goes to standard error, so that lines can be kept apart from it."""

    def __init__(self, total: int, quiet: bool, out: Optional[TextIO] = None,
                 err: Optional[TextIO] = None) -> None:
        self.total, self.quiet = total, quiet
        self.out, self.err = out or sys.stdout, err or sys.stderr
        self.bar = self.err.isatty() and not quiet
        self.done = self.failed = self.fresh = 0
        self.began = time.monotonic()
        self.drawn = 0.0
        self.doing: Dict[str, str] = {}

    def step(self, name: str, step: str) -> None:
        self.doing[name] = step

    def finished(self, row: Row, reused: bool) -> None:
        self.done += 1
        self.fresh += not reused and row.seconds > 0  # told by more than its first bytes
        self.failed += row.state == "failed"
        self.doing.pop(row.name, None)
        if not self.quiet:
            self.clear()
            self.say(row_line(row, reused))
        self.draw(True)

    def left(self, name: str) -> None:
        self.doing.pop(name, None)

    def rate(self) -> float:
        """Rows per minute; those that were done before do not count."""
        return self.fresh * 60 / max(time.monotonic() - self.began, 1e-3)

    def draw(self, now: bool = False) -> None:
        if not self.bar or not now and time.monotonic() - self.drawn < REDRAW_S:
            return
        self.drawn = time.monotonic()
        width = shutil.get_terminal_size().columns
        cells = 24
        full = cells * self.done // max(self.total, 1)
        words = (f"[{'#' * full}{'.' * (cells - full)}] {self.done}/{self.total}"
                 f"{self._failures()}{self._eta()}{self._doing()}")
        self._show("\r\x1b[K" + short(words, max(width - 1, 20)))

    def _failures(self) -> str:
        return f", {self.failed} failed" if self.failed else ""

    def _eta(self) -> str:
        if not self.fresh or self.done >= self.total:
            return ""
        left = (self.total - self.done) * 60 / self.rate()
        return f", {self.rate():.1f}/min, {int(left) // 60}:{int(left) % 60:02} left"

    def _doing(self) -> str:
        now = [f"{step} {name.rsplit('/', 1)[-1]}" for name, step in list(self.doing.items())]
        return "  " + ", ".join(now) if now else ""

    def clear(self) -> None:
        if self.bar:
            self._show("\r\x1b[K")

    def _show(self, words: str) -> None:
        try:
            self.err.write(words)
            self.err.flush()
        except OSError:  # the terminal has gone, as when a connection ends
            self.bar = False

    def close(self, scored: int, failed: int, skipped: int) -> None:
        self.clear()
        words = [f"{scored} scored", f"{failed} failed"]
        if skipped:
            words.append(f"{plural(skipped, 'file')} not a core" if skipped == 1
                         else f"{skipped} files not cores")
        seconds = time.monotonic() - self.began
        rate = f", {self.rate():.1f} rows/min" if self.fresh else ""
        self.say(f"{', '.join(words)} in {seconds:.1f} s{rate}")

    def say(self, words: str) -> None:
        """A reader that has left, such as head, or a full log is no reason to stop scoring."""
        try:
            print(words, file=self.out, flush=True)
        except OSError:
            self.out = open(os.devnull, "w", encoding="ascii", errors="replace")
            os.dup2(self.out.fileno(), 1)  # for what Python writes when it ends
