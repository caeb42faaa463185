# SPDX-License-Identifier: GPL-2.0-or-later
"""scores.jsonl, scores.csv, index.html and a page for each core, from the database.

Each file is written beside the old one and then put in its place, so that a reader,
or a run that is killed, never sees half of one.
"""
from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Dict, Iterator, List, Optional, Set, TextIO

from . import VERSION
from .answer import search_words
from .find import OWN_FILE, OWN_PAGE
from .html import HERE, asset, page_name
from .html_core import core_page
from .html_index import index
from .incidents import copy_of, incidents
from .locks import Locks
from .near import Near
from .schema import Mark, Row
from .store import Store
from .text import visible
from .usual import Sizes, Usual

CSV_COLUMNS = ("score", "state", "cause", "confidence", "culprit", "summary", "trigger", "sysctl",
               "signature", "release", "machine", "node", "crashed_at", "code", "reason", "package",
               "door", "seconds", "mark", "fixed_by", "note", "copy_of", "gone_at", "name")


@dataclass
class Folder:
    """All rows, without their reports, and what is said of a row by looking at the others."""

    rows: List[Row]
    words: Dict[bytes, str]
    sizes: Dict[str, Sizes]
    near: Near
    marks: Dict[str, Mark]
    copy_of: Dict[bytes, Row]


def read(store: Store) -> Folder:
    store.find_gone(time.time())
    store.compare()
    rows, words, sizes = [], {}, Usual()
    for row in store.ranked():
        doc = row.document()
        words[row.path] = search_words(doc)
        sizes.add(row.release, doc)
        rows.append(replace(row, report=None, log="", page=None))
    return Folder(rows, words, sizes.medians(), Near(store), store.marks(), copy_of(incidents(rows)))


def write(store: Store, folder: bytes) -> Folder:
    pages = os.path.join(folder, b"cores")
    os.makedirs(pages, exist_ok=True)
    with store.locks.hold(Locks.REPORT):
        whole = read(store)
        with _new(os.path.join(folder, b"scores.jsonl")) as lines:
            for row in store.ranked():
                lines.write(json_line(row, whole) + "\n")
                if row.state != "skipped":
                    _page(pages, row, whole.near, whole.sizes.get(row.release, {}))
        with _new(os.path.join(folder, b"scores.csv")) as f:
            f.write(as_csv(whole))
        with _new(os.path.join(folder, b"index.html")) as f:
            f.write(index(whole.rows, whole.near, whole.words, whole.marks))
        _sweep(folder, pages, {page_name(row.path).encode() for row in whole.rows})
    return whole


def _sweep(folder: bytes, pages: bytes, shown: Set[bytes]) -> None:
    """What a killed run left half written, and pages of cores that were moved; no file of
    anybody else's, whatever folder was given for the results."""
    for where, ours in ((folder, OWN_FILE), (pages, OWN_PAGE)):
        for name in os.listdir(where):
            if ours.match(name) and (name.endswith(b".part") or where is pages
                                     and name not in shown):
                os.unlink(os.path.join(where, name))


@contextmanager
def _new(path: bytes) -> Iterator[TextIO]:
    part = path + b".%d.part" % os.getpid()
    try:
        with open(part, "w", encoding="utf-8", errors="backslashreplace", newline="") as f:
            yield f
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise


def _look() -> bytes:
    """What makes a page look as it does: another version of it writes all pages again."""
    names = sorted(n for n in os.listdir(HERE) if n.endswith((".py", ".css")))
    return hashlib.sha256("".join(asset(n) for n in names).encode()).digest()


LOOK = _look()


def _page(folder: bytes, row: Row, near: Near, sizes: Sizes) -> None:
    """Written again only if what is on it has changed: the row, or what it is compared with."""
    path = os.path.join(folder, page_name(row.path).encode())
    others = repr((LOOK, near.of(row), sizes)).encode()
    stamp = (f"<!-- vgpu-score {VERSION} {row.done_at:.6f} "
             f"{hashlib.sha256(others).hexdigest()[:16]} -->\n")
    try:
        with open(path, encoding="utf-8") as f:
            if f.readline() == stamp:
                return
    except (OSError, UnicodeDecodeError):
        pass
    with _new(path) as f:
        f.write(stamp + core_page(row, near, sizes))


# ---- lines -------------------------------------------------------------------


def json_line(row: Row, folder: Folder) -> str:
    d: Dict[str, object] = dict(vars(row))
    report = d.pop("report")
    del d["page"]
    d["path"] = row.name
    try:
        d["path"] = row.path.decode("utf-8")
    except UnicodeDecodeError:
        d["path_hex"] = row.path.hex()  # JSON has no bytes
    d["copy_of"] = _copy_of(row, folder) or None
    mark = folder.marks.get(row.signature)
    d["mark"] = vars(mark) if mark else None
    d["resembles"] = [{"signature": n.signature, "value": n.value} for n in folder.near.of(row)]
    text = json.dumps(d, separators=(",", ":"))
    # The report is JSON already, unless somebody wrote to the database.
    return f'{text[:-1]},"report":{"null" if row.document() is None else report}}}'


def _copy_of(row: Row, folder: Folder) -> str:
    first = folder.copy_of.get(row.path)
    return first.name if first else ""


def as_csv(folder: Folder) -> str:
    """With a mark that it is UTF-8, without which a spreadsheet takes it for something else."""
    out = io.StringIO()
    out.write("\ufeff")
    w = csv.writer(out, lineterminator="\n")
    w.writerow(CSV_COLUMNS)
    for row in folder.rows:
        mark = folder.marks.get(row.signature, Mark())
        more = {**vars(row), **vars(mark), "copy_of": _copy_of(row, folder),
                "crashed_at": _time(row.crashed_at), "gone_at": _time(row.gone_at)}
        w.writerow([_cell(more[c]) for c in CSV_COLUMNS])
    return out.getvalue()


def _time(seconds: Optional[float]) -> str:
    """As a spreadsheet knows a time."""
    if seconds is None or not 0 < seconds < 1e11:
        return ""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))


def _cell(value: object) -> object:
    """One line; and a word from a dump must not be a spreadsheet's formula."""
    if not isinstance(value, str):
        return "" if value is None else round(value, 3) if isinstance(value, float) else value
    word = visible(value)
    return "'" + word if word[:1] in ("=", "+", "-", "@") else word
