# SPDX-License-Identifier: GPL-2.0-or-later
"""--on-new: a program of the user's, such as a ticket system's, is told of each signature
that is new in this folder of results: JSON on its standard input.

It is called until it ends with status 0, once in each run, and never again after that: what
it is called for is written down before, so that no two runs call it at once.  What the folder
had before the option was first given is not new.
"""
from __future__ import annotations

import json
import os
import shlex
import shutil
from typing import Dict, List, Set

from .child import Ended, Limits, run
from .html import page_name
from .incidents import FAILED, Group, groups, incidents
from .options import Refused
from .reports import Folder, json_line
from .store import TOLD, Store
from .text import visible

SECONDS = 60.0  # that it may take
LOST_S = 10 * SECONDS  # after which whoever began to tell of one is taken to be dead


class Announcer:
    def __init__(self, command: str) -> None:
        try:
            self.words = shlex.split(command)
        except ValueError as e:
            raise Refused(f"--on-new {visible(command)}: {e}") from e
        found = shutil.which(self.words[0]) if self.words else None
        if not found:
            raise Refused(f"--on-new: there is no program {visible(command)}")
        self.words[0] = os.path.abspath(found)
        self.failed: Set[str] = set()  # signatures that this run could not tell of

    def tell(self, store: Store, whole: Folder, folder: bytes) -> List[str]:
        """Of every signature that nobody has been told of.  Returns what went wrong."""
        wrong = []
        for group in groups(incidents(whole.rows)):
            if group.key not in ("", FAILED, *self.failed) and store.announce(group.key, LOST_S):
                ended = run(self.words, b"/", dict(os.environ), Limits(SECONDS, 0),
                            data=_document(store, whole, folder, group))
                how = _how(ended)
                store.announced(group.key, how)
                if how != TOLD:
                    self.failed.add(group.key)
                    wrong.append(f"--on-new for signature {visible(group.key)}: {how}")
        return wrong


def _how(ended: Ended) -> str:
    if ended.why == "timed-out":
        return f"timed out after {SECONDS:g} s"
    if ended.why:
        return ended.why
    return f"status {ended.status}" if (ended.status or 0) >= 0 else f"signal {-(ended.status or 0)}"


def _document(store: Store, whole: Folder, folder: bytes, group: Group) -> bytes:
    best = group.cores[0].row
    row = store.at(best.path) or best
    about: Dict[str, object] = {
        "signature": group.key, "text": row.signature_text, "cores": len(group.cores),
        "first": group.first, "last": group.last, "kernels": group.count("release"),
        "machines": group.count("node"),
        "page": visible(os.path.join(folder, b"cores", page_name(best.path).encode())),
    }
    return f'{json.dumps(about)[:-1]}, "core": {json_line(row, whole)}}}\n'.encode()
