# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole Debian as a guest: an image that boots from its own disk.

    debian/RELEASE_VERSION/     disk.img  (GRUB, systemd, Xorg, that kernel)

Built once by debootstrap and kept; a guest writes to a snapshot of it. Its
kernel is the lab's, so that the debug symbols are at hand.
"""

import hashlib
import pathlib
import re
import shlex
import shutil
import socket
import time
from typing import BinaryIO

import apt
import cache
import kernel as kernels
import proc
import qmp
import steps
from scenarios import SCENARIOS
from steps import Failed, note, step

SUITE = "bookworm"
SERIES = "6.1"
# What the lab's host needs for it, besides the lab's own packages.
PACKAGES = ["debootstrap", "e2fsprogs", "fdisk"]

BASE = ["systemd-sysv", "udev", "kmod", "procps", "initramfs-tools", "zstd"]
# A desktop as far as a hang needs one: an X server, and a client to draw.
INSTALLED = ["grub2-common", "grub-pc-bin", "pciutils", "xserver-xorg-core",
             "x11-xserver-utils", "perl", "file", "ucf", "busybox"]
# Downloaded, not installed: the guest installs them itself, without network.
FETCHED = ["kdump-tools", "makedumpfile"]

DISK_MB = 4096
START_MB = 1
ROOT = "/dev/vda1"
BOOT_LIMIT = 400
CONSOLE_LINES = 25

# From then on the console holds answers and nothing else: no prompt, no echo, no
# escape codes of a line editor, no word on jobs.
QUIET_SHELL = ("stty -echo; exec env TERM=dumb DEBIAN_FRONTEND=noninteractive "
               "PS1= PS2= sh +m")

FILES = {
    "etc/fstab": f"{ROOT} / ext4 errors=remount-ro 0 1\n",
    "etc/hostname": "customer\n",
    "etc/default/grub": """\
GRUB_TIMEOUT=0
GRUB_CMDLINE_LINUX_DEFAULT=""
GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0"
GRUB_TERMINAL=serial
GRUB_DISABLE_OS_PROBER=true
""",
    # What this machine needs and no more: an initramfs is made in the guest too,
    # and GRUB reads it through the BIOS.
    "etc/initramfs-tools/conf.d/modules": "MODULES=list\n",
    "etc/initramfs-tools/modules": "virtio_pci\nvirtio_blk\next4\n",
    # No GL: the server paints itself, which is what the driver then shows.
    "etc/X11/xorg.conf": """\
Section "Device"
    Identifier "gpu"
    Driver "modesetting"
    Option "AccelMethod" "none"
EndSection
""",
}


def _recipe(kernel) -> str:
    parts = ["2", SUITE, kernel.release, kernel.version, *BASE, *INSTALLED,
             *FETCHED, str(DISK_MB), *FILES, *FILES.values()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def kernel_with_symbols():
    """The guest's kernel; its Debug may still be fetching the symbols."""
    names = sorted({module for scenario in SCENARIOS.values()
                    for module in scenario.modules()})
    return kernels.get(SERIES, names)


def image(kernel) -> pathlib.Path:
    """The disk of an installed Debian with this kernel."""
    folder = cache.root() / "debian" / kernel.dir.name
    with cache.lock("debian-" + kernel.series):
        recipe = _recipe(kernel)
        if not _is_current(folder, recipe):
            with cache.building(folder) as new:
                _build(kernel, new)
                (new / "recipe").write_text(recipe + "\n")
    return folder / "disk.img"


def _is_current(folder: pathlib.Path, recipe: str) -> bool:
    try:
        return (folder / "recipe").read_text().strip() == recipe
    except OSError:
        return False


def _build(kernel, new: pathlib.Path) -> None:
    root = new / "root"
    main, security = apt.mirrors()
    with step("debian: debootstrap"):
        proc.run(["debootstrap", "--variant=minbase",
                  "--include=" + ",".join(BASE), SUITE, root, main],
                 "debootstrap", 600)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    with step("debian: packages"):
        cache.write(root / "etc/apt/sources.list",
                    f"deb {main} {SUITE} main\n"
                    f"deb {security} {SUITE}-security main\n")
        _install(root, kernel)
    in_root(root, ["passwd", "--delete", "root"], "passwd", 20)
    with step("debian: disk"):
        _write_disk(root, new / "disk.img")
    _install_grub(kernel, root, new)
    shutil.rmtree(root)


# What the packages need that are tested in a chroot.
CHROOT = ["crash", "python3", "bash", "busybox"]


def copy_of_chroot(folder: pathlib.Path) -> None:
    """A small Debian to change root into; made once, copied each time."""
    kept = cache.root() / "debian" / "chroot.tar"
    with cache.lock("debian-chroot"):
        if not kept.exists():
            main, _ = apt.mirrors()
            new = kept.with_suffix(".new")
            kept.parent.mkdir(parents=True, exist_ok=True)
            with step("debian: debootstrap of a chroot"):
                proc.run(["debootstrap", "--variant=minbase",
                          "--include=" + ",".join(CHROOT), SUITE, folder, main],
                         "debootstrap", 600)
                in_root(folder, ["apt-get", "clean"], "apt-get clean", 60)
                proc.run(["tar", "-C", folder, "-cf", new, "."], "tar", 120)
                shutil.rmtree(folder)
            new.rename(kept)
    folder.mkdir()
    proc.run(["tar", "-C", folder, "-xf", kept], "tar", 120)


def in_root(root: pathlib.Path, argv, what: str, limit: float) -> str:
    return proc.run(["chroot", root, "env", "-i", "HOME=/root", "LC_ALL=C",
                     "DEBIAN_FRONTEND=noninteractive",
                     "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *argv],
                    what, limit)


def _install(root: pathlib.Path, kernel) -> None:
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    # No service shall start here.
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    in_root(root, ["apt-get", "update"], "apt-get update", 180)
    in_root(root, ["apt-get", "install", "-y", "--no-install-recommends",
                   f"linux-image-{kernel.release}={kernel.version}",
                   *INSTALLED], "apt-get install", 600)
    in_root(root, ["apt-get", "clean"], "apt-get clean", 60)
    in_root(root, ["apt-get", "install", "-y", "--no-install-recommends",
                   "--download-only", *FETCHED], "apt-get --download-only", 300)
    policy.unlink()
    (root / "etc/resolv.conf").unlink()


def _write_disk(root: pathlib.Path, disk: pathlib.Path) -> None:
    with open(disk, "wb") as file:
        file.truncate(DISK_MB << 20)
    table = disk.with_name("table")
    table.write_text(f"label: dos\nstart={START_MB}MiB, type=83, bootable\n")
    with open(table, "rb") as stdin:
        proc.run(["sfdisk", "--quiet", disk], "sfdisk", 60, stdin=stdin)
    table.unlink()
    # No mount, no loop device: a container may have neither.
    proc.run(["mke2fs", "-q", "-t", "ext4", "-d", root,
              "-E", f"offset={START_MB << 20},lazy_itable_init=1",
              disk, f"{DISK_MB - 2 * START_MB}M"], "mke2fs", 300)


def _install_grub(kernel, root: pathlib.Path, new: pathlib.Path) -> None:
    """The one time that the kernel does not come from the disk."""
    direct = ["-kernel", str(kernel.vmlinuz),
              "-initrd", str(root / f"boot/initrd.img-{kernel.release}"),
              "-append", f"root={ROOT} ro console=ttyS0"]
    with Guest(new / "disk.img", new / "console.log", direct,
               snapshot=False) as guest:
        guest.login()
        with step("debian: grub-install"):
            guest.run("grub-install /dev/vda && update-grub", 180)
        guest.power_off()
    (new / "console.log").unlink()


class Guest:
    """A Debian that runs, and a root shell on its serial console."""

    def __init__(self, disk, log, more=(), snapshot=True, share=None):
        self._console, theirs = socket.socketpair()
        self._log: BinaryIO = open(log, "wb")
        self._seen = b""
        self._marks = 0
        self.monitor = qmp.Monitor()
        self._child = proc.start(
            [*_arguments(disk, snapshot, share), *more,
             "-chardev", f"socket,id=console,fd={theirs.fileno()}",
             "-serial", "chardev:console", *self.monitor.arguments()],
            pass_fds=[theirs.fileno(), *self.monitor.inherited()])
        theirs.close()

    def __enter__(self):
        self.monitor.connect()
        return self

    def __exit__(self, *_exception):
        proc.end(self._child)
        self.monitor.close()
        self._console.close()
        self._log.close()

    def expect(self, pattern: str, what: str, limit: float) -> str:
        """What the console said up to and with the pattern."""
        stop = time.monotonic() + limit
        while True:
            match = re.search(pattern.encode(), self._seen)
            if match:
                text = self._seen[:match.end()]
                self._seen = self._seen[match.end():]
                return text.decode(errors="replace")
            if time.monotonic() > stop:
                raise Failed(f"{what}: not done after {limit:.0f} s\n"
                             + self._tail())
            if not self._read():
                raise Failed(f"{what}: the guest ended\n" + self._tail())
            last = self._seen.rstrip().rsplit(b"\n", 1)[-1]
            note(what, last.decode(errors="replace").strip()[:60])

    def _read(self) -> bool:
        self._console.settimeout(0.5)
        try:
            data = self._console.recv(65536)
        except TimeoutError:
            return True
        self._log.write(data)
        self._log.flush()
        self._seen += data.replace(b"\r", b"")
        return bool(data)

    def _tail(self) -> str:
        lines = self._seen.decode(errors="replace").split("\n")
        return "\n".join("  | " + steps.escape(line)[:160]
                         for line in lines if line)[-CONSOLE_LINES * 160:]

    def type(self, line: str) -> None:
        self._console.sendall(line.encode() + b"\n")

    def login(self, what: str = "debian: boot") -> None:
        with step(what):
            self.expect(r"login: $", what, BOOT_LIMIT)
            self.type("root")
            self.expect(r"# $", what, 60)
            self.type("dmesg --console-off; " + QUIET_SHELL)
            self.run("true", 60)

    def ask(self, command: str, limit: float = 60) -> tuple[int, str]:
        """Type a command; its exit status, and what it printed."""
        self._marks += 1
        mark = f"@{self._marks}@"
        # Nothing for the command to read: it would eat what is typed after it.
        # In two halves, so that an echo is not taken for the answer.
        self.type(f"eval {shlex.quote(command)} </dev/null; "
                  f"printf '%s%s\\n' '{mark}' \"$?@\"")
        text = self.expect(mark + r"\d+@\n", command[:40], limit)
        *lines, last = text.rstrip("\n").split("\n")
        output, status = last.split(mark)
        return int(status[:-1]), "\n".join([*lines, output])

    def run(self, command: str, limit: float = 60) -> str:
        status, output = self.ask(command, limit)
        if status:
            raise Failed(f"{command}: status {status}\n{steps.escape(output)}")
        return output

    def reboot(self, what: str) -> None:
        self.type("systemctl reboot")
        self.login(what)

    def power_off(self) -> None:
        what = "debian: power off"
        self.type("systemctl poweroff")
        with step(what):
            stop = time.monotonic() + 120
            # A console that nobody reads would hold it up.
            while self._read():
                if time.monotonic() > stop:
                    raise Failed(f"{what}: not done\n" + self._tail())
            proc.wait(self._child, what, 30)


def _arguments(disk, snapshot: bool, share) -> list[str]:
    """As virt-manager would define it; TCG for the reason that qemu.py has."""
    words = [
        "qemu-system-x86_64", "-nodefaults", "-no-user-config",
        "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2",
        "-m", "2048", "-display", "none", "-monitor", "none",
        "-device", "virtio-vga", "-device", "vmcoreinfo",
        "-drive", f"file={str(disk).replace(',', ',,')},format=raw,if=virtio,"
                  f"cache=unsafe,snapshot={'on' if snapshot else 'off'}",
    ]
    if share:
        words += ["-virtfs", f"local,path={str(share).replace(',', ',,')},"
                             "mount_tag=host,security_model=none,"
                             "multidevs=remap"]
    return words
