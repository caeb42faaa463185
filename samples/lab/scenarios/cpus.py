# SPDX-License-Identifier: GPL-2.0-or-later
"""A CPU that is lost in an interrupt, or with interrupts off, by what ends it."""

from scenarios.base import (WAIT_FOR_PANIC, Evidence, Scenario, expect,
                            expect_panic)

FAULT = "/sys/module/vgpu_cpus/parameters/fault"

# The shell and all it starts stay on CPU 0; CPU 1 is about to go.
LOSE = r"""
taskset -p 1 $$ > /dev/null
taskset -p 1 $(pidof khungtaskd) > /dev/null
echo @ > %s
sleep 1
pid=$(pidof lab-irqoff) && record role name=lost pid=$pid comm=lab-irqoff cpu=1
""" % FAULT

# Any write wakes the detector, which sets its timer anew: on CPU 0.
KEEP_DETECTOR = """taskset -p 1 $(pidof khungtaskd) > /dev/null
echo 20 > /proc/sys/kernel/hung_task_timeout_secs
"""

FLUSH = r"""
printf flush > /tmp/flush
dd if=/tmp/flush of=%s 2> /dev/null &
record role name=flusher pid=$! comm=dd
lab-load watch $! flush_work 60 || die "the flusher does not hang"
""" % FAULT

# RCU stalls only while a grace period runs: files that are closed need one, and its thread
# must not wait for CPU 1 itself.
KEEP_RCU = "taskset -p 1 $(pidof rcu_preempt rcu_sched) > /dev/null\n"
CLOSE_FILES = """for _ in $(seq 600); do
	ls /proc > /dev/null
	sleep 0.2
done
"""

# Who ends the machine; the others shall not be first.
SOFTLOCKUP = {"kernel.watchdog_thresh": "5",
              "kernel.hung_task_timeout_secs": "120"}
HUNG = {"kernel.softlockup_panic": "0", "kernel.hung_task_timeout_secs": "20"}
RCU = {"kernel.panic_on_rcu_stall": "1", "kernel.softlockup_panic": "0",
       "kernel.hung_task_timeout_secs": "120"}
RCU_CMDLINE = "rcupdate.rcu_cpu_stall_timeout=6"


def _lose(how: str) -> str:
    return LOSE.replace("@", how)


def _panics(words: str):
    def check(evidence: Evidence) -> None:
        expect_panic(evidence, words)
    return check


def _hung_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    flusher = int(evidence.role("flusher")["pid"])
    expect(flusher in [victim["pid"] for victim in evidence.victims()],
           "the flusher does not hang")


def _truth(kind: str, sysctl: str, function: str, thread: str = ""):
    """thread: whose code it is; else it is an interrupt's, and he whom that met is innocent."""
    def truth(evidence: Evidence) -> dict:
        culprit: dict = {"kind": "task", "comm": thread} if thread else {"kind": "function"}
        # Who writes that down may not come to it once CPU 1 is lost.
        for role in evidence.all("role"):
            if role["name"] == "lost":
                culprit["pid"] = int(role["pid"])
        return {
            "cause": "cpu-monopolised",
            "trigger": {"kind": kind, "sysctl": sysctl},
            "culprit": {**culprit, "cpu": 1},
            "lost": {"function": function, "module": "vgpu_cpus"},
            "victims": evidence.victims(),
        }
    return truth


SCENARIOS = (
    Scenario(
        name="timer-softlockup",
        about="a timer's function on CPU 1 never ends, and the watchdog tells",
        guest=_lose("timer") + "sleep 120\n", commands=(), cpus=True,
        sysctls=SOFTLOCKUP, check=_panics("softlockup: hung tasks"),
        truth=_truth("softlockup", "kernel.softlockup_panic", "lab_timer_poll")),
    Scenario(
        name="timer-hung",
        about="the same, and a task that waits for CPU 1 hangs",
        guest=KEEP_DETECTOR + _lose("timer") + FLUSH + WAIT_FOR_PANIC, commands=("watch",),
        cpus=True, sysctls=HUNG, check=_hung_check,
        truth=_truth("hung_task", "kernel.hung_task_panic", "lab_timer_poll")),
    Scenario(
        name="timer-rcu",
        about="the same, and RCU stalls",
        guest=KEEP_RCU + _lose("timer") + CLOSE_FILES, commands=(), cpus=True,
        sysctls=RCU, cmdline=RCU_CMDLINE, check=_panics("RCU Stall"),
        truth=_truth("other", "kernel.panic_on_rcu_stall", "lab_timer_poll")),
    Scenario(
        name="hrtimer-hung",
        about="the function of a high resolution timer on CPU 1 never ends, in the "
              "interrupt itself",
        guest=KEEP_DETECTOR + _lose("hrtimer") + FLUSH + WAIT_FOR_PANIC, commands=("watch",),
        cpus=True, sysctls=HUNG, check=_hung_check,
        truth=_truth("hung_task", "kernel.hung_task_panic", "lab_hrtimer_poll")),
    Scenario(
        name="irqoff-rcu",
        about="a kernel thread keeps CPU 1 with interrupts off, and RCU stalls",
        guest=_lose("irqoff") + "sleep 120\n", commands=(), cpus=True,
        sysctls=RCU, cmdline=RCU_CMDLINE, check=_panics("RCU Stall"),
        truth=_truth("other", "kernel.panic_on_rcu_stall", "lab_irqoff", "lab-irqoff")),
)
