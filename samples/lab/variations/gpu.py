# SPDX-License-Identifier: GPL-2.0-or-later
"""Variations of a GPU that does not answer: why, which command, what its queues are like."""

from variations.draw import Draw, fits
from variations.ends import STUCK, end_of
from variations.play import CARD, RENDER, SOON, Play, bystanders

RINGS = ("", ",indirect_desc=off", ",event_idx=off", ",packed=on",
         ",packed=on,indirect_desc=off", ",packed=on,event_idx=off",
         ",indirect_desc=off,event_idx=off")
STREAMS = ("transfer", "create", "dumb", "flush", "crtc", "cursor")
STREAMS_3D = ("exec", "exec", "context", "transfer", "create")
NEEDS_MASTER = ("flush", "crtc", "cursor")
IRQ = r"""name=$(basename /sys/bus/virtio/drivers/virtio_gpu/virtio*)
irqs=$(sed -n "s/^ *\([0-9]*\):.* $name-.*/\1/p" /proc/interrupts)
irq=$(sed -n "s/^ *\([0-9]*\):.* $name-control.*/\1/p" /proc/interrupts)
"""
PCI = "pci=$(readlink -f /sys/bus/virtio/drivers/virtio_gpu/virtio*/..)\n"
UNBIND = "name=$(basename /sys/bus/virtio/drivers/virtio_gpu/virtio*)\n"

# What is done to it, the verdict, and whom to look at.
FAULTS = {
    "stall": ("host-not-consuming", "host"), "mask": ("interrupt-lost", "device"),
    "irq": ("interrupt-lost", "device"), "mute": ("not-kicked", "device"),
    "broken": ("device-broken", "device"), "renderer": ("host-not-consuming", "host"),
}


def on_cpu(play: Play, cpu: int, threads: bool) -> None:
    """The GPU's interrupts, and so the work that each queues, are that CPU's."""
    play.say(IRQ + f"for irq in $irqs; do echo {1 << cpu:x} > "
             "/proc/irq/$irq/smp_affinity; done")
    if threads:
        play.more["cmdline"] = "threadirqs"
    _streams(play, STREAMS[:-1], RENDER)
    # An interrupt goes to its new CPU when the next one comes.
    play.say("sleep 1")


def _streams(play: Play, kinds, node: str) -> list[str]:
    draw = play.draw
    count = draw.pick("clients", (1, 2, 2, 3))
    chosen = draw.several("commands", kinds, count)
    masters = [what for what in chosen if what in NEEDS_MASTER]
    fits(len(masters) < 2, "one client alone is master")
    # Who opens the card first is.
    for what in [*masters, *(what for what in chosen if what not in masters)]:
        play.stream("user", what, CARD if what in (*NEEDS_MASTER, "dumb") else node)
    if masters and draw.chance("one asks what is shown", 30):
        play.stream("asker", "modes", CARD, 20)
    return chosen


def clients(play: Play) -> None:
    """They begin, and at last one hangs."""
    play.say("touch /tmp/go\nhung=\n"
             "for _ in $(seq 300); do\n"
             "\tfor pid in $(sed -n 's/^role\tname=user\tpid=\\([0-9]*\\).*/\\1/p' $RECORD)"
             "; do\n"
             "\t\tgrep -q '^State:\tD' /proc/$pid/status && "
             "grep -q virtio_gpu /proc/$pid/stack && hung=$pid\n\tdone\n"
             "\t[ $hung ] && break\n\tsleep 0.2\ndone\n"
             "[ $hung ] || die 'no client hangs'\nlast=$hung")
    play.watch("virtio_gpu")


def silent(draw: Draw) -> Play:
    """The GPU takes no commands, or nobody hears that it has done them."""
    fault = draw.pick("fault", FAULTS, (4, 4, 2, 2, 1, 2))
    play = Play(draw, end_of(draw, *STUCK))
    virgl = fault == "renderer" or draw.chance("3D", 15)
    ring = draw.pick("queues", RINGS)
    fits(not (virgl and fault == "broken"), "what breaks queues knows the 2D ring")
    fits(fault != "mute" or draw.base in ("5.10", "6.1"),
         "the bug is one of older drivers")
    play.more = {"smp": draw.pick("CPUs", (2, 2, 3)), "memory_mb": draw.memory(),
                 "ring": ring, "virgl": virgl}
    sent = _streams(play, STREAMS_3D if virgl else STREAMS, RENDER)
    fits(set(sent) != {"cursor"} or fault in ("stall", "mask"),
         "the cursor has a queue of its own, with which nothing is wrong")
    _break(play, fault)
    clients(play)
    _too_late(play, fault)
    play.cause, kind = FAULTS[fault]
    play.culprit = {"kind": kind}
    return play


def _break(play: Play, fault: str) -> None:
    if fault in ("stall", "mask"):
        play.commands.add("pci")
        play.say(f"lab-load pci {fault}")
    elif fault == "irq":
        play.say(IRQ)
        play.ask("helper", 0, "irq @IRQ")
        # Which one it is, the guest alone knows.
        play.lines[-1] = play.lines[-1].replace("'irq @IRQ'", "\"irq $irq\"")
        play.say("wait $last")
    elif fault == "mute":
        play.more["gpu_patch"] = "not-kicked"
        play.say("echo 1 > /sys/module/virtio_gpu/parameters/lab_mute")
    elif fault == "renderer":
        play.more["renderer"] = True
        play.say("touch /share/renderer.stop")
    else:
        play.more["breaks"] = True
        play.sysctls["kernel.panic_on_warn"] = "0"
        play.say("touch /tmp/go\n# The clients stay on CPU 0.\ntaskset -p 2 $$ > /dev/null\n"
                 "echo 1 > /sys/module/vgpu_break/parameters/when_full || "
                 "die 'the ring is never full'\ntaskset -p 1 $$ > /dev/null")


def _too_late(play: Play, fault: str) -> None:
    """Somebody tries to get rid of the device that hangs."""
    late = play.draw.pick("afterwards", ("nothing", "nothing", "nothing", "remove", "unbind",
                                         "open"))
    before = play.draw.chance("before the hang", 10)
    fits(not before or late == "nothing", "a driver that is gone leaves nobody to hang")
    if late == "nothing":
        return
    if late == "open":
        play.commands.add("stream")
        play.cast("late", 0, "lab-load", "stream", "@COMM", 0, CARD, "-create", 0)
        play.say("sleep 2")
        return
    what = {"remove": PCI + "cast remover sh 0 sh -c \"echo 1 > $pci/remove\"",
            "unbind": UNBIND + "cast remover sh 0 sh -c "
            "\"echo $name > /sys/bus/virtio/drivers/virtio_gpu/unbind\""}[late]
    play.say(what + "\n" + SOON)


def slow(draw: Draw) -> Play:
    """The host needs seconds for each command."""
    play = Play(draw, end_of(draw, *STUCK))
    play.more = {"smp": draw.pick("CPUs", (2, 2, 3)), "memory_mb": draw.memory(),
                 "ring": draw.pick("queues", RINGS), "virgl": True, "slow": True}
    bystanders(play, draw.number("bystanders", 0, 2), False, 2)
    play.say("echo 0 > /sys/class/graphics/fbcon/cursor_blink")
    play.commands |= {"flip", "busy"}
    play.cast("user", 0, "lab-load", "flip", "single", comm="compositor")
    play.say("compositor=$last\nrecorded settled 1")
    # A worker waits for a fence that comes after so many others.
    play.cast("innocent", 0, "lab-load", "busy", draw.pick("commands before", (40, 60, 100)),
              comm="glclient")
    play.say("recorded settled 2\ntouch /share/renderer.stop\ntouch /tmp/go.glclient\n"
             "recorded filling 1\ntouch /tmp/go.compositor\nlast=$compositor")
    play.hang = ["user"]
    play.watch("flush_work")
    play.cause, play.culprit = "host-not-consuming", {"kind": "host"}
    return play


ALL = ((silent, 8),)
LATER = ((slow, 2),)
