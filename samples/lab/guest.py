# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's initramfs: init, programs, modules, workload, scenario."""

import os
import pathlib
import re
import shutil
import stat

import apt
import proc
from kernel import SERIES, Series, read_module
from steps import Failed

HERE = pathlib.Path(__file__).resolve().parent / "guest"
PROGRAMS = ["busybox-static", "kexec-tools", "makedumpfile", "libdrm-dev"]
BINARIES = ["busybox", "kexec", "makedumpfile", "vmcore-dmesg"]

# Loaded in both kernels to reach the share; then what only the guest needs.
SHARE_MODULES = ["virtio_pci", "9pnet_virtio", "9p"]
GUEST_MODULES = ["virtio_blk", "virtio-gpu"]

CAPTURE_CMDLINE = \
    "irqpoll nr_cpus=1 reset_devices loglevel=4 panic=10"


def programs(series: Series, refresh: bool = False) -> pathlib.Path:
    """The guest's programs, unpacked; those of amd64 run on the host as well."""
    name = "guest" if series.programs[0] == "bookworm" else f"guest-{series.programs[0]}"
    arch = series.machine.name
    return apt.unpacked(apt.Suites(*series.programs, arch=arch),
                        name + ("" if arch == "amd64" else f"-{arch}"), PROGRAMS, refresh)


def sources(commands: tuple[str, ...]) -> list[pathlib.Path]:
    """The files that the workload of these sub-commands is made of: each
    file's own, and what it includes, headers with the code beside them."""
    files = [HERE / name for name in
             ("lab.h", "main.c", *(f"{name}.c" for name in commands))]
    for file in files:
        for name in re.findall(r'#include "(\w+)\.h"', file.read_text()):
            for other in (HERE / f"{name}.h", HERE / f"{name}.c"):
                if other.exists() and other not in files:
                    files.append(other)
    return files


def compile_workload(commands, series: Series, out: pathlib.Path) -> None:
    files = [file for file in sources(commands) if file.suffix == ".c"]
    headers = programs(series) / "usr" / "include" / "libdrm"
    proc.run([series.machine.cc, "-static", "-O2", "-std=gnu11", "-D_GNU_SOURCE", "-Wall",
              "-Wextra", "-Werror", "-isystem", headers, "-o", out, *files],
             "workload: compile", 180)


def is_elf(file: pathlib.Path) -> bool:
    return file.is_file() and file.read_bytes().startswith(b"\x7fELF")


def _find(folder: pathlib.Path, name: str) -> pathlib.Path:
    """An ELF file of that name; other files may have it too."""
    for file in sorted(folder.rglob(name)):
        if is_elf(file):
            return file
    raise Failed(f"{name} is in none of the guest's packages")


def _libraries(folder: pathlib.Path, binary: pathlib.Path,
               found: dict[str, pathlib.Path]) -> None:
    """Adds the shared objects an ELF file names, and what those name."""
    text = proc.run(["readelf", "-dl", binary], "libraries", 20)
    names = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
    names += [os.path.basename(path) for path in
              re.findall(r"program interpreter: (.*)\]", text)]
    for name in names:
        if name not in found:
            found[name] = _find(folder, name)
            _libraries(folder, found[name], found)


class Archive:
    """A cpio archive in the format the kernel unpacks ("newc")."""

    def __init__(self, path: pathlib.Path):
        self.file = open(path, "wb")
        self.inode = 0
        self.folders: set[str] = set()

    def _entry(self, name: str, mode: int, data: bytes = b"",
               device=(0, 0)) -> None:
        self.inode += 1
        raw = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device,
                  len(raw), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        self._padded(header + raw)
        self._padded(data)

    def _padded(self, data: bytes) -> None:
        self.file.write(data + b"\0" * (-len(data) % 4))

    def _parents(self, name: str) -> None:
        parent = os.path.dirname(name)
        if parent and parent not in self.folders:
            self._parents(parent)
            self.folders.add(parent)
            self._entry(parent, stat.S_IFDIR | 0o755)

    def add(self, name: str, data: bytes, mode: int = 0o644) -> None:
        self._parents(name)
        self._entry(name, stat.S_IFREG | mode, data)

    def console(self) -> None:
        """Without it, PID 1 of an initramfs has no output."""
        self._parents("dev/console")
        self._entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))

    def close(self) -> None:
        self._entry("TRAILER!!!", 0)
        self.file.close()


def on_host(name: str) -> list[pathlib.Path | str]:
    """The command that runs one of the guest's programs on the host."""
    tools = programs(SERIES["6.1"])
    return [*apt.loader(tools), _find(tools, name)]


def build_initrd(path: pathlib.Path, kernel, scenario, workload,
                 built: list[pathlib.Path]) -> None:
    """The modules built here go in place of the kernel's, or after those."""
    tools = programs(kernel.of)
    archive = Archive(path)
    libraries: dict[str, pathlib.Path] = {}
    fronts = dict(kernel.of.fronts)
    for name in BINARIES:
        binary = _find(tools, name)
        place = f"{name}.bin" if name in fronts else name
        archive.add(f"bin/{place}", binary.read_bytes(), 0o755)
        _libraries(tools, binary, libraries)
    for name, front in fronts.items():
        archive.add(f"bin/{name}", (HERE / front).read_bytes(), 0o755)
    for name, file in sorted(libraries.items()):
        folder = kernel.machine.loader_folder if name.startswith("ld-linux") else "lib"
        archive.add(f"{folder}/{name}", file.read_bytes(), 0o755)
    share = _add_modules(archive, "share", kernel, SHARE_MODULES, [])
    _add_modules(archive, "guest", kernel, scenario.modules(), share, built)
    archive.add("init", (HERE / "init").read_bytes(), 0o755)
    archive.add("bin/lab-load", workload.read_bytes(), 0o755)
    archive.add("lab/scenario", scenario.guest.encode())
    archive.add("lab/capture.cmdline",
                f"console={kernel.machine.console} {CAPTURE_CMDLINE}".encode())
    archive.add("lab/sysctls", "".join(
        f"{name}={value}\n" for name, value in
        scenario.all_sysctls().items()).encode())
    archive.console()
    archive.close()


def _loaded_as(file: pathlib.Path) -> str:
    return file.name.removesuffix(".xz")


def _add_modules(archive, when: str, kernel, names, already,
                 built=()) -> list:
    ours = {file.name: file for file in built}
    files = [ours.pop(_loaded_as(file), file)
             for file in kernel.modules(names) if file not in already]
    files += ours.values()
    for file in files:
        archive.add(f"lab/modules/{_loaded_as(file)}", read_module(file))
    archive.add(f"lab/modules.{when}",
                "".join(f"{_loaded_as(file)}\n" for file in files).encode())
    return files


def prepare_share(share: pathlib.Path, kernel, initrd: pathlib.Path) -> None:
    """The folder the guest sees: the capture kernel, and room for the core."""
    share.mkdir()
    shutil.copy(kernel.vmlinuz, share / "vmlinuz")
    os.link(initrd, share / "initrd")
