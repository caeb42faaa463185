# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults beside a GPU that is busy and well."""

import functools

from scenarios.base import (Evidence, Scenario, check_waiter_hangs, expect_panic,
                            hang_in, play)

FILE = "/proc/vgpu_beside"

_part = functools.partial(play, FILE)

# Everything stays on CPU 0 unless it is told otherwise.
GPU_BUSY = r"""
taskset -p 1 $$ > /dev/null
lab-load xorg flip 100 &
record role name=innocent pid=$! comm=Xorg
until grep -q frames= $RECORD; do sleep 0.2; done
"""


def _waits(comm: str, below: str) -> str:
    return (f"record role name=waiter pid=$! comm={comm}\n" + hang_in(below))


def _panics(words: str):
    def check(evidence: Evidence) -> None:
        expect_panic(evidence, words)
    return check


def _task(evidence: Evidence, role: str) -> dict:
    told = evidence.role(role)
    return {"kind": "task", "pid": int(told["pid"]), "comm": told["comm"]}


def _truth(cause: str, culprit: dict | str | None, kind: str = "hung_task",
           sysctl: str | None = "kernel.hung_task_panic"):
    """culprit: the task of that role, or what is told."""
    def truth(evidence: Evidence) -> dict:
        told = _task(evidence, culprit) if isinstance(culprit, str) else culprit
        return {
            "cause": cause,
            "trigger": {"kind": kind, "sysctl": sysctl},
            "culprit": told,
            "victims": evidence.victims(),
            "innocent": [{"pid": int(role["pid"]), "comm": role["comm"]}
                         for role in evidence.all("role")
                         if role["name"] == "innocent"],
        }
    return truth


# --- memory that no task and no cache has -----------------------------------

# A process that has its share, and does nobody any harm.
KEEPS = r"""
lab-load keeps browser 24 &
until grep -q comm=browser $RECORD; do sleep 0.2; done
"""
TMPFS = KEEPS + r"""
mkdir /mnt
mount -t tmpfs -o size=100% none /mnt || die "no tmpfs"
dd if=/dev/zero of=/mnt/file bs=1M
sleep 60
"""
OOM = _truth("memory-exhausted", None, "oom", "vm.panic_on_oom")


# --- a device of another kind, whose host stops ------------------------------

STALL = r"""
stall()
{
	printf '\003' | dd of="$1/config" bs=1 seek=4 count=1 conv=notrunc 2> /dev/null ||
		die "the device goes on"
}
"""
# The detector shall not wait for the CPU of who spins; a write sets its timer anew.
KEEP_DETECTOR = r"""
taskset -p 1 $(pidof khungtaskd) > /dev/null
echo 20 > /proc/sys/kernel/hung_task_timeout_secs
"""
NET_COMMAND = r"""ip link set eth0 up || die "no network device"
sleep 1
stall "$(readlink -f /sys/class/net/eth0/device/..)"
taskset 2 ip link set eth0 promisc on &
record role name=innocent pid=$! comm=ip
sleep 2
"""
NET = GPU_BUSY + STALL + NET_COMMAND
NET_HUNG = GPU_BUSY + STALL + KEEP_DETECTOR + NET_COMMAND + "ip link set lo up &\n" \
    + _waits("ip", "devinet_ioctl")
NET_QEMU = ("-netdev", "user,id=net,restrict=on", "-device",
            "virtio-net-pci,netdev=net")
NET_HOST = {"kind": "host"}

# RCU stalls only while a grace period runs: files that are closed need one, and its thread
# must not wait for CPU 1 itself.
HVC = GPU_BUSY + STALL + r"""
taskset -p 1 $(pidof rcu_preempt rcu_sched) > /dev/null
stall "$(readlink -f /sys/bus/virtio/drivers/virtio_console/virtio*/..)"
taskset 2 sh -c 'while :; do echo lab > /dev/hvc0; done' &
record role name=innocent pid=$! comm=sh
for _ in $(seq 300); do
	ls /proc > /dev/null
	sleep 0.2
done
"""

# --- a file system in user space ---------------------------------------------

FUSE_MOUNT = GPU_BUSY + r"""
mkdir /fuse
lab-load fused portal-daemon /fuse &
until grep -q ' /fuse ' /proc/mounts; do sleep 0.2; done
"""
FUSE = FUSE_MOUNT + r"""mkdir /fuse/one &
record role name=innocent pid=$! comm=mkdir
sleep 2
mkdir /fuse/two &
""" + _waits("mkdir", "filename_create")

# The daemon's cgroup is frozen.
FUSE_FROZEN = FUSE_MOUNT.replace("/fuse &", "/fuse &\ndaemon=$!") + r"""
mkdir /cg
mount -t cgroup2 none /cg || die "no cgroup2"
mkdir /cg/apps
echo "$daemon" > /cg/apps/cgroup.procs
echo 1 > /cg/apps/cgroup.freeze || die "no freezer"
until grep -q 'frozen 1' /cg/apps/cgroup.events; do sleep 0.2; done
mkdir /fuse/one &
record role name=innocent pid=$! comm=mkdir
sleep 2
mkdir /fuse/two &
""" + _waits("mkdir", "filename_create")

# A disk that is made of a file there.
LOOP = FUSE_MOUNT + r"""losetup /dev/loop0 /fuse/image || die "no loop device"
dd if=/dev/zero of=/dev/loop0 bs=4k count=4 conv=fsync,notrunc 2> /dev/null &
""" + _waits("dd", "file_write_and_wait_range")

# --- locks and works -----------------------------------------------------------

# The watchdog speaks at twice its threshold; nobody else shall be first.
SOFTLOCKUP = {"kernel.watchdog_thresh": "5", "kernel.hung_task_timeout_secs": "120",
              "kernel.panic_on_warn": "0"}
LOCKED_UP = ("softlockup", "kernel.softlockup_panic")
SPIN_HUNG = KEEP_DETECTOR + GPU_BUSY + _part("keeper", "keeper", "spin-sleep") \
    + "sleep 1\n" + _part("innocent", "asker", "spin", 1) + "sleep 1\n" \
    + _part("waiter", "flusher", "work-flush") + hang_in("flush_work")
ORDERED = GPU_BUSY + _part("waiter", "asker", "ordered") + hang_in("flush_work")
SYSFS = GPU_BUSY + r"""
cat /sys/kernel/vgpu_beside/slow > /dev/null &
record role name=reader pid=$! comm=cat
until grep -q slow_show /proc/$!/stack; do sleep 0.2; done
""" + _part("waiter", "remover", "remove") + hang_in("kernfs_remove")


def _beside(name: str, about: str, guest: str, truth, **more) -> Scenario:
    more.setdefault("commands", ("xorg", "askfile", "watch"))
    more.setdefault("check", check_waiter_hangs)
    more.setdefault("beside", True)
    return Scenario(name=name, about=about, guest=guest, truth=truth, **more)


SCENARIOS = (
    _beside("oom-pages", "a module leaks pages until there is no memory; a process has "
            "a quarter of it", KEEPS + _part("leaker", "leaker", "pages") + "sleep 60\n",
            OOM, check=_panics("Out of memory"), commands=("keeps", "askfile")),
    _beside("oom-tmpfs", "a file in memory grows until there is no memory; a process "
            "has a quarter of it", TMPFS, OOM, check=_panics("Out of memory"),
            commands=("keeps",), beside=False),
    _beside("net-spin", "the host of a network device stops: who asks it for something "
            "spins with the lock that others want", NET_HUNG,
            _truth("host-not-consuming", NET_HOST), beside=False,
            commands=("xorg", "watch"), qemu=NET_QEMU, extra_modules=("virtio_net",),
            sysctls={"kernel.softlockup_panic": "0", "kernel.hung_task_timeout_secs": "20"}),
    _beside("net-softlockup", "the same, and the watchdog tells", NET + "sleep 120\n",
            _truth("host-not-consuming", NET_HOST, *LOCKED_UP), beside=False,
            check=_panics("softlockup: hung tasks"), commands=("xorg",),
            qemu=NET_QEMU, extra_modules=("virtio_net",), sysctls=SOFTLOCKUP),
    _beside("hvc-rcu", "the host of a console stops: who writes to it spins with "
            "interrupts off, and RCU stalls",
            HVC, _truth("host-not-consuming", NET_HOST, "other",
                        "kernel.panic_on_rcu_stall"), beside=False,
            check=_panics("RCU Stall"), commands=("xorg",),
            qemu=("-device", "virtio-serial-pci", "-chardev", "null,id=hvc",
                  "-device", "virtconsole,chardev=hvc"),
            extra_modules=("virtio_console",), cmdline="rcupdate.rcu_cpu_stall_timeout=6",
            sysctls={"kernel.panic_on_rcu_stall": "1", "kernel.softlockup_panic": "0",
                     "kernel.hung_task_timeout_secs": "120"}),
    _beside("fuse-stopped", "the daemon of a file system in user space is stopped; a "
            "process waits for its answer with a folder's lock, another for that lock",
            FUSE, _truth("io-wait", "daemon"), beside=False,
            commands=("xorg", "fused", "watch"), extra_modules=("fuse",)),
    _beside("fuse-frozen", "the same, and the daemon's cgroup is frozen", FUSE_FROZEN,
            _truth("io-wait", "daemon"), beside=False,
            commands=("xorg", "fused", "watch"), extra_modules=("fuse",)),
    _beside("loop-fuse", "a loop device is made of a file there; a process waits for what it "
            "wrote to it", LOOP, _truth("io-wait", "daemon"), beside=False,
            commands=("xorg", "fused", "watch"), extra_modules=("fuse", "loop")),
    _beside("spin-hung", "a process sleeps with a spinlock, another spins for it, and a "
            "third waits for that one's CPU", SPIN_HUNG,
            # No spinlock says who has it.
            _truth("unexplained", None),
            sysctls={"kernel.softlockup_panic": "0", "kernel.panic_on_warn": "0",
                     "kernel.hung_task_timeout_secs": "20"}),
    _beside("work-ordered", "the first work of an ordered workqueue sleeps, another is "
            "flushed", ORDERED, _truth("workers-blocked", {"kind": "task"})),
    _beside("sysfs-reader", "a process sleeps in a read of a sysfs file, and another "
            "removes what the file is of", SYSFS, _truth("lock-holder-blocked", "reader")),
)
