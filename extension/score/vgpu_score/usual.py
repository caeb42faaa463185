# SPDX-License-Identifier: GPL-2.0-or-later
"""How large each slab cache usually is: the median over the folder's cores of a kernel.

What a core's cache has beyond it is the growth.  With fewer than three cores of the same
release nothing is usual.
"""
from __future__ import annotations

from statistics import median
from typing import Dict, Iterable, List

from .answer import number, rows, word
from .store import Row

LEAST_CORES = 3

Sizes = Dict[str, float]  # bytes by cache


def usual(found: Iterable[Row]) -> Dict[str, Sizes]:
    """By release."""
    sizes: Dict[str, Dict[str, List[float]]] = {}
    cores: Dict[str, int] = {}
    for row in found:
        caches = rows(row.document(), "slab", "caches")
        cores[row.release] = cores.get(row.release, 0) + bool(caches)
        for c in caches:
            sizes.setdefault(row.release, {}).setdefault(word(c, "name"), []).append(
                number(c, "bytes") or 0)
    # Two digits: a page must not be written again for each core that joins.
    return {release: {name: float(f"{median(all_):.1e}") for name, all_ in of.items()
                      if len(all_) >= LEAST_CORES}
            for release, of in sizes.items() if cores[release] >= LEAST_CORES}
