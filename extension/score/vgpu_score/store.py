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
import time
from contextlib import contextmanager
from typing import Dict, Iterator, List, Optional, Tuple

from . import find, similar
from .answer import node
from .locks import Locks
from .schema import COLUMNS, SCHEMA, STEPS, TABLE, Mark, Row, as_json


TOLD = "status 0"  # how telling of a signature ends when it was told


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
                self.db.create_function("node_of", 1, lambda text: node(as_json(text)))
                while found in STEPS:
                    self.db.executescript(STEPS[found])
                    found = str(int(found) + 1)
        except sqlite3.DatabaseError as e:
            raise Unusable(f"scores.sqlite cannot be used: {e}") from e
        if found != str(SCHEMA):
            raise Unusable(f"scores.sqlite is of schema {found}, and this program writes {SCHEMA}: "
                           "give another folder with -o")

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All of it or nothing."""
        with self.guard:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:  # a full disk has ended it already
                    self.db.execute("ROLLBACK")
                raise

    def save(self, rows: List[Row]) -> None:
        places = ", ".join("?" * len(COLUMNS))
        with self._whole():
            self.db.executemany(f"INSERT OR REPLACE INTO cores ({', '.join(COLUMNS)}) "
                                f"VALUES ({places})", [_values(r) for r in rows])

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

    def paths(self) -> List[bytes]:
        with self.guard:
            return [bytes(p) for p, in self.db.execute("SELECT path FROM cores ORDER BY path")]

    def has_below(self, path: bytes) -> bool:
        """Is there a row of this file, or of one that is in this folder?"""
        with self.guard:
            found = self.db.execute(f"SELECT 1 FROM cores WHERE {BELOW} LIMIT 1", _below(path))
            return found.fetchone() is not None

    def forget_below(self, path: bytes) -> None:
        with self.guard:
            self.db.execute(f"DELETE FROM cores WHERE {BELOW}", _below(path))

    def find_gone(self, now: float) -> None:
        """Mark the rows whose files are gone, since when that was seen; those that are back
        are not gone any more."""
        with self.guard:
            before = self.db.execute("SELECT path, gone_at FROM cores").fetchall()
        changed = [(now if gone else None, path) for path, gone_at in before
                   for gone in [find.is_missing(path)] if gone != (gone_at is not None)]
        if changed:
            with self._whole():
                self.db.executemany("UPDATE cores SET gone_at = ? WHERE path = ?", changed)

    def same(self, content: str, mtime_ns: int) -> List[Tuple[bytes, str, str]]:
        """Where scored cores with these contents lie: their paths, inodes and devices."""
        with self.guard:
            found = self.db.execute("SELECT path, inode, device FROM cores WHERE content = ? AND "
                                    "mtime_ns = ? AND state = 'scored' ORDER BY path", (content, mtime_ns))
            return [(bytes(path), inode, device) for path, inode, device in found]

    def ranked(self) -> Iterator[Row]:
        """Every row, the most urgent first, one at a time: reports may be large."""
        order = "ORDER BY score IS NULL, score DESC, state = 'skipped', signature, path"
        with self.guard:
            paths = [p for p, in self.db.execute(f"SELECT path FROM cores {order}")]
        for path in paths:
            row = self.at(path)
            if row:
                yield row

    # ---- what people said of a signature --------------------------------------

    def signatures(self, beginning: str) -> List[str]:
        """Those of the cores here that begin so; the whole one is itself alone."""
        with self.guard:
            found = [s for s, in self.db.execute(
                "SELECT DISTINCT signature FROM cores WHERE signature != '' AND "
                "substr(signature, 1, ?) = ? ORDER BY 1", (len(beginning), beginning))]
        return [beginning] if beginning in found else found

    def marks(self) -> Dict[str, Mark]:
        with self.guard:
            found = self.db.execute("SELECT signature, mark, fixed_by, note, marked_at FROM marks")
            return {signature: Mark(*rest) for signature, *rest in found}

    def set_marks(self, marks: Dict[str, Mark]) -> None:
        """One that says nothing is none."""
        with self._whole():
            for signature, m in marks.items():
                self.db.execute("DELETE FROM marks WHERE signature = ?", (signature,))
                if m.mark or m.note:
                    self.db.execute("INSERT INTO marks VALUES (?, ?, ?, ?, ?)",
                                    (signature, m.mark, m.fixed_by, m.note, m.marked_at))

    # ---- who was told of a signature ------------------------------------------

    def begin_announcing(self) -> None:
        """What was here before the first time is not new."""
        with self._whole():
            first = self.db.execute("INSERT OR IGNORE INTO meta VALUES ('announcing', 'yes')")
            if first.rowcount == 1:
                self.db.execute("INSERT OR IGNORE INTO announced SELECT DISTINCT signature, 'before', ? "
                                "FROM cores WHERE state = 'scored' AND signature != ''", (time.time(),))

    def announce(self, signature: str, lost_s: float) -> bool:
        """True until somebody was told, but not while another run is at it: who began longer
        ago than lost_s was killed."""
        now = time.time()
        with self._whole():
            first = self.db.execute("INSERT OR IGNORE INTO announced VALUES (?, 'begun', ?)",
                                    (signature, now))
            again = self.db.execute(
                "UPDATE announced SET how = 'begun', at = ? WHERE signature = ? AND how NOT IN "
                "('before', ?) AND (how != 'begun' OR at < ?)", (now, signature, TOLD, now - lost_s))
            return first.rowcount == 1 or again.rowcount == 1

    def announced(self, signature: str, how: str) -> None:
        with self._whole():
            self.db.execute("UPDATE announced SET how = ? WHERE signature = ?", (how, signature))

    # ---- near matches --------------------------------------------------------

    def compare(self) -> None:
        """Compare each signature that is new here with all others, once.  What a run that is
        killed has not written is compared again."""
        with self.guard:
            known: Dict[str, str] = dict(self.db.execute("SELECT signature, text FROM signatures"))
            found = self.db.execute("SELECT DISTINCT signature, signature_text FROM cores WHERE "
                                    "state = 'scored' AND signature != '' ORDER BY signature")
            fresh = {s: text for s, text in found.fetchall() if s not in known}
        pairs: List[Tuple[str, str, float]] = []
        for signature, text in fresh.items():
            for other, value in similar.near(text, known):
                pairs += [(signature, other, value), (other, signature, value)]
            known[signature] = text
        if fresh:
            with self._whole():
                self.db.executemany("INSERT OR REPLACE INTO resembles VALUES (?, ?, ?)", pairs)
                self.db.executemany("INSERT OR REPLACE INTO signatures VALUES (?, ?)",
                                    fresh.items())

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

    def groups(self) -> List[Tuple[str, bytes, int, str]]:
        """Each signature with its most urgent core, how many there are, equal ones once, and its
        text."""
        with self.guard:
            # SQLite takes the bare column from the row that has the maximum.
            found = self.db.execute(
                "SELECT signature, path, count(DISTINCT content), signature_text, max(score) FROM cores "
                "WHERE state = 'scored' AND signature != '' GROUP BY signature ORDER BY signature")
            return [(signature, bytes(path), cores, text)
                    for signature, path, cores, text, _ in found]

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
