# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's own kernel module, built for a guest's kernel.

Debian's headers of that kernel are unpacked into the cache, never installed:
the one path in them that expects that is rewritten. The host's gcc need not
be the one that built the kernel.
"""

import pathlib
import shutil

import apt
import cache
import guest
import kernel as kernels
import proc
from steps import Failed, step

SOURCES = guest.HERE / "module"
NAME = "vgpu_lab.ko"
FILES = ("Makefile", "vgpu_lab.c")


def sources() -> list[pathlib.Path]:
    return [SOURCES / name for name in FILES]


def _packages(kernel) -> list[str]:
    common = kernel.release.rpartition("-")[0] + "-common"
    return [f"{name}={kernel.version}" for name in
            (f"linux-headers-{kernel.release}", f"linux-headers-{common}",
             f"linux-kbuild-{kernel.series}")]


def _headers(kernel) -> pathlib.Path:
    """The folder to build in, of this very kernel."""
    folder = kernel.dir / "headers"
    build = folder / "usr" / "src" / f"linux-headers-{kernel.release}"
    with cache.lock("headers-" + kernel.series):
        if folder.exists():
            return build
        suites = apt.Suites(*kernels.SERIES[kernel.series])
        suites.update()
        what = f"kernel headers {kernel.release}"
        with step(what), cache.building(folder) as new:
            for deb in suites.download(_packages(kernel), new, what, 300):
                apt.unpack(deb, new, what)
                deb.unlink()
            makefile = new / build.relative_to(folder) / "Makefile"
            text = makefile.read_text()
            if "include /usr/src/" not in text:
                raise Failed(f"{makefile}: not the form that is expected")
            cache.write(makefile, text.replace(
                "include /usr/src/", f"include {folder}/usr/src/"))
    return build


def build(kernel, folder: pathlib.Path) -> pathlib.Path:
    """The module with its debug information, in a new folder."""
    headers = _headers(kernel)
    folder.mkdir()
    for file in sources():
        shutil.copy(file, folder)
    # BUG() and WARN() print the file's name: not where this machine has it.
    proc.run(["make", "-C", headers, f"M={folder}", "CC=gcc",
              f"KCFLAGS=-ffile-prefix-map={folder}/=", "modules"],
             f"{NAME} for {kernel.release}", 120)
    return folder / NAME
