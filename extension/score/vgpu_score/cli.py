# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of its programs was called, and what becomes of an error or a signal."""
from __future__ import annotations

import argparse
import io
import os
import signal
import sqlite3
import sys
from typing import Callable, List, Optional

from .crew import Chunk, Crew, Merge
from .door import NoDoor
from .options import OK, USAGE, Refused, parser, plan_parser, serve_parser
from .serve import serve
from .session import Session
from .store import Unusable
from .text import failure, visible


class Interrupted(BaseException):
    """To leave in order, with what was done so far."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _interrupt(number, frame) -> None:
    raise Interrupted(number)


def _listen() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup and & in a script leave it
            signal.signal(number, _interrupt)


def main(here: str, argv: Optional[List[str]] = None) -> int:
    """here: the folder of the program, where vgpu and vgpu.so may lie."""
    # Lines go where nobody may be: to what was closed, or in another encoding.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")
    for f in (sys.stdout, sys.stderr):
        if isinstance(f, io.TextIOWrapper):
            f.reconfigure(errors="backslashreplace")
    _listen()
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["serve"]:
        return _tell(lambda: _serve(serve_parser().parse_args(words[1:])), "")
    if words[:1] == ["chunk"]:
        chunk = plan_parser("chunk").parse_args(words[1:])
        return _tell(lambda: Chunk(chunk.plan, chunk.number, here).run(), "")
    if words[:1] == ["merge"]:
        merge = plan_parser("merge").parse_args(words[1:])
        return _tell(lambda: Merge(merge.plan, here).run(), "")
    p = parser()
    # By itself it has no value: the word after it is a core.
    options = p.parse_args(["--slurm=" if w == "--slurm" else w for w in words])
    if not (options.paths or options.forget or options.mark or options.note):
        p.error("the following arguments are required: CORE|FOLDER")
    many = options.slurm is not None or options.sshlogin
    return _tell(lambda: (Crew if many else Session)(options, here).run(), options.output)


def _serve(options: argparse.Namespace) -> int:
    folder = os.path.abspath(os.fsencode(options.output))
    if not os.path.isfile(os.path.join(folder, b"index.html")):
        raise Refused(f"there is no report in {visible(folder)}")
    serve(folder, options.port)
    return OK


def _tell(what: Callable[[], int], output: str) -> int:
    try:
        return what()
    except (NoDoor, Refused, Unusable) as why:
        print(f"vgpu-score: {why}", file=sys.stderr)
    except sqlite3.Error as e:
        print(f"vgpu-score: scores.sqlite cannot be written: {e}", file=sys.stderr)
    except OSError as e:
        where = "" if e.filename or not output else f" (in {visible(output)} or --tmp)"
        print(f"vgpu-score: {failure(e)}{where}", file=sys.stderr)
    except Interrupted as by:
        if output:
            print("vgpu-score: interrupted; start it again and it goes on", file=sys.stderr)
        return 128 + by.number
    return USAGE
