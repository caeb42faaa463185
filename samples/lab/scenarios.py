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
LATER_FIELDS = ("gpu", "module", "host")


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
    # What the host does once the guest is ready: one of qemu.HOST_ACTS.
    host: str = ""
    # False: the guest has no GPU, and its module is not loaded.
    gpu: bool = True
    # In place of `guest` where there is no GPU, when that one uses it.
    guest_without_gpu: str = ""

    def on_device(self, device: str) -> "Scenario":
        """The scenario as it is played on this device."""
        if DEVICES[device]:
            return self
        if "xorg" in self.commands and not self.guest_without_gpu:
            raise Failed(f"{self.name} needs a GPU")
        return dataclasses.replace(
            self, gpu=False, guest=self.guest_without_gpu or self.guest,
            commands=tuple(name for name in self.commands if name != "xorg"))

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
"""
WAIT_FOR_PANIC = r"""say "waiting for the hung-task detector"
sleep 60
"""


def _expect_panic(evidence: Evidence, words: str) -> None:
    _expect(words in evidence.panic_message(),
            f"the panic is another one: {evidence.panic_message()!r}")


def _drain_check(evidence: Evidence) -> None:
    _expect_panic(evidence, "hung_task")
    _expect_drain_stacks(evidence)


def _expect_drain_stacks(evidence: Evidence) -> None:
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
    _expect_panic(evidence, "sysrq triggered crash")
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


# --- qmp-dump: nothing panics, the host takes the core -------------------

NO_PANIC_SYSCTLS = {
    **{name: "0" for name in PANIC_SYSCTLS if "panic" in name},
    "kernel.sched_rt_runtime_us": "-1",
}

# The watch has said all; a shell with no memory may not even start a sleep.
QMP_DUMP = DRAIN + r"""say "ready"
sleep 600
"""


def _qmp_dump_check(evidence: Evidence) -> None:
    _expect_panic(evidence, "")
    _expect("Kernel panic" not in evidence.dmesg, "the guest panicked")
    for fact in evidence.all("sysctl"):
        _expect("panic" not in fact["name"] or fact["value"] in ("0", ""),
                f"{fact['name']} is {fact['value']}")
    _expect_drain_stacks(evidence)


def _qmp_dump_truth(evidence: Evidence) -> dict:
    return {**_drain_truth(evidence),
            "trigger": {"kind": "none", "sysctl": None}}


# --- one for each switch -------------------------------------------------

FAULT = "/sys/module/vgpu_lab/parameters/fault"

# A child of the shell, for an oops of PID 1 is another matter.
CHILD_FAULT = r"""
cat > /tmp/fault << END
sleep 1
echo @ > %s
END
sh /tmp/fault &
record role name=faulty pid=$! comm=sh
wait
sleep 5
""" % FAULT


def _child_fault(name: str) -> str:
    return CHILD_FAULT.replace("@", name)


SOFTLOCKUP = r"""
# The shell and all it starts stay on CPU 0; CPU 1 is about to go.
taskset -p 1 $$ > /dev/null
echo spin > %s
record role name=spin pid=$(pidof lab-spin) comm=lab-spin cpu=1
say "waiting for the watchdog"
sleep 120
""" % FAULT


def _softlockup_check(evidence: Evidence) -> None:
    _expect_panic(evidence, "softlockup: hung tasks")
    _expect(re.search(r"soft lockup - CPU#1 stuck for .*\[lab-spin:",
                      evidence.dmesg), "another task locked up")


def _softlockup_truth(evidence: Evidence) -> dict:
    spin = evidence.role("spin")
    return {
        "cause": "cpu-monopolised",
        "trigger": {"kind": "softlockup",
                    "sysctl": "kernel.softlockup_panic"},
        "culprit": {"kind": "task", "pid": int(spin["pid"]),
                    "comm": spin["comm"], "cpu": int(spin["cpu"])},
        "victims": [],
    }


def _oops_check(evidence: Evidence) -> None:
    _expect("BUG: kernel NULL pointer dereference" in evidence.dmesg and
            re.search(r"RIP: .*:lab_oops\+", evidence.dmesg),
            "there is no oops in lab_oops")
    # With a capture kernel loaded it is started before panic().
    _expect("Kernel panic" not in evidence.dmesg,
            f"the panic is another one: {evidence.panic_message()!r}")


def _bug_check(evidence: Evidence) -> None:
    _expect("kernel BUG at " in evidence.dmesg and
            re.search(r"RIP: .*:lab_bug\+", evidence.dmesg),
            "there is no BUG in lab_bug")
    _expect("Kernel panic" not in evidence.dmesg,
            f"the panic is another one: {evidence.panic_message()!r}")


def _warn_check(evidence: Evidence) -> None:
    _expect_panic(evidence, "panic_on_warn set")
    _expect("the lab asked for a warning" in evidence.dmesg,
            "the warning is another one")


def _bug_truth(kind: str, sysctl: str, function: str):
    def truth(evidence: Evidence) -> dict:
        faulty = evidence.role("faulty")
        return {
            "cause": "kernel-bug",
            "trigger": {"kind": kind, "sysctl": sysctl},
            # Code is at fault, not the task that happened to run it.
            "culprit": {"kind": "function"},
            "fault": {"function": function, "module": "vgpu_lab",
                      "pid": int(faulty["pid"]), "comm": faulty["comm"]},
            "victims": [],
        }
    return truth


OOM = r"""
lab-load eat &
sleep 120
"""


def _oom_check(evidence: Evidence) -> None:
    _expect_panic(evidence, "panic_on_oom is enabled")


def _oom_truth(evidence: Evidence) -> dict:
    eater = evidence.role("eater")
    return {
        "cause": "memory-exhausted",
        "trigger": {"kind": "oom", "sysctl": "vm.panic_on_oom"},
        "culprit": {"kind": "task", "pid": int(eater["pid"]),
                    "comm": eater["comm"]},
        "victims": [],
    }


NMI = r"""
say "ready"
sleep 60
"""


def _nmi_check(evidence: Evidence) -> None:
    _expect_panic(evidence, "NMI: Not continuing")


def _nmi_truth(_evidence: Evidence) -> dict:
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "nmi", "sysctl": "kernel.unknown_nmi_panic"},
        "culprit": None,
        "victims": [],
    }


# --- hangs that are not the GPU's ----------------------------------------

ABBA = r"""
echo abba > %s
lab-load watch $(pidof lab-ab) lab_take_both 60 ||
	die "the threads do not hang"
""" % FAULT + WAIT_FOR_PANIC
ABBA_LOCKS = ["lab_lock_a", "lab_lock_b"]
ABBA_TASKS = ["lab-ab", "lab-ba"]


def _abba_check(evidence: Evidence) -> None:
    _expect_panic(evidence, "hung_task")
    comms = sorted(victim["comm"] for victim in evidence.victims())
    _expect(comms == ABBA_TASKS, f"these hang: {', '.join(comms)}")


def _abba_truth(evidence: Evidence) -> dict:
    return {
        "cause": "lock-cycle",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        # Either of the two locks may be called so.
        "culprit": {"kind": "lock"},
        "cycle": {"tasks": evidence.victims(), "locks": ABBA_LOCKS},
        "victims": evidence.victims(),
    }


IO_WAIT = r"""
dd if=/dev/zero of=/tmp/disk bs=1M count=32 2> /dev/null
losetup /dev/loop0 /tmp/disk || die "no loop device"
mke2fs /dev/loop0 > /dev/null || die "no file system"
mkdir /disk
mount -t ext4 /dev/loop0 /disk || die "ext4 does not mount"
fsfreeze --freeze /disk || die "ext4 does not freeze"
dd if=/dev/zero of=/disk/file bs=4k count=1 2> /dev/null &
record role name=writer pid=$! comm=dd
lab-load watch $! percpu_rwsem_wait 60 || die "the writer does not hang"
""" + WAIT_FOR_PANIC


def _io_wait_check(evidence: Evidence) -> None:
    _expect_panic(evidence, "hung_task")
    writer = int(evidence.role("writer")["pid"])
    _expect(writer in [victim["pid"] for victim in evidence.victims()],
            "the writer does not hang")


def _io_wait_truth(evidence: Evidence) -> dict:
    return {
        "cause": "io-wait",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        "culprit": None,
        "victims": evidence.victims(),
    }


DRAIN_DISK = ("-drive", "if=none,id=disk,driver=null-co,size=1G,"
                        "read-zeroes=on",
              "-device", "virtio-blk-pci,drive=disk,num-queues=2")

SCENARIOS = {scenario.name: scenario for scenario in (
    Scenario(
        name="drain",
        about="Xorg waits for ever in drain_all_pages: an RT task has CPU 1",
        # From 6.0 on the lists of another CPU are drained without its help.
        kernels=("5.10",),
        guest=DRAIN + WAIT_FOR_PANIC,
        commands=("xorg", "hog", "memhog", "watch"),
        check=_drain_check, truth=_drain_truth,
        # The default throttles RT tasks to 95 % of a CPU: no hang then.
        sysctls={"kernel.sched_rt_runtime_us": "-1"},
        qemu=DRAIN_DISK),
    Scenario(
        name="healthy",
        about="the GPU is busy with page flips, then sysrq-c: nothing is wrong",
        guest=HEALTHY, guest_without_gpu=HEALTHY_WITHOUT_GPU,
        commands=("xorg",),
        check=_healthy_check, truth=_healthy_truth),
    Scenario(
        name="softlockup",
        about="a kernel thread keeps CPU 1 with preemption off",
        guest=SOFTLOCKUP, commands=(), module=True,
        check=_softlockup_check, truth=_softlockup_truth,
        # The watchdog speaks at twice its threshold; whoever waits for CPU 1
        # must not be the first to be told of.
        sysctls={"kernel.watchdog_thresh": "5",
                 "kernel.hung_task_timeout_secs": "120"}),
    Scenario(
        name="oops",
        about="a write to NULL in a module; no \"Kernel panic\" line",
        guest=_child_fault("oops"), commands=(), module=True,
        check=_oops_check,
        truth=_bug_truth("oops", "kernel.panic_on_oops", "lab_oops")),
    Scenario(
        name="bug",
        about="BUG() in a module",
        guest=_child_fault("bug"), commands=(), module=True,
        check=_bug_check,
        truth=_bug_truth("bug", "kernel.panic_on_oops", "lab_bug")),
    Scenario(
        name="warn",
        about="WARN() in a module, with panic_on_warn",
        guest=_child_fault("warn"), commands=(), module=True,
        check=_warn_check,
        truth=_bug_truth("warn", "kernel.panic_on_warn", "lab_warn")),
    Scenario(
        name="oom",
        about="a process takes all memory, with panic_on_oom",
        guest=OOM, commands=("eat",),
        check=_oom_check, truth=_oom_truth),
    Scenario(
        name="nmi",
        about="the host injects an NMI into a guest with nothing wrong",
        guest=NMI, commands=(), host="nmi",
        check=_nmi_check, truth=_nmi_truth,
        sysctls={"kernel.unknown_nmi_panic": "1"}),
    Scenario(
        name="abba",
        about="two kernel threads take two mutexes in opposite order",
        guest=ABBA, commands=("watch",), module=True,
        check=_abba_check, truth=_abba_truth),
    Scenario(
        name="io-wait",
        about="a process writes to a frozen ext4",
        guest=IO_WAIT, commands=("watch",),
        check=_io_wait_check, truth=_io_wait_truth,
        extra_modules=("crc32c_generic", "ext4", "loop")),
    Scenario(
        name="qmp-dump",
        about="as drain, but nothing panics: the host dumps the guest",
        kernels=("5.10",),
        guest=QMP_DUMP, commands=("xorg", "hog", "memhog", "watch"),
        host="dump",
        check=_qmp_dump_check, truth=_qmp_dump_truth,
        sysctls=NO_PANIC_SYSCTLS,
        extra_modules=("qemu_fw_cfg",),
        qemu=(*DRAIN_DISK, "-device", "vmcoreinfo")),
)}
