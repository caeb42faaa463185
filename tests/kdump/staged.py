# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine below a folder, for vgpu-kdump-check to look at.

What it reads is staged as files; what only a command tells (uname, id, df,
systemctl, makedumpfile, apt-cache) is a program of that name, first in PATH.
A new Machine is a Debian 12 desktop guest on which all is well.
"""

import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSION = re.search(r"\((.*)\)", (ROOT / "debian/changelog").read_text())[1]
CHECK = ROOT / "kdump" / "vgpu-kdump-check"
SHELLS = {"dash": ["dash"], "busybox": ["busybox", "sh"]}


def _applets() -> str:
    """A folder of busybox's programs, so that its shell has no others."""
    folder = tempfile.mkdtemp(prefix="vgpu-busybox-")
    atexit.register(shutil.rmtree, folder)
    busybox = shutil.which("busybox")
    for name in subprocess.check_output([busybox, "--list"], text=True).split():
        os.symlink(busybox, os.path.join(folder, name))
    return folder


TOOLS = {"dash": "/usr/bin:/bin", "busybox": _applets() + ":/usr/bin:/bin"}
RELEASE = "6.1.0-56-amd64"

OS_RELEASE = """\
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
"""

MEMINFO = """\
MemTotal:        {total} kB
MemFree:         {free} kB
Active(anon):     200000 kB
Inactive(anon):   100000 kB
Active(file):     300000 kB
Inactive(file):   300000 kB
Unevictable:           0 kB
"""
KDUMP_TOOLS = """\
# USE_KDUMP=0 is a comment
USE_KDUMP=1
KDUMP_COREDIR="/var/crash"
#MAKEDUMP_ARGS="-c -d 31"
"""
SWITCHES = {
    "kernel.hung_task_panic": 1, "kernel.hung_task_timeout_secs": 60,
    "kernel.softlockup_panic": 1, "kernel.panic_on_oops": 1,
    "kernel.panic": 10, "kernel.sysrq": 1, "kernel.panic_on_warn": 0,
    "vm.panic_on_oom": 0, "kernel.unknown_nmi_panic": 0,
    "kernel.hung_task_check_count": 4194304, "kernel.watchdog": 1,
    "kernel.soft_watchdog": 1, "kernel.watchdog_thresh": 10,
    "kernel.kexec_load_disabled": 0,
}


class Machine:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="vgpu-kdump-")
        self.root = pathlib.Path(self._folder.name) / "root"
        self.bin = pathlib.Path(self._folder.name) / "bin"
        self._stage()

    def close(self):
        self._folder.cleanup()

    def _stage(self):
        self.write("/proc/cmdline", "BOOT_IMAGE=/vmlinuz quiet crashkernel=256M")
        self.write("/proc/cpuinfo", "flags\t\t: fpu hypervisor\n")
        self.memory(total_mb=2048, free_mb=600)
        self.write("/sys/kernel/kexec_crash_size", 256 << 20)
        self.write("/sys/kernel/kexec_crash_loaded", 1)
        for name, value in SWITCHES.items():
            self.live(name, value)
        self.write("/usr/lib/sysctl.d/60-vgpu-panic.conf",
                   (ROOT / "kdump/60-vgpu-panic.conf").read_text())
        self.write(f"/boot/config-{RELEASE}",
                   "CONFIG_DETECT_HUNG_TASK=y\nCONFIG_SOFTLOCKUP_DETECTOR=y\n"
                   "# CONFIG_DEBUG_KMEMLEAK is not set\n")
        self.write("/sys/bus/virtio/devices/virtio0/device", "0x0010")
        self.write("/sys/bus/virtio/devices/virtio0/driver/bind", "")
        self.write("/sys/firmware/qemu_fw_cfg/by_name/etc/vmcoreinfo/raw", "")
        self.write("/sys/kernel/slab/kmalloc-128/store_user", 0)
        self.write("/etc/default/kdump-tools", KDUMP_TOOLS)
        self.write("/etc/os-release", OS_RELEASE)
        self.write("/etc/debian_version", "")
        self.write("/etc/default/grub", "")
        for folder in ("var/crash", "run/systemd/system"):
            (self.root / folder).mkdir(parents=True)
        self.command("uname", f'[ "$1" = -m ] && echo x86_64 || echo {RELEASE}')
        self.command("id", "echo 0")
        self.command("systemctl", '[ "$1" != is-enabled ] || echo enabled')
        self.command("apt-cache", f'[ "$2" = linux-image-{RELEASE}-dbg ] && '
                                  'echo Package: "$2"')
        self.makedumpfile("1.7.2")
        self.free_disk(8 << 20)

    def write(self, path, text):
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n" if not str(text).endswith("\n") else text)

    def remove(self, path):
        (self.root / path.lstrip("/")).unlink()

    def live(self, name, value):
        """The value of a sysctl in the running kernel."""
        self.write("/proc/sys/" + name.replace(".", "/"), value)

    def forget(self, name):
        self.remove("/proc/sys/" + name.replace(".", "/"))

    def memory(self, total_mb, free_mb):
        self.write("/proc/meminfo", MEMINFO.format(total=total_mb << 10,
                                                   free=free_mb << 10))

    def command(self, name, script):
        self.bin.mkdir(exist_ok=True)
        file = self.bin / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def makedumpfile(self, version):
        self.command("makedumpfile", f"""\
echo 'makedumpfile: version {version} (released on 20 Oct 2022)'
printf 'lzo\\tenabled\\nsnappy\\tdisabled\\nzstd\\tdisabled\\n'""")

    def kernel(self, release, machine="x86_64"):
        self.command("uname", f'[ "$1" = -m ] && echo {machine} || echo {release}')

    def free_disk(self, kb):
        self.command("df", f"""\
echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
echo '/dev/vda1 20000000 1000 {kb} 1% /'""")

    def check(self, shell, *options):
        """(exit status, what it printed)"""
        done = subprocess.run(
            [shutil.which(SHELLS[shell][0]), *SHELLS[shell][1:], CHECK, *options],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
            env={"PATH": f"{self.bin}:{TOOLS[shell]}", "VGPU_ROOT": str(self.root)})
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    def mend(self, check):
        """Do to this machine what a check says."""
        self.run(check["command"])

    def run(self, commands):
        """A shell's commands, with this machine's / and its programs."""
        self.command("sysctl", f"""\
set_key() {{ echo "$2" >"{self.root}/proc/sys/$(echo "$1" | tr . /)"; }}
case $1 in
-w) set_key "${{2%%=*}}" "${{2#*=}}" ;;
--system)
    cat "{self.root}"/usr/lib/sysctl.d/*.conf "{self.root}"/etc/sysctl.d/*.conf 2>/dev/null |
        sed -n 's/^\\([a-z._]*\\) *= *\\(.*\\)/\\1 \\2/p' |
        while read -r key value; do set_key "$key" "$value"; done ;;
*) exit 2 ;;
esac""")
        (self.root / "etc/sysctl.d").mkdir(exist_ok=True)
        commands = re.sub(r"(?<=[ >'])/(?=(etc|run|usr|var|sys)/)", f"{self.root}/", commands)
        subprocess.run(["dash", "-euc", commands], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL,
                       env={"PATH": f"{self.bin}:/usr/bin:/bin"})

    def report(self, shell="dash", *options):
        """The JSON document, its checks by id, with the exit status in it."""
        status, text = self.check(shell, "-j", *options)
        document = json.loads(text)
        document["exit"] = status
        document["checks"] = {check["id"]: check for check in document["checks"]}
        return document


def is_root():
    return os.geteuid() == 0
