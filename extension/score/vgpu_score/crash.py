# SPDX-License-Identifier: GPL-2.0-or-later
"""crash and the vgpu.so built for it: the door to cores that the program cannot read."""
from __future__ import annotations

import hashlib
import os
import re
import shutil
from typing import Dict, List, Tuple

from .child import Ended, Limits, run
from .door import ENVIRONMENT, Door, NoDoor
from .text import visible

EXTENSIONS = ("/usr/lib64/crash/extensions", "/usr/lib/crash/extensions")
BUILT_FOR = re.compile(rb"vgpu: built for crash ([^\0]{1,64})\0")  # in a vgpu.so

# As far as is known: kernels from one release on need at least this crash (5.18: DWARF 5).
NEEDS = (((5, 18), (8, 0, 0)), ((6, 4), (8, 0, 4)), ((6, 10), (8, 0, 6)), ((7, 0), (9, 0, 3)))


class Crash(Door):
    kind = "crash"
    # `set` tells of the current task; its file says that crash has opened the core.
    # After the verdict, what a vgpu.so without it only says so.
    commands = "set > opened\nextend ./vgpu.so\nvgpu -j --html page\nvgpu slab -j\nvgpu dev -j\nquit\n"
    needs_vmlinux = True
    harmless = re.compile("shared object loaded")

    def __init__(self, program: str, version: str, so: str, contents: bytes) -> None:
        super().__init__(program, f"crash {version}", version, hashlib.sha256(contents).hexdigest()[:16])
        self.so = so
        self.unfit = self._unfit(contents)

    def files(self) -> Dict[bytes, bytes]:
        return {b"vgpu.so": os.fsencode(self.so)}

    def argv(self) -> List[str]:
        return [self.program, "-s", "--no_crashrc", "-i", "commands", "vmlinux", "vmcore"]

    def opened(self, place: bytes, ended: Ended) -> bool:
        return os.path.exists(os.path.join(place, b"opened"))

    def why(self, how: str, words: str, opened: bool, said: List[str]) -> Tuple[str, str]:
        words = f", and said: {words}" if words else ", and said nothing"
        if not opened:
            return "cannot-open", f"{self.name} cannot open this kernel: it {how}{words}"
        if any("undefined symbol" in s or "not an extension" in s for s in said):
            return "crash", f"{self.name} could not load vgpu.so{words}"
        return "no-answer", f"vgpu gave no answer: {self.name} {how}{words}"

    def hint(self, release: str) -> str:
        return hint(release, self.version)

    def _unfit(self, contents: bytes) -> str:
        """vgpu.so says so, too; but what crash prints may be a core's words."""
        built = BUILT_FOR.search(contents)
        # What a distribution writes after the release changes nothing (8.0.5-4.el9).
        if not built or built.group(1).split(b"-")[0] == self.version.encode().split(b"-")[0]:
            return ""
        return (f"{self.name}: its vgpu.so is built for crash {visible(built.group(1))}: build "
                "it for this one")


class Missing(Door):
    """There is none: for the rows that would need it."""

    kind = "crash"

    def __init__(self, why: str) -> None:
        super().__init__("", "crash", "", "")
        self.unfit, self.unfit_code = why, "cannot-open"


def pair(word: str, here: str) -> Crash:
    """CRASH or CRASH:SO.  here: the folder of vgpu-score, where vgpu.so may lie."""
    program, so = word, ""
    if not shutil.which(word) and ":" in word:
        program, so = word.rsplit(":", 1)
    found = shutil.which(program)
    if not found:
        raise NoDoor(f"there is no program {visible(program)}: install the package crash, or "
                     "give --crash CRASH[:SO]")
    found = os.path.abspath(found)
    version = _version(found)
    if not version:
        raise NoDoor(f"{visible(program)} is not crash: its --version names no release of it")
    so = os.path.abspath(so) if so else _default_so(version, here)
    try:
        with open(so, "rb") as f:
            return Crash(found, version, so, f.read())
    except OSError as e:
        raise NoDoor(f"cannot read {visible(so)}: {e.strerror}") from e


def _default_so(version: str, here: str) -> str:
    # Installed below another prefix, `here` is its bin.
    below = [os.path.normpath(os.path.join(here, "..", d, "crash/extensions"))
             for d in ("lib64", "lib")]
    places = list(dict.fromkeys([here, *below, *EXTENSIONS]))
    for name in (f"vgpu-{version}.so", "vgpu.so"):
        for place in places:
            if os.path.isfile(os.path.join(place, name)):
                return os.path.join(place, name)
    raise NoDoor(f"there is no vgpu.so in {', '.join(map(visible, places))}: run make, or give "
                 "--crash CRASH:SO")


def _version(program: str) -> str:
    ended = run([program, "--version"], b"/", ENVIRONMENT, Limits(seconds=60, memory=0))
    found = re.search(r"^crash (\d\S*)", ended.out.decode("utf-8", "replace"), re.M)
    return found.group(1) if found else ""


def hint(release: str, crash: str) -> str:
    """What may help when a crash, by its version, could not open a kernel; or ""."""
    kernel, have = (tuple(map(int, re.findall(r"\d+", w)[:3])) for w in (release, crash))
    need = max((c for k, c in NEEDS if kernel >= k), default=())
    if not have or have >= need:
        return ""
    return (f" (kernels like {release} need crash {'.'.join(map(str, need))} or later: give one "
            "with --crash)")
