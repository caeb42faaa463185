# SPDX-License-Identifier: GPL-2.0-or-later
"""What the user sees while the lab works, on stderr.

Each step ends as one line with its time. What is still running is shown live
on a terminal, and as a plain line every now and then in a log.
"""

import contextlib
import sys
import threading
import time


class Failed(Exception):
    """A step went wrong; the text says which and why."""


QUIET_SECONDS = 20

_running: dict[str, float] = {}
_notes: dict[str, str] = {}
_guard = threading.RLock()
_last_output = time.monotonic()


def escape(text: str) -> str:
    """Text of a guest may hold anything; a terminal gets printables only."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _print(text: str) -> None:
    global _last_output
    clear = "\r\033[K" if sys.stderr.isatty() else ""
    print(clear + text, file=sys.stderr, flush=True)
    _last_output = time.monotonic()


def say(text: str) -> None:
    with _guard:
        _print("\n".join(map(escape, text.splitlines())))


def note(name: str, text: str) -> None:
    """How far a running step is."""
    with _guard:
        if name in _running:
            _notes[name] = text


@contextlib.contextmanager
def step(name: str):
    started = time.monotonic()
    with _guard:
        _running[name] = started
    try:
        yield
    except BaseException:
        _end(name, started, "failed")
        raise
    _end(name, started, "done")


def _end(name: str, started: float, how: str) -> None:
    with _guard:
        _running.pop(name, None)
        _notes.pop(name, None)
        mark = "" if how == "done" else f" ({how})"
        _print(f"{time.monotonic() - started:7.1f} s  {name}{mark}")


def _status() -> str:
    now = time.monotonic()
    parts = []
    for name, started in _running.items():
        detail = f": {_notes[name]}" if name in _notes else ""
        parts.append(f"{name} {now - started:.0f} s{detail}")
    return escape("; ".join(parts))


def _tick() -> None:
    while True:
        time.sleep(0.5)
        with _guard:
            if not _running:
                continue
            if sys.stderr.isatty():
                print(f"\r\033[K  ... {_status()}"[:120], end="",
                      file=sys.stderr, flush=True)
            elif time.monotonic() - _last_output > QUIET_SECONDS:
                _print(f"      ...  {_status()}")


def start() -> None:
    threading.Thread(target=_tick, daemon=True).start()
