# SPDX-License-Identifier: GPL-2.0-or-later
"""A page for each core: what vgpu wrote of it, with what only the folder knows: the file,
cores that it resembles, and how large the slab caches of others are.
"""
from __future__ import annotations

from typing import Optional

from . import pages, svg
from .html import definitions, e, level, page, when
from .near import Near
from .store import Row
from .text import size
from .usual import Sizes

BACK = '<a href="../index.html">\u2190 all cores</a>'
LINKS = f'<li>{BACK}</li>\n<li><a href="#folder">In this folder</a></li>\n'
STYLE = "svg .bar { fill: var(--bar); }\nsvg .tick { stroke: var(--ink); stroke-width: 2; }\n"


def core_page(row: Row, near: Optional[Near] = None, usual: Optional[Sizes] = None) -> str:
    folder = _folder(row, near or Near(), usual or {})
    title = _title(row)
    return (pages.shown(row.page if row.state == "scored" else None, e(title), STYLE, LINKS, folder)
            or page(title, _plain(row, folder)))


def _title(row: Row) -> str:
    """Cores are often all called vmcore: the folder tells one tab from another."""
    return f"{'/'.join(row.name.split('/')[-2:])}: {row.cause or row.code}"


def _folder(row: Row, near: Near, usual: Sizes) -> str:
    return _section("In this folder", _facts(row, near.words(row, "")) + _slab(row, usual), "folder")


def _section(title: str, html: str, name: str) -> str:
    return (f'<section id="{name}" aria-labelledby="{name}-title">\n'
            f'<h2 id="{name}-title">{title}</h2>\n{html}</section>\n') if html else ""


def _facts(row: Row, resembles: str) -> str:
    shape = ", ".join(w for w in (row.format, row.packing, size(row.size)) if w)
    return definitions((
        ("File", f"<code>{e(row.name)}</code>"), ("Is", e(shape)),
        ("Kernel", e(" ".join(w for w in (row.release, row.machine) if w))),
        ("Crashed", when(row.crashed_at) and when(row.crashed_at) + " UTC"),
        ("Signature", e(row.signature) and f"<code>{e(row.signature)}</code>"),
        ("Resembles", resembles),
        ("Debuginfo", e(row.vmlinux) and f"<code>{e(row.vmlinux)}</code>"),
        ("Read by", e(f"vgpu {row.vgpu}" + (row.crash and f", crash {row.crash}")
                      if row.vgpu else "")),
        ("Took", f"{row.seconds:.1f} s, {size(row.peak_kb * 1024)}" if row.peak_kb else ""),
        ("Notes", "<br>".join(e(n) for n in row.notes)),
    ))


def _slab(row: Row, usual: Sizes) -> str:
    """What fills the slab, where others of this kernel say what is usual: else the page of
    vgpu has it."""
    bars = svg.slab(row.document(), usual) if usual else ""
    return bars and ("<h3>Slab caches beside those of others</h3>" + bars + '<p class="quiet">The '
                     "tick: the median of this folder's cores of this kernel.</p>\n")


def _plain(row: Row, folder: str) -> str:
    """Of a core that was not scored, or one that an earlier vgpu-score scored."""
    score = "\u2013" if row.score is None else str(row.score)
    step = f'<p class="quiet">In step {e(row.step)}.</p>' if row.code and row.step else ""
    log = f"<pre>{chr(10).join(e(x) for x in row.log.splitlines())}</pre>" if row.code and row.log else ""
    return (f'<nav aria-label="Pages"><p class="back">{BACK}</p></nav>\n'
            f'<header><h1><span class="score {level(row.score)}">{score}</span> '
            f"{e(row.cause or row.code)}</h1></header>\n"
            f'<main>\n<p class="verdict">{e(row.summary or row.reason)}</p>{step}\n'
            f"{folder}{_section('Log', log, 'log')}</main>\n")
