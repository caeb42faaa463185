# SPDX-License-Identifier: GPL-2.0-or-later
"""A page for each core: the verdict, its chain, who hung, the evidence with the crash
commands that check it, what made the panic, and what the score is made of.
"""
from __future__ import annotations

from typing import Any, Dict, List, Optional

from . import svg
from .answer import UNEXPLAINED, culprit, get, named, number, rows, sureness, word
from .html import definitions, e, level, page, when
from .near import Near
from .store import Row
from .text import plural, size
from .usual import Sizes

MOST = 500  # rows of any table: a page must open
SURE = 60  # confidence of a verdict that stands at the top, though it is not the first


def core_page(row: Row, near: Optional[Near] = None, usual: Optional[Sizes] = None) -> str:
    doc = row.document()
    body = _top(row) + (_scored(row, doc, near or Near(), usual or {}) if doc else _failed(row))
    return page(f"{row.name.rpartition('/')[2]}: {row.cause or row.code}", body)


def _top(row: Row) -> str:
    score = "–" if row.score is None else str(row.score)
    return ('<p class="back"><a href="../index.html">← all cores</a></p>'
            f'<h1><span class="score {level(row.score)}">{score}</span> {e(row.cause or row.code)}'
            f"</h1>\n")


def _section(title: str, html: str) -> str:
    return f"<section><h2>{title}</h2>{html}</section>\n" if html else ""


def _facts(row: Row, resembles: str = "") -> str:
    shape = ", ".join(w for w in (row.format, row.packing, size(row.size)) if w)
    return definitions((
        ("File", f"<code>{e(row.name)}</code>"), ("Is", e(shape)),
        ("Kernel", e(" ".join(w for w in (row.release, row.machine) if w))),
        ("Crashed", when(row.crashed_at) and when(row.crashed_at) + " UTC"),
        ("Signature", e(row.signature) and f'<code title="{e(row.signature_text)}">'
                                           f"{e(row.signature)}</code>"),
        ("Resembles", resembles),
        ("Debuginfo", e(row.vmlinux) and f"<code>{e(row.vmlinux)}</code>"),
        ("Read by", e(f"vgpu {row.vgpu}" + (row.crash and f", crash {row.crash}")
                      if row.vgpu else "")),
        ("Took", f"{row.seconds:.1f} s, {size(row.peak_kb * 1024)}" if row.peak_kb else ""),
        ("Notes", "<br>".join(e(n) for n in row.notes)),
    ))


# ---- not scored --------------------------------------------------------------


def _failed(row: Row) -> str:
    step = f'<p class="quiet">In step {e(row.step)}.</p>' if row.step else ""
    log = f"<pre>{chr(10).join(e(x) for x in row.log.splitlines())}</pre>" if row.log else ""
    return (f'<p class="verdict">{e(row.reason)}</p>{step}'
            + _section("The core", _facts(row)) + _section("Log", log))


# ---- scored ------------------------------------------------------------------


def _scored(row: Row, doc: Any, near: Near, usual: Sizes) -> str:
    best = get(doc, "verdicts", 0)
    left = (_section("Chain, from the victim to the root", svg.chain(doc, best))
            + _section("Score", _score(doc))
            + _section("The core", _facts(row, near.words(row, "")))
            + _section("What made the panic", _trigger(doc)))
    right = (_section("Evidence", _evidence(rows(best, "evidence")))
             + _section("Evidence against", _against(best))
             + _section("Known upstream", _known(best))
             + _section("Hung tasks", _hung(doc)))
    return (_verdict(best)
            + _section("Also found", _others(doc, True))
            + f'<div class="columns"><div>{left}</div><div>{right}</div></div>'
            + _section("Slab", _slab(doc, usual))
            + _section("Switches of this kernel", _sysctls(doc))
            + _section("Other verdicts", _others(doc, False))
            + _section("Not read", _texts(rows(doc, "incomplete") + rows(best, "missing"))))


def _verdict(best: Any) -> str:
    words = f'<p class="verdict">{e(word(best, "summary"))}</p>'
    blamed = culprit(best)
    facts = [_sure(best),
             f"culprit: {e(blamed)}" if blamed else "",
             f"<code>{e(word(best, 'culprit', 'address'))}</code>"
             if word(best, "culprit", "address") else ""]
    words += f'<p class="quiet">{", ".join(f for f in facts if f)}</p>'
    steps = "".join(f"<p>{e(n)}</p>" for n in rows(best, "next")[:20] if isinstance(n, str))
    return words + (f'<div class="next">{steps}</div>' if steps else "") + "\n"


def _sure(verdict: Any) -> str:
    """As vgpu's own text says it."""
    cause = word(verdict, "cause")
    words = sureness(cause, number(verdict, "confidence"), culprit(verdict))
    if cause == UNEXPLAINED:
        return f"the culprit is {words}" if words else "vgpu blames nobody"
    return words and f"confidence {words}"


def _evidence(items: List[Any]) -> str:
    if not items:
        return ""
    body = "".join(f'<tr><td>{e(word(i, "claim"))}</td><td class="check">'
                   f'<code>{e(word(i, "check"))}</code></td></tr>' for i in items[:MOST])
    head = "<thead><tr><th>Claim</th><th>To check it, in crash</th></tr></thead>"
    return f'<table class="rows">{head}<tbody>{body}</tbody></table>'


def _against(best: Any) -> str:
    table = _evidence(rows(best, "against"))
    return f'<div class="against">{table}</div>' if table else ""


def _known(best: Any) -> str:
    """Faults that are fixed upstream: the commit is what to ask the vendor for."""
    parts = []
    for bug in rows(best, "known_bugs")[:20]:
        since = word(bug, "fixed_in")
        facts = ", ".join(w for w in (since and f"fixed in {since}",
                                      word(bug, "confidence") and word(bug, "confidence") + " %")
                          if w)
        parts.append(f'<p><code>{e(word(bug, "id"))}</code> {e(word(bug, "what"))}'
                     f' <span class="quiet">{e(facts)}</span>'
                     f'<br><span class="quiet">{e(word(bug, "why"))}</span></p>')
    return "".join(parts)


def _hung(doc: Any) -> str:
    nodes = {word(n, "id"): named(n) for n in rows(doc, "graph", "nodes")}
    found = _groups(doc)
    more = f'<p class="quiet">and {plural(len(found) - MOST, "more stack")}</p>' \
        if len(found) > MOST else ""
    return "".join(_tasks(t, nodes, not n) for n, t in enumerate(found[:MOST])) + more


def _groups(doc: Any) -> List[List[Any]]:
    """The tasks that do the same, as vgpu has put them together, in its order: processes
    first.  A task that is in no group is one by itself, last."""
    tasks: Dict[str, List[Any]] = {}  # in a damaged dump two may have one pid
    for t in rows(doc, "hung"):
        tasks.setdefault(word(t, "pid"), []).append(t)
    groups = [[t for pid in rows(group, "pids") for t in tasks.pop(str(pid), [])]
              for group in rows(doc, "groups")]
    return [g for g in groups if g] + [[t] for same in tasks.values() for t in same]


def _waits_for(task: Any, nodes: Dict[str, str]) -> str:
    waits = word(task, "waits_for")
    return waits and f"waits for {nodes.get(waits) or waits}"


def _tasks(tasks: List[Any], nodes: Dict[str, str], first: bool) -> str:
    one, more = tasks[0], len(tasks) - 1
    facts = ["" if more else f"pid {word(one, 'pid')}", word(one, "state"), _blocked(tasks),
             _waits_for(one, nodes)]
    names = f'<p class="quiet">{e(_names(tasks))}</p>' if more else ""
    frames = "".join(f"<li><code>{e(word(f))}</code></li>" for f in rows(one, "stack")[:100])
    name = (word(one, "comm") or "?") + (f" and {more} more" if more else "")
    quiet = f'<span class="quiet">{e(", ".join(f for f in facts if f))}</span>'
    return (f'<details{" open" if first else ""}>'
            f'<summary>{e(name)}{quiet}</summary>{names}'
            f'<ol start="0">{frames}</ol></details>')


def _blocked(tasks: List[Any]) -> str:
    """Since when: "12.5 s", of several "9.8 to 12.5 s"."""
    times = [f"{s:.1f}" for s in sorted(number(t, "blocked_s") or 0 for t in tasks) if s]
    if not times:
        return ""
    return f"{times[0]} s" if times[0] == times[-1] else f"{times[0]} to {times[-1]} s"


def _names(tasks: List[Any]) -> str:
    names = [f"{word(t, 'comm') or '?'} (pid {word(t, 'pid')})" for t in tasks[:MOST]]
    more = [f"{len(tasks) - MOST} more"] if len(tasks) > MOST else []
    return ", ".join(names + more)


def _trigger(doc: Any) -> str:
    t = get(doc, "trigger")
    who = " ".join(w for w in (word(t, "task"), word(t, "pid") and f"(pid {word(t, 'pid')})") if w)
    return definitions((
        ("Kind", e(word(t, "kind"))), ("Message", e(word(t, "message"))),
        ("Switch", e(word(t, "sysctl")) and f"<code>{e(word(t, 'sysctl'))}</code>"),
        ("Task", e(who)), ("CPU", e(word(t, "cpu"))),
    )) + _evidence(rows(t, "evidence"))


def _score(doc: Any) -> str:
    body = ""
    for p in rows(doc, "score", "parts")[:50]:
        points, most = number(p, "points") or 0, number(p, "most") or 0
        body += (f'<tr><td>{e(word(p, "name"))}</td><td class="number">{points:g} of {most:g}</td>'
                 f'<td>{svg.bar(points, most)}</td><td class="quiet">{e(word(p, "why"))}</td></tr>')
    return f'<table class="rows">{body}</table>' if body else ""


def _slab(doc: Any, usual: Sizes) -> str:
    bars = svg.slab(doc, usual)
    if not bars or not usual:
        return bars
    return bars + '<p class="quiet">The tick: the median of this folder\'s cores of this kernel.</p>'


def _sysctls(doc: Any) -> str:
    values = get(doc, "sysctls")
    if not isinstance(values, dict) or not values:
        return ""
    fired = word(doc, "trigger", "sysctl")
    items = "".join(_sysctl(name, values[name], name == fired) for name in list(values)[:MOST])
    return f'<div class="sysctls">{items}</div>'


def _sysctl(name: str, value: Optional[Any], fired: bool) -> str:
    shown = '<span class="quiet">not in this kernel</span>' if value is None else e(value)
    mark = ' class="fired"' if fired else ""
    shown += " ← fired" if fired else ""
    return f"<div{mark}><code>{e(name)}</code><span>{shown}</span></div>"


def _others(doc: Any, sure: bool) -> str:
    """Verdicts after the first: those that are sure, or those that are not."""
    return "".join(_other(v) for v in rows(doc, "verdicts")[1:20]
                   if ((number(v, "confidence") or 0) >= SURE) == sure)


def _other(verdict: Any) -> str:
    facts = _sure(verdict), plural(len(rows(verdict, "evidence")), "claim")
    return (f'<details><summary>{e(word(verdict, "cause"))}<span class="quiet">'
            f'{e(", ".join(f for f in facts if f))}</span>'
            f'<br>{e(word(verdict, "summary"))}</summary>'
            f'{_evidence(rows(verdict, "evidence"))}</details>')


def _texts(items: List[Any]) -> str:
    found = "".join(f"<li>{e(i)}</li>" for i in items[:MOST] if isinstance(i, str))
    return f"<ul>{found}</ul>" if found else ""
