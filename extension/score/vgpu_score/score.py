# SPDX-License-Identifier: GPL-2.0-or-later
"""One core, from file to row.  Whatever happens, there is a row in the end."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import time
import traceback
from dataclasses import dataclass, replace
from typing import Callable, Dict, List, Optional, Set, Tuple

from . import answer, debuginfo, find, formats, packed
from .child import Limits
from .debuginfod import Debuginfod
from .door import Door, Opened, open_core
from .store import Row, Store
from .text import failure, lines, visible

# Failures that say more of the moment than of the core.
PASSING = ("no-space", "unreadable", "changed", "killed", "internal")
NOT_AGAIN = "not scored again, so this score is from before: "
NO_LOG = "a text, not a core, and no line of it is known for a kernel's"  # the program's words
SEARCH_S = 20.0  # for the kernel's name in a dump whose header has none


@dataclass
class Settings:
    doors: List[Door]
    folders: List[bytes]  # of debuginfo
    limits: Limits
    work: bytes  # where this run may put files
    most_unpacked: int
    again: bool
    server: Optional[Debuginfod] = None


class Stopped(Exception):
    """The user wants to leave: no row."""


class Failed(Exception):
    def __init__(self, code: str, reason: str, step: str, state: str = "failed") -> None:
        super().__init__(reason)
        self.code, self.step, self.state = code, step, state


def blank(given: find.Given) -> Row:
    return Row(path=given.path, name=visible(given.path), state=given.state, code=given.code,
               reason=given.reason, packing=given.packing, size=given.size,
               mtime_ns=given.mtime_ns, inode=str(given.inode), device=str(given.device),
               step="identify", done_at=time.time())


def _was_moved(path: bytes, inode: Tuple[str, str], new: Row) -> bool:
    """A file of this very inode is gone from where it was.  One that cannot be seen from
    here (a disk not mounted, a closed folder) keeps its row, and so does one copied."""
    if inode != (new.inode, new.device):
        return False
    try:
        os.lstat(path)
    except FileNotFoundError:
        return True
    except OSError:
        pass
    return False


class Scorer:
    """Scores one core.  stop() says whether the run is to end now."""

    def __init__(self, given: find.Given, settings: Settings, store: Store,
                 stop: Callable[[], bool], say: Callable[[str], None]) -> None:
        self.given, self.settings, self.store = given, settings, store
        self.stop, self.say = stop, say
        self.row = replace(blank(given), state="failed")
        self.core = formats.Core()
        self.info = debuginfo.Debuginfo()
        self.reused = False
        self.behind = ""  # a note: what was found behind the packed data

    def score(self) -> Row:
        """The row; Stopped if there is none because the run is to end."""
        began = time.monotonic()
        work = b""
        try:
            work = tempfile.mkdtemp(prefix=b"core.", dir=self.settings.work)
            old = self._steps(work)
            if old:
                self.reused = True
                return old
        except Failed as why:
            self._failed(why.code, str(why), why.step)
            self.row.state = why.state
        except packed.Failed as why:
            self._failed(why.code, str(why), "unpack")
        except OSError as e:
            # Nothing is written but this program's own files.
            self._failed("no-space" if e.errno in packed.NO_ROOM else "unreadable", failure(e),
                         self.row.step)
        except (Stopped, sqlite3.Error):
            raise
        except Exception as e:  # one that nobody has thought of: the others go on
            self._failed("internal", f"a fault of vgpu-score: {visible(repr(e))}", self.row.step)
            self.row.log = lines(traceback.format_exc())
        finally:
            if work:
                shutil.rmtree(work, ignore_errors=True)
        if not self.given.unchanged():
            self.row = blank(self.given)
            self._failed("changed", "the file changed while it was being read", "identify")
        self.row.seconds = time.monotonic() - began
        self.row.done_at = time.time()
        return self._kept() or self.row

    def _kept(self) -> Optional[Row]:
        """The score from before, of the same contents by the same vgpu, where there is
        none now: what failed is a limit of this run, or the moment."""
        if self.row.state != "failed" or not self.row.content:
            return None
        old = self._scored_before()
        if old:
            self.reused = True
            notes = [n for n in old.notes if not n.startswith(NOT_AGAIN)]
            old.notes = notes + [f"{NOT_AGAIN}{self.row.reason}"]
            old.done_at = self.row.done_at  # its page is written anew
        return old

    def _failed(self, code: str, reason: str, step: str) -> None:
        row = self.row
        row.state, row.code, row.reason, row.step = "failed", code, reason, step
        row.score = None

    def _steps(self, work: bytes) -> Optional[Row]:
        """Each step raises Failed, or the row is filled in.  A row from before is
        returned instead where it still holds."""
        row = self.row
        row.content = find.content(self.given)
        old = None if self.settings.again else self._scored_before()
        if old:
            return old
        self.say("identify")
        path = self.given.path
        self._identify(path)
        if self.given.packing and not self._release_known():
            path = self._unpack(work)
            self._identify(path)
        self.info = self._info_of(self.row)
        self.row.package = self.info.package
        old = None if self.settings.again else self._failed_before()
        if old:
            return old
        if self.given.packing and path is self.given.path:
            path = self._unpack(work)
            self._identify(path)
        self._open(path, work)
        return None

    # ---- rows from before ----------------------------------------------------

    def _scored_before(self) -> Optional[Row]:
        """The same contents, scored by a vgpu of today: here, or under another name."""
        mine, ids = self.row, {d.id for d in self.settings.doors}
        here = self.store.at(self.given.path)
        if here and here.state == "scored" and here.content == mine.content and self._holds(here, ids):
            return self._as_mine(here)
        # There may be many, whose rows are large.
        found: Optional[Row] = None
        for path, inode, device in self.store.same(mine.content, mine.mtime_ns):
            moved = _was_moved(path, (inode, device), mine)
            if found and not moved:
                continue
            old = self.store.at(path)
            if old and self._holds(old, ids):
                found = found or old
                if moved:
                    self.store.forget(path)  # and its row with it
        return self._as_mine(found) if found else None

    def _holds(self, old: Row, ids: Set[str]) -> bool:
        # The contents are only sampled; a file that was written to since has another time.
        return (old.vgpu_id in ids and old.mtime_ns == self.row.mtime_ns
                and old.document() is not None and not self._found_more(old))

    def _as_mine(self, old: Row) -> Row:
        mine = self.row
        return replace(old, path=mine.path, name=mine.name, size=mine.size, mtime_ns=mine.mtime_ns,
                       inode=mine.inode, device=mine.device, gone_at=None,
                       package="" if old.format == formats.TEXT_LOG else old.package)

    def _found_more(self, old: Row) -> bool:
        """There is debuginfo now that it was not scored with: a module's may change the
        verdict.  What has gone since changes nothing."""
        return not self._info_of(old).seen() <= set(old.circumstances.split())

    def _info_of(self, row: Row) -> debuginfo.Debuginfo:
        if row.format == formats.TEXT_LOG:  # there is no memory that it would explain
            return debuginfo.Debuginfo(why="a text log, which crash cannot read")
        core = formats.Core(build_id=row.build_id, machine=row.machine)
        formats.set_release(core, row.release)
        return debuginfo.find(core, os.path.dirname(self.given.path), self.settings.folders)

    def _failed_before(self) -> Optional[Row]:
        """It failed, or was no log, and nothing that could change that has changed since."""
        old = self.store.at(self.given.path)
        self.row.circumstances = self._circumstances(self.info)
        if not old or old.state == "scored" or old.code in PASSING:
            return None
        if self.settings.server and self.settings.server.program and old.build_id:
            return None  # a server may have now what it had not
        # The kernel's name may have been found in its pages.
        now = self._circumstances(self._info_of(old))
        same = (old.content, old.mtime_ns, old.circumstances) == (
            self.row.content, self.row.mtime_ns, now)
        return old if same else None

    def _circumstances(self, info: debuginfo.Debuginfo) -> str:
        s = self.settings
        parts = [f"{d.program} {d.version} {d.id} {d.unfit} "
                 f"{debuginfo.identity(os.fsencode(d.program))}" for d in s.doors]
        parts += [*sorted(info.seen()), f"{s.limits}", f"{s.most_unpacked}"]
        return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]

    # ---- the steps -----------------------------------------------------------

    def _watch(self, step: str) -> Callable[[], None]:
        """What to call often while a step lasts: it raises when that is to end."""
        seconds = self.settings.limits.seconds
        deadline = time.monotonic() + seconds

        def check() -> None:
            if self.stop():
                raise Stopped
            if time.monotonic() > deadline:
                raise Failed("timed-out", f"timed out in step {step} after {seconds:g} s "
                             "(--timeout)", step)

        return check

    def _release_known(self) -> bool:
        return bool(self.core.release or self.core.build_id)

    def _identify(self, path: bytes) -> None:
        """Read the header: of the core, or of what is packed as far as is needed."""
        whole = path is not self.given.path or not self.given.packing
        if whole:
            with open(path, "rb") as f:
                core = formats.read(formats.File(f, self._watch("identify")))
        else:
            core = formats.read(formats.Head(packed.peek(path, self.given.packing)), False)
        if core is None:
            raise Failed("not-a-core", "a process's core, not a kernel's", "identify")
        self.core = core
        row = self.row
        row.format, row.release, row.machine = core.format, core.release, core.machine
        row.build_id = core.build_id
        row.notes = core.notes + ([self.behind] if self.behind else [])
        if core.broken and (whole or core.code != "truncated"):
            raise Failed(core.code, core.broken, "identify")

    def _unpack(self, work: bytes) -> bytes:
        self.say("unpack")
        to = os.path.join(work, b"unpacked")
        self.behind = packed.unpack(self.given.path, self.given.packing, to,
                                    self.settings.most_unpacked, self._watch("unpack"))
        return to

    def _search_release(self, path: bytes) -> None:
        """Where the header names no kernel, crash's vmlinux cannot be found but by its pages."""
        self.say("debuginfo")
        known = len(self.core.notes)
        with open(path, "rb") as f:
            formats.search_release(formats.File(f, self._watch("debuginfo")), self.core, SEARCH_S)
        self.row.notes += self.core.notes[known:]
        self._learn(self.core.release)

    def _learn(self, release: str) -> bool:
        """The kernel's name, which its header did not tell.  Is there more debuginfo now?"""
        self.core.release = self.row.release = release
        known, self.info = self.info.seen(), self._info_of(self.row)
        self.row.package = self.info.package
        return not self.info.seen() <= known

    def _through(self, path: bytes, work: bytes) -> Opened:
        def info_for(d: Door) -> debuginfo.Debuginfo:
            if d.needs_vmlinux and not self._release_known() and self.core.format != formats.TEXT_LOG:
                self._search_release(path)
            self.say(d.kind)
            return self.info

        opened = open_core(self.settings.doors, path, info_for, work, self.settings.limits,
                           self.stop)
        if opened.code == "stopped":
            raise Stopped
        return opened

    def _open(self, path: bytes, work: bytes) -> None:
        opened = self._through(path, work)
        if opened.doc is not None and not self._release_known():
            # vgpu names it, and may know more types then.
            if self._learn(answer.word(opened.doc, "kernel", "release")):
                again = self._through(path, work)
                opened = opened if again.doc is None else again
        if opened.doc is None and opened.code in ("cannot-open", "no-debuginfo") and self._fetch():
            opened = self._through(path, work)
        if opened.doc is not None and self._fetch_modules(opened.doc):
            again = self._through(path, work)
            opened = opened if again.doc is None else again
        self._fill(opened)

    def _fetch_modules(self, doc: dict) -> bool:
        """From a server, the types of modules that vgpu says it lacks.  Are there any?"""
        found: Dict[str, bytes] = {}
        server = self.settings.server
        if not server:
            return False
        for lack in answer.rows(doc, "debuginfo_missing"):
            name = next((n for n in debuginfo.MODULES
                         if n.replace("-", "_") == answer.word(lack, "module")), "")
            if name and name not in self.info.modules:
                self.say("debuginfod")
                file = server.find(answer.word(lack, "build_id"), self.stop)
                found.update({name: file} if file else {})
        self.info = replace(self.info, modules={**self.info.modules, **found})
        return bool(found)

    def _fetch(self) -> bool:
        """A vmlinux from a server, for a core that could not be opened without."""
        if not self.settings.server or self.info.vmlinux or not self.core.build_id:
            return False
        self.say("debuginfod")
        found = self.settings.server.find(self.core.build_id, self.stop)
        if found:
            self.info = debuginfo.with_vmlinux(self.info, found, self.core)
        return bool(self.info.vmlinux)

    def _fill(self, opened: Opened) -> None:
        row, door = self.row, opened.door
        row.log, row.peak_kb, row.step = opened.log, opened.peak_kb, opened.step
        row.door, row.vgpu_id = door.kind, door.id
        row.notes += self.info.refused + opened.notes
        if door.needs_vmlinux:
            row.crash, row.vmlinux = door.version, visible(self.info.vmlinux)
        if opened.doc is None:
            row.notes += self.info.notes
            row.circumstances = self._circumstances(self.info)
            if self.core.format == formats.TEXT_LOG and NO_LOG in opened.log:
                raise Failed("not-a-core", "not a core: text", opened.step,
                             "failed" if self.given.named else "skipped")
            raise Failed(opened.code, opened.reason, opened.step)
        for name, value in answer.columns(opened.doc).items():
            if value not in (None, ""):
                setattr(row, name, value)
        row.state, row.code, row.reason = "scored", "", ""
        row.circumstances = " ".join(sorted(self.info.seen()))
        row.page = opened.page
        # ASCII, so that half a surrogate pair in it can be written anywhere.
        row.report = json.dumps(opened.doc, separators=(",", ":"))
