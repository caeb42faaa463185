# SPDX-License-Identifier: GPL-2.0-or-later
"""A variation as a Scenario: its cast, who hangs, what ends it, and the truth of all that."""

import dataclasses
import shlex
import typing

from scenarios.base import Driver, Evidence, Scenario, expect, expect_panic
from variations.draw import Draw
from variations.ends import End

# The shell, the watch and all detectors stay on CPU 0.
PROLOGUE = r"""
taskset -p 1 $$ > /dev/null
taskset -p 1 $(pidof khungtaskd) > /dev/null
taskset -p 1 $(pidof rcu_preempt rcu_sched) > /dev/null
# Any write wakes the detector of hung tasks, which sets its timer anew: on CPU 0.
timeout=$(cat /proc/sys/kernel/hung_task_timeout_secs)
echo $timeout > /proc/sys/kernel/hung_task_timeout_secs
sleep 0.5
# ROLE COMM CPU PROGRAM...: a process, and what it is in this play.
cast()
{
	role=$1 comm=$2 cpu=$3
	shift 3
	"$@" &
	last=$!
	record role "name=$role" "pid=$last" "comm=$comm" "cpu=$cpu"
}
pid_of()
{
	for at in /proc/[0-9]*; do
		[ "$(cat "$at/comm")" = "$1" ] && echo "${at#/proc/}" && return
	done
}
recorded()
{
	until [ "$(grep -c "^$1	" $RECORD)" -ge "$2" ]; do sleep 0.2; done
}
"""
SOON = "sleep 1\n"
# Where the shell's own CPU is another one: the devices' interrupts are served there, from
# when the next one comes.
ELSEWHERE = r"""
for irq in /proc/irq/[0-9]*; do echo @MASK > $irq/smp_affinity; done 2> /dev/null
say "works on CPU @HOME"
ls $SHARE > /dev/null
sleep 1
# What lab-load watch does, which stays on CPU 0 itself.
hangs()
{
	grep -q '^State:\tD' /proc/$1/status && grep -q "$2" /proc/$1/stack
}
watch()
{
	polls=300 seen=0
	while [ $seen -lt 10 ]; do
		[ $((polls -= 1)) -gt 0 ] || die "nobody hangs in $2"
		if hangs "$1" "$2"; then seen=$((seen + 1)); else seen=0; fi
		sleep 0.2
	done
	sleep 5
	for at in /proc/[0-9]*; do
		hangs "${at#/proc/}" "" 2> /dev/null || continue
		record victim "pid=${at#/proc/}" "comm=$(cat $at/comm)" \
			"stack=$(sed 's/.*] //; s/+.*//' $at/stack | tr '\n' ,)"
	done
}
"""
# Who was cast last has what he wants, and sleeps: on a busy machine that takes its time.
ASLEEP = SOON + "until grep -q '^State:\t[SD]' /proc/$last/status; do sleep 0.1; done\n"
CARD = "/dev/dri/card0"
RENDER = "/dev/dri/renderD128"


@dataclasses.dataclass
class Play:
    """What a kind of variation fills in."""
    draw: Draw
    end: End
    driver: str = ""
    lines: list[str] = dataclasses.field(default_factory=list)
    commands: set[str] = dataclasses.field(default_factory=set)
    cause: str = ""
    culprit: dict | None = None     # None, and role: the task of that role
    role: str = ""
    lost: str = ""                  # the function that is to blame: with which prefix
    sysctls: dict = dataclasses.field(default_factory=dict)
    more: dict = dataclasses.field(default_factory=dict)
    # Roles that must be among the victims.
    hang: list[str] = dataclasses.field(default_factory=list)
    words: str = ""                 # of the log, in place of the end's
    also: typing.Callable[[Evidence], None] | None = None   # another check
    streams: int = 0
    home: int = 0               # the CPU of the shell and of all who only wait

    def say(self, text: str) -> None:
        self.lines.append(text if text.endswith("\n") else text + "\n")

    def cast(self, role: str, cpu: int, *program, comm: str = "") -> str:
        """A process that plays a part; its name is drawn if none is given."""
        comm = comm or self.draw.task()
        words = " ".join(shlex.quote(str(word).replace("@COMM", comm))
                         for word in program)
        self.say(f"cast {role} {shlex.quote(comm)} {cpu} {words}")
        return comm

    def driver_name(self) -> str:
        self.driver = self.driver or self.draw.driver()
        return self.driver

    def ask(self, role: str, cpu: int, part: str, comm: str = "") -> str:
        """The same, in the driver."""
        self.commands.add("askfile")
        return self.cast(role, cpu, "lab-load", "askfile", "@COMM", cpu,
                         f"/proc/{self.driver_name()}", part, comm=comm)

    def thread(self, role: str, cpu: int, how: str) -> None:
        """A kernel thread of the driver."""
        driver = self.driver_name()
        name = self.draw.task()[:15]
        self.say(f"printf '%s' 'thread {name.split()[0]} {cpu} {how}' > "
                 f"/proc/{driver} || die 'no thread'")
        self.say(f"sleep 1\nrecord role name={role} "
                 f"\"pid=$(pid_of {shlex.quote(name.split()[0])})\" "
                 f"comm={name.split()[0]} cpu={cpu}")

    def stream(self, role: str, what: str, node: str = RENDER, pause: int = 0) -> None:
        """A client of the GPU; it has settled when the next line is read."""
        self.commands.add("stream")
        self.cast(role, self.home, "lab-load", "stream", "@COMM", self.home, node, what,
                  pause)
        self.streams += 1
        self.say(f"recorded settled {self.streams}")

    def watch(self, function: str = "") -> None:
        """Who was cast last hangs for good, in that function; who else does is written
        down with it."""
        if self.end.watched:
            if self.home:
                self.say(f"watch $last '{function}'")
                return
            self.commands.add("watch")
            self.say(f"lab-load watch $last '{function}' 60 || die \"nobody hangs\"")

    def scenario(self, name: str, about: str) -> Scenario:
        driver = Driver(self.driver, self.draw.chance("locks on the heap", 50)) \
            if self.driver else None
        return Scenario(
            name=name, about=about, commands=tuple(sorted(self.commands)),
            guest=self._prologue() + "".join(self.lines) + self.end.guest,
            check=self._check(), truth=self._truth(about, driver), driver=driver,
            sysctls={**self.end.sysctls, **self.sysctls}, host=self.end.host,
            cmdline=" ".join(filter(None, (self.end.cmdline,
                                           self.more.pop("cmdline", "")))),
            fault_limit=90, **self.more)

    def _prologue(self) -> str:
        mask = f"{1 << self.home:x}"
        return PROLOGUE.replace("taskset -p 1 ", f"taskset -p {mask} ") + \
            (ELSEWHERE.replace("@MASK", mask).replace("@HOME", str(self.home))
             if self.home else "")

    def _check(self) -> typing.Callable[[Evidence], None]:
        def check(evidence: Evidence) -> None:
            if self.words:
                expect(self.words in evidence.dmesg, f"{self.words!r} is not in the log")
            else:
                expect_panic(evidence, self.end.words)
            victims = {victim["pid"] for victim in evidence.victims()}
            for role in evidence.all("role"):
                expect(role["pid"].isdigit(), f"no pid of {role['comm']}")
                if self.end.watched and role["name"] in self.hang:
                    expect(int(role["pid"]) in victims, f"{role['comm']} does not hang")
            if self.also:
                self.also(evidence)
        return check

    def _truth(self, about: str, driver: Driver | None) -> typing.Callable[[Evidence], dict]:
        drawn = dict(self.draw.drawn)

        def truth(evidence: Evidence) -> dict:
            culprit = self.culprit
            if self.role:
                role = evidence.role(self.role)
                culprit = {"kind": "task", "pid": int(role["pid"]), "comm": role["comm"],
                           **({"cpu": int(role["cpu"])}
                              if self.cause == "cpu-monopolised" else {})}
            return {
                "cause": self.cause, "trigger": self.end.trigger(), "culprit": culprit,
                **({"lost": {"function": f"{driver.name}_{self.lost}",
                             "module": driver.name}} if driver and self.lost else {}),
                "victims": evidence.victims(),
                "innocent": [{"pid": int(role["pid"]), "comm": role["comm"]}
                             for role in evidence.all("role") if role["name"] != self.role],
                "variation": {"about": about, **drawn},
            }
        return truth


def bystanders(play: Play, count: int, gpu: bool, cpus: int) -> None:
    """Who has nothing to do with it: a user of the GPU, who naps, who has a lock that
    nobody wants, who has a CPU and lets others have it."""
    kinds = ("nap", "keeper", "busy", *(("gpu", "gpu") if gpu else ()))
    shown = False
    for i in range(count):
        kind = play.draw.pick(f"bystander {i}", kinds)
        if kind == "gpu" and not shown:
            play.stream("innocent", "-" + play.draw.pick("GPU user", (
                "flush", "crtc", "transfer", "nothing")), CARD, 50)
            shown = True
        elif kind == "busy":
            play.cast("innocent", cpus - 1, "taskset", 1 << (cpus - 1), "sh", "-c",
                      "while :; do :; done", comm="sh")
        elif kind == "keeper":
            play.ask("innocent", play.home, "hold mutex 4 doze" if i == 0 else "nap")
        else:
            play.ask("innocent", play.home, "nap")
