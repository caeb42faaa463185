# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines of the distributions that people have, and what is to be said of each.

A machine is a staged.Machine (a Debian 12 desktop guest on which all is well), what
makes it another, and each line of vgpu-kdump-check that differs from WELL: its state,
what its text holds, its command.  A line that is None is not said at all.
"""

from staged import RELEASE, ROOT

LOCAL = ">>/etc/sysctl.d/60-vgpu-local.conf"
GRUB_D = ("mkdir -p /etc/default/grub.d && echo 'GRUB_CMDLINE_LINUX_DEFAULT="
          "\"$GRUB_CMDLINE_LINUX_DEFAULT' '{}\"' >/etc/default/grub.d/vgpu-{}.cfg && update-grub")
GRUB = ("echo 'GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT' '{}\"' "
        ">>/etc/default/grub && grub2-mkconfig -o /boot/grub2/grub.cfg")
GRUBBY = "grubby --update-kernel=ALL --args={}"
SLUB = "slub_debug=U,kmalloc-96,kmalloc-128"
DISABLED = '[ "$1" != is-enabled ] || { echo disabled; exit 1; }'
INSTALL_APT = "apt-get install -y --no-install-recommends kdump-tools makedumpfile"


def ok(text):
    return ("ok", text, None)


def note(text, command=None):
    return ("note", text, command)


def warn(text, command=None):
    return ("warn", text, command)


def bad(text, command=None):
    return ("bad", text, command)


def to_set(key, value):
    return f"echo '{key} = {value}' {LOCAL} && sysctl -w {key}={value}"


def choice(key, text):
    return note(f"is off. On, {text}", to_set(key, 1))


WELL = {
    "virtio-gpu": ok("virtio0 has its driver"),
    "crashkernel": ok("256 MiB are reserved, 192 needed"),
    "service": ok("kdump-tools.service is enabled"),
    "capture-kernel": ok("is loaded"),
    "core-level": ok("-d 31 keeps all that vgpu reads"),
    "makedumpfile": ok("1.7.2 does for kernel 6.1.0"),
    "room": ok("/var/crash has 8192 MiB free, 2048 MiB at the worst"),
    "hung-task-detector": ok("is in this kernel"),
    "softlockup-detector": ok("is on"),
    "kernel.hung_task_panic": ok("is 1"),
    "kernel.hung_task_timeout_secs": ok("is 60"),
    "kernel.softlockup_panic": ok("is 1"),
    "kernel.panic_on_oops": ok("is 1"),
    "kernel.panic": ok("is 10"),
    "kernel.sysrq": ok("is 1"),
    "kernel.panic_on_warn": choice("kernel.panic_on_warn", "every WARN() is a reboot with a core"),
    "vm.panic_on_oom": choice("vm.panic_on_oom", "a leak leaves a core"),
    "kernel.unknown_nmi_panic": choice("kernel.unknown_nmi_panic", "the host's inject-nmi"),
    "debuginfo": ok(f"is in the package linux-image-{RELEASE}-dbg"),
    "slab-tracking": note("off: enough for a hang", GRUB_D.format(SLUB, "slub_debug")),
    "host-dump": ok("virsh dump --memory-only"),
}

# A kernel as it starts: no file of sysctl.d says anything of it.
FRESH = {
    "kernel.hung_task_panic": bad("is 0, should be 1", to_set("kernel.hung_task_panic", 1)),
    "kernel.hung_task_timeout_secs": ok("is 120, by the kernel's own default"),
    "kernel.softlockup_panic": bad("is 0, should be 1", to_set("kernel.softlockup_panic", 1)),
    "kernel.panic_on_oops": bad("is 0, should be 1", to_set("kernel.panic_on_oops", 1)),
    "kernel.panic": warn("is 0, should be 10", to_set("kernel.panic", 10)),
    "kernel.sysrq": ok("is 1, by the kernel's own default"),
}


def fresh(machine):
    machine.remove("/usr/lib/sysctl.d/60-vgpu-panic.conf")
    for key in ("hung_task_panic", "softlockup_panic", "panic_on_oops", "panic"):
        machine.live(f"kernel.{key}", 0)
    machine.live("kernel.hung_task_timeout_secs", 120)


def no_memory(machine):
    machine.write("/proc/cmdline", "BOOT_IMAGE=/vmlinuz quiet")
    machine.write("/sys/kernel/kexec_crash_size", 0)
    machine.write("/sys/kernel/kexec_crash_loaded", 0)


def no_memory_lines(command, ask=""):
    return {"crashkernel": bad("no memory is reserved for a capture kernel" + ask, command),
            "capture-kernel": bad("no memory is reserved, see crashkernel")}


def no_kdump(machine):
    """Neither installed nor asked for."""
    no_memory(machine)
    for path in ("/etc/default/kdump-tools", "/etc/kdump.conf", "/etc/sysconfig/kdump"):
        if (machine.root / path[1:]).exists():
            machine.remove(path)
    machine.command("makedumpfile", "exit 127")


def no_kdump_lines(crashkernel, install, makedumpfile, ask=""):
    """No green about a program that is not there."""
    return {**no_memory_lines(crashkernel, ask), "service": bad("kdump is not installed", install),
            "makedumpfile": bad("is not installed", makedumpfile),
            "core-level": None, "room": None}


def system(machine, text, *files):
    """Another distribution, by its os-release, with what it has installed."""
    for path in ("/etc/default/kdump-tools", "/etc/debian_version", "/etc/default/grub"):
        machine.remove(path)
    machine.write("/etc/os-release", text)
    machine.command("apt-cache", "exit 127")
    for file in files:
        machine.write(file, "")


def types(machine):
    machine.write("/sys/kernel/btf/vmlinux", "")
    machine.write("/sys/kernel/btf/virtio_gpu", "")
    machine.write("/sys/module/virtio_gpu/initstate", "live")


def kdump_conf(machine, text=None):
    machine.write("/etc/kdump.conf", text or (ROOT / "kdump/kdump.conf").read_text())


def kdump_tools(machine, text="USE_KDUMP=1\n"):
    machine.write("/etc/default/kdump-tools", text)
    machine.write("/etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n')


MACHINES = {}


def machine(name, lines, well=None, options=()):
    """Names a machine that the function below it makes."""
    def keep(make):
        MACHINES[name] = (make, {**WELL, **(well or {}), **lines}, options)
        return make
    return keep


# ---- Debian -----------------------------------------------------------------

@machine("debian-12", {})
def _(m):
    pass


@machine("debian-12-fresh", FRESH, no_kdump_lines(
    GRUB_D.format("crashkernel=192M", "crashkernel"), INSTALL_APT,
    "apt-get install -y --no-install-recommends makedumpfile"))
def _(m):
    fresh(m)
    no_kdump(m)


BACKPORTS = "makedumpfile | 1:1.7.8-1~bpo12+1 | http://x bookworm-backports/main amd64 Packages"


@machine("debian-12-backported-kernel", {
    "makedumpfile": bad("1.7.2 drops slab pages of this kernel: it needs 1.7.6 or later",
                        "apt-get install -y makedumpfile=1:1.7.8-1~bpo12+1"),
    "debuginfo": ok("BTF); crash needs the vmlinux of this build")})
def _(m):
    m.kernel("6.12.9+bpo-amd64")
    m.command("apt-cache", f'[ "$1" = madison ] && echo "{BACKPORTS}"')
    types(m)


@machine("debian-13-older-makedumpfile", {
    "makedumpfile": warn("1.7.6 keeps free pages too of this kernel: it needs 1.7.7 or later; no "
                         "command can mend that, for no package source of this machine has one"),
    "debuginfo": warn("apt knows no linux-image-6.12.48+deb13-amd64-dbg", "apt-get update")})
def _(m):
    m.kernel("6.12.48+deb13-amd64")
    m.makedumpfile("1.7.6")
    m.command("apt-cache", "echo makedumpfile '|' 1:1.7.6-1 '|' http://x trixie/main; exit 0")


@machine("debian-custom-kernel", {
    "makedumpfile": ok("1.7.2 does for kernel 6.6.13"),
    "debuginfo": warn("no package known here has the symbols of 6.6.13-acme: keep the vmlinux")})
def _(m):
    m.kernel("6.6.13-acme")


@machine("debian-custom-kernel-built-here", {
    "makedumpfile": ok("1.7.2 does for kernel 6.6.13"),
    "debuginfo": ok("/lib/modules/6.6.13-acme/build/vmlinux")})
def _(m):
    m.kernel("6.6.13-acme")
    m.write("/lib/modules/6.6.13-acme/build/vmlinux", "")


@machine("debian-arm64-without-grub", {
    **no_memory_lines(None, "; no command is known for its boot loader: boot with crashkernel=256M"),
    "slab-tracking": note("off: enough for a hang"),
    "debuginfo": ok("is in the package linux-image-6.1.0-56-arm64-dbg")})
def _(m):
    m.remove("/etc/default/grub")
    m.kernel("6.1.0-56-arm64", "aarch64")
    m.command("apt-cache", '[ "$2" = linux-image-6.1.0-56-arm64-dbg ] && echo Package: "$2"')
    no_memory(m)


@machine("debian-without-systemd", {"service": ok("kdump-tools.service is enabled")})
def _(m):
    (m.root / "run/systemd/system").rmdir()
    m.write("/etc/rc2.d/S01kdump-tools", "")


@machine("debian-guest-in-a-docker-image", {
    "place": note("looks like a container (docker), and was said to be none")},
    options=("--no-container",))
def _(m):
    m.write("/.dockerenv", "")


# ---- Ubuntu -----------------------------------------------------------------

UBUNTU = """\
PRETTY_NAME="Ubuntu {0} LTS"
NAME="Ubuntu"
VERSION_ID="{0}"
ID=ubuntu
ID_LIKE=debian
"""
MAGIC = "/etc/sysctl.d/10-magic-sysrq.conf"
MAGIC_SED = f"sed -i '/^[^a-z#;]*kernel[./]sysrq[^a-z_]*=/s/=.*/= 1/' {MAGIC}"


@machine("ubuntu-24.04", {
    "crashkernel": ok("320 MiB are reserved, 192 needed"),
    "makedumpfile": ok("1.7.5 does for kernel 6.8.0"),
    "kernel.sysrq": warn(f"is 176: {MAGIC}, the last file to set it, says 176",
                         f"{MAGIC_SED} && sysctl -w kernel.sysrq=1"),
    "kernel.hung_task_panic": FRESH["kernel.hung_task_panic"],
    "kernel.hung_task_timeout_secs": FRESH["kernel.hung_task_timeout_secs"],
    "kernel.softlockup_panic": FRESH["kernel.softlockup_panic"],
    "kernel.panic_on_oops": FRESH["kernel.panic_on_oops"],
    "kernel.panic": FRESH["kernel.panic"],
    "debuginfo": ok("BTF); crash needs linux-image-unsigned-6.8.0-45-generic-dbgsym (of ddebs")})
def _(m):
    fresh(m)
    m.write("/etc/os-release", UBUNTU.format("24.04"))
    m.kernel("6.8.0-45-generic")
    m.makedumpfile("1.7.5")
    m.command("apt-cache", "exit 100")
    m.write("/sys/kernel/kexec_crash_size", 320 << 20)
    m.write(MAGIC, "# a comment\nkernel.sysrq = 176\n")
    m.live("kernel.sysrq", 176)
    types(m)


@machine("ubuntu-20.04-fresh", {
    **FRESH, "debuginfo": ok("is in the package linux-image-unsigned-5.4.0-190-generic-dbgsym "
                             "(of ddebs.ubuntu.com), for the machine that reads")},
    no_kdump_lines(GRUB_D.format("crashkernel=192M", "crashkernel"), INSTALL_APT,
                   "apt-get install -y --no-install-recommends makedumpfile"))
def _(m):
    fresh(m)
    no_kdump(m)
    m.write("/etc/os-release", UBUNTU.format("20.04"))
    m.kernel("5.4.0-190-generic")
    m.command("apt-cache", "exit 100")


@machine("ubuntu-mainline-kernel", {
    "makedumpfile": ok("1.7.5 does for kernel 6.9.3"),
    "debuginfo": ok("BTF); crash needs the vmlinux of this build: keep it")})
def _(m):
    m.write("/etc/os-release", UBUNTU.format("24.04"))
    m.kernel("6.9.3_custom")
    m.makedumpfile("1.7.5")
    types(m)


# ---- UOS, deepin, Kylin: desktops of Debian's family, servers of Red Hat's ----

UOS = 'PRETTY_NAME="UnionTech OS {0}"\nNAME="{1}"\nVERSION_ID="20"\nID={2}\n'


@machine("uos-desktop-arm64", {
    "crashkernel": ok("256 MiB are reserved, 256 needed"),
    "makedumpfile": ok("1.6.5 does for kernel 4.19.0"),
    "debuginfo": warn("no package known here has the symbols of 4.19.0-arm64-desktop: keep the")})
def _(m):
    m.write("/etc/os-release", UOS.format("Desktop 20 Pro", "uos", "uos"))
    m.kernel("4.19.0-arm64-desktop", "aarch64")
    m.makedumpfile("1.6.5")
    m.write("/usr/bin/apt-get", "")
    m.remove("/etc/debian_version")


@machine("uos-server", {
    "crashkernel": ok("256 MiB are reserved, 192 needed"),
    "service": ok("kdump.service is enabled"),
    "makedumpfile": ok("1.6.7 does for kernel 4.19.90"),
    "slab-tracking": note("off: enough for a hang", GRUBBY.format(SLUB)),
    "debuginfo": ok("kernel-debuginfo-4.19.90-2403.3.0.0270.84.uel20.x86_64")})
def _(m):
    system(m, UOS.format("Server 20", "UnionTech OS Server 20", '"uos"'),
           "/usr/sbin/grubby", "/usr/bin/dnf", "/var/lib/rpm/rpmdb.sqlite")
    kdump_conf(m)
    m.kernel("4.19.90-2403.3.0.0270.84.uel20.x86_64")
    m.makedumpfile("1.6.7")


@machine("deepin-23-fresh", {
    **FRESH, "debuginfo": ok("BTF); crash needs the vmlinux of this build")},
    no_kdump_lines(GRUB_D.format("crashkernel=192M", "crashkernel"), INSTALL_APT,
                   "apt-get install -y --no-install-recommends makedumpfile"))
def _(m):
    m.write("/etc/os-release", 'PRETTY_NAME="deepin 23"\nID=deepin\nVERSION_ID="23"\n')
    m.kernel("6.6.40-amd64-desktop-hwe")
    fresh(m)
    no_kdump(m)
    types(m)


@machine("kylin-desktop", {
    "service": bad("is switched off: USE_KDUMP in /etc/default/kdump-tools is not 1",
                   r"sed -i 's|^\s*USE_KDUMP=.*|USE_KDUMP=1|' /etc/default/kdump-tools "
                   "&& systemctl restart kdump-tools.service"),
    "capture-kernel": bad("is not loaded, though memory is reserved", "kdump-config load"),
    "makedumpfile": ok("1.6.7 does for kernel 5.4.18"),
    "debuginfo": warn("no package known here has the symbols of 5.4.18-53-generic")})
def _(m):
    m.write("/etc/os-release", 'NAME="Kylin"\nID=kylin\nID_LIKE=debian\nVERSION_ID="v10"\n')
    m.remove("/etc/debian_version")
    m.write("/etc/default/kdump-tools", "USE_KDUMP=0\n")
    m.write("/sys/kernel/kexec_crash_loaded", 0)
    m.kernel("5.4.18-53-generic")
    m.makedumpfile("1.6.7")


@machine("kylin-server-fresh", {
    **FRESH, "slab-tracking": note("off: enough for a hang", GRUBBY.format(SLUB)),
    "debuginfo": ok("kernel-debuginfo-4.19.90-52.22.v2207.ky10.aarch64")},
    no_kdump_lines(GRUBBY.format("crashkernel=256M"), "dnf install -y /usr/bin/kdumpctl",
                   "dnf install -y /usr/sbin/makedumpfile"))
def _(m):
    system(m, 'NAME="Kylin Linux Advanced Server"\nID="kylin"\nVERSION_ID="V10"\n'
           'PRETTY_NAME="Kylin Linux Advanced Server V10 (Lance)"\n',
           "/usr/sbin/grubby", "/usr/bin/dnf", "/usr/bin/yum")
    fresh(m)
    no_kdump(m)
    m.kernel("4.19.90-52.22.v2207.ky10.aarch64", "aarch64")


# ---- openEuler --------------------------------------------------------------

OPENEULER = 'NAME="openEuler"\nID="openEuler"\nVERSION_ID="{0}"\nPRETTY_NAME="openEuler {0}"\n'


@machine("openeuler-22.03-arm64", {
    "crashkernel": ok("1024 MiB are reserved, 256 needed"),
    "service": ok("kdump.service is enabled"),
    "makedumpfile": ok("1.7.0 does for kernel 5.10.0"),
    "slab-tracking": note("off: enough for a hang", GRUBBY.format(SLUB)),
    "debuginfo": ok("kernel-debuginfo-5.10.0-60.18.0.50.oe2203.aarch64")})
def _(m):
    system(m, OPENEULER.format("22.03"), "/usr/sbin/grubby", "/usr/bin/dnf")
    kdump_conf(m)
    m.kernel("5.10.0-60.18.0.50.oe2203.aarch64", "aarch64")
    m.makedumpfile("1.7.0")
    m.write("/sys/kernel/kexec_crash_size", 1024 << 20)


@machine("openeuler-24.03-service-off", {
    "service": bad("kdump.service is disabled: nothing loads a capture kernel",
                   "systemctl enable --now kdump.service"),
    "capture-kernel": bad("is not loaded, though memory is reserved",
                          "systemctl restart kdump.service"),
    "makedumpfile": ok("1.7.4 does for kernel 6.6.0"),
    "slab-tracking": note("off: enough for a hang", GRUBBY.format(SLUB)),
    "debuginfo": ok("BTF); crash needs kernel-debuginfo-6.6.0-28.0.0.34.oe2403.x86_64")})
def _(m):
    system(m, OPENEULER.format("24.03"), "/usr/sbin/grubby", "/usr/bin/dnf")
    kdump_conf(m)
    m.kernel("6.6.0-28.0.0.34.oe2403.x86_64")
    m.makedumpfile("1.7.4")
    m.command("systemctl", DISABLED)
    m.write("/sys/kernel/kexec_crash_loaded", 0)
    types(m)


# ---- Red Hat and its relatives ----------------------------------------------

RHEL = ('NAME="{0}"\nVERSION_ID="{2}"\nID="{1}"\nID_LIKE="rhel centos fedora"\n'
        'PRETTY_NAME="{0} {2}"\n')
REDHAT = {"service": ok("kdump.service is enabled"),
          "slab-tracking": note("off: enough for a hang", GRUBBY.format(SLUB))}


def redhat(m, name, ident, version, release, makedumpfile, arch="x86_64"):
    system(m, RHEL.format(name, ident, version), "/usr/sbin/grubby",
           "/usr/bin/yum" if version.startswith("7") else "/usr/bin/dnf", "/usr/bin/yum")
    kdump_conf(m)
    m.kernel(release, arch)
    m.makedumpfile(makedumpfile)


@machine("rhel-7-fresh", {
    **FRESH, "debuginfo": ok("kernel-debuginfo-3.10.0-1160.el7.x86_64")},
    {**REDHAT, **no_kdump_lines(GRUBBY.format("crashkernel=192M"),
                                "yum install -y /usr/bin/kdumpctl",
                                "yum install -y /usr/sbin/makedumpfile")})
def _(m):
    redhat(m, "Red Hat Enterprise Linux Server", "rhel", "7.9", "3.10.0-1160.el7.x86_64", "1.6.3")
    fresh(m)
    no_kdump(m)


SYSRQ_16 = "/usr/lib/sysctl.d/50-default.conf"


@machine("rhel-9", {
    "makedumpfile": ok("1.7.3 does for kernel 5.14.0"),
    "kernel.sysrq": warn(f"is 16: {SYSRQ_16}, the last file to set it, says 16",
                         "echo 'kernel.sysrq = 1' >>/etc/sysctl.d/zz-vgpu-local.conf && "
                         "sysctl -w kernel.sysrq=1"),
    # RHEL's kernel is built with it.
    "kernel.panic_on_oops": ok("is 1, by the kernel's own default"),
    "kernel.hung_task_panic": FRESH["kernel.hung_task_panic"],
    "kernel.hung_task_timeout_secs": ok("is 120, by the kernel's own default"),
    "kernel.softlockup_panic": FRESH["kernel.softlockup_panic"],
    "kernel.panic": FRESH["kernel.panic"],
    "debuginfo": ok("BTF); crash needs kernel-debuginfo-5.14.0-427.13.1.el9_4.x86_64")}, REDHAT)
def _(m):
    redhat(m, "Red Hat Enterprise Linux", "rhel", "9.4", "5.14.0-427.13.1.el9_4.x86_64", "1.7.3")
    fresh(m)
    m.write("/lib/modules/5.14.0-427.13.1.el9_4.x86_64/config",
            "CONFIG_DETECT_HUNG_TASK=y\nCONFIG_PANIC_ON_OOPS=y\nCONFIG_PANIC_ON_OOPS_VALUE=1\n"
            "CONFIG_DEFAULT_HUNG_TASK_TIMEOUT=120\nCONFIG_PANIC_TIMEOUT=0\n"
            "CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=0x1\n# CONFIG_DEBUG_KMEMLEAK is not set\n")
    m.live("kernel.panic_on_oops", 1)
    m.write(SYSRQ_16, "kernel.sysrq = 16\n")
    m.live("kernel.sysrq", 16)
    types(m)


@machine("rhel-9-arm64-64k", {
    "crashkernel": bad("256 MiB are reserved, too small for a machine of 2304 MiB: 512 needed",
                       GRUBBY.format("crashkernel=512M")),
    "makedumpfile": ok("1.7.3 does for kernel 5.14.0"),
    "debuginfo": ok("kernel-64k-debuginfo-5.14.0-427.13.1.el9_4.aarch64")}, REDHAT)
def _(m):
    redhat(m, "Red Hat Enterprise Linux", "rhel", "9.4", "5.14.0-427.13.1.el9_4.aarch64+64k",
           "1.7.3", "aarch64")
    m.write("/proc/self/smaps", "KernelPageSize:       64 kB")


@machine("rocky-8-realtime", {
    "makedumpfile": ok("1.7.2 does for kernel 4.18.0"),
    "core-level": warn("/etc/kdump.conf writes by 'cp', not makedumpfile",
                       r"sed -i 's|^\s*core_collector\s.*|core_collector "
                       "makedumpfile -l -d 31|' /etc/kdump.conf && "
                       "systemctl restart kdump.service"),
    "debuginfo": ok("kernel-rt-debuginfo-4.18.0-513.5.1.rt7.307.el8_9.x86_64")}, REDHAT)
def _(m):
    redhat(m, "Rocky Linux", "rocky", "8.9", "4.18.0-513.5.1.rt7.307.el8_9.x86_64", "1.7.2")
    kdump_conf(m, "path /var/crash\ncore_collector cp\n")


@machine("oracle-8-uek-over-nfs", {
    "makedumpfile": ok("1.7.2 does for kernel 5.15.0"),
    "room": note("cores go to server:/cores: see that it has room for 2048 MiB"),
    "debuginfo": ok("kernel-uek-debuginfo-5.15.0-200.131.27.el8uek.x86_64")}, REDHAT)
def _(m):
    redhat(m, "Oracle Linux Server", "ol", "8.9", "5.15.0-200.131.27.el8uek.x86_64", "1.7.2")
    kdump_conf(m, "nfs server:/cores\npath /\ncore_collector makedumpfile -l -d 31\n")


@machine("rhel-10-before-its-reboot", {
    **no_memory_lines(GRUBBY.format("crashkernel=192M")),
    "service": bad("kdump.service is disabled", "systemctl enable kdump.service"),
    "makedumpfile": warn("1.7.6 keeps free pages too of this kernel: it needs 1.7.7 or later, "
                         "unless its package has the patch"),
    "debuginfo": ok("BTF); crash needs kernel-debuginfo-6.12.0-55.9.1.el10_0.x86_64")}, REDHAT)
def _(m):
    redhat(m, "Red Hat Enterprise Linux", "rhel", "10.0", "6.12.0-55.9.1.el10_0.x86_64", "1.7.6")
    no_memory(m)
    m.command("systemctl", DISABLED)
    types(m)


@machine("fedora-42", {
    "makedumpfile": ok("1.7.7 does for kernel 6.14.4"),
    "debuginfo": ok("BTF); crash needs kernel-debuginfo-6.14.4-300.fc42.x86_64")}, REDHAT)
def _(m):
    redhat(m, "Fedora Linux", "fedora", "42", "6.14.4-300.fc42.x86_64", "1.7.7")
    types(m)


@machine("centos-8-elrepo-kernel", {
    "makedumpfile": ok("1.7.2 does for kernel 5.4.236"),
    "debuginfo": warn("no package known here has the symbols of 5.4.236-1.el8.elrepo.x86_64")},
    REDHAT)
def _(m):
    redhat(m, "CentOS Linux", "centos", "8", "5.4.236-1.el8.elrepo.x86_64", "1.7.2")


@machine("anolis-8-small-disk", {
    "makedumpfile": ok("1.7.2 does for kernel 5.10.134"),
    "room": bad("/var/crash has 100 MiB free; a core of this moment can take 570 MiB: remove what "
                "is old there, which no command can choose, or set path in /etc/kdump.conf"),
    "debuginfo": ok("kernel-debuginfo-5.10.134-16.2.an8.x86_64")}, REDHAT)
def _(m):
    redhat(m, "Anolis OS", "anolis", "8.8", "5.10.134-16.2.an8.x86_64", "1.7.2")
    m.free_disk(100 << 10)


# ---- ostree: the system is an image -----------------------------------------

COREOS = ('NAME="Fedora Linux"\nVERSION_ID={0}\nID=fedora\nVARIANT_ID={1}\n'
          'PRETTY_NAME="Fedora Linux {0} ({2})"\n')
OSTREE = {"service": ok("kdump.service is enabled"),
          "makedumpfile": ok("1.7.7 does for kernel 6.14.4"),
          "slab-tracking": note("off: enough for a hang",
                                f"rpm-ostree kargs --append-if-missing={SLUB}"),
          "debuginfo": ok("BTF); crash needs kernel-debuginfo-6.14.4-200.fc41.x86_64")}
KARGS = "rpm-ostree kargs{} --append-if-missing=crashkernel=300M"


def ostree(m, text, *files):
    system(m, text, "/run/ostree-booted", *files)
    kdump_conf(m)
    m.kernel("6.14.4-200.fc41.x86_64")
    m.makedumpfile("1.7.7")
    types(m)


@machine("fedora-coreos", {"crashkernel": ok("300 MiB are reserved, 192 needed")}, OSTREE)
def _(m):
    ostree(m, COREOS.format(41, "coreos", "CoreOS"), "/usr/bin/rpm-ostree")
    m.write("/sys/kernel/kexec_crash_size", 300 << 20)


@machine("fedora-coreos-too-small", {
    "crashkernel": bad("128 MiB are reserved, too small for a machine of 2176 MiB: 192 needed",
                       KARGS.format(" --delete-if-present=crashkernel=128M"))}, OSTREE)
def _(m):
    ostree(m, COREOS.format(41, "coreos", "CoreOS"), "/usr/bin/rpm-ostree")
    m.write("/proc/cmdline", "ignition.platform.id=qemu crashkernel=128M ostree=/x")
    m.write("/sys/kernel/kexec_crash_size", 128 << 20)


@machine("silverblue-41-fresh", FRESH, {**OSTREE, **no_kdump_lines(
    KARGS.format(""), "rpm-ostree install -y --idempotent kdump-utils",
    "rpm-ostree install -y --idempotent kdump-utils")})
def _(m):
    ostree(m, COREOS.format(41, "silverblue", "Silverblue"), "/usr/bin/rpm-ostree")
    fresh(m)
    no_kdump(m)


@machine("rhel-9-for-edge-fresh", {
    "debuginfo": ok("BTF); crash needs kernel-debuginfo-5.14.0-427.el9.x86_64")},
    {**OSTREE, **no_kdump_lines(
        KARGS.format(""), "rpm-ostree install -y --idempotent kexec-tools",
        "rpm-ostree install -y --idempotent kexec-tools")})
def _(m):
    ostree(m, RHEL.format("Red Hat Enterprise Linux", "rhel", "9.4"), "/usr/bin/rpm-ostree")
    m.kernel("5.14.0-427.el9.x86_64")
    no_kdump(m)


@machine("bootc-image-without-rpm-ostree", {
    **no_memory_lines(None, "; no command is known for its boot loader: boot with crashkernel="),
    "service": bad("kdump is not installed; no command can mend that on an image: put "
                   "/usr/bin/kdumpctl into it"),
    "makedumpfile": bad("no command is known for Fedora Linux 41 (Image): install it by hand"),
    "core-level": None, "room": None, "slab-tracking": note("off: enough for a hang")}, OSTREE)
def _(m):
    ostree(m, COREOS.format(41, "image", "Image"), "/usr/bin/bootc")
    no_kdump(m)


@machine("endless-os", {
    **no_memory_lines(None, "; no command is known for its boot loader: boot with crashkernel="),
    "service": bad("no command can mend that on an image: put kdump-tools makedumpfile into it"),
    "makedumpfile": bad("no command is known for Endless OS 6: install it by hand"),
    "core-level": None, "room": None, "slab-tracking": note("off: enough for a hang"),
    "debuginfo": ok("BTF); crash needs the vmlinux of this build")})
def _(m):
    system(m, 'PRETTY_NAME="Endless OS 6"\nID=endless\nID_LIKE="ubuntu debian"\n',
           "/run/ostree-booted")
    m.kernel("6.5.0-10-generic")
    types(m)
    no_kdump(m)


# ---- SUSE -------------------------------------------------------------------

SLES = 'NAME="SLES"\nVERSION_ID="{0}"\nPRETTY_NAME="SUSE Linux Enterprise Server {1}"\n' \
       'ID="sles"\nID_LIKE="suse"\n'
SYSCONFIG = """\
## Type: string(no)
KDUMP_KERNELVER=""
KDUMP_SAVEDIR="file:///var/crash"
KDUMP_FREE_DISK_SIZE="64"
KDUMP_DUMPLEVEL="31"
KDUMP_DUMPFORMAT="lzo"
"""
SUSE = {"service": ok("kdump.service is enabled"),
        "makedumpfile": ok("1.7.4 does for kernel 5.14.21"),
        "slab-tracking": note("off: enough for a hang", GRUB.format(SLUB)),
        "debuginfo": ok("BTF); crash needs kernel-default-debuginfo 5.14.21-150500.55.19")}
SUSE_MEND = (r"""sed -i 's|^\s*KDUMP_DUMPLEVEL=.*|KDUMP_DUMPLEVEL="31"|' /etc/sysconfig/kdump && """
             r"""sed -i 's|^\s*KDUMP_DUMPFORMAT=.*|KDUMP_DUMPFORMAT="compressed"|' """
             "/etc/sysconfig/kdump && systemctl restart kdump.service")


def suse(m, text=None, settings=SYSCONFIG):
    system(m, text or SLES.format("15.5", "15 SP5"), "/usr/bin/zypper",
           "/usr/lib/sysimage/rpm/Packages.db")
    m.write("/etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n')
    m.write("/etc/sysconfig/kdump", settings)
    m.kernel("5.14.21-150500.55.19-default")
    m.makedumpfile("1.7.4")
    types(m)


@machine("sles-15", {}, SUSE)
def _(m):
    suse(m)


@machine("sles-15-fresh", FRESH, {**SUSE, **no_kdump_lines(
    GRUB.format("crashkernel=192M"), "zypper --non-interactive install kdump",
    "zypper --non-interactive install makedumpfile")})
def _(m):
    suse(m)
    fresh(m)
    no_kdump(m)


@machine("sles-15-calibrated", {
    "crashkernel": warn("178 MiB are reserved, less than the 192 that other systems need; "
                        "kdumptool calibrate tells", GRUB.format("crashkernel=192M"))}, SUSE)
def _(m):
    suse(m)
    m.write("/sys/kernel/kexec_crash_size", 178 << 20)


@machine("sles-15-log-only", {
    "core-level": bad("KDUMP_DUMPFORMAT=none in /etc/sysconfig/kdump keeps the log and no core",
                      SUSE_MEND)}, SUSE)
def _(m):
    suse(m, settings=SYSCONFIG.replace('"lzo"', '"none"'))


@machine("sles-15-raw-to-another-host", {
    "core-level": warn("writes by 'cat (KDUMP_DUMPFORMAT=raw)', not makedumpfile: a core as large",
                       SUSE_MEND),
    "room": note("cores go to nfs://server/cores")}, SUSE)
def _(m):
    suse(m, settings=SYSCONFIG.replace('"lzo"', '"raw"').replace("file:///var/crash",
                                                                 "nfs://server/cores"))


@machine("sles-16-before-its-reboot", {
    **no_memory_lines("printf '\\n%s\\n' 'KDUMP_CRASHKERNEL=\"crashkernel=192M\"' "
                      ">>/etc/sysconfig/kdump && kdumptool commandline -u"),
    "service": bad("kdump.service is disabled", "systemctl enable kdump.service"),
    "makedumpfile": warn("1.7.6 keeps free pages too of this kernel"),
    "slab-tracking": note("off: enough for a hang",
                          f"pbl --del-option slub_debug --add-option {SLUB} --config"),
    "debuginfo": ok("BTF); crash needs kernel-default-debuginfo 6.12.0-160000.5")}, SUSE)
def _(m):
    suse(m, SLES.format("16.0", "16.0"), "KDUMP_SAVEDIR=/var/crash\n")
    m.kernel("6.12.0-160000.5-default")
    m.makedumpfile("1.7.6")
    m.write("/usr/lib/systemd/system/kdump-commandline.service", "")
    m.write("/usr/sbin/pbl", "")
    m.command("systemctl", DISABLED)
    no_memory(m)


@machine("tumbleweed-custom-kernel", {
    "makedumpfile": ok("1.7.7 does for kernel 6.15.0"),
    "core-level": ok("-d 17 keeps all that vgpu reads"),
    "room": warn("/var/crash has 2000 MiB free: enough now (1448 MiB), but a leak can fill all "
                 "2048 MiB: remove what is old there, or set KDUMP_SAVEDIR in"),
    "debuginfo": ok("BTF); crash needs the vmlinux of this build"),
    "slab-tracking": note("off: enough for a hang",
                          f"pbl --del-option slub_debug --add-option {SLUB} --config")}, SUSE)
def _(m):
    suse(m, 'PRETTY_NAME="openSUSE Tumbleweed"\nID="opensuse-tumbleweed"\n'
         'ID_LIKE="opensuse suse"\n', 'KDUMP_DUMPLEVEL=17\nKDUMP_DUMPFORMAT="zstd"\n')
    m.command("makedumpfile", "echo 'makedumpfile: version 1.7.7 (released on x)'; "
              "printf 'zstd\\tenabled\\n'")
    m.kernel("6.15.0-rc4-mine")
    m.free_disk(2000 << 10)
    m.write("/sbin/pbl", "")


@machine("microos-fresh", {
    **FRESH, "debuginfo": ok("BTF); crash needs kernel-default-debuginfo 6.15.3-1")},
    {**SUSE, **no_kdump_lines(
        GRUB.format("crashkernel=192M").replace(
            "grub2-mkconfig -o /boot/grub2/grub.cfg",
            "transactional-update --non-interactive --continue grub.cfg"),
        "transactional-update --non-interactive --continue pkg install kdump",
        "transactional-update --non-interactive --continue pkg install makedumpfile"),
     "slab-tracking": note("off: enough for a hang", GRUB.format(SLUB).replace(
         "grub2-mkconfig -o /boot/grub2/grub.cfg",
         "transactional-update --non-interactive --continue grub.cfg"))})
def _(m):
    suse(m, 'PRETTY_NAME="openSUSE MicroOS"\nID="opensuse-microos"\nID_LIKE="suse opensuse"\n')
    m.write("/usr/sbin/transactional-update", "")
    m.write("/proc/mounts", "/dev/vda3 / btrfs ro,relatime 0 0\n")
    m.kernel("6.15.3-1-default")
    fresh(m)
    no_kdump(m)


@machine("suse-without-os-release", {}, SUSE)
def _(m):
    suse(m)
    m.remove("/etc/os-release")


# ---- others -----------------------------------------------------------------

ARCH = 'NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\n'
OTHER = {"slab-tracking": note("off: enough for a hang"), "core-level": None, "room": None,
         "makedumpfile": ok("1.7.7 does for kernel 6.14.4"),
         "debuginfo": ok("BTF); crash needs the vmlinux of this build: keep it")}


@machine("arch-with-a-capture-kernel", {
    "service": warn("no kdump service is known here for Arch Linux: a capture kernel is loaded")},
    OTHER)
def _(m):
    system(m, ARCH)
    m.kernel("6.14.4-arch1-1")
    m.makedumpfile("1.7.7")
    types(m)


@machine("arch-fresh", {
    **FRESH,
    **no_memory_lines(None, "; no command is known for its boot loader: boot with crashkernel="),
    "service": bad("no kdump service is known here for Arch Linux, so no command can mend that"),
    "makedumpfile": bad("no command is known for Arch Linux: install it by hand")}, OTHER)
def _(m):
    system(m, ARCH)
    m.kernel("6.14.4-arch1-1")
    fresh(m)
    no_kdump(m)
    types(m)


# ---- kernels ----------------------------------------------------------------

@machine("kernel-that-counts-hung-tasks", {
    "kernel.hung_task_panic": warn("is 3: it takes 3 tasks that hang at once to make a panic",
                                   "sed -i '/^[^a-z#;]*kernel[./]hung_task_panic[^a-z_]*=/"
                                   "s/=.*/= 1/' /etc/sysctl.d/70-mine.conf && "
                                   "sysctl -w kernel.hung_task_panic=1"),
    "hung-task-detector": warn("its panic comes, but the log will not name the tasks that hung: "
                               "kernel.hung_task_warnings is 0",
                               "sysctl -w kernel.hung_task_warnings=10")})
def _(m):
    m.write("/etc/sysctl.d/70-mine.conf", "kernel.hung_task_panic = 3\n")
    m.live("kernel.hung_task_panic", 3)
    m.live("kernel.hung_task_warnings", 0)


@machine("kernel-that-does-not-count", {
    "kernel.hung_task_panic": bad("is 0: /etc/sysctl.d/70-mine.conf, the last file to set it, "
                                  "says 3",
                                  "sed -i '/^[^a-z#;]*kernel[./]hung_task_panic[^a-z_]*=/"
                                  "s/=.*/= 1/' /etc/sysctl.d/70-mine.conf && "
                                  "sysctl -w kernel.hung_task_panic=1")})
def _(m):
    m.write("/etc/sysctl.d/70-mine.conf", "kernel.hung_task_panic = 3\n")
    m.live("kernel.hung_task_panic", 0)


@machine("package-installed-a-moment-ago", {
    key: ("warn" if key == "kernel.panic" else "bad",
          f"is 0, though /usr/lib/sysctl.d/60-vgpu-panic.conf says {value}", "sysctl --system")
    for key, value in (("kernel.hung_task_panic", 1), ("kernel.softlockup_panic", 1),
                       ("kernel.panic_on_oops", 1), ("kernel.panic", 10))} | {
    "kernel.hung_task_timeout_secs": ok("is 120")})
def _(m):
    for key in ("hung_task_panic", "softlockup_panic", "panic_on_oops", "panic"):
        m.live(f"kernel.{key}", 0)
    m.live("kernel.hung_task_timeout_secs", 120)


@machine("switches-on-the-command-line", {
    "kernel.hung_task_panic": ok("is 1, by the kernel's command line"),
    "kernel.hung_task_timeout_secs": ok("is 60, by the kernel's command line"),
    "kernel.softlockup_panic": ok("is 1, by the kernel's command line"),
    "kernel.panic_on_oops": ok("is 1, by the kernel's command line"),
    "kernel.panic": ok("is 10; after a reboot 5, by the kernel's command line, which does too"),
    "kernel.sysrq": ok("is 1, by the kernel's own default")})
def _(m):
    m.remove("/usr/lib/sysctl.d/60-vgpu-panic.conf")
    m.write("/proc/cmdline", "crashkernel=256M hung_task_panic=1 softlockup_panic=1 oops=panic "
            "sysctl.kernel.hung_task_timeout_secs=60 panic=1 panic=5")


@machine("kernel-without-kexec", {
    "crashkernel": bad("this kernel has no kexec, and no command can mend that"),
    "capture-kernel": bad("cannot be loaded: this kernel has no kexec, see crashkernel")})
def _(m):
    m.remove("/sys/kernel/kexec_crash_size")
    m.remove("/sys/kernel/kexec_crash_loaded")
