# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers of a virtio-gpu that do not come, or that come and help nobody.

What fences and commands were made is known as in scenarios/gpu.py.
"""

from scenarios import gpu
from scenarios.base import (WAIT_FOR_PANIC, Evidence, Scenario, expect,
                            expect_panic)
from scenarios.gpu import OBSERVE

HUNG_TASK = {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"}
HOST_NOT_CONSUMING = {"cause": "host-not-consuming", "trigger": HUNG_TASK,
                      "culprit": {"kind": "host"}}
RENDERER_STOPS = "touch /share/renderer.stop\n"


def _fenced_unanswered(evidence: Evidence) -> list[dict]:
    """Of a queue that the host answers in any order: by their fences."""
    answered = {answer["fence"] for answer in evidence.all("response")
                if answer["vq"] == gpu.CTRLQ}
    return [command for command in gpu.queued(evidence)
            if command["fence"] not in ("0", *answered)]


# --- remove-late ---------------------------------------------------------

# First the host stops and two clients hang; then somebody tries to get rid of the device.
REMOVE_LATE = OBSERVE + gpu.CLIENTS + r"""
pci=$(readlink -f /sys/bus/virtio/drivers/virtio_gpu/virtio*/..)
lab-load pci stall
touch /tmp/go.Xorg
recorded filling 1
touch /tmp/go.compositor
recorded filling 2
until grep -q virtio_gpu_queue /proc/$xorg/stack; do sleep 0.2; done
sleep 8
sh -c "echo 1 > $pci/remove" &
record role name=remover pid=$! comm=sh
lab-load watch $! drm_dev_unplug 60 || die "the removal does not hang"
record_gpu
""" + WAIT_FOR_PANIC


def _remove_check(evidence: Evidence) -> None:
    gpu.submitters_asleep(evidence, gpu.SUBMITTERS)
    remover = int(evidence.role("remover")["pid"])
    expect(remover in [victim["pid"] for victim in evidence.victims()],
           "the removal does not hang")


def _remove_truth(evidence: Evidence) -> dict:
    truth = gpu.full_truth("host-not-consuming", {"kind": "host"}, False)(evidence)
    return {**truth, "remover": int(evidence.role("remover")["pid"])}


# --- renderer-stall ------------------------------------------------------

RENDERER_STALL = OBSERVE + gpu.CLIENTS + RENDERER_STOPS + gpu.FILL


def _stall_truth(evidence: Evidence) -> dict:
    in_flight = _fenced_unanswered(evidence)
    figures = gpu.figures(evidence, in_flight, 0, 0, None)
    for made in figures["objects"]:
        # With virgl the driver makes a 3D resource of what was asked for as a plain one.
        made["kind"] = {"2d": "3d"}.get(made["kind"], made["kind"])
    return {
        **HOST_NOT_CONSUMING,
        "victims": evidence.victims(),
        "waiters": gpu.waiters(evidence),
        "virtio_gpu": figures,
        # The host has all of them.
        "fetched": len(in_flight),
    }


# --- host-slow -----------------------------------------------------------

# The fence that a worker waits for comes after so many other commands that it takes minutes.
HOST_SLOW = OBSERVE + r"""
lab-load flip single &
compositor=$!
recorded settled 1
lab-load busy 60 &
recorded settled 2
""" + RENDERER_STOPS + r"""
touch /tmp/go.glclient
recorded filling 1
touch /tmp/go.compositor
lab-load watch $compositor flush_work 60 || die "the compositor does not hang"
record_gpu
""" + WAIT_FOR_PANIC


def _slow_check(evidence: Evidence) -> None:
    _flip_check(evidence)
    expect(len(_fenced_unanswered(evidence)) > 20, "the host was too fast")


def _slow_truth(evidence: Evidence) -> dict:
    return {
        **HOST_NOT_CONSUMING,
        "victims": gpu.plain_victims(evidence),
        "waiters": gpu.waiters(evidence),
        # How many are answered goes on changing until the end.
        "slow": True,
    }


# --- fences --------------------------------------------------------------

# A worker waits for the fence, and the compositor for the worker.
FLIP = r"""
touch /tmp/go.compositor
lab-load watch $compositor flush_work 60 || die "the compositor does not hang"
record_gpu
""" + WAIT_FOR_PANIC

MERGED_FENCE = OBSERVE + r"""
lab-load flip merged &
compositor=$!
recorded settled 1
""" + RENDERER_STOPS + FLIP

FENCE_LOST = OBSERVE + r"""
lab-load flip single &
compositor=$!
recorded settled 1
echo 4096 > /sys/module/virtio_gpu/parameters/lab_longer
""" + FLIP


def _flip_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    stacks = [waiter["stack"] for waiter in gpu.waiters(evidence)]
    expect(any("dma_fence_default_wait" in stack and "commit_tail" in stack
               for stack in stacks), "no worker waits for a fence")


def _merged_truth(evidence: Evidence) -> dict:
    in_flight = _fenced_unanswered(evidence)
    return {
        **HOST_NOT_CONSUMING,
        "victims": gpu.plain_victims(evidence),
        "waiters": gpu.waiters(evidence),
        "virtio_gpu": gpu.figures(evidence, in_flight, 0, 0, None),
        "fetched": len(in_flight),
        "fence": int(in_flight[0]["fence"]),
    }


def _lost_check(evidence: Evidence) -> None:
    _flip_check(evidence)
    expect("(command 0x207)" in evidence.dmesg, "the host refused no command")


def _lost_truth(evidence: Evidence) -> dict:
    [lost] = [command for command in gpu.queued(evidence)
              if command["type"] == "0x207"]
    return {
        "cause": "fence-lost", "trigger": HUNG_TASK, "culprit": {"kind": "device"},
        "victims": gpu.plain_victims(evidence),
        "waiters": gpu.waiters(evidence),
        "virtio_gpu": gpu.figures(evidence, [], 0, 0, None),
        "fence": int(lost["fence"]),
    }


# --- map-lost ------------------------------------------------------------

# Three commands stay with the host while the one that is waited for was never sent.
MAP_LOST = OBSERVE + r"""
lab-load mapblob 3 &
mapper=$!
recorded settled 1
""" + RENDERER_STOPS + r"""
touch /tmp/go.mapper
lab-load watch $mapper virtio_gpu_vram_mmap 60 || die "the mapper does not hang"
record_gpu
""" + WAIT_FOR_PANIC


def _map_check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    expect(len(_fenced_unanswered(evidence)) == 3, "other commands are in flight")


def _map_truth(evidence: Evidence) -> dict:
    [mapped] = evidence.all("mapped")
    return {
        "cause": "unexplained", "trigger": HUNG_TASK, "culprit": None,
        "victims": evidence.victims(),
        "waiters": gpu.waiters(evidence),
        "virtio_gpu": gpu.figures(evidence, _fenced_unanswered(evidence), 0, 0, None),
        "resource": int(mapped["resource"]),
    }


SCENARIOS = (
    Scenario(
        name="remove-late",
        about="the GPU stalls, two clients hang, then somebody removes the device",
        guest=REMOVE_LATE, commands=("client", "pci", "watch"),
        check=_remove_check, sysctls=gpu.SLOW_DETECTOR, truth=_remove_truth),
    Scenario(
        name="renderer-stall",
        about="the host takes the GPU's commands and its renderer finishes none",
        guest=RENDERER_STALL, commands=("client", "watch"),
        virgl=True, renderer=True,
        check=gpu.full_check, sysctls=gpu.SLOW_DETECTOR, truth=_stall_truth),
    Scenario(
        name="host-slow",
        about="the host's renderer needs seconds for each command, a worker waits for "
              "the last of many",
        guest=HOST_SLOW, commands=("flip", "busy", "watch"),
        virgl=True, slow=True,
        check=_slow_check, sysctls=gpu.SLOW_DETECTOR, truth=_slow_truth),
    Scenario(
        name="merged-fence",
        about="a worker waits for two fences in one: another driver's, signalled, and "
              "one of a GPU whose host's renderer has stopped",
        guest=MERGED_FENCE, commands=("flip", "watch"), fence=True,
        virgl=True, renderer=True,
        check=_flip_check, sysctls=gpu.SLOW_DETECTOR, truth=_merged_truth),
    Scenario(
        name="fence-lost",
        about="the host refuses a command, and a driver with a bug leaves its fence "
              "unsignalled",
        guest=FENCE_LOST, commands=("flip", "watch"), gpu_patch="fence-lost",
        virgl=True,
        check=_lost_check, sysctls=gpu.SLOW_DETECTOR, truth=_lost_truth),
    Scenario(
        name="map-lost",
        about="a driver with a bug never asks the host for a mapping that is waited "
              "for, while other commands stay with the host",
        guest=MAP_LOST, commands=("mapblob", "watch"), gpu_patch="map-lost",
        virgl=True, renderer=True, kernels=("6.1",),
        check=_map_check, sysctls=gpu.SLOW_DETECTOR, truth=_map_truth),
)
