#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare vgpu's stacks with those of a newer crash, frame by frame.

    compare_bt.py FOLDER...     folders with vmcore and vmlinux

Each core is opened twice: in the crash that vgpu is built for, for `vgpu bt -a
-j`, and in a newer one (8.0.6: `lab tools`), for `foreach bt`.  For each task the
functions on its stack must be the same.  Where they may differ there is a rule
below, which says why and asks for its own evidence; a rule never names a task.
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


HEAD = re.compile(r'^PID: (\d+) +TASK: ([0-9a-f]+) +CPU: (\d+)\s+COMMAND: "(.*)"')
FRAME = re.compile(r"^ *#(\d+) \[([0-9a-f]+)\] (\S+?)(?:\+(\d+))? at ([0-9a-f]+)"
                   r"(?: \[(\S+)\])?$")
EXCEPTION = re.compile(r"^ +\[exception RIP: (\S+?)(?:\+(\d+))?\]$")
RIP = re.compile(r"^ +RIP: ([0-9a-f]+)  RSP: ([0-9a-f]+)")
CS = re.compile(r"CS: ([0-9a-f]+)  SS:")


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
            stack.frames.append(Frame(name, int(offset or 0), interrupted=True))
        elif match := RIP.match(line):
            last = stack.frames[-1] if stack.frames else None
            if last and last.interrupted and not last.address:
                last.address, last.sp = (int(v, 16) for v in match.groups())
        elif match := CS.search(line):
            stack.user = bool(int(match.group(1), 16) & 3)
        elif line.startswith("bt:"):
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
# The other CPUs are stopped by an NMI, in these.
STOP = {"crash_nmi_callback", "nmi_handle", "default_do_nmi", "do_nmi", "exc_nmi",
        "asm_exc_nmi", "nmi", "end_repeat_nmi"}


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
        if frame.interrupted and same(first, frame) and first.offset == frame.offset:
            return frames[n:]  # an oops: registers of the fault
        if frame.function == first.function and first.function in KEXEC:
            return frames[n:]
        if not frame.interrupted and frame.function not in KEXEC and \
                first.function in KEXEC:
            return None
    return None


def merge_interrupted(frames):
    """crash shows an interrupted function twice where the stack changes too:
    as the exception's RIP, and as the first frame of the other stack."""
    merged = []
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


FRAME_RULES = [after_noreturn]


@dataclasses.dataclass
class Result:
    failures: list
    rules: collections.Counter
    frames: int = 0


def compare_stack(ours, theirs, result):
    """Differences as lines; [] when the two agree or a rule explains it."""
    frames = theirs.frames
    for rule in (drop_stop, drop_kexec):
        rest = rule(ours, theirs)
        if rest is not None:
            result.rules[rule.__name__] += 1
            frames = rest
            break
    frames = merge_interrupted(frames)
    lines = []
    for n in range(max(len(frames), len(ours.frames))):
        mine = ours.frames[n] if n < len(ours.frames) else None
        other = frames[n] if n < len(frames) else None
        if mine and other:
            result.frames += 1
            if same(mine, other):
                continue
            rule = next((r for r in FRAME_RULES if r(mine, other)), None)
            if rule:
                result.rules[rule.__name__] += 1
                continue
        lines.append(f"    #{n:<2} vgpu {mine or '-':<52} crash {other or '-'}")
    if lines and ours.complaints:
        lines.append(f"    vgpu: {'; '.join(ours.complaints)}")
    if lines and theirs.complaints:
        lines.append(f"    crash: {'; '.join(theirs.complaints)}")
    return lines


def compare(ours, theirs):
    result = Result([], collections.Counter())
    for task in sorted(set(ours) | set(theirs)):
        mine, other = ours.get(task), theirs.get(task)
        known = mine or other
        head = f"  pid {known.pid} {known.comm!r} task {task:#x}"
        if not mine or not other:
            result.failures.append(f"{head}: only in {'vgpu' if mine else 'crash'}")
            continue
        lines = compare_stack(mine, other, result)
        if lines:
            result.failures.append("\n".join([head] + lines))
    return result


# ---- running crash -----------------------------------------------------------

def run(crash, folder, commands):
    with tempfile.NamedTemporaryFile("w", suffix=".crash") as script:
        script.write("\n".join([*commands, "quit", ""]))
        script.flush()
        done = subprocess.run(
            ["timeout", "-k", "5", str(LIMIT_S), *crash.split(), "-s",
             "--no_crashrc", "-i", script.name, str(folder / "vmlinux"),
             str(folder / "vmcore")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, cwd=folder, check=False)
    text = done.stdout.decode(errors="backslashreplace")
    if done.returncode:
        raise SystemExit(f"{crash} on {folder}: exit {done.returncode}\n{text[-2000:]}")
    return text


def newer_crash():
    lab = ROOT / "samples" / "lab" / "lab"
    return subprocess.run([lab, "tools"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip().splitlines()[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--crash", default="crash", help="the one vgpu is built for")
    parser.add_argument("--newer", help="the one to compare with; else `lab tools`")
    parser.add_argument("--extension", type=pathlib.Path,
                        default=ROOT / "extension" / "vgpu.so")
    parser.add_argument("--command", default="vgpu bt -a -j")
    options = parser.parse_args()
    newer = options.newer or newer_crash()
    passed = failed = 0
    for folder in options.folders:
        folder = folder.resolve()
        ours = parse_vgpu(run(options.crash, folder,
                              [f"extend {options.extension.resolve()}",
                               options.command]))
        theirs = parse_crash(run(newer, folder, ["foreach bt -s"]))
        result = compare(ours, theirs)
        good = len(set(ours) | set(theirs)) - len(result.failures)
        print(f"{folder}: {good} of {good + len(result.failures)} stacks the same, "
              f"{result.frames} frames compared, "
              f"{sum(not s.complete for s in ours.values())} incomplete in vgpu, "
              f"{sum(bool(s.complaints) for s in theirs.values())} in crash")
        for name, count in sorted(result.rules.items()):
            print(f"  rule {name}: {count}")
        for failure in result.failures:
            print(failure)
        passed += good
        failed += len(result.failures)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
