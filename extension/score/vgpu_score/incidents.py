# SPDX-License-Identifier: GPL-2.0-or-later
"""What happened, of the rows of files: an incident for each core, however many copies of it
there are, and a group for each signature.
"""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, Iterable, List

from .schema import Row

FAILED = "failed"  # the group of all cores without a score


@dataclass
class Incident:
    row: Row  # of the first copy, by preference one that is there
    copies: List[Row] = field(default_factory=list)  # the others

    @property
    def gone(self) -> bool:
        """No file of it is there any more."""
        return all(r.gone_at is not None for r in (self.row, *self.copies))

    @property
    def group(self) -> str:
        return self.row.signature if self.row.state == "scored" else FAILED

    @property
    def when(self) -> float:
        """When it crashed; where the core does not tell, when the file was written."""
        at = self.row.crashed_at
        return at if at is not None and self.told else self.row.mtime_ns / 1e9

    @property
    def told(self) -> bool:
        """The core itself says when; a damaged one may say anything."""
        at = self.row.crashed_at
        return at is not None and 0 < at < 1e11


@dataclass
class Group:
    key: str
    cores: List[Incident]  # the most urgent first

    @property
    def first(self) -> float:
        return min(c.when for c in self.cores)

    @property
    def last(self) -> float:
        return max(c.when for c in self.cores)

    def count(self, column: str) -> Dict[str, int]:
        """How many cores have each value of a column, the most frequent first."""
        values = Counter(getattr(c.row, column) for c in self.cores)
        return {value: n for value, n in values.most_common() if value}

    def since(self, at: float) -> int:
        return sum(c.when > at for c in self.cores)


def incidents(rows: Iterable[Row]) -> List[Incident]:
    """In the order of the rows.  The contents are only sampled, so what vgpu said has to be
    the same too."""
    found: List[Incident] = []
    by: Dict[tuple, Incident] = {}
    for row in rows:
        if row.state == "skipped":
            continue
        key = (row.content, row.size, row.signature, row.code, row.crashed_at)
        same = by.get(key) if row.content else None
        if not same:
            by[key] = Incident(row)
            found.append(by[key])
        elif same.row.gone_at is not None and row.gone_at is None:
            same.copies.append(same.row)
            same.row = row
        else:
            same.copies.append(row)
    return found


def groups(cores: Iterable[Incident]) -> List[Group]:
    """Each where its first core is."""
    found: Dict[str, Group] = {}
    for core in cores:
        found.setdefault(core.group, Group(core.group, [])).cores.append(core)
    return list(found.values())


def copy_of(cores: Iterable[Incident]) -> Dict[bytes, Row]:
    """Of the path of each copy, the row that it is a copy of."""
    return {copy.path: core.row for core in cores for copy in core.copies}
