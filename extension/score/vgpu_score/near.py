# SPDX-License-Identifier: GPL-2.0-or-later
"""Which other signatures a core's resembles, in words for the reports."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional

from .html import e, page_name
from .similar import TEXT_LOG
from .store import Row, Store
from .text import plural

MOST = 5  # neighbours that are shown; the database has all


@dataclass(frozen=True)
class Neighbour:
    signature: str
    value: float
    page: str  # of its most urgent core
    cores: int
    text: bool  # they are text logs, and no cores


class Near:
    """The neighbours of every signature of a store; of none, without one."""

    def __init__(self, store: Optional[Store] = None) -> None:
        self.all: Dict[str, List[Neighbour]] = {}
        if not store:
            return
        about = {signature: (page_name(path), cores, text.split(" ")[0] == TEXT_LOG)
                 for signature, path, cores, text in store.groups()}
        for signature, others in store.resembling().items():
            self.all[signature] = [Neighbour(other, value, *about[other])
                                   for other, value in others if other in about][:MOST]

    def of(self, row: Row) -> List[Neighbour]:
        return self.all.get(row.signature, []) if row.state == "scored" else []

    def words(self, row: Row, pages: str) -> str:
        """HTML: "2dfa677c9c043ff5 (2 cores) at 0.83", whose cause is the same.  pages: the
        folder of pages."""
        return ", ".join(
            f'<a href="{pages}{n.page}"><code>{e(n.signature)}</code></a> '
            f"({plural(n.cores, 'text log' if n.text else 'core')}) at {n.value:.2f}" for n in self.of(row))
