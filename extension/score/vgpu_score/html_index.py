# SPDX-License-Identifier: GPL-2.0-or-later
"""index.html: its frame, what it is without its script, and the files that are no cores.

The list itself, cores ranked by score and grouped by signature, is made by index.js of the
data in the page, so that a folder of ten thousand is as quick as one of ten.
"""
from __future__ import annotations

import time
from collections import Counter
from typing import Dict, Iterable, List, Optional

from .html import asset, e, level, page, page_name, when
from .incidents import Group, Incident, groups, incidents
from .index_data import cause, data
from .near import Near
from .schema import MARKS, Mark, Row
from .text import plural

SCRIPTS = ("trend.js", "index.js")
HEADS = (("score", "Score"), ("cause", "Cause"), ("summary", "What happened"),
         ("trigger", "Trigger"), ("release", "Kernel"), ("when", "Crashed (UTC)"),
         ("name", "Core"))
ORDERS = (("", "as their cores"), ("count", "most cores"), ("last", "seen last"),
          ("first", "seen first"))


def index(rows: List[Row], near: Optional[Near] = None, words: Optional[Dict[bytes, str]] = None,
          marks: Optional[Dict[str, Mark]] = None) -> str:
    """rows: without their reports, ranked.  words: what else a core can be found by."""
    cores = incidents(rows)
    grouped = groups(cores)
    text = data(grouped, near or Near(), words or {}, marks or {})
    body = (_top(cores, grouped) + "<main>\n" + _filters(cores) + _trend() + _list(cores)
            + _others([r for r in rows if r.state == "skipped"])
            + f'</main>\n<script type="application/json" id="data">{text}</script>\n')
    return page("vgpu-score: cores by urgency", body, "".join(map(asset, SCRIPTS)))


def _top(cores: List[Incident], grouped: List[Group]) -> str:
    states = Counter(c.row.state for c in cores)
    kinds = sum(1 for g in grouped if g.cores[0].row.signature)
    words = [f"{states['scored']} scored"]
    words += [plural(kinds, "signature")] if kinds else []
    words += [f"{states['failed']} failed"] if states["failed"] else []
    for n, of in ((sum(len(c.copies) for c in cores), "copy"), (sum(c.gone for c in cores), "gone")):
        words += [plural(n, of, "copies" if of == "copy" else of)] if n else []
    made = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    return (f'<header><h1>Cores by urgency</h1><p class="quiet">{", ".join(words)}; '
            f"written {made}</p></header>\n")


def _options(values: Iterable[str]) -> str:
    counts = Counter(v for v in values if v)
    return '<option value="">any</option>' + "".join(
        f'<option value="{e(v)}">{e(v)} ({n})</option>' for v, n in counts.most_common(200))


def _plain(values: Iterable[str]) -> str:
    return "".join(f'<option value="{v}">{v or "any"}</option>' for v in values)


def _filters(cores: List[Incident]) -> str:
    """Hidden until the script shows it: without the script it would do nothing."""
    select = "".join(
        f'<label>{title} <select name="{name}">{options}</select></label>'
        for name, title, options in (
            ("cause", "Cause", _options(map(cause, cores))),
            ("trigger", "Trigger", _options(c.row.trigger for c in cores)),
            ("release", "Kernel", _options(c.row.release for c in cores)),
            ("state", "State", _plain(("", "scored", "failed", "gone"))),
            ("mark", "Mark", _plain(("", "none", *MARKS))),
            ("order", "Groups by", "".join(f'<option value="{v}">{title}</option>'
                                           for v, title in ORDERS))))
    return ('<form class="filters" id="filters" role="search" aria-label="Filter the cores" hidden '
            'autocomplete="off"><input type="search" name="text" placeholder="Filter by words ( / )"'
            ' aria-label="Filter by words">'
            f"{select}"
            '<label>Score from <input type="number" name="least" min="0" max="100"></label>'
            '<label><input type="checkbox" name="grouped" checked> by signature</label>'
            '<label><input type="checkbox" name="folded"> folded</label>'
            '<button type="reset">Reset</button>'
            '<span id="count" class="quiet" role="status"></span></form>\n')


def _trend() -> str:
    return ('<section id="trend" aria-labelledby="trend-head" hidden><h2 id="trend-head">By week and '
            'kernel</h2><div id="chart"></div><details><summary>As a table</summary>'
            '<div class="scroll" tabindex="0" role="group" aria-labelledby="trend-head">'
            '<table class="rows" id="weeks"></table></div></details></section>\n')


def _list(cores: List[Incident]) -> str:
    heads = "".join(f'<th data-key="{key}" scope="col" class="col-{key}">'
                    f'<button type="button">{title}</button></th>' for key, title in HEADS)
    return ('<section aria-labelledby="cores-head"><h2 id="cores-head">Cores</h2>'
            '<table class="list" id="cores" hidden><caption class="unseen">Cores by urgency, grouped '
            f"by signature</caption><thead><tr>{heads}</tr></thead></table>\n"
            f"<noscript>{_without_script(cores)}</noscript></section>\n")


def _without_script(cores: List[Incident]) -> str:
    """The list is whole, ranked, and plain."""
    items = "".join(
        f'<tr><td><span class="score {level(c.row.score)}">{"–" if c.row.score is None else c.row.score}'
        f'</span></td><td>{e(cause(c))}</td><td>{when(c.when)}</td><td>'
        f'<a href="cores/{page_name(c.row.path)}">{e(c.row.name)}</a></td></tr>\n' for c in cores)
    return f'<table class="rows">{items}</table>'


def _others(others: List[Row]) -> str:
    """Files of the folders that are no cores: told, because none may be lost."""
    if not others:
        return ""
    most = 1000
    items = "".join(f"<tr><td>{e(r.name)}</td><td>{e(r.reason)}</td></tr>" for r in others[:most])
    more = f'<p class="quiet">and {len(others) - most} more: scores.csv</p>' \
        if len(others) > most else ""
    return ('<section aria-labelledby="others-head"><h2 id="others-head">Files that are no cores</h2>'
            f"<details><summary>{plural(len(others), 'file')}</summary>"
            f'<table class="rows">{items}</table>{more}</details></section>\n')
