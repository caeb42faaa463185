# SPDX-License-Identifier: GPL-2.0-or-later
"""scores.sqlite: a row for every file ever given with this folder of results.

A row is written in one transaction when its core is done, so a run that is killed
loses only the cores it was at.  SQLite's rollback journal, not WAL, because WAL does
not work on network file systems, where such folders often are.

Two runs at once: each holds a lock on the core it is at, a byte of the file .lock
whose place follows from the core's contents.  The kernel drops it if the run dies.
"""
from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any, Dict, Iterator, List, Optional, Tuple

from . import similar

SCHEMA = 2


@dataclass
class Row:
    """One file.  The table of cores has a column for each member, in this order; the
    manual page describes them, and tests compare the two."""

    path: bytes
    name: str = ""
    state: str = "failed"
    score: Optional[int] = None
    cause: str = ""
    confidence: Optional[int] = None
    culprit: str = ""
    summary: str = ""
    trigger: str = ""
    sysctl: str = ""
    signature: str = ""
    signature_text: str = ""
    release: str = ""
    machine: str = ""
    build_id: str = ""
    format: str = ""
    packing: str = ""
    crashed_at: Optional[float] = None
    code: str = ""
    reason: str = ""
    step: str = ""
    package: str = ""
    notes: List[str] = field(default_factory=list)
    log: str = ""
    vmlinux: str = ""
    door: str = ""
    crash: str = ""
    vgpu: str = ""
    vgpu_id: str = ""
    circumstances: str = ""
    size: int = 0
    mtime_ns: int = 0
    inode: str = ""
    device: str = ""
    content: str = ""
    done_at: float = 0.0
    seconds: float = 0.0
    peak_kb: int = 0
    report: Optional[str] = None

    def document(self) -> Optional[dict]:
        """What vgpu said; None if there is nothing, or no JSON any more."""
        doc = _json(self.report)
        return doc if isinstance(doc, dict) else None


COLUMNS = [f.name for f in fields(Row)]

SQL_TYPES = {  # by annotation
    "bytes": "BLOB PRIMARY KEY", "str": "TEXT NOT NULL", "int": "INTEGER NOT NULL",
    "float": "REAL NOT NULL", "List[str]": "TEXT NOT NULL",  # as JSON
    "Optional[str]": "TEXT", "Optional[int]": "INTEGER", "Optional[float]": "REAL",
}
TYPED = ",\n    ".join(f"{f.name} {SQL_TYPES[str(f.type)]}" for f in fields(Row))
TABLE = f"""
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cores (
    {TYPED},
    CHECK (state IN ('scored', 'failed', 'skipped'))
);
CREATE TABLE IF NOT EXISTS signatures (
    signature TEXT PRIMARY KEY,
    text      TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS resembles (
    signature TEXT NOT NULL,
    other     TEXT NOT NULL,
    value     REAL NOT NULL,
    PRIMARY KEY (signature, other)
);
CREATE INDEX IF NOT EXISTS cores_content ON cores (content);
CREATE INDEX IF NOT EXISTS cores_signature ON cores (signature);
"""
# Until then crash was the only door.
FROM_1 = """
BEGIN IMMEDIATE;
ALTER TABLE cores ADD COLUMN door TEXT NOT NULL DEFAULT '';
UPDATE cores SET door = 'crash' WHERE crash != '';
UPDATE meta SET value = '2' WHERE key = 'schema';
COMMIT;
"""


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
    notes = _json(row.notes)
    row.notes = [n for n in notes if isinstance(n, str)] if isinstance(notes, list) else []
    return row


def _json(text: Any) -> Any:
    """None where somebody wrote to the database what is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


class Locks:
    """Locks between runs: bytes of one file, so that none is left behind."""

    SETUP, REPORT, WORK = 0, 1, 2

    def __init__(self, path: bytes) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        # The kernel's locks are the process's: between its threads these count.
        self.guard = threading.Lock()
        self.mine: dict = {}

    @staticmethod
    def of(content: str) -> int:
        return 16 + int(content[:15], 16)

    def _own(self, byte: int) -> threading.Lock:
        with self.guard:
            return self.mine.setdefault(byte, threading.Lock())

    @contextmanager
    def hold(self, byte: int) -> Iterator[None]:
        with self._own(byte):
            fcntl.lockf(self.fd, fcntl.LOCK_EX, 1, byte)
            try:
                yield
            finally:
                fcntl.lockf(self.fd, fcntl.LOCK_UN, 1, byte)

    def attempt(self, byte: int) -> bool:
        """Take it if nobody has it; release() gives it back."""
        if not self._own(byte).acquire(blocking=False):
            return False
        try:
            fcntl.lockf(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
            return True
        except OSError:
            self._own(byte).release()
            return False

    def release(self, byte: int) -> None:
        fcntl.lockf(self.fd, fcntl.LOCK_UN, 1, byte)
        self._own(byte).release()

    def close(self) -> None:
        os.close(self.fd)
