# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program costs, from the core to the answer, as ratios within one run.

Whole processes: over crash on the same core, and over a plain program that reads the same
pages, makes each whole once by the same library, and looks at nothing.
"""

import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/system"))

import session  # noqa: E402

BUILD = ROOT / "build"
CRASH_COMMANDS = f"extend {session.SO}\nvgpu -j\nquit\n"
FLOOR_TIMES = 10  # of each, for one figure: they last hundredths of a second

EXPLAIN = {
    "core-vs-crash": "`vgpu CORE -j` over crash's start, extend and `vgpu -j`; bar 0.02",
    "core-vs-floor": "over reading and inflating the same pages once, CPU time; bar 1.5",
    "core-ms": "`vgpu CORE -j`, CPU time",
    "core-pages": "that it reads; bar 3000",
    "core-memory-mb": "peak of the process; bar 40",
}


def run(argv, **environment):
    """(seconds of the wall, seconds of CPU)."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env={**session.PROGRAM_ENV, **environment})
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, sum(getattr(after, t) - getattr(before, t) for t in ("ru_utime", "ru_stime"))


def status_mb(pid):
    """The most that a process has had of memory until now."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def peak_mb(core):
    """Looked at when it has answered and waits for another command."""
    with subprocess.Popen([session.PROGRAM, core, "-j", "--commands", "-"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=session.PROGRAM_ENV) as process:
        process.stdin.write(b"triage\n")
        process.stdin.flush()
        assert any(b'"verdicts"' in line for line in iter(process.stdout.readline, b""))
        return status_mb(process.pid)


def crash_seconds(folder):
    with tempfile.NamedTemporaryFile("w", suffix=".crash") as file:
        file.write(CRASH_COMMANDS)
        file.flush()
        return run([session.CRASH, "-s", "--no_crashrc", "-i", file.name, f"{folder}/vmlinux",
                    f"{folder}/vmcore"])[0]


def measure(folder):
    core = [session.PROGRAM, f"{folder}/vmcore", "-j"]
    with tempfile.NamedTemporaryFile() as pages:
        run([BUILD / "vgpu-listed", *core[1:]], VGPU_PAGES=pages.name)
        floor = [BUILD / "floor", core[1], pages.name]
        both = [(run(core)[1], run(floor)[1]) for _ in range(FLOOR_TIMES)]
        count = os.stat(pages.name).st_size // 8
    ours, floors = (sum(column) for column in zip(*both))
    return {"core-vs-floor": ours / floors, "core-ms": ours * 1000 / FLOOR_TIMES,
            "core-pages": count, "core-memory-mb": peak_mb(core[1]),
            "core-vs-crash": run(core)[0] / crash_seconds(folder)}
