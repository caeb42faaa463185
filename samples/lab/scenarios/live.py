# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that is as busy as it can be and sound, which vgpu looks at again and again.

What each look said and took is in `looks` beside the core; where the lab was given no
program (--live), nobody looks, and the core alone is made.
"""

import re

from scenarios.base import Evidence, Scenario, expect, expect_panic

AT_ONCE = 2
# Four kernels make a thousand.
LOOKS = 250

# It flips, forks, takes memory and gives it back, reads files; and looks are taken from
# several places, so that one reads what another one changes.
BUSY = r"""
lab-load xorg flip 100 &
until grep -q frames= $RECORD; do sleep 0.2; done
while :; do /bin/true; done &
while :; do (:) | (:) | (:); done &
while :; do dd if=/dev/zero of=/tmp/fill bs=1M count=96; rm /tmp/fill; done 2> /dev/null &
while :; do cat $SHARE/vmlinuz > /dev/null; done &

look()
{
	time -o /tmp/took.$1 -f "%%e %%U %%S %%M" \
		vgpu --live --time-limit=120 $layouts -j > /tmp/said.$1 2> /tmp/error.$1
	status=$?
	cause=$(sed -n 's/.*"verdicts":\[{"cause":"\([a-z-]*\)".*/\1/p' /tmp/said.$1)
	echo "$status ${cause:-none} $(tail -n 1 /tmp/took.$1)" >> $SHARE/keep/looks
	[ "$cause" = unexplained ] && return
	cat /tmp/said.$1 /tmp/error.$1 >> $SHARE/keep/wrong
}

if [ -e $SHARE/vgpu ]; then
	mkdir -p $SHARE/keep
	cp $SHARE/vgpu /bin/vgpu
	[ -e $SHARE/table ] && layouts="--layouts $SHARE/table"
	for one in $(seq %d); do
		(for _ in $(seq %d); do look $one; done) &
		lookers="$lookers $!"
	done
	say "looking"
	wait $lookers
	# What the watch has cost meanwhile: ticks of the CPU, pages.
	set -- $(cat /proc/$watcher/stat)
	record watch "user=${14}" "system=${15}" "pages=${24}" "uptime=$(cut -d. -f1 /proc/uptime)"
fi
say "asking for a crash"
echo c > /proc/sysrq-trigger
""" % (AT_ONCE, LOOKS // AT_ONCE)


def _looks(evidence: Evidence) -> list[str]:
    try:
        return evidence.kept("looks").splitlines()
    except FileNotFoundError:
        return []


def _check(evidence: Evidence) -> None:
    expect_panic(evidence, "sysrq triggered crash")
    expect("blocked for more than" not in evidence.dmesg,
           "something hangs in a guest that should be sound")
    expect(not re.search("Oops|BUG:|WARNING:", evidence.dmesg.split("sysrq: ")[0]),
           "the kernel complains")
    looks = _looks(evidence)
    expect(not looks or len(looks) == LOOKS, f"{len(looks)} looks of {LOOKS}")
    wrong = [look for look in looks if look.split()[1] != "unexplained"]
    expect(not wrong, f"{len(wrong)} looks blame somebody, or say nothing: {wrong[:5]}")


def _truth(evidence: Evidence) -> dict:
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "sysrq", "sysctl": None},
        "culprit": None,
        "victims": [],
        "looks": len(_looks(evidence)),
    }


SCENARIOS = (
    Scenario(
        name="busy",
        about="flips, forks, memory taken and given back, files read; sysrq-c in the end",
        guest=BUSY, commands=("xorg",), fault_limit=3600,
        check=_check, truth=_truth),
)
