# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel built from Debian's source, with what hunts leaks switched on.

    kernels/SERIES/RELEASE_VERSION+CONFIG/
        image/ debug/   as of a kernel that comes in packages
        tree/           what modules are built with, and virtio-gpu's source
"""

import hashlib
import os
import pathlib
import shutil

import cache
import kernel as kernels
import proc
import source
from steps import Failed, step

CONFIG = pathlib.Path(__file__).resolve().parent / "debug.config"
# Its build needs more than the lab does otherwise.
PACKAGES = ["flex", "bison", "bc", "libelf-dev"]
BUILD_LIMIT = 3 * 3600
SUFFIX = "-debug"


def get(series: str, refresh: bool):
    """The kernel of a series in kernels.BUILT, built when need be."""
    with cache.lock("kernel-" + series):
        kernel = kernels.cached(series)
        if not kernel or refresh or not kernel.version.endswith(config_id()):
            kernel = _kernel(series, refresh)
            if not kernel.vmlinuz.exists():
                with cache.building(kernel.dir) as new:
                    _build(kernel, new)
            cache.write(kernel.dir.parent / "current", kernel.dir.name)
    return kernel


def config_id() -> str:
    return "+" + hashlib.sha256(CONFIG.read_bytes()).hexdigest()[:8]


def _kernel(series: str, refresh: bool) -> kernels.Kernel:
    """The newest source, and what its kernel will be called."""
    base = kernels.BUILT[series]
    suites = kernels.SERIES[base].indexes()
    suites.update(refresh)
    _, version = kernels.candidates(suites, base)[0]
    release = version.rpartition("-")[0] + SUFFIX
    return kernels.Kernel(series, release, version + config_id())


def _build(kernel, new: pathlib.Path) -> None:
    tree = new / "tree"
    tree.mkdir()
    source.unpack(kernels.BUILT[kernel.series],
                  kernel.version.rpartition("+")[0], tree)
    with step(f"kernel {kernel.release}: build"):
        _make(tree, f"KCONFIG_ALLCONFIG={CONFIG}", "allnoconfig")
        _expect_config(tree / ".config")
        _make(tree, "bzImage", "modules")
        release = (tree / "include/config/kernel.release").read_text().strip()
        if release != kernel.release:
            raise Failed(f"the kernel is called {release}")
        _install(tree, new, release)
    _prune(tree)


def _make(tree: pathlib.Path, *arguments: str) -> None:
    # The machine has other work, and a guest is easily too slow.
    proc.run(["nice", "-n", "19", "make", "-s", "-C", tree,
              f"-j{os.cpu_count()}", "KBUILD_BUILD_USER=lab",
              "KBUILD_BUILD_HOST=lab", *arguments],
             f"make {arguments[-1]}", BUILD_LIMIT)


def _expect_config(made: pathlib.Path) -> None:
    """Whatever depends on something that is missing is dropped silently."""
    have = set(made.read_text().splitlines())
    for line in CONFIG.read_text().splitlines():
        if line.startswith("CONFIG_") and line not in have and \
                not line.endswith("=n"):
            raise Failed(f"{line} of {CONFIG.name} came to nothing")


def _install(tree: pathlib.Path, new: pathlib.Path, release: str) -> None:
    """As Debian's packages have it: stripped to load, whole to read."""
    image, debug = new / "image", new / "debug"
    (image / "boot").mkdir(parents=True)
    shutil.copy(tree / "arch/x86/boot/bzImage",
                image / "boot" / f"vmlinuz-{release}")
    _make(tree, f"INSTALL_MOD_PATH={image}", "INSTALL_MOD_STRIP=1",
          "modules_install")
    debug.mkdir()
    for file in [tree / "vmlinux", *tree.rglob("*.ko")]:
        shutil.copy(file, debug / file.name)


def _prune(tree: pathlib.Path) -> None:
    """Leave what the build of a module reads, and virtio-gpu's source."""
    keep = [tree / name for name in ("scripts", "tools", source.DRM_VIRTIO)]
    for file in tree.rglob("*"):
        if file.is_file() and not file.is_symlink() and \
                file.suffix in (".c", ".S", ".o", ".a", ".ko", ".cmd") and \
                not any(folder in file.parents for folder in keep):
            file.unlink()
    for name in ("Documentation", "vmlinux", "arch/x86/boot/bzImage",
                 "vmlinux.o"):
        path = tree / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
