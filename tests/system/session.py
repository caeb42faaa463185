# SPDX-License-Identifier: GPL-2.0-or-later
"""One crash session on one core: feed it commands, get each command's output."""

import functools
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAB = str(ROOT / "samples/lab/lab")
CRASH = os.environ.get("CRASH", "crash")
SO = str(ROOT / "extension/vgpu.so")
MARK = "=====vgpu-test====="
TIMEOUT_S = 240

_cores: list[tuple[str, str]] = []


def use_cores(pairs):
    """Make (or find) these cores now, so that no test waits for the lab."""
    for scenario, kernel in pairs:
        core_folder(scenario, kernel)
        _cores.append((scenario, kernel))


def cores():
    return list(_cores)


@functools.lru_cache(maxsize=None)
def core_folder(scenario, kernel, device="default") -> pathlib.Path:
    out = subprocess.run([LAB, "core", scenario, kernel, "--device", device],
                         check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(out.stdout.strip().splitlines()[-1])


@functools.lru_cache(maxsize=None)
def truth(scenario, kernel):
    return json.loads((core_folder(scenario, kernel) / "truth.json").read_text())


def run_crash(commands, vmlinux, vmcore, crash_args=(), crash=None):
    """Each command's output, in order.  `extend` is the caller's to give."""
    lines = []
    for command in commands:
        lines += [command, f"echo {MARK}"]
    with tempfile.NamedTemporaryFile("w", suffix=".crash") as f:
        # crash has no echo of its own; `!` gives the line to a shell.
        f.write("\n".join(line.replace("echo ", "!echo ") for line in lines))
        f.write("\nquit\n")
        f.flush()
        done = subprocess.run(
            [crash or CRASH, "-s", "--no_crashrc", *crash_args, "-i", f.name,
             str(vmlinux), str(vmcore)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S, check=False)
    text = done.stdout.decode("utf-8", "strict")
    return [part.strip("\n") for part in text.split(MARK + "\n")][: len(commands)]


def run_on(scenario, kernel, commands, **kwargs):
    """The same on a lab core, with vgpu loaded."""
    folder = core_folder(scenario, kernel)
    outputs = run_crash([f"extend {SO}", *commands], folder / "vmlinux",
                        folder / "vmcore", **kwargs)
    return outputs[1:]


def document(output):
    """The JSON document in a command's output."""
    lines = [line for line in output.splitlines() if line.startswith('{"vgpu":')]
    assert len(lines) == 1, f"{len(lines)} JSON lines in: {output[:400]}"
    return json.loads(lines[0])


@functools.lru_cache(maxsize=None)
def looked_at(scenario, kernel):
    """What most tests look at, in one session for each core."""
    commands = ("vgpu -j", "vgpu", "vgpu hung -j", "vgpu hung", "vgpu bt -a -j", "vgpu bt",
                "vgpu drain -j", "vgpu drain", "vgpu wq -j", "vgpu wq", "vgpu wq -c 1",
                "vgpu dev -j", "vgpu dev", "vgpu layout -j")
    return dict(zip(commands, run_on(scenario, kernel, commands)))
