# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel modules built for a guest's kernel: the lab's own, and a
virtio-gpu with a bug put in.

Debian's headers of that kernel are unpacked into the cache, never installed:
the one path in them that expects that is rewritten. The host's gcc need not
be the one that built the kernel.
"""

import dataclasses
import pathlib
import re
import shlex
import shutil

import apt
import cache
import guest
import kernel as kernels
import proc
import source
from steps import Failed, step

# The folder in guest/ of each, and what it builds; virtio-gpu's is Debian's.
(FAULTS, LEAKS, BREAKS, EARLY, WORKS, FENCE, WAITS, CPUS, INSIDE, GPU, VARY, SPILL,
 BESIDE, ASIDE) = ("module", "leaks", "breaks", "early", "works", "fence", "waits", "cpus",
            "inside", "gpu", "vary", "spill", "beside", "aside")
KO = {FAULTS: "vgpu_lab.ko", LEAKS: "vgpu_leak.ko", BREAKS: "vgpu_break.ko",
      EARLY: "vgpu_early.ko", WORKS: "vgpu_works.ko", FENCE: "vgpu_fence.ko",
      WAITS: "vgpu_waits.ko", CPUS: "vgpu_cpus.ko",
      INSIDE: "vgpu_inside.ko", GPU: "virtio-gpu.ko", VARY: "vary.ko",
      SPILL: "spill.ko", BESIDE: "vgpu_beside.ko", ASIDE: "vgpu_aside.ko"}


def sources(name: str) -> list[pathlib.Path]:
    return [guest.HERE / name / file for file in
            ("Makefile", KO[name].removesuffix(".ko") + ".c")]


def _packages(kernel) -> dict[str, list[str]]:
    """By whose machine each is: what builds runs here."""
    names = {kernel.machine.name: [f"linux-headers-{kernel.release}",
                                   f"linux-headers-{_common(kernel)}"]}
    names.setdefault("amd64", []).append(f"linux-kbuild-{_kbuild(kernel)}")
    return {arch: [f"{name}={kernel.version}" for name in group]
            for arch, group in names.items()}


def _common(kernel) -> str:
    """6.1.0-57-common, and of 6.1.0-57-rt-amd64 6.1.0-57-common-rt."""
    release, rt, _ = kernel.release.partition("-rt-")
    return f"{release}-common-rt" if rt else f"{release.rpartition('-')[0]}-common"


def _kbuild(kernel) -> str:
    """Since 6.12 the package is named after the release."""
    if kernel.of.base in ("5.10", "6.1"):
        return kernel.of.base
    return kernel.release.rpartition("-")[0]


def _folder(kernel) -> pathlib.Path:
    return kernel.dir / "headers"


def _headers(kernel) -> pathlib.Path:
    """The folder to build in, of this very kernel."""
    if kernel.series in kernels.BUILT:
        return kernel.dir / "tree"
    folder = _folder(kernel)
    build = folder / "usr" / "src" / f"linux-headers-{kernel.release}"
    with cache.lock("headers-" + kernel.series):
        if folder.exists():
            return build
        what = f"kernel headers {kernel.release}"
        with step(what), cache.building(folder) as new:
            for arch, packages in _packages(kernel).items():
                suites = kernel.of.indexes(arch)
                suites.update()
                for deb in suites.download(packages, new, what, 300):
                    apt.unpack(deb, new, what)
                    deb.unlink()
            _with_own_libraries(kernel, new, folder)
            makefile = new / build.relative_to(folder) / "Makefile"
            text = makefile.read_text()
            if "include /usr/src/" not in text:
                raise Failed(f"{makefile}: not the form that is expected")
            cache.write(makefile, text.replace("/usr/src/", f"{folder}/usr/src/"))
    return build


def _with_own_libraries(kernel, new: pathlib.Path, folder: pathlib.Path) -> None:
    """linux-kbuild's programs, and pahole, run with the libraries of their own suite.

    A script in the place of each, so that they find each other as before.
    """
    suites = kernel.of.programs
    programs = apt.unpacked(apt.Suites(*suites), f"kbuild-{suites[0]}", ["pahole"])
    loader, *libraries = apt.loader(programs)

    def script(file: pathlib.Path, program: pathlib.Path) -> None:
        words = [*libraries, str(program)]
        file.write_text(f'#!/bin/sh\nexec {shlex.quote(loader)} --argv0 "$0" '
                        f'{shlex.join(words)} "$@"\n')
        file.chmod(0o755)

    for file in [*new.glob("usr/lib/linux-kbuild-*/**/*")]:
        if guest.is_elf(file) and not file.is_symlink():
            program = file.rename(file.with_name(file.name + ".elf"))
            script(file, folder / program.relative_to(new))
    script(new / "pahole", programs / "usr/bin/pahole")


def _make(kernel, folder: pathlib.Path, name: str) -> pathlib.Path:
    # BUG() and WARN() print the file's name: not where this machine has it.  The kernel's
    # own compiler may know options that the one here does not: gcc 14 has this one.
    proc.run(["make", "-C", _headers(kernel), f"M={folder}", *kernel.machine.kbuild,
              f"KCFLAGS=-ffile-prefix-map={folder}/=",
              "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=",
              f"PAHOLE={_folder(kernel) / 'pahole'}", "modules"],
             f"{name} for {kernel.release}", 300)
    return folder / name


@dataclasses.dataclass(frozen=True)
class Patch:
    """A bug of virtio-gpu.ko: what is put in place of a regex's one match."""
    file: str
    pattern: str
    replacement: str

    def apply(self, folder: pathlib.Path) -> None:
        path = folder / self.file
        text, count = re.subn(self.pattern, self.replacement, path.read_text())
        if count != 1:
            raise Failed(f"{self.file}: {count} places to patch, not one")
        path.write_text(text)


# A bug may take several.
PATCHES: dict[str, Patch | tuple[Patch, ...]] = {
    # As it was from 5.0 to 5.8: 8b6ec999b198 added the line.
    "fence-leak": Patch(
        "virtgpu_ioctl.c",
        r"(virtio_gpu_cmd_submit\([^;]*;\n)\tdma_fence_put\(&out_fence->f\);\n",
        r"\1"),
    # Commands are added and the device is not told, from when it is asked for.
    "not-kicked": Patch(
        "virtgpu_vq.c",
        r"(void virtio_gpu_notify\(struct virtio_gpu_device \*vgdev\)\n"
        r"\{\n\tbool notify;\n\n\tif \()",
        r"static bool lab_mute;\nmodule_param(lab_mute, bool, 0600);\n\n\1lab_mute || "),
    # An answer that is an error signals no fence, as that of a host which does not say
    # there which fence it is for; and from when it is asked for, commands claim to be
    # longer than they are, which the host refuses.
    "fence-lost": (
        Patch("virtgpu_vq.c",
              r"if \((resp->flags & cpu_to_le32\(VIRTIO_GPU_FLAG_FENCE\))\)",
              r"if ((\1) && le32_to_cpu(resp->type) < VIRTIO_GPU_RESP_ERR_UNSPEC)"),
        Patch("virtgpu_vq.c",
              r"(void virtio_gpu_cmd_submit\([^}]*cmd_p->size = cpu_to_le32\(data_size)",
              r"static uint lab_longer;\nmodule_param(lab_longer, uint, 0600);\n\n"
              r"\1 + lab_longer")),
    # Blobs can be mapped, into nowhere, and the command that asks the host for it is
    # never sent.
    "map-lost": (
        Patch("virtgpu_kms.c",
              r"if \(virtio_has_feature\(vgdev->vdev, VIRTIO_GPU_F_RESOURCE_BLOB\)\)",
              r"vgdev->has_host_visible = true;\n"
              r"\tdrm_mm_init(&vgdev->host_visible_mm, 0, 1ul << 30);\n\tif (true)"),
        Patch("virtgpu_vq.c",
              r"(VIRTIO_GPU_CMD_RESOURCE_MAP_BLOB\);\n[^}]*vbuf->objs = objs;\n\n)"
              r"\tvirtio_gpu_queue_ctrl_buffer\(vgdev, vbuf\);",
              r"\1\tfree_vbuf(vgdev, vbuf);")),
}


# The same of drivers that have virtgpu_submit.c, which is so since 6.4.
SUBMIT_PATCHES = {
    "fence-leak": Patch(
        "virtgpu_submit.c",
        r"\tif \(submit->out_fence\)\n\t\tdma_fence_put\(&submit->out_fence->f\);\n",
        r""),
}


# What 7.x wants otherwise of the lab's own modules.  Not in their text, which is a part of
# every core's recipe.
SINCE_7 = {
    WAITS: tuple(Patch("vgpu_waits.c", rf"list_empty\(&{lock}\.wait_list\)", f"!{lock}.first_waiter")
                 for lock in ("waits_mutex", "waits_rwsem", "waits_semaphore")),
    FENCE: (Patch("vgpu_fence.c", r"return (dma_fence_signal\(&lab_fence\);)",
                  r"\1\n\treturn 0;"),),
    BREAKS: (Patch("vgpu_break.c", r"(lab_is_virtio\(struct device \*dev, )void", r"\1const void"),),
}


def later(kernel, name: str) -> tuple[Patch, ...]:
    return SINCE_7.get(name, ()) if kernel.of.base == "7" else ()


def build(kernel, folder: pathlib.Path, name: str) -> pathlib.Path:
    """A module of the lab with its debug information, in a new folder."""
    folder.mkdir()
    for file in sources(name):
        shutil.copy(file, folder)
    for patch in later(kernel, name):
        patch.apply(folder)
    return _make(kernel, folder, KO[name])


def build_driver(kernel, folder: pathlib.Path, driver) -> pathlib.Path:
    """The module of parts under another name."""
    return _build_named(kernel, folder, VARY, driver.name, {"VARY_HEAP": driver.heap})


def build_spill(kernel, folder: pathlib.Path, spill) -> pathlib.Path:
    """The driver that loses objects, of another size and under another name."""
    return _build_named(kernel, folder, SPILL, spill.name,
                        {"SPILL_SIZE": spill.size, "SPILL_OWN": spill.own})


def _build_named(kernel, folder: pathlib.Path, what: str, name: str,
                 words: dict[str, int]) -> pathlib.Path:
    """So are its file and its functions."""
    folder.mkdir()
    for file in sources(what):
        text = file.read_text().replace(what, name)
        for word, number in words.items():
            text = text.replace(word, str(int(number)))
        (folder / file.name.replace(what, name)).write_text(text)
    return _make(kernel, folder, f"{name}.ko")


def build_gpu(kernel, folder: pathlib.Path, patch: str) -> pathlib.Path:
    """virtio-gpu.ko with a bug, in a new folder."""
    shutil.copytree(source.drm_virtio(kernel), folder)
    patches = PATCHES[patch]
    if (folder / "virtgpu_submit.c").exists():
        patches = SUBMIT_PATCHES.get(patch, patches)
    for one in patches if isinstance(patches, tuple) else (patches,):
        one.apply(folder)
    # Tracepoints are included by a path that holds in the kernel's tree only.
    Patch("virtgpu_trace.h", r"(#define TRACE_INCLUDE_PATH) .*", r"\1 .") \
        .apply(folder)
    with open(folder / "Makefile", "a", encoding="ascii") as makefile:
        makefile.write("\nccflags-y += -I$(src)\n")
    return _make(kernel, folder, KO[GPU])
