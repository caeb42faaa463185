# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages: lintian, then install, use, upgrade and purge in a chroot."""

import atexit
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from staged import ROOT, VERSION

sys.path.insert(0, str(ROOT / "samples" / "lab"))

import debian  # noqa: E402
import proc  # noqa: E402
import steps  # noqa: E402

steps.start()
atexit.register(proc.end_all)

DEB = ROOT / "build" / "deb"
LATER = VERSION + ".1"
# dpkg's and apt's own records of what they did.
RECORDS = re.compile(r"^(var/lib/(dpkg|apt)|var/cache|var/log|tmp|root)(/|$)")


class Packages(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="vgpu-packages-"))
        self.addCleanup(shutil.rmtree, self.work)

    def test_lintian(self):
        [changes] = DEB.glob("*.changes")
        done = subprocess.run(
            ["lintian", "--no-cfg", "--allow-root", "--fail-on", "error,warning", changes],
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_from_install_to_purge(self):
        self.root = self.work / "root"
        debian.copy_of_chroot(self.root)
        (self.root / "etc/sysctl.d").mkdir(exist_ok=True)
        before = self.files()
        with steps.step("packages: install"):
            self.install(DEB.glob(f"*_{VERSION}_*.deb"))
        self.use()
        with steps.step("packages: upgrade"):
            self.install(map(self.newer, DEB.glob(f"*_{VERSION}_*.deb")))
        self.assertIn(LATER, self.run_in("dpkg-query", "-W", "vgpu-kdump"))
        self.use()
        # What the machine adds by itself.
        (self.root / "var/lib/private/vgpu-score").mkdir(parents=True)
        # What its administrator adds when told so.
        (self.root / "etc/sysctl.d/60-vgpu-local.conf").write_text("kernel.panic = 10\n")
        with steps.step("packages: purge"):
            self.run_in("dpkg", "--purge", "crash-vgpu", "vgpu-kdump")
        self.run_in("sh", "-c", "rmdir /var/lib/private 2>/dev/null || true")
        after = self.files()
        self.assertEqual(after - before, set(), "left behind")
        self.assertEqual(before - after, set(), "taken away")

    def files(self) -> set:
        names = (str(file.relative_to(self.root)) for file in self.root.rglob("*"))
        return {name for name in names if not RECORDS.match(name)}

    def run_in(self, *argv) -> str:
        return debian.in_root(self.root, argv, argv[0], 200)

    def install(self, packages):
        names = []
        for package in packages:
            if "dbgsym" not in package.name:
                shutil.copy(package, self.root / "tmp")
                names.append(f"/tmp/{package.name}")
        self.run_in("dpkg", "-i", *sorted(names))

    def newer(self, package: pathlib.Path) -> pathlib.Path:
        """The same package as a later version."""
        folder = self.work / package.stem
        subprocess.run(["dpkg-deb", "-R", package, folder], check=True)
        control = folder / "DEBIAN" / "control"
        control.write_text(control.read_text().replace(f"Version: {VERSION}\n", f"Version: {LATER}\n"))
        new = self.work / package.name.replace(f"_{VERSION}_", f"_{LATER}_")
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", folder, new],
                       check=True, stdout=subprocess.DEVNULL)
        return new

    def use(self):
        with steps.step("packages: use"):
            self.use_check()
            self.use_score()
        # Nothing is enabled that nobody asked for.
        links = list((self.root / "etc/systemd/system").rglob("vgpu-score*"))
        self.assertEqual(links, [])
        for name in ("vgpu-score", "vgpu-kdump-check"):
            said = self.run_in("bash", "-c", ". /usr/share/bash-completion/completions/"
                               f"{name}; complete -p {name}")
            self.assertIn(name, said)

    def use_check(self):
        """The tests on staged machines, of the program that was installed."""
        for folder in ("tests/kdump", "kdump", "debian"):
            shutil.copytree(ROOT / folder, self.root / "tmp/src" / folder,
                            dirs_exist_ok=True)
        shutil.copy(self.root / "usr/bin/vgpu-kdump-check", self.root / "tmp/src/kdump")
        said = self.run_in("python3", "/tmp/src/tests/kdump/run",
                           "test_check", "test_hook")
        self.assertRegex(said, r"kdump: \d+ passed, 0 failed")

    def use_score(self):
        self.assertIn(VERSION, self.run_in("vgpu-score", "--version"))
        (self.root / "tmp/cores").mkdir(exist_ok=True)
        (self.root / "tmp/cores/empty").write_text("")
        self.run_in("/usr/libexec/vgpu-kdump/vgpu-score-new", "/tmp/cores", "/tmp/results")
        rows = (self.root / "tmp/results/scores.jsonl").read_text()
        self.assertIn('"empty"', rows)
