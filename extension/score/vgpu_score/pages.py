# SPDX-License-Identifier: GPL-2.0-or-later
"""The page that vgpu writes of a core: kept with its row, and shown with what only a folder
of cores knows.

vgpu escapes what is in it; but a core that takes vgpu over could write anything.  So only a
page is kept whose policy, which allows no script and no network, comes first.
"""
from __future__ import annotations

import re
import zlib
from typing import Optional

MOST = 4 << 20  # bytes of a page, which has some ten thousands
HEAD = ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n")
TITLE = re.compile("<title>[^<]*</title>")  # the first: drawings have titles too
STYLE, LINKS, END = "</style>\n", '<nav aria-label="Contents"><ul>\n', "</main>\n"


def kept(path: bytes) -> Optional[bytes]:
    """The page in this file, as a row has it; None: there is none that could be shown."""
    try:
        with open(path, "rb") as f:
            page = f.read(MOST + 1)
    except OSError:
        return None
    return zlib.compress(page) if _is_sound(page) else None


def _is_sound(page: bytes) -> bool:
    try:
        text = page.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return (len(page) <= MOST and text.startswith(HEAD)
            and all(text.count(part) == 1 for part in (STYLE, LINKS, END)))


def shown(page: Optional[bytes], title: str, style: str, links: str, section: str) -> str:
    """With another title (HTML), rules for its style, links before its own, and a section behind
    them; "" of none."""
    packed = zlib.decompressobj()
    try:
        whole = packed.decompress(page or b"", MOST)
    except zlib.error:
        return ""
    if not packed.eof or not _is_sound(whole):
        return ""
    text = whole.decode("utf-8")
    for part, more, behind in ((STYLE, style, False), (LINKS, links, True), (END, section, False)):
        text = text.replace(part, part + more if behind else more + part)
    return TITLE.sub(lambda _: f"<title>{title}</title>", text, 1)
