# SPDX-License-Identifier: GPL-2.0-or-later
"""Another crash than the machine's: a newer one, an older one, another machine's.

It comes with its own libraries and runs under its own dynamic loader, so the
machine's release does not matter; arm64's runs in QEMU's user mode.
"""

import pathlib
import shlex

import apt
import cache
from machine import AMD64, Machine
from steps import Failed

SUITES = ("bullseye", "bookworm", "trixie", "sid")
NEWER = "trixie"    # than Debian 12's, and opens what the lab's kernels up to 6.12 leave


def wrapper(suite: str = NEWER, machine: Machine = AMD64,
            refresh: bool = False) -> pathlib.Path:
    """A script that runs it."""
    name = f"crash-{suite}" + ("" if machine == AMD64 else f"-{machine.name}")
    folder = apt.unpacked(apt.Suites(suite, arch=machine.name), name, ["crash"], refresh)
    script = folder / "run-crash"
    with cache.lock("crash-wrapper"):
        text = _script(folder, machine)
        if not script.exists() or script.read_text() != text:
            script.unlink(missing_ok=True)
            script.touch(0o755)
            script.write_text(text)
    return script


def _script(folder: pathlib.Path, machine: Machine) -> str:
    [crash, *_] = [*folder.glob("**/usr/bin/crash"), None]
    if not crash:
        raise Failed("crash's packages hold no crash")
    words = [*machine.emulator, *apt.loader(folder, machine.triplet), crash]
    return "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-or-later\nexec " + \
        " ".join(shlex.quote(str(word)) for word in words) + ' "$@"\n'
