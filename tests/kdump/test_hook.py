# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu-score-new: what is run after a reboot must not harm the machine."""

import fcntl
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from staged import ROOT, SHELLS, TOOLS

HOOK = ROOT / "kdump" / "vgpu-score-new"
MIB = 1024  # in kB


class Hook(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="vgpu-hook-")
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.bin, self.cores, self.results = (
            self.work / name for name in ("bin", "cores", "results"))
        self.bin.mkdir()
        self.cores.mkdir()
        self.called = self.work / "called"
        self.program("vgpu-score", f'echo "$*" >>{self.called}')
        self.disk(total_mib=20000, free_mib=10000)

    def program(self, name, script):
        file = self.bin / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def disk(self, total_mib, free_mib):
        self.program("df", f"echo Filesystem\n"
                     f"echo /dev/vda1 {total_mib * MIB} 0 {free_mib * MIB} 1% /")

    def run_hook(self, shell):
        self.called.unlink(missing_ok=True)
        done = subprocess.run(
            [shutil.which(SHELLS[shell][0]), *SHELLS[shell][1:], HOOK, self.cores,
             self.results], text=True, capture_output=True,
            env={"PATH": f"{self.bin}:{TOOLS[shell]}"})
        words = self.called.read_text().split() if self.called.exists() else None
        return done.returncode, words, done.stdout

    def each_shell(self):
        for shell in SHELLS:
            with self.subTest(shell):
                yield self.run_hook(shell)

    def test_scores_what_is_there(self):
        for status, words, said in self.each_shell():
            self.assertEqual(status, 0)
            self.assertEqual(words[-1], str(self.cores))
            self.assertEqual(words[words.index("--output") + 1], str(self.results))
            # A tenth of the disk stays free, whatever a core unpacks to.
            self.assertEqual(words[words.index("--max-unpacked") + 1],
                             f"{(10000 - 2000 - 64) * MIB}K")
            self.assertIn("index.html", said)

    def test_leaves_a_full_disk_alone(self):
        self.disk(total_mib=20000, free_mib=2050)
        for status, words, said in self.each_shell():
            self.assertEqual((status, words), (0, None))
            self.assertIn("full", said)

    def test_results_do_not_grow_for_ever(self):
        for shell in SHELLS:
            self.results.mkdir(exist_ok=True)
            old = self.results / "old"
            old.write_bytes(b"x" * (65 << 20))
            status, words, _ = self.run_hook(shell)
            self.assertEqual(status, 0)
            self.assertTrue(words)
            self.assertFalse(old.exists())

    def test_results_do_not_grow_behind_a_link(self):
        """A DynamicUser's StateDirectory is a link to the private one."""
        private = self.work / "private"
        private.mkdir()
        self.results.symlink_to(private)
        for shell in SHELLS:
            (private / "old").write_bytes(b"x" * (65 << 20))
            self.run_hook(shell)
            self.assertFalse((private / "old").exists())
            self.assertTrue(self.results.is_symlink())

    def test_device_with_a_blank_in_its_name(self):
        self.program("df", f"echo Filesystem\necho //nas/a b {20000 * MIB} 0 "
                     f"{2050 * MIB} 90% /")
        for status, words, said in self.each_shell():
            self.assertEqual((status, words), (0, None))
            self.assertIn("full", said)

    def test_names_with_blanks(self):
        self.cores = self.work / "the cores"
        self.cores.mkdir()
        self.results = self.work / "the $(results)"
        self.program("vgpu-score", f'for word; do echo "$word" >>{self.called}; done')
        for shell in SHELLS:
            self.run_hook(shell)
            words = self.called.read_text().splitlines()
            self.assertEqual(words[-1], str(self.cores))
            self.assertIn(str(self.results), words)

    def test_one_at_a_time(self):
        self.results.mkdir()
        for shell in SHELLS:
            with open(self.results / ".running", "w") as running:
                fcntl.flock(running, fcntl.LOCK_EX)
                status, words, said = self.run_hook(shell)
                self.assertEqual((status, words), (0, None))
                self.assertIn("another", said)
            self.assertTrue(self.run_hook(shell)[1])

    def test_the_service_outlives_a_core_that_needs_too_much(self):
        unit = (ROOT / "kdump/vgpu-score.service").read_text()
        self.assertIn("\nMemoryMax=", unit)
        self.assertIn("\nOOMPolicy=continue\n", unit)

    def test_a_core_without_a_score_is_no_failure_of_it(self):
        self.program("vgpu-score", "exit 1")
        for status, _, _ in self.each_shell():
            self.assertEqual(status, 0)
        self.program("vgpu-score", "exit 2")
        for status, _, _ in self.each_shell():
            self.assertEqual(status, 2)

    def test_nothing_to_do(self):
        self.cores.rmdir()
        for status, words, _ in self.each_shell():
            self.assertEqual((status, words), (0, None))
