# SPDX-License-Identifier: GPL-2.0-or-later
"""Hangs that are not the GPU's."""

from scenarios.base import (WAIT_FOR_PANIC, Evidence, Scenario, expect,
                            expect_panic)
from scenarios.switches import FAULT

ABBA = r"""
echo abba > %s
lab-load watch $(pidof lab-ab) lab_take_both 60 ||
	die "the threads do not hang"
""" % FAULT + WAIT_FOR_PANIC
ABBA_LOCKS = ["lab_lock_a", "lab_lock_b"]
ABBA_TASKS = ["lab-ab", "lab-ba"]


def _abba_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    comms = sorted(victim["comm"] for victim in evidence.victims())
    expect(comms == ABBA_TASKS, f"these hang: {', '.join(comms)}")


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
    expect_panic(evidence, "hung_task")
    writer = int(evidence.role("writer")["pid"])
    expect(writer in [victim["pid"] for victim in evidence.victims()],
           "the writer does not hang")


def _io_wait_truth(evidence: Evidence) -> dict:
    return {
        "cause": "io-wait",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        "culprit": None,
        "victims": evidence.victims(),
    }


WORKS = "/sys/module/vgpu_works/parameters/fault"
WORKS_TASKS = 256  # of one CPU, with one function: a mass

WQ_FULL = r"""
echo fill > %s
printf flush > /tmp/flush
dd if=/tmp/flush of=%s 2> /dev/null &
record role name=flusher pid=$! comm=dd
lab-load watch $! flush_work 60 || die "the flusher does not hang"
""" % (WORKS, WORKS) + WAIT_FOR_PANIC


def _wq_full_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    victims = evidence.victims()
    flusher = int(evidence.role("flusher")["pid"])
    expect(flusher in [victim["pid"] for victim in victims],
           "the flusher does not hang")
    expect(len(victims) > WORKS_TASKS, f"only {len(victims)} tasks hang")


def _wq_full_truth(evidence: Evidence) -> dict:
    return {
        "cause": "workers-blocked",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        # One of those that sleep.
        "culprit": {"kind": "task"},
        "victims": evidence.victims(),
    }


# --- fs-panic: a file system that is to panic at an error -------------------

FS_PANIC = r"""
dd if=/dev/zero of=/tmp/disk bs=1M count=32 2> /dev/null
losetup /dev/loop0 /tmp/disk || die "no loop device"
mke2fs /dev/loop0 > /dev/null || die "no file system"
mkdir /disk
mount -t ext4 -o errors=panic /dev/loop0 /disk || die "ext4 does not mount"
say "an error of the file system"
echo lab > /sys/fs/ext4/loop0/trigger_fs_error
sleep 30
"""


def _fs_panic_check(evidence: Evidence) -> None:
    expect_panic(evidence, "EXT4-fs (device loop0): panic forced after error")


def _fs_panic_truth(_evidence: Evidence) -> dict:
    return {
        "cause": "storage-error",
        "trigger": {"kind": "other", "sysctl": None},
        "culprit": {"kind": "device", "name": "loop0"},
        "victims": [],
    }


SCENARIOS = (
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
        name="fs-panic",
        about="an ext4 that is mounted to panic at an error has one",
        guest=FS_PANIC, commands=(),
        check=_fs_panic_check, truth=_fs_panic_truth,
        extra_modules=("crc32c_generic", "ext4", "loop"), fault_limit=600),
    Scenario(
        name="wq-full",
        about="hundreds of works of one function wait for a completion that "
              "never comes; a process flushes one that cannot begin",
        guest=WQ_FULL, commands=("watch",), works=True,
        check=_wq_full_check, truth=_wq_full_truth,
        # Who hangs is written down first: there are many.
        sysctls={"kernel.hung_task_timeout_secs": "30"}),
)
