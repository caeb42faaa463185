# SPDX-License-Identifier: GPL-2.0-or-later
"""crash sessions on the lab's cores: feed a command, get what it printed."""

import atexit
import functools
import json
import lzma
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/docs"), str(ROOT / "extension/score")]

import contract  # noqa: E402
from vgpu_score.crash import hint  # noqa: E402

LAB = str(ROOT / "samples/lab/lab")
CRASH = os.environ.get("CRASH", "crash")
SO = str(ROOT / "extension/vgpu.so")
# Another build of it: make coverage has one that counts.
PROGRAM = os.environ.get("VGPU_PROGRAM") or str(ROOT / "extension/vgpu")
# Nobody's layout tables are found, and none is kept.
PROGRAM_ENV = {name: value for name, value in os.environ.items() if name != "VGPU_LAYOUTS"}
PROGRAM_ENV["HOME"] = "/dev/null"  # where root too can make no folder
FOREIGN = "-amd64" if os.uname().machine == "aarch64" else "-arm64"  # in a kernel's name
MARK = "=====vgpu-test====="
TIMEOUT_S = 600
NOT_THERE = 4  # the program's status where the dump has no such task, cache or address
# A crash takes 400 MB and more, and what it said is remembered.
SESSIONS_MAX = 12

# A test class with core_by_core = True looks at one core after the other: see `run`.
DOOR = "crash"  # what tests ask: the extension in crash, or the program
SAMPLES = False  # the program on the cores of samples/cores: needs no lab, no crash, no network
ALL = False  # every scenario on every kernel: `make check-lab`

_sessions: dict[tuple[str, ...], "Crash"] = {}
_cores: list[tuple[str, ...]] = []


class Crash:
    """One crash on a pipe.  It starts to load at once; the first command waits."""

    def __init__(self, vmlinux, vmcore, args=(), crash=None):
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            [crash or CRASH, "-s", "--no_crashrc", *args, str(vmlinux), str(vmcore)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        atexit.register(self.close)

    def command(self, line: str) -> str:
        """What the command printed; crash that hangs is ended, crash that ends is an error."""
        self.process.stdin.write(f"{line}\n!echo {MARK}\n".encode())
        self.process.stdin.flush()
        watchdog = threading.Timer(TIMEOUT_S, self.process.kill)
        watchdog.start()
        lines: list[str] = []
        try:
            for out in self.process.stdout:
                text = out.decode("utf-8", "strict")
                if text.strip() == MARK:
                    return "".join(lines)
                lines.append(text)
        finally:
            watchdog.cancel()
        raise RuntimeError(f"crash ended in {line!r}: {''.join(lines)[-500:]}")

    def timed(self, line: str) -> float:
        begin = time.monotonic()
        self.command(line)
        return time.monotonic() - begin

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()


def use_cores(cores):
    """Make (or find) these: each (scenario, kernel) or (scenario, kernel, device).  They
    are what cores() says from now on."""
    for core in cores:
        core_folder(*core)
    _cores[:] = cores


def cores():
    return list(_cores)


SAMPLE_CORES = ROOT / "samples/cores"


def samples() -> list[tuple[str, ...]]:
    """(scenario, kernel) or (scenario, kernel, device) of each."""
    truths = [json.loads(path.read_text()) for path in sorted(SAMPLE_CORES.glob("*.json"))]
    return [tuple(_sample_of(truth)) for truth in truths]


def _sample_of(truth):
    kernel = ".".join(truth["kernel"].split(".")[:2])
    kernel += "-arm64" if truth["kernel"].endswith("arm64") else ""
    return [truth["scenario"], kernel] + ([truth["device"]] * (truth["device"] != "default"))


@functools.lru_cache(maxsize=None)
def sample_folder(where) -> pathlib.Path:
    """The core unpacked, and what was done to it, until the tests end."""
    name = "-".join(where)
    folder = pathlib.Path(_unpacked().name) / name
    folder.mkdir()
    (folder / "vmcore").write_bytes(lzma.decompress((SAMPLE_CORES / f"{name}.xz").read_bytes()))
    (folder / "truth.json").write_bytes((SAMPLE_CORES / f"{name}.json").read_bytes())
    return folder


@functools.lru_cache(maxsize=None)
def _unpacked():
    return tempfile.TemporaryDirectory()


@functools.lru_cache(maxsize=None)
def core_folder(scenario, kernel, device="default", making=1) -> pathlib.Path:
    if SAMPLES:
        where = (scenario, kernel) + ((device,) if device != "default" else ())
        if where not in samples():
            raise unittest.SkipTest(f"{'-'.join(where)} is no sample")
        return sample_folder(where)
    maps = device.endswith("+maps")  # the guest wrote down what each program has mapped
    out = subprocess.run([LAB, "core", scenario, kernel, *["--maps"] * maps,
                          "--device", device.removesuffix("+maps"), "--making", str(making)],
                         check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(out.stdout.strip().splitlines()[-1])


@functools.lru_cache(maxsize=None)
def truth(*where):
    return json.loads((core_folder(*where) / "truth.json").read_text())


@functools.lru_cache(maxsize=None)
def crash_opens(kernel: str) -> bool:
    """Is this crash new enough for the lab's kernel of that name, and of its machine?"""
    said = subprocess.run([CRASH, "--version"], check=True, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True).stdout
    version = re.search(r"^crash (\d\S*)", said, re.M)[1]
    return FOREIGN not in kernel and not hint(kernel, version)


def start(folder, **kwargs):
    if DOOR != "crash":
        raise unittest.SkipTest("this run is the program's")
    return Crash(folder / "vmlinux", folder / "vmcore", **kwargs)


def crash_on(*where):
    """The session that all tests of this core share, with vgpu loaded."""
    if where not in _sessions:
        while len(_sessions) >= SESSIONS_MAX:
            _sessions.pop(next(iter(_sessions))).close()
        _sessions[where] = start(core_folder(*where))
        loaded = _sessions[where].command(f"extend {SO}")
        assert "shared object loaded" in loaded, loaded
    return _sessions[where]


@functools.lru_cache(maxsize=None)
def output(where, command) -> str:
    """What the command prints on this core; asked once."""
    if DOOR == "program":
        words = shlex.split(command)
        return program(where, words[1:] if words[0] == "vgpu" else words)
    return crash_on(*where).command(command)


def program(where, words) -> str:
    """What the program prints of this core; modules' types are beside it."""
    folder = core_folder(*where)
    types = [] if SAMPLES else ["--debug-dir", str(folder)]
    done = subprocess.run([PROGRAM, *types, str(folder / "vmcore"), *words],
                          capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
                          env=PROGRAM_ENV)
    if re.search("this small core was cut|left out of this small core",
                 done.stdout + done.stderr):
        raise unittest.SkipTest("a small core does not have it")
    if done.returncode == NOT_THERE:
        return done.stderr
    # Not explained is an answer too.
    assert done.returncode in (0, 1), f"{words}: {done.returncode}: {done.stderr[-500:]}"
    return done.stdout


def use_door(door: str) -> None:
    global DOOR
    DOOR = door
    output.cache_clear()
    json_of.cache_clear()


def any_document(text):
    """The JSON document in a command's output, of whatever version of vgpu."""
    lines = [line for line in text.splitlines() if line.startswith('{"vgpu":')]
    assert len(lines) == 1, f"{len(lines)} JSON lines in: {text[:400]}"
    return json.loads(lines[0])


def document(text):
    """The same of this version, which docs/json.md describes in full."""
    return contract.check(any_document(text))


@functools.lru_cache(maxsize=None)
def json_of(where, command):
    return document(output(where, command))
