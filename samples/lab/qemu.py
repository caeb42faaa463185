# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one guest from boot to its core, and follows it on its console."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import typing

import cache
import display
import proc
import qmp
import steps
from steps import Failed, note, step

# Stages in the order a guest reaches them: how the guest announces the end
# of each, what it is called, and how many seconds it may take on a slow
# machine that has nothing else to do. The scenario sets the limit of its own stage.
BOOT = [
    ("lab: booted", "guest: boot", 120),
    ("lab: armed", "guest: load the capture kernel", 120),
]
# Only where the host has a part in the fault.
READY = ("lab: ready", "guest: ready for the host", None)
CAPTURE = [
    ("lab: capture started", "guest: the fault, then the panic", None),
    ("lab: capture writing", "guest: capture kernel ready", 120),
    ("lab: capture done", "guest: write the core", 300),
]
# What makes the host's renderer stop, and what it looks for in the share.
RENDERER = pathlib.Path(__file__).resolve().parent / "host" / "renderer.c"
SLOW = RENDERER.with_name("slow.c")
RENDERER_STOP = "renderer.stop"
# The hung-task detector shall have had its say before the host takes a core.
SETTLE = 25
DUMP_LIMIT = 300
# For longer than any lockup detector waits.
STOP = 60
# Of the memory that a guest was given, what it may keep.
BALLOON_MB = 500
CONSOLE_LINES = 25
# A guest that says this hangs, and stays as it is until its detector panics.
HANGS = "lab: waiting for the hung-task detector"
# The answers of the host that are under way come in this time.
STILL = 3


def arguments(machine, kernel_image, initrd, share, console, scenario, device):
    """QEMU's command line. TCG: KVM is missing or broken where cores are
    made most often, and a core must not depend on the machine."""
    return [
        *machine.qemu, "-nodefaults", "-no-user-config", "-no-reboot",
        "-accel", "tcg,thread=multi", "-cpu", machine.cpu, "-smp",
        str(scenario.smp),
        "-m", str(scenario.memory_mb),
        "-display", "sdl,gl=on" if scenario.virgl else "none",
        "-monitor", "none",
        "-serial", f"file:{_quoted(console)}",
        "-kernel", str(kernel_image), "-initrd", str(initrd),
        "-append", f"console={machine.console} crashkernel=224M loglevel=4 "
                   + scenario.cmdline,
        "-virtfs", f"local,path={_quoted(share)},mount_tag=lab,"
                   "security_model=none,multidevs=remap",
        *(["-device", device] if device else []), *scenario.qemu,
        *(_disk(share) if scenario.disk else []),
    ]


# Beside the share.
DISK = "disk.img"
DISK_MB = 64


def _disk(share) -> list[str]:
    file = pathlib.Path(share).parent / DISK
    return ["-drive", f"if=none,id=disk,file={_quoted(file)},format=raw,cache=unsafe",
            "-device", "virtio-blk-pci,drive=disk"]


def make_disk(share: pathlib.Path) -> None:
    proc.run(["mke2fs", "-q", "-t", "ext4", share.parent / DISK, f"{DISK_MB}M"],
             "disk: file system", 60)


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


def run(argv, console_path: pathlib.Path, scenario,
        share: pathlib.Path) -> None:
    """Run a guest until its core is on the share.

    With more guests than the machine has CPUs, each would be too late for the limits
    of its stages.
    """
    with cache.place("guest", os.cpu_count() or 1), \
            display.opened() if scenario.virgl \
            else contextlib.nullcontext() as environment:
        if scenario.renderer or scenario.slow:
            environment = {**environment,
                           **_renderer(RENDERER if scenario.renderer else SLOW, share)}
        _run(argv, environment, console_path, scenario, share)


def _renderer(source: pathlib.Path, share: pathlib.Path) -> dict:
    library = share.parent / "renderer.so"
    with step("host: renderer"):
        proc.run(["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library,
                  source], "renderer: compile", 60)
    return {"LD_PRELOAD": str(library), "LAB_RENDERER_STOP": str(share / RENDERER_STOP)}


def _run(argv, environment, console_path, scenario, share) -> None:
    monitor = qmp.Monitor()
    child = proc.start([*argv, *monitor.arguments()], env=environment,
                       pass_fds=monitor.inherited())
    guest = Followed(child, Console(console_path), scenario.fault_limit)
    try:
        monitor.connect()
        guest.reach(*BOOT)
        if scenario.host:
            guest.reach(READY)
            HOST_ACTS[scenario.host](monitor, share, child)
        elif device_of(argv):
            guest.hangs = lambda: _ask_host(monitor, share)
        if scenario.host != "dump":
            guest.reach(*CAPTURE)
        proc.wait(child, "guest: power off", 60)
    finally:
        proc.end(child)
        monitor.close()


def device_of(argv) -> bool:
    return any(str(word).startswith("virtio-gpu") for word in argv)


def _ask_host(monitor: qmp.Monitor, share: pathlib.Path) -> None:
    """What QEMU knows of the GPU's queues, as `vgpu --host` reads it: each answer a line."""
    time.sleep(STILL)
    lines = [monitor.execute("x-query-virtio")]
    for device in lines[0]:
        if device["name"] == "virtio-gpu":
            lines.append(monitor.execute("x-query-virtio-status", path=device["path"]))
            lines += [monitor.execute("x-query-virtio-queue-status", path=device["path"],
                                      queue=queue) for queue in (0, 1)]
    (share / "host.json").write_text(
        "".join(json.dumps({"return": line}) + "\n" for line in lines))


def _inject_nmi(monitor: qmp.Monitor, _share, _child) -> None:
    monitor.execute("inject-nmi")


def _dump(monitor: qmp.Monitor, share: pathlib.Path, _child) -> None:
    """What `virsh dump --memory-only` does; both cores of the same moment."""
    with step("guest: left alone"):
        time.sleep(SETTLE)
    monitor.execute("stop")
    for name, kind in (("vmcore.elf", "elf"), ("vmcore.flat", "kdump-zlib")):
        with step(f"host: take the core ({kind})"):
            monitor.execute("dump-guest-memory", DUMP_LIMIT, paging=False,
                            protocol=f"file:{share / name}", format=kind)
    monitor.execute("quit")


def _stop(_monitor, _share, child: subprocess.Popen) -> None:
    """A host without time, or one that resumes a guest: its clocks go on."""
    with step("host: stop the guest"):
        child.send_signal(signal.SIGSTOP)
        time.sleep(STOP)
        child.send_signal(signal.SIGCONT)


def _balloon(monitor: qmp.Monitor, _share, _child) -> None:
    with step("host: take memory back"):
        monitor.execute("balloon", value=BALLOON_MB << 20)


# What a scenario may ask the host for, once its guest is ready.
HOST_ACTS = {"nmi": _inject_nmi, "dump": _dump, "stop": _stop, "balloon": _balloon}


@dataclasses.dataclass
class Followed:
    """A guest that runs, and how far it is."""
    child: subprocess.Popen
    console: Console
    fault_limit: float
    # What is done once, when it has said that it hangs.
    hangs: typing.Callable | None = None

    def reach(self, *stages) -> None:
        for mark, name, limit in stages:
            with step(name):
                _reach(self, mark, name, (limit or self.fault_limit) * _patience())

    def look(self) -> None:
        if self.hangs and any(line.startswith(HANGS) for line in self.console.said()):
            act, self.hangs = self.hangs, None
            act()


def _patience() -> float:
    """How many others want each CPU, with the guest."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _reach(guest: "Followed", mark: str, name: str, limit: float) -> None:
    child, console = guest.child, guest.console
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
        guest.look()
        if said:
            note(name, said[-1][5:65])
        time.sleep(0.2)


def _failure(name: str, why: str, console: Console) -> Failed:
    return Failed(f"{name}: {why}\n  the guest's last lines:\n"
                  + console.tail())
