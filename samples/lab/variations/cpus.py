# SPDX-License-Identifier: GPL-2.0-or-later
"""Variations of a CPU that is lost: to whom, which, and who waits for it."""

from variations.draw import Draw, fits
from variations.ends import STUCK, end_of
from variations.gpu import on_cpu, clients
from variations.locks import KINDS, users
from variations.play import Play, bystanders

# Who has it, and whether interrupts still come, softirqs too.
THIEVES = {"rt": True, "spin": True, "thread spin": True, "irqoff": False,
           "thread irqoff": False, "timer": True, "tasklet": True, "hrtimer": False}
FUNCTIONS = ("timer", "tasklet", "hrtimer")
WAITERS = ("flush", "rcu", "expedited", "barrier", "lock", "lock", "call", "GPU", "GPU",
           "nobody")


def lost(draw: Draw) -> Play:
    """Somebody keeps a CPU, and others wait for it."""
    # Of an RT task much makes no sense.
    cpus = draw.pick("CPUs", (2, 2, 2, 3, 4))
    return _lost(draw, cpus, draw.number("lost CPU", 1, cpus - 1), 0)


def lost_any(draw: Draw) -> Play:
    """Somebody keeps a CPU, the first one or another, and others wait for it."""
    cpus = draw.pick("CPUs", (2, 3, 3, 4))
    cpu = draw.pick("lost CPU", (0, 0, *range(cpus)))
    home = draw.pick("all others' CPU", [other for other in range(cpus) if other != cpu])
    return _lost(draw, cpus, cpu, home)


def _lost(draw: Draw, cpus: int, cpu: int, home: int) -> Play:
    thief = draw.pick("thief", THIEVES, (4, 1, 1, 1, 1, 1, 1, 1))
    waiter = draw.pick("waiter", WAITERS)
    play = Play(draw, end_of(draw, *STUCK, "softlockup", "rcu"))
    play.home = home
    priority = draw.pick("priority", (1, 50, 98, 99)) if thief == "rt" else 0
    _make_sense(draw, play, thief, waiter, cpus)
    play.more = {"smp": cpus, "memory_mb": draw.memory()}
    if waiter == "GPU":
        threads = draw.chance("interrupts in threads", 30)
        fits(thief != "rt" or draw.base in ("5.10", "6.1") or (threads and priority > 50),
             "since 6.12 the fair server runs what takes the GPU's answers")
        on_cpu(play, cpu, threads)
    bystanders(play, draw.number("bystanders", 0, 2), waiter != "GPU", 1)
    if waiter == "lock":
        kind = draw.pick("lock", KINDS)
        play.ask("holder", cpu, f"hold {kind} 0 grind")
        play.say("sleep 1")
    _take(play, thief, cpu, priority)
    _wait(play, waiter, cpu, cpus)
    if waiter == "lock":
        users(play, kind, 0)
    play.cause = "cpu-monopolised"
    return play


def _make_sense(draw: Draw, play: Play, thief: str, waiter: str, cpus: int) -> None:
    end = play.end.name
    fits(thief != "rt" or waiter not in ("rcu", "expedited", "barrier"),
         "a user's process passes RCU's quiet states, whatever its priority")
    fits(thief != "rt" or draw.base in ("5.10", "6.1") or waiter == "GPU",
         "since 6.12 the fair server lets others run beside an RT task")
    fits(thief != "rt" or end not in ("softlockup", "rcu"),
         "no watchdog complains of an RT task in user mode")
    fits(THIEVES[thief] or end != "softlockup" or waiter == "call",
         "with interrupts off a CPU's own watchdog does not run")
    fits(waiter != "call" or (not THIEVES[thief] and cpus > 2),
         "who calls another CPU waits for one that takes no interrupt, on a third")
    fits(waiter not in ("call", "nobody") or end in ("softlockup", "rcu", "sysrq", "nmi"),
         "nobody is asleep")
    fits(waiter != "nobody" or end in ("softlockup", "rcu"),
         "a CPU may be busy: nobody waits for it")
    fits(waiter != "GPU" or end in STUCK, "the GPU's clients are to hang first")
    fits(play.home == 0 or THIEVES[thief] or draw.base != "5.10",
         "before 5.18 the time may stand still where CPU 0 takes no interrupt")
    fits(thief != "tasklet" or waiter != "GPU",
         "that is as with a timer")


def _take(play: Play, thief: str, cpu: int, priority: int) -> None:
    draw = play.draw
    if thief == "rt":
        play.commands.add("rt")
        play.sysctls["kernel.sched_rt_runtime_us"] = "-1"
        play.cast("culprit", cpu, "lab-load", "rt", "@COMM", cpu,
                  draw.pick("policy", ("fifo", "rr")), priority)
        play.role = "culprit"
        play.say("recorded started 1\nsleep 1")
    elif thief in FUNCTIONS:
        play.ask("helper", play.home, f"later {thief} {cpu} poll")
        play.say("wait $last\nsleep 1")
        play.culprit, play.lost = {"kind": "function", "cpu": cpu}, "poll"
    elif thief.startswith("thread"):
        play.thread("culprit", cpu, thief.split()[1])
        play.role = "culprit"
    else:
        play.ask("culprit", cpu, thief)
        play.role = "culprit"
        play.say("sleep 1")


def _wait(play: Play, waiter: str, cpu: int, cpus: int) -> None:
    if waiter == "flush":
        play.ask("user", play.home, f"flush {cpu}")
    elif waiter in ("rcu", "expedited", "barrier"):
        play.ask("user", play.home, waiter)
    elif waiter == "call":
        [other, *_] = [other for other in range(1, cpus)
                       if other not in (cpu, play.home)]
        play.ask("caller", other, f"call {cpu}")
        play.say("sleep 25" if play.end.watched else "sleep 1")
        return
    elif waiter == "GPU":
        clients(play)
        return
    else:
        return
    play.hang = ["user"]
    play.watch()


ALL = ((lost, 8),)
LATER = ((lost_any, 6),)
