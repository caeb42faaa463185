# SPDX-License-Identifier: GPL-2.0-or-later
"""The files given: every one of a folder, and which of them are cores.

Every file has a row in the end, so one that is no core is listed too, as skipped.
"""
from __future__ import annotations

import functools
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from typing import Iterable, Iterator, List, Optional, Tuple

from . import formats, packed

# What kdump-tools keeps beside its cores to write one at a time: always empty.
LOCKS = (b"kdump_lock",)


@dataclass
class Given:
    """A file, and what a look at its first bytes said."""

    path: bytes  # absolute, as the file system has it
    named: bool = False  # on the command line, not found in a folder
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    device: int = 0
    packing: str = ""  # xz, gz, zst
    state: str = "core"  # core, skipped, failed
    code: str = ""
    reason: str = ""

    def stamp(self, s: os.stat_result) -> None:
        self.size, self.mtime_ns = s.st_size, s.st_mtime_ns
        self.inode, self.device = s.st_ino, s.st_dev

    def unchanged(self) -> bool:
        try:
            s = os.stat(self.path)
        except OSError:
            return False
        return (s.st_size, s.st_mtime_ns, s.st_ino) == (self.size, self.mtime_ns, self.inode)


# What the reports are called: in the folder of results, and in its folder `cores`.
OWN_FILE = re.compile(rb"(scores\.(sqlite(-journal)?|jsonl|csv)|index\.html)(\.\d+\.part)?\Z|\.lock\Z")
OWN_PAGE = re.compile(rb"[0-9a-f]{16}\.html(\.\d+\.part)?\Z")

WORKPLACE = re.compile(rb"vgpu-score\.[a-z0-9_]{8}\Z")  # where a run unpacks, as mkdtemp names it
MARK = b".vgpu-score-work"  # in it, so that nobody else's folder is taken for one


def mark_of(place: bytes) -> bytes:
    return os.path.join(place, MARK)


def is_workplace(path: bytes) -> bool:
    """Did a run of this user's make it?  Only such a folder is removed or left out."""
    if not WORKPLACE.match(os.path.basename(path)):
        return False
    try:
        mark = os.lstat(mark_of(path))
    except OSError:
        return False
    return stat.S_ISREG(mark.st_mode) and mark.st_uid == os.geteuid()


def _is_results(folder: bytes) -> bool:
    """Did a run leave its results there: this one's, or another's?"""
    return all(os.path.isfile(os.path.join(folder, name)) for name in (b"scores.sqlite", b".lock"))


def _own_files(folder: bytes) -> Optional[re.Pattern]:
    """What of this folder is vgpu-score's own.  Cores may lie beside it."""
    if _is_results(folder):
        return OWN_FILE
    if os.path.basename(folder) == b"cores" and _is_results(os.path.dirname(folder)):
        return OWN_PAGE
    return None


def _inode(path: bytes) -> Optional[Tuple[int, int]]:
    try:
        s = os.stat(path)
    except OSError:
        return None
    return s.st_dev, s.st_ino


def is_missing(path: bytes) -> bool:
    """Nothing has that name: most likely it was typed wrong."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        pass  # there, or not to be told: look() says why
    return False


def walk(paths: Iterable[bytes], leave_out: bytes) -> List[Given]:
    """Every file once, in the order of names; leave_out is the folder of results."""
    found: List[Given] = []
    seen = set()
    for path in paths:
        path = os.path.abspath(path)
        for file, named in _files(path, leave_out):
            if file not in seen:
                seen.add(file)
                found.append(Given(file, named))
    return found


def _files(path: bytes, leave_out: bytes) -> Iterator[Tuple[bytes, bool]]:
    if not os.path.isdir(path):
        yield path, True
        return
    closed: List[bytes] = []
    results = _inode(leave_out)  # it may be given by another name
    for folder, folders, files in os.walk(path, onerror=lambda e: closed.append(e.filename)):
        folders[:] = sorted(f for f in folders if not is_workplace(os.path.join(folder, f))
                            and (results is None or _inode(os.path.join(folder, f)) != results))
        links = [f for f in folders if os.path.islink(os.path.join(folder, f))]
        ours = _own_files(folder)
        for name in sorted(files + links):
            if not ours or not ours.match(name):
                yield os.path.join(folder, name), False
    for folder in closed:  # its cores would be lost without a word
        yield folder, True


def look(given: Given) -> None:
    """Fill in what the file is by its first bytes."""
    try:
        _look(given)
    except packed.Failed as why:
        _set(given, "failed", why.code, str(why))
    except OSError as e:
        _set(given, "failed", "unreadable", f"cannot be read: {e.strerror}")
    except MemoryError:
        _set(given, "failed", "memory", "unpacking it needs more memory than there is")


def _look(given: Given) -> None:
    s = os.stat(given.path)
    given.stamp(s)
    if stat.S_ISDIR(s.st_mode) and os.path.islink(given.path):
        _set(given, "skipped", "not-a-core", "a link to a folder, which is not followed")
        return
    if stat.S_ISDIR(s.st_mode):
        _set(given, "failed", "unreadable", "a folder that cannot be read")
        return
    if not stat.S_ISREG(s.st_mode):
        _set(given, "failed" if given.named else "skipped", "not-a-core", "not a plain file")
        return
    if not s.st_size and not given.named and os.path.basename(given.path) in LOCKS:
        _set(given, "skipped", "not-a-core", "not a core: the lock of kdump-tools")
        return
    if not s.st_size:
        _set(given, "failed", "empty", "empty: nothing was written to it (was the disk full?)")
        return
    with open(given.path, "rb") as f:
        begin = f.read(formats.LOG_HEAD)
    head = begin[: formats.HEAD]
    which = formats.kind(head)
    if which in ("xz", "gz", "zst"):
        given.packing = which
        begin = packed.peek(given.path, which)[: formats.LOG_HEAD]
        head = begin[: formats.HEAD]
        if not head:
            raise packed.Failed("truncated", f"truncated: no byte of its .{which} data is whole")
        which = formats.kind(head)
    if which not in ("kdump", "flat", "elf"):
        why = formats.foreign(head)
        if why:
            _set(given, "failed", "unsupported", why)
        elif formats.is_log(begin):
            if not given.named and _cores_in(os.path.dirname(given.path)) == 1:
                _set(given, "skipped", "not-a-core",
                     "a text log beside the one core of its folder, which says more")
        else:
            _set(given, "failed" if given.named else "skipped", "not-a-core", _what(head))


@functools.lru_cache(maxsize=1024)
def _cores_in(folder: bytes) -> int:
    """How many, two for more than one: what kdump leaves of a crash is a core and its log."""
    found = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                if not entry.is_file():
                    continue
                with open(entry.path, "rb") as f:
                    which = formats.kind(f.read(formats.HEAD))
                if which in ("xz", "gz", "zst"):
                    which = formats.kind(packed.peek(entry.path, which)[: formats.HEAD])
            except (OSError, packed.Failed):
                continue
            found += which in ("kdump", "flat", "elf")
            if found > 1:
                break
    return found


def _set(given: Given, state: str, code: str, reason: str) -> None:
    given.state, given.code, given.reason = state, code, reason


def _what(head: bytes) -> str:
    """A word on what a file that is no core seems to be."""
    if head.startswith(b"\x7fELF"):
        return "not a core: an ELF program, library or module"
    if not head.strip(b"\0"):
        return "not a core: it begins with zeros"
    if not any(c < 9 or 13 < c < 32 for c in head):
        return "not a core: text"
    return "not a core"


def content(given: Given) -> str:
    """What tells the same core from another, wherever it lies: its size, both ends
    and samples between.  All of it would take minutes for a core of many GiB."""
    h = hashlib.sha256(b"%d " % given.size)
    with open(given.path, "rb") as f:
        end = 64 << 10
        h.update(f.read(end))
        for i in range(1, 64):
            f.seek(given.size * i // 64)
            h.update(f.read(4096))
        f.seek(max(0, given.size - end))
        h.update(f.read(end))
    return h.hexdigest()[:32]
