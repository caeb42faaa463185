# SPDX-License-Identifier: GPL-2.0-or-later
"""Who should run and may not, since a cgroup's quota is used up."""

from scenarios.base import (WAIT_FOR_PANIC, Evidence, Scenario, expect,
                            expect_panic)

# An ordinary process that has CPU 1 and does nobody any harm.
BUSY = r"""
taskset 2 sh -c 'while :; do :; done' &
record role name=innocent pid=$! comm=sh cpu=1
"""

LIMITED = "/desk"
GROUP = LIMITED + "/session"
# Who hangs is written down first.
LATE = {"kernel.hung_task_timeout_secs": "30"}

THROTTLED = r"""
taskset -p 1 $$ > /dev/null
mkdir /cg
mount -t cgroup2 none /cg || die "no cgroup2"
echo +cpu > /cg/cgroup.subtree_control
mkdir -p /cg%s
echo +cpu > /cg%s/cgroup.subtree_control
# A thousandth of a CPU, for the group above that of the task.
echo "1000 1000000" > /cg%s/cpu.max || die "no quota"
lab-load hold /tmp/file /cg%s/cgroup.procs &
# It may be held back before it has begun.
until [ -s /tmp/file ]; do sleep 0.2; done
""" % (GROUP, LIMITED, LIMITED, GROUP)

WAITER = r"""
dd if=/dev/zero of=/tmp/file bs=4k count=1 conv=notrunc 2> /dev/null &
record role name=waiter pid=$! comm=dd
lab-load watch $! file_write_iter 60 || die "the waiter does not hang"
""" + WAIT_FOR_PANIC


def _throttled_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    waiter = int(evidence.role("waiter")["pid"])
    expect(waiter in [victim["pid"] for victim in evidence.victims()],
           "the waiter does not hang")


def _throttled_truth(evidence: Evidence) -> dict:
    return {
        "cause": "throttled",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        "culprit": {"kind": "cgroup", "name": LIMITED},
        "victims": evidence.victims(),
    }


SCENARIOS = (
    Scenario(
        name="throttled",
        about="who has an inode's lock is in a cgroup with a thousandth of a "
              "CPU, which is idle else",
        guest=THROTTLED + WAITER, commands=("hold", "watch"),
        check=_throttled_check, truth=_throttled_truth,
        sysctls=LATE),
    Scenario(
        name="throttled-busy",
        about="the same, while an ordinary process has that CPU",
        guest=THROTTLED + BUSY + WAITER, commands=("hold", "watch"),
        check=_throttled_check, truth=_throttled_truth,
        sysctls=LATE),
)
