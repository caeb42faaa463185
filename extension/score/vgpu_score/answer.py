# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu's JSON, found among the other lines that crash prints, and read with care:
its texts come from a dump, and a later vgpu may add to it or leave a key out.
"""
from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Optional

PREFIX = b'{"vgpu":'
UNEXPLAINED = "unexplained"
MOST_CACHES = 64
MOST_MISSING = 64
MOST_SEARCHED = 4000  # characters of a core in the list, which may have thousands
# Kinds of nodes that are no words of a sentence.
KIND_WORDS = {"waitqueue": "wait queue", "virtqueue": "queue", "io": "I/O"}
CACHE_KEYS = ("name", "bytes", "objects", "total_objects", "inuse", "object_size", "slabs", "lost")


def find(output: bytes) -> Optional[dict]:
    """The last document that is whole and has a score, with what `vgpu slab -j` said as
    its key `slab` and, of `vgpu dev -j`, its key `debuginfo_missing`, where those were asked
    for; None if there is none."""
    best = slab = missing = None
    for line in output.splitlines():
        doc = _document(line)
        if number(doc, "score", "total") is not None:
            best = doc
        elif isinstance(get(doc, "caches"), list):
            slab = doc
        elif isinstance(get(doc, "debuginfo_missing"), list):
            missing = rows(doc, "debuginfo_missing")[:MOST_MISSING]
    if best is not None and missing:
        best.setdefault("debuginfo_missing", missing)
    if best is not None and slab is not None:
        best.setdefault("slab", _largest(slab))
    return best


def error(line: bytes) -> str:
    """What the document in this line says instead of an answer; "" if it is none."""
    return word(_document(line), "error")


def _document(line: bytes) -> Any:
    at = line.find(PREFIX)  # crash may have left a prompt or a warning before it
    if at < 0:
        return None
    try:
        return json.loads(line[at:].decode("utf-8", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


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


def named(thing: Any) -> str:
    """A node or a culprit with its kind: "completion done", for a name alone may read as
    a word of the sentence; but "CPU 1", which says it already."""
    kind, name = word(thing, "kind"), word(thing, "name")
    said = KIND_WORDS.get(kind, kind)
    if name in ("", kind):
        return said
    if re.search(rf"\b{re.escape(said)}\b", name, re.I):
        return name
    return f"{said} {name}"


def culprit(verdict: Any) -> str:
    """In words: "task rt-hog (pid 204)"."""
    c = get(verdict, "culprit")
    pid = word(c, "pid")
    return named(c) + (f" (pid {pid})" if pid else "")


def sureness(cause: str, confidence: Optional[float], blamed: str) -> str:
    """"90 %"; how sure one is of knowing nothing helps nobody, so of the unexplained
    only a suspicion has its percent."""
    if confidence is None or (cause == UNEXPLAINED and not blamed):
        return ""
    percent = f"{confidence:.0f} %"
    return f"a suspicion of {percent}" if cause == UNEXPLAINED else percent


def function(frame: str) -> str:
    """Of a stack's frame: "flush_work+0x2 [module]"."""
    return frame.split("+", 1)[0].split(" ", 1)[0]


def search_words(doc: Any) -> str:
    """What a core can be found by, beside its row: what is on its page."""
    found: List[str] = []
    for v in rows(doc, "verdicts"):
        bugs = rows(v, "known_bugs")
        found += [word(v, "cause"), culprit(v), word(v, "summary"),
                  *(word(b, k) for b in bugs for k in ("id", "what", "fixed_in"))]
    for v in rows(doc, "verdicts", 0, "resembles"):
        found.append(word(v, "cause"))
    for t in rows(doc, "hung") + rows(doc, "text", "hung"):
        frames = [word(f) for f in rows(t, "stack")]
        found += [word(t, "comm"), *map(function, frames),
                  *(f[f.index("[") :] for f in frames if "[" in f)]
    return " ".join(dict.fromkeys(w for w in found if w))[:MOST_SEARCHED]


def node(doc: Any) -> str:
    """The machine's name; a kernel that was told none calls itself (none)."""
    name = word(doc, "kernel", "node")
    return "" if name == "(none)" else name


def columns(doc: dict) -> Dict[str, Any]:
    """What a row shows of a document."""
    score, sure = number(doc, "score", "total"), number(doc, "verdicts", 0, "confidence")
    return {
        "score": int(score) if score is not None else None,
        "cause": word(doc, "verdicts", 0, "cause"),
        "confidence": int(sure) if sure is not None else None,
        "culprit": culprit(get(doc, "verdicts", 0)),
        "summary": ("text log: " if get(doc, "text") is not None else "")
        + word(doc, "verdicts", 0, "summary"),
        "trigger": word(doc, "trigger", "kind"),
        "sysctl": word(doc, "trigger", "sysctl"),
        "signature": word(doc, "signature", "hash"),
        "signature_text": word(doc, "signature", "text"),
        "vgpu": word(doc, "program", "vgpu"),
        "release": word(doc, "kernel", "release"),
        "machine": word(doc, "kernel", "machine"),
        "node": node(doc),
        "crashed_at": number(doc, "kernel", "crash_time"),
    }
