# SPDX-License-Identifier: GPL-2.0-or-later
"""Waits that name no owner: who must move is found by what he is doing."""

from scenarios.base import (NO_PANIC_SYSCTLS, WAIT_FOR_HOST, WAIT_FOR_PANIC, Evidence,
                            Scenario, check_waiter_hangs, expect, expect_panic, hang_in)


def _part(role: str, comm: str, part: str, cpu: int = 0) -> str:
    """A process that plays a part of the lab's module of waits."""
    return (f"lab-load ask {comm} {cpu} {part} &\n"
            f"record role name={role} pid=$! comm={comm} cpu={cpu}\n")


# Those who come first have what those who come later want.
SOON = "sleep 1\n"


def _truth(cause: str, culprit: dict | None = None):
    """culprit None: the task that plays it."""
    def truth(evidence: Evidence) -> dict:
        told = culprit
        if told is None:
            role = evidence.role("culprit")
            told = {"kind": "task", "pid": int(role["pid"]), "comm": role["comm"]}
        return {
            "cause": cause,
            "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
            "culprit": told,
            "victims": evidence.victims(),
        }
    return truth


def _scenario(name: str, about: str, guest: str, truth, **more) -> Scenario:
    more.setdefault("commands", ("ask", "watch"))
    more.setdefault("check", check_waiter_hangs)
    return Scenario(name=name, about=about, guest=guest, waits=True,
                    truth=truth, **more)


SPINNER = _part("culprit", "spinner", "spin", 1) + SOON
NO_SOFTLOCKUP = {"kernel.softlockup_panic": "0"}
HOLDER = _part("culprit", "keeper", "mutex-hold") + SOON


def _of_spinner(name: str, about: str, part: str, below: str) -> Scenario:
    return _scenario(
        name, about, SPINNER + _part("waiter", "asker", part) + hang_in(below),
        _truth("cpu-monopolised"), sysctls=NO_SOFTLOCKUP)


def _qmp_spin_check(evidence: Evidence) -> None:
    check_waiter_hangs(evidence, panic="")
    expect("Kernel panic" not in evidence.dmesg, "the guest panicked")


def _qmp_spin_truth(evidence: Evidence) -> dict:
    return {**_truth("cpu-monopolised")(evidence),
            "trigger": {"kind": "none", "sysctl": None}}


def _lost(name: str, about: str, lose: str, part: str, below: str) -> Scenario:
    return _scenario(
        name, about,
        _part("loser", "loser", lose) + SOON + _part("other", "second", part)
        + _part("waiter", "asker", part) + hang_in(below),
        _truth("lost-wakeup", {"kind": "lock"}))


def _of_holder(name: str, about: str, before: str, part: str,
               below: str) -> Scenario:
    """Whom the waiter waits for wants a mutex that a sleeper has."""
    return _scenario(
        name, about,
        HOLDER + _part("helper", "helper", before) + "wait $!\n"
        + _part("waiter", "asker", part) + hang_in(below),
        _truth("lock-holder-blocked"))


def _of_reader(name: str, about: str, hold: str, part: str, below: str,
               **more) -> Scenario:
    return _scenario(
        name, about,
        _part("culprit", "keeper", hold) + SOON
        + _part("waiter", "asker", part) + hang_in(below),
        _truth("lock-holder-blocked"), **more)


MMAP_READER = r"""
lab-load mmread mapper &
lab-load watch $! vm_mmap_pgoff 60 || die "the mapper does not hang"
""" + WAIT_FOR_PANIC


def _mmap_check(evidence: Evidence) -> None:
    """Of the two who wait the one is watched, and the other is what fires."""
    expect_panic(evidence, "hung_task")
    expect(bool(evidence.victims()), "the mapper does not hang")


def _mmap_truth(evidence: Evidence) -> dict:
    role = evidence.role("reader")
    return _truth("lock-holder-blocked",
                  {"kind": "task", "pid": int(role["pid"]),
                   "comm": role["comm"]})(evidence)


HOTPLUG = _part("culprit", "keeper", "hotplug-read") + SOON + r"""
printf 0 > /tmp/off
dd if=/tmp/off of=/sys/devices/system/cpu/cpu1/online 2> /dev/null &
record role name=waiter pid=$! comm=dd
lab-load watch $! percpu_down_write 60 || die "nobody waits for hotplug's lock"
""" + WAIT_FOR_PANIC


def _inside(role: str, comm: str, part: str) -> str:
    """A process that plays a part of the lab's module of locks on the heap."""
    return (f"lab-load askfile {comm} 0 /proc/vgpu_inside {part} &\n"
            f"record role name={role} pid=$! comm={comm} cpu=0\n")


def _on_heap(name: str, about: str, before: str, part: str,
             below: str) -> Scenario:
    return Scenario(
        name=name, about=about, inside=True, commands=("askfile", "watch"),
        guest=before + SOON + _inside("waiter", "closer", part) + hang_in(below),
        check=check_waiter_hangs, truth=_truth("lock-holder-blocked"))


# The detector looks when all are there: on a busy machine that takes minutes.
CROWD = _inside("culprit", "counter", "count") + SOON \
    + _inside("piler", "piler", "pile") + r"""
lab-load crowd crowd 10000 /proc/vgpu_inside close &
crowd=$!
record role name=waiter pid=$crowd comm=crowd
until grep -q ^crowd $RECORD; do sleep 1; done
lab-load watch $crowd depot_close 300 || die "nobody hangs in depot_close"
echo 20 > /proc/sys/kernel/hung_task_timeout_secs
record sysctl name=kernel.hung_task_timeout_secs value=20
""" + WAIT_FOR_PANIC

SCENARIOS = (
    _of_spinner("rcu-spin", "a process spins in the kernel on CPU 1; another "
                "waits for an RCU grace period", "rcu", "synchronize_rcu"),
    _scenario("qmp-spin", "the same, but nothing panics: the host dumps the guest",
              SPINNER + _part("waiter", "asker", "rcu")
              + hang_in("synchronize_rcu", WAIT_FOR_HOST), _qmp_spin_truth,
              host="dump", check=_qmp_spin_check, sysctls=NO_PANIC_SYSCTLS,
              extra_modules=("qemu_fw_cfg",), qemu=("-device", "vmcoreinfo")),
    _scenario("rcu-reader", "a process sleeps as a reader of RCU; another "
              "waits for the grace period",
              _part("culprit", "keeper", "rcu-read") + SOON
              + _part("waiter", "asker", "rcu") + hang_in("synchronize_rcu"),
              _truth("lock-holder-blocked"),
              # 5.10 is not preemptible: a reader that sleeps is none.
              kernels=("6.1",),
              # The scheduler warns of one that sleeps.
              sysctls={"kernel.panic_on_warn": "0"}),
    _of_spinner("rcu-expedited", "the same, of an expedited one", "rcu-expedited",
                "synchronize_rcu_expedited"),
    _of_spinner("rcu-barrier", "the same; another waits until all callbacks of "
                "RCU have run", "rcu-barrier", "rcu_barrier"),
    _of_reader("srcu-reader", "a process sleeps as a reader of SRCU; another "
               "waits for the grace period", "srcu-read", "srcu",
               "__synchronize_srcu"),
    _lost("lost-mutex", "a mutex is let go and nobody is woken",
          "mutex-lose", "mutex", "waits_mutex_lock"),
    _lost("lost-rwsem", "the same of an rwsem", "rwsem-lose", "rwsem-read",
          "waits_rwsem_read"),
    _lost("lost-semaphore", "the same of a semaphore", "down-lose", "down",
          "waits_down"),
    _lost("owner-gone", "a process has exited with a mutex", "mutex-keep",
          "mutex", "waits_mutex_lock"),
    _of_holder("flush-queue", "a workqueue is flushed, and its work waits for "
               "a mutex that a sleeper has", "queue", "flush",
               "waits_flush"),
    _of_holder("drain-queue", "the same, drained", "queue", "drain",
               "drain_workqueue"),
    _of_holder("cancel-work", "the same, cancelled", "queue", "cancel",
               "cancel_work"),
    _of_holder("stop-thread", "a kernel thread is to stop, and waits for a "
               "mutex that a sleeper has", "thread", "stop", "kthread_stop"),
    _scenario("mmap-reader", "a thread sleeps with its memory map's lock, for "
              "reading; another maps memory, a third exits",
              MMAP_READER, _mmap_truth, commands=("mmread", "watch"),
              check=_mmap_check),
    _of_reader("rwsem-reader", "a process sleeps with an rwsem, for reading",
               "rwsem-hold-read", "rwsem-write", "waits_rwsem_write"),
    _of_reader("semaphore", "a process sleeps with a semaphore",
               "down-hold", "down", "waits_down"),
    _of_reader("percpu-rwsem", "a process sleeps with a percpu_rw_semaphore, "
               "for reading", "percpu-read", "percpu-write",
               "waits_percpu_write"),
    _scenario("hotplug-lock", "a process sleeps with CPU hotplug's lock, for "
              "reading; another takes a CPU away",
              HOTPLUG, _truth("lock-holder-blocked")),
    _on_heap("heap-reader", "a process sleeps with an rwsem of an object, for "
             "reading; another had it later, and sleeps without it",
             _inside("culprit", "counter", "count") + SOON
             + _inside("passer", "passer", "pass"), "close", "depot_close"),
    _on_heap("heap-semaphore", "a process sleeps with a semaphore of an object",
             _inside("culprit", "loader", "load"), "unload", "depot_unload"),
    Scenario(
        name="crowd", about="ten thousand threads and twenty thousand works want "
        "a lock that a reader has", inside=True,
        commands=("askfile", "crowd", "watch"), memory_mb=2048,
        sysctls={"kernel.threads-max": "30000", "kernel.pid_max": "65536",
                 "kernel.hung_task_timeout_secs": "0"},
        guest=CROWD, fault_limit=900,
        check=check_waiter_hangs, truth=_truth("lock-holder-blocked")),
)
