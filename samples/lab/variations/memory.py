# SPDX-License-Identifier: GPL-2.0-or-later
"""Variations of memory that is leaked, full, or only looks so."""

from scenarios.base import Spill
from variations.draw import Draw
from variations.ends import STUCK, End, end_of
from variations.locks import hold
from variations.play import Play, bystanders

ASKED = ("sysrq", "nmi")
# A leak that somebody asked for the core of: so many fences; or as many objects, in a cache
# of which one wonders why it is so large.  Of a smaller one a second verdict tells.
MANY, LARGE_BYTES = 1000, 32 << 20
OOM = End("oom", "panic_on_oom is enabled", "oom", "vm.panic_on_oom",
          {}, "sleep 120\n", watched=False)
# So much must be left for who meets the end of it.
LEFT_MB = 70


def _play(draw: Draw) -> tuple[Play, bool]:
    """Somebody asks for the core; or something else hangs."""
    hangs = draw.chance("a lock hangs as well", 30)
    play = Play(draw, end_of(draw, *(STUCK if hangs else ASKED)))
    play.more = {"memory_mb": draw.memory()}
    return play, hangs


def _end(play: Play, hangs: bool, leak: str = "", culprit: str = "") -> Play:
    """What hangs comes first, since people complain of that; then what is leaked."""
    if hangs:
        hold(play)
    elif leak:
        play.cause, play.culprit = leak, {"kind": culprit}
    else:
        play.cause, play.culprit = "panic-by-request", None
    return play


def _clients(play: Play, each: int, how: str) -> int:
    count = play.draw.pick("clients", (1, 2, 3))
    play.commands.add("fences")
    for i in range(count):
        gone = how == "drop" and play.draw.chance(f"client {i} exits", 40)
        play.cast("innocent", 0, "lab-load", "fences", "@COMM", each, how,
                  *(["exit"] if gone else []))
    play.say(f"recorded fences {count}\nsleep 1")
    return count * each


def leaked_fences(draw: Draw) -> Play:
    """The driver loses the fence of each 3D command."""
    play, hangs = _play(draw)
    play.more |= {"virgl": True, "gpu_patch": "fence-leak"}
    lost = _clients(play, draw.pick("fences of each", (20, 300, 1500, 5000, 12000)), "drop")
    return _end(play, hangs, "fence-leak" if lost >= MANY else "", "function")


def held_fences(draw: Draw) -> Play:
    """Clients keep the fences of their commands."""
    play, hangs = _play(draw)
    play.more["virgl"] = True
    _clients(play, draw.pick("fences of each", (400, 3000, 9000)), "hold")
    return _end(play, hangs)


def messages(draw: Draw) -> Play:
    """Many messages are in queues of System V, and can be received."""
    play, hangs = _play(draw)
    size = draw.pick("bytes of a message", (16, 80, 300, 1000))
    play.sysctls["kernel.msgmnb"] = "2000000000"
    play.commands.add("msgs")
    play.cast("innocent", 0, "lab-load", "msgs", 20,
              draw.pick("MB of messages", (10, 60, 150)) * (1 << 20) // (size + 64) // 20,
              size, comm="msg-filler")
    play.say("recorded fill 1")
    return _end(play, hangs)


def _spill(play: Play) -> Spill:
    """A driver that loses objects."""
    draw = play.draw
    spill = Spill(draw.driver() + "s", draw.pick("bytes of an object", (16, 70, 100, 220, 900)),
                  draw.chance("a cache of their own", 40))
    play.more["spill"] = spill
    return spill


def _lose(spill: Spill, how: str, count: int) -> str:
    return (f"echo {count} > /sys/module/{spill.name}/parameters/{how} || "
            "die 'it loses nothing'")


def leaked_objects(draw: Draw) -> Play:
    """A driver loses objects."""
    play, hangs = _play(draw)
    spill = _spill(play)
    count = draw.pick("objects", (300, 900, 5000, 30000, 100000))
    play.say(_lose(spill, draw.pick("as", ("singly", "ring")), count))
    kept = draw.pick("kept", (100, 5000, 30000))
    play.say(_lose(spill, "kept", kept))
    bystanders(play, draw.number("bystanders", 0, 2), True, 2)
    large = count >= MANY and (count + kept) * (spill.size + 24) >= LARGE_BYTES
    return _end(play, hangs, "slab-leak" if large else "", "cache")


def exhausted(draw: Draw) -> Play:
    """Memory runs out, while somebody innocent has much of it."""
    play = Play(draw, OOM)
    memory = draw.memory()
    play.more = {"memory_mb": memory}
    what = draw.pick("filled with", ("anon", "anon", "gem", "file", "messages", "objects"))
    # Of what the crash kernel leaves: the least that is worth a name, and nearly as much.
    beside = draw.pick("innocent share", (0, 10, 22, 28)) * (memory - 224) // 100
    play.commands.add("fill")
    play.cause = "memory-exhausted"
    if beside:
        play.cast("innocent", 0, "lab-load", "fill", "@COMM", "anon", beside, 0)
        play.say("recorded filled 1")
    if what in ("anon", "gem"):
        play.role = "culprit"
        play.cast("culprit", 1, "lab-load", "fill", "@COMM", what, 0,
                  LEFT_MB if what == "gem" else 0)
        if what == "gem":
            # 256 MB otherwise: QEMU then refuses resources.
            play.more["qemu"] = ("-global", "virtio-gpu-device.max_hostmem=4G")
    elif what == "file":
        play.say("mkdir /big\nmount -t tmpfs -o size=95% tmpfs /big || die 'no tmpfs'")
        play.cast("innocent", 1, "lab-load", "fill", "@COMM", "/big/file", 0, LEFT_MB)
    else:
        play.culprit = {"kind": "cache"}
        _slabs(play, what)
    if what != "anon":
        play.say(_until_left() if what in ("messages", "objects")
                 else f"recorded filled {1 + bool(beside)}")
        # An ordinary allocation finds none.
        play.cast("innocent", 0, "lab-load", "fill", "@COMM", "anon", 0, 0)
    return play


def _slabs(play: Play, what: str) -> None:
    """More of them with each call of more()."""
    if what == "objects":
        spill = _spill(play)
        play.say(f"more()\n{{\n\t{_lose(spill, 'singly', 20000)}\n}}")
        return
    play.commands.add("msgs")
    play.sysctls["kernel.msgmnb"] = "2000000000"
    play.say("more()\n{\n\tlab-load msgs 1 20000 200 &\n"
             "\trecord role name=innocent pid=$! comm=msg-filler cpu=0\n"
             "\trecorded fill $((turns += 1))\n}")


def _until_left() -> str:
    return ("turns=0\nleft() { sed -n 's/MemAvailable: *\\([0-9]*\\).*/\\1/p' /proc/meminfo; }\n"
            f"while [ $(left) -gt {LEFT_MB << 10} ]; do more; done")


LATER = ((leaked_fences, 2), (held_fences, 1), (messages, 1), (leaked_objects, 3),
         (exhausted, 5))
