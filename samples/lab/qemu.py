# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one guest from boot to its core, and follows it on its console."""

import pathlib
import re
import time

import proc
import steps
from steps import Failed, note, step

# Stages in the order a guest reaches them: how the guest announces the end
# of each, what it is called, and how many seconds it may take on a slow
# machine. The scenario sets the limit of its own stage.
STAGES = [
    ("lab: booted", "guest: boot", 120),
    ("lab: armed", "guest: load the capture kernel", 120),
    ("lab: capture started", "guest: the fault, then the panic", None),
    ("lab: capture writing", "guest: capture kernel ready", 120),
    ("lab: capture done", "guest: write the core", 300),
]
CONSOLE_LINES = 25


def arguments(kernel_image, initrd, share, console, scenario, device):
    """QEMU's command line. TCG: KVM is missing or broken where cores are
    made most often, and a core must not depend on the machine."""
    return [
        "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot",
        "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2",
        "-m", str(scenario.memory_mb), "-display", "none", "-monitor", "none",
        "-serial", f"file:{_quoted(console)}",
        "-kernel", str(kernel_image), "-initrd", str(initrd),
        "-append", "console=ttyS0 crashkernel=224M loglevel=4 "
                   + scenario.cmdline,
        "-virtfs", f"local,path={_quoted(share)},mount_tag=lab,"
                   "security_model=none,multidevs=remap",
        *(["-device", device] if device else []), *scenario.qemu,
    ]


def _quoted(path) -> str:
    return str(path).replace(",", ",,")


class Console:
    """The guest's serial console, as far as it has been written."""

    def __init__(self, path: pathlib.Path):
        self.path = path

    def lines(self) -> list[str]:
        try:
            text = self.path.read_bytes().decode(errors="replace")
        except FileNotFoundError:
            return []
        return re.split(r"\r?\n", text)

    def said(self) -> list[str]:
        return [line for line in self.lines() if line.startswith("lab: ")]

    def tail(self) -> str:
        last = [line for line in self.lines() if line][-CONSOLE_LINES:]
        return "\n".join("  | " + steps.escape(line)[:160] for line in last)


def run(argv, console_path: pathlib.Path, fault_limit: float) -> None:
    """Run a guest until its core is on the share."""
    console = Console(console_path)
    child = proc.start(argv)
    try:
        for mark, name, limit in STAGES:
            with step(name):
                _reach(child, console, mark, name, limit or fault_limit)
        proc.wait(child, "guest: power off", 60)
    finally:
        proc.end(child)


def _reach(child, console: Console, mark: str, name: str,
           limit: float) -> None:
    stop = time.monotonic() + limit
    while True:
        ended = child.poll() is not None
        said = console.said()
        for line in said:
            if line.startswith("lab: failed"):
                raise _failure(name, steps.escape(line), console)
        if any(line.startswith(mark) for line in said):
            return
        if ended:
            raise _failure(name, f"the guest ended ({child.returncode})",
                           console)
        if time.monotonic() > stop:
            raise _failure(name, f"not done after {limit:.0f} s", console)
        if said:
            note(name, said[-1][5:65])
        time.sleep(0.2)


def _failure(name: str, why: str, console: Console) -> Failed:
    return Failed(f"{name}: {why}\n  the guest's last lines:\n"
                  + console.tail())
