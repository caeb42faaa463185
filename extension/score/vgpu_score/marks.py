# SPDX-License-Identifier: GPL-2.0-or-later
"""--mark and --note: what people say of a signature, kept beside the rows."""
from __future__ import annotations

import time
from dataclasses import replace
from typing import Dict, List

from .options import Refused
from .schema import MARKS, Mark
from .store import Store
from .text import utf8, visible

SHORTEST = 4  # digits of a signature that may stand for it


def change(store: Store, marks: List[str], notes: List[str]) -> None:
    """SIGNATURE=seen, known, fixed[:BY] or none; SIGNATURE=TEXT.  All of them or none."""
    known = store.marks()
    wanted: Dict[str, Mark] = {}
    for option, words in (("--mark", marks), ("--note", notes)):
        for word in words:
            beginning, is_one, value = utf8(word).partition("=")
            if not is_one:
                raise Refused(f"{option} {visible(word)}: not SIGNATURE=...")
            signature = _signature(store, beginning)
            mark = wanted.get(signature, known.get(signature, Mark()))
            wanted[signature] = (_marked(mark, value) if option == "--mark"
                                 else replace(mark, note=value.strip()))
    store.set_marks({s: m for s, m in wanted.items() if m != known.get(s)})


def _marked(mark: Mark, value: str) -> Mark:
    name, _, by = value.partition(":")
    if name == "none":
        return replace(mark, mark="", fixed_by="", marked_at=time.time())
    if name not in MARKS or (by and name != "fixed"):
        raise Refused(f"--mark {visible(value)}: not seen, known, fixed, fixed:BY or none")
    return replace(mark, mark=name, fixed_by=by.strip(), marked_at=time.time())


def _signature(store: Store, beginning: str) -> str:
    found = store.signatures(beginning) if beginning else []
    if found == [beginning] or len(found) == 1 and len(beginning) >= SHORTEST:
        return found[0]
    if len(found) > 1:
        raise Refused(f"{visible(beginning)} is the beginning of {len(found)} signatures: "
                    f"{', '.join(map(visible, found[:5]))}")
    if found:
        raise Refused(f"{visible(beginning)} is too short for a signature: give {SHORTEST} of its "
                      "digits or more")
    raise Refused(f"there is no signature {visible(beginning) or chr(39) * 2}")
