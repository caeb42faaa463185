# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder scored by many machines that share it: its files in chunks, and the rows of all
chunks put together.

A plan is a folder below the results: plan.json with the options, a list of files for each
chunk, and a folder of results for each, so that no two machines write one database.  A chunk
that was begun before, by a node that was lost or a job that was killed, goes on with what is
left of it.  The rows are put together by the path of their file, so that none is there twice;
a file that no chunk has a row of, also because a database is half written, is left for the
next plan.
"""
from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from typing import Dict, Iterator, List, Set, Tuple

from .find import Given
from .schema import Row
from .score import NOT_AGAIN, PASSING
from .store import Store, Unusable

FOLDER = b"fleet"  # in the folder of results
MOST_CHUNKS = 1000  # of a Slurm array: MaxArraySize is 1001 unless somebody raised it
CHUNK = 2 << 30  # bytes that are worth a job of their own
START = 64 << 20  # what a core costs beside its size, as bytes
ROUNDS = 3  # times that what was lost is done again without being asked
OPTIONS = ("vgpu", "crash", "door", "debug_dir", "timeout", "memory", "tmp", "max_unpacked", "jobs",
           "on_new", "fail_over", "quiet", "slurm", "sshlogin")


@dataclass
class Plan:
    folder: bytes
    options: dict
    cwd: str
    chunks: int
    round: int = 1

    def list_of(self, n: int) -> bytes:
        return os.path.join(self.folder, b"chunk-%04d.json" % n)

    def part(self, n: int) -> bytes:
        """The folder of results of a chunk."""
        return os.path.join(self.folder, b"part-%04d" % n)

    @property
    def results(self) -> bytes:
        return os.path.dirname(os.path.dirname(self.folder))

    def files(self, n: int) -> List[Given]:
        with open(self.list_of(n), encoding="ascii") as f:
            return [Given(bytes.fromhex(path), named) for path, named in json.load(f)]


def settled(row: Row, given: Given, ids: Set[str]) -> bool:
    """This row is of the file as it is, and another try would say the same."""
    try:
        given.stamp(os.stat(given.path))
    except OSError:
        return False
    if (row.size, row.mtime_ns, row.inode) != (given.size, given.mtime_ns, str(given.inode)):
        return False
    return row.vgpu_id in ids if row.state == "scored" else row.code not in PASSING


def split(files: List[Tuple[Given, int]]) -> List[List[Given]]:
    """Chunks of about the same cost, the largest cores first: who comes last is short."""
    costs = sorted(((size + START, n) for n, (_, size) in enumerate(files)), reverse=True)
    whole = sum(cost for cost, _ in costs)
    count = max(1, min(MOST_CHUNKS, len(files), -(-whole // CHUNK)))
    most = whole / count
    chunks: List[List[Given]] = [[]]
    filled = 0.0
    for cost, n in costs:
        if chunks[-1] and filled + cost / 2 > most and len(chunks) < count:
            chunks.append([])
            filled = 0
        chunks[-1].append(files[n][0])
        filled += cost
    return chunks


def make(results: bytes, files: List[Given], options: dict, cwd: str, round_: int = 1) -> Plan:
    """Written as a whole before anybody is told of it."""
    sized = [(g, _size(g.path)) for g in files]
    chunks = split(sized)
    above = os.path.join(results, FOLDER)
    os.makedirs(above, exist_ok=True)
    plan = Plan(tempfile.mkdtemp(prefix=b"plan.", dir=above), options, cwd, len(chunks), round_)
    for n, chunk in enumerate(chunks):
        with open(plan.list_of(n), "w", encoding="ascii") as f:
            json.dump([(g.path.hex(), g.named) for g in chunk], f)
    with open(os.path.join(plan.folder, b"plan.json"), "w", encoding="ascii") as f:
        json.dump({"options": options, "cwd": cwd, "chunks": len(chunks), "round": round_}, f)
    return plan


def read(folder: bytes) -> Plan:
    with open(os.path.join(folder, b"plan.json"), encoding="ascii") as f:
        plan = json.load(f)
    return Plan(os.path.abspath(folder), plan["options"], plan["cwd"], plan["chunks"], plan["round"])


def _size(path: bytes) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


# ---- putting together --------------------------------------------------------


def gather(plan: Plan, store: Store) -> List[Given]:
    """The rows of all chunks into the results; returns the files that have none."""
    left: List[Given] = []
    for n in range(plan.chunks):
        files = {g.path: g for g in plan.files(n)}
        for rows in _rows(plan.part(n)):
            mine = [r for r in rows if r.path in files]
            store.save([_better(store, r) for r in mine])
            for r in mine:
                files.pop(r.path)
        left += files.values()
    return left


def _rows(part: bytes) -> Iterator[List[Row]]:
    """Some at a time.  A database that was not begun, or is damaged, has no more."""
    if not os.path.exists(os.path.join(part, b"scores.sqlite")):
        return
    try:
        store = Store(part)  # what was half written is taken back by this
    except (Unusable, sqlite3.Error, OSError):
        return
    try:
        paths = store.paths()
        for at in range(0, len(paths), 200):
            yield [r for p in paths[at : at + 200] for r in [store.at(p)] if r]
    except sqlite3.Error:
        return
    finally:
        store.close()


def _better(store: Store, row: Row) -> Row:
    """A failure does not take the place of a score of the same core by the same vgpu."""
    old = store.at(row.path) if row.state == "failed" else None
    if not old or old.state != "scored" or not row.content or old.content != row.content:
        return row
    old.notes = [n for n in old.notes if not n.startswith(NOT_AGAIN)] + [NOT_AGAIN + row.reason]
    old.done_at = row.done_at
    return old


def remove(plan: Plan) -> None:
    shutil.rmtree(plan.folder, ignore_errors=True)
    try:
        os.rmdir(os.path.dirname(plan.folder))
    except OSError:
        pass  # another plan is there


def before(results: bytes) -> List[Plan]:
    """Plans of runs that did not come to their end."""
    above = os.path.join(results, FOLDER)
    found: Dict[bytes, Plan] = {}
    for name in sorted(os.listdir(above)) if os.path.isdir(above) else []:
        try:
            found[name] = read(os.path.join(above, name))
        except (OSError, ValueError, KeyError):
            continue  # it was being written: nobody was told of it
    return list(found.values())
