# SPDX-License-Identifier: GPL-2.0-or-later
"""Of a run: the packages that have the types which were missing, as one list to install."""
from __future__ import annotations

from typing import Dict, List, Set

from .answer import rows, word
from .schema import Row
from .text import plural, visible


class TypesMissing:
    def __init__(self) -> None:
        self.cores: Set[bytes] = set()
        self.packages: Dict[str, None] = {}

    def add(self, row: Row) -> None:
        """Of a core that nothing could open without, or of which less was told."""
        names = [word(m, "package") or row.package for m in rows(row.document(), "debuginfo_missing")]
        if row.state == "failed" and row.code == "no-debuginfo":
            names.append(row.package)
        names = [n for n in names if n]
        if names:
            self.cores.add(row.path)
            self.packages.update(dict.fromkeys(names))

    def words(self) -> List[str]:
        """Lines for the end of a run; none where nothing was missing."""
        if not self.cores:
            return []
        # What is no package's name says so, in words.
        named = sorted(visible(p) for p in self.packages if " " not in p)
        others = sorted(visible(p) for p in self.packages if " " in p)
        said = [f"types are missing for {plural(len(self.cores), 'core')}"]
        if named:
            said.append(f"install {' '.join(named)}")
        if others:
            said.append(f"find {', '.join(others)}")
        return ["; ".join(said)]
