# SPDX-License-Identifier: GPL-2.0-or-later
"""A newer crash than the machine's, to compare with.

It comes with its own libraries and runs under its own dynamic loader, so the
machine's release does not matter.
"""

import pathlib
import shlex

import apt
import cache
from steps import Failed

SUITES = ("trixie",)


def wrapper(refresh: bool = False) -> pathlib.Path:
    """A script that runs it."""
    folder = apt.unpacked(apt.Suites(*SUITES), "crash", ["crash"], refresh)
    script = folder / "run-crash"
    with cache.lock("crash-wrapper"):
        text = _script(folder)
        if not script.exists() or script.read_text() != text:
            script.unlink(missing_ok=True)
            script.touch(0o755)
            script.write_text(text)
    return script


def _script(folder: pathlib.Path) -> str:
    [crash, *_] = [*folder.glob("**/usr/bin/crash"), None]
    if not crash:
        raise Failed("crash's packages hold no crash")
    words = [*apt.loader(folder), crash]
    return "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-or-later\nexec " + \
        " ".join(shlex.quote(str(word)) for word in words) + ' "$@"\n'
