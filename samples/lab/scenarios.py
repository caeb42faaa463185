# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be done to a guest. One Scenario each; see drain for a full one."""

import dataclasses
import re
import typing

import guest
from steps import Failed

# The report's switches. Only the hung-task timeout is lower (the report has
# 60): the same detector fires, sooner.
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

# What the guest's GPU is; "none" is a guest without the driver, too.
DEVICES = {
    "default": "virtio-gpu-pci",
    "none": "",
}

# Fields that came when there were cores already: they count for a recipe only
# where a scenario sets them, so that those cores stay valid.
LATER_FIELDS = ("gpu",)


@dataclasses.dataclass(frozen=True)
class Scenario:
    """All that makes a guest of this kind; a core's recipe is made of it."""
    name: str
    about: str
    # Shell, run by guest/init once kdump is armed. It ends in a panic.
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
    # False: the guest has no GPU, and its module is not loaded.
    gpu: bool = True
    # For `guest` where there is no GPU; empty: the scenario needs one.
    guest_without_gpu: str = ""

    def on_device(self, device: str) -> "Scenario":
        """The scenario as it is played on this device."""
        if DEVICES[device]:
            return self
        if not self.guest_without_gpu:
            raise Failed(f"{self.name} needs a GPU")
        return dataclasses.replace(self, gpu=False, commands=(),
                                   guest=self.guest_without_gpu)

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

    def __init__(self, record: str, dmesg: str):
        self.dmesg = dmesg
        self.facts: list[tuple[str, dict]] = []
        for line in record.splitlines():
            kind, *pairs = line.split("\t")
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
        return [{"pid": int(values["pid"]), "comm": values["comm"]}
                for values in self.all("victim")]

    def panic_message(self) -> str:
        match = re.search(r"Kernel panic - not syncing: (.*)", self.dmesg)
        return match.group(1) if match else ""


def _expect(true, what: str) -> None:
    if not true:
        raise Failed(what)


# --- drain ---------------------------------------------------------------

DRAIN = r"""
# The shell and all it starts stay on CPU 0; CPU 1 is for the hog.
taskset -p 1 $$ > /dev/null
khugepaged=/sys/kernel/mm/transparent_hugepage/khugepaged
# lab-load watch wakes it once Xorg hangs; earlier it could hang first.
echo 600000 > $khugepaged/scan_sleep_millisecs
lab-load memhog 220 &
until grep -q name=memhog $RECORD; do sleep 0.2; done
# Page cache, for Xorg to reclaim; it goes when nobody has the disk open.
exec 3< /dev/vda
dd if=/dev/vda of=/dev/null bs=1M count=150 2> /dev/null
# kswapd happens to live on the CPU that is about to go: whoever allocates
# reclaims for himself.
taskset -p 2 $(pidof kswapd0) > /dev/null
# The detector must not be there, or it never fires (one run in three).
taskset -p 1 $(pidof khungtaskd) > /dev/null
lab-load hog 1 99 &
until grep -q name=hog $RECORD; do sleep 0.2; done
sleep 1
# Any write wakes the detector, which sets its timer anew: on CPU 0.
echo 10 > /proc/sys/kernel/hung_task_timeout_secs
lab-load xorg fill 2048 2048 /dev/vda &
lab-load watch $! drain_all_pages 60 || die "Xorg does not hang"
say "waiting for the hung-task detector"
sleep 60
"""


def _drain_check(evidence: Evidence) -> None:
    _expect("hung_task" in evidence.panic_message(),
            f"the panic is another one: {evidence.panic_message()!r}")
    report = re.search(r"task Xorg:\d+ blocked for more than(.*?)(?=INFO: task"
                       r"|NMI backtrace|Kernel panic|\Z)",
                       evidence.dmesg, re.DOTALL)
    _expect(report, "the kernel does not report Xorg as hung")
    for function in ("flush_work", "drain_all_pages", "virtio_gpu"):
        _expect(function in report.group(1),
                f"{function} is not on Xorg's stack")
    comms = [victim["comm"] for victim in evidence.victims()]
    _expect("khugepaged" in comms, "khugepaged does not hang")


def _drain_truth(evidence: Evidence) -> dict:
    hog = evidence.role("hog")
    return {
        "cause": "cpu-monopolised",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        "culprit": {"kind": "task", "pid": int(hog["pid"]),
                    "comm": hog["comm"], "cpu": int(hog["cpu"])},
        "victims": evidence.victims(),
    }


# --- healthy -------------------------------------------------------------

HEALTHY = r"""
lab-load xorg flip 100 &
until grep -q frames= $RECORD; do sleep 0.2; done
say "asking for a crash"
echo c > /proc/sysrq-trigger
"""

HEALTHY_WITHOUT_GPU = r"""
[ -e /sys/module/virtio_gpu ] && die "virtio_gpu is loaded"
ls /dev/dri/card* 2> /dev/null && die "there is a GPU"
record guest "gpu=none"
say "asking for a crash"
echo c > /proc/sysrq-trigger
"""


def _healthy_check(evidence: Evidence) -> None:
    _expect("sysrq triggered crash" in evidence.panic_message(),
            f"the panic is another one: {evidence.panic_message()!r}")
    _expect(evidence.gpu().get("frames") or evidence.all("guest"),
            "the GPU was not busy")
    _expect("blocked for more than" not in evidence.dmesg,
            "something hangs in a guest that should be healthy")


def _healthy_truth(evidence: Evidence) -> dict:
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "sysrq", "sysctl": None},
        "culprit": None,
        "victims": [],
    }


SCENARIOS = {scenario.name: scenario for scenario in (
    Scenario(
        name="drain",
        about="Xorg waits for ever in drain_all_pages: an RT task has CPU 1",
        # From 6.0 on the lists of another CPU are drained without its help.
        kernels=("5.10",),
        guest=DRAIN, commands=("xorg", "hog", "memhog", "watch"),
        check=_drain_check, truth=_drain_truth,
        # The default throttles RT tasks to 95 % of a CPU: no hang then.
        sysctls={"kernel.sched_rt_runtime_us": "-1"},
        qemu=("-drive", "if=none,id=disk,driver=null-co,size=1G,"
                        "read-zeroes=on",
              "-device", "virtio-blk-pci,drive=disk,num-queues=2")),
    Scenario(
        name="healthy",
        about="the GPU is busy with page flips, then sysrq-c: nothing is wrong",
        guest=HEALTHY, guest_without_gpu=HEALTHY_WITHOUT_GPU,
        commands=("xorg",),
        check=_healthy_check, truth=_healthy_truth),
)}
