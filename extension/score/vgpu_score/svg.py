# SPDX-License-Identifier: GPL-2.0-or-later
"""A drawing: the slab caches as bars."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from .answer import number, rows, word
from .html import e
from .text import short, size, visible


def _fit(words: str, most: int) -> str:
    return e(short(visible(words), most))


def slab(doc: Any, usual: Optional[Dict[str, float]] = None) -> str:
    """What fills the slab: a bar for each cache, "" where the document has no `slab`.

    The key: slab: { caches: [ { name, bytes, inuse } ] }, of `vgpu slab -j`.  usual: what
    each cache has in other cores of this kernel, a tick on its bar, so that what lies
    beyond it is the growth.
    """
    caches = _caches(doc, usual or {})
    if not caches:
        return ""
    line, left, wide = 24, 190, 420
    most = max(max(size_, expected or 0) for _, size_, expected, _ in caches)
    parts = []
    for n, (name, bytes_, expected, objects) in enumerate(caches):
        y = n * line
        full = round(wide * bytes_ / most)
        parts.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{_fit(name, 26)}</text>'
                     f'<rect class="bar" x="{left}" y="{y + 4}" width="{full}" height="14" rx="2"/>')
        end = full
        if expected is not None:
            tick = round(wide * expected / most)
            end = max(full, tick)
            parts.append(f'<path class="tick" d="M{left + tick} {y + 2}v18"/>')
        count = f", {objects:.0f} objects" if objects is not None else ""
        parts.append(f'<text class="small" x="{left + end + 8}" y="{y + 15}">'
                     f"{size(bytes_)}{count}</text>")
    return (f'<svg viewBox="0 0 {left + wide + 190} {len(caches) * line}" '
            f'width="{left + wide + 190}" role="img" aria-label="Slab caches by size">'
            f'{"".join(parts)}</svg>')


def _caches(doc: Any, usual: Dict[str, float]) -> List[Tuple[str, float, Optional[float], Optional[float]]]:
    found = []
    for c in rows(doc, "slab", "caches"):
        bytes_, name = number(c, "bytes"), word(c, "name")
        objects = number(c, "inuse")
        if bytes_ is not None and bytes_ > 0:
            found.append((name, bytes_, usual.get(name),
                          objects if objects is not None else number(c, "objects")))
    return sorted(found, key=lambda c: -c[1])[:16]
