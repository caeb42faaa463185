# SPDX-License-Identifier: GPL-2.0-or-later
"""The vmlinux and the modules that belong to a core, or the package that has them.

Looked for beside the core, then in each debug folder, in the layouts of Debian and
Ubuntu, Red Hat and its relatives, SUSE, and by build-id.  A vmlinux is taken only
if it is that kernel's: by build-id where the core tells its own, else by its banner;
a module by its vermagic, unless the folder that it is in is named after the release.
"""
from __future__ import annotations

import hashlib
import os
import re
import struct
from dataclasses import dataclass, field, replace
from typing import Dict, Iterator, List, Set, Tuple

from . import formats
from .text import visible

# Where the modules that vgpu can use lie below lib/modules/RELEASE.
MODULES = {
    "virtio-gpu": "kernel/drivers/gpu/drm/virtio",
    "virtio_ring": "kernel/drivers/virtio",
    "virtio": "kernel/drivers/virtio",
    "virtio_pci": "kernel/drivers/virtio",
    "drm": "kernel/drivers/gpu/drm",
    "drm_kms_helper": "kernel/drivers/gpu/drm",
    "drm_shmem_helper": "kernel/drivers/gpu/drm",
    "ttm": "kernel/drivers/gpu/drm/ttm",
}
TABLES = b"/usr/share/vgpu/layouts"  # where vgpu looks for layout tables without being told
VERMAGIC = re.compile(rb"vermagic=([A-Za-z0-9][A-Za-z0-9._+~:@-]{0,63}) ")
MOST_REFUSED = 4  # that are told
# A debug folder may be the root of a file system, of a package, or flat.
ROOTS = ("", "usr/lib/debug", "lib/debug")


@dataclass
class Debuginfo:
    release: str = ""  # of the kernel, as far as it was known
    vmlinux: bytes = b""  # for crash; who reads a core alone may have use for the modules
    modules: Dict[str, bytes] = field(default_factory=dict)  # name -> file
    tables: List[bytes] = field(default_factory=list)  # that vgpu may find, by their names
    notes: List[str] = field(default_factory=list)
    refused: List[str] = field(default_factory=list)  # modules of another kernel
    why: str = ""  # no vmlinux: the sentence for the row
    package: str = ""

    def seen(self) -> Set[str]:
        """A word for each file found, that another file does not have."""
        files = {"vmlinux": self.vmlinux, **self.modules,
                 **{visible(path): path for path in self.tables}}
        return {hashlib.sha256(f"{name} {_stamp(path)}".encode()).hexdigest()[:12]
                for name, path in files.items() if path}


def find(core: formats.Core, beside: bytes, folders: List[bytes]) -> Debuginfo:
    """beside: the folder of the core."""
    d = Debuginfo(core.release, package=package(core.release, core.machine))
    refused: List[str] = []  # beside the core: somebody meant it to fit
    for path, trusted in _candidates(core, beside, folders):
        if not os.path.isfile(path):
            continue
        no = refuse(path, core, trusted)
        if not no:
            d.vmlinux = path
            break
        said = refused if os.path.dirname(path) == beside else d.notes
        if len(said) < MOST_REFUSED:
            said.append(f"{visible(path)} {no}")
    else:
        d.why = _missing(core, d.package, refused)
    near = os.path.dirname(d.vmlinux) if d.vmlinux else beside
    d.modules = _modules(core.release, near, folders, d.refused)
    d.tables = _tables(core.release)
    return d


def with_vmlinux(info: Debuginfo, path: bytes, core: formats.Core) -> Debuginfo:
    """What was found, and a vmlinux from elsewhere, if it is this kernel's."""
    no = refuse(path, core, False)
    if no:
        return replace(info, notes=info.notes + [f"{visible(path)} {no}"])
    return replace(info, vmlinux=path, why="")


def _tables(rel: str) -> List[bytes]:
    try:
        names = os.listdir(TABLES) if rel else []
    except OSError:
        return []
    begins = os.fsencode(rel + ".")
    return [os.path.join(TABLES, n) for n in names
            if n.startswith(begins) and n.endswith(b".layout")]


def _missing(core: formats.Core, which: str, refused: List[str]) -> str:
    if not core.release and not core.build_id:
        words = "the dump names no kernel, and there is no vmlinux beside it for crash"
    else:
        words = f"no debuginfo of kernel {core.release or 'build-id ' + core.build_id} for crash: "
        words += f"install {which}" if which else "put its vmlinux into a --debug-dir"
    return "; ".join([words] + refused)


def _candidates(core: formats.Core, beside: bytes,
                folders: List[bytes]) -> Iterator[Tuple[bytes, bool]]:
    """(file, whether its place alone says that it is this kernel's)."""
    rel, bid = core.release, core.build_id
    names = ["vmlinux"] + ([f"vmlinux-{rel}", f"vmlinux-{rel}.debug"] if rel else [])
    for name in names + ["vmlinux.debug"]:
        yield os.path.join(beside, name.encode()), False
    for folder in folders:
        for root in ROOTS:
            for name in _places(rel, bid):
                yield os.path.join(folder, root.encode(), name.encode()), "/" in name
        for name in names:
            yield os.path.join(folder, name.encode()), False


def _places(rel: str, bid: str) -> Iterator[str]:
    if bid:
        yield f".build-id/{bid[:2]}/{bid[2:]}.debug"
    if rel:
        for suffix in ("", ".debug"):
            yield f"boot/vmlinux-{rel}{suffix}"
            yield f"lib/modules/{rel}/vmlinux{suffix}"
            yield f"usr/lib/modules/{rel}/vmlinux{suffix}"
        yield f"lib/modules/{rel}/build/vmlinux"
        yield f"{rel}/vmlinux"


# ---- is it this kernel's? ----------------------------------------------------


def refuse(path: bytes, core: formats.Core, trusted: bool) -> str:
    """Why this vmlinux cannot be used with the core; "" if it can."""
    try:
        with open(path, "rb") as f:
            elf = _Sections(formats.File(f))
            if not elf.has(b".debug_info") and not elf.has(b".zdebug_info"):
                return "has no debugging information"
            mine = elf.build_id()
            if core.build_id and mine:
                return "" if mine == core.build_id else f"is another kernel (build-id {mine})"
            if trusted or not core.release:
                return ""
            banner = elf.banner()
            return "" if banner == core.release else \
                f"is another kernel ({visible(banner) or 'of unknown release'})"
    except OSError as e:
        return f"cannot be read: {e.strerror}"
    except (struct.error, formats.Damaged):
        return "is not an ELF file that can be read"


class _Sections:
    """The sections of an ELF file, by name."""

    def __init__(self, file: formats.File) -> None:
        self.file = file
        head = file.read(0, 64)
        if head[:6] != b"\x7fELF\2\1":
            raise formats.Damaged("not ELF")
        shoff, = struct.unpack_from("<Q", head, 40)
        entry, count, names = struct.unpack_from("<HHH", head, 58)
        if entry != 64 or count > 1024 or names >= count:
            raise formats.Damaged("no sections")
        data = file.read(shoff, 64 * count)
        rows = list(struct.Struct("<IIQQQQIIQQ").iter_unpack(data[: len(data) // 64 * 64]))
        text = file.read(rows[names][4], min(rows[names][5], 1 << 20)) if rows else b""
        self.rows = {text[r[0] : text.find(b"\0", r[0])]: (r[4], r[5]) for r in rows}

    def has(self, name: bytes) -> bool:
        return name in self.rows

    def contents(self, name: bytes) -> bytes:
        offset, size = self.rows.get(name, (0, 0))
        return self.file.read(offset, min(size, 1 << 20))

    def build_id(self) -> str:
        for section in (b".notes", b".note.gnu.build-id"):
            for name, number, desc in formats.notes(self.contents(section)):
                if (name, number) == (b"GNU", 3):
                    return desc.hex()
        return ""

    def banner(self) -> str:
        offset, size = self.rows.get(b".rodata", (0, 0))
        found = formats.BANNER.search(self.file.read(offset, min(size, 64 << 20)))
        return found.group(1).decode("ascii") if found else ""


# ---- modules -----------------------------------------------------------------


def _modules(rel: str, near: bytes, folders: List[bytes],
             refused: List[str]) -> Dict[str, bytes]:
    found = {}
    for name, place in MODULES.items():
        for path, trusted in _module_places(name, place, rel, near, folders):
            if not os.path.isfile(path):
                continue
            other = "" if trusted else _other_kernel(path, rel)
            if not other:
                found[name] = path
                break
            refused.append(f"{visible(path)} is another kernel's ({other})")
    return found


def _other_kernel(path: bytes, rel: str) -> str:
    """The release that a module is of; "" if it is this one, or cannot be told (the
    debugging information split off from a module has no vermagic)."""
    try:
        with open(path, "rb") as f:
            found = VERMAGIC.search(_Sections(formats.File(f)).contents(b".modinfo"))
    except (OSError, struct.error, formats.Damaged):
        return ""
    its = found.group(1).decode("ascii") if found else ""
    return its if rel and its != rel else ""


def _module_places(name: str, place: str, rel: str, near: bytes,
                   folders: List[bytes]) -> Iterator[Tuple[bytes, bool]]:
    """(file, whether its place alone says that it is this kernel's)."""
    files = [f"{name}.ko", f"{name}.ko.debug"]
    for file in files:
        yield os.path.join(near, file.encode()), False
        yield os.path.join(near, place.encode(), file.encode()), False
    if not rel:
        return
    for folder in folders:
        for root in ROOTS:
            for top in ("lib/modules", "usr/lib/modules"):
                for file in files:
                    yield os.path.join(folder, root.encode(),
                                       f"{top}/{rel}/{place}/{file}".encode()), True


# ---- packages ----------------------------------------------------------------


# As extension/report/package.c has them, and in its order.  {rel}: the release, with its machine
# in the first three; {flavour}: its last word; {plus}, {bare}: behind and before its '+'.
PACKAGES = (
    (r"\.rt\d.*\.(el|fc|oe|ky)\d", "kernel-rt-debuginfo-{rel}"),
    (r"\.(el|fc|oe|ky)\d.*\+[a-z0-9]+$", "kernel-{plus}-debuginfo-{bare}"),
    (r"\.(el|fc|amzn|oe|an|al|tl|ky)\d", "kernel-debuginfo-{rel}"),
    (r"-[\d.]+-(default|preempt|rt|64kb|longterm|kvmsmall|vanilla)$",
     "kernel-{flavour}-debuginfo of {rel}"),
    (r"-\d+\.[\d.]+-azure$", "kernel-{flavour}-debuginfo of {rel}"),
    (r"-(generic|lowlatency|realtime|aws|azure|gcp|kvm|oracle|oem)$",
     "linux-image-unsigned-{rel}-dbgsym"),
    (r"-(amd64|arm64|cloud|rt|desktop|server)", "linux-image-{rel}-dbg"),
    ("", "the debuginfo of {rel}"))


def package(rel: str, machine: str) -> str:
    """The package that has a release's vmlinux, as its distribution names it."""
    if not rel:
        return ""
    form = next(form for pattern, form in PACKAGES if re.search(pattern, rel))
    bare, _, plus = rel.partition("+")
    if form.startswith("kernel-") and " of " not in form and machine and not plus and \
            not rel.endswith((".x86_64", ".aarch64")):
        rel += f".{machine}"
    return form.format(rel=rel, flavour=rel.rsplit("-", 1)[-1], plus=plus, bare=bare)


def identity(path: bytes) -> str:
    return f"{visible(path)} {_stamp(path)}"


def _stamp(path: bytes) -> str:
    try:
        s = os.stat(path)
    except OSError:
        return "none"
    return f"{s.st_size} {s.st_mtime_ns}"
