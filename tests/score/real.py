# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's cores, for tests and the bench: copies of those that are cached."""
import json
import os
import shutil
import sys

import made

sys.path.insert(0, made.PACKAGES)

from vgpu_score.crash import hint, pair  # noqa: E402

CRASH = os.environ.get("CRASH", "crash")
SO = os.environ.get("VGPU_SO", os.path.join(made.TOP, "extension", "vgpu.so"))
PROGRAM = os.environ.get("VGPU", os.path.join(made.TOP, "extension", "vgpu"))
ALL = bool(os.environ.get("VGPU_SCORE_ALL"))


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("VGPU_CACHE") or os.path.join(base, "vgpu")


FOREIGN = "-amd64" if os.uname().machine == "aarch64" else "-arm64"


def folders(every=ALL):
    """Folders of the cache with a whole core that crash can open here too; without `every`
    at most one."""
    found = []
    version = "" if missing_pair() else pair(f"{CRASH}:{SO}", "").version
    for where, below, files in os.walk(os.path.join(cache(), "cores")):
        below[:] = sorted(b for b in below if not b.endswith((".new", FOREIGN)))  # being made
        below[:] = [b for b in below if not hint(b, version)]  # 6.12: of a later crash
        if {"vmcore", "vmlinux", "truth.json"} <= set(files):
            found.append(where)
    first = [f for f in found if os.path.basename(f) == "drain"] or found
    return found if every else first[:1]


def copy(sources, to):
    """Copies, because the lab may make a core anew meanwhile: {name: truth}.  Some were
    taken in several formats: vmcore, vmcore.elf."""
    truths = {}
    for source in sources:
        base = os.path.relpath(source, os.path.join(cache(), "cores")).replace(os.sep, "-")
        for file in sorted(f for f in os.listdir(source) if f.startswith("vmcore")):
            name = base + file[len("vmcore") :]
            shutil.copy(os.path.join(source, file), os.path.join(to, name))
            with open(os.path.join(source, "truth.json"), encoding="utf-8") as f:
                truths[name] = json.load(f)
    return truths


def words(out, sources):
    """A command line, but for its own options and the cores."""
    debug = [word for source in sources for word in ("--debug-dir", source)]
    return [sys.executable, made.SCORE, "-j", "2", "-o", out, "--vgpu", PROGRAM, "--crash",
            f"{CRASH}:{SO}", *debug]


def missing():
    """Why there is nothing to try by the program; "" if there is."""
    if not os.path.exists(PROGRAM):
        return "extension/vgpu is not built"
    return "" if folders(False) else "no core is cached: make core"


def missing_crash():
    """The same by crash."""
    return missing_pair() or missing()


def missing_pair():
    if not shutil.which(CRASH):
        return "crash is not installed"
    return "" if os.path.exists(SO) else "extension/vgpu.so is not built"
