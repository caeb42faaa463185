# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scenario is, and what its guest leaves to judge it by."""

import dataclasses
import re
import typing

import guest
from steps import Failed

# The switches of kdump/60-vgpu-panic.conf, and two that are a choice there. Only
# the hung-task timeout is lower (60 there): the same detector fires, sooner.
PANIC_SYSCTLS = {
    "kernel.sysrq": "1",
    "kernel.panic": "10",
    "kernel.panic_on_oops": "1",
    "kernel.hung_task_panic": "1",
    "kernel.hung_task_timeout_secs": "10",
    "vm.panic_on_oom": "1",
    "kernel.softlockup_panic": "1",
    "kernel.panic_on_warn": "1",
}

# What the guest's GPU is; "none" is a guest without the driver, too. The
# others have queues of another kind: QEMU offers indirect descriptors and the
# event index by default, and a split ring.
DEVICES = {
    "default": "virtio-gpu-pci",
    "none": "",
    "packed": "virtio-gpu-pci,packed=on",
    "noindirect": "virtio-gpu-pci,indirect_desc=off",
    "noeventidx": "virtio-gpu-pci,event_idx=off",
}

# Fields that came when there were cores already: they count for a recipe only
# where a scenario sets them, so that those cores stay valid.
LATER_FIELDS = ("gpu", "module", "host", "virgl", "gpu_patch", "leaks",
                "breaks", "early", "works", "fence", "renderer",
                "slow", "waits", "cpus", "inside", "driver", "smp", "ring",
                "disk", "spill", "beside", "aside")

# Sub-commands of the workload that use the GPU.
GPU_COMMANDS = {"xorg", "virgl", "gem", "fences", "client", "modeset",
                "fencewait", "flip", "mapblob", "busy", "stream"}


@dataclasses.dataclass(frozen=True)
class Driver:
    """The lab's module of parts that anybody plays (guest/vary), by the name it is given."""
    name: str
    # Its locks are objects of their own, or stand in the module's data.
    heap: bool


@dataclasses.dataclass(frozen=True)
class Spill:
    """The lab's driver that loses objects (guest/spill), by the name it is given."""
    name: str
    # Bytes of an object, beside 24 of its own.
    size: int
    # In a cache of its own, or in kmalloc's.
    own: bool


@dataclasses.dataclass(frozen=True)
class Scenario:
    """All that makes a guest of this kind; a core's recipe is made of it."""
    name: str
    about: str
    # Shell, run by guest/init once kdump is armed. It ends in a panic, or
    # says "ready" where the host takes over.
    guest: str
    # Sub-commands of the workload (files in guest/) that it uses.
    commands: tuple[str, ...]
    # What the core must show for the build to count, else Failed: a guest
    # may well panic for another reason than the one intended.
    check: typing.Callable[["Evidence"], None]
    # What vgpu should find, from what the guest wrote down.
    truth: typing.Callable[["Evidence"], dict]
    # Empty: all kernels.
    kernels: tuple[str, ...] = ()
    sysctls: dict = dataclasses.field(default_factory=dict)
    extra_modules: tuple[str, ...] = ()
    qemu: tuple[str, ...] = ()
    cmdline: str = ""
    memory_mb: int = 1024
    # Seconds from kdump armed to the capture kernel's first words.
    fault_limit: float = 240
    # Load the lab's own module (guest/module) too.
    module: bool = False
    # Load the lab's module that leaks (guest/leaks) too.
    leaks: bool = False
    # Load the lab's module that breaks the GPU's queues (guest/breaks) too.
    breaks: bool = False
    # Load the lab's module that can fault in its init (guest/early) too.
    early: bool = False
    # Load the lab's module that fills a workqueue (guest/works) too.
    works: bool = False
    # Load the lab's module with a fence of another driver (guest/fence) too.
    fence: bool = False
    # Load the lab's module of waits that name no owner (guest/waits) too.
    waits: bool = False
    # Load the lab's module that takes a CPU or an interrupt away (guest/cpus).
    cpus: bool = False
    # Load the lab's module with locks on the heap (guest/inside) too.
    inside: bool = False
    # Load the lab's module of faults beside the GPU (guest/beside) too.
    beside: bool = False
    # Load the lab's module of what stands beside the GPU's driver (guest/aside) too.
    aside: bool = False
    # The guest has a virtio-blk disk, vda, with an ext4 that has a journal.
    disk: bool = False
    # A bug put into the guest's virtio-gpu.ko: one of module.PATCHES.
    gpu_patch: str = ""
    # What the host does once the guest is ready: one of qemu.HOST_ACTS.
    host: str = ""
    # False: the guest has no GPU, and its module is not loaded.
    gpu: bool = True
    # A 3D guest: the host renders what it is sent, in software.
    virgl: bool = False
    # Once the guest has made the file renderer.stop in its share, the host's renderer
    # goes on taking commands and finishes none (host/renderer.c).
    renderer: bool = False
    # From that file on it needs seconds for each (host/slow.c).
    slow: bool = False
    # Load the lab's module of parts (guest/vary) too, under this name.
    driver: Driver | None = None
    # Load the lab's driver that loses objects (guest/spill) too.
    spill: Spill | None = None
    # CPUs of the guest.
    smp: int = 2
    # What the GPU's queues are like, after its other options: ",packed=on".
    ring: str = ""
    # In place of `guest` where there is no GPU, when that one uses it.
    guest_without_gpu: str = ""

    def on_device(self, device: str) -> "Scenario":
        """The scenario as it is played on this device."""
        if DEVICES[device]:
            return self
        if GPU_COMMANDS & set(self.commands) and not self.guest_without_gpu:
            raise Failed(f"{self.name} needs a GPU")
        return dataclasses.replace(
            self, gpu=False, guest=self.guest_without_gpu or self.guest,
            commands=tuple(name for name in self.commands
                           if name not in GPU_COMMANDS))

    def gpu_device(self, device: str) -> str:
        """QEMU's argument for this device, "" where there is none."""
        argument = DEVICES[device] and DEVICES[device] + self.ring
        if not self.virgl:
            return argument
        return argument.replace("virtio-gpu", "virtio-gpu-gl", 1)

    def all_sysctls(self) -> dict:
        return {**PANIC_SYSCTLS, **self.sysctls}

    def modules(self) -> list[str]:
        names = [*guest.SHARE_MODULES, *guest.GUEST_MODULES,
                 *self.extra_modules]
        return [name for name in names if self.gpu or name != "virtio-gpu"]

    def recipe(self) -> str:
        """Everything about it that the core depends on, and nothing else."""
        fields = {field.name: getattr(self, field.name)
                  for field in dataclasses.fields(self)
                  if field.name not in ("about", "check", "truth", "kernels",
                                        "fault_limit", "guest_without_gpu")
                  and not (field.name in LATER_FIELDS and
                           getattr(self, field.name) == field.default)}
        return repr({**fields, "all": self.all_sysctls()})


class Evidence:
    """What a guest left: its own record, and its kernel's log."""

    def __init__(self, record: str, dmesg: str, kept: typing.Callable):
        self.dmesg = dmesg
        # The text of a file that the guest left in the share's keep/.
        self.kept = kept
        self.facts: list[tuple[str, dict]] = []
        lines = [line.split("\t") for line in record.splitlines()]
        # Where even a write to the share would have disturbed what it tells.
        lines += [match.split() for match in
                  re.findall(r"lab-record: (.*)", dmesg)]
        for kind, *pairs in lines:
            self.facts.append((kind, dict(pair.split("=", 1)
                                          for pair in pairs if "=" in pair)))

    def all(self, kind: str) -> list[dict]:
        return [values for kind_, values in self.facts if kind_ == kind]

    def role(self, name: str) -> dict:
        for values in self.all("role"):
            if values["name"] == name:
                return values
        raise Failed(f"the guest did not write down its {name}")

    def gpu(self) -> dict:
        """The last word on each GPU figure."""
        merged: dict = {}
        for values in self.all("gpu"):
            merged.update(values)
        return {name: int(value) for name, value in merged.items()}

    def victims(self) -> list[dict]:
        return [{"pid": int(values["pid"]), "comm": own_name(values["comm"])}
                for values in self.all("victim")]

    def panic_message(self) -> str:
        match = re.search(r"Kernel panic - not syncing: (.*)", self.dmesg)
        return match.group(1) if match else ""


def own_name(comm: str) -> str:
    """A task's comm: /proc adds what a worker works on (6b59808bfe48, 4.18)."""
    return comm.split("+")[0] if comm.startswith("kworker/") else comm


def expect(true, what: str) -> None:
    if not true:
        raise Failed(what)


def expect_panic(evidence: Evidence, words: str) -> None:
    expect(words in evidence.panic_message(),
           f"the panic is another one: {evidence.panic_message()!r}")


# The end of a scenario that hangs and does not panic: the host takes the core.  The watch has
# said all; a shell with no memory may not even start a sleep.
WAIT_FOR_HOST = r"""say "ready"
sleep 600
"""
NO_PANIC_SYSCTLS = {name: "0" for name in PANIC_SYSCTLS if "panic" in name}

# The end of one that hangs.
WAIT_FOR_PANIC = r"""say "waiting for the hung-task detector"
sleep 60
"""


def hang_in(below: str, then: str = WAIT_FOR_PANIC) -> str:
    """The process that was begun last hangs for good, in that function."""
    return f"lab-load watch $! {below} 60 || die \"nobody hangs in {below}\"\n{then}"


def play(file: str, role: str, comm: str, part: str, cpu: int = 0) -> str:
    """A process of that name plays a part of the module that the file is of."""
    return (f"lab-load askfile {comm} {cpu} {file} {part} &\n"
            f"record role name={role} pid=$! comm={comm} cpu={cpu}\n")


def check_waiter_hangs(evidence: Evidence, panic: str = "hung_task") -> None:
    """Who was recorded as the waiter does, and that is what made it panic, if it did."""
    expect_panic(evidence, panic)
    waiter = int(evidence.role("waiter")["pid"])
    expect(waiter in [victim["pid"] for victim in evidence.victims()],
           "the waiter does not hang")
