# SPDX-License-Identifier: GPL-2.0-or-later
"""Hangs near the GPU that are none of its own, and other devices of the host."""

import functools
import re

from scenarios import gpu
from scenarios.answers import FLIP, RENDERER_STOPS
from scenarios.base import (Evidence, Scenario, check_waiter_hangs, expect, expect_panic,
                            hang_in, play)
from scenarios.beside import GPU_BUSY, SOFTLOCKUP, STALL

FILE = "/proc/vgpu_aside"
HUNG_TASK = {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"}

_part = functools.partial(play, FILE)


def _truth(cause: str, culprit: dict | str | None, trigger: dict | None = None,
           also: tuple = ()):
    """culprit: the task of that role, or what is told.  also: what hangs besides."""
    def truth(evidence: Evidence) -> dict:
        told = culprit
        if isinstance(culprit, str):
            role = evidence.role(culprit)
            told = {"kind": "task", "pid": int(role["pid"]), "comm": role["comm"]}
        return {
            "cause": cause, "trigger": trigger or HUNG_TASK, "culprit": told,
            "victims": gpu.plain_victims(evidence),
            "innocent": [{"pid": int(role["pid"]), "comm": role["comm"]}
                         for role in evidence.all("role")
                         if role["name"] == "innocent"],
            **({"also": list(also)} if also else {}),
        }
    return truth


# --- a fence of another driver -----------------------------------------------

# The GPU's host is alive and slow: many commands are with it, and none is waited for.
FOREIGN = gpu.OBSERVE + r"""
lab-load foreign %s &
compositor=$!
recorded settled 1
lab-load busy 60 &
record role name=innocent pid=$! comm=glclient
recorded settled 2
%s
touch /tmp/go.glclient
recorded filling 1
""" + FLIP


# Its own fence shall be signalled before.
MERGED = FOREIGN.replace("\n%s\ntouch /tmp/go.glclient", r"""
touch /tmp/go.compositor
sleep 3
%s
touch /tmp/go.glclient""")


def _foreign_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    stacks = [waiter["stack"] for waiter in gpu.waiters(evidence)]
    expect(any("dma_fence_default_wait" in stack and "commit_tail" in stack
               for stack in stacks), "no worker waits for a fence")


RESERVED = GPU_BUSY + _part("renderer", "renderer", "wait-fence") + "sleep 1\n" \
    + _part("waiter", "compositor", "signal-fence") + hang_in("aside_signal_fence")

# --- a work in the way of the GPU's -------------------------------------------

POOL_POLL = gpu.OBSERVE + gpu.CLIENTS + f"""
echo poll > {FILE}
""" + gpu.FILL

# Where the detector looks every 40 s: its second look is later than others wait for.
SECOND_LOOK = "sleep 60\n"

# Processes that compute have most of that CPU's time, and do no harm by it.
POOL_POLL_BUSY = POOL_POLL.replace("lab-load watch", r"""
for _ in 1 2 3; do
	sh -c 'while :; do :; done' &
	record role name=innocent pid=$! comm=sh
	taskset -p 1 $! > /dev/null
done
lab-load watch""") + SECOND_LOOK

# --- a CPU that does not stop -------------------------------------------------

# The detector names a thread that waits for CPU 1, on another CPU.
STOP = GPU_BUSY + r"""
for cpu in 0 1; do
	record role name=innocent pid=$(pidof migration/$cpu) comm=migration/$cpu
done
""" + _part("culprit", "poller", "keep-cpu", 1) + _part("innocent", "livepatch", "stop") \
    + "sleep 120\n"


def _stop_check(evidence: Evidence) -> None:
    expect_panic(evidence, "softlockup: hung tasks")
    expect(re.search(r"soft lockup - CPU#0 .*\[migration/0:", evidence.dmesg),
           "no thread that stops CPUs is locked up")


# --- circles --------------------------------------------------------------------

WORKS = GPU_BUSY + _part("waiter", "flusher", "flush") + hang_in("aside_flush")
CANCEL = GPU_BUSY + _part("waiter", "closer", "cancel") + hang_in("aside_cancel")


def _circle_check(works: tuple[str, ...]):
    """These works hang, too."""
    def check(evidence: Evidence) -> None:
        check_waiter_hangs(evidence)
        stacks = [victim["stack"] for victim in evidence.all("victim")]
        for work in works:
            expect(any(work in stack for stack in stacks), f"{work} does not hang")
    return check


# --- the console -----------------------------------------------------------------

# Nobody may write to /dev/console from then on, which needs its lock, too.
CONSOLE = gpu.OBSERVE + r"""
lab-load vt login &
vt=$!
lab-load modeset set &
xorg=$!
recorded settled 1
until grep -q name=keeper $RECORD; do sleep 0.2; done
lab-load pci stall
touch /tmp/go.Xorg
until grep -q virtio_gpu_queue /proc/$xorg/stack; do sleep 0.2; done
touch /tmp/go.login
until grep -q drm_modeset_lock /proc/$vt/stack; do sleep 0.2; done
sh -c 'echo lab > /dev/tty2' &
record role name=waiter pid=$! comm=sh
until grep -q console_lock /proc/$!/stack; do sleep 0.2; done
sleep 2
for pid in $vt $xorg $!; do
	record victim pid=$pid comm="$(cat /proc/$pid/comm)" stack=
done
sleep 120
"""

# --- other devices of the host ----------------------------------------------------

# The first gives numbers, the second never does; somebody takes the second, and the first again.
RNG = GPU_BUSY + r"""
take()
{
	printf '%s' "$1" > "/tmp/$1"
	dd if="/tmp/$1" of=/sys/class/misc/hw_random/rng_current 2> /dev/null &
}
take virtio_rng.1
sleep 1
dd if=/dev/hwrng of=/dev/null bs=16 count=1 2> /dev/null &
until keeper=$(grep -ls virtio_read /proc/[0-9]*/stack); do sleep 0.2; done
keeper=$(echo "$keeper" | cut -d / -f 3)
record role name=innocent "pid=$keeper" "comm=$(cat "/proc/$keeper/comm")"
take virtio_rng.0
record role name=waiter pid=$! comm=dd
""" + hang_in("rng_current_store")

SHARE_STOPS = GPU_BUSY + STALL + r"""
mkdir /p9
mount -t 9p -o trans=virtio,version=9p2000.L data /p9 || die "no second share"
for one in /sys/bus/virtio/drivers/9pnet_virtio/virtio*; do
	[ "$(tr -d '\0' < $one/mount_tag)" = data ] && stall "$(readlink -f $one/..)"
done
ls /p9/nothing &
record role name=innocent pid=$! comm=ls
until grep -q p9_client_rpc /proc/$!/stack; do sleep 0.2; done
mkdir /p9/two &
record role name=waiter pid=$! comm=mkdir
""" + hang_in("filename_create")

# The host takes memory; then a small program has the bad luck to need some.
BALLOON = r"""
lab-load keeps browser 24 &
until grep -q comm=browser $RECORD; do sleep 0.2; done
say "ready"
free()
{
	sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}
until [ $(free) -lt 150000 ]; do sleep 0.5; done
lab-load keeps editor 60 &
sleep 60
"""


def _oom_check(evidence: Evidence) -> None:
    expect_panic(evidence, "Out of memory")


# --- two at once --------------------------------------------------------------------

# The panic is for the threads; a client hangs for reasons of its own, for less long.
TWO = gpu.OBSERVE + gpu.CLIENTS + r"""
echo abba > /sys/module/vgpu_lab/parameters/fault
sleep 8
lab-load pci stall
""" + gpu.FILL + SECOND_LOOK


def _aside(name: str, about: str, guest: str, truth, **more) -> Scenario:
    more.setdefault("commands", ("xorg", "watch"))
    more.setdefault("check", check_waiter_hangs)
    return Scenario(name=name, about=about, guest=guest, truth=truth, **more)


SCENARIOS = (
    _aside("foreign-fence", "a flip waits for a fence of another driver that is never "
           "signalled, while the GPU's host has commands and is slow",
           FOREIGN % ("single", RENDERER_STOPS), _truth("unexplained", None),
           commands=("foreign", "busy", "watch"), fence=True, virgl=True, slow=True,
           check=_foreign_check, sysctls=gpu.SLOW_DETECTOR),
    _aside("foreign-merged", "the same of two fences in one, of which the GPU's is "
           "signalled", MERGED % ("merged", RENDERER_STOPS), _truth("unexplained", None),
           commands=("foreign", "busy", "watch"), fence=True, virgl=True, slow=True,
           check=_foreign_check, sysctls=gpu.SLOW_DETECTOR),
    _aside("fence-reserved", "a process waits for a fence with a lock that who would "
           "signal it wants", RESERVED, _truth("unexplained", None),
           commands=("xorg", "askfile", "watch"), aside=True),
    _aside("pool-poll", "a work polls without an end, and the GPU's dequeue work is in "
           "the same pool of workers", POOL_POLL,
           _truth("workers-blocked", {"kind": "task"}), aside=True,
           commands=("client", "watch"), check=gpu.full_check, sysctls=gpu.SLOW_DETECTOR),
    _aside("pool-poll-busy", "the same, while processes compute on that CPU", POOL_POLL_BUSY,
           _truth("workers-blocked", {"kind": "task"}), aside=True,
           commands=("client", "watch"), check=gpu.full_check,
           sysctls={"kernel.hung_task_timeout_secs": "40"}),
    _aside("stop-machine", "all CPUs are to stop, and one is polled on that tells the "
           "watchdog so; it names who waits for that CPU", STOP,
           _truth("cpu-monopolised", "culprit",
                  {"kind": "softlockup", "sysctl": "kernel.softlockup_panic"}),
           aside=True, commands=("xorg", "askfile"), check=_stop_check,
           sysctls=SOFTLOCKUP),
    _aside("works-cycle", "two works flush each other, and a process flushes one", WORKS,
           _truth("lock-cycle", {"kind": "function"}), aside=True,
           commands=("xorg", "askfile", "watch"),
           check=_circle_check(("aside_reset", "aside_probe"))),
    _aside("cancel-cycle", "a process cancels a work with the mutex that it wants", CANCEL,
           _truth("lock-cycle", {"kind": "lock", "name": "aside_state"}), aside=True,
           commands=("xorg", "askfile", "watch"),
           check=_circle_check(("aside_refresh",))),
    _aside("console-chain", "a process waits for the console's lock, which one has who "
           "waits for the CRTC's, which Xorg has while the GPU stalls", CONSOLE,
           _truth("host-not-consuming", {"kind": "host"}),
           commands=("modeset", "pci", "vt"), sysctls=gpu.SLOW_DETECTOR),
    _aside("rng-silent", "the host gives no random numbers; a process waits for them, "
           "another for that one's lock", RNG,
           _truth("host-not-consuming", {"kind": "host"}),
           extra_modules=("virtio-rng",), qemu=(
               "-object", "rng-builtin,id=rng0", "-device", "virtio-rng-pci,rng=rng0",
               "-chardev", "null,id=silent", "-object", "rng-egd,id=rng1,chardev=silent",
               "-device", "virtio-rng-pci,rng=rng1")),
    _aside("share-stopped", "the host of a 9p share stops; a process waits for its answer "
           "with a folder's lock, another for that lock", SHARE_STOPS,
           _truth("host-not-consuming", {"kind": "host"}), qemu=(
               "-fsdev", "local,id=data,path=/usr/share,security_model=none,readonly=on,"
               "multidevs=remap", "-device", "virtio-9p-pci,fsdev=data,mount_tag=data")),
    _aside("balloon", "the host takes most of the guest's memory back, then a program "
           "needs some", BALLOON,
           _truth("memory-exhausted", {"kind": "host"},
                            {"kind": "oom", "sysctl": "vm.panic_on_oom"}),
           commands=("keeps",), check=_oom_check, host="balloon",
           extra_modules=("virtio_balloon",), qemu=("-device", "virtio-balloon-pci")),
    _aside("two-hangs", "two kernel threads take two mutexes in opposite order; while "
           "they hang, the GPU stalls and two clients hang", TWO,
           # khungtaskd reports all four: what keeps processes is told before what keeps
           # threads of the kernel.
           _truth("host-not-consuming", {"kind": "host"}, also=("lock-cycle",)), module=True,
           commands=("client", "pci", "watch"), check=gpu.full_check,
           sysctls={"kernel.hung_task_timeout_secs": "40"}),
)
