# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of scores.sqlite, and a row of the first of them."""
from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, List, Optional

SCHEMA = 4
MARKS = ("seen", "known", "fixed")  # that people put on a signature


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
    node: str = ""
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
    gone_at: Optional[float] = None
    done_at: float = 0.0
    seconds: float = 0.0
    peak_kb: int = 0
    report: Optional[str] = None
    page: Optional[bytes] = None

    def document(self) -> Optional[dict]:
        """What vgpu said; None if there is nothing, or no JSON any more."""
        doc = as_json(self.report)
        return doc if isinstance(doc, dict) else None


@dataclass(frozen=True)
class Mark:
    """What people said of a signature: that it is seen, known or fixed, by what, and a note."""

    mark: str = ""  # of MARKS
    fixed_by: str = ""
    note: str = ""
    marked_at: float = 0.0


COLUMNS = [f.name for f in fields(Row)]

SQL_TYPES = {  # by annotation
    "bytes": "BLOB PRIMARY KEY", "str": "TEXT NOT NULL", "int": "INTEGER NOT NULL",
    "float": "REAL NOT NULL", "List[str]": "TEXT NOT NULL",  # as JSON
    "Optional[bytes]": "BLOB", "Optional[str]": "TEXT", "Optional[int]": "INTEGER", "Optional[float]": "REAL",
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
CREATE TABLE IF NOT EXISTS marks (
    signature TEXT PRIMARY KEY,
    mark      TEXT NOT NULL,
    fixed_by  TEXT NOT NULL,
    note      TEXT NOT NULL,
    marked_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS announced (
    signature TEXT PRIMARY KEY,
    how       TEXT NOT NULL,
    at        REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS cores_content ON cores (content);
CREATE INDEX IF NOT EXISTS cores_signature ON cores (signature);
"""
# What made each schema of the one before it.
STEPS = {
    # Until then crash was the only door.
    "1": """
BEGIN IMMEDIATE;
ALTER TABLE cores ADD COLUMN door TEXT NOT NULL DEFAULT '';
UPDATE cores SET door = 'crash' WHERE crash != '';
UPDATE meta SET value = '2' WHERE key = 'schema';
COMMIT;
""",
    # Near matches had been told across causes too: they are made again.
    "2": """
BEGIN IMMEDIATE;
ALTER TABLE cores ADD COLUMN node TEXT NOT NULL DEFAULT '';
ALTER TABLE cores ADD COLUMN gone_at REAL;
UPDATE cores SET node = node_of(report);
DELETE FROM resembles;
DELETE FROM signatures;
UPDATE meta SET value = '3' WHERE key = 'schema';
COMMIT;
""",
    # Until then the page of a core was made of the report.
    "3": """
BEGIN IMMEDIATE;
ALTER TABLE cores ADD COLUMN page BLOB;
UPDATE meta SET value = '4' WHERE key = 'schema';
COMMIT;
""",
}


def as_json(text: Any) -> Any:
    """None where somebody wrote to the database what is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
