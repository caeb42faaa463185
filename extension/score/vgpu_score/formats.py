# SPDX-License-Identifier: GPL-2.0-or-later
"""What a core says of itself, read without crash: its format, kernel and length.

A core is hostile input: every offset and count in it is checked against what can
be, reads are bounded, and what is damaged becomes a sentence, not an exception.
How often something is read may be the core's choice, so each read may be the last:
File's check() raises what the caller wants to end it with.
Layouts: makedumpfile's diskdump_mod.h and makedumpfile.h, the ELF specification.
"""
from __future__ import annotations

import os
import re
import struct
import time
import zlib
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import IO, Callable, Dict, Iterator, List, Optional, Tuple

HEAD = 64  # bytes that tell every format apart
LOG_HEAD = 64 << 10  # of a text, in which a line of a kernel's must be
MOST_NOTES = 16 << 20  # notes and vmcoreinfo are kilobytes; more is damage
MOST_RECORDS = 1 << 21  # of a flattened file that are kept: 128 GiB, as makedumpfile writes them
MOST_LOOKS = 4096  # at the last page descriptors, 4096 at a time
MOST_BITMAP = 1 << 31  # 64 TiB of memory in 4 KiB pages

RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~:@-]{0,63}\Z")
MACHINE = re.compile(r"[A-Za-z0-9_]{1,32}\Z")
BUILD_ID = re.compile(r"[0-9a-f]{8,64}\Z")
BANNER = re.compile(rb"Linux version ([A-Za-z0-9][A-Za-z0-9._+~:@-]{0,63}) \(")
MACHINES = {3: "i686", 21: "ppc64", 22: "s390x", 40: "arm", 62: "x86_64", 183: "aarch64",
            243: "riscv64", 258: "loongarch64"}


@dataclass
class Core:
    """What is known of a core before crash is started."""

    format: str = ""
    machine: str = ""
    release: str = ""
    kernel_version: str = ""  # utsname's: "#1 SMP Debian 5.10.262-1 (2026-07-31)"
    build_id: str = ""
    broken: str = ""  # why crash cannot open it; "" if nothing speaks against
    code: str = ""  # the row's code that goes with it
    notes: List[str] = field(default_factory=list)

    def fail(self, code: str, why: str) -> None:
        if not self.broken:
            self.code, self.broken = code, why


class Damaged(Exception):
    """The file is not what its header promises."""


# ---- reading at an offset ----------------------------------------------------


class File:
    """Bytes of a plain file.  check() is called before each read, and may raise."""

    def __init__(self, f: IO[bytes], check: Callable[[], None] = lambda: None) -> None:
        self.file = f  # kept, so that it stays open
        self.fd = f.fileno()
        self.size = os.fstat(self.fd).st_size
        self.check = check

    def read(self, offset: int, n: int) -> bytes:
        self.check()
        if offset < 0 or offset >= self.size or n <= 0:
            return b""
        return os.pread(self.fd, min(n, self.size - offset), offset)


class Head:
    """The first bytes of a core that is still packed; how long it is, is not known."""

    size = 1 << 62

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, offset: int, n: int) -> bytes:
        return self.data[offset : offset + n] if offset >= 0 else b""


class Flat:
    """makedumpfile -F: records of (offset, size, bytes), because pipes cannot seek."""

    START = 4096
    RECORD = struct.Struct(">qq")

    def __init__(self, under) -> None:
        self.under = under
        # In the order of starts, which is almost the order of the file.
        self.starts, self.sizes, self.places = array("q"), array("q"), array("q")
        self.size = 0
        self.complete = False
        self.more = False  # records than are kept: what lies behind is not known
        self._walk()
        self._sort()
        self.longest = max(self.sizes, default=0)

    def _walk(self) -> None:
        at = self.START
        while at <= self.under.size:
            head = self.under.read(at, self.RECORD.size)
            if len(head) < 16:
                return
            offset, n = self.RECORD.unpack(head)
            if offset == -1 and n == -1:
                self.complete = True
                return
            if offset < 0 or n < 0:
                raise Damaged(f"the flattened format is damaged at byte {at}")
            at += 16
            if n and len(self.starts) == MOST_RECORDS:
                self.more = True
                return
            if n:
                self._keep(offset, n, at)
            at += n

    def _keep(self, start: int, size: int, place: int) -> None:
        self.starts.append(start)
        self.sizes.append(size)
        self.places.append(place)
        self.size = max(self.size, start + size)

    def _sort(self) -> None:
        order = sorted(range(len(self.starts)), key=self.starts.__getitem__)
        for name in ("starts", "sizes", "places"):
            column = getattr(self, name)
            setattr(self, name, array("q", (column[i] for i in order)))

    def read(self, offset: int, n: int) -> bytes:
        if offset < 0 or offset >= self.size or n <= 0:
            return b""
        n = min(n, self.size - offset)
        out = bytearray(n)
        first = bisect_left(self.starts, offset - self.longest)
        near = [i for i in range(first, bisect_left(self.starts, offset + n))
                if self.starts[i] + self.sizes[i] > offset]
        # In the order of the file: makedumpfile writes its header once more at the end.
        for i in sorted(near, key=self.places.__getitem__):
            start = self.starts[i]
            low, high = max(start, offset), min(start + self.sizes[i], offset + n)
            part = self.under.read(self.places[i] + low - start, high - low)
            out[low - offset : low - offset + len(part)] = part
        return bytes(out)


# ---- which format ------------------------------------------------------------


def kind(head: bytes) -> str:
    """What the first bytes say: "kdump", "elf", "flat", the name of a packing, or ""."""
    if head[:8] in (b"KDUMP   ", b"DISKDUMP"):
        return "kdump"
    if head[:16].rstrip(b"\0") == b"makedumpfile":
        return "flat"
    # ET_CORE is 4, in either byte order.
    if head[:4] == b"\x7fELF" and head[16:18] in (b"\4\0", b"\0\4"):
        return "elf"
    for magic, name in ((b"\xfd7zXZ\0", "xz"), (b"\x1f\x8b", "gz"), (b"\x28\xb5\x2f\xfd", "zst")):
        if head.startswith(magic):
            return name
    return ""


# Which texts may be logs: a net that is wider than the program's judgement, which is the one
# that counts.  One line is enough that begins as consoles, dmesg, journalctl and syslog write
# it, as the reports of a kernel do where nobody put a time before them, or as the tables that
# vgpu reads beside logs.
LOG = re.compile(
    rb"^(?:\x1b[^\s\x1b<]*|<\d{1,3}>)*(?:\[ {0,5}\d{1,9}\.\d{6}\]"
    rb"|\w[^\n]{0,60}\d\d:\d\d:\d\d\S{0,20} \S{1,64} kernel(?:\[\d+\])?: "
    rb"|\d{4}-\d\d-\d\dT\S{1,40} \S{1,64} kernel: "
    rb"|Linux version [^\s()]{1,64} \(|INFO: task [^\n]{1,64} blocked for more than "
    rb"|(?:watchdog: )?BUG: (?:soft lockup|workqueue lockup|unable to handle|kernel NULL)"
    rb"|Kernel panic - not syncing|Unable to handle kernel "
    rb"|unreferenced object 0x|slabinfo - version: |MemTotal: "
    rb"| Active / Total Objects \(% used\) | *OBJS +ACTIVE +USE )", re.M)
# Or most of the lines have it somewhere: behind a container's name, a terminal's own time, in
# a viewer's table.
STAMP = re.compile(rb"\[ {0,6}\d{1,9}\.(?:\d{6}|\d\d)\]|\bkernel(?:\[\d+\])?: ")
FEWEST_STAMPS = 3
TEXT_LOG = "text log"


def is_log(head: bytes) -> bool:
    """Is it a text that may be a kernel's log?"""
    odd = sum(c < 32 and c not in b"\0\t\n\r\f\b\x1b" for c in head)
    if odd > len(head) // 32:
        return False
    # UTF-16 has one in each letter that is told here.
    text = head.replace(b"\0", b"")
    text = text[2:] if text[:2] in (b"\xff\xfe", b"\xfe\xff") else text
    text = text[3:] if text[:3] == b"\xef\xbb\xbf" else text
    return LOG.search(text) is not None or _is_stamped(text)


def _is_stamped(text: bytes) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    stamped = sum(STAMP.search(line[:1024]) is not None for line in lines)
    return stamped >= FEWEST_STAMPS and 2 * stamped >= len(lines)


def foreign(head: bytes) -> str:
    """Dumps of machines that are not read here, each with what to do instead."""
    if head.startswith((b"LibvirtQemudSave", b"LibvirtQemudPart", b"QEVM")):
        return ("a saved virtual machine (virsh save or virsh dump without --memory-only), "
                "not a core: take it with virsh dump --memory-only")
    if head.startswith((b"PAGEDU64", b"PAGEDUMP")):
        return "a Windows crash dump, not a Linux kernel's core"
    if head[:4] in (b"\xd0\xbe\xd2\xbe", b"\xd1\xba\xd1\xba", b"\xd2\xbe\xd2\xbe"):
        return "a VMware snapshot (.vmss or .vmsn): convert it with vmss2core first"
    return ""


def read(file, whole: bool = True) -> Optional[Core]:
    """The core in this file, or None if it is none.  whole: its length is known."""
    head = file.read(0, HEAD)
    core = Core()
    try:
        if kind(head) == "flat":
            return _flat(file, core, whole)
        if not kind(head) and not foreign(head) and is_log(file.read(0, LOG_HEAD)):
            core.format = TEXT_LOG
            return core
        return _plain(file, core, whole)
    except Damaged as why:
        core.fail("damaged", str(why))
    except struct.error:
        core.fail("truncated", "truncated: the file ends within its header")
    return core


def _flat(file, core: Core, whole: bool) -> Optional[Core]:
    core.format = "flattened"
    if not whole:
        return core  # the parts may be in any order: to be read once it is unpacked
    flat = Flat(file)
    inner = kind(flat.read(0, HEAD))
    if flat.more:
        core.notes.append(f"flattened in more than {MOST_RECORDS} records: whether it is whole "
                          "was not looked at")
    elif not flat.complete:
        core.fail("truncated", f"truncated: the flattened format has no end mark after "
                               f"{len(flat.starts)} records")
    if inner not in ("kdump", "elf"):
        core.fail("damaged", "a flattened file without a core in it")
        return core
    found = _plain(flat, core, not flat.more)
    if found:
        found.format += ", flattened"
    return found


def _plain(file, core: Core, whole: bool) -> Optional[Core]:
    which = kind(file.read(0, HEAD))
    if which == "kdump":
        core.format = "kdump-compressed"
        _Kdump(file, core).read(whole)
        return core
    if which == "elf":
        core.format = "ELF"
        return core if _Elf(file, core).read(whole) else None
    return None


# ---- kdump compressed --------------------------------------------------------

INCOMPLETE = 0x8  # header.status: makedumpfile ran out of space
ZLIB = 0x1  # page descriptor's flags


class _Kdump:
    """struct disk_dump_header, struct kdump_sub_header, bitmaps, page descriptors."""

    DESC = struct.Struct("<qIIQ")  # offset, size, flags, page_flags

    def __init__(self, file, core: Core) -> None:
        self.file, self.core = file, core
        self.status = self.block = self.sub_blocks = self.bitmap_blocks = self.max_mapnr = 0
        self.descriptors_at = self.descriptors = 0

    def read(self, whole: bool) -> None:
        head = self.file.read(0, 464)
        if len(head) < 464:
            raise Damaged("truncated: the file ends within its header")
        self._utsname(head)
        numbers = struct.unpack_from("<IIIII", head, 424)
        self.status, self.block, self.sub_blocks, self.bitmap_blocks, self.max_mapnr = numbers
        if self.block not in (4096, 8192, 16384, 32768, 65536):
            self.core.fail("unsupported", "not a little-endian 64-bit machine's dump")
            return
        if not 0 < self.sub_blocks < 4096 or self.bitmap_blocks * self.block > MOST_BITMAP:
            raise Damaged("its header holds sizes that cannot be")
        self._sub_header(struct.unpack_from("<i", head, 8)[0])
        if self.status & INCOMPLETE:
            self.core.notes.append("marked incomplete: makedumpfile ran out of space")
        if whole:
            self._check_length()

    def _utsname(self, head: bytes) -> None:
        names = [_cstring(head[12 + 65 * i : 12 + 65 * (i + 1)]) for i in range(6)]
        set_release(self.core, names[2])
        self.core.kernel_version = names[3]
        self.core.machine = names[4] if MACHINE.match(names[4]) else ""

    def _sub_header(self, version: int) -> None:
        sub = self.file.read(self.block, 104)
        if len(sub) < 104:
            raise Damaged("truncated: the file ends within its header")
        split, = struct.unpack_from("<i", sub, 12)
        if version >= 2 and split == 1:
            self.core.fail("split", "one part of a split dump: join the parts with "
                                    "makedumpfile --reassemble first")
        if version >= 3:
            offset, size = struct.unpack_from("<qQ", sub, 32)
            if offset > 0 and 0 < size <= MOST_NOTES:
                _vmcoreinfo(self.core, self.file.read(offset, size))
        if version >= 6:
            self.max_mapnr = struct.unpack_from("<Q", sub, 96)[0] or self.max_mapnr

    def _find_descriptors(self) -> bool:
        """Where the page descriptors lie: one for each bit of the second bitmap."""
        at = (1 + self.sub_blocks) * self.block
        n = self.bitmap_blocks * self.block
        self.descriptors_at = at + n
        if n * 8 >= self.max_mapnr * 2:  # two bitmaps; else the one there is
            at, n = at + n // 2, n // 2
        self.descriptors = 0
        end = at + n
        while at < end:
            part = self.file.read(at, min(1 << 20, end - at))
            if not part:
                return False
            self.descriptors += bin(int.from_bytes(part, "little")).count("1")
            at += len(part)
        return True

    def _check_length(self) -> None:
        """A core cut short is told here: crash may take a minute to say nothing."""
        size = self.file.size
        if not self._find_descriptors():
            self.core.fail("truncated", "truncated: the file ends within its page bitmap")
            return
        end = self.descriptors_at + self.descriptors * self.DESC.size
        if end > size:
            self.core.fail("truncated", f"truncated: {self.descriptors} page descriptors "
                                        f"end at byte {end}, the file at byte {size}")
            return
        self._check_last_page(end)

    def _check_last_page(self, end: int) -> None:
        """Pages are written in the order of their descriptors, so the last few tell; but
        all pages of zeros share one at the front, and may be the last by the thousand."""
        size, at = self.file.size, end
        for _ in range(MOST_LOOKS):
            n = min((at - self.descriptors_at) // self.DESC.size, 4096)
            if n <= 0:
                return
            at -= n * self.DESC.size
            used = [(o, n_) for o, n_, _, _ in
                    self.DESC.iter_unpack(self.file.read(at, n * self.DESC.size))]
            if any(o <= 0 for o, _ in used):
                self.core.fail("truncated", "truncated: page descriptors at its end were never "
                                            "written")
                return
            last = max(o + n_ for o, n_ in used)
            if last > size:
                self.core.fail("truncated", f"truncated: the last page ends at byte {last}, the "
                                            f"file at byte {size}")
            if len({o for o, _ in used}) > 1:
                return

    def pages(self) -> Iterator[bytes]:
        """Pages that this program can unpack, for search_release()."""
        at, left = self.descriptors_at, self.descriptors
        while left > 0:
            n = min(left, 4096)
            data = self.file.read(at, n * self.DESC.size)
            data = data[: len(data) // self.DESC.size * self.DESC.size]
            if not data:
                return
            for offset, size, flags, _ in self.DESC.iter_unpack(data):
                if 0 < size <= self.block and offset > 0 and not flags & ~ZLIB:
                    page = self.file.read(offset, size)
                    yield _inflate(page, self.block) if flags & ZLIB else page
            at, left = at + len(data), left - n


def _inflate(page: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(page, most)
    except zlib.error:
        return b""


# ---- ELF ---------------------------------------------------------------------

PT_LOAD, PT_NOTE = 1, 4
NT_PRPSINFO, NT_AUXV = 3, 6
PN_XNUM = 0xFFFF


class _Elf:
    PHDR = struct.Struct("<IIQQQQQQ")

    def __init__(self, file, core: Core) -> None:
        self.file, self.core = file, core

    def read(self, whole: bool) -> bool:
        """False: a process's core, not a kernel's."""
        head = self.file.read(0, 64)
        if len(head) < 64:
            raise Damaged("truncated: the file ends within its header")
        self.core.machine = MACHINES.get(int.from_bytes(
            head[18:20], "little" if head[5] == 1 else "big"), "")
        if head[4] != 2 or head[5] != 1:
            self.core.fail("unsupported", "not a little-endian 64-bit machine's dump")
            return True
        table = self._table(head)
        left = MOST_NOTES  # for all of them
        for kind_, offset, size in ((s[0], s[2], s[5]) for s in self.PHDR.iter_unpack(table)):
            if kind_ == PT_NOTE and left > 0:
                size = min(size, left)
                left -= size
                if not self._notes(offset, size):
                    return False
        if whole:
            self._check_length(table)
        return True

    def _table(self, head: bytes) -> bytes:
        """The program headers."""
        phoff, shoff = struct.unpack_from("<QQ", head, 32)
        entry, count = struct.unpack_from("<HH", head, 54)
        if count == PN_XNUM:  # then the true count is in section 0's sh_info
            section = self.file.read(shoff, 64)
            count = struct.unpack_from("<I", section, 44)[0] if len(section) == 64 else 0
        if entry != self.PHDR.size or not 0 < count <= 1 << 20:
            raise Damaged("its program headers cannot be")
        data = self.file.read(phoff, count * entry)
        if len(data) < count * entry:
            self.core.fail("truncated", "truncated: the file ends within its program headers")
        return data[: len(data) // entry * entry]

    def _notes(self, offset: int, size: int) -> bool:
        names = set()
        for name, number, desc in notes(self.file.read(offset, size)):
            names.add((name, number))
            if name == b"VMCOREINFO":
                _vmcoreinfo(self.core, desc)
        # Only a process has an auxiliary vector; kdump and QEMU write registers alone.
        return not {(b"CORE", NT_AUXV), (b"CORE", NT_PRPSINFO)} & names

    def _check_length(self, table: bytes) -> None:
        end, memory = 0, False
        for kind_, _, offset, _, _, size, _, _ in self.PHDR.iter_unpack(table):
            end = max(end, offset + size)
            memory = memory or kind_ == PT_LOAD
        if end > self.file.size:
            self.core.fail("truncated", f"truncated: its memory ends at byte {end}, the file "
                                        f"at byte {self.file.size}")
        elif not memory:
            self.core.fail("damaged", "an ELF core without memory in it")


def notes(data: bytes) -> Iterator[Tuple[bytes, int, bytes]]:
    """ELF notes: name, type, contents."""
    at = 0
    while at + 12 <= len(data):
        namesz, descsz, number = struct.unpack_from("<III", data, at)
        at += 12
        name_end = at + namesz
        desc_at = at + (namesz + 3 & ~3)
        if name_end > len(data) or desc_at + descsz > len(data):
            return
        yield data[at:name_end].rstrip(b"\0"), number, data[desc_at : desc_at + descsz]
        at = desc_at + (descsz + 3 & ~3)


# ---- vmcoreinfo, and cores that have none ------------------------------------


def _cstring(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("ascii", "replace")


def set_release(core: Core, release: str) -> None:
    """Releases become parts of paths, so only what can be one is taken."""
    if RELEASE.match(release) and ".." not in release:
        core.release = release


def _vmcoreinfo(core: Core, data: bytes) -> None:
    values: Dict[str, str] = {}
    for line in data.split(b"\0", 1)[0].splitlines()[:20000]:
        name, equals, value = line.partition(b"=")
        if equals:
            values.setdefault(name.decode("ascii", "replace"), value.decode("ascii", "replace"))
    set_release(core, values.get("OSRELEASE", ""))
    build_id = values.get("BUILD-ID", "").lower()
    if BUILD_ID.match(build_id):
        core.build_id = build_id


def search_release(file, core: Core, seconds: float) -> bool:
    """Look for the kernel's banner in the pages: QEMU's dumps may name no kernel."""
    deadline, outer = time.monotonic() + seconds, file.check

    def check() -> None:
        outer()
        if time.monotonic() > deadline:
            raise Damaged("it takes too long")

    file.check = check
    try:
        for part in _parts(file):
            found = BANNER.search(part)
            if found:
                set_release(core, found.group(1).decode("ascii"))
                core.notes.append("the dump's header names no kernel: the release was found "
                                  "in its pages")
                return True
    except (Damaged, struct.error):
        pass
    finally:
        file.check = outer
    return False


def _parts(file) -> Iterator[bytes]:
    inner = Flat(file) if kind(file.read(0, HEAD)) == "flat" else file
    if kind(inner.read(0, HEAD)) == "kdump":
        dump = _Kdump(inner, Core())
        dump.read(False)
        if dump._find_descriptors():
            yield from dump.pages()
        return
    step, overlap = 4 << 20, 128
    for at in range(0, inner.size, step):
        yield inner.read(max(0, at - overlap), step + overlap)
