#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare vgpu's stacks with those of another crash, frame by frame.

    compare_bt.py [--arm64 | --drgn] FOLDER...     folders with vmcore and vmlinux

Each core is opened twice: in the crash that vgpu is built for, for `vgpu bt -a
-j`, and in a newer one (8.0.6: `lab tools`), for `foreach bt`.  --arm64: ours are
the program's, and the others arm64's crash's, which runs in QEMU's user mode; --drgn:
the others are drgn's, which reads the debuginfo's CFI, and not frame records.  For
each task the functions on its stack must be the same.  Where they may differ there
is a rule below, which says why and asks for its own evidence; a rule never names a
task.
"""
import argparse
import collections
import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIMIT_S = 600
EMULATED_S = 3600


# ---- what the two say --------------------------------------------------------

@dataclasses.dataclass
class Frame:
    function: str
    offset: int
    address: int = 0          # 0: not known
    sp: int = 0
    module: str = ""
    interrupted: bool = False  # from "[exception RIP: ...]"

    def __str__(self):
        module = f" [{self.module}]" if self.module else ""
        if not self.function:
            return f"{self.address:#x}{module}"
        return f"{self.function}+{self.offset:#x}{module}"


@dataclasses.dataclass
class Stack:
    task: int
    pid: int
    comm: str
    frames: list
    complaints: list          # crash's "bt: ..." lines, our "why"
    user: bool = False        # ends in, or is in, user mode
    on_cpu: bool = False
    complete: bool = True
    by_cfi: bool = False


HEAD = re.compile(r'^PID: (\d+) +TASK: ([0-9a-f]+) +CPU: (\d+)\s+COMMAND: "(.*)"')
FRAME = re.compile(r"^ *#(\d+) \[([0-9a-f]+)\] (\S+?)(?:\+(\d+))? at ([0-9a-f]+)"
                   r"(?: \[(\S+)\])?$")
EXCEPTION = re.compile(r"^ +\[exception RIP: (?:(\S+?)(?:\+(\d+))?|.*)\]$")
RIP = re.compile(r"^ +RIP: ([0-9a-f]+)  RSP: ([0-9a-f]+)")
CS = re.compile(r"CS: ([0-9a-f]+)  SS:")
# arm64's registers: of an exception in the kernel the PC has a name.
PC = re.compile(r"^ +PC: ([0-9a-f]+)(?:  \[(\S+?)(?:\+(\d+))?\])?")
PSTATE = re.compile(r"PSTATE: ([0-9a-f]+)$")


def parse_crash(text):
    """`foreach bt -s` as stacks by task."""
    stacks, stack = {}, None
    for line in text.splitlines():
        if match := HEAD.match(line):
            pid, task, _cpu, comm = match.groups()
            stack = Stack(int(task, 16), int(pid), comm, [], [])
            stacks[stack.task] = stack
        elif stack is None or not line.strip():
            continue
        elif match := FRAME.match(line):
            _number, sp, name, offset, address, module = match.groups()
            stack.frames.append(Frame(name, int(offset or 0), int(address, 16),
                                      int(sp, 16), module or ""))
        elif match := EXCEPTION.match(line):
            name, offset = match.groups()
            stack.frames.append(Frame(name or "", int(offset or 0), interrupted=True))
        elif match := RIP.match(line):
            last = stack.frames[-1] if stack.frames else None
            if last and last.interrupted and not last.address:
                last.address, last.sp = (int(v, 16) for v in match.groups())
        elif match := CS.search(line):
            stack.user = bool(int(match.group(1), 16) & 3)
        elif match := PSTATE.search(line):
            stack.user = not int(match.group(1), 16) & 0xf
        elif line.startswith(("bt:", "WARNING:")):
            stack.complaints.append(line)
    return stacks


OURS = re.compile(r"^(?:(\S+)\+0x([0-9a-f]+)|0x([0-9a-f]+))(?: \[(\S+)\])?$")


def parse_vgpu(text):
    for line in text.splitlines():
        if line.startswith('{"vgpu":'):
            document = json.loads(line)
            break
    else:
        raise SystemExit("vgpu printed no JSON:\n" + text[-2000:])
    stacks = {}
    for entry in document["stacks"]:
        frames = []
        for item in entry["stack"]:
            name, offset, address, module = OURS.match(item).groups()
            frames.append(Frame(name or "", int(offset or "0", 16),
                                int(address or "0", 16), module=module or ""))
        task = int(entry["task"], 16)
        stacks[task] = Stack(task, entry["pid"], entry["comm"], frames,
                             [entry["why"]] if entry.get("why") else [],
                             entry.get("user", False), entry.get("on_cpu", False),
                             entry["complete"])
    return stacks


# ---- rules: where the two differ and ours stands -----------------------------

# The panicking CPU jumps into the capture kernel in these, after it saved its
# registers in __crash_kexec() (or in what called it).
KEXEC = {"machine_kexec", "__crash_kexec", "crash_kexec", "relocate_kernel",
         "machine_crash_shutdown", "native_machine_crash_shutdown"}
IRQ_STACK = {"call_on_irq_stack", "do_interrupt_handler"}
ARM64_STOP = {"crash_save_cpu", "ipi_cpu_crash_stop"}
# The other CPUs are stopped by an NMI, in these.
STOP = {"crash_nmi_callback", "nmi_handle", "default_do_nmi", "do_nmi", "exc_nmi",
        "asm_exc_nmi", "nmi", "end_repeat_nmi"}


# Code that the CPU enters by an interrupt: nothing called it.
ENTRY = re.compile(r"el[01][ht]?(_64)?_(sync|irq|fiq|error)$|asm_(exc|sysvec|common_interrupt|spurious)|ret_from_intr|"
                   r"(common|apic_timer|reschedule|call_function)\w*_interrupt$|"
                   r"end_repeat_nmi|nmi_restore|error_entry|paranoid_")


def drop_stop(ours, theirs):
    """The NMI with which the dying kernel stopped this CPU.

    It is no part of what the task did: vgpu begins at the registers that the NMI
    saved.  Evidence: crash_nmi_callback() is innermost.
    """
    frames = theirs.frames
    if not ours.on_cpu or not frames or frames[0].function != "crash_nmi_callback":
        return None
    n = 0
    while n < len(frames) and frames[n].function in STOP and not frames[n].interrupted:
        n += 1
    return frames[n:]


def drop_stop_arm64(ours, theirs):
    """The same by arm64's interrupt, with the entry that saved the registers.

    Evidence: crash_save_cpu() is innermost, or ipi_cpu_crash_stop(), which it is inlined in.
    """
    frames = theirs.frames
    if not ours.on_cpu or not frames or frames[0].function not in ARM64_STOP:
        return None
    entry = next((n for n, frame in enumerate(frames) if ENTRY.match(frame.function)), None)
    return None if entry is None else frames[entry + 1:]


def drop_kexec(ours, theirs):
    """The jump into the capture kernel, above the registers that vgpu begins at.

    Evidence: machine_kexec() is innermost in crash, and our innermost frame is
    on crash's stack, with nothing but the kernel's way to its death above it.
    """
    frames = theirs.frames
    if not ours.on_cpu or not ours.frames or not frames or \
            frames[0].function != "machine_kexec":
        return None
    first = ours.frames[0]
    for n, frame in enumerate(frames):
        if frame.interrupted and same(first, frame) and (
                first.offset == frame.offset if first.function else
                first.address == frame.address):
            return frames[n:]  # an oops: registers of the fault
        if frame.function == first.function and first.function in KEXEC:
            return frames[n:]
        if not frame.interrupted and frame.function not in KEXEC and \
                first.function in KEXEC:
            return None
    return None


def add_bad_pointer(ours, theirs):
    """A call through a bad pointer: crash leaves out the frame at that address.

    Evidence: our innermost frame is in no function, and what is below it is on
    crash's stack, right below the entry of an exception.
    """
    frames = theirs.frames
    if not ours.on_cpu or len(ours.frames) < 2 or ours.frames[0].function:
        return None
    for above, n in zip(frames, range(1, len(frames))):
        if same(ours.frames[1], frames[n]) and ENTRY.match(above.function):
            return [ours.frames[0], *frames[n:]]
    return None


def add_start(ours, theirs):
    """A task that has been made and has not run yet: crash shows no frame.

    Evidence: ours is one frame, at the very start of every new task.
    """
    if not theirs.frames and len(ours.frames) == 1 and ours.frames[0].offset == 0 and \
            ours.frames[0].function in ("ret_from_fork", "ret_from_fork_asm"):
        return ours.frames
    return None


def add_thread_start(ours, frames):
    """Where a kernel thread begins, its frame record is the last: arm64's crash stops before.

    Evidence: ours has one frame more, ret_from_fork, which gives a thread its function.
    """
    last = ours.frames[-2:]
    if frames and len(last) == 2 and last[1].function == "ret_from_fork" and \
            last[1].offset and frames[-1].function == last[0].function:
        return [*frames, last[1]]
    return None


def add_cold(ours, frames):
    """What the compiler has put apart from its function: crash 8.0.6 leaves that frame out,
    and what it called, which does not return.

    Evidence: the outermost of the frames that ours alone has is in a part FUNCTION.cold, and
    all others are the same.
    """
    more = len(ours.frames) - len(frames)
    for n in range(len(frames) + 1 if more > 0 else 0):
        rest = [*ours.frames[:n], *ours.frames[n + more:]]
        if ours.frames[n + more - 1].function.endswith(".cold") and all(map(same, rest, frames)):
            return [*frames[:n], *ours.frames[n:n + more], *frames[n:]]
    return None


def add_without_cfi(ours, theirs):
    """Where code has no CFI, drgn stops: a module that it has no debuginfo of, and the
    assembly that goes over to the interrupts' stack.

    Evidence: all of its frames are ours, and the last of them is in such code.
    """
    n = len(theirs.frames)
    if not n or n >= len(ours.frames) or not all(map(same, ours.frames, theirs.frames)):
        return None
    last = ours.frames[n - 1]
    return ours.frames if last.module or last.function in IRQ_STACK else None


def merge_interrupted(frames):
    """crash shows an interrupted function twice where the stack changes too:
    as the exception's RIP, and as the first frame of the other stack."""
    merged: list = []
    for frame in frames:
        last = merged[-1] if merged else None
        if last and last.interrupted and not frame.interrupted and \
                last.address == frame.address:
            continue
        merged.append(frame)
    return merged


def same(ours, theirs):
    return ours.function == theirs.function


def after_noreturn(ours, theirs):
    """A call that does not return is the last instruction of its function.

    Its return address is then the first byte of the next function, and crash
    names that one.  Evidence: crash's offset is 0, where no call returns to.
    """
    return not theirs.interrupted and theirs.offset == 0 and ours.offset > 0


def marker(ours, theirs):
    """crash makes up symbols for where a module begins, and takes one for a
    function where it has no symbols.  Evidence: its name, and the address."""
    return theirs.function.startswith("_MODULE_") and not ours.function and \
        ours.address == theirs.address


FRAME_RULES = [after_noreturn, marker]

# An indirect call, whatever it went through; and the switch over all system calls
# that replaced one (1e3ad78334a6, 6.9 and backports).
INDIRECT = re.compile(r"\*%|__x86_(indirect|retpoline)|__indirect_thunk|__SCT__|"
                      r"(x64|ia32)_sys_call")
LINE = re.compile(r"^0x([0-9a-f]+) <([^+>]+)(?:\+\d+)?>:\s+(.*)$")
TARGET = re.compile(r"0x([0-9a-f]+) <(?:__pfx_)?([^+>]+)")
FTRACE = re.compile(r"ftrace_(regs_)?call(er)?$")
ANYWHERE = -1   # where an indirect jump leads to
PADDING = 16    # call depth tracking calls this much before a function


class Calls:
    """What is called right before a return address, by crash's `sym` and `dis`."""

    def __init__(self, crash, folder):
        self.crash, self.folder = crash, folder
        self.starts = {}     # function of ours -> its address
        self.calls = {}      # address of an instruction -> the call that it is
        self.jumps = {}      # address of a function -> where it jumps to
        self.seen = set()    # functions whose jumps are known

    def _dis(self, places):
        text = run(self.crash, self.folder, [f"dis {place}" for place in places])
        for line in text.splitlines():
            if match := LINE.match(line):
                address, function, instruction = match.groups()
                yield int(address, 16), function, instruction

    def locate(self, frames):
        """Give our frames, which have names, their addresses."""
        names = {f.function for f in frames if not f.address} - set(self.starts) - {""}
        text = run(self.crash, self.folder, [f"sym {name}" for name in sorted(names)]) \
            if names else ""
        for line in text.splitlines():
            if match := re.match(r"^([0-9a-f]+) \(\w\) (\S+)", line):
                self.starts.setdefault(match.group(2), int(match.group(1), 16))
        for frame in frames:
            if not frame.address and frame.function in self.starts:
                frame.address = self.starts[frame.function] + frame.offset

    def learn(self, frames):
        self.locate(frames)
        places = {frame.address - back for frame in frames if frame.address
                  for back in (5, 2, 3, 6, 7)} - set(self.calls)
        if not places:
            return
        self.calls.update((place, "") for place in places)
        called = set()
        for address, _function, instruction in self._dis(map(hex, sorted(places))):
            if instruction.startswith("call"):
                self.calls[address] = instruction
                if match := TARGET.search(instruction):
                    called.add(match.group(2))
        # A function that is called may leave by a jump to another, and that too.
        for _again in range(2):
            called = self._learn_jumps(called)

    def _learn_jumps(self, names):
        """Where these functions jump to; returns the names of others among that."""
        names = {name for name in names - self.seen if not INDIRECT.search(name)}
        self.seen |= names
        found, start, last = set(), None, None
        for address, function, instruction in self._dis(sorted(names)) if names else ():
            if function != last:
                start, last = address, function
            if not instruction.startswith("j"):
                continue
            if INDIRECT.search(instruction):
                self.jumps.setdefault(start, set()).add(ANYWHERE)
            elif match := TARGET.search(instruction):
                self.jumps.setdefault(start, set()).add(int(match.group(1), 16))
                if match.group(2) != function:
                    found.add(match.group(2))
        return found

    def _reaches(self, start, callee, depth=3):
        """Does a call of start end up in callee, by jumps?"""
        begin = callee.address - callee.offset
        if 0 <= begin - start <= PADDING:
            return True
        # A jump may lead past the first instructions of what gcc split off.
        return depth > 0 and any(
            to == ANYWHERE or begin <= to <= callee.address or self._reaches(to, callee, depth - 1)
            for to in self.jumps.get(start, ()))

    def leads_to(self, frame, callee):
        """Is frame's address right after a call that can have been to callee?"""
        direct = self.calls.get(frame.address - 5, "")
        if FTRACE.match(frame.function):
            return True  # its call is filled in, in the copy
        if INDIRECT.search(direct) or \
                any("*" in self.calls.get(frame.address - n, "") for n in (2, 3, 6, 7)):
            return True
        if FTRACE.match(callee.function):
            return direct.startswith("call")  # to the trampoline, a copy of them
        if not (match := TARGET.search(direct)) or not callee.address:
            return False
        return self._reaches(int(match.group(1), 16), callee)

    def follow(self, frames):
        """The index of the first frame that was not called by the next; or None."""
        for n, (callee, frame) in enumerate(zip(frames, frames[1:])):
            if not ENTRY.match(callee.function) and \
                    (frame.interrupted or not self.leads_to(frame, callee)):
                return n
        return None


def impossible_calls(mine, frames, calls):
    """crash shows a frame that did not call the one above it.

    It scans the stack for what looks like a return address where it loses its
    way, most often below an interrupt.  Evidence: the instruction before one of
    its return addresses calls another function; and before each of ours is a call
    to the function above it, or that one is an interrupt's entry.
    """
    # Where both agree again there is nothing to prove.
    agree = 0
    while agree < min(len(mine), len(frames)) - 1 and \
            str(mine[-1 - agree]) == str(frames[-1 - agree]):
        agree += 1
    mine = mine[:len(mine) - agree + 1]
    frames = frames[:len(frames) - agree + 1]
    calls.learn([*mine, *frames])
    broken = calls.follow(frames)
    if calls.follow(mine) is not None or broken is None:
        return None
    return f"{frames[broken].function} called before {frames[broken + 1]}"


@dataclasses.dataclass
class Result:
    failures: list
    rules: collections.Counter
    frames: int = 0
    explained: list = dataclasses.field(default_factory=list)


def begin_alike(ours, theirs, result):
    """crash's frames without those of the dying kernel's own, and with where a thread begins."""
    frames = theirs.frames
    for rule in (drop_stop, drop_stop_arm64, drop_kexec, add_bad_pointer, add_start,
                 *([add_without_cfi] if theirs.by_cfi else [])):
        rest = rule(ours, theirs)
        if rest is not None:
            result.rules[rule.__name__] += 1
            frames = rest
            break
    frames = merge_interrupted(frames)
    for rule in (add_thread_start, add_cold):
        whole = rule(ours, frames)
        if whole is not None:
            result.rules[rule.__name__] += 1
            frames = whole
    return frames


def compare_frames(mine, other, result):
    """Lines that show the frames which differ."""
    lines = []
    for n in range(max(len(other), len(mine))):
        left = mine[n] if n < len(mine) else None
        right = other[n] if n < len(other) else None
        if left and right:
            result.frames += 1
            if same(left, right):
                continue
            rule = next((r for r in FRAME_RULES if r(left, right)), None)
            if rule:
                result.rules[rule.__name__] += 1
                continue
        lines.append(f"    #{n:<2} vgpu {str(left or '-'):<44} crash {right or '-'}")
    return lines


def compare_stack(ours, theirs, calls, result):
    """Differences as lines; [] when the two agree or a rule explains it."""
    frames = begin_alike(ours, theirs, result)
    lines = compare_frames(ours.frames, frames, result)
    if lines and ours.complete and calls and \
            (what := impossible_calls(ours.frames, frames, calls)):
        result.rules["impossible_calls"] += 1
        result.explained.append("\n".join(
            [f"  pid {ours.pid} {ours.comm!r}: crash has {what}, where no such call is",
             *lines]))
        return []
    if lines and ours.complaints:
        lines.append(f"    vgpu: {'; '.join(ours.complaints)}")
    if lines and theirs.complaints:
        lines.append(f"    crash: {'; '.join(theirs.complaints)}")
    return lines


def compare(ours, theirs, calls):
    result = Result([], collections.Counter())
    for task in sorted(set(ours) | set(theirs)):
        mine, other = ours.get(task), theirs.get(task)
        known = mine or other
        head = f"  pid {known.pid} {known.comm!r} task {task:#x}"
        if not mine or not other:
            result.failures.append(f"{head}: only in {'vgpu' if mine else 'crash'}")
            continue
        lines = compare_stack(mine, other, calls, result)
        if lines:
            result.failures.append("\n".join([head] + lines))
    return result


# ---- running crash -----------------------------------------------------------

def run(crash, folder, commands, limit=LIMIT_S):
    with tempfile.NamedTemporaryFile("w", suffix=".crash") as script:
        script.write("\n".join([*commands, "quit", ""]))
        script.flush()
        done = subprocess.run(
            ["timeout", "-k", "5", str(limit), *crash.split(), "-s",
             "--no_crashrc", "-i", script.name, str(folder / "vmlinux"),
             str(folder / "vmcore")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, cwd=folder, check=False)
    text = done.stdout.decode(errors="backslashreplace")
    if done.returncode:
        raise SystemExit(f"{crash} on {folder}: exit {done.returncode}\n{text[-2000:]}")
    return text


def newer_crash(*words):
    lab = ROOT / "samples" / "lab" / "lab"
    return subprocess.run([lab, "tools", *words], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip().splitlines()[-1]


def of_program(folder):
    """vgpu's stacks, of any machine's core."""
    return subprocess.run([ROOT / "extension" / "vgpu", "--no-cache", "--debug-dir", folder,
                           folder / "vmcore", "bt", "-a", "-j"],
                          check=True, text=True, stdout=subprocess.PIPE).stdout


def of_drgn(folder):
    """drgn's, by task; by Debian's own Python, which has it."""
    said = subprocess.run(["/usr/bin/python3", HERE / "drgn_bt.py", folder],
                          check=True, text=True, stdout=subprocess.PIPE).stdout
    return {task: Stack(task, pid, comm, [Frame(name, offset) for name, offset in frames], [],
                        by_cfi=True)
            for task, pid, comm, frames in json.loads(said)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--arm64", action="store_true", help="cores of arm64, on amd64")
    parser.add_argument("--drgn", action="store_true", help="compare with drgn, on any machine")
    parser.add_argument("--crash", default="crash", help="the one vgpu is built for")
    parser.add_argument("--newer", help="the one to compare with; else `lab tools`")
    parser.add_argument("--extension", type=pathlib.Path,
                        default=ROOT / "extension" / "vgpu.so")
    parser.add_argument("--command", default="vgpu bt -a -j")
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="show where crash is wrong, and the evidence")
    options = parser.parse_args()
    newer = "" if options.drgn else options.newer or newer_crash(
        *(["--machine", "arm64", "--suite", "bookworm"] if options.arm64 else []))
    passed = failed = 0
    for folder in options.folders:
        folder = folder.resolve()
        ours = parse_vgpu(of_program(folder) if options.arm64 or options.drgn else run(
            options.crash, folder,
            [f"extend {options.extension.resolve()}", options.command]))
        theirs = of_drgn(folder) if options.drgn else \
            parse_crash(run(newer, folder, ["foreach bt -s"],
                            EMULATED_S if options.arm64 else LIMIT_S))
        # Its instructions are x86's.
        calls = None if options.arm64 or options.drgn else Calls(newer, folder)
        result = compare(ours, theirs, calls)
        good = len(set(ours) | set(theirs)) - len(result.failures)
        print(f"{folder}: {good} of {good + len(result.failures)} stacks the same, "
              f"{result.frames} frames compared, "
              f"{sum(not s.complete for s in ours.values())} incomplete in vgpu, "
              f"{sum(bool(s.complaints) for s in theirs.values())} in crash")
        for name, count in sorted(result.rules.items()):
            print(f"  rule {name}: {count}")
        for text in result.explained if options.verbose else []:
            print(text)
        for failure in result.failures:
            print(failure)
        passed += good
        failed += len(result.failures)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
