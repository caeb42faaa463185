# SPDX-License-Identifier: GPL-2.0-or-later
"""Drawings: the chain from the victim to the root, and bars."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from .answer import get, named, number, rows, word
from .html import e
from .text import short, size, visible

WIDTH, BOX, GAP, TOP = 520, 44, 34, 4
BACK = 26  # room at the right for the edge that closes a cycle
LABEL = 62  # characters that fit


def chain(doc: Any, verdict: Any) -> str:
    """The verdict's chain; "" when it has none."""
    nodes: Dict[str, Any] = {word(n, "id"): n for n in rows(doc, "graph", "nodes")}
    ids = [i for i in rows(verdict, "chain") if isinstance(i, str)][:64]
    if not ids:
        return ""
    cycle = _edge(doc, ids[-1], ids)
    parts = [_box(nodes.get(i, {"name": i}), n, len(ids), cycle is not None)
             for n, i in enumerate(ids)]
    parts += [_arrow(n, word(_between(doc, ids[n], ids[n + 1]), "why"))
              for n in range(len(ids) - 1)]
    if cycle:
        parts.append(_back(len(ids) - 1, ids.index(word(cycle, "to")), word(cycle, "why")))
    height = len(ids) * (BOX + GAP) - GAP + 2 * TOP
    names = " → ".join(named(nodes.get(i)) or i for i in ids)
    return (f'<svg viewBox="0 0 {WIDTH + BACK} {height}" width="{WIDTH + BACK}" role="img" '
            f'aria-label="{e("The chain: " + names)}">{"".join(parts)}</svg>')


def _between(doc: Any, a: str, b: str) -> Optional[Any]:
    return next((x for x in rows(doc, "graph", "edges")
                 if get(x, "from") == a and get(x, "to") == b), None)


def _edge(doc: Any, last: str, ids: List[str]) -> Optional[Any]:
    """The edge by which the last node waits for one above it: a cycle."""
    return next((x for x in rows(doc, "graph", "edges")
                 if get(x, "from") == last and get(x, "to") in ids[:-1]), None)


def _box(node: Any, n: int, of: int, cycle: bool) -> str:
    y = TOP + n * (BOX + GAP)
    role = "root" if n == of - 1 and not cycle else "victim" if not n else "between"
    kind, name = word(node, "kind"), word(node, "name") or word(node, "id")
    return (f'<g><title>{e(kind + " " + name)}</title>'
            f'<rect class="box" x="1" y="{y}" width="{WIDTH - 2}" height="{BOX}" rx="4"/>'
            f'<rect class="{role}" x="1" y="{y}" width="5" height="{BOX}"/>'
            f'<text x="16" y="{y + 18}"><tspan class="strong">{_fit(name, 44)}</tspan>'
            f'<tspan class="small" dx="8">{_fit(kind, 14)}</tspan></text>'
            f'<text class="small" x="16" y="{y + 35}">{_fit(_detail(node), LABEL)}</text></g>')


def _detail(node: Any) -> str:
    words = []
    if word(node, "pid"):
        words.append("pid " + word(node, "pid"))
    if word(node, "cpu") and word(node, "kind") != "cpu":
        words.append("CPU " + word(node, "cpu"))
    since = number(node, "since_s")
    if since is not None:
        words.append(f"for {since:.1f} s")
    if word(node, "address"):
        words.append(word(node, "address"))
    return ", ".join(words)


def _fit(words: str, most: int) -> str:
    return e(short(visible(words), most))


def _arrow(n: int, why: str) -> str:
    y = TOP + n * (BOX + GAP) + BOX
    return (f'<path class="edge" d="M30 {y}V{y + GAP - 6}"/>'
            f'<path class="head" d="M25 {y + GAP - 8}h10l-5 7z"/>'
            f'<text class="small" x="44" y="{y + 21}">{_fit(why, LABEL)}</text>')


def _back(low: int, high: int, why: str) -> str:
    """The edge that closes a cycle, around the right side."""
    y1 = TOP + low * (BOX + GAP) + BOX // 2
    y2 = TOP + high * (BOX + GAP) + BOX // 2
    x, out = WIDTH - 1, WIDTH + BACK - 8
    return (f'<g><title>{e(why)}</title><path class="edge" d="M{x} {y1}H{out}V{y2}H{x + 7}"/>'
            f'<path class="head" d="M{x + 8} {y2 - 5}v10l-7-5z"/></g>')


# ---- bars --------------------------------------------------------------------


def bar(points: float, most: float) -> str:
    """A part of a score: so many points of so many."""
    most = max(most, 1)
    full = round(120 * min(max(points, 0), most) / most)
    return ('<svg viewBox="0 0 120 10" width="120" height="10" aria-hidden="true">'
            '<rect class="rest" width="120" height="10" rx="2"/>'
            f'<rect class="bar" width="{full}" height="10" rx="2"/></svg>')


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
