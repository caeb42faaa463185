# SPDX-License-Identifier: GPL-2.0-or-later
"""What the repository's pages name: files in backquotes or links, and headings of pages."""
import re

import contract

LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
# `extension/triage/causes.c`, `tests/unit/`; not what has a wildcard
PATH = re.compile(r"`((?:extension|docs|tests|samples|kdump|debian|\.ci)/[\w./{},-]*)`")
# What a how-to adds: it is not there yet.
EXAMPLE = re.compile(r"NAME|\bfoo\.|_foo\.")
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)


def pages():
    return [*sorted(contract.ROOT.glob("*.md")),
            *sorted((contract.ROOT / "docs").glob("*.md"))]


def anchors(page):
    """As GitHub makes them of headings."""
    text = FENCE.sub("", page.read_text())
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def spelled(path):
    """`a.{c,h}` names two files."""
    found = re.match(r"(.*)\{(.*)\}(.*)$", path)
    return [found[1] + one + found[3] for one in found[2].split(",")] if found else [path]


def errors(page):
    text = FENCE.sub("", page.read_text())
    named = [contract.ROOT / one for path in PATH.findall(text) for one in spelled(path)
             if not EXAMPLE.search(path)]
    for target in LINK.findall(text):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        path = page.parent / file if file else page
        named.append(path)
        if anchor and path.is_file() and anchor not in anchors(path):
            yield f"{page.name}: no heading #{anchor} in {path.name}"
    for path in named:
        if not path.exists():
            yield f"{page.name}: there is no {path.relative_to(contract.ROOT)}"
