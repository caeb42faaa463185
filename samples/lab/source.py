# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's source of a kernel: of the very version that a guest runs."""

import pathlib
import shutil

import apt
import cache
import kernel as kernels
import proc
from steps import step

DRM_VIRTIO = "drivers/gpu/drm/virtio"


def unpack(series: str, version: str, folder: pathlib.Path,
           part: str = "") -> None:
    """The source, or just one folder of it, into a folder that exists."""
    suites = kernels.SERIES[series].indexes()
    base = ".".join(version.split(".")[:2])
    suites.update()
    what = f"kernel source {version}"
    package = folder / "package"
    with step(what):
        [deb] = suites.download([f"linux-source-{base}={version}"], folder,
                                what, 300)
        apt.unpack(deb, package, what)
        deb.unlink()
        proc.run(["tar", "-x", "-C", folder, "--strip-components=1",
                  "--no-same-owner", "-f",
                  package / "usr" / "src" / f"linux-source-{base}.tar.xz",
                  "--wildcards", f"*/{part}*" if part else "*"], what, 300)
        shutil.rmtree(package)


def drm_virtio(kernel) -> pathlib.Path:
    """The sources of virtio-gpu.ko, kept beside the kernel."""
    if kernel.series in kernels.BUILT:
        return kernel.dir / "tree" / DRM_VIRTIO
    folder = kernel.dir / "drm-virtio"
    with cache.lock("source-" + kernel.series):
        if not folder.exists():
            with cache.building(folder) as new:
                unpack(kernel.series, kernel.version, new, DRM_VIRTIO + "/")
    return folder / DRM_VIRTIO
