# SPDX-License-Identifier: GPL-2.0-or-later
"""A host that stops the whole machine for a while."""

import re

from scenarios.base import Evidence, Scenario, expect, expect_panic
from scenarios.sched import BUSY

STOPPED_S = 60
# As under KVM.  A busy host makes the guest distrust TCG's, and the clocks that it
# has then count less than a minute before they begin again.
CLOCK = "tsc=reliable"

# Not before the machine is quiet: no task waits for anything.
READY = r"""
taskset -p 1 $$ > /dev/null
sleep 5
say "ready"
sleep 120
"""


def _stopped_check(evidence: Evidence) -> None:
    expect_panic(evidence, "softlockup: hung tasks")
    stuck = [int(match) for match in
             re.findall(r"soft lockup - CPU#\d+ stuck for (\d+)s!",
                        evidence.dmesg)]
    expect(stuck and max(stuck) >= STOPPED_S - 5,
           f"the watchdog was told of another time: {stuck}")


def _stopped_truth(_evidence: Evidence) -> dict:
    return {
        "cause": "host-stopped",
        "trigger": {"kind": "softlockup",
                    "sysctl": "kernel.softlockup_panic"},
        "culprit": {"kind": "host"},
        "victims": [],
    }


SCENARIOS = (
    Scenario(
        name="host-stopped",
        about="the host stops the machine for a minute while an ordinary "
              "process has CPU 1",
        guest=BUSY + READY, commands=(), host="stop", cmdline=CLOCK,
        check=_stopped_check, truth=_stopped_truth),
    Scenario(
        name="host-stopped-idle",
        about="the host stops the machine for a minute while it is idle",
        guest=READY, commands=(), host="stop",
        # An idle CPU without ticks is told apart by the watchdog itself.
        cmdline=CLOCK + " nohz=off",
        check=_stopped_check, truth=_stopped_truth),
)
