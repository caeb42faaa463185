# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel of a release series: image, modules, and their debug symbols.

    kernels/SERIES/current            name of the folder below that is in use
    kernels/SERIES/RELEASE_VERSION/
        image/    what the image package holds: boot/vmlinuz-*, lib/modules
        debug/    vmlinux and the .ko of the modules that guests load
"""

import dataclasses
import lzma
import pathlib
import re
import shutil
import threading

import apt
import cache
import proc
import steps
from machine import AMD64, ARM64, ARM64_A76, ARM64_MAX, Machine
from steps import Failed, note, step

@dataclasses.dataclass(frozen=True)
class Series:
    """Which suites hold it; the newest version in them is taken."""
    base: str                   # as its packages are named
    suites: tuple[str, ...]
    machine: Machine = AMD64
    # Whose makedumpfile the guest has: an older one than its kernel leaves out
    # pages that it should keep, or cannot read it at all.
    programs: tuple[str, ...] = ("bookworm", "bookworm-security")
    # Files of guest/ that stand before programs which need help, by these' names.
    fronts: tuple[tuple[str, str], ...] = ()
    # Debian's name of the image, where the machine's own is another one.
    flavour: str = ""
    # The series whose packages it takes, when only its machine is another one.
    packages_of: str = ""
    # Whether its debug symbols come too: a gigabyte, which the program does without.
    symbols: bool = True

    def indexes(self, arch: str = "") -> apt.Suites:
        return apt.Suites(*self.suites, arch=arch or self.machine.name)


KEXEC_ARM64 = ("kexec", "kexec-arm64")
MAKEDUMPFILE_ARM64 = ("makedumpfile", "makedumpfile-arm64")
MAKEDUMPFILE_7 = ("makedumpfile", "makedumpfile-7")
TRIXIE_ARM64 = Series("6.12", ("trixie", "trixie-security"), ARM64,
                      programs=("trixie", "trixie-security"),
                      fronts=(KEXEC_ARM64, MAKEDUMPFILE_ARM64))

SERIES = {
    "5.10": Series("5.10", ("bullseye", "bullseye-security")),
    "6.1": Series("6.1", ("bookworm", "bookworm-security")),
    "6.1-rt": Series("6.1", ("bookworm", "bookworm-security"), flavour="rt-amd64"),
    "6.12": Series("6.12", ("trixie", "trixie-security"),
                   programs=("trixie", "trixie-security")),
    "5.10-arm64": Series("5.10", ("bullseye", "bullseye-security"), ARM64),
    "6.1-arm64": Series("6.1", ("bookworm", "bookworm-security"), ARM64,
                        programs=("trixie", "trixie-security"),
                        fronts=(KEXEC_ARM64,)),
    "6.12-arm64": TRIXIE_ARM64,
    "6.12-arm64-max": dataclasses.replace(TRIXIE_ARM64, machine=ARM64_MAX,
                                          packages_of="6.12-arm64"),
    "6.12-arm64-16k": dataclasses.replace(TRIXIE_ARM64, machine=ARM64_A76,
                                          flavour="arm64-16k", symbols=False),
    "7": Series("7", ("sid",), programs=("sid",), fronts=(MAKEDUMPFILE_7,),
                symbols=False),
    "7-arm64": Series("7", ("sid",), ARM64, programs=("sid",),
                      fronts=(KEXEC_ARM64, MAKEDUMPFILE_ARM64), symbols=False),
}
# Series that are built here (built.py), and of whose source.
BUILT = {"6.1-debug": "6.1"}

# Modules that are built into the kernel, under another name, by 7.2.
GONE = ("crc32c_generic",)

DOWNLOAD_LIMIT = 900
UNPACK_LIMIT = 400


class Kernel:
    def __init__(self, series: str, release: str, version: str):
        self.series = series
        self.release = release
        self.version = version
        self.of = SERIES[BUILT.get(series, series)]
        self.dir = _folder(series) / f"{release}_{version}"
        self.debug = self.dir / "debug"
        self.debug_stamp = self.dir / "debug.modules"
        self.machine = self.of.machine

    @property
    def vmlinuz(self) -> pathlib.Path:
        """Since 7.0 it is where the modules are."""
        beside = self.dir / "image/usr/lib/modules" / self.release / "vmlinuz"
        return beside if beside.exists() else \
            self.dir / "image" / "boot" / f"vmlinuz-{self.release}"

    def modules(self, names: list[str]) -> list[pathlib.Path]:
        """Module files in load order: what each needs comes before it.

        What is built into the kernel needs no file.
        """
        files = {_plain(file.name): file for file in
                 (self.dir / "image").glob(
                     f"**/lib/modules/{self.release}/kernel/**/*.ko*")}
        order: list[pathlib.Path] = []
        built_in = self._built_in()

        def add(name: str) -> None:
            if _plain(name) in built_in or name in GONE and _plain(name) not in files:
                return
            file = files.get(_plain(name))
            if not file:
                raise Failed(f"{self.release} has no module {name}")
            if file in order:
                return
            for other in _depends(file):
                add(other)
            order.append(file)

        for name in names:
            add(name)
        return order

    def _built_in(self) -> set[str]:
        return {_plain(pathlib.Path(line).name) for file in
                (self.dir / "image").glob(f"**/{self.release}/modules.builtin")
                for line in file.read_text().splitlines()}

    def has_debug(self, names: list[str]) -> bool:
        if not self.of.symbols:
            return True
        if not self.debug_stamp.exists():
            return False
        held = self.debug_stamp.read_text().split()
        return {_plain(file.name) for file in self.modules(names)} <= set(held)


def _folder(series: str) -> pathlib.Path:
    """What a series keeps, and may share with another machine's."""
    of = SERIES.get(series)
    return cache.root() / "kernels" / (of and of.packages_of or series)


def _plain(name: str) -> str:
    """The kernel takes - and _ in a module's name for the same."""
    return re.sub(r"\.ko(\..*)?$", "", name).replace("-", "_")


def read_module(file: pathlib.Path) -> bytes:
    data = file.read_bytes()
    return lzma.decompress(data) if file.suffix == ".xz" else data


def _depends(file: pathlib.Path) -> list[str]:
    """What the module says it needs (depmod's source as well)."""
    match = re.search(rb"\0depends=([^\0]*)\0", read_module(file))
    return match.group(1).decode().split(",") if match and match[1] else []


def candidates(suites: apt.Suites, series: str) -> list[tuple[str, str]]:
    """(release, version) of the series' kernels with symbols, newest first."""
    of = SERIES[series]
    pattern = rf"^linux-image-({re.escape(of.base)}\.[^-]+(-[0-9]+)?-{of.flavour or of.machine.name})-dbg$"
    names = suites.names_like(pattern)
    found = [(match[1], version) for name, version in suites.versions(names)
             if (match := re.match(pattern, name))]
    if not found:
        raise Failed(f"no kernel {series} in {', '.join(suites.names)}")
    return sorted(set(found), reverse=True, key=lambda item:
                  [int(digits) for digits in re.findall(r"\d+", item[1])])


def _current(series: str) -> "Kernel | None":
    try:
        name = (_folder(series) / "current").read_text()
        kernel = Kernel(series, *name.split("_", 1))
    except (OSError, TypeError):
        return None
    return kernel if kernel.vmlinuz.exists() else None


def _fetch_image(suites: apt.Suites, kernel: Kernel) -> bool:
    """Download and unpack the image; False when it cannot be had."""
    what = f"kernel image {kernel.release}"
    with step(what), cache.building(kernel.dir) as new:
        for packages in _image_packages(suites, kernel.release):
            try:
                debs = suites.download(
                    [f"{package}={kernel.version}" for package in packages], new,
                    what, DOWNLOAD_LIMIT)
                break
            except Failed as failure:
                steps.say(str(failure))
        else:
            return False
        note(what, "unpack")
        for deb in debs:
            apt.unpack(deb, new / "image", what, UNPACK_LIMIT)
            deb.unlink()
    return True


def _image_packages(suites: apt.Suites, release: str) -> list[list[str]]:
    """What to try, in turn. Since 7.0 linux-image is but a name for three others."""
    parts = [f"linux-{part}-{release}" for part in ("binary", "base", "modules")]
    if set(parts) <= set(suites.names_like(f"^linux-.*-{re.escape(release)}$")):
        return [parts]
    signed = f"linux-image-{release}"
    return [[signed], [signed + "-unsigned"]]


class Debug(threading.Thread):
    """Fetches the debug symbols while the guest runs already.

    The package is big (1 GB, 5 GB unpacked): only vmlinux and the modules
    that matter are taken from the stream, and the package is not kept.
    """

    def __init__(self, suites: apt.Suites | None, kernel: Kernel,
                 names: list[str]):
        super().__init__(daemon=True)
        self.suites = suites
        self.kernel = kernel
        self.names = names
        self.error: BaseException | None = None
        # The image says which files to take, and may still be on its way.
        self.image_ready = threading.Event()
        self.given_up = False

    def run(self) -> None:
        try:
            with cache.lock("debug-" + self.kernel.series):
                if not self._is_there():
                    self._fetch()
        except BaseException as error:
            self.error = error

    def _is_there(self) -> bool:
        return self.kernel.vmlinuz.exists() and \
            self.kernel.has_debug(self.names)

    def _fetch(self) -> None:
        kernel = self.kernel
        folder = kernel.dir.with_name(kernel.dir.name + ".debug")
        with cache.building(folder) as new:
            what = f"debug symbols {kernel.release}: download"
            with step(what):
                assert self.suites, "symbols that are there are not fetched"
                [deb] = self.suites.download(
                    [f"linux-image-{kernel.release}-dbg={kernel.version}"],
                    new, what, DOWNLOAD_LIMIT)
            self.image_ready.wait()
            if self.given_up:
                return
            what = f"debug symbols {kernel.release}: unpack"
            with step(what):
                self._unpack(deb, new, what)
            deb.unlink()
        self._install(folder)

    def _unpack(self, deb, folder, what) -> None:
        kernel = self.kernel
        wanted = {re.sub(r".*/kernel/|\.xz$", "", str(file))
                  for file in kernel.modules(self.names)}
        # One occurrence of each: tar stops reading after the last of them.
        proc.pipe(
            ["dpkg-deb", "--fsys-tarfile", deb],
            ["tar", "-x", "-C", folder, "--wildcards", "--occurrence=1",
             "--no-same-owner", "--transform", "s,.*/,,",
             f"*/vmlinux-{kernel.release}",
             *(f"*/{kernel.release}/kernel/{path}" for path in wanted)],
            what, UNPACK_LIMIT,
            lambda: note(what, f"{_size_mb(folder) - (deb.stat().st_size >> 20)} MB"))
        (folder / f"vmlinux-{kernel.release}").rename(folder / "vmlinux")

    def _install(self, folder: pathlib.Path) -> None:
        kernel = self.kernel
        held = sorted(_plain(file.name) for file in folder.glob("*.ko"))
        kernel.debug_stamp.unlink(missing_ok=True)
        shutil.rmtree(kernel.debug, ignore_errors=True)
        folder.rename(kernel.debug)
        cache.write(kernel.debug_stamp, "\n".join(held) + "\n")

    def give_up(self) -> None:
        self.given_up = True
        self.image_ready.set()

    def finish(self) -> None:
        """Wait for the symbols; raises what went wrong."""
        self.image_ready.set()
        if self.ident:
            # In slices, so that the main thread still sees signals.
            while self.is_alive():
                self.join(0.2)
        if isinstance(self.error, Failed):
            raise Failed(f"{self.error}\n  (--refresh looks for a newer "
                         "kernel, when this one has left the mirror)")
        if self.error:
            raise self.error


def _size_mb(folder: pathlib.Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir()) >> 20


def cached(series: str) -> "Kernel | None":
    """The kernel in use, when it is in the cache already."""
    if series not in SERIES and series not in BUILT:
        raise Failed(f"no kernel {series}; there are: "
                     f"{', '.join([*SERIES, *BUILT])}")
    return _current(series)


def get(series: str, names: list[str], refresh: bool = False):
    """The kernel of a series, and a Debug that has or fetches its symbols.

    A kernel that is in the cache stays in use until a refresh is asked for,
    so that cores stay valid and need no network.
    """
    suites = SERIES[series].indexes()
    with cache.lock("kernel-" + series):
        kernel = cached(series)
        if kernel and not refresh:
            debug = Debug(suites, kernel, names)
            debug.image_ready.set()
            if not kernel.has_debug(names):
                suites.update()
                debug.start()
            return kernel, debug
        return _newest(suites, series, names, refresh)


def _newest(suites: apt.Suites, series: str, names: list[str],
            refresh: bool):
    """The newest kernel whose image and symbols can both be had."""
    suites.update(refresh)
    for release, version in candidates(suites, series):
        kernel = Kernel(series, release, version)
        debug = Debug(suites, kernel, names)
        if kernel.of.symbols:
            debug.start()
        there = kernel.vmlinuz.exists() or _fetch_image(suites, kernel)
        # A package that vanished from the mirror fails at once, well before
        # the image is there.
        if there and not debug.error:
            debug.image_ready.set()
            cache.write(kernel.dir.parent / "current", kernel.dir.name)
            return kernel, debug
        debug.give_up()
        steps.say(f"{release} {version} cannot be had; trying an older one")
    if not refresh:
        # The index may be a day old, and the mirror has moved on.
        return _newest(suites, series, names, refresh=True)
    raise Failed(f"no kernel {series} can be downloaded")


def end_fetches() -> None:
    """Let fetches clean up after their children were ended."""
    for thread in threading.enumerate():
        if isinstance(thread, Debug):
            thread.give_up()
            thread.join(10)
