# SPDX-License-Identifier: GPL-2.0-or-later
"""index.html: cores ranked by score, grouped by signature, with filters."""
from __future__ import annotations

import time
from collections import Counter
from typing import Dict, List, Optional

from .answer import sureness
from .html import asset, e, level, page, page_name, when
from .near import Near
from .store import Row
from .text import plural

HEADS = (("score", "Score"), ("cause", "Cause"), ("summary", "What happened"),
         ("trigger", "Trigger"), ("release", "Kernel"), ("when", "Crashed (UTC)"),
         ("name", "Core"))


def index(rows: List[Row], near: Optional[Near] = None,
          words: Optional[Dict[bytes, str]] = None) -> str:
    """rows: without their reports, ranked.  words: what else a core can be found by."""
    cores = [r for r in rows if r.state != "skipped"]
    others = [r for r in rows if r.state == "skipped"]
    body = _top(cores) + _filters(cores) + _table(cores, near or Near(), words or {}) + _others(others)
    return page("vgpu-score: cores by urgency", body, asset("index.js"))


def _top(cores: List[Row]) -> str:
    states = Counter(r.state for r in cores)
    kinds = len({r.signature for r in cores if r.signature})
    words = [f"{states['scored']} scored"]
    if kinds:
        words.append(plural(kinds, "signature"))
    if states["failed"]:
        words.append(f"{states['failed']} failed")
    made = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    return (f'<header><h1>Cores by urgency</h1><p class="quiet">{", ".join(words)}; '
            f"written {made}</p></header>\n")


def _options(values: List[str]) -> str:
    counts = Counter(v for v in values if v)
    return '<option value="">any</option>' + "".join(
        f'<option value="{e(v)}">{e(v)} ({n})</option>' for v, n in counts.most_common(200))


def _filters(cores: List[Row]) -> str:
    """Hidden until the script shows it: without the script it would do nothing."""
    select = "".join(
        f'<label>{title} <select name="{name}">{_options(values)}</select></label>'
        for name, title, values in (
            ("cause", "Cause", [_cause(r) for r in cores]),
            ("trigger", "Trigger", [r.trigger for r in cores]),
            ("release", "Kernel", [r.release for r in cores]),
            ("state", "State", [r.state for r in cores])))
    return ('<form class="filters" id="filters" hidden autocomplete="off">'
            '<input type="search" name="text" placeholder="Filter by words ( / )"'
            ' aria-label="Filter by words">'
            f"{select}"
            '<label>Score from <input type="number" name="least" min="0" max="100"></label>'
            '<label><input type="checkbox" name="grouped" checked> by signature</label>'
            '<button type="reset">Reset</button>'
            '<span id="count" class="quiet" role="status"></span></form>\n')


def _cause(row: Row) -> str:
    return row.cause if row.state == "scored" else row.code


def _group(row: Row) -> str:
    return row.signature if row.state == "scored" else "failed"


def _table(cores: List[Row], near: Near, words: Dict[bytes, str]) -> str:
    groups: Dict[str, List[Row]] = {}
    for row in cores:  # ranked, so a group stands where its most urgent core does
        groups.setdefault(_group(row), []).append(row)
    place, bodies = 0, []
    for key, members in groups.items():
        parts = [_group_row(key, members, near)]
        for row in members:
            parts.append(_core_row(row, key, place, words.get(row.path, "")))
            place += 1
        bodies.append("<tbody>\n" + "".join(parts) + "</tbody>\n")
    heads = "".join(f'<th data-key="{key}" scope="col"{_wide(key)}{_sorted(key)}>'
                    f'<button type="button">{title}</button></th>' for key, title in HEADS)
    return (f'<table class="list" id="cores"><thead><tr>{heads}</tr></thead>\n'
            f'{"".join(bodies)}</table>\n')


def _wide(key: str) -> str:
    """Columns that a narrow screen leaves out: a core's page has them."""
    return ' class="wide"' if key in ("trigger", "release", "when") else ""


def _sorted(key: str) -> str:
    return ' aria-sort="descending"' if key == "score" else ""


def _group_row(key: str, members: List[Row], near: Near) -> str:
    first = members[0]
    if key == "failed":
        name, text = "Not scored", ""
    else:
        name, text = first.cause or "no cause", first.signature_text
    return (f'<tr class="group" data-group="{e(key)}"><th colspan="{len(HEADS)}" scope="rowgroup">'
            f'<span class="name">{e(name)}</span> <span class="quiet">{plural(len(members), "core")}'
            f'{", signature " + e(key) if key and key != "failed" else ""}</span>'
            f'{_readable(text)}{_near(near.words(first, "cores/"))}</th></tr>\n')


def _near(words: str) -> str:
    return f' <span class="quiet">resembles {words}</span>' if words else ""


def _readable(text: str) -> str:
    return f'<span class="mono" title="{e(text)}">{e(text[:400])}</span>' if text else ""


def _core_row(row: Row, group: str, place: int, words: str) -> str:
    # Cores are often all called vmcore: the folder's own name tells them apart.
    parts = row.name.rsplit("/", 2)
    folder, file = (parts[0], "/".join(parts[1:])) if len(parts) == 3 else ("", row.name)
    score = "" if row.score is None else str(row.score)
    summary = row.summary or row.reason
    data = {"group": group, "place": place, "score": score, "cause": _cause(row),
            "summary": summary, "trigger": row.trigger, "release": row.release,
            "when": "" if row.crashed_at is None else f"{row.crashed_at:.0f}", "name": row.name,
            "state": row.state, "signature": row.signature, "words": words}
    attributes = "".join(f' data-{k}="{e(v)}"' for k, v in data.items())
    sure = e(sureness(row.cause, row.confidence or None, row.culprit)).replace(" %", "&nbsp;%")
    sure = sure and f' <span class="quiet">{sure}</span>'
    link = f"cores/{page_name(row.path)}"
    return (f'<tr class="core"{attributes}>'
            f'<td><span class="score {level(row.score)}">{score or "–"}</span></td>'
            f'<td class="narrow">{e(_cause(row))}{sure}</td>'
            f'<td class="said"><a href="{link}">{e(summary) or "no words"}</a></td>'
            f'<td class="narrow wide">{e(row.trigger)}</td>'
            f'<td class="narrow wide">{e(row.release)}</td>'
            f'<td class="narrow wide">{when(row.crashed_at)}</td>'
            f'<td class="path" title="{e(row.name)}">{e(file)}'
            f'<span class="quiet">{e(folder)}</span></td></tr>\n')


def _others(others: List[Row]) -> str:
    """Files of the folders that are no cores: told, because none may be lost."""
    if not others:
        return ""
    most = 1000
    items = "".join(f"<tr><td>{e(r.name)}</td><td>{e(r.reason)}</td></tr>" for r in others[:most])
    more = f'<p class="quiet">and {len(others) - most} more: scores.csv</p>' \
        if len(others) > most else ""
    return (f"<h2>Files that are no cores</h2><details><summary>{plural(len(others), 'file')}"
            f'</summary><table class="rows">{items}</table>{more}</details>\n')
