# SPDX-License-Identifier: GPL-2.0-or-later
"""Variations of locks: which kind, what its holder is at, who and how many want it."""

from variations.draw import Draw, fits
from variations.ends import STUCK, end_of
from variations.play import ASLEEP, SOON, Play, bystanders

KINDS = ("mutex", "write", "read", "gate", "pwrite", "pread")
# Who has to wait for whom: the first that asks, and all others.
USERS = {"mutex": ("mutex", ("mutex",)), "write": ("read", ("read", "write")),
         "read": ("write", ("read", "write")), "gate": ("gate", ("gate",)),
         "pwrite": ("pread", ("pread", "pwrite")), "pread": ("pwrite", ("pread", "pwrite"))}


def _play(draw: Draw, *ends: str) -> Play:
    play = Play(draw, end_of(draw, *ends))
    cpus = draw.pick("CPUs", (2, 2, 3))
    play.more = {"smp": cpus, "memory_mb": draw.memory()}
    bystanders(play, draw.number("bystanders", 0, 3), True, cpus)
    return play


def users(play: Play, kind: str, unit: int, watched: bool = True) -> None:
    """Tasks that want the lock, one after the other."""
    count = play.draw.pick("users", (1, 1, 2, 3, 6))
    first, others = USERS[kind]
    kinds = [first, *play.draw.several("users' kinds", others, count - 1)]
    for i, wanted in enumerate(kinds):
        play.ask("user", play.home, f"hold {wanted} {unit}")
        if i == 0 and count > 1:
            play.say("sleep 0.3")
    play.hang = ["user"]
    if watched:
        play.watch(play.driver)


def held(draw: Draw) -> Play:
    """A task sleeps with the lock."""
    play = _play(draw, *STUCK)
    hold(play)
    return play


def hold(play: Play) -> None:
    """Somebody sleeps with a lock, and others want it."""
    draw = play.draw
    kind = draw.pick("lock", KINDS)
    unit = draw.number("unit", 0, 3)
    rest = draw.pick("holder", ("doze", "doze", "event"))
    play.ask("culprit", draw.number("holder's CPU", 0, 1), f"hold {kind} {unit} {rest}")
    play.say(ASLEEP)
    users(play, kind, unit)
    play.cause, play.role = "lock-holder-blocked", "culprit"


def through_work(draw: Draw) -> Play:
    """A work wants the lock that a sleeper has, and tasks wait for the work."""
    play = _play(draw, *STUCK)
    kind = draw.pick("lock", ("mutex", "write", "gate"))
    play.ask("culprit", 1, f"hold {kind} 1 doze")
    play.say(ASLEEP)
    play.ask("helper", 0, f"queue {USERS[kind][0]} 1")
    play.say("wait $last\n")
    play.ask("user", 0, f"drain {draw.pick('waits by', ('all', 'one', 'cancel'))}")
    play.hang = ["user"]
    play.watch("flush")
    play.cause, play.role = "lock-holder-blocked", "culprit"
    return play


def lost(draw: Draw) -> Play:
    """The lock is free, and nobody was woken; or who had it is gone."""
    play = _play(draw, *STUCK)
    kind = draw.pick("lock", ("mutex", "write", "gate", "gone"))
    if kind == "gone":
        play.ask("loser", 1, "keep 2")
        play.say("wait $last")
        users(play, "mutex", 2)
    else:
        play.ask("loser", 1, f"lose {kind} 2")
        play.say(ASLEEP)
        play.ask("user", 0, f"hold {USERS[kind][0]} 2")
        play.say("sleep 0.5")
        if draw.chance("a second user", 50):
            play.ask("user", 0, f"hold {USERS[kind][0]} 2")
        play.hang = ["user"]
        play.watch(play.driver)
    play.cause, play.culprit = "lost-wakeup", {"kind": "lock"}
    return play


def cycle(draw: Draw) -> Play:
    """Each has what the next one wants."""
    play = _play(draw, *STUCK)
    count = draw.pick("tasks in the circle", (2, 2, 3, 4))
    kinds = draw.several("locks", ("mutex", "write"), count)
    for i in draw.shuffled("order", range(count)):
        after = (i + 1) % count
        play.ask("partner", i % 2, f"cycle {kinds[i]} {i} {kinds[after]} {after} {count}")
    play.hang = ["partner"]
    if draw.chance("one more wants one of them", 50):
        play.say(SOON)
        play.ask("user", 0, f"hold {kinds[0]} 0")
    play.watch(play.driver)
    play.cause, play.culprit = "lock-cycle", {"kind": "lock"}
    return play


def throttled(draw: Draw) -> Play:
    """Who has the lock is in a cgroup whose quota is used up."""
    play = _play(draw, *STUCK)
    kind = draw.pick("lock", ("mutex", "write", "gate", "read"))
    depth = draw.pick("groups", (1, 2, 3))
    names = draw.shuffled("names", ("user.slice", "desktop", "app", "kiosk", "batch"))
    path = "/" + "/".join(names[:depth])
    level = draw.number("limited at", 1, depth)
    limited = "/" + "/".join(names[:level])
    fits(play.end.watched, "who is throttled does not end a machine")
    play.say("mkdir /cg\nmount -t cgroup2 none /cg || die 'no cgroup2'\n"
             f"mkdir -p /cg{path}\necho +cpu > /cg/cgroup.subtree_control")
    for i in range(1, depth):
        play.say(f"echo +cpu > /cg/{'/'.join(names[:i])}/cgroup.subtree_control")
    play.say(f"echo '{draw.pick('quota', (1000, 2000, 4000))} 1000000' > "
             f"/cg{limited}/cpu.max || die 'no quota'")
    play.ask("holder", 1, f"hold {kind} 3 grind")
    play.say(f"sleep 1\necho $last > /cg{path}/cgroup.procs || die 'not in the group'")
    if draw.chance("somebody else has that CPU", 50):
        play.cast("innocent", 1, "taskset", 2, "sh", "-c", "while :; do :; done", comm="sh")
    users(play, kind, 3)
    play.cause, play.culprit = "throttled", {"kind": "cgroup", "name": limited}
    return play


ALL = ((held, 5), (through_work, 2), (lost, 2), (cycle, 2), (throttled, 2))
