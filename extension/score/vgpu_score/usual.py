# SPDX-License-Identifier: GPL-2.0-or-later
"""How large each slab cache usually is: the median over the folder's cores of a kernel.

What a core's cache has beyond it is the growth.  With fewer than three cores of the same
release nothing is usual.
"""
from __future__ import annotations

from statistics import median
from typing import Dict, List, Optional

from .answer import number, rows, word

LEAST_CORES = 3

Sizes = Dict[str, float]  # bytes by cache


class Usual:
    """Of the documents that are added, by release."""

    def __init__(self) -> None:
        self.sizes: Dict[str, Dict[str, List[float]]] = {}
        self.cores: Dict[str, int] = {}

    def add(self, release: str, doc: Optional[dict]) -> None:
        caches = rows(doc, "slab", "caches")
        self.cores[release] = self.cores.get(release, 0) + bool(caches)
        for c in caches:
            self.sizes.setdefault(release, {}).setdefault(word(c, "name"), []).append(
                number(c, "bytes") or 0)

    def medians(self) -> Dict[str, Sizes]:
        # Two digits: a page must not be written again for each core that joins.
        return {release: {name: float(f"{median(all_):.1e}") for name, all_ in of.items()
                          if len(all_) >= LEAST_CORES}
                for release, of in self.sizes.items() if self.cores[release] >= LEAST_CORES}
