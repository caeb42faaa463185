# SPDX-License-Identifier: GPL-2.0-or-later
"""The doors through which a core may be opened, and what became of one that was.

The program vgpu reads a core alone; crash with vgpu.so needs the kernel's vmlinux.  Each
core is opened in a process of its own, under limits.

Every name that a door is given is a plain one in a folder made for this core, with
symbolic links to the real files: so what a core or a file is called reaches neither a
command line, nor a line of crash's input, nor the answer.
"""
from __future__ import annotations

import os
import re
import signal
import tempfile
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Tuple

from . import answer, pages
from .child import Ended, Limits, run
from .debuginfo import Debuginfo
from .text import lines, short, visible

# Nothing of the user's own: without HOME and VGPU_LAYOUTS no layout table of theirs changes an
# answer, and none is left there.
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TERM": "dumb",
               "CRASH_MODULE_PATH": "."}
NO_MEMORY = re.compile(r"virtual memory exhausted|out of memory|not enough memory|bad_alloc|"
                       r"cannot (malloc|allocate|calloc|mmap)|MemoryError", re.I)
LOG = 4000  # characters of its output kept for a reader


class NoDoor(Exception):
    """What was given to open cores with is not there, or is something else."""


class Door:
    """One way to open a core."""

    kind = ""  # as a row has it
    commands = ""  # in a file of that name, beside the core
    needs_vmlinux = False
    harmless = re.compile(r"(?!)")  # what it says although nothing is wrong

    def __init__(self, program: str, name: str, version: str, identity: str) -> None:
        self.program, self.name, self.version = program, name, version
        self.id = identity  # of the contents of vgpu in it: another build may answer otherwise
        self.unfit = ""  # why it opens nothing, which is a code's
        self.unfit_code = "crash"

    def files(self) -> Dict[bytes, bytes]:
        """What it needs beside the core: {name: file}."""
        return {}

    def argv(self) -> List[str]:
        raise NotImplementedError

    def opened(self, place: bytes, ended: Ended) -> bool:
        """Was the core open in the end?"""
        raise NotImplementedError

    def why(self, how: str, words: str, opened: bool, said: List[str]) -> Tuple[str, str]:
        """The row's code and sentence for an end by itself without an answer."""
        raise NotImplementedError

    def hint(self, release: str) -> str:
        """What may help where it could not open this kernel; or ""."""
        return ""


@dataclass
class Opened:
    """What became of a core."""

    door: Door
    doc: Optional[dict] = None
    code: str = ""
    reason: str = ""
    step: str = ""
    log: str = ""
    seconds: float = 0.0
    peak_kb: int = 0
    page: Optional[bytes] = None
    notes: List[str] = field(default_factory=list)


def open_core(doors: List[Door], core: bytes, info_for: Callable[[Door], Debuginfo], work: bytes,
              limits: Limits, stop: Callable[[], bool]) -> Opened:
    """Try the doors, at least one, in their order until one opens the core and answers."""
    failures: List[Opened] = []
    for d in doors:
        place = tempfile.mkdtemp(prefix=b"door.", dir=work)
        one = _try(d, place, core, info_for(d), limits, stop)
        if one.doc is not None or one.code == "stopped":
            one.notes += [f"{f.door.name}: {f.reason}" for f in failures]
            return one
        failures.append(one)
    # The one that came farthest has the most to say, and cannot-open the least.
    best = max(failures, key=lambda f: (f.step == "vgpu", f.code != "cannot-open"))
    best.reason = "; ".join(dict.fromkeys(f.reason for f in failures))
    best.seconds = sum(f.seconds for f in failures)
    return best


def _try(d: Door, place: bytes, core: bytes, info: Debuginfo, limits: Limits,
         stop: Callable[[], bool]) -> Opened:
    if d.unfit:
        return Opened(d, code=d.unfit_code, reason=d.unfit, step="open")
    if d.needs_vmlinux and not info.vmlinux:
        return Opened(d, code="no-debuginfo", reason=info.why, step="debuginfo")
    _lay_out(place, d, core, info)
    one = _judge(d, run(d.argv(), place, ENVIRONMENT, limits, stop), place, limits)
    if one.code == "cannot-open":
        one.reason += d.hint(info.release)
    return one


def _lay_out(place: bytes, d: Door, core: bytes, info: Debuginfo) -> None:
    links: Dict[bytes, bytes] = {b"vmcore": core, **d.files()}
    if info.vmlinux:
        links[b"vmlinux"] = info.vmlinux
    for name, path in info.modules.items():
        links[name.encode() + b".ko"] = path
    for link, to in links.items():
        os.symlink(to, os.path.join(place, link))
    with open(os.path.join(place, b"commands"), "w", encoding="ascii") as f:
        f.write(d.commands)


# ---- what it said ------------------------------------------------------------


def _judge(d: Door, ended: Ended, place: bytes, limits: Limits) -> Opened:
    opened = d.opened(place, ended)
    one = Opened(d, seconds=ended.seconds, peak_kb=ended.peak_kb,
                 step="vgpu" if opened else "open")
    said = _said(_tail(ended.out) + b"\n" + _tail(ended.err))
    one.log = short(lines("\n".join(said[-80:])), LOG)
    one.doc = answer.find(ended.out) if ended.why in ("", "timed-out") else None
    if one.doc is None:
        one.code, one.reason = _why(d, ended, opened, limits, said)
    else:
        one.page = pages.kept(os.path.join(place, b"page"))
    if one.doc is not None and ended.why:
        one.notes.append(f"vgpu slab or dev had not answered after {limits.seconds:g} s (--timeout)")
    return one


def _tail(output: bytes) -> bytes:
    """Its last whole lines: half of a long one would be half of vgpu's JSON."""
    return output if len(output) <= LOG * 4 else output[-LOG * 4 :].partition(b"\n")[2]


def _said(output: bytes) -> List[str]:
    """Its own lines, and of vgpu's documents the errors; without blank ones."""
    said = (f"vgpu: {answer.error(line)}" if answer.error(line) else
            "" if answer.PREFIX in line else line.decode("utf-8", "replace")
            for line in output.splitlines())
    return [line for line in said if line.strip()]


def _why(d: Door, ended: Ended, opened: bool, limits: Limits, said: List[str]) -> Tuple[str, str]:
    """The row's code and sentence where there is no answer."""
    if ended.why == "stopped":
        return "stopped", "stopped before it was done"
    if ended.why == "timed-out":
        doing = "vgpu had not answered" if opened else "the core was not open"
        return "timed-out", (f"timed out in step {'vgpu' if opened else 'open'}: {doing} after "
                             f"{limits.seconds:g} s in {d.name} (--timeout)")
    if ended.why == "output":
        return "output", f"{d.name} printed without end, and was stopped"
    if _out_of_memory(ended, limits, said):
        return "memory", (f"{d.name} needed more memory than the limit of "
                          f"{limits.memory >> 20} MiB (--memory)")
    if ended.status == -signal.SIGKILL:
        return "killed", (f"{d.name} was killed: did this machine run out of memory? Fewer at "
                          "once (--jobs) need less")
    last = next((s for s in reversed(said) if not d.harmless.search(s)), "")
    return d.why(_status(ended.status), short(visible(last.strip()), 240), opened, said)


def _status(status: Optional[int]) -> str:
    if status is not None and status < 0:
        return f"was ended by signal {-status}"
    return f"ended with status {status}"


def _out_of_memory(ended: Ended, limits: Limits, said: List[str]) -> bool:
    if not limits.memory or ended.status == 0 and not any(NO_MEMORY.search(s) for s in said):
        return False
    # An allocation that failed is not counted, so a peak near the limit is enough.
    near = ended.space_kb > (limits.memory >> 10) * 0.9
    return near or any(NO_MEMORY.search(s) for s in said[-40:])
