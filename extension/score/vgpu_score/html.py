# SPDX-License-Identifier: GPL-2.0-or-later
"""What every page shares: its frame, and words from outside made into text.

Pages are static and need nothing but themselves.  Their policy allows no network
and no script but the one whose hash it names, so that even a mistake in escaping
could not run what a task was called.
"""
from __future__ import annotations

import base64
import hashlib
import os
import time
from html import escape
from typing import Iterable, Tuple

from .text import visible

HERE = os.path.dirname(os.path.abspath(__file__))


def asset(name: str) -> str:
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read()


def e(word: object) -> str:
    """Text for a page, also between quotes of an attribute."""
    return escape(visible(str(word)), quote=True)


def page(title: str, body: str, script: str = "") -> str:
    sources = "'none'"
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        sources = f"'sha256-{digest}'"
    policy = (f"default-src 'none'; style-src 'unsafe-inline'; script-src {sources}; "
              "base-uri 'none'; form-action 'none'")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{e(title)}</title>
<style>
{asset("style.css")}</style>
</head>
<body>
{body}{f"<script>{script}</script>" if script else ""}
</body>
</html>
"""


def definitions(pairs: Iterable[Tuple[str, str]]) -> str:
    """A list of names and values, the values being HTML; empty ones are left out."""
    rows = "".join(f"<dt>{e(name)}</dt><dd>{value}</dd>" for name, value in pairs if value)
    return f"<dl>{rows}</dl>" if rows else ""


def level(score: object) -> str:
    """The class that colours a score."""
    if not isinstance(score, (int, float)):
        return "none"
    return "high" if score >= 70 else "middle" if score >= 40 else "low"


def when(seconds: object) -> str:
    if not isinstance(seconds, (int, float)) or not 0 < seconds < 1e11:
        return ""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds))


def page_name(path: bytes) -> str:
    """The file of a core's page: from its path, so that it stays the same."""
    return hashlib.sha256(path).hexdigest()[:16] + ".html"
