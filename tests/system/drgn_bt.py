#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The stack of each task of a core, as drgn unwinds it by the debuginfo's CFI.

    drgn_bt.py FOLDER       with vmcore, vmlinux and the modules' .ko

Prints JSON: a list of [task_struct, pid, comm, [[function, offset], ...]], innermost first.
What is inlined is no frame.  Run by Debian's own Python, which has the package python3-drgn.
"""
import json
import pathlib
import sys

import drgn
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.percpu import per_cpu
from drgn.helpers.linux.pid import for_each_task


def frame(program, pc, innermost):
    """By where the call was, which may be the last instruction of its function."""
    try:
        symbol = program.symbol(pc - (not innermost))
    except LookupError:
        return ["", pc]
    # As crash writes a clone's name.
    return [symbol.name.split(".isra.")[0], pc - symbol.address]


def in_kernel(f):
    """Neither in user mode nor where the stack ends, which has no address or 0."""
    try:
        return f.pc >> 63
    except LookupError:
        return False


def stack(program, task):
    frames = [f for f in program.stack_trace(task) if not f.is_inline and in_kernel(f)]
    return [frame(program, f.pc, f.interrupted or n == 0) for n, f in enumerate(frames)]


def main(folder):
    program = drgn.Program()
    program.set_core_dump(folder / "vmcore")
    program.load_debug_info([folder / "vmlinux", *folder.glob("*.ko")])
    tasks = list(for_each_task(program))
    tasks += [per_cpu(program["runqueues"], cpu).idle for cpu in for_each_online_cpu(program)]
    json.dump([[task.value_(), task.pid.value_(), task.comm.string_().decode(errors="replace"),
                stack(program, task)] for task in tasks], sys.stdout)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
