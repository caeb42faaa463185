# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu's JSON, found among the other lines that crash prints, and read with care:
its texts come from a dump, and a later vgpu may add to it or leave a key out.
"""
from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

PREFIX = b'{"vgpu":'
MOST_CACHES = 64
CACHE_KEYS = ("name", "bytes", "objects", "total_objects", "inuse", "object_size", "slabs", "lost")


def find(output: bytes) -> Optional[dict]:
    """The last document that is whole and has a score, with what `vgpu slab -j` said as
    its key `slab` where that was asked for; None if there is none."""
    best = slab = None
    for line in output.splitlines():
        at = line.find(PREFIX)  # crash may have left a prompt or a warning before it
        if at < 0:
            continue
        try:
            doc = json.loads(line[at:].decode("utf-8", "replace"), parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            continue
        if isinstance(doc, dict) and number(doc, "score", "total") is not None:
            best = doc
        elif isinstance(get(doc, "caches"), list):
            slab = doc
    if best is not None and slab is not None:
        best.setdefault("slab", _largest(slab))
    return best


def _largest(doc: dict) -> dict:
    """The slab's sum and the caches that fill it: some kernels have hundreds."""
    caches = [c for c in rows(doc, "caches") if number(c, "bytes")]
    caches.sort(key=lambda c: -(number(c, "bytes") or 0))
    return {"bytes": get(doc, "bytes"), "meminfo": get(doc, "meminfo"),
            "caches": [{k: get(c, k) for k in CACHE_KEYS if get(c, k) is not None}
                       for c in caches[:MOST_CACHES]]}


def get(doc: Any, *keys: Any) -> Any:
    """doc[a][b]..., or None as soon as one is not there."""
    for key in keys:
        if isinstance(doc, dict):
            doc = doc.get(key)
        elif isinstance(doc, list) and isinstance(key, int) and -len(doc) <= key < len(doc):
            doc = doc[key]
        else:
            return None
    return doc


def word(doc: Any, *keys: Any) -> str:
    """As text: "" for null; numbers as they are printed."""
    v = get(doc, *keys)
    if v is None or isinstance(v, (dict, list)):
        return ""
    if isinstance(v, bool):
        return "yes" if v else "no"
    return _whole(str(v))


def _whole(s: str) -> str:
    """Half a surrogate pair is no character: it could not be written as UTF-8."""
    return s.encode("utf-8", "replace").decode("utf-8")


def number(doc: Any, *keys: Any) -> Optional[float]:
    v = get(doc, *keys)
    if isinstance(v, bool) or not isinstance(v, (int, float)) or not abs(v) < 1e18:
        return None
    return v


def rows(doc: Any, *keys: Any) -> List[Any]:
    """A list, or [] where there is none."""
    v = get(doc, *keys)
    return v if isinstance(v, list) else []


def culprit(doc: Any) -> str:
    """The best verdict's culprit in words: "task rt-hog (pid 204)"."""
    c = get(doc, "verdicts", 0, "culprit")
    words = [word(c, "kind"), word(c, "name")]
    if word(c, "pid"):
        words.append(f"(pid {word(c, 'pid')})")
    return " ".join(w for w in words if w)


def columns(doc: dict) -> Dict[str, Any]:
    """What a row shows of a document."""
    score, sure = number(doc, "score", "total"), number(doc, "verdicts", 0, "confidence")
    return {
        "score": int(score) if score is not None else None,
        "cause": word(doc, "verdicts", 0, "cause"),
        "confidence": int(sure) if sure is not None else None,
        "culprit": culprit(doc),
        "summary": word(doc, "verdicts", 0, "summary"),
        "trigger": word(doc, "trigger", "kind"),
        "sysctl": word(doc, "trigger", "sysctl"),
        "signature": word(doc, "signature", "hash"),
        "signature_text": word(doc, "signature", "text"),
        "vgpu": word(doc, "program", "vgpu"),
        "release": word(doc, "kernel", "release"),
        "machine": word(doc, "kernel", "machine"),
        "crashed_at": number(doc, "kernel", "crash_time"),
    }
