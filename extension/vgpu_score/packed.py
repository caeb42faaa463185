# SPDX-License-Identifier: GPL-2.0-or-later
"""Compression around a core: .xz and .gz by Python, .zst by the zstd program.

What a file is, is read from its first bytes, never from its name.
"""
from __future__ import annotations

import gzip
import lzma
import os
import shutil
import subprocess
import zlib
from contextlib import contextmanager
from typing import BinaryIO, Callable, Iterator

CHUNK = 1 << 20
PEEK = 1 << 20
KEEP_FREE = 256 << 20  # leave so much on the disk


class Failed(Exception):
    """Why it could not be unpacked: a code for the row, and a sentence."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@contextmanager
def stream(path: bytes, packing: str) -> Iterator[BinaryIO]:
    """The unpacked bytes of a file."""
    with open(path, "rb") as f:
        if packing == "zst":
            with _zstd(f) as out:
                yield out
        elif packing == "xz":
            with lzma.LZMAFile(f) as out:
                yield out
        else:
            with gzip.GzipFile(fileobj=f, mode="rb") as out:
                yield out


@contextmanager
def _zstd(f: BinaryIO) -> Iterator[BinaryIO]:
    program = shutil.which("zstd")
    if not program:
        raise Failed("no-program", "compressed by zstd, and there is no zstd program here: "
                                   "install the package zstd")
    # The file is its standard input, so no name reaches its command line.
    with subprocess.Popen([program, "-dcq", "--long=31"], stdin=f, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as p:
        assert p.stdout and p.stderr
        try:
            yield p.stdout
            # Whoever has read up to the end wants to know whether it was the end.
            if not p.stdout.read(1) and p.wait() != 0:
                why = p.stderr.read(4096).decode("utf-8", "replace").strip()
                raise EOFError(why)
        finally:
            p.kill()


def _guarded(path: bytes, packing: str, work: Callable[[BinaryIO], None]) -> None:
    """Run work on the unpacked bytes; what can go wrong becomes Failed."""
    try:
        with stream(path, packing) as f:
            work(f)
    except EOFError as e:
        cut = packing != "zst" or "premature" in str(e) or "unfinished" in str(e).lower()
        raise Failed("truncated" if cut else "damaged",
                     f"truncated: its .{packing} data ends before the end mark" if cut
                     else f"its .zst data is damaged: {e}") from e
    except (lzma.LZMAError, zlib.error, gzip.BadGzipFile) as e:
        raise Failed("damaged", f"its .{packing} data is damaged: {e}") from e


def peek(path: bytes, packing: str) -> bytes:
    """The first unpacked bytes; fewer where the data is short or damaged, but if there
    are too few to tell what it is, the damage is raised."""
    with open(path, "rb") as f:
        raw = f.read(PEEK)
    try:
        if packing == "gz":
            return zlib.decompressobj(wbits=31).decompress(raw, PEEK)
        if packing == "xz":
            return lzma.LZMADecompressor().decompress(raw, PEEK)
    except (zlib.error, lzma.LZMAError) as e:
        raise Failed("damaged", f"its .{packing} data is damaged: {e}") from e
    return _peek_zst(path)


def _peek_zst(path: bytes) -> bytes:
    got = bytearray()

    def take(f: BinaryIO) -> None:
        while len(got) < PEEK:
            part = f.read(PEEK - len(got))
            if not part:
                return
            got.extend(part)

    try:
        _guarded(path, "zst", take)
    except Failed:
        if len(got) < 64:
            raise
    return bytes(got)


def unpack(path: bytes, packing: str, to: bytes, most: int, check: Callable[[], None]) -> int:
    """Unpack into a new file, with holes for zeros.  check() may raise to stop it."""
    written = 0

    def copy(f: BinaryIO) -> None:
        nonlocal written
        with open(to, "xb") as out:
            while part := f.read(CHUNK):
                check()
                written += len(part)
                if written > most:
                    raise Failed("too-big", f"unpacked it is over {most} bytes: --max-unpacked")
                if not written // CHUNK % 64 and _free(to) < KEEP_FREE:
                    raise Failed("no-space", f"no space to unpack it in {os.fsdecode(to)}: --tmp")
                if part.count(0) == len(part):
                    out.seek(len(part), os.SEEK_CUR)
                else:
                    out.write(part)
            out.truncate(written)

    try:
        _guarded(path, packing, copy)
    except OSError as e:
        raise Failed("no-space", f"cannot unpack it: {e.strerror}") from e
    return written


def _free(path: bytes) -> int:
    s = os.statvfs(path)
    return s.f_bavail * s.f_frsize
