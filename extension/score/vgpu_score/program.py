# SPDX-License-Identifier: GPL-2.0-or-later
"""The program vgpu: the door to every core that it can read, with nothing but the core."""
from __future__ import annotations

import hashlib
import os
import re
import shutil
from typing import List, Tuple

from .child import Ended, Limits, run
from .door import ENVIRONMENT, Door, NoDoor
from .text import visible

NAME = "vgpu"
ECHO = b"vgpu> "  # before each command that it begins


class Program(Door):
    kind = "program"
    commands = "triage --html page\nslab\ndev\n"
    harmless = re.compile("^" + ECHO.decode())

    def argv(self) -> List[str]:
        return [self.program, "-j", "--debug-dir", ".", "--commands", "commands", "vmcore"]

    def opened(self, place: bytes, ended: Ended) -> bool:
        return ECHO in ended.out

    def why(self, how: str, words: str, opened: bool, said: List[str]) -> Tuple[str, str]:
        words = re.sub("^vgpu: ", "", words)
        if opened:
            return "no-answer", f"vgpu gave no answer: it {how}" + (words and f", and said: {words}")
        return "cannot-open", f"vgpu cannot read this core: {words or 'it ' + how}"


def program(word: str, here: str) -> Program:
    """word: a path or a name, as --vgpu has it; "": the one beside vgpu-score, in `here`, or
    in PATH."""
    found = shutil.which(word or os.path.join(here, NAME)) or (not word and shutil.which(NAME))
    if not found:
        raise NoDoor(f"there is no program {visible(word or NAME)}: run make, install the package "
                     "vgpu, or give --vgpu PATH")
    found = os.path.abspath(found)
    ended = run([found, "--version"], b"/", ENVIRONMENT, Limits(seconds=60, memory=0))
    version = re.match(rb"vgpu (\d\S*?),? ", ended.out)
    if not version:
        raise NoDoor(f"{visible(found)} is not vgpu: its --version names no release of it")
    with open(found, "rb") as f:
        identity = hashlib.sha256(f.read()).hexdigest()[:16]
    return Program(found, NAME, version.group(1).decode("utf-8", "replace"), identity)
