# SPDX-License-Identifier: GPL-2.0-or-later
"""Variations of faults that end a machine at once, of one where nothing is wrong, and of
one that the host stopped."""

import re
import shlex

from scenarios.base import Evidence, expect
from scenarios.stopped import CLOCK, STOPPED_S
from variations.draw import Draw
from variations.ends import STUCK, End, end_of
from variations.play import ASLEEP, Play, bystanders

PLACES = ("process", "timer", "hrtimer", "tasklet", "work")
FAULTS = {"oops": ("oops", "kernel.panic_on_oops", "vary_oops+"),
          "bug": ("bug", "kernel.panic_on_oops", "kernel BUG at "),
          "warn": ("warn", "kernel.panic_on_warn", "a state that cannot be")}


def bug(draw: Draw) -> Play:
    """The driver's code fails, in a process or elsewhere."""
    fault = draw.pick("fault", FAULTS)
    place = draw.pick("in", PLACES)
    kind, sysctl, words = FAULTS[fault]
    play = Play(draw, End(
        fault, "", kind, sysctl, {}, "sleep 30\n", watched=False))
    cpus = draw.pick("CPUs", (2, 3))
    cpu = draw.number("CPU", 0, cpus - 1)
    play.more = {"smp": cpus, "memory_mb": draw.memory()}
    bystanders(play, draw.number("bystanders", 0, 3), True, cpus)
    play.ask("victim", cpu, f"fault {fault}" if place == "process"
             else f"later {place} {cpu} {fault}")
    play.words = words.replace("vary", play.driver)
    play.cause, play.culprit, play.lost = "kernel-bug", {"kind": "function"}, fault
    return play


def nothing(draw: Draw) -> Play:
    """Somebody asks for a crash of a machine that works."""
    play = Play(draw, end_of(draw, "sysrq", "nmi"))
    cpus = draw.pick("CPUs", (2, 3))
    play.more = {"smp": cpus, "memory_mb": draw.memory()}
    bystanders(play, draw.number("bystanders", 2, 5), True, cpus)
    play.say("sleep 3")
    play.cause, play.culprit = "panic-by-request", None
    return play


def _long_enough(evidence: Evidence) -> None:
    stuck = [int(match) for match in
             re.findall(r"soft lockup - CPU#\d+ stuck for (\d+)s!", evidence.dmesg)]
    expect(stuck and max(stuck) >= STOPPED_S - 5,
           f"the watchdog was told of another time: {stuck}")


def stopped(draw: Draw) -> Play:
    """The host stops the machine."""
    play = _to_be_stopped(draw, draw.pick("CPUs", (2, 3)), 5)
    bystanders(play, draw.number("bystanders", 0, 3), True, play.more["smp"])
    return play


def _to_be_stopped(draw: Draw, cpus: int, after_s: int | str) -> Play:
    play = Play(draw, End(
        "stopped", "softlockup: hung tasks", "softlockup", "kernel.softlockup_panic",
        {}, f"sleep {after_s}\nsay \"ready\"\nsleep 120\n", host="stop", watched=False))
    play.more = {"smp": cpus, "memory_mb": draw.memory(), "cmdline": f"{CLOCK} nohz=off"}
    play.also = _long_enough
    play.cause, play.culprit = "host-stopped", {"kind": "host"}
    return play


AT = ("idle", "loaded", "GPU", "writing", "locks", "lock held")


def stopped_at(draw: Draw) -> Play:
    """The host stops the machine, whatever that is at."""
    cpus = draw.pick("CPUs", (2, 3, 4))
    play = _to_be_stopped(draw, cpus, f"{draw.pick('after s', (0.3, 1, 2.2, 3.7, 6))}")
    # Who slept until then has done so for a minute, and would end it as soon.
    play.sysctls["kernel.hung_task_panic"] = "0"
    at = draw.pick("at", AT)
    if at == "loaded":
        for cpu in range(cpus):
            play.cast("innocent", cpu, "taskset", f"{1 << cpu:x}", "sh", "-c",
                      "while :; do :; done", comm="sh")
    elif at == "GPU":
        for what in draw.several("commands", ("transfer", "create", "nothing"), 2):
            play.stream("innocent", f"-{what}")
    elif at == "writing":
        play.cast("innocent", 0, "sh", "-c", "while :; do dd if=/dev/zero of=/tmp/file "
                  "bs=1M count=40 2> /dev/null; done", comm="sh")
    elif at == "locks":
        # Each has it for a moment.
        for _ in range(3):
            part = shlex.quote(f"printf 'hold mutex 1' > /proc/{play.driver_name()}")
            play.cast("innocent", 0, "sh", "-c", f"while :; do eval {part}; done", comm="sh")
    elif at == "lock held":
        play.ask("holder", 0, "hold mutex 1 doze")
        play.say(ASLEEP)
        play.ask("user", 0, "hold mutex 1")
    return play


def frozen(draw: Draw) -> Play:
    """Tasks write to a file system that is frozen."""
    play = Play(draw, end_of(draw, *STUCK))
    play.more = {"extra_modules": ("crc32c_generic", "ext4", "loop"), "memory_mb": draw.memory()}
    bystanders(play, draw.number("bystanders", 0, 2), True, 2)
    play.say("dd if=/dev/zero of=/tmp/disk bs=1M count=32 2> /dev/null\n"
             "losetup /dev/loop0 /tmp/disk || die 'no loop device'\n"
             "mke2fs /dev/loop0 > /dev/null || die 'no file system'\nmkdir /disk\n"
             "mount -t ext4 /dev/loop0 /disk || die 'ext4 does not mount'\n"
             "touch /disk/file\nfsfreeze --freeze /disk || die 'ext4 does not freeze'")
    play.commands.add("askfile")
    for _ in range(draw.pick("writers", (1, 2, 5))):
        play.cast("user", 0, "lab-load", "askfile", "@COMM", 0, "/disk/file", "text")
    play.hang = ["user"]
    play.watch()
    play.cause, play.culprit = "io-wait", None
    return play


LATER = ((stopped_at, 3),)
ALL = ((bug, 4), (nothing, 2), (stopped, 1), (frozen, 1))
