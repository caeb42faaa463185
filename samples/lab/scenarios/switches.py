# SPDX-License-Identifier: GPL-2.0-or-later
"""One scenario for each switch that makes the kernel panic, and a healthy guest."""

import re

from scenarios.base import Evidence, Scenario, expect, expect_panic

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
    expect_panic(evidence, "sysrq triggered crash")
    expect(evidence.gpu().get("frames") or evidence.all("guest"),
           "the GPU was not busy")
    expect("blocked for more than" not in evidence.dmesg,
           "something hangs in a guest that should be healthy")


def _healthy_truth(evidence: Evidence) -> dict:
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "sysrq", "sysctl": None},
        "culprit": None,
        "victims": [],
    }


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
    expect_panic(evidence, "softlockup: hung tasks")
    expect(re.search(r"soft lockup - CPU#1 stuck for .*\[lab-spin:",
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


def _faulted_at(evidence: Evidence, place: str) -> bool:
    """As x86 writes its registers, or arm64."""
    return bool(re.search(rf"(RIP: .*:|pc : ){place}", evidence.dmesg))


def _null_pointer_at(evidence: Evidence, place: str) -> bool:
    return "kernel NULL pointer dereference" in evidence.dmesg and \
        _faulted_at(evidence, place)


def _oops_check(evidence: Evidence) -> None:
    expect(_null_pointer_at(evidence, r"lab_oops\+"),
           "there is no oops in lab_oops")
    # With a capture kernel loaded it is started before panic().
    expect("Kernel panic" not in evidence.dmesg,
           f"the panic is another one: {evidence.panic_message()!r}")


# It is loaded already, and did not fault.
OOPS_INIT = r"""
rmmod vgpu_early || die "rmmod vgpu_early"
cat > /tmp/fault << END
sleep 1
exec insmod /lab/modules/vgpu_early.ko fault=1
END
sh /tmp/fault &
record role name=faulty pid=$! comm=insmod
wait
sleep 5
"""


def _oops_init_check(evidence: Evidence) -> None:
    expect(_null_pointer_at(evidence, r"early_probe\+.* \[vgpu_early\]"),
           "there is no oops in early_probe")


def _bug_check(evidence: Evidence) -> None:
    expect("kernel BUG at " in evidence.dmesg and
           _faulted_at(evidence, r"lab_bug\+"),
           "there is no BUG in lab_bug")
    expect("Kernel panic" not in evidence.dmesg,
           f"the panic is another one: {evidence.panic_message()!r}")


def _warn_check(evidence: Evidence) -> None:
    expect_panic(evidence, "panic_on_warn set")
    expect("the lab asked for a warning" in evidence.dmesg,
           "the warning is another one")


def _bug_truth(kind: str, sysctl: str, function: str, module: str = "vgpu_lab"):
    def truth(evidence: Evidence) -> dict:
        faulty = evidence.role("faulty")
        return {
            "cause": "kernel-bug",
            "trigger": {"kind": kind, "sysctl": sysctl},
            # Code is at fault, not the task that happened to run it.
            "culprit": {"kind": "function"},
            "fault": {"function": function, "module": module,
                      "pid": int(faulty["pid"]), "comm": faulty["comm"]},
            "victims": [],
        }
    return truth


# Anybody's own program may be called so, and its name stands in the log.
IMPOSTOR = "lab-load impostor\n" + _child_fault("oops")


def _impostor_check(evidence: Evidence) -> None:
    expect(_faulted_at(evidence, r"lab_oops\+"),
           "there is no oops in lab_oops")
    expect("started with executable stack" in evidence.dmesg and
           evidence.panic_message() == "hung_task: blocked tasks",
           "the kernel did not repeat the name")


OOM = r"""
lab-load eat &
sleep 120
"""


def _oom_check(evidence: Evidence) -> None:
    expect_panic(evidence, "panic_on_oom is enabled")


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
    expect_panic(evidence, "NMI: Not continuing")


def _nmi_truth(_evidence: Evidence) -> dict:
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "nmi", "sysctl": "kernel.unknown_nmi_panic"},
        "culprit": None,
        "victims": [],
    }


SCENARIOS = (
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
        name="oops-init",
        about="a write to NULL in a module's init function, whose names are "
              "thrown away",
        guest=OOPS_INIT, commands=(), early=True,
        check=_oops_init_check,
        truth=_bug_truth("oops", "kernel.panic_on_oops", "early_probe",
                         "vgpu_early")),
    Scenario(
        name="impostor",
        about="a program whose name is a panic's lines, which the log quotes; "
              "then an oops",
        guest=IMPOSTOR, commands=("impostor",), module=True,
        check=_impostor_check,
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
)
