# SPDX-License-Identifier: GPL-2.0-or-later
"""What a virtio-gpu was doing, down to the single command and fence.

The truth comes from the guest's kernel itself: the driver's trace events say
which command each process queued and which came back, debugfs which fences
were made and signalled. The clients write down their objects.
"""

import collections
import re

from scenarios.base import (WAIT_FOR_PANIC, Evidence, Scenario, expect,
                            expect_panic)

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
    "RESOURCE_DETACH_BACKING", "GET_CAPSET_INFO", "GET_CAPSET", "GET_EDID",
    "RESOURCE_ASSIGN_UUID", "RESOURCE_CREATE_BLOB"),
    0x100)) | dict(enumerate((
        "CTX_CREATE", "CTX_DESTROY", "CTX_ATTACH_RESOURCE",
        "CTX_DETACH_RESOURCE", "RESOURCE_CREATE_3D", "TRANSFER_TO_HOST_3D",
        "TRANSFER_FROM_HOST_3D", "SUBMIT_3D"), 0x200))


def _by_type(commands: list[dict]) -> dict:
    return dict(sorted(collections.Counter(
        COMMANDS[int(command["type"], 16)] for command in commands).items()))


def queued(evidence: Evidence) -> list[dict]:
    # Since 6.6 the tracepoint has two words more behind the context.
    return [{**command, "context": command["context"].split()[0]}
            for command in evidence.all("queue") if command["vq"] == CTRLQ]


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
    created = [command for command in queued(evidence)
               if COMMANDS[int(command["type"], 16)] == "CTX_CREATE"]
    return [{"context": int(command["context"]), "pid": int(command["pid"]),
             "comm": command["comm"]} for command in created]


def _sync_files(evidence: Evidence) -> dict:
    """How many sync_file descriptors each process holds open."""
    held: dict = collections.Counter()
    for fact in evidence.all("held") + evidence.all("flying"):
        held[fact["pid"]] += int(fact["sync_files"])
    return dict(held)


def _features(evidence: Evidence) -> dict:
    [features] = evidence.all("features")
    return {name: value == "yes" if value in ("yes", "no") else int(value)
            for name, value in features.items()}


def _unanswered(evidence: Evidence) -> list[dict]:
    """Of a queue that the host serves in order: what it was sent last."""
    return queued(evidence)[_answered(evidence):]


def figures(evidence: Evidence, in_flight: list[dict], completed: int | None,
            emitted: int, alive: int | None) -> dict:
    """The truth about the device.

    completed: done by the host, not known to the guest; None: no saying.
    emitted: fences made since the record was taken. alive: all of them that
    something still refers to: the device's list, an object, a descriptor.
    """
    [fences] = evidence.all("fences")
    signalled = int(fences["signalled"])
    emitted += int(fences["emitted"])
    return {
        "features": _features(evidence),
        # Since the guest was armed; all before that were answered.
        "commands": {"queued": _by_type(queued(evidence)),
                     "answered": _answered(evidence)},
        # Of the control queue. The cursor queue is not used.
        "in_flight": {"count": len(in_flight), "types": _by_type(in_flight),
                      "completed": completed},
        "fences": {"emitted": emitted, "signalled": signalled,
                   "waiting": emitted - signalled, "alive": alive,
                   "sync_files": _sync_files(evidence)},
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
    expect(len(queued(evidence)) == _answered(evidence),
           "the host had not answered everything before")


def _virgl_truth(evidence: Evidence) -> dict:
    [flying] = evidence.all("flying")
    [resting, _] = evidence.all("held")
    burst = [{"type": "0x207"}] * int(flying["commands"])
    # An object refers to the fence of its last command; where that one has a
    # descriptor, too, it is counted there.
    alive = int(flying["fences"]) + int(flying["untouched"]) + \
        int(resting["untouched"]) + \
        sum(int(fact["sync_files"]) for fact in evidence.all("held"))
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "sysrq", "sysctl": None},
        "culprit": None,
        "victims": [],
        # The device goes on until the capture kernel resets it.
        "virtio_gpu": figures(evidence, burst, None, int(flying["fences"]),
                               alive),
    }


# --- the ring fills up ---------------------------------------------------

# Xorg's objects are of both kinds, and it makes more while the host does not
# answer any more; another client has only transfers to add. Both end asleep
# in D state, below virtio_gpu_queue_fenced_ctrl_buffer.
CLIENTS = r"""
lab-load client Xorg /dev/dri/card0 3 4 5 &
xorg=$!
recorded settled 1
lab-load client compositor /dev/dri/renderD128 0 2 0 &
recorded settled 2
"""
FILL = r"""
touch /tmp/go.Xorg
recorded filling 1
touch /tmp/go.compositor
recorded filling 2
lab-load watch $xorg virtio_gpu_queue 60 || die "Xorg does not hang"
record_gpu
""" + WAIT_FOR_PANIC
# Time to write all that down.
SLOW_DETECTOR = {"kernel.hung_task_timeout_secs": "20"}

SUBMITTERS = ["Xorg", "compositor"]


def waiters(evidence: Evidence) -> list[dict]:
    return [{"pid": int(fact["pid"]), "comm": fact["comm"],
             "stack": fact["stack"].split(",")}
            for fact in evidence.all("victim")]


def submitters_asleep(evidence: Evidence, comms: list[str]) -> None:
    expect_panic(evidence, "hung_task")
    asleep = {waiter["comm"] for waiter in waiters(evidence) if
              any(function.startswith("virtio_gpu_queue")
                  for function in waiter["stack"])}
    expect(set(comms) <= asleep, f"only these wait for room in the ring: "
                                 f"{', '.join(sorted(asleep))}")
    expect(_unanswered(evidence), "nothing is in flight")


def full_check(evidence: Evidence) -> None:
    submitters_asleep(evidence, SUBMITTERS)


def _broken_check(evidence: Evidence) -> None:
    full_check(evidence)
    expect("WARNING" not in evidence.dmesg,
           "a command was for the broken queue: it counts as queued and is not")


def full_truth(cause: str, culprit: dict | None, host_works: bool):
    def truth(evidence: Evidence) -> dict:
        in_flight = _unanswered(evidence)
        fenced = [object_ for object_ in _objects(evidence)
                  if object_["kind"] != "dumb"]
        return {
            "cause": cause,
            "trigger": {"kind": "hung_task",
                        "sysctl": "kernel.hung_task_panic"},
            "culprit": culprit or _hog(evidence),
            "victims": evidence.victims(),
            "waiters": waiters(evidence),
            "virtio_gpu": figures(evidence, in_flight,
                                   len(in_flight) if host_works else 0,
                                   0, len(fenced)),
        }
    return truth


def _hog(evidence: Evidence) -> dict:
    hog = evidence.role("hog")
    return {"kind": "task", "pid": int(hog["pid"]), "comm": hog["comm"],
            "cpu": int(hog["cpu"])}


HOST_STALL = OBSERVE + CLIENTS + "lab-load pci stall" + FILL
LOST_INTERRUPT = OBSERVE + CLIENTS + "lab-load pci mask" + FILL

NOT_KICKED = OBSERVE + CLIENTS + """
echo 1 > /sys/module/virtio_gpu/parameters/lab_mute
""" + FILL

# Both fill the ring faster than the host answers; the module waits for the
# moment that it is full. The host works on, and nobody fetches its answers.
DEVICE_BROKEN = OBSERVE + CLIENTS + r"""
touch /tmp/go.Xorg /tmp/go.compositor
# The clients stay on CPU 0, and who spins in the kernel lets nobody else run.
taskset -p 2 $$ > /dev/null
echo 1 > /sys/module/vgpu_break/parameters/when_full ||
	die "the ring is never full"
lab-load watch $xorg virtio_gpu_queue 60 || die "Xorg does not hang"
record_gpu
""" + WAIT_FOR_PANIC

VQ_FULL = OBSERVE + r"""
# The shell and all it starts stay on CPU 0; CPU 1 is for the hog, the GPU's
# interrupts, and so for the work that each of them queues.
taskset -p 1 $$ > /dev/null
taskset -p 1 $(pidof khungtaskd) > /dev/null
name=$(basename /sys/bus/virtio/drivers/virtio_gpu/virtio*)
for irq in $(sed -n "s/^ *\([0-9]*\):.* $name-.*/\1/p" /proc/interrupts); do
	echo 2 > /proc/irq/$irq/smp_affinity
done
""" + CLIENTS + r"""
irq=$(sed -n "s/^ *\([0-9]*\):.* $name-control.*/\1/p" /proc/interrupts)
[ "$(cat /proc/irq/$irq/effective_affinity)" = 2 ] ||
	die "the GPU's interrupt is not on CPU 1"
lab-load hog 1 99 &
until grep -q name=hog $RECORD; do sleep 0.2; done
sleep 1
# Any write wakes the detector, which sets its timer anew: on CPU 0.
echo 20 > /proc/sys/kernel/hung_task_timeout_secs
""" + FILL


# The module disables the GPU's interrupt, as a driver's bug would.
IRQ_DISABLED = OBSERVE + CLIENTS + r"""
name=$(basename /sys/bus/virtio/drivers/virtio_gpu/virtio*)
irq=$(sed -n "s/^ *\([0-9]*\):.* $name-control.*/\1/p" /proc/interrupts)
echo "irq $irq" > /sys/module/vgpu_cpus/parameters/fault
record fault "what=disable_irq" "irq=$irq"
""" + FILL

# The GPU's interrupt is CPU 1's, which then takes none.
IRQ_DEAF = VQ_FULL.replace("""lab-load hog 1 99 &
until grep -q name=hog $RECORD; do sleep 0.2; done
""", """echo irqoff > /sys/module/vgpu_cpus/parameters/fault
record role name=hog pid=$(pidof lab-irqoff) comm=lab-irqoff cpu=1
""")


# --- modeset-chain -------------------------------------------------------

MODESET_CHAIN = OBSERVE + r"""
lab-load modeset set &
xorg=$!
recorded settled 1
lab-load modeset get &
xrandr=$!
recorded settled 2
lab-load pci stall
touch /tmp/go.Xorg
until grep -q virtio_gpu_queue /proc/$xorg/stack; do sleep 0.2; done
touch /tmp/go.xrandr
lab-load watch $xrandr drm_mode_getcrtc 60 || die "xrandr does not hang"
record_gpu
""" + WAIT_FOR_PANIC


def _chain_check(evidence: Evidence) -> None:
    submitters_asleep(evidence, ["Xorg"])
    stacks = {waiter["comm"]: waiter["stack"]
              for waiter in waiters(evidence)}
    expect("drm_mode_getcrtc" in stacks.get("xrandr", []),
           "xrandr does not wait for the lock")
    expect("drm_mode_setcrtc" in stacks["Xorg"], "Xorg is in another ioctl")


def _chain_truth(evidence: Evidence) -> dict:
    xrandr, xorg = (int(evidence.role(name)["pid"])
                    for name in ("xrandr", "Xorg"))
    return {
        **full_truth("host-not-consuming", {"kind": "host"}, False)(evidence),
        # From the victim to the one that waits for the host.
        "chain": [{"pid": xrandr, "comm": "xrandr", "waits": "modeset lock"},
                  {"pid": xorg, "comm": "Xorg", "waits": "ctrlq"}],
    }


# --- fence-wait ----------------------------------------------------------

# The compositor's flip waits for a fence in a worker; then it removes a
# framebuffer, which another worker does for it, once that flip is over and with
# all modeset locks held; xrandr asks for one of these. That worker sleeps
# interruptibly, so the watch does not see it.
FENCE_WAIT = OBSERVE + r"""
asleep_in()
{
	grep -ls "$1" /proc/[0-9]*/stack | cut -d / -f 3
}

lab-load fencewait &
recorded settled 1
lab-load modeset get &
xrandr=$!
recorded settled 2
lab-load pci stall
touch /tmp/go.compositor
until [ "$(asleep_in drm_atomic_helper_swap_state)" ]; do sleep 0.2; done
remover=$(asleep_in drm_atomic_helper_swap_state)
touch /tmp/go.xrandr
lab-load watch $xrandr drm_mode_getcrtc 60 || die "xrandr does not hang"
record remover "pid=$remover" "comm=$(cat /proc/$remover/comm)" "stack=$(
	sed 's/.*\] //; s/+.*//' /proc/$remover/stack | tr '\n' ,)"
record_gpu
""" + WAIT_FOR_PANIC


def _worker(waiter: dict) -> dict:
    """Its name alone: /proc adds the workqueue that a kworker works for."""
    comm = waiter["comm"]
    return {**waiter, "comm": re.split(r"[-+]", comm)[0] if comm.startswith("kworker/") else comm}


def _fence_waiters(evidence: Evidence) -> dict:
    """By what each waits in: who hangs, or holds up those that do."""
    [remover] = evidence.all("remover")
    found = {}
    for waiter in [*waiters(evidence),
                   {**remover, "pid": int(remover["pid"]),
                    "stack": remover["stack"].split(",")}]:
        for function in ("drm_mode_getcrtc", "drm_mode_rmfb", "commit_tail",
                         "drm_mode_rmfb_work_fn"):
            # drm_mode_rmfb.part.0, where the compiler has cut it in two.
            if function in [frame.split(".")[0] for frame in waiter["stack"]]:
                found[function] = waiter
    return found


def _fence_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    found = _fence_waiters(evidence)
    for function, inner in (("drm_mode_getcrtc", "drm_modeset_lock"),
                            ("drm_mode_rmfb", "flush_work"),
                            ("drm_mode_rmfb_work_fn",
                             "drm_atomic_helper_swap_state"),
                            ("commit_tail", "dma_fence_default_wait")):
        # Or in what is inside it: 6.12's flush_work() has no frame of its own.
        expect(any(inner in frame for frame in found.get(function, {"stack": []})["stack"]),
               f"nobody waits in {inner} below {function}")
    expect(len(_unanswered(evidence)) == 3, "other commands are in flight")


def plain_victims(evidence: Evidence) -> list[dict]:
    """Without what /proc says that a worker works for."""
    return [{"pid": victim["pid"], "comm": _worker(victim)["comm"]}
            for victim in evidence.victims()]


def _fence_truth(evidence: Evidence) -> dict:
    in_flight = _unanswered(evidence)
    found = _fence_waiters(evidence)
    chain = [{**_worker(found[function]), "waits": what} for function, what in
             (("drm_mode_getcrtc", "modeset lock"),
              ("drm_mode_rmfb_work_fn", "hw_done"), ("commit_tail", "fence"))]
    return {
        "cause": "host-not-consuming",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        "culprit": {"kind": "host"},
        "victims": plain_victims(evidence),
        "waiters": waiters(evidence),
        # The texture refers to the last of the three alone.
        "virtio_gpu": figures(evidence, in_flight, 0, 0, len(in_flight)),
        "chain": [{name: step[name] for name in ("pid", "comm", "waits")}
                  for step in chain],
        "fence": int(in_flight[1]["fence"]),
    }


SCENARIOS = (
    Scenario(
        name="virgl",
        about="a 3D guest with commands in flight and fences held, then sysrq-c",
        guest=VIRGL, commands=("virgl",), virgl=True,
        check=_virgl_check, truth=_virgl_truth),
    Scenario(
        name="host-stall",
        about="the GPU loses bus mastering and leaves its queues alone",
        guest=HOST_STALL, commands=("client", "pci", "watch"),
        check=full_check, sysctls=SLOW_DETECTOR,
        truth=full_truth("host-not-consuming", {"kind": "host"}, False)),
    Scenario(
        name="lost-interrupt",
        about="the GPU works on, but its interrupts are masked",
        guest=LOST_INTERRUPT, commands=("client", "pci", "watch"),
        check=full_check, sysctls=SLOW_DETECTOR,
        truth=full_truth("interrupt-lost", {"kind": "device"}, True)),
    Scenario(
        name="not-kicked",
        about="a driver with a bug: it adds commands and does not tell the device",
        guest=NOT_KICKED, commands=("client", "watch"), gpu_patch="not-kicked",
        check=full_check, sysctls=SLOW_DETECTOR,
        truth=full_truth("not-kicked", {"kind": "device"}, False)),
    Scenario(
        name="device-broken",
        about="the GPU's queues are marked broken while two clients wait for room",
        guest=DEVICE_BROKEN, commands=("client", "watch"), breaks=True,
        check=_broken_check,
        # A command for a broken queue is a WARN, should one come.
        sysctls={**SLOW_DETECTOR, "kernel.panic_on_warn": "0"},
        truth=full_truth("device-broken", {"kind": "device"}, True)),
    Scenario(
        name="vq-full",
        about="an RT task has the CPU of the GPU's interrupt and dequeue work",
        guest=VQ_FULL, commands=("client", "hog", "watch"),
        check=full_check,
        sysctls={**SLOW_DETECTOR, "kernel.sched_rt_runtime_us": "-1"},
        truth=full_truth("cpu-monopolised", None, True)),
    Scenario(
        name="irq-thread",
        about="the same where interrupts are handled in threads: the GPU's waits for "
              "the CPU",
        guest=VQ_FULL, commands=("client", "hog", "watch"),
        cmdline="threadirqs",
        check=full_check,
        sysctls={**SLOW_DETECTOR, "kernel.sched_rt_runtime_us": "-1"},
        truth=full_truth("cpu-monopolised", None, True)),
    Scenario(
        name="irq-disabled",
        about="a module has disabled the GPU's interrupt",
        guest=IRQ_DISABLED, commands=("client", "watch"), cpus=True,
        check=full_check, sysctls=SLOW_DETECTOR,
        truth=full_truth("interrupt-lost", {"kind": "device"}, True)),
    Scenario(
        name="irq-deaf",
        about="a kernel thread keeps the CPU of the GPU's interrupt, with interrupts off",
        guest=IRQ_DEAF, commands=("client", "watch"), cpus=True,
        check=full_check, sysctls={**SLOW_DETECTOR, "kernel.softlockup_panic": "0"},
        truth=full_truth("cpu-monopolised", None, True)),
    Scenario(
        name="modeset-chain",
        about="Xorg holds the CRTC's lock while the GPU stalls, xrandr waits for it",
        guest=MODESET_CHAIN, commands=("modeset", "pci", "watch"),
        check=_chain_check, sysctls=SLOW_DETECTOR, truth=_chain_truth),
    Scenario(
        name="fence-wait",
        about="a worker waits for a 3D command's fence while the GPU stalls, "
              "compositor and xrandr for the worker",
        guest=FENCE_WAIT, commands=("fencewait", "modeset", "pci", "watch"),
        virgl=True, check=_fence_check, sysctls=SLOW_DETECTOR,
        truth=_fence_truth),
)
