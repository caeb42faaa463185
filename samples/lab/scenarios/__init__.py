# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be done to a guest. One Scenario each; see drain for a full one."""

from scenarios import (answers, aside, behind, beside, cpus, disks, drain, gpu, hangs,
                       live, memory, sched, stopped, switches, waits)
from scenarios.base import DEVICES, Evidence, Scenario

__all__ = ["DEVICES", "SCENARIOS", "Evidence", "Scenario"]

SCENARIOS = {scenario.name: scenario for scenario in (
    *drain.SCENARIOS, *switches.SCENARIOS, *hangs.SCENARIOS,
    *gpu.SCENARIOS, *answers.SCENARIOS, *memory.SCENARIOS,
    *sched.SCENARIOS, *stopped.SCENARIOS, *waits.SCENARIOS,
    *cpus.SCENARIOS, *live.SCENARIOS, *disks.SCENARIOS,
    *beside.SCENARIOS, *aside.SCENARIOS, *behind.SCENARIOS)}
