# SPDX-License-Identifier: GPL-2.0-or-later
"""Real crash on real cores: one quickly, all that are cached with VGPU_SCORE_ALL=1."""
import os
import signal
import subprocess
import time
import unittest

import made
import real


@unittest.skipIf(real.missing(), real.missing())
class Cores(made.Case):
    def setUp(self):
        super().setUp()
        self.sources = real.folders()
        self.truths = real.copy(self.sources, self.cores)
        self.name = next(iter(self.truths))

    def command(self, *options, crash=None):
        words = super().command(crash=[f"{real.CRASH}:{real.SO}"])
        for source in self.sources:
            words += ["--debug-dir", source]
        return words + ["-j", "2", *options]

    def finish(self, words):
        p = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=3600)
        return p.returncode, p.stdout.decode()

    def check(self, rows):
        for name, truth in self.truths.items():
            row = rows[name]
            self.assertEqual(row["state"], "scored", row["reason"])
            self.assertEqual(row["cause"], truth["cause"], name)
            self.assertEqual(row["trigger"], truth["trigger"]["kind"], name)
            self.assertEqual(row["sysctl"], truth["trigger"]["sysctl"] or "", name)
            self.assertEqual(row["release"], truth["kernel"])
            self.assertEqual(row["report"]["kernel"]["release"], truth["kernel"])

    def test_folder_of_everything(self):
        with open(os.path.join(self.cores, self.name), "rb") as f:
            core = f.read()
        self.core("truncated", core[: len(core) * 6 // 10])
        self.core("empty", b"")
        self.core("text", b"not a core\n")
        self.core("no-debuginfo", made.kdump(release="5.10.0-1-amd64", info=made.vmcoreinfo(
            build_id="ab" * 20)))
        status, said = self.finish(self.command(self.cores))
        self.assertEqual(status, 1, said)
        rows = self.rows()
        self.assertEqual(len(rows), len(self.truths) + 4)
        self.check(rows)
        self.assertEqual([rows[n]["code"] for n in ("truncated", "empty", "text", "no-debuginfo")],
                         ["truncated", "empty", "not-a-core", "no-debuginfo"])
        status, said = self.finish(self.command(self.cores))
        self.assertEqual(said.count("(unchanged)"), len(self.truths))

    @unittest.skipUnless(real.ALL, "slow: VGPU_SCORE_ALL=1")
    def test_killed_in_the_middle(self):
        p = subprocess.Popen(self.command(self.cores), stdout=subprocess.PIPE)
        assert p.stdout
        p.stdout.readline()  # one core is done, and another is being opened
        time.sleep(1)
        p.send_signal(signal.SIGKILL)
        p.wait()
        p.stdout.close()
        status, said = self.finish(self.command(self.cores))
        self.assertEqual(status, 0, said)
        self.assertGreaterEqual(said.count("(unchanged)"), 1)
        self.check(self.rows())
        self.assertEqual(len(self.rows()), len(self.truths))
