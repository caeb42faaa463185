# SPDX-License-Identifier: GPL-2.0-or-later
"""scores.sqlite: a row for every file ever given with this folder of results.

A row is written in one transaction when its core is done, so a run that is killed
loses only the cores it was at.  SQLite's rollback journal, not WAL, because WAL does
not work on network file systems, where such folders often are.
"""
from __future__ import annotations

import json
import os
import sqlite3
import threading
from typing import Dict, Iterator, List, Optional, Tuple

from . import similar
from .locks import Locks
from .schema import COLUMNS, FROM_1, SCHEMA, TABLE, Row, as_json


class Unusable(Exception):
    """The folder of results cannot be used."""


class Store:
    def __init__(self, folder: bytes) -> None:
        self.locks = Locks(os.path.join(folder, b".lock"))
        self.guard = threading.Lock()  # one connection, several workers
        try:
            self.db = sqlite3.connect(os.fsdecode(os.path.join(folder, b"scores.sqlite")),
                                      timeout=60, isolation_level=None, check_same_thread=False)
            with self.locks.hold(Locks.SETUP):
                self.db.executescript(TABLE)
                self.db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (str(SCHEMA),))
                found, = self.db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
                if found == "1":
                    self.db.executescript(FROM_1)
                    found = str(SCHEMA)
        except sqlite3.DatabaseError as e:
            raise Unusable(f"scores.sqlite cannot be used: {e}") from e
        if found != str(SCHEMA):
            raise Unusable(f"scores.sqlite is of schema {found}, and this program writes {SCHEMA}: "
                           "give another folder with -o")

    def save(self, rows: List[Row]) -> None:
        marks = ", ".join("?" * len(COLUMNS))
        with self.guard:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                self.db.executemany(f"INSERT OR REPLACE INTO cores ({', '.join(COLUMNS)}) "
                                    f"VALUES ({marks})", [_values(r) for r in rows])
                self.db.execute("COMMIT")
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        if self.db.in_transaction:  # a full disk has ended it already
            self.db.execute("ROLLBACK")

    def _select(self, where: str, *values) -> List[Row]:
        with self.guard:
            found = self.db.execute(f"SELECT {', '.join(COLUMNS)} FROM cores {where}", values)
            return [_row(v) for v in found.fetchall()]

    def at(self, path: bytes) -> Optional[Row]:
        found = self._select("WHERE path = ?", path)
        return found[0] if found else None

    def forget(self, path: bytes) -> None:
        with self.guard:
            self.db.execute("DELETE FROM cores WHERE path = ?", (path,))

    def has_below(self, path: bytes) -> bool:
        """Is there a row of this file, or of one that is in this folder?"""
        with self.guard:
            found = self.db.execute(f"SELECT 1 FROM cores WHERE {BELOW} LIMIT 1", _below(path))
            return found.fetchone() is not None

    def forget_below(self, path: bytes) -> None:
        with self.guard:
            self.db.execute(f"DELETE FROM cores WHERE {BELOW}", _below(path))

    def same(self, content: str) -> List[Row]:
        """Rows of cores with these contents, wherever they lie."""
        return self._select("WHERE content = ? AND state = 'scored'", content)

    def ranked(self) -> Iterator[Row]:
        """Every row, the most urgent first, one at a time: reports may be large."""
        order = "ORDER BY score IS NULL, score DESC, state = 'skipped', signature, path"
        with self.guard:
            paths = [p for p, in self.db.execute(f"SELECT path FROM cores {order}")]
        for path in paths:
            row = self.at(path)
            if row:
                yield row

    # ---- near matches --------------------------------------------------------

    def compare(self) -> None:
        """Compare each signature that is new here with all others, once."""
        with self.guard:
            known: Dict[str, str] = dict(self.db.execute("SELECT signature, text FROM signatures"))
            found = self.db.execute("SELECT DISTINCT signature, signature_text FROM cores WHERE "
                                    "state = 'scored' AND signature != '' ORDER BY signature")
            fresh = [(s, text) for s, text in found.fetchall() if s not in known]
        for signature, text in fresh:
            pairs = [(a, b, value) for other, value in similar.near(text, known)
                     for a, b in ((signature, other), (other, signature))]
            known[signature] = text
            self._learn(signature, text, pairs)

    def _learn(self, signature: str, text: str, pairs: List[Tuple[str, str, float]]) -> None:
        """All of it or nothing: a run that is killed compares it again."""
        with self.guard:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                self.db.executemany("INSERT OR REPLACE INTO resembles VALUES (?, ?, ?)", pairs)
                self.db.execute("INSERT OR REPLACE INTO signatures VALUES (?, ?)",
                                (signature, text))
                self.db.execute("COMMIT")
            except BaseException:
                self._undo()
                raise

    def resembling(self) -> Dict[str, List[Tuple[str, float]]]:
        """For each signature that cores have now, the others, the nearest first."""
        with self.guard:
            found = self.db.execute(
                "SELECT signature, other, value FROM resembles WHERE other IN (SELECT signature "
                "FROM cores WHERE state = 'scored') ORDER BY signature, value DESC, other")
            near: Dict[str, List[Tuple[str, float]]] = {}
            for signature, other, value in found:
                near.setdefault(signature, []).append((other, value))
            return near

    def groups(self) -> List[Tuple[str, str, bytes, int]]:
        """Each signature with its cause, its most urgent core and how many there are."""
        with self.guard:
            # SQLite takes the bare columns from the row that has the maximum.
            found = self.db.execute(
                "SELECT signature, cause, path, count(*), max(score) FROM cores WHERE "
                "state = 'scored' AND signature != '' GROUP BY signature ORDER BY signature")
            return [(signature, cause, bytes(path), cores)
                    for signature, cause, path, cores, _ in found]

    def close(self) -> None:
        self.db.close()
        self.locks.close()


BELOW = "path = ? OR substr(path, 1, ?) = ?"


def _below(path: bytes) -> tuple:
    folder = path.rstrip(b"/") + b"/"
    return path, len(folder), folder


def _values(row: Row) -> tuple:
    d = dict(vars(row))
    d["notes"] = json.dumps(row.notes)
    return tuple(d[c] for c in COLUMNS)


def _row(values: tuple) -> Row:
    row = Row(*values)
    row.path = bytes(row.path)
    notes = as_json(row.notes)
    row.notes = [n for n in notes if isinstance(n, str)] if isinstance(notes, list) else []
    return row
