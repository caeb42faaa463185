# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: its options and their values."""
from __future__ import annotations

import argparse
import os
import re

from . import VERSION


class Refused(Exception):
    """What the command line asks cannot be done, and nothing was."""


OK, SOME_FAILED, USAGE, OVER = 0, 1, 2, 3

EPILOG = """\
exit status:
  0  every core has a score
  1  some have none: each row says why; or --on-new failed, and is called again by the next run
  2  wrong usage, no such file, nothing to open cores with, or the results cannot be written
  3  a score is over the one given with --fail-over
  129, 130, 143  interrupted (SIGHUP, SIGINT, SIGTERM): start it again and it goes on
"""


def size(word: str) -> int:
    """8G, 512M, 0: bytes."""
    found = re.match(r"(\d+)([KMGT]?)\Z", word.upper())
    if not found:
        raise argparse.ArgumentTypeError(f"not a size such as 8G: {word!r}")
    return int(found.group(1)) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[found.group(2)]


def positive(word: str) -> int:
    if not word.isdecimal() or not 0 < int(word) <= 1024:
        raise argparse.ArgumentTypeError(f"not a number from 1 to 1024: {word!r}")
    return int(word)


def seconds(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = 0
    if not 0 < value < 1e7:
        raise argparse.ArgumentTypeError(f"not a number of seconds: {word!r}")
    return value


def points(word: str) -> int:
    if not word.isdecimal() or int(word) > 100:
        raise argparse.ArgumentTypeError(f"not a score from 0 to 100: {word!r}")
    return int(word)


def half() -> int:
    """Of the CPUs."""
    return max(1, (os.cpu_count() or 1) // 2)


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="vgpu-score", usage="%(prog)s [options] CORE|FOLDER...\n       %(prog)s [-o DIR] "
        "--forget PATH | --mark SIGNATURE=MARK | --note SIGNATURE=TEXT\n"
        "       %(prog)s serve [-o DIR] [--port N]", epilog=EPILOG,
        description="Score every kernel core in a folder with vgpu, most urgent first.",
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    add = p.add_argument
    add("paths", nargs="*", metavar="CORE|FOLDER", help="a core, or a folder that has some")
    add("-j", "--jobs", type=positive, metavar="N", default=0,
        help="cores at once (default: half of the CPUs)")
    add("-o", "--output", metavar="DIR", default="vgpu-scores",
        help="folder of results (default: vgpu-scores)")
    add("--vgpu", metavar="PATH", default="",
        help="the program vgpu, which reads a core alone (default: vgpu beside this program, "
             "or in PATH)")
    add("--crash", action="append", metavar="CRASH[:SO]", default=[],
        help="a crash and the vgpu.so built for it, for cores that the program cannot read; may "
             "be given again, and they are tried in this order (default: crash, if there is one, "
             "and the vgpu.so beside this program or where crash looks for extensions)")
    add("--door", choices=("program", "crash"), help="open cores only by this one of the two")
    add("--debug-dir", action="append", metavar="DIR", default=[],
        help="where to look for the kernel's modules, and its vmlinux for crash; may be given "
             "again (default: /usr/lib/debug; beside the core is always looked)")
    add("--timeout", type=seconds, metavar="SECONDS", default=600.0,
        help="for each try to open a core, for unpacking and for reading headers (default: 600)")
    add("--memory", type=size, metavar="SIZE", default=8 << 30,
        help="address space that vgpu, or crash, may have; 0: no limit (default: 8G)")
    add("--tmp", metavar="DIR", help="where cores are unpacked (default: the folder of results)")
    add("--max-unpacked", type=size, metavar="SIZE", default=1 << 40,
        help="the most that one core may become by unpacking (default: 1T)")
    add("--again", action="store_true", help="do unchanged cores again too")
    add("--forget", action="append", metavar="PATH", default=[],
        help="drop the rows of this file, or of all files in this folder, from the results; "
             "may be given again")
    add("--mark", action="append", metavar="SIGNATURE=MARK", default=[],
        help="say of a signature that it is seen, known, fixed or fixed:BY, or none of these; "
             "its first digits will do; may be given again")
    add("--note", action="append", metavar="SIGNATURE=TEXT", default=[],
        help="a note beside a signature; without TEXT it is taken away; may be given again")
    add("--on-new", metavar="CMD",
        help="run CMD for each signature that is new in the results, with JSON on its standard "
             "input; in each run, until it ends with status 0")
    add("--slurm", nargs="?", metavar="ARGS",
        help="score on the machines of a Slurm cluster that share the folders: an array of jobs, "
             "and one that puts the results together; ARGS are for sbatch")
    add("--sshlogin", action="append", metavar="HOST", default=[],
        help="score on this machine by GNU parallel and ssh, which shares the folders; may be "
             "given again")
    add("--fail-over", type=points, metavar="N", help="exit with 3 if a score is over N")
    add("-q", "--quiet", action="store_true", help="no line for each core and no bar")
    add("--version", action="version", version=f"vgpu-score {VERSION}")
    return p


def _port(word: str) -> int:
    if not word.isdecimal() or int(word) > 65535:
        raise argparse.ArgumentTypeError(f"not a port from 0 to 65535: {word!r}")
    return int(word)


def serve_parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="vgpu-score serve", allow_abbrev=False,
        description="Show the report to a browser of this machine, on the loopback address.")
    p.add_argument("-o", "--output", metavar="DIR", default="vgpu-scores",
                   help="folder of results (default: vgpu-scores)")
    p.add_argument("--port", type=_port, metavar="N", default=8048,
                   help="0: one that is free (default: 8048)")
    return p


def plan_parser(what: str) -> argparse.ArgumentParser:
    """What the jobs of a fleet are called by."""
    p = argparse.ArgumentParser(prog=f"vgpu-score {what}", allow_abbrev=False)
    p.add_argument("plan", metavar="PLAN")
    if what == "chunk":
        p.add_argument("number", metavar="N", type=int)
    return p
