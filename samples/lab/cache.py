# SPDX-License-Identifier: GPL-2.0-or-later
"""Where finished things are kept, and how they get there whole.

Everything the lab downloads or builds lives under one folder that outlives
the checkout. A folder in it is either finished or absent: it is built beside
its final name and renamed at the end.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import time

import steps


def root() -> pathlib.Path:
    """The cache: $VGPU_CACHE, or vgpu in the user's cache folder."""
    chosen = os.environ.get("VGPU_CACHE")
    if chosen:
        return pathlib.Path(chosen).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "vgpu"


@contextlib.contextmanager
def lock(name: str):
    """One process at a time for each name; the others wait."""
    folder = root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name.replace("/", "_"), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            steps.say(f"waiting for another process ({name})")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def place(name: str, places: int):
    """At most so many processes at a time; the others wait."""
    folder = root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(open(folder / f"{name}-{i}", "w"))
                 for i in range(places)]
        told = False
        while not any(_try(file) for file in files):
            if not told:
                steps.say(f"waiting for a place ({name})")
            told = True
            time.sleep(1)
        yield


def _try(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


@contextlib.contextmanager
def building(final: pathlib.Path):
    """A new folder that takes the place of `final` once all went well.

    Call with the lock of that folder held: leftovers of a build that was
    killed are removed here.
    """
    new = final.with_name(final.name + ".new")
    old = final.with_name(final.name + ".old")
    final.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir()
    try:
        yield new
        if final.exists():
            final.rename(old)
        new.rename(final)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def write(path: pathlib.Path, text: str) -> None:
    """Replace a file at once."""
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    new.rename(path)
