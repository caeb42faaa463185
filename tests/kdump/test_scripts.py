# SPDX-License-Identifier: GPL-2.0-or-later
"""What the package does when it goes, below a folder."""

import pathlib
import re
import subprocess
import tempfile
import unittest

from staged import ROOT, SHELLS, Machine

DEBIAN = ROOT / "debian"


class Scripts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="vgpu-scripts-")
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.root, self.bin = self.work / "root", self.work / "bin"
        self.root.mkdir()
        self.bin.mkdir()
        self.called = self.work / "called"
        for name in ("update-grub", "deb-systemd-invoke"):
            (self.bin / name).write_text(f'#!/bin/sh\necho {name} "$@" >>{self.called}\n')
            (self.bin / name).chmod(0o755)

    def write(self, *paths):
        for path in paths:
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text("")

    def run_script(self, name, *arguments):
        """What it called."""
        text = re.sub(r"(?<=[ \t])/(?=(etc|var|run)/)", f"{self.root}/",
                      (DEBIAN / f"vgpu-kdump.{name}").read_text())
        self.called.write_text("")
        subprocess.run([*SHELLS["dash"], "-s", "--", *arguments], input=text, text=True,
                       check=True, env={"PATH": f"{self.bin}:/usr/bin:/bin"})
        return self.called.read_text().splitlines()

    def files(self):
        return {str(f.relative_to(self.root)) for f in self.root.rglob("*") if f.is_file()}

    def test_purge_takes_what_the_check_had_made(self):
        others = ("etc/sysctl.d/60-mine.conf", "etc/default/grub.d/kdump-tools.cfg")
        self.write(*others)
        machine = Machine()
        self.addCleanup(machine.close)
        machine.remove("/usr/lib/sysctl.d/60-vgpu-panic.conf")
        machine.write("/usr/lib/sysctl.d/99-vendor.conf", "kernel.panic = 0\n")
        machine.write("/sys/kernel/kexec_crash_size", 0)
        (machine.root / "sys/firmware/qemu_fw_cfg").rename(machine.root / "elsewhere")
        made = {path for check in machine.report()["checks"].values()
                for path in re.findall(r">>?/(etc/\S+)", check["command"] or "")}
        self.assertGreater(len(made), 4, made)
        self.write(*made, "var/lib/vgpu-score/scores.csv")
        self.assertEqual(self.run_script("postrm", "remove"), [])
        self.assertLess(made, self.files())
        self.assertEqual(self.run_script("postrm", "purge"), ["update-grub"])
        self.assertEqual(self.files(), set(others))
        self.assertEqual(self.run_script("postrm", "purge"), [])

    def test_the_service_starts_what_was_installed(self):
        subprocess.run(["make", "-s", "-C", ROOT, "install-kdump", "PREFIX=/opt/vgpu",
                        f"DESTDIR={self.root}"], check=True, stdout=subprocess.DEVNULL)
        unit = self.root / "opt/vgpu/lib/systemd/system/vgpu-score.service"
        [program] = re.findall("^ExecStart=(\\S+)", unit.read_text(), re.M)
        self.assertTrue((self.root / program[1:]).exists(), program)

    def test_the_watch_starts_the_program(self):
        subprocess.run(["make", "-s", "-C", ROOT, "install-kdump", "PREFIX=/opt/vgpu",
                        f"DESTDIR={self.root}"], check=True, stdout=subprocess.DEVNULL)
        unit = self.root / "opt/vgpu/lib/systemd/system/vgpu-watch.service"
        self.assertRegex(unit.read_text(), r"(?m)^ExecStart=/opt/vgpu/bin/vgpu --live ")

    def test_the_timer_stops_when_the_package_goes(self):
        (self.root / "run/systemd/system").mkdir(parents=True)
        self.assertEqual(self.run_script("prerm", "upgrade", "2"), [])
        self.assertEqual(self.run_script("prerm", "remove"),
                         ["deb-systemd-invoke stop vgpu-score.timer vgpu-score.service "
                          "vgpu-watch.service"])
