# SPDX-License-Identifier: GPL-2.0-or-later
"""Pairs of crash and the vgpu.so built for it, and a core opened by one of them.

Every name that crash is given is a plain one in a folder made for this core, with
symbolic links to the real files: so what a core or a file is called reaches neither
a command line nor a line of crash's input.
"""
from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional

from . import answer
from .child import Ended, Limits, run
from .debuginfo import Debuginfo
from .text import lines, short, visible

EXTENSIONS = ("/usr/lib64/crash/extensions", "/usr/lib/crash/extensions")
# `set` tells of the current task; its file says that crash has opened the core.
# The slab comes last: it takes longest, and a vgpu.so without it only says so.
COMMANDS = "set > opened\nextend ./vgpu.so\nvgpu -j\nvgpu slab -j\nquit\n"
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TERM": "dumb",
               "CRASH_MODULE_PATH": "."}
NO_MEMORY = re.compile(r"virtual memory exhausted|out of memory|not enough memory|bad_alloc|"
                       r"cannot (malloc|allocate|calloc|mmap)|MemoryError", re.I)
BUILT_FOR = re.compile(rb"vgpu: built for crash ([^\0]{1,64})\0")  # in a vgpu.so
LOG = 4000  # characters of crash's output kept for a reader


# As far as is known: kernels from one release on need at least this crash.
NEEDS = (((6, 4), (8, 0, 4)), ((6, 10), (8, 0, 6)), ((7, 0), (9, 0, 3)))


class NoPair(Exception):
    """What was given as --crash cannot be used."""


@dataclass
class Pair:
    crash: str
    so: str
    version: str = ""
    so_id: str = ""  # of its contents: another build may answer otherwise
    unfit: str = ""  # why the two do not fit each other

    @property
    def name(self) -> str:
        return f"crash {self.version}"


@dataclass
class Opened:
    """What became of a core in crash."""

    doc: Optional[dict] = None
    pair: Optional[Pair] = None
    code: str = ""
    reason: str = ""
    step: str = ""
    log: str = ""
    seconds: float = 0.0
    peak_kb: int = 0
    notes: List[str] = field(default_factory=list)


# ---- pairs -------------------------------------------------------------------


def pair(word: str, here: str) -> Pair:
    """CRASH or CRASH:SO.  here: the folder of the program, where vgpu.so may lie."""
    program, so = word, ""
    if not shutil.which(word) and ":" in word:
        program, so = word.rsplit(":", 1)
    found = shutil.which(program)
    if not found:
        raise NoPair(f"there is no program {visible(program)}: install the package crash, or "
                     "give --crash CRASH[:SO]")
    p = Pair(os.path.abspath(found), so)
    p.version = _version(p.crash)
    if not p.version:
        raise NoPair(f"{visible(program)} is not crash: its --version names no release of it")
    p.so = os.path.abspath(so) if so else _default_so(p.version, here)
    try:
        with open(p.so, "rb") as f:
            so_bytes = f.read()
    except OSError as e:
        raise NoPair(f"cannot read {visible(p.so)}: {e.strerror}") from e
    p.so_id = hashlib.sha256(so_bytes).hexdigest()[:16]
    p.unfit = _unfit(p, so_bytes)
    return p


def _unfit(p: Pair, so_bytes: bytes) -> str:
    """vgpu.so warns of it, too; but what crash prints may be a core's words."""
    built = BUILT_FOR.search(so_bytes)
    if not built or built.group(1) == p.version.encode():
        return ""
    return (f"{p.name}: its vgpu.so is built for crash {visible(built.group(1))}: build it for "
            "this one")


def _default_so(version: str, here: str) -> str:
    # Installed below another prefix, `here` is its bin.
    below = [os.path.normpath(os.path.join(here, "..", d, "crash/extensions"))
             for d in ("lib64", "lib")]
    places = list(dict.fromkeys([here, *below, *EXTENSIONS]))
    for name in (f"vgpu-{version}.so", "vgpu.so"):
        for place in places:
            if os.path.isfile(os.path.join(place, name)):
                return os.path.join(place, name)
    raise NoPair(f"there is no vgpu.so in {', '.join(map(visible, places))}: run make, or give "
                 "--crash CRASH:SO")


def _version(program: str) -> str:
    ended = run([program, "--version"], b"/", ENVIRONMENT, Limits(seconds=60, memory=0))
    found = re.search(r"^crash (\d\S*)", ended.out.decode("utf-8", "replace"), re.M)
    return found.group(1) if found else ""


# ---- a core ------------------------------------------------------------------


def hint(release: str, crash: str) -> str:
    """What may help when a crash, by its version, could not open a kernel; or ""."""
    kernel, have = (tuple(map(int, re.findall(r"\d+", w)[:3])) for w in (release, crash))
    need = max((c for k, c in NEEDS if kernel >= k), default=())
    if not have or have >= need:
        return ""
    return (f" (kernels like {release} need crash {'.'.join(map(str, need))} or later: give one "
            "with --crash)")


def open_core(pairs: List[Pair], core: bytes, release: str, info: Debuginfo, work: bytes,
              limits: Limits, stop: Callable[[], bool]) -> Opened:
    """Try the pairs in their order until one opens the core and answers."""
    failures: List[Opened] = []
    for i, p in enumerate(pairs):
        if p.unfit:
            failures.append(Opened(pair=p, code="crash", reason=p.unfit, step="vgpu"))
            continue
        place = os.path.join(work, b"try%d" % i)
        _lay_out(place, p, core, info)
        ended = run([p.crash, "-s", "--no_crashrc", "-i", "commands", "vmlinux", "vmcore"],
                    place, ENVIRONMENT, limits, stop)
        one = _judge(p, ended, os.path.exists(os.path.join(place, b"opened")), limits)
        if one.doc is not None or ended.why == "stopped":
            one.notes += [f"{f.pair.name}: {f.reason}" for f in failures if f.pair]
            return one
        if one.code == "cannot-open":
            one.reason += hint(release, p.version)
        failures.append(one)
    # The pair that came farthest has the most to say.
    best = max(failures, key=lambda f: f.step == "vgpu")
    if len(failures) > 1:
        best.reason = "; ".join(f.reason for f in failures)
    best.seconds = sum(f.seconds for f in failures)
    return best


def _lay_out(place: bytes, p: Pair, core: bytes, info: Debuginfo) -> None:
    os.mkdir(place)
    links: Dict[bytes, bytes] = {b"vmcore": core, b"vmlinux": info.vmlinux,
                                 b"vgpu.so": os.fsencode(p.so)}
    for name, path in info.modules.items():
        links[name.encode() + b".ko"] = path
    for link, to in links.items():
        os.symlink(to, os.path.join(place, link))
    with open(os.path.join(place, b"commands"), "w", encoding="ascii") as f:
        f.write(COMMANDS)


def _judge(p: Pair, ended: Ended, opened: bool, limits: Limits) -> Opened:
    one = Opened(pair=p, seconds=ended.seconds, peak_kb=ended.peak_kb,
                 step="vgpu" if opened else "open")
    said = _said(_tail(ended.out) + b"\n" + _tail(ended.err))
    one.log = short(lines("\n".join(said[-80:])), LOG)
    one.doc = answer.find(ended.out) if ended.why in ("", "timed-out") else None
    if one.doc is None:
        one.code, one.reason = _why(p, ended, opened, limits, said)
    elif ended.why:
        one.notes.append(f"vgpu slab had not answered after {limits.seconds:g} s (--timeout)")
    return one


def _tail(output: bytes) -> bytes:
    """Its last whole lines: half of a long one would be half of vgpu's JSON."""
    return output if len(output) <= LOG * 4 else output[-LOG * 4 :].partition(b"\n")[2]


def _said(output: bytes) -> List[str]:
    """crash's own lines, and of vgpu's documents the errors; without blank ones."""
    said = (f"vgpu: {answer.error(line)}" if answer.error(line) else
            "" if answer.PREFIX in line else line.decode("utf-8", "replace")
            for line in output.splitlines())
    return [line for line in said if line.strip()]


def _why(p: Pair, ended: Ended, opened: bool, limits: Limits, said: List[str]) -> tuple:
    """The row's code and sentence for a crash that gave no answer."""
    if ended.why == "stopped":
        return "stopped", "stopped before it was done"
    if ended.why == "timed-out":
        doing = "vgpu had not answered" if opened else "the core was not open"
        return "timed-out", (f"timed out in step {'vgpu' if opened else 'open'}: {doing} after "
                             f"{limits.seconds:g} s in {p.name} (--timeout)")
    if ended.why == "output":
        return "output", f"{p.name} printed without end, and was stopped"
    if _out_of_memory(ended, limits, said):
        return "memory", (f"{p.name} needed more memory than the limit of "
                          f"{limits.memory >> 20} MiB (--memory)")
    if ended.status == -signal.SIGKILL:
        return "killed", (f"{p.name} was killed: did this machine run out of memory? Fewer at "
                          "once (--jobs) need less")
    how = _status(ended.status)
    last = next((s for s in reversed(said) if "shared object loaded" not in s), "")
    words = f", and said: {short(visible(last.strip()), 240)}" if last else ", and said nothing"
    if not opened:
        return "cannot-open", f"{p.name} cannot open this kernel: it {how}{words}"
    if any("undefined symbol" in s or "not an extension" in s for s in said):
        return "crash", f"{p.name} could not load vgpu.so{words}"
    return "no-answer", f"vgpu gave no answer: {p.name} {how}{words}"


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
