# SPDX-License-Identifier: GPL-2.0-or-later
"""What differs from one machine to the next: QEMU, Debian's names, compilers."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Machine:
    name: str                   # Debian's
    qemu: tuple[str, ...]       # the emulator and the board
    cpu: str
    console: str                # the guest's first serial port
    triplet: str                # in front of the compiler's name, and a folder's
    kbuild: tuple[str, ...]     # what makes a module for it
    packages: tuple[str, ...]   # what the lab's host needs for it
    loader_folder: str          # where programs expect the dynamic loader
    emulator: tuple[str, ...] = ()  # what runs its programs on the lab's host

    @property
    def cc(self) -> str:
        return "gcc" if self.name == "amd64" else f"{self.triplet}-gcc"


AMD64 = Machine(
    name="amd64",
    qemu=("qemu-system-x86_64",), cpu="max", console="ttyS0",
    triplet="x86_64-linux-gnu", kbuild=("CC=gcc",),
    packages=("qemu-system-x86",), loader_folder="lib64")

ARM64 = Machine(
    name="arm64",
    qemu=("qemu-system-aarch64", "-machine", "virt"), cpu="cortex-a57",
    console="ttyAMA0",
    triplet="aarch64-linux-gnu",
    kbuild=("ARCH=arm64", "CROSS_COMPILE=aarch64-linux-gnu-",
            "CC=aarch64-linux-gnu-gcc"),
    packages=("qemu-system-arm", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"),
    loader_folder="lib", emulator=("qemu-aarch64-static",))

# Pointer authentication, BTI, 52 bits; it takes 2.6 times as long.
ARM64_MAX = dataclasses.replace(ARM64, cpu="max")
# A Cortex-A57 has no pages of 16 KiB: such a kernel says nothing there, and never boots.
ARM64_A76 = dataclasses.replace(ARM64, cpu="cortex-a76")
