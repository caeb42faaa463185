# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages: lintian; then install, use, upgrade and purge in a chroot; and the
program on each Debian of today."""

import atexit
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from staged import ROOT, VERSION, Machine

sys.path.insert(0, str(ROOT / "samples" / "lab"))

import apt  # noqa: E402
import core  # noqa: E402
import debian  # noqa: E402
import kernel as kernels  # noqa: E402
import proc  # noqa: E402
import steps  # noqa: E402

steps.start()
atexit.register(kernels.end_fetches)
atexit.register(proc.end_all)

DEB = ROOT / "build" / "deb"
OTHER_DEB = ROOT / "build" / "crash-trixie" / "deb"
LATER = VERSION + ".1"
PACKAGES = ("vgpu", "vgpu-score", "crash-vgpu", "vgpu-kdump")
SUITES = ("bullseye", "bookworm", "trixie", "sid")
NOBODY = "65534:65534"
NO_ENVIRONMENT: dict[str, str] = {}
# crash-vgpu as it was when vgpu-score was in it.
OLD_CONTROL = """\
Package: crash-vgpu
Version: 0.1
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: an old one
"""
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
            self.install([self.old()])
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
            self.run_in("dpkg", "--purge", *PACKAGES)
        self.run_in("sh", "-c", "rmdir /var/lib/private 2>/dev/null || true")
        after = self.files()
        self.assertEqual(after - before, set(), "left behind")
        self.assertEqual(before - after, set(), "taken away")

    def test_each_depends_on_the_crash_that_it_is_for(self):
        versions = set()
        for build in (DEB, OTHER_DEB):
            [package] = build.glob(f"crash-vgpu_{VERSION}_*.deb")
            folder = self.work / build.parent.name
            subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
            so = (folder / "usr/lib/crash/extensions/vgpu.so").read_bytes()
            version = re.search(rb"vgpu: built for crash (\d[^\0]*)\0", so)[1].decode()
            depends = subprocess.run(["dpkg-deb", "-f", package, "Depends"], check=True,
                                     capture_output=True, text=True).stdout
            self.assertIn(f"crash (>= {version}), crash (<< {version}.0~)", depends)
            versions.add(version)
        self.assertEqual(len(versions), 2)

    def files(self) -> set:
        names = (str(file.relative_to(self.root)) for file in self.root.rglob("*"))
        return {name for name in names if not RECORDS.match(name)}

    def run_in(self, *argv) -> str:
        return debian.in_root(self.root, argv, argv[0], 600)

    def install(self, packages):
        names = []
        for package in packages:
            if "dbgsym" not in package.name:
                shutil.copy(package, self.root / "tmp")
                names.append(f"/tmp/{package.name}")
        self.run_in("dpkg", "-i", *sorted(names))

    def old(self) -> pathlib.Path:
        folder = self.work / "old"
        [package] = DEB.glob(f"vgpu-score_{VERSION}_*.deb")
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        (folder / "DEBIAN").mkdir()
        (folder / "DEBIAN/control").write_text(OLD_CONTROL)
        return self.built(folder, self.work / "crash-vgpu_0.1_all.deb")

    def built(self, folder, package) -> pathlib.Path:
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", folder, package],
                       check=True, stdout=subprocess.DEVNULL)
        return package

    def newer(self, package: pathlib.Path) -> pathlib.Path:
        """The same package as a later version."""
        folder = self.work / package.stem
        subprocess.run(["dpkg-deb", "-R", package, folder], check=True)
        control = folder / "DEBIAN" / "control"
        control.write_text(control.read_text().replace(f"Version: {VERSION}\n", f"Version: {LATER}\n"))
        return self.built(folder, self.work / package.name.replace(f"_{VERSION}_", f"_{LATER}_"))

    def use(self):
        with steps.step("packages: use"):
            self.use_check()
            self.use_score()
            self.assertIn(self.run_in("dpkg-query", "-W", "-f", "${Version}", "vgpu")[:3],
                          self.run_in("vgpu", "version"))
        # Nothing is enabled that nobody asked for.
        links = list((self.root / "etc/systemd/system").rglob("vgpu-score*"))
        self.assertEqual(links, [])
        for name in ("vgpu", "vgpu-score", "vgpu-kdump-check"):
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


class Program(unittest.TestCase):
    """It needs no library, no variable and no right of its own, whatever is installed."""

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="vgpu-program-"))
        self.addCleanup(shutil.rmtree, self.work)
        [self.package] = DEB.glob(f"vgpu_{VERSION}_*.deb")
        apt.unpack(self.package, self.work / "here", "packages: vgpu")
        self.program = self.work / "here/usr/bin/vgpu"
        self.core = core.make("healthy", "6.1", "default", False) / "vmcore"

    def test_is_static(self):
        done = subprocess.run(["ldd", self.program], capture_output=True, text=True)
        self.assertIn("not a dynamic executable", done.stdout + done.stderr)

    def test_starts_on_every_debian(self):
        wanted = self.verdicts([self.program, self.core, "-j"])
        for suite in SUITES:
            with self.subTest(suite), steps.step(f"packages: vgpu on {suite}"):
                root = self.root_of(suite)
                as_nobody = ["/usr/sbin/chroot", f"--userspec={NOBODY}", str(root)]
                # It is a Debian: its own shell runs there.
                subprocess.run([*as_nobody, "/bin/dash", "-c", "exit 0"], check=True,
                               env=NO_ENVIRONMENT)
                self.assertEqual(self.verdicts([*as_nobody, "/usr/bin/vgpu", "/core", "-j"]),
                                 wanted)

    def root_of(self, suite) -> pathlib.Path:
        """The shell of this Debian, vgpu and a core; no /dev and no /proc."""
        architecture = self.package.stem.rsplit("_", 1)[1]
        kept = apt.unpacked(apt.Suites(suite, arch=architecture), f"shell-{suite}",
                            ["base-files", "dash"])
        root = self.work / suite
        shutil.copytree(kept, root, symlinks=True)
        apt.unpack(self.package, root, "packages: vgpu")
        shutil.copy(self.core, root / "core")
        (root / "core").chmod(0o444)
        return root

    def verdicts(self, argv):
        """What vgpu says with an empty environment."""
        done = subprocess.run(argv, env=NO_ENVIRONMENT, capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)["verdicts"]


class Readiness(unittest.TestCase):
    """vgpu-kdump-check with the shell, the tools, kdump-tools and makedumpfile of each Debian
    of today; only the kernel and what systemd says are staged."""

    TOOLS = ["base-files", "dash", "coreutils", "sed", "grep", "mawk", "findutils", "gzip",
             "kdump-tools", "makedumpfile"]
    # Each Debian's own kernel, and what is said of its own makedumpfile.
    KERNELS = {"bullseye": ("5.10.0-46-amd64", "ok", "1.6.8 does for kernel 5.10.0"),
               "bookworm": ("6.1.0-56-amd64", "ok", "1.7.2 does for kernel 6.1.0"),
               "trixie": ("6.12.117+deb13-amd64", "warn", "1.7.6 keeps free pages too"),
               "sid": ("7.2.1+deb14-amd64", "warn", "leaves out pages of slabs")}
    STAGED = ("uname", "systemctl", "apt-cache", "df")

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="vgpu-readiness-"))
        self.addCleanup(shutil.rmtree, self.work)

    def test_on_every_debian(self):
        for suite, (release, state, words) in self.KERNELS.items():
            with self.subTest(suite), steps.step(f"packages: kdump-check on {suite}"):
                checks = self.check(self.root_of(suite, release))
                self.assertEqual(checks["makedumpfile"]["state"], state, checks["makedumpfile"])
                self.assertIn(words, checks["makedumpfile"]["text"])
                others = {name: check for name, check in checks.items()
                          if check["state"] in ("warn", "bad") and name != "makedumpfile"}
                self.assertEqual(others, {})
                for name in ("service", "core-level", "room", "kernel.hung_task_panic"):
                    self.assertEqual(checks[name]["state"], "ok", name)

    def root_of(self, suite, release) -> pathlib.Path:
        kept = apt.unpacked(apt.Suites(suite), f"kdump-{suite}", self.TOOLS)
        root = self.work / suite
        shutil.copytree(kept, root, symlinks=True)
        machine = Machine()
        self.addCleanup(machine.close)
        machine.kernel(release)
        machine.command("apt-cache", 'echo Package: "$2"')
        for folder in ("proc", "sys", "boot", "run", "var", "usr/lib/sysctl.d"):
            shutil.copytree(machine.root / folder, root / folder, dirs_exist_ok=True,
                            symlinks=True)
        shutil.copy(root / "usr/share/kdump-tools/kdump-tools.conf",
                    root / "etc/default/kdump-tools")
        (root / "staged").mkdir()
        for name in self.STAGED:
            shutil.copy(machine.bin / name, root / "staged")
        (root / "staged/awk").symlink_to("/usr/bin/mawk")
        [package] = DEB.glob("vgpu-kdump_*.deb")
        apt.unpack(package, root, "packages: vgpu-kdump")
        return root

    def check(self, root):
        done = subprocess.run(
            ["/usr/sbin/chroot", root, "/bin/dash", "/usr/bin/vgpu-kdump-check", "-j"],
            env={"PATH": "/staged:/usr/bin:/bin"}, capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return {check["id"]: check for check in json.loads(done.stdout)["checks"]}
