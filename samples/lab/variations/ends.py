# SPDX-License-Identifier: GPL-2.0-or-later
"""What ends a guest that hangs: a switch that makes a detector panic, or somebody outside."""

import dataclasses

from scenarios.base import WAIT_FOR_PANIC
from scenarios.cpus import CLOSE_FILES, RCU_CMDLINE
from variations.draw import Draw, Senseless

# A detector that comes first would end it in another way.
NO_OTHER = {"kernel.hung_task_panic": "0", "kernel.softlockup_panic": "0"}
SOFTLOCKUP_OFF = {"kernel.softlockup_panic": "0"}
# Time to write down who hangs, and little more.
HUNG = {"kernel.hung_task_timeout_secs": "14", "kernel.hung_task_check_interval_secs": "2",
        **SOFTLOCKUP_OFF}


@dataclasses.dataclass(frozen=True)
class End:
    name: str
    words: str                  # of the panic
    kind: str                   # the trigger's
    sysctl: str | None
    sysctls: dict
    guest: str                  # the last lines of its shell
    cmdline: str = ""
    host: str = ""
    # There is time to see who hangs, and to write it down.
    watched: bool = True

    def trigger(self) -> dict:
        return {"kind": self.kind, "sysctl": self.sysctl}


ENDS = {end.name: end for end in (
    End("hung", "hung_task", "hung_task", "kernel.hung_task_panic", HUNG, WAIT_FOR_PANIC),
    End("silent", "hung_task", "hung_task", "kernel.hung_task_panic",
        {**HUNG, "kernel.hung_task_warnings": "0"}, WAIT_FOR_PANIC),
    End("sysrq", "sysrq triggered crash", "sysrq", None, NO_OTHER,
        "sleep 3\nsay \"asking for a crash\"\necho c > /proc/sysrq-trigger\n"),
    End("nmi", "NMI: Not continuing", "nmi", "kernel.unknown_nmi_panic",
        {**NO_OTHER, "kernel.unknown_nmi_panic": "1"},
        "say \"ready\"\nsleep 60\n", host="nmi"),
    End("softlockup", "softlockup: hung tasks", "softlockup", "kernel.softlockup_panic",
        {"kernel.watchdog_thresh": "5", "kernel.hung_task_panic": "0"}, "sleep 120\n",
        watched=False),
    End("rcu", "RCU Stall", "other", "kernel.panic_on_rcu_stall",
        {**NO_OTHER, "kernel.panic_on_rcu_stall": "1"}, CLOSE_FILES,
        cmdline=RCU_CMDLINE, watched=False),
    End("hardlockup", "Hard LOCKUP", "hardlockup", "kernel.hardlockup_panic", {}, ""),
)}


def end_of(draw: Draw, *names: str) -> End:
    """One of those which can end this guest, where nobody says more of them."""
    end = ENDS[draw.pick("ends by", (*ENDS, *names, *names, "hung"))]
    if end.name == "hardlockup":
        raise Senseless("an NMI watchdog counts cycles, and TCG has no counter")
    if end.name not in names:
        raise Senseless(f"{end.name} does not end such a guest")
    return end


STUCK = ("hung", "silent", "sysrq", "nmi")
