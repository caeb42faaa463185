# SPDX-License-Identifier: GPL-2.0-or-later
"""Child processes: each has a time limit, and none outlives the lab."""

import os
import signal
import subprocess
import threading
import time

import steps

DEVNULL = subprocess.DEVNULL

_live: set[subprocess.Popen] = set()
_guard = threading.Lock()
_closing = False


def start(argv, **options) -> subprocess.Popen:
    """Start a child in a process group of its own.

    The kernel ends it when the lab itself is killed; end_all() does in all
    other cases.
    """
    with _guard:
        if _closing:
            raise steps.Failed("interrupted")
        child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *map(str, argv)],
            stdin=options.pop("stdin", subprocess.DEVNULL),
            start_new_session=True, **options)
        _live.add(child)
    return child


def end(child: subprocess.Popen) -> None:
    """End a child and what it started, if it still runs."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
    with _guard:
        _live.discard(child)


def end_all() -> None:
    """End every child, and let no other thread start a new one."""
    global _closing
    with _guard:
        _closing = True
        children = list(_live)
    for child in children:
        end(child)


def wait(child: subprocess.Popen, what: str, limit: float, progress=None):
    """Wait for a child within a limit; returns its exit status."""
    stop = time.monotonic() + limit
    while child.poll() is None:
        if time.monotonic() > stop:
            end(child)
            raise steps.Failed(f"{what}: not done after {limit:.0f} s")
        if progress:
            progress()
        try:
            child.wait(0.2)
        except subprocess.TimeoutExpired:
            pass
    end(child)
    return child.returncode


def run(argv, what: str, limit: float, progress=None, **options) -> str:
    """Run a command and return what it printed; its failure is ours."""
    child = start(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                  text=True, errors="replace", **options)
    output: list[str] = ["", ""]

    def drain(index, stream):
        output[index] = stream.read()

    readers = [threading.Thread(target=drain, args=pair, daemon=True)
               for pair in enumerate((child.stdout, child.stderr))]
    for reader in readers:
        reader.start()
    status = wait(child, what, limit, progress)
    for reader in readers:
        reader.join(5)
    if status:
        lines = (output[1] or output[0]).strip().splitlines()[-5:]
        raise steps.Failed(f"{what}: {argv[0]} exited with {status}\n  " +
                           "\n  ".join(map(steps.escape, lines)))
    return output[0]


def pipe(first, second, what: str, limit: float, progress=None) -> None:
    """first | second; the second may stop reading before the end."""
    producer = start(first, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    consumer = start(second, stdin=producer.stdout,
                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                     text=True, errors="replace")
    assert producer.stdout and consumer.stderr
    producer.stdout.close()
    try:
        status = wait(consumer, what, limit, progress)
        if status:
            error = consumer.stderr.read().strip()
            raise steps.Failed(f"{what}: {steps.escape(error)[-300:]}")
    finally:
        consumer.stderr.close()
        end(producer)
