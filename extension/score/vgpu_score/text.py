# SPDX-License-Identifier: GPL-2.0-or-later
"""Words from outside (file names, task names, crash's output) made safe to print.

A name may hold newlines, escape codes for a terminal, bytes that are not UTF-8,
or marks that turn the direction of writing: all are shown as escapes.
"""
from __future__ import annotations

import os
import unicodedata
from typing import Union


def visible(word: Union[str, bytes]) -> str:
    """The word on one line, with everything that is not plainly visible escaped."""
    if isinstance(word, bytes):
        word = os.fsdecode(word)
    if word.isascii() and word.isprintable():
        return word
    return "".join(_shown(c) for c in word)


def _shown(c: str) -> str:
    code = ord(c)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8 (surrogateescape)
        return "\\x%02x" % (code - 0xDC00)
    if c == " " or (c.isprintable() and unicodedata.category(c)[0] != "C"):
        return c
    if c in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[c]
    if code < 0x100:
        return "\\x%02x" % code
    return "\\u%04x" % code if code < 0x10000 else "\\U%08x" % code


def utf8(word: str) -> str:
    """A word of the command line as can be written anywhere: bytes that are no letters are
    shown as escapes."""
    return os.fsencode(word).decode("utf-8", "backslashreplace")


def failure(e: OSError) -> str:
    """What the system said, and of which file."""
    words = e.strerror or str(e)
    return f"{words}: {visible(e.filename)}" if e.filename else words


def lines(word: Union[str, bytes]) -> str:
    """As visible(), but with its line breaks kept."""
    if isinstance(word, bytes):
        word = word.decode("utf-8", "replace")
    return "\n".join(visible(line) for line in word.replace("\r\n", "\n").split("\n"))


def short(word: str, most: int) -> str:
    return word if len(word) <= most else word[: most - 1] + "…"


def size(n: float) -> str:
    """Bytes for a reader: 15.5 MiB."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if n < 1024 or unit == "GiB":
            return f"{n:.0f} {unit}" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1024
    return ""


def plural(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
