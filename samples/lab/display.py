# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a 3D guest's GPU draws: an X server without a screen, in software.

QEMU's other ways to OpenGL need a render node, which build machines lack.
"""

import contextlib
import os
import select
import shutil

import proc
from steps import Failed, step

PACKAGES = ["xvfb", "libgl1-mesa-dri", "qemu-system-gui"]
START_LIMIT = 30


@contextlib.contextmanager
def opened():
    """A display of one's own, as the environment that QEMU needs to use it."""
    if not shutil.which("Xvfb"):
        raise Failed("a 3D guest needs these packages: " + " ".join(PACKAGES))
    ours, theirs = os.pipe()
    # It takes a display number that is free, and writes it once it is ready.
    server = proc.start(["Xvfb", "-displayfd", theirs, "-noreset"],
                        pass_fds=(theirs,), stdout=proc.DEVNULL,
                        stderr=proc.DEVNULL)
    os.close(theirs)
    try:
        with step("host: display"):
            number = _number(ours)
        yield {**os.environ, "DISPLAY": f":{number}", "SDL_VIDEODRIVER": "x11",
               "LIBGL_ALWAYS_SOFTWARE": "1"}
    finally:
        os.close(ours)
        proc.end(server)


def _number(pipe: int) -> int:
    ready, _, _ = select.select([pipe], [], [], START_LIMIT)
    text = os.read(pipe, 32) if ready else b""
    if not text.strip():
        raise Failed("Xvfb does not start")
    return int(text)
