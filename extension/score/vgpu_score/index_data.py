# SPDX-License-Identifier: GPL-2.0-or-later
"""What the script of index.html works on: cores, groups, and the words they are found by.

Ten thousand cores as rows of a table would take a browser seconds; as data they take a
blink, and the script makes rows of those that are looked at.
"""
from __future__ import annotations

import json
from typing import Dict, List

from .answer import sureness
from .html import page_name
from .incidents import Group, Incident
from .near import Near
from .schema import Mark

MOST_NEAR = 3
MOST_COPIES = 20  # names of one core that are listed


class _Words:
    """Each word once: cores and groups have its number."""

    def __init__(self) -> None:
        self.numbers: Dict[str, int] = {}

    def of(self, *texts: object) -> List[int]:
        found = dict.fromkeys(w for t in texts for w in str(t).lower().split())
        return [self.numbers.setdefault(w, len(self.numbers)) for w in found]


def cause(core: Incident) -> str:
    return core.row.cause if core.row.state == "scored" else core.row.code


def sure(core: Incident) -> str:
    row = core.row
    return sureness(row.cause, row.confidence or None, row.culprit)


def data(groups: List[Group], near: Near, words: Dict[bytes, str], marks: Dict[str, Mark]) -> str:
    """JSON that may stand in a page: nothing in it ends the element that it is in."""
    known = _Words()
    cores = [_core(core, n, known, words) for n, g in enumerate(groups) for core in g.cores]
    about = [_group(g, near, known, marks.get(g.key, Mark())) for g in groups]
    text = json.dumps({"cores": cores, "groups": about, "words": list(known.numbers)},
                      separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _core(core: Incident, group: int, known: _Words, words: Dict[bytes, str]) -> list:
    """In the order in which index.js takes it apart."""
    row = core.row
    names = [row.name, *(c.name for c in core.copies[:MOST_COPIES])]
    found = known.of(*names, words.get(row.path, ""), row.code, row.reason, row.summary, row.trigger,
                     row.sysctl, row.release, row.machine, row.node, row.culprit, row.package, *row.notes)
    return [group, row.score, cause(core), sure(core), row.summary or row.reason, row.trigger,
            row.release, round(core.when), int(core.told), row.node, names,
            len(core.copies), page_name(row.path), row.state, int(core.gone), found]


def _group(g: Group, near: Near, known: _Words, mark: Mark) -> dict:
    row = g.cores[0].row
    failed = row.state != "scored"
    text = "" if failed else row.signature_text
    return {"key": g.key, "name": "Not scored" if failed else row.cause or "no cause", "text": text,
            "near": [[n.signature, n.value, n.cores, *([1] if n.text else [])]
                     for n in near.of(row)[:MOST_NEAR]],
            "mark": mark.mark, "by": mark.fixed_by, "note": mark.note,
            "since": g.since(mark.marked_at) if mark.mark == "fixed" else 0,
            "words": known.of(g.key, text, "" if failed else row.cause, mark.mark, mark.fixed_by,
                              mark.note)}
