# SPDX-License-Identifier: GPL-2.0-or-later
"""Compression around a core: .xz and .gz by Python, .zst by the zstd program.

What a file is, is read from its first bytes, never from its name.
"""
from __future__ import annotations

import errno
import lzma
import os
import shutil
import subprocess
import zlib
from contextlib import closing
from typing import IO, Callable, Generator

CHUNK = 1 << 20
FEED = 4096  # packed bytes at a time: what becomes of them is bounded too
PEEK = 1 << 20
KEEP_FREE = 256 << 20  # leave so much on the disk
MOST_MEMORY = 1 << 30  # for an .xz: what xz itself asks for at its strongest is a tenth
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Failed(Exception):
    """Why it could not be unpacked: a code for the row, and a sentence."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Behind(Exception):
    """All was unpacked, and behind it is something else."""


def _chunks(f: IO[bytes], packing: str) -> Generator[bytes, None, None]:
    """The unpacked bytes of a file."""
    if packing == "zst":
        return _zstd(f)
    if packing == "xz":
        return _members(f, _xz, b"\xfd7zXZ\0")
    return _members(f, lambda: zlib.decompressobj(wbits=31), b"\x1f\x8b")


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY)


def _members(f: IO[bytes], new: Callable, magic: bytes) -> Generator[bytes, None, None]:
    """A .gz or .xz may be several, one behind the other, with zeros between."""
    raw = f.read(FEED)
    while raw:
        if not raw.startswith(magic):
            raise Behind
        one = new()
        while not one.eof:
            raw = raw or f.read(FEED)
            if not raw:
                raise EOFError
            yield one.decompress(raw)
            raw = one.unused_data if one.eof else b""
        raw = (raw or f.read(FEED)).lstrip(b"\0")
        while len(raw) < len(magic):
            more = f.read(FEED)
            if not more:
                break
            raw = (raw + more).lstrip(b"\0")


def _zstd(f: IO[bytes]) -> Generator[bytes, None, None]:
    program = shutil.which("zstd")
    if not program:
        raise Failed("no-program", "compressed by zstd, and there is no zstd program here: "
                                   "install the package zstd")
    # The file is its standard input, so no name reaches its command line.
    with subprocess.Popen([program, "-dcq", "--long=31"], stdin=f, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}) as p:
        assert p.stdout and p.stderr
        try:
            while part := p.stdout.read(CHUNK):
                yield part
            if p.wait() == 0:
                return
            why = p.stderr.read(4096).decode("utf-8", "replace").strip()
        finally:
            p.kill()
    if "unsupported format" in why or "unknown header" in why:
        raise Behind
    if "premature" in why or "unfinished" in why.lower():
        raise EOFError
    raise Failed("damaged", f"its .zst data is damaged: {why}")


def _guarded(path: bytes, packing: str, take: Callable[[bytes], bool]) -> str:
    """Give the unpacked bytes to take() until it has enough; what goes wrong becomes
    Failed.  Returns a note, or ""."""
    try:
        with open(path, "rb") as f:
            with closing(_chunks(f, packing)) as parts:
                for part in parts:
                    if take(part):
                        break
    except Behind:
        return f"what is behind its .{packing} data was left out"
    except EOFError as e:
        raise Failed("truncated",
                     f"truncated: its .{packing} data ends before the end mark") from e
    except (lzma.LZMAError, zlib.error) as e:
        raise Failed("damaged", f"its .{packing} data is damaged: {e}") from e
    return ""


def peek(path: bytes, packing: str) -> bytes:
    """The first unpacked bytes; fewer where the data is short or damaged, but if there
    are too few to tell what it is, the damage is raised."""
    with open(path, "rb") as f:
        raw = f.read(PEEK)
    try:
        if packing == "gz":
            return zlib.decompressobj(wbits=31).decompress(raw, PEEK)
        if packing == "xz":
            return _xz().decompress(raw, PEEK)
    except (zlib.error, lzma.LZMAError) as e:
        raise Failed("damaged", f"its .{packing} data is damaged: {e}") from e
    return _peek_zst(path)


def _peek_zst(path: bytes) -> bytes:
    got = bytearray()

    def take(part: bytes) -> bool:
        got.extend(part)
        return len(got) >= PEEK

    try:
        _guarded(path, "zst", take)
    except Failed:
        if len(got) < 64:
            raise
    return bytes(got)


class _Writer:
    """A new file, with holes for zeros, that may not become too large."""

    def __init__(self, out: IO[bytes], most: int, check: Callable[[], None]) -> None:
        self.out, self.most, self.check = out, most, check
        self.written = 0
        self.looked = 0  # at the free space, when so much was written

    def take(self, part: bytes) -> bool:
        self.check()
        self.written += len(part)
        if self.written > self.most:
            raise Failed("too-big", f"unpacked it is over {self.most} bytes: --max-unpacked")
        if self.written - self.looked >= 64 * CHUNK:
            self.looked = self.written
            s = os.fstatvfs(self.out.fileno())
            if s.f_bavail * s.f_frsize < KEEP_FREE:
                raise _no_room()
        if part.count(0) == len(part):
            self.out.seek(len(part), os.SEEK_CUR)
        else:
            self.out.write(part)
        return False


def unpack(path: bytes, packing: str, to: bytes, most: int, check: Callable[[], None]) -> str:
    """Unpack into a new file.  check() may raise to stop it.  Returns a note, or ""."""
    try:
        with open(to, "xb") as out:
            writer = _Writer(out, most, check)
            note = _guarded(path, packing, writer.take)
            out.truncate(writer.written)
    except OSError as e:
        if e.errno in NO_ROOM:
            raise _no_room() from e
        raise
    return note


def _no_room() -> Failed:
    return Failed("no-space", "no room to unpack it: name another folder with --tmp")
