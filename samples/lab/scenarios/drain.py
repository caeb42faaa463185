# SPDX-License-Identifier: GPL-2.0-or-later
"""The page allocator's drain waits for a CPU that is gone."""

import re

from scenarios.base import (NO_PANIC_SYSCTLS, WAIT_FOR_HOST, WAIT_FOR_PANIC, Evidence,
                            Scenario, expect, expect_panic)

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


def _drain_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    _expect_drain_stacks(evidence)


def _expect_drain_stacks(evidence: Evidence) -> None:
    report = re.search(r"task Xorg:\d+ blocked for more than(.*?)(?=INFO: task"
                       r"|NMI backtrace|Kernel panic|\Z)",
                       evidence.dmesg, re.DOTALL)
    expect(report, "the kernel does not report Xorg as hung")
    for function in ("flush_work", "drain_all_pages", "virtio_gpu"):
        expect(report and function in report.group(1),
               f"{function} is not on Xorg's stack")
    comms = [victim["comm"] for victim in evidence.victims()]
    expect("khugepaged" in comms, "khugepaged does not hang")


def _drain_truth(evidence: Evidence) -> dict:
    hog = evidence.role("hog")
    return {
        "cause": "cpu-monopolised",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        "culprit": {"kind": "task", "pid": int(hog["pid"]),
                    "comm": hog["comm"], "cpu": int(hog["cpu"])},
        "victims": evidence.victims(),
    }


# --- drain-silent: khungtaskd has no words left ---------------------------

def _drain_silent_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    expect("blocked for more than" not in evidence.dmesg,
           "the kernel reports a hung task")
    comms = [victim["comm"] for victim in evidence.victims()]
    expect("Xorg" in comms, "Xorg does not hang")


# --- qmp-dump: nothing panics, the host takes the core -------------------

def _qmp_dump_check(evidence: Evidence) -> None:
    expect_panic(evidence, "")
    expect("Kernel panic" not in evidence.dmesg, "the guest panicked")
    for fact in evidence.all("sysctl"):
        expect("panic" not in fact["name"] or fact["value"] in ("0", ""),
               f"{fact['name']} is {fact['value']}")
    _expect_drain_stacks(evidence)


def _qmp_dump_truth(evidence: Evidence) -> dict:
    return {**_drain_truth(evidence),
            "trigger": {"kind": "none", "sysctl": None}}


DRAIN_DISK = ("-drive", "if=none,id=disk,driver=null-co,size=1G,"
                        "read-zeroes=on",
              "-device", "virtio-blk-pci,drive=disk,num-queues=2")

SCENARIOS = (
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
        name="drain-silent",
        about="as drain, and khungtaskd may not say who hangs",
        kernels=("5.10",),
        guest=DRAIN + WAIT_FOR_PANIC,
        commands=("xorg", "hog", "memhog", "watch"),
        check=_drain_silent_check, truth=_drain_truth,
        sysctls={"kernel.sched_rt_runtime_us": "-1",
                 "kernel.hung_task_warnings": "0"},
        fault_limit=600,
        qemu=DRAIN_DISK),
    Scenario(
        name="qmp-dump",
        about="as drain, but nothing panics: the host dumps the guest",
        kernels=("5.10",),
        guest=DRAIN + WAIT_FOR_HOST, commands=("xorg", "hog", "memhog", "watch"),
        host="dump",
        check=_qmp_dump_check, truth=_qmp_dump_truth,
        sysctls={**NO_PANIC_SYSCTLS, "kernel.sched_rt_runtime_us": "-1"},
        extra_modules=("qemu_fw_cfg",),
        qemu=(*DRAIN_DISK, "-device", "vmcoreinfo")),
)
