# SPDX-License-Identifier: GPL-2.0-or-later
"""What is installed, and what the packages say of it."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from staged import ROOT, VERSION

SPEC = ROOT / "packaging/vgpu.spec"
MACROS = {"_bindir": "/usr/bin", "_mandir": "/usr/share/man", "_datadir": "/usr/share",
          "_prefix": "/usr", "_unitdir": "/usr/lib/systemd/system",
          "_sysctldir": "/usr/lib/sysctl.d"}


class Installed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="vgpu-installed-")
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.root = self.work / "root"
        self.root.mkdir()

    def make(self, *words):
        """make, with empty files for what is built."""
        built = [self.work / "vgpu", self.work / "vgpu.so"]
        for file in built:
            file.write_text("")
        subprocess.run(
            ["make", "-s", "-C", ROOT, *(f"-o{file}" for file in built), f"PROGRAM={built[0]}",
             f"SO={built[1]}", f"BUILD={self.work}/build", f"DESTDIR={self.root}", *words],
            check=True, stdout=subprocess.DEVNULL)

    def files(self):
        return {"/" + str(file.relative_to(self.root)) for file in self.root.rglob("*")
                if file.is_file()}

    def test_uninstall_is_the_mirror_of_install(self):
        for prefix in ("/usr", "/opt/other"):
            other = self.root / "usr/bin/other"
            other.parent.mkdir(parents=True, exist_ok=True)
            other.write_text("")
            self.make("install", "install-kdump", f"PREFIX={prefix}")
            self.assertIn(f"{prefix}/bin/vgpu-score", self.files())
            cache = self.root / f"{prefix[1:]}/share/vgpu/vgpu_score/__pycache__/x.pyc"
            cache.parent.mkdir()
            cache.write_text("")
            self.make("uninstall", f"PREFIX={prefix}")
            self.assertEqual(self.files(), {"/usr/bin/other"})
            self.assertEqual([f for f in self.root.rglob("vgpu*")], [])
            self.make("uninstall", f"PREFIX={prefix}")  # what is gone is no error

    def test_the_spec_has_each_file(self):
        self.make("install-program", "install-score", "install-kdump")
        text = re.sub(r"%\{(\w+)\}", lambda m: MACROS.get(m[1], m[0]), SPEC.read_text())
        listed = [line.rstrip("*") for part in text.split("%files")[1:]
                  for line in part.splitlines() if line.startswith("/")]
        files = self.files()
        for file in files:
            self.assertEqual(sum(file == entry or file.startswith((entry + "/", entry + "."))
                                 for entry in listed if not entry.endswith("linked")), 1, file)
        for entry in listed:
            if not entry.endswith("linked"):  # by install-linked
                self.assertTrue(any(file.startswith(entry) for file in files), entry)


class Packages(unittest.TestCase):
    def test_one_version(self):
        self.assertEqual(re.search(r"^Version: +(.*)$", SPEC.read_text(), re.M)[1], VERSION)

    @unittest.skipUnless(shutil.which("rpmspec"), "no rpmspec")
    def test_rpm_reads_the_spec(self):
        done = subprocess.run(["rpmspec", "-q", "--qf", "%{name} ", SPEC], check=True,
                              capture_output=True, text=True)
        self.assertEqual(done.stdout.split(), ["vgpu", "vgpu-score", "vgpu-kdump"])

    def test_each_says_what_to_type_first(self):
        control = (ROOT / "debian/control").read_text()
        packages = re.findall(r"^Package: (\S+)\n((?:.+\n)+)", control, re.M)
        self.assertEqual(len(packages), 4)
        for name, text in packages:
            self.assertRegex(text, r"(?m)^ Type first.*: (vgpu|extend vgpu)", name)
            self.assertIn("README.md", (ROOT / f"debian/{name}.docs").read_text(), name)
        self.assertEqual(SPEC.read_text().count("\nType first: vgpu"), 3)

    def test_help_has_each_target(self):
        makefile = (ROOT / "Makefile").read_text()
        phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", makefile, re.M)[1]
        targets = set(phony.replace("\\\n", " ").split()) - {"FORCE"}
        said = subprocess.run(["make", "-s", "-C", ROOT, "help"], check=True,
                              capture_output=True, text=True).stdout.splitlines()
        self.assertEqual({line.split()[0] for line in said}, targets)
        for line in said:
            self.assertLessEqual(len(line), 80, line)
