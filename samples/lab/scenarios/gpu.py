# SPDX-License-Identifier: GPL-2.0-or-later
"""What a virtio-gpu was doing, down to the single command and fence.

The truth comes from the guest's kernel itself: the driver's trace events say
which command each process queued and which came back, debugfs which fences
were made and signalled. The clients write down their objects.
"""

import collections

from scenarios.base import Evidence, Scenario, expect, expect_panic

# From here on every command is seen; those of the driver's own start are
# over. A blinking text cursor would be a command now and then.
OBSERVE = r"""
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
echo 0 > /sys/class/graphics/fbcon/cursor_blink
echo 1 > /sys/kernel/tracing/events/virtio_gpu/enable
gpu=/sys/kernel/debug/dri/0

# What the driver did until now: once before the end, when nothing moves.
record_gpu()
{
	read -r _ signalled emitted < $gpu/virtio-gpu-irq-fence
	record fences "signalled=$signalled" "emitted=$emitted"
	# shellcheck disable=SC2046 # a word for each line
	record features $(sed 's/ *: */=/; s/ /_/g' $gpu/virtio-gpu-features)
	sed -n 's/^ *\(.*\)-\([0-9]*\) .*: virtio_gpu_cmd_\([a-z]*\):.*'"\
"' vq=\([0-9]*\) .*type=\(.*\) flags=.* fence_id=\(.*\) ctx_id=\(.*\)$'"\
"'/\3\tpid=\2\tcomm=\1\tvq=\4\ttype=\5\tfence=\6\tcontext=\7/p' \
		/sys/kernel/tracing/trace >> $RECORD
}

recorded()
{
	until [ "$(grep -c "^$1	" $RECORD)" -ge "$2" ]; do sleep 0.2; done
}
"""

CTRLQ = "0"

# The kernel's names (VIRTIO_GPU_CMD_...) of what it queues.
COMMANDS = dict(enumerate((
    "GET_DISPLAY_INFO", "RESOURCE_CREATE_2D", "RESOURCE_UNREF", "SET_SCANOUT",
    "RESOURCE_FLUSH", "TRANSFER_TO_HOST_2D", "RESOURCE_ATTACH_BACKING",
    "RESOURCE_DETACH_BACKING", "GET_CAPSET_INFO", "GET_CAPSET", "GET_EDID"),
    0x100)) | dict(enumerate((
        "CTX_CREATE", "CTX_DESTROY", "CTX_ATTACH_RESOURCE",
        "CTX_DETACH_RESOURCE", "RESOURCE_CREATE_3D", "TRANSFER_TO_HOST_3D",
        "TRANSFER_FROM_HOST_3D", "SUBMIT_3D"), 0x200))


def _by_type(commands: list[dict]) -> dict:
    return dict(sorted(collections.Counter(
        COMMANDS[int(command["type"], 16)] for command in commands).items()))


def _queued(evidence: Evidence) -> list[dict]:
    return [command for command in evidence.all("queue")
            if command["vq"] == CTRLQ]


def _answered(evidence: Evidence) -> int:
    return len([answer for answer in evidence.all("response")
                if answer["vq"] == CTRLQ])


def _comms(evidence: Evidence) -> dict:
    return {int(role["pid"]): role["comm"] for role in evidence.all("role")}


def _objects(evidence: Evidence) -> list[dict]:
    comms = _comms(evidence)
    return [{"pid": int(fact["pid"]), "comm": comms[int(fact["pid"])],
             "kind": fact["kind"],
             **{name: int(fact[name])
                for name in ("handle", "resource", "size")}}
            for fact in evidence.all("object")]


def _contexts(evidence: Evidence) -> list[dict]:
    created = [command for command in _queued(evidence)
               if COMMANDS[int(command["type"], 16)] == "CTX_CREATE"]
    return [{"context": int(command["context"]), "pid": int(command["pid"]),
             "comm": command["comm"]} for command in created]


def _held(evidence: Evidence) -> dict:
    """How many sync_file descriptors each process holds open."""
    held: dict = collections.Counter()
    for fact in evidence.all("held") + evidence.all("flying"):
        held[fact["pid"]] += int(fact["sync_files"])
    return dict(held)


def _features(evidence: Evidence) -> dict:
    [features] = evidence.all("features")
    return {name: value == "yes" if value in ("yes", "no") else int(value)
            for name, value in features.items()}


def _figures(evidence: Evidence, in_flight: list[dict],
             emitted: int) -> dict:
    """The truth about the device; `emitted`: fences made since the record."""
    [fences] = evidence.all("fences")
    signalled = int(fences["signalled"])
    emitted += int(fences["emitted"])
    queued = _queued(evidence)
    return {
        "features": _features(evidence),
        # Since the guest was armed; all before that were answered.
        "commands": {"queued": _by_type(queued),
                     "answered": _answered(evidence)},
        "in_flight": {"count": len(in_flight), "types": _by_type(in_flight)},
        "fences": {"emitted": emitted, "signalled": signalled,
                   "waiting": emitted - signalled,
                   "sync_files": _held(evidence)},
        "objects": _objects(evidence),
        "contexts": _contexts(evidence),
    }


# --- virgl ---------------------------------------------------------------

VIRGL = OBSERVE + r"""
lab-load virgl Xorg 6 4 0 &
recorded held 1
lab-load virgl glclient 8 16 12 &
recorded held 2
record_gpu
touch /tmp/crash
sleep 60
"""


def _virgl_check(evidence: Evidence) -> None:
    expect_panic(evidence, "sysrq triggered crash")
    expect(_features(evidence)["virgl"], "this is not a 3D guest")
    expect(evidence.all("flying"), "nothing was in flight")
    expect(len(_queued(evidence)) == _answered(evidence),
           "the host had not answered everything before")


def _virgl_truth(evidence: Evidence) -> dict:
    [flying] = evidence.all("flying")
    burst = [{"type": "0x207"}] * int(flying["commands"])
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "sysrq", "sysctl": None},
        "culprit": None,
        "victims": [],
        "virtio_gpu": _figures(evidence, burst, int(flying["fences"])),
    }


SCENARIOS = (
    Scenario(
        name="virgl",
        about="a 3D guest with commands in flight and fences held, then sysrq-c",
        guest=VIRGL, commands=("virgl",), virgl=True,
        check=_virgl_check, truth=_virgl_truth),
)
